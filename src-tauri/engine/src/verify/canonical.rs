//! One form for values that databases write differently.
//!
//! | type | form |
//! |---|---|
//! | text of a fixed length | without trailing spaces |
//! | uuid | lower case, with hyphens |
//! | decimal of any size | without trailing zeros behind the point, without a sign on zero |
//! | json | written again with sorted keys and without blanks; its numbers as decimals of any size |
//! | everything else | as it travels: see `LogicalType::arrow` |

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch, RecordBatchOptions, StringArray};
use datafusion::arrow::datatypes::DataType;
use serde_json::value::RawValue;

use crate::catalog::Table;
use crate::error::{ErrorContext, ErrorKind, Result};
use crate::types::LogicalType;

/// How values of this type are brought to one form, in words; `None` when they are taken as they are.
pub(super) fn in_words(logical: &LogicalType) -> Option<&'static str> {
    match logical {
        LogicalType::Text { fixed: true, .. } => Some("trailing spaces of fixed-length text"),
        LogicalType::Uuid => Some("letter case and hyphens"),
        LogicalType::Decimal { .. } if logical.arrow() == DataType::Utf8 => Some("trailing zeros"),
        LogicalType::Json => Some("order of keys, blanks, and zeros at the ends of numbers"),
        _ => None,
    }
}

/// The batch's columns, named as in `table`, in canonical form.
pub(super) fn canonical(batch: &RecordBatch, table: &Table) -> Result<RecordBatch> {
    let schema = batch.schema();
    let columns = schema
        .fields()
        .iter()
        .zip(batch.columns())
        .map(|(field, array)| match table.column(field.name()) {
            Some(column) => form(array, &column.logical),
            None => array.clone(),
        })
        .collect();
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(schema, columns, &options)
        .or_error(ErrorKind::Internal, "canonical columns do not make a batch")
}

pub(super) fn form(array: &ArrayRef, logical: &LogicalType) -> ArrayRef {
    if *array.data_type() != DataType::Utf8 || in_words(logical).is_none() {
        return array.clone();
    }
    let rewrite = |text: &str| match logical {
        LogicalType::Text { .. } => text.trim_end_matches(' ').to_string(),
        LogicalType::Uuid => uuid::Uuid::try_parse(text).map_or_else(|_| text.to_string(), |u| u.to_string()),
        LogicalType::Json => json(text, 0).unwrap_or_else(|| text.to_string()),
        _ => decimal(text),
    };
    let text: StringArray = array.as_string::<i32>().iter().map(|v| v.map(rewrite)).collect();
    Arc::new(text)
}

/// The document with sorted keys and no blanks; a number keeps all of its digits, which a float would not. `None` for what
/// is no JSON or is nested too deeply.
fn json(text: &str, depth: u8) -> Option<String> {
    const DEEPEST: u8 = 127;
    if depth > DEEPEST {
        return None;
    }
    let text = text.trim();
    let inner = |value: &RawValue| json(value.get(), depth + 1);
    match text.as_bytes().first()? {
        b'{' => {
            let entries: BTreeMap<String, &RawValue> = serde_json::from_str(text).ok()?;
            let entries =
                entries.iter().map(|(k, v)| Some(format!("{}:{}", serde_json::to_string(k).ok()?, inner(v)?)));
            Some(format!("{{{}}}", entries.collect::<Option<Vec<_>>>()?.join(",")))
        }
        b'[' => {
            let items: Vec<&RawValue> = serde_json::from_str(text).ok()?;
            Some(format!("[{}]", items.into_iter().map(inner).collect::<Option<Vec<_>>>()?.join(",")))
        }
        b'-' | b'0'..=b'9' => {
            serde_json::from_str::<&RawValue>(text).ok()?;
            Some(decimal(text))
        }
        // Escapes are written in one way; true, false and null are what they are.
        _ => Some(serde_json::from_str::<serde_json::Value>(text).ok()?.to_string()),
    }
}

fn decimal(text: &str) -> String {
    let text = text.trim();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.contains(['e', 'E']) {
        return text.to_string();
    }
    let digits = if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits };
    let digits = digits.trim_start_matches('0');
    match digits {
        "" => "0".into(),
        d if d.starts_with('.') => format!("{sign}0{d}"),
        d => format!("{sign}{d}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_have_one_form_and_lose_no_digit() {
        let form = |text: &str| json(text, 0);
        assert_eq!(form(r#" {"b" : [1.50, "\u0041", null], "a": {}} "#).unwrap(), r#"{"a":{},"b":[1.5,"A",null]}"#);
        assert_ne!(form("12345678901234567890.1"), form("12345678901234567890.2"));
        assert_eq!(form("[1,]"), None);
        assert_eq!(form(&"[".repeat(100_000)), None);
        assert_eq!(form(&("[".repeat(300) + &"]".repeat(300))), None);
    }

    #[test]
    fn decimals_have_one_form() {
        for (text, form) in [("1.50", "1.5"), ("-0.00", "0"), ("007", "7"), ("-.5", "-0.5"), ("100", "100"), ("0", "0")]
        {
            assert_eq!(decimal(text), form);
        }
    }
}
