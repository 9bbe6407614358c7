//! SQLite's SQL, as pure functions.

use datafusion::sql::sqlparser::ast::{Expr, UnaryOperator};
use datafusion::sql::sqlparser::dialect::SQLiteDialect as Grammar;
use datafusion::sql::sqlparser::parser::Parser;

use super::types;
use crate::catalog::{Column, ForeignKey, Index, Key, Table, TableName};
use crate::connectors::dialect::translate_plain_default;
use crate::connectors::{Dialect, ValueLimits};
use crate::types::LogicalType;

pub(super) struct SqliteDialect;

pub(super) fn quote(identifier: &str) -> String {
    format!("\"{}\"", identifier.replace('"', "\"\""))
}

pub(super) fn table(name: &TableName) -> String {
    format!("{}.{}", quote(&name.schema), quote(&name.table))
}

fn list(columns: &[String]) -> String {
    columns.iter().map(|c| quote(c)).collect::<Vec<_>>().join(", ")
}

/// Is this check made only of what means the same in every database: columns, literals, comparisons, arithmetic?
fn is_plain_check(expression: &str) -> bool {
    fn plain(expression: &Expr) -> bool {
        match expression {
            Expr::Identifier(_) => true,
            Expr::Value(_) => true,
            Expr::Nested(e) | Expr::IsNull(e) | Expr::IsNotNull(e) => plain(e),
            Expr::UnaryOp { op: UnaryOperator::Minus | UnaryOperator::Plus | UnaryOperator::Not, expr } => plain(expr),
            Expr::BinaryOp { left, op, right } => {
                use datafusion::sql::sqlparser::ast::BinaryOperator::*;
                matches!(op, Plus | Minus | Multiply | Gt | Lt | GtEq | LtEq | Eq | NotEq | And | Or)
                    && plain(left)
                    && plain(right)
            }
            Expr::InList { expr, list, .. } => plain(expr) && list.iter().all(plain),
            Expr::Between { expr, low, high, .. } => plain(expr) && plain(low) && plain(high),
            _ => false,
        }
    }
    let Ok(mut parser) = Parser::new(&Grammar {}).try_with_sql(expression) else { return false };
    parser.parse_expr().is_ok_and(|e| plain(&e)) && parser.peek_token().token == END
}

const END: datafusion::sql::sqlparser::tokenizer::Token = datafusion::sql::sqlparser::tokenizer::Token::EOF;

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
    if let Some(default) = &column.default {
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

    fn type_name(&self, logical: &LogicalType) -> String {
        types::declared(logical)
    }

    fn stored_as(&self, logical: &LogicalType) -> LogicalType {
        types::logical(&types::declared(logical))
    }

    /// With every constraint, since SQLite can add none later; checks only where they mean the same in SQLite.
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
        for check in source.checks.iter().filter(|c| is_plain_check(&c.expression)) {
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
            .filter(|i| !i.columns.is_empty())
            .filter(|i| !(i.unique && i.definition.to_lowercase().contains(" where ")))
            .map(|index| {
                format!(
                    "create {}index {}.{} on {} ({})",
                    if index.unique { "unique " } else { "" },
                    quote(&source.name.schema),
                    quote(&index_name(source, index)),
                    quote(&source.name.table),
                    list(&index.columns)
                )
            })
            .collect()
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
        ValueLimits { nan: false, ..ValueLimits::default() }
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

/// The index's own name, or one made of table and columns: SQLite has one namespace for all of a database's indexes.
fn index_name(table: &Table, index: &Index) -> String {
    if index.name.is_empty() {
        format!("{}_{}_idx", table.name.table, index.columns.join("_"))
    } else {
        index.name.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_checks_that_mean_the_same_cross() {
        for plain in
            ["a > 0", "(a >= 0 and b is not null)", "kind in ('x', 'y')", "a between 1 and 10", "\"a b\" <> -1"]
        {
            assert!(is_plain_check(plain), "{plain}");
        }
        for foreign in ["(price > (0)::numeric)", "a ~ '^x'", "length(a) > 1", "a = any (array[1])", "a > 0; drop", ")"]
        {
            assert!(!is_plain_check(foreign), "{foreign}");
        }
    }
}
