//! One table, read once.
//!
//! Rows that cannot be read in one column are read a second time with NULL in such places, so that their other columns
//! are looked at too.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use datafusion::arrow::array::{Array, BooleanArray, Int64Array};
use datafusion::arrow::compute::{filter, filter_record_batch};
use futures::StreamExt;

use super::checks::Checks;
use super::guess::Guesses;
use super::json::Documents;
use super::keys::Keys;
use super::size::Sizes;
use super::text::Texts;
use super::values::Values;
use super::{BUDGET, finding};
use crate::catalog::{Table, TableKind};
use crate::connectors::{self, GuessedEncoding, Range, Read, RowStream, Rows, Scan};
use crate::error::{Error, ErrorContext, ErrorKind, Result};
use crate::migration::Migration;
use crate::model::Substitute;
use crate::plan::{Choice, Edit, Finding, FindingCode, Severity, Step};
use crate::run::text::RowText;
use crate::run::{CompiledStep, Control, compile};
use crate::transform::Expressions;

const RANGE_ROWS: u32 = 50_000;
const BATCH_BYTES: usize = 1 << 20;

/// How a table was read, so that a part of it can be read again.
pub(super) struct Looked {
    pub compiled: CompiledStep,
    pub ranges: Vec<Range>,
    pub names: Names,
    pub read: u64,
    /// Not all ranges were read.
    pub sampled: bool,
}

/// How a row is named: by the source's key, or by its place.
pub(super) struct Names {
    key: Vec<String>,
    word: &'static str,
}

impl Looked {
    pub(super) async fn scan(&self, read: &dyn Read, step: &Step, range: &Range) -> Result<RowStream> {
        self.scan_as(read, &step.source, range).await
    }

    async fn scan_as(&self, read: &dyn Read, table: &Table, range: &Range) -> Result<RowStream> {
        let scan = Scan {
            table: Arc::new(table.clone()),
            columns: self.compiled.read.clone(),
            range: range.clone(),
            limit: None,
            batch_bytes: BATCH_BYTES,
        };
        connectors::scan(read, scan).await
    }
}

/// What a table's rows said.
struct Told {
    values: Values,
    texts: Texts,
    guesses: Guesses,
    documents: Documents,
    sizes: Sizes,
    checks: Checks,
}

/// Reads a step's table, and says what its values say; `None` beside a finding when it cannot be carried at all.
///
/// # Errors
/// When the table cannot be read; `Cancelled`.
pub(super) async fn look(
    migration: &Migration,
    step: &Step,
    number: usize,
    largest_value: Option<u64>,
    keys: &mut Keys,
    control: &Control,
) -> Result<(Option<Looked>, Vec<Finding>)> {
    let read = migration.source.read();
    let compiled = match compile(step, read, migration.target.as_ref(), &Expressions::new()) {
        Ok(compiled) => compiled,
        Err(error) => return Ok((None, vec![not_compiled(step, error)])),
    };
    let (ranges, sampled) = spread(read.ranges(&step.source, RANGE_ROWS).await?);
    let key = step.source.primary_key.as_ref().map(|k| k.columns.clone()).unwrap_or_default();
    let names = Names { key, word: read.position_word(&step.source) };
    let mut told = Told {
        values: Values::default(),
        texts: Texts::new(step, &compiled.read),
        guesses: Guesses::new(step, &compiled.read),
        documents: Documents::new(migration, step),
        sizes: Sizes::new(step, largest_value),
        checks: Checks::new(migration, step, &compiled),
    };
    let mut looked = Looked { compiled, ranges, names, read: 0, sampled };
    for (place, range) in looked.ranges.iter().enumerate() {
        let mut has_faults = false;
        let mut stream = looked.scan(read, step, range).await?;
        while let Some(rows) = stream.next().await {
            control.check()?;
            let rows = rows?;
            has_faults |= !rows.faults.is_empty();
            let transformed = looked.compiled.transform.examine(&rows.batch)?;
            told.values.faults(&rows.faults, &looked.names);
            told.values.misfits(step, &rows, &transformed, &looked.names, |_| true)?;
            told.take(&rows, &transformed, &looked.names);
            looked.read += (rows.batch.num_rows() + rows.faults.len()) as u64;
            keys.take(migration.target.as_ref(), number, step, place, &transformed).await?;
        }
        if has_faults {
            told.past_faults(read, step, &looked, range, control).await?;
        }
    }
    let mut found = told.values.findings(step, looked.read, looked.sampled);
    propose_encoding(read, step, &mut found).await?;
    found.extend(told.texts.findings(step, looked.read, looked.sampled));
    found.extend(told.guesses.findings(migration, step, looked.read, looked.sampled));
    found.extend(told.documents.findings(step, looked.read, looked.sampled));
    found.extend(told.sizes.findings(migration, step));
    found.extend(told.checks.findings(step, looked.read, looked.sampled));
    Ok((Some(looked), found))
}

/// Offers what a file is most likely written in, where its bytes are not what it is read as.
async fn propose_encoding(read: &dyn Read, step: &Step, found: &mut [Finding]) -> Result<()> {
    if step.source.kind != TableKind::File || !found.iter().any(|f| f.code == FindingCode::UnreadableValues) {
        return Ok(());
    }
    let Some(GuessedEncoding { read_as, guessed }) = read.guessed_encoding(&step.source).await? else { return Ok(()) };
    let not_it = format!(" is not {read_as}");
    for finding in found.iter_mut().filter(|f| f.message.ends_with(&not_it)) {
        finding.choices.insert(
            0,
            Choice {
                label: format!("Read the source's files as {guessed}"),
                edit: Edit::Encoding { table: step.mapping, encoding: guessed.to_lowercase() },
            },
        );
        finding.remedy =
            format!("They look like {guessed}, if that is what they are; otherwise such rows are rejected.");
    }
    Ok(())
}

impl Told {
    fn take(&mut self, rows: &Rows, transformed: &crate::transform::Transformed, names: &Names) {
        self.texts.look(&rows.batch, &|row| names.of(rows, row));
        self.guesses.look(&rows.batch, &|row| names.of(rows, row));
        let name = |row: usize| names.of(rows, transformed.origin.value(row) as usize);
        self.documents.look(&transformed.batch, &name);
        self.sizes.look(&transformed.batch, &name);
        self.checks.look(&transformed.batch, &name);
    }

    /// Reads a range again with NULL in the place of what cannot be read, and looks at the rows that were left out the
    /// first time: at what else of them cannot be read, and at their other columns. Their keys count for nothing, since
    /// such rows are not carried.
    async fn past_faults(
        &mut self,
        read: &dyn Read,
        step: &Step,
        looked: &Looked,
        range: &Range,
        control: &Control,
    ) -> Result<()> {
        let rejects = |name: &str| {
            let reading = step.source.column(name).and_then(|c| c.reading.as_ref());
            reading.is_none_or(|r| r.unreadable.is_reject())
        };
        let mut lenient = step.source.clone();
        for column in lenient.columns.iter_mut().filter(|c| rejects(&c.name)) {
            column.reading.get_or_insert_default().unreadable = Substitute::Null;
        }
        let columns = &looked.compiled.read;
        let mut stream = looked.scan_as(read, &lenient, range).await?;
        while let Some(rows) = stream.next().await {
            control.check()?;
            let rows = rows?;
            let mut unread: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
            for stood_in in rows.stood_in.iter().filter(|s| rejects(&columns[s.column])) {
                let Some(reason) = stood_in.reason else { continue };
                let of_row = unread.entry(stood_in.row).or_default();
                // For the first such column of a row it was a fault when the range was read first.
                if !of_row.is_empty() {
                    let name = || looked.names.of(&rows, stood_in.row);
                    self.values.unreadable(&columns[stood_in.column], reason, name);
                }
                of_row.insert(stood_in.column);
            }
            if unread.is_empty() {
                continue;
            }
            let unread: Vec<(usize, BTreeSet<usize>)> = unread.into_iter().collect();
            let rows = only(rows, unread.iter().map(|(row, _)| *row))?;
            let transformed = looked.compiled.transform.examine(&rows.batch)?;
            let is_its_own = |reject: &crate::transform::Reject| {
                let made_of = reject.column.as_deref().map_or(&[][..], |c| looked.compiled.transform.reads(c));
                let missing = &unread[reject.row as usize].1;
                reject.column.is_some() && !missing.iter().any(|c| made_of.contains(&columns[*c]))
            };
            self.values.misfits(step, &rows, &transformed, &looked.names, is_its_own)?;
            self.take(&rows, &transformed, &looked.names);
        }
        Ok(())
    }
}

/// These rows alone.
fn only(rows: Rows, kept: impl Iterator<Item = usize>) -> Result<Rows> {
    let mut mask = vec![false; rows.batch.num_rows()];
    kept.for_each(|row| mask[row] = true);
    let mask = BooleanArray::from(mask);
    let failed = "rows cannot be chosen";
    let positions = rows.positions.as_ref().map(|p| filter(p, &mask)).transpose();
    let positions = positions.or_error(ErrorKind::Internal, failed)?;
    Ok(Rows {
        batch: filter_record_batch(&rows.batch, &mask).or_error(ErrorKind::Internal, failed)?,
        positions: positions.map(|p| Int64Array::from(p.to_data())),
        faults: Vec::new(),
        stood_in: Vec::new(),
    })
}

/// What a run would stop at before its first row.
fn not_compiled(step: &Step, error: Error) -> Finding {
    let place = match (error.context.line, error.context.character) {
        (Some(line), Some(character)) => format!("line {line}, character {character}: "),
        _ => String::new(),
    };
    let what = if error.context.column.is_none() && step.filter.is_some() { "the filter: " } else { "" };
    finding(
        step,
        error.context.column.as_deref(),
        FindingCode::InvalidExpression,
        Severity::Blocks,
        format!("{what}{place}{}", error.what),
        error.hint.as_deref().unwrap_or("Correct it; until then the rows of this table are not looked at."),
    )
}

/// All ranges, or so many of them, evenly spread, as the budget allows.
fn spread(ranges: Vec<Range>) -> (Vec<Range>, bool) {
    let most = (BUDGET / u64::from(RANGE_ROWS)) as usize;
    if ranges.len() <= most {
        return (ranges, false);
    }
    let all = ranges.len();
    let chosen = ranges.into_iter().enumerate().filter(|(i, _)| i * most / all != (i + 1) * most / all);
    (chosen.map(|(_, r)| r).collect(), true)
}

impl Names {
    /// One row of a batch.
    pub(super) fn of(&self, rows: &Rows, row: usize) -> String {
        let schema = rows.batch.schema();
        let places: Vec<usize> = self.key.iter().filter_map(|c| schema.index_of(c).ok()).collect();
        // Only the key is made text: of all columns that would take as long as the row is wide.
        if !places.is_empty()
            && let Ok(keys) = rows.batch.slice(row, 1).project(&places)
            && let Ok(text) = RowText::new(&keys)
        {
            let cell = |(i, p): (usize, &usize)| {
                format!("{}={}", schema.field(*p).name(), text.cell(0, i).unwrap_or_else(|| "NULL".into()))
            };
            return places.iter().enumerate().map(cell).collect::<Vec<_>>().join(", ");
        }
        let position = rows.positions.as_ref().filter(|p| p.is_valid(row)).map(|p| p.value(row));
        self.place(position)
    }

    /// One row that could not be read.
    pub(super) fn of_fault(&self, fault: &connectors::RowFault) -> String {
        let cells: Vec<String> = fault
            .row
            .iter()
            .filter(|(name, _)| self.key.contains(name))
            .map(|(name, value)| format!("{name}={}", value.as_deref().unwrap_or("NULL")))
            .collect();
        if cells.is_empty() { self.place(fault.position) } else { cells.join(", ") }
    }

    fn place(&self, position: Option<i64>) -> String {
        position.map_or_else(|| "no key".into(), |position| format!("{}={position}", self.word))
    }
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
