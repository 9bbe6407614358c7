//! The figures of one side of a table, read by ranges, several at once.

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
const RANGE_ROWS: u32 = 200_000;

/// Brings a batch as it is read to the form that is compared.
pub(super) type Form = Arc<dyn Fn(&RecordBatch) -> Result<RecordBatch> + Send + Sync>;

#[derive(Clone)]
pub(super) struct Side {
    pub connection: Arc<dyn Connection>,
    pub table: Arc<Table>,
    pub columns: Vec<String>,
    pub schema: SchemaRef,
    pub level: VerifyLevel,
    pub form: Form,
}

/// The figures, and how many rows could not be read.
pub(super) async fn figures(side: Side, control: &Control) -> Result<(Figures, u64)> {
    let mut total = (Figures::new(side.schema.clone())?, 0);
    let mut ranges = side.connection.read().ranges(&side.table, RANGE_ROWS).await?.into_iter();
    let jobs = std::thread::available_parallelism().map_or(2, usize::from);
    let mut tasks: JoinSet<Result<(Figures, u64)>> = JoinSet::new();
    loop {
        while tasks.len() < jobs
            && let Some(range) = ranges.next()
        {
            let (side, control) = (side.clone(), control.clone());
            tasks.spawn(async move { of_range(&side, range, &control).await });
        }
        let Some(done) = tasks.join_next().await else { return Ok(total) };
        let (figures, unreadable) =
            done.unwrap_or_else(|e| Err(Error::internal("a comparison's task died").detail(e)))?;
        total.0.merge(figures);
        total.1 += unreadable;
    }
}

async fn of_range(side: &Side, range: Range, control: &Control) -> Result<(Figures, u64)> {
    let mut figures = Figures::new(side.schema.clone())?;
    let mut unreadable = 0;
    let scan =
        Scan { table: side.table.clone(), columns: side.columns.clone(), range, limit: None, batch_bytes: BATCH_BYTES };
    let mut stream = connectors::scan(side.connection.read(), scan).await?;
    while let Some(rows) = stream.next().await {
        control.check()?;
        let rows = rows?;
        unreadable += rows.faults.len() as u64;
        figures.add(&(side.form)(&rows.batch)?, side.level)?;
    }
    Ok((figures, unreadable))
}
