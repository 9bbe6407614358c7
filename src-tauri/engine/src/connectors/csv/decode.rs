//! Fields as Arrow cells.
//!
//! Reasons say why a field is not of its column's type, and never hold the value.

use std::borrow::Cow;

use datafusion::arrow::datatypes::{DataType, TimeUnit};

use crate::connectors::cells::Cell;
use crate::connectors::infer::{is_integer, plain_decimal};
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
