//! Values of a document as Arrow cells, from their text in the file.
//!
//! A value that is not of its column's type is refused with a reason, never converted; no reason holds the value.

use std::borrow::Cow;

use datafusion::arrow::datatypes::{DataType, TimeUnit};

use super::parse::text_of;
use super::tree::is_uuid;
use crate::connectors::cells::Cell;
use crate::connectors::infer::plain_decimal;
use crate::connectors::text::{self, Fraction};
use crate::types::LogicalType;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decoder {
    /// The value's own text, whatever it is.
    Json,
    Boolean,
    Integer,
    Decimal {
        precision: u8,
        scale: i8,
    },
    DecimalText,
    Float,
    Date,
    Timestamp {
        fraction: Fraction,
        zoned: bool,
    },
    Uuid,
    Text,
}

const NO_TEXT: &str = "is no text, and the column is one";

impl Decoder {
    pub(super) fn new(logical: &LogicalType) -> Decoder {
        match (logical, logical.arrow()) {
            (LogicalType::Json, _) => Decoder::Json,
            (LogicalType::Uuid, _) => Decoder::Uuid,
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

    /// `raw` is a value that was gone over.
    pub(super) fn decode(self, raw: &str) -> Result<Cell<'_>, &'static str> {
        let first = raw.as_bytes().first().copied().unwrap_or_default();
        if first == b'n' {
            return Ok(Cell::Null);
        }
        let number = first == b'-' || first.is_ascii_digit();
        Ok(match self {
            Decoder::Json => Cell::Text(Cow::Borrowed(raw)),
            Decoder::Boolean => match first {
                b't' => Cell::Boolean(true),
                b'f' => Cell::Boolean(false),
                _ => return Err("is neither true nor false"),
            },
            Decoder::Integer => Cell::Integer(integer(raw).ok_or("is not an integer of 64 bits")?),
            Decoder::Decimal { .. } | Decoder::DecimalText | Decoder::Float if !number => {
                return Err(text::NOT_A_NUMBER);
            }
            Decoder::Decimal { precision, scale } => match short_decimal(raw, precision, scale) {
                Some(value) => Cell::Decimal(value),
                None if is_minus_zero(raw) => return Err("is a minus zero, which a decimal number cannot hold"),
                None => Cell::Decimal(text::parse_decimal(raw, precision, scale)?),
            },
            Decoder::DecimalText if plain_decimal(raw).is_none() => {
                return Err("has an exponent or is a minus zero, in a column of decimal numbers");
            }
            Decoder::DecimalText => Cell::Text(Cow::Borrowed(raw)),
            Decoder::Float => {
                Cell::Float(exact_float(raw).ok_or("has more digits than a floating-point number can hold")?)
            }
            Decoder::Text => Cell::Text(string(raw)?),
            Decoder::Uuid => {
                let text = string(raw)?;
                if !is_uuid(&text) {
                    return Err("is not a UUID in lower-case letters");
                }
                Cell::Text(text)
            }
            Decoder::Date => Cell::Integer(text::parse_date(&string(raw)?)?.into()),
            Decoder::Timestamp { fraction, zoned } => {
                let text = string(raw)?;
                if !text.contains(':') {
                    return Err(text::NOT_A_TIMESTAMP);
                }
                Cell::Integer(text::parse_timestamp(&text)?.timestamp(fraction, zoned)?)
            }
        })
    }
}

fn string(raw: &str) -> Result<Cow<'_, str>, &'static str> {
    if raw.starts_with('"') { text_of(raw) } else { Err(NO_TEXT) }
}

fn integer(raw: &str) -> Option<i64> {
    raw.parse().ok().filter(|n| *n != 0 || raw == "0")
}

fn is_minus_zero(raw: &str) -> bool {
    let mantissa = raw.split(['e', 'E']).next().unwrap_or(raw);
    raw.starts_with('-') && mantissa.bytes().all(|b| matches!(b, b'-' | b'0' | b'.'))
}

/// The unscaled decimal of a number that is short and has no exponent: the common case without memory.
fn short_decimal(raw: &str, precision: u8, scale: i8) -> Option<i128> {
    let (digits, negative) = match raw.strip_prefix('-') {
        Some(rest) => (rest, true),
        None => (raw, false),
    };
    if digits.len() > 18 {
        return None;
    }
    let (mut value, mut point) = (0u64, None);
    for (i, b) in digits.bytes().enumerate() {
        match b {
            b'0'..=b'9' => value = value * 10 + u64::from(b - b'0'),
            b'.' if point.is_none() => point = Some(digits.len() - i - 1),
            _ => return None,
        }
    }
    let missing = usize::try_from(scale).ok()?.checked_sub(point.unwrap_or(0))?;
    let value = i128::from(value).checked_mul(10i128.checked_pow(u32::try_from(missing).ok()?)?)?;
    if value >= 10i128.checked_pow(u32::from(precision))? || (negative && value == 0) {
        return None;
    }
    Some(if negative { -value } else { value })
}

/// The float that is written so; `None` when the nearest one would be printed with other digits.
pub(super) fn exact_float(raw: &str) -> Option<f64> {
    let x: f64 = raw.parse().ok()?;
    if !x.is_finite() {
        return None;
    }
    if raw.len() <= 15 && !raw.contains(['e', 'E']) {
        return Some(x);
    }
    (significant(raw) == significant(&format!("{x:e}"))).then_some(x)
}

/// Digits without zeros around them, and the power of ten of the first one.
fn significant(number: &str) -> (String, i64) {
    let number = number.trim_start_matches('-');
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let exponent: i64 = exponent.parse().unwrap_or(i64::MAX / 2);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = [whole, fraction].concat();
    let zeros = all.bytes().take_while(|b| *b == b'0').count();
    let digits = all.trim_matches('0').to_string();
    if digits.is_empty() { (digits, 0) } else { (digits, exponent + whole.len() as i64 - zeros as i64) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_every_digit_or_are_refused() {
        let decimal = Decoder::Decimal { precision: 6, scale: 2 };
        assert_eq!(decimal.decode("12.5"), Ok(Cell::Decimal(1250)));
        assert_eq!(decimal.decode("-9999.99"), Ok(Cell::Decimal(-999_999)));
        assert_eq!(decimal.decode("1.5e2"), Ok(Cell::Decimal(15_000)));
        assert_eq!(decimal.decode("1.250"), Ok(Cell::Decimal(125)));
        for raw in ["10000", "1.255", "-0", "-0.0", "\"1\"", "true", "1e400"] {
            assert!(decimal.decode(raw).is_err(), "{raw}");
        }
        assert_eq!(Decoder::Integer.decode("-9223372036854775808"), Ok(Cell::Integer(i64::MIN)));
        for raw in ["9223372036854775808", "1.0", "1e2", "-0", "\"1\"", "[]"] {
            assert!(Decoder::Integer.decode(raw).is_err(), "{raw}");
        }
        for raw in ["0.1", "-0", "1.7976931348623157e308", "1e23", "5e-324", "100000000000000000000", "-1.50E+2", "0e5"]
        {
            let Ok(Cell::Float(x)) = Decoder::Float.decode(raw) else { panic!("{raw}") };
            assert_eq!(x.to_bits(), raw.parse::<f64>().unwrap().to_bits(), "{raw}");
        }
        for raw in ["1e400", "0.12345678901234567890", "123456789012345678901", "9007199254740993", "1e-400"] {
            assert!(Decoder::Float.decode(raw).is_err(), "{raw}");
        }
    }

    #[test]
    fn texts_are_not_numbers_and_numbers_are_not_texts() {
        assert_eq!(Decoder::Text.decode(r#""\u00e9\ud83d\udea2\u0000""#), Ok(Cell::Text("é🚢\0".into())));
        assert_eq!(Decoder::Json.decode(r#""\ud83d""#), Ok(Cell::Text(r#""\ud83d""#.into())));
        for raw in [r#""\ud83d""#, "1", "true", "{}"] {
            assert!(Decoder::Text.decode(raw).is_err(), "{raw}");
        }
        for decoder in [Decoder::Text, Decoder::Json, Decoder::Integer, Decoder::Uuid] {
            assert_eq!(decoder.decode("null"), Ok(Cell::Null));
        }
    }
}
