//! Reading rows through prepared statements.
//!
//! Each scan has a session of its own. Invariant: a scan holds at most the batch it fills and the one that waits to be
//! taken; when its stream is dropped the server is told to end the query, and the session goes on to the next scan.

use std::fmt::Write as _;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::{Field, Schema, SchemaRef};
use futures::StreamExt;
use mysql_async::prelude::Queryable;
use tokio::sync::mpsc;

use super::connect::Server;
use super::decode::Decoder;
use super::dialect::{quote, quote_table};
use super::errors::from_driver;
use super::snapshot::{Held, Snapshots};
use super::types::is_geometry;
use super::{Range, Read, RowStream, Rows, Scan};
use super::{equality, ranges};
use crate::catalog::{Column, Table};
use crate::connectors::Equality;
use crate::connectors::stand_in::StandIns;
use crate::error::{Error, ErrorKind, Result};
use crate::model::ReadAs;

const WHAT: &str = "rows could not be read";

pub(super) struct Reader {
    snapshots: Snapshots,
}

impl Reader {
    pub(super) fn new(server: Arc<Server>) -> Self {
        Reader { snapshots: Snapshots::new(server) }
    }
}

#[async_trait]
impl Read for Reader {
    fn schema(&self, table: &Table, columns: &[String]) -> Result<SchemaRef> {
        let fields = columns
            .iter()
            .map(|name| Ok(Field::new(name, column(table, name)?.logical.arrow(), true)))
            .collect::<Result<Vec<_>>>()?;
        Ok(Arc::new(Schema::new(fields)))
    }

    async fn hold_snapshot(&self) -> Result<()> {
        self.snapshots.hold().await
    }

    fn snapshot_note(&self) -> Option<&'static str> {
        Some(self.snapshots.note())
    }

    async fn is_snapshot_lost(&self) -> bool {
        self.snapshots.is_lost().await
    }

    async fn release_snapshot(&self) -> Result<()> {
        self.snapshots.release().await
    }

    async fn ranges(&self, table: &Table, rows: u32) -> Result<Vec<Range>> {
        let mut session = self.snapshots.session().await?;
        let cut = ranges::cut(session.session(), table, rows.max(1)).await;
        let cut = cut.map_err(|e| e.table(table.name.to_string()));
        // Between statements again, whatever the answer was.
        session.finish();
        cut
    }

    async fn scan(&self, scan: Scan) -> Result<RowStream> {
        let schema = self.schema(&scan.table, &scan.columns)?;
        let sql = select(&scan)?;
        let decoder = Decoder::new(schema, &scan.table, scan.batch_bytes, StandIns::of(&scan.table, &scan.columns))?;
        let session = self.snapshots.session().await?;
        let (batches, receiver) = mpsc::channel(1);
        // It ends by itself when nobody takes its batches any more.
        tokio::spawn(run(session, sql, decoder, scan, batches));
        Ok(futures::stream::unfold(receiver, |mut receiver| async move {
            receiver.recv().await.map(|rows| (rows, receiver))
        })
        .boxed())
    }

    async fn query(&self, scan: &Scan) -> Result<String> {
        select(scan)
    }

    async fn equality(&self, _table: &Table, column: &Column) -> Result<Equality> {
        Ok(equality::of(column, self.snapshots.server().dialect.collation))
    }

    async fn weights(&self, rule: &str, texts: &[&str]) -> Result<Vec<Vec<u8>>> {
        let mut session = self.snapshots.session().await?;
        let weights = equality::weights(session.session(), rule, texts).await;
        session.finish();
        weights
    }

    /// A value is a packet, or a part of one (<https://dev.mysql.com/doc/refman/8.4/en/packet-too-large.html>).
    async fn largest_value(&self) -> Result<Option<u64>> {
        let mut session = self.snapshots.session().await?;
        let limit =
            session.session().ask::<u64>("select @@max_allowed_packet", "the server's limits could not be read").await;
        session.finish();
        Ok(limit?.pop())
    }

    async fn count(&self, table: &Table) -> Result<u64> {
        let mut session = self.snapshots.session().await?;
        let count = ranges::count(session.session(), table).await;
        session.finish();
        count.map_err(|e| e.table(table.name.to_string()))
    }
}

async fn run(session: Held, sql: String, decoder: Decoder, scan: Scan, batches: mpsc::Sender<Result<Rows>>) {
    if let Err(error) = rows(session, &sql, decoder, &batches).await {
        let mut error = error.table(scan.table.name.to_string()).range(&scan.range);
        if error.kind == ErrorKind::NotFound {
            error.what = format!("{WHAT}: {} or a column of it is not there", scan.table.name);
        }
        // Nobody listens any more when this fails.
        let _ = batches.send(Err(error)).await;
    }
}

async fn rows(mut session: Held, sql: &str, mut decoder: Decoder, batches: &mpsc::Sender<Result<Rows>>) -> Result<()> {
    let connection = session.session().connection();
    let id = connection.id();
    let mut result = match connection.exec_iter(sql, ()).await {
        Ok(result) => result,
        Err(error) => {
            // A refused statement leaves the session as it was; a broken one is found out by its next user.
            if !error.is_fatal() {
                session.finish();
            }
            return Err(from_driver(error, WHAT));
        }
    };
    let mut is_wanted = true;
    while let Some(row) = result.next().await.map_err(|e| from_driver(e, WHAT))? {
        decoder.row(&row);
        if decoder.is_full() && batches.send(Ok(decoder.take()?)).await.is_err() {
            is_wanted = false;
            break;
        }
    }
    if is_wanted {
        drop(result);
        if !decoder.is_empty() {
            let _ = batches.send(Ok(decoder.take()?)).await;
        }
        session.finish();
        return Ok(());
    }
    // What is left could be the whole table: the server is told to stop, and what it had sent is passed over.
    let mut other = session.server().session().await?;
    other.run(&format!("kill query {id}"), WHAT).await?;
    other.finish();
    match session.session().connection().query_drop("do 0").await {
        Ok(()) => session.finish(),
        // The end of the query that was killed; the session is between statements now.
        Err(error) if !error.is_fatal() => {
            // A kill that came too late for the query waits for the next statement.
            let _ = session.session().connection().query_drop("do 0").await;
            session.finish();
        }
        Err(_) => {}
    }
    Ok(())
}

pub(super) fn column<'a>(table: &'a Table, name: &str) -> Result<&'a Column> {
    table.column(name).ok_or_else(|| {
        Error::new(ErrorKind::NotFound, format!("table {} has no column {name}", table.name))
            .table(table.name.to_string())
            .column(name)
    })
}

/// The server's own words for a column that a person wants read as another type.
fn read_as(column: &Column) -> Option<String> {
    let name = quote(&column.name);
    let hex = format!("lower(hex({name}))");
    match column.reading.as_ref()?.read_as? {
        ReadAs::Text => Some(format!("cast({name} as char)")),
        ReadAs::Uuid => Some(uuid(&hex, [(1, 8), (9, 4), (13, 4), (17, 4), (21, 12)])),
        ReadAs::UuidSwapped => Some(uuid(&hex, [(9, 8), (5, 4), (1, 4), (17, 4), (21, 12)])),
        ReadAs::Boolean | ReadAs::Utf8Twice => None,
    }
}

/// A UUID with its hyphens from parts of 32 digits; what has another number of digits stays as it is, and is no UUID.
fn uuid(hex: &str, parts: [(u8, u8); 5]) -> String {
    let parts = parts.map(|(from, length)| format!("substr({hex}, {from}, {length})"));
    format!("if(length({hex}) = 32, concat_ws('-', {}), {hex})", parts.join(", "))
}

fn select(scan: &Scan) -> Result<String> {
    let mut sql = String::from("select ");
    for (i, name) in scan.columns.iter().enumerate() {
        if i > 0 {
            sql += ", ";
        }
        let column = column(&scan.table, name)?;
        if let Some(expression) = read_as(column) {
            sql += &expression;
        } else if is_geometry(&column.native_type) {
            let _ = write!(sql, "st_astext({})", quote(name));
        } else {
            sql += &quote(name);
        }
    }
    if scan.columns.is_empty() {
        sql += "1";
    }
    let _ = write!(sql, " from {}", quote_table(&scan.table.name));
    let mut bounds = Vec::new();
    match &scan.range {
        Range::All => {}
        Range::Key { column: key, from, to } => {
            let key = quote(&column(&scan.table, key)?.name);
            bounds.extend(from.map(|n| format!("{key} >= {n}")));
            bounds.extend(to.map(|n| format!("{key} < {n}")));
        }
        other => return Err(Error::internal(format!("MySQL cannot be read by the range \"{other}\""))),
    }
    if !bounds.is_empty() {
        let _ = write!(sql, " where {}", bounds.join(" and "));
    }
    if let Some(limit) = scan.limit {
        let _ = write!(sql, " limit {limit}");
    }
    Ok(sql)
}
