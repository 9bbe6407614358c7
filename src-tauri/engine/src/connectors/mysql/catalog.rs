//! Reading what a server, or one database of it, holds.
//!
//! One query a question, each for all tables at once: a thousand tables cost as many round trips as one.
//! Invariant: nothing here reads a user's row.

use std::collections::HashMap;
use std::sync::Arc;

use mysql_async::Row;
use mysql_async::prelude::FromValue;

use super::connect::{Server, Session};
use super::dialect::{literal, quote, quote_table};
use super::is_own;
use super::types::NativeType;
use crate::catalog::{
    Catalog, Check, Column, ForeignKey, Identity, Index, Key, Other, Schema, Sequence, Table, TableKind, TableName,
    Trigger, TriggerState,
};
use crate::error::{Error, ErrorKind, Result};

const WHAT: &str = "the database's catalog could not be read";

/// All databases but the system's, or the URL's one.
pub(super) async fn catalog(server: &Arc<Server>) -> Result<Catalog> {
    let mut session = server.session().await?;
    let version = session.ask::<String>("select version()", WHAT).await?.pop().unwrap_or_default();
    let is_mariadb = version.contains("MariaDB");
    let names = match &server.database {
        Some(name) => vec![name.clone()],
        None => session.ask::<String>(include_str!("sql/schemas.sql"), WHAT).await?,
    };
    // With `=` the server looks into one folder, with `in` into all.
    let which = match &names[..] {
        [] => "is null".to_string(),
        [one] => format!("= {}", literal(one)),
        many => format!("in ({})", many.iter().map(|n| literal(n)).collect::<Vec<_>>().join(", ")),
    };
    let asked = |sql: &str| sql.replace("{which}", &which);
    let mut found = Found::default();
    let mut sequences = Vec::new();
    for row in session.ask::<Row>(&asked(include_str!("sql/tables.sql")), WHAT).await? {
        if text(&row, 2)? == "SEQUENCE" {
            sequences.push(name_of(&row)?);
        } else {
            found.add(table(&row)?);
        }
    }
    for row in checks(&mut session, is_mariadb, &asked).await? {
        let check = Check { name: text(&row, 2)?, expression: text(&row, 3)? };
        found.of(&row, |t| t.checks.push(check))?;
    }
    for row in session.ask::<Row>(&asked(include_str!("sql/columns.sql")), WHAT).await? {
        found.column(&row, is_mariadb)?;
    }
    for row in session.ask::<Row>(&asked(include_str!("sql/foreign_keys.sql")), WHAT).await? {
        found.foreign_key(&row)?;
    }
    for row in session.ask::<Row>(&asked(include_str!("sql/indexes.sql")), WHAT).await? {
        found.index_part(&row)?;
    }
    let schema = |name: String| Schema { name, tables: Vec::new(), sequences: Vec::new(), ..Schema::default() };
    let mut schemas: Vec<Schema> = names.into_iter().map(schema).collect();
    for name in sequences {
        let sequence = sequence(&mut session, &name).await?;
        if let Some(schema) = schemas.iter_mut().find(|s| s.name == name.schema) {
            schema.sequences.push(sequence);
        }
    }
    for row in session.ask::<Row>(&asked(include_str!("sql/triggers.sql")), WHAT).await? {
        let (schema, event) = (text(&row, 0)?, text(&row, 3)?);
        let trigger = Trigger {
            name: text(&row, 2)?,
            table: text(&row, 1)?,
            on_insert: event == "INSERT",
            on_delete: event == "DELETE",
            state: TriggerState::Enabled,
            definition: text(&row, 4)?,
        };
        schemas.iter_mut().filter(|s| s.name == schema).for_each(|s| s.triggers.push(trigger.clone()));
    }
    for row in session.ask::<Row>(&asked(include_str!("sql/others.sql")), WHAT).await? {
        let schema = text(&row, 0)?;
        let other = Other { kind: text(&row, 1)?, name: text(&row, 2)?, table: get(&row, 3)? };
        schemas.iter_mut().filter(|s| s.name == schema).for_each(|s| s.others.push(other.clone()));
    }
    session.finish();
    for table in found.tables() {
        // Our own table is not the user's data.
        if !is_own(&table.name.table)
            && let Some(schema) = schemas.iter_mut().find(|s| s.name == table.name.schema)
        {
            schema.tables.push(table);
        }
    }
    for schema in &mut schemas {
        schema.tables.sort_by(|a, b| a.name.cmp(&b.name));
    }
    let product = if is_mariadb { format!("MariaDB {version}") } else { format!("MySQL {version}") };
    Ok(Catalog { connector: super::DESCRIPTOR.id.into(), product, schemas })
}

async fn checks(session: &mut Session, is_mariadb: bool, asked: &impl Fn(&str) -> String) -> Result<Vec<Row>> {
    let sql = if is_mariadb { include_str!("sql/checks_mariadb.sql") } else { include_str!("sql/checks_mysql.sql") };
    match session.ask::<Row>(&asked(sql), WHAT).await {
        // Servers before MySQL 8.0.16 and MariaDB 10.2.22 have no such view, and keep no checks.
        Err(error) if error.kind == ErrorKind::NotFound => Ok(Vec::new()),
        asked => asked,
    }
}

async fn sequence(session: &mut Session, name: &TableName) -> Result<Sequence> {
    let sql = format!("select increment from {}", quote_table(name));
    let increment = session.ask::<i64>(&sql, WHAT).await?.pop().unwrap_or(1);
    Ok(Sequence { name: name.table.clone(), increment, owner: None })
}

/// The tables while they are filled.
#[derive(Default)]
struct Found {
    tables: Vec<Table>,
    places: HashMap<TableName, usize>,
    /// Parts of one index that have come so far.
    open: Option<(usize, Parts)>,
}

/// An index while its columns come in.
struct Parts {
    name: String,
    unique: bool,
    kind: String,
    columns: Vec<String>,
    /// As they stand in a definition.
    written: Vec<String>,
    /// Holds the beginning of a column only, or an expression.
    partial: bool,
}

impl Found {
    fn add(&mut self, table: Table) {
        self.places.insert(table.name.clone(), self.tables.len());
        self.tables.push(table);
    }

    fn of(&mut self, row: &Row, fill: impl FnOnce(&mut Table)) -> Result<()> {
        if let Some(place) = self.places.get(&name_of(row)?) {
            fill(&mut self.tables[*place]);
        }
        Ok(())
    }

    fn column(&mut self, row: &Row, is_mariadb: bool) -> Result<()> {
        let name = text(row, 2)?;
        let mut native = NativeType {
            name: text(row, 3)?.to_ascii_lowercase(),
            spelled: text(row, 4)?,
            length: get(row, 11)?,
            precision: get(row, 12)?,
            scale: get(row, 13)?,
            fraction: get(row, 14)?,
            is_json: false,
        };
        let extra = text(row, 7)?.to_ascii_lowercase();
        let default = default(get(row, 6)?, &extra, &native, is_mariadb);
        let generated = get::<String>(row, 8)?.filter(|g| !g.is_empty());
        let (nullable, comment, collation) = (text(row, 5)? == "YES", get::<String>(row, 9)?, get(row, 10)?);
        self.of(row, |table| {
            let valid = format!("json_valid({})", quote(&name));
            let before = table.checks.len();
            if native.name == "longtext" {
                // The check is what makes it JSON: it goes into the type.
                table.checks.retain(|c| c.expression != valid && c.expression != format!("({valid})"));
            }
            native.is_json = table.checks.len() < before;
            table.columns.push(Column {
                native_type: if native.is_json { "json".into() } else { native.spelled.clone() },
                logical: native.logical(),
                nullable,
                default: default.filter(|_| generated.is_none()),
                identity: extra.contains("auto_increment").then_some(Identity::ByDefault),
                generated,
                comment: comment.filter(|c| !c.is_empty()),
                collation,
                reading: None,
                derived: false,
                name,
            });
        })
    }

    fn foreign_key(&mut self, row: &Row) -> Result<()> {
        let (name, column, referenced) = (text(row, 2)?, text(row, 3)?, text(row, 6)?);
        let references = TableName { schema: text(row, 4)?, table: text(row, 5)? };
        let (on_update, on_delete) = (rule(text(row, 7)?), rule(text(row, 8)?));
        self.of(row, |table| match table.foreign_keys.last_mut().filter(|k| k.name == name) {
            Some(key) => {
                key.columns.push(column);
                key.referenced_columns.push(referenced);
            }
            None => table.foreign_keys.push(ForeignKey {
                name,
                columns: vec![column],
                references,
                referenced_columns: vec![referenced],
                on_update,
                on_delete,
            }),
        })
    }

    fn index_part(&mut self, row: &Row) -> Result<()> {
        let Some(place) = self.places.get(&name_of(row)?).copied() else { return Ok(()) };
        let name = text(row, 2)?;
        if self.open.as_ref().is_none_or(|(at, parts)| *at != place || parts.name != name) {
            self.close();
            let parts = Parts {
                name,
                unique: text(row, 3)? == "0",
                kind: text(row, 7)?,
                columns: Vec::new(),
                written: Vec::new(),
                partial: false,
            };
            self.open = Some((place, parts));
        }
        let (column, length) = (get::<String>(row, 4)?, get::<u64>(row, 5)?);
        let descending = get::<String>(row, 6)?.is_some_and(|c| c == "D");
        if let Some((_, parts)) = &mut self.open {
            parts.partial |= column.is_none() || length.is_some();
            if let Some(column) = column {
                let length = length.filter(|_| parts.kind != "SPATIAL").map(|n| format!("({n})")).unwrap_or_default();
                parts.written.push(format!("{}{length}{}", quote(&column), if descending { " desc" } else { "" }));
                parts.columns.push(column);
            }
        }
        Ok(())
    }

    fn close(&mut self) {
        let Some((place, parts)) = self.open.take() else { return };
        let table = &mut self.tables[place];
        if parts.name == "PRIMARY" {
            table.primary_key = Some(Key { name: parts.name, columns: parts.columns });
        } else if parts.unique && !parts.partial {
            table.unique_keys.push(Key { name: parts.name, columns: parts.columns });
        } else if !table.foreign_keys.iter().any(|k| k.name == parts.name && k.columns == parts.columns) {
            let kind = match (parts.unique, parts.kind.as_str()) {
                (true, _) => "unique ",
                (_, "FULLTEXT") => "fulltext ",
                (_, "SPATIAL") => "spatial ",
                _ => "",
            };
            let (name, on) = (quote(&parts.name), quote_table(&table.name));
            let definition = format!("create {kind}index {name} on {on} ({})", parts.written.join(", "));
            table.indexes.push(Index { name: parts.name, columns: parts.columns, unique: parts.unique, definition });
        }
    }

    fn tables(mut self) -> Vec<Table> {
        self.close();
        self.tables
    }
}

fn table(row: &Row) -> Result<Table> {
    let is_view = text(row, 2)?.ends_with("VIEW");
    Ok(Table {
        name: name_of(row)?,
        kind: if is_view { TableKind::View } else { TableKind::Table },
        comment: get::<String>(row, 5)?.filter(|c| !c.is_empty() && !is_view),
        columns: Vec::new(),
        primary_key: None,
        unique_keys: Vec::new(),
        foreign_keys: Vec::new(),
        indexes: Vec::new(),
        checks: Vec::new(),
        row_estimate: get(row, 3)?,
        byte_estimate: get(row, 4)?,
    })
}

/// A default as SQL text. MariaDB keeps it so; MySQL keeps a constant's bare text, and says where it is an expression.
fn default(default: Option<String>, extra: &str, native: &NativeType, is_mariadb: bool) -> Option<String> {
    let mut text = default?;
    if is_mariadb {
        if text.eq_ignore_ascii_case("null") {
            return None;
        }
    } else if !extra.contains("default_generated") && !text.to_ascii_lowercase().starts_with("current_timestamp") {
        let is_bare = native.name == "bit" || native.logical().is_number();
        if !is_bare {
            text = literal(&text);
        }
    }
    // It also holds what an update sets.
    if let Some((_, update)) = extra.split_once("on update ") {
        text += &format!(" on update {update}");
    }
    Some(text)
}

fn rule(text: String) -> String {
    // What the server calls RESTRICT and NO ACTION is the same to it.
    if text == "RESTRICT" { "NO ACTION".into() } else { text }
}

fn name_of(row: &Row) -> Result<TableName> {
    Ok(TableName { schema: text(row, 0)?, table: text(row, 1)? })
}

fn text(row: &Row, at: usize) -> Result<String> {
    Ok(get::<String>(row, at)?.unwrap_or_default())
}

fn get<T: FromValue>(row: &Row, at: usize) -> Result<Option<T>> {
    match row.get_opt::<Option<T>, usize>(at) {
        Some(Ok(value)) => Ok(value),
        _ => Err(Error::internal(WHAT).detail(format!("column {at} of an answer"))),
    }
}
