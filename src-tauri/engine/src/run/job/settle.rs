//! Rows whose foreign key points at nothing, between the load and the constraints: the part of a job that decides, by what
//! the project says of each table. How they are found and kept is `run/orphans.rs`.

use super::super::event::LogLevel;
use super::super::orphans;
use super::super::rejects::RejectFiles;
use super::{Job, PREPARED};
use crate::connectors::Checkpoint;
use crate::error::{Error, Result};
use crate::model::OrphanChoice;

impl Job {
    /// Rows whose foreign key points at nothing, before the constraints of created tables are added. Taking some out can
    /// leave others without theirs, so it goes on until there are none.
    pub(super) async fn settle_orphans(&self) -> Result<()> {
        let (target, write) = (self.migration.target.clone(), self.writer()?);
        if !target.descriptor().capabilities.constraints_after_load {
            return Ok(());
        }
        let files = RejectFiles::new(&self.workspace.run_folder(&self.record.run));
        let taken = write.checkpoints(&self.record.run).await?;
        let mut round = taken.iter().filter(|c| c.chunk >= orphans::FIRST_ROUND && c.step < PREPARED).count() as u32;
        let plan = &self.record.plan;
        let mut settled = false;
        while !settled {
            settled = true;
            for (number, step) in plan.steps.iter().enumerate().filter(|(_, s)| s.creates) {
                for key in step.target.foreign_keys.iter().filter(|_| step.orphans != OrphanChoice::Keep) {
                    self.control.check()?;
                    let rows = write.orphans(&step.target, key).await?;
                    if rows == 0 {
                        continue;
                    }
                    let loaded = plan.steps.iter().map(|s| &s.target).find(|t| t.name == key.references);
                    let parent =
                        loaded.or_else(|| self.migration.target_catalog.table(&key.references)).ok_or_else(|| {
                            Error::internal(format!("{} is referred to and is not known", key.references))
                        })?;
                    if step.orphans == OrphanChoice::Stop {
                        let found = orphans::find(target.as_ref(), &step.target, key, parent, 20).await?;
                        return Err(orphans::stop(&step.target, key, rows, &found));
                    }
                    let found = orphans::find(target.as_ref(), &step.target, key, parent, usize::MAX).await?;
                    if found.len() as u64 != rows {
                        return Err(Error::internal(format!(
                            "the target finds {rows} orphans of {}, and comparing their keys {}",
                            step.to,
                            found.len()
                        )));
                    }
                    orphans::keep(&files, number as u32, round, &found)?;
                    let checkpoint = Checkpoint {
                        step: number as u32,
                        chunk: orphans::FIRST_ROUND + round,
                        rejected: rows,
                        ..self.marker(0)
                    };
                    let delete = target.dialect().delete_orphans(&step.to, key);
                    self.apply_once("taking out orphans", &[delete], &checkpoint).await?;
                    self.progress.update(number, |t| {
                        t.written = t.written.saturating_sub(rows);
                        t.rejected += rows;
                    });
                    let message = format!("{rows} rows of {} referred to nothing, and are rejected", step.to);
                    self.progress.log(LogLevel::Warning, message);
                    round += 1;
                    settled = false;
                }
            }
        }
        for (number, step) in plan.steps.iter().enumerate() {
            files.join(number as u32, &step.to.to_string())?;
        }
        Ok(())
    }
}
