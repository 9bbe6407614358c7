//! Cutting a table into ranges of about equal numbers of rows.
//!
//! Each bound is found by walking the key's own tree a fixed number of rows from the last bound: one pass over the
//! table in all, however sparse its keys are, and the same bounds for the same rows.

use rusqlite::{Connection, OptionalExtension};

use super::dialect::{quote, table as table_name};
use super::errors::error;
use crate::catalog::{Table, TableKind, TableName};
use crate::connectors::Range;
use crate::error::{Error, ErrorKind, Result};
use crate::types::LogicalType;

/// How the rows of a table can be told apart by a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RowNumber {
    /// The expression that gives the rowid.
    Rowid(String),
    /// A `without rowid` table with an integer key.
    Key(String),
    None,
}

/// # Errors
/// `NotFound` when the table is gone.
pub(super) fn row_number(connection: &Connection, table: &Table) -> Result<RowNumber> {
    let has_rowid: Option<bool> = connection
        .query_row(include_str!("sql/has_rowid.sql"), [&table.name.table], |row| row.get(0))
        .optional()
        .map_err(|e| error(format!("table {} cannot be looked at", table.name), e))?;
    let has_rowid = has_rowid.ok_or_else(|| not_found(&table.name))?;
    if has_rowid {
        // A column may have taken one of the names; SQLite has three.
        let free = ["rowid", "_rowid_", "oid"]
            .into_iter()
            .find(|name| !table.columns.iter().any(|c| c.name.eq_ignore_ascii_case(name)));
        return Ok(free.map_or(RowNumber::None, |name| RowNumber::Rowid(name.into())));
    }
    let key = match &table.primary_key {
        Some(key) if key.columns.len() == 1 && table.kind == TableKind::Table => table.column(&key.columns[0]),
        _ => None,
    };
    Ok(match key {
        Some(column) if matches!(column.logical, LogicalType::Integer { .. }) => RowNumber::Key(column.name.clone()),
        _ => RowNumber::None,
    })
}

pub(super) fn ranges(connection: &Connection, table: &Table, rows: u32) -> Result<Vec<Range>> {
    let number = row_number(connection, table)?;
    let expression = match &number {
        RowNumber::Rowid(name) => name.clone(),
        RowNumber::Key(column) => quote(column),
        RowNumber::None => return Ok(vec![Range::All]),
    };
    let sql = format!(
        "select {expression} from {} where {expression} > ?1 order by {expression} limit 1 offset ?2",
        table_name(&table.name)
    );
    let failed = |e| error(format!("table {} cannot be cut into ranges", table.name), e).table(table.name.to_string());
    let mut statement = connection.prepare(&sql).map_err(failed)?;
    let first = format!("select {expression} from {} order by {expression} limit 1 offset ?1", table_name(&table.name));
    let rows = i64::from(rows.max(1));
    // A key that is not a number after all (SQLite does not enforce types) sorts behind all numbers: the last range,
    // open at its end, holds it.
    let number_at = |value: rusqlite::types::Value| match value {
        rusqlite::types::Value::Integer(n) => Some(n),
        _ => None,
    };
    let mut bounds = Vec::new();
    let mut next =
        connection.query_row(&first, [rows], |row| row.get(0)).optional().map_err(failed)?.and_then(number_at);
    while let Some(bound) = next {
        bounds.push(bound);
        next = statement.query_row([bound, rows - 1], |row| row.get(0)).optional().map_err(failed)?.and_then(number_at);
    }
    let froms = std::iter::once(None).chain(bounds.iter().copied().map(Some));
    let tos = bounds.iter().copied().map(Some).chain(std::iter::once(None));
    Ok(froms
        .zip(tos)
        .map(|(from, to)| match &number {
            RowNumber::Key(column) => Range::Key { column: column.clone(), from, to },
            _ => Range::Rowid { from, to },
        })
        .collect())
}

pub(super) fn not_found(name: &TableName) -> Error {
    Error::new(ErrorKind::NotFound, format!("there is no table {name}")).table(name.to_string())
}
