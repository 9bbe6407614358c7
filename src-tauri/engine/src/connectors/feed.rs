//! A task that writes a chunk while the next part of it is being made.
//!
//! It must not know any database. Invariant: the end is said, not inferred: a task whose input closes without it has
//! been given up, and must not finish its transaction.

use std::future::Future;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::error::{Error, Result};

/// What the task is fed with.
pub enum Piece {
    Bytes(Vec<u8>),
    End,
}

pub type Pieces = mpsc::Receiver<Piece>;

/// A task under way. Dropped, it is aborted, and with it goes what it owns: its session, and so the transaction.
pub struct Feed<T> {
    /// Gone once the input has ended.
    pieces: Option<mpsc::Sender<Piece>>,
    task: Option<JoinHandle<Result<T>>>,
}

impl<T> Drop for Feed<T> {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

impl<T: Send + 'static> Feed<T> {
    /// Starts what `work` makes of the input; so many pieces may wait for it.
    pub fn start<F>(waiting: usize, work: impl FnOnce(Pieces) -> F) -> Self
    where
        F: Future<Output = Result<T>> + Send + 'static,
    {
        let (pieces, receiver) = mpsc::channel(waiting);
        Feed { pieces: Some(pieces), task: Some(tokio::spawn(work(receiver))) }
    }

    /// Hands on one piece.
    ///
    /// # Errors
    /// The task's own, when it has ended by one.
    pub async fn send(&mut self, bytes: Vec<u8>) -> Result<()> {
        self.hand_on(Piece::Bytes(bytes)).await
    }

    /// Says that this was all, and waits for what the task makes of it.
    pub async fn finish(&mut self) -> Result<T> {
        self.hand_on(Piece::End).await?;
        self.ended().await
    }

    async fn hand_on(&mut self, piece: Piece) -> Result<()> {
        let sent = match &self.pieces {
            Some(pieces) => pieces.send(piece).await.is_ok(),
            None => false,
        };
        if sent { Ok(()) } else { Err(self.ended().await.err().unwrap_or_else(over)) }
    }

    async fn ended(&mut self) -> Result<T> {
        self.pieces = None;
        let task = self.task.take().ok_or_else(over)?;
        task.await.unwrap_or_else(|e| Err(Error::internal("the writing task died").detail(e)))
    }
}

fn over() -> Error {
    Error::internal("the chunk's transaction is over")
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn length(mut pieces: Pieces) -> Result<usize> {
        let mut length = 0;
        loop {
            match pieces.recv().await {
                Some(Piece::Bytes(bytes)) if bytes.is_empty() => return Err(Error::internal("an empty piece")),
                Some(Piece::Bytes(bytes)) => length += bytes.len(),
                Some(Piece::End) => return Ok(length),
                None => return Err(Error::cancelled()),
            }
        }
    }

    #[tokio::test]
    async fn the_end_brings_the_result_and_an_error_of_the_task_comes_back_to_who_feeds_it() {
        let mut feed = Feed::start(1, length);
        feed.send(vec![1, 2]).await.unwrap();
        feed.send(vec![3]).await.unwrap();
        assert_eq!(feed.finish().await.unwrap(), 3);

        let mut feed = Feed::start(1, length);
        feed.send(Vec::new()).await.unwrap();
        let error = loop {
            match feed.send(vec![1]).await {
                Ok(()) => tokio::task::yield_now().await,
                Err(error) => break error,
            }
        };
        assert!(error.to_string().contains("an empty piece"), "{error}");
        assert!(feed.finish().await.is_err(), "it is over");
    }
}
