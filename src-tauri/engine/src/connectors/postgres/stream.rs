//! A chunk written as one COPY, from its first row to its last.
//!
//! The server takes in rows while the next batch is being encoded, and nobody waits for an answer in between. What it
//! costs: a row that is refused takes the whole chunk back.

use async_trait::async_trait;
use datafusion::arrow::array::RecordBatch;

use super::connect::Session;
use super::copy_encode::{self, Format, Target};
use super::errors::{copy_column, from_sqlx};
use super::write::{COPY, Settling, finish_chunk};
use super::{Checkpoint, ChunkWriter};
use crate::catalog::TableName;
use crate::connectors::feed::{Feed, Piece, Pieces};
use crate::error::{Error, Result};

/// Bytes that one message holds.
const PIECE: usize = 512 << 10;

pub(super) struct Stream {
    table: TableName,
    targets: Vec<Target>,
    format: Format,
    settling: Settling,
    rows: u64,
    feed: Feed<(Session, u64)>,
}

impl Stream {
    /// `session` is in the chunk's transaction.
    pub(super) fn open(
        session: Session,
        table: TableName,
        targets: Vec<Target>,
        format: Format,
        sql: String,
        settling: Settling,
    ) -> Self {
        let columns = targets.iter().map(|t| t.name.clone()).collect();
        // One batch is sent while the next one is encoded.
        let feed = Feed::start(1, |pieces| copy(session, sql, format, columns, pieces));
        Stream { table, targets, format, settling, rows: 0, feed }
    }

    fn here(&self) -> impl Fn(Error) -> Error + use<> {
        let table = self.table.to_string();
        move |e| e.table(&table)
    }
}

async fn copy(
    mut session: Session,
    sql: String,
    format: Format,
    columns: Vec<String>,
    mut pieces: Pieces,
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
            Some(Piece::Bytes(bytes)) => {
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
        copy_encode::rows(batch, &self.targets, self.format, &mut bytes).map_err(self.here())?;
        let length = bytes.len() as u64;
        self.feed.send(bytes).await.map_err(self.here())?;
        self.rows += batch.num_rows() as u64;
        Ok(length)
    }

    async fn commit(mut self: Box<Self>, checkpoint: &Checkpoint) -> Result<()> {
        let (session, rows) = self.feed.finish().await.map_err(self.here())?;
        if rows != self.rows {
            let what = format!("{} rows were sent, and the server says that it took {rows}", self.rows);
            return Err(Error::internal(what).table(self.table.to_string()));
        }
        finish_chunk(session, &self.settling, checkpoint).await.map_err(self.here())
    }

    async fn rollback(self: Box<Self>) -> Result<()> {
        // Dropping it closes the session.
        Ok(())
    }
}
