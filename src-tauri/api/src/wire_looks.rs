//! Types of the operations that look at values: profiles, steps of an expression, values that would be lost.

use rowferry_engine::catalog::TableName;
use rowferry_engine::model::TableMapping;
use rowferry_engine::preview::ColumnProfile;
use rowferry_engine::types::LogicalType;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::wire::{ExpressionProblem, SideName};

/// The ticket that a look was asked with, to end it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct ByTicket {
    pub ticket: String,
}

/// How much of a table was looked at.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LookedAt {
    /// What was asked, in the database's own words; of several parts the first.
    pub query: String,
    /// Further parts that were read by such a query.
    pub more_queries: u32,
    pub rows: u64,
    /// There are rows that were not looked at.
    pub sampled: bool,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct ProfileColumns {
    pub project: String,
    pub side: SideName,
    pub table: TableName,
    /// Of the source: whose readings are applied.
    #[serde(default)]
    pub mapping: Option<TableMapping>,
    pub columns: Vec<String>,
    /// 1 to 1,000,000.
    pub rows: u32,
    pub ticket: String,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TableProfile {
    pub looked: LookedAt,
    /// In the order asked for.
    pub columns: Vec<ColumnProfile>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct EvaluateSteps {
    pub project: String,
    /// Whose source table is read.
    pub mapping: TableMapping,
    pub expressions: Vec<String>,
    /// 1 to 1,000.
    pub limit: u32,
    pub ticket: String,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct StepsEvaluated {
    pub looked: LookedAt,
    /// In the order asked for.
    pub steps: Vec<StepEvaluated>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct StepEvaluated {
    pub result: Option<LogicalType>,
    pub problem: Option<ExpressionProblem>,
    /// One for each row, as text; `null` is NULL.
    pub values: Vec<Option<String>>,
    pub failures: Vec<StepFailure>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct StepFailure {
    pub row: u32,
    pub reason: String,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct FindLosses {
    pub project: String,
    pub mapping: TableMapping,
    /// Of the target.
    pub column: String,
    /// 1 to 1,000,000.
    pub rows: u32,
    pub ticket: String,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LossesFound {
    pub looked: LookedAt,
    /// Rows whose value the target column does not hold as it is.
    pub rows: u64,
    pub examples: Vec<LostValue>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LostValue {
    /// What the expression gives; `null` is NULL.
    pub before: Option<String>,
    /// The row would be rejected.
    pub rejected: bool,
    /// What would arrive, when it would; `null` is NULL.
    pub after: Option<String>,
    pub reason: String,
}
