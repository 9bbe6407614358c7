//! Reading rows.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use datafusion::arrow::array::{Int64Array, RecordBatch};
use datafusion::arrow::datatypes::SchemaRef;
use futures::Stream;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Equality, StoodIn};
use crate::catalog::{Column, Table, TableKind};
use crate::error::{Error, Result};

/// A part of a table that is read, committed and resumed together. Ranges of one table never overlap and together
/// hold every row; all bounds are from-inclusive and to-exclusive.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum Range {
    /// The whole table.
    All,
    /// By the value of an integer key column.
    Key { column: String, from: Option<i64>, to: Option<i64> },
    /// By SQLite's rowid.
    Rowid { from: Option<i64>, to: Option<i64> },
    /// By PostgreSQL's physical pages; holds only while the table is not rewritten.
    Pages { from: u32, to: Option<u32> },
    /// By position in a file; `line` is the one-based line at `from`.
    Bytes { from: u64, to: u64, line: u64 },
    /// By position in a file of documents, or in several files as if they stood one behind the other. The document at
    /// `from` is the `number`th of them all and begins on `line` of its own file, both one-based.
    Documents { from: u64, to: u64, line: u64, number: u64 },
    /// By the row groups of a Parquet table, counted through all of its files.
    RowGroups { from: u32, to: u32 },
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn bounds<T: fmt::Display>(
            f: &mut fmt::Formatter<'_>,
            what: &str,
            from: &Option<T>,
            to: &Option<T>,
        ) -> fmt::Result {
            match (from, to) {
                (None, None) => write!(f, "all {what}"),
                (Some(a), None) => write!(f, "{what} ≥ {a}"),
                (None, Some(b)) => write!(f, "{what} < {b}"),
                (Some(a), Some(b)) => write!(f, "{a} ≤ {what} < {b}"),
            }
        }
        match self {
            Range::All => f.write_str("all rows"),
            Range::Key { column, from, to } => bounds(f, column, from, to),
            Range::Rowid { from, to } => bounds(f, "rowid", from, to),
            Range::Pages { from, to } => bounds(f, "page", &Some(*from), to),
            Range::Bytes { from, to, .. } | Range::Documents { from, to, .. } => {
                bounds(f, "byte", &Some(*from), &Some(*to))
            }
            Range::RowGroups { from, to } => bounds(f, "row group", &Some(*from), &Some(*to)),
        }
    }
}

/// What to read.
#[derive(Debug, Clone)]
pub struct Scan {
    pub table: Arc<Table>,
    /// Names of columns of `table`, in the order wanted. May be empty: then only row counts matter.
    pub columns: Vec<String>,
    pub range: Range,
    /// At most this many rows: for previews.
    pub limit: Option<u64>,
    /// A batch is handed on when it holds about this many bytes; one row may exceed it.
    pub batch_bytes: usize,
}

/// Rows as they were read, together with those that could not be.
#[derive(Debug)]
pub struct Rows {
    /// In the schema of `Read::schema`.
    pub batch: RecordBatch,
    /// Where each row of `batch` stands in its source: rowid, line or row number. `None` when the source has no such number.
    pub positions: Option<Int64Array>,
    /// Rows that exist but cannot be represented; they count as read, and are not in `batch`.
    pub faults: Vec<RowFault>,
    /// Values of `batch` that something stands in for, because they could not be read and a person chose so.
    pub stood_in: Vec<StoodIn>,
}

/// One row that could not be read as its columns' types.
#[derive(Debug, Clone)]
pub struct RowFault {
    /// Rowid or line, where the source has one.
    pub position: Option<i64>,
    pub column: Option<String>,
    /// Why, without the value.
    pub reason: String,
    /// The row as text by column (raw fields of a broken line), for the reject file only.
    pub row: Vec<(String, Option<String>)>,
}

/// Batches in the range's own order. An empty batch means nothing; the end of the stream is the end of the range.
/// After an error the stream ends. Dropping it stops the read and frees what the read held.
pub type RowStream = Pin<Box<dyn Stream<Item = Result<Rows>> + Send>>;

/// The form in which a database itself sends and takes rows of certain columns. Two that are equal mean the same bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireFormat {
    /// The protocol, such as `postgres copy binary`.
    pub protocol: &'static str,
    /// The columns' types in the database's own words.
    pub columns: Vec<String>,
}

/// Pieces of a wire format, cut anywhere.
pub type WireStream = Pin<Box<dyn Stream<Item = Result<Bytes>> + Send>>;

/// Finds rows in pieces of a wire format.
pub trait WireRows: Send {
    /// Takes in a piece, and shows each row that is whole by now: its bytes, and the values in them.
    fn take(&mut self, piece: &[u8], show: &mut ShowWireRow<'_>) -> Result<()>;

    /// # Errors
    /// When the end was not said, or a row is not whole.
    fn end(&self) -> Result<()>;
}

/// Is shown a row in a wire format and its values, of which NULL has no bytes.
pub type ShowWireRow<'a> = dyn FnMut(&[u8], &mut dyn Iterator<Item = Option<&[u8]>>) + Send + 'a;

/// A proposal for a file whose bytes are not what it is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GuessedEncoding {
    /// As its faults name it.
    pub read_as: &'static str,
    pub guessed: &'static str,
}

/// Reading. Several scans may run at once, each through a connection of its own.
#[async_trait]
pub trait Read: Send + Sync {
    /// The Arrow schema in which these columns are read: every field nullable, named as the column.
    ///
    /// It may be wider than the columns' logical types where the database does not enforce those (SQLite).
    fn schema(&self, table: &Table, columns: &[String]) -> Result<SchemaRef>;

    /// Fixes one consistent view for all scans that follow, until `release`. Without the capability it does nothing.
    async fn hold_snapshot(&self) -> Result<()> {
        Ok(())
    }

    /// How scans come to share one view, in words for the plan; `None` where there is nothing to add to that they do.
    fn snapshot_note(&self) -> Option<&'static str> {
        None
    }

    /// Is the view that `hold_snapshot` fixed gone, with every session that had it?
    async fn is_snapshot_lost(&self) -> bool {
        false
    }

    async fn release_snapshot(&self) -> Result<()> {
        Ok(())
    }

    /// Cuts the table into ranges of about `rows` rows, in ascending order. An empty table has at most one range.
    /// The same table with the same data gives the same ranges.
    async fn ranges(&self, table: &Table, rows: u32) -> Result<Vec<Range>>;

    /// Starts reading.
    async fn scan(&self, scan: Scan) -> Result<RowStream>;

    /// What `scan` asks, for a person to read: the database's own statement, or words where there is none.
    async fn query(&self, scan: &Scan) -> Result<String> {
        let columns = if scan.columns.is_empty() { "rows".into() } else { scan.columns.join(", ") };
        let limit = scan.limit.map(|n| format!(", at most {n} of them")).unwrap_or_default();
        Ok(format!("read {columns} of {}, {}{limit}", scan.table.name.table, scan.range))
    }

    /// The form in which `scan_wire` gives these columns; `None` where the database has none, or it is not the same on
    /// another server.
    async fn wire_format(&self, _table: &Table, _columns: &[String]) -> Result<Option<WireFormat>> {
        Ok(None)
    }

    /// Starts reading in the database's own wire format; the same rows as `scan`, without faults. `limit` is not kept.
    async fn scan_wire(&self, _scan: Scan) -> Result<WireStream> {
        Err(Error::internal("this connector has no wire format"))
    }

    /// What finds the rows of so many columns in the pieces that `scan_wire` gives.
    fn wire_rows(&self, _columns: usize) -> Option<Box<dyn WireRows>> {
        None
    }

    /// What a row's position is called, as in "line 7".
    fn position_word(&self, table: &Table) -> &'static str {
        match table.kind {
            TableKind::File => "line",
            _ => "rowid",
        }
    }

    /// When two texts of this column are one to a key of its table. A table that does not exist yet is taken as `Write` would
    /// make it.
    async fn equality(&self, _table: &Table, _column: &Column) -> Result<Equality> {
        Ok(Equality::Exact)
    }

    /// For each text bytes that are the same exactly where the rule of an `Equality::Asked` holds two texts to be one.
    async fn weights(&self, _rule: &str, _texts: &[&str]) -> Result<Vec<Vec<u8>>> {
        Err(Error::internal("this connector has no rules of its own for text"))
    }

    /// In what the table's file is most likely written, where that is not what it is read as.
    async fn guessed_encoding(&self, _table: &Table) -> Result<Option<GuessedEncoding>> {
        Ok(None)
    }

    /// Bytes that one value may have at most when it is written; `None` where the database knows no limit.
    async fn largest_value(&self) -> Result<Option<u64>> {
        Ok(None)
    }

    /// Exact number of rows now.
    async fn count(&self, table: &Table) -> Result<u64>;
}
