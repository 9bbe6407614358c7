//! Proof that what should have arrived did.
//!
//! What is expected is computed from the source anew, through the same transform; what is there is read back from the
//! target; both go through the same figures. It must not know how the rows were loaded.

mod accumulate;
mod bytes;
mod canonical;
mod different;
mod document;
mod parts;
mod rules;
mod side;
mod table;
mod wire;

use std::time::Instant;

use datafusion::arrow::array::{ArrayRef, RecordBatch};

pub use document::*;

use crate::catalog::Table;
use crate::error::Result;
use crate::migration::Migration;
use crate::model::VerifyLevel;
use crate::run::Control;
use crate::types::LogicalType;
use crate::workspace::{RunRecord, Workspace};

/// Compares both sides of every table of the run.
///
/// # Errors
/// Only when a side cannot be read, or the run is cancelled: differences are in the result.
pub async fn verify(
    migration: &Migration,
    record: &RunRecord,
    workspace: &Workspace,
    level: VerifyLevel,
    control: &Control,
) -> Result<Verification> {
    let begun = Instant::now();
    let mut tables = Vec::with_capacity(record.plan.steps.len());
    for number in 0..record.plan.steps.len() {
        control.check()?;
        tables.push(table::verify(migration, record, workspace, number, level, control).await?);
    }
    Ok(Verification { level, tables, seconds: begun.elapsed().as_secs_f64() })
}

/// One form for values of a type that databases write differently, as it is hashed and compared.
pub fn canonical_form(array: &ArrayRef, logical: &LogicalType) -> ArrayRef {
    canonical::form(array, logical)
}

/// One hash for each row, over the canonical form of its values: the same on both sides, whatever the row's place.
pub fn row_hashes(batch: &RecordBatch, table: &Table) -> Result<Vec<u128>> {
    accumulate::row_hashes(&canonical::canonical(batch, table)?)
}
