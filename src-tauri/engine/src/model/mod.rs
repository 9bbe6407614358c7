//! The project document, `*.rowferry.json`: connections, table mappings, expressions, options.
//!
//! The document is what a person saves, versions and hands over. It names secrets, it never holds them, and it must
//! not know databases: whether its names exist is the plan's to say. `read` refuses unknown fields and broken
//! references with the path in the file.

mod read;
mod schema;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::catalog::TableName;

pub use crate::reading::{ReadAs, Reading, Substitute};
pub use read::{parse, read, validate, write};
pub use schema::json_schema;

/// The version of the document's form that this build writes and reads.
pub const FORMAT: u32 = 1;

/// The file name ending of a project.
pub const EXTENSION: &str = "rowferry.json";

/// One migration: where from, where to, and what goes where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Project {
    /// Where editors find the JSON Schema of this document.
    #[serde(rename = "$schema", default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// The version of this document's form: 1.
    pub rowferry: u32,
    /// Unique among a person's projects; follows the project when its file moves.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id: String,
    pub name: String,
    /// By name. The name is also the secret's: `ROWFERRY_PASSWORD_<NAME>`.
    pub connections: BTreeMap<String, Connection>,
    /// Name of the connection that rows come from.
    pub source: String,
    /// Name of the connection that rows go to.
    pub target: String,
    #[serde(default)]
    pub tables: Vec<TableMapping>,
    #[serde(default)]
    pub options: Options,
}

/// How to reach a database or files, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Connection {
    /// Such as `postgres://user@host:5432/db?schema=public`, `sqlite:PATH`, `csv:PATH`. A relative path counts from
    /// the project file's folder. A password in it is refused.
    pub url: String,
    #[serde(default)]
    pub environment: Environment,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Environment {
    #[default]
    Development,
    Test,
    Staging,
    Production,
}

/// One source table going to one target table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TableMapping {
    pub from: TableName,
    pub to: TableName,
    /// SQL over the source row that is true for the rows to carry; without it all are carried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// What to do about a target that exists.
    #[serde(default)]
    pub existing: Existing,
    /// A mapping that the person has not looked at yet.
    #[serde(default)]
    pub state: LinkState,
    #[serde(default)]
    pub columns: Vec<ColumnMapping>,
    /// Target columns that are left to their default on purpose.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<String>,
    /// How source columns are read whose values are not plainly of their declared type; by source column.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub reading: BTreeMap<String, Reading>,
    /// What becomes of rows whose foreign key points at nothing.
    #[serde(default, skip_serializing_if = "OrphanChoice::is_default")]
    pub orphans: OrphanChoice,
    /// What becomes of the target table's triggers while rows are loaded.
    #[serde(default, skip_serializing_if = "TriggerChoice::is_default")]
    pub triggers: TriggerChoice,
    /// Checks that a created table does not get, since rows violate them: by name, or by expression where it has none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_checks: Vec<String>,
}

/// What becomes of a target table's triggers while rows are loaded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TriggerChoice {
    /// They fire for the rows of the run as for any other.
    #[default]
    Fire,
    /// They are disabled, and each put back into its own state at the end, however that comes.
    Disable,
}

impl TriggerChoice {
    pub fn is_default(&self) -> bool {
        *self == TriggerChoice::Fire
    }
}

/// What a run does about rows that the target table holds already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Existing {
    /// A target that holds rows blocks the run.
    #[default]
    Refuse,
    /// Rows are added to those there.
    Append,
    /// Rows whose key is there already are left out; the others are added.
    Skip,
    /// All rows there are deleted first: destructive, confirmed on its own.
    Replace,
}

/// One target column and where its value comes from.
///
/// Without an `expression` the value is the one column in `from`. With one, `from` lists the columns that the
/// expression reads, so that links can be drawn; the engine rewrites it when the project is saved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ColumnMapping {
    pub to: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<String>,
    /// SQL over the source row, in DataFusion's dialect. Column names are case-sensitive; quote those with spaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
    #[serde(default)]
    pub state: LinkState,
    /// Why it was suggested; kept after it is confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<SuggestionNote>,
    /// A person has seen and accepted that this conversion changes values.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub approve_loss: bool,
    /// What stands in for a value that does not fit the target column: too long, out of range, NaN.
    #[serde(default, skip_serializing_if = "Substitute::is_reject")]
    pub misfit: Substitute,
    /// NUL characters, which PostgreSQL's text cannot hold, are taken out; without it such a row is rejected.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub strip_nul: bool,
    /// What becomes of a column that the source generates; without it the plan decides, and says how.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generated: Option<GeneratedChoice>,
}

/// What becomes of a column that the source generates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GeneratedChoice {
    /// The target computes it too, where the expression can be carried: in a created table it is made a generated
    /// column. Its values are never written, and compared with the source's after the load.
    Recreate,
    /// Its values are carried into a plain column.
    Materialise,
}

/// What becomes of rows whose foreign key points at nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OrphanChoice {
    /// The run stops and lists them.
    #[default]
    Stop,
    /// They are taken out of the target and kept in the reject file.
    Reject,
    /// They stay, and the constraint is left unvalidated where the database has such a thing, or out.
    Keep,
}

impl OrphanChoice {
    pub fn is_default(&self) -> bool {
        *self == OrphanChoice::Stop
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LinkState {
    /// Waits for a person; a run does not use it.
    Suggested,
    #[default]
    Confirmed,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SuggestionNote {
    /// 0 to 1.
    pub score: f64,
    /// In words, the strongest first.
    pub reasons: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// Rows in one chunk, which is what commits and resumes together. 1 to 10,000,000.
    pub chunk_rows: u32,
    /// Bytes in one batch in memory. 65,536 to 268,435,456.
    pub batch_bytes: u32,
    /// Parallel readers and writers; 0 lets the engine choose.
    pub jobs: u16,
    /// The run stops when more rows than this are rejected; `null` is without a limit.
    pub reject_limit: Option<u64>,
    /// The run stops when more than this share of the rows read is rejected, in percent; it is judged from the
    /// thousandth row on, and once more when all are loaded. `null` is without a limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reject_share: Option<f64>,
    /// How far the result is proved after a run.
    pub verify: VerifyLevel,
    /// Keys or rows that the target's tables hold before a run are kept beside them, so that the run can be taken back
    /// until it is accepted.
    #[serde(skip_serializing_if = "Clone::clone")]
    pub keep_before: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            chunk_rows: 100_000,
            batch_bytes: 1 << 20,
            jobs: 0,
            reject_limit: Some(10_000),
            reject_share: None,
            verify: VerifyLevel::Aggregates,
            keep_before: true,
        }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum VerifyLevel {
    /// Rows on both sides.
    Counts,
    /// Also nulls, distinct values, least, greatest, exact sum and total length of every column.
    #[default]
    Aggregates,
    /// Also a checksum over every row, whatever their order.
    Checksums,
}

impl Project {
    pub fn new(name: impl Into<String>) -> Self {
        Project {
            schema: None,
            rowferry: FORMAT,
            id: uuid::Uuid::now_v7().to_string(),
            name: name.into(),
            connections: BTreeMap::new(),
            source: "source".into(),
            target: "target".into(),
            tables: Vec::new(),
            options: Options::default(),
        }
    }
}

impl ColumnMapping {
    /// A plain copy of one column.
    pub fn copy(from: impl Into<String>, to: impl Into<String>) -> Self {
        ColumnMapping {
            to: to.into(),
            from: vec![from.into()],
            expression: None,
            state: LinkState::Confirmed,
            suggestion: None,
            approve_loss: false,
            misfit: Substitute::Reject,
            strip_nul: false,
            generated: None,
        }
    }
}
