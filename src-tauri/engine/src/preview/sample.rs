//! A bounded part of a table, for looking at it: so many rows, or so many bytes, whichever comes first.

use std::sync::Arc;

use futures::StreamExt;

use crate::catalog::Table;
use crate::connectors::{self, Connection, Range, Rows, Scan};
use crate::error::{Error, Result};
use crate::run::Control;

/// Bytes of rows after which a look ends, however few rows they are.
const MOST_BYTES: usize = 64 << 20;
const BATCH_BYTES: usize = 1 << 20;
/// Parts of a large table that are looked at, spread over it.
const PARTS: u64 = 5;

/// How much of a table was looked at, and what was asked for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Looked {
    /// In the database's own words; of several parts the first.
    pub query: String,
    /// Further parts that were read by such a query.
    pub more_queries: usize,
    pub rows: u64,
    /// There are rows that were not looked at.
    pub sampled: bool,
}

/// Rows of a table up to which it is cut into parts.
const MOST_CUT: u64 = 5_000_000;

/// Is it worth it to look at parts spread over the table, instead of at its first rows? Cutting takes a pass over the
/// table's key in some databases, so not where a few rows are wanted, and not where the table is huge.
fn is_cut(table: &Table, limit: u64) -> bool {
    limit > 10_000 && table.row_estimate.is_some_and(|rows| rows > limit.saturating_mul(2) && rows <= MOST_CUT)
}

/// Hands at most about `limit` rows of these columns to `take`, of a large table from parts spread over it.
///
/// # Errors
/// When the table cannot be read; `Cancelled`, at once.
pub(super) async fn sample(
    connection: &dyn Connection,
    table: &Table,
    columns: &[String],
    limit: u64,
    control: &Control,
    take: &mut (dyn FnMut(Rows) -> Result<()> + Send),
) -> Result<Looked> {
    tokio::select! {
        looked = read(connection, table, columns, limit.max(1), take) => looked,
        () = control.cancelled() => Err(Error::cancelled()),
    }
}

async fn read(
    connection: &dyn Connection,
    table: &Table,
    columns: &[String],
    limit: u64,
    take: &mut (dyn FnMut(Rows) -> Result<()> + Send),
) -> Result<Looked> {
    let read = connection.read();
    let part = u32::try_from(limit.div_ceil(PARTS)).unwrap_or(u32::MAX);
    let ranges = if is_cut(table, limit) { spread(read.ranges(table, part).await?) } else { vec![Range::All] };
    let table = Arc::new(table.clone());
    let mut looked = Looked { sampled: ranges.len() > 1, ..Looked::default() };
    let mut bytes = 0;
    for range in ranges {
        let left = limit.saturating_sub(looked.rows);
        if left == 0 || bytes > MOST_BYTES {
            looked.sampled = true;
            break;
        }
        let scan = Scan {
            table: table.clone(),
            columns: columns.to_vec(),
            range,
            // One more tells whether there are more.
            limit: Some(left + 1),
            batch_bytes: BATCH_BYTES,
        };
        if looked.query.is_empty() {
            looked.query = read.query(&scan).await?;
        } else {
            looked.more_queries += 1;
        }
        let mut stream = connectors::scan(read, scan).await?;
        while let Some(rows) = stream.next().await {
            let rows = shortened(rows?, limit.saturating_sub(looked.rows), &mut looked.sampled);
            bytes += rows.batch.get_array_memory_size();
            looked.rows += (rows.batch.num_rows() + rows.faults.len()) as u64;
            take(rows)?;
            if bytes > MOST_BYTES {
                looked.sampled = true;
                break;
            }
        }
    }
    Ok(looked)
}

/// The rows without those beyond the limit.
fn shortened(mut rows: Rows, most: u64, sampled: &mut bool) -> Rows {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    if rows.batch.num_rows() + rows.faults.len() > most {
        *sampled = true;
        let kept = rows.batch.num_rows().min(most);
        rows.batch = rows.batch.slice(0, kept);
        rows.positions = rows.positions.map(|p| p.slice(0, kept));
        rows.stood_in.retain(|s| s.row < kept);
        rows.faults.truncate(most - kept);
    }
    rows
}

/// So many ranges, evenly spread.
fn spread(ranges: Vec<Range>) -> Vec<Range> {
    let (all, most) = (ranges.len(), PARTS as usize);
    if all <= most {
        return ranges;
    }
    ranges.into_iter().enumerate().filter(|(i, _)| i * most / all != (i + 1) * most / all).map(|(_, r)| r).collect()
}
