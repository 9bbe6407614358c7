//! What a folder of Parquet files holds, from their footers.

use super::ParquetConnection;
use super::connect::{open, tables};
use super::types;
use crate::catalog::{Catalog, Column, Schema, Table, TableKind, TableName};
use crate::connectors::files::SCHEMA;
use crate::error::Result;

pub(super) fn catalog(connection: &ParquetConnection) -> Result<Catalog> {
    let tables = tables(&connection.path)?
        .into_iter()
        .map(|(name, paths)| {
            let opened = open(paths)?;
            let columns = opened
                .leaves
                .iter()
                .map(|leaf| Column {
                    name: leaf.name.clone(),
                    native_type: leaf.data_type.to_string(),
                    logical: leaf.logical.clone(),
                    nullable: leaf.nullable,
                    default: None,
                    identity: None,
                    generated: None,
                    comment: leaf.comment.clone(),
                    derived: false,
                    collation: None,
                    reading: None,
                })
                .collect();
            Ok(Table {
                name: TableName::new(SCHEMA, name),
                kind: TableKind::File,
                comment: opened.parts.first().and_then(|p| types::comment(&p.footer)),
                columns,
                primary_key: None,
                unique_keys: Vec::new(),
                foreign_keys: Vec::new(),
                indexes: Vec::new(),
                checks: Vec::new(),
                row_estimate: Some(opened.rows()),
                byte_estimate: Some(opened.parts.iter().map(|p| p.bytes).sum()),
            })
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(Catalog {
        connector: super::DESCRIPTOR.id.into(),
        product: "Parquet".into(),
        schemas: vec![Schema { name: SCHEMA.into(), tables, sequences: Vec::new(), ..Schema::default() }],
    })
}
