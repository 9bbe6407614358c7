//! What stands in for values that cannot be read, where a person chose so.
//!
//! A reader that cannot read a value asks here; when something stands in for it, the reader puts NULL in its place and
//! the row goes on instead of becoming a fault. `scan` then fills in the constants. It must not know any connector.
//! Invariant: every use is noted with the batch, so that it can be counted.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, BooleanArray, RecordBatch, Scalar, StringArray};
use datafusion::arrow::compute::kernels::zip::zip;
use datafusion::arrow::compute::{CastOptions, cast_with_options};
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use futures::StreamExt;

use super::{Read, RowStream, Rows, Scan};
use crate::catalog::Table;
use crate::error::{Error, ErrorContext, ErrorKind, Result};
use crate::model::{ReadAs, Substitute};

/// A value of a batch that something stands in for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoodIn {
    /// Row of the batch.
    pub row: usize,
    /// Column of the batch.
    pub column: usize,
    /// Why the value could not be read, as in "the value …"; `None` where it was read, and decoded once more.
    pub reason: Option<&'static str>,
}

/// Which columns of a scan have a stand-in, and where it was used since the last batch.
#[derive(Debug, Default)]
pub(super) struct StandIns {
    columns: Vec<bool>,
    used: Vec<StoodIn>,
}

impl StandIns {
    pub(super) fn of(table: &Table, columns: &[String]) -> StandIns {
        let stands_in = |name: &String| {
            table.column(name).and_then(|c| c.reading.as_ref()).is_some_and(|r| !r.unreadable.is_reject())
        };
        StandIns { columns: columns.iter().map(stands_in).collect(), used: Vec::new() }
    }

    /// Does something stand in for this column's unreadable values?
    pub(super) fn has(&self, column: usize) -> bool {
        self.columns.get(column).copied().unwrap_or(false)
    }

    /// NULL was put at this row and column. Rows count from the last `take`, those at fault among them.
    pub(super) fn note(&mut self, row: usize, column: usize, reason: &'static str) {
        self.used.push(StoodIn { row, column, reason: Some(reason) });
    }

    /// Takes back what was noted for a row that became a fault after all.
    pub(super) fn forget(&mut self, row: usize) {
        self.used.retain(|used| used.row != row);
    }

    /// What was noted since the last call, for a batch from which the rows `bad`, in ascending order, are left out.
    pub(super) fn take(&mut self, bad: &[usize]) -> Vec<StoodIn> {
        let used = std::mem::take(&mut self.used);
        used.into_iter()
            .filter_map(|used| match bad.binary_search(&used.row) {
                Ok(_) => None,
                Err(before) => Some(StoodIn { row: used.row - before, ..used }),
            })
            .collect()
    }
}

/// Reads, with everything that a person chose about unreadable values and double encoding applied.
///
/// # Errors
/// As `Read::scan`; `InvalidProject` when a constant is not of its column's type.
pub async fn scan(read: &dyn Read, scan: Scan) -> Result<RowStream> {
    let schema = read.schema(&scan.table, &scan.columns)?;
    let fills = Fills::of(&scan.table, &schema)?;
    let stream = read.scan(scan).await?;
    if fills.0.is_empty() {
        return Ok(stream);
    }
    Ok(stream.map(move |rows| rows.and_then(|rows| fills.apply(rows))).boxed())
}

/// Are the constants of the types of the columns that they stand in for?
///
/// # Errors
/// `InvalidProject`, with table and column.
pub fn check(read: &dyn Read, table: &Table, columns: &[String]) -> Result<()> {
    Fills::of(table, &read.schema(table, columns)?).map(drop)
}

enum Fill {
    /// In place of NULL where something stands in.
    Constant(ArrayRef),
    /// Text that was encoded twice.
    DecodeOnce,
}

/// What is done to the columns of every batch.
struct Fills(Vec<(usize, Fill)>);

impl Fills {
    fn of(table: &Table, schema: &SchemaRef) -> Result<Fills> {
        let mut fills = Vec::new();
        for (i, field) in schema.fields().iter().enumerate() {
            let Some(reading) = table.column(field.name()).and_then(|c| c.reading.as_ref()) else { continue };
            if let Substitute::Value(text) = &reading.unreadable {
                fills.push((i, Fill::Constant(constant(table, field.name(), text, field.data_type())?)));
            }
            if reading.read_as == Some(ReadAs::Utf8Twice) && *field.data_type() == DataType::Utf8 {
                fills.push((i, Fill::DecodeOnce));
            }
        }
        Ok(Fills(fills))
    }

    fn apply(&self, rows: Rows) -> Result<Rows> {
        let Rows { batch, positions, faults, mut stood_in } = rows;
        let count = batch.num_rows();
        let mut columns = batch.columns().to_vec();
        for (i, fill) in &self.0 {
            match fill {
                Fill::Constant(value) => {
                    let mut here = vec![false; count];
                    stood_in.iter().filter(|s| s.column == *i).for_each(|s| here[s.row] = true);
                    if here.contains(&true) {
                        columns[*i] = zip(&BooleanArray::from(here), &Scalar::new(value.clone()), &columns[*i])
                            .or_error(ErrorKind::Internal, "a constant cannot stand in for a value")?;
                    }
                }
                Fill::DecodeOnce => {
                    let text = columns[*i].as_string::<i32>();
                    let decoded: Vec<Option<String>> = text.iter().map(|t| t.and_then(decoded_once)).collect();
                    stood_in.extend((0..count).filter(|row| decoded[*row].is_some()).map(|row| StoodIn {
                        row,
                        column: *i,
                        reason: None,
                    }));
                    let whole: StringArray =
                        text.iter().zip(&decoded).map(|(was, now)| now.as_deref().or(was)).collect();
                    columns[*i] = Arc::new(whole);
                }
            }
        }
        let batch = match columns.is_empty() {
            true => batch,
            false => RecordBatch::try_new(batch.schema(), columns)
                .or_error(ErrorKind::Internal, "columns with stand-ins do not make a batch")?,
        };
        Ok(Rows { batch, positions, faults, stood_in })
    }
}

fn constant(table: &Table, column: &str, text: &str, to: &DataType) -> Result<ArrayRef> {
    let text: ArrayRef = Arc::new(StringArray::from(vec![text]));
    let options = CastOptions { safe: false, ..CastOptions::default() };
    cast_with_options(&text, to, &options).map_err(|e| {
        Error::new(ErrorKind::InvalidProject, format!("the value that stands in for unreadable ones is no {to}"))
            .table(table.name.to_string())
            .column(column)
            .hint("Give a value of the column's type, such as 1970-01-01 for a date.")
            .source(e)
    })
}

/// The text whose UTF-8 was taken for Windows-1252 and encoded again; `None` where that is not what happened.
pub fn decoded_once(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    let bytes: Vec<u8> = text.chars().map(windows_1252).collect::<Option<_>>()?;
    String::from_utf8(bytes).ok().filter(|decoded| !decoded.is_ascii())
}

/// The byte of a character in Windows-1252, where the five bytes without a character stand for themselves
/// (<https://encoding.spec.whatwg.org/#windows-1252>).
fn windows_1252(c: char) -> Option<u8> {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match u32::from(c) {
        code @ (0..=0x7f | 0xa0..=0xff) => u8::try_from(code).ok(),
        _ => HIGH.iter().position(|h| *h == c).map(|i| 0x80 + i as u8),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_text_that_was_encoded_twice_is_decoded() {
        assert_eq!(decoded_once("CafÃ©").as_deref(), Some("Café"));
        assert_eq!(decoded_once("â‚¬ 5").as_deref(), Some("€ 5"));
        assert_eq!(decoded_once("Ø³Ù„Ø§Ù…").as_deref(), Some("سلام"));
        for plain in ["Café", "سلام", "plain", "Ã", "naïve Ã"] {
            assert_eq!(decoded_once(plain), None, "{plain}");
        }
    }

    #[test]
    fn places_count_without_the_rows_at_fault() {
        let mut stand_ins = StandIns { columns: vec![true], used: Vec::new() };
        [1, 3, 5].into_iter().for_each(|row| stand_ins.note(row, 0, "is no date"));
        let rows: Vec<usize> = stand_ins.take(&[0, 3, 4]).into_iter().map(|s| s.row).collect();
        assert_eq!(rows, [0, 2]);
    }
}
