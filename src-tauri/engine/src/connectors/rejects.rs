//! A reject file in the place of a source: the rows that a person corrected, in the types of the table that they came
//! from.
//!
//! Catalog and types are those of the true source; only rows come from the file. A value's text is read by the rules of
//! CSV, JSON's `null` is NULL, and numbers keep all their digits. It must not know runs. Invariant: every line that is
//! not empty is one row or one fault, so that nothing in the file is lost in silence.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read as _, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use futures::stream;
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::sync::mpsc;

use super::csv::{Batch, Column};
use super::files::blocking;
use super::stand_in::StandIns;
use super::{Connection, Descriptor, Dialect, Range, Read, RowFault, RowStream, Rows, Scan, Write};
use crate::catalog::{Catalog, Table};
use crate::error::{Error, Result};
use crate::types::LogicalType;

/// Batches that wait for their reader.
const WAITING: usize = 2;

/// The source that `inner` is, with the rows of a reject file.
pub struct RejectSource {
    inner: Arc<dyn Connection>,
    file: PathBuf,
}

impl RejectSource {
    pub fn new(inner: Arc<dyn Connection>, file: &Path) -> RejectSource {
        RejectSource { inner, file: file.to_path_buf() }
    }
}

#[derive(Deserialize)]
struct Line {
    row: HashMap<String, Box<RawValue>>,
}

#[async_trait]
impl Connection for RejectSource {
    fn descriptor(&self) -> &'static Descriptor {
        self.inner.descriptor()
    }

    fn dialect(&self) -> &'static dyn Dialect {
        self.inner.dialect()
    }

    async fn catalog(&self) -> Result<Catalog> {
        self.inner.catalog().await
    }

    fn read(&self) -> &dyn Read {
        self
    }

    fn write(&self) -> Option<&dyn Write> {
        None
    }
}

#[async_trait]
impl Read for RejectSource {
    fn schema(&self, table: &Table, columns: &[String]) -> Result<SchemaRef> {
        self.inner.read().schema(table, columns)
    }

    fn snapshot_note(&self) -> Option<&'static str> {
        Some("the rows come from a copy of the reject file, which does not change")
    }

    async fn ranges(&self, _table: &Table, rows: u32) -> Result<Vec<Range>> {
        let file = self.file.clone();
        blocking(move || {
            let rows = u64::from(rows.max(1));
            let (mut starts, mut found) = (Vec::new(), 0u64);
            let end = each_line(&file, 0, 1, u64::MAX, |byte, line, text| {
                if !is_blank(text) {
                    if found.is_multiple_of(rows) {
                        starts.push((byte, line));
                    }
                    found += 1;
                }
                Ok(true)
            })?;
            let ends: Vec<u64> = starts.iter().skip(1).map(|(byte, _)| *byte).chain([end]).collect();
            Ok(starts.into_iter().zip(ends).map(|((from, line), to)| Range::Bytes { from, to, line }).collect())
        })
        .await
    }

    async fn scan(&self, scan: Scan) -> Result<RowStream> {
        let schema = self.schema(&scan.table, &scan.columns)?;
        let file = self.file.clone();
        let (sender, receiver) = mpsc::channel(WAITING);
        tokio::task::spawn_blocking(move || {
            if let Err(e) = read(&file, &scan, schema, &sender) {
                // The receiver is gone when the scan was dropped: then nobody wants the error.
                let _ = sender.blocking_send(Err(e.table(scan.table.name.to_string()).range(&scan.range)));
            }
        });
        Ok(Box::pin(stream::unfold(receiver, |mut receiver| async move {
            receiver.recv().await.map(|rows| (rows, receiver))
        })))
    }

    fn position_word(&self, _table: &Table) -> &'static str {
        "line"
    }

    async fn count(&self, _table: &Table) -> Result<u64> {
        let file = self.file.clone();
        blocking(move || {
            let mut rows = 0;
            each_line(&file, 0, 1, u64::MAX, |_, _, text| {
                rows += u64::from(!is_blank(text));
                Ok(true)
            })?;
            Ok(rows)
        })
        .await
    }
}

fn is_blank(line: &[u8]) -> bool {
    line.iter().all(u8::is_ascii_whitespace)
}

/// Tells of each line from this byte on until `to`, or until `tell` says that it is enough; gives the end of the last.
fn each_line(
    path: &Path,
    from: u64,
    first: u64,
    to: u64,
    mut tell: impl FnMut(u64, u64, &[u8]) -> Result<bool>,
) -> Result<u64> {
    let failed = |e: std::io::Error| Error::from(e).file(path.display());
    let mut file = File::open(path).map_err(failed)?;
    file.seek(SeekFrom::Start(from)).map_err(failed)?;
    let mut reader = BufReader::new(file.take(to.saturating_sub(from)));
    let (mut byte, mut line, mut text) = (from, first, Vec::new());
    loop {
        text.clear();
        let length = reader.read_until(b'\n', &mut text).map_err(failed)? as u64;
        if length == 0 || !tell(byte, line, &text)? {
            return Ok(byte);
        }
        byte += length;
        line += 1;
    }
}

fn read(path: &Path, scan: &Scan, schema: SchemaRef, sender: &mpsc::Sender<Result<Rows>>) -> Result<()> {
    let (from, to, line) = match scan.range {
        Range::Bytes { from, to, line } => (from, to, line),
        _ => (0, u64::MAX, 1),
    };
    let decimal =
        |name: &str| scan.table.column(name).is_some_and(|c| matches!(c.logical, LogicalType::Decimal { .. }));
    let columns = schema.fields().iter().map(|f| Column::of(f.data_type(), decimal(f.name()))).collect();
    let stand_ins = StandIns::of(&scan.table, &scan.columns);
    let mut batch = Batch::new(schema, columns, scan.batch_bytes, stand_ins);
    let mut left = scan.limit.unwrap_or(u64::MAX);
    each_line(path, from, line, to, |_, line, text| {
        if left == 0 {
            return Ok(false);
        }
        if is_blank(text) {
            return Ok(true);
        }
        left -= 1;
        take(&mut batch, scan, line as i64, text);
        if batch.is_full() && sender.blocking_send(batch.take()).is_err() {
            return Ok(false);
        }
        Ok(true)
    })?;
    if !batch.is_empty() {
        let _ = sender.blocking_send(batch.take());
    }
    Ok(())
}

/// Adds one line: a row, or a fault.
fn take(batch: &mut Batch, scan: &Scan, line: i64, text: &[u8]) {
    let fault = |column: Option<&str>, reason: &str, row: Vec<(String, Option<String>)>| RowFault {
        position: Some(line),
        column: column.map(str::to_string),
        reason: reason.to_string(),
        row,
    };
    let raw = || vec![("line".to_string(), Some(String::from_utf8_lossy(text).trim_end().to_string()))];
    let row = match serde_json::from_slice::<Line>(text) {
        Ok(line) => line.row,
        Err(_) => return batch.fault(fault(None, "the line is not a reject with its `row`", raw())),
    };
    // As it stands in the file, for the next reject file.
    let shown = |row: &HashMap<String, Box<RawValue>>| {
        let known = scan.table.columns.iter().filter(|c| row.contains_key(&c.name)).map(|c| c.name.clone());
        let unknown = row.keys().filter(|name| scan.table.column(name).is_none()).cloned();
        known.chain(unknown).map(|name| (name.clone(), text_of(&row[&name]))).collect::<Vec<_>>()
    };
    if row.keys().any(|name| scan.table.column(name).is_none()) {
        return batch.fault(fault(None, "the row names a column that its source has not", shown(&row)));
    }
    if let Some(missing) = scan.columns.iter().find(|name| !row.contains_key(*name)) {
        return batch.fault(fault(Some(missing), "the row does not say what stands in this column", shown(&row)));
    }
    let mut variable = 0;
    for (i, name) in scan.columns.iter().enumerate() {
        let Some(value) = text_of(&row[name]) else {
            batch.columns[i].null();
            continue;
        };
        variable += value.len();
        if let Err(reason) = batch.columns[i].value(value.as_bytes())
            && !batch.stands_in(i, reason)
        {
            return batch.broken(i, fault(Some(name), &format!("the value {reason}"), shown(&row)));
        }
    }
    batch.row(line, variable);
}

/// The value's text; `None` is NULL. A number has the digits that the file gives it.
fn text_of(value: &RawValue) -> Option<String> {
    match value.get() {
        "null" => None,
        text if text.starts_with('"') => Some(serde_json::from_str(text).unwrap_or_else(|_| text.to_string())),
        text => Some(text.to_string()),
    }
}
