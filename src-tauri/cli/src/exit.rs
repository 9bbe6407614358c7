//! Exit codes: what a script can tell about how it went.

use std::process::ExitCode;

use rowferry_engine::report::{self, Outcome};
use rowferry_engine::run::RunStatus;
use rowferry_engine::workspace::RunRecord;
use rowferry_engine::{Error, ErrorKind};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done, and nothing is wrong.
    Done = 0,
    Failed = 1,
    /// Usage, an invalid project, or a finding that blocks. `clap` uses the same code.
    NotStarted = 2,
    Rejects = 3,
    Differences = 4,
    /// As a shell says of a program that SIGINT ended.
    Cancelled = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

impl Exit {
    /// How a run that began has ended.
    pub fn of_run(record: &RunRecord) -> Exit {
        match record.status {
            RunStatus::Cancelled => Exit::Cancelled,
            RunStatus::Completed => match report::outcome(record) {
                Outcome::Differences => Exit::Differences,
                Outcome::Rejects => Exit::Rejects,
                _ => Exit::Done,
            },
            _ => Exit::Failed,
        }
    }
}

/// Why a command did not do its work, and the code for that.
#[derive(Debug)]
pub struct Failure {
    pub error: Error,
    pub exit: Exit,
}

impl Failure {
    /// For what was wrong with the arguments or the project.
    pub fn not_started(error: Error) -> Failure {
        Failure { error, exit: Exit::NotStarted }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        let exit = match error.kind {
            ErrorKind::InvalidProject | ErrorKind::InvalidUrl | ErrorKind::Blocked => Exit::NotStarted,
            ErrorKind::Cancelled => Exit::Cancelled,
            _ => Exit::Failed,
        };
        Failure { error, exit }
    }
}
