//! Triggers that a run disables, and puts back into the state in which each was.
//!
//! The plan in the run's record holds those states before anything is done, so that they are known after a crash. Both
//! acts may be done again: a statement puts a trigger into a state, whatever it was in.

use super::control::Control;
use super::progress::Progress;
use super::retry::retrying;
use crate::connectors::Write;
use crate::error::Result;
use crate::plan::Plan;

/// Tries again what fails for a moment.
pub(super) async fn disable(write: &dyn Write, plan: &Plan, progress: &Progress, control: &Control) -> Result<()> {
    let statements: Vec<String> = plan.suspended.iter().map(|s| s.disable.clone()).collect();
    if statements.is_empty() {
        return Ok(());
    }
    retrying("disabling the triggers", progress, control, |_| write.apply(&statements, None)).await
}

/// Tries again what fails for a moment, also when the run was cancelled: a trigger must not stay disabled.
pub(super) async fn restore_again(write: &dyn Write, plan: &Plan, progress: &Progress) -> Result<()> {
    let nobody = Control::new();
    retrying("putting the triggers back", progress, &nobody, |_| restore(write, plan)).await
}

pub(super) async fn restore(write: &dyn Write, plan: &Plan) -> Result<()> {
    let statements: Vec<String> = plan.suspended.iter().map(|s| s.restore.clone()).collect();
    if statements.is_empty() { Ok(()) } else { write.apply(&statements, None).await }
}
