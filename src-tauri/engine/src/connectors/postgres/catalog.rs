//! Reading what a PostgreSQL database holds.
//!
//! One query a question, each for the whole database at once: a thousand tables cost as many round trips as one.
//! Invariant: nothing here reads a user's row.

use std::collections::HashMap;
use std::sync::Arc;

use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{Connection as _, Row};

use super::connect::Server;
use super::errors::from_sqlx;
use super::is_own;
use super::types::NativeType;
use crate::catalog::{
    Catalog, Check, Column, EnumType, ForeignKey, Identity, Index, Key, Other, Schema, Sequence, Table, TableKind,
    TableName, Trigger, TriggerState,
};
use crate::error::Result;

const WHAT: &str = "the database's catalog could not be read";

/// All of it, or one schema.
pub(super) async fn catalog(server: &Arc<Server>, schema: Option<&str>) -> Result<Catalog> {
    let mut session = server.session().await?;
    let catalog = read(session.connection(), schema).await.map_err(|e| from_sqlx(e, WHAT))?;
    session.finish();
    Ok(catalog)
}

async fn read(connection: &mut PgConnection, schema: Option<&str>) -> sqlx::Result<Catalog> {
    // One view of the catalog's tables across all questions.
    let mut transaction = connection.begin_with("begin isolation level repeatable read read only").await?;
    let c = &mut *transaction;
    let product: String = sqlx::query_scalar(include_str!("sql/version.sql")).fetch_one(&mut *c).await?;
    let mut schemas = Vec::new();
    for row in ask(c, include_str!("sql/schemas.sql"), schema).await? {
        schemas.push(Schema {
            name: row.try_get("name")?,
            tables: Vec::new(),
            sequences: Vec::new(),
            ..Schema::default()
        });
    }
    let mut tables = Vec::new();
    for row in ask(c, include_str!("sql/tables.sql"), schema).await? {
        tables.push(table(&row)?);
    }
    let places = tables.iter().enumerate().map(|(i, t)| (t.name.clone(), i)).collect();
    let mut found = Found { tables, places };

    let mut labels = HashMap::new();
    for row in sqlx::query(include_str!("sql/enums.sql")).fetch_all(&mut *c).await? {
        labels.insert(row.try_get::<i64, _>("type_oid")?, row.try_get::<Vec<String>, _>("labels")?);
    }
    for row in ask(c, include_str!("sql/columns.sql"), schema).await? {
        let column = column(&row, &labels)?;
        found.of(&row, |t| t.columns.push(column))?;
    }
    for row in ask(c, include_str!("sql/keys.sql"), schema).await? {
        let key = Key { name: row.try_get("name")?, columns: row.try_get("columns")? };
        let is_primary: bool = row.try_get("is_primary")?;
        found.of(&row, |t| if is_primary { t.primary_key = Some(key) } else { t.unique_keys.push(key) })?;
    }
    for row in ask(c, include_str!("sql/foreign_keys.sql"), schema).await? {
        let key = foreign_key(&row)?;
        found.of(&row, |t| t.foreign_keys.push(key))?;
    }
    for row in ask(c, include_str!("sql/indexes.sql"), schema).await? {
        let index = Index {
            name: row.try_get("name")?,
            columns: row.try_get("columns")?,
            unique: row.try_get("is_unique")?,
            definition: row.try_get("definition")?,
        };
        found.of(&row, |t| t.indexes.push(index))?;
    }
    for row in ask(c, include_str!("sql/checks.sql"), schema).await? {
        let check = Check { name: row.try_get("name")?, expression: row.try_get("expression")? };
        found.of(&row, |t| t.checks.push(check))?;
    }
    for table in found.tables {
        // Our own table is not the user's data.
        if !is_own(&table.name.table)
            && let Some(schema) = schemas.iter_mut().find(|s| s.name == table.name.schema)
        {
            schema.tables.push(table);
        }
    }
    for row in ask(c, include_str!("sql/sequences.sql"), schema).await? {
        let in_schema: String = row.try_get("schema")?;
        let sequence = sequence(&row)?;
        if let Some(schema) = schemas.iter_mut().find(|s| s.name == in_schema) {
            schema.sequences.push(sequence);
        }
    }
    for row in ask(c, include_str!("sql/triggers.sql"), schema).await? {
        let in_schema: String = row.try_get("schema")?;
        let trigger = trigger(&row)?;
        schemas.iter_mut().filter(|s| s.name == in_schema).for_each(|s| s.triggers.push(trigger.clone()));
    }
    for row in ask(c, include_str!("sql/named_enums.sql"), schema).await? {
        let in_schema: String = row.try_get("schema")?;
        let named = EnumType { name: row.try_get("name")?, labels: row.try_get("labels")? };
        schemas.iter_mut().filter(|s| s.name == in_schema).for_each(|s| s.enums.push(named.clone()));
    }
    for row in ask(c, include_str!("sql/others.sql"), schema).await? {
        let in_schema: String = row.try_get("schema")?;
        let other = Other { kind: row.try_get("kind")?, name: row.try_get("name")?, table: row.try_get("table")? };
        schemas.iter_mut().filter(|s| s.name == in_schema).for_each(|s| s.others.push(other.clone()));
    }
    transaction.rollback().await?;
    Ok(Catalog { connector: super::DESCRIPTOR.id.into(), product, schemas })
}

async fn ask(connection: &mut PgConnection, sql: &'static str, schema: Option<&str>) -> sqlx::Result<Vec<PgRow>> {
    sqlx::query(sql).bind(schema).fetch_all(connection).await
}

/// The tables while they are filled.
struct Found {
    tables: Vec<Table>,
    places: HashMap<TableName, usize>,
}

impl Found {
    fn of(&mut self, row: &PgRow, fill: impl FnOnce(&mut Table)) -> sqlx::Result<()> {
        let name = TableName { schema: row.try_get("schema")?, table: row.try_get("table")? };
        if let Some(place) = self.places.get(&name) {
            fill(&mut self.tables[*place]);
        }
        Ok(())
    }
}

fn table(row: &PgRow) -> sqlx::Result<Table> {
    let estimate = |name| Ok::<_, sqlx::Error>(row.try_get::<Option<i64>, _>(name)?.and_then(|n| n.try_into().ok()));
    Ok(Table {
        name: TableName { schema: row.try_get("schema")?, table: row.try_get("name")? },
        kind: if row.try_get("is_view")? { TableKind::View } else { TableKind::Table },
        comment: row.try_get("comment")?,
        columns: Vec::new(),
        primary_key: None,
        unique_keys: Vec::new(),
        foreign_keys: Vec::new(),
        indexes: Vec::new(),
        checks: Vec::new(),
        row_estimate: estimate("row_estimate")?,
        byte_estimate: estimate("byte_estimate")?,
    })
}

fn column(row: &PgRow, labels: &HashMap<i64, Vec<String>>) -> sqlx::Result<Column> {
    let is_enum: bool = row.try_get("is_enum")?;
    let native = NativeType {
        name: if row.try_get("built_in")? { row.try_get("type_name")? } else { String::new() },
        spelled: row.try_get("base_type")?,
        modifier: row.try_get("modifier")?,
        labels: is_enum
            .then(|| Ok::<_, sqlx::Error>(labels.get(&row.try_get("type_oid")?).cloned().unwrap_or_default()))
            .transpose()?,
    };
    let is_serial: bool = row.try_get("is_serial")?;
    let identity = match row.try_get::<String, _>("identity")?.as_str() {
        "a" => Some(Identity::Always),
        "d" => Some(Identity::ByDefault),
        _ if is_serial => Some(Identity::ByDefault),
        _ => None,
    };
    let default: Option<String> = row.try_get("default")?;
    Ok(Column {
        name: row.try_get("name")?,
        native_type: row.try_get("native_type")?,
        logical: native.logical(),
        nullable: row.try_get("nullable")?,
        default: default.filter(|_| !is_serial),
        identity,
        generated: row.try_get("generated")?,
        derived: false,
        comment: row.try_get("comment")?,
        collation: row.try_get("collation")?,
        reading: None,
    })
}

fn foreign_key(row: &PgRow) -> sqlx::Result<ForeignKey> {
    let action = |name| {
        Ok::<_, sqlx::Error>(match row.try_get::<String, _>(name)?.as_str() {
            "c" => "CASCADE".to_string(),
            "n" => "SET NULL".into(),
            "d" => "SET DEFAULT".into(),
            "r" => "RESTRICT".into(),
            _ => "NO ACTION".into(),
        })
    };
    Ok(ForeignKey {
        name: row.try_get("name")?,
        columns: row.try_get("columns")?,
        references: TableName { schema: row.try_get("referenced_schema")?, table: row.try_get("referenced_table")? },
        referenced_columns: row.try_get("referenced_columns")?,
        on_update: action("on_update")?,
        on_delete: action("on_delete")?,
    })
}

fn trigger(row: &PgRow) -> sqlx::Result<Trigger> {
    Ok(Trigger {
        name: row.try_get("name")?,
        table: row.try_get("table")?,
        on_insert: row.try_get("on_insert")?,
        on_delete: row.try_get("on_delete")?,
        state: match row.try_get::<String, _>("state")?.as_str() {
            "R" => TriggerState::Replica,
            "A" => TriggerState::Always,
            "D" => TriggerState::Disabled,
            _ => TriggerState::Enabled,
        },
        definition: row.try_get("definition")?,
    })
}

fn sequence(row: &PgRow) -> sqlx::Result<Sequence> {
    let table: Option<String> = row.try_get("owner_table")?;
    let owner = match table {
        Some(table) => {
            Some((TableName { schema: row.try_get("owner_schema")?, table }, row.try_get::<String, _>("owner_column")?))
        }
        None => None,
    };
    Ok(Sequence { name: row.try_get("name")?, increment: row.try_get("increment")?, owner })
}
