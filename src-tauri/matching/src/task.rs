//! A matching task as a file: two schemas in JSON, and the answer as rows. It is how the matcher is measured, and used
//! without any database.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::candidate::ColumnRef;
use super::combine::Weights;
use super::suggest::Suggester;
use super::task_types::logical_type;
use super::values::Samples;
use rowferry_core::catalog::{Catalog, Column, ForeignKey, Key, Schema, Table, TableKind, TableName};
use rowferry_core::{Error, ErrorKind, Result};

/// The one schema that a task's tables are in.
const SCHEMA: &str = "main";

/// Two schemas to match. Fields that it does not know are passed over.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    pub name: String,
    pub source: Catalog,
    pub target: Catalog,
    pub source_samples: Samples,
    pub target_samples: Samples,
}

/// One line of the answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// `table.column`
    pub source: String,
    /// `table.column`
    pub target: String,
    /// 0 to 1.
    pub score: f64,
}

impl Task {
    /// Reads a task file. `NotFound` or `Io` when it cannot be read, `WrongFormat` when it is no task; the error names
    /// the file and the path inside it.
    pub fn read(file: &Path) -> Result<Task> {
        let text = std::fs::read_to_string(file).map_err(|e| Error::from(e).file(file.display()))?;
        Task::parse(&text).map_err(|e| e.file(file.display()))
    }

    /// Reads a task from JSON text. `WrongFormat` names the path inside it.
    pub fn parse(json: &str) -> Result<Task> {
        let mut reader = serde_json::Deserializer::from_str(json);
        let document: Document = serde_path_to_error::deserialize(&mut reader).map_err(|e| {
            let path = e.path().to_string();
            let inner = e.into_inner();
            Error::new(ErrorKind::WrongFormat, "this is not a matching task")
                .path(path)
                .at(inner.line() as u64, inner.column() as u64)
                .detail(&inner)
                .hint(
                    "a task holds `source` and `target`, each with `tables` of `columns`; see `rowferry match --help`",
                )
        })?;
        let (source, source_samples) = document.source.into_catalog();
        let (target, target_samples) = document.target.into_catalog();
        Ok(Task { name: document.name.unwrap_or_default(), source, target, source_samples, target_samples })
    }

    /// For every source column its best `top` targets; all rows best first.
    pub fn rows(&self, top: usize) -> Vec<Row> {
        self.rows_by(Weights::learned(), top)
    }

    /// As `rows`, by other weights than those that the program comes with.
    pub fn rows_by(&self, weights: &Weights, top: usize) -> Vec<Row> {
        let (source, target) = ((&self.source, &self.source_samples), (&self.target, &self.target_samples));
        let suggester = Suggester::by_weights(source, target, weights);
        let profiles = suggester.profiles();
        let name = |at: ColumnRef| format!("{}.{}", at.table.table, at.column);
        let row = |(from, to, score): (usize, usize, f64)| Row {
            source: name(profiles.source.reference(from)),
            target: name(profiles.target.reference(to)),
            score: (score * 1e6).round() / 1e6,
        };
        suggester.ranked(top).into_iter().map(row).collect()
    }
}

#[derive(Deserialize)]
struct Document {
    name: Option<String>,
    source: DocumentSide,
    target: DocumentSide,
}

#[derive(Deserialize)]
struct DocumentSide {
    tables: Vec<DocumentTable>,
}

#[derive(Deserialize)]
struct DocumentTable {
    name: String,
    comment: Option<String>,
    columns: Vec<DocumentColumn>,
}

#[derive(Deserialize)]
struct DocumentColumn {
    name: String,
    #[serde(rename = "type")]
    native_type: Option<String>,
    comment: Option<String>,
    nullable: Option<bool>,
    primary_key: Option<bool>,
    /// `table.column`, or a table alone.
    references: Option<String>,
    samples: Option<Vec<serde_json::Value>>,
}

impl DocumentSide {
    fn into_catalog(self) -> (Catalog, Samples) {
        let names: Vec<String> = self.tables.iter().map(|t| t.name.clone()).collect();
        let mut samples = Samples::new();
        let tables = self.tables.into_iter().map(|t| t.into_table(&names, &mut samples)).collect();
        let schema = Schema { name: SCHEMA.to_owned(), tables, sequences: Vec::new(), ..Schema::default() };
        (Catalog { connector: "task".to_owned(), product: String::new(), schemas: vec![schema] }, samples)
    }
}

impl DocumentTable {
    fn into_table(self, tables: &[String], samples: &mut Samples) -> Table {
        let name = TableName::new(SCHEMA, self.name);
        let of_key = |c: &&DocumentColumn| c.primary_key == Some(true);
        let key: Vec<String> = self.columns.iter().filter(of_key).map(|c| c.name.clone()).collect();
        let mut foreign_keys = Vec::new();
        let mut columns = Vec::new();
        for column in self.columns {
            if let Some((table, referenced)) = column.references.as_deref().and_then(|r| split_reference(r, tables)) {
                foreign_keys.push(ForeignKey {
                    name: String::new(),
                    columns: vec![column.name.clone()],
                    references: TableName::new(SCHEMA, table),
                    referenced_columns: referenced.map(str::to_owned).into_iter().collect(),
                    on_update: "NO ACTION".to_owned(),
                    on_delete: "NO ACTION".to_owned(),
                });
            }
            if let Some(values) = column.samples {
                let values = values.into_iter().filter(|v| !v.is_null()).map(text_of).collect();
                samples.insert(ColumnRef::new(name.clone(), column.name.clone()), values);
            }
            let native_type = column.native_type.unwrap_or_default();
            columns.push(Column {
                logical: logical_type(&native_type),
                native_type,
                nullable: column.nullable.unwrap_or(true),
                default: None,
                identity: None,
                generated: None,
                comment: column.comment.filter(|c| !c.trim().is_empty()),
                derived: false,
                collation: None,
                reading: None,
                name: column.name,
            });
        }
        Table {
            name,
            kind: TableKind::Table,
            comment: self.comment.filter(|c| !c.trim().is_empty()),
            columns,
            primary_key: (!key.is_empty()).then(|| Key { name: String::new(), columns: key }),
            unique_keys: Vec::new(),
            foreign_keys,
            indexes: Vec::new(),
            checks: Vec::new(),
            row_estimate: None,
            byte_estimate: None,
        }
    }
}

/// The table and column of a reference. `None` when no such table is in the task.
fn split_reference<'r>(reference: &'r str, tables: &[String]) -> Option<(&'r str, Option<&'r str>)> {
    let known = |table: &str| tables.iter().any(|t| t == table);
    match reference.rsplit_once('.') {
        Some((table, column)) if known(table) => Some((table, Some(column))),
        _ if known(reference) => Some((reference, None)),
        _ => None,
    }
}

fn text_of(value: serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TASK: &str = r#"{"name": "shop", "licence": "unknown fields are fine",
        "source": {"tables": [
            {"name": "cust", "columns": [
                {"name": "cust_no", "type": "int", "nullable": false, "primary_key": true},
                {"name": "cust_nm", "type": "varchar(40)", "comment": null}]},
            {"name": "ord", "columns": [
                {"name": "ord_no", "type": "int", "primary_key": true},
                {"name": "cust", "type": "int", "references": "cust.cust_no"},
                {"name": "ord_qty", "type": "decimal(10,2)", "samples": ["1.5", 2, null]}]}]},
        "target": {"tables": [
            {"name": "orders", "columns": [
                {"name": "id", "type": "bigint", "primary_key": true},
                {"name": "customer_id", "type": "bigint", "references": "customers.id"},
                {"name": "quantity", "type": "decimal(10,2)", "samples": ["3.0", "2.5"]}]},
            {"name": "customers", "columns": [
                {"name": "id", "type": "bigint", "primary_key": true},
                {"name": "name", "type": "text"}]}]}}"#;

    #[test]
    fn a_task_is_read_and_answered_best_first() {
        let task = Task::parse(TASK).unwrap();
        assert_eq!(task.name, "shop");
        assert_eq!(task.source_samples.len(), 1);
        let rows = task.rows(3);
        assert!(rows.windows(2).all(|w| w[0].score >= w[1].score));
        let best = |source: &str| rows.iter().find(|r| r.source == source).map(|r| r.target.as_str());
        assert_eq!(best("cust.cust_nm"), Some("customers.name"));
        assert_eq!(best("ord.ord_qty"), Some("orders.quantity"));
        assert_eq!(best("ord.cust"), Some("orders.customer_id"));
        assert_eq!(best("ord.ord_no"), Some("orders.id"));
        assert_eq!(best("cust.cust_no"), Some("customers.id"));
        assert_eq!(rows, Task::parse(TASK).unwrap().rows(3));
    }

    #[test]
    fn what_is_not_a_task_says_where() {
        let broken = TASK.replacen(r#""name": "cust_no""#, r#""name": 7"#, 1);
        let error = Task::parse(&broken).unwrap_err();
        assert_eq!(error.kind, ErrorKind::WrongFormat);
        assert_eq!(error.context.path.as_deref(), Some("source.tables[0].columns[0].name"));
        let error = Task::read(Path::new("no-such-task.json")).unwrap_err();
        assert_eq!(error.kind, ErrorKind::NotFound);
        assert_eq!(error.context.file.as_deref(), Some("no-such-task.json"));
    }
}
