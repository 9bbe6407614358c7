//! A database's own SQL, as pure functions: tested without a database.

use super::NameRule;
use super::before::Before;
use crate::catalog::{Column, ForeignKey, Table, TableName, TriggerState};
use crate::types::LogicalType;

/// Quoting, type names and DDL of one database.
///
/// Every identifier goes through `quote`; nothing here is ever built from a cell's value.
pub trait Dialect: Send + Sync {
    /// The identifier in quotes, whatever it holds.
    fn quote(&self, identifier: &str) -> String;

    /// The table's quoted name.
    fn table(&self, name: &TableName) -> String;

    /// Which names new tables can have.
    fn table_names(&self) -> NameRule;

    /// Which names new columns can have.
    fn column_names(&self) -> NameRule;

    /// The native type for new columns of this logical type, exact wherever the database has such a type.
    fn type_name(&self, logical: &LogicalType) -> String;

    /// The logical type that a column made with `type_name` is read back as.
    ///
    /// Where it differs from `logical`, creating the column changes the type: the plan gives the verdict on it.
    fn stored_as(&self, logical: &LogicalType) -> LogicalType;

    /// Statements that make the table so that rows can be loaded: columns, defaults, primary key, and whatever
    /// cannot be added later.
    fn create_table(&self, table: &Table) -> Vec<String>;

    /// Statements for after the load: unique keys, indexes, foreign keys, checks and comments. Names of keys and
    /// indexes are kept where they are free for sure, and otherwise made anew.
    fn after_load(&self, table: &Table) -> Vec<String>;

    /// As `after_load`, but rows whose foreign key points at nothing may stay: the constraint holds for later rows only,
    /// or is left out where there is no such thing.
    fn after_load_with_orphans(&self, table: &Table) -> Vec<String> {
        self.after_load(&Table { foreign_keys: Vec::new(), ..table.clone() })
    }

    /// Deletes the rows of `table` whose foreign key points at nothing.
    fn delete_orphans(&self, table: &TableName, key: &ForeignKey) -> String {
        let child = self.table(table);
        let present: Vec<_> = key.columns.iter().map(|c| format!("{child}.{} is not null", self.quote(c))).collect();
        let equal: Vec<_> = key
            .referenced_columns
            .iter()
            .zip(&key.columns)
            .map(|(r, c)| format!("parent.{} = {child}.{}", self.quote(r), self.quote(c)))
            .collect();
        format!(
            "delete from {child} where {} and not exists (select 1 from {} as parent where {})",
            present.join(" and "),
            self.table(&key.references),
            equal.join(" and ")
        )
    }

    /// Is a column of this native type, which came from a database of the same kind, made with that very type?
    fn keeps_native(&self, _column: &Column) -> bool {
        false
    }

    /// Can a new column be a generated one, with an expression of this database?
    fn generates_columns(&self) -> bool {
        true
    }

    /// The statement that makes an enumeration which columns refer to by its name; `None` where a column lists its
    /// labels itself, or there is no such type.
    fn create_enum(&self, _name: &TableName, _labels: &[String]) -> Option<String> {
        None
    }

    /// Also when there is none.
    fn drop_enum(&self, _name: &TableName) -> Option<String> {
        None
    }

    /// The statement that makes the rows of a load seen, for every table of a run; `None` where they are seen as they
    /// are committed.
    fn publish(&self, _table: &TableName) -> Option<String> {
        None
    }

    fn add_column(&self, table: &TableName, column: &Column) -> String;

    fn drop_table(&self, table: &TableName) -> String;

    /// Drops tables of which the first refer to the last; also such as refer to each other, where the database can.
    fn drop_tables(&self, names: &[TableName]) -> Vec<String> {
        names.iter().map(|name| self.drop_table(name)).collect()
    }

    /// Also when there is none.
    fn drop_table_if_exists(&self, table: &TableName) -> String {
        format!("drop table if exists {}", self.table(table))
    }

    fn drop_column(&self, table: &TableName, column: &str) -> String {
        format!("alter table {} drop column {}", self.table(table), self.quote(column))
    }

    /// Deletes every row.
    fn delete_all(&self, table: &TableName) -> String;

    /// May the column be part of a key that is kept on its own?
    fn keeps_key(&self, _column: &Column) -> bool {
        true
    }

    /// Statements that make the table for what a run keeps, and those that fill it. The second ones of all tables are
    /// sent one after the other, and what the run deletes comes right after them.
    fn keep(&self, before: &Before<'_>) -> (Vec<String>, Vec<String>);

    /// Deletes what the run wrote.
    fn take_out(&self, before: &Before<'_>) -> String {
        before.take_out(self)
    }

    /// Brings back what the run deleted; `None` where it deleted nothing.
    fn put_back(&self, before: &Before<'_>) -> Option<String> {
        before.key.is_none().then(|| before.put_back(self, ""))
    }

    /// Checks now what waits for the transaction's end: a table with such a check pending cannot be altered.
    fn check_now(&self) -> Option<&'static str> {
        None
    }

    /// Statements between which foreign keys are not looked at; only for such as leave them right.
    fn unchecked(&self) -> Option<(&'static str, &'static str)> {
        None
    }

    /// Statements for deleting from several tables, or filling them, none of which may break a foreign key between them,
    /// whatever their order; as they are where the database has no way to that.
    fn together(&self, statements: Vec<String>) -> Vec<String> {
        match self.unchecked().filter(|_| !statements.is_empty()) {
            Some((off, on)) => [vec![off.into()], statements, vec![on.into()]].concat(),
            None => statements,
        }
    }

    /// Must the text columns of a foreign key have the collations of those that they refer to?
    fn keys_share_collations(&self) -> bool {
        false
    }

    /// What the database's own types cannot hold, though its columns' declared types say nothing of it.
    fn limits(&self) -> ValueLimits {
        ValueLimits::default()
    }

    fn create_schema(&self, schema: &str) -> Option<String>;

    /// Do the target's triggers fire for rows that a run writes? Not where they are off on the loading connection.
    fn fires_triggers(&self) -> bool {
        true
    }

    /// The statement that puts one trigger of a table into this state; `None` where a trigger has no states.
    fn switch_trigger(&self, _table: &TableName, _trigger: &str, _state: TriggerState) -> Option<String> {
        None
    }

    /// The database's SQL for a default that is a literal or the current time in another database's dialect;
    /// `None` when it cannot be carried.
    fn translate_default(&self, default: &str, logical: &LogicalType) -> Option<String> {
        translate_plain_default(default, logical)
    }
}

/// Values that Arrow holds and a database may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ValueLimits {
    /// The character U+0000 in text.
    pub nul: bool,
    pub nan: bool,
    pub infinity: bool,
    /// The sign of a zero that is a float.
    pub minus_zero: bool,
    /// First and last day of dates and timestamps, counted from 1970-01-01, where the database has such.
    pub days: Option<(i64, i64)>,
}

impl Default for ValueLimits {
    /// Holds everything.
    fn default() -> Self {
        ValueLimits { nul: true, nan: true, infinity: true, minus_zero: true, days: None }
    }
}

/// Numbers, quoted strings, `NULL`, booleans and the current time mean the same everywhere.
pub fn translate_plain_default(default: &str, logical: &LogicalType) -> Option<String> {
    let mut text = default.trim();
    while let Some(inner) = text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
        text = inner.trim();
    }
    // MySQL says there what an update sets as well; nobody else can.
    if !text.starts_with('\'')
        && let Some((insert, _)) = text.split_once(" on update ")
    {
        text = insert;
    }
    // MySQL gives the digits of the second.
    if let Some(clock) =
        text.strip_suffix(')').and_then(|t| t.trim_end_matches(|c: char| c.is_ascii_digit()).strip_suffix('('))
        && clock.eq_ignore_ascii_case("current_timestamp")
    {
        text = clock;
    }
    // PostgreSQL writes 'x'::character varying.
    if text.starts_with('\'')
        && let Some((literal, cast)) = text.rsplit_once("::")
        && cast.chars().all(|c| c.is_alphanumeric() || " _()[],\"".contains(c))
    {
        text = literal;
    }
    let quoted = text.len() >= 2
        && text.starts_with('\'')
        && text.ends_with('\'')
        && !text[1..text.len() - 1].replace("''", "").contains('\'');
    if quoted || text.eq_ignore_ascii_case("null") {
        return Some(text.to_string());
    }
    if text.parse::<f64>().is_ok_and(f64::is_finite) {
        return match (logical, text) {
            (LogicalType::Boolean, "0") => Some("false".into()),
            (LogicalType::Boolean, "1") => Some("true".into()),
            _ => Some(text.to_string()),
        };
    }
    match text.to_ascii_lowercase().as_str() {
        "true" => Some("true".into()),
        "false" => Some("false".into()),
        "current_timestamp" | "now()" | "current_timestamp()" => Some("current_timestamp".into()),
        "current_date" => Some("current_date".into()),
        "current_time" => Some("current_time".into()),
        _ => None,
    }
}

/// A database's dialect by the connector's id.
#[cfg(test)]
pub(crate) fn test_dialect(connector: &str) -> &'static dyn Dialect {
    match connector {
        "postgres" => &super::postgres::dialect::PostgresDialect,
        "mysql" => super::mysql::dialect::PADDED,
        _ => &super::sqlite::dialect::SqliteDialect,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_cross_and_functions_do_not() {
        let text = LogicalType::TEXT;
        assert_eq!(translate_plain_default("'a''b'::character varying", &text).as_deref(), Some("'a''b'"));
        assert_eq!(translate_plain_default("((0))", &LogicalType::INT32).as_deref(), Some("0"));
        assert_eq!(translate_plain_default("1", &LogicalType::Boolean).as_deref(), Some("true"));
        assert_eq!(translate_plain_default("now()", &text).as_deref(), Some("current_timestamp"));
        assert_eq!(translate_plain_default("nextval('s'::regclass)", &text), None);
        assert_eq!(translate_plain_default("'a' || 'b'", &text), None);
    }
}
