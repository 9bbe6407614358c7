//! How far a run can be taken back, said before it begins; `run/rollback.rs` does it by the same rule.

use super::{Finding, FindingCode, Kept, RollbackLevel, Severity, Sides, is_confirmed};
use crate::catalog::{Table, TableName, Trigger, TriggerState};
use crate::model::{Existing, Project, TableMapping, TriggerChoice};

/// How a step is taken back.
pub(super) struct WayBack {
    pub level: RollbackLevel,
    pub note: String,
    pub kept: Kept,
    /// What a rollback cannot undo, though it undoes the rest.
    pub beyond: Option<String>,
}

/// `existing`: the target table as it is now, where there is one.
pub(super) fn way_back(
    mapping: &TableMapping,
    existing: Option<&Table>,
    adds_columns: &[String],
    project: &Project,
    sides: &Sides<'_>,
) -> WayBack {
    let way = |level, note: String, kept| WayBack { level, note, kept, beyond: None };
    let to = &mapping.to;
    let Some(table) = existing else {
        return way(RollbackLevel::Run, format!("{to} is created by the run, and dropped again"), Kept::Nothing);
    };
    let rows = sides.occupied.get(to).copied().unwrap_or(0);
    let replaces = mapping.existing == Existing::Replace && rows > 0;
    let mut way = if sides.target.dialect().publish(to).is_some() {
        match project.options.keep_before {
            true => {
                let note = format!("the old file of {to} is put aside, and takes its place again");
                way(RollbackLevel::Table, note, Kept::Rows)
            }
            false => way(RollbackLevel::None, format!("the old file of {to} is not kept"), Kept::Nothing),
        }
    } else if rows == 0 {
        way(RollbackLevel::Run, format!("{to} is empty now, and emptied again"), Kept::Nothing)
    } else if !project.options.keep_before {
        let note = match replaces {
            true => format!("the {rows} rows that {to} holds are deleted, and are not kept"),
            false => format!("{to} holds {rows} rows, and the run's cannot be told from them"),
        };
        way(RollbackLevel::None, note, Kept::Nothing)
    } else if let Some(key) = key(table, sides).filter(|_| !replaces) {
        let note = format!("the keys of the {rows} rows that {to} holds are kept beside it until the run is accepted");
        way(RollbackLevel::Run, note, Kept::Key(key))
    } else {
        let note = format!("the {rows} rows that {to} holds are kept beside it until the run is accepted");
        way(RollbackLevel::Run, note, Kept::Rows)
    };
    if way.level == RollbackLevel::Run && !adds_columns.is_empty() {
        way.note += &format!("; the new columns are dropped ({})", adds_columns.join(", "));
    }
    if replaces && let Some(other) = changed_along(table, project, sides) {
        way.level = RollbackLevel::None;
        way.note = format!("deleting the rows of {to} changes those of {other}, which are not kept");
    }
    if way.level == RollbackLevel::Run && mapping.triggers != TriggerChoice::Disable {
        way.beyond = fires(table, replaces, sides);
    }
    way
}

/// A key without NULL, by which the rows that are there can be told from those of the run.
fn key(table: &Table, sides: &Sides<'_>) -> Option<Vec<String>> {
    let dialect = sides.target.dialect();
    let fits = |name: &String| table.column(name).is_some_and(|c| !c.nullable && dialect.keeps_key(c));
    table.keys().find(|key| !key.columns.is_empty() && key.columns.iter().all(fits)).map(|key| key.columns.clone())
}

/// A table whose rows go, or change, with the rows that they refer to, and are not kept as a whole.
fn changed_along(table: &Table, project: &Project, sides: &Sides<'_>) -> Option<TableName> {
    let follows = |action: &str| ["CASCADE", "SET NULL", "SET DEFAULT"].contains(&action.to_ascii_uppercase().as_str());
    let refers = |t: &&Table| t.foreign_keys.iter().any(|k| k.references == table.name && follows(&k.on_delete));
    let is_kept = |t: &Table| {
        let mapping = project.tables.iter().find(|m| m.to == t.name && is_confirmed(m));
        sides.occupied.get(&t.name) == Some(&0) || mapping.is_some_and(|m| m.existing == Existing::Replace)
    };
    let mut others = sides.target_catalog.tables().filter(|t| t.name != table.name).filter(refers);
    others.find(|t| !is_kept(t)).map(|t| t.name.clone())
}

fn fires(table: &Table, replaces: bool, sides: &Sides<'_>) -> Option<String> {
    if !sides.target.dialect().fires_triggers() {
        return None;
    }
    let fires = |t: &&Trigger| {
        matches!(t.state, TriggerState::Enabled | TriggerState::Always) && (t.on_insert || (replaces && t.on_delete))
    };
    let trigger = sides.target_catalog.triggers(&table.name).find(fires)?;
    Some(format!("what the trigger {} of {} does to other tables is not taken back", trigger.name, table.name))
}

/// Said where a step cannot be taken back, or not all of it.
pub(super) fn finding(index: usize, mapping: &TableMapping, way: &WayBack) -> Option<Finding> {
    let (message, remedy) = match &way.beyond {
        _ if way.level == RollbackLevel::None => (
            format!("a run cannot be rolled back: {}", way.note),
            "Let the project keep what the tables hold before a run, or take a backup of the target first; a run into \
             files that was not published can always be taken back.",
        ),
        Some(beyond) => (beyond.clone(), "Let the run disable the table's triggers, or take a backup of the target."),
        None => return None,
    };
    Some(Finding {
        code: FindingCode::RollbackLimited,
        severity: Severity::Warning,
        table: Some(mapping.to.clone()),
        column: None,
        path: Some(format!("tables[{index}]")),
        message,
        remedy: remedy.into(),
        evidence: None,
        choices: Vec::new(),
    })
}
