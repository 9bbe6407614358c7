//! The checkpoint table in the target: which chunks of which run are in, and how far statements have come.
//!
//! Why the second: the server commits after each statement of DDL, so a row before and one after it tell a process
//! that comes later where the first one died. Invariant: a chunk's row is only ever written in the chunk's transaction.

use mysql_async::prelude::Queryable;
use xxhash_rust::xxh3::xxh3_64;

use super::connect::Session;
use super::dialect::{literal, quote_table};
use super::errors::from_driver;
use super::write::Writer;
use super::{CHECKPOINT_TABLE, Checkpoint};
use crate::catalog::TableName;
use crate::error::{Error, ErrorKind, Result};

const WHAT: &str = "the checkpoint table could not be used";

type Numbers = (i64, i64, i64, i64, i64, i64, i64);

fn name(schema: &str) -> String {
    quote_table(&TableName::new(schema, CHECKPOINT_TABLE))
}

pub(super) async fn prepare(writer: &Writer) -> Result<()> {
    let schema = writer.default_schema()?;
    let mut session = writer.server.session().await?;
    if !exists(&mut session, schema).await? {
        let columns = include_str!("sql/checkpoint_columns.sql").trim_end();
        session.run(&format!("create table if not exists {} {columns}", name(schema)), WHAT).await?;
    }
    session.finish();
    Ok(())
}

pub(super) async fn of_run(writer: &Writer, run: &str) -> Result<Vec<Checkpoint>> {
    let schema = writer.default_schema()?;
    let mut session = writer.server.session().await?;
    let mut checkpoints = Vec::new();
    if exists(&mut session, schema).await? {
        let sql = format!(
            "select fingerprint, step, chunk, rows_read, rows_written, rows_rejected, rows_filtered, bytes \
             from {} where run = ? and step >= 0 order by step, chunk",
            name(schema)
        );
        type Found = (String, u32, u32, u64, u64, u64, u64, u64);
        let rows: Vec<Found> = session.connection().exec(sql, (run,)).await.map_err(|e| from_driver(e, WHAT))?;
        let checkpoint = |(fingerprint, step, chunk, read, written, rejected, filtered, bytes)| Checkpoint {
            run: run.into(),
            fingerprint,
            step,
            chunk,
            read,
            written,
            rejected,
            filtered,
            bytes,
        };
        checkpoints = rows.into_iter().map(checkpoint).collect();
    }
    session.finish();
    Ok(checkpoints)
}

pub(super) async fn forget(writer: &Writer, run: &str) -> Result<()> {
    let schema = writer.default_schema()?;
    let table = name(schema);
    let mut session = writer.server.session().await?;
    if !exists(&mut session, schema).await? {
        session.finish();
        return Ok(());
    }
    let sql = format!("delete from {table} where run = ?");
    session.connection().exec_drop(sql, (run,)).await.map_err(|e| from_driver(e, WHAT))?;
    // Another run may be about to commit its first chunk: only a lock of the table tells that it is empty.
    session.run("set session lock_wait_timeout = 1", WHAT).await?;
    match session.run(&format!("lock tables {table} write"), WHAT).await {
        Ok(()) => {
            let left = session.ask::<u64>(&format!("select count(*) from {table}"), WHAT).await?.pop();
            if left == Some(0) {
                session.run(&format!("drop table {table}"), WHAT).await?;
            }
            session.run("unlock tables", WHAT).await?;
        }
        Err(error) if matches!(error.kind, ErrorKind::Transient | ErrorKind::Permission | ErrorKind::NotFound) => {}
        Err(error) => return Err(error),
    }
    session.run("set session lock_wait_timeout = default", WHAT).await?;
    session.finish();
    Ok(())
}

pub(super) async fn insert(session: &mut Session, schema: &str, checkpoint: &Checkpoint) -> Result<()> {
    let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let numbers = (
        i64::from(checkpoint.step),
        i64::from(checkpoint.chunk),
        number(checkpoint.read),
        number(checkpoint.written),
        number(checkpoint.rejected),
        number(checkpoint.filtered),
        number(checkpoint.bytes),
    );
    match put(session, schema, &checkpoint.run, &checkpoint.fingerprint, numbers).await {
        // The chunk is in already: no row of it is at fault.
        Err(error) if error.kind == ErrorKind::Constraint => Err(Error::new(
            ErrorKind::Busy,
            format!("chunk {} of step {} is already in the target", checkpoint.chunk, checkpoint.step),
        )
        .hint("Another process works on the same run; resume it when that one has ended.")),
        done => done,
    }
}

async fn put(session: &mut Session, schema: &str, run: &str, fingerprint: &str, n: Numbers) -> Result<()> {
    let sql = format!(
        "insert into {} (run, fingerprint, step, chunk, rows_read, rows_written, rows_rejected, rows_filtered, bytes) \
         values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        name(schema)
    );
    let done = session.connection().exec_drop(sql, (run, fingerprint, n.0, n.1, n.2, n.3, n.4, n.5, n.6)).await;
    done.map_err(|e| from_driver(e, "a checkpoint could not be written"))
}

/// How far a statement has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    New,
    /// It was sent; whether the server carried it out is not known.
    Begun,
    Done,
}

/// A statement of a run's DDL, as its marker knows it.
pub(super) struct Marker<'a> {
    schema: &'a str,
    run: &'a str,
    /// Below zero, where no chunk is.
    step: i64,
    place: i64,
    statement: String,
}

impl<'a> Marker<'a> {
    pub(super) fn new(schema: &'a str, of: &'a Checkpoint, place: usize, statement: &str) -> Marker<'a> {
        let statement = format!("{:016x}", xxh3_64(statement.as_bytes()));
        Marker { schema, run: &of.run, step: -1 - i64::from(of.step), place: place as i64, statement }
    }

    pub(super) async fn progress(&self, session: &mut Session) -> Result<Progress> {
        let sql = format!(
            "select fingerprint, rows_written from {} where run = ? and step = ? and chunk = ?",
            name(self.schema)
        );
        let found: Option<(String, u64)> = session
            .connection()
            .exec_first(sql, (self.run, self.step, self.place))
            .await
            .map_err(|e| from_driver(e, WHAT))?;
        Ok(match found {
            Some((statement, done)) if statement == self.statement => {
                if done > 0 {
                    Progress::Done
                } else {
                    Progress::Begun
                }
            }
            _ => Progress::New,
        })
    }

    pub(super) async fn begun(&self, session: &mut Session) -> Result<()> {
        let sql = format!("delete from {} where run = ? and step = ? and chunk = ?", name(self.schema));
        let gone = session.connection().exec_drop(sql, (self.run, self.step, self.place)).await;
        gone.map_err(|e| from_driver(e, WHAT))?;
        put(session, self.schema, self.run, &self.statement, (self.step, self.place, 0, 0, 0, 0, 0)).await
    }

    pub(super) async fn done(&self, session: &mut Session) -> Result<()> {
        let sql = format!("update {} set rows_written = 1 where run = ? and step = ? and chunk = ?", name(self.schema));
        let done = session.connection().exec_drop(sql, (self.run, self.step, self.place)).await;
        done.map_err(|e| from_driver(e, WHAT))
    }
}

async fn exists(session: &mut Session, schema: &str) -> Result<bool> {
    let sql = format!(
        "select count(*) from information_schema.tables where table_schema = {} and table_name = {}",
        literal(schema),
        literal(CHECKPOINT_TABLE)
    );
    Ok(session.ask::<u64>(&sql, WHAT).await?.pop().unwrap_or(0) > 0)
}
