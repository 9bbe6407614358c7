//! What a folder of CSV files holds.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use super::CsvConnection;
use super::connect::files;
use super::encoding::Text;
use super::form::{Form, Given};
use super::infer::Guess;
use super::records::Records;
use crate::catalog::{Catalog, Column, Schema, Table, TableKind, TableName};
use crate::connectors::files::SCHEMA;
use crate::error::{Error, Result};

/// Rows that types are taken from, and bytes at most.
const SAMPLE_ROWS: u64 = 10_000;
const SAMPLE_BYTES: u64 = 64 << 20;

pub(super) fn catalog(connection: &CsvConnection) -> Result<Catalog> {
    let tables = files(&connection.path)?
        .into_iter()
        .map(|(name, path)| table(&name, &path, &connection.given))
        .collect::<Result<Vec<_>>>()?;
    Ok(Catalog {
        connector: super::DESCRIPTOR.id.into(),
        product: "CSV".into(),
        schemas: vec![Schema { name: SCHEMA.into(), tables, sequences: Vec::new(), ..Schema::default() }],
    })
}

fn table(name: &str, path: &Path, given: &Given) -> Result<Table> {
    let failed = |e: std::io::Error| Error::from(e).file(path.display());
    let form = Form::of(path, given)?;
    let file = File::open(path).map_err(failed)?;
    let size = file.metadata().map_err(failed)?.len();
    described(name, file, size, form, given).map_err(|e| e.file(path.display()))
}

/// The table that a file of this form holds.
pub(super) fn described(name: &str, file: impl Read + Seek, size: u64, form: Form, given: &Given) -> Result<Table> {
    let mut file = Text::new(file, form.characters);
    // Of text that is mostly ASCII.
    let length = if form.characters.is_wide() { size / 2 } else { size };
    file.seek(SeekFrom::Start(form.start.0))?;
    let mut records = Records::new(file, form.marks, form.start.0, form.start.1);
    let mut guesses = vec![Guess::new(); form.columns.len()];
    let mut rows = 0;
    let complete = loop {
        if rows >= SAMPLE_ROWS || records.place().0 - form.start.0 >= SAMPLE_BYTES {
            break false;
        }
        let Some(record) = records.next()? else { break true };
        if record.is_blank() && guesses.len() > 1 {
            continue;
        }
        rows += 1;
        if record.problem.is_some() || record.fields.len() != guesses.len() {
            continue;
        }
        for (guess, field) in guesses.iter_mut().zip(record.fields) {
            // What is not UTF-8 is a fault whatever the type.
            if let Ok(value) = record.text(field)
                && (field.quoted || value != given.null.as_deref().unwrap_or(""))
            {
                guess.see(&value);
            }
        }
    };
    let seen = records.place().0 - form.start.0;
    let estimate = if complete { rows } else { rows.saturating_mul(length.saturating_sub(form.start.0)) / seen.max(1) };
    let columns = form
        .columns
        .into_iter()
        .zip(&guesses)
        .map(|(name, guess)| {
            let logical = guess.logical(complete);
            Column {
                name,
                native_type: logical.to_string(),
                logical,
                nullable: true,
                default: None,
                identity: None,
                generated: None,
                comment: None,
                derived: false,
                collation: None,
                reading: None,
            }
        })
        .collect();
    Ok(Table {
        name: TableName::new(SCHEMA, name),
        kind: TableKind::File,
        comment: None,
        columns,
        primary_key: None,
        unique_keys: Vec::new(),
        foreign_keys: Vec::new(),
        indexes: Vec::new(),
        checks: Vec::new(),
        row_estimate: Some(estimate),
        byte_estimate: Some(size),
    })
}
