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
    /// Rows whose foreign key points at nothing, before the constraints of created tables are added; in SQLite, which has
    /// them from the beginning, while they are off. Taking some out can leave others without theirs, so it goes on until
    /// there are none.
    pub(super) async fn settle_orphans(&self) -> Result<()> {
        let (target, write) = (self.migration.target.clone(), self.writer()?);
        if !target.descriptor().keeps_references() {
            return Ok(());
        }
        let files = RejectFiles::new(&self.workspace.run_folder(&self.record.run));
        let taken = self.again("reading the checkpoints", |_| write.checkpoints(&self.record.run)).await?;
        let mut round = taken.iter().filter(|c| c.chunk >= orphans::FIRST_ROUND && c.step < PREPARED).count() as u32;
        let plan = &self.record.plan;
        let mut settled = false;
        while !settled {
            settled = true;
            for (number, step) in plan.steps.iter().enumerate().filter(|(_, s)| s.creates) {
                for key in step.target.foreign_keys.iter().filter(|_| step.orphans != OrphanChoice::Keep) {
                    self.control.check()?;
                    let what = format!("looking for orphans of {}", step.to);
                    let rows = self.again(&what, |_| write.orphans(&step.target, key)).await?;
                    if rows == 0 {
                        continue;
                    }
                    let loaded = plan.steps.iter().map(|s| &s.target).find(|t| t.name == key.references);
                    let parent =
                        loaded.or_else(|| self.migration.target_catalog.table(&key.references)).ok_or_else(|| {
                            Error::internal(format!("{} is referred to and is not known", key.references))
                        })?;
                    let stops = step.orphans == OrphanChoice::Stop;
                    let most = if stops { orphans::NAMED } else { usize::MAX };
                    let find = |_| orphans::find(target.as_ref(), &step.target, key, parent, most);
                    let found = self.again(&what, find).await?;
                    if stops {
                        return Err(orphans::stop(&step.target, key, rows, &found));
                    }
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
