//! Pause, continue, stop, cancel.

use std::sync::Arc;

use tokio::sync::watch;

use crate::error::{Error, Result};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    Go,
    Pause,
    Stop,
    Cancel,
}

/// A person's hand on a run. Clones are the same hand.
#[derive(Debug, Clone)]
pub struct Control(Arc<watch::Sender<Wish>>);

impl Default for Control {
    fn default() -> Self {
        Control(Arc::new(watch::Sender::new(Wish::Go)))
    }
}

impl Control {
    pub fn new() -> Self {
        Self::default()
    }

    /// The run waits before its next chunk. After a stop or a cancel it does nothing.
    pub fn pause(&self) {
        self.0.send_if_modified(|w| {
            *w == Wish::Go && {
                *w = Wish::Pause;
                true
            }
        });
    }

    pub fn go_on(&self) {
        self.0.send_if_modified(|w| {
            *w == Wish::Pause && {
                *w = Wish::Go;
                true
            }
        });
    }

    /// The run ends once the chunks under way are committed. After a cancel it does nothing.
    pub fn stop(&self) {
        self.0.send_if_modified(|w| {
            *w != Wish::Cancel && {
                *w = Wish::Stop;
                true
            }
        });
    }

    /// The run ends after the batch at hand; the open chunks are rolled back.
    pub fn cancel(&self) {
        self.0.send_replace(Wish::Cancel);
    }

    pub fn is_paused(&self) -> bool {
        *self.0.borrow() == Wish::Pause
    }

    /// Are the chunks under way to be finished, and none begun?
    pub fn is_stopping(&self) -> bool {
        *self.0.borrow() == Wish::Stop
    }

    /// Inside a chunk: a stop lets it go on.
    ///
    /// # Errors
    /// `Cancelled`.
    pub fn check(&self) -> Result<()> {
        match *self.0.borrow() {
            Wish::Cancel => Err(Error::cancelled()),
            _ => Ok(()),
        }
    }

    /// Before a chunk or a phase: waits while paused.
    ///
    /// # Errors
    /// `Cancelled`, after a stop too.
    pub async fn wait(&self) -> Result<()> {
        let mut wishes = self.0.subscribe();
        // The sender lives as long as self.
        let _ = wishes.wait_for(|w| *w != Wish::Pause).await;
        if self.is_stopping() { Err(Error::cancelled()) } else { self.check() }
    }

    /// Returns when the run is cancelled.
    pub async fn cancelled(&self) {
        let mut wishes = self.0.subscribe();
        let _ = wishes.wait_for(|w| *w == Wish::Cancel).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_stop_lets_chunks_under_way_end_and_begins_none() {
        let control = Control::new();
        control.pause();
        control.stop();
        assert!(control.check().is_ok(), "a chunk under way goes on");
        assert!(control.wait().await.is_err(), "none begins");
        control.go_on();
        control.pause();
        assert!(control.is_stopping(), "a stop is not taken back");
        control.cancel();
        control.stop();
        assert!(control.check().is_err(), "a cancel is not weakened");
    }
}
