//! Writing rows into SQLite. Only `run` calls this.
//!
//! A chunk is one `begin immediate` transaction on a connection whose foreign keys and triggers are off: rows arrive
//! in any order, and no trigger may change or double them. Both are settings of that connection, so nothing has to be
//! put back. The file's journal mode and `synchronous` stay as its owner set them.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, OptionalExtension};

use super::connect::{Database, blocking};
use super::dialect::{quote, table as table_name};
use super::encode::Encoder;
use super::errors::error;
use super::types;
use crate::catalog::{Column, ForeignKey, Identity, Table, TableName};
use crate::connectors::{Checkpoint, ChunkWriter, SequenceProof, SequenceSet, Write};
use crate::error::{Advice, Error, ErrorKind, Result};

/// Values in one `insert`: beyond this longer statements gain nothing.
const PARAMETERS: usize = 999;

pub(super) struct Writer {
    database: Database,
    /// The connection of the last chunk, for the next one.
    idle: Arc<Mutex<Option<Connection>>>,
}

impl Writer {
    pub(super) fn new(database: Database) -> Writer {
        Writer { database, idle: Arc::default() }
    }

    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let database = self.database.clone();
        blocking(move || work(&mut database.writing_connection()?)).await
    }
}

fn loading_connection(database: &Database) -> Result<Connection> {
    let connection = database.writing_connection()?;
    suspend_references(&connection)?;
    Ok(connection)
}

/// Foreign keys and triggers off, on this connection only.
fn suspend_references(connection: &Connection) -> Result<()> {
    let failed = |e| error("the connection cannot be prepared for loading", e);
    connection.pragma_update(None, "foreign_keys", false).map_err(failed)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false).map_err(failed)?;
    Ok(())
}

fn insert_checkpoint(connection: &Connection, checkpoint: &Checkpoint) -> rusqlite::Result<()> {
    let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(include_str!("sql/insert_checkpoint.sql"))?;
    statement.execute(rusqlite::params![
        checkpoint.run,
        checkpoint.fingerprint,
        checkpoint.step,
        checkpoint.chunk,
        count(checkpoint.read),
        count(checkpoint.written),
        count(checkpoint.rejected),
        count(checkpoint.filtered),
        count(checkpoint.bytes),
    ])?;
    Ok(())
}

/// What SQLite's own count says of a table.
enum Given {
    /// No table of the file counts.
    Uncounted,
    Nothing,
    UpTo(i64),
}

fn given(connection: &Connection, table: &TableName) -> Result<Given> {
    let failed = |e| error("the next number cannot be looked up", e).table(table.to_string());
    let counts: bool =
        connection.query_row(include_str!("sql/has_autoincrement.sql"), [], |row| row.get(0)).map_err(failed)?;
    if !counts {
        return Ok(Given::Uncounted);
    }
    let last = connection
        .query_row(include_str!("sql/autoincrement.sql"), [&table.table], |row| row.get::<_, i64>(0))
        .optional()
        .map_err(failed)?;
    Ok(last.map_or(Given::Nothing, Given::UpTo))
}

fn has_checkpoints(connection: &Connection) -> Result<bool> {
    connection
        .query_row(include_str!("sql/has_checkpoints.sql"), [], |row| row.get(0))
        .map_err(|e| error("the checkpoint table cannot be looked for", e))
}

#[async_trait]
impl Write for Writer {
    /// The columns' declared types: SQLite would take more, but a `SMALLINT` should hold what its name says.
    fn schema(&self, table: &Table, columns: &[String]) -> Result<SchemaRef> {
        types::schema(table, columns, |logical| logical.arrow())
    }

    async fn apply(&self, statements: &[String], checkpoint: Option<&Checkpoint>) -> Result<()> {
        let (statements, checkpoint) = (statements.to_vec(), checkpoint.cloned());
        self.with(move |connection| {
            let failed = |e| error("the statements cannot be run", e);
            // Deleting the rows of a table must not run into other tables.
            suspend_references(connection)?;
            let transaction =
                connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(failed)?;
            for statement in &statements {
                transaction
                    .execute_batch(statement)
                    .map_err(|e| error(format!("`{} …` failed", statement_head(statement)), e))?;
            }
            if let Some(checkpoint) = &checkpoint {
                insert_checkpoint(&transaction, checkpoint).map_err(failed)?;
            }
            transaction.commit().map_err(failed)
        })
        .await
    }

    async fn prepare_checkpoints(&self) -> Result<()> {
        self.with(|connection| {
            connection
                .execute_batch(include_str!("sql/create_checkpoints.sql"))
                .map_err(|e| error("the checkpoint table cannot be made", e))
        })
        .await
    }

    async fn checkpoints(&self, run: &str) -> Result<Vec<Checkpoint>> {
        let run = run.to_string();
        self.with(move |connection| {
            if !has_checkpoints(connection)? {
                return Ok(Vec::new());
            }
            let failed = |e| error("the checkpoints cannot be read", e);
            let mut statement = connection.prepare(include_str!("sql/checkpoints.sql")).map_err(failed)?;
            let found = statement
                .query_map([run], |row| {
                    let count = |i| row.get::<_, i64>(i).map(i64::unsigned_abs);
                    Ok(Checkpoint {
                        run: row.get(0)?,
                        fingerprint: row.get(1)?,
                        step: row.get(2)?,
                        chunk: row.get(3)?,
                        read: count(4)?,
                        written: count(5)?,
                        rejected: count(6)?,
                        filtered: count(7)?,
                        bytes: count(8)?,
                    })
                })
                .map_err(failed)?;
            found.collect::<rusqlite::Result<_>>().map_err(failed)
        })
        .await
    }

    async fn forget_checkpoints(&self, run: &str) -> Result<()> {
        let run = run.to_string();
        self.with(move |connection| {
            let failed = |e| error("the run's checkpoints cannot be removed", e);
            let transaction =
                connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(failed)?;
            if has_checkpoints(&transaction)? {
                transaction.execute(include_str!("sql/forget_checkpoints.sql"), [run]).map_err(failed)?;
                let left: bool = transaction
                    .query_row(include_str!("sql/any_checkpoints.sql"), [], |row| row.get(0))
                    .map_err(failed)?;
                if !left {
                    transaction.execute_batch(include_str!("sql/drop_checkpoints.sql")).map_err(failed)?;
                }
            }
            transaction.commit().map_err(failed)
        })
        .await
    }

    async fn begin(&self, table: &Table, columns: &[String]) -> Result<Box<dyn ChunkWriter>> {
        let schema = self.schema(table, columns)?;
        let targets: Vec<Column> = columns.iter().filter_map(|name| table.column(name)).cloned().collect();
        let (database, idle) = (self.database.clone(), self.idle.clone());
        let name = table.name.to_string();
        let insert = Insert::new(table, columns);
        blocking(move || {
            let waiting = idle.lock().unwrap_or_else(PoisonError::into_inner).take();
            let connection = match waiting {
                Some(connection) => connection,
                None => loading_connection(&database)?,
            };
            connection
                .execute_batch("begin immediate")
                .map_err(|e| error("a transaction cannot be opened", e).table(&name))?;
            let chunk = Chunk { connection: Some(connection), idle, insert, targets, schema, table: name };
            Ok(Box::new(chunk) as Box<dyn ChunkWriter>)
        })
        .await
    }

    async fn own_schema(&self) -> Result<String> {
        Ok("main".into())
    }

    async fn numbers(&self, table: &Table) -> Result<Vec<String>> {
        let name = table.name.clone();
        self.with(move |connection| {
            let given = given(connection, &name)?;
            let text = name.table.replace('\'', "''");
            Ok(match given {
                Given::Uncounted => Vec::new(),
                Given::Nothing => vec![format!("delete from main.sqlite_sequence where name = '{text}'")],
                Given::UpTo(last) => {
                    vec![format!("update main.sqlite_sequence set seq = {last} where name = '{text}'")]
                }
            })
        })
        .await
    }

    /// SQLite keeps its own count: an insert of a greater number moves it. Nothing is set; what it will give next is
    /// looked up.
    async fn set_sequences(&self, table: &Table) -> Result<Vec<SequenceSet>> {
        let table = table.clone();
        self.with(move |connection| {
            let Some(column) = table.columns.iter().find(|c| c.identity == Some(Identity::ByDefault)) else {
                return Ok(Vec::new());
            };
            let failed = |e| error("the next number cannot be looked up", e).table(table.name.to_string());
            let sql = format!("select max({}) from {}", quote(&column.name), table_name(&table.name));
            let Some(greatest) = connection.query_row(&sql, [], |row| row.get::<_, Option<i64>>(0)).map_err(failed)?
            else {
                return Ok(Vec::new());
            };
            let given = match given(connection, &table.name)? {
                Given::UpTo(last) => last,
                Given::Nothing | Given::Uncounted => i64::MIN,
            };
            let next = greatest.max(given).saturating_add(1).max(1);
            let (sequence, column) = (table.name.table.clone(), column.name.clone());
            Ok(vec![SequenceSet { sequence, column, next, proof: SequenceProof::LookedUp }])
        })
        .await
    }

    /// The count is a row of a table, and rolled back like any other.
    async fn prove_sequence(&self, table: &Table, mut set: SequenceSet) -> Result<SequenceSet> {
        let (name, column) = (table_name(&table.name), set.column.clone());
        let others = table.columns.iter().filter(|c| c.name != column && c.generated.is_none());
        let others = others.map(|c| quote(&c.name)).collect::<Vec<_>>().join(", ");
        let table = table.name.clone();
        self.with(move |connection| {
            let failed = |e| error("the next number cannot be proved", e).table(table.to_string());
            suspend_references(connection)?;
            let transaction =
                connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(failed)?;
            let copy = match others.is_empty() {
                true => format!("insert into {name} default values"),
                false => format!("insert into {name} ({others}) select {others} from {name} limit 1"),
            };
            match transaction.execute(&copy, []) {
                Ok(_) => (set.next, set.proof) = (transaction.last_insert_rowid(), SequenceProof::Inserted),
                Err(e) if e.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull) => {
                    // What SQLite says when there is no greater number.
                    let reason = format!("{table} has no number left");
                    set.proof = SequenceProof::Failed { reason };
                }
                // Another key of the copied row, or a check.
                Err(e) if e.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation) => {}
                Err(e) => return Err(failed(e)),
            }
            transaction.rollback().map_err(failed)?;
            Ok(set)
        })
        .await
    }

    async fn orphans(&self, table: &Table, key: &ForeignKey) -> Result<u64> {
        let (name, key) = (table.name.clone(), key.clone());
        self.with(move |connection| {
            let present: Vec<_> = key.columns.iter().map(|c| format!("child.{} is not null", quote(c))).collect();
            // The parent's column stands first: its collation and affinity decide, as in SQLite's own check.
            let equal: Vec<_> = key
                .referenced_columns
                .iter()
                .zip(&key.columns)
                .map(|(parent, child)| format!("parent.{} = child.{}", quote(parent), quote(child)))
                .collect();
            let sql = format!(
                "select count(*) from {} as child where {} and not exists (select 1 from {} as parent where {})",
                table_name(&name),
                present.join(" and "),
                table_name(&key.references),
                equal.join(" and ")
            );
            let count: i64 = connection
                .query_row(&sql, [], |row| row.get(0))
                .map_err(|e| error("orphans cannot be looked for", e).table(name.to_string()))?;
            Ok(count.unsigned_abs())
        })
        .await
    }
}

/// What a statement does, without what it says: a default in it could be data.
fn statement_head(statement: &str) -> String {
    statement.split_whitespace().take(3).collect::<Vec<_>>().join(" ")
}

/// The text of `insert`s of one row and of many.
struct Insert {
    into: String,
    columns: usize,
}

impl Insert {
    fn new(table: &Table, columns: &[String]) -> Insert {
        let names: Vec<_> = columns.iter().map(|c| quote(c)).collect();
        // `or abort` overrides a conflict clause of the table, which might drop or replace rows in silence.
        let into = format!("insert or abort into {} ({}) values ", table_name(&table.name), names.join(", "));
        Insert { into, columns: columns.len() }
    }

    fn sql(&self, rows: usize) -> String {
        let row = format!("({})", vec!["?"; self.columns].join(", "));
        self.into.clone() + &vec![row.as_str(); rows].join(", ")
    }
}

struct Chunk {
    /// Gone while a call runs, and after the end.
    connection: Option<Connection>,
    idle: Arc<Mutex<Option<Connection>>>,
    insert: Insert,
    targets: Vec<Column>,
    schema: SchemaRef,
    table: String,
}

impl Chunk {
    fn over() -> Error {
        Error::internal("the chunk's transaction is over")
    }

    /// Writes the batch under a savepoint; a row that is refused takes the whole batch back.
    fn write_batch(connection: &Connection, insert: &Insert, targets: &[Column], batch: &RecordBatch) -> Result<u64> {
        let failed = |e| error("rows cannot be written", e);
        connection.execute_batch("savepoint batch").map_err(failed)?;
        let written = insert_all(connection, insert, targets, batch);
        let undo = match &written {
            Ok(_) => "release batch",
            Err(_) => "rollback to batch; release batch",
        };
        match (written, connection.execute_batch(undo)) {
            (Ok(bytes), Ok(())) => Ok(bytes),
            (Ok(_), Err(e)) => Err(failed(e)),
            (Err(e), Ok(())) => Err(e),
            // SQLite has ended the transaction by itself (a full disk): no row can be set aside in it.
            (Err(e), Err(_)) if e.kind.advice() == Advice::RejectRows => {
                Err(Error::new(ErrorKind::Transient, "the transaction ended while a row was refused").source(e))
            }
            (Err(e), Err(_)) => Err(e),
        }
    }
}

fn insert_all(connection: &Connection, insert: &Insert, targets: &[Column], batch: &RecordBatch) -> Result<u64> {
    let failed = |e| error("rows cannot be written", e);
    let limit = connection.limit(Limit::SQLITE_LIMIT_VARIABLE_NUMBER).map_err(failed)?;
    let room = usize::try_from(limit).unwrap_or(PARAMETERS).min(PARAMETERS);
    let group = (room / insert.columns.max(1)).max(1);
    let encoders = targets
        .iter()
        .zip(batch.columns())
        .map(|(column, array)| Encoder::new(column, array))
        .collect::<Result<Vec<_>>>()?;
    let (mut bytes, mut row) = (0u64, 0);
    while row < batch.num_rows() {
        // Whole groups, and the rest row by row: two statements serve every batch.
        let rows = if batch.num_rows() - row >= group { group } else { 1 };
        let mut statement = connection.prepare_cached(&insert.sql(rows)).map_err(failed)?;
        let mut parameter = 0;
        for row in row..row + rows {
            for (encoder, column) in encoders.iter().zip(targets) {
                parameter += 1;
                let value = encoder.value(row).map_err(|reason| {
                    Error::new(ErrorKind::Conversion, format!("a value for column {} {reason}", column.name))
                        .column(&column.name)
                })?;
                bytes += size(&value);
                statement.raw_bind_parameter(parameter, value).map_err(failed)?;
            }
        }
        statement.raw_execute().map_err(failed)?;
        row += rows;
    }
    Ok(bytes)
}

fn size(value: &ToSqlOutput<'_>) -> u64 {
    let bytes = match value {
        ToSqlOutput::Borrowed(ValueRef::Text(bytes) | ValueRef::Blob(bytes)) => bytes.len(),
        ToSqlOutput::Owned(Value::Text(text)) => text.len(),
        ToSqlOutput::Borrowed(ValueRef::Null) => 0,
        _ => 8,
    };
    bytes as u64
}

#[async_trait]
impl ChunkWriter for Chunk {
    async fn write(&mut self, batch: &RecordBatch) -> Result<u64> {
        if batch.num_rows() == 0 {
            return Ok(0);
        }
        let types = |schema: &SchemaRef| schema.fields().iter().map(|f| f.data_type().clone()).collect::<Vec<_>>();
        if types(&batch.schema()) != types(&self.schema) {
            return Err(Error::internal("a batch of other columns than the chunk's was handed to SQLite"));
        }
        let connection = self.connection.take().ok_or_else(Chunk::over)?;
        let (batch, targets) = (batch.clone(), self.targets.clone());
        let insert = Insert { into: self.insert.into.clone(), columns: self.insert.columns };
        // A call that is dropped half-way drops the connection too, and with it the transaction.
        let (connection, written) = blocking(move || {
            let written = Chunk::write_batch(&connection, &insert, &targets, &batch);
            Ok((connection, written))
        })
        .await?;
        let over = matches!(&written, Err(e) if e.kind.advice() != Advice::RejectRows);
        if !over {
            self.connection = Some(connection);
        }
        written.map_err(|e| e.table(&self.table))
    }

    async fn commit(mut self: Box<Self>, checkpoint: &Checkpoint) -> Result<()> {
        let connection = self.connection.take().ok_or_else(Chunk::over)?;
        let (checkpoint, idle) = (checkpoint.clone(), self.idle.clone());
        blocking(move || {
            let failed = |e| error("the chunk cannot be committed", e);
            insert_checkpoint(&connection, &checkpoint).map_err(failed)?;
            connection.execute_batch("commit").map_err(failed)?;
            keep(&idle, connection);
            Ok(())
        })
        .await
        .map_err(|e| e.table(&self.table))
    }

    async fn rollback(mut self: Box<Self>) -> Result<()> {
        let Some(connection) = self.connection.take() else { return Ok(()) };
        let idle = self.idle.clone();
        blocking(move || {
            // SQLite may have rolled back by itself.
            if !connection.is_autocommit() {
                connection.execute_batch("rollback").map_err(|e| error("the chunk cannot be rolled back", e))?;
            }
            keep(&idle, connection);
            Ok(())
        })
        .await
    }
}

fn keep(idle: &Mutex<Option<Connection>>, connection: Connection) {
    *idle.lock().unwrap_or_else(PoisonError::into_inner) = Some(connection);
}
