//! What a person should know about a table, or about the plan as a whole.

use std::collections::HashSet;

use super::carry::Carry;
use super::names;
use super::target::copied;
use super::{Finding, FindingCode, Severity, Sides, Step};
use crate::catalog::{Catalog, Column, Table, TableKind, TableName};
use crate::connectors::Form;
use crate::model::{Environment, Existing, Project, TableMapping};
use crate::types::LogicalType;

pub(super) fn finding(
    code: FindingCode,
    severity: Severity,
    table: Option<&TableName>,
    path: Option<String>,
    message: String,
    remedy: &str,
) -> Finding {
    Finding {
        code,
        severity,
        table: table.cloned(),
        column: None,
        path,
        message,
        remedy: remedy.into(),
        evidence: None,
        choices: Vec::new(),
    }
}

pub(super) fn nothing_to_do() -> Finding {
    finding(
        FindingCode::NothingToDo,
        Severity::Blocks,
        None,
        Some("tables".into()),
        "no table is mapped".into(),
        "Map a table, or accept the suggestions.",
    )
}

pub(super) fn unconfirmed_table(index: usize, mapping: &TableMapping) -> Finding {
    finding(
        FindingCode::UnconfirmedSuggestion,
        Severity::Warning,
        Some(&mapping.to),
        Some(format!("tables[{index}]")),
        format!(
            "the suggested table mapping {} → {} is not confirmed and will not be carried",
            mapping.from, mapping.to
        ),
        "Accept or reject the suggestion in the mapper.",
    )
}

pub(super) fn unknown_table(index: usize, mapping: &TableMapping, catalog: &Catalog) -> Finding {
    let mut near: Vec<_> = catalog
        .tables()
        .map(|t| (strsim::jaro_winkler(&t.name.table.to_lowercase(), &mapping.from.table.to_lowercase()), &t.name))
        .filter(|(score, _)| *score > 0.8)
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    let hint = near.first().map(|(_, name)| format!("; did you mean {name}?")).unwrap_or_default();
    finding(
        FindingCode::UnknownTable,
        Severity::Blocks,
        Some(&mapping.to),
        Some(format!("tables[{index}].from")),
        format!("the source has no table {}{hint}", mapping.from),
        "Correct the table's name, or remove its mapping.",
    )
}

/// Choices about source columns that are not there.
pub(super) fn unknown_readings(index: usize, mapping: &TableMapping, source: &Table, found: &mut Vec<Finding>) {
    for name in mapping.reading.keys().filter(|name| source.column(name).is_none()) {
        found.push(finding(
            FindingCode::UnknownColumn,
            Severity::Blocks,
            Some(&mapping.to),
            Some(format!("tables[{index}].reading")),
            format!("it is said how {name} is read, and {} has no such column", source.name),
            "Correct the column's name, or take the choice out.",
        ));
    }
}

/// Findings about one mapped table.
pub(super) fn table(
    index: usize,
    mapping: &TableMapping,
    source: &Table,
    target: &Table,
    existing: Option<&Table>,
    sides: &Sides<'_>,
    found: &mut Vec<Finding>,
) {
    let path = Some(format!("tables[{index}]"));
    let mut say = |code, severity, message: String, remedy: &str| {
        found.push(finding(code, severity, Some(&mapping.to), path.clone(), message, remedy));
    };
    occupied(mapping, target, sides, &mut say);
    names::of_one_table(mapping, target, existing, sides, path.as_deref(), found);
    let mut say = |code, severity, message: String, remedy: &str| {
        found.push(finding(code, severity, Some(&mapping.to), path.clone(), message, remedy));
    };
    match existing {
        Some(_) => unique_keys(mapping, source, target, &mut say),
        None if matches!(sides.target.descriptor().form, Form::FileOrFolder { .. }) => {
            into_a_file(source, &mut say);
        }
        None => not_carried(&Carry::new(mapping, source, &target.columns, sides), target, &mut say),
    }
}

type Say<'a> = &'a mut dyn FnMut(FindingCode, Severity, String, &str);

fn occupied(mapping: &TableMapping, target: &Table, sides: &Sides<'_>, say: Say<'_>) {
    let rows = sides.occupied.get(&mapping.to).copied().unwrap_or(0);
    if mapping.existing == Existing::Skip {
        return skipped(mapping, target, rows, say);
    }
    if rows == 0 {
        return;
    }
    match mapping.existing {
        Existing::Refuse => say(
            FindingCode::TargetNotEmpty,
            Severity::Blocks,
            format!("the target table {} holds {rows} rows already", mapping.to),
            "Choose append or replace for this table, or empty it.",
        ),
        Existing::Append => say(
            FindingCode::TargetNotEmpty,
            Severity::Warning,
            format!("rows are added to the {rows} that {} holds", mapping.to),
            "A verification then compares row counts only.",
        ),
        Existing::Skip => {}
        Existing::Replace => say(
            FindingCode::DeletesRows,
            Severity::Confirm,
            format!("the {rows} rows that {} holds are deleted first", mapping.to),
            "Confirm that they may go, or choose append.",
        ),
    }
}

/// Rows are told to be there by a key, so there must be one.
fn skipped(mapping: &TableMapping, target: &Table, rows: u64, say: Say<'_>) {
    let written =
        |column: &str| mapping.columns.iter().any(|c| c.to == column && c.state == crate::model::LinkState::Confirmed);
    match target.key_within(written) {
        None => say(
            FindingCode::TargetNotEmpty,
            Severity::Blocks,
            format!(
                "{} has no key whose columns are all mapped, so nothing tells which rows are there already",
                mapping.to
            ),
            "Map the columns of its key, or choose append or replace for this table.",
        ),
        Some(key) if rows > 0 => say(
            FindingCode::TargetNotEmpty,
            Severity::Warning,
            format!(
                "rows whose ({}) is among the {rows} rows of {} are left out as they are there",
                key.columns.join(", "),
                mapping.to
            ),
            "They are counted as left out. Their other columns are not compared with what is there.",
        ),
        Some(_) => {}
    }
}

fn unique_keys(mapping: &TableMapping, source: &Table, target: &Table, say: Say<'_>) {
    for key in target.keys() {
        let safe = source
            .keys()
            .filter_map(|k| copied(mapping, &k.columns))
            .any(|columns| columns.iter().all(|c| key.columns.contains(c)));
        let written = key.columns.iter().any(|c| mapping.columns.iter().any(|m| m.to == *c));
        if !safe && written {
            say(
                FindingCode::UniqueAtRisk,
                Severity::Warning,
                format!("nothing in the source makes ({}) unique, and the target demands it", key.columns.join(", ")),
                "Rows that repeat a key are rejected; a dry run does not see this, the run does.",
            );
        }
    }
}

/// A file has columns and nothing else.
fn into_a_file(source: &Table, say: Say<'_>) {
    if source.kind == TableKind::File {
        return;
    }
    let any = |there: bool, what: &'static str| there.then_some(what);
    let left: Vec<&str> = [
        any(source.keys().next().is_some(), "keys"),
        any(!source.foreign_keys.is_empty(), "foreign keys"),
        any(!source.checks.is_empty(), "checks"),
        any(!source.indexes.is_empty(), "indexes"),
        any(source.columns.iter().any(|c| c.default.is_some()), "defaults"),
        any(source.columns.iter().any(|c| c.identity.is_some()), "numbers given by themselves"),
        any(source.columns.iter().any(|c| c.generated.is_some()), "the expressions of generated columns"),
        any(source.columns.iter().any(|c| !c.nullable), "NOT NULL"),
        any(source.comment.is_some() || source.columns.iter().any(|c| c.comment.is_some()), "comments"),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !left.is_empty() {
        say(
            FindingCode::NotCarried,
            Severity::Note,
            format!("a file does not keep {}", left.join(", ")),
            "Nothing to do if the values are all that is wanted.",
        );
    }
}

fn not_carried(carry: &Carry<'_>, target: &Table, say: Say<'_>) {
    let (mapping, source) = (carry.mapping, carry.source);
    for column in &source.columns {
        let Some(name) = copied(mapping, std::slice::from_ref(&column.name)).and_then(|n| n.into_iter().next()) else {
            continue;
        };
        let Some(new) = target.column(&name) else { continue };
        if let Some(default) = &column.default
            && new.default.is_none()
        {
            say(
                FindingCode::DefaultNotCarried,
                Severity::Note,
                format!("the default of {} ({default}) has no translation and is not carried", column.name),
                "Add it to the target by hand if it is wanted.",
            );
        }
        let updates = |c: &Column| c.default.as_ref().is_some_and(|d| d.contains(" on update "));
        if updates(column) && new.default.is_some() && !updates(new) {
            say(
                FindingCode::DefaultNotCarried,
                Severity::Note,
                format!("{} is set by each update in the source; in the target by an insert only", column.name),
                "Write a trigger for it in the target if it is wanted.",
            );
        }
    }
    order_lost(mapping, source, target, say);
    for check in source.checks.iter().filter(|c| carry.kept_check(c).is_none()) {
        let chosen = if carry.check(check).is_some() { "left out by choice" } else { "not carried" };
        say(
            FindingCode::CheckNotCarried,
            Severity::Note,
            format!("the check {} is {chosen}: {}", check.name, check.expression),
            "Add it to the target by hand if it is wanted.",
        );
    }
    for index in &source.indexes {
        let carried = carry.index(index);
        if carried.is_none() {
            say(
                FindingCode::IndexNotCarried,
                Severity::Note,
                format!("the index {} is not carried", index.name),
                "Add it to the target by hand if it is wanted.",
            );
        } else if carried.is_some_and(|c| !c.whole) && is_special(&index.definition) {
            say(
                FindingCode::IndexNotCarried,
                Severity::Note,
                format!("the index {} is carried as a plain one, without its method or sort order", index.name),
                "Make it anew in the target by hand if that matters.",
            );
        }
    }
}

/// Enumerations whose target column is text, which has neither their list nor their order.
fn order_lost(mapping: &TableMapping, source: &Table, target: &Table, say: Say<'_>) {
    for column in source.columns.iter().filter(|c| c.reading.is_none()) {
        let LogicalType::Enumeration { values } = &column.logical else { continue };
        let name = copied(mapping, std::slice::from_ref(&column.name)).and_then(|names| names.into_iter().next());
        let text = |c: &&Column| matches!(c.logical, LogicalType::Text { .. });
        if let Some(new) = name.and_then(|n| target.column(&n)).filter(text) {
            say(
                FindingCode::NotCarried,
                Severity::Note,
                format!(
                    "{} becomes text: it no longer sorts in the order of its {} values, and takes others too",
                    new.name,
                    values.len()
                ),
                "Add a check in the target by hand if other values should be refused.",
            );
        }
    }
}

/// Has the index a method or an order of its own? Only its columns are carried.
fn is_special(definition: &str) -> bool {
    let definition = definition.to_lowercase();
    let method = definition.split(" using ").nth(1).and_then(|d| d.split_whitespace().next());
    // A column may be named `desc`, but then it stands in quotes.
    let ordered = |word: &str| ["desc", "collate", "desc)", "desc,"].contains(&word);
    method.is_some_and(|m| m != "btree") || definition.split_whitespace().any(ordered)
}

/// Findings about the plan as a whole.
pub(super) fn whole_plan(
    project: &Project,
    steps: &[Step],
    cycles: &[Vec<TableName>],
    sides: &Sides<'_>,
    found: &mut Vec<Finding>,
) {
    for cycle in cycles {
        let names: Vec<String> = cycle.iter().map(ToString::to_string).collect();
        let checked = steps.iter().any(|s| !s.creates && cycle.contains(&s.to));
        found.push(finding(
            FindingCode::ForeignKeyCycle,
            if checked { Severity::Warning } else { Severity::Note },
            cycle.first(),
            None,
            format!("foreign keys go in a circle: {}", names.join(" → ")),
            if checked {
                "Rows whose foreign key points at a row that is not loaded yet are rejected, unless the constraint is deferrable."
            } else {
                "These tables are created by the run, so their constraints are added after the load."
            },
        ));
    }
    referenced_tables(steps, sides, found);
    if project.connections.get(&project.target).is_some_and(|c| c.environment == Environment::Production) {
        found.push(finding(
            FindingCode::ProductionTarget,
            Severity::Confirm,
            None,
            Some(format!("connections.{}", project.target)),
            "the target is labelled production".into(),
            "Confirm that this run is meant for production.",
        ));
    }
    if !steps.is_empty() && !sides.source.descriptor().capabilities.snapshot {
        found.push(finding(
            FindingCode::NoSnapshot,
            Severity::Note,
            None,
            None,
            "the source has no snapshot that several readers share".into(),
            "Keep the source still during the run; a verification shows what changed.",
        ));
    }
}

fn referenced_tables(steps: &[Step], sides: &Sides<'_>, found: &mut Vec<Finding>) {
    let loaded: HashSet<&TableName> = steps.iter().map(|s| &s.to).collect();
    for step in steps {
        for key in &step.target.foreign_keys {
            let written = key.columns.iter().any(|c| step.columns.iter().any(|s| s.to == *c));
            if written
                && !loaded.contains(&key.references)
                && sides.target_catalog.table(&key.references).is_none_or(|t| t.row_estimate.unwrap_or(0) == 0)
            {
                found.push(finding(
                    FindingCode::ReferencedTableMissing,
                    Severity::Warning,
                    Some(&step.to),
                    Some(format!("tables[{}]", step.mapping)),
                    format!(
                        "({}) refers to {}, which is not loaded by this run",
                        key.columns.join(", "),
                        key.references
                    ),
                    "Map that table too, or load it first; otherwise rows that refer to it are rejected.",
                ));
            }
        }
    }
}
