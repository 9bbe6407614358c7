//! What a run tells while it works: one typed enum in, nothing out.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::catalog::TableName;

/// Takes events. Must return at once: it is called from the threads that move rows.
pub trait RunObserver: Send + Sync {
    fn observe(&self, event: &RunEvent);
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RunStatus {
    Running,
    Paused,
    Completed,
    Failed,
    Cancelled,
    /// What the run wrote has been taken out of the target again.
    RolledBack,
    /// The process that ran it is gone: it can be resumed.
    Interrupted,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// DDL and deletions before the load.
    Preparing,
    Loading,
    /// Indexes, constraints, sequences.
    Finishing,
    Verifying,
    Done,
}

/// Time spent in one phase, over all resumes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PhaseTime {
    pub phase: Phase,
    pub seconds: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TableState {
    Waiting,
    Loading,
    Loaded,
    Failed,
}

/// One table's share of a run. Row counts grow as chunks commit; `seconds` is time spent on this table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TableProgress {
    pub source: TableName,
    pub target: TableName,
    pub state: TableState,
    /// The source's estimate, for the bar; `None` when it does not know.
    pub expected: Option<u64>,
    pub read: u64,
    pub written: u64,
    pub rejected: u64,
    pub filtered: u64,
    pub bytes: u64,
    pub seconds: f64,
    pub chunks: u32,
    pub chunks_done: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LogLevel {
    Info,
    Warning,
    Error,
}

/// What happened. Serialised with the name in `event`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum RunEvent {
    Started {
        run: String,
        dry_run: bool,
        tables: Vec<TableProgress>,
    },
    Phase {
        phase: Phase,
    },
    /// Only the tables that changed since the last one; at most ten a second, and always the last state.
    Progress {
        tables: Vec<TableProgress>,
    },
    Log {
        level: LogLevel,
        message: String,
    },
    Paused,
    Continued,
    Finished {
        run: String,
        status: RunStatus,
        tables: Vec<FinishedTable>,
        seconds: f64,
    },
}

/// A table's line in the last event of `run --json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FinishedTable {
    pub target: String,
    pub read: u64,
    pub written: u64,
    pub rejected: u64,
    pub filtered: u64,
    pub bytes: u64,
    pub seconds: f64,
    /// Path of the reject file, when there are rejects.
    pub rejects: Option<String>,
}

/// Everything about a run now, for a window that opens while it is under way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunSnapshot {
    pub run: String,
    pub project: String,
    pub project_name: String,
    pub dry_run: bool,
    pub status: RunStatus,
    pub phase: Phase,
    pub started_at: String,
    pub seconds: f64,
    pub tables: Vec<TableProgress>,
    /// The latest lines, oldest first.
    pub log: Vec<LogLine>,
    /// Why it failed.
    pub error: Option<RunFailure>,
    /// Tables of which the target keeps what a rollback needs, until the run is accepted.
    #[serde(default)]
    pub kept_tables: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LogLine {
    pub at: String,
    pub level: LogLevel,
    pub message: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunFailure {
    pub kind: crate::error::ErrorKind,
    pub message: String,
    pub remedy: Option<String>,
}
