//! What SQLite keeps only in the text of `create table`: names of constraints, checks, generated expressions.
//!
//! The text is read with a parser. One that it does not understand gives nothing, and the catalog goes without.

use std::collections::HashMap;

use datafusion::sql::sqlparser::ast::{ColumnOption, Ident, Statement, TableConstraint};
use datafusion::sql::sqlparser::dialect::SQLiteDialect;
use datafusion::sql::sqlparser::parser::Parser;

use crate::catalog::Check;

/// Column names are in lower case, as SQLite compares them.
#[derive(Debug, Default)]
pub(super) struct Declared {
    pub primary_key: Option<String>,
    /// Names of unique keys by their columns.
    pub unique: HashMap<Vec<String>, String>,
    /// Names of foreign keys by their columns.
    pub foreign: HashMap<Vec<String>, String>,
    pub checks: Vec<Check>,
    /// Expressions of generated columns.
    pub generated: HashMap<String, String>,
}

pub(super) fn parse(sql: &str) -> Declared {
    let mut declared = Declared::default();
    let Ok(statements) = Parser::parse_sql(&SQLiteDialect {}, sql) else { return declared };
    let Some(Statement::CreateTable(table)) = statements.into_iter().next() else { return declared };
    for column in table.columns {
        let key = vec![folded(&column.name)];
        for option in column.options {
            let name = option.name.as_ref().map(|n| n.value.clone());
            match option.option {
                ColumnOption::PrimaryKey(_) => declared.primary_key = name,
                ColumnOption::Unique(_) => keep(&mut declared.unique, key.clone(), name),
                ColumnOption::ForeignKey(_) => keep(&mut declared.foreign, key.clone(), name),
                ColumnOption::Check(check) => declared.checks.push(Check {
                    name: name.or(check.name.map(|n| n.value)).unwrap_or_default(),
                    expression: check.expr.to_string(),
                }),
                ColumnOption::Generated { generation_expr: Some(expression), .. } => {
                    declared.generated.insert(key[0].clone(), expression.to_string());
                }
                _ => {}
            }
        }
    }
    for constraint in table.constraints {
        match constraint {
            TableConstraint::PrimaryKey(key) => declared.primary_key = key.name.map(|n| n.value),
            TableConstraint::Unique(key) => {
                let columns = key.columns.iter().map(|c| unquoted(&c.column.expr.to_string())).collect();
                keep(&mut declared.unique, columns, key.name.map(|n| n.value));
            }
            TableConstraint::ForeignKey(key) => {
                let columns = key.columns.iter().map(folded).collect();
                keep(&mut declared.foreign, columns, key.name.map(|n| n.value));
            }
            TableConstraint::Check(check) => declared.checks.push(Check {
                name: check.name.map(|n| n.value).unwrap_or_default(),
                expression: check.expr.to_string(),
            }),
            _ => {}
        }
    }
    declared
}

/// The name under which `Declared` keeps what belongs to these columns.
pub(super) fn key(columns: &[String]) -> Vec<String> {
    columns.iter().map(|c| c.to_lowercase()).collect()
}

fn keep(names: &mut HashMap<Vec<String>, String>, columns: Vec<String>, name: Option<String>) {
    if let Some(name) = name {
        names.insert(columns, name);
    }
}

fn folded(name: &Ident) -> String {
    name.value.to_lowercase()
}

fn unquoted(text: &str) -> String {
    text.trim_matches(['"', '`', '[', ']']).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_checks_and_generated_expressions_are_found() {
        let declared = parse(
            "create table [T] (a integer constraint positive check (a > 0), b text unique,
             c int generated always as (a * 2) stored, d as (a + 1),
             constraint pk primary key (a), constraint u unique ([a], \"b\"), check (length(b) < 9),
             constraint f foreign key (a) references o (x))",
        );
        assert_eq!(declared.primary_key.as_deref(), Some("pk"));
        assert_eq!(declared.unique[&vec!["a".to_string(), "b".to_string()]], "u");
        assert_eq!(declared.foreign[&vec!["a".to_string()]], "f");
        assert_eq!(declared.generated["c"], "a * 2");
        let checks: Vec<_> = declared.checks.iter().map(|c| (c.name.as_str(), c.expression.as_str())).collect();
        assert_eq!(checks, [("positive", "a > 0"), ("", "length(b) < 9")]);
    }

    #[test]
    fn what_is_not_understood_gives_nothing() {
        assert!(parse("create virtual table v using fts5(x)").checks.is_empty());
        assert!(parse("create table (((").checks.is_empty());
    }
}
