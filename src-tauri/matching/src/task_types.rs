//! Types in the words of a task file: generic SQL names of no database in particular.

use rowferry_core::types::LogicalType;

/// The logical type of words such as `varchar(40)`, `int unsigned`, `NUMBER(10,2)`. A word that means nothing known is
/// `Other`.
pub(super) fn logical_type(words: &str) -> LogicalType {
    let lower = words.trim().to_lowercase();
    let (name, rest) = lower.split_once('(').unwrap_or((&lower, ""));
    let (inside, after) = rest.split_once(')').unwrap_or((rest, ""));
    let numbers: Vec<u32> = inside.split(',').filter_map(|n| n.trim().parse().ok()).collect();
    let first = numbers.first().copied();
    let name = format!("{} {}", name.trim(), after.trim());
    let name = name.trim();
    let has = |word: &str| name.split([' ', '.', '_']).any(|w| w == word);
    let starts = |prefixes: &[&str]| prefixes.iter().any(|p| name.starts_with(p));
    let integer = |bits: u8| LogicalType::Integer { bits, signed: !has("unsigned") };
    let precision = |default: u8| first.and_then(|n| u8::try_from(n).ok()).filter(|n| *n <= 9).unwrap_or(default);

    if name.is_empty() {
        LogicalType::Dynamic
    } else if starts(&["bool"]) || name == "bit" && first.unwrap_or(1) == 1 || name == "tinyint" && first == Some(1) {
        LogicalType::Boolean
    } else if starts(&["interval", "duration"]) {
        LogicalType::Interval
    } else if starts(&["tinyint", "int1"]) || name == "byte" {
        integer(8)
    } else if starts(&["smallint", "int2", "smallserial"]) || name == "short" || has("year") {
        integer(16)
    } else if starts(&["bigint", "int8", "int64", "bigserial", "long int"]) || name == "long" {
        integer(64)
    } else if starts(&["int", "mediumint", "serial"]) || name == "counter" {
        integer(32)
    } else if starts(&["dec", "num", "money", "smallmoney", "currency"]) || name == "fixed" {
        LogicalType::Decimal {
            precision: first.and_then(|n| u8::try_from(n).ok()),
            scale: numbers.get(1).and_then(|n| i8::try_from(*n).ok()).or_else(|| first.map(|_| 0)),
        }
    } else if starts(&["real", "float4", "single"]) {
        LogicalType::Float { bits: 32 }
    } else if starts(&["float", "double"]) {
        LogicalType::Float { bits: 64 }
    } else if starts(&["timestamp", "datetime", "smalldatetime"]) {
        let zoned = has("tz") || name.contains("timestamptz") || name.contains("with time zone");
        LogicalType::Timestamp { precision: precision(6), zoned }
    } else if starts(&["date"]) {
        LogicalType::Date
    } else if starts(&["time"]) {
        LogicalType::Time { precision: precision(6) }
    } else if starts(&["enum", "set"]) {
        let values = inside.split(',').map(|v| v.trim().trim_matches('\'').to_owned()).filter(|v| !v.is_empty());
        LogicalType::Enumeration { values: values.collect() }
    } else if starts(&["uuid", "uniqueidentifier", "guid"]) {
        LogicalType::Uuid
    } else if starts(&["json"]) {
        LogicalType::Json
    } else if has("binary")
        || starts(&["varbinary", "bytea", "raw", "long raw", "image", "bit"])
        || name.ends_with("blob")
    {
        LogicalType::Binary { max: first }
    } else if starts(&["char", "nchar", "bpchar"]) && !has("varying") {
        LogicalType::Text { max: Some(first.unwrap_or(1)), fixed: true }
    } else if name.contains("char") || name.contains("text") || name.contains("clob") || starts(&["string", "memo"]) {
        LogicalType::Text { max: first, fixed: false }
    } else {
        LogicalType::Other { name: name.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sql_words_of_every_product_are_understood() {
        let text = |max, fixed| LogicalType::Text { max, fixed };
        for (words, expected) in [
            ("varchar(40)", text(Some(40), false)),
            ("character varying", text(None, false)),
            ("CHAR(1)", text(Some(1), true)),
            ("longtext", text(None, false)),
            ("int(10) unsigned", LogicalType::Integer { bits: 32, signed: false }),
            ("bigserial", LogicalType::INT64),
            ("tinyint(1)", LogicalType::Boolean),
            ("NUMERIC(10, 2)", LogicalType::Decimal { precision: Some(10), scale: Some(2) }),
            ("numeric", LogicalType::Decimal { precision: None, scale: None }),
            ("double precision", LogicalType::Float { bits: 64 }),
            ("timestamp with time zone", LogicalType::Timestamp { precision: 6, zoned: true }),
            ("timestamp(3) without time zone", LogicalType::Timestamp { precision: 3, zoned: false }),
            ("dateTime.tz", LogicalType::Timestamp { precision: 6, zoned: true }),
            ("date", LogicalType::Date),
            ("bytea", LogicalType::Binary { max: None }),
            ("enum('a','b')", LogicalType::Enumeration { values: vec!["a".into(), "b".into()] }),
            ("", LogicalType::Dynamic),
            ("tsvector", LogicalType::Other { name: "tsvector".into() }),
        ] {
            assert_eq!(logical_type(words), expected, "{words}");
        }
    }
}
