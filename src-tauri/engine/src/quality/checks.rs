//! Rows that a check of the target would refuse: one that the run adds to a table that it creates, or one that is there.
//!
//! A check is looked at where it means the same over the rows that would be written; one that has no such meaning is
//! named in a note, since the run is the first to try it.

use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::datatypes::DataType;

use super::{Seen, finding, rows_in_words};
use crate::catalog::{Check, Table};
use crate::connectors::expression;
use crate::migration::Migration;
use crate::plan::{Choice, Edit, Finding, FindingCode, Severity, Step};
use crate::run::CompiledStep;
use crate::run::text::RowText;
use crate::transform::{Compiled, Expressions};
use crate::types::LogicalType;

/// The checks of one step's target table.
pub(super) struct Checks {
    looked_at: Vec<(Check, Compiled, Seen)>,
    others: Vec<Check>,
    /// Checks of created tables are added when all rows are in.
    late: bool,
}

impl Checks {
    pub(super) fn new(migration: &Migration, step: &Step, compiled: &CompiledStep) -> Checks {
        let target = migration.target.descriptor();
        let schema = compiled.transform.target();
        let expressions = Expressions::new();
        let late = step.creates && target.capabilities.constraints_after_load;
        let mut checks = Checks { looked_at: Vec::new(), others: Vec::new(), late };
        // A file holds nobody to its checks.
        for check in step.target.checks.iter().filter(|_| target.keeps_references()) {
            let columns = |name: &str| comparable(&step.target, name, target.id, &compiled.columns);
            let expression = expression::evaluated(&check.expression, target.id, &columns);
            match expression.and_then(|sql| expressions.compile_filter(&sql, schema).ok()) {
                Some(compiled) => checks.looked_at.push((check.clone(), compiled, Seen::default())),
                None => checks.others.push(check.clone()),
            }
        }
        checks
    }

    /// Looks at rows as they would be written.
    pub(super) fn look(&mut self, batch: &RecordBatch, name: &dyn Fn(usize) -> String) {
        for (_, compiled, seen) in &mut self.looked_at {
            // A row that cannot be judged, of an overflow for one, is the database's to judge.
            let Ok(holds) = compiled.evaluate(batch) else { continue };
            let Some(holds) = holds.as_boolean_opt() else { continue };
            if holds.false_count() == 0 {
                continue;
            }
            let columns: Vec<usize> =
                compiled.references.iter().filter_map(|c| batch.schema_ref().index_of(c).ok()).collect();
            let shown = batch.project(&columns).ok();
            let text = shown.as_ref().and_then(|rows| RowText::new(rows).ok());
            for row in (0..batch.num_rows()).filter(|row| holds.is_valid(*row) && !holds.value(*row)) {
                let values = || {
                    let cells = text.as_ref()?.row(row);
                    let named = compiled.references.iter().zip(cells);
                    let values = named.map(|(c, v)| format!("{c}={}", v.unwrap_or_else(|| "NULL".into())));
                    Some(values.collect::<Vec<_>>().join(", "))
                };
                seen.note(|| name(row), values);
            }
        }
    }

    pub(super) fn findings(self, step: &Step, read: u64, sampled: bool) -> Vec<Finding> {
        let Checks { looked_at, others, late } = self;
        let violated = looked_at.into_iter().filter(|(_, _, seen)| seen.rows > 0).map(|(check, compiled, seen)| {
            let leave = Edit::LeaveCheck { table: step.mapping, check: check.known_as().to_string() };
            let rows = rows_in_words(seen.rows, sampled);
            let column = compiled.references.first().filter(|_| compiled.references.len() == 1);
            Finding {
                choices: match step.creates {
                    true => vec![Choice { label: "Leave the check out".into(), edit: leave }],
                    false => Vec::new(),
                },
                evidence: Some(seen.evidence(read, sampled)),
                ..finding(
                    step,
                    column.map(String::as_str),
                    FindingCode::CheckViolated,
                    if late { Severity::Blocks } else { Severity::Warning },
                    format!("{rows} violate the check {}: {}", check.name, check.expression),
                    match late {
                        true => "The check is added after the load, which would fail: correct or filter such rows, or leave it out.",
                        false => "Such rows are rejected; correct or filter them if they should not be.",
                    },
                )
            }
        });
        let violated: Vec<Finding> = violated.collect();
        let unknown = (!others.is_empty()).then(|| {
            let names: Vec<&str> = others.iter().map(Check::known_as).collect();
            finding(
                step,
                None,
                FindingCode::CheckViolated,
                Severity::Note,
                format!("not looked at beforehand: the check{} {}", plural(names.len()), names.join(", ")),
                match late {
                    true => {
                        "The run tries them when all rows are in, and stops with the name of one that rows violate."
                    }
                    false => "Rows that violate one are rejected.",
                },
            )
        });
        violated.into_iter().chain(unknown).collect()
    }
}

fn plural(number: usize) -> &'static str {
    if number == 1 { "" } else { "s" }
}

/// A column that is written and that this engine compares as the target does.
fn comparable(table: &Table, name: &str, target: &str, written: &[String]) -> Option<(String, LogicalType)> {
    let is_it = |n: &str| if target == "postgres" { n == name } else { n.eq_ignore_ascii_case(name) };
    let column = table.columns.iter().find(|c| is_it(&c.name) && written.contains(&c.name))?;
    let folds = column.collation.as_ref().is_some_and(|c| target == "mysql" && !c.ends_with("_bin"));
    let pads = matches!(column.logical, LogicalType::Text { fixed: true, .. });
    // A decimal that travels as text would be compared by its letters.
    let as_text = column.logical.is_number() && column.logical.arrow() == DataType::Utf8;
    (!folds && !pads && !as_text).then(|| (column.name.clone(), column.logical.clone()))
}
