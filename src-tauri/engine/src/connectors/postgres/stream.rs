//! A chunk written as one COPY, from its first row to its last.
//!
//! The server takes in rows while the next batch is being encoded, and nobody waits for an answer in between. What it
//! costs: a row that is refused takes the whole chunk back.

use async_trait::async_trait;
use datafusion::arrow::array::RecordBatch;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::connect::Session;
use super::copy_encode::{self, Format, Target};
use super::errors::{copy_column, from_sqlx};
use super::write::{COPY, finish_chunk};
use super::{Checkpoint, ChunkWriter};
use crate::catalog::TableName;
use crate::error::{Error, Result};

/// Bytes that one message holds.
const PIECE: usize = 512 << 10;

pub(super) struct Stream {
    table: TableName,
    targets: Vec<Target>,
    format: Format,
    checkpoint_schema: String,
    rows: u64,
    /// Gone once the stream has ended.
    pieces: Option<mpsc::Sender<Piece>>,
    task: Option<JoinHandle<Result<(Session, u64)>>>,
}

enum Piece {
    Rows(Vec<u8>),
    /// Said, not inferred: a channel that closes without it ends the transaction.
    End,
}

impl Drop for Stream {
    fn drop(&mut self) {
        // With the task goes its session, and with that the transaction.
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

impl Stream {
    /// `session` is in the chunk's transaction.
    pub(super) fn open(
        session: Session,
        table: TableName,
        targets: Vec<Target>,
        format: Format,
        sql: String,
        checkpoint_schema: String,
    ) -> Self {
        // One batch is sent while the next one is encoded.
        let (pieces, receiver) = mpsc::channel(1);
        let columns = targets.iter().map(|t| t.name.clone()).collect();
        let task = tokio::spawn(copy(session, sql, format, columns, receiver));
        Stream { table, targets, format, checkpoint_schema, rows: 0, pieces: Some(pieces), task: Some(task) }
    }

    async fn send(&mut self, piece: Piece) -> Result<()> {
        let sent = match &self.pieces {
            Some(pieces) => pieces.send(piece).await.is_ok(),
            None => false,
        };
        if sent { Ok(()) } else { Err(self.ended().await.err().unwrap_or_else(over)) }
    }

    /// Waits for the COPY's end.
    async fn ended(&mut self) -> Result<(Session, u64)> {
        self.pieces = None;
        let task = self.task.take().ok_or_else(over)?;
        let done = task.await.unwrap_or_else(|e| Err(Error::internal("the writing task died").detail(e)));
        done.map_err(|e| e.table(self.table.to_string()))
    }
}

fn over() -> Error {
    Error::internal("the chunk's transaction is over")
}

async fn copy(
    mut session: Session,
    sql: String,
    format: Format,
    columns: Vec<String>,
    mut pieces: mpsc::Receiver<Piece>,
) -> Result<(Session, u64)> {
    let refused = |e: sqlx::Error| {
        let column = copy_column(&e, &columns);
        let error = from_sqlx(e, COPY);
        match column {
            Some(column) => error.column(column),
            None => error,
        }
    };
    let mut copy = session.connection().copy_in_raw(&sql).await.map_err(refused)?;
    copy.send(copy_encode::header(format)).await.map_err(refused)?;
    loop {
        match pieces.recv().await {
            Some(Piece::Rows(bytes)) => {
                for piece in bytes.chunks(PIECE) {
                    copy.send(piece).await.map_err(refused)?;
                }
            }
            Some(Piece::End) => break,
            None => return Err(Error::cancelled()),
        }
    }
    copy.send(copy_encode::trailer(format)).await.map_err(refused)?;
    let rows = copy.finish().await.map_err(refused)?;
    Ok((session, rows))
}

#[async_trait]
impl ChunkWriter for Stream {
    async fn write(&mut self, batch: &RecordBatch) -> Result<u64> {
        let mut bytes = Vec::with_capacity(batch.get_array_memory_size() + 32);
        copy_encode::rows(batch, &self.targets, self.format, &mut bytes)
            .map_err(|e| e.table(self.table.to_string()))?;
        let length = bytes.len() as u64;
        self.send(Piece::Rows(bytes)).await?;
        self.rows += batch.num_rows() as u64;
        Ok(length)
    }

    async fn commit(mut self: Box<Self>, checkpoint: &Checkpoint) -> Result<()> {
        self.send(Piece::End).await?;
        let (session, rows) = self.ended().await?;
        if rows != self.rows {
            let what = format!("{} rows were sent, and the server says that it took {rows}", self.rows);
            return Err(Error::internal(what).table(self.table.to_string()));
        }
        finish_chunk(session, &self.checkpoint_schema, checkpoint).await
    }

    async fn rollback(self: Box<Self>) -> Result<()> {
        // Dropping it closes the session.
        Ok(())
    }
}
