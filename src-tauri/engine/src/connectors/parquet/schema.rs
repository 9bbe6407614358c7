//! The schema of a Parquet file that is made, and the names that a plan shows for its types.
//!
//! Every column may be NULL. The annotations are those that `types` reads back as the same logical type.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use parquet::basic::{LogicalType as Annotation, Repetition, TimeUnit, Type as Physical};
use parquet::schema::types::{SchemaDescriptor, Type};

use crate::error::{Error, Result};
use crate::types::LogicalType;

/// The logical type that a new column for `logical` is read back as.
pub(super) fn stored_as(logical: &LogicalType) -> LogicalType {
    let fine = |precision: u8| if precision > 6 { 9 } else { 6 };
    match logical {
        LogicalType::Boolean
        | LogicalType::Integer { .. }
        | LogicalType::Float { .. }
        | LogicalType::Date
        | LogicalType::Uuid
        | LogicalType::Json => logical.clone(),
        LogicalType::Decimal { .. } => match logical.arrow() {
            DataType::Decimal128(precision, scale) => {
                LogicalType::Decimal { precision: Some(precision), scale: Some(scale) }
            }
            _ => LogicalType::TEXT,
        },
        LogicalType::Binary { .. } => LogicalType::Binary { max: None },
        LogicalType::Time { precision } => LogicalType::Time { precision: fine(*precision) },
        LogicalType::Timestamp { precision, zoned } => {
            LogicalType::Timestamp { precision: fine(*precision), zoned: *zoned }
        }
        _ => LogicalType::TEXT,
    }
}

pub(super) fn type_name(logical: &LogicalType) -> String {
    let unit = |precision: u8| if precision > 6 { "nanos" } else { "micros" };
    match stored_as(logical) {
        LogicalType::Boolean => "boolean".into(),
        LogicalType::Integer { bits, signed } => format!("{}int{bits}", if signed { "" } else { "u" }),
        LogicalType::Decimal { precision, scale } => {
            format!("decimal({}, {})", precision.unwrap_or(LogicalType::MAX_DECIMAL), scale.unwrap_or(0))
        }
        LogicalType::Float { bits: 32 } => "float".into(),
        LogicalType::Float { .. } => "double".into(),
        LogicalType::Binary { .. } => "binary".into(),
        LogicalType::Date => "date".into(),
        LogicalType::Time { precision } => format!("time({})", unit(precision)),
        LogicalType::Timestamp { precision, zoned } => {
            format!("timestamp({}{})", unit(precision), if zoned { ", utc" } else { "" })
        }
        LogicalType::Uuid => "uuid".into(),
        LogicalType::Json => "json".into(),
        _ => "string".into(),
    }
}

/// The type that `type_name` named.
pub(super) fn named(name: &str) -> Result<LogicalType> {
    let unknown = || Error::internal(format!("there is no Parquet type {name}"));
    let (word, inner) = match name.split_once('(') {
        Some((word, inner)) => (word, inner.trim_end_matches(')')),
        None => (name, ""),
    };
    let precision = if inner.starts_with("nanos") { 9 } else { 6 };
    Ok(match word {
        "boolean" => LogicalType::Boolean,
        "decimal" => {
            let (precision, scale) = inner.split_once(", ").ok_or_else(unknown)?;
            let (precision, scale) = (precision.parse().map_err(|_| unknown())?, scale.parse().map_err(|_| unknown())?);
            LogicalType::Decimal { precision: Some(precision), scale: Some(scale) }
        }
        "float" => LogicalType::Float { bits: 32 },
        "double" => LogicalType::Float { bits: 64 },
        "binary" => LogicalType::Binary { max: None },
        "date" => LogicalType::Date,
        "time" => LogicalType::Time { precision },
        "timestamp" => LogicalType::Timestamp { precision, zoned: inner.ends_with("utc") },
        "uuid" => LogicalType::Uuid,
        "json" => LogicalType::Json,
        "string" => LogicalType::TEXT,
        word => {
            let (signed, bits) = match word.strip_prefix('u') {
                Some(rest) => (false, rest),
                None => (true, word),
            };
            let bits = bits.strip_prefix("int").and_then(|b| b.parse().ok()).ok_or_else(unknown)?;
            LogicalType::Integer { bits, signed }
        }
    })
}

/// The schema of a file with these columns.
pub(super) fn schema<'a>(columns: impl Iterator<Item = (&'a str, LogicalType)>) -> Result<SchemaDescriptor> {
    let failed = |e| Error::internal("the columns make no Parquet schema").detail(&e).source(e);
    let fields = columns.map(|(name, logical)| column(name, &logical).map(Arc::new)).collect::<Result<_>>()?;
    let root = Type::group_type_builder("schema").with_fields(fields).build().map_err(failed)?;
    Ok(SchemaDescriptor::new(Arc::new(root)))
}

fn column(name: &str, logical: &LogicalType) -> Result<Type> {
    let unit = |precision: u8| if precision > 6 { TimeUnit::NANOS } else { TimeUnit::MICROS };
    let mut length = -1;
    let (mut precision, mut scale) = (-1, -1);
    let (physical, annotation) = match stored_as(logical) {
        LogicalType::Boolean => (Physical::BOOLEAN, None),
        LogicalType::Integer { bits, signed } => {
            let physical = if bits > 32 { Physical::INT64 } else { Physical::INT32 };
            let plain = signed && bits >= 32;
            (physical, (!plain).then(|| Annotation::integer(bits as i8, signed)))
        }
        LogicalType::Decimal { precision: p, scale: s } => {
            let (p, s) = (i32::from(p.unwrap_or(LogicalType::MAX_DECIMAL)), i32::from(s.unwrap_or(0)));
            (precision, scale) = (p, s);
            let physical = match p {
                ..=9 => Physical::INT32,
                10..=18 => Physical::INT64,
                _ => {
                    // Bytes that hold so many digits and a sign.
                    length = (1..=16).find(|n| 2f64.powi(8 * n - 1).log10().floor() as i32 >= p).unwrap_or(16);
                    Physical::FIXED_LEN_BYTE_ARRAY
                }
            };
            (physical, Some(Annotation::decimal(s, p)))
        }
        LogicalType::Float { bits: 32 } => (Physical::FLOAT, None),
        LogicalType::Float { .. } => (Physical::DOUBLE, None),
        LogicalType::Binary { .. } => (Physical::BYTE_ARRAY, None),
        LogicalType::Date => (Physical::INT32, Some(Annotation::Date)),
        LogicalType::Time { precision } => (Physical::INT64, Some(Annotation::time(false, unit(precision)))),
        LogicalType::Timestamp { precision, zoned } => {
            (Physical::INT64, Some(Annotation::timestamp(zoned, unit(precision))))
        }
        LogicalType::Uuid => {
            length = 16;
            (Physical::FIXED_LEN_BYTE_ARRAY, Some(Annotation::Uuid))
        }
        LogicalType::Json => (Physical::BYTE_ARRAY, Some(Annotation::Json)),
        _ => (Physical::BYTE_ARRAY, Some(Annotation::String)),
    };
    Type::primitive_type_builder(name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(annotation)
        .with_length(length)
        .with_precision(precision)
        .with_scale(scale)
        .build()
        .map_err(|e| Error::internal("a column makes no Parquet type").detail(&e).source(e).column(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_read_back_by_its_name() {
        let decimal = |precision, scale| LogicalType::Decimal { precision, scale };
        let integer = |bits, signed| LogicalType::Integer { bits, signed };
        for logical in [
            LogicalType::Boolean,
            integer(8, false),
            integer(64, true),
            decimal(Some(38), Some(38)),
            decimal(None, None),
            LogicalType::Float { bits: 32 },
            LogicalType::Time { precision: 3 },
            LogicalType::Timestamp { precision: 9, zoned: true },
            LogicalType::Timestamp { precision: 0, zoned: false },
            LogicalType::Uuid,
            LogicalType::Json,
            LogicalType::Interval,
            LogicalType::Binary { max: Some(3) },
        ] {
            assert_eq!(named(&type_name(&logical)).unwrap(), stored_as(&logical));
        }
    }

    #[test]
    fn every_decimal_has_room() {
        for precision in 1..=38 {
            let logical = LogicalType::Decimal { precision: Some(precision), scale: Some(0) };
            column("x", &logical).unwrap();
        }
    }
}
