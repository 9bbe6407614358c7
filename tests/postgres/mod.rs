//! The PostgreSQL connector against a real server.

mod catalog;
mod connect;
mod copy;
mod read;
mod write;

use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use futures::StreamExt;
use rowferry_engine::catalog::{Table, TableName};
use rowferry_engine::connectors::{Access, Checkpoint, Connection, Range, Rows, Scan};
use rowferry_tests::postgres::{Database, PostgresCluster};

async fn database(name: &str) -> Database {
    PostgresCluster::shared().database(name).await
}

async fn opened(database: &Database) -> Arc<dyn Connection> {
    database.connect(Access::ReadWrite).await
}

async fn table(connection: &dyn Connection, name: &str) -> Arc<Table> {
    let catalog = connection.catalog().await.unwrap();
    let name = TableName::new("public", name);
    Arc::new(catalog.table(&name).unwrap_or_else(|| panic!("{name} is in the catalog")).clone())
}

fn columns(table: &Table) -> Vec<String> {
    table.columns.iter().filter(|c| c.generated.is_none()).map(|c| c.name.clone()).collect()
}

fn scan(table: &Arc<Table>, range: Range) -> Scan {
    Scan { table: table.clone(), columns: columns(table), range, limit: None, batch_bytes: 64 << 10 }
}

async fn read(connection: &dyn Connection, scan: Scan) -> Vec<Rows> {
    let mut stream = connection.read().scan(scan).await.unwrap();
    let mut all = Vec::new();
    while let Some(rows) = stream.next().await {
        all.push(rows.unwrap_or_else(|e| panic!("{e}")));
    }
    all
}

fn checkpoint(chunk: u32) -> Checkpoint {
    Checkpoint {
        run: "run".into(),
        fingerprint: "f".into(),
        step: 0,
        chunk,
        read: 1,
        written: 1,
        rejected: 0,
        filtered: 0,
        bytes: 1,
    }
}

/// Writes batches in one chunk.
async fn write(connection: &dyn Connection, table: &Table, batches: &[RecordBatch]) {
    let writer = connection.write().unwrap();
    writer.prepare_checkpoints().await.unwrap();
    let mut chunk = writer.begin(table, &columns(table)).await.unwrap();
    for batch in batches {
        chunk.write(batch).await.unwrap_or_else(|e| panic!("{e}"));
    }
    chunk.commit(&checkpoint(0)).await.unwrap();
    writer.forget_checkpoints("run").await.unwrap();
}
