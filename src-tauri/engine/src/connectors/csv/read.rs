//! Reading rows from CSV files.
//!
//! Ranges are bytes between record starts; a position is the line on which the record begins. A blank line is no row,
//! except in a file of one column, where it is a NULL.

use std::fs::File;
use std::io::{self, Read as _, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::{Field as ArrowField, Schema, SchemaRef};
use futures::stream;
use tokio::sync::mpsc;

use super::CsvConnection;
use super::columns::{Batch, Column};
use super::connect::files;
use super::encoding::{Characters, Text};
use super::form::{Form, Given};
use super::records::{Problem, Record, Records};
use super::scan;
use crate::catalog::Table;
use crate::connectors::files::{blocking, failed, no_column, no_file};
use crate::connectors::stand_in::StandIns;
use crate::connectors::{GuessedEncoding, Range, Read, RowFault, RowStream, Rows, Scan};
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

fn open(path: &Path) -> Result<File> {
    File::open(path).map_err(failed(path))
}

/// Records that begin at `from`, on `line`, up to the byte `to`.
fn records<R: io::Read + Seek>(
    file: R,
    form: &Form,
    from: u64,
    to: Option<u64>,
    line: u64,
) -> Result<Records<io::Take<Text<R>>>> {
    let mut file = Text::new(file, form.characters);
    file.seek(SeekFrom::Start(from))?;
    let bytes = to.map_or(u64::MAX, |to| to.saturating_sub(from));
    Ok(Records::new(file.take(bytes), form.marks, from, line))
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

    /// One pass over the file, which looks for line ends outside quotes.
    async fn ranges(&self, table: &Table, rows: u32) -> Result<Vec<Range>> {
        let (connection, table) = (self.clone(), table.clone());
        blocking(move || {
            let (path, form) = connection.file(&table)?;
            cut(|| open(&path), &form, rows).map_err(|e| e.file(path.display()))
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

    async fn guessed_encoding(&self, table: &Table) -> Result<Option<GuessedEncoding>> {
        /// Bytes at the file's beginning that are looked at.
        const LOOKED_AT: u64 = 4 << 20;
        let (connection, table) = (self.clone(), table.clone());
        blocking(move || {
            let (path, form) = connection.file(&table)?;
            let mut bytes = Vec::new();
            open(&path)?.take(LOOKED_AT).read_to_end(&mut bytes).map_err(failed(&path))?;
            // The last line may be cut within a character.
            bytes.truncate(bytes.iter().rposition(|b| *b == b'\n').map_or(bytes.len(), |end| end + 1));
            let read_as = form.characters.name();
            let guessed = Characters::guessed(&bytes).filter(|g| g.name() != read_as);
            Ok(guessed.map(|g| GuessedEncoding { read_as, guessed: g.name() }))
        })
        .await
    }

    async fn count(&self, table: &Table) -> Result<u64> {
        let (connection, table) = (self.clone(), table.clone());
        blocking(move || {
            let (path, form) = connection.file(&table)?;
            let mut rows = 0;
            each_row(|| open(&path), &form, |_, _| rows += 1).map_err(|e| e.file(path.display()))?;
            Ok(rows)
        })
        .await
    }
}

/// Ranges of so many rows, which are together the whole file.
pub(super) fn cut<R: io::Read + Seek>(open: impl Fn() -> Result<R>, form: &Form, rows: u32) -> Result<Vec<Range>> {
    let rows = u64::from(rows.max(1));
    let mut starts = Vec::new();
    let mut found = 0u64;
    let end = each_row(open, form, |byte, line| {
        if found.is_multiple_of(rows) {
            starts.push((byte, line));
        }
        found += 1;
    })?;
    // Blank lines before the first row belong to it.
    if let Some(first) = starts.first_mut() {
        *first = form.start;
    }
    let ends = starts.iter().skip(1).map(|(byte, _)| *byte).chain([end]).collect::<Vec<_>>();
    Ok(starts.into_iter().zip(ends).map(|((from, line), to)| Range::Bytes { from, to, line }).collect())
}

/// Tells of every row's first byte and line, and gives the end of the last record. `open` opens the file, more than once
/// if need be.
pub(super) fn each_row<R: io::Read + Seek>(
    open: impl Fn() -> Result<R>,
    form: &Form,
    mut row: impl FnMut(u64, u64),
) -> Result<u64> {
    let mut file = Text::new(open()?, form.characters);
    file.seek(SeekFrom::Start(form.start.0))?;
    let mut told = 0u64;
    let blank_is_row = form.columns.len() == 1;
    let scanned = scan::rows(file, form.marks, form.start, blank_is_row, |byte, line| {
        told += 1;
        row(byte, line);
    });
    if let Some((end, _)) = scanned? {
        return Ok(end);
    }
    // Broken quotes: the record reader knows. What was told before them stands.
    let mut source = records(open()?, form, form.start.0, None, form.start.1)?;
    while let Some(record) = source.next()? {
        if !is_row(&record, form.columns.len()) {
            continue;
        }
        match told.checked_sub(1) {
            Some(left) => told = left,
            None => row(record.byte, record.line),
        }
    }
    Ok(source.place().0)
}

fn read(connection: &CsvConnection, scan: &Scan, schema: SchemaRef, sender: &mpsc::Sender<Result<Rows>>) -> Result<()> {
    let (path, form) = connection.file(&scan.table)?;
    let listens = || !sender.is_closed();
    read_from(open(&path)?, &form, &connection.given, scan, schema, listens, |rows| sender.blocking_send(rows).is_ok())
        .map_err(|e| e.file(path.display()))
}

/// Hands on the rows of the scan's range until it has ended, or nobody takes them any more. `listens` is asked now and
/// then between two batches.
pub(super) fn read_from(
    file: impl io::Read + Seek,
    form: &Form,
    given: &Given,
    scan: &Scan,
    schema: SchemaRef,
    listens: impl Fn() -> bool,
    mut give: impl FnMut(Result<Rows>) -> bool,
) -> Result<()> {
    let mut source = match scan.range {
        Range::All => records(file, form, form.start.0, None, form.start.1)?,
        Range::Bytes { from, to, line } => records(file, form, from, Some(to), line)?,
        ref range => return Err(Error::internal(format!("a file cannot be read by {range}"))),
    };
    // For each column its place in the file.
    let wanted: Vec<usize> =
        scan.columns.iter().filter_map(|name| scan.table.columns.iter().position(|c| c.name == *name)).collect();
    let columns = wanted.iter().map(|field| Column::new(&scan.table.columns[*field].logical)).collect();
    let mut batch = Batch::new(schema, columns, scan.batch_bytes, StandIns::of(&scan.table, &scan.columns));
    let mut null = Vec::new();
    let written = form.marks.characters.encode(given.null.as_deref().unwrap_or(""), &mut null);
    // What the file cannot hold stands for nothing in it; a lone 0xff is no text in any encoding that is read.
    let null = if written.is_ok() { null } else { vec![0xff; 2] };
    let mut reader = Reader { form, wanted, null: &null };
    let mut rows = 0u64;
    while scan.limit.is_none_or(|limit| rows < limit) {
        let Some(record) = source.next()? else { break };
        if !is_row(&record, form.columns.len()) {
            continue;
        }
        rows += 1;
        reader.row(&record, &mut batch);
        if batch.is_full() {
            if !give(batch.take()) {
                return Ok(());
            }
        } else if rows.is_multiple_of(LOOK_EVERY) && !listens() {
            return Ok(());
        }
    }
    if !batch.is_empty() {
        // Nobody listens any more when this fails.
        give(batch.take());
    }
    Ok(())
}

/// Turns records into rows.
struct Reader<'a> {
    form: &'a Form,
    wanted: Vec<usize>,
    null: &'a [u8],
}

impl Reader<'_> {
    fn row(&mut self, record: &Record<'_>, batch: &mut Batch) {
        if let Some(fault) = whole_fault(record, self.form) {
            batch.fault(fault);
            return;
        }
        let mut variable = 0;
        for (i, field) in self.wanted.iter().enumerate() {
            let place = &record.fields[*field];
            let raw = &record.bytes[place.bytes.clone()];
            let column = &mut batch.columns[i];
            if !place.quoted && raw == self.null {
                column.null();
                continue;
            }
            variable += raw.len();
            let written = if column.is_text() {
                record.text(place).map(|text| column.text(&text)).map_err(Wrong::Encoding)
            } else if place.is_plain() {
                column.value(raw).map_err(|reason| Wrong::of(record, place, reason))
            } else {
                record
                    .text(place)
                    .map_err(Wrong::Encoding)
                    .and_then(|text| column.value(text.as_bytes()).map_err(Wrong::Value))
            };
            if let Err(wrong) = written
                && !batch.stands_in(i, wrong.reason())
            {
                batch.broken(i, wrong.fault(record, self.form, *field));
                return;
            }
        }
        batch.row(record.line as i64, variable);
    }
}

/// Why something stands in for bytes that have no character.
const NOT_TEXT: &str = "is not text in the file's encoding";

/// What is wrong with a field.
enum Wrong {
    /// No character at this byte of the record.
    Encoding(usize),
    Value(&'static str),
}

impl Wrong {
    fn reason(&self) -> &'static str {
        match self {
            Wrong::Encoding(_) => NOT_TEXT,
            Wrong::Value(reason) => reason,
        }
    }

    fn of(record: &Record<'_>, place: &super::records::Field, reason: &'static str) -> Wrong {
        record.text(place).map_or_else(Wrong::Encoding, |_| Wrong::Value(reason))
    }

    fn fault(self, record: &Record<'_>, form: &Form, field: usize) -> RowFault {
        let byte = |at: usize| record.byte + at as u64;
        let reason = match self {
            Wrong::Encoding(at) => {
                let name = form.characters.name();
                let place = if form.characters.is_wide() { " of its text in UTF-8" } else { "" };
                format!("line {}: the value is not {name} at byte {}{place}", record.line_of(at), byte(at))
            }
            Wrong::Value(reason) => {
                let at = record.fields[field].bytes.start;
                format!("line {} at byte {}: the value {reason}", record.line_of(at), byte(at))
            }
        };
        fault(record, form, Some(field), reason)
    }
}

fn fault(record: &Record<'_>, form: &Form, column: Option<usize>, reason: String) -> RowFault {
    RowFault {
        position: Some(record.line as i64),
        column: column.and_then(|i| form.columns.get(i).cloned()),
        reason,
        row: shown(record, form),
    }
}

/// What is wrong with the record as a whole.
fn whole_fault(record: &Record<'_>, form: &Form) -> Option<RowFault> {
    let byte = |at: usize| record.byte + at as u64;
    let (column, reason) = match record.problem {
        Some(Problem::Unclosed { byte: at }) => (
            Some(record.fields.len().saturating_sub(1)),
            format!("a quote opens on line {} at byte {} and is not closed", record.line_of(at), byte(at)),
        ),
        Some(Problem::AfterQuote { field, byte: at }) => {
            (Some(field), format!("line {}: text follows a closing quote at byte {}", record.line_of(at), byte(at)))
        }
        Some(Problem::TooLong) => {
            (None, format!("line {} at byte {}: a record of more than 64 MiB", record.line, record.byte))
        }
        None if record.fields.len() == form.columns.len() => return None,
        None => (
            None,
            format!(
                "line {} at byte {}: {} fields, {} expected",
                record.line,
                record.byte,
                record.fields.len(),
                form.columns.len()
            ),
        ),
    };
    Some(fault(record, form, column, reason))
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
                Err(_) => crate::connectors::text::bytes_text(&record.bytes[field.bytes.clone()]),
            };
            (name, Some(text))
        })
        .collect()
}
