//! Pause, continue, cancel.

use std::sync::Arc;

use tokio::sync::watch;

use crate::error::{Error, Result};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    Go,
    Pause,
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

    /// The run stops before its next chunk. After a cancel it does nothing.
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

    /// The run stops after the batch at hand; the open chunk is rolled back.
    pub fn cancel(&self) {
        self.0.send_replace(Wish::Cancel);
    }

    pub fn is_paused(&self) -> bool {
        *self.0.borrow() == Wish::Pause
    }

    /// # Errors
    /// `Cancelled`.
    pub fn check(&self) -> Result<()> {
        match *self.0.borrow() {
            Wish::Cancel => Err(Error::cancelled()),
            _ => Ok(()),
        }
    }

    /// Waits while paused.
    ///
    /// # Errors
    /// `Cancelled`.
    pub async fn wait(&self) -> Result<()> {
        let mut wishes = self.0.subscribe();
        // The sender lives as long as self.
        let _ = wishes.wait_for(|w| *w != Wish::Pause).await;
        self.check()
    }

    /// Returns when the run is cancelled.
    pub async fn cancelled(&self) {
        let mut wishes = self.0.subscribe();
        let _ = wishes.wait_for(|w| *w == Wish::Cancel).await;
    }
}
