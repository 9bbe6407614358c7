//! From the matcher's candidates to the project document.
//!
//! What a person confirmed, rejected or skipped stays as it is; what is added is only suggested.

use crate::catalog::{Catalog, Table, TableKind, TableName};
use crate::connectors::{Connection, Dialect};
use crate::matching::{ColumnRef, Decisions, Suggester, naming};
use crate::model::{ColumnMapping, Existing, LinkState, Project, SuggestionNote, TableMapping};

/// Adds suggestions to the project's mappings, and counts the columns added.
///
/// Into a target without tables, the source's tables are proposed under names in the target's habit.
pub fn suggest(
    project: &Project,
    source: &Catalog,
    target: &Catalog,
    connection: &dyn Connection,
) -> (Vec<TableMapping>, u32) {
    let mut tables = project.tables.clone();
    let empty = !target.tables().any(|t| t.kind == TableKind::Table);
    let added = if empty {
        propose_all(&mut tables, source, target, connection)
    } else {
        suggest_matches(&mut tables, source, target)
    };
    (tables, added)
}

/// Confirms every suggestion at or above the score, and the tables that then have a confirmed column.
pub fn accept(tables: &mut [TableMapping], threshold: f64) {
    for table in tables {
        for column in &mut table.columns {
            if column.state == LinkState::Suggested && column.suggestion.as_ref().is_some_and(|s| s.score >= threshold)
            {
                column.state = LinkState::Confirmed;
            }
        }
        if table.columns.iter().any(|c| c.state == LinkState::Confirmed) {
            table.state = LinkState::Confirmed;
        }
    }
}

fn suggest_matches(tables: &mut Vec<TableMapping>, source: &Catalog, target: &Catalog) -> u32 {
    let mut decisions = Decisions::default();
    for table in tables.iter() {
        if crate::plan::is_confirmed(table) {
            decisions.confirmed_tables.push((table.from.clone(), table.to.clone()));
        }
        for column in table.columns.iter().filter(|c| c.state == LinkState::Confirmed) {
            for from in &column.from {
                decisions.confirmed_columns.push((named(&table.from, from), named(&table.to, &column.to)));
            }
        }
    }
    let mut added = 0;
    for suggested in Suggester::new(source, target).suggest(&decisions) {
        let index = match tables.iter().position(|t| t.to == suggested.to) {
            Some(index) if tables[index].from == suggested.from => index,
            Some(_) => continue,
            None => {
                tables.push(new_table(&suggested.from, &suggested.to));
                tables.len() - 1
            }
        };
        let table = &mut tables[index];
        for column in suggested.columns {
            let taken = table.columns.iter().any(|c| c.to == column.to) || table.skipped.contains(&column.to);
            if taken || target.table(&table.to).and_then(|t| t.column(&column.to)).is_none_or(|c| c.generated.is_some())
            {
                continue;
            }
            added += 1;
            table.columns.push(ColumnMapping {
                state: LinkState::Suggested,
                suggestion: Some(SuggestionNote {
                    score: column.score.clamp(0.0, 1.0),
                    reasons: column.reasons.iter().map(|r| r.text.clone()).collect(),
                }),
                ..ColumnMapping::copy(&column.from, &column.to)
            });
        }
        if let Some(target) = target.table(&table.to) {
            let position = |name: &str| target.columns.iter().position(|c| c.name == name);
            table.columns.sort_by_key(|c| position(&c.to));
        }
    }
    added
}

fn propose_all(tables: &mut Vec<TableMapping>, source: &Catalog, target: &Catalog, connection: &dyn Connection) -> u32 {
    let schema = match target.schemas.as_slice() {
        [] => "public".to_string(),
        schemas => schemas.iter().find(|s| s.name == "public").unwrap_or(&schemas[0]).name.clone(),
    };
    let dialect = connection.dialect();
    let mut added = 0;
    for from in source.tables().filter(|t| t.kind != TableKind::View && says_something(t)) {
        if tables.iter().any(|t| t.from == from.name) {
            continue;
        }
        let rule = dialect.table_names();
        let wanted = naming::target_name(&from.name.table);
        let name = rule.proposed(&wanted, |n| tables.iter().any(|t| rule.folded(&t.to.table) == n));
        let changed = changed("table", &wanted, &name);
        let mut table = new_table(&from.name, &TableName::new(&schema, name));
        propose_columns(&mut table, from, dialect, changed);
        added += table.columns.len() as u32;
        tables.push(table);
    }
    added
}

/// `table_changed` says why the table has another name than it would have, which its first column tells.
fn propose_columns(table: &mut TableMapping, from: &Table, dialect: &dyn Dialect, table_changed: Option<String>) {
    let rule = dialect.column_names();
    let mut table_changed = table_changed;
    for column in from.columns.iter().filter(|c| !c.derived) {
        let wanted = naming::target_name(&column.name);
        let name = rule.proposed(&wanted, |n| table.columns.iter().any(|c| rule.folded(&c.to) == n));
        let kept = dialect.stored_as(&column.logical) == column.logical;
        let mut reasons = vec![format!("a new column for {}, as {}", column.name, dialect.type_name(&column.logical))];
        reasons.extend(changed("column", &wanted, &name));
        reasons.extend(table_changed.take());
        table.columns.push(ColumnMapping {
            state: LinkState::Suggested,
            suggestion: Some(SuggestionNote { score: if kept { 1.0 } else { 0.9 }, reasons }),
            ..ColumnMapping::copy(&column.name, name)
        });
    }
}

/// Says that a name is another than it would have been: the target does not take that, or it is taken.
fn changed(what: &str, wanted: &str, name: &str) -> Option<String> {
    let why = "as the target does not take that name, or another has it";
    (wanted != name).then(|| format!("the {what} {wanted} is named {name}, {why}"))
}

/// Without columns a table may still stand for its rows, but not when all it has is carried by others.
fn says_something(table: &Table) -> bool {
    table.columns.is_empty() || table.columns.iter().any(|c| !c.derived)
}

fn named(table: &TableName, column: &str) -> ColumnRef {
    ColumnRef { table: table.clone(), column: column.to_string() }
}

fn new_table(from: &TableName, to: &TableName) -> TableMapping {
    TableMapping {
        from: from.clone(),
        to: to.clone(),
        filter: None,
        existing: Existing::Refuse,
        state: LinkState::Suggested,
        columns: Vec::new(),
        skipped: Vec::new(),
        reading: Default::default(),
        orphans: Default::default(),
        triggers: Default::default(),
        left_checks: Vec::new(),
    }
}
