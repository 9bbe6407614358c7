//! Reading rows from CSV files.
//!
//! Ranges are bytes between record starts; a position is the line on which the record begins. A blank line is no row,
//! except in a file of one column, where it is a NULL.

use std::fs::File;
use std::io::{BufReader, Read as _, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::{Field as ArrowField, Schema, SchemaRef};
use futures::stream;
use tokio::sync::mpsc;

use super::CsvConnection;
use super::connect::files;
use super::decode::Decoder;
use super::form::Form;
use super::records::{Problem, Record, Records};
use crate::catalog::Table;
use crate::connectors::cells::{Cell, RowsBuilder};
use crate::connectors::files::{blocking, no_column, no_file};
use crate::connectors::{Range, Read, RowFault, RowStream, Rows, Scan};
use crate::error::{Error, ErrorKind, Result};

/// Batches that wait for their reader.
const WAITING: usize = 2;

/// Rows between two looks whether anybody still listens.
const LOOK_EVERY: u64 = 4_096;

impl CsvConnection {
    /// The table's file, and its form, which must still be the one that the catalog saw.
    fn file(&self, table: &Table) -> Result<(PathBuf, Form)> {
        let path = files(&self.path)?.remove(&table.name.table).ok_or_else(|| no_file(&table.name))?;
        let form = Form::of(&path, &self.given)?;
        if !form.columns.iter().eq(table.columns.iter().map(|c| &c.name)) {
            return Err(Error::new(
                ErrorKind::WrongFormat,
                format!("the columns of {} are not those that were scanned", path.display()),
            )
            .hint("Scan the source again: the file has changed.")
            .table(table.name.to_string()));
        }
        Ok((path, form))
    }
}

type Source = Records<BufReader<std::io::Take<File>>>;

/// Records that begin at `from`, on `line`, up to the byte `to`.
fn records(path: &PathBuf, form: &Form, from: u64, to: Option<u64>, line: u64) -> Result<Source> {
    let failed = |e: std::io::Error| Error::from(e).file(path.display());
    let mut file = File::open(path).map_err(failed)?;
    file.seek(SeekFrom::Start(from)).map_err(failed)?;
    let bytes = to.map_or(u64::MAX, |to| to.saturating_sub(from));
    Ok(Records::new(BufReader::new(file.take(bytes)), form.marks, from, line))
}

/// Is this record a row of a table of so many columns?
fn is_row(record: &Record<'_>, columns: usize) -> bool {
    columns == 1 || !record.is_blank()
}

#[async_trait]
impl Read for CsvConnection {
    fn schema(&self, table: &Table, columns: &[String]) -> Result<SchemaRef> {
        let fields = columns
            .iter()
            .map(|name| {
                let column = table.column(name).ok_or_else(|| no_column(table, name))?;
                Ok(ArrowField::new(name, column.logical.arrow(), true))
            })
            .collect::<Result<Vec<_>>>()?;
        Ok(Arc::new(Schema::new(fields)))
    }

    /// One pass over the file: only that finds the record ends among quoted line ends.
    async fn ranges(&self, table: &Table, rows: u32) -> Result<Vec<Range>> {
        let (connection, table) = (self.clone(), table.clone());
        blocking(move || {
            let (path, form) = connection.file(&table)?;
            let mut source = records(&path, &form, form.start.0, None, form.start.1)?;
            let mut ranges = Vec::new();
            let (mut from, mut line) = form.start;
            let mut found = 0;
            while let Some(record) = source.next()? {
                if !is_row(&record, form.columns.len()) {
                    continue;
                }
                if found == rows.max(1) {
                    ranges.push(Range::Bytes { from, to: record.byte, line });
                    (from, line, found) = (record.byte, record.line, 0);
                }
                found += 1;
            }
            if found > 0 {
                ranges.push(Range::Bytes { from, to: source.place().0, line });
            }
            Ok(ranges)
        })
        .await
    }

    async fn scan(&self, scan: Scan) -> Result<RowStream> {
        let schema = self.schema(&scan.table, &scan.columns)?;
        let connection = self.clone();
        let (sender, receiver) = mpsc::channel(WAITING);
        tokio::task::spawn_blocking(move || {
            if let Err(e) = read(&connection, &scan, schema, &sender) {
                // The receiver is gone when the scan was dropped: then nobody wants the error.
                let _ = sender.blocking_send(Err(e.table(scan.table.name.to_string()).range(&scan.range)));
            }
        });
        Ok(Box::pin(stream::unfold(receiver, |mut receiver| async move {
            receiver.recv().await.map(|rows| (rows, receiver))
        })))
    }

    async fn count(&self, table: &Table) -> Result<u64> {
        let (connection, table) = (self.clone(), table.clone());
        blocking(move || {
            let (path, form) = connection.file(&table)?;
            let mut source = records(&path, &form, form.start.0, None, form.start.1)?;
            let mut rows = 0;
            while let Some(record) = source.next()? {
                rows += u64::from(is_row(&record, form.columns.len()));
            }
            Ok(rows)
        })
        .await
    }
}

/// One column of a scan: its place in the file, and how its fields are decoded.
struct Wanted {
    field: usize,
    decoder: Decoder,
}

fn read(connection: &CsvConnection, scan: &Scan, schema: SchemaRef, sender: &mpsc::Sender<Result<Rows>>) -> Result<()> {
    let (path, form) = connection.file(&scan.table)?;
    let mut source = match scan.range {
        Range::All => records(&path, &form, form.start.0, None, form.start.1)?,
        Range::Bytes { from, to, line } => records(&path, &form, from, Some(to), line)?,
        ref range => return Err(Error::internal(format!("a file cannot be read by {range}"))),
    };
    let wanted: Vec<Wanted> = scan
        .columns
        .iter()
        .filter_map(|name| scan.table.columns.iter().position(|c| c.name == *name))
        .map(|field| Wanted { field, decoder: Decoder::new(&scan.table.columns[field].logical) })
        .collect();
    let null = connection.given.null.as_deref().unwrap_or("");
    let mut builder = RowsBuilder::new(schema, true, scan.batch_bytes)?;
    let mut rows = 0u64;
    while scan.limit.is_none_or(|limit| rows < limit) {
        let Some(record) = source.next()? else { break };
        if !is_row(&record, form.columns.len()) {
            continue;
        }
        rows += 1;
        match decode(&record, &form, &wanted, null) {
            Ok(cells) => builder.row(Some(record.line as i64), &cells)?,
            Err(fault) => builder.fault(fault),
        }
        if builder.is_full() {
            if sender.blocking_send(builder.take()).is_err() {
                return Ok(());
            }
        } else if rows.is_multiple_of(LOOK_EVERY) && sender.is_closed() {
            return Ok(());
        }
    }
    if !builder.is_empty() {
        // Nobody listens any more when this fails.
        let _ = sender.blocking_send(builder.take());
    }
    Ok(())
}

fn decode<'a>(record: &Record<'a>, form: &Form, wanted: &[Wanted], null: &str) -> Result<Vec<Cell<'a>>, RowFault> {
    let byte = |at: usize| record.byte + at as u64;
    let fault = |column: Option<usize>, reason: String| RowFault {
        position: Some(record.line as i64),
        column: column.and_then(|i| form.columns.get(i).cloned()),
        reason,
        row: shown(record, form),
    };
    match record.problem {
        Some(Problem::Unclosed { byte: at }) => {
            return Err(fault(
                Some(record.fields.len().saturating_sub(1)),
                format!("a quote opens on line {} at byte {} and is not closed", record.line_of(at), byte(at)),
            ));
        }
        Some(Problem::AfterQuote { field, byte: at }) => {
            return Err(fault(
                Some(field),
                format!("line {}: text follows a closing quote at byte {}", record.line_of(at), byte(at)),
            ));
        }
        Some(Problem::TooLong) => {
            return Err(fault(
                None,
                format!("line {} at byte {}: a record of more than 64 MiB", record.line, record.byte),
            ));
        }
        None => {}
    }
    if record.fields.len() != form.columns.len() {
        return Err(fault(
            None,
            format!(
                "line {} at byte {}: {} fields, {} expected",
                record.line,
                record.byte,
                record.fields.len(),
                form.columns.len()
            ),
        ));
    }
    let mut cells = Vec::with_capacity(wanted.len());
    for Wanted { field, decoder } in wanted {
        let place = &record.fields[*field];
        let value = record.text(place).map_err(|at| {
            fault(Some(*field), format!("line {}: the value is not UTF-8 at byte {}", record.line_of(at), byte(at)))
        })?;
        cells.push(if !place.quoted && value == null {
            Cell::Null
        } else {
            decoder.decode(value).map_err(|reason| {
                let at = place.bytes.start;
                fault(Some(*field), format!("line {} at byte {}: the value {reason}", record.line_of(at), byte(at)))
            })?
        });
    }
    Ok(cells)
}

/// The raw fields by column, for the reject file; those beyond the last column by their place.
fn shown(record: &Record<'_>, form: &Form) -> Vec<(String, Option<String>)> {
    record
        .fields
        .iter()
        .enumerate()
        .map(|(i, field)| {
            let name = form.columns.get(i).cloned().unwrap_or_else(|| format!("field {}", i + 1));
            let text = match record.text(field) {
                Ok(text) => text.into_owned(),
                Err(_) => String::from_utf8_lossy(&record.bytes[field.bytes.clone()]).into_owned(),
            };
            (name, Some(text))
        })
        .collect()
}
