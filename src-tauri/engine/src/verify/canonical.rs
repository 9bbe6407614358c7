//! One form for values that databases write differently.
//!
//! | type | form |
//! |---|---|
//! | text of a fixed length | without trailing spaces |
//! | uuid | lower case, with hyphens |
//! | decimal of any size | without trailing zeros behind the point, without a sign on zero |
//! | json | parsed and written again with sorted keys and without blanks |
//! | everything else | as it travels: see `LogicalType::arrow` |

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch, RecordBatchOptions, StringArray};
use datafusion::arrow::datatypes::DataType;

use crate::catalog::Table;
use crate::error::{ErrorContext, ErrorKind, Result};
use crate::types::LogicalType;

/// How values of this type are brought to one form, in words; `None` when they are taken as they are.
pub(super) fn in_words(logical: &LogicalType) -> Option<&'static str> {
    match logical {
        LogicalType::Text { fixed: true, .. } => Some("trailing spaces of fixed-length text"),
        LogicalType::Uuid => Some("letter case and hyphens"),
        LogicalType::Decimal { .. } if logical.arrow() == DataType::Utf8 => Some("trailing zeros"),
        LogicalType::Json => Some("order of keys and blanks"),
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

fn form(array: &ArrayRef, logical: &LogicalType) -> ArrayRef {
    if *array.data_type() != DataType::Utf8 || in_words(logical).is_none() {
        return array.clone();
    }
    let rewrite = |text: &str| match logical {
        LogicalType::Text { .. } => text.trim_end_matches(' ').to_string(),
        LogicalType::Uuid => uuid::Uuid::try_parse(text).map_or_else(|_| text.to_string(), |u| u.to_string()),
        LogicalType::Json => serde_json::from_str::<serde_json::Value>(text)
            .map_or_else(|_| text.to_string(), |value| sorted(value).to_string()),
        _ => decimal(text),
    };
    let text: StringArray = array.as_string::<i32>().iter().map(|v| v.map(rewrite)).collect();
    Arc::new(text)
}

fn sorted(value: serde_json::Value) -> serde_json::Value {
    match value {
        serde_json::Value::Object(map) => {
            let mut entries: Vec<_> = map.into_iter().map(|(k, v)| (k, sorted(v))).collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            serde_json::Value::Object(entries.into_iter().collect())
        }
        serde_json::Value::Array(items) => serde_json::Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
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
    fn decimals_have_one_form() {
        for (text, form) in [("1.50", "1.5"), ("-0.00", "0"), ("007", "7"), ("-.5", "-0.5"), ("100", "100"), ("0", "0")]
        {
            assert_eq!(decimal(text), form);
        }
    }
}
