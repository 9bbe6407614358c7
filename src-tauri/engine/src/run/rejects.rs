//! Rows that did not arrive, and why.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One line of a reject file (JSON lines).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RejectedRow {
    /// Target table.
    pub table: String,
    /// Where the row stands in its source: key columns as `name=value`, or its line or rowid.
    pub key: String,
    /// The column at fault, where one is known.
    pub column: Option<String>,
    pub reason: String,
    /// The source row, as text by column.
    pub row: serde_json::Map<String, serde_json::Value>,
    /// Hash of the row as it would have been written; lets a verification leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
}
