//! A verification as data.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::catalog::TableName;
use crate::model::VerifyLevel;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Verification {
    pub level: VerifyLevel,
    pub tables: Vec<TableVerification>,
    pub seconds: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TableVerification {
    pub source: TableName,
    pub target: TableName,
    /// Rows in the source table now.
    pub source_rows: u64,
    /// Rows that should be in the target: what the filter kept, less the rejects, plus what was there before.
    pub expected_rows: u64,
    pub target_rows: u64,
    pub columns: Vec<ColumnVerification>,
    /// Rows whose foreign key points at nothing, by foreign key.
    pub orphans: Vec<Orphans>,
    /// What was deliberately not compared, and why.
    pub not_compared: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Orphans {
    pub foreign_key: String,
    pub rows: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ColumnVerification {
    pub column: String,
    pub measures: Vec<Measure>,
}

/// One figure on both sides: `nulls`, `distinct`, `least`, `greatest`, `sum`, `length`, `checksum`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Measure {
    pub name: String,
    pub expected: Option<String>,
    pub actual: Option<String>,
    /// An estimate, because the exact figure would not fit in memory.
    pub estimated: bool,
}

impl Measure {
    pub fn is_equal(&self) -> bool {
        self.expected == self.actual
    }
}

impl TableVerification {
    pub fn is_equal(&self) -> bool {
        self.expected_rows == self.target_rows
            && self.orphans.iter().all(|o| o.rows == 0)
            && self.columns.iter().flat_map(|c| &c.measures).all(Measure::is_equal)
    }
}

impl Verification {
    pub fn is_equal(&self) -> bool {
        self.tables.iter().all(TableVerification::is_equal)
    }
}
