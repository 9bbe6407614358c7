//! One value on its way into a column: what the column takes, and its binary and text forms.
//!
//! Invariant: a value arrives as it is or is refused with a reason; the server would round, trim or wrap some of
//! them in silence (fractional seconds, trailing spaces, digits after the point), so that is checked here.

use datafusion::arrow::datatypes::{DataType, TimeUnit};

use super::numeric::{Digits, Parsed, encode_decimal};
use super::text::{self, EPOCH_DAYS, EPOCH_MICROS, MICROS_A_DAY};

/// First day and the day after the last that the server knows, counted from 2000-01-01 (`IS_VALID_DATE`).
const DAYS: std::ops::Range<i64> = -2_451_545..2_145_031_949;
/// First microsecond and the one after the last, counted from 2000-01-01 (`MIN_TIMESTAMP`, `END_TIMESTAMP`).
const MICROS: std::ops::Range<i64> = -211_813_488_000_000_000..9_223_371_331_200_000_000;

/// What a column of the target takes, under any domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Bool,
    Int2,
    Int4,
    Int8,
    Float4,
    Float8,
    /// Digits after the point, where the type limits them.
    Numeric {
        scale: Option<i16>,
    },
    /// Characters, where the type limits them.
    Text {
        max: Option<u32>,
    },
    Bytea,
    Date,
    Time {
        precision: u8,
    },
    Timestamp {
        precision: u8,
        zoned: bool,
    },
    Uuid,
    Json,
    Jsonb,
    Enum,
    /// Only the server can read it, from text.
    Other,
}

/// One value of a batch. Times of day and timestamps are in nanoseconds, dates in days since 1970.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value<'a> {
    Null,
    Bool(bool),
    Int(i128),
    Float32(f32),
    Float64(f64),
    Decimal(i128, u8),
    Text(&'a str),
    Bytes(&'a [u8]),
    Date(i64),
    Time(i128),
    Timestamp { nanos: i128, zoned: bool },
}

/// Why a value cannot be stored; never the value.
pub(super) type Refused = &'static str;

const MISMATCH: Refused = "its type is not the column's";

impl Kind {
    /// Has this Arrow type a binary form for the column?
    pub(super) fn takes_binary(self, from: &DataType) -> bool {
        match self {
            Kind::Bool => *from == DataType::Boolean,
            Kind::Int2 | Kind::Int4 | Kind::Int8 => from.is_integer(),
            Kind::Float4 => *from == DataType::Float32,
            Kind::Float8 => matches!(from, DataType::Float32 | DataType::Float64),
            Kind::Numeric { .. } => from.is_integer() || matches!(from, DataType::Decimal128(_, 0..) | DataType::Utf8),
            Kind::Text { .. } | Kind::Uuid | Kind::Json | Kind::Jsonb | Kind::Enum => *from == DataType::Utf8,
            Kind::Bytea => *from == DataType::Binary,
            Kind::Date => *from == DataType::Date32,
            Kind::Time { .. } => matches!(from, DataType::Time64(_)),
            Kind::Timestamp { zoned, .. } => matches!(
                from,
                DataType::Timestamp(TimeUnit::Microsecond | TimeUnit::Nanosecond, zone) if zone.is_some() == zoned
            ),
            Kind::Other => false,
        }
    }

    /// Appends the field: its length and its binary form.
    pub(super) fn binary(self, value: Value<'_>, out: &mut Vec<u8>) -> Result<(), Refused> {
        if value == Value::Null {
            out.extend((-1i32).to_be_bytes());
            return Ok(());
        }
        let at = out.len();
        out.extend([0; 4]);
        self.form(value, out)?;
        let length = i32::try_from(out.len() - at - 4).map_err(|_| "it is longer than a field can be")?;
        out[at..at + 4].copy_from_slice(&length.to_be_bytes());
        Ok(())
    }

    fn form(self, value: Value<'_>, out: &mut Vec<u8>) -> Result<(), Refused> {
        self.check(value)?;
        const RANGE: Refused = "the number is outside the column's range";
        match (self, value) {
            (Kind::Bool, Value::Bool(b)) => out.push(u8::from(b)),
            (Kind::Int2, Value::Int(n)) => out.extend(i16::try_from(n).map_err(|_| RANGE)?.to_be_bytes()),
            (Kind::Int4, Value::Int(n)) => out.extend(i32::try_from(n).map_err(|_| RANGE)?.to_be_bytes()),
            (Kind::Int8, Value::Int(n)) => out.extend(i64::try_from(n).map_err(|_| RANGE)?.to_be_bytes()),
            (Kind::Float4, Value::Float32(f)) => out.extend(f.to_be_bytes()),
            (Kind::Float8, Value::Float32(f)) => out.extend(f64::from(f).to_be_bytes()),
            (Kind::Float8, Value::Float64(f)) => out.extend(f.to_be_bytes()),
            (Kind::Numeric { .. }, Value::Int(n)) => encode_decimal(n, 0, out),
            (Kind::Numeric { .. }, Value::Decimal(n, scale)) => encode_decimal(n, scale, out),
            (Kind::Numeric { .. }, Value::Text(t)) => Parsed::parse(t).ok_or("the text is not a number")?.encode(out),
            (Kind::Text { .. } | Kind::Json | Kind::Enum, Value::Text(t)) => out.extend(t.as_bytes()),
            (Kind::Jsonb, Value::Text(t)) => {
                out.push(1);
                out.extend(t.as_bytes());
            }
            (Kind::Uuid, Value::Text(t)) => {
                out.extend(uuid::Uuid::try_parse(t).map_err(|_| "the text is not a UUID")?.as_bytes());
            }
            (Kind::Bytea, Value::Bytes(b)) => out.extend(b),
            (Kind::Date, Value::Date(days)) => out.extend(((days - EPOCH_DAYS) as i32).to_be_bytes()),
            (Kind::Time { .. }, Value::Time(nanos)) => out.extend(((nanos / 1000) as i64).to_be_bytes()),
            (Kind::Timestamp { .. }, Value::Timestamp { nanos, .. }) => {
                let micros = nanos.div_euclid(1000) - i128::from(EPOCH_MICROS);
                out.extend((micros as i64).to_be_bytes());
            }
            _ => return Err(MISMATCH),
        }
        Ok(())
    }

    /// Appends the value in COPY's text format.
    pub(super) fn text(self, value: Value<'_>, out: &mut Vec<u8>) -> Result<(), Refused> {
        self.check(value)?;
        let printed = match value {
            Value::Null => {
                out.extend(b"\\N");
                return Ok(());
            }
            Value::Text(t) => {
                escape(t, out);
                return Ok(());
            }
            Value::Bool(b) => if b { "true" } else { "false" }.to_string(),
            Value::Int(n) => n.to_string(),
            Value::Float32(f) => text::float32(f),
            Value::Float64(f) => text::float(f),
            Value::Decimal(n, scale) => Digits::from_decimal(n, scale).print(),
            Value::Bytes(b) => text::bytes(b),
            Value::Date(days) => text::date(days),
            Value::Time(nanos) => text::time((nanos / 1000) as i64),
            Value::Timestamp { nanos, zoned } => {
                let micros = i64::try_from(nanos.div_euclid(1000)).map_err(|_| "the timestamp is out of range")?;
                text::timestamp(micros, zoned)
            }
        };
        escape(&printed, out);
        Ok(())
    }

    /// What the server would change in silence, or refuse for the whole batch.
    pub(super) fn check(self, value: Value<'_>) -> Result<(), Refused> {
        const DIGITS: Refused = "the number has more digits after the point than the column keeps";
        match (self, value) {
            (_, Value::Text(t)) if t.as_bytes().contains(&0) => {
                return Err("the text holds the character NUL, which PostgreSQL does not store");
            }
            (Kind::Text { max: Some(max) }, Value::Text(t))
                if t.len() > max as usize && t.chars().count() > max as usize =>
            {
                return Err("the text is longer than the column");
            }
            (Kind::Numeric { scale: Some(keeps) }, Value::Decimal(n, scale)) if i16::from(scale) > keeps => {
                fits(&Digits::from_decimal(n, scale), keeps).ok_or(DIGITS)?;
            }
            (Kind::Numeric { scale: Some(keeps) }, Value::Text(t)) => {
                if let Some(Parsed::Finite(digits)) = Parsed::parse(t) {
                    fits(&digits, keeps).ok_or(DIGITS)?;
                }
            }
            (Kind::Date, Value::Date(days)) if !DAYS.contains(&(days - EPOCH_DAYS)) => {
                return Err("the date is out of range");
            }
            (kind, Value::Time(nanos)) => {
                if !(0..=i128::from(MICROS_A_DAY) * 1000).contains(&nanos) {
                    return Err("the time is out of range");
                }
                let precision = if let Kind::Time { precision } = kind { precision } else { 6 };
                exact(nanos, precision)?;
            }
            (kind, Value::Timestamp { nanos, .. }) => {
                let micros = nanos.div_euclid(1000) - i128::from(EPOCH_MICROS);
                if !i64::try_from(micros).is_ok_and(|m| MICROS.contains(&m)) {
                    return Err("the timestamp is out of range");
                }
                let precision = if let Kind::Timestamp { precision, .. } = kind { precision } else { 6 };
                exact(nanos, precision)?;
            }
            _ => {}
        }
        Ok(())
    }
}

fn fits(digits: &Digits, keeps: i16) -> Option<()> {
    match usize::try_from(keeps) {
        Ok(keeps) => digits.significant_scale() <= keeps,
        // A negative scale rounds to tens, hundreds and so on.
        Err(_) => digits.significant_scale() == 0 && digits.trailing_zeros() >= usize::from(keeps.unsigned_abs()),
    }
    .then_some(())
}

fn exact(nanos: i128, precision: u8) -> Result<(), Refused> {
    let unit = 10i128.pow(u32::from(9 - precision.min(9)));
    if nanos % unit == 0 { Ok(()) } else { Err("it has more fractional digits than the column keeps") }
}

fn escape(text: &str, out: &mut Vec<u8>) {
    for byte in text.bytes() {
        match byte {
            b'\\' => out.extend(b"\\\\"),
            b'\n' => out.extend(b"\\n"),
            b'\r' => out.extend(b"\\r"),
            b'\t' => out.extend(b"\\t"),
            _ => out.push(byte),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binary(kind: Kind, value: Value<'_>) -> Result<Vec<u8>, Refused> {
        let mut out = Vec::new();
        kind.binary(value, &mut out).map(|()| out)
    }

    fn text(kind: Kind, value: Value<'_>) -> Result<String, Refused> {
        let mut out = Vec::new();
        kind.text(value, &mut out).map(|()| String::from_utf8(out).unwrap())
    }

    #[test]
    fn what_the_server_would_change_in_silence_is_refused() {
        let varchar = Kind::Text { max: Some(3) };
        assert!(binary(varchar, Value::Text("abc   ")).is_err());
        assert!(binary(varchar, Value::Text("ابت")).is_ok());
        assert!(binary(Kind::Numeric { scale: Some(2) }, Value::Text("1.005")).is_err());
        assert!(binary(Kind::Numeric { scale: Some(2) }, Value::Text("1.0500")).is_ok());
        assert!(binary(Kind::Numeric { scale: Some(-2) }, Value::Text("1250")).is_err());
        assert!(binary(Kind::Numeric { scale: Some(-2) }, Value::Text("1200")).is_ok());
        let millis = Kind::Timestamp { precision: 3, zoned: false };
        assert!(binary(millis, Value::Timestamp { nanos: 1_000, zoned: false }).is_err());
        assert!(binary(millis, Value::Timestamp { nanos: -1_000_000, zoned: false }).is_ok());
        assert!(binary(Kind::Time { precision: 6 }, Value::Time(1)).is_err());
        assert!(text(Kind::Time { precision: 0 }, Value::Time(1_000_000)).is_err());
    }

    #[test]
    fn values_at_the_edges_are_stored_or_refused() {
        assert!(binary(Kind::Int2, Value::Int(32_768)).is_err());
        assert_eq!(binary(Kind::Int2, Value::Int(-32_768)).unwrap(), [0, 0, 0, 2, 0x80, 0]);
        assert!(binary(Kind::Text { max: None }, Value::Text("a\0b")).is_err());
        assert!(binary(Kind::Date, Value::Date(i64::from(i32::MAX))).is_err());
        assert!(binary(Kind::Date, Value::Date(i64::from(i32::MIN))).is_err());
        assert!(binary(Kind::Uuid, Value::Text("not a uuid")).is_err());
        let nan = f64::from_bits(0x7ff8_0000_0000_0001);
        assert_eq!(&binary(Kind::Float8, Value::Float64(nan)).unwrap()[4..], nan.to_bits().to_be_bytes());
        assert_eq!(binary(Kind::Bytea, Value::Bytes(&[])).unwrap(), [0, 0, 0, 0]);
        assert_eq!(binary(Kind::Jsonb, Value::Text("{}")).unwrap(), [0, 0, 0, 3, 1, b'{', b'}']);
    }

    #[test]
    fn text_form_is_escaped_once() {
        assert_eq!(text(Kind::Other, Value::Text("a\\b\tc\nd\r")).unwrap(), "a\\\\b\\tc\\nd\\r");
        assert_eq!(text(Kind::Bytea, Value::Bytes(&[0xff])).unwrap(), "\\\\xff");
        assert_eq!(text(Kind::Other, Value::Null).unwrap(), "\\N");
        assert_eq!(text(Kind::Numeric { scale: None }, Value::Decimal(-5, 3)).unwrap(), "-0.005");
    }
}
