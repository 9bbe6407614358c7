//! How far a run can be taken back, said before it begins; `run/rollback.rs` does it by the same rule.

use super::{Finding, FindingCode, RollbackLevel, Severity, Sides};
use crate::model::{Existing, TableMapping};

/// How a step is taken back, and the reason in words.
pub(super) fn level(
    mapping: &TableMapping,
    creates: bool,
    adds_columns: &[String],
    sides: &Sides<'_>,
) -> (RollbackLevel, String) {
    let rows = sides.occupied.get(&mapping.to).copied().unwrap_or(0);
    let to = &mapping.to;
    if creates {
        return (RollbackLevel::Run, format!("{to} is created by the run, and dropped again"));
    }
    if !adds_columns.is_empty() {
        return (RollbackLevel::None, format!("the run adds columns to {to}, which are not taken out again"));
    }
    match mapping.existing {
        _ if rows == 0 => (RollbackLevel::Run, format!("{to} is empty now, and emptied again")),
        Existing::Replace => {
            (RollbackLevel::None, format!("the {rows} rows that {to} holds are deleted, and are not kept"))
        }
        _ => (RollbackLevel::None, format!("{to} holds {rows} rows, and the run's cannot be told from them")),
    }
}

/// Said where a step cannot be taken back.
pub(super) fn finding(index: usize, mapping: &TableMapping, level: &(RollbackLevel, String)) -> Option<Finding> {
    (level.0 == RollbackLevel::None).then(|| Finding {
        code: FindingCode::RollbackLimited,
        severity: Severity::Warning,
        table: Some(mapping.to.clone()),
        column: None,
        path: Some(format!("tables[{index}]")),
        message: format!("a run cannot be rolled back: {}", level.1),
        remedy: "Take a backup of the target first; a run into files that was not published can always be taken back."
            .into(),
        evidence: None,
        choices: Vec::new(),
    })
}
