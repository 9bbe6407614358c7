//! On a resume the target's tables must be as the run left them: rows of one form are not added to a table of another.
//!
//! A found table is compared with what the plan says of it; a created one, and columns that were added, with how the
//! target itself showed them once they were made, since a database may keep another type than it was asked for. What the
//! run does to a table later (keys, indexes, constraints, comments, triggers' states) is not compared. Files keep no
//! types and are replaced as a whole, so they are not compared either.

use std::path::PathBuf;

use crate::catalog::{Catalog, Column, Table, TableKind};
use crate::error::{Error, ErrorContext, ErrorKind, Result};
use crate::migration::Migration;
use crate::plan::Step;
use crate::workspace::{RunRecord, Workspace};

fn path(workspace: &Workspace, run: &str) -> PathBuf {
    workspace.run_folder(run).join("target-tables.json")
}

/// Keeps how the tables look that the run has made or added columns to, once. To be called when it has.
pub(super) async fn keep(record: &RunRecord, migration: &Migration, workspace: &Workspace) -> Result<()> {
    let path = path(workspace, &record.run);
    let changes = |step: &&Step| step.creates || !step.adds_columns.is_empty();
    if path.exists() || !record.plan.steps.iter().any(|s| changes(&s)) {
        return Ok(());
    }
    let catalog = migration.target.catalog().await?;
    let tables: Vec<&Table> =
        record.plan.steps.iter().filter(changes).filter_map(|s| catalog.table(&s.to)).filter(is_compared).collect();
    let failed = |e: std::io::Error| Error::from(e).file(path.display());
    let text = serde_json::to_vec(&tables).or_error(ErrorKind::Internal, "tables cannot be written as JSON")?;
    let folder = workspace.run_folder(&record.run);
    std::fs::create_dir_all(&folder).map_err(failed)?;
    // Whole or not at all.
    let new = folder.join("target-tables.new");
    std::fs::write(&new, text).and_then(|()| std::fs::File::open(&new)?.sync_all()).map_err(failed)?;
    std::fs::rename(&new, &path).map_err(failed)
}

fn is_compared(table: &&Table) -> bool {
    table.kind != TableKind::File
}

/// # Errors
/// `Blocked` when a table of the target is not as the run left it; names the table, the column and what to do.
pub(super) fn check(record: &RunRecord, migration: &Migration, workspace: &Workspace) -> Result<()> {
    if record.dry_run {
        return Ok(());
    }
    let path = path(workspace, &record.run);
    let made: Option<Vec<Table>> = match std::fs::read(&path) {
        Ok(text) => Some(
            serde_json::from_slice(&text)
                .or_error(ErrorKind::Io, "what the run knows of its target's tables cannot be read")
                .map_err(|e| e.file(path.display()))?,
        ),
        // It died before it had made them, or just after.
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => None,
        Err(e) => return Err(Error::from(e).file(path.display())),
    };
    record.plan.steps.iter().try_for_each(|step| compare(step, made.as_deref(), &migration.target_catalog))
}

fn compare(step: &Step, made: Option<&[Table]>, catalog: &Catalog) -> Result<()> {
    let now = catalog.table(&step.to);
    let known = made.and_then(|tables| tables.iter().find(|t| t.name == step.to));
    let Some(now) = now else {
        // A table that the run was yet to make, or a file that it was yet to publish.
        return match known.is_some() || !step.creates && step.target.kind != TableKind::File {
            true => Err(refused(step, None, "it is not there any more")),
            false => Ok(()),
        };
    };
    if !is_compared(&now) {
        return Ok(());
    }
    let is_certain = |name: &str| known.is_some() || !step.creates && !step.adds_columns.iter().any(|a| a == name);
    let before = known.unwrap_or(&step.target);
    for column in &before.columns {
        match now.column(&column.name) {
            Some(now) if is_certain(&column.name) => {
                if let Some(change) = changed(column, now) {
                    return Err(refused(step, Some(&column.name), &change));
                }
            }
            Some(_) => {}
            None if step.adds_columns.contains(&column.name) && known.is_none() => {}
            None => return Err(refused(step, Some(&column.name), "the column is not there any more")),
        }
    }
    match now.columns.iter().find(|c| before.column(&c.name).is_none()) {
        Some(new) => Err(refused(step, Some(&new.name), "the column is new")),
        None => Ok(()),
    }
}

fn changed(before: &Column, now: &Column) -> Option<String> {
    if before.native_type != now.native_type || before.logical != now.logical {
        return Some(format!("its type was {}, and is {}", before.native_type, now.native_type));
    }
    if before.nullable != now.nullable {
        let word = |nullable: bool| if nullable { "could be NULL" } else { "could not be NULL" };
        return Some(format!("it {}, and now it is the other way round", word(before.nullable)));
    }
    let generated = |c: &Column| c.generated.is_some();
    (generated(before) != generated(now)).then(|| "whether the database generates it has changed".to_string())
}

fn refused(step: &Step, column: Option<&str>, why: &str) -> Error {
    let place = column.map(|c| format!(", column {c}")).unwrap_or_default();
    let what = format!("the target table {}{place} is not as the run left it: {why}", step.to);
    let error = Error::new(ErrorKind::Blocked, what)
        .table(step.to.to_string())
        .hint("Put it back as it was and resume, or roll the run back and start a new one.");
    match column {
        Some(column) => error.column(column),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Schema, TableName};
    use crate::types::LogicalType;

    fn column(name: &str) -> Column {
        Column {
            name: name.into(),
            native_type: "bigint".into(),
            logical: LogicalType::Integer { bits: 64, signed: true },
            nullable: true,
            default: None,
            identity: None,
            generated: None,
            comment: None,
            derived: false,
            collation: None,
            reading: None,
        }
    }

    fn table(columns: Vec<Column>) -> Table {
        Table {
            name: TableName::new("s", "t"),
            kind: TableKind::Table,
            comment: None,
            columns,
            primary_key: None,
            unique_keys: Vec::new(),
            foreign_keys: Vec::new(),
            indexes: Vec::new(),
            checks: Vec::new(),
            row_estimate: None,
            byte_estimate: None,
        }
    }

    fn step(creates: bool, adds_columns: &[&str]) -> Step {
        let target = table(vec![column("a"), column("b")]);
        Step {
            mapping: 0,
            from: target.name.clone(),
            to: target.name.clone(),
            source: target.clone(),
            target,
            creates,
            adds_columns: adds_columns.iter().map(|c| c.to_string()).collect(),
            existing: Default::default(),
            filter: None,
            columns: Vec::new(),
            computed: Vec::new(),
            after: Vec::new(),
            rows: None,
            bytes: None,
            orphans: Default::default(),
            rollback: Default::default(),
            rollback_note: String::new(),
            kept: Default::default(),
        }
    }

    fn said(step: &Step, made: Option<&[Table]>, now: Option<Table>) -> Option<String> {
        let schema = Schema { name: "s".into(), tables: now.into_iter().collect(), ..Schema::default() };
        let catalog = Catalog { connector: "x".into(), product: "x".into(), schemas: vec![schema] };
        compare(step, made, &catalog).err().map(|e| e.to_string())
    }

    #[test]
    fn what_the_run_left_is_accepted() {
        let both = || table(vec![column("a"), column("b")]);
        assert_eq!(said(&step(false, &[]), None, Some(both())), None);
        assert_eq!(said(&step(true, &[]), None, None), None, "it was yet to be made");
        // The target keeps another type than it was asked for.
        let other = || table(vec![column("a"), Column { native_type: "int8".into(), ..column("b") }]);
        assert_eq!(said(&step(true, &[]), Some(&[other()]), Some(other())), None);
        assert_eq!(said(&step(true, &[]), None, Some(other())), None, "it died just after it had made the table");
        assert_eq!(
            said(&step(false, &["b"]), None, Some(table(vec![column("a")]))),
            None,
            "the column was yet to come"
        );
    }

    #[test]
    fn what_others_changed_is_named() {
        let both = || table(vec![column("a"), column("b")]);
        let cases = [
            (step(false, &[]), None, None, "t is not as the run left it: it is not there"),
            (step(true, &[]), Some(both()), None, "it is not there"),
            (step(false, &[]), None, Some(table(vec![column("a")])), "column b is not as the run left it"),
            (step(false, &["b"]), Some(both()), Some(table(vec![column("a")])), "column b"),
            (
                step(false, &[]),
                None,
                Some(table(vec![column("a"), column("b"), column("c")])),
                "column c is not as the run left it: the column is new",
            ),
            (
                step(true, &[]),
                Some(both()),
                Some(table(vec![column("a"), Column { native_type: "int".into(), ..column("b") }])),
                "its type was bigint, and is int",
            ),
            (
                step(false, &[]),
                None,
                Some(table(vec![column("a"), Column { nullable: false, ..column("b") }])),
                "could be NULL",
            ),
        ];
        for (step, made, now, words) in cases {
            let made = made.map(|t| vec![t]);
            let said = said(&step, made.as_deref(), now).unwrap_or_else(|| panic!("{words}: nothing was said"));
            assert!(said.contains(words), "{said}");
        }
    }
}
