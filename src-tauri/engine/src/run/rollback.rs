//! Taking what a run wrote out of the target again.

use std::sync::Arc;

use super::event::RunStatus;
use crate::error::{Error, ErrorKind, Result};
use crate::migration::Migration;
use crate::model::Existing;
use crate::workspace::{RunRecord, Secrets, Workspace, now};

/// Drops the tables that the run created, and empties those that were empty before it.
///
/// # Errors
/// `Unsupported`, before anything is changed, when the run added rows to a table that held some, deleted rows, or
/// added columns: those cannot be told apart or brought back. A run that nobody has seen anything of
/// (files that were not published) is always taken back.
pub async fn rollback(run: &str, workspace: &Arc<Workspace>, secrets: &Secrets) -> Result<RunRecord> {
    let mut record = workspace.run(run)?;
    let _lock = workspace.lock_run(&record.run)?;
    if record.status == RunStatus::RolledBack {
        return Err(
            Error::new(ErrorKind::Blocked, format!("run {run} is rolled back already")).hint("There is nothing to do.")
        );
    }
    if record.dry_run {
        return Err(Error::new(ErrorKind::Blocked, "a dry run wrote nothing").hint("There is nothing to do."));
    }
    let migration = Migration::open(record.project.clone(), &record.base, secrets).await?;
    let write =
        migration.target.write().ok_or_else(|| Error::new(ErrorKind::Unsupported, "the target cannot be written"))?;
    let dialect = migration.target.dialect();
    let untouched = write.is_unseen(&record.run).await?;
    for (step, before) in record.plan.steps.iter().zip(&record.rows_before).filter(|_| !untouched) {
        let why = if step.existing == Existing::Replace
            && record.plan.statements.iter().any(|s| s.destructive && s.table == step.to)
        {
            "the rows that it held were deleted and were not kept"
        } else if *before > 0 {
            "it held rows before, and the run's cannot be told from them"
        } else if !step.adds_columns.is_empty() {
            "the run added columns to it"
        } else {
            continue;
        };
        return Err(Error::new(ErrorKind::Unsupported, format!("{} cannot be rolled back: {why}", step.to))
            .table(step.to.to_string())
            .hint("Restore the target from its backup."));
    }
    // In reverse, so that no foreign key stands in the way.
    let statements: Vec<String> = record
        .plan
        .steps
        .iter()
        .rev()
        .filter(|s| !untouched && migration.target_catalog.table(&s.to).is_some())
        .map(|s| if s.creates { dialect.drop_table(&s.to) } else { dialect.delete_all(&s.to) })
        .collect();
    let taken_back = write.apply(&statements, None).await;
    // Whatever came of it.
    super::triggers::restore(write, &record.plan).await?;
    taken_back?;
    write.forget_checkpoints(&record.run).await?;
    record.status = RunStatus::RolledBack;
    record.finished_at = Some(now());
    workspace.keep_run(&record)?;
    workspace.audit(Some(&record.run), "run rolled back")?;
    Ok(record)
}
