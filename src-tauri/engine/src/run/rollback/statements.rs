//! The statements of a rollback, from the run's plan and the target as it is now.

use super::super::before;
use super::left::Left;
use crate::catalog::{Table, TableName, TriggerState};
use crate::connectors::Before;
use crate::error::{Error, ErrorKind, Result};
use crate::migration::Migration;
use crate::plan::Step;
use crate::workspace::RunRecord;

pub(super) struct Back<'a> {
    pub record: &'a RunRecord,
    pub migration: &'a Migration,
    /// Where the run kept what is its own.
    pub schema: String,
}

impl Back<'_> {
    /// The run's tables that are there now, in the order of the plan.
    fn there(&self) -> impl DoubleEndedIterator<Item = (usize, &Step, &Table)> {
        let catalog = &self.migration.target_catalog;
        self.record.plan.steps.iter().enumerate().filter_map(|(n, s)| Some((n, s, catalog.table(&s.to)?)))
    }

    /// Has nobody added or deleted rows since the run?
    pub async fn unchanged(&self, left: &Left) -> Result<()> {
        for (number, step, table) in self.there() {
            // Rows that are to be replaced are still there when the run did not come so far.
            if !step.creates && !left.prepared {
                continue;
            }
            let before = self.record.rows_before.get(number).copied().unwrap_or(0);
            let left = before + left.written[number];
            let now = self.migration.target.read().count(table).await?;
            if now != left {
                return Err(changed(&step.to, left, now));
            }
        }
        Ok(())
    }

    pub fn statements(&self, left: &Left) -> Result<Vec<String>> {
        let dialect = self.migration.target.dialect();
        let created: Vec<TableName> =
            self.there().rev().filter(|(_, s, _)| s.creates).map(|(_, s, _)| s.to.clone()).collect();
        if let Some((other, to)) = self.referring(&created) {
            return Err(Error::new(
                ErrorKind::Blocked,
                format!("{to} was created by the run and cannot be dropped: {other} refers to it"),
            )
            .table(to.to_string())
            .hint("Drop that foreign key first."));
        }
        let mut statements = dialect.drop_tables(&created);
        let found: Vec<(usize, &Step, &Table)> = self.there().filter(|(_, s, _)| !s.creates).collect();
        if left.prepared {
            let switched: Vec<(String, String)> = found.iter().flat_map(|(_, s, _)| self.switches(&s.to)).collect();
            statements.extend(switched.iter().map(|(off, _)| off.clone()));
            statements.extend(self.rows(&found));
            statements.extend(dialect.check_now().map(str::to_string));
            statements.extend(switched.into_iter().map(|(_, on)| on));
        }
        for (_, step, now) in &found {
            let added = step.adds_columns.iter().filter(|c| now.column(c).is_some());
            statements.extend(added.map(|c| dialect.drop_column(&step.to, c)));
        }
        // Of no other table, or the server refuses and nothing is taken back.
        statements.extend(self.record.plan.enums.iter().rev().filter_map(|made| dialect.drop_enum(&made.name)));
        if left.prepared {
            let numbers = found.iter().filter_map(|(number, ..)| self.record.numbers_before.get(*number));
            statements.extend(numbers.flatten().cloned());
        }
        Ok(statements)
    }

    /// Takes out the run's rows and brings back those from before.
    fn rows(&self, found: &[(usize, &Step, &Table)]) -> Vec<String> {
        let dialect = self.migration.target.dialect();
        let mut take_out = Vec::new();
        let mut put_back = Vec::new();
        for (number, step, _) in found {
            let mut table = step.target.clone();
            table.columns.retain(|c| !step.adds_columns.contains(&c.name));
            match before::of(step, &self.record.run, &self.schema, *number) {
                Some(kept) => {
                    let kept = Before { table: &table, ..kept };
                    take_out.insert(0, dialect.take_out(&kept));
                    put_back.extend(dialect.put_back(&kept));
                }
                None => take_out.insert(0, dialect.delete_all(&step.to)),
            }
        }
        let names: Vec<TableName> = found.iter().map(|(_, s, _)| s.to.clone()).collect();
        match self.referring(&names) {
            // Their foreign keys are to be looked at.
            Some(_) => take_out.into_iter().chain(put_back).collect(),
            None => dialect.together(take_out).into_iter().chain(dialect.together(put_back)).collect(),
        }
    }

    /// A table that is none of the run's and refers to one of these.
    fn referring(&self, names: &[TableName]) -> Option<(TableName, TableName)> {
        let is_of_run = |t: &&Table| self.record.plan.steps.iter().any(|s| s.to == t.name);
        let others = self.migration.target_catalog.tables().filter(|t| !is_of_run(t));
        others
            .flat_map(|t| t.foreign_keys.iter().map(move |k| (&t.name, &k.references)))
            .find(|(_, to)| names.contains(to))
            .map(|(other, to)| (other.clone(), to.clone()))
    }

    /// Statements that keep the table's triggers from firing for what a rollback does, and those that put them back.
    fn switches(&self, table: &TableName) -> Vec<(String, String)> {
        let dialect = self.migration.target.dialect();
        let fires = |state| matches!(state, TriggerState::Enabled | TriggerState::Always);
        self.migration
            .target_catalog
            .triggers(table)
            .filter(|t| fires(t.state))
            .filter_map(|t| {
                let off = dialect.switch_trigger(table, &t.name, TriggerState::Disabled)?;
                Some((off, dialect.switch_trigger(table, &t.name, t.state)?))
            })
            .collect()
    }
}

fn changed(table: &TableName, left: u64, now: u64) -> Error {
    Error::new(
        ErrorKind::Blocked,
        format!(
            "{table} holds {now} rows, and the run left {left} there: it was changed since, and that would be lost"
        ),
    )
    .table(table.to_string())
    .hint("Look at the table first; `rowferry rollback RUN --force` takes the changes out too.")
}
