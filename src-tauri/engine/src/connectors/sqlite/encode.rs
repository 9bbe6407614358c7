//! Arrow values as SQLite stores them.
//!
//! Invariant: what is stored reads back as the same value. SQLite turns NaN into NULL, and a column's affinity may
//! turn text into a number: such values are refused, since they would change in silence.

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, BooleanArray, Decimal128Array, PrimitiveArray, StringArray,
};
use datafusion::arrow::datatypes::{
    ArrowPrimitiveType, DataType, Date32Type, Decimal128Type, Float32Type, Float64Type, Int16Type, Int32Type,
    Int64Type, Time64MicrosecondType, Time64NanosecondType, TimeUnit, TimestampMicrosecondType,
    TimestampNanosecondType,
};
use rusqlite::types::{ToSqlOutput, Value, ValueRef};

use super::decode::real_text;
use super::types::{Affinity, affinity};
use crate::catalog::Column;
use crate::connectors::text::{self, Fraction};
use crate::error::{Error, Result};

enum Values<'a> {
    Boolean(&'a BooleanArray),
    Int16(&'a PrimitiveArray<Int16Type>),
    Int32(&'a PrimitiveArray<Int32Type>),
    Int64(&'a PrimitiveArray<Int64Type>),
    Decimal(&'a Decimal128Array, i8),
    Float32(&'a PrimitiveArray<Float32Type>),
    Float64(&'a PrimitiveArray<Float64Type>),
    Text(&'a StringArray),
    Bytes(&'a BinaryArray),
    Date(&'a PrimitiveArray<Date32Type>),
    /// Dates of four-digit years, written out one behind the other.
    Dates(Vec<u8>),
    TimeMicros(&'a PrimitiveArray<Time64MicrosecondType>),
    TimeNanos(&'a PrimitiveArray<Time64NanosecondType>),
    TimestampMicros(&'a PrimitiveArray<TimestampMicrosecondType>, bool),
    TimestampNanos(&'a PrimitiveArray<TimestampNanosecondType>, bool),
}

/// One column of a batch on its way into a column of a table.
pub(super) struct Encoder<'a> {
    array: &'a ArrayRef,
    values: Values<'a>,
    affinity: Affinity,
}

impl<'a> Encoder<'a> {
    pub(super) fn new(column: &Column, array: &'a ArrayRef) -> Result<Encoder<'a>> {
        fn numbers<T: ArrowPrimitiveType>(array: &ArrayRef) -> &PrimitiveArray<T> {
            array.as_primitive::<T>()
        }
        let values = match array.data_type() {
            DataType::Boolean => Values::Boolean(array.as_boolean()),
            DataType::Int16 => Values::Int16(numbers(array)),
            DataType::Int32 => Values::Int32(numbers(array)),
            DataType::Int64 => Values::Int64(numbers(array)),
            DataType::Decimal128(_, scale) => Values::Decimal(numbers::<Decimal128Type>(array), *scale),
            DataType::Float32 => Values::Float32(numbers(array)),
            DataType::Float64 => Values::Float64(numbers(array)),
            DataType::Utf8 => Values::Text(array.as_string()),
            DataType::Binary => Values::Bytes(array.as_binary()),
            DataType::Date32 => dates(numbers(array)),
            DataType::Time64(TimeUnit::Microsecond) => Values::TimeMicros(numbers(array)),
            DataType::Time64(TimeUnit::Nanosecond) => Values::TimeNanos(numbers(array)),
            DataType::Timestamp(TimeUnit::Microsecond, zone) => Values::TimestampMicros(numbers(array), zone.is_some()),
            DataType::Timestamp(TimeUnit::Nanosecond, zone) => Values::TimestampNanos(numbers(array), zone.is_some()),
            other => return Err(Error::internal(format!("SQLite's writer was handed a column of {other}"))),
        };
        Ok(Encoder { array, values, affinity: affinity(&column.native_type) })
    }

    /// # Errors
    /// Why the value would not be read back as it is; the value itself is not in it.
    pub(super) fn value(&self, row: usize) -> Result<ToSqlOutput<'_>, &'static str> {
        if self.array.is_null(row) {
            return Ok(ToSqlOutput::Borrowed(ValueRef::Null));
        }
        let integer = |n: i64| Ok(ToSqlOutput::Owned(Value::Integer(n)));
        let owned = |text: String| Ok(ToSqlOutput::Owned(Value::Text(text)));
        match &self.values {
            Values::Boolean(array) => integer(array.value(row).into()),
            Values::Int16(array) => integer(array.value(row).into()),
            Values::Int32(array) => integer(array.value(row).into()),
            Values::Int64(array) => integer(array.value(row)),
            Values::Decimal(array, scale) => self.decimal(array.value(row), *scale),
            Values::Float32(array) => self.float(array.value(row).into()),
            Values::Float64(array) => self.float(array.value(row)),
            Values::Text(array) => self.text(array.value(row)),
            Values::Bytes(array) => Ok(ToSqlOutput::Borrowed(ValueRef::Blob(array.value(row)))),
            Values::Date(array) => {
                let date = text::date_text(array.value(row).into());
                // So that whatever is written is read back.
                if text::parse_date(&date).is_err() { Err(FAR_YEAR) } else { owned(date) }
            }
            Values::Dates(bytes) => {
                let at = row * DATE_BYTES;
                Ok(ToSqlOutput::Borrowed(ValueRef::Text(&bytes[at..at + DATE_BYTES])))
            }
            // A microsecond count of a day never overflows as nanoseconds.
            Values::TimeMicros(array) => owned(text::time_text(array.value(row) * 1_000)),
            Values::TimeNanos(array) => owned(text::time_text(array.value(row))),
            Values::TimestampMicros(array, zoned) => {
                owned(text::timestamp_text(array.value(row), Fraction::Micros, *zoned))
            }
            Values::TimestampNanos(array, zoned) => {
                owned(text::timestamp_text(array.value(row), Fraction::Nanos, *zoned))
            }
        }
    }

    /// An exact number: as a number in a numeric column, as its text elsewhere.
    fn decimal(&self, value: i128, scale: i8) -> Result<ToSqlOutput<'_>, &'static str> {
        if self.is_numeric() {
            let power = u32::try_from(scale).ok().and_then(|s| 10i64.checked_pow(s));
            let whole = power.zip(i64::try_from(value).ok()).filter(|(power, value)| value % power == 0);
            if let Some((power, value)) = whole {
                return Ok(ToSqlOutput::Owned(Value::Integer(value / power)));
            }
            if let Some(x) = text::float_of_decimal(value, scale) {
                return Ok(ToSqlOutput::Owned(Value::Real(x)));
            }
        }
        self.number(text::decimal_text(value, scale))
    }

    fn is_numeric(&self) -> bool {
        matches!(self.affinity, Affinity::Numeric | Affinity::Integer | Affinity::Real)
    }

    fn float(&self, x: f64) -> Result<ToSqlOutput<'_>, &'static str> {
        if x.is_nan() {
            return Err("is NaN, which SQLite would store as NULL");
        }
        if x == 0.0 && x.is_sign_negative() && self.is_numeric() {
            return Err("is minus zero, whose sign a REAL column of SQLite does not keep");
        }
        Ok(ToSqlOutput::Owned(Value::Real(x)))
    }

    /// An exact number, as one in a numeric column and as its text elsewhere.
    fn number(&self, number: String) -> Result<ToSqlOutput<'_>, &'static str> {
        if !self.is_numeric() {
            return Ok(ToSqlOutput::Owned(Value::Text(number)));
        }
        let short = match number.split_once('.') {
            Some((whole, fraction)) => match fraction.trim_end_matches('0') {
                "" => whole,
                fraction => &number[..whole.len() + 1 + fraction.len()],
            },
            None => &number,
        };
        if let Ok(n) = short.parse::<i64>() {
            return Ok(ToSqlOutput::Owned(Value::Integer(n)));
        }
        match short.parse::<f64>() {
            Ok(x) if x.to_string() == short => Ok(ToSqlOutput::Owned(Value::Real(x))),
            _ => Err("has more digits than a numeric column of SQLite keeps; a column of type TEXT keeps them"),
        }
    }

    fn text(&self, value: &'a str) -> Result<ToSqlOutput<'a>, &'static str> {
        if self.is_numeric() && !survives(value) {
            return Err("looks like a number, and the column's affinity would rewrite it");
        }
        Ok(ToSqlOutput::Borrowed(ValueRef::Text(value.as_bytes())))
    }
}

const FAR_YEAR: &str = "lies in a year of more than six digits";

/// Bytes of `YYYY-MM-DD`.
const DATE_BYTES: usize = 10;

fn dates(array: &PrimitiveArray<Date32Type>) -> Values<'_> {
    let mut bytes = Vec::with_capacity(array.len() * DATE_BYTES);
    for row in 0..array.len() {
        let days = if array.is_null(row) { 0 } else { array.value(row) };
        match text::date_digits(days.into()) {
            Some(digits) => bytes.extend_from_slice(&digits),
            None => return Values::Date(array),
        }
    }
    Values::Dates(bytes)
}

/// Does a numeric affinity leave this text as it is, or turn it into a number of the same text?
fn survives(text: &str) -> bool {
    let number = text.trim_matches(|c: char| c.is_ascii_whitespace());
    if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b)) {
        return true;
    }
    match (number.parse::<i64>(), number.parse::<f64>()) {
        (Ok(n), _) => n.to_string() == text,
        (_, Ok(x)) => real_text(x) == text,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_affinity_would_rewrite_is_noticed() {
        for kept in ["abc", "12", "-3", "1.5", "2020-01-01", "", "12:00", "1e", "0x10", "e"] {
            assert!(survives(kept), "{kept}");
        }
        for changed in ["007", "1.0", "1.50", "1e5", " 12", "+1", "12345678901234567890"] {
            assert!(!survives(changed), "{changed}");
        }
    }
}
