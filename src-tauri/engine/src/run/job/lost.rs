//! Chunks that the target lost after it had committed them.
//!
//! PostgreSQL need not wait for its disk at each chunk, and MySQL can be set so that it does not: a server that crashes
//! may then go back by a moment, while this process goes on and counts the chunk as done. So when all is loaded, a
//! checkpoint is committed that waits for the disk, and with it for all that came before; what is not there then is
//! loaded again. Invariant: constraints are added to tables that hold every chunk for good.

use super::super::event::LogLevel;
use super::super::orphans;
use super::super::rejects::RejectFiles;
use super::{Done, Job, LOADED};
use crate::connectors::Checkpoint;
use crate::error::Result;

impl Job {
    /// What the target still holds, where it is less than was loaded; `None` when everything is there.
    pub(super) async fn lost(&mut self) -> Result<Option<Done>> {
        if self.record.dry_run {
            return Ok(None);
        }
        let write = self.writer()?;
        let read = || self.again("reading the checkpoints", |_| write.checkpoints(&self.record.run));
        let round = read().await?.iter().filter(|c| c.step == LOADED).count() as u32;
        let marker = Checkpoint { chunk: round, ..self.marker(LOADED) };
        self.apply_once("making the load last", &[], &marker).await?;
        let checkpoints = read().await?;
        let mut lost = 0;
        for step in 0..self.record.plan.steps.len() as u32 {
            let cut = self.workspace.chunks(&self.record.run, step)?.map_or(0, |chunks| chunks.len());
            let there = checkpoints.iter().filter(|c| c.step == step && c.chunk < orphans::FIRST_ROUND).count();
            lost += cut.saturating_sub(there);
        }
        if lost == 0 {
            return Ok(None);
        }
        let message = format!(
            "{lost} chunk{} had been committed, and the target holds {} no more: its server went down before it had \
             written them to its disk. They are loaded again.",
            if lost == 1 { "" } else { "s" },
            if lost == 1 { "it" } else { "them" },
        );
        self.progress.log(LogLevel::Warning, message);
        let mut left = Done { finished: checkpoints.iter().any(|c| c.step == super::FINISHED), ..Done::default() };
        self.recount(&checkpoints, &mut left)?;
        Ok(Some(left))
    }

    /// The chunks' own reject files go, now that none of them is done again.
    pub(super) fn close_rejects(&self) -> Result<()> {
        let files = RejectFiles::new(&self.workspace.run_folder(&self.record.run));
        self.record.plan.steps.iter().enumerate().try_for_each(|(n, step)| files.close(n as u32, &step.to.to_string()))
    }
}
