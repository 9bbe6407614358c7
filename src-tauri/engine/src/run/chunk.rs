//! One chunk: read, transform, write, commit with its checkpoint.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

use datafusion::arrow::array::{Array, Int64Array, RecordBatch};
use futures::StreamExt;
use tokio::sync::mpsc;

use super::changes::{ChangeKind, Changes};
use super::control::Control;
use super::present::Present;
use super::rejects::RejectedRow;
use super::step::StepContext;
use super::straight;
use super::text::RowText;
use crate::connectors::{self, Checkpoint, ChunkWriter, Range, RowFault, Rows, Scan};
use crate::error::{Advice, Error, ErrorKind, Result};
use crate::transform::Transformed;
use crate::verify::row_hashes;
use crate::workspace::LedgerEntry;

/// Batches waiting between reading and writing: enough to keep both busy, and all that a chunk holds in memory.
const AHEAD: usize = 2;

/// A batch on its way, with the rows that it was made of.
struct Parcel {
    rows: Rows,
    transformed: Transformed,
}

/// Figures and rejects of a chunk under way.
#[derive(Default)]
struct Tally {
    read: u64,
    written: u64,
    filtered: u64,
    bytes: u64,
    rejects: Vec<RejectedRow>,
    /// Rows that the target refused, each with its place among the rejects.
    refused: Vec<(usize, RecordBatch)>,
    changes: Changes,
}

/// Carries one chunk over. In a dry run everything happens but the writing.
pub(super) async fn carry(step: &Arc<StepContext>, chunk: u32, range: Range, control: &Control) -> Result<LedgerEntry> {
    if step.straight {
        match straight::carry(step, chunk, &range, control).await {
            // The rows at fault must be found, which needs their values.
            Err(e) if e.kind.advice() == Advice::RejectRows => {}
            done => return done.map_err(|e| e.table(step.target.name.to_string()).range(&range)),
        }
    }
    // As one stream first: rows that the target refuses are rare, and finding them costs.
    if !step.dry_run && step.streams() {
        match attempt(step, chunk, &range, control, Way::Stream).await {
            Err(e) if e.kind.advice() == Advice::RejectRows => step.note_refused(),
            done => return done,
        }
    }
    match attempt(step, chunk, &range, control, Way::Batches).await {
        // A constraint that waited for the end, where no single row can be set aside any more.
        Err(e) if e.kind.advice() == Advice::RejectRows && !step.dry_run => {
            attempt(step, chunk, &range, control, Way::Strict).await
        }
        done => done,
    }
}

/// How the rows of a chunk go in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Whole or not at all: an error may say `RejectRows`.
    Stream,
    /// By batches, each of which may be refused. The end may say `RejectRows`.
    Batches,
    /// By batches, with every constraint checked at once.
    Strict,
}

async fn attempt(
    step: &Arc<StepContext>,
    chunk: u32,
    range: &Range,
    control: &Control,
    way: Way,
) -> Result<LedgerEntry> {
    let begun = Instant::now();
    let place = |e: Error| e.table(step.target.name.to_string()).range(range);
    let mut parcels = read_ahead(step.clone(), range.clone());
    // What was read ahead waits; where only one chunk may be written at a time, the next one is read meanwhile.
    let _permit = step.writers.acquire().await.map_err(|_| Error::cancelled())?;
    let mut bisects = true;
    let mut writer: Option<Box<dyn ChunkWriter>> = match (&step.dry_run, step.connection.write()) {
        (true, _) => None,
        (false, Some(write)) => {
            let (table, columns) = (&step.target, &step.columns);
            let stream = match way {
                Way::Stream => write.begin_stream(table, columns).await.map_err(place)?,
                Way::Batches | Way::Strict => None,
            };
            bisects = stream.is_none();
            Some(match (stream, way) {
                (Some(stream), _) => stream,
                (None, Way::Strict) => write.begin_strict(table, columns).await.map_err(place)?,
                (None, _) => write.begin(table, columns).await.map_err(place)?,
            })
        }
        (false, None) => return Err(Error::new(ErrorKind::Unsupported, "the target cannot be written")),
    };
    let mut tally = Tally::default();
    loop {
        let parcel = tokio::select! {
            parcel = parcels.recv() => parcel,
            () = control.cancelled() => return Err(Error::cancelled()),
        };
        let parcel = match parcel {
            Some(Ok(Some(parcel))) => parcel,
            Some(Ok(None)) => break,
            Some(Err(e)) => return Err(place(e)),
            None => return Err(place(Error::internal("reading stopped without saying that it had ended"))),
        };
        take(step, writer.as_mut(), bisects, &parcel, &mut tally).await.map_err(place)?;
        if way != Way::Strict {
            tally.refused.clear();
        }
        step.within_limits(tally.read, tally.rejects.len() as u64)?;
        control.check()?;
    }
    if let Some(writer) = &mut writer {
        settle_refused(writer.as_mut(), &mut tally).await.map_err(place)?;
    }
    let checkpoint = Checkpoint {
        run: step.run.clone(),
        fingerprint: step.fingerprint.clone(),
        step: step.number,
        chunk,
        read: tally.read,
        written: tally.written,
        rejected: tally.rejects.len() as u64,
        filtered: tally.filtered,
        bytes: tally.bytes,
    };
    if tally.read != checkpoint.written + checkpoint.rejected + checkpoint.filtered {
        return Err(Error::internal(format!(
            "{} rows were read, but {} written, {} rejected and {} filtered",
            tally.read, checkpoint.written, checkpoint.rejected, checkpoint.filtered
        )));
    }
    step.rejects.keep(step.number, chunk, &tally.rejects)?;
    step.changes.keep(step.number, chunk, &tally.changes)?;
    if let Some(writer) = writer {
        writer.commit(&checkpoint).await.map_err(place)?;
    }
    Ok(LedgerEntry::of(&checkpoint, begun.elapsed().as_secs_f64()))
}

/// Reads and transforms on a task of its own, so that it overlaps with writing. `None` is the end of the range: a
/// channel that closes without it has lost rows. Dropping the receiver ends the task.
fn read_ahead(step: Arc<StepContext>, range: Range) -> mpsc::Receiver<Result<Option<Parcel>>> {
    let (sender, receiver) = mpsc::channel(AHEAD);
    tokio::spawn(async move {
        let present = match step.skips_present {
            true => match Present::read(&step, &range).await {
                Ok(present) => Some(present),
                Err(e) => {
                    let _ = sender.send(Err(e)).await;
                    return;
                }
            },
            false => None,
        };
        let scan = Scan {
            table: step.source.clone(),
            columns: step.read.clone(),
            range,
            limit: None,
            batch_bytes: step.batch_bytes,
        };
        let mut stream = match connectors::scan(step.source_connection.read(), scan).await {
            Ok(stream) => stream,
            Err(e) => {
                // Nobody listens any more only when the chunk is given up already.
                let _ = sender.send(Err(e)).await;
                return;
            }
        };
        while let Some(rows) = stream.next().await {
            let parcel = rows.and_then(|rows| {
                let mut transformed = step.transform.apply(&rows.batch)?;
                if let Some(present) = &present {
                    transformed = present.leave_out(transformed, &step.target)?;
                }
                Ok(Some(Parcel { rows, transformed }))
            });
            let failed = parcel.is_err();
            if sender.send(parcel).await.is_err() || failed {
                return;
            }
        }
        let _ = sender.send(Ok(None)).await;
    });
    receiver
}

async fn take(
    step: &StepContext,
    writer: Option<&mut Box<dyn ChunkWriter>>,
    bisects: bool,
    parcel: &Parcel,
    tally: &mut Tally,
) -> Result<()> {
    let Parcel { rows, transformed } = parcel;
    tally.read += (rows.batch.num_rows() + rows.faults.len()) as u64;
    tally.filtered += transformed.filtered.len() as u64;
    for stood_in in &rows.stood_in {
        let column = rows.batch.schema_ref().field(stood_in.column).name().clone();
        *tally.changes.entry((column, ChangeKind::Read)).or_default() += 1;
    }
    for (column, changed) in step.transform.column_names().zip(&transformed.changed) {
        for (kind, values) in [(ChangeKind::Misfit, changed.misfits), (ChangeKind::Stripped, changed.stripped)] {
            if values > 0 {
                *tally.changes.entry((column.to_string(), kind)).or_default() += values;
            }
        }
    }
    tally.rejects.extend(rows.faults.iter().map(|f| fault(step, f)));
    let batch = &transformed.batch;
    let refused = match writer {
        Some(writer) if batch.num_rows() > 0 && !bisects => {
            tally.bytes += writer.write(batch).await?;
            Vec::new()
        }
        Some(writer) if batch.num_rows() > 0 => write_bisecting(writer.as_mut(), batch, &mut tally.bytes).await?,
        Some(_) => Vec::new(),
        None => {
            tally.bytes += batch.get_array_memory_size() as u64;
            Vec::new()
        }
    };
    tally.written += (batch.num_rows() - refused.len()) as u64;
    if transformed.rejects.is_empty() && refused.is_empty() {
        return Ok(());
    }
    let describe = Describe::new(step, rows)?;
    for reject in &transformed.rejects {
        tally.rejects.push(describe.reject(reject.row as usize, reject.column.clone(), reject.reason.clone(), None));
    }
    let hashes = if refused.is_empty() { Vec::new() } else { row_hashes(batch, &step.target)? };
    for (row, e) in &refused {
        let origin = transformed.origin.value(*row) as usize;
        let hash = Some(format!("{:032x}", hashes[*row]));
        tally.refused.push((tally.rejects.len(), batch.slice(*row, 1)));
        tally.rejects.push(describe.reject(origin, e.context.column.clone(), worded(e), hash));
    }
    Ok(())
}

/// Tries refused rows again for as long as one of them goes in: it may be what another refers to.
async fn settle_refused(writer: &mut dyn ChunkWriter, tally: &mut Tally) -> Result<()> {
    let mut taken = HashSet::new();
    loop {
        let (before, mut left) = (tally.refused.len(), Vec::new());
        for (place, row) in std::mem::take(&mut tally.refused) {
            match writer.write(&row).await {
                Ok(sent) => {
                    tally.bytes += sent;
                    tally.written += 1;
                    taken.insert(place);
                }
                Err(e) if e.kind.advice() != Advice::RejectRows => return Err(e),
                Err(_) => left.push((place, row)),
            }
        }
        if left.is_empty() || left.len() == before {
            break;
        }
        tally.refused = left;
    }
    let mut place = 0..;
    tally.rejects.retain(|_| place.next().is_some_and(|place| !taken.contains(&place)));
    Ok(())
}

/// Writes the batch; when the target refuses it, halves it until the rows at fault are alone.
async fn write_bisecting(
    writer: &mut dyn ChunkWriter,
    batch: &RecordBatch,
    bytes: &mut u64,
) -> Result<Vec<(usize, Error)>> {
    let mut refused = Vec::new();
    let mut pending = vec![(0, batch.num_rows())];
    while let Some((from, length)) = pending.pop() {
        match writer.write(&batch.slice(from, length)).await {
            Ok(sent) => *bytes += sent,
            Err(e) if e.kind.advice() != Advice::RejectRows => return Err(e),
            Err(e) if length == 1 => refused.push((from, e)),
            Err(_) => {
                let half = length / 2;
                // Last in, first out: rows keep their order, which self-references rely on.
                pending.push((from + half, length - half));
                pending.push((from, half));
            }
        }
    }
    refused.sort_by_key(|(row, _)| *row);
    Ok(refused)
}

/// The reason without the place, which the reject names apart.
fn worded(e: &Error) -> String {
    match &e.detail {
        Some(detail) => format!("{}: {detail}", e.what),
        None => e.what.clone(),
    }
}

fn fault(step: &StepContext, fault: &RowFault) -> RejectedRow {
    RejectedRow {
        table: step.target.name.to_string(),
        key: fault.position.map(|p| format!("{}={p}", step.position_word())).unwrap_or_else(|| "unknown".into()),
        column: fault.column.clone(),
        reason: fault.reason.clone(),
        row: fault.row.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect(),
        hash: None,
    }
}

/// Words rows of one batch for the reject file.
struct Describe<'a> {
    step: &'a StepContext,
    batch: &'a RecordBatch,
    positions: Option<&'a Int64Array>,
    text: RowText<'a>,
}

impl<'a> Describe<'a> {
    fn new(step: &'a StepContext, rows: &'a Rows) -> Result<Self> {
        Ok(Describe { step, batch: &rows.batch, positions: rows.positions.as_ref(), text: RowText::new(&rows.batch)? })
    }

    fn reject(&self, row: usize, column: Option<String>, reason: String, hash: Option<String>) -> RejectedRow {
        let schema = self.batch.schema();
        let cells: Vec<(String, Option<String>)> =
            schema.fields().iter().map(|f| f.name().clone()).zip(self.text.row(row)).collect();
        let keys: Vec<String> = cells
            .iter()
            .filter(|(name, _)| self.step.key.contains(name))
            .map(|(name, value)| format!("{name}={}", value.as_deref().unwrap_or("NULL")))
            .collect();
        let key = match (keys.is_empty(), self.positions.filter(|p| p.is_valid(row))) {
            (false, _) => keys.join(", "),
            (true, Some(positions)) => format!("{}={}", self.step.position_word(), positions.value(row)),
            (true, None) => "no key".into(),
        };
        RejectedRow {
            table: self.step.target.name.to_string(),
            key,
            column,
            reason,
            row: cells.into_iter().map(|(name, value)| (name, value.into())).collect(),
            hash,
        }
    }
}
