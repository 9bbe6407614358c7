//! Figures over a column, in one pass and in bounded memory, whatever the order of the rows.
//!
//! The databases' own aggregates would compare by collation and round sums. Values are hashed by their canonical bytes;
//! least and greatest are kept in Arrow's row encoding, which orders values of every type alike, floats by their bits.

use std::collections::{BinaryHeap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use datafusion::arrow::datatypes::{
    DataType, Decimal128Type, Int8Type, Int16Type, Int32Type, Int64Type, SchemaRef, UInt8Type, UInt16Type, UInt32Type,
    UInt64Type, i256,
};
use datafusion::arrow::row::{RowConverter, SortField};
use xxhash_rust::xxh3::xxh3_128;

use super::bytes;
use super::parts::Parts;
use super::{ColumnVerification, Measure};
use crate::error::{Error, ErrorContext, ErrorKind, Result};
use crate::model::VerifyLevel;
use crate::run::text::RowText;

/// Distinct values that are counted exactly; beyond it the smallest hashes give an estimate (k minimum values).
const DISTINCT_EXACT: usize = 4096;

/// Digits of decimals of which two thousand million fit into 128 bits when they are added up.
const SHORT_DIGITS: u8 = 28;

/// Hashes of values that were seen lately: most values of a column with few distinct ones need no look at the set.
const LATELY: usize = 256;

/// The figures of a table's columns.
pub(super) struct Figures {
    schema: SchemaRef,
    pub rows: u64,
    columns: Vec<Column>,
    row_sum: u128,
    /// Places of the key's columns; empty when rows have none.
    key: Vec<usize>,
    parts: Option<Parts>,
}

struct Column {
    converter: RowConverter,
    data_type: DataType,
    nulls: u64,
    least: Option<Vec<u8>>,
    greatest: Option<Vec<u8>>,
    distinct: Distinct,
    sum: Option<i256>,
    length: Option<u64>,
    checksum: u128,
}

impl Figures {
    pub fn new(schema: SchemaRef, key: &[usize], level: VerifyLevel) -> Result<Self> {
        let columns = schema
            .fields()
            .iter()
            .map(|f| {
                Ok(Column {
                    converter: bytes::converter(f.data_type())?,
                    data_type: f.data_type().clone(),
                    nulls: 0,
                    least: None,
                    greatest: None,
                    distinct: Distinct::default(),
                    sum: is_summed(f.data_type()).then_some(i256::ZERO),
                    length: matches!(f.data_type(), DataType::Utf8 | DataType::Binary).then_some(0),
                    checksum: 0,
                })
            })
            .collect::<Result<_>>()?;
        let parts = (level == VerifyLevel::Checksums).then(Parts::new);
        Ok(Figures { schema, rows: 0, columns, row_sum: 0, key: key.to_vec(), parts })
    }

    /// Takes in a batch in canonical form.
    pub fn add(&mut self, batch: &RecordBatch, level: VerifyLevel) -> Result<()> {
        self.rows += batch.num_rows() as u64;
        if level == VerifyLevel::Counts {
            return Ok(());
        }
        let mut hashes = Vec::with_capacity(batch.num_columns());
        for (column, array) in self.columns.iter_mut().zip(batch.columns()) {
            let of_column = bytes::hashes(array)?;
            column.add(array, &of_column)?;
            hashes.push(of_column);
        }
        if let Some(parts) = &mut self.parts {
            for hash in bytes::of_rows(batch.num_rows(), &hashes, &self.key) {
                self.row_sum = self.row_sum.wrapping_add(hash.row);
                parts.add(&hash);
            }
        }
        Ok(())
    }

    /// Takes in the figures of other rows of the same columns.
    pub fn merge(&mut self, other: Figures) {
        self.rows += other.rows;
        self.row_sum = self.row_sum.wrapping_add(other.row_sum);
        if let Some((mine, theirs)) = self.parts.as_mut().zip(other.parts) {
            mine.merge(&theirs);
        }
        for (mine, theirs) in self.columns.iter_mut().zip(other.columns) {
            mine.merge(theirs);
        }
    }

    pub fn compare(expected: &Figures, actual: &Figures, level: VerifyLevel) -> Result<Vec<ColumnVerification>> {
        if level == VerifyLevel::Counts {
            return Ok(Vec::new());
        }
        let pairs = expected.schema.fields().iter().zip(expected.columns.iter().zip(&actual.columns));
        pairs
            .map(|(field, (e, a))| {
                let (ours, theirs) = (e.figures(level)?, a.figures(level)?);
                let measures = ours
                    .into_iter()
                    .zip(theirs)
                    .map(|(x, y)| Measure { name: x.0.into(), expected: x.1, actual: y.1, estimated: x.2 || y.2 })
                    .collect();
                Ok(ColumnVerification { column: field.name().clone(), measures })
            })
            .collect()
    }

    /// The parts of the rows that differ, by key; none unless the level is checksums.
    pub fn different_parts(expected: &Figures, actual: &Figures) -> Vec<super::parts::Part> {
        expected.parts.as_ref().zip(actual.parts.as_ref()).map_or_else(Vec::new, |(e, a)| Parts::different(e, a))
    }

    pub fn row_checksums(expected: &Figures, actual: &Figures) -> Measure {
        let text = |f: &Figures| Some(format!("{:032x}", f.row_sum));
        Measure { name: "checksum".into(), expected: text(expected), actual: text(actual), estimated: false }
    }
}

impl Column {
    fn add(&mut self, array: &ArrayRef, hashes: &[u128]) -> Result<()> {
        self.nulls += array.null_count() as u64;
        self.checksum = hashes.iter().fold(self.checksum, |sum, hash| sum.wrapping_add(*hash));
        if array.null_count() == 0 {
            hashes.iter().for_each(|hash| self.distinct.add(*hash as u64));
        } else {
            let values = hashes.iter().enumerate().filter(|(i, _)| array.is_valid(*i));
            values.for_each(|(_, hash)| self.distinct.add(*hash as u64));
        }
        if let Some((least, greatest)) = bytes::ends(array) {
            let encoded = |row: usize| {
                let rows = self.converter.convert_columns(&[array.slice(row, 1)]);
                Ok::<_, Error>(rows.or_error(ErrorKind::Internal, "rows cannot be compared")?.row(0).as_ref().to_vec())
            };
            let (least, greatest) = (encoded(least)?, encoded(greatest)?);
            self.widen(least, greatest);
        }
        self.add_up(array)?;
        if let Some(length) = &mut self.length {
            *length += match array.data_type() {
                DataType::Utf8 => characters(array.as_string()),
                _ => array.as_binary::<i32>().iter().flatten().map(|b| b.len() as u64).sum::<u64>(),
            };
        }
        Ok(())
    }

    fn merge(&mut self, other: Column) {
        self.nulls += other.nulls;
        self.checksum = self.checksum.wrapping_add(other.checksum);
        if let (Some(least), Some(greatest)) = (other.least, other.greatest) {
            self.widen(least, greatest);
        }
        // The smallest hashes of all rows are among the smallest of each part.
        other.distinct.hashes.into_iter().for_each(|hash| self.distinct.add(hash));
        self.sum = self.sum.zip(other.sum).map(|(a, b)| a.wrapping_add(b));
        self.length = self.length.zip(other.length).map(|(a, b)| a + b);
    }

    fn widen(&mut self, least: Vec<u8>, greatest: Vec<u8>) {
        if self.least.as_ref().is_none_or(|l| least < *l) {
            self.least = Some(least);
        }
        if self.greatest.as_ref().is_none_or(|g| greatest > *g) {
            self.greatest = Some(greatest);
        }
    }

    fn add_up(&mut self, array: &ArrayRef) -> Result<()> {
        macro_rules! sum {
            ($kind:ty) => {
                array.as_primitive::<$kind>().iter().flatten().map(|v| v as i128).sum::<i128>()
            };
        }
        let part = match &self.data_type {
            DataType::Int8 => sum!(Int8Type),
            DataType::Int16 => sum!(Int16Type),
            DataType::Int32 => sum!(Int32Type),
            DataType::Int64 => sum!(Int64Type),
            DataType::UInt8 => sum!(UInt8Type),
            DataType::UInt16 => sum!(UInt16Type),
            DataType::UInt32 => sum!(UInt32Type),
            DataType::UInt64 => sum!(UInt64Type),
            // No batch has so many rows that their sum needs more than 128 bits.
            DataType::Decimal128(..=SHORT_DIGITS, _) => {
                let values = array.as_primitive::<Decimal128Type>();
                if values.null_count() == 0 { values.values().iter().sum() } else { values.iter().flatten().sum() }
            }
            DataType::Decimal128(..) => {
                // 38 digits nearly fill 128 bits: add in 256.
                let total = array.as_primitive::<Decimal128Type>().iter().flatten().map(i256::from_i128);
                self.sum = Some(total.fold(self.sum.unwrap_or(i256::ZERO), i256::wrapping_add));
                return Ok(());
            }
            _ => return Ok(()),
        };
        self.sum = self.sum.map(|s| s.wrapping_add(i256::from_i128(part)));
        Ok(())
    }

    /// Name, value, and whether it is an estimate.
    fn figures(&self, level: VerifyLevel) -> Result<Vec<(&'static str, Option<String>, bool)>> {
        let (distinct, estimated) = self.distinct.count();
        let mut list = vec![
            ("nulls", Some(self.nulls.to_string()), false),
            ("distinct", Some(distinct.to_string()), estimated),
            ("least", self.text_of(self.least.as_deref())?, false),
            ("greatest", self.text_of(self.greatest.as_deref())?, false),
        ];
        if let Some(sum) = self.sum {
            list.push(("sum", Some(scaled(sum, &self.data_type)), false));
        }
        if let Some(length) = self.length {
            list.push(("length", Some(length.to_string()), false));
        }
        if level == VerifyLevel::Checksums {
            list.push(("checksum", Some(format!("{:032x}", self.checksum)), false));
        }
        Ok(list)
    }

    fn text_of(&self, bytes: Option<&[u8]>) -> Result<Option<String>> {
        let Some(bytes) = bytes else { return Ok(None) };
        let parser = self.converter.parser();
        let arrays = self
            .converter
            .convert_rows([parser.parse(bytes)])
            .or_error(ErrorKind::Internal, "a value cannot be shown")?;
        let batch = RecordBatch::try_from_iter([("v", arrays[0].clone())])
            .or_error(ErrorKind::Internal, "a value cannot be shown")?;
        let text = RowText::new(&batch)?.cell(0, 0);
        Ok(text.map(|t| match t.char_indices().nth(200) {
            // A long value is shown by its beginning and its hash.
            Some((end, _)) => format!("{}… ({:016x})", &t[..end], xxh3_128(t.as_bytes()) as u64),
            None => t,
        }))
    }
}

/// Characters of all texts together.
fn characters(texts: &StringArray) -> u64 {
    let bytes = &texts.value_data()[texts.value_offsets().first().copied().unwrap_or(0) as usize
        ..texts.value_offsets().last().copied().unwrap_or(0) as usize];
    if bytes.is_ascii() && texts.null_count() == 0 {
        return bytes.len() as u64;
    }
    texts.iter().flatten().map(|t| t.chars().count() as u64).sum()
}

/// The smallest hashes among the values, each once.
struct Distinct {
    /// By the last bits of the hash; 0 where there is none.
    lately: Box<[u64; LATELY]>,
    hashes: HashSet<u64, BuildHasherDefault<AsItIs>>,
    greatest_first: BinaryHeap<u64>,
    /// Once there are enough, only hashes below this one matter: most values need one comparison.
    below: Option<u64>,
}

impl Default for Distinct {
    fn default() -> Self {
        let (hashes, greatest_first) = Default::default();
        Distinct { lately: Box::new([0; LATELY]), hashes, greatest_first, below: None }
    }
}

impl Distinct {
    fn add(&mut self, hash: u64) {
        if self.below.is_some_and(|below| hash >= below) {
            return;
        }
        let lately = &mut self.lately[hash as usize % LATELY];
        if std::mem::replace(lately, hash) == hash && hash != 0 || !self.hashes.insert(hash) {
            return;
        }
        self.greatest_first.push(hash);
        if self.hashes.len() > DISTINCT_EXACT
            && let Some(greatest) = self.greatest_first.pop()
        {
            self.hashes.remove(&greatest);
        }
        if self.hashes.len() == DISTINCT_EXACT {
            self.below = self.greatest_first.peek().copied();
        }
    }

    /// How many there are, and whether that is an estimate.
    fn count(&self) -> (u64, bool) {
        match self.below {
            Some(last) => {
                let share = (last as f64 + 1.0) / (u64::MAX as f64 + 1.0);
                (((DISTINCT_EXACT - 1) as f64 / share) as u64, true)
            }
            None => (self.hashes.len() as u64, false),
        }
    }
}

/// Takes hashes for what they are instead of hashing them again.
#[derive(Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, byte| hash << 8 | u64::from(*byte));
    }

    fn write_u64(&mut self, hash: u64) {
        // The smallest hashes all begin with zeros, and a table looks at the first bits as well as the last.
        self.0 = hash ^ (hash << 40);
    }
}

/// One hash for each row, as reject files hold it.
pub(super) fn row_hashes(batch: &RecordBatch) -> Result<Vec<u128>> {
    if batch.num_columns() == 0 {
        return Ok(vec![0; batch.num_rows()]);
    }
    let fields = batch.schema().fields().iter().map(|f| SortField::new(f.data_type().clone())).collect();
    let converter = RowConverter::new(fields).map_err(unsupported)?;
    let rows = converter.convert_columns(batch.columns()).or_error(ErrorKind::Internal, "rows cannot be hashed")?;
    Ok(rows.iter().map(|r| xxh3_128(r.as_ref())).collect())
}

fn unsupported(e: datafusion::arrow::error::ArrowError) -> Error {
    Error::internal("values of this type cannot be compared").detail(&e).source(e)
}

fn is_summed(data_type: &DataType) -> bool {
    data_type.is_integer() || matches!(data_type, DataType::Decimal128(..))
}

/// The exact sum with its decimal point.
fn scaled(sum: i256, data_type: &DataType) -> String {
    let digits = sum.to_string();
    let DataType::Decimal128(_, scale @ 1..) = data_type else { return digits };
    let scale = *scale as usize;
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", digits.as_str()),
    };
    let padded = format!("{digits:0>width$}", width = scale + 1);
    let (whole, fraction) = padded.split_at(padded.len() - scale);
    format!("{sign}{whole}.{fraction}")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use datafusion::arrow::array::{Decimal128Array, Int64Array, StringArray};

    use super::*;

    fn batch(values: &[Option<i64>]) -> RecordBatch {
        let text: StringArray = values.iter().map(|v| v.map(|v| format!("v{v}"))).collect();
        RecordBatch::try_from_iter([
            ("n", Arc::new(Int64Array::from(values.to_vec())) as ArrayRef),
            ("t", Arc::new(text) as ArrayRef),
        ])
        .unwrap()
    }

    fn figures(batches: &[RecordBatch]) -> Figures {
        let mut figures = Figures::new(batches[0].schema(), &[], VerifyLevel::Checksums).unwrap();
        batches.iter().for_each(|b| figures.add(b, VerifyLevel::Checksums).unwrap());
        figures
    }

    #[test]
    fn order_and_batches_do_not_matter() {
        let a = figures(&[batch(&[Some(1), None, Some(-3)]), batch(&[Some(7)])]);
        let b = figures(&[batch(&[Some(7), Some(-3), None, Some(1)])]);
        let compared = Figures::compare(&a, &b, VerifyLevel::Checksums).unwrap();
        assert!(compared.iter().flat_map(|c| &c.measures).all(Measure::is_equal));
        assert!(Figures::row_checksums(&a, &b).is_equal());
        let shown: Vec<_> = compared[0].measures.iter().map(|m| m.expected.clone().unwrap()).collect();
        assert_eq!(shown[..5], ["1", "3", "-3", "7", "5"]);
    }

    #[test]
    fn parts_make_the_same_figures_as_the_whole() {
        let values: Vec<Option<i64>> = (0..30_000).map(|n| (n % 7 > 0).then_some(n * 7919 % 20_011)).collect();
        let whole = figures(&[batch(&values)]);
        let mut parts = Figures::new(batch(&values).schema(), &[0], VerifyLevel::Checksums).unwrap();
        values.chunks(4_321).for_each(|part| parts.merge(figures(&[batch(part)])));
        let compared = Figures::compare(&whole, &parts, VerifyLevel::Checksums).unwrap();
        assert!(compared.iter().flat_map(|c| &c.measures).all(Measure::is_equal));
        assert!(Figures::row_checksums(&whole, &parts).is_equal());
        assert_eq!(whole.rows, parts.rows);
    }

    #[test]
    fn values_that_change_places_between_rows_are_found() {
        let swap = |a: i64, b: i64| {
            RecordBatch::try_from_iter([
                ("x", Arc::new(Int64Array::from(vec![1, 2])) as ArrayRef),
                ("y", Arc::new(Int64Array::from(vec![a, b])) as ArrayRef),
            ])
            .unwrap()
        };
        let (a, b) = (figures(&[swap(5, 6)]), figures(&[swap(6, 5)]));
        let compared = Figures::compare(&a, &b, VerifyLevel::Checksums).unwrap();
        assert!(compared.iter().flat_map(|c| &c.measures).all(Measure::is_equal), "column by column they agree");
        assert!(!Figures::row_checksums(&a, &b).is_equal());
    }

    #[test]
    fn many_distinct_values_are_estimated_alike_on_both_sides() {
        let values: Vec<Option<i64>> = (0..50_000).map(Some).collect();
        let backwards: Vec<Option<i64>> = (0..50_000).rev().map(Some).collect();
        let (a, b) = (figures(&[batch(&values)]), figures(&[batch(&backwards)]));
        let compared = Figures::compare(&a, &b, VerifyLevel::Aggregates).unwrap();
        let distinct = &compared[0].measures[1];
        assert!(distinct.estimated && distinct.is_equal());
        let estimate: f64 = distinct.expected.as_deref().unwrap().parse().unwrap();
        assert!((estimate / 50_000.0 - 1.0).abs() < 0.1, "{estimate}");
    }

    #[test]
    fn decimal_sums_are_exact() {
        let cents = Decimal128Array::from(vec![-5, -7]).with_precision_and_scale(10, 2).unwrap();
        let f = figures(&[RecordBatch::try_from_iter([("d", Arc::new(cents) as ArrayRef)]).unwrap()]);
        assert_eq!(f.columns[0].figures(VerifyLevel::Aggregates).unwrap()[4].1.as_deref(), Some("-0.12"));
    }
}
