//! One file a command: its arguments, and what it does.

pub mod accept;
pub mod check;
pub mod discover;
pub mod matching;
pub mod report;
pub mod resume;
pub mod rollback;
pub mod run;
pub mod runs;
pub mod suggest;
pub mod verify;

use std::sync::Arc;

use rowferry_engine::Error;
use rowferry_engine::workspace::{RunRecord, Workspace};

use crate::exit::Failure;

fn workspace() -> Result<Arc<Workspace>, Failure> {
    Ok(Arc::new(Workspace::open()?))
}

/// The run that a person named; naming one that is not there is wrong usage.
fn named_run(workspace: &Workspace, run: &str) -> Result<RunRecord, Failure> {
    workspace.run(run).map_err(Failure::not_started)
}

/// Writes to the file, or to standard output.
fn deliver(content: &str, file: Option<&std::path::Path>) -> Result<(), Error> {
    match file {
        None => crate::output::say(content),
        Some(file) => std::fs::write(file, content).map_err(|e| Error::from(e).file(file.display())),
    }
}
