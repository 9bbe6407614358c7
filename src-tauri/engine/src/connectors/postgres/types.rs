//! PostgreSQL's types and the logical types.
//!
//! It must not know the wire format of values, nor ask a database: a type is its name, its modifier and, for an
//! enumeration, its labels.

use super::names::MAX_BYTES;
use crate::types::LogicalType;

/// Longest `n` of `character(n)` and `character varying(n)`.
const MAX_LENGTH: u32 = 10_485_760;

/// A column's type as the server's catalog holds it, looked at through any domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NativeType {
    /// `pg_type.typname` of a type in `pg_catalog`; empty for any other.
    pub name: String,
    /// As `format_type` spells it, modifier included.
    pub spelled: String,
    /// `atttypmod`; -1 without one.
    pub modifier: i32,
    /// Labels in their order, for an enumeration.
    pub labels: Option<Vec<String>>,
}

impl NativeType {
    pub(super) fn logical(&self) -> LogicalType {
        if let Some(values) = &self.labels {
            return LogicalType::Enumeration { values: values.clone() };
        }
        let length = (self.modifier >= 4).then(|| (self.modifier - 4) as u32);
        let precision = if (0..=6).contains(&self.modifier) { self.modifier as u8 } else { 6 };
        match self.name.as_str() {
            "bool" => LogicalType::Boolean,
            "int2" => LogicalType::INT16,
            "int4" => LogicalType::INT32,
            "int8" => LogicalType::INT64,
            "float4" => LogicalType::Float { bits: 32 },
            "float8" => LogicalType::Float { bits: 64 },
            "numeric" => match numeric_modifier(self.modifier) {
                None => LogicalType::Decimal { precision: None, scale: None },
                // Wider than the logical type can say: digits are kept, as text.
                Some((p, s)) => match (u8::try_from(p), i8::try_from(s)) {
                    (Ok(p), Ok(s)) => LogicalType::Decimal { precision: Some(p), scale: Some(s) },
                    _ => LogicalType::Other { name: self.spelled.clone() },
                },
            },
            "text" | "char" | "name" => LogicalType::TEXT,
            "varchar" => LogicalType::Text { max: length, fixed: false },
            "bpchar" => LogicalType::Text { max: length, fixed: true },
            "bytea" => LogicalType::Binary { max: None },
            "date" => LogicalType::Date,
            "time" => LogicalType::Time { precision },
            "timestamp" => LogicalType::Timestamp { precision, zoned: false },
            "timestamptz" => LogicalType::Timestamp { precision, zoned: true },
            "interval" => LogicalType::Interval,
            "uuid" => LogicalType::Uuid,
            "json" | "jsonb" => LogicalType::Json,
            _ => LogicalType::Other { name: self.spelled.clone() },
        }
    }
}

/// Precision and scale of a `numeric`'s modifier (`numeric_typmod_precision`, `numeric_typmod_scale` of the server).
pub(super) fn numeric_modifier(modifier: i32) -> Option<(u16, i16)> {
    if modifier < 4 {
        return None;
    }
    let packed = modifier - 4;
    let scale = (((packed & 0x7ff) ^ 1024) - 1024) as i16;
    Some((((packed >> 16) & 0xffff) as u16, scale))
}

/// Can an enumeration have these labels? Each is at most as long as a name.
fn takes_labels(labels: &[String]) -> bool {
    let mut seen = std::collections::HashSet::new();
    !labels.is_empty() && labels.iter().all(|l| l.len() <= MAX_BYTES && !l.contains('\0') && seen.insert(l))
}

/// The type for new columns; an enumeration has a name of its own, which is not the type's to know.
pub(super) fn type_name(logical: &LogicalType) -> String {
    match logical {
        LogicalType::Boolean => "boolean".into(),
        LogicalType::Integer { bits, signed } => match (bits, signed) {
            (8 | 16, true) | (8, false) => "smallint".into(),
            (32, true) | (16, false) => "integer".into(),
            (_, true) | (32, false) => "bigint".into(),
            (_, false) => "numeric(20,0)".into(),
        },
        LogicalType::Decimal { precision: Some(p), scale } if *p > 0 && (0..=*p as i16).contains(&scale_of(scale)) => {
            format!("numeric({p},{})", scale_of(scale))
        }
        LogicalType::Decimal { .. } => "numeric".into(),
        LogicalType::Float { bits: 32 } => "real".into(),
        LogicalType::Float { .. } => "double precision".into(),
        LogicalType::Text { max: Some(n), fixed } if (1..=MAX_LENGTH).contains(n) => {
            format!("character{}({n})", if *fixed { "" } else { " varying" })
        }
        LogicalType::Text { max: None, fixed: true } => "bpchar".into(),
        LogicalType::Text { .. } | LogicalType::Enumeration { .. } | LogicalType::Dynamic => "text".into(),
        LogicalType::Binary { .. } => "bytea".into(),
        LogicalType::Date => "date".into(),
        LogicalType::Time { precision } => format!("time{} without time zone", digits(*precision)),
        LogicalType::Timestamp { precision, zoned } => {
            format!("timestamp{} with{} time zone", digits(*precision), if *zoned { "" } else { "out" })
        }
        LogicalType::Interval => "interval".into(),
        LogicalType::Uuid => "uuid".into(),
        // Not jsonb, which changes key order, spaces and duplicate keys.
        LogicalType::Json => "json".into(),
        LogicalType::Other { name } if is_type_name(name) => name.clone(),
        LogicalType::Other { .. } => "text".into(),
    }
}

/// What a column made with `type_name` is read back as.
pub(super) fn stored_as(logical: &LogicalType) -> LogicalType {
    match logical {
        LogicalType::Integer { bits: 8, .. } => LogicalType::INT16,
        LogicalType::Integer { bits: 16, signed: false } => LogicalType::INT32,
        LogicalType::Integer { bits: 32, signed: false } => LogicalType::INT64,
        LogicalType::Integer { bits: 64, signed: false } => {
            LogicalType::Decimal { precision: Some(20), scale: Some(0) }
        }
        LogicalType::Decimal { precision: Some(p), scale } if *p > 0 && (0..=*p as i16).contains(&scale_of(scale)) => {
            LogicalType::Decimal { precision: Some(*p), scale: Some(scale.unwrap_or(0)) }
        }
        LogicalType::Decimal { .. } => LogicalType::Decimal { precision: None, scale: None },
        LogicalType::Text { max: Some(n), .. } if !(1..=MAX_LENGTH).contains(n) => LogicalType::TEXT,
        LogicalType::Enumeration { values } if !takes_labels(values) => LogicalType::TEXT,
        LogicalType::Dynamic => LogicalType::TEXT,
        LogicalType::Binary { .. } => LogicalType::Binary { max: None },
        LogicalType::Time { precision } => LogicalType::Time { precision: (*precision).min(6) },
        LogicalType::Timestamp { precision, zoned } => {
            LogicalType::Timestamp { precision: (*precision).min(6), zoned: *zoned }
        }
        LogicalType::Other { name } if !is_type_name(name) => LogicalType::TEXT,
        other => other.clone(),
    }
}

fn scale_of(scale: &Option<i8>) -> i16 {
    i16::from(scale.unwrap_or(0))
}

fn digits(precision: u8) -> String {
    if precision >= 6 { String::new() } else { format!("({precision})") }
}

/// Is it a type's name and nothing else? Names come from the other database's catalog.
fn is_type_name(name: &str) -> bool {
    let mut quoted = false;
    let mut depth = 0i32;
    for c in name.chars() {
        match c {
            '"' => quoted = !quoted,
            '\0' => return false,
            _ if quoted => {}
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth > 0 => {}
            c if c.is_alphanumeric() || " _.[]".contains(c) => {}
            _ => return false,
        }
        if depth < 0 {
            return false;
        }
    }
    !name.trim().is_empty() && !quoted && depth == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn native(name: &str, modifier: i32) -> LogicalType {
        NativeType { name: name.into(), spelled: "spelled".into(), modifier, labels: None }.logical()
    }

    #[test]
    fn modifiers_become_lengths_and_digits() {
        assert_eq!(native("varchar", 44), LogicalType::Text { max: Some(40), fixed: false });
        assert_eq!(native("bpchar", 5), LogicalType::Text { max: Some(1), fixed: true });
        assert_eq!(native("timestamp", 3), LogicalType::Timestamp { precision: 3, zoned: false });
        assert_eq!(native("timestamptz", -1), LogicalType::Timestamp { precision: 6, zoned: true });
        let packed = |p: i32, s: i32| ((p << 16) | (s & 0x7ff)) + 4;
        let decimal = |p, s| LogicalType::Decimal { precision: Some(p), scale: Some(s) };
        assert_eq!(native("numeric", packed(38, 10)), decimal(38, 10));
        assert_eq!(native("numeric", packed(3, -2)), decimal(3, -2));
        assert_eq!(native("numeric", -1), LogicalType::Decimal { precision: None, scale: None });
        assert_eq!(native("numeric", packed(1000, 2)), LogicalType::Other { name: "spelled".into() });
        assert_eq!(native("inet", -1), LogicalType::Other { name: "spelled".into() });
    }

    #[test]
    fn a_new_column_is_read_back_as_it_was_said() {
        let exact = [
            LogicalType::Boolean,
            LogicalType::INT16,
            LogicalType::INT64,
            LogicalType::Decimal { precision: Some(38), scale: Some(10) },
            LogicalType::Float { bits: 32 },
            LogicalType::Text { max: Some(5), fixed: true },
            LogicalType::Timestamp { precision: 6, zoned: true },
            LogicalType::Uuid,
            LogicalType::Json,
            LogicalType::Other { name: "\"My Schema\".\"mood;\"[]".into() },
        ];
        for logical in exact {
            assert_eq!(stored_as(&logical), logical);
        }
        assert_eq!(type_name(&LogicalType::Dynamic), "text");
        assert_eq!(type_name(&LogicalType::Timestamp { precision: 3, zoned: true }), "timestamp(3) with time zone");
        assert_eq!(type_name(&LogicalType::Integer { bits: 64, signed: false }), "numeric(20,0)");
        assert_eq!(type_name(&LogicalType::Other { name: "int); drop table x; --".into() }), "text");
    }
}
