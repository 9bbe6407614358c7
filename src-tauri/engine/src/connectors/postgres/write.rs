//! Writing rows through `copy … from stdin`, and what belongs to a target: checkpoints, sequences, orphans.
//!
//! Invariant: a chunk's rows and its checkpoint are in one transaction. A batch stands under a savepoint of its own,
//! so that one which the server refuses leaves the others in.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{Field, Schema, SchemaRef};
use sqlx::{AssertSqlSafe, Row as _};
use tokio::sync::OnceCell;

use super::checkpoints;
use super::connect::{Server, Session};
use super::copy_encode::{self, Format, Target};
use super::dialect::{quote, quote_list, quote_table};
use super::encode_value::Kind;
use super::errors::{copy_column, from_sqlx, rejects_rows};
use super::sequences;
use super::stream::Stream;
use super::types::numeric_modifier;
use super::{Carried, Checkpoint, ChunkWriter, SequenceSet, WireFormat, WireStream, Write, wire};
use crate::catalog::{ForeignKey, Table, TableName};
use crate::error::{Error, ErrorKind, Result};

pub(super) struct Writer {
    pub(super) server: Arc<Server>,
    /// The URL's `schema`.
    schema: Option<String>,
    default_schema: OnceCell<String>,
}

impl Writer {
    pub(super) fn new(server: Arc<Server>, schema: Option<String>) -> Self {
        Writer { server, schema, default_schema: OnceCell::new() }
    }

    /// The URL's schema, else the first of the search path that exists.
    pub(super) async fn default_schema(&self) -> Result<&str> {
        let schema = self.default_schema.get_or_try_init(|| async {
            if let Some(schema) = &self.schema {
                return Ok(schema.clone());
            }
            let mut session = self.server.session().await?;
            let found = sqlx::query_scalar::<_, String>("select coalesce(current_schema()::text, 'public')")
                .fetch_one(session.connection())
                .await
                .map_err(|e| from_sqlx(e, "the default schema could not be asked for"))?;
            session.finish();
            Ok::<_, Error>(found)
        });
        schema.await.map(String::as_str)
    }

    /// A session in a chunk's transaction, what the columns take, and whether the table has constraints that can wait for
    /// the transaction's end.
    async fn open_chunk(&self, table: &Table, columns: &[String]) -> Result<(Session, Vec<Target>, bool)> {
        let mut session = self.server.session().await?;
        session.run(BEGIN, "a chunk could not begin").await.map_err(|e| e.table(table.name.to_string()))?;
        let (targets, deferrable) = targets(&mut session, &table.name, columns).await?;
        Ok((session, targets, deferrable))
    }

    /// `when` says when constraints are checked that can wait.
    async fn open_batches(&self, table: &Table, columns: &[String], when: &str) -> Result<Box<dyn ChunkWriter>> {
        let checkpoint_schema = self.default_schema().await?.to_string();
        let (mut session, targets, deferrable) = self.open_chunk(table, columns).await?;
        if deferrable {
            let sql = format!("set constraints all {when}");
            session.run(&sql, "a chunk could not begin").await.map_err(|e| e.table(table.name.to_string()))?;
        }
        let (table, columns) = (table.name.clone(), columns.to_vec());
        Ok(Box::new(Chunk { session, table, targets, columns, deferrable, checkpoint_schema }))
    }

    /// Runs statements in one transaction.
    pub(super) async fn transaction(&self, statements: &[String], what: &str) -> Result<()> {
        let mut session = self.server.session().await?;
        session.run("begin", what).await?;
        for statement in statements {
            if let Err(error) = session.run(statement, what).await {
                // Tells the server at once; dropping the session would do so later.
                let _ = session.run("rollback", what).await;
                return Err(error);
            }
        }
        session.run("commit", what).await?;
        session.finish();
        Ok(())
    }
}

#[async_trait]
impl Write for Writer {
    fn schema(&self, table: &Table, columns: &[String]) -> Result<SchemaRef> {
        let field = |name: &String| {
            let column = table.column(name).ok_or_else(|| no_column(&table.name, name))?;
            Ok(Field::new(name, column.logical.arrow(), true))
        };
        Ok(Arc::new(Schema::new(columns.iter().map(field).collect::<Result<Vec<_>>>()?)))
    }

    async fn apply(&self, statements: &[String], checkpoint: Option<&Checkpoint>) -> Result<()> {
        let mut session = self.server.session().await?;
        session.run(BEGIN_FOR_GOOD, "the statements could not begin").await?;
        for statement in statements {
            let what = format!("the statement failed: {}", first_line(statement));
            if let Err(error) = session.run(statement, &what).await {
                let _ = session.run("rollback", &what).await;
                return Err(error);
            }
        }
        if let Some(checkpoint) = checkpoint {
            checkpoints::insert(&mut session, self.default_schema().await?, checkpoint).await?;
        }
        session.run("commit", "the statements could not be committed").await?;
        session.finish();
        Ok(())
    }

    async fn prepare_checkpoints(&self) -> Result<()> {
        checkpoints::prepare(self).await
    }

    async fn checkpoints(&self, run: &str) -> Result<Vec<Checkpoint>> {
        checkpoints::of_run(self, run).await
    }

    async fn forget_checkpoints(&self, run: &str) -> Result<()> {
        checkpoints::forget(self, run).await
    }

    async fn wire_format(&self, table: &Table, columns: &[String]) -> Result<Option<WireFormat>> {
        let mut session = self.server.session().await?;
        let format = wire::wire_format(&mut session, &table.name, columns).await?;
        session.finish();
        Ok(format)
    }

    async fn begin_stream(&self, table: &Table, columns: &[String]) -> Result<Option<Box<dyn ChunkWriter>>> {
        if columns.is_empty() {
            return Ok(None);
        }
        let checkpoint_schema = self.default_schema().await?.to_string();
        let (session, targets, deferrable) = self.open_chunk(table, columns).await?;
        let format = Format::of(&targets, self.schema(table, columns)?.as_ref());
        let sql = copy_in(&table.name, columns, format);
        let settling = Settling { schema: checkpoint_schema, deferrable };
        let stream = Stream::open(session, table.name.clone(), targets, format, sql, settling);
        Ok(Some(Box::new(stream)))
    }

    async fn begin(&self, table: &Table, columns: &[String]) -> Result<Box<dyn ChunkWriter>> {
        // Rows may refer to such as come in a later batch of the chunk.
        self.open_batches(table, columns, "deferred").await
    }

    async fn begin_strict(&self, table: &Table, columns: &[String]) -> Result<Box<dyn ChunkWriter>> {
        self.open_batches(table, columns, "immediate").await
    }

    async fn own_schema(&self) -> Result<String> {
        self.default_schema().await.map(str::to_string)
    }

    async fn numbers(&self, table: &Table) -> Result<Vec<String>> {
        let what = format!("the sequences of {} could not be read", table.name);
        let mut session = self.server.session().await?;
        let numbers = sequences::restoring(&mut session, &table.name)
            .await
            .map_err(|e| from_sqlx(e, what).table(table.name.to_string()))?;
        session.finish();
        Ok(numbers)
    }

    async fn drop_schema_if_empty(&self, schema: &str) -> Result<bool> {
        let mut session = self.server.session().await?;
        let what = format!("the schema {schema} could not be dropped");
        let dropped = session.run(&format!("drop schema if exists {} restrict", quote(schema)), &what).await;
        session.finish();
        match dropped {
            Ok(_) => Ok(true),
            // Somebody has made something in it since.
            Err(e) if e.kind == ErrorKind::Unsupported => Ok(false),
            Err(e) => Err(e),
        }
    }

    async fn set_sequences(&self, table: &Table) -> Result<Vec<SequenceSet>> {
        let what = format!("the sequences of {} could not be set", table.name);
        let mut session = self.server.session().await?;
        let set = sequences::set(&mut session, &table.name)
            .await
            .map_err(|e| from_sqlx(e, what).table(table.name.to_string()))?;
        session.finish();
        Ok(set)
    }

    async fn prove_sequence(&self, table: &Table, set: SequenceSet) -> Result<SequenceSet> {
        let what = format!("the next number of {} could not be proved", table.name);
        let mut session = self.server.session().await?;
        let set = sequences::prove(&mut session, table, set)
            .await
            .map_err(|e| from_sqlx(e, what).table(table.name.to_string()))?;
        session.finish();
        Ok(set)
    }

    async fn orphans(&self, table: &Table, key: &ForeignKey) -> Result<u64> {
        let what = format!("the orphans of {} could not be counted", table.name);
        if key.columns.is_empty() || key.columns.len() != key.referenced_columns.len() {
            return Err(Error::internal(format!("the foreign key {} of {} has no column pairs", key.name, table.name)));
        }
        let present: Vec<_> = key.columns.iter().map(|c| format!("a.{} is not null", quote(c))).collect();
        let pairs = key.columns.iter().zip(&key.referenced_columns);
        let pairs: Vec<_> = pairs.map(|(c, r)| format!("b.{} = a.{}", quote(r), quote(c))).collect();
        let sql = format!(
            "select count(*) from {} a where {} and not exists (select 1 from {} b where {})",
            quote_table(&table.name),
            present.join(" and "),
            quote_table(&key.references),
            pairs.join(" and ")
        );
        let mut session = self.server.session().await?;
        let count: i64 = sqlx::raw_sql(AssertSqlSafe(sql))
            .fetch_one(session.connection())
            .await
            .and_then(|row| row.try_get(0))
            .map_err(|e| from_sqlx(e, what).table(table.name.to_string()))?;
        session.finish();
        Ok(u64::try_from(count).unwrap_or(0))
    }
}

fn no_column(table: &TableName, column: &str) -> Error {
    Error::new(ErrorKind::NotFound, format!("table {table} has no column {column}"))
        .table(table.to_string())
        .column(column)
}

/// Enough of a statement to know it; it holds names, no values.
fn first_line(statement: &str) -> String {
    let line = statement.lines().next().unwrap_or_default();
    // Constants stand in comments and defaults only, behind all names.
    let line = line.split('\'').next().unwrap_or_default().trim_end();
    line.chars().take(200).collect()
}

/// What the columns take, asked from the server: the table may have just been made, or have domains. And whether it has
/// constraints that can wait for a transaction's end.
async fn targets(session: &mut Session, table: &TableName, columns: &[String]) -> Result<(Vec<Target>, bool)> {
    let unread = |e| from_sqlx(e, format!("the columns of {table} could not be read")).table(table.to_string());
    let found = sqlx::query(include_str!("sql/target_columns.sql"))
        .bind(quote_table(table))
        .fetch_all(session.connection())
        .await
        .map_err(unread)?;
    let deferrable = found.first().map(|row| row.try_get("deferrable")).transpose().map_err(unread)?.unwrap_or(false);
    let rows = found.iter().map(target).collect::<sqlx::Result<Vec<_>>>().map_err(unread)?;
    if rows.is_empty() {
        return Err(Error::new(ErrorKind::NotFound, format!("table {table} does not exist")).table(table.to_string()));
    }
    let find = |name: &String| rows.iter().find(|t| t.name == *name).cloned().ok_or_else(|| no_column(table, name));
    Ok((columns.iter().map(find).collect::<Result<_>>()?, deferrable))
}

fn target(row: &sqlx::postgres::PgRow) -> sqlx::Result<Target> {
    let modifier: i32 = row.try_get("modifier")?;
    let type_name: String = row.try_get("type_name")?;
    let precision = if (0..=6).contains(&modifier) { modifier as u8 } else { 6 };
    let kind = if row.try_get("is_enum")? {
        Kind::Enum
    } else if !row.try_get::<bool, _>("built_in")? {
        Kind::Other
    } else {
        match type_name.as_str() {
            "bool" => Kind::Bool,
            "int2" => Kind::Int2,
            "int4" => Kind::Int4,
            "int8" => Kind::Int8,
            "float4" => Kind::Float4,
            "float8" => Kind::Float8,
            "numeric" => Kind::Numeric { scale: numeric_modifier(modifier).map(|(_, scale)| scale) },
            "text" => Kind::Text { max: None },
            "varchar" | "bpchar" => Kind::Text { max: (modifier >= 4).then(|| (modifier - 4) as u32) },
            "bytea" => Kind::Bytea,
            "date" => Kind::Date,
            "time" => Kind::Time { precision },
            "timestamp" => Kind::Timestamp { precision, zoned: false },
            "timestamptz" => Kind::Timestamp { precision, zoned: true },
            "uuid" => Kind::Uuid,
            "json" => Kind::Json,
            "jsonb" => Kind::Jsonb,
            _ => Kind::Other,
        }
    };
    Ok(Target { name: row.try_get("name")?, kind })
}

/// One chunk's transaction. Dropped, its session is closed, which rolls back.
struct Chunk {
    session: Session,
    table: TableName,
    targets: Vec<Target>,
    columns: Vec<String>,
    deferrable: bool,
    checkpoint_schema: String,
}

/// What a chunk's end needs to know.
pub(super) struct Settling {
    /// Where the checkpoints are.
    pub schema: String,
    /// Constraints may wait for the transaction's end.
    pub deferrable: bool,
}

pub(super) const COPY: &str = "rows could not be written";

/// The server need not wait for its disk at each chunk: rows and checkpoint are lost together or not at all. The commit
/// at the end of the load waits for all that came before it, and the run looks then whether every chunk is there.
const BEGIN: &str = "begin; set local synchronous_commit = off";

/// Its commit waits for the disk, whatever the server is set to.
const BEGIN_FOR_GOOD: &str = "begin; set local synchronous_commit = on";

impl Chunk {
    async fn copy(&mut self, sql: &str, stream: &[u8]) -> sqlx::Result<()> {
        let mut copy = self.session.connection().copy_in_raw(sql).await?;
        for piece in stream.chunks(1 << 20) {
            copy.send(piece).await?;
        }
        copy.finish().await.map(drop)
    }

    async fn rows_without_columns(&mut self, rows: usize) -> sqlx::Result<()> {
        let sql = format!("insert into {} select from generate_series(1, {rows})", quote_table(&self.table));
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(self.session.connection()).await.map(drop)
    }
}

#[async_trait]
impl ChunkWriter for Chunk {
    async fn write(&mut self, batch: &RecordBatch) -> Result<u64> {
        if batch.num_rows() == 0 {
            return Ok(0);
        }
        let place = |e: Error, table: &TableName| e.table(table.to_string());
        let format = Format::of(&self.targets, &batch.schema());
        // Before the server hears of the batch: what cannot be encoded costs no savepoint.
        let stream = copy_encode::encode(batch, &self.targets, format).map_err(|e| place(e, &self.table))?;
        self.session.run("savepoint rowferry_batch", COPY).await.map_err(|e| place(e, &self.table))?;
        let sql = copy_in(&self.table, &self.columns, format);
        let done = if self.columns.is_empty() {
            self.rows_without_columns(batch.num_rows()).await
        } else {
            self.copy(&sql, &stream).await
        };
        if let Err(error) = done {
            let column = copy_column(&error, &self.columns);
            let mut error = place(from_sqlx(error, COPY), &self.table);
            if let Some(column) = column {
                error = error.column(column);
            }
            if rejects_rows(&error) {
                let sql = "rollback to savepoint rowferry_batch; release savepoint rowferry_batch";
                self.session.run(sql, COPY).await?;
            }
            return Err(error);
        }
        self.session.run("release savepoint rowferry_batch", COPY).await.map_err(|e| place(e, &self.table))?;
        Ok(stream.len() as u64)
    }

    async fn write_wire(&mut self, rows: WireStream) -> Result<Carried> {
        let sql = copy_in(&self.table, &self.columns, Format::Binary);
        wire::copy_in(&mut self.session, &sql, self.columns.len(), rows)
            .await
            .map_err(|e| e.table(self.table.to_string()))
    }

    async fn commit(self: Box<Self>, checkpoint: &Checkpoint) -> Result<()> {
        let settling = Settling { schema: self.checkpoint_schema, deferrable: self.deferrable };
        finish_chunk(self.session, &settling, checkpoint).await.map_err(|e| e.table(self.table.to_string()))
    }

    async fn rollback(mut self: Box<Self>) -> Result<()> {
        self.session.run("rollback", "a chunk could not be rolled back").await?;
        self.session.finish();
        Ok(())
    }
}

fn copy_in(table: &TableName, columns: &[String], format: Format) -> String {
    format!("copy {} ({}) from stdin (format {})", quote_table(table), quote_list(columns), format.name())
}

/// Writes the checkpoint and commits, after a look at what could wait until now.
pub(super) async fn finish_chunk(mut session: Session, settling: &Settling, checkpoint: &Checkpoint) -> Result<()> {
    if settling.deferrable {
        session.run("set constraints all immediate", COPY).await?;
    }
    checkpoints::insert(&mut session, &settling.schema, checkpoint).await?;
    session.run("commit", "a chunk could not be committed").await.map_err(commit_refused)?;
    session.finish();
    Ok(())
}

/// At commit no single row can be set aside any more.
fn commit_refused(mut error: Error) -> Error {
    if rejects_rows(&error) {
        error.kind = ErrorKind::Unsupported;
        error.hint =
            Some("A deferred constraint of the target was not met: make it immediate, or load without it.".into());
    }
    error
}
