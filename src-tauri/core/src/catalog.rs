//! What a database holds, as far as a migration needs to know.
//!
//! A catalog is plain data, filled by a connector and read by matching, plan and the window; it must not know
//! connectors. Names are exactly as the database keeps them, never folded.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::types::LogicalType;

/// Schema and table name. For sources without schemas (SQLite, a folder of files) the schema is what the connector
/// calls its one namespace, such as `main`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TableName {
    pub schema: String,
    pub table: String,
}

impl TableName {
    pub fn new(schema: impl Into<String>, table: impl Into<String>) -> Self {
        TableName { schema: schema.into(), table: table.into() }
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.schema, self.table)
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Catalog {
    /// The connector's id: `postgres`, `sqlite`, `csv`, `json`.
    pub connector: String,
    /// Product and version as the server tells it, such as `PostgreSQL 15.18`.
    pub product: String,
    pub schemas: Vec<Schema>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Schema {
    pub name: String,
    pub tables: Vec<Table>,
    pub sequences: Vec<Sequence>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub triggers: Vec<Trigger>,
    /// Enumerations that have a name of their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub enums: Vec<EnumType>,
    /// What no migration carries, so that a plan can say so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<Other>,
}

/// An enumeration that columns of several tables may have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EnumType {
    pub name: String,
    /// In their own order, by which they are sorted.
    pub labels: Vec<String>,
}

/// A trigger of a table of the schema, made by a person: not one that carries a constraint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Trigger {
    pub name: String,
    pub table: String,
    pub on_insert: bool,
    pub on_delete: bool,
    pub state: TriggerState,
    /// The whole definition in the database's own dialect, or its body.
    pub definition: String,
}

/// When a trigger fires. Databases but PostgreSQL know only one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TriggerState {
    Enabled,
    /// Only in a session that replicates.
    Replica,
    Always,
    Disabled,
}

/// Something of a schema that is neither table, view, sequence nor trigger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Other {
    /// A noun: `function`, `rule`, `policy`, `partition`, `exclusion constraint`, `type`, `event`.
    pub kind: String,
    pub name: String,
    /// The table to which it belongs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TableKind {
    Table,
    View,
    File,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Table {
    pub name: TableName,
    pub kind: TableKind,
    pub comment: Option<String>,
    /// In the table's own order.
    pub columns: Vec<Column>,
    pub primary_key: Option<Key>,
    pub unique_keys: Vec<Key>,
    pub foreign_keys: Vec<ForeignKey>,
    /// Without those that only carry a key.
    pub indexes: Vec<Index>,
    pub checks: Vec<Check>,
    /// What the database believes, without counting; `None` when it does not know.
    pub row_estimate: Option<u64>,
    pub byte_estimate: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Column {
    pub name: String,
    /// As the database spells it, such as `character varying(40)`.
    pub native_type: String,
    pub logical: LogicalType,
    pub nullable: bool,
    /// SQL text in the database's own dialect.
    pub default: Option<String>,
    pub identity: Option<Identity>,
    /// SQL text of a generated column; such a column is never written.
    pub generated: Option<String>,
    pub comment: Option<String>,
    /// Says again what other columns say, such as a nested object as one JSON text. It is offered in the mapper, and
    /// carried only when a person maps it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub derived: bool,
    /// As the database spells it, for text columns; `None` where there is none or the database only says its default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collation: Option<String>,
    /// How a step reads it, where a person decided so; never set in a database's own catalog.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<crate::reading::Reading>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Identity {
    /// Numbers are given by the database; others need an override.
    Always,
    /// Numbers are given where none is written: also serial and AUTOINCREMENT columns.
    ByDefault,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Key {
    /// Empty when the database has none for it.
    pub name: String,
    pub columns: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ForeignKey {
    pub name: String,
    pub columns: Vec<String>,
    pub references: TableName,
    /// In the order of `columns`.
    pub referenced_columns: Vec<String>,
    /// `NO ACTION`, `CASCADE`, `SET NULL`, `SET DEFAULT` or `RESTRICT`.
    pub on_update: String,
    pub on_delete: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Index {
    pub name: String,
    /// Column names; empty when the index is over expressions.
    pub columns: Vec<String>,
    pub unique: bool,
    /// The whole definition in the database's own dialect.
    pub definition: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Check {
    pub name: String,
    /// SQL text in the database's own dialect.
    pub expression: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Sequence {
    pub name: String,
    pub increment: i64,
    /// The table and column that own it.
    pub owner: Option<(TableName, String)>,
}

impl Check {
    /// What it is called in a project.
    pub fn known_as(&self) -> &str {
        if self.name.is_empty() { &self.expression } else { &self.name }
    }
}

impl Catalog {
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.schemas.iter().flat_map(|s| &s.tables)
    }

    /// Triggers of a table.
    pub fn triggers(&self, table: &TableName) -> impl Iterator<Item = &Trigger> {
        let schema = self.schemas.iter().find(|s| s.name == table.schema);
        schema.into_iter().flat_map(|s| &s.triggers).filter(move |t| t.table == table.table)
    }

    pub fn table(&self, name: &TableName) -> Option<&Table> {
        self.schemas.iter().find(|s| s.name == name.schema)?.tables.iter().find(|t| t.name == *name)
    }
}

impl Table {
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|c| c.name == name)
    }

    /// Primary and unique keys.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        self.primary_key.iter().chain(&self.unique_keys)
    }

    /// The first key whose columns all are among these: what tells the rows of a partly written table apart.
    pub fn key_within(&self, columns: impl Fn(&str) -> bool) -> Option<&Key> {
        self.keys().find(|key| key.columns.iter().all(|c| columns(c)))
    }

    pub fn is_key(&self, column: &str) -> bool {
        self.primary_key.as_ref().is_some_and(|k| k.columns.iter().any(|c| c == column))
    }
}

impl Column {
    /// Must a row bring a value for it?
    pub fn is_required(&self) -> bool {
        !self.nullable && self.default.is_none() && self.identity.is_none() && self.generated.is_none()
    }
}
