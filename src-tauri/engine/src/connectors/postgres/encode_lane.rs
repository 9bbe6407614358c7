//! One column of a batch on its way into a column of the table: chosen once a batch, taken once a row.
//!
//! The pairs of types that most columns are of have a lane of their own; every other pair goes value by value through
//! `encode_value`. Both refuse alike what the server would change in silence.

use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringArray};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Float64Type, Int16Type, Int32Type, Int64Type, TimeUnit,
    TimestampMicrosecondType,
};

use super::copy_encode::Source;
use super::encode_value::{Kind, Refused, Value};
use super::numeric::encode_decimal;
use super::text::{EPOCH_DAYS, EPOCH_MICROS};
use crate::error::Result;

pub(super) enum Lane<'a> {
    Int16(&'a [i16], Nulls<'a>),
    Int32(&'a [i32], Nulls<'a>),
    Int64(&'a [i64], Nulls<'a>),
    /// A column of 32 bits into one of 64.
    Widened(&'a [i32], Nulls<'a>),
    Float64(&'a [f64], Nulls<'a>),
    /// Into a column that keeps at least as many digits after the point.
    Decimal(&'a [i128], u8, Nulls<'a>),
    Text(&'a StringArray, Option<u32>),
    Date(&'a [i32], Nulls<'a>),
    /// Microseconds into a column that keeps all of them.
    Timestamp(&'a [i64], bool, Nulls<'a>),
    Any(Source<'a>, Kind),
}

type Nulls<'a> = Option<&'a NullBuffer>;

const NULL: [u8; 4] = (-1i32).to_be_bytes();

impl<'a> Lane<'a> {
    pub(super) fn new(array: &'a ArrayRef, kind: Kind) -> Result<Self> {
        let nulls = array.nulls().filter(|n| n.null_count() > 0);
        macro_rules! values {
            ($t:ty) => {
                array.as_primitive::<$t>().values().as_ref()
            };
        }
        Ok(match (array.data_type(), kind) {
            (DataType::Int16, Kind::Int2) => Lane::Int16(values!(Int16Type), nulls),
            (DataType::Int32, Kind::Int4) => Lane::Int32(values!(Int32Type), nulls),
            (DataType::Int32, Kind::Int8) => Lane::Widened(values!(Int32Type), nulls),
            (DataType::Int64, Kind::Int8) => Lane::Int64(values!(Int64Type), nulls),
            (DataType::Float64, Kind::Float8) => Lane::Float64(values!(Float64Type), nulls),
            (DataType::Decimal128(_, scale @ 0..), Kind::Numeric { scale: keeps })
                if keeps.is_none_or(|keeps| i16::from(*scale) <= keeps) =>
            {
                Lane::Decimal(values!(Decimal128Type), scale.unsigned_abs(), nulls)
            }
            (DataType::Utf8, Kind::Text { max }) => Lane::Text(array.as_string(), max),
            (DataType::Date32, Kind::Date) => Lane::Date(values!(Date32Type), nulls),
            (DataType::Timestamp(TimeUnit::Microsecond, zone), Kind::Timestamp { precision: 6, zoned })
                if zone.is_some() == zoned =>
            {
                Lane::Timestamp(values!(TimestampMicrosecondType), zoned, nulls)
            }
            _ => Lane::Any(Source::new(array.as_ref())?, kind),
        })
    }

    /// Appends the field of this row: its length and its binary form.
    #[inline]
    pub(super) fn append(&self, row: usize, out: &mut Vec<u8>) -> Result<(), Refused> {
        let is_null = |nulls: Nulls<'_>| nulls.is_some_and(|n| n.is_null(row));
        match self {
            Lane::Int16(_, nulls)
            | Lane::Int32(_, nulls)
            | Lane::Int64(_, nulls)
            | Lane::Widened(_, nulls)
            | Lane::Float64(_, nulls)
            | Lane::Decimal(_, _, nulls)
            | Lane::Date(_, nulls)
            | Lane::Timestamp(_, _, nulls)
                if is_null(*nulls) =>
            {
                out.extend_from_slice(&NULL);
            }
            Lane::Int16(values, _) => field(values[row].to_be_bytes(), out),
            Lane::Int32(values, _) => field(values[row].to_be_bytes(), out),
            Lane::Int64(values, _) => field(values[row].to_be_bytes(), out),
            Lane::Widened(values, _) => field(i64::from(values[row]).to_be_bytes(), out),
            Lane::Float64(values, _) => field(values[row].to_be_bytes(), out),
            Lane::Decimal(values, scale, _) => {
                let at = out.len();
                out.extend_from_slice(&[0; 4]);
                encode_decimal(values[row], *scale, out);
                // A decimal of 38 digits takes 28 bytes.
                let length = (out.len() - at - 4) as i32;
                out[at..at + 4].copy_from_slice(&length.to_be_bytes());
            }
            Lane::Text(array, _) if array.is_null(row) => out.extend_from_slice(&NULL),
            Lane::Text(array, max) => {
                let text = array.value(row);
                Kind::Text { max: *max }.check(Value::Text(text))?;
                // Arrow's offsets are of 32 bits.
                out.extend_from_slice(&(text.len() as i32).to_be_bytes());
                out.extend_from_slice(text.as_bytes());
            }
            // The server's own range is checked there only at its far ends, which these bounds leave out.
            Lane::Date(values, _) => match values[row].checked_sub(EPOCH_DAYS as i32) {
                Some(days) if (-2_400_000..2_000_000_000).contains(&days) => field(days.to_be_bytes(), out),
                _ => return Kind::Date.binary(Value::Date(values[row].into()), out),
            },
            Lane::Timestamp(values, zoned, _) => match values[row].checked_sub(EPOCH_MICROS) {
                Some(micros) if micros.unsigned_abs() < 200_000_000_000_000_000 => field(micros.to_be_bytes(), out),
                _ => {
                    let value = Value::Timestamp { nanos: i128::from(values[row]) * 1000, zoned: *zoned };
                    return Kind::Timestamp { precision: 6, zoned: *zoned }.binary(value, out);
                }
            },
            Lane::Any(source, kind) => kind.binary(source.value(row), out)?,
        }
        Ok(())
    }
}

#[inline]
fn field<const N: usize>(bytes: [u8; N], out: &mut Vec<u8>) {
    out.extend_from_slice(&(N as i32).to_be_bytes());
    out.extend_from_slice(&bytes);
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use datafusion::arrow::array::{
        Date32Array, Decimal128Array, Int16Array, Int32Array, Int64Array, TimestampMicrosecondArray,
    };

    use super::*;

    /// Each lane gives what the general way gives.
    #[test]
    fn a_lane_is_only_a_shortcut() {
        let decimals = Decimal128Array::from(vec![Some(0), None, Some(-1), Some(99_999_999), Some(1_230_000)])
            .with_precision_and_scale(20, 2)
            .unwrap();
        let cases: Vec<(ArrayRef, Kind)> = vec![
            (Arc::new(Int16Array::from(vec![Some(i16::MIN), None, Some(7)])), Kind::Int2),
            (Arc::new(Int32Array::from(vec![Some(i32::MIN), None, Some(7)])), Kind::Int4),
            (Arc::new(Int32Array::from(vec![Some(i32::MIN), None, Some(7)])), Kind::Int8),
            (Arc::new(Int64Array::from(vec![Some(i64::MIN), None, Some(7)])), Kind::Int8),
            (Arc::new(decimals), Kind::Numeric { scale: Some(2) }),
            (Arc::new(Date32Array::from(vec![Some(-800_000), None, Some(i32::MAX), Some(i32::MIN)])), Kind::Date),
            (
                Arc::new(StringArray::from(vec![Some("a"), None, Some(""), Some("abcd"), Some("n\0")])),
                Kind::Text { max: Some(3) },
            ),
            (
                Arc::new(TimestampMicrosecondArray::from(vec![Some(0), None, Some(i64::MAX), Some(i64::MIN)])),
                Kind::Timestamp { precision: 6, zoned: false },
            ),
        ];
        for (array, kind) in cases {
            let lane = Lane::new(&array, kind).unwrap();
            assert!(!matches!(lane, Lane::Any(..)), "{kind:?}");
            let source = Source::new(array.as_ref()).unwrap();
            for row in 0..array.len() {
                let (mut quick, mut plain) = (Vec::new(), Vec::new());
                let (a, b) = (lane.append(row, &mut quick), kind.binary(source.value(row), &mut plain));
                assert_eq!(a.is_ok(), b.is_ok(), "{kind:?}, row {row}");
                if a.is_ok() {
                    assert_eq!(quick, plain, "{kind:?}, row {row}");
                }
            }
        }
    }
}
