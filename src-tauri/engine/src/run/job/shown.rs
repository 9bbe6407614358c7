//! A run's record as the last event and the window show it.

use crate::run::RejectFiles;
use crate::run::event::{FinishedTable, RunSnapshot, RunStatus};
use crate::workspace::{RunRecord, Workspace};

pub(super) fn finished_tables(record: &RunRecord, workspace: &Workspace) -> Vec<FinishedTable> {
    let rejects = RejectFiles::new(&workspace.run_folder(&record.run));
    record
        .tables
        .iter()
        .enumerate()
        .map(|(step, t)| {
            let path = rejects.table(step as u32, &t.target.to_string());
            FinishedTable {
                target: t.target.to_string(),
                read: t.read,
                written: t.written,
                rejected: t.rejected,
                filtered: t.filtered,
                bytes: t.bytes,
                seconds: t.seconds,
                rejects: path.exists().then(|| path.display().to_string()),
            }
        })
        .collect()
}

/// A record as the window shows it.
pub fn snapshot(record: &RunRecord) -> RunSnapshot {
    RunSnapshot {
        run: record.run.clone(),
        project: record.project.id.clone(),
        project_name: record.project.name.clone(),
        dry_run: record.dry_run,
        status: record.status,
        phase: record.phase,
        started_at: record.started_at.clone(),
        seconds: record.seconds,
        tables: record.tables.clone(),
        log: record.log.clone(),
        error: record.error.clone(),
        kept_tables: kept_tables(record),
    }
}

fn kept_tables(record: &RunRecord) -> u32 {
    let is_over = record.accepted_at.is_some() || record.status == RunStatus::RolledBack || record.dry_run;
    if is_over { 0 } else { record.plan.steps.iter().filter(|s| !s.kept.is_nothing()).count() as u32 }
}
