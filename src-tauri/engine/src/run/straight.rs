//! A chunk whose rows cross in the databases' own wire format: nobody in between decodes a value.

use std::time::Instant;

use super::control::Control;
use super::step::StepContext;
use crate::connectors::{Checkpoint, Range, Scan};
use crate::error::{Error, ErrorKind, Result};
use crate::workspace::LedgerEntry;

/// Carries one chunk over, with its checkpoint, or leaves nothing of it.
///
/// # Errors
/// With a kind whose advice is `RejectRows` some row was refused: the chunk must be carried row by row.
pub(super) async fn carry(step: &StepContext, chunk: u32, range: &Range, control: &Control) -> Result<LedgerEntry> {
    let begun = Instant::now();
    let write =
        step.connection.write().ok_or_else(|| Error::new(ErrorKind::Unsupported, "the target cannot be written"))?;
    let pairs = step.copied.as_ref().ok_or_else(|| Error::internal("a step that changes rows cannot go straight"))?;
    let (from, to): (Vec<String>, Vec<String>) = pairs.iter().cloned().unzip();
    let scan = Scan {
        table: step.source.clone(),
        columns: from,
        range: range.clone(),
        limit: None,
        batch_bytes: step.batch_bytes,
    };
    let rows = step.source_connection.read().scan_wire(scan).await?;
    let _permit = step.writers.acquire().await.map_err(|_| Error::cancelled())?;
    let mut writer = write.begin(&step.target, &to).await?;
    let carried = tokio::select! {
        carried = writer.write_wire(rows) => carried,
        () = control.cancelled() => return Err(Error::cancelled()),
    };
    let carried = carried?;
    let checkpoint = Checkpoint {
        run: step.run.clone(),
        fingerprint: step.fingerprint.clone(),
        step: step.number,
        chunk,
        read: carried.read,
        written: carried.written,
        rejected: 0,
        filtered: 0,
        bytes: carried.bytes,
    };
    if checkpoint.read != checkpoint.written {
        return Err(Error::internal(format!("{} rows were read, but {} written", checkpoint.read, checkpoint.written)));
    }
    // Of an earlier try.
    step.rejects.keep(step.number, chunk, &[])?;
    step.changes.keep(step.number, chunk, &Default::default())?;
    writer.commit(&checkpoint).await?;
    Ok(LedgerEntry::of(&checkpoint, begun.elapsed().as_secs_f64()))
}
