//! SQLite's SQL, as pure functions.

use super::types;
use crate::catalog::{Column, ForeignKey, Index, Key, Table, TableName};
use crate::connectors::dialect::translate_plain_default;
use crate::connectors::expression::index_body;
use crate::connectors::{Before, Case, Dialect, NameRule, ValueLimits};
use crate::types::LogicalType;

pub(in crate::connectors) struct SqliteDialect;

pub(super) fn quote(identifier: &str) -> String {
    format!("\"{}\"", identifier.replace('"', "\"\""))
}

pub(super) fn table(name: &TableName) -> String {
    format!("{}.{}", quote(&name.schema), quote(&name.table))
}

fn list(columns: &[String]) -> String {
    columns.iter().map(|c| quote(c)).collect::<Vec<_>>().join(", ")
}

/// The column that becomes the rowid: the one integer column of the primary key.
fn rowid_column(table: &Table) -> Option<&Column> {
    let key = table.primary_key.as_ref().filter(|k| k.columns.len() == 1)?;
    let column = table.column(&key.columns[0])?;
    match column.logical {
        LogicalType::Integer { bits, signed } if signed || bits < 64 => Some(column),
        _ => None,
    }
}

fn column_definition(column: &Column, type_name: &str) -> String {
    let mut sql = format!("{} {type_name}", quote(&column.name));
    if !column.nullable {
        sql += " not null";
    }
    if let Some(expression) = &column.generated {
        sql += &format!(" generated always as ({expression}) stored");
    } else if let Some(default) = &column.default {
        sql += &format!(" default ({default})");
    }
    sql
}

fn constraint_name(name: &str) -> String {
    if name.is_empty() { String::new() } else { format!("constraint {} ", quote(name)) }
}

fn foreign_key(key: &ForeignKey) -> String {
    let mut sql = format!(
        "{}foreign key ({}) references {}",
        constraint_name(&key.name),
        list(&key.columns),
        quote(&key.references.table)
    );
    if !key.referenced_columns.is_empty() {
        sql += &format!(" ({})", list(&key.referenced_columns));
    }
    for (event, action) in [("update", &key.on_update), ("delete", &key.on_delete)] {
        if ["CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT"].contains(&action.as_str()) {
            sql += &format!(" on {event} {}", action.to_lowercase());
        }
    }
    sql
}

fn key_constraint(kind: &str, key: &Key) -> String {
    format!("{}{kind} ({})", constraint_name(&key.name), list(&key.columns))
}

impl Dialect for SqliteDialect {
    fn quote(&self, identifier: &str) -> String {
        quote(identifier)
    }

    fn table(&self, name: &TableName) -> String {
        table(name)
    }

    fn table_names(&self) -> NameRule {
        NameRule { forbidden_beginnings: &["sqlite_"], ..self.column_names() }
    }

    fn column_names(&self) -> NameRule {
        NameRule { case: Case::AsciiFolded, ..NameRule::ANY }
    }

    fn type_name(&self, logical: &LogicalType) -> String {
        types::declared(logical)
    }

    fn stored_as(&self, logical: &LogicalType) -> LogicalType {
        types::logical(&types::declared(logical))
    }

    /// With every constraint, since SQLite can add none later.
    /// A primary key of one integer column is the rowid, so the column is of 64 bits whatever it was.
    fn create_table(&self, source: &Table) -> Vec<String> {
        let rowid = rowid_column(source);
        let mut parts = Vec::new();
        for column in &source.columns {
            if rowid.is_some_and(|c| c.name == column.name) {
                let auto = if column.identity.is_some() { " autoincrement" } else { "" };
                parts.push(format!("{} INTEGER not null primary key{auto}", quote(&column.name)));
            } else {
                parts.push(column_definition(column, &self.type_name(&column.logical)));
            }
        }
        if let Some(key) = source.primary_key.as_ref().filter(|_| rowid.is_none()) {
            parts.push(key_constraint("primary key", key));
        }
        parts.extend(source.unique_keys.iter().map(|key| key_constraint("unique", key)));
        parts.extend(source.foreign_keys.iter().map(foreign_key));
        for check in &source.checks {
            parts.push(format!("{}check ({})", constraint_name(&check.name), check.expression));
        }
        vec![format!("create table {} (\n    {}\n)", table(&source.name), parts.join(",\n    "))]
    }

    /// Indexes over columns. One over expressions, or a unique one over some of the rows, is in another database's
    /// words and is left out.
    fn after_load(&self, source: &Table) -> Vec<String> {
        source
            .indexes
            .iter()
            .filter_map(|index| {
                // Expressions, order and predicates are kept as the file has them.
                let body = match index_body(&index.definition).filter(|_| is_ours(&index.definition)) {
                    Some(body) => body.to_string(),
                    None if index.columns.is_empty() => return None,
                    None if index.unique && index.definition.to_lowercase().contains(" where ") => return None,
                    None => format!("({})", list(&index.columns)),
                };
                Some(format!(
                    "create {}index {}.{} on {} {body}",
                    if index.unique { "unique " } else { "" },
                    quote(&source.name.schema),
                    quote(&index_name(source, index)),
                    quote(&source.name.table),
                ))
            })
            .collect()
    }

    /// Without types, so that every value is kept as it is.
    fn keep(&self, before: &Before<'_>) -> (Vec<String>, Vec<String>) {
        let make = format!("create table {} ({})", table(&before.image), before.columns(self).join(", "));
        (vec![make], vec![before.fill(self)])
    }

    /// A question within brackets is answered once for all rows.
    fn take_out(&self, before: &Before<'_>) -> String {
        let Some(key) = before.key else { return self.delete_all(&before.table.name) };
        let (columns, image) = (list(key), table(&before.image));
        format!("delete from {} where ({columns}) not in (select {columns} from {image})", table(&before.table.name))
    }

    fn add_column(&self, name: &TableName, column: &Column) -> String {
        format!(
            "alter table {} add column {}",
            table(name),
            column_definition(column, &self.type_name(&column.logical))
        )
    }

    fn drop_table(&self, name: &TableName) -> String {
        format!("drop table {}", table(name))
    }

    fn delete_all(&self, name: &TableName) -> String {
        format!("delete from {}", table(name))
    }

    fn limits(&self) -> ValueLimits {
        ValueLimits { nan: false, minus_zero: false, ..ValueLimits::default() }
    }

    fn fires_triggers(&self) -> bool {
        false
    }

    fn create_schema(&self, _schema: &str) -> Option<String> {
        None
    }

    fn translate_default(&self, default: &str, logical: &LogicalType) -> Option<String> {
        let plain = translate_plain_default(default, logical)?;
        // SQLite's current_timestamp has no zone, and a zoned column needs one.
        let zoned = matches!(logical, LogicalType::Timestamp { zoned: true, .. });
        if zoned && plain == "current_timestamp" {
            return Some("strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')".into());
        }
        Some(plain)
    }
}

/// The text that made an index in a file: one without `using`, which SQLite does not have.
fn is_ours(definition: &str) -> bool {
    let mut words = definition.split_whitespace().map(str::to_lowercase);
    words.next().as_deref() == Some("create")
        && matches!(words.next().as_deref(), Some("index" | "unique"))
        && !definition.to_lowercase().contains(" using ")
        && !definition.contains(" index `")
}

/// The index's own name, or one made of table and columns: SQLite has one namespace for all of a database's indexes.
fn index_name(table: &Table, index: &Index) -> String {
    if index.name.is_empty() {
        format!("{}_{}_idx", table.name.table, index.columns.join("_"))
    } else {
        index.name.clone()
    }
}
