//! What a run left in the target, as its checkpoints say; or its record, once it has removed them at its end.

use super::super::event::Phase;
use super::super::job::{PREPARED, UNDOING};
use super::super::orphans;
use crate::connectors::Checkpoint;
use crate::workspace::RunRecord;

pub(super) struct Left {
    /// The statements before the load were carried out.
    pub prepared: bool,
    /// Rows that each step wrote.
    pub written: Vec<u64>,
}

impl Left {
    pub fn of(record: &RunRecord, checkpoints: &[Checkpoint]) -> Left {
        let of_run = || checkpoints.iter().filter(|c| c.step < UNDOING || c.step >= PREPARED);
        if of_run().next().is_none() && record.phase == Phase::Done {
            return Left { prepared: true, written: record.tables.iter().map(|t| t.written).collect() };
        }
        let mut written = vec![0u64; record.plan.steps.len()];
        for checkpoint in of_run() {
            let Some(rows) = written.get_mut(checkpoint.step as usize) else { continue };
            // Orphans were written by their chunk before they were taken out.
            let taken_out = if checkpoint.chunk >= orphans::FIRST_ROUND { checkpoint.rejected } else { 0 };
            *rows = (*rows + checkpoint.written).saturating_sub(taken_out);
        }
        Left { prepared: of_run().any(|c| c.step == PREPARED), written }
    }
}
