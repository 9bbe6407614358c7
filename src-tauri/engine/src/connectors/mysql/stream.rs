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
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;

use super::encode::Target;
use super::write::{Chunk, lines_of};
use super::{Checkpoint, ChunkWriter};
use crate::error::{Error, ErrorKind, Result};

pub(super) struct Stream {
    table: String,
    targets: Vec<Target>,
    rows: u64,
    /// Gone once the stream has ended.
    pieces: Option<mpsc::Sender<Piece>>,
    task: Option<JoinHandle<Result<(Chunk, u64)>>>,
}

enum Piece {
    Lines(Vec<u8>),
    /// Said, not inferred: a channel that closes without it breaks the statement off.
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
    /// `chunk` is in its transaction, and the server takes files.
    pub(super) fn open(chunk: Chunk) -> Self {
        let (pieces, receiver) = mpsc::channel(2);
        let (table, targets) = (chunk.table.name.to_string(), chunk.targets.clone());
        Stream { table, targets, rows: 0, pieces: Some(pieces), task: Some(tokio::spawn(load(chunk, receiver))) }
    }

    async fn send(&mut self, piece: Piece) -> Result<()> {
        let sent = match &self.pieces {
            Some(pieces) => pieces.send(piece).await.is_ok(),
            None => false,
        };
        if sent { Ok(()) } else { Err(self.ended().await.err().unwrap_or_else(over)) }
    }

    /// Waits for the statement's end.
    async fn ended(&mut self) -> Result<(Chunk, u64)> {
        self.pieces = None;
        let task = self.task.take().ok_or_else(over)?;
        let done = task.await.unwrap_or_else(|e| Err(Error::internal("the writing task died").detail(e)));
        done.map_err(|e| e.table(&self.table))
    }
}

fn over() -> Error {
    Error::internal("the chunk's transaction is over")
}

/// Loads until the end is said, and gives the rows that the server took without a word.
///
/// What is ASCII alone is sent as `latin1`, which the server reads byte by byte, a tenth quicker; from the first other
/// character on a second statement goes on in `utf8mb4`.
async fn load(mut chunk: Chunk, receiver: mpsc::Receiver<Piece>) -> Result<(Chunk, u64)> {
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
    receiver: mpsc::Receiver<Piece>,
    next: Option<Vec<u8>>,
    ended: bool,
}

impl Input {
    /// Is the next piece ASCII alone? `None` at the end.
    async fn look(&mut self) -> Result<Option<bool>> {
        if self.next.is_none() && !self.ended {
            match self.receiver.recv().await {
                Some(Piece::Lines(lines)) => self.next = Some(lines),
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
        for piece in lines_of(batch, &self.targets).map_err(|e| e.table(&self.table))? {
            bytes += piece.len() as u64;
            self.send(Piece::Lines(piece)).await?;
        }
        self.rows += batch.num_rows() as u64;
        Ok(bytes)
    }

    async fn commit(mut self: Box<Self>, checkpoint: &Checkpoint) -> Result<()> {
        self.send(Piece::End).await?;
        let (chunk, rows) = self.ended().await?;
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
