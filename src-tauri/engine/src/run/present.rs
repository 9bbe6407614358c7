//! Keys that the target holds already, for `Existing::Skip`: a run that is done again adds nothing twice.
//!
//! The keys are compared by the hash of their canonical form, as a verification does. What the target alone takes for
//! equal, by its collation, is not seen here; its unique key refuses such a row. Invariant: the keys were committed
//! before the chunk that asks began; within one run no two chunks hold the same source row.

use std::collections::HashSet;
use std::sync::Arc;

use datafusion::arrow::array::{BooleanArray, RecordBatch, RecordBatchOptions, UInt32Array};
use datafusion::arrow::compute::{CastOptions, cast_with_options, filter, filter_record_batch};
use datafusion::arrow::datatypes::SchemaRef;
use futures::StreamExt;

use super::step::StepContext;
use crate::catalog::{Key, Table};
use crate::connectors::{Range, Scan};
use crate::error::{Error, ErrorContext, ErrorKind, Result};
use crate::transform::Transformed;
use crate::verify::row_hashes;

/// More keys than this are not kept at once: some 300 MB.
const MOST: usize = 8_000_000;

/// The keys that are in the target where a chunk goes.
pub(super) struct Present {
    columns: Vec<String>,
    hashes: HashSet<u128>,
}

impl Present {
    /// Reads the target's keys; only those of the chunk's range where its source key goes there unchanged.
    ///
    /// # Errors
    /// `Unsupported` when there are too many of them to be kept.
    pub async fn read(step: &StepContext, range: &Range) -> Result<Present> {
        let key = step
            .target
            .key_within(|c| step.columns.iter().any(|w| w == c))
            .ok_or_else(|| Error::internal("rows are to be skipped by a key, and none is written"))?;
        let write = step
            .connection
            .write()
            .ok_or_else(|| Error::new(ErrorKind::Unsupported, "the target cannot be written"))?;
        let schema = write.schema(&step.target, &key.columns)?;
        let scan = Scan {
            table: step.target.clone(),
            columns: key.columns.clone(),
            range: in_target(step, key, range),
            limit: None,
            batch_bytes: step.batch_bytes,
        };
        let mut present = Present { columns: key.columns.clone(), hashes: HashSet::new() };
        let mut rows = step.connection.read().scan(scan).await?;
        while let Some(rows) = rows.next().await {
            present.hashes.extend(row_hashes(&as_written(&rows?.batch, &schema)?, &step.target)?);
            if present.hashes.len() > MOST {
                return Err(Error::new(
                    ErrorKind::Unsupported,
                    format!("more than {MOST} keys would have to be kept to know which rows are there already"),
                )
                .hint("Filter the source to what is new, and append it."));
            }
        }
        Ok(present)
    }

    /// Leaves out the rows that are there already: they count as filtered.
    pub fn leave_out(&self, mut transformed: Transformed, table: &Table) -> Result<Transformed> {
        if self.hashes.is_empty() || transformed.batch.num_rows() == 0 {
            return Ok(transformed);
        }
        let positions: Vec<usize> = self
            .columns
            .iter()
            .map(|c| transformed.batch.schema().index_of(c))
            .collect::<Result<_, _>>()
            .or_error(ErrorKind::Internal, "a key is not among the columns written")?;
        let keys = transformed.batch.project(&positions).or_error(ErrorKind::Internal, "keys cannot be chosen")?;
        let is_new: BooleanArray =
            row_hashes(&keys, table)?.iter().map(|hash| Some(!self.hashes.contains(hash))).collect();
        if is_new.true_count() == is_new.len() {
            return Ok(transformed);
        }
        for row in (0..is_new.len()).filter(|row| !is_new.value(*row)) {
            transformed.filtered.push(transformed.origin.value(row));
        }
        let failed = "rows cannot be left out";
        let origin = filter(&transformed.origin, &is_new).or_error(ErrorKind::Internal, failed)?;
        transformed.origin = UInt32Array::from(origin.to_data());
        transformed.batch = filter_record_batch(&transformed.batch, &is_new).or_error(ErrorKind::Internal, failed)?;
        Ok(transformed)
    }
}

/// The part of the target that can hold the chunk's keys.
fn in_target(step: &StepContext, key: &Key, range: &Range) -> Range {
    let copy = |source: &str| {
        step.copied.as_ref().and_then(|pairs| pairs.iter().find(|(from, _)| from == source)).map(|(_, to)| to)
    };
    match (range, key.columns.as_slice()) {
        (Range::Key { column, from, to }, [only]) if copy(column) == Some(only) => {
            Range::Key { column: only.clone(), from: *from, to: *to }
        }
        _ => Range::All,
    }
}

/// Keys as they are read, in the types in which they are written.
fn as_written(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch> {
    let options = CastOptions { safe: false, ..CastOptions::default() };
    let columns = batch
        .columns()
        .iter()
        .zip(schema.fields())
        .map(|(array, field)| cast_with_options(array, field.data_type(), &options))
        .collect::<Result<_, _>>()
        .or_error(ErrorKind::Conversion, "a key of the target does not fit its column's declared type")?;
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options)
        .or_error(ErrorKind::Internal, "keys do not make a batch")
}
