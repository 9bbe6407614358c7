//! What a SQLite file holds.

use std::collections::HashMap;

use rusqlite::{Connection, Row};

use super::SCHEMA;
use super::ddl::{self, Declared};
use super::dialect::quote;
use super::errors::error;
use super::types::logical;
use crate::catalog::{
    Catalog, Column, ForeignKey, Identity, Index, Key, Schema, Table, TableKind, TableName, Trigger, TriggerState,
};
use crate::error::Result;

pub(super) fn catalog(connection: &Connection) -> Result<Catalog> {
    let found = rows(connection, include_str!("sql/tables.sql"), [], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?, row.get::<_, bool>(3)?))
    })?;
    let whole = Whole::read(connection)?;
    // A view of unknown columns is one whose tables are gone: it cannot be read, and must not hide the rest.
    let mut tables = Vec::with_capacity(found.len());
    for (name, kind, sql, without_rowid) in found {
        match table(connection, &whole, &name, &kind, &sql, without_rowid) {
            Ok(table) => tables.push(table),
            Err(e) if kind == "view" => tracing::warn!(view = name, error = %e, "a broken view is left out"),
            Err(e) => return Err(e.table(name)),
        }
    }
    resolve(&mut tables);
    // Sorted as the contract wants, byte by byte.
    tables.sort_by(|a, b| a.name.cmp(&b.name));
    let triggers = rows(connection, include_str!("sql/triggers.sql"), [], |row| {
        let definition: String = row.get(2)?;
        // The event stands before the table's name and the body.
        let head = definition.to_lowercase();
        let head = head.split(" begin").next().unwrap_or_default();
        Ok(Trigger {
            name: row.get(0)?,
            table: row.get(1)?,
            on_insert: head.contains("insert"),
            on_delete: head.contains("delete"),
            state: TriggerState::Enabled,
            definition,
        })
    })?;
    Ok(Catalog {
        connector: super::DESCRIPTOR.id.into(),
        product: format!("SQLite {}", rusqlite::version()),
        schemas: vec![Schema { name: SCHEMA.into(), tables, triggers, ..Schema::default() }],
    })
}

/// What is asked once of the whole file: asked of each table it would be looked for among all of them each time.
struct Whole {
    analyzed: bool,
    /// The text that made each index.
    indexes: HashMap<String, String>,
}

impl Whole {
    fn read(connection: &Connection) -> Result<Whole> {
        let analyzed = rows(connection, include_str!("sql/has_statistics.sql"), [], |row| row.get(0))?.contains(&true);
        let indexes = rows(connection, include_str!("sql/index_definitions.sql"), [], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
        })?;
        Ok(Whole { analyzed, indexes: indexes.into_iter().collect() })
    }
}

fn table(
    connection: &Connection,
    whole: &Whole,
    name: &str,
    kind: &str,
    sql: &str,
    without_rowid: bool,
) -> Result<Table> {
    let declared = if kind == "table" { ddl::parse(sql) } else { Declared::default() };
    let mut columns = Vec::new();
    let mut key = Vec::new();
    let found = rows(connection, include_str!("sql/columns.sql"), [name], |row| {
        Ok((
            row.get::<_, String>(0)?,
            row.get::<_, String>(1)?,
            row.get::<_, bool>(2)?,
            row.get::<_, Option<String>>(3)?,
            row.get::<_, i64>(4)?,
            row.get::<_, bool>(5)?,
        ))
    })?;
    for (column, native_type, not_null, default, key_position, generated) in found {
        if key_position > 0 {
            key.push((key_position, column.clone()));
        }
        // xinfo's type of a generated column carries the words that make it one.
        let native_type = match native_type.to_ascii_uppercase().find("GENERATED ALWAYS") {
            Some(at) => native_type[..at].trim().to_string(),
            None => native_type,
        };
        columns.push(Column {
            logical: logical(&native_type),
            native_type,
            nullable: !(not_null || without_rowid && key_position > 0),
            default,
            identity: None,
            generated: generated.then(|| declared.generated.get(&column.to_lowercase()).cloned().unwrap_or_default()),
            derived: false,
            comment: None,
            collation: None,
            reading: None,
            name: column,
        });
    }
    key.sort();
    let mut primary_key =
        (!key.is_empty()).then(|| Key { name: String::new(), columns: key.into_iter().map(|(_, c)| c).collect() });
    let (mut unique_keys, mut indexes, mut key_has_index) = (Vec::new(), Vec::new(), false);
    for (index, unique, origin) in rows(connection, include_str!("sql/indexes.sql"), [name], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, bool>(1)?, row.get::<_, String>(2)?))
    })? {
        let definition = whole.indexes.get(&index).cloned();
        let named = rows(connection, include_str!("sql/index_columns.sql"), [&index], |row| {
            Ok((row.get::<_, Option<String>>(0)?, row.get::<_, Option<String>>(1)?))
        })?;
        if unique && origin != "c" {
            // What a key compares by is its index's, whatever the column says.
            for (name, collation) in named.iter().filter_map(|(n, c)| n.as_ref().zip(c.as_ref())) {
                let plain = collation.eq_ignore_ascii_case("binary");
                columns
                    .iter_mut()
                    .filter(|c| c.name == *name && !plain)
                    .for_each(|c| c.collation = Some(collation.clone()));
            }
        }
        let columns: Vec<String> = named.into_iter().map(|(name, _)| name).collect::<Option<_>>().unwrap_or_default();
        match origin.as_str() {
            "pk" => key_has_index = true,
            "u" => unique_keys
                .push(Key { name: declared.unique.get(&ddl::key(&columns)).cloned().unwrap_or_default(), columns }),
            _ => indexes.push(Index { name: index, columns, unique, definition: definition.unwrap_or_default() }),
        }
    }
    if let Some(key) = &mut primary_key {
        key.name = declared.primary_key.clone().unwrap_or_default();
        // `integer primary key` is the rowid itself: the only primary key of a rowid table without an index.
        if kind == "table" && !without_rowid && !key_has_index && key.columns.len() == 1 {
            for column in columns.iter_mut().filter(|c| c.name == key.columns[0]) {
                column.identity = Some(Identity::ByDefault);
                column.nullable = false;
            }
        }
    }
    Ok(Table {
        name: TableName::new(SCHEMA, name),
        kind: if kind == "view" { TableKind::View } else { TableKind::Table },
        comment: None,
        columns,
        primary_key,
        unique_keys,
        foreign_keys: foreign_keys(connection, name, &declared)?,
        indexes,
        checks: declared.checks,
        row_estimate: if kind == "table" { row_estimate(connection, whole, name, without_rowid)? } else { None },
        byte_estimate: None,
    })
}

fn foreign_keys(connection: &Connection, table: &str, declared: &Declared) -> Result<Vec<ForeignKey>> {
    let mut keys: Vec<(i64, ForeignKey)> = Vec::new();
    for (id, references, from, to, on_update, on_delete) in
        rows(connection, include_str!("sql/foreign_keys.sql"), [table], |row| {
            Ok((
                row.get::<_, i64>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, String>(2)?,
                row.get::<_, Option<String>>(3)?,
                row.get::<_, String>(4)?,
                row.get::<_, String>(5)?,
            ))
        })?
    {
        if keys.last().is_none_or(|(last, _)| *last != id) {
            let references = TableName::new(SCHEMA, references);
            let name = String::new();
            let (columns, referenced_columns) = (Vec::new(), Vec::new());
            keys.push((id, ForeignKey { name, columns, references, referenced_columns, on_update, on_delete }));
        }
        if let Some((_, key)) = keys.last_mut() {
            key.columns.push(from);
            key.referenced_columns.extend(to);
        }
    }
    Ok(keys
        .into_iter()
        .map(|(_, mut key)| {
            key.name = declared.foreign.get(&ddl::key(&key.columns)).cloned().unwrap_or_default();
            key
        })
        .collect())
}

/// SQLite finds names whatever their case and lets a foreign key leave the parent's columns out; a catalog does not.
fn resolve(tables: &mut [Table]) {
    let parents: HashMap<String, (String, Vec<String>, Vec<String>)> = tables
        .iter()
        .map(|t| {
            let key = t.primary_key.as_ref().map(|k| k.columns.clone()).unwrap_or_default();
            let columns = t.columns.iter().map(|c| c.name.clone()).collect();
            (t.name.table.to_lowercase(), (t.name.table.clone(), key, columns))
        })
        .collect();
    let spelled = |columns: &[String], name: &String| {
        columns.iter().find(|c| c.to_lowercase() == name.to_lowercase()).unwrap_or(name).clone()
    };
    for table in tables {
        let own: Vec<String> = table.columns.iter().map(|c| c.name.clone()).collect();
        for key in &mut table.foreign_keys {
            key.columns = key.columns.iter().map(|c| spelled(&own, c)).collect();
            if let Some((name, parent_key, columns)) = parents.get(&key.references.table.to_lowercase()) {
                key.references.table = name.clone();
                if key.referenced_columns.is_empty() {
                    key.referenced_columns = parent_key.clone();
                }
                key.referenced_columns = key.referenced_columns.iter().map(|c| spelled(columns, c)).collect();
            }
        }
    }
}

/// From `analyze`, else the greatest rowid: right unless rows were deleted.
fn row_estimate(connection: &Connection, whole: &Whole, table: &str, without_rowid: bool) -> Result<Option<u64>> {
    let failed = |e| error("the row estimate cannot be read", e);
    let mut estimate: Option<i64> = None;
    if whole.analyzed {
        estimate =
            connection.query_row(include_str!("sql/row_estimate.sql"), [table], |row| row.get(0)).map_err(failed)?;
    }
    if estimate.is_none() && !without_rowid {
        let sql = format!("select max(rowid) from {}.{}", quote(SCHEMA), quote(table));
        // A column of the name `rowid` may hold anything.
        let greatest: Option<i64> = connection.query_row(&sql, [], |row| row.get(0)).unwrap_or(None);
        estimate = Some(greatest.unwrap_or(0));
    }
    Ok(estimate.and_then(|n| u64::try_from(n).ok()))
}

/// All rows of a question to the catalog.
fn rows<T>(
    connection: &Connection,
    sql: &str,
    parameters: impl rusqlite::Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>> {
    let failed = |e| error("the catalog cannot be read", e);
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    let rows = statement.query_map(parameters, read).map_err(failed)?;
    rows.collect::<rusqlite::Result<_>>().map_err(failed)
}
