//! The target table as it will be: as it is, with columns to add, or wholly new.

use datafusion::arrow::datatypes::DataType;

use super::carry::Carry;
use super::columns::source_type;
use super::{Sides, enums, generated};
use crate::catalog::{Catalog, Column, ForeignKey, Index, Key, Table, TableKind, TableName};
use crate::connectors::Dialect;
use crate::error::Result;
use crate::model::{ColumnMapping, Project, TableMapping};
use crate::transform::Expressions;
use crate::types::LogicalType;

/// The table that exists, extended by the columns that the mapping adds; or the one that the run would create, with
/// the source's keys, foreign keys and indexes as far as their columns are copied.
pub fn proposed_table(
    project: &Project,
    mapping: &TableMapping,
    source: &Table,
    existing: Option<&Table>,
    sides: &Sides<'_>,
    expressions: &Expressions,
) -> Result<Table> {
    let dialect = sides.target.dialect();
    let mut table = existing.cloned().unwrap_or_else(|| empty(&mapping.to));
    for link in &mapping.columns {
        if table.column(&link.to).is_none() {
            let column = new_column(project, mapping, link, source, sides, expressions, dialect, existing.is_some())?;
            table.columns.push(column);
        }
    }
    if existing.is_some() {
        return Ok(table);
    }
    table.comment = said(source, &source.comment);
    table.row_estimate = source.row_estimate;
    let mapped = |columns: &[String]| copied(mapping, columns);
    table.primary_key =
        source.primary_key.as_ref().and_then(|k| Some(Key { name: String::new(), columns: mapped(&k.columns)? }));
    if let Some(key) = &table.primary_key {
        for column in table.columns.iter_mut().filter(|c| key.columns.contains(&c.name)) {
            column.nullable = false;
        }
    }
    let columns = table.columns.clone();
    let carry = Carry::new(mapping, source, &columns, sides);
    // MySQL's names of keys are made of other parts.
    let named = |name: &String| if carry.same_database() && carry.to != "mysql" { name.clone() } else { String::new() };
    table.unique_keys = source
        .unique_keys
        .iter()
        .filter_map(|k| Some(Key { name: named(&k.name), columns: mapped(&k.columns)? }))
        .collect();
    table.indexes = source.indexes.iter().filter_map(|i| Some(carry.index(i)?.index)).collect();
    table.checks = source.checks.iter().filter_map(|c| carry.kept_check(c)).collect();
    table.foreign_keys = source
        .foreign_keys
        .iter()
        .filter_map(|key| {
            let parent = project.tables.iter().find(|t| t.from == key.references)?;
            Some(ForeignKey {
                name: named(&key.name),
                columns: mapped(&key.columns)?,
                references: parent.to.clone(),
                referenced_columns: copied(parent, &key.referenced_columns)?,
                on_update: key.on_update.clone(),
                on_delete: key.on_delete.clone(),
            })
        })
        .collect();
    if dialect.keys_share_collations() {
        share_collations(&mut table, sides.target_catalog);
    }
    generated::recreate(mapping, source, &mut table, sides);
    Ok(table)
}

/// Gives the columns of foreign keys the collations of those that they refer to in tables that exist.
fn share_collations(table: &mut Table, catalog: &Catalog) {
    let pairs: Vec<(String, String)> = table
        .foreign_keys
        .iter()
        .filter_map(|key| Some((key, catalog.table(&key.references)?)))
        .flat_map(|(key, parent)| {
            let collation = |name: &String| parent.column(name).and_then(|c| c.collation.clone());
            key.columns.iter().zip(&key.referenced_columns).filter_map(move |(c, r)| Some((c.clone(), collation(r)?)))
        })
        .collect();
    for (name, collation) in pairs {
        let text = table.columns.iter_mut().filter(|c| c.name == name && c.logical.arrow() == DataType::Utf8);
        text.for_each(|c| c.collation = Some(collation.clone()));
    }
}

/// A person's comment: those of files are Rowferry's own remarks on what it saw in them.
fn said(source: &Table, comment: &Option<String>) -> Option<String> {
    comment.clone().filter(|_| source.kind != TableKind::File)
}

/// A partial index's definition says `where`; carried over its columns alone it would mean something else.
pub(super) fn is_partial(index: &Index) -> bool {
    index.definition.to_lowercase().contains(" where ")
}

/// The target columns that these source columns are copied to unchanged, or `None` when one is not.
pub(super) fn copied(mapping: &TableMapping, columns: &[String]) -> Option<Vec<String>> {
    columns
        .iter()
        .map(|name| {
            mapping
                .columns
                .iter()
                .find(|c| c.expression.is_none() && c.from.len() == 1 && c.from[0] == *name)
                .map(|c| c.to.clone())
        })
        .collect()
}

/// The catalog's table, or what the project would create.
pub fn resolve_target<'a>(catalog: &'a Catalog, proposed: &'a [Table], name: &TableName) -> Option<&'a Table> {
    proposed.iter().find(|t| t.name == *name).or_else(|| catalog.table(name))
}

fn empty(name: &TableName) -> Table {
    Table {
        name: name.clone(),
        kind: TableKind::Table,
        comment: None,
        columns: Vec::new(),
        primary_key: None,
        unique_keys: Vec::new(),
        foreign_keys: Vec::new(),
        indexes: Vec::new(),
        checks: Vec::new(),
        row_estimate: None,
        byte_estimate: None,
    }
}

/// Is it a type that a person made in the source, and that the target has not?
fn lacks_type(spelled: &str, sides: &Sides<'_>) -> bool {
    let name = enums::last_part(spelled);
    let has = |catalog: &Catalog| {
        let mut others = catalog.schemas.iter().flat_map(|s| &s.others);
        others.any(|o| ["type", "domain"].contains(&o.kind.as_str()) && o.name == name)
    };
    has(sides.source_catalog) && !has(sides.target_catalog)
}

/// Does a database give the column its numbers, or does it refer to such a column? Both must be of one type, and only
/// an integer of at most 64 bits with a sign can be numbered everywhere.
fn is_numbered(table: &Table, column: &str, catalog: &Catalog, depth: u8) -> bool {
    // Foreign keys may go in a circle.
    const DEEPEST: u8 = 16;
    table.column(column).is_some_and(|c| c.identity.is_some())
        || depth < DEEPEST
            && table.foreign_keys.iter().any(|key| {
                let mut pairs = key.columns.iter().zip(&key.referenced_columns);
                pairs.any(|(own, other)| {
                    let parent = catalog.table(&key.references).filter(|_| own == column);
                    parent.is_some_and(|parent| is_numbered(parent, other, catalog, depth + 1))
                })
            })
}

#[allow(clippy::too_many_arguments)]
fn new_column(
    project: &Project,
    mapping: &TableMapping,
    link: &ColumnMapping,
    source: &Table,
    sides: &Sides<'_>,
    expressions: &Expressions,
    dialect: &dyn Dialect,
    adds: bool,
) -> Result<Column> {
    let original = match (&link.expression, link.from.as_slice()) {
        (None, [from]) => source.column(from),
        _ => None,
    };
    let mut wanted = source_type(link, source, sides.source.read(), expressions)?;
    let same_database = sides.source.descriptor().id == sides.target.descriptor().id;
    // Another database's type of the same name is another type.
    if matches!(&wanted, LogicalType::Other { name } if !same_database || lacks_type(name, sides)) {
        wanted = LogicalType::TEXT;
    }
    let is_integer = |logical: &LogicalType| matches!(logical, LogicalType::Integer { .. });
    if is_integer(&wanted)
        && !is_integer(&dialect.stored_as(&wanted))
        && original.is_some_and(|c| is_numbered(source, &c.name, sides.source_catalog, 0))
    {
        wanted = LogicalType::INT64;
    }
    // What both databases have in the same words is made in those words.
    let own = original.filter(|c| same_database && c.reading.is_none() && dialect.keeps_native(c));
    let to_text = |c: &Column| enums::refers_to_text(project, mapping, source, &c.name, sides.target_catalog);
    if matches!(wanted, LogicalType::Enumeration { .. }) && own.is_none() && original.is_some_and(to_text) {
        wanted = LogicalType::TEXT;
    }
    let logical = own.map_or_else(|| dialect.stored_as(&wanted), |c| c.logical.clone());
    // Two native types may mean JSON, and their own database tells them apart.
    let native = original.filter(|c| same_database && c.logical == LogicalType::Json && logical == c.logical).or(own);
    let carry = Carry::new(mapping, source, &[], sides);
    let default = original.and_then(|c| carry.default(c, &logical));
    Ok(Column {
        name: link.to.clone(),
        native_type: native.map_or_else(|| dialect.type_name(&wanted), |c| c.native_type.clone()),
        // A column added to rows that are there already can only be empty in them.
        nullable: adds || original.is_none_or(|c| c.nullable),
        default,
        identity: original.and_then(|c| c.identity).filter(|_| !adds),
        generated: None,
        comment: original.and_then(|c| said(source, &c.comment)),
        derived: false,
        collation: None,
        reading: None,
        logical,
    })
}
