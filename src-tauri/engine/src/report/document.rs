//! The report as data; HTML and text are drawn from it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::connectors::SequenceSet;
use crate::plan::{Finding, Statement};
use crate::run::changes::ChangeCount;
use crate::run::event::{LogLine, PhaseTime, RunFailure, RunStatus, TableProgress};
use crate::run::{Approval, Reload};
use crate::verify::Verification;

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    pub run: String,
    pub project: String,
    pub project_version: u32,
    pub rowferry_version: String,
    /// Who ran it, on which machine.
    pub operator: String,
    pub dry_run: bool,
    /// The reject file whose rows were loaded, where it was not the source.
    #[serde(default)]
    pub reload: Option<Reload>,
    pub status: RunStatus,
    pub outcome: Outcome,
    /// One sentence.
    pub summary: String,
    /// RFC 3339, UTC.
    pub started_at: String,
    pub finished_at: Option<String>,
    pub seconds: f64,
    pub source: Side,
    pub target: Side,
    pub consistency: String,
    /// How often something was tried again after a passing fault; the log says what.
    #[serde(default)]
    pub retries: u32,
    /// Where the time went. A phase that was not entered is missing.
    #[serde(default)]
    pub phases: Vec<PhaseTime>,
    pub tables: Vec<TableReport>,
    pub findings: Vec<Finding>,
    pub statements: Vec<Statement>,
    /// Destructive acts, lossy conversions and choices about values that a person approved.
    pub approvals: Vec<Approval>,
    pub verification: Option<Verification>,
    pub error: Option<RunFailure>,
    pub log: Vec<LogLine>,
}

/// The one word that the report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Everything arrived, and it was verified.
    Green,
    /// Finished, but rows were rejected.
    Rejects,
    /// Finished, but the verification found differences.
    Differences,
    /// Finished, nothing verified.
    Unverified,
    /// A dry run that found nothing wrong.
    DryRunClean,
    Failed,
    Cancelled,
    Unfinished,
    RolledBack,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Side {
    pub connection: String,
    /// Without its password.
    pub url: String,
    pub product: String,
    pub environment: crate::model::Environment,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TableReport {
    #[serde(flatten)]
    pub progress: TableProgress,
    /// Path of the reject file.
    pub rejects: Option<String>,
    /// How many rows were rejected for each reason, most first.
    pub reject_reasons: Vec<RejectReason>,
    pub sequences: Vec<SequenceSet>,
    /// Values that were changed because a person chose so.
    #[serde(default)]
    pub changes: Vec<ChangeCount>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RejectReason {
    pub reason: String,
    pub rows: u64,
}
