//! Carrying out a plan: the only code that writes to a target.

pub mod event;
pub mod rejects;

pub use event::{LogLevel, Phase, RunEvent, RunObserver, RunSnapshot, RunStatus, TableProgress, TableState};
