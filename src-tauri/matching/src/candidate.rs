//! What the suggester hands out and what it is told.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use rowferry_core::catalog::TableName;

/// A column of one side.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct ColumnRef {
    pub table: TableName,
    pub column: String,
}

impl ColumnRef {
    pub fn new(table: TableName, column: impl Into<String>) -> Self {
        ColumnRef { table, column: column.into() }
    }
}

impl fmt::Display for ColumnRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.table, self.column)
    }
}

/// Where a reason comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// The column's or the table's own name.
    Name,
    /// The names of column and table together.
    QualifiedName,
    Comment,
    /// The tables correspond.
    Table,
    /// A table's columns correspond.
    Columns,
    Type,
    Key,
    Position,
    /// What the column refers to, or what refers to the table.
    ForeignKey,
    Values,
    /// A person said so.
    Decision,
}

/// One piece of evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reason {
    pub evidence: Evidence,
    /// What it adds to the log-odds of the score: above 0 for, below 0 against.
    pub weight: f64,
    /// In words, such as `qty is short for quantity`. Never a cell's value.
    pub text: String,
}

/// A possible pair of columns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Candidate {
    pub source: ColumnRef,
    pub target: ColumnRef,
    /// 0 to 1: how likely the pair is right.
    pub score: f64,
    /// The weightiest first.
    pub reasons: Vec<Reason>,
}

/// A possible pair of tables.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TableCandidate {
    pub source: TableName,
    pub target: TableName,
    /// 0 to 1: how likely the pair is right.
    pub score: f64,
    /// The weightiest first.
    pub reasons: Vec<Reason>,
}

/// A pair of tables of the consistent suggestion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SuggestedTable {
    pub from: TableName,
    pub to: TableName,
    /// 1 when a person decided the pair.
    pub score: f64,
    pub reasons: Vec<Reason>,
    /// In the target's order; without the columns that a person decided.
    pub columns: Vec<SuggestedColumn>,
}

/// A pair of columns of the consistent suggestion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SuggestedColumn {
    pub from: String,
    pub to: String,
    pub score: f64,
    pub reasons: Vec<Reason>,
}

/// What a person has already decided, as pairs of source and target. Names that no catalog holds are passed over.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Decisions {
    /// Fixed: neither table is suggested with another.
    pub confirmed_tables: Vec<(TableName, TableName)>,
    /// Fixed: neither column is suggested again.
    pub confirmed_columns: Vec<(ColumnRef, ColumnRef)>,
    /// Never suggested.
    pub rejected_tables: Vec<(TableName, TableName)>,
    /// Never suggested.
    pub rejected_columns: Vec<(ColumnRef, ColumnRef)>,
}
