//! MySQL's and MariaDB's types and the logical types.
//!
//! | native | logical | why |
//! |---|---|---|
//! | `tinyint(1)` | integer of 8 bits | its width is for display: it holds -128 to 127, and only its data could say that it is a boolean |
//! | `bit(1)` | boolean | it holds 0 and 1 only |
//! | `bit(n)` | unsigned integer | the bits are a number, of at most 64 bits |
//! | `year` | integer of 16 bits | 1901 to 2155, and 0 |
//! | `timestamp` | instant | it is kept in UTC; `datetime` is a clock without a zone |
//! | `time` | time of day | beyond 24 hours or below zero it is a fault of its row |
//! | `char(n)` | text of exactly n | the server takes trailing spaces off when it reads |
//! | `set`, geometry, `inet6` | the database's own text | |
//!
//! New columns: an instant becomes `datetime(6)` in UTC, since `timestamp` ends in 2038; a boolean `bit(1)`; a decimal
//! without a precision `longtext`, exactly; JSON a `longtext` that is checked, since MySQL's `json` changes spaces,
//! digits and the order of keys. It must not ask a database.

use crate::types::LogicalType;

/// 0001-01-01 and 9999-12-31, in days since 1970-01-01.
pub(super) const CALENDAR: (i64, i64) = (-719_162, 2_932_896);
/// Longest `varchar(n)` that is chosen for a column: sixteen of them fit into a row.
const MAX_VARCHAR: u32 = 1000;
/// Most digits of `decimal`, and most of them behind the point.
const MAX_DIGITS: u8 = 65;
const MAX_SCALE: i8 = 30;

/// A column's type as `information_schema.columns` holds it.
#[derive(Debug, Clone, Default)]
pub(super) struct NativeType {
    /// `data_type`, such as `int`.
    pub name: String,
    /// `column_type`, such as `int(10) unsigned`.
    pub spelled: String,
    /// Characters for text.
    pub length: Option<u64>,
    pub precision: Option<u64>,
    pub scale: Option<u64>,
    pub fraction: Option<u64>,
    /// A check of the table says that it is valid JSON.
    pub is_json: bool,
}

impl NativeType {
    pub(super) fn logical(&self) -> LogicalType {
        let signed = !self.spelled.contains("unsigned");
        let fraction = self.fraction.unwrap_or(0).min(6) as u8;
        let text = |fixed| LogicalType::Text { max: self.length.and_then(|n| u32::try_from(n).ok()), fixed };
        let bytes =
            LogicalType::Binary { max: self.length.and_then(|n| u32::try_from(n).ok()).filter(|n| *n < u32::MAX) };
        match self.name.as_str() {
            "tinyint" => LogicalType::Integer { bits: 8, signed },
            "smallint" => LogicalType::Integer { bits: 16, signed },
            "mediumint" | "int" | "integer" => LogicalType::Integer { bits: 32, signed },
            "bigint" => LogicalType::Integer { bits: 64, signed },
            "year" => LogicalType::INT16,
            "bit" => match self.precision {
                Some(1) => LogicalType::Boolean,
                Some(n) if n <= 8 => LogicalType::Integer { bits: 8, signed: false },
                Some(n) if n <= 16 => LogicalType::Integer { bits: 16, signed: false },
                Some(n) if n <= 32 => LogicalType::Integer { bits: 32, signed: false },
                _ => LogicalType::Integer { bits: 64, signed: false },
            },
            "decimal" | "numeric" => LogicalType::Decimal {
                precision: self.precision.map(|p| p as u8),
                scale: Some(self.scale.unwrap_or(0) as i8),
            },
            "float" => LogicalType::Float { bits: 32 },
            "double" | "real" => LogicalType::Float { bits: 64 },
            "date" => LogicalType::Date,
            "time" => LogicalType::Time { precision: fraction },
            "datetime" => LogicalType::Timestamp { precision: fraction, zoned: false },
            "timestamp" => LogicalType::Timestamp { precision: fraction, zoned: true },
            "json" => LogicalType::Json,
            "longtext" if self.is_json => LogicalType::Json,
            "longtext" => LogicalType::TEXT,
            "varchar" | "tinytext" | "text" | "mediumtext" => text(false),
            "char" => text(true),
            "uuid" => LogicalType::Uuid,
            "enum" => LogicalType::Enumeration { values: labels(&self.spelled) },
            "longblob" => LogicalType::Binary { max: None },
            "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" => bytes,
            _ => LogicalType::Other { name: self.spelled.clone() },
        }
    }
}

/// The labels in `enum('a','it''s')`, where the server writes a backslash before itself and for what ends a line.
fn labels(spelled: &str) -> Vec<String> {
    let inside = spelled.split_once('(').map_or("", |(_, rest)| rest.strip_suffix(')').unwrap_or(rest));
    let mut found = Vec::new();
    let mut label: Option<String> = None;
    let mut characters = inside.chars().peekable();
    while let Some(c) = characters.next() {
        match (&mut label, c) {
            (None, '\'') => label = Some(String::new()),
            (Some(text), '\'') if characters.peek() == Some(&'\'') => {
                characters.next();
                text.push('\'');
            }
            (Some(_), '\'') => found.extend(label.take()),
            (Some(text), '\\') => text.extend(characters.next().map(|c| match c {
                'n' => '\n',
                'r' => '\r',
                '0' => '\0',
                c => c,
            })),
            (Some(text), c) => text.push(c),
            (None, _) => {}
        }
    }
    found
}

/// Can a column list these labels? The server takes spaces at their ends off, and two that it holds to be one for one.
fn takes_labels(labels: &[String]) -> bool {
    const MOST: usize = 65_535;
    const LONGEST: usize = 255;
    let mut seen = std::collections::HashSet::new();
    let fits = |l: &String| l.chars().count() <= LONGEST && !l.ends_with(' ') && !l.contains('\0');
    (1..=MOST).contains(&labels.len()) && labels.iter().all(|l| fits(l) && seen.insert(l))
}

/// Is it a type that no logical type stands for alone, so that only its own words make it again?
pub(super) fn has_own_words(native: &str) -> bool {
    let name = native.split(['(', ' ']).next().unwrap_or(native);
    ["enum", "set", "year", "bit", "mediumint", "timestamp"].contains(&name) || native.ends_with(" zerofill")
}

/// Geometry has no text of its own: it travels as well-known text.
pub(super) fn is_geometry(native: &str) -> bool {
    ["geometry", "point", "linestring", "polygon", "multi", "geomcollection"].iter().any(|n| native.starts_with(n))
}

/// Is it stored as text without a bound, which no key can hold?
pub(super) fn is_long_text(logical: &LogicalType) -> bool {
    type_name(logical) == "longtext"
}

/// The type for new columns.
pub(super) fn type_name(logical: &LogicalType) -> String {
    match logical {
        LogicalType::Boolean => "bit(1)".into(),
        LogicalType::Integer { bits, signed } => {
            let name = match bits {
                8 => "tinyint",
                16 => "smallint",
                32 => "int",
                _ => "bigint",
            };
            format!("{name}{}", if *signed { "" } else { " unsigned" })
        }
        LogicalType::Decimal { precision: Some(p), scale } if fits(*p, scale.unwrap_or(0)) => {
            format!("decimal({p},{})", scale.unwrap_or(0))
        }
        LogicalType::Float { bits: 32 } => "float".into(),
        LogicalType::Float { .. } => "double".into(),
        LogicalType::Text { max: Some(n), .. } if (1..=MAX_VARCHAR).contains(n) => format!("varchar({n})"),
        LogicalType::Binary { max: Some(n) } if (1..=MAX_VARCHAR).contains(n) => format!("varbinary({n})"),
        LogicalType::Binary { .. } => "longblob".into(),
        LogicalType::Date => "date".into(),
        LogicalType::Time { precision } => format!("time({})", (*precision).min(6)),
        LogicalType::Timestamp { precision, .. } => format!("datetime({})", (*precision).min(6)),
        LogicalType::Uuid => "char(36)".into(),
        LogicalType::Enumeration { values } if takes_labels(values) => {
            let labels: Vec<_> = values.iter().map(|v| super::dialect::literal(v)).collect();
            format!("enum({})", labels.join(","))
        }
        LogicalType::Decimal { .. }
        | LogicalType::Text { .. }
        | LogicalType::Json
        | LogicalType::Interval
        | LogicalType::Enumeration { .. }
        | LogicalType::Dynamic
        | LogicalType::Other { .. } => "longtext".into(),
    }
}

/// What a column made with `type_name` is read back as.
pub(super) fn stored_as(logical: &LogicalType) -> LogicalType {
    match logical {
        LogicalType::Boolean | LogicalType::Integer { .. } | LogicalType::Float { .. } => logical.clone(),
        LogicalType::Decimal { precision: Some(p), scale } if fits(*p, scale.unwrap_or(0)) => {
            LogicalType::Decimal { precision: Some(*p), scale: Some(scale.unwrap_or(0)) }
        }
        LogicalType::Text { max: Some(n), .. } if (1..=MAX_VARCHAR).contains(n) => {
            LogicalType::Text { max: Some(*n), fixed: false }
        }
        LogicalType::Binary { max: Some(n) } if (1..=MAX_VARCHAR).contains(n) => logical.clone(),
        LogicalType::Binary { .. } => LogicalType::Binary { max: None },
        LogicalType::Date | LogicalType::Json => logical.clone(),
        LogicalType::Time { precision } => LogicalType::Time { precision: (*precision).min(6) },
        LogicalType::Timestamp { precision, .. } => {
            LogicalType::Timestamp { precision: (*precision).min(6), zoned: false }
        }
        LogicalType::Uuid => LogicalType::Text { max: Some(36), fixed: true },
        LogicalType::Enumeration { values } if takes_labels(values) => logical.clone(),
        _ => LogicalType::TEXT,
    }
}

fn fits(precision: u8, scale: i8) -> bool {
    (1..=MAX_DIGITS).contains(&precision) && (0..=MAX_SCALE).contains(&scale) && scale as u8 <= precision
}

#[cfg(test)]
mod tests {
    use super::*;

    fn native(name: &str, spelled: &str) -> NativeType {
        NativeType { name: name.into(), spelled: spelled.into(), ..NativeType::default() }
    }

    #[test]
    fn a_display_width_says_nothing_and_unsigned_does() {
        assert_eq!(native("tinyint", "tinyint(1)").logical(), LogicalType::Integer { bits: 8, signed: true });
        let wide = native("bigint", "bigint(20) unsigned zerofill").logical();
        assert_eq!(wide, LogicalType::Integer { bits: 64, signed: false });
        let bit = NativeType { precision: Some(1), ..native("bit", "bit(1)") };
        assert_eq!(bit.logical(), LogicalType::Boolean);
    }

    #[test]
    fn labels_hold_quotes_and_commas() {
        assert_eq!(labels("enum('a','it''s','x,y','')"), ["a", "it's", "x,y", ""]);
        assert_eq!(labels(r"enum('a\\b','c\nd')"), [r"a\b", "c\nd"]);
    }

    #[test]
    fn what_no_type_holds_exactly_becomes_text() {
        assert_eq!(type_name(&LogicalType::Decimal { precision: None, scale: None }), "longtext");
        assert_eq!(type_name(&LogicalType::Decimal { precision: Some(65), scale: Some(30) }), "decimal(65,30)");
        assert_eq!(type_name(&LogicalType::Decimal { precision: Some(40), scale: Some(31) }), "longtext");
        assert_eq!(type_name(&LogicalType::Text { max: Some(40), fixed: true }), "varchar(40)");
    }
}
