//! MySQL's and MariaDB's SQL, as pure functions.
//!
//! Invariant: every identifier goes through `quote`; text that comes from elsewhere (comments) through `literal`.
//! Text columns are made with a binary collation, so that unique keys and comparisons tell apart what the source told
//! apart: the usual collations hold `a`, `A` and `á` to be one, and `utf8mb4_bin` pads, so that `a` and `a ` are one key.

use super::names::{MAX_CHARACTERS, Taken, fitted, named};
use super::types::{self, CALENDAR};
use crate::catalog::{Column, ForeignKey, Index, Table, TableName};
use crate::connectors::dialect::translate_plain_default;
use crate::connectors::expression::index_body;
use crate::connectors::{Before, Case, Dialect, NameRule, ValueLimits};
use crate::types::LogicalType;

pub(in crate::connectors) struct MySqlDialect {
    /// Of the text in new tables.
    pub(super) collation: &'static str,
}

/// Binary collations that do not pad: MariaDB's from 10.2 on, and MySQL's from 8.0.17 on.
pub(super) const UNPADDED: [&str; 2] = ["utf8mb4_nopad_bin", "utf8mb4_0900_bin"];

/// The best collation first.
pub(super) static DIALECTS: [MySqlDialect; 2] =
    [MySqlDialect { collation: UNPADDED[0] }, MySqlDialect { collation: UNPADDED[1] }];

/// For older servers.
pub(in crate::connectors) static PADDED: &MySqlDialect = &MySqlDialect { collation: "utf8mb4_bin" };

/// Characters of text that all columns of one key share: InnoDB's 3,072 bytes.
const KEY_CHARACTERS: usize = 768;
/// Characters of a long text that an index looks at.
const PREFIX: usize = 191;

/// The identifier in backticks.
pub(super) fn quote(identifier: &str) -> String {
    format!("`{}`", identifier.replace('`', "``"))
}

pub(super) fn quote_table(name: &TableName) -> String {
    format!("{}.{}", quote(&name.schema), quote(&name.table))
}

pub(super) fn quote_list(columns: &[String]) -> String {
    columns.iter().map(|c| quote(c)).collect::<Vec<_>>().join(", ")
}

/// A string constant; sessions have `NO_BACKSLASH_ESCAPES` off.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

impl Dialect for MySqlDialect {
    fn quote(&self, identifier: &str) -> String {
        quote(identifier)
    }

    fn table(&self, name: &TableName) -> String {
        quote_table(name)
    }

    /// The server may hold tables to be one that differ by case: that is one of its settings, and it says so itself.
    fn table_names(&self) -> NameRule {
        NameRule {
            max_characters: Some(MAX_CHARACTERS),
            max_file_bytes: Some(255 - ".ibd".len()),
            basic_plane_only: true,
            no_space_at_end: true,
            ..NameRule::ANY
        }
    }

    fn column_names(&self) -> NameRule {
        NameRule { case: Case::Folded, max_file_bytes: None, ..self.table_names() }
    }

    fn type_name(&self, logical: &LogicalType) -> String {
        types::type_name(logical)
    }

    fn stored_as(&self, logical: &LogicalType) -> LogicalType {
        types::stored_as(logical)
    }

    fn keeps_native(&self, column: &Column) -> bool {
        types::has_own_words(&column.native_type)
    }

    fn create_table(&self, table: &Table) -> Vec<String> {
        let mut lines: Vec<_> = table.columns.iter().map(|c| format!("    {}", definition(c, Some(table)))).collect();
        if let Some(key) = &table.primary_key {
            lines.push(format!("    primary key ({})", quote_list(&key.columns)));
        }
        // A number that the server gives must be the first column of a key.
        for column in table.columns.iter().filter(|c| numbers_rows(c)) {
            if table.primary_key.as_ref().is_none_or(|k| k.columns.first() != Some(&column.name)) {
                lines.push(format!("    key ({})", quote(&column.name)));
            }
        }
        if let Some(comment) = &table.comment {
            let body = lines.join(",\n");
            return vec![format!(
                "create table {} (\n{body}\n) engine = InnoDB default character set utf8mb4 collate {} comment = {}",
                quote_table(&table.name),
                self.collation,
                literal(comment)
            )];
        }
        vec![format!(
            "create table {} (\n{}\n) engine = InnoDB default character set utf8mb4 collate {}",
            quote_table(&table.name),
            lines.join(",\n"),
            self.collation
        )]
    }

    /// One statement: the table is gone through once for all of its keys and indexes.
    fn after_load(&self, table: &Table) -> Vec<String> {
        let mut parts = Vec::new();
        let mut taken = Taken::default();
        for key in &table.unique_keys {
            let name = taken.take(named(&key.name, &table.name.table, &key.columns, "key"));
            parts.push(format!("add unique key {} ({})", quote(&name), quote_list(&key.columns)));
        }
        for index in &table.indexes {
            parts.extend(add_index(table, index, &mut taken));
        }
        let mut constraints = Taken::default();
        for check in &table.checks {
            let name = constraints.take(named(&check.name, &table.name.table, &[], "check"));
            parts.push(format!("add constraint {} check ({})", quote(&name), check.expression));
        }
        // Names of foreign keys are shared by all tables of a database.
        let mut keys = Vec::new();
        for key in &table.foreign_keys {
            let name = constraints.take(named(&key.name, &table.name.table, &key.columns, "fkey"));
            keys.push(add_foreign_key(&name, key));
        }
        let statement = |parts: Vec<String>| {
            let name = quote_table(&table.name);
            (!parts.is_empty()).then(|| format!("alter table {name}\n    {}", parts.join(",\n    ")))
        };
        statement(parts).into_iter().chain(statement(keys)).collect()
    }

    fn add_column(&self, table: &TableName, column: &Column) -> String {
        format!("alter table {} add column {}", quote_table(table), definition(column, None))
    }

    fn drop_table(&self, table: &TableName) -> String {
        format!("drop table {}", quote_table(table))
    }

    fn delete_all(&self, table: &TableName) -> String {
        format!("delete from {}", quote_table(table))
    }

    /// The server drops the foreign keys between them only where it does not look at any.
    fn drop_tables(&self, names: &[TableName]) -> Vec<String> {
        let list: Vec<String> = names.iter().map(quote_table).collect();
        if list.is_empty() { Vec::new() } else { self.together(vec![format!("drop table {}", list.join(", "))]) }
    }

    /// A key may hold the beginning of a long text, of which the catalog does not tell.
    fn keeps_key(&self, column: &Column) -> bool {
        !["text", "blob"].iter().any(|long| column.native_type.contains(long))
    }

    fn keep(&self, before: &Before<'_>) -> (Vec<String>, Vec<String>) {
        let (image, table) = (quote_table(&before.image), quote_table(&before.table.name));
        let make = match before.key {
            None => format!("create table {image} like {table}"),
            Some(_) => {
                let columns = before.columns(self).join(", ");
                format!("create table {image} (primary key ({columns})) as select {columns} from {table} where false")
            }
        };
        (vec![make], vec![before.fill(self)])
    }

    fn unchecked(&self) -> Option<(&'static str, &'static str)> {
        Some(("set foreign_key_checks = 0", "set foreign_key_checks = 1"))
    }

    /// A table cannot be read by the statement that deletes from it, but for a join.
    fn delete_orphans(&self, table: &TableName, key: &ForeignKey) -> String {
        let pairs = || key.columns.iter().zip(&key.referenced_columns);
        let equal: Vec<_> = pairs().map(|(c, r)| format!("parent.{} = child.{}", quote(r), quote(c))).collect();
        let present: Vec<_> = key.columns.iter().map(|c| format!("child.{} is not null", quote(c))).collect();
        let absent = key.referenced_columns.first().map(|r| format!("parent.{} is null", quote(r)));
        format!(
            "delete child from {} as child left join {} as parent on {} where {} and {}",
            quote_table(table),
            quote_table(&key.references),
            equal.join(" and "),
            present.join(" and "),
            absent.unwrap_or_default()
        )
    }

    fn keys_share_collations(&self) -> bool {
        true
    }

    fn limits(&self) -> ValueLimits {
        // MariaDB stores `-0` as 0.
        ValueLimits { nan: false, infinity: false, minus_zero: false, days: Some(CALENDAR), ..ValueLimits::default() }
    }

    fn create_schema(&self, schema: &str) -> Option<String> {
        Some(format!("create database if not exists {}", quote(schema)))
    }

    fn translate_default(&self, default: &str, logical: &LogicalType) -> Option<String> {
        let text = translate_plain_default(default, logical)?;
        match (logical, text.as_str()) {
            (LogicalType::Boolean, "true") => Some("b'1'".into()),
            (LogicalType::Boolean, "false") => Some("b'0'".into()),
            // A clock of another precision than the column is refused.
            (LogicalType::Timestamp { precision, .. }, "current_timestamp") => {
                Some(format!("current_timestamp({})", (*precision).min(6)))
            }
            (_, "current_timestamp") => None,
            (_, "current_date" | "current_time") => Some(format!("({text}())")),
            _ if text.starts_with('\'') => Some(format!("({})", text.replace('\\', "\\\\"))),
            _ => Some(text),
        }
    }
}

fn numbers_rows(column: &Column) -> bool {
    column.identity.is_some() && matches!(column.logical, LogicalType::Integer { .. })
}

/// `table` holds the column's keys, where it has any.
fn definition(column: &Column, table: Option<&Table>) -> String {
    let mut text = format!("{} {}", quote(&column.name), column_type(column, table));
    if let Some(collation) = &column.collation {
        // Every collation is named after its character set.
        let set = collation.split('_').next().unwrap_or(collation);
        text += &format!(" character set {} collate {}", quote(set), quote(collation));
    }
    if let Some(expression) = &column.generated {
        text += &format!(" as ({expression}) stored");
    } else if numbers_rows(column) && table.is_some() {
        text += " auto_increment";
    } else if let Some(default) = &column.default {
        text += &format!(" default {default}");
    }
    if !column.nullable && column.generated.is_none() {
        text += " not null";
    } else if column.native_type.starts_with("timestamp") && column.generated.is_none() {
        // Without the word some servers make it `not null`, set by each update.
        text += " null";
    }
    if column.logical == LogicalType::Json {
        text += &format!(" check (json_valid({}))", quote(&column.name));
    }
    if let Some(comment) = &column.comment {
        text += &format!(" comment {}", literal(comment));
    }
    text
}

/// A text without a bound cannot be in a key: there it gets the bound that the key leaves it.
fn column_type(column: &Column, table: Option<&Table>) -> String {
    if let (LogicalType::Other { name }, true) = (&column.logical, types::is_geometry(&column.native_type)) {
        return name.clone();
    }
    if types::has_own_words(&column.native_type) {
        return column.native_type.clone();
    }
    let logical = &column.logical;
    let wide = |c: &Column| match &c.logical {
        LogicalType::Binary { .. } => types::type_name(&c.logical) == "longblob",
        other => types::is_long_text(other),
    };
    let Some(table) = table.filter(|_| wide(column)) else { return types::type_name(logical) };
    let keys = table.keys().map(|k| &k.columns).chain(table.foreign_keys.iter().map(|k| &k.columns));
    let of_key = |columns: &Vec<String>| {
        let count = columns.iter().filter_map(|c| table.column(c)).filter(|c| wide(c)).count().max(1);
        // What the others of the key need at most, with room to spare.
        let others = columns.len() - count;
        (KEY_CHARACTERS.saturating_sub(others * 64) / count).max(1)
    };
    match keys.filter(|columns| columns.contains(&column.name)).map(of_key).min() {
        None => types::type_name(logical),
        Some(n) if matches!(logical, LogicalType::Binary { .. }) => format!("varbinary({n})"),
        Some(n) => format!("varchar({n})"),
    }
}

fn add_foreign_key(name: &str, key: &ForeignKey) -> String {
    let mut text = format!(
        "add constraint {} foreign key ({}) references {}",
        quote(name),
        quote_list(&key.columns),
        quote_table(&key.references)
    );
    if !key.referenced_columns.is_empty() {
        text += &format!(" ({})", quote_list(&key.referenced_columns));
    }
    text + &format!(" on update {} on delete {}", action(&key.on_update), action(&key.on_delete))
}

fn action(text: &str) -> &'static str {
    match text.to_ascii_uppercase().as_str() {
        "CASCADE" => "cascade",
        "SET NULL" => "set null",
        "RESTRICT" => "restrict",
        // InnoDB refuses SET DEFAULT.
        _ => "no action",
    }
}

/// `None` for an index over expressions of another database.
fn add_index(table: &Table, index: &Index, taken: &mut Taken) -> Option<String> {
    if index.columns.is_empty() {
        return None;
    }
    let is_ours = index.definition.starts_with("create ") && index.definition.contains(" index `");
    let kind = if index.unique { "unique " } else { "" };
    let kind = match index.definition.split(' ').nth(1) {
        Some("fulltext") if is_ours => "fulltext ",
        Some("spatial") if is_ours => "spatial ",
        _ => kind,
    };
    let part = |name: &String| {
        let long = table.column(name).is_some_and(|c| {
            let declared = column_type(c, Some(table));
            declared == "longtext" || declared == "longblob" || declared == "varchar(1000)"
        });
        if long && !kind.starts_with("fulltext") { format!("{}({PREFIX})", quote(name)) } else { quote(name) }
    };
    let columns: Vec<_> = index.columns.iter().map(part).collect();
    // Its own definition knows the lengths and the order of its parts.
    let body = match index_body(&index.definition).filter(|_| is_ours) {
        Some(body) => body.to_string(),
        None => format!("({})", columns.join(", ")),
    };
    let unnamed = named("", &table.name.table, &index.columns, "idx");
    let name = taken.take(if index.name.is_empty() { unnamed } else { fitted(&index.name) });
    Some(format!("add {kind}index {} {body}", quote(&name)))
}

#[cfg(test)]
mod tests;
