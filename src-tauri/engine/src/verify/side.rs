//! One side of a table, read by ranges, several at once.

use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use futures::StreamExt;
use tokio::task::JoinSet;

use super::accumulate::Figures;
use crate::catalog::Table;
use crate::connectors::{self, Connection, Range, Scan};
use crate::error::{Error, Result};
use crate::model::VerifyLevel;
use crate::run::Control;

const BATCH_BYTES: usize = 2 << 20;
/// Rows of one range; the figures of a range cost little to bring together.
pub(super) const RANGE_ROWS: u32 = 200_000;

/// Brings a batch as it is read to the form that is compared.
pub(super) type Form = Arc<dyn Fn(&RecordBatch) -> Result<RecordBatch> + Send + Sync>;

#[derive(Clone)]
pub(super) struct Side {
    pub connection: Arc<dyn Connection>,
    pub table: Arc<Table>,
    pub columns: Vec<String>,
    pub schema: SchemaRef,
    /// Places in `schema` of the columns that tell rows apart; empty when there are none.
    pub key: Vec<usize>,
    pub form: Form,
}

/// What is taken from the rows of one range.
pub(super) trait Take: Send + 'static {
    /// Takes in a batch in canonical form.
    fn take(&mut self, batch: &RecordBatch) -> Result<()>;
}

/// Reads the whole side: each range has a `Take` of its own, which `done` brings together. The result is how many rows
/// could not be read.
pub(super) async fn read<T: Take>(
    side: &Side,
    control: &Control,
    new: impl Fn() -> Result<T>,
    mut done: impl FnMut(T) -> Result<()>,
) -> Result<u64> {
    let mut unreadable = 0;
    let mut ranges = side.connection.read().ranges(&side.table, RANGE_ROWS).await?.into_iter();
    let jobs = std::thread::available_parallelism().map_or(2, usize::from);
    let mut tasks: JoinSet<Result<(T, u64)>> = JoinSet::new();
    loop {
        while tasks.len() < jobs
            && let Some(range) = ranges.next()
        {
            let (side, control, taken) = (side.clone(), control.clone(), new()?);
            tasks.spawn(async move { of_range(&side, range, &control, taken).await });
        }
        let Some(ended) = tasks.join_next().await else { return Ok(unreadable) };
        let (taken, faults) = ended.unwrap_or_else(|e| Err(Error::internal("a comparison's task died").detail(e)))?;
        done(taken)?;
        unreadable += faults;
    }
}

async fn of_range<T: Take>(side: &Side, range: Range, control: &Control, mut taken: T) -> Result<(T, u64)> {
    let mut unreadable = 0;
    let scan =
        Scan { table: side.table.clone(), columns: side.columns.clone(), range, limit: None, batch_bytes: BATCH_BYTES };
    let mut stream = connectors::scan(side.connection.read(), scan).await?;
    while let Some(rows) = stream.next().await {
        control.check()?;
        let rows = rows?;
        unreadable += rows.faults.len() as u64;
        taken.take(&(side.form)(&rows.batch)?)?;
    }
    Ok((taken, unreadable))
}

struct Counted(Figures, VerifyLevel);

impl Take for Counted {
    fn take(&mut self, batch: &RecordBatch) -> Result<()> {
        self.0.add(batch, self.1)
    }
}

/// The figures, and how many rows could not be read.
pub(super) async fn figures(side: Side, level: VerifyLevel, control: &Control) -> Result<(Figures, u64)> {
    let new = || Figures::new(side.schema.clone(), &side.key, level);
    let mut total = new()?;
    let unreadable = read(
        &side,
        control,
        || Ok(Counted(new()?, level)),
        |part| {
            total.merge(part.0);
            Ok(())
        },
    )
    .await?;
    Ok((total, unreadable))
}
