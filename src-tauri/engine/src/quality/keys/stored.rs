//! Keys that the target holds already.

use std::sync::Arc;

use futures::StreamExt;

use crate::catalog::Table;
use crate::connectors::{Connection, Range, Scan};
use crate::error::Result;
use crate::run::{Control, KeyForm};

/// Rows of a target table that are read for their keys; beyond it the check says that it did not look.
pub(super) const MOST_STORED: u64 = 20_000_000;

const BATCH_BYTES: usize = 1 << 20;

/// Hands every key of a table of the target to `take`, until it wants no more. `false` when there are too many rows.
pub(super) async fn each(
    target: &dyn Connection,
    table: &Arc<Table>,
    form: &KeyForm,
    control: &Control,
    take: &mut (dyn FnMut(u128) -> bool + Send),
) -> Result<bool> {
    let scan = Scan {
        table: table.clone(),
        columns: form.columns.clone(),
        range: Range::All,
        limit: Some(MOST_STORED + 1),
        batch_bytes: BATCH_BYTES,
    };
    let read = target.read();
    let mut rows = read.scan(scan).await?;
    let mut gone_through = 0;
    while let Some(rows) = rows.next().await {
        control.check()?;
        let batch = rows?.batch;
        gone_through += batch.num_rows() as u64;
        if gone_through > MOST_STORED {
            return Ok(false);
        }
        for hashed in form.hash(read, &batch, table).await?.into_iter().flatten() {
            if !take(hashed.key) {
                return Ok(true);
            }
        }
    }
    Ok(true)
}
