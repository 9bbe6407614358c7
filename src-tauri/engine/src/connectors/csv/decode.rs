//! Fields as Arrow cells.
//!
//! Reasons say why a field is not of its column's type, and never hold the value.

use std::borrow::Cow;

use datafusion::arrow::datatypes::{DataType, TimeUnit};

use crate::connectors::cells::Cell;
use crate::connectors::text::{self, Fraction};
use crate::types::LogicalType;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decoder {
    Boolean,
    Integer,
    Decimal { precision: u8, scale: i8 },
    DecimalText,
    Float,
    Date,
    Timestamp { fraction: Fraction, zoned: bool },
    Text,
}

impl Decoder {
    pub(super) fn new(logical: &LogicalType) -> Decoder {
        match (logical, logical.arrow()) {
            (_, DataType::Boolean) => Decoder::Boolean,
            (_, DataType::Int64) => Decoder::Integer,
            (_, DataType::Decimal128(precision, scale)) => Decoder::Decimal { precision, scale },
            (LogicalType::Decimal { .. }, _) => Decoder::DecimalText,
            (_, DataType::Float64) => Decoder::Float,
            (_, DataType::Date32) => Decoder::Date,
            (_, DataType::Timestamp(unit, zone)) => Decoder::Timestamp {
                fraction: if unit == TimeUnit::Nanosecond { Fraction::Nanos } else { Fraction::Micros },
                zoned: zone.is_some(),
            },
            _ => Decoder::Text,
        }
    }

    pub(super) fn decode(self, value: Cow<'_, str>) -> Result<Cell<'_>, &'static str> {
        Ok(match self {
            Decoder::Text => Cell::Text(value),
            Decoder::Boolean if is_boolean(&value) => Cell::Boolean(value.eq_ignore_ascii_case("true")),
            Decoder::Boolean => return Err("is neither true nor false"),
            Decoder::Integer => match value.parse() {
                Ok(n) if is_integer(&value) => Cell::Integer(n),
                _ => return Err("is not an integer of 64 bits without leading zeros"),
            },
            Decoder::Decimal { .. } | Decoder::DecimalText if plain_decimal(&value).is_none() => {
                return Err("is not a decimal number without leading zeros");
            }
            Decoder::Decimal { precision, scale } => Cell::Decimal(text::parse_decimal(&value, precision, scale)?),
            Decoder::DecimalText => Cell::Text(value),
            Decoder::Float => match value.parse::<f64>() {
                Ok(x) if x.is_finite() => Cell::Float(x),
                _ => return Err(text::NOT_A_NUMBER),
            },
            Decoder::Date => Cell::Integer(text::parse_date(&value)?.into()),
            Decoder::Timestamp { .. } if !value.contains(':') => return Err(text::NOT_A_TIMESTAMP),
            Decoder::Timestamp { fraction, zoned } => {
                Cell::Integer(text::parse_timestamp(&value)?.timestamp(fraction, zoned)?)
            }
        })
    }
}

pub(super) fn is_boolean(value: &str) -> bool {
    value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false")
}

/// An integer of 64 bits that is written as it would be printed.
pub(super) fn is_integer(value: &str) -> bool {
    value.parse::<i64>().is_ok() && plain_decimal(value).is_some()
}

/// Digits before and after the point of a number that loses nothing but zeros at its end when it is read: no plus, no
/// leading zeros, no minus before zero.
pub(super) fn plain_decimal(value: &str) -> Option<(usize, usize)> {
    let digits = value.strip_prefix('-').unwrap_or(value);
    let (whole, fraction) = match digits.split_once('.') {
        Some((_, "")) => return None,
        Some(parts) => parts,
        None => (digits, ""),
    };
    let numeric = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let padded = whole.len() > 1 && whole.starts_with('0');
    let minus_zero = value.starts_with('-') && digits.bytes().all(|b| b == b'0' || b == b'.');
    if whole.is_empty() || padded || minus_zero || !numeric(whole) || !numeric(fraction) {
        return None;
    }
    Some((if whole == "0" { 0 } else { whole.len() }, fraction.len()))
}
