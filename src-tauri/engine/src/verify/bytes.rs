//! The bytes by which values are told apart, hashed and shown. `docs/canonical-form.md` says them type by type.
//!
//! It knows Arrow's types only. Two values have the same bytes exactly when a comparison calls them equal.

use datafusion::arrow::array::{Array, ArrayRef, ArrowPrimitiveType, AsArray, PrimitiveArray, RecordBatch};
use datafusion::arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    Time64MicrosecondType, Time64NanosecondType, TimeUnit, TimestampMicrosecondType, TimestampNanosecondType,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use datafusion::arrow::row::{RowConverter, SortField};
use xxhash_rust::xxh3::xxh3_128;

use crate::error::{Error, ErrorContext, ErrorKind, Result};

/// Stands for NULL among the hashes: no value's bytes are known to hash to it.
const NULL: u128 = 0x6e75_6c6c_9d5c_17ab_3f84_e2c0_51b7_a96d;
/// Odd, so that no column's hash is lost by multiplying; differs from row hash to row hash by the column's place.
const STEP: u128 = 0x2d99_787e_8f5b_3c47_9e37_79b9_7f4a_7c15;

/// Calls `take` with the bytes of each value in turn, or with `None` for NULL.
pub(super) fn each(array: &ArrayRef, mut take: impl FnMut(usize, Option<&[u8]>)) -> Result<()> {
    macro_rules! numbers {
        ($kind:ty) => {{
            let array = array.as_primitive::<$kind>();
            if array.null_count() == 0 {
                array.values().iter().enumerate().for_each(|(i, v)| take(i, Some(&v.to_be_bytes())));
            } else {
                array.iter().enumerate().for_each(|(i, v)| match v {
                    Some(v) => take(i, Some(&v.to_be_bytes())),
                    None => take(i, None),
                });
            }
        }};
    }
    match array.data_type() {
        DataType::Boolean => {
            let values = array.as_boolean().iter().enumerate();
            values.for_each(|(i, v)| take(i, v.map(|v| if v { &[1_u8][..] } else { &[0] })));
        }
        DataType::Int8 => numbers!(Int8Type),
        DataType::Int16 => numbers!(Int16Type),
        DataType::Int32 => numbers!(Int32Type),
        DataType::Int64 => numbers!(Int64Type),
        DataType::UInt8 => numbers!(UInt8Type),
        DataType::UInt16 => numbers!(UInt16Type),
        DataType::UInt32 => numbers!(UInt32Type),
        DataType::UInt64 => numbers!(UInt64Type),
        DataType::Decimal128(..) => numbers!(Decimal128Type),
        DataType::Float32 => numbers!(Float32Type),
        DataType::Float64 => numbers!(Float64Type),
        DataType::Date32 => numbers!(Date32Type),
        DataType::Time64(TimeUnit::Microsecond) => numbers!(Time64MicrosecondType),
        DataType::Time64(TimeUnit::Nanosecond) => numbers!(Time64NanosecondType),
        DataType::Timestamp(TimeUnit::Microsecond, _) => numbers!(TimestampMicrosecondType),
        DataType::Timestamp(TimeUnit::Nanosecond, _) => numbers!(TimestampNanosecondType),
        DataType::Utf8 => {
            array.as_string::<i32>().iter().enumerate().for_each(|(i, v)| take(i, v.map(str::as_bytes)));
        }
        DataType::Binary => array.as_binary::<i32>().iter().enumerate().for_each(|(i, v)| take(i, v)),
        // No logical type travels as another; should one, Arrow's row encoding tells its values apart.
        other => {
            let rows = RowConverter::new(vec![SortField::new(other.clone())])
                .and_then(|c| c.convert_columns(std::slice::from_ref(array)))
                .map_err(|e| Error::internal("values of this type cannot be compared").detail(&e).source(e))?;
            rows.iter().enumerate().for_each(|(i, row)| take(i, array.is_valid(i).then_some(row.as_ref())));
        }
    }
    Ok(())
}

/// The bytes of one value.
pub(super) fn of(array: &ArrayRef, row: usize) -> Result<Option<Vec<u8>>> {
    let mut bytes = None;
    each(&array.slice(row, 1), |_, value| bytes = value.map(<[u8]>::to_vec))?;
    Ok(bytes)
}

/// One hash for each value.
pub(super) fn hashes(array: &ArrayRef) -> Result<Vec<u128>> {
    let mut hashes = Vec::with_capacity(array.len());
    each(array, |_, value| hashes.push(value.map_or(NULL, xxh3_128)))?;
    Ok(hashes)
}

/// One hash for each row from the hashes of its values, in the columns' order.
pub(super) fn combined<'a>(rows: usize, columns: impl IntoIterator<Item = &'a Vec<u128>>) -> Vec<u128> {
    let mut combined = vec![0_u128; rows];
    for hashes in columns {
        combined.iter_mut().zip(hashes).for_each(|(row, value)| *row = row.wrapping_mul(STEP).wrapping_add(*value));
    }
    // Without this the sum over rows would be a sum over columns, and not see values that changed places.
    combined.iter_mut().for_each(|row| *row = xxh3_128(&row.to_be_bytes()));
    combined
}

/// The rows that hold the least and the greatest value; `None` when there are none but NULLs.
pub(super) fn ends(array: &ArrayRef) -> Option<(usize, usize)> {
    fn ordered<T: ArrowPrimitiveType>(array: &PrimitiveArray<T>) -> Option<(usize, usize)>
    where
        T::Native: Ord,
    {
        if array.null_count() > 0 {
            return among(array.iter(), |a, b| a < b);
        }
        among(array.values().iter().map(|v| Some(*v)), |a, b| a < b)
    }
    match array.data_type() {
        DataType::Boolean => among(array.as_boolean().iter(), |a, b| a < b),
        DataType::Int8 => ordered(array.as_primitive::<Int8Type>()),
        DataType::Int16 => ordered(array.as_primitive::<Int16Type>()),
        DataType::Int32 => ordered(array.as_primitive::<Int32Type>()),
        DataType::Int64 => ordered(array.as_primitive::<Int64Type>()),
        DataType::UInt8 => ordered(array.as_primitive::<UInt8Type>()),
        DataType::UInt16 => ordered(array.as_primitive::<UInt16Type>()),
        DataType::UInt32 => ordered(array.as_primitive::<UInt32Type>()),
        DataType::UInt64 => ordered(array.as_primitive::<UInt64Type>()),
        DataType::Decimal128(..) => ordered(array.as_primitive::<Decimal128Type>()),
        DataType::Float32 => among(array.as_primitive::<Float32Type>().iter(), |a, b| a.total_cmp(b).is_lt()),
        DataType::Float64 => among(array.as_primitive::<Float64Type>().iter(), |a, b| a.total_cmp(b).is_lt()),
        DataType::Date32 => ordered(array.as_primitive::<Date32Type>()),
        DataType::Time64(TimeUnit::Microsecond) => ordered(array.as_primitive::<Time64MicrosecondType>()),
        DataType::Time64(TimeUnit::Nanosecond) => ordered(array.as_primitive::<Time64NanosecondType>()),
        DataType::Timestamp(TimeUnit::Microsecond, _) => ordered(array.as_primitive::<TimestampMicrosecondType>()),
        DataType::Timestamp(TimeUnit::Nanosecond, _) => ordered(array.as_primitive::<TimestampNanosecondType>()),
        DataType::Utf8 => among(array.as_string::<i32>().iter(), |a, b| a < b),
        DataType::Binary => among(array.as_binary::<i32>().iter(), |a, b| a < b),
        other => {
            let converter = RowConverter::new(vec![SortField::new(other.clone())]).ok()?;
            let rows = converter.convert_columns(std::slice::from_ref(array)).ok()?;
            among(rows.iter().enumerate().map(|(i, row)| array.is_valid(i).then_some(row)), |a, b| a < b)
        }
    }
}

fn among<T>(values: impl Iterator<Item = Option<T>>, less: impl Fn(&T, &T) -> bool) -> Option<(usize, usize)>
where
    T: Copy,
{
    let mut found: Option<((usize, T), (usize, T))> = None;
    for (i, value) in values.enumerate() {
        let Some(value) = value else { continue };
        match &mut found {
            None => found = Some(((i, value), (i, value))),
            Some((least, greatest)) => {
                if less(&value, &least.1) {
                    *least = (i, value);
                } else if less(&greatest.1, &value) {
                    *greatest = (i, value);
                }
            }
        }
    }
    found.map(|(least, greatest)| (least.0, greatest.0))
}

/// The hashes of a batch's rows: of the columns that tell rows apart, and of the whole row.
pub(super) struct RowHash {
    pub key: u128,
    pub row: u128,
}

/// `key` holds the places of the key's columns; when there are none, the whole row is its own key.
pub(super) fn row_hashes(batch: &RecordBatch, key: &[usize]) -> Result<Vec<RowHash>> {
    let columns = batch.columns().iter().map(hashes).collect::<Result<Vec<_>>>()?;
    Ok(of_rows(batch.num_rows(), &columns, key))
}

/// The same from hashes of columns that are there already.
pub(super) fn of_rows(rows: usize, columns: &[Vec<u128>], key: &[usize]) -> Vec<RowHash> {
    let whole = combined(rows, columns);
    if key.is_empty() {
        return whole.into_iter().map(|row| RowHash { key: row, row }).collect();
    }
    let keys = combined(rows, key.iter().filter_map(|i| columns.get(*i)));
    keys.into_iter().zip(whole).map(|(key, row)| RowHash { key, row }).collect()
}

/// In hexadecimal, as reports show bytes.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// A row encoding's converter for one column, which orders values of every type.
pub(super) fn converter(data_type: &DataType) -> Result<RowConverter> {
    RowConverter::new(vec![SortField::new(data_type.clone())])
        .or_error(ErrorKind::Internal, "values of this type cannot be compared")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use datafusion::arrow::array::{
        BinaryArray, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int32Array, Int64Array, StringArray,
        Time64MicrosecondArray, TimestampMicrosecondArray,
    };

    use super::*;
    use crate::types::LogicalType;
    use crate::verify::canonical;

    const PAGE: &str = include_str!("../../../../docs/canonical-form.md");

    /// The line of the page, a value, the value as the page writes it, and its bytes. A new type does not compile here.
    fn example(logical: &LogicalType) -> (&'static str, ArrayRef, &'static str, &'static str) {
        let text = |value: &str| Arc::new(StringArray::from(vec![value])) as ArrayRef;
        match logical {
            LogicalType::Boolean => ("boolean", Arc::new(BooleanArray::from(vec![true])), "`true`", "01"),
            LogicalType::Integer { .. } => {
                ("integer", Arc::new(Int32Array::from(vec![-2])), "`-2` (32 bits)", "fffffffe")
            }
            LogicalType::Decimal { precision: Some(_), .. } => {
                let value = Decimal128Array::from(vec![1250]).with_precision_and_scale(10, 2).unwrap();
                let bytes = "000000000000000000000000000004e2";
                ("decimal of up to 38 digits", Arc::new(value), "`12.50` (scale 2)", bytes)
            }
            LogicalType::Decimal { .. } => ("decimal of any size", text("12.50"), "`12.50`", "31322e35"),
            LogicalType::Float { .. } => {
                ("float", Arc::new(Float64Array::from(vec![1.5])), "`1.5` (64 bits)", "3ff8000000000000")
            }
            LogicalType::Text { fixed: false, .. } => ("text", text("a b "), "`a b `", "61206220"),
            LogicalType::Text { .. } => ("text of a fixed length", text("ab  "), "`ab  `", "6162"),
            LogicalType::Binary { .. } => {
                ("binary", Arc::new(BinaryArray::from(vec![&[0_u8, 255][..]])), "bytes 0 and 255", "00ff")
            }
            LogicalType::Date => ("date", Arc::new(Date32Array::from(vec![1])), "`1970-01-02`", "00000001"),
            LogicalType::Time { .. } => {
                ("time", Arc::new(Time64MicrosecondArray::from(vec![1_000_000])), "`00:00:01`", "00000000000f4240")
            }
            LogicalType::Timestamp { .. } => {
                let value = TimestampMicrosecondArray::from(vec![1_000_000]);
                ("timestamp", Arc::new(value), "`1970-01-01 00:00:01`", "00000000000f4240")
            }
            LogicalType::Interval => ("interval", text("1 day"), "`1 day`", "3120646179"),
            LogicalType::Uuid => (
                "uuid",
                text("6F9619FF-8B86-D011-B42D-00C04FC964FF"),
                "`6F9619FF-8B86-D011-B42D-00C04FC964FF`",
                "36663936313966662d386238362d643031312d623432642d303063303466633936346666",
            ),
            LogicalType::Json => {
                ("json", text(r#"{"b": 1, "a": 2}"#), r#"`{"b": 1, "a": 2}`"#, "7b2261223a322c2262223a317d")
            }
            LogicalType::Enumeration { .. } => ("enumeration", text("red"), "`red`", "726564"),
            LogicalType::Dynamic => ("dynamic (a SQLite column without a type)", text("7"), "`7`", "37"),
            LogicalType::Other { .. } => {
                ("any other type", text("10.1.0.0/16"), "`10.1.0.0/16`", "31302e312e302e302f3136")
            }
        }
    }

    #[test]
    fn the_page_of_the_canonical_form_is_true_of_every_type() {
        let types = [
            LogicalType::Boolean,
            LogicalType::INT32,
            LogicalType::Decimal { precision: Some(10), scale: Some(2) },
            LogicalType::Decimal { precision: None, scale: None },
            LogicalType::Float { bits: 64 },
            LogicalType::TEXT,
            LogicalType::Text { max: Some(4), fixed: true },
            LogicalType::Binary { max: None },
            LogicalType::Date,
            LogicalType::Time { precision: 6 },
            LogicalType::Timestamp { precision: 6, zoned: false },
            LogicalType::Interval,
            LogicalType::Uuid,
            LogicalType::Json,
            LogicalType::Enumeration { values: vec!["red".into()] },
            LogicalType::Dynamic,
            LogicalType::Other { name: "inet".into() },
        ];
        for logical in types {
            let (name, value, written, expected) = example(&logical);
            assert_eq!(value.data_type(), &logical.arrow(), "{name}");
            let bytes = of(&canonical::form(&value, &logical), 0).unwrap().unwrap();
            assert_eq!(hexadecimal(&bytes), expected, "{name}");
            let line = PAGE.lines().find(|l| l.starts_with(&format!("| {name} |"))).unwrap_or_else(|| panic!("{name}"));
            assert!(line.ends_with(&format!("| {written} | `{expected}` |")), "{line}");
        }
    }

    #[test]
    fn null_is_not_the_empty_text_and_columns_are_not_run_together() {
        let pair = |a: Option<&str>, b: Option<&str>| {
            let column = |v| Arc::new(StringArray::from(vec![v])) as ArrayRef;
            let batch = RecordBatch::try_from_iter_with_nullable([("a", column(a), true), ("b", column(b), true)]);
            row_hashes(&batch.unwrap(), &[]).unwrap()[0].row
        };
        let rows = [
            pair(None, None),
            pair(Some(""), None),
            pair(None, Some("")),
            pair(Some("ab"), Some("c")),
            pair(Some("a"), Some("bc")),
            pair(Some("c"), Some("ab")),
        ];
        for (i, row) in rows.iter().enumerate() {
            assert!(!rows[i + 1..].contains(row), "{i}");
        }
    }

    #[test]
    fn least_and_greatest_pass_over_nulls() {
        let numbers: ArrayRef = Arc::new(Int64Array::from(vec![None, Some(4), Some(-9), None, Some(11)]));
        assert_eq!(ends(&numbers), Some((2, 4)));
        let floats: ArrayRef = Arc::new(Float64Array::from(vec![0.0, -0.0, f64::NAN]));
        assert_eq!(ends(&floats), Some((1, 2)));
        let none: ArrayRef = Arc::new(StringArray::from(vec![None::<&str>, None]));
        assert_eq!(ends(&none), None);
    }
}
