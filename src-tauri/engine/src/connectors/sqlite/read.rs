//! Reading rows from SQLite.
//!
//! One blocking thread steps the rows of a scan and hands batches over a short channel; when nobody listens any more
//! it stops. Columns are as wide as SQLite itself, see `types::read_type`.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use futures::stream;
use rusqlite::limits::Limit;
use rusqlite::types::Value;
use rusqlite::{Connection, InterruptHandle};
use tokio::sync::mpsc;

use super::connect::{Database, blocking};
use super::decode::{Decoder, shown};
use super::dialect::{quote, table as table_name};
use super::errors::error;
use super::ranges::{self, RowNumber};
use super::snapshot::{Lease, Snapshot};
use super::types;
use crate::catalog::{Column, Table};
use crate::connectors::cells::{Cell, RowsBuilder};
use crate::connectors::stand_in::StandIns;
use crate::connectors::{Equality, Range, Read, RowFault, RowStream, Rows, Scan};
use crate::error::{Error, Result};

/// Batches that wait for their reader.
const WAITING: usize = 2;

pub(super) struct Reader {
    database: Database,
    snapshot: Mutex<Option<Arc<Snapshot>>>,
}

impl Reader {
    pub(super) fn new(database: Database) -> Reader {
        Reader { database, snapshot: Mutex::new(None) }
    }

    /// Asks on a connection of its own, or on the snapshot's.
    pub(super) async fn with<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let lease = self.lease().await?;
        blocking(move || ask(lease.connection()?)).await
    }

    async fn lease(&self) -> Result<Lease> {
        let snapshot = self.snapshot.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match snapshot {
            Some(snapshot) => snapshot.lease().await,
            None => {
                let database = self.database.clone();
                blocking(move || database.connection().map(Lease::own)).await
            }
        }
    }

    fn set_snapshot(&self, snapshot: Option<Arc<Snapshot>>) {
        *self.snapshot.lock().unwrap_or_else(PoisonError::into_inner) = snapshot;
    }
}

#[async_trait]
impl Read for Reader {
    fn schema(&self, table: &Table, columns: &[String]) -> Result<SchemaRef> {
        types::schema(table, columns, types::read_type)
    }

    /// Sixteen readers that began between the same two commits; see `snapshot`.
    async fn hold_snapshot(&self) -> Result<()> {
        let database = self.database.clone();
        let snapshot = blocking(move || Snapshot::begin(&database)).await?;
        self.set_snapshot(Some(Arc::new(snapshot)));
        Ok(())
    }

    async fn release_snapshot(&self) -> Result<()> {
        self.set_snapshot(None);
        Ok(())
    }

    async fn ranges(&self, table: &Table, rows: u32) -> Result<Vec<Range>> {
        let table = table.clone();
        self.with(move |connection| ranges::ranges(connection, &table, rows)).await
    }

    async fn scan(&self, scan: Scan) -> Result<RowStream> {
        let schema = self.schema(&scan.table, &scan.columns)?;
        let lease = self.lease().await?;
        let interrupt = if lease.is_own() { Some(lease.connection()?.get_interrupt_handle()) } else { None };
        let (sender, receiver) = mpsc::channel(WAITING);
        tokio::task::spawn_blocking(move || {
            let result = lease.connection().and_then(|connection| step(connection, &scan, schema, &sender));
            drop(lease);
            if let Err(e) = result {
                // The receiver is gone when the scan was dropped: then nobody wants the error.
                let _ = sender.blocking_send(Err(e.table(scan.table.name.to_string()).range(&scan.range)));
            }
        });
        let state = Running { receiver, _stop: Stop(interrupt) };
        Ok(Box::pin(stream::unfold(
            state,
            |mut state| async move { state.receiver.recv().await.map(|rows| (rows, state)) },
        )))
    }

    async fn query(&self, scan: &Scan) -> Result<String> {
        let scan = scan.clone();
        self.with(move |connection| {
            let (sql, parameters) = statement(&scan, &ranges::row_number(connection, &scan.table)?)?;
            Ok(written_out(&sql, &parameters))
        })
        .await
    }

    async fn equality(&self, _table: &Table, column: &Column) -> Result<Equality> {
        Ok(match column.collation.as_deref().map(str::to_ascii_uppercase).as_deref() {
            Some("NOCASE") => Equality::AsciiCase,
            Some("RTRIM") => Equality::TrailingSpaces,
            _ => Equality::Exact,
        })
    }

    /// <https://sqlite.org/limits.html>
    async fn largest_value(&self) -> Result<Option<u64>> {
        self.with(|connection| {
            let limit = connection.limit(Limit::SQLITE_LIMIT_LENGTH);
            let limit = limit.map_err(|e| error("SQLite's limits cannot be read", e))?;
            Ok(u64::try_from(limit).ok())
        })
        .await
    }

    async fn count(&self, table: &Table) -> Result<u64> {
        let name = table.name.clone();
        self.with(move |connection| {
            let sql = format!("select count(*) from {}", table_name(&name));
            let count: i64 = connection
                .query_row(&sql, [], |row| row.get(0))
                .map_err(|e| error(format!("the rows of {name} cannot be counted"), e).table(name.to_string()))?;
            Ok(count.unsigned_abs())
        })
        .await
    }
}

struct Running {
    receiver: mpsc::Receiver<Result<Rows>>,
    _stop: Stop,
}

/// Interrupts a statement that is still looking for its next row when the scan is dropped.
struct Stop(Option<InterruptHandle>);

impl Drop for Stop {
    fn drop(&mut self) {
        if let Some(handle) = &self.0 {
            handle.interrupt();
        }
    }
}

/// The statement of a scan, and its parameters. Positions, where there are any, come first.
fn statement(scan: &Scan, number: &RowNumber) -> Result<(String, Vec<Value>)> {
    let position = match number {
        RowNumber::Rowid(name) => Some(name.clone()),
        _ => None,
    };
    let mut wanted: Vec<String> = position.iter().cloned().collect();
    wanted.extend(scan.columns.iter().map(|c| quote(c)));
    if wanted.is_empty() {
        wanted.push("1".into());
    }
    let mut sql = format!("select {} from {}", wanted.join(", "), table_name(&scan.table.name));
    let (expression, from, to) = match (&scan.range, position) {
        (Range::All, position) => (position, None, None),
        (Range::Rowid { from, to }, Some(position)) => (Some(position), *from, *to),
        (Range::Key { column, from, to }, _) => (Some(quote(column)), *from, *to),
        (range, _) => return Err(Error::internal(format!("SQLite cannot read the range {range} of this table"))),
    };
    let mut parameters = Vec::new();
    if let Some(expression) = expression {
        let bounds = [from.map(|n| (">=", n)), to.map(|n| ("<", n))];
        for (i, (operator, bound)) in bounds.into_iter().flatten().enumerate() {
            sql += &format!(" {} {expression} {operator} ?", if i == 0 { "where" } else { "and" });
            parameters.push(Value::Integer(bound));
        }
        sql += &format!(" order by {expression}");
    }
    if let Some(limit) = scan.limit {
        sql += " limit ?";
        parameters.push(Value::Integer(i64::try_from(limit).unwrap_or(i64::MAX)));
    }
    Ok((sql, parameters))
}

/// The statement with its parameters, which are numbers, in their places; to be read, not to be run.
fn written_out(sql: &str, parameters: &[Value]) -> String {
    // The parameters stand behind all names.
    let mut parts = sql.rsplitn(parameters.len() + 1, '?').collect::<Vec<_>>().into_iter().rev();
    let mut text = parts.next().unwrap_or_default().to_string();
    for (part, parameter) in parts.zip(parameters) {
        if let Value::Integer(number) = parameter {
            text += &number.to_string();
        }
        text += part;
    }
    text
}

fn step(connection: &Connection, scan: &Scan, schema: SchemaRef, sender: &mpsc::Sender<Result<Rows>>) -> Result<()> {
    let failed = |e| error(format!("table {} cannot be read", scan.table.name), e);
    let number = ranges::row_number(connection, &scan.table)?;
    let (sql, parameters) = statement(scan, &number)?;
    let positioned = matches!(number, RowNumber::Rowid(_));
    let first = usize::from(positioned);
    let decoders: Vec<Decoder> =
        scan.columns.iter().filter_map(|name| scan.table.column(name)).map(Decoder::of).collect();
    let stand_ins = StandIns::of(&scan.table, &scan.columns);
    let mut builder = RowsBuilder::new(schema, positioned, scan.batch_bytes)?;
    let mut statement = connection.prepare(&sql).map_err(failed)?;
    let mut rows = statement.query(rusqlite::params_from_iter(parameters)).map_err(failed)?;
    while let Some(row) = rows.next().map_err(failed)? {
        let position = if positioned { Some(row.get::<_, i64>(0).map_err(failed)?) } else { None };
        let mut cells = Vec::with_capacity(decoders.len());
        let mut fault = None;
        for (i, decoder) in decoders.iter().enumerate() {
            match decoder.decode(row.get_ref(first + i).map_err(failed)?) {
                Ok(cell) => cells.push(cell),
                Err(reason) if stand_ins.has(i) => {
                    builder.stand_in(i, reason);
                    cells.push(Cell::Null);
                }
                Err(reason) => {
                    fault = Some((i, reason));
                    break;
                }
            }
        }
        match fault {
            None => builder.row(position, &cells)?,
            Some((i, reason)) => {
                let mut shown_row = Vec::with_capacity(scan.columns.len());
                for (i, name) in scan.columns.iter().enumerate() {
                    shown_row.push((name.clone(), shown(row.get_ref(first + i).map_err(failed)?)));
                }
                builder.fault(RowFault {
                    position,
                    column: Some(scan.columns[i].clone()),
                    reason: format!("the value {reason}"),
                    row: shown_row,
                });
            }
        }
        if builder.is_full() && sender.blocking_send(builder.take()).is_err() {
            return Ok(());
        }
    }
    if !builder.is_empty() {
        // Nobody listens any more when this fails.
        let _ = sender.blocking_send(builder.take());
    }
    Ok(())
}
