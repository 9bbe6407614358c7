//! Triggers that a run disables, and puts back into the state in which each was.
//!
//! The plan in the run's record holds those states before anything is done, so that they are known after a crash. Both
//! acts may be done again: a statement puts a trigger into a state, whatever it was in.

use crate::connectors::Write;
use crate::error::Result;
use crate::plan::Plan;

pub(super) async fn disable(write: &dyn Write, plan: &Plan) -> Result<()> {
    let statements: Vec<String> = plan.suspended.iter().map(|s| s.disable.clone()).collect();
    if statements.is_empty() { Ok(()) } else { write.apply(&statements, None).await }
}

pub(super) async fn restore(write: &dyn Write, plan: &Plan) -> Result<()> {
    let statements: Vec<String> = plan.suspended.iter().map(|s| s.restore.clone()).collect();
    if statements.is_empty() { Ok(()) } else { write.apply(&statements, None).await }
}
