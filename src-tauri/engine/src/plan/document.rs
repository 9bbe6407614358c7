//! The plan as data.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::catalog::{Table, TableName};
use crate::model::{
    ColumnMapping, Existing, GeneratedChoice, OrphanChoice, Project, Reading, Substitute, TriggerChoice,
};
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
    /// Enumerations that the run makes beside its tables.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub enums: Vec<NewEnum>,
    /// Every statement that changes the target besides writing rows. A run adds those that keep what its tables hold
    /// (`Step::kept`), since their names hold the run's own.
    pub statements: Vec<Statement>,
    /// Triggers of the target that are disabled while rows are loaded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suspended: Vec<Suspended>,
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
    /// Columns that both databases generate: they are not written, and compared after the load.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub computed: Vec<StepColumn>,
    /// Target tables that this one's foreign keys refer to and that are loaded before it.
    pub after: Vec<TableName>,
    /// Estimates of the source; `None` when it does not know.
    pub rows: Option<u64>,
    pub bytes: Option<u64>,
    /// What becomes of rows whose foreign key points at nothing.
    #[serde(default)]
    pub orphans: OrphanChoice,
    /// How this step is taken back, should it have to be.
    #[serde(default)]
    pub rollback: RollbackLevel,
    /// Why it is no better, or what it costs, in words.
    #[serde(default)]
    pub rollback_note: String,
    /// What is kept of the target table's rows from before the run.
    #[serde(default, skip_serializing_if = "Kept::is_nothing")]
    pub kept: Kept,
}

/// What a run keeps of a table's rows from before it, so that it can be taken back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kept {
    /// The table is created by the run, or empty before it, or the project wants nothing kept.
    #[default]
    Nothing,
    /// The columns of a key: rows with other keys are the run's.
    Key(Vec<String>),
    /// Whole rows, or the file.
    Rows,
}

impl Kept {
    pub fn is_nothing(&self) -> bool {
        *self == Kept::Nothing
    }
}

impl Step {
    /// With the columns that both databases generate behind those that are written: all that is compared.
    pub fn with_computed(&self) -> Step {
        let mut step = self.clone();
        step.columns.extend(self.computed.iter().cloned());
        step
    }
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
    /// What stands in for values that do not fit.
    #[serde(default, skip_serializing_if = "Substitute::is_reject")]
    pub misfit: Substitute,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub strip_nul: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Statement {
    pub table: TableName,
    pub when: When,
    pub sql: String,
    /// Deletes or overwrites something that is there: confirmed on its own.
    pub destructive: bool,
}

/// An enumeration that the run makes in the target, for columns that it creates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NewEnum {
    /// Its schema and name.
    pub name: TableName,
    /// In their order, by which they are sorted.
    pub labels: Vec<String>,
}

/// A trigger that is disabled while rows are loaded. The record of a run holds it before anything is done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Suspended {
    pub table: TableName,
    pub trigger: String,
    pub disable: String,
    /// Puts it back into the state in which it was.
    pub restore: String,
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
    /// What the data says, where they were read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
    /// Changes of the project, of which each resolves it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
}

/// What was seen in the data.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// Rows concerned among those read.
    pub rows: u64,
    pub rows_read: u64,
    /// Not all rows were read: there may be more.
    pub sampled: bool,
    /// Keys of some rows concerned, as `name=value`, or their line or rowid.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<String>,
    /// One of the values, as text or in hexadecimal. Shown to the person, never logged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub example: Option<String>,
}

/// One way to resolve a finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Choice {
    /// For a button, such as "Read as NULL".
    pub label: String,
    pub edit: Edit,
}

/// A change of the project document. `table` is the position in `tables`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "edit", rename_all = "kebab-case")]
pub enum Edit {
    /// Sets how the source column is read: what `reading` says; what it leaves open stays as it was chosen before.
    Reading {
        table: u32,
        column: String,
        reading: Reading,
    },
    /// Sets what stands in for values that do not fit the target column.
    Misfit {
        table: u32,
        column: String,
        misfit: Substitute,
    },
    StripNul {
        table: u32,
        column: String,
    },
    Generated {
        table: u32,
        column: String,
        generated: GeneratedChoice,
    },
    ApproveLoss {
        table: u32,
        column: String,
    },
    Expression {
        table: u32,
        column: String,
        expression: String,
    },
    Orphans {
        table: u32,
        orphans: OrphanChoice,
    },
    Existing {
        table: u32,
        existing: Existing,
    },
    Triggers {
        table: u32,
        triggers: TriggerChoice,
    },
    /// A created table goes without this check.
    LeaveCheck {
        table: u32,
        check: String,
    },
    /// Sets in what the files of the source that `table` is read from are written.
    Encoding {
        table: u32,
        encoding: String,
    },
}

impl Edit {
    /// The document with this change; unchanged where it has no such table or column.
    pub fn apply(&self, project: &mut Project) {
        let column = |project: &'_ mut Project, table: u32, name: &str, change: &dyn Fn(&mut ColumnMapping)| {
            let found = project.tables.get_mut(table as usize).map(|t| t.columns.iter_mut());
            found.into_iter().flatten().filter(|c| c.to == name).for_each(change);
        };
        match self {
            Edit::Reading { table, column, reading } => {
                if let Some(t) = project.tables.get_mut(*table as usize) {
                    t.reading.entry(column.clone()).or_default().take(reading);
                }
            }
            Edit::Misfit { table, column: name, misfit } => {
                column(project, *table, name, &|c| c.misfit = misfit.clone());
            }
            Edit::StripNul { table, column: name } => column(project, *table, name, &|c| c.strip_nul = true),
            Edit::Generated { table, column: name, generated } => {
                column(project, *table, name, &|c| c.generated = Some(*generated));
            }
            Edit::ApproveLoss { table, column: name } => column(project, *table, name, &|c| c.approve_loss = true),
            Edit::Expression { table, column: name, expression } => {
                column(project, *table, name, &|c| c.expression = Some(expression.clone()));
            }
            Edit::Orphans { table, orphans } => {
                if let Some(t) = project.tables.get_mut(*table as usize) {
                    t.orphans = *orphans;
                }
            }
            Edit::Existing { table, existing } => {
                if let Some(t) = project.tables.get_mut(*table as usize) {
                    t.existing = *existing;
                }
            }
            Edit::LeaveCheck { table, check } => {
                if let Some(t) = project.tables.get_mut(*table as usize)
                    && !t.left_checks.contains(check)
                {
                    t.left_checks.push(check.clone());
                }
            }
            Edit::Encoding { encoding, .. } => {
                if let Some(connection) = project.connections.get_mut(&project.source) {
                    connection.url = crate::connectors::url::with_parameter(&connection.url, "encoding", encoding);
                }
            }
            Edit::Triggers { table, triggers } => {
                if let Some(t) = project.tables.get_mut(*table as usize) {
                    t.triggers = *triggers;
                }
            }
        }
    }
}

/// How far a table's step can be taken back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RollbackLevel {
    /// Not at all, and the plan says why.
    #[default]
    None,
    /// The run journals what it creates, writes and replaces, and undoes it.
    Run,
    /// Rows are loaded beside it, and take its place by renaming; the old file is put aside.
    Table,
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
    /// A name that the target does not take for another reason than its length.
    IdentifierRefused,
    /// Two names that the target holds to be one.
    IdentifierTwice,
    DefaultNotCarried,
    CheckNotCarried,
    IndexNotCarried,
    TypeChanged,
    PhysicalChunks,
    /// Values that the source's own type cannot hold on the way: zero dates, bytes that do not decode, mixed types.
    UnreadableValues,
    /// Values that the target column does not take: too long, out of range, NaN, NUL.
    MisfitValues,
    /// A type that the data contradict or leave open: `tinyint(1)` with other numbers, sixteen bytes that may be a UUID.
    TypeGuess,
    /// Text that was encoded twice.
    EncodedTwice,
    /// Keys that are different in the source and alike in the target.
    KeyCollision,
    /// Keys that the target holds already.
    KeyPresent,
    /// Documents with what not every database or program keeps: keys that come twice, very large integers, `\u0000`.
    JsonAtRisk,
    /// Rows whose foreign key points at nothing.
    OrphanRows,
    /// Rows that a check of the target refuses.
    CheckViolated,
    /// Values near the limit of what can be carried in one piece.
    LargeValues,
    TriggersStay,
    NotCarried,
    RollbackLimited,
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
