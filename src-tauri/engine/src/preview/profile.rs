//! What the values of columns are like: how many are NULL, how many differ, the least, the greatest, some of them.
//!
//! Of a bounded part of the table, in bounded memory. It must not know mappings.

use std::collections::HashSet;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::row::{RowConverter, SortField};
use schemars::JsonSchema;
use serde::Serialize;
use xxhash_rust::xxh3::xxh3_128;

use super::sample::{Looked, sample};
use crate::catalog::Table;
use crate::connectors::Connection;
use crate::error::{ErrorContext, ErrorKind, Result};
use crate::run::Control;
use crate::run::text::RowText;

/// Hashes that are kept of all columns together, so that many columns need no more memory than few.
const HASHES: usize = 1_000_000;
/// Values that are shown of a column.
const SHOWN: usize = 6;
const LONGEST_SHOWN: usize = 80;

/// What was found in one column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ColumnProfile {
    pub name: String,
    pub nulls: u64,
    pub distinct: u64,
    /// There are more than `distinct`: counting ended.
    pub distinct_more: bool,
    /// As text, shortened.
    pub least: Option<String>,
    pub greatest: Option<String>,
    /// Characters of a text, bytes of a binary value.
    pub shortest: Option<u64>,
    pub longest: Option<u64>,
    /// The first values that differ, shortened.
    pub values: Vec<String>,
    /// Values that cannot be read as the column's type.
    pub unreadable: u64,
}

/// Looks at these columns in at most about `limit` rows.
///
/// # Errors
/// When the table cannot be read; `Cancelled`, at once.
pub async fn profile(
    connection: &dyn Connection,
    table: &Table,
    columns: &[String],
    limit: u64,
    control: &Control,
) -> Result<(Looked, Vec<ColumnProfile>)> {
    let schema = connection.read().schema(table, columns)?;
    let most = (HASHES / columns.len().max(1)).max(1000);
    let mut found =
        schema.fields().iter().map(|f| Growing::new(f.name(), f.data_type(), most)).collect::<Result<Vec<_>>>()?;
    let looked = sample(connection, table, columns, limit, control, &mut |rows| {
        for column in rows.faults.iter().filter_map(|f| f.column.as_ref()) {
            found.iter_mut().filter(|f| f.profile.name == *column).for_each(|f| f.profile.unreadable += 1);
        }
        found.iter_mut().enumerate().try_for_each(|(i, column)| column.add(&rows.batch, i))
    })
    .await?;
    Ok((looked, found.into_iter().map(|f| f.profile).collect()))
}

struct Growing {
    profile: ColumnProfile,
    order: RowConverter,
    least: Option<Vec<u8>>,
    greatest: Option<Vec<u8>>,
    seen: HashSet<u128>,
    most: usize,
}

impl Growing {
    fn new(name: &str, data_type: &DataType, most: usize) -> Result<Growing> {
        let order = RowConverter::new(vec![SortField::new(data_type.clone())]);
        Ok(Growing {
            profile: ColumnProfile { name: name.into(), ..ColumnProfile::default() },
            order: order.or_error(ErrorKind::Internal, "a column's values have no order")?,
            least: None,
            greatest: None,
            seen: HashSet::new(),
            most,
        })
    }

    fn add(&mut self, batch: &RecordBatch, place: usize) -> Result<()> {
        let failed = "a column's values cannot be compared";
        let array = batch.column(place);
        let ordered = self.order.convert_columns(std::slice::from_ref(array)).or_error(ErrorKind::Internal, failed)?;
        let only = batch.project(&[place]).or_error(ErrorKind::Internal, failed)?;
        let text = RowText::new(&only)?;
        let shown = |row: usize| text.cell(row, 0).map(|t| shortened(&t));
        self.profile.nulls += array.null_count() as u64;
        for row in (0..array.len()).filter(|row| array.is_valid(*row)) {
            let value = ordered.row(row);
            let value: &[u8] = value.as_ref();
            if self.least.as_deref().is_none_or(|least| value < least) {
                self.least = Some(value.to_vec());
                self.profile.least = shown(row);
            }
            if self.greatest.as_deref().is_none_or(|greatest| value > greatest) {
                self.greatest = Some(value.to_vec());
                self.profile.greatest = shown(row);
            }
            if self.seen.len() >= self.most {
                self.profile.distinct_more |= !self.seen.contains(&xxh3_128(value));
            } else if self.seen.insert(xxh3_128(value)) {
                self.profile.distinct += 1;
                if self.profile.values.len() < SHOWN {
                    self.profile.values.extend(shown(row));
                }
            }
        }
        for length in lengths(array) {
            self.profile.shortest = Some(self.profile.shortest.map_or(length, |s| s.min(length)));
            self.profile.longest = Some(self.profile.longest.map_or(length, |l| l.max(length)));
        }
        Ok(())
    }
}

fn lengths(array: &ArrayRef) -> Vec<u64> {
    match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().iter().flatten().map(|t| t.chars().count() as u64).collect(),
        DataType::Binary => array.as_binary::<i32>().iter().flatten().map(|b| b.len() as u64).collect(),
        _ => Vec::new(),
    }
}

pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST_SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}
