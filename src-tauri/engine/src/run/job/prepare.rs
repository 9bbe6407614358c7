//! What comes before the load: DDL and deletions, once; and on a resume, what the target holds already.

use std::collections::{HashMap, HashSet};

use super::super::event::{LogLevel, TableState};
use super::super::{orphans, triggers, unchanged_target};
use super::{FINISHED, Job, PREPARED, UNDOING};
use crate::connectors::Checkpoint;
use crate::error::{Error, ErrorKind, Result};
use crate::plan::When;
use crate::workspace::LedgerEntry;

/// What an earlier try of the run left in the target.
#[derive(Default)]
pub(super) struct Done {
    pub chunks: HashMap<u32, HashSet<u32>>,
    pub finished: bool,
}

impl Job {
    /// DDL and deletions, once; then what is done already.
    pub(super) async fn prepare(&mut self) -> Result<Done> {
        let write = self.writer()?;
        self.again("preparing the checkpoints", |_| write.prepare_checkpoints()).await?;
        let checkpoints = self.again("reading the checkpoints", |_| write.checkpoints(&self.record.run)).await?;
        if let Some(other) = checkpoints.iter().find(|c| c.fingerprint != self.record.plan.fingerprint) {
            return Err(Error::new(
                ErrorKind::Blocked,
                format!("the target's checkpoints were made by another mapping ({})", other.fingerprint),
            )
            .hint("Roll the run back and start a new one."));
        }
        if checkpoints.iter().any(|c| c.step == UNDOING) {
            return Err(Error::new(ErrorKind::Blocked, "a rollback of this run has begun").hint("Let it end."));
        }
        if !checkpoints.iter().any(|c| c.step == FINISHED) {
            for suspended in &self.record.plan.suspended {
                self.progress.log(LogLevel::Info, suspended.disable.clone());
            }
            triggers::disable(write, &self.record.plan, &self.progress, &self.control).await?;
        }
        if !checkpoints.iter().any(|c| c.step == PREPARED) {
            let statements: Vec<String> = self.statements(When::BeforeLoad);
            for sql in &statements {
                self.progress.log(LogLevel::Info, sql.split_whitespace().collect::<Vec<_>>().join(" "));
            }
            self.apply_once("the statements before the load", &statements, &self.marker(PREPARED)).await?;
        }
        self.again("reading the target's tables", |_| {
            unchanged_target::keep(&self.record, &self.migration, &self.workspace)
        })
        .await?;
        let mut done = Done { finished: checkpoints.iter().any(|c| c.step == FINISHED), chunks: HashMap::new() };
        if self.resumed {
            self.recount(&checkpoints, &mut done)?;
        }
        Ok(done)
    }

    /// What the target says is the truth: a chunk may have committed just before the ledger was written.
    pub(super) fn recount(&mut self, checkpoints: &[Checkpoint], done: &mut Done) -> Result<()> {
        let ledger = self.workspace.ledger(&self.record.run)?;
        for step in 0..self.record.plan.steps.len() {
            self.progress.update(step, |t| {
                (t.read, t.written, t.rejected, t.filtered, t.bytes, t.chunks_done) = (0, 0, 0, 0, 0, 0);
                t.state = TableState::Waiting;
            });
        }
        for checkpoint in checkpoints.iter().filter(|c| (c.step as usize) < self.record.plan.steps.len()) {
            if checkpoint.chunk >= orphans::FIRST_ROUND {
                self.progress.update(checkpoint.step as usize, |t| {
                    t.written = t.written.saturating_sub(checkpoint.rejected);
                    t.rejected += checkpoint.rejected;
                });
                continue;
            }
            if !ledger.iter().any(|e| (e.step, e.chunk) == (checkpoint.step, checkpoint.chunk)) {
                self.workspace.enter(&self.record.run, &[LedgerEntry::of(checkpoint, 0.0)])?;
            }
            done.chunks.entry(checkpoint.step).or_default().insert(checkpoint.chunk);
            self.progress.update(checkpoint.step as usize, |t| {
                t.read += checkpoint.read;
                t.written += checkpoint.written;
                t.rejected += checkpoint.rejected;
                t.filtered += checkpoint.filtered;
                t.bytes += checkpoint.bytes;
                t.chunks_done += 1;
            });
        }
        let chunks: usize = done.chunks.values().map(HashSet::len).sum();
        self.progress.log(LogLevel::Info, format!("resumed: {chunks} chunks are in the target already"));
        Ok(())
    }
}
