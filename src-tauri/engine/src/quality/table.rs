//! One table, read once: values that cannot be read, or that the target column does not take.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::Array;
use futures::StreamExt;

use super::keys::Keys;
use super::text::Texts;
use super::{BUDGET, Seen, finding, rows_in_words};
use crate::connectors::{self, Range, Rows, Scan};
use crate::error::Result;
use crate::migration::Migration;
use crate::model::{ReadAs, Reading, Substitute};
use crate::plan::{Choice, Edit, Finding, FindingCode, Severity, Step};
use crate::run::text::RowText;
use crate::run::{Control, compile};
use crate::transform::{Expressions, NUL_IN_TEXT, Transformed, column};
use crate::types::{LogicalType, Verdict};

const RANGE_ROWS: u32 = 50_000;
const BATCH_BYTES: usize = 1 << 20;

/// What a table's rows said, by column and reason.
#[derive(Default)]
struct Told {
    read: u64,
    unreadable: BTreeMap<(String, String), Seen>,
    misfits: BTreeMap<(String, String), Seen>,
}

pub(super) async fn examine(
    migration: &Migration,
    step: &Step,
    keys: &mut Keys,
    control: &Control,
) -> Result<Vec<Finding>> {
    // What is impossible or does not compile is a finding already.
    if step.columns.iter().any(|c| matches!(c.verdict, Verdict::Impossible { .. })) {
        return Ok(Vec::new());
    }
    let Ok(compiled) = compile(step, migration.source.read(), migration.target.as_ref(), &Expressions::new()) else {
        return Ok(Vec::new());
    };
    let read = migration.source.read();
    let (ranges, sampled) = spread(read.ranges(&step.source, RANGE_ROWS).await?);
    let key: Vec<String> = step.source.primary_key.as_ref().map(|k| k.columns.clone()).unwrap_or_default();
    let mut told = Told::default();
    let mut texts = Texts::new(step, &compiled.read);
    for range in ranges {
        let scan = Scan {
            table: Arc::new(step.source.clone()),
            columns: compiled.read.clone(),
            range,
            limit: None,
            batch_bytes: BATCH_BYTES,
        };
        let mut stream = connectors::scan(read, scan).await?;
        while let Some(rows) = stream.next().await {
            control.check()?;
            let rows = rows?;
            let name = |row: usize| key_of(&rows, &key, row, read.position_word(&step.source));
            let transformed = compiled.transform.apply(&rows.batch)?;
            told.take(step, &rows, &transformed, &key, &name)?;
            texts.look(&rows.batch, &name);
            keys.take(step, &transformed, &name)?;
        }
    }
    keys.read(step, told.read, sampled);
    let read = told.read;
    let mut found = told.findings(step, sampled);
    found.extend(texts.findings(migration, step, read, sampled));
    Ok(found)
}

/// All ranges, or so many of them, evenly spread, as the budget allows.
fn spread(ranges: Vec<Range>) -> (Vec<Range>, bool) {
    let most = (BUDGET / u64::from(RANGE_ROWS)) as usize;
    if ranges.len() <= most {
        return (ranges, false);
    }
    let all = ranges.len();
    (
        ranges
            .into_iter()
            .enumerate()
            .filter(|(i, _)| i * most / all != (i + 1) * most / all)
            .map(|(_, r)| r)
            .collect(),
        true,
    )
}

fn key_of(rows: &Rows, key: &[String], row: usize, word: &str) -> String {
    let schema = rows.batch.schema();
    let places: Vec<usize> = key.iter().filter_map(|c| schema.index_of(c).ok()).collect();
    if !places.is_empty()
        && let Ok(text) = RowText::new(&rows.batch)
    {
        let cell = |place: usize| text.cell(row, place).unwrap_or_else(|| "NULL".into());
        return places
            .iter()
            .map(|p| format!("{}={}", schema.field(*p).name(), cell(*p)))
            .collect::<Vec<_>>()
            .join(", ");
    }
    match rows.positions.as_ref().filter(|p| p.is_valid(row)) {
        Some(positions) => format!("{word}={}", positions.value(row)),
        None => "no key".into(),
    }
}

impl Told {
    fn take(
        &mut self,
        step: &Step,
        rows: &Rows,
        transformed: &Transformed,
        key: &[String],
        name: &dyn Fn(usize) -> String,
    ) -> Result<()> {
        self.read += (rows.batch.num_rows() + rows.faults.len()) as u64;
        for fault in &rows.faults {
            let place = || {
                let cells: Vec<String> = fault
                    .row
                    .iter()
                    .filter(|(name, _)| key.contains(name))
                    .map(|(name, value)| format!("{name}={}", value.as_deref().unwrap_or("NULL")))
                    .collect();
                match (cells.is_empty(), fault.position) {
                    (false, _) => cells.join(", "),
                    (true, Some(position)) => format!(
                        "{}={position}",
                        if step.source.kind == crate::catalog::TableKind::File { "line" } else { "rowid" }
                    ),
                    (true, None) => "no key".into(),
                }
            };
            let column = fault.column.clone().unwrap_or_default();
            let value = || fault.row.iter().find(|(n, _)| *n == column).and_then(|(_, v)| v.clone());
            let reason = fault
                .reason
                .split_once(": ")
                .filter(|(place, _)| place.contains("line "))
                .map_or(fault.reason.as_str(), |(_, r)| r);
            self.unreadable.entry((column.clone(), reason.to_string())).or_default().note(place, value);
        }
        if transformed.rejects.is_empty() {
            return Ok(());
        }
        let text = RowText::new(&rows.batch)?;
        for reject in &transformed.rejects {
            let to = reject.column.clone().unwrap_or_default();
            let source = step.columns.iter().find(|c| c.to == to).and_then(|planned| {
                step.source.columns.iter().find(|c| column(&c.name) == planned.expression).map(|c| c.name.as_str())
            });
            let example = || text.cell(reject.row as usize, rows.batch.schema().index_of(source?).ok()?);
            self.misfits
                .entry((to.clone(), reject.reason.clone()))
                .or_default()
                .note(|| name(reject.row as usize), example);
        }
        Ok(())
    }

    fn findings(self, step: &Step, sampled: bool) -> Vec<Finding> {
        let mut found = Vec::new();
        for ((column, reason), seen) in self.unreadable {
            let target = targets_of(step, &column);
            let message = format!("{} cannot be read: {column}, {reason}", rows_in_words(seen.rows, sampled));
            let required = target.iter().any(|c| !c.nullable);
            let remedy = match required {
                true => {
                    "Such rows are rejected, or something stands in; NULL cannot, since the target demands a value."
                }
                false => "Such rows are rejected, unless something stands in for the value.",
            };
            let name = target.first().map(|c| c.name.clone());
            let mut finding =
                finding(step, name.as_deref(), FindingCode::UnreadableValues, Severity::Warning, message, remedy);
            if let Some(source) = step.source.column(&column) {
                // Bytes are no text, and all of them would be rejected then.
                let has_text = !matches!(source.logical, LogicalType::Binary { .. });
                let choice = |label: &str, reading: Reading| Choice {
                    label: label.into(),
                    edit: Edit::Reading { table: step.mapping, column: column.clone(), reading },
                };
                if !required {
                    finding
                        .choices
                        .push(choice("Read as NULL", Reading { unreadable: Substitute::Null, ..Reading::default() }));
                }
                if has_text && (step.creates || target.iter().all(|c| matches!(c.logical, LogicalType::Text { .. }))) {
                    finding
                        .choices
                        .push(choice("Read as text", Reading { read_as: Some(ReadAs::Text), ..Reading::default() }));
                }
            }
            finding.evidence = Some(seen.evidence(self.read, sampled));
            found.push(finding);
        }
        for ((column, reason), seen) in self.misfits {
            let message = format!("{} would be rejected: {reason}", rows_in_words(seen.rows, sampled));
            let mut finding = finding(
                step,
                Some(column.as_str()).filter(|c| !c.is_empty()),
                FindingCode::MisfitValues,
                Severity::Warning,
                message,
                "Such rows are rejected; make the column wider, correct the values, or let something stand in for them.",
            );
            if let Some(target) = step.target.column(&column) {
                if reason == NUL_IN_TEXT {
                    let edit = Edit::StripNul { table: step.mapping, column: column.clone() };
                    finding.choices.push(Choice { label: "Take out NUL".into(), edit });
                }
                if target.nullable {
                    let edit = Edit::Misfit { table: step.mapping, column: column.clone(), misfit: Substitute::Null };
                    finding.choices.push(Choice { label: "NULL instead".into(), edit });
                }
            }
            finding.evidence = Some(seen.evidence(self.read, sampled));
            found.push(finding);
        }
        found
    }
}

/// The target columns that a source column is copied to.
fn targets_of<'a>(step: &'a Step, source: &str) -> Vec<&'a crate::catalog::Column> {
    let copy = column(source);
    step.columns.iter().filter(|c| c.expression == copy).filter_map(|c| step.target.column(&c.to)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_table_is_read_in_ranges_spread_over_it() {
        let ranges = |n: u32| (0..n).map(|i| Range::RowGroups { from: i, to: i + 1 }).collect::<Vec<_>>();
        assert_eq!(spread(ranges(20)), (ranges(20), false));
        let (chosen, sampled) = spread(ranges(100));
        assert!(sampled && chosen.len() == 20);
        assert_eq!(chosen.last(), ranges(100).last());
    }
}
