//! Taking what a run wrote out of the target again.

use std::sync::Arc;

use super::event::{Phase, RunStatus};
use super::job::PREPARED;
use super::orphans;
use crate::catalog::TableName;
use crate::connectors::Checkpoint;
use crate::error::{Error, ErrorKind, Result};
use crate::migration::Migration;
use crate::model::Existing;
use crate::plan::Step;
use crate::workspace::{RunRecord, Secrets, Workspace, now};

/// Drops the tables that the run created, and empties those that were empty before it.
///
/// A table that holds more or fewer rows than the run left there was changed by somebody since: then nothing is done,
/// unless `force` says that those changes may go too. What the run never came to is left alone.
///
/// # Errors
/// `Unsupported`, before anything is changed, when the run added rows to a table that held some, deleted rows, or
/// added columns: those cannot be told apart or brought back. A run that nobody has seen anything of
/// (files that were not published) is always taken back.
pub async fn rollback(run: &str, workspace: &Arc<Workspace>, secrets: &Secrets, force: bool) -> Result<RunRecord> {
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
    let left = Left::of(&record, &write.checkpoints(&record.run).await?);
    // Where DDL is part of a transaction, a run without that mark changed nothing at all.
    let began = left.prepared || !migration.target.descriptor().capabilities.transactional_ddl;
    let mut there: Vec<&Step> = Vec::new();
    for (number, step) in record.plan.steps.iter().enumerate().filter(|_| began && !untouched) {
        let Some(table) = migration.target_catalog.table(&step.to) else { continue };
        if !force {
            unchanged(&step.to, left.rows[number], migration.target.read().count(table).await?)?;
        }
        there.push(step);
    }
    // In reverse, so that no foreign key stands in the way.
    let (created, found): (Vec<&Step>, Vec<&Step>) = there.into_iter().rev().partition(|s| s.creates);
    let created: Vec<TableName> = created.into_iter().map(|s| s.to.clone()).collect();
    let mut statements: Vec<String> = found.into_iter().map(|s| dialect.delete_all(&s.to)).collect();
    statements.extend(dialect.drop_tables(&created));
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

/// What the run left in the target, as its checkpoints say; or its record, once it has removed them at its end.
struct Left {
    /// The statements before the load were carried out.
    prepared: bool,
    /// Rows of each step.
    rows: Vec<u64>,
}

impl Left {
    fn of(record: &RunRecord, checkpoints: &[Checkpoint]) -> Left {
        if checkpoints.is_empty() && record.phase == Phase::Done {
            return Left { prepared: true, rows: record.tables.iter().map(|t| t.written).collect() };
        }
        let mut rows = vec![0u64; record.plan.steps.len()];
        for checkpoint in checkpoints {
            let Some(rows) = rows.get_mut(checkpoint.step as usize) else { continue };
            // Orphans were written by their chunk before they were taken out.
            let taken_out = if checkpoint.chunk >= orphans::FIRST_ROUND { checkpoint.rejected } else { 0 };
            *rows = (*rows + checkpoint.written).saturating_sub(taken_out);
        }
        Left { prepared: checkpoints.iter().any(|c| c.step == PREPARED), rows }
    }
}

fn unchanged(table: &TableName, left: u64, now: u64) -> Result<()> {
    if left == now {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Blocked,
        format!(
            "{table} holds {now} rows, and the run left {left} there: it was changed since, and that would be lost"
        ),
    )
    .table(table.to_string())
    .hint("Look at the table first; `rowferry rollback RUN --force` takes the changes out too."))
}
