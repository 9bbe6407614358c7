//! Writing rows, and what belongs to a target: statements, sequences, orphans.
//!
//! `load data local infile` is the quick way, but it turns errors into warnings and passes over duplicate keys. So a
//! batch that it took with any warning, or not whole, is taken back and sent again by `insert`, which says what is
//! wrong. Invariant: a chunk's rows and its checkpoint are in one transaction, and a batch stands under a savepoint.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{Field, Schema, SchemaRef};
use futures::StreamExt;
use mysql_async::prelude::Queryable;

use super::checkpoints;
use super::connect::{Server, Session};
use super::dialect::{literal, quote, quote_list, quote_table};
use super::encode::{Form, Kind, Rows, Target};
use super::errors::{about_rows, column_in, kind_of, rejects_rows, sentence};
use super::stream::Stream;
use super::types::is_geometry;
use super::{Checkpoint, ChunkWriter, SequenceProof, SequenceSet, Write};
use super::{numbers, statements};
use crate::catalog::{ForeignKey, Table, TableName};
use crate::error::{Error, ErrorKind, Result};

const WRITE: &str = "rows could not be written";
/// An `insert` is sent when it holds about this much.
const STATEMENT_BYTES: usize = 1 << 20;
/// The lines of `load data` are sent in pieces of about this size.
const PIECE_BYTES: usize = 1 << 19;

pub(super) struct Writer {
    pub(super) server: Arc<Server>,
}

impl Writer {
    pub(super) fn new(server: Arc<Server>) -> Self {
        Writer { server }
    }

    /// Where the checkpoints are.
    pub(super) fn default_schema(&self) -> Result<&str> {
        self.server.database.as_deref().ok_or_else(|| {
            Error::new(ErrorKind::InvalidUrl, "a target's URL must name the database to write to")
                .hint("Use mysql://user@host:port/database.")
        })
    }
}

impl Writer {
    async fn open_chunk(&self, table: &Table, columns: &[String]) -> Result<Chunk> {
        let schema = self.default_schema()?.to_string();
        let mut session = self.server.session().await?;
        let targets = targets(&mut session, &table.name, columns).await?;
        let (infile, packet) = abilities(&mut session).await?;
        session.run("start transaction read write", "a chunk could not begin").await?;
        let statement_bytes = STATEMENT_BYTES.min(packet / 2);
        let columns = columns.to_vec();
        Ok(Chunk { session, table: table.clone(), targets, columns, schema, infile, statement_bytes })
    }
}

#[async_trait]
impl Write for Writer {
    fn schema(&self, table: &Table, columns: &[String]) -> Result<SchemaRef> {
        let field = |name: &String| Ok(Field::new(name, super::read::column(table, name)?.logical.arrow(), true));
        Ok(Arc::new(Schema::new(columns.iter().map(field).collect::<Result<Vec<_>>>()?)))
    }

    /// See `statements`.
    async fn apply(&self, statements: &[String], checkpoint: Option<&Checkpoint>) -> Result<()> {
        statements::apply(self, statements, checkpoint).await
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

    async fn begin_stream(&self, table: &Table, columns: &[String]) -> Result<Option<Box<dyn ChunkWriter>>> {
        let chunk = self.open_chunk(table, columns).await?;
        if !chunk.infile || columns.is_empty() {
            chunk.session.run_and_finish("rollback", "a chunk could not be rolled back").await?;
            return Ok(None);
        }
        Ok(Some(Box::new(Stream::open(chunk))))
    }

    async fn begin(&self, table: &Table, columns: &[String]) -> Result<Box<dyn ChunkWriter>> {
        Ok(Box::new(self.open_chunk(table, columns).await?))
    }

    async fn own_schema(&self) -> Result<String> {
        self.default_schema().map(str::to_string)
    }

    async fn numbers(&self, table: &Table) -> Result<Vec<String>> {
        let what = format!("the next number of {} could not be asked for", table.name);
        let sql = format!(
            "select auto_increment from information_schema.tables where table_schema = {} and table_name = {}",
            literal(&table.name.schema),
            literal(&table.name.table)
        );
        let mut session = self.server.session().await?;
        // MySQL 8 answers from a cache a day old otherwise; MariaDB does not know the setting.
        let _ = session.run("set information_schema_stats_expiry = 0", &what).await;
        let next = session.ask::<Option<u64>>(&sql, &what).await?.pop().flatten();
        session.finish();
        let name = quote_table(&table.name);
        Ok(next.map(|next| format!("alter table {name} auto_increment = {next}")).into_iter().collect())
    }

    async fn drop_schema_if_empty(&self, schema: &str) -> Result<bool> {
        statements::drop_database_if_empty(self, schema).await
    }

    async fn set_sequences(&self, table: &Table) -> Result<Vec<SequenceSet>> {
        let what = format!("the next number of {} could not be set", table.name);
        let sql = format!(
            "select column_name from information_schema.columns where table_schema = {} and table_name = {} \
             and extra like '%auto_increment%'",
            literal(&table.name.schema),
            literal(&table.name.table)
        );
        let name = quote_table(&table.name);
        let mut session = self.server.session().await?;
        let mut set = Vec::new();
        for column in session.ask::<String>(&sql, &what).await? {
            let sql = format!("select max({}) from {name}", quote(&column));
            let Some(Some(last)) = session.ask::<Option<i128>>(&sql, &what).await?.pop() else { continue };
            let next = i64::try_from(last.max(0) + 1).unwrap_or(i64::MAX);
            session.run(&format!("alter table {name} auto_increment = {next}"), &what).await?;
            let sequence = format!("auto_increment of {}", table.name);
            set.push(SequenceSet { sequence, column, next, proof: SequenceProof::LookedUp });
        }
        session.finish();
        Ok(set)
    }

    async fn prove_sequence(&self, table: &Table, set: SequenceSet) -> Result<SequenceSet> {
        let mut session = self.server.session().await?;
        let set = numbers::prove(&mut session, table, set).await.map_err(|e| e.table(table.name.to_string()))?;
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
        let count = session.ask::<u64>(&sql, &what).await.map_err(|e| e.table(table.name.to_string()))?.pop();
        session.finish();
        Ok(count.unwrap_or(0))
    }
}

/// May the client send files, and how large may a packet be?
async fn abilities(session: &mut Session) -> Result<(bool, usize)> {
    let sql = "select @@global.local_infile, @@max_allowed_packet";
    let found = session.ask::<(u8, usize)>(sql, "the server's settings could not be read").await?.pop();
    let (infile, packet) = found.unwrap_or((0, STATEMENT_BYTES));
    Ok((infile != 0, packet))
}

/// What the columns take, asked from the server: the table may have just been made.
async fn targets(session: &mut Session, table: &TableName, columns: &[String]) -> Result<Vec<Target>> {
    let what = format!("the columns of {table} could not be read");
    let place = format!("table_schema = {} and table_name = {}", literal(&table.schema), literal(&table.table));
    let sql = format!(
        "select e.transactions from information_schema.tables t \
         left join information_schema.engines e on e.engine = t.engine where {place}"
    );
    match session.ask::<Option<String>>(&sql, &what).await?.pop() {
        None => {
            let what = format!("table {table} does not exist");
            return Err(Error::new(ErrorKind::NotFound, what).table(table.to_string()));
        }
        Some(transactions) if transactions.as_deref() != Some("YES") => {
            let what = format!("table {table} has an engine without transactions, so a chunk could not be taken back");
            return Err(Error::new(ErrorKind::Unsupported, what)
                .table(table.to_string())
                .hint("Convert it: alter table … engine = InnoDB."));
        }
        Some(_) => {}
    }
    let sql =
        format!("select column_name, data_type, datetime_precision from information_schema.columns where {place}");
    let found = session.ask::<(String, String, Option<u8>)>(&sql, &what).await?;
    let target = |name: &String| {
        let (_, native, fraction) = found.iter().find(|(n, ..)| n == name).ok_or_else(|| {
            Error::new(ErrorKind::NotFound, format!("table {table} has no column {name}"))
                .table(table.to_string())
                .column(name)
        })?;
        let native = native.to_ascii_lowercase();
        let kind = match native.as_str() {
            "bit" => Kind::Bit,
            "year" => Kind::Year,
            n if n.ends_with("binary") || n.ends_with("blob") => Kind::Bytes,
            n if is_geometry(n) => Kind::Geometry,
            _ => Kind::Plain,
        };
        Ok(Target { name: name.clone(), kind, fraction: fraction.unwrap_or(6) })
    };
    columns.iter().map(target).collect()
}

/// One chunk's transaction. Dropped, its session is closed, which rolls back.
pub(super) struct Chunk {
    pub(super) session: Session,
    pub(super) table: Table,
    pub(super) targets: Vec<Target>,
    columns: Vec<String>,
    schema: String,
    /// Does the server take files from its clients?
    infile: bool,
    statement_bytes: usize,
}

impl Chunk {
    pub(super) fn refused(&self, error: mysql_async::Error) -> Error {
        about_rows(error, WRITE, &self.table, &self.columns)
    }

    pub(super) fn load_statement(&self, charset: &str) -> String {
        let field = |(i, t): (usize, &Target)| if t.assigned("").is_none() { quote(&t.name) } else { format!("@v{i}") };
        let fields: Vec<_> = self.targets.iter().enumerate().map(field).collect();
        let set = self.targets.iter().enumerate().filter_map(|(i, t)| t.assigned(&format!("@v{i}")));
        let set = set.collect::<Vec<_>>().join(", ");
        format!(
            "load data local infile 'rowferry' into table {} character set {charset} \
             fields terminated by '\\t' escaped by '\\\\' lines terminated by '\\n' ({}){}{set}",
            quote_table(&self.table.name),
            fields.join(", "),
            if set.is_empty() { "" } else { " set " },
        )
    }

    /// Sends the lines; `false` when not every row is in just as it was sent.
    async fn load(&mut self, lines: Vec<Vec<u8>>, rows: usize) -> Result<bool> {
        let sql = self.load_statement("utf8mb4");
        let connection = self.session.connection();
        connection.set_infile_handler(async move {
            Ok(futures::stream::iter(lines.into_iter().map(|piece| Ok(piece.into()))).boxed())
        });
        let loaded = match connection.query_iter(sql).await {
            Ok(result) => {
                let whole = result.warnings() == 0 && result.affected_rows() == rows as u64;
                result.drop_result().await.map(|()| whole)
            }
            Err(error) => Err(error),
        };
        match loaded {
            Ok(whole) => Ok(whole),
            // Files are not allowed after all.
            Err(mysql_async::Error::Server(e)) if matches!(e.code, 1148 | 3948 | 3950 | 4166) => {
                self.infile = false;
                Ok(false)
            }
            Err(error) => {
                let error = self.refused(error);
                if rejects_rows(&error) { Ok(false) } else { Err(error) }
            }
        }
    }

    /// By `insert`, which stops at the first row that is refused.
    async fn insert(&mut self, batch: &RecordBatch) -> Result<u64> {
        let targets = self.targets.clone();
        let rows = Rows::new(batch, &targets)?;
        let head = format!("insert into {} ({}) values ", quote_table(&self.table.name), quote_list(&self.columns));
        let mut bytes = 0;
        let mut sql = head.clone().into_bytes();
        for row in 0..batch.num_rows() {
            if sql.len() > head.len() {
                sql.push(b',');
            }
            rows.write(row, Form::Literals, &mut sql)?;
            if sql.len() >= self.statement_bytes || row + 1 == batch.num_rows() {
                bytes += sql.len() as u64;
                let next = head.clone().into_bytes();
                self.insert_statement(std::mem::replace(&mut sql, next)).await?;
            }
        }
        Ok(bytes)
    }

    async fn insert_statement(&mut self, sql: Vec<u8>) -> Result<()> {
        let result = self.session.connection().query_iter(sql).await;
        let warned = match result {
            Ok(result) => {
                let warned = result.warnings() > 0;
                result.drop_result().await.map(|()| warned)
            }
            Err(error) => Err(error),
        };
        if !warned.map_err(|e| self.refused(e))? {
            return Ok(());
        }
        // A value was changed to fit.
        let warnings = self.session.ask::<(String, u16, String)>("show warnings", WRITE).await?;
        let Some((_, code, message)) = warnings.into_iter().next() else { return Ok(()) };
        let mut error = Error::new(ErrorKind::Conversion, WRITE)
            .detail(sentence(code, &message, ErrorKind::Conversion))
            .table(self.table.name.to_string());
        if kind_of(code) == ErrorKind::Constraint {
            error.kind = ErrorKind::Constraint;
        }
        if let Some(column) = column_in(&message, &self.columns) {
            error = error.column(column);
        }
        Err(error)
    }

    async fn rows_without_columns(&mut self, rows: usize) -> Result<u64> {
        let sql = format!("insert into {} () values {}", quote_table(&self.table.name), vec!["()"; rows].join(","));
        self.insert_statement(sql.into_bytes()).await.map(|()| 0)
    }

    async fn send(&mut self, batch: &RecordBatch, lines: Option<Vec<Vec<u8>>>) -> Result<u64> {
        if self.columns.is_empty() {
            return self.rows_without_columns(batch.num_rows()).await;
        }
        if let Some(lines) = lines {
            let bytes = lines.iter().map(|piece| piece.len() as u64).sum();
            if self.load(lines, batch.num_rows()).await? {
                return Ok(bytes);
            }
            self.session.run("rollback to savepoint rowferry_batch", WRITE).await?;
        }
        self.insert(batch).await
    }
}

/// The batch as lines of `load data`, in pieces.
pub(super) fn lines_of(batch: &RecordBatch, targets: &[Target]) -> Result<Vec<Vec<u8>>> {
    let rows = Rows::new(batch, targets)?;
    let mut pieces = Vec::new();
    let mut piece = Vec::with_capacity(PIECE_BYTES + 4096);
    for row in 0..batch.num_rows() {
        rows.write(row, Form::Lines, &mut piece)?;
        if piece.len() >= PIECE_BYTES || row + 1 == batch.num_rows() {
            pieces.push(std::mem::replace(&mut piece, Vec::with_capacity(PIECE_BYTES + 4096)));
        }
    }
    Ok(pieces)
}

#[async_trait]
impl ChunkWriter for Chunk {
    async fn write(&mut self, batch: &RecordBatch) -> Result<u64> {
        if batch.num_rows() == 0 {
            return Ok(0);
        }
        let table = self.table.name.to_string();
        // Before the server hears of the batch: what cannot be encoded costs no savepoint.
        let mut lines = None;
        if self.infile && !self.columns.is_empty() {
            lines = Some(lines_of(batch, &self.targets).map_err(|e| e.table(&table))?);
        }
        self.session.run("savepoint rowferry_batch", WRITE).await.map_err(|e| e.table(&table))?;
        match self.send(batch, lines).await {
            Ok(bytes) => {
                self.session.run("release savepoint rowferry_batch", WRITE).await.map_err(|e| e.table(&table))?;
                Ok(bytes)
            }
            Err(error) => {
                if rejects_rows(&error) {
                    self.session.run("rollback to savepoint rowferry_batch", WRITE).await?;
                }
                Err(error.table(table))
            }
        }
    }

    async fn commit(mut self: Box<Self>, checkpoint: &Checkpoint) -> Result<()> {
        checkpoints::insert(&mut self.session, &self.schema, checkpoint).await?;
        self.session.run("commit", "a chunk could not be committed").await?;
        self.session.finish();
        Ok(())
    }

    async fn rollback(mut self: Box<Self>) -> Result<()> {
        self.session.run("rollback", "a chunk could not be rolled back").await?;
        self.session.finish();
        Ok(())
    }
}
