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
    /// Over whole rows, whatever their order: finds values that changed places between rows.
    pub row_checksum: Option<Measure>,
    /// Rows whose foreign key points at nothing, by foreign key.
    pub orphans: Vec<Orphans>,
    /// The rows that differ, as far as they were sought and found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<RowDifference>,
    /// How many rows differ in all; `None` when they were not sought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub different_rows: Option<u64>,
    /// What was brought to one form on both sides before it was compared.
    pub normalised: Vec<String>,
    /// What was deliberately not compared, and why.
    pub not_compared: Vec<String>,
}

/// One row that is not on both sides as it should be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RowDifference {
    /// In the target's column names, as `name=value`.
    pub key: String,
    pub kind: DifferenceKind,
    /// For a changed row, the columns that differ; for others, all of them.
    pub cells: Vec<CellDifference>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DifferenceKind {
    /// Expected, and not in the target.
    Missing,
    /// In the target, and not expected.
    Unexpected,
    Changed,
}

/// A value on both sides, as text and as the bytes of its canonical form in hexadecimal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CellDifference {
    pub column: String,
    pub expected: Option<String>,
    pub actual: Option<String>,
    pub expected_bytes: Option<String>,
    pub actual_bytes: Option<String>,
    /// The rule by which the two may differ, where one explains it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Orphans {
    pub foreign_key: String,
    pub rows: u64,
    /// The project says that they stay: no difference.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub kept: bool,
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
            && self.orphans.iter().all(|o| o.rows == 0 || o.kept)
            && self.columns.iter().flat_map(|c| &c.measures).chain(&self.row_checksum).all(Measure::is_equal)
    }
}

impl Verification {
    /// What was found, in one sentence.
    pub fn sentence(&self) -> String {
        let rows: u64 = self.tables.iter().map(|t| t.target_rows).sum();
        let level = match self.level {
            VerifyLevel::Counts => "row counts",
            VerifyLevel::Aggregates => "row counts and the figures of every column",
            VerifyLevel::Checksums => "row counts, the figures of every column and checksums of every row",
        };
        let different: Vec<String> =
            self.tables.iter().filter(|t| !t.is_equal()).map(|t| t.target.to_string()).collect();
        if different.is_empty() {
            format!("verified: {level} of {} tables agree on both sides ({rows} rows)", self.tables.len())
        } else {
            format!("verification found differences in {}", different.join(", "))
        }
    }

    pub fn is_equal(&self) -> bool {
        self.tables.iter().all(TableVerification::is_equal)
    }
}
