//! Triggers of the target that would fire for the rows of a run, and what of the source no run carries.

use super::findings::finding;
use super::{Choice, Edit, Finding, FindingCode, Severity, Sides, Step, Suspended, enums};
use crate::catalog::{Column, Schema, TableKind, Trigger, TriggerState};
use crate::model::{Existing, Project, TriggerChoice};
use crate::types::LogicalType;

/// Names in one finding; the rest is counted.
const NAMES: usize = 40;

fn listed(names: &[String]) -> String {
    let shown = names.iter().take(NAMES).cloned().collect::<Vec<_>>().join(", ");
    match names.len().checked_sub(NAMES) {
        Some(more) if more > 0 => format!("{shown} and {more} more"),
        _ => shown,
    }
}

/// Those that fire for what the run does to the table.
fn firing<'a>(step: &Step, sides: &'a Sides<'_>) -> Vec<&'a Trigger> {
    let deletes = step.existing == Existing::Replace && sides.occupied.get(&step.to).is_some_and(|n| *n > 0);
    let fires = |t: &&Trigger| {
        matches!(t.state, TriggerState::Enabled | TriggerState::Always) && (t.on_insert || deletes && t.on_delete)
    };
    sides.target_catalog.triggers(&step.to).filter(fires).collect()
}

fn choice(project: &Project, step: &Step) -> TriggerChoice {
    project.tables.get(step.mapping as usize).map(|t| t.triggers).unwrap_or_default()
}

/// Triggers that are disabled while rows are loaded, with the statements that do and undo it.
pub(super) fn suspended(project: &Project, steps: &[Step], sides: &Sides<'_>) -> Vec<Suspended> {
    let dialect = sides.target.dialect();
    let mut list = Vec::new();
    for step in steps.iter().filter(|s| choice(project, s) == TriggerChoice::Disable) {
        for trigger in firing(step, sides) {
            let disable = dialect.switch_trigger(&step.to, &trigger.name, TriggerState::Disabled);
            let restore = dialect.switch_trigger(&step.to, &trigger.name, trigger.state);
            if let (Some(disable), Some(restore)) = (disable, restore) {
                list.push(Suspended { table: step.to.clone(), trigger: trigger.name.clone(), disable, restore });
            }
        }
    }
    list
}

pub(super) fn findings(project: &Project, steps: &[Step], sides: &Sides<'_>, found: &mut Vec<Finding>) {
    for step in steps {
        found.extend(triggers(project, step, sides));
    }
    not_carried(steps, sides, found);
}

fn triggers(project: &Project, step: &Step, sides: &Sides<'_>) -> Option<Finding> {
    let firing = firing(step, sides);
    let first = firing.first()?;
    let names = listed(&firing.iter().map(|t| t.name.clone()).collect::<Vec<_>>());
    let dialect = sides.target.dialect();
    let can_be_disabled = dialect.switch_trigger(&step.to, &first.name, TriggerState::Disabled).is_some();
    let (severity, message, remedy) = if !dialect.fires_triggers() {
        let message = format!("triggers of {} do not fire for the rows of this run: {names}", step.to);
        (Severity::Note, message, "They are off on the loading connection only. Do by hand what they would have done.")
    } else if !can_be_disabled {
        let message =
            format!("triggers of {} fire for each row, and this database cannot disable them: {names}", step.to);
        (Severity::Warning, message, "Drop them before the run and make them again after it if they should not fire.")
    } else if choice(project, step) == TriggerChoice::Disable {
        let message = format!("triggers of {} are disabled while rows are loaded: {names}", step.to);
        (
            Severity::Warning,
            message,
            "Each is put back into its own state at the end, also after a failure; after a crash by the resume or the rollback.",
        )
    } else {
        let message = format!("triggers of {} fire for the rows of this run: {names}", step.to);
        (Severity::Warning, message, "Disable them for this run if they should not.")
    };
    let path = Some(format!("tables[{}].triggers", step.mapping));
    let mut said = finding(FindingCode::TriggersStay, severity, Some(&step.to), path, message, remedy);
    if can_be_disabled && choice(project, step) == TriggerChoice::Fire {
        let edit = Edit::Triggers { table: step.mapping, triggers: TriggerChoice::Disable };
        said.choices.push(Choice { label: "Disable them while loading".into(), edit });
    }
    Some(said)
}

/// Is it an enumeration that created tables have too?
fn is_carried(name: &str, kind: &str, created: &[&Step]) -> bool {
    let is_enum = |c: &Column| matches!(c.logical, LogicalType::Enumeration { .. });
    let of_it = |step: &Step| {
        step.target.columns.iter().any(is_enum)
            && step.source.columns.iter().any(|c| is_enum(c) && enums::last_part(&c.native_type) == name)
    };
    kind == "type" && created.iter().any(|s| of_it(s))
}

/// What stands beside the tables that are created: one finding a kind.
fn not_carried(steps: &[Step], sides: &Sides<'_>, found: &mut Vec<Finding>) {
    let created: Vec<&Step> = steps.iter().filter(|s| s.creates).collect();
    let read = |schema: &&Schema| created.iter().any(|s| s.from.schema == schema.name);
    let mut kinds: Vec<(String, Vec<String>)> = Vec::new();
    let mut add = |kind: &str, name: String| match kinds.iter_mut().find(|(k, _)| k == kind) {
        Some((_, names)) => names.push(name),
        None => kinds.push((kind.to_string(), vec![name])),
    };
    let is_created =
        |schema: &Schema, table: &str| created.iter().any(|s| s.from.schema == schema.name && s.from.table == table);
    for schema in sides.source_catalog.schemas.iter().filter(read) {
        let views = schema.tables.iter().filter(|t| t.kind == TableKind::View);
        for view in views.filter(|v| !steps.iter().any(|s| s.from == v.name)) {
            add("view", view.name.table.clone());
        }
        for trigger in schema.triggers.iter().filter(|t| is_created(schema, &t.table)) {
            add("trigger", format!("{} of {}", trigger.name, trigger.table));
        }
        for sequence in schema.sequences.iter().filter(|s| s.owner.is_none()) {
            add("sequence", sequence.name.clone());
        }
        for other in schema.others.iter().filter(|o| !is_carried(&o.name, &o.kind, &created)) {
            match &other.table {
                None => add(&other.kind, other.name.clone()),
                Some(table) if is_created(schema, table) => add(&other.kind, format!("{} of {table}", other.name)),
                Some(_) => {}
            }
        }
    }
    for (kind, names) in kinds {
        let message = match names.len() {
            1 => format!("one {kind} of the source is not carried: {}", names[0]),
            n => {
                let kind = if kind == "policy" { "policies".into() } else { format!("{kind}s") };
                format!("{n} {kind} of the source are not carried: {}", listed(&names))
            }
        };
        let remedy = "Make them in the target by hand where they are wanted.";
        found.push(finding(FindingCode::NotCarried, Severity::Note, None, None, message, remedy));
    }
}
