//! PostgreSQL's SQL, as pure functions.
//!
//! Invariant: every identifier goes through `quote`; text that comes from elsewhere (comments) through `literal`.

use crate::catalog::{Column, ForeignKey, Identity, Index, Key, Table, TableName, TriggerState};
use crate::connectors::{Before, Dialect, NameRule, ValueLimits};
use crate::types::LogicalType;

use super::names::{MAX_BYTES, Taken, fitted, named};
use super::types;

pub(in crate::connectors) struct PostgresDialect;

/// The identifier in double quotes. A NUL, which no identifier can hold, is left to the server to refuse.
pub(super) fn quote(identifier: &str) -> String {
    format!("\"{}\"", identifier.replace('"', "\"\""))
}

pub(super) fn quote_table(name: &TableName) -> String {
    format!("{}.{}", quote(&name.schema), quote(&name.table))
}

pub(super) fn quote_list(columns: &[String]) -> String {
    columns.iter().map(|c| quote(c)).collect::<Vec<_>>().join(", ")
}

/// A string constant; sessions have `standard_conforming_strings` on.
/// `validates`: rows that are there must meet the foreign keys; otherwise only later ones.
fn after_load(table: &Table, validates: bool) -> Vec<String> {
    let name = quote_table(&table.name);
    let mut statements = Vec::new();
    // Keys and indexes share one namespace with tables.
    let mut taken = Taken::default();
    taken.take(table.name.table.clone());
    for key in &table.unique_keys {
        let named = if key.name.is_empty() { String::new() } else { taken.take(fitted(&key.name)) };
        statements.push(format!(
            "alter table {name} add {}unique ({})",
            if named.is_empty() { named } else { format!("constraint {} ", quote(&named)) },
            quote_list(&key.columns)
        ));
    }
    for index in &table.indexes {
        statements.extend(create_index(table, index, &mut taken));
    }
    let mut constraints = Taken::default();
    for check in &table.checks {
        let given = constraints.take(named(&check.name, &table.name.table, &[], "check"));
        statements.push(format!("alter table {name} add constraint {} check ({})", quote(&given), check.expression));
    }
    for key in &table.foreign_keys {
        let given = constraints.take(named(&key.name, &table.name.table, &key.columns, "fkey"));
        statements.push(add_foreign_key(&name, &given, key));
        if validates {
            statements.push(format!("alter table {name} validate constraint {}", quote(&given)));
        }
    }
    if let Some(comment) = &table.comment {
        statements.push(format!("comment on table {name} is {}", literal(comment)));
    }
    for column in &table.columns {
        if let Some(comment) = &column.comment {
            statements.push(format!("comment on column {name}.{} is {}", quote(&column.name), literal(comment)));
        }
    }
    statements
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

impl Dialect for PostgresDialect {
    fn quote(&self, identifier: &str) -> String {
        quote(identifier)
    }

    fn table(&self, name: &TableName) -> String {
        quote_table(name)
    }

    fn table_names(&self) -> NameRule {
        NameRule { max_bytes: Some(MAX_BYTES), ..NameRule::ANY }
    }

    fn column_names(&self) -> NameRule {
        self.table_names()
    }

    fn type_name(&self, logical: &LogicalType) -> String {
        types::type_name(logical)
    }

    fn stored_as(&self, logical: &LogicalType) -> LogicalType {
        types::stored_as(logical)
    }

    fn create_table(&self, table: &Table) -> Vec<String> {
        let mut lines: Vec<_> = table.columns.iter().map(|c| format!("    {}", column_definition(c))).collect();
        if let Some(key) = &table.primary_key {
            lines.push(format!("    {}primary key ({})", constraint(key, "_pkey"), quote_list(&key.columns)));
        }
        let body = if lines.is_empty() { String::new() } else { format!("\n{}\n", lines.join(",\n")) };
        vec![format!("create table {} ({body})", quote_table(&table.name))]
    }

    fn after_load(&self, table: &Table) -> Vec<String> {
        after_load(table, true)
    }

    fn after_load_with_orphans(&self, table: &Table) -> Vec<String> {
        after_load(table, false)
    }

    fn create_enum(&self, name: &TableName, labels: &[String]) -> Option<String> {
        let labels: Vec<_> = labels.iter().map(|l| literal(l)).collect();
        Some(format!("create type {} as enum ({})", quote_table(name), labels.join(", ")))
    }

    fn drop_enum(&self, name: &TableName) -> Option<String> {
        Some(format!("drop type if exists {}", quote_table(name)))
    }

    fn add_column(&self, table: &TableName, column: &Column) -> String {
        format!("alter table {} add column {}", quote_table(table), column_definition(column))
    }

    fn drop_table(&self, table: &TableName) -> String {
        format!("drop table {}", quote_table(table))
    }

    /// In one statement, which drops the foreign keys between them with the tables.
    fn drop_tables(&self, names: &[TableName]) -> Vec<String> {
        let list: Vec<String> = names.iter().map(quote_table).collect();
        if list.is_empty() { Vec::new() } else { vec![format!("drop table {}", list.join(", "))] }
    }

    fn delete_all(&self, table: &TableName) -> String {
        format!("delete from {}", quote_table(table))
    }

    fn keep(&self, before: &Before<'_>) -> (Vec<String>, Vec<String>) {
        let table = quote_table(&before.table.name);
        let lock = before.deletes.then(|| format!("lock table {table} in share row exclusive mode"));
        let columns = before.columns(self).join(", ");
        let create = format!("create table {} as select {columns} from {table}", quote_table(&before.image));
        (lock.into_iter().chain([create]).collect(), Vec::new())
    }

    fn put_back(&self, before: &Before<'_>) -> Option<String> {
        before.key.is_none().then(|| before.put_back(self, "overriding system value "))
    }

    fn check_now(&self) -> Option<&'static str> {
        Some("set constraints all immediate")
    }

    /// As parts of one statement: foreign keys are checked at its end.
    fn together(&self, statements: Vec<String>) -> Vec<String> {
        if statements.len() < 2 {
            return statements;
        }
        let parts: Vec<_> = statements.iter().enumerate().map(|(i, s)| format!("part_{i} as ({s})")).collect();
        vec![format!("with {} select", parts.join(", "))]
    }

    fn limits(&self) -> ValueLimits {
        ValueLimits { nul: false, ..ValueLimits::default() }
    }

    fn switch_trigger(&self, table: &TableName, trigger: &str, state: TriggerState) -> Option<String> {
        let how = match state {
            TriggerState::Enabled => "enable",
            TriggerState::Replica => "enable replica",
            TriggerState::Always => "enable always",
            TriggerState::Disabled => "disable",
        };
        Some(format!("alter table {} {how} trigger {}", quote_table(table), quote(trigger)))
    }

    fn create_schema(&self, schema: &str) -> Option<String> {
        Some(format!("create schema if not exists {}", quote(schema)))
    }
}

fn column_definition(column: &Column) -> String {
    let mut text = format!("{} {}", quote(&column.name), column_type(column));
    if let Some(expression) = &column.generated {
        text += &format!(" generated always as ({expression}) stored");
    } else if let Some(identity) = column.identity.filter(|_| can_be_identity(&column.logical)) {
        let when = if identity == Identity::Always { "always" } else { "by default" };
        text += &format!(" generated {when} as identity");
    } else if let Some(default) = &column.default {
        text += &format!(" default {default}");
    }
    if !column.nullable {
        text += " not null";
    }
    text
}

/// `jsonb` is PostgreSQL's alone: a column that has it keeps it. An enumeration is a type of its own, with a name.
fn column_type(column: &Column) -> String {
    match (&column.logical, column.native_type.as_str()) {
        (LogicalType::Json, "jsonb") => "jsonb".into(),
        (LogicalType::Enumeration { .. }, named) if !named.is_empty() => named.into(),
        (logical, _) => types::type_name(logical),
    }
}

fn can_be_identity(logical: &LogicalType) -> bool {
    matches!(types::stored_as(logical), LogicalType::Integer { .. })
}

/// The key's own name, unless it is the one that the server gives anyway: that would collide when a table is copied
/// under another name into the same schema.
fn constraint(key: &Key, default_ending: &str) -> String {
    if key.name.is_empty() || key.name.ends_with(default_ending) {
        String::new()
    } else {
        format!("constraint {} ", quote(&fitted(&key.name)))
    }
}

fn add_foreign_key(table: &str, name: &str, key: &ForeignKey) -> String {
    let mut text = format!(
        "alter table {table} add constraint {} foreign key ({}) references {}",
        quote(name),
        quote_list(&key.columns),
        quote_table(&key.references)
    );
    // Without columns the key means the other table's primary key.
    if !key.referenced_columns.is_empty() {
        text += &format!(" ({})", quote_list(&key.referenced_columns));
    }
    text += &format!(" on update {} on delete {} not valid", action(&key.on_update), action(&key.on_delete));
    text
}

fn action(text: &str) -> &'static str {
    match text.to_ascii_uppercase().as_str() {
        "CASCADE" => "cascade",
        "SET NULL" => "set null",
        "SET DEFAULT" => "set default",
        "RESTRICT" => "restrict",
        _ => "no action",
    }
}

/// `None` for an index over expressions of another database.
fn create_index(table: &Table, index: &Index, taken: &mut Taken) -> Option<String> {
    let own = postgres_definition(&index.definition);
    let body = match own {
        // Expressions, operator classes, order, included columns and predicates are kept as the server wrote them.
        Some(rest) if index.columns.is_empty() || names_all(rest, &index.columns) => rest.to_string(),
        _ if index.columns.is_empty() => return None,
        _ => format!("btree ({})", quote_list(&index.columns)),
    };
    // A name from elsewhere could be taken here. Without one the server gives `<table>_<columns>_idx`, free for sure.
    let name = match own {
        Some(_) if !index.name.is_empty() => format!("{} ", quote(&taken.take(fitted(&index.name)))),
        _ => String::new(),
    };
    Some(format!(
        "create {}index {name}on {} using {body}",
        if index.unique { "unique " } else { "" },
        quote_table(&table.name)
    ))
}

/// What follows `USING` in a definition that PostgreSQL wrote (`pg_get_indexdef`): the word itself, not one within the
/// quoted name of the index or the table.
fn postgres_definition(definition: &str) -> Option<&str> {
    const USING: &str = " USING ";
    let is_ours = definition.starts_with("CREATE INDEX ") || definition.starts_with("CREATE UNIQUE INDEX ");
    let mut quoted = false;
    let is_it = |(at, c): &(usize, char)| {
        quoted ^= *c == '"';
        !quoted && definition[*at..].starts_with(USING)
    };
    let (at, _) = definition.char_indices().find(is_it).filter(|_| is_ours)?;
    let rest = &definition[at + USING.len()..];
    let method = rest.split_once(" (")?.0;
    method.bytes().all(|b| b.is_ascii_lowercase() || b == b'_').then_some(rest)
}

/// Does the definition still hold these columns? Not when the mapping renamed one.
fn names_all(rest: &str, columns: &[String]) -> bool {
    let words: Vec<_> = rest.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$')).collect();
    columns.iter().all(|c| words.contains(&c.as_str()) || rest.contains(&quote(c)))
}

#[cfg(test)]
mod tests;
