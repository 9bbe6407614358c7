//! The dialect of files: the statements of `statement`, with the types of a format.

use super::statement::{Action, Statement, quote};
use super::table_names;
use crate::catalog::{Column, Table, TableName};
use crate::connectors::{Before, Dialect, NameRule};
use crate::types::LogicalType;

/// One format's dialect.
pub struct FileDialect {
    /// The format's id.
    pub format: &'static str,
    /// The type's name in the format; empty where a file does not keep types.
    pub type_name: fn(&LogicalType) -> String,
    pub stored_as: fn(&LogicalType) -> LogicalType,
}

impl FileDialect {
    fn say(&self, table: &TableName, action: Action) -> String {
        Statement { format: self.format.into(), table: table.table.clone(), action }.to_string()
    }
}

impl Dialect for FileDialect {
    fn quote(&self, identifier: &str) -> String {
        quote(identifier)
    }

    fn table(&self, name: &TableName) -> String {
        quote(&name.table)
    }

    fn table_names(&self) -> NameRule {
        table_names(self.format)
    }

    /// A column without a name gets one when the file is read.
    fn column_names(&self) -> NameRule {
        NameRule { not_blank: true, ..NameRule::ANY }
    }

    fn type_name(&self, logical: &LogicalType) -> String {
        let name = (self.type_name)(logical);
        if name.is_empty() { logical.to_string() } else { name }
    }

    fn stored_as(&self, logical: &LogicalType) -> LogicalType {
        (self.stored_as)(logical)
    }

    fn generates_columns(&self) -> bool {
        false
    }

    fn create_table(&self, table: &Table) -> Vec<String> {
        let columns = table.columns.iter().map(|c| (c.name.clone(), (self.type_name)(&c.logical))).collect();
        vec![self.say(&table.name, Action::Create(columns))]
    }

    /// A file has no keys, indexes or checks.
    fn after_load(&self, _table: &Table) -> Vec<String> {
        Vec::new()
    }

    fn publish(&self, table: &TableName) -> Option<String> {
        Some(self.say(table, Action::Publish))
    }

    fn add_column(&self, table: &TableName, column: &Column) -> String {
        self.say(table, Action::AddColumn(column.name.clone(), (self.type_name)(&column.logical)))
    }

    fn drop_table(&self, table: &TableName) -> String {
        self.say(table, Action::Drop)
    }

    fn delete_all(&self, table: &TableName) -> String {
        self.say(table, Action::DeleteRows)
    }

    /// The whole file, whatever is asked for: it is put aside when the new one takes its place.
    fn keep(&self, before: &Before<'_>) -> (Vec<String>, Vec<String>) {
        (vec![self.say(&before.table.name, Action::Keep(before.image.table.clone()))], Vec::new())
    }

    fn take_out(&self, before: &Before<'_>) -> String {
        self.say(&before.table.name, Action::BringBack(before.image.table.clone()))
    }

    /// Done by `take_out` already.
    fn put_back(&self, _before: &Before<'_>) -> Option<String> {
        None
    }

    fn drop_table_if_exists(&self, table: &TableName) -> String {
        self.say(table, Action::Forget)
    }

    fn create_schema(&self, _schema: &str) -> Option<String> {
        None
    }
}
