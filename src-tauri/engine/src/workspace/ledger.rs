//! What each chunk of a run did.

use rusqlite::params;

use super::{Workspace, from_json, now, store, to_json};
use crate::connectors::{Checkpoint, Range};
use crate::error::Result;

/// A chunk as it was cut when its table's load began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredChunk {
    pub step: u32,
    pub chunk: u32,
    pub range: Range,
}

/// One committed chunk; read = written + rejected + filtered.
#[derive(Debug, Clone, PartialEq)]
pub struct LedgerEntry {
    pub step: u32,
    pub chunk: u32,
    pub read: u64,
    pub written: u64,
    pub rejected: u64,
    pub filtered: u64,
    pub bytes: u64,
    pub seconds: f64,
}

impl LedgerEntry {
    pub fn of(checkpoint: &Checkpoint, seconds: f64) -> Self {
        LedgerEntry {
            step: checkpoint.step,
            chunk: checkpoint.chunk,
            read: checkpoint.read,
            written: checkpoint.written,
            rejected: checkpoint.rejected,
            filtered: checkpoint.filtered,
            bytes: checkpoint.bytes,
            seconds,
        }
    }
}

impl Workspace {
    /// Fixes how a step is cut. Kept as it is when it is there already.
    pub fn keep_chunks(&self, run: &str, step: u32, ranges: &[Range]) -> Result<()> {
        let mut database = self.database();
        let change = database.transaction().map_err(store)?;
        for (chunk, range) in ranges.iter().enumerate() {
            change
                .execute(
                    "insert or ignore into chunk (run, step, chunk, range) values (?1, ?2, ?3, ?4)",
                    params![run, step, chunk as u32, to_json(range)?],
                )
                .map_err(store)?;
        }
        change.commit().map_err(store)
    }

    /// How a step was cut; `None` when its load never began.
    pub fn chunks(&self, run: &str, step: u32) -> Result<Option<Vec<StoredChunk>>> {
        let database = self.database();
        let mut query = database
            .prepare_cached("select chunk, range from chunk where run = ?1 and step = ?2 order by chunk")
            .map_err(store)?;
        let rows = query.query_map(params![run, step], |r| Ok((r.get(0)?, r.get::<_, String>(1)?))).map_err(store)?;
        let chunks: Vec<StoredChunk> = rows
            .map(|row| {
                let (chunk, range) = row.map_err(store)?;
                Ok(StoredChunk { step, chunk, range: from_json(&range)? })
            })
            .collect::<Result<_>>()?;
        Ok(Some(chunks).filter(|c| !c.is_empty()))
    }

    /// All of them in one transaction.
    pub fn enter(&self, run: &str, entries: &[LedgerEntry]) -> Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        let mut database = self.database();
        let change = database.transaction().map_err(store)?;
        for entry in entries {
            change.execute(
                "insert or replace into ledger (run, step, chunk, read, written, rejected, filtered, bytes, seconds, committed_at)
                 values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                params![
                    run,
                    entry.step,
                    entry.chunk,
                    entry.read as i64,
                    entry.written as i64,
                    entry.rejected as i64,
                    entry.filtered as i64,
                    entry.bytes as i64,
                    entry.seconds,
                    now()
                ],
            )
            .map_err(store)?;
        }
        change.commit().map_err(store)
    }

    /// Ordered by step and chunk.
    pub fn ledger(&self, run: &str) -> Result<Vec<LedgerEntry>> {
        let database = self.database();
        let mut query = database
            .prepare_cached(
                "select step, chunk, read, written, rejected, filtered, bytes, seconds from ledger
                 where run = ?1 order by step, chunk",
            )
            .map_err(store)?;
        let rows = query
            .query_map([run], |r| {
                Ok(LedgerEntry {
                    step: r.get(0)?,
                    chunk: r.get(1)?,
                    read: r.get::<_, i64>(2)? as u64,
                    written: r.get::<_, i64>(3)? as u64,
                    rejected: r.get::<_, i64>(4)? as u64,
                    filtered: r.get::<_, i64>(5)? as u64,
                    bytes: r.get::<_, i64>(6)? as u64,
                    seconds: r.get(7)?,
                })
            })
            .map_err(store)?;
        rows.collect::<rusqlite::Result<_>>().map_err(store)
    }
}
