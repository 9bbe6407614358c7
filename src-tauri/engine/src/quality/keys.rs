//! Keys over whole tables: those that repeat, those that the target takes for one, and those that point at nothing.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use datafusion::arrow::compute::{CastOptions, cast_with_options};
use datafusion::arrow::datatypes::DataType;

use super::{MOST_KEYS, Seen, finding, rows_in_words};
use crate::catalog::{ForeignKey, TableName};
use crate::error::{ErrorContext, ErrorKind, Result};
use crate::migration::Migration;
use crate::model::{Existing, OrphanChoice};
use crate::plan::{Choice, Edit, Finding, FindingCode, Severity, Step};
use crate::transform::Transformed;
use crate::verify::row_hashes;

/// The values of some columns of a target table, by their hash.
struct Values {
    table: TableName,
    columns: Vec<String>,
    /// Columns whose types the values are compared in: of the table that a foreign key refers to.
    as_types_of: Option<(TableName, Vec<String>)>,
    /// Compared as a collation would that knows neither case nor spaces at the end.
    folded: bool,
    hashes: HashMap<u128, Seen>,
    /// Too many of them: forgotten.
    given_up: bool,
}

pub(super) struct Keys {
    values: Vec<Values>,
    /// Rows read of each target's source, and whether that was a part of them only.
    read: HashMap<TableName, (u64, bool)>,
}

impl Keys {
    pub(super) fn new(steps: &[Step]) -> Keys {
        let mut values = Vec::new();
        let written = |step: &Step, columns: &[String]| {
            !columns.is_empty() && columns.iter().all(|c| step.columns.iter().any(|w| w.to == *c))
        };
        let add = |values: &mut Vec<Values>,
                   step: &Step,
                   columns: &[String],
                   types: Option<(TableName, Vec<String>)>,
                   folded| {
            let known = values
                .iter()
                .any(|v| v.table == step.to && v.columns == columns && v.as_types_of == types && v.folded == folded);
            if !known && written(step, columns) {
                values.push(Values {
                    table: step.to.clone(),
                    columns: columns.to_vec(),
                    as_types_of: types,
                    folded,
                    hashes: HashMap::new(),
                    given_up: false,
                });
            }
        };
        for step in steps {
            for key in step.target.keys() {
                add(&mut values, step, &key.columns, None, false);
                add(&mut values, step, &key.columns, None, true);
            }
            for key in &step.target.foreign_keys {
                if let Some(parent) = steps.iter().find(|s| s.to == key.references) {
                    add(&mut values, parent, &key.referenced_columns, None, false);
                    let types = Some((key.references.clone(), key.referenced_columns.clone()));
                    add(&mut values, step, &key.columns, types, false);
                }
            }
        }
        Keys { values, read: HashMap::new() }
    }

    pub(super) fn read(&mut self, step: &Step, rows: u64, sampled: bool) {
        self.read.insert(step.to.clone(), (rows, sampled));
    }

    /// Takes in what a batch would write.
    pub(super) fn take(
        &mut self,
        step: &Step,
        transformed: &Transformed,
        name: &dyn Fn(usize) -> String,
    ) -> Result<()> {
        for values in self.values.iter_mut().filter(|v| v.table == step.to && !v.given_up) {
            let keys = chosen(&transformed.batch, &values.columns)?;
            let keys = if values.folded { folded(&keys)? } else { keys };
            let hashes = match &values.as_types_of {
                // The same numbers in whatever types hash alike as text.
                Some(_) => row_hashes(&as_text(&keys)?, &step.target)?,
                None if values.folded => row_hashes(&keys, &step.target)?,
                None => row_hashes(&as_text(&keys)?, &step.target)?,
            };
            for (row, hash) in hashes.into_iter().enumerate() {
                if keys.columns().iter().any(|c| c.is_null(row)) {
                    continue;
                }
                let origin = transformed.origin.value(row) as usize;
                let seen = values.hashes.entry(hash).or_default();
                seen.rows += 1;
                // The first stands; those after it are what is wrong.
                if seen.keys.len() < 2 {
                    seen.keys.push(name(origin));
                }
            }
            if values.hashes.len() > MOST_KEYS {
                values.given_up = true;
                values.hashes = HashMap::new();
            }
        }
        Ok(())
    }

    pub(super) fn findings(&self, migration: &Migration, steps: &[Step]) -> Vec<Finding> {
        let mut found = Vec::new();
        for step in steps {
            let whole = |table: &TableName| self.read.get(table).is_some_and(|(_, sampled)| !sampled);
            for key in step.target.keys() {
                found.extend(self.repeated(migration, step, &key.columns));
            }
            for key in &step.target.foreign_keys {
                if whole(&step.to) && whole(&key.references) {
                    found.extend(self.orphans(migration, steps, step, key));
                }
            }
            let given_up = self.values.iter().any(|v| v.table == step.to && v.given_up);
            if given_up || !whole(&step.to) && self.values.iter().any(|v| v.table == step.to) {
                found.push(finding(
                    step,
                    None,
                    FindingCode::KeyCollision,
                    Severity::Note,
                    format!("{} is too large to look beforehand for keys that repeat or point at nothing", step.from),
                    "The run finds them: what repeats is rejected, and orphans are looked for after the load.",
                ));
            }
        }
        found
    }

    fn of(&self, table: &TableName, columns: &[String], types: Option<&ForeignKey>, folded: bool) -> Option<&Values> {
        let types = types.map(|k| (k.references.clone(), k.referenced_columns.clone()));
        self.values.iter().find(|v| {
            v.table == *table && v.columns == columns && v.as_types_of == types && v.folded == folded && !v.given_up
        })
    }

    fn repeated(&self, migration: &Migration, step: &Step, columns: &[String]) -> Option<Finding> {
        let (read, sampled) = *self.read.get(&step.to)?;
        let exact = too_many(self.of(&step.to, columns, None, false)?);
        let alike = match collates(migration, step, columns) {
            true => too_many(self.of(&step.to, columns, None, true)?),
            false => Seen::default(),
        };
        let (seen, how) = match (exact.rows, alike.rows) {
            (0, 0) => return None,
            (n, m) if m > n => (alike, "differ only by case or by spaces at their end, and are one key to the target"),
            _ => (exact, "repeat a key"),
        };
        let late = step.creates && migration.target.descriptor().capabilities.constraints_after_load;
        let primary = step.target.primary_key.as_ref().is_some_and(|k| k.columns == columns);
        let message = format!("{} {how}: ({})", rows_in_words(seen.rows, sampled), columns.join(", "));
        let blocks = late && !primary;
        Some(Finding {
            evidence: Some(seen.evidence(read, sampled)),
            ..finding(
                step,
                None,
                FindingCode::KeyCollision,
                if blocks { Severity::Blocks } else { Severity::Warning },
                message,
                match blocks {
                    true => {
                        "The key is made after the load, and would fail: correct the rows, filter them, or do not map the key."
                    }
                    false => "All but the first are rejected: correct them at the source, or filter them.",
                },
            )
        })
    }

    fn orphans(&self, migration: &Migration, steps: &[Step], step: &Step, key: &ForeignKey) -> Option<Finding> {
        let parent = steps.iter().find(|s| s.to == key.references)?;
        // Rows that are there already may be what is referred to.
        if !parent.creates && parent.existing != Existing::Replace && parent.target.row_estimate.unwrap_or(0) > 0 {
            return None;
        }
        let children = self.of(&step.to, &key.columns, Some(key), false)?;
        let parents = self.of(&key.references, &key.referenced_columns, None, false)?;
        let mut seen = Seen::default();
        for (hash, child) in &children.hashes {
            if !parents.hashes.contains_key(hash) {
                seen.rows += child.rows;
                seen.keys.extend(child.keys.iter().take(super::NAMED.saturating_sub(seen.keys.len())).cloned());
            }
        }
        if seen.rows == 0 {
            return None;
        }
        seen.keys.sort();
        let settled = step.creates && migration.target.descriptor().keeps_references();
        let severity = if settled && step.orphans == OrphanChoice::Stop { Severity::Blocks } else { Severity::Warning };
        let choice =
            |label: &str, orphans| Choice { label: label.into(), edit: Edit::Orphans { table: step.mapping, orphans } };
        let (read, sampled) = *self.read.get(&step.to)?;
        Some(Finding {
            choices: match step.orphans {
                OrphanChoice::Stop => {
                    vec![choice("Reject them", OrphanChoice::Reject), choice("Keep them", OrphanChoice::Keep)]
                }
                _ => Vec::new(),
            },
            evidence: Some(seen.clone().evidence(read, sampled)),
            ..finding(
                step,
                Some(key.columns[0].as_str()).filter(|_| key.columns.len() == 1),
                FindingCode::OrphanRows,
                severity,
                format!(
                    "{} refer by ({}) to rows that {} will not hold",
                    rows_in_words(seen.rows, sampled),
                    key.columns.join(", "),
                    key.references
                ),
                "Carry what they refer to, or choose what becomes of them; rejected rows are kept in a file.",
            )
        })
    }
}

/// The rows beyond the first of each key.
fn too_many(values: &Values) -> Seen {
    let mut all = Seen::default();
    let mut repeated: Vec<&Seen> = values.hashes.values().filter(|seen| seen.rows > 1).collect();
    repeated.sort_by(|a, b| a.keys.cmp(&b.keys));
    for seen in repeated {
        all.rows += seen.rows - 1;
        if all.keys.len() < super::NAMED {
            all.keys.push(seen.keys.join(" and "));
        }
    }
    all
}

/// Does the target compare these columns by a collation that knows neither case nor spaces at the end? MySQL's usual
/// ones do; a column that says `_bin` or `_cs` does not.
fn collates(migration: &Migration, step: &Step, columns: &[String]) -> bool {
    migration.target.descriptor().id == "mysql"
        && columns.iter().filter_map(|c| step.target.column(c)).any(|c| {
            let exact = |name: &String| name.ends_with("_bin") || name.ends_with("_cs") || name == "binary";
            c.logical.arrow() == DataType::Utf8 && !c.collation.as_ref().is_some_and(exact) && !step.creates
        })
}

fn chosen(batch: &RecordBatch, columns: &[String]) -> Result<RecordBatch> {
    let schema = batch.schema();
    let places: Vec<usize> = columns
        .iter()
        .map(|c| schema.index_of(c))
        .collect::<Result<_, _>>()
        .or_error(ErrorKind::Internal, "a key is not among the columns written")?;
    batch.project(&places).or_error(ErrorKind::Internal, "keys cannot be chosen")
}

/// Keys as text under names of no table, so that equal numbers of different types are one.
fn as_text(batch: &RecordBatch) -> Result<RecordBatch> {
    let options = CastOptions { safe: true, ..CastOptions::default() };
    let columns = batch.columns().iter().enumerate().map(|(i, array)| {
        let text = match array.data_type() {
            DataType::Binary => array.clone(),
            _ => cast_with_options(array, &DataType::Utf8, &options)
                .or_error(ErrorKind::Internal, "a key has no text form")?,
        };
        Ok((format!("key {i}"), text))
    });
    RecordBatch::try_from_iter(columns.collect::<Result<Vec<_>>>()?)
        .or_error(ErrorKind::Internal, "keys do not make a batch")
}

fn folded(batch: &RecordBatch) -> Result<RecordBatch> {
    let text = as_text(batch)?;
    let columns = text.columns().iter().enumerate().map(|(i, array)| {
        let array: ArrayRef = match array.as_string_opt::<i32>() {
            Some(text) => {
                let fold = |t: &str| t.trim_end_matches(' ').to_lowercase();
                Arc::new(text.iter().map(|t| t.map(fold)).collect::<StringArray>())
            }
            None => array.clone(),
        };
        (format!("key {i}"), array)
    });
    RecordBatch::try_from_iter(columns.collect::<Vec<_>>()).or_error(ErrorKind::Internal, "keys do not make a batch")
}
