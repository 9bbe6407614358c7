//! Reading rows through `copy … to stdout`.
//!
//! Each scan has a session of its own. Invariant: a scan holds at most the batch it fills and the one that waits to
//! be taken; dropping its stream closes the session's socket, which ends the query.

use std::fmt::Write as _;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use datafusion::arrow::datatypes::{Field, Schema, SchemaRef};
use futures::StreamExt;
use sqlx::AssertSqlSafe;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use tokio::sync::{Mutex, mpsc};

use super::connect::{Server, Session};
use super::copy_decode::Decoder;
use super::dialect::{quote, quote_table};
use super::equality;
use super::errors::from_sqlx;
use super::ranges::{integer_key, page_ranges};
use super::wire::wire_format;
use super::{Range, Read, RowStream, Rows, Scan, WireFormat, WireRows, WireStream};
use crate::catalog::{Column, Table, TableKind};
use crate::connectors::Equality;
use crate::connectors::key_ranges::{equal_cuts, key_ranges};
use crate::connectors::stand_in::StandIns;
use crate::error::{Error, ErrorKind, Result};
use crate::model::ReadAs;
use crate::types::LogicalType;

/// Key ranges are of equal width while the keys fill at least one in so many numbers.
const SPARSE: u128 = 4;
/// Keys that are looked at for each range of a table with sparse keys.
const SAMPLED_A_PART: u64 = 200;
/// Pages that are looked at in a table that the server has never analysed.
const LOOKED_AT: u32 = 100;
/// Rows in the wire format are handed on in pieces of this size.
const PIECE: usize = 256 << 10;

pub(super) struct Reader {
    server: Arc<Server>,
    snapshot: Mutex<Option<Snapshot>>,
}

/// A transaction that keeps its view of the data for others.
struct Snapshot {
    id: String,
    session: Session,
}

impl Reader {
    pub(super) fn new(server: Arc<Server>) -> Self {
        Reader { server, snapshot: Mutex::new(None) }
    }

    /// A session in a read-only transaction that sees the held snapshot, if there is one.
    async fn session(&self) -> Result<Session> {
        let mut session = self.server.session().await?;
        let what = "the read could not begin";
        session.run("begin isolation level repeatable read read only", what).await?;
        if let Some(snapshot) = self.snapshot.lock().await.as_ref() {
            // The id came from the server; it holds hexadecimal digits and hyphens.
            let set = format!("set transaction snapshot '{}'", snapshot.id.replace('\'', ""));
            session.run(&set, what).await.map_err(|e| {
                // The server knows it only as long as the session lives that exported it.
                Error { kind: ErrorKind::Transient, what: "the snapshot was lost".into(), ..e }
            })?;
        }
        Ok(session)
    }

    /// One row of numbers, asked inside of the held snapshot.
    async fn ask<T>(&self, table: &Table, sql: String, take: impl FnOnce(&PgRow) -> sqlx::Result<T>) -> Result<T> {
        let mut session = self.session().await?;
        let row = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_one(session.connection()).await;
        let taken = row.and_then(|row| take(&row)).map_err(|e| not_counted(e, table))?;
        end(session).await?;
        Ok(taken)
    }

    async fn size(&self, table: &Table) -> Result<Size> {
        let mut session = self.session().await?;
        let size = sqlx::query(include_str!("sql/size.sql"))
            .bind(quote_table(&table.name))
            .fetch_one(session.connection())
            .await
            .and_then(|row| {
                let believed: (Option<f64>, Option<i64>) =
                    (row.try_get("believed_rows")?, row.try_get("believed_pages")?);
                Ok(row.try_get::<bool, _>("there")?.then_some(Size {
                    largest: row.try_get::<Option<i64>, _>("largest")?.map(|p| u32::try_from(p).unwrap_or(u32::MAX)),
                    pages: row.try_get::<i64, _>("pages")?.unsigned_abs(),
                    density: match believed {
                        (Some(rows), Some(pages)) if rows > 0.0 && pages > 0 => Some(rows / pages as f64),
                        _ => None,
                    },
                }))
            })
            .map_err(|e| not_counted(e, table))?;
        end(session).await?;
        size.ok_or_else(|| {
            Error::new(ErrorKind::NotFound, format!("table {} does not exist", table.name))
                .table(table.name.to_string())
        })
    }

    /// About how many rows the table has: by what the server believes of its pages, or by a look at the first of them.
    async fn estimate(&self, table: &Table, size: &Size) -> Result<u64> {
        let density = match (size.density, size.largest) {
            (Some(density), _) => density,
            (None, Some(largest)) => {
                let looked_at = largest.min(LOOKED_AT);
                let name = quote_table(&table.name);
                let sql = format!("select count(*) from {name} where ctid < '({looked_at},0)'::tid");
                let rows: i64 = self.ask(table, sql, |row| row.try_get(0)).await?;
                rows as f64 / f64::from(looked_at.max(1))
            }
            (None, None) => return Ok(0),
        };
        Ok((density * size.pages as f64).ceil() as u64)
    }

    /// Keys that cut the table into about so many parts, taken from a sample of its pages: never a sort of the table.
    async fn quantiles(&self, table: &Table, key: &Column, rows: u64, parts: u64) -> Result<Vec<i64>> {
        let (name, key) = (quote_table(&table.name), quote(&key.name));
        let percent = (100.0 * (SAMPLED_A_PART * parts) as f64 / rows.max(1) as f64).clamp(0.001, 100.0);
        // A fixed seed: the same table is cut alike.
        let sql =
            format!("select {key}::bigint from {name} tablesample system ({percent:.3}) repeatable (0) order by 1");
        let mut session = self.session().await?;
        let sample = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(session.connection()).await;
        let sample = sample.and_then(|all| all.iter().map(|row| row.try_get(0)).collect::<sqlx::Result<Vec<i64>>>());
        let sample = sample.map_err(|e| not_counted(e, table))?;
        end(session).await?;
        let mut cuts: Vec<i64> =
            (1..parts).filter_map(|i| sample.get(sample.len() * i as usize / parts as usize).copied()).collect();
        cuts.dedup();
        Ok(cuts)
    }
}

/// A table's physical size.
struct Size {
    /// Pages of the largest partition; `None` where a part has none of its own, such as a foreign table.
    largest: Option<u32>,
    pages: u64,
    /// Rows in a page, as the server last saw them.
    density: Option<f64>,
}

#[async_trait]
impl Read for Reader {
    fn schema(&self, table: &Table, columns: &[String]) -> Result<SchemaRef> {
        let fields = columns
            .iter()
            .map(|name| Ok(Field::new(name, column(table, name)?.logical.arrow(), true)))
            .collect::<Result<Vec<_>>>()?;
        Ok(Arc::new(Schema::new(fields)))
    }

    async fn hold_snapshot(&self) -> Result<()> {
        let mut session = self.server.session().await?;
        session.run("begin isolation level repeatable read read only", "a snapshot could not be taken").await?;
        let id = sqlx::query_scalar("select pg_export_snapshot()")
            .fetch_one(session.connection())
            .await
            .map_err(|e| from_sqlx(e, "a snapshot could not be taken"))?;
        *self.snapshot.lock().await = Some(Snapshot { id, session });
        Ok(())
    }

    async fn is_snapshot_lost(&self) -> bool {
        match self.snapshot.lock().await.as_mut() {
            Some(snapshot) => snapshot.session.run("select 1", "the snapshot could not be asked for").await.is_err(),
            None => false,
        }
    }

    async fn release_snapshot(&self) -> Result<()> {
        match self.snapshot.lock().await.take() {
            Some(snapshot) => end(snapshot.session).await,
            None => Ok(()),
        }
    }

    /// By a key that is a whole number, so that a resume meets the same rows even where some were changed meanwhile;
    /// else by physical pages. Nothing is counted and nothing is sorted: the bounds only need to be about right.
    async fn ranges(&self, table: &Table, rows: u32) -> Result<Vec<Range>> {
        if table.kind != TableKind::Table {
            return Ok(vec![Range::All]);
        }
        let size = self.size(table).await?;
        let estimate = self.estimate(table, &size).await?;
        let parts = estimate.div_ceil(u64::from(rows.max(1)));
        if parts <= 1 {
            return Ok(vec![Range::All]);
        }
        if let Some(key) = integer_key(table) {
            let quoted = quote(&key.name);
            let sql = format!("select min({quoted})::bigint, max({quoted})::bigint from {}", quote_table(&table.name));
            let bounds: (Option<i64>, Option<i64>) =
                self.ask(table, sql, |row| Ok((row.try_get(0)?, row.try_get(1)?))).await?;
            if let (Some(least), Some(greatest)) = bounds {
                let width = (i128::from(greatest) - i128::from(least) + 1) as u128;
                let cuts = if width > SPARSE * u128::from(estimate) {
                    self.quantiles(table, key, estimate, parts).await?
                } else {
                    equal_cuts(i128::from(least), width, parts)
                };
                return Ok(key_ranges(&key.name, &cuts));
            }
        }
        Ok(match size.largest {
            Some(pages) => page_ranges(pages, parts),
            None => vec![Range::All],
        })
    }

    async fn scan(&self, scan: Scan) -> Result<RowStream> {
        let schema = self.schema(&scan.table, &scan.columns)?;
        let sql = copy_out(&scan, true)?;
        let decoder = Decoder::new(schema, scan.batch_bytes, StandIns::of(&scan.table, &scan.columns))?;
        let session = self.session().await?;
        let (batches, receiver) = mpsc::channel(1);
        let task = Task(tokio::spawn(run(session, sql, decoder, scan, batches)));
        // The task lives exactly as long as the stream that takes its batches.
        Ok(futures::stream::unfold((receiver, task), |(mut receiver, task)| async move {
            receiver.recv().await.map(|rows| (rows, (receiver, task)))
        })
        .boxed())
    }

    async fn query(&self, scan: &Scan) -> Result<String> {
        copy_out(scan, true)
    }

    async fn equality(&self, table: &Table, column: &Column) -> Result<Equality> {
        equality::of(&self.server, table, column).await
    }

    async fn weights(&self, rule: &str, texts: &[&str]) -> Result<Vec<Vec<u8>>> {
        equality::weights(&self.server, rule, texts).await
    }

    /// A field is at most 1 GB (<https://www.postgresql.org/docs/current/limits.html>), its length in front.
    async fn largest_value(&self) -> Result<Option<u64>> {
        Ok(Some((1 << 30) - 5))
    }

    async fn wire_format(&self, table: &Table, columns: &[String]) -> Result<Option<WireFormat>> {
        let mut session = self.server.session().await?;
        let format = wire_format(&mut session, &table.name, columns).await?;
        session.finish();
        Ok(format)
    }

    async fn scan_wire(&self, scan: Scan) -> Result<WireStream> {
        let sql = copy_out(&scan, false)?;
        let mut session = self.session().await?;
        let (pieces, receiver) = mpsc::channel(2);
        let task = Task(tokio::spawn(async move {
            if let Err(error) = copy_wire(&mut session, &sql, &pieces).await {
                // Nobody listens any more when this fails.
                let _ = pieces.send(Err(error)).await;
                return;
            }
            if end(session).await.is_ok() {
                // The end is said, not inferred: an empty piece.
                let _ = pieces.send(Ok(Bytes::new())).await;
            }
        }));
        Ok(futures::stream::unfold((receiver, task, false), |(mut receiver, task, ended)| async move {
            if ended {
                return None;
            }
            match receiver.recv().await {
                Some(Ok(piece)) if piece.is_empty() => None,
                Some(piece) => Some((piece, (receiver, task, false))),
                None => Some((
                    Err(Error::new(ErrorKind::Transient, "the server's rows ended early")),
                    (receiver, task, true),
                )),
            }
        })
        .boxed())
    }

    fn wire_rows(&self, columns: usize) -> Option<Box<dyn WireRows>> {
        Some(Box::new(super::wire::Splitter::new(columns)))
    }

    async fn count(&self, table: &Table) -> Result<u64> {
        let sql = format!("select count(*) from {}", quote_table(&table.name));
        let rows: i64 = self.ask(table, sql, |row| row.try_get(0)).await?;
        Ok(rows.unsigned_abs())
    }
}

/// A task that ends with its owner.
struct Task(tokio::task::JoinHandle<()>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn run(session: Session, sql: String, decoder: Decoder, scan: Scan, batches: mpsc::Sender<Result<Rows>>) {
    if let Err(error) = copy(session, &sql, decoder, &batches).await {
        let error = error.table(scan.table.name.to_string()).range(&scan.range);
        // Nobody listens any more when this fails.
        let _ = batches.send(Err(error)).await;
    }
}

async fn copy(
    mut session: Session,
    sql: &str,
    mut decoder: Decoder,
    batches: &mpsc::Sender<Result<Rows>>,
) -> Result<()> {
    const WHAT: &str = "rows could not be read";
    let mut pieces = session.connection().copy_out_raw(sql).await.map_err(|e| from_sqlx(e, WHAT))?;
    let mut full = Vec::new();
    while let Some(piece) = pieces.next().await {
        decoder.feed(&piece.map_err(|e| from_sqlx(e, WHAT))?, &mut full)?;
        for rows in full.drain(..) {
            if batches.send(Ok(rows)).await.is_err() {
                return Ok(());
            }
        }
    }
    drop(pieces);
    if let Some(rows) = decoder.finish()? {
        let _ = batches.send(Ok(rows)).await;
    }
    end(session).await
}

async fn copy_wire(session: &mut Session, sql: &str, pieces: &mpsc::Sender<Result<Bytes>>) -> Result<()> {
    const WHAT: &str = "rows could not be read";
    let mut rows = session.connection().copy_out_raw(sql).await.map_err(|e| from_sqlx(e, WHAT))?;
    // The server sends a message a row.
    let mut piece = BytesMut::with_capacity(PIECE + PIECE / 4);
    while let Some(row) = rows.next().await {
        piece.extend_from_slice(&row.map_err(|e| from_sqlx(e, WHAT))?);
        if piece.len() >= PIECE {
            let full = std::mem::replace(&mut piece, BytesMut::with_capacity(PIECE + PIECE / 4));
            if pieces.send(Ok(full.freeze())).await.is_err() {
                return Err(Error::cancelled());
            }
        }
    }
    if !piece.is_empty() && pieces.send(Ok(piece.freeze())).await.is_err() {
        return Err(Error::cancelled());
    }
    Ok(())
}

/// Ends a read-only transaction and hands the session back.
async fn end(mut session: Session) -> Result<()> {
    session.run("rollback", "a read could not be ended").await?;
    session.finish();
    Ok(())
}

fn not_counted(error: sqlx::Error, table: &Table) -> Error {
    from_sqlx(error, format!("the rows of {} could not be counted", table.name)).table(table.name.to_string())
}

fn column<'a>(table: &'a Table, name: &str) -> Result<&'a Column> {
    table.column(name).ok_or_else(|| {
        Error::new(ErrorKind::NotFound, format!("table {} has no column {name}", table.name))
            .table(table.name.to_string())
            .column(name)
    })
}

/// The server's own words for a column that a person wants read as another type.
fn read_as(column: &Column) -> Option<String> {
    let name = quote(&column.name);
    let parts = |parts: [(u8, u8); 5]| {
        let hex = format!("encode({name}, 'hex')");
        let parts = parts.map(|(from, length)| format!("substr({hex}, {from}, {length})"));
        format!("case when length({name}) = 16 then concat_ws('-', {}) else {hex} end", parts.join(", "))
    };
    match column.reading.as_ref()?.read_as? {
        ReadAs::Text => Some(format!("{name}::text")),
        ReadAs::Uuid => Some(parts([(1, 8), (9, 4), (13, 4), (17, 4), (21, 12)])),
        ReadAs::UuidSwapped => Some(parts([(9, 8), (5, 4), (1, 4), (17, 4), (21, 12)])),
        ReadAs::Boolean | ReadAs::Utf8Twice => None,
    }
}

/// `for_arrow`: what has no Arrow type of its own comes as text.
fn copy_out(scan: &Scan, for_arrow: bool) -> Result<String> {
    let mut sql = String::from("copy (select ");
    for (i, name) in scan.columns.iter().enumerate() {
        if i > 0 {
            sql += ", ";
        }
        let column = column(&scan.table, name)?;
        if column.reading.as_ref().and_then(|r| r.read_as) == Some(ReadAs::Boolean) {
            return Err(Error::new(ErrorKind::Unsupported, "PostgreSQL does not read numbers as booleans")
                .column(name)
                .hint("Map the number to a boolean column: 0 and 1 become false and true, others are rejected."));
        }
        match read_as(column) {
            Some(expression) => sql += &expression,
            None => {
                let name = quote(name);
                match &column.logical {
                    _ if !for_arrow => sql += &name,
                    // The cast would show a mask where the server shows none.
                    LogicalType::Other { name: native } if native == "inet" => {
                        let _ = write!(sql, "textin(inet_out({name}))");
                    }
                    logical => {
                        sql += &name;
                        sql += cast(logical);
                    }
                }
            }
        }
    }
    let _ = write!(sql, " from {}", quote_table(&scan.table.name));
    let mut bounds = Vec::new();
    match &scan.range {
        Range::All => {}
        Range::Key { column: key, from, to } => {
            let key = quote(&column(&scan.table, key)?.name);
            bounds.extend(from.map(|n| format!("{key} >= '{n}'::bigint")));
            bounds.extend(to.map(|n| format!("{key} < '{n}'::bigint")));
        }
        Range::Pages { from, to } => {
            bounds.push(format!("ctid >= '({from},0)'::tid"));
            bounds.extend(to.map(|n| format!("ctid < '({n},0)'::tid")));
        }
        other => {
            return Err(Error::internal(format!("PostgreSQL cannot be read by the range \"{other}\"")));
        }
    }
    if !bounds.is_empty() {
        let _ = write!(sql, " where {}", bounds.join(" and "));
    }
    if let Some(limit) = scan.limit {
        let _ = write!(sql, " limit {limit}");
    }
    sql += ") to stdout (format binary)";
    Ok(sql)
}

/// What has no Arrow type of its own comes as the server's text.
fn cast(logical: &LogicalType) -> &'static str {
    match logical {
        // The cast would take the padding away.
        LogicalType::Text { fixed: true, .. } => "",
        other if other.arrow() == datafusion::arrow::datatypes::DataType::Utf8 => "::text",
        _ => "",
    }
}
