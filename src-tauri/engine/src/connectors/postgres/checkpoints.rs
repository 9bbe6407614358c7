//! The checkpoint table in the target: which chunks of which run are in.
//!
//! Invariant: its rows are only ever written in the transaction of their chunk.

use sqlx::{AssertSqlSafe, Row as _};

use super::connect::Session;
use super::dialect::{quote, quote_table};
use super::errors::from_sqlx;
use super::write::Writer;
use super::{CHECKPOINT_TABLE, Checkpoint};
use crate::catalog::TableName;
use crate::error::{Error, ErrorKind, Result};

const WHAT: &str = "the checkpoint table could not be used";
/// Any number will do, as long as every Rowferry takes the same: makers and droppers of the table wait for each other.
const LOCK: &str = "select pg_advisory_xact_lock(8243109847)";

fn name(schema: &str) -> String {
    quote_table(&TableName::new(schema, CHECKPOINT_TABLE))
}

pub(super) async fn prepare(writer: &Writer) -> Result<()> {
    let schema = writer.default_schema().await?;
    if exists(writer, schema).await? {
        return Ok(());
    }
    let columns = include_str!("sql/checkpoint_columns.sql").trim_end();
    let mut statements = vec![LOCK.to_string()];
    if !schema_exists(writer, schema).await? {
        statements.push(format!("create schema if not exists {}", quote(schema)));
    }
    statements.push(format!("create table if not exists {} {columns}", name(schema)));
    writer.transaction(&statements, WHAT).await
}

pub(super) async fn of_run(writer: &Writer, run: &str) -> Result<Vec<Checkpoint>> {
    let schema = writer.default_schema().await?;
    if !exists(writer, schema).await? {
        return Ok(Vec::new());
    }
    let sql = format!(
        "select run, fingerprint, step, chunk, rows_read, rows_written, rows_rejected, rows_filtered, bytes \
         from {} where run = $1 order by step, chunk",
        name(schema)
    );
    let mut session = writer.server.session().await?;
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(run)
        .fetch_all(session.connection())
        .await
        .and_then(|rows| rows.iter().map(checkpoint).collect())
        .map_err(|e| from_sqlx(e, WHAT))?;
    session.finish();
    Ok(rows)
}

fn checkpoint(row: &sqlx::postgres::PgRow) -> sqlx::Result<Checkpoint> {
    let number = |name: &str| Ok::<_, sqlx::Error>(u64::try_from(row.try_get::<i64, _>(name)?).unwrap_or(0));
    let place = |name: &str| Ok::<_, sqlx::Error>(u32::try_from(row.try_get::<i64, _>(name)?).unwrap_or(0));
    Ok(Checkpoint {
        run: row.try_get("run")?,
        fingerprint: row.try_get("fingerprint")?,
        step: place("step")?,
        chunk: place("chunk")?,
        read: number("rows_read")?,
        written: number("rows_written")?,
        rejected: number("rows_rejected")?,
        filtered: number("rows_filtered")?,
        bytes: number("bytes")?,
    })
}

pub(super) async fn forget(writer: &Writer, run: &str) -> Result<()> {
    let schema = writer.default_schema().await?;
    if !exists(writer, schema).await? {
        return Ok(());
    }
    let table = name(schema);
    let mut session = writer.server.session().await?;
    session.run("begin", WHAT).await?;
    session.run(LOCK, WHAT).await?;
    sqlx::query(AssertSqlSafe(format!("delete from {table} where run = $1")))
        .bind(run)
        .execute(session.connection())
        .await
        .map_err(|e| from_sqlx(e, WHAT))?;
    // Another run may be about to commit its first chunk: only an exclusive lock tells that the table is empty.
    session.run("savepoint before_drop", WHAT).await?;
    let locked = session.run(&format!("lock table {table} in access exclusive mode nowait"), WHAT).await;
    match locked {
        Ok(_) => {
            let sql = format!("select not exists (select 1 from {table})");
            let is_empty: bool = sqlx::raw_sql(AssertSqlSafe(sql))
                .fetch_one(session.connection())
                .await
                .and_then(|row| row.try_get(0))
                .map_err(|e| from_sqlx(e, WHAT))?;
            if is_empty {
                session.run(&format!("drop table {table}"), WHAT).await?;
            }
        }
        Err(error) if matches!(error.kind, ErrorKind::Busy | ErrorKind::Permission) => {
            session.run("rollback to savepoint before_drop", WHAT).await?;
        }
        Err(error) => return Err(error),
    }
    session.run("commit", WHAT).await?;
    session.finish();
    Ok(())
}

pub(super) async fn insert(session: &mut Session, schema: &str, checkpoint: &Checkpoint) -> Result<()> {
    let sql = format!(
        "insert into {} (run, fingerprint, step, chunk, rows_read, rows_written, rows_rejected, rows_filtered, bytes) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        name(schema)
    );
    let mut query = sqlx::query(AssertSqlSafe(sql)).bind(&checkpoint.run).bind(&checkpoint.fingerprint);
    query = query.bind(i64::from(checkpoint.step)).bind(i64::from(checkpoint.chunk));
    for number in [checkpoint.read, checkpoint.written, checkpoint.rejected, checkpoint.filtered, checkpoint.bytes] {
        query = query.bind(i64::try_from(number).unwrap_or(i64::MAX));
    }
    let done = query.execute(session.connection()).await.map_err(|e| from_sqlx(e, "a checkpoint could not be written"));
    match done {
        Ok(_) => Ok(()),
        // The chunk is in already: no row of it is at fault.
        Err(error) if error.kind == ErrorKind::Constraint => Err(Error::new(
            ErrorKind::Busy,
            format!("chunk {} of step {} is already in the target", checkpoint.chunk, checkpoint.step),
        )
        .hint("Another process works on the same run; resume it when that one has ended.")),
        Err(error) => Err(error),
    }
}

async fn exists(writer: &Writer, schema: &str) -> Result<bool> {
    ask(writer, "select to_regclass($1) is not null", &name(schema)).await
}

async fn schema_exists(writer: &Writer, schema: &str) -> Result<bool> {
    ask(writer, "select to_regnamespace($1) is not null", &quote(schema)).await
}

async fn ask(writer: &Writer, sql: &'static str, name: &str) -> Result<bool> {
    let mut session = writer.server.session().await?;
    let answer =
        sqlx::query_scalar(sql).bind(name).fetch_one(session.connection()).await.map_err(|e| from_sqlx(e, WHAT))?;
    session.finish();
    Ok(answer)
}
