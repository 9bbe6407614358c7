//! Rows that go from one PostgreSQL into another as they are: COPY's binary format, not looked into.

use bytes::BytesMut;
use futures::StreamExt;
use sqlx::Row as _;

use super::connect::Session;
use super::copy_wire as wire;
use super::dialect::quote_table;
use super::errors::from_sqlx;
use super::{Carried, ShowWireRow, WireFormat, WireRows, WireStream};
use crate::catalog::TableName;
use crate::error::{Error, ErrorKind, Result};

/// Sent on when so much has come.
const PIECE: usize = 256 << 10;

/// The columns' types as the server has them, under any domain; `None` when the binary form of one of them means
/// something else on another server: types that are not built in but for enumerations, and those that hold numbers of catalog rows.
pub(super) async fn wire_format(
    session: &mut Session,
    table: &TableName,
    columns: &[String],
) -> Result<Option<WireFormat>> {
    let rows = sqlx::query(include_str!("sql/target_columns.sql"))
        .bind(quote_table(table))
        .fetch_all(session.connection())
        .await
        .map_err(|e| from_sqlx(e, format!("the columns of {table} could not be read")).table(table.to_string()))?;
    let mut types = Vec::with_capacity(columns.len());
    for name in columns {
        let found = rows.iter().find(|row| row.try_get::<String, _>("name").is_ok_and(|n| n == *name));
        let described = found.map(|row| -> sqlx::Result<Option<String>> {
            if row.try_get("is_enum")? {
                // Each value is sent as its label: alike wherever the labels are.
                return Ok(Some(format!("enum {:?}", row.try_get::<Vec<String>, _>("labels")?)));
            }
            let type_name: String = row.try_get("type_name")?;
            let portable = row.try_get::<bool, _>("built_in")?
                && !type_name.trim_start_matches('_').starts_with("reg")
                && !["aclitem", "_aclitem", "oid", "_oid", "oidvector"].contains(&type_name.as_str());
            let modifier: i32 = row.try_get("modifier")?;
            Ok(portable.then(|| format!("{type_name}({modifier})")))
        });
        match described.transpose().map_err(|e| from_sqlx(e, "the columns could not be read"))?.flatten() {
            Some(described) => types.push(described),
            None => return Ok(None),
        }
    }
    Ok(Some(WireFormat { protocol: "postgres copy binary", columns: types }))
}

/// Streams rows into `sql`, a `copy … from stdin (format binary)`, and counts them on the way.
pub(super) async fn copy_in(session: &mut Session, sql: &str, columns: usize, mut rows: WireStream) -> Result<Carried> {
    const WHAT: &str = "rows could not be written";
    let mut copy = session.connection().copy_in_raw(sql).await.map_err(|e| from_sqlx(e, WHAT))?;
    let mut counter = Counter::new(columns);
    let mut buffer = BytesMut::with_capacity(2 * PIECE);
    let mut bytes = 0u64;
    while let Some(piece) = rows.next().await {
        buffer.extend_from_slice(&piece?);
        let whole = counter.count(&buffer, &mut |_| {})?;
        if whole > 0 {
            copy.send(&buffer[..whole]).await.map_err(|e| from_sqlx(e, WHAT))?;
            bytes += whole as u64;
            // What is left is less than a row.
            let rest = buffer.split_off(whole);
            buffer.clear();
            buffer.extend_from_slice(&rest);
        }
    }
    if !counter.ended || !buffer.is_empty() {
        return Err(Error::new(ErrorKind::Transient, "the server's rows ended early"));
    }
    let written = copy.finish().await.map_err(|e| from_sqlx(e, WHAT))?;
    Ok(Carried { read: counter.rows, written, bytes })
}

/// Finds the rows of a stream.
pub(super) struct Splitter {
    counter: Counter,
    /// Less than a row.
    rest: BytesMut,
}

impl Splitter {
    pub fn new(columns: usize) -> Splitter {
        Splitter { counter: Counter::new(columns), rest: BytesMut::new() }
    }
}

impl WireRows for Splitter {
    fn take(&mut self, piece: &[u8], show: &mut ShowWireRow<'_>) -> Result<()> {
        self.rest.extend_from_slice(piece);
        let whole = self.counter.count(&self.rest, &mut |row| show(row, &mut wire::fields(row)))?;
        let _ = self.rest.split_to(whole);
        Ok(())
    }

    fn end(&self) -> Result<()> {
        if self.counter.ended && self.rest.is_empty() {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Transient, "the server's rows ended early"))
    }
}

/// Counts the rows of a stream by their lengths.
struct Counter {
    columns: usize,
    begun: bool,
    ended: bool,
    rows: u64,
}

impl Counter {
    fn new(columns: usize) -> Counter {
        Counter { columns, begun: false, ended: false, rows: 0 }
    }

    /// The bytes that whole rows take, from the beginning; shows each of them.
    fn count(&mut self, bytes: &[u8], show: &mut dyn FnMut(&[u8])) -> Result<usize> {
        let mut at = 0;
        if !self.begun {
            let Some(length) = wire::header(bytes)? else { return Ok(0) };
            (self.begun, at) = (true, length);
        }
        while !self.ended {
            match wire::row(&bytes[at..], self.columns)? {
                wire::Next::Part => break,
                wire::Next::End(length) => (self.ended, at) = (true, at + length),
                wire::Next::Row(length) => {
                    show(&bytes[at..at + length]);
                    (self.rows, at) = (self.rows + 1, at + length);
                }
            }
        }
        Ok(at)
    }
}
