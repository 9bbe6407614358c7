//! A chunk written as one `load data local infile`, from its first row to its last.
//!
//! The server takes in rows while the next batch is encoded. What it costs: with any warning, or a row too few, the
//! whole chunk is taken back, to be written batch by batch.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use datafusion::arrow::array::RecordBatch;
use futures::StreamExt;
use mysql_async::prelude::Queryable;
use tokio::sync::Mutex;

use super::encode::Target;
use super::write::{Chunk, lines_of};
use super::{Checkpoint, ChunkWriter};
use crate::connectors::feed::{Feed, Piece, Pieces};
use crate::error::{Error, ErrorKind, Result};

pub(super) struct Stream {
    table: String,
    targets: Vec<Target>,
    rows: u64,
    feed: Feed<(Chunk, u64)>,
}

impl Stream {
    /// `chunk` is in its transaction, and the server takes files.
    pub(super) fn open(chunk: Chunk) -> Self {
        let (table, targets) = (chunk.table.name.to_string(), chunk.targets.clone());
        Stream { table, targets, rows: 0, feed: Feed::start(2, |pieces| load(chunk, pieces)) }
    }

    fn here(&self) -> impl Fn(Error) -> Error + use<> {
        let table = self.table.clone();
        move |e| e.table(&table)
    }
}

/// Loads until the end is said, and gives the rows that the server took without a word.
///
/// What is ASCII alone is sent as `latin1`, which the server reads byte by byte, a tenth quicker; from the first other
/// character on a second statement goes on in `utf8mb4`.
async fn load(mut chunk: Chunk, receiver: Pieces) -> Result<(Chunk, u64)> {
    let input = Arc::new(Mutex::new(Input { receiver, next: None, ended: false }));
    let mut rows = 0;
    let mut charset = "latin1";
    loop {
        let Some(ascii) = input.lock().await.look().await? else { return Ok((chunk, rows)) };
        if !ascii {
            charset = "utf8mb4";
        }
        let only_ascii = charset == "latin1";
        let lines = futures::stream::unfold(Some(input.clone()), move |input| async move {
            let input = input?;
            match Input::take(&input, only_ascii).await {
                Ok(lines) => lines.map(|lines| (Ok(Bytes::from(lines)), Some(input))),
                Err(e) => Some((Err(std::io::Error::other(e.to_string())), None)),
            }
        });
        let sql = chunk.load_statement(charset);
        let connection = chunk.session.connection();
        connection.set_infile_handler(async move { Ok(lines.boxed()) });
        let loaded = match connection.query_iter(sql).await {
            Ok(result) => {
                let taken = (result.warnings() == 0).then(|| result.affected_rows());
                result.drop_result().await.map(|()| taken)
            }
            Err(error) => Err(error),
        };
        rows += loaded.map_err(|e| chunk.refused(e))?.ok_or_else(refused)?;
    }
}

/// What is to be sent, looked at one piece ahead.
struct Input {
    receiver: Pieces,
    next: Option<Vec<u8>>,
    ended: bool,
}

impl Input {
    /// Is the next piece ASCII alone? `None` at the end.
    async fn look(&mut self) -> Result<Option<bool>> {
        if self.next.is_none() && !self.ended {
            match self.receiver.recv().await {
                Some(Piece::Bytes(lines)) => self.next = Some(lines),
                Some(Piece::End) => self.ended = true,
                None => return Err(Error::cancelled()),
            }
        }
        Ok(self.next.as_ref().map(|lines| lines.is_ascii()))
    }

    /// The next piece, unless it is for another statement.
    async fn take(input: &Mutex<Input>, only_ascii: bool) -> Result<Option<Vec<u8>>> {
        let mut input = input.lock().await;
        match input.look().await? {
            None => Ok(None),
            Some(false) if only_ascii => Ok(None),
            Some(_) => Ok(input.next.take()),
        }
    }
}

fn refused() -> Error {
    Error::new(ErrorKind::Conversion, "the server would not take every row as it is")
}

#[async_trait]
impl ChunkWriter for Stream {
    async fn write(&mut self, batch: &RecordBatch) -> Result<u64> {
        let mut bytes = 0;
        for piece in lines_of(batch, &self.targets).map_err(self.here())? {
            bytes += piece.len() as u64;
            self.feed.send(piece).await.map_err(self.here())?;
        }
        self.rows += batch.num_rows() as u64;
        Ok(bytes)
    }

    async fn commit(mut self: Box<Self>, checkpoint: &Checkpoint) -> Result<()> {
        let (chunk, rows) = self.feed.finish().await.map_err(self.here())?;
        // A duplicate key is passed over.
        if rows != self.rows {
            return Err(refused().table(&self.table));
        }
        Box::new(chunk).commit(checkpoint).await
    }

    async fn rollback(self: Box<Self>) -> Result<()> {
        // Dropping it closes the session.
        Ok(())
    }
}
