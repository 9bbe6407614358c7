//! Declared types and logical types.
//!
//! SQLite keeps the declared type as text, takes from it an affinity, and stores whatever it is given. So a declared
//! type is read for what it means, and one is chosen for new columns whose affinity never changes a value:
//!
//! | logical | declared | affinity |
//! |---|---|---|
//! | boolean | `BOOLEAN` | NUMERIC, 0 and 1 |
//! | integers to 64 bits | `SMALLINT`, `INT4`, `BIGINT` | INTEGER |
//! | decimal, precision ≤ 15 | `DECIMAL(p,s)` | NUMERIC: 15 digits survive a binary float |
//! | any other decimal | `DECIMAL_TEXT(p,s)`, `DECIMAL_TEXT` | TEXT |
//! | float | `FLOAT4`, `DOUBLE` | REAL |
//! | text, enumerations, foreign types | `VARCHAR(n)`, `CHAR(n)`, `TEXT` | TEXT |
//! | json, uuid, interval | `JSON_TEXT`, `UUID_TEXT`, `DURATION_TEXT` | TEXT |
//! | bytes | `BLOB`, `BLOB(n)` | BLOB |
//! | date, time, timestamp | `DATE`, `TIME(p)`, `TIMESTAMP(p)`, `TIMESTAMPTZ(p)` | NUMERIC, which leaves ISO text alone |
//!
//! Affinity rules: <https://sqlite.org/datatype3.html#determination_of_column_affinity>.

use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use std::sync::Arc;

use crate::catalog::Table;
use crate::error::{Error, ErrorKind, Result};
use crate::types::LogicalType;

/// The longest decimal that SQLite's REAL gives back digit for digit (C's `DBL_DIG`).
pub(super) const EXACT_DIGITS: u8 = 15;

/// Fractional digits of a time whose declared type gives none.
const DEFAULT_FRACTION: u8 = 6;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Affinity {
    Integer,
    Text,
    Blob,
    Real,
    Numeric,
}

pub(super) fn affinity(declared: &str) -> Affinity {
    let name = declared.to_ascii_uppercase();
    let has = |part: &str| name.contains(part);
    if has("INT") {
        Affinity::Integer
    } else if has("CHAR") || has("CLOB") || has("TEXT") {
        Affinity::Text
    } else if has("BLOB") || name.is_empty() {
        Affinity::Blob
    } else if has("REAL") || has("FLOA") || has("DOUB") {
        Affinity::Real
    } else {
        Affinity::Numeric
    }
}

/// What a declared type means.
pub(super) fn logical(declared: &str) -> LogicalType {
    let (name, arguments) = name_and_arguments(declared);
    let first = arguments.first().copied();
    let length = first.and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0);
    let fraction = first.and_then(|n| u8::try_from(n).ok()).filter(|n| *n <= 9).unwrap_or(DEFAULT_FRACTION);
    match name.as_str() {
        "" => LogicalType::Dynamic,
        "ANY" => LogicalType::Dynamic,
        "BOOLEAN" | "BOOL" => LogicalType::Boolean,
        "TINYINT" | "SMALLINT" | "INT2" | "INT1" => LogicalType::INT16,
        "INT4" | "INT3" | "MEDIUMINT" => LogicalType::INT32,
        "NUMERIC" | "DECIMAL" | "DEC" | "NUMBER" | "MONEY" | "DECIMAL_TEXT" => decimal(&arguments),
        "FLOAT4" => LogicalType::Float { bits: 32 },
        "DATE" => LogicalType::Date,
        "TIME" | "TIME WITHOUT TIME ZONE" => LogicalType::Time { precision: fraction },
        "DATETIME" | "TIMESTAMP" | "TIMESTAMP WITHOUT TIME ZONE" => {
            LogicalType::Timestamp { precision: fraction, zoned: false }
        }
        "TIMESTAMPTZ" | "TIMESTAMP WITH TIME ZONE" => LogicalType::Timestamp { precision: fraction, zoned: true },
        "UUID" | "UUID_TEXT" | "GUID" | "UNIQUEIDENTIFIER" => LogicalType::Uuid,
        "JSON" | "JSON_TEXT" => LogicalType::Json,
        "INTERVAL" | "DURATION_TEXT" => LogicalType::Interval,
        "BYTEA" | "BINARY" | "VARBINARY" => LogicalType::Binary { max: length },
        "STRING" => LogicalType::Text { max: length, fixed: false },
        _ => match affinity(&name) {
            Affinity::Integer => LogicalType::INT64,
            // SQLite does not pad: a `CHAR(n)` holds what was written.
            Affinity::Text => LogicalType::Text { max: length, fixed: false },
            Affinity::Blob => LogicalType::Binary { max: length },
            Affinity::Real => LogicalType::Float { bits: 64 },
            Affinity::Numeric => LogicalType::Dynamic,
        },
    }
}

/// The declared type for a new column.
pub(super) fn declared(logical: &LogicalType) -> String {
    let fraction = |name: &str, precision: u8| {
        if precision == DEFAULT_FRACTION { name.to_string() } else { format!("{name}({precision})") }
    };
    match logical {
        LogicalType::Boolean => "BOOLEAN".into(),
        LogicalType::Integer { bits: 64, signed: false } => "DECIMAL_TEXT(20,0)".into(),
        LogicalType::Integer { bits, signed } => match (bits, signed) {
            (8, _) | (16, true) => "SMALLINT".into(),
            (16, false) | (32, true) => "INT4".into(),
            _ => "BIGINT".into(),
        },
        LogicalType::Decimal { precision: Some(precision), scale } => {
            let scale = scale.unwrap_or(0);
            let exact = *precision <= EXACT_DIGITS && (0..=*precision as i8).contains(&scale);
            format!("{}({precision},{scale})", if exact { "DECIMAL" } else { "DECIMAL_TEXT" })
        }
        LogicalType::Decimal { .. } => "DECIMAL_TEXT".into(),
        LogicalType::Float { bits: 32 } => "FLOAT4".into(),
        LogicalType::Float { .. } => "DOUBLE".into(),
        LogicalType::Text { max: Some(n), fixed: true } => format!("CHAR({n})"),
        LogicalType::Text { max: Some(n), .. } => format!("VARCHAR({n})"),
        LogicalType::Binary { max: Some(n) } => format!("BLOB({n})"),
        LogicalType::Binary { .. } => "BLOB".into(),
        LogicalType::Date => "DATE".into(),
        LogicalType::Time { precision } => fraction("TIME", *precision),
        LogicalType::Timestamp { precision, zoned: false } => fraction("TIMESTAMP", *precision),
        LogicalType::Timestamp { precision, zoned: true } => fraction("TIMESTAMPTZ", *precision),
        LogicalType::Interval => "DURATION_TEXT".into(),
        LogicalType::Uuid => "UUID_TEXT".into(),
        LogicalType::Json => "JSON_TEXT".into(),
        LogicalType::Text { .. }
        | LogicalType::Enumeration { .. }
        | LogicalType::Dynamic
        | LogicalType::Other { .. } => "TEXT".into(),
    }
}

/// The Arrow type in which a column is read: as wide as SQLite itself, whatever was declared.
pub(super) fn read_type(logical: &LogicalType) -> DataType {
    match logical {
        LogicalType::Integer { .. } => DataType::Int64,
        LogicalType::Float { .. } => DataType::Float64,
        other => other.arrow(),
    }
}

/// The schema of these columns of the table, each with the type that `data_type` gives it.
pub(super) fn schema(
    table: &Table,
    columns: &[String],
    data_type: impl Fn(&LogicalType) -> DataType,
) -> Result<SchemaRef> {
    let fields = columns
        .iter()
        .map(|name| {
            let column = table.column(name).ok_or_else(|| {
                Error::new(ErrorKind::NotFound, format!("table {} has no column {name}", table.name))
                    .table(table.name.to_string())
                    .column(name)
            })?;
            Ok(Field::new(name, data_type(&column.logical), true))
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(Arc::new(Schema::new(fields)))
}

fn decimal(arguments: &[i64]) -> LogicalType {
    let precision = arguments.first().and_then(|p| u8::try_from(*p).ok()).filter(|p| *p > 0);
    let scale = precision.map(|_| arguments.get(1).and_then(|s| i8::try_from(*s).ok()).unwrap_or(0));
    LogicalType::Decimal { precision, scale }
}

/// `numeric ( 10 , 2 )` → `NUMERIC`, 10 and 2. Arguments may stand in the middle: `TIMESTAMP(3) WITH TIME ZONE`.
fn name_and_arguments(declared: &str) -> (String, Vec<i64>) {
    let (before, rest) = declared.split_once('(').unwrap_or((declared, ""));
    let (inside, after) = rest.split_once(')').unwrap_or((rest, ""));
    let words = before.split_whitespace().chain(after.split_whitespace());
    let name = words.map(str::to_ascii_uppercase).collect::<Vec<_>>().join(" ");
    (name, inside.split(',').filter_map(|n| n.trim().parse().ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_declared_type_means_what_it_says() {
        let text = |max| LogicalType::Text { max, fixed: false };
        let decimal = |precision, scale| LogicalType::Decimal { precision, scale };
        for (declared, expected) in [
            ("INTEGER", LogicalType::INT64),
            ("unsigned big int", LogicalType::INT64),
            ("SmallInt", LogicalType::INT16),
            ("MEDIUMINT", LogicalType::INT32),
            ("NUMERIC(10,2)", decimal(Some(10), Some(2))),
            ("numeric ( 10 )", decimal(Some(10), Some(0))),
            ("DECIMAL", decimal(None, None)),
            ("NVARCHAR(160)", text(Some(160))),
            ("CLOB", text(None)),
            ("DOUBLE PRECISION", LogicalType::Float { bits: 64 }),
            ("DATETIME", LogicalType::Timestamp { precision: 6, zoned: false }),
            ("timestamp(3) with time zone", LogicalType::Timestamp { precision: 3, zoned: true }),
            ("", LogicalType::Dynamic),
            ("INET", LogicalType::Dynamic),
        ] {
            assert_eq!(logical(declared), expected, "{declared}");
        }
    }

    #[test]
    fn new_columns_read_back_as_what_they_were_made_for() {
        let kept = [
            LogicalType::Boolean,
            LogicalType::INT16,
            LogicalType::INT32,
            LogicalType::INT64,
            LogicalType::Decimal { precision: Some(15), scale: Some(4) },
            LogicalType::Decimal { precision: Some(16), scale: Some(4) },
            LogicalType::Decimal { precision: Some(60), scale: Some(10) },
            LogicalType::Decimal { precision: Some(5), scale: Some(-2) },
            LogicalType::Decimal { precision: None, scale: None },
            LogicalType::Float { bits: 32 },
            LogicalType::Float { bits: 64 },
            LogicalType::TEXT,
            LogicalType::Text { max: Some(9), fixed: false },
            LogicalType::Binary { max: None },
            LogicalType::Binary { max: Some(16) },
            LogicalType::Date,
            LogicalType::Time { precision: 0 },
            LogicalType::Timestamp { precision: 6, zoned: true },
            LogicalType::Timestamp { precision: 9, zoned: false },
            LogicalType::Interval,
            LogicalType::Uuid,
            LogicalType::Json,
        ];
        for kept in kept {
            assert_eq!(logical(&declared(&kept)), kept);
        }
    }

    #[test]
    fn text_never_gets_a_numeric_affinity() {
        let texts = [
            LogicalType::Decimal { precision: Some(16), scale: Some(0) },
            LogicalType::Decimal { precision: None, scale: None },
            LogicalType::Integer { bits: 64, signed: false },
            LogicalType::Interval,
            LogicalType::Uuid,
            LogicalType::Json,
            LogicalType::Enumeration { values: vec!["1".into()] },
            LogicalType::Dynamic,
            LogicalType::Other { name: "point".into() },
        ];
        for logical in texts {
            assert_eq!(affinity(&declared(&logical)), Affinity::Text, "{logical}");
        }
    }
}
