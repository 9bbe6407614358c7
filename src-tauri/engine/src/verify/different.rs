//! Finds the rows that differ, once it is known in which parts of the table they are.
//!
//! Both sides are read again, and only the hashes of rows in those parts are kept, so many at a time as memory is set
//! aside for; then a last time for the values of the rows that are shown. Values go into the result and nowhere else.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use datafusion::arrow::array::{BooleanArray, RecordBatch};
use datafusion::arrow::compute::filter_record_batch;

use super::bytes::{self, RowHash};
use super::parts::{Part, groups, holds};
use super::rules;
use super::side::{self, Side, Take};
use super::{CellDifference, DifferenceKind, RowDifference, TableVerification};
use crate::error::{Error, ErrorContext, ErrorKind, Result};
use crate::plan::Step;
use crate::run::Control;
use crate::run::text::RowText;

/// Rows that are shown with their values.
const SHOWN: usize = 1000;
/// Rows of both sides whose hashes are held at a time: about 100 MB.
const HELD: u64 = 1 << 20;
/// How often both sides are read to count the rows exactly; beyond it the rows found so far are said, and no number.
const READINGS: usize = 64;

/// By the key's hash, the hashes of the rows that are on one side more often than on the other: expected if positive.
type Surplus = HashMap<u128, HashMap<u128, i64>>;

/// Fills in the rows that differ and their number.
pub(super) async fn seek(
    expected: &impl Fn() -> Side,
    actual: &Side,
    parts: Vec<Part>,
    step: &Step,
    control: &Control,
    result: &mut TableVerification,
) -> Result<()> {
    let mut groups = groups(parts, HELD);
    let all = groups.len() <= READINGS;
    groups.truncate(READINGS);
    let (mut total, mut shown) = (0, Surplus::new());
    let mut shown_rows = 0;
    for group in groups {
        // In the order of the hashes, so that two verifications show the same rows.
        let mut found: Vec<_> = surplus(expected(), actual, group, control).await?.into_iter().collect();
        found.sort_unstable_by_key(|(key, _)| *key);
        for (key, rows) in found {
            let here = differing(&rows);
            total += here;
            if shown_rows < SHOWN {
                shown_rows += usize::try_from(here).unwrap_or(SHOWN);
                shown.insert(key, rows);
            }
        }
    }
    if all {
        result.different_rows = Some(total);
    } else {
        result.not_compared.push(format!("rows one by one beyond the {total} that are known to differ"));
    }
    if !shown.is_empty() {
        result.differences = values(expected(), actual, shown, step, control).await?;
    }
    Ok(())
}

/// A row that is expected and another of the same key that was found are one row that changed.
fn differing(rows: &HashMap<u128, i64>) -> u64 {
    let expected: u64 = rows.values().filter(|n| **n > 0).map(|n| n.unsigned_abs()).sum();
    let actual: u64 = rows.values().filter(|n| **n < 0).map(|n| n.unsigned_abs()).sum();
    expected.max(actual)
}

struct Hashes {
    key: Vec<usize>,
    group: Arc<Vec<Part>>,
    found: Vec<RowHash>,
}

impl Take for Hashes {
    fn take(&mut self, batch: &RecordBatch) -> Result<()> {
        let hashes = bytes::row_hashes(batch, &self.key)?;
        self.found.extend(hashes.into_iter().filter(|hash| holds(&self.group, hash.key)));
        Ok(())
    }
}

async fn surplus(expected: Side, actual: &Side, group: Vec<Part>, control: &Control) -> Result<Surplus> {
    let group = Arc::new(group);
    // Rows that agree take each other off at once, whichever side is read first.
    let counts = std::sync::Mutex::new(Surplus::new());
    let count = |hashes: Hashes, by: i64| {
        let mut counts = counts.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for hash in hashes.found {
            let rows = counts.entry(hash.key).or_default();
            let n = rows.entry(hash.row).or_insert(0);
            *n += by;
            if *n == 0 {
                rows.remove(&hash.row);
                if rows.is_empty() {
                    counts.remove(&hash.key);
                }
            }
        }
        Ok(())
    };
    let new = |side: &Side| {
        let (key, group) = (side.key.clone(), group.clone());
        move || Ok(Hashes { key: key.clone(), group: group.clone(), found: Vec::new() })
    };
    tokio::try_join!(
        side::read(&expected, control, new(&expected), |part| count(part, 1)),
        side::read(actual, control, new(actual), |part| count(part, -1)),
    )?;
    Ok(counts.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner))
}

/// Rows that are sought by their hashes, with their values.
struct Values {
    key: Vec<usize>,
    wanted: Arc<HashSet<(u128, u128)>>,
    found: Vec<(u128, u128, RecordBatch)>,
}

impl Take for Values {
    fn take(&mut self, batch: &RecordBatch) -> Result<()> {
        let hashes = bytes::row_hashes(batch, &self.key)?;
        let kept: Vec<bool> = hashes.iter().map(|h| self.wanted.contains(&(h.key, h.row))).collect();
        if !kept.contains(&true) {
            return Ok(());
        }
        let rows = filter_record_batch(batch, &BooleanArray::from(kept.clone()))
            .or_error(ErrorKind::Internal, "rows cannot be chosen")?;
        let hashes = hashes.iter().zip(kept).filter(|(_, kept)| *kept).map(|(h, _)| h);
        for (i, hash) in hashes.enumerate() {
            // Equal rows are shown as often as they are too many, from one of them.
            if !self.found.iter().any(|f| f.0 == hash.key && f.1 == hash.row) {
                self.found.push((hash.key, hash.row, rows.slice(i, 1)));
            }
        }
        Ok(())
    }
}

/// The rows of one side by their hashes.
async fn of_side(side: &Side, wanted: HashSet<(u128, u128)>, control: &Control) -> Result<Found> {
    let mut found = HashMap::new();
    if wanted.is_empty() {
        return Ok(found);
    }
    let wanted = Arc::new(wanted);
    side::read(
        side,
        control,
        || Ok(Values { key: side.key.clone(), wanted: wanted.clone(), found: Vec::new() }),
        |part: Values| {
            found.extend(part.found.into_iter().map(|(key, row, values)| ((key, row), values)));
            Ok(())
        },
    )
    .await?;
    Ok(found)
}

type Found = HashMap<(u128, u128), RecordBatch>;

async fn values(
    expected: Side,
    actual: &Side,
    shown: Surplus,
    step: &Step,
    control: &Control,
) -> Result<Vec<RowDifference>> {
    let wanted = |positive: bool| -> HashSet<(u128, u128)> {
        let rows = shown.iter().flat_map(|(key, rows)| rows.iter().map(move |(row, n)| (*key, *row, *n)));
        rows.filter(|(_, _, n)| (*n > 0) == positive).map(|(key, row, _)| (key, row)).collect()
    };
    let (ours, theirs) =
        tokio::try_join!(of_side(&expected, wanted(true), control), of_side(actual, wanted(false), control))?;
    let mut list = Vec::new();
    for (key, rows) in shown {
        let of = |found: &Found, positive: bool| -> Vec<RecordBatch> {
            let mut hashes: Vec<_> = rows.iter().filter(|(_, n)| (**n > 0) == positive).collect();
            hashes.sort();
            let copies = hashes.into_iter().flat_map(|(row, n)| {
                let times = usize::try_from(n.unsigned_abs()).unwrap_or(SHOWN).min(SHOWN);
                found.get(&(key, *row)).into_iter().flat_map(move |values| std::iter::repeat_n(values.clone(), times))
            });
            copies.take(SHOWN).collect()
        };
        let (mut missing, mut unexpected) = (of(&ours, true).into_iter(), of(&theirs, false).into_iter());
        loop {
            let (e, a) = (missing.next(), unexpected.next());
            let Some(any) = e.as_ref().or(a.as_ref()) else { break };
            list.push(row(named(any, &actual.key)?, e.as_ref(), a.as_ref(), step)?);
        }
    }
    // A reader looks for a key; numbers stand in their order where they are as long as each other.
    list.sort_by(|a, b| (a.key.len(), &a.key).cmp(&(b.key.len(), &b.key)));
    list.truncate(SHOWN);
    Ok(list)
}

/// `name=value` of the key's columns, or of the first ones where there is no key.
fn named(row: &RecordBatch, key: &[usize]) -> Result<String> {
    let text = RowText::new(row)?;
    let schema = row.schema();
    let places: Vec<usize> = if key.is_empty() { (0..row.num_columns().min(3)).collect() } else { key.to_vec() };
    let pairs = places.iter().map(|i| {
        let value = text.cell(0, *i).map_or_else(|| "NULL".into(), |v| shortened(&v));
        format!("{}={value}", schema.field(*i).name())
    });
    Ok(pairs.collect::<Vec<_>>().join(", "))
}

fn row(
    key: String,
    expected: Option<&RecordBatch>,
    actual: Option<&RecordBatch>,
    step: &Step,
) -> Result<RowDifference> {
    let kind = match (expected, actual) {
        (Some(_), Some(_)) => DifferenceKind::Changed,
        (Some(_), None) => DifferenceKind::Missing,
        _ => DifferenceKind::Unexpected,
    };
    let schema = expected.or(actual).map(RecordBatch::schema).ok_or_else(|| Error::internal("a row without sides"))?;
    let texts = (expected.map(RowText::new).transpose()?, actual.map(RowText::new).transpose()?);
    let mut cells = Vec::new();
    for (i, field) in schema.fields().iter().enumerate() {
        let of = |side: Option<&RecordBatch>| side.map_or(Ok(None), |batch| bytes::of(batch.column(i), 0));
        let (ours, theirs) = (of(expected)?, of(actual)?);
        if kind == DifferenceKind::Changed && ours == theirs {
            continue;
        }
        let text = |side: &Option<RowText>| side.as_ref().and_then(|t| t.cell(0, i));
        let (before, after) = (text(&texts.0), text(&texts.1));
        let rule = match kind {
            DifferenceKind::Changed => rules::explaining(step, field.name(), before.as_deref(), after.as_deref()),
            _ => None,
        };
        cells.push(CellDifference {
            column: field.name().clone(),
            expected: before.map(|t| shortened(&t)),
            actual: after.map(|t| shortened(&t)),
            expected_bytes: ours.map(|b| shortened(&bytes::hexadecimal(&b))),
            actual_bytes: theirs.map(|b| shortened(&bytes::hexadecimal(&b))),
            rule,
        });
    }
    Ok(RowDifference { key, kind, cells })
}

/// A long value is shown by its beginning and its length.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(400) {
        Some((end, _)) => format!("{}… ({} characters)", &text[..end], text.chars().count()),
        None => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_row_expected_and_another_found_are_one_change() {
        assert_eq!(differing(&HashMap::from([(1, 1), (2, -1)])), 1);
        assert_eq!(differing(&HashMap::from([(1, 3), (2, -1)])), 3);
        assert_eq!(differing(&HashMap::from([(1, -2)])), 2);
    }
}
