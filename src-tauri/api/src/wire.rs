//! Types that cross to the window and back, beside those of the engine that cross as they are.

use std::collections::BTreeMap;

use rowferry_engine::catalog::{Table, TableName};
use rowferry_engine::drift::TableDrift;
use rowferry_engine::error::{Context, ErrorKind};
use rowferry_engine::model::{Project, TableMapping, VerifyLevel};
use rowferry_engine::report::Outcome;
use rowferry_engine::run::RunStatus;
use rowferry_engine::run::rejects::RejectedRow;
use rowferry_engine::types::{LogicalType, Verdict};
use rowferry_engine::workspace::ChangeSize;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An error as the window gets it: it words it by `kind`, and shows message and remedy.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct WireError {
    pub kind: ErrorKind,
    pub message: String,
    pub remedy: Option<String>,
    pub context: Box<Context>,
}

/// Nothing to ask, or nothing to answer.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
pub struct Empty {}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct About {
    pub version: String,
    /// Folder of the workspace.
    pub home: String,
    /// Why the OS keychain cannot be used; `null` when it can.
    pub keychain_problem: Option<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Sample {
    pub id: String,
    pub title: String,
    pub description: String,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct ById {
    pub id: String,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RecentProject {
    pub id: String,
    pub name: String,
    pub path: String,
    /// RFC 3339, UTC.
    pub opened_at: String,
    /// The file is still there.
    pub exists: bool,
    pub source: Option<String>,
    pub target: Option<String>,
    pub last_run: Option<RunSummary>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct NewProject {
    pub name: String,
    /// Where the file goes; without it, the workspace's `projects` folder.
    #[serde(default)]
    pub path: Option<String>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct ByPath {
    pub path: String,
}

/// A project that is open in the window.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct OpenProject {
    pub id: String,
    pub path: String,
    /// Counts saves.
    pub version: u32,
    pub document: Project,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct SaveProject {
    pub id: String,
    pub document: Project,
    /// The version that was edited; without it the file is written whatever it holds.
    #[serde(default)]
    pub base: Option<u32>,
    /// What became of the history since it was saved last.
    #[serde(default)]
    pub edits: Option<EditsMade>,
}

/// Edits are the window's own: a label, a time, patches and their inverses. They are kept as they come.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct EditsMade {
    /// So many from the start are as they were saved.
    pub kept: u32,
    /// They take the place of all after those.
    pub edits: Vec<serde_json::Value>,
    /// How many of all are done; the others were undone.
    pub done: u32,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct EditHistory {
    /// The version that the edits done lead to; 0 without a history.
    pub version: u32,
    pub done: u32,
    /// Oldest first.
    pub edits: Vec<serde_json::Value>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct ProjectAt {
    pub id: String,
    pub version: u32,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct ReadFile {
    pub path: String,
    /// Relative paths in it stay so: it is the file of an open project.
    #[serde(default)]
    pub in_place: bool,
}

/// A project file that was only looked at.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReadProject {
    pub path: String,
    pub document: Project,
    /// A project of this workspace that it is a copy of, by its id.
    pub known: Option<KnownProject>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct KnownProject {
    pub id: String,
    pub name: String,
    pub path: String,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct ExportProject {
    pub id: String,
    pub document: Project,
    pub path: String,
    /// A file that is there may be replaced.
    #[serde(default)]
    pub replace: bool,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Exported {
    pub path: String,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct NameVersion {
    pub id: String,
    pub version: u32,
    /// `null` takes the name away.
    pub name: Option<String>,
    /// Since the named version before it.
    #[serde(default)]
    pub changes: Option<ChangeSize>,
}

/// What became of a project's schemas.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Drift {
    pub sides: Vec<SideDrift>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SideDrift {
    pub side: SideName,
    /// When the schema was last taken over. RFC 3339, UTC.
    pub seen_at: String,
    pub tables: Vec<TableDrift>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Saved {
    pub version: u32,
    /// The document as it was written: `from` of expressions is brought up to date.
    pub document: Project,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ProjectVersion {
    pub version: u32,
    pub saved_at: String,
    /// `null` for one that an automatic save kept.
    pub name: Option<String>,
    /// Since the named version before it.
    pub changes: Option<ChangeSize>,
    pub tables: u32,
    pub columns: u32,
}

/// What the connection form holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ConnectionForm {
    /// The connector's id.
    pub connector: String,
    #[serde(default)]
    pub host: String,
    #[serde(default)]
    pub port: Option<u16>,
    #[serde(default)]
    pub database: String,
    #[serde(default)]
    pub user: String,
    /// Empty is all schemas.
    #[serde(default)]
    pub schema: String,
    #[serde(default)]
    pub path: String,
    /// One of those that the connector's form offers; empty is what a file says of itself.
    #[serde(default)]
    pub encoding: String,
    /// What the form does not ask for and the URL said.
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct UrlText {
    pub url: String,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct TestConnection {
    /// The project whose folder relative paths count from.
    pub project: String,
    /// The connection's name: its saved secret is used when `secret` is absent.
    pub name: String,
    pub url: String,
    #[serde(default)]
    pub secret: Option<String>,
    /// A target may be a file that does not exist yet.
    #[serde(default)]
    pub writes: bool,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ConnectionTested {
    pub product: String,
    pub schemas: Vec<String>,
    pub tables: u32,
    pub milliseconds: u64,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct SetSecret {
    pub project: String,
    pub connection: String,
    pub secret: String,
    /// Keep it in the OS keychain; otherwise for this session only.
    pub remember: bool,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct SecretOf {
    pub project: String,
    pub connection: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SecretState {
    /// The connector has no passwords.
    NotNeeded,
    Session,
    Keychain,
    Environment,
    Missing,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SecretStatus {
    pub state: SecretState,
    /// Why it could not be kept in the keychain.
    pub problem: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SideName {
    Source,
    Target,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct GetCatalog {
    pub project: String,
    pub side: SideName,
    /// Ask the database again instead of answering from memory.
    #[serde(default)]
    pub refresh: bool,
}

/// A mapping that need not be saved yet.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct MappingOf {
    pub project: String,
    pub document: Project,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Suggested {
    /// The document's tables with the suggestions added; what was confirmed is as it was.
    pub tables: Vec<TableMapping>,
    /// Columns newly suggested.
    pub columns: u32,
}

/// What the engine makes of the mapping, without looking at rows.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct MappingDescription {
    /// Target tables that the run would create or extend, as they will be.
    pub proposed: Vec<Table>,
    /// In the order of the document's tables.
    pub tables: Vec<TableDescription>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TableDescription {
    pub to: TableName,
    pub creates: bool,
    /// Required target columns without a source.
    pub required: Vec<String>,
    pub filter_problem: Option<ExpressionProblem>,
    /// In the order of the mapping's columns.
    pub columns: Vec<ColumnDescription>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ColumnDescription {
    pub to: String,
    /// Source columns that the value is made of.
    pub from: Vec<String>,
    pub from_type: Option<LogicalType>,
    pub to_type: Option<LogicalType>,
    pub verdict: Option<Verdict>,
    pub problem: Option<ExpressionProblem>,
}

/// What is wrong with an expression, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ExpressionProblem {
    pub message: String,
    /// One-based, in characters.
    pub line: Option<u64>,
    pub character: Option<u64>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct AnalyzeExpression {
    pub project: String,
    pub from: TableName,
    pub expression: String,
    /// A filter must be true or false.
    #[serde(default)]
    pub is_filter: bool,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ExpressionAnalysis {
    pub result: Option<LogicalType>,
    pub references: Vec<String>,
    pub problem: Option<ExpressionProblem>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FunctionDescription {
    pub name: String,
    pub signature: String,
    pub description: String,
    pub example: String,
    /// What the example gives; `null` where it differs from run to run, or needs a source row.
    pub result: Option<String>,
    /// `text`, `number`, `date and time`, `condition`, `conversion` …
    pub group: String,
    pub arguments: Vec<FunctionArgument>,
    /// Which argument takes the value when the function is a step of a chain.
    pub value_at: u32,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FunctionArgument {
    pub name: String,
    pub description: String,
    pub optional: bool,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct PreviewRows {
    pub project: String,
    pub mapping: TableMapping,
    /// 1 to 1,000.
    pub limit: u32,
    /// By which `cancel_look` ends it.
    #[serde(default)]
    pub ticket: String,
}

/// Real rows before and after, as text; `null` is NULL.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Preview {
    /// What was asked for the rows, in the source's own words.
    pub query: String,
    pub before: PreviewTable,
    pub after: PreviewTable,
    /// Rows that would be rejected, by their position in `before`.
    pub rejects: Vec<PreviewReject>,
    /// Positions in `before` of the rows that the filter leaves out.
    pub filtered: Vec<u32>,
    /// For each row of `after`, its position in `before`.
    pub rows: Vec<u32>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PreviewTable {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Option<String>>>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PreviewReject {
    pub row: u32,
    pub column: Option<String>,
    pub reason: String,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct StartRun {
    pub project: String,
    pub dry_run: bool,
    /// The person confirmed every destructive statement of the plan with this fingerprint.
    #[serde(default)]
    pub confirmed: Option<String>,
}

/// The rows of a reject file that a person has corrected.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct LoadRejects {
    pub project: String,
    /// The file.
    pub path: std::path::PathBuf,
    /// Also when the same file was loaded before.
    #[serde(default)]
    pub again: bool,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RunStarted {
    pub run: String,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct ByRun {
    pub run: String,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct ListRuns {
    /// Only this project's.
    #[serde(default)]
    pub project: Option<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RunSummary {
    pub run: String,
    pub project: String,
    pub project_name: String,
    pub dry_run: bool,
    pub status: RunStatus,
    pub outcome: Outcome,
    pub started_at: String,
    pub seconds: f64,
    pub written: u64,
    pub rejected: u64,
    pub tables: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReportFormat {
    Html,
    Json,
    Text,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct RenderReport {
    pub run: String,
    pub format: ReportFormat,
    /// Also write it to this file.
    #[serde(default)]
    pub path: Option<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RenderedReport {
    pub content: String,
    pub path: Option<String>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct ListRejects {
    pub run: String,
    pub table: TableName,
    pub offset: u64,
    /// 1 to 1,000.
    pub limit: u32,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Rejects {
    /// The file that holds them all.
    pub path: Option<String>,
    pub total: u64,
    pub rows: Vec<RejectedRow>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct VerifyRun {
    pub run: String,
    pub level: VerifyLevel,
}
