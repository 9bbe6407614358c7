//! Runs: what was to be done, and how far it came.

use std::fs::File;
use std::path::PathBuf;

use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::{Workspace, from_json, now, store, to_json};
use crate::connectors::SequenceSet;
use crate::error::{Error, ErrorContext, ErrorKind, Result};
use crate::model::Project;
use crate::plan::Plan;
use crate::report::Side;
use crate::run::event::{LogLine, Phase, PhaseTime, RunFailure, RunStatus, TableProgress};
use crate::run::{Approval, Reload};
use crate::verify::Verification;

/// Everything that a resume, a report or a rollback needs to know about a run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunRecord {
    pub run: String,
    /// The document as it was run.
    pub project: Project,
    pub project_version: u32,
    /// Folder that relative paths in the document count from.
    pub base: PathBuf,
    pub plan: Plan,
    pub dry_run: bool,
    pub operator: String,
    pub source: Side,
    pub target: Side,
    pub status: RunStatus,
    pub phase: Phase,
    pub started_at: String,
    pub finished_at: Option<String>,
    /// Time spent running, over all resumes.
    pub seconds: f64,
    /// In the order of the plan's steps.
    pub tables: Vec<TableProgress>,
    /// Rows that each step's target held before; in the order of the steps.
    pub rows_before: Vec<u64>,
    pub sequences: Vec<Vec<SequenceSet>>,
    /// Statements that set the sequences of each step's target back to where they stood before.
    #[serde(default)]
    pub numbers_before: Vec<Vec<String>>,
    /// When what a rollback needs was given up.
    #[serde(default)]
    pub accepted_at: Option<String>,
    /// How often something was tried again after a passing fault.
    #[serde(default)]
    pub retries: u32,
    /// When the source's snapshot was lost and taken anew: what was read later is of a later moment.
    #[serde(default)]
    pub snapshots_lost: Vec<String>,
    /// In the order in which they were entered first.
    #[serde(default)]
    pub phases: Vec<PhaseTime>,
    #[serde(deserialize_with = "crate::run::approval::read")]
    pub approvals: Vec<Approval>,
    /// The reject file whose rows it loads, where it does not load the source.
    #[serde(default)]
    pub reload: Option<Reload>,
    pub verification: Option<Verification>,
    pub error: Option<RunFailure>,
    pub log: Vec<LogLine>,
}

/// Held while a process works on a run; the system releases it when the process dies.
#[derive(Debug)]
pub struct RunLock {
    _file: File,
}

impl Workspace {
    pub fn keep_run(&self, record: &RunRecord) -> Result<()> {
        self.database()
            .execute(
                "insert into run (id, project, started_at, record) values (?1, ?2, ?3, ?4)
                 on conflict (id) do update set record = excluded.record",
                params![record.run, record.project.id, record.started_at, to_json(record)?],
            )
            .map_err(store)?;
        Ok(())
    }

    /// The run with this id, or whose id begins so when only one does. A run whose process is gone is `Interrupted`.
    pub fn run(&self, id: &str) -> Result<RunRecord> {
        let mut found = self.read_runs("id = ?1", id)?;
        if found.is_empty() && id.len() >= 4 {
            found = self.read_runs("substr(id, 1, length(?1)) = ?1", id)?;
        }
        match found.len() {
            1 => Ok(found.remove(0)),
            0 => Err(Error::new(ErrorKind::NotFound, format!("the workspace knows no run {id}"))
                .hint("`rowferry runs` lists them.")),
            n => Err(Error::new(ErrorKind::NotFound, format!("{n} runs begin with {id}")).hint("Give more of its id.")),
        }
    }

    /// Latest first.
    pub fn runs(&self, project: Option<&str>) -> Result<Vec<RunRecord>> {
        match project {
            Some(project) => self.read_runs("project = ?1", project),
            None => self.read_runs("?1 = ''", ""),
        }
    }

    pub fn last_run(&self, project: &str) -> Result<Option<RunRecord>> {
        let text: Option<String> = self
            .database()
            .query_row(
                "select record from run where project = ?1 order by started_at desc, id desc limit 1",
                [project],
                |r| r.get(0),
            )
            .optional()
            .map_err(store)?;
        text.map(|t| from_json(&t).map(|r| self.with_true_status(r))).transpose()
    }

    fn read_runs(&self, condition: &str, value: &str) -> Result<Vec<RunRecord>> {
        let texts: Vec<String> = {
            let database = self.database();
            let mut query = database
                .prepare_cached(&format!("select record from run where {condition} order by started_at desc, id desc"))
                .map_err(store)?;
            let rows = query.query_map([value], |r| r.get(0)).map_err(store)?;
            rows.collect::<rusqlite::Result<_>>().map_err(store)?
        };
        texts.iter().map(|t| from_json(t).map(|r| self.with_true_status(r))).collect()
    }

    fn with_true_status(&self, mut record: RunRecord) -> RunRecord {
        if matches!(record.status, RunStatus::Running | RunStatus::Paused) && self.lock_run(&record.run).is_ok() {
            record.status = RunStatus::Interrupted;
        }
        record
    }

    /// Takes the run for this process. `Busy` while another works on it.
    pub fn lock_run(&self, run: &str) -> Result<RunLock> {
        let folder = self.run_folder(run);
        std::fs::create_dir_all(&folder)?;
        let file = File::create(folder.join("lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(RunLock { _file: file }),
            Err(std::fs::TryLockError::WouldBlock) => {
                Err(Error::new(ErrorKind::Busy, format!("another process works on run {run}"))
                    .hint("Wait for it, or stop it there."))
            }
            Err(std::fs::TryLockError::Error(e)) => {
                Err(e).or_error(ErrorKind::Io, format!("the lock of run {run} cannot be taken"))
            }
        }
    }

    /// A line in the audit trail.
    pub fn audit(&self, run: Option<&str>, what: &str) -> Result<()> {
        self.database()
            .execute(
                "insert into audit (at, who, run, what) values (?1, ?2, ?3, ?4)",
                params![now(), operator(), run, what],
            )
            .map_err(store)?;
        Ok(())
    }
}

/// User and machine, as the report names them.
pub fn operator() -> String {
    let user = std::env::var("USER").or_else(|_| std::env::var("USERNAME")).unwrap_or_else(|_| "unknown user".into());
    let machine = std::fs::read_to_string("/etc/hostname")
        .ok()
        .or_else(|| std::env::var("COMPUTERNAME").ok())
        .map(|h| h.trim().to_string())
        .filter(|h| !h.is_empty());
    match machine {
        Some(machine) => format!("{user} on {machine}"),
        None => user,
    }
}
