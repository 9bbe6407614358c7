//! A dialect for files, which have no SQL.
//!
//! Nothing is ever created in a Parquet source: it has no `Write`, so the statements here reach nobody. Quoting and type
//! names are those of standard SQL, for display.

use crate::catalog::{Column, Table, TableName};
use crate::connectors::Dialect;
use crate::types::LogicalType;

pub(super) struct ParquetDialect;

impl Dialect for ParquetDialect {
    fn quote(&self, identifier: &str) -> String {
        format!("\"{}\"", identifier.replace('"', "\"\""))
    }

    fn table(&self, name: &TableName) -> String {
        self.quote(&name.table)
    }

    fn type_name(&self, logical: &LogicalType) -> String {
        logical.to_string()
    }

    fn stored_as(&self, _logical: &LogicalType) -> LogicalType {
        LogicalType::TEXT
    }

    fn create_table(&self, _table: &Table) -> Vec<String> {
        Vec::new()
    }

    fn after_load(&self, _table: &Table) -> Vec<String> {
        Vec::new()
    }

    fn add_column(&self, _table: &TableName, _column: &Column) -> String {
        String::new()
    }

    fn drop_table(&self, _table: &TableName) -> String {
        String::new()
    }

    fn delete_all(&self, _table: &TableName) -> String {
        String::new()
    }

    fn create_schema(&self, _schema: &str) -> Option<String> {
        None
    }
}
