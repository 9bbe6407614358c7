//! Logical types, their Arrow forms, and the verdict on each conversion.
//!
//! A logical type is what a column means, whatever the database calls it. It must not know any connector: each
//! connector's own `types` maps its names to and from these.

mod verdict;

use std::fmt;

use arrow_schema::{DataType, TimeUnit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use verdict::{Verdict, verdict};

/// What a column means. Lengths are in characters for text, in bytes for binary; `None` is without a limit.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum LogicalType {
    Boolean,
    /// `bits` is 8, 16, 32 or 64.
    Integer {
        bits: u8,
        signed: bool,
    },
    /// Exact number. Without a precision the database keeps as many digits as were written.
    Decimal {
        precision: Option<u8>,
        scale: Option<i8>,
    },
    /// IEEE 754; `bits` is 32 or 64.
    Float {
        bits: u8,
    },
    /// `fixed` pads with spaces to `max`.
    Text {
        max: Option<u32>,
        fixed: bool,
    },
    Binary {
        max: Option<u32>,
    },
    Date,
    /// Time of day; `precision` is the number of fractional digits, 0 to 9.
    Time {
        precision: u8,
    },
    /// `zoned` is an instant; otherwise a wall-clock reading without a zone.
    Timestamp {
        precision: u8,
        zoned: bool,
    },
    Interval,
    Uuid,
    Json,
    Enumeration {
        values: Vec<String>,
    },
    /// Any value in any row: a SQLite column without a declared type.
    Dynamic,
    /// A type that Rowferry carries in the database's own text form.
    Other {
        name: String,
    },
}

impl LogicalType {
    pub const INT16: LogicalType = LogicalType::Integer { bits: 16, signed: true };
    pub const INT32: LogicalType = LogicalType::Integer { bits: 32, signed: true };
    pub const INT64: LogicalType = LogicalType::Integer { bits: 64, signed: true };
    pub const TEXT: LogicalType = LogicalType::Text { max: None, fixed: false };

    /// The largest precision that travels as a number; beyond it decimals travel as text, exactly.
    pub const MAX_DECIMAL: u8 = 38;

    /// The Arrow type in which values of this type travel.
    ///
    /// Decimals without a precision, intervals, JSON, enumerations and foreign types travel as their exact text;
    /// a UUID as its hyphenated lower-case text; times in microseconds, or nanoseconds beyond six digits.
    pub fn arrow(&self) -> DataType {
        let unit = |precision: u8| {
            if precision > 6 { TimeUnit::Nanosecond } else { TimeUnit::Microsecond }
        };
        match self {
            LogicalType::Boolean => DataType::Boolean,
            LogicalType::Integer { bits, signed } => match (bits, signed) {
                (8, true) => DataType::Int8,
                (16, true) => DataType::Int16,
                (32, true) => DataType::Int32,
                (_, true) => DataType::Int64,
                (8, false) => DataType::UInt8,
                (16, false) => DataType::UInt16,
                (32, false) => DataType::UInt32,
                (_, false) => DataType::UInt64,
            },
            LogicalType::Decimal { precision: Some(precision), scale }
                if *precision <= Self::MAX_DECIMAL && (0..=*precision as i8).contains(&scale.unwrap_or(0)) =>
            {
                DataType::Decimal128(*precision, scale.unwrap_or(0))
            }
            LogicalType::Float { bits: 32 } => DataType::Float32,
            LogicalType::Float { .. } => DataType::Float64,
            LogicalType::Binary { .. } => DataType::Binary,
            LogicalType::Date => DataType::Date32,
            LogicalType::Time { precision } => DataType::Time64(unit(*precision)),
            LogicalType::Timestamp { precision, zoned } => {
                DataType::Timestamp(unit(*precision), zoned.then(|| "+00:00".into()))
            }
            LogicalType::Decimal { .. }
            | LogicalType::Text { .. }
            | LogicalType::Interval
            | LogicalType::Uuid
            | LogicalType::Json
            | LogicalType::Enumeration { .. }
            | LogicalType::Dynamic
            | LogicalType::Other { .. } => DataType::Utf8,
        }
    }

    /// The logical type of an expression's result, from its Arrow type.
    pub fn from_arrow(data_type: &DataType) -> LogicalType {
        let digits = |unit: &TimeUnit| match unit {
            TimeUnit::Second => 0,
            TimeUnit::Millisecond => 3,
            TimeUnit::Microsecond => 6,
            TimeUnit::Nanosecond => 9,
        };
        match data_type {
            DataType::Boolean => LogicalType::Boolean,
            DataType::Int8 => LogicalType::Integer { bits: 8, signed: true },
            DataType::Int16 => LogicalType::INT16,
            DataType::Int32 => LogicalType::INT32,
            DataType::Int64 => LogicalType::INT64,
            DataType::UInt8 => LogicalType::Integer { bits: 8, signed: false },
            DataType::UInt16 => LogicalType::Integer { bits: 16, signed: false },
            DataType::UInt32 => LogicalType::Integer { bits: 32, signed: false },
            DataType::UInt64 => LogicalType::Integer { bits: 64, signed: false },
            DataType::Float16 | DataType::Float32 => LogicalType::Float { bits: 32 },
            DataType::Float64 => LogicalType::Float { bits: 64 },
            DataType::Decimal32(p, s)
            | DataType::Decimal64(p, s)
            | DataType::Decimal128(p, s)
            | DataType::Decimal256(p, s) => LogicalType::Decimal { precision: Some(*p), scale: Some(*s) },
            DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
                LogicalType::Binary { max: None }
            }
            DataType::Date32 | DataType::Date64 => LogicalType::Date,
            DataType::Time32(unit) | DataType::Time64(unit) => LogicalType::Time { precision: digits(unit) },
            DataType::Timestamp(unit, zone) => {
                LogicalType::Timestamp { precision: digits(unit), zoned: zone.is_some() }
            }
            DataType::Interval(_) | DataType::Duration(_) => LogicalType::Interval,
            _ => LogicalType::TEXT,
        }
    }

    pub fn is_number(&self) -> bool {
        matches!(self, LogicalType::Integer { .. } | LogicalType::Decimal { .. } | LogicalType::Float { .. })
    }
}

impl fmt::Display for LogicalType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LogicalType::Boolean => f.write_str("boolean"),
            LogicalType::Integer { bits, signed } => {
                write!(f, "{}integer of {bits} bits", if *signed { "" } else { "unsigned " })
            }
            LogicalType::Decimal { precision: Some(p), scale } => write!(f, "decimal({p},{})", scale.unwrap_or(0)),
            LogicalType::Decimal { .. } => f.write_str("decimal of any size"),
            LogicalType::Float { bits } => write!(f, "float of {bits} bits"),
            LogicalType::Text { max: Some(n), fixed } => {
                write!(f, "text of {}{n} characters", if *fixed { "exactly " } else { "at most " })
            }
            LogicalType::Text { .. } => f.write_str("text"),
            LogicalType::Binary { max: Some(n) } => write!(f, "at most {n} bytes"),
            LogicalType::Binary { .. } => f.write_str("bytes"),
            LogicalType::Date => f.write_str("date"),
            LogicalType::Time { precision } => write!(f, "time({precision})"),
            LogicalType::Timestamp { precision, zoned } => {
                write!(f, "timestamp({precision}) {} zone", if *zoned { "with" } else { "without" })
            }
            LogicalType::Interval => f.write_str("interval"),
            LogicalType::Uuid => f.write_str("uuid"),
            LogicalType::Json => f.write_str("json"),
            LogicalType::Enumeration { values } => write!(f, "one of {} values", values.len()),
            LogicalType::Dynamic => f.write_str("any type"),
            LogicalType::Other { name } => f.write_str(name),
        }
    }
}
