//! Taking what a run wrote out of the target again, and bringing back what it took away.
//!
//! Invariant: a rollback that dies at any moment is ended by another one. The target's checkpoints say that it has begun,
//! from when on the number of rows says nothing any more, and that its statements are done; each of them may be done
//! twice, or is in one transaction with that mark.

mod left;
mod statements;

use std::sync::Arc;

use left::Left;
use statements::Back;

use super::before;
use super::event::RunStatus;
use super::job::{UNDOING, UNDONE, marker};
use crate::connectors::Write;
use crate::error::{Error, ErrorKind, Result};
use crate::migration::Migration;
use crate::plan::RollbackLevel;
use crate::workspace::{RunRecord, Secrets, Workspace, now};

/// Restores the target: tables that the run created are dropped, rows that it added are deleted, rows that it deleted
/// come back, columns that it added go, and so do schemas; sequences stand where they stood.
///
/// A table that holds more or fewer rows than the run left there was changed by somebody since: then nothing is done,
/// unless `force` says that those changes may go too. What the run never came to is left alone.
///
/// # Errors
/// `Blocked`, before anything is changed, when the plan said that a table cannot be taken back, the run was accepted, a
/// table was changed since, or another table refers to one that would be dropped.
pub async fn rollback(run: &str, workspace: &Arc<Workspace>, secrets: &Secrets, force: bool) -> Result<RunRecord> {
    let mut record = workspace.run(run)?;
    let _lock = workspace.lock_run(&record.run)?;
    if record.dry_run {
        return Err(Error::new(ErrorKind::Blocked, "a dry run wrote nothing").hint("There is nothing to do."));
    }
    let migration = Migration::open(record.project.clone(), &record.base, secrets).await?;
    let write = writer(&migration)?;
    let checkpoints = write.checkpoints(&record.run).await?;
    let has = |mark: u32| checkpoints.iter().any(|c| c.step == mark);
    if record.status == RunStatus::RolledBack {
        // What an earlier try did not live to remove.
        clean(&record, &migration, write).await?;
        return Err(
            Error::new(ErrorKind::Blocked, format!("run {run} is rolled back already")).hint("There is nothing to do.")
        );
    }
    let begun = has(UNDOING);
    let unseen = !begun && write.is_unseen(&record.run).await?;
    if !unseen && !has(UNDONE) {
        let left = Left::of(&record, &checkpoints);
        if left.prepared {
            can_be_taken_back(&record)?;
        }
        let back = Back { record: &record, migration: &migration, schema: write.own_schema().await? };
        // Where DDL is part of a transaction, a run without that mark changed nothing at all.
        let transactional = migration.target.descriptor().capabilities.transactional_ddl;
        if left.prepared || !transactional {
            if !begun && !force {
                back.unchanged(&left).await?;
            }
            let statements = back.statements(&left)?;
            write.prepare_checkpoints().await?;
            if !begun {
                write.apply(&[], Some(&marker(&record, UNDOING))).await?;
            }
            let done = marker(&record, UNDONE);
            let taken_back = match transactional {
                true => write.apply(&statements, Some(&done)).await,
                false => match write.apply(&statements, None).await {
                    Ok(()) => write.apply(&[], Some(&done)).await,
                    failed => failed,
                },
            };
            if taken_back.is_err() {
                super::triggers::restore(write, &record.plan).await?;
            }
            taken_back?;
        }
    }
    // Also those that an earlier try did not live to put back.
    super::triggers::restore(write, &record.plan).await?;
    // From now on only the run's own tables are in the way.
    record.status = RunStatus::RolledBack;
    record.finished_at = Some(now());
    workspace.keep_run(&record)?;
    workspace.audit(Some(&record.run), "run rolled back")?;
    clean(&record, &migration, write).await?;
    Ok(record)
}

/// Gives up what a rollback of the run would need: the target keeps nothing of the run but its rows.
///
/// # Errors
/// `Blocked` unless the run is complete.
pub async fn accept(run: &str, workspace: &Arc<Workspace>, secrets: &Secrets) -> Result<RunRecord> {
    let mut record = workspace.run(run)?;
    let _lock = workspace.lock_run(&record.run)?;
    if record.dry_run || record.status != RunStatus::Completed {
        return Err(Error::new(ErrorKind::Blocked, "only a completed run can be accepted")
            .hint("Resume the run, or roll it back."));
    }
    if record.plan.steps.iter().any(|s| !s.kept.is_nothing()) {
        let migration = Migration::open(record.project.clone(), &record.base, secrets).await?;
        before::forget(writer(&migration)?, &record.plan, &record.run, migration.target.dialect()).await?;
    }
    record.accepted_at = Some(now());
    workspace.keep_run(&record)?;
    workspace.audit(Some(&record.run), "run accepted")?;
    Ok(record)
}

fn writer(migration: &Migration) -> Result<&dyn Write> {
    migration.target.write().ok_or_else(|| Error::new(ErrorKind::Unsupported, "the target cannot be written"))
}

fn can_be_taken_back(record: &RunRecord) -> Result<()> {
    let refused = |to: &crate::catalog::TableName, why: &str| {
        Err(Error::new(ErrorKind::Blocked, format!("{to} cannot be rolled back: {why}"))
            .table(to.to_string())
            .hint("Restore the target from its backup."))
    };
    for step in &record.plan.steps {
        if step.rollback == RollbackLevel::None {
            return refused(&step.to, &step.rollback_note);
        }
        if let (Some(at), false) = (&record.accepted_at, step.kept.is_nothing()) {
            return refused(&step.to, &format!("the run was accepted at {at}, and what was kept for it is gone"));
        }
    }
    Ok(())
}

/// Removes what the run kept for itself, and then the schemas that it created.
async fn clean(record: &RunRecord, migration: &Migration, write: &dyn Write) -> Result<()> {
    let dialect = migration.target.dialect();
    before::forget(write, &record.plan, &record.run, dialect).await?;
    write.forget_checkpoints(&record.run).await?;
    for statement in record.plan.statements.iter().filter(|s| s.table.table.is_empty()) {
        let schema = &statement.table.schema;
        if dialect.create_schema(schema).as_ref() == Some(&statement.sql) {
            write.drop_schema_if_empty(schema).await?;
        }
    }
    Ok(())
}
