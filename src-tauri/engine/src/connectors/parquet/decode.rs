//! Arrays of a Parquet file as arrays of the table's logical types.
//!
//! Whole arrays at a time. A value that its column's type cannot hold is told by its row and a reason without the
//! value; nothing is rounded, wrapped or cut.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Int64Array, StringBuilder, TimestampNanosecondArray, make_array,
};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::compute::{CastOptions, cast_with_options};
use datafusion::arrow::datatypes::{
    DataType, Date64Type, Decimal128Type, Int64Type, IntervalDayTimeType, IntervalYearMonthType, TimeUnit,
    TimestampMicrosecondType, TimestampNanosecondType,
};

use super::json;
use super::types::{Kind, Leaf};
use crate::connectors::text::{NOT_A_TIME, OUT_OF_RANGE, Reason, TOO_LARGE};
use crate::error::{Error, ErrorKind, Result};

const NOT_A_DAY: Reason = "carries a time of day, and the column is a date";
const NANOS_PER_DAY: i64 = 86_400_000_000_000;

/// Rows that hold what their column cannot, in ascending order.
pub(super) type Faulty = Vec<(usize, Reason)>;

/// The leaf's array in a batch's columns; a NULL above it is a NULL in it.
pub(super) fn leaf_array(columns: &[ArrayRef], path: &[usize]) -> Result<ArrayRef> {
    let missing = || Error::internal("a column of the file is not in what was read");
    let (first, rest) = path.split_first().ok_or_else(missing)?;
    let mut array = columns.get(*first).ok_or_else(missing)?.clone();
    let mut above: Option<NullBuffer> = None;
    for place in rest {
        let parent = array.as_struct_opt().ok_or_else(missing)?;
        above = NullBuffer::union(above.as_ref(), parent.nulls());
        let child = parent.columns().get(*place).ok_or_else(missing)?.clone();
        array = child;
    }
    match above {
        Some(above) if above.null_count() > 0 => {
            let nulls = NullBuffer::union(Some(&above), array.nulls());
            let data = array.to_data().into_builder().nulls(nulls).build().map_err(broken)?;
            Ok(make_array(data))
        }
        _ => Ok(array),
    }
}

fn broken(e: datafusion::arrow::error::ArrowError) -> Error {
    Error::internal("a column of the file cannot be taken apart").detail(&e).source(e)
}

/// `fine` is the same leaf in the other reading that some kinds need: nanoseconds of an INT96, months of an INTERVAL.
pub(super) fn decode(
    leaf: &Leaf,
    array: &ArrayRef,
    fine: Option<&ArrayRef>,
    target: &DataType,
) -> Result<(ArrayRef, Faulty)> {
    let (array, mut faulty) = match leaf.kind {
        Kind::Plain => plain(array, &leaf.logical.arrow())?,
        Kind::Uuid => (uuids(array)?, Faulty::new()),
        Kind::Int96 => int96(array, fine)?,
        Kind::Interval => (intervals(array, fine)?, Faulty::new()),
        Kind::Nested => json::column(array)?,
    };
    if array.data_type() == target {
        return Ok((array, faulty));
    }
    // The table is one that was planned, with other types than the file's own.
    let (array, more) = plain(&array, target)?;
    faulty.extend(more);
    faulty.sort_by_key(|(row, _)| *row);
    faulty.dedup_by_key(|(row, _)| *row);
    Ok((array, faulty))
}

fn plain(array: &ArrayRef, target: &DataType) -> Result<(ArrayRef, Faulty)> {
    let mut faulty = Faulty::new();
    if let DataType::Date64 = array.data_type() {
        let dates = array.as_primitive::<Date64Type>();
        faulty.extend(
            (0..dates.len())
                .filter(|i| dates.is_valid(*i) && dates.value(*i) % 86_400_000 != 0)
                .map(|i| (i, NOT_A_DAY)),
        );
    }
    let cast = if array.data_type() == target {
        array.clone()
    } else {
        let options = CastOptions { safe: true, ..CastOptions::default() };
        cast_with_options(array, target, &options).map_err(|e| {
            Error::new(ErrorKind::Unsupported, format!("{} cannot be read as {target}", array.data_type()))
                .detail(&e)
                .source(e)
        })?
    };
    let (before, after) = (array.logical_null_count(), cast.null_count());
    if after > before {
        let nulls = array.logical_nulls();
        let was = |i: usize| nulls.as_ref().is_none_or(|n| n.is_valid(i));
        faulty.extend((0..cast.len()).filter(|i| cast.is_null(*i) && was(*i)).map(|i| (i, OUT_OF_RANGE)));
    }
    match target {
        DataType::Time64(unit) => {
            let day = if *unit == TimeUnit::Nanosecond { NANOS_PER_DAY } else { NANOS_PER_DAY / 1_000 };
            let times = cast_with_options(&cast, &DataType::Int64, &CastOptions::default()).map_err(broken)?;
            let times = times.as_primitive::<Int64Type>();
            let outside = |i: &usize| times.is_valid(*i) && !(0..day).contains(&times.value(*i));
            faulty.extend((0..times.len()).filter(outside).map(|i| (i, NOT_A_TIME)));
        }
        DataType::Decimal128(precision, _) => {
            let decimals = cast.as_primitive::<Decimal128Type>();
            if decimals.validate_decimal_precision(*precision).is_err() {
                let limit = 10u128.pow(u32::from(*precision).min(38));
                let outside = |i: &usize| decimals.is_valid(*i) && decimals.value(*i).unsigned_abs() >= limit;
                faulty.extend((0..decimals.len()).filter(outside).map(|i| (i, TOO_LARGE)));
            }
        }
        _ => {}
    }
    Ok((cast, faulty))
}

fn wrong(what: &str) -> Error {
    Error::internal(format!("{what} of a Parquet file came in an unexpected form"))
}

fn uuids(array: &ArrayRef) -> Result<ArrayRef> {
    let plain;
    let bytes = match array.as_fixed_size_binary_opt() {
        Some(bytes) => bytes,
        // Behind a dictionary.
        None => {
            plain =
                cast_with_options(array, &DataType::FixedSizeBinary(16), &CastOptions::default()).map_err(broken)?;
            plain.as_fixed_size_binary_opt().ok_or_else(|| wrong("a uuid"))?
        }
    };
    let mut text = StringBuilder::with_capacity(bytes.len(), bytes.len() * 36);
    let mut buffer = uuid::Uuid::encode_buffer();
    for i in 0..bytes.len() {
        match uuid::Uuid::from_slice(bytes.value(i)) {
            Ok(uuid) if bytes.is_valid(i) => text.append_value(uuid.hyphenated().encode_lower(&mut buffer)),
            _ => text.append_null(),
        }
    }
    Ok(Arc::new(text.finish()))
}

/// Microseconds say what the value is, as far as nanoseconds wrapped around.
fn int96(micros: &ArrayRef, nanos: Option<&ArrayRef>) -> Result<(ArrayRef, Faulty)> {
    let micros = micros.as_primitive_opt::<TimestampMicrosecondType>().ok_or_else(|| wrong("an INT96"))?;
    let nanos = nanos.and_then(|n| n.as_primitive_opt::<TimestampNanosecondType>()).ok_or_else(|| wrong("an INT96"))?;
    let mut faulty = Faulty::new();
    for i in 0..micros.len() {
        if micros.is_valid(i) && nanos.value(i).div_euclid(1_000) != micros.value(i) {
            faulty.push((i, OUT_OF_RANGE));
        }
    }
    let array: TimestampNanosecondArray = nanos.clone();
    Ok((Arc::new(array), faulty))
}

/// `P1M2DT3.5S`: months, days and seconds as the file has them, none of them counted into another.
fn intervals(days: &ArrayRef, months: Option<&ArrayRef>) -> Result<ArrayRef> {
    let days = days.as_primitive_opt::<IntervalDayTimeType>().ok_or_else(|| wrong("an INTERVAL"))?;
    let months =
        months.and_then(|m| m.as_primitive_opt::<IntervalYearMonthType>()).ok_or_else(|| wrong("an INTERVAL"))?;
    let mut text = StringBuilder::new();
    for i in 0..days.len() {
        if days.is_null(i) {
            text.append_null();
            continue;
        }
        // All three are without a sign in the file.
        let (months, days) = (months.value(i) as u32, days.value(i));
        let millis = days.milliseconds as u32;
        let mut value = format!("P{months}M{}DT{}", days.days as u32, millis / 1_000);
        if !millis.is_multiple_of(1_000) {
            value += format!(".{:03}", millis % 1_000).trim_end_matches('0');
        }
        text.append_value(value + "S");
    }
    Ok(Arc::new(text.finish()))
}

/// Bytes that each row of these columns takes, up to and including row `rows` of the batch, from row `from`.
pub(super) struct Sizes {
    fixed: usize,
    offsets: Vec<datafusion::arrow::buffer::OffsetBuffer<i32>>,
}

impl Sizes {
    pub(super) fn of(columns: &[ArrayRef]) -> Sizes {
        let mut sizes = Sizes { fixed: 8, offsets: Vec::new() };
        for column in columns {
            match column.data_type() {
                DataType::Utf8 => sizes.offsets.push(column.as_string::<i32>().offsets().clone()),
                DataType::Binary => sizes.offsets.push(column.as_binary::<i32>().offsets().clone()),
                other => sizes.fixed += other.primitive_width().unwrap_or(1),
            }
        }
        sizes.fixed += 4 * sizes.offsets.len();
        sizes
    }

    pub(super) fn bytes(&self, from: usize, to: usize) -> usize {
        let variable: usize = self.offsets.iter().map(|o| (o[to] - o[from]) as usize).sum();
        self.fixed * (to - from) + variable
    }

    /// The end of the piece that begins at `from` and holds about `bytes`: at least one row.
    pub(super) fn cut(&self, from: usize, rows: usize, bytes: usize) -> usize {
        let (mut low, mut high) = (from + 1, rows);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.bytes(from, middle) >= bytes { high = middle } else { low = middle + 1 }
        }
        low.min(rows)
    }
}

/// Row numbers from `first` on.
pub(super) fn positions(first: u64, rows: usize) -> Int64Array {
    let first = i64::try_from(first).unwrap_or(i64::MAX);
    Int64Array::from_iter_values((0..rows as i64).map(|i| first.saturating_add(i)))
}
