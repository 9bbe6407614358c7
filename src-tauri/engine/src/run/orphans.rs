//! Rows of tables that the run created whose foreign key points at nothing: found before the constraints are added.
//!
//! Where the target checks keys while rows arrive, such a row is refused like any other; where constraints come after
//! the load, the rows are in by then. The run stops and lists them, or takes them out into the reject file: what the
//! project says. Invariant: the rejects are on the disk before the rows are deleted, and the deletion commits with a
//! checkpoint, so that a run that dies in between neither loses nor repeats one.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::compute::{CastOptions, cast_with_options};
use datafusion::arrow::datatypes::SchemaRef;
use futures::StreamExt;

use super::key_form::{Hashed, KeyForm, chosen};
use super::rejects::{RejectFiles, RejectedRow};
use super::text::RowText;
use crate::catalog::{ForeignKey, Table};
use crate::connectors::{Connection, Range, Scan};
use crate::error::{Error, ErrorContext, ErrorKind, Result};
use crate::verify::row_hashes;

/// Checkpoints of deletions have chunk numbers from here on.
pub(super) const FIRST_ROUND: u32 = 0x7000_0000;

/// Keys that are named when the run stops.
pub(super) const NAMED: usize = 20;

/// More keys of a referred-to table than this are not kept at once.
const MOST: usize = 8_000_000;

const BATCH_BYTES: usize = 1 << 20;

/// The error with which a run stops.
pub(super) fn stop(table: &Table, key: &ForeignKey, rows: u64, found: &[RejectedRow]) -> Error {
    let keys: Vec<&str> = found.iter().take(NAMED).map(|r| r.key.as_str()).collect();
    let more = if rows as usize > keys.len() { ", …" } else { "" };
    Error::new(
        ErrorKind::Blocked,
        format!(
            "{rows} row{} of {} refer by ({}) to rows that {} does not hold",
            if rows == 1 { "" } else { "s" },
            table.name,
            key.columns.join(", "),
            key.references
        ),
    )
    .table(table.name.to_string())
    .detail(format!("{}{more}", keys.join("; ")))
    .hint(
        "Load what they refer to and resume, or roll back and choose what becomes of them: orphans \"reject\" keeps \
         them in the reject file, \"keep\" leaves the constraint unvalidated.",
    )
}

/// The rows of `table` whose key points at nothing, at most `limit` of them.
///
/// # Errors
/// `Unsupported` when the referred-to table holds more keys than can be kept.
pub(super) async fn find(
    target: &dyn Connection,
    table: &Table,
    key: &ForeignKey,
    parent: &Table,
    limit: usize,
) -> Result<Vec<RejectedRow>> {
    let form = KeyForm::of(target, parent, &key.referenced_columns).await?;
    let parents = keys_of(target, parent, &form).await?;
    let columns: Vec<String> = table.columns.iter().filter(|c| c.generated.is_none()).map(|c| c.name.clone()).collect();
    let write = target.write().ok_or_else(|| Error::new(ErrorKind::Unsupported, "the target cannot be written"))?;
    let written = write.schema(table, &columns)?;
    let scan = Scan {
        table: Arc::new(table.clone()),
        columns: columns.clone(),
        range: Range::All,
        limit: None,
        batch_bytes: BATCH_BYTES,
    };
    let mut found = Vec::new();
    let mut stream = target.read().scan(scan).await?;
    while let Some(rows) = stream.next().await {
        let batch = rows?.batch;
        let keys = form.hash(target.read(), &chosen(&batch, &key.columns)?, table).await?;
        let orphan = |key: &Option<Hashed>| key.is_some_and(|k| !parents.contains(&k.key));
        let orphans: Vec<usize> = (0..batch.num_rows()).filter(|row| orphan(&keys[*row])).collect();
        if orphans.is_empty() {
            continue;
        }
        let text = RowText::new(&batch)?;
        let whole = row_hashes(&as_types(&batch, &written)?, table)?;
        for row in orphans {
            let cells = text.row(row);
            found.push(RejectedRow {
                table: table.name.to_string(),
                key: named(table, &columns, &cells),
                column: key.columns.first().cloned().filter(|_| key.columns.len() == 1),
                reason: format!("({}) refers to a row that {} does not hold", key.columns.join(", "), key.references),
                row: columns.iter().cloned().zip(cells.into_iter().map(Into::into)).collect(),
                hash: Some(format!("{:032x}", whole[row])),
            });
            if found.len() == limit {
                return Ok(found);
            }
        }
    }
    Ok(found)
}

/// Puts what is taken out into the step's reject file of this round; a row that a first try kept already is not lost
/// when that try deleted it.
pub(super) fn keep(files: &RejectFiles, step: u32, round: u32, rows: &[RejectedRow]) -> Result<()> {
    let Some(first) = rows.first() else { return Ok(()) };
    files.reopen(step, &first.table)?;
    files.keep(step, FIRST_ROUND + round, rows)
}

fn named(table: &Table, columns: &[String], cells: &[Option<String>]) -> String {
    let values: BTreeMap<&str, &str> = columns
        .iter()
        .map(String::as_str)
        .zip(cells.iter().map(|c| c.as_deref().unwrap_or("NULL")))
        .filter(|(name, _)| table.is_key(name))
        .collect();
    match values.is_empty() {
        true => "no key".into(),
        false => values.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(", "),
    }
}

/// Every key of the referred-to table.
async fn keys_of(target: &dyn Connection, parent: &Table, form: &KeyForm) -> Result<HashSet<u128>> {
    let read = target.read();
    let scan = Scan {
        table: Arc::new(parent.clone()),
        columns: form.columns.clone(),
        range: Range::All,
        limit: None,
        batch_bytes: BATCH_BYTES,
    };
    let mut keys = HashSet::new();
    let mut stream = read.scan(scan).await?;
    while let Some(rows) = stream.next().await {
        keys.extend(form.hash(read, &rows?.batch, parent).await?.into_iter().flatten().map(|k| k.key));
        if keys.len() > MOST {
            return Err(Error::new(
                ErrorKind::Unsupported,
                format!("{} holds more than {MOST} keys, too many to find each orphan by", parent.name),
            )
            .hint("Delete the orphans in the target by hand, then resume."));
        }
    }
    Ok(keys)
}

/// The batch's columns, in their order, in other types and under other names.
fn as_types(batch: &RecordBatch, types: &SchemaRef) -> Result<RecordBatch> {
    let options = CastOptions::default();
    let columns = batch
        .columns()
        .iter()
        .zip(types.fields())
        .map(|(array, field)| cast_with_options(array, field.data_type(), &options))
        .collect::<Result<_, _>>()
        .or_error(ErrorKind::Conversion, "a row of the target does not fit its own types")?;
    RecordBatch::try_new(types.clone(), columns).or_error(ErrorKind::Internal, "a row does not make a batch")
}
