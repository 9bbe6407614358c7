//! The plan as data.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::catalog::{Table, TableName};
use crate::model::Existing;
use crate::types::{LogicalType, Verdict};

/// What a run would do, in order, and what is wrong with it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Plan {
    /// Hash of mapping and schemas: a checkpoint is bound to it.
    pub fingerprint: String,
    /// In the order in which tables are loaded.
    pub steps: Vec<Step>,
    pub findings: Vec<Finding>,
    /// Foreign keys that go in a circle, each as the tables on it.
    pub cycles: Vec<Vec<TableName>>,
    /// Every statement that changes the target besides writing rows.
    pub statements: Vec<Statement>,
    /// How the source is kept still while it is read, in words.
    pub consistency: String,
    pub rows: Option<u64>,
    pub bytes: Option<u64>,
}

/// One source table into one target table.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    /// Position in the project's `tables`.
    pub mapping: u32,
    pub from: TableName,
    pub to: TableName,
    /// The source table as it was when the plan was made.
    pub source: Table,
    /// The target table as it will be.
    pub target: Table,
    pub creates: bool,
    pub adds_columns: Vec<String>,
    pub existing: Existing,
    pub filter: Option<String>,
    pub columns: Vec<StepColumn>,
    /// Target tables that this one's foreign keys refer to and that are loaded before it.
    pub after: Vec<TableName>,
    /// Estimates of the source; `None` when it does not know.
    pub rows: Option<u64>,
    pub bytes: Option<u64>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct StepColumn {
    pub to: String,
    /// SQL over the source row.
    pub expression: String,
    pub from_type: LogicalType,
    pub to_type: LogicalType,
    pub verdict: Verdict,
    pub approved: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Statement {
    pub table: TableName,
    pub when: When,
    pub sql: String,
    /// Deletes or overwrites something that is there: confirmed on its own.
    pub destructive: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    BeforeLoad,
    AfterLoad,
}

/// Something that a person should know before the run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    pub code: FindingCode,
    pub severity: Severity,
    /// The target table.
    pub table: Option<TableName>,
    pub column: Option<String>,
    /// Where in the project document, such as `tables[2].columns[0]`.
    pub path: Option<String>,
    /// What is the case.
    pub message: String,
    /// What can be done about it.
    pub remedy: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The run does not start.
    Blocks,
    /// The run does not start until a person confirms it.
    Confirm,
    Warning,
    Note,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FindingCode {
    NothingToDo,
    UnknownTable,
    UnknownColumn,
    UnconfirmedSuggestion,
    RequiredUnmapped,
    InvalidExpression,
    TypeImpossible,
    LossyCast,
    NarrowingCast,
    NullIntoRequired,
    GeneratedColumn,
    TargetNotEmpty,
    DeletesRows,
    UniqueAtRisk,
    ForeignKeyCycle,
    ReferencedTableMissing,
    IdentifierTooLong,
    DefaultNotCarried,
    CheckNotCarried,
    IndexNotCarried,
    TypeChanged,
    PhysicalChunks,
    NoSnapshot,
    ProductionTarget,
    SourceColumnUnused,
}

impl Plan {
    /// Do findings keep the run from starting, even when a person confirms everything that can be confirmed?
    pub fn is_blocked(&self) -> bool {
        self.findings.iter().any(|f| f.severity == Severity::Blocks)
    }

    /// Is there anything that a person must confirm on its own?
    pub fn needs_confirmation(&self) -> bool {
        self.findings.iter().any(|f| f.severity == Severity::Confirm)
    }
}
