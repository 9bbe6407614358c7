//! Writing rows. Only `run` calls this.

use async_trait::async_trait;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{WireFormat, WireStream};
use crate::catalog::{ForeignKey, Table};
use crate::error::{Error, Result};

/// The proof that a chunk is in the target: a row of `_rowferry_checkpoint`, committed with the chunk's data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Checkpoint {
    pub run: String,
    /// Hash of mapping and schemas; a resume with another is refused.
    pub fingerprint: String,
    /// Position of the table's step in the plan.
    pub step: u32,
    /// Position of the chunk in its step.
    pub chunk: u32,
    pub read: u64,
    pub written: u64,
    pub rejected: u64,
    pub filtered: u64,
    pub bytes: u64,
}

/// A sequence or identity that was set after the load, so that the next insert gets a free number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SequenceSet {
    pub sequence: String,
    pub column: String,
    /// The number that the next insert will get.
    pub next: i64,
    #[serde(default)]
    pub proof: SequenceProof,
}

/// How it is known that the next insert gets that number, and that it is free.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "proof", rename_all = "kebab-case")]
pub enum SequenceProof {
    /// The database says so; no row could be put there for a test.
    #[default]
    LookedUp,
    /// A copy of a row got it, and was rolled back.
    Inserted,
    /// It was taken from the sequence, no row has it, and it was given back.
    Drawn,
    /// The next insert would fail.
    Failed { reason: String },
}

/// Name of the checkpoint table, in the target's default schema.
pub const CHECKPOINT_TABLE: &str = "_rowferry_checkpoint";

/// Is a table of this name one that a run made for itself in the target? No catalog lists it.
pub fn is_own(table: &str) -> bool {
    table == CHECKPOINT_TABLE || table.starts_with(super::before::PREFIX)
}

#[async_trait]
pub trait Write: Send + Sync {
    /// The Arrow schema in which `ChunkWriter::write` wants these columns.
    fn schema(&self, table: &Table, columns: &[String]) -> Result<SchemaRef>;

    /// Runs DDL or maintenance statements in order, and then writes the checkpoint that says that they are done; all
    /// or none where the database has transactional DDL.
    async fn apply(&self, statements: &[String], checkpoint: Option<&Checkpoint>) -> Result<()>;

    /// Makes the checkpoint table unless it exists.
    async fn prepare_checkpoints(&self) -> Result<()>;

    /// Checkpoints of this run, ordered by step and chunk; empty when there is no checkpoint table.
    async fn checkpoints(&self, run: &str) -> Result<Vec<Checkpoint>>;

    /// Is it certain that nobody sees anything of this run, though it has checkpoints? So it is where rows are published
    /// after the load.
    async fn is_unseen(&self, _run: &str) -> Result<bool> {
        Ok(false)
    }

    /// Removes this run's checkpoints, and the checkpoint table when no run is left in it.
    async fn forget_checkpoints(&self, run: &str) -> Result<()>;

    /// The form that `ChunkWriter::write_wire` takes for these columns, if there is one.
    async fn wire_format(&self, _table: &Table, _columns: &[String]) -> Result<Option<WireFormat>> {
        Ok(None)
    }

    /// Opens a transaction for one chunk whose rows go in as one stream, without a way back for each batch: quicker
    /// where no row is refused. `None` where there is no such way.
    ///
    /// After any error of its `write` or `commit` the transaction is over; with a kind whose advice is `RejectRows` the
    /// chunk is to be written again through `begin`.
    async fn begin_stream(&self, _table: &Table, _columns: &[String]) -> Result<Option<Box<dyn ChunkWriter>>> {
        Ok(None)
    }

    /// Opens a transaction for one chunk into these columns of the table.
    async fn begin(&self, table: &Table, columns: &[String]) -> Result<Box<dyn ChunkWriter>>;

    /// As `begin`, but what could wait for the transaction's end is checked at each write, so that the rows at fault are
    /// found. For a chunk that `commit` refused.
    async fn begin_strict(&self, table: &Table, columns: &[String]) -> Result<Box<dyn ChunkWriter>> {
        self.begin(table, columns).await
    }

    /// The schema in which a run keeps what is its own.
    async fn own_schema(&self) -> Result<String> {
        Ok(String::new())
    }

    /// Statements that set the table's own sequences and identities to where they stand now. One that other tables share
    /// is left out: set back, it could give a number twice.
    async fn numbers(&self, _table: &Table) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    /// Drops the schema if nothing is in it, and says whether it did.
    async fn drop_schema_if_empty(&self, _schema: &str) -> Result<bool> {
        Ok(false)
    }

    /// Sets sequences and identities of the table behind its greatest value. An empty table is left as it is.
    async fn set_sequences(&self, table: &Table) -> Result<Vec<SequenceSet>>;

    /// Proves what `set_sequences` says of one sequence, by an insert that is rolled back where that is possible. The
    /// table, its triggers' work and the sequence are as before, also when this dies.
    async fn prove_sequence(&self, _table: &Table, set: SequenceSet) -> Result<SequenceSet> {
        Ok(set)
    }

    /// Rows of `table` whose foreign key points at nothing.
    async fn orphans(&self, table: &Table, key: &ForeignKey) -> Result<u64>;
}

/// What went through a `write_wire`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Carried {
    /// Rows counted in the stream.
    pub read: u64,
    /// Rows that the target says it has taken.
    pub written: u64,
    pub bytes: u64,
}

/// One open transaction. Dropping it rolls back.
#[async_trait]
pub trait ChunkWriter: Send {
    /// Writes every row of the batch or none, and returns the bytes sent.
    ///
    /// # Errors
    /// With a kind whose advice is `RejectRows` none of the batch's rows are in, and the transaction goes on: the
    /// caller halves the batch to find the rows at fault. With any other kind the transaction is over.
    async fn write(&mut self, batch: &RecordBatch) -> Result<u64>;

    /// Writes all rows of a stream in the wire format of `Write::wire_format`.
    ///
    /// # Errors
    /// The transaction is over. With a kind whose advice is `RejectRows` some row was refused.
    async fn write_wire(&mut self, _rows: WireStream) -> Result<Carried> {
        Err(Error::internal("this connector has no wire format"))
    }

    /// Commits the rows together with the checkpoint.
    ///
    /// # Errors
    /// With a kind whose advice is `RejectRows` a constraint that waited for the end is not met: nothing is in, and the
    /// chunk is to be written again through `begin_strict`.
    async fn commit(self: Box<Self>, checkpoint: &Checkpoint) -> Result<()>;

    async fn rollback(self: Box<Self>) -> Result<()>;
}
