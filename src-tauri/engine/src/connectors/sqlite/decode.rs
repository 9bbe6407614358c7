//! Stored values as Arrow cells.
//!
//! A value that is not of its column's kind is refused with a reason, never converted; no reason holds the value.

use std::borrow::Cow;

use datafusion::arrow::datatypes::{DataType, TimeUnit};
use rusqlite::types::ValueRef;

use super::types::read_type;
use crate::catalog::Column;
use crate::connectors::cells::Cell;
use crate::connectors::text::{self, Fraction, bytes_text, text_or_bytes};
use crate::model::ReadAs;
use crate::types::LogicalType;

/// How one column's values are decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decoder {
    Boolean,
    Integer,
    Decimal {
        precision: u8,
        scale: i8,
    },
    /// A decimal that travels as text.
    DecimalText,
    Float,
    Text,
    Uuid,
    /// A UUID stored as sixteen bytes; `swapped` with the time's high part first.
    UuidBytes {
        swapped: bool,
    },
    Bytes,
    Date,
    Time(Fraction),
    Timestamp {
        fraction: Fraction,
        zoned: bool,
    },
}

impl Decoder {
    /// For a column as a person wants it read.
    pub(super) fn of(column: &Column) -> Decoder {
        match column.reading.as_ref().and_then(|r| r.read_as) {
            Some(ReadAs::Uuid) => Decoder::UuidBytes { swapped: false },
            Some(ReadAs::UuidSwapped) => Decoder::UuidBytes { swapped: true },
            _ => Decoder::new(&column.logical),
        }
    }

    pub(super) fn new(logical: &LogicalType) -> Decoder {
        let fraction = |unit: &TimeUnit| match unit {
            TimeUnit::Nanosecond => Fraction::Nanos,
            _ => Fraction::Micros,
        };
        match (logical, read_type(logical)) {
            (_, DataType::Boolean) => Decoder::Boolean,
            (_, DataType::Int64) => Decoder::Integer,
            (_, DataType::Decimal128(precision, scale)) => Decoder::Decimal { precision, scale },
            (LogicalType::Decimal { .. }, _) => Decoder::DecimalText,
            (_, DataType::Float64) => Decoder::Float,
            (_, DataType::Binary) => Decoder::Bytes,
            (_, DataType::Date32) => Decoder::Date,
            (_, DataType::Time64(unit)) => Decoder::Time(fraction(&unit)),
            (_, DataType::Timestamp(unit, zone)) => {
                Decoder::Timestamp { fraction: fraction(&unit), zoned: zone.is_some() }
            }
            (LogicalType::Uuid, _) => Decoder::Uuid,
            _ => Decoder::Text,
        }
    }

    pub(super) fn decode<'a>(self, value: ValueRef<'a>) -> Result<Cell<'a>, &'static str> {
        Ok(match (self, value) {
            (_, ValueRef::Null) => Cell::Null,
            (Decoder::Boolean, ValueRef::Integer(0)) => Cell::Boolean(false),
            (Decoder::Boolean, ValueRef::Integer(1)) => Cell::Boolean(true),
            (Decoder::Boolean, _) => return Err("is neither 0 nor 1, and the column is a boolean"),
            (Decoder::Integer, ValueRef::Integer(n)) => Cell::Integer(n),
            (Decoder::Integer, ValueRef::Real(_)) => return Err("is a real number in a column of integers"),
            (Decoder::Integer, ValueRef::Text(_)) => return Err("is text in a column of integers"),
            (Decoder::Integer, ValueRef::Blob(_)) => return Err("is bytes in a column of integers"),
            (Decoder::Decimal { precision, scale }, value) => {
                if let ValueRef::Real(x) = value
                    && let Some(unscaled) = text::decimal_of_float(x, precision, scale)
                {
                    return Ok(Cell::Decimal(unscaled));
                }
                Cell::Decimal(text::parse_decimal(&number_text(value)?, precision, scale)?)
            }
            (Decoder::DecimalText, value) => {
                let number = number_text(value)?;
                if !is_decimal(&number) {
                    return Err(text::NOT_A_NUMBER);
                }
                Cell::Text(number)
            }
            (Decoder::Float, ValueRef::Real(x)) => Cell::Float(x),
            (Decoder::Float, ValueRef::Integer(n)) => Cell::Float(exact_float(n)?),
            (Decoder::Float, ValueRef::Text(_)) => return Err("is text in a column of floating-point numbers"),
            (Decoder::Float, ValueRef::Blob(_)) => return Err("is bytes in a column of floating-point numbers"),
            (Decoder::Text, ValueRef::Text(bytes)) => Cell::Text(Cow::Borrowed(utf8(bytes)?)),
            (Decoder::Text, ValueRef::Integer(n)) => Cell::Text(Cow::Owned(n.to_string())),
            (Decoder::Text, ValueRef::Real(x)) => Cell::Text(Cow::Owned(real_text(x))),
            (Decoder::Text, ValueRef::Blob(_)) => return Err("is bytes, and the column travels as text"),
            (Decoder::Uuid, ValueRef::Text(bytes)) => {
                let uuid = uuid::Uuid::try_parse(utf8(bytes)?).map_err(|_| "is not a UUID")?;
                Cell::Text(Cow::Owned(uuid.hyphenated().to_string()))
            }
            (Decoder::Uuid, ValueRef::Blob(_)) => {
                return Err("is a UUID in bytes, whose order is not known; make it text at the source");
            }
            (Decoder::Uuid, _) => return Err("is not a UUID"),
            (Decoder::UuidBytes { swapped }, ValueRef::Blob(bytes)) => {
                let bytes: [u8; 16] = bytes.try_into().map_err(|_| "is not sixteen bytes, and is read as a UUID")?;
                Cell::Text(Cow::Owned(uuid_of(bytes, swapped).hyphenated().to_string()))
            }
            (Decoder::UuidBytes { .. }, _) => return Err("is not stored as bytes, and is read as a UUID of bytes"),
            (Decoder::Bytes, ValueRef::Blob(bytes)) => Cell::Bytes(bytes),
            (Decoder::Bytes, _) => return Err("is not stored as bytes, and the column is of bytes"),
            (Decoder::Date, ValueRef::Text(bytes)) => Cell::Integer(date(utf8(bytes)?)?),
            (Decoder::Time(fraction), ValueRef::Text(bytes)) => {
                Cell::Integer(text::parse_time(utf8(bytes)?, fraction)?)
            }
            (Decoder::Timestamp { fraction, zoned }, ValueRef::Text(bytes)) => {
                Cell::Integer(text::parse_timestamp(utf8(bytes)?)?.timestamp(fraction, zoned)?)
            }
            (_, ValueRef::Integer(_)) => {
                return Err("is an integer, perhaps a Unix time, in a column of dates or times; ISO text is needed");
            }
            (_, ValueRef::Real(_)) => {
                return Err(
                    "is a real number, perhaps a Julian day, in a column of dates or times; ISO text is needed",
                );
            }
            (_, ValueRef::Blob(_)) => return Err("is bytes in a column of dates or times"),
        })
    }
}

/// MySQL's `uuid_to_bin(…, 1)` puts the time's high part first, then its middle, then its low part.
fn uuid_of(bytes: [u8; 16], swapped: bool) -> uuid::Uuid {
    if !swapped {
        return uuid::Uuid::from_bytes(bytes);
    }
    let mut plain = bytes;
    plain[..4].copy_from_slice(&bytes[4..8]);
    plain[4..6].copy_from_slice(&bytes[2..4]);
    plain[6..8].copy_from_slice(&bytes[..2]);
    uuid::Uuid::from_bytes(plain)
}

/// Any stored value as text, for the reject file.
pub(super) fn shown(value: ValueRef<'_>) -> Option<String> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(n) => Some(n.to_string()),
        ValueRef::Real(x) => Some(real_text(x)),
        ValueRef::Text(bytes) => Some(text_or_bytes(bytes)),
        ValueRef::Blob(bytes) => Some(bytes_text(bytes)),
    }
}

/// The shortest text that reads back as the same number.
pub(super) fn real_text(x: f64) -> String {
    // Beyond this Rust writes out every zero.
    if x != 0.0 && x.is_finite() && !(1e-7..1e21).contains(&x.abs()) { format!("{x:e}") } else { x.to_string() }
}

fn number_text(value: ValueRef<'_>) -> Result<Cow<'_, str>, &'static str> {
    match value {
        ValueRef::Integer(n) => Ok(Cow::Owned(n.to_string())),
        ValueRef::Real(x) if x.is_finite() => Ok(Cow::Owned(x.to_string())),
        ValueRef::Text(bytes) => Ok(Cow::Borrowed(utf8(bytes)?.trim())),
        _ => Err(text::NOT_A_NUMBER),
    }
}

/// Digits with a point, or what PostgreSQL's numeric has beside them.
fn is_decimal(number: &str) -> bool {
    if matches!(number, "NaN" | "Infinity" | "-Infinity") {
        return true;
    }
    let digits = number.strip_prefix(['-', '+']).unwrap_or(number);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    !(whole.is_empty() && fraction.is_empty()) && whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit())
}

fn exact_float(n: i64) -> Result<f64, &'static str> {
    let x = n as f64;
    if x as i128 == i128::from(n) { Ok(x) } else { Err("is an integer that a floating-point number cannot hold") }
}

fn date(text: &str) -> Result<i64, &'static str> {
    text::parse_date(text).map(i64::from).or_else(|reason| {
        // Some programs write dates with the clock at midnight; that is the same day.
        match text::parse_timestamp(text) {
            Ok(reading) if reading.nanos_of_day == 0 && reading.offset.is_none() => {
                i32::try_from(reading.days).map(i64::from).map_err(|_| text::OUT_OF_RANGE)
            }
            _ => Err(reason),
        }
    })
}

fn utf8(bytes: &[u8]) -> Result<&str, &'static str> {
    std::str::from_utf8(bytes).map_err(|_| "is text that is not valid UTF-8")
}
