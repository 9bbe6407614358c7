//! From a project and two catalogs to ordered steps, findings and DDL.
//!
//! A plan is made before anything is written, and is what a person approves. It must not know execution.

mod carry;
mod columns;
mod document;
mod enums;
mod findings;
mod generated;
mod names;
mod objects;
mod order;
mod rollback;
mod target;

use std::collections::{BTreeSet, HashMap};

pub use columns::{ColumnView, as_read, missing_required, view_columns};
pub use document::*;
pub use target::{proposed_table, resolve_target};

use crate::catalog::{Catalog, Table, TableName};
use crate::connectors::Connection;
use crate::error::Result;
use crate::model::{Existing, LinkState, OrphanChoice, Project, TableMapping};
use crate::transform::Expressions;

/// Both ends, as they are now.
pub struct Sides<'a> {
    pub source: &'a dyn Connection,
    pub target: &'a dyn Connection,
    pub source_catalog: &'a Catalog,
    pub target_catalog: &'a Catalog,
    /// Rows in the target tables that the project maps and that exist.
    pub occupied: HashMap<TableName, u64>,
}

impl Sides<'_> {
    /// Counts the rows that the project's target tables hold already.
    pub async fn count_occupied(
        project: &Project,
        target: &dyn Connection,
        catalog: &Catalog,
    ) -> Result<HashMap<TableName, u64>> {
        let mut occupied = HashMap::new();
        for mapping in &project.tables {
            if let Some(table) = catalog.table(&mapping.to) {
                occupied.insert(mapping.to.clone(), target.read().count(table).await?);
            }
        }
        Ok(occupied)
    }
}

/// Does a run use this mapping? Not while it is only suggested.
pub fn is_confirmed(mapping: &TableMapping) -> bool {
    mapping.state == LinkState::Confirmed || mapping.columns.iter().any(|c| c.state == LinkState::Confirmed)
}

/// Makes the plan. Whatever is wrong with the project is a finding, not an error.
pub fn make(project: &Project, sides: &Sides<'_>, expressions: &Expressions) -> Result<Plan> {
    let mut findings = Vec::new();
    let mut steps = Vec::new();
    for (index, mapping) in project.tables.iter().enumerate() {
        if !is_confirmed(mapping) {
            findings.push(findings::unconfirmed_table(index, mapping));
            continue;
        }
        let Some(source) = sides.source_catalog.table(&mapping.from) else {
            findings.push(findings::unknown_table(index, mapping, sides.source_catalog));
            continue;
        };
        findings::unknown_readings(index, mapping, source, &mut findings);
        let source = &as_read(mapping, source);
        steps.push(step(project, index, mapping, source, sides, expressions, &mut findings)?);
    }
    if steps.is_empty() {
        findings.push(findings::nothing_to_do());
    }
    let (mut steps, cycles) = order::by_foreign_keys(steps);
    let enums = enums::name(&mut steps, sides);
    carry::keep_free_names(&mut steps, sides);
    names::of_all_tables(&steps, sides, &mut findings);
    findings::whole_plan(project, &steps, &cycles, sides, &mut findings);
    objects::findings(project, &steps, sides, &mut findings);
    findings.sort_by_key(|f| f.severity);
    let statements = statements(&steps, &enums, sides);
    let rows = steps.iter().map(|s| s.rows).sum();
    let bytes = steps.iter().map(|s| s.bytes).sum();
    Ok(Plan {
        suspended: objects::suspended(project, &steps, sides),
        fingerprint: fingerprint(&steps),
        consistency: if sides.source.descriptor().capabilities.snapshot {
            let note = sides.source.read().snapshot_note();
            note.unwrap_or("all tables are read from one consistent snapshot").into()
        } else {
            "none: the source is read as it is at each moment, so it should be kept still during the run".into()
        },
        steps,
        findings,
        cycles,
        enums,
        statements,
        rows,
        bytes,
    })
}

fn step(
    project: &Project,
    index: usize,
    mapping: &TableMapping,
    source: &Table,
    sides: &Sides<'_>,
    expressions: &Expressions,
    found: &mut Vec<Finding>,
) -> Result<Step> {
    let existing = sides.target_catalog.table(&mapping.to);
    // What is only suggested is neither carried nor created.
    let confirmed = TableMapping {
        columns: mapping.columns.iter().filter(|c| c.state == LinkState::Confirmed).cloned().collect(),
        ..mapping.clone()
    };
    let target = target::proposed_table(project, &confirmed, source, existing, sides, expressions)?;
    let late = sides.target.descriptor().capabilities.constraints_after_load;
    let target = match mapping.orphans == OrphanChoice::Keep && existing.is_none() && !late {
        // Its constraints are part of the table itself, and hold for every row.
        true => Table { foreign_keys: Vec::new(), ..target },
        false => target,
    };
    let views = columns::view_columns(mapping, source, &target, sides.source.read(), expressions)?;
    columns::findings(index, mapping, source, &target, existing, &views, found);
    findings::table(index, mapping, source, &target, existing, sides, found);
    let adds_columns = match existing {
        Some(e) => target.columns.iter().filter(|c| e.column(&c.name).is_none()).map(|c| c.name.clone()).collect(),
        None => Vec::new(),
    };
    generated::findings(index, mapping, source, &target, existing, sides, found);
    let (computed, columns) = views
        .into_iter()
        .filter_map(ColumnView::into_step_column)
        .partition(|c| generated::is_computed(mapping, source, &target, &c.to));
    let back = rollback::way_back(mapping, existing, &adds_columns, project, sides);
    found.extend(rollback::finding(index, mapping, &back));
    Ok(Step {
        mapping: index as u32,
        from: mapping.from.clone(),
        to: mapping.to.clone(),
        source: source.clone(),
        creates: existing.is_none(),
        adds_columns,
        existing: mapping.existing,
        filter: mapping.filter.clone().filter(|f| !f.trim().is_empty()),
        columns,
        computed,
        after: Vec::new(),
        rows: source.row_estimate,
        bytes: source.byte_estimate,
        orphans: mapping.orphans,
        rollback: back.level,
        rollback_note: back.note,
        kept: back.kept,
        target,
    })
}

fn statements(steps: &[Step], enums: &[NewEnum], sides: &Sides<'_>) -> Vec<Statement> {
    let dialect = sides.target.dialect();
    let mut list = Vec::new();
    let mut push = |table: &TableName, when: When, destructive: bool, sql: String| {
        list.push(Statement { table: table.clone(), when, sql, destructive });
    };
    let missing: BTreeSet<&str> = steps
        .iter()
        .filter(|s| s.creates && !sides.target_catalog.schemas.iter().any(|x| x.name == s.to.schema))
        .map(|s| s.to.schema.as_str())
        .collect();
    for schema in missing {
        if let Some(sql) = dialect.create_schema(schema) {
            push(&TableName::new(schema, ""), When::BeforeLoad, false, sql);
        }
    }
    for made in enums {
        if let Some(sql) = dialect.create_enum(&made.name, &made.labels) {
            push(&made.name, When::BeforeLoad, false, sql);
        }
    }
    for step in steps {
        if step.creates {
            dialect.create_table(&step.target).into_iter().for_each(|sql| push(&step.to, When::BeforeLoad, false, sql));
        }
        for name in &step.adds_columns {
            if let Some(column) = step.target.column(name) {
                push(&step.to, When::BeforeLoad, false, dialect.add_column(&step.to, column));
            }
        }
    }
    // A table is emptied before those that it refers to.
    let emptied: Vec<&Step> = steps
        .iter()
        .rev()
        .filter(|s| s.existing == Existing::Replace && sides.occupied.get(&s.to).is_some_and(|n| *n > 0))
        .collect();
    let is_emptied = |name: &TableName| emptied.iter().any(|s| s.to == *name);
    // Some databases look at each row by itself, also where rows of one table refer to each other.
    let refers = |t: &Table| t.foreign_keys.iter().any(|k| is_emptied(&k.references));
    let unchecked = dialect
        .unchecked()
        .filter(|_| !sides.target_catalog.tables().any(|t| !is_emptied(&t.name) && refers(t)))
        .filter(|_| emptied.iter().any(|s| refers(&s.target)));
    if let (Some((off, _)), Some(first)) = (unchecked, emptied.first()) {
        push(&first.to, When::BeforeLoad, false, off.into());
    }
    for step in &emptied {
        push(&step.to, When::BeforeLoad, true, dialect.delete_all(&step.to));
    }
    if let (Some((_, on)), Some(last)) = (unchecked, emptied.last()) {
        push(&last.to, When::BeforeLoad, false, on.into());
    }
    for step in steps.iter().filter(|s| s.creates) {
        let statements = match step.orphans {
            OrphanChoice::Keep => dialect.after_load_with_orphans(&step.target),
            _ => dialect.after_load(&step.target),
        };
        statements.into_iter().for_each(|sql| push(&step.to, When::AfterLoad, false, sql));
    }
    for step in steps {
        dialect.publish(&step.to).into_iter().for_each(|sql| push(&step.to, When::AfterLoad, false, sql));
    }
    list
}

/// Hash of what decides which row goes where: mapping and schemas, without estimates.
fn fingerprint(steps: &[Step]) -> String {
    let mut hash = xxhash_rust::xxh3::Xxh3::new();
    for step in steps {
        let bare = |t: &Table| Table { row_estimate: None, byte_estimate: None, ..t.clone() };
        let parts = (&step.from, &step.to, bare(&step.source), bare(&step.target), &step.filter, &step.columns);
        // These are plain data: they always have a JSON form.
        hash.update(serde_json::to_string(&parts).unwrap_or_default().as_bytes());
    }
    format!("{:032x}", hash.digest128())
}
