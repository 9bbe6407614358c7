//! The few commands that files have instead of SQL: a plan shows them to a person, and the writer obeys them.
//!
//! Pure text both ways; what is written reads back as the same statement. It must not know any format: types are text
//! that the format gave and understands.

use std::fmt;

use crate::error::{Error, Result};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The format's id.
    pub format: String,
    /// The table whose file it is.
    pub table: String,
    pub action: Action,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Names and types; a type is empty where the format has none.
    Create(Vec<(String, String)>),
    AddColumn(String, String),
    DeleteRows,
    Drop,
    /// The rows that the run wrote become the file's.
    Publish,
    /// What stands there is put aside under this name when something else takes its place.
    Keep(String),
    /// What was put aside under this name takes its old place.
    BringBack(String),
    /// What was put aside under the table's name goes.
    Forget,
}

pub fn quote(identifier: &str) -> String {
    format!("\"{}\"", identifier.replace('"', "\"\""))
}

fn column((name, kind): (&str, &str)) -> String {
    if kind.is_empty() { quote(name) } else { format!("{} {kind}", quote(name)) }
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = format!("{} file {}", self.format, quote(&self.table));
        match &self.action {
            Action::Create(columns) => {
                let columns: Vec<_> = columns.iter().map(|(n, k)| column((n, k))).collect();
                write!(f, "create {file} ({})", columns.join(", "))
            }
            Action::AddColumn(name, kind) => write!(f, "add column {} to {file}", column((name, kind))),
            Action::DeleteRows => write!(f, "delete rows of {file}"),
            Action::Drop => write!(f, "drop {file}"),
            Action::Publish => write!(f, "publish {file}"),
            Action::Keep(name) => write!(f, "keep as {} {file}", quote(name)),
            Action::BringBack(name) => write!(f, "bring back from {} {file}", quote(name)),
            Action::Forget => write!(f, "forget {file}"),
        }
    }
}

impl Statement {
    pub fn parse(text: &str) -> Result<Statement> {
        Words(text).statement().ok_or_else(|| Error::internal("a statement for files cannot be understood"))
    }
}

/// What is left of a statement.
struct Words<'a>(&'a str);

impl<'a> Words<'a> {
    fn statement(mut self) -> Option<Statement> {
        let action = if self.take("create ") {
            let (format, table) = self.file()?;
            let mut columns = Vec::new();
            if !self.take(" (") {
                return None;
            }
            while !self.take(")") {
                columns.push(self.column()?);
                self.take(", ");
            }
            return self.end(format, table, Action::Create(columns));
        } else if self.take("add column ") {
            let (name, kind) = self.column()?;
            if !self.take("to ") && !self.take(" to ") {
                return None;
            }
            Action::AddColumn(name, kind)
        } else if self.take("delete rows of ") {
            Action::DeleteRows
        } else if self.take("drop ") {
            Action::Drop
        } else if self.take("publish ") {
            Action::Publish
        } else if self.take("keep as ") {
            Action::Keep(self.name()?)
        } else if self.take("bring back from ") {
            Action::BringBack(self.name()?)
        } else if self.take("forget ") {
            Action::Forget
        } else {
            return None;
        };
        let (format, table) = self.file()?;
        self.end(format, table, action)
    }

    fn end(self, format: String, table: String, action: Action) -> Option<Statement> {
        self.0.is_empty().then_some(Statement { format, table, action })
    }

    fn take(&mut self, word: &str) -> bool {
        match self.0.strip_prefix(word) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }

    /// A quoted name and the space after it.
    fn name(&mut self) -> Option<String> {
        let name = self.quoted()?;
        self.take(" ").then_some(name)
    }

    fn file(&mut self) -> Option<(String, String)> {
        let (format, rest) = self.0.split_once(" file ")?;
        self.0 = rest;
        Some((format.to_string(), self.quoted()?))
    }

    /// A type ends before a comma or a bracket that is not its own, and before ` to `.
    fn column(&mut self) -> Option<(String, String)> {
        let name = self.quoted()?;
        let mut depth = 0;
        let mut end = self.0.len();
        for (i, c) in self.0.char_indices() {
            match c {
                '(' => depth += 1,
                ',' | ')' if depth == 0 => {
                    end = i;
                    break;
                }
                ')' => depth -= 1,
                ' ' if self.0[i..].starts_with(" to ") => {
                    end = i;
                    break;
                }
                _ => {}
            }
        }
        let (kind, rest) = self.0.split_at(end);
        self.0 = rest;
        Some((name, kind.trim().to_string()))
    }

    fn quoted(&mut self) -> Option<String> {
        let mut name = String::new();
        let mut rest = self.0.strip_prefix('"')?;
        loop {
            let (part, after) = rest.split_once('"')?;
            name += part;
            match after.strip_prefix('"') {
                Some(more) => {
                    name.push('"');
                    rest = more;
                }
                None => {
                    self.0 = after;
                    return Some(name);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_statement_reads_back_whatever_the_names_hold() {
        let name = "a \"b\", (c) to file جدول".to_string();
        let actions = [
            Action::Create(vec![(name.clone(), String::new()), ("d".into(), "decimal(10, 2)".into())]),
            Action::Create(Vec::new()),
            Action::AddColumn(name.clone(), String::new()),
            Action::AddColumn(name.clone(), "decimal(10, 2)".into()),
            Action::DeleteRows,
            Action::Drop,
            Action::Publish,
            Action::Keep(name.clone()),
            Action::BringBack(name.clone()),
            Action::Forget,
        ];
        for action in actions {
            let statement = Statement { format: "csv".into(), table: name.clone(), action };
            assert_eq!(Statement::parse(&statement.to_string()).unwrap(), statement, "{statement}");
        }
        assert!(Statement::parse("drop table x").is_err());
    }
}
