//! Writing files. Only `run` calls this.
//!
//! Chunks become parts in the run's hidden folder, in any order and at the same time; nothing that a person sees changes
//! before `publish`, which joins them into one file and renames that into its place. So a statement that comes with the
//! checkpoint of a run (create, delete rows) is kept and obeyed at the publishing, and a run that fails leaves the old
//! file as it was. A statement without a checkpoint is obeyed at once.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;

use super::aside;
use super::stage::{Entry, Published, Stage, sync_folder};
use super::statement::{Action, Statement};
use super::{blocking, failed};
use crate::catalog::{ForeignKey, Table};
use crate::connectors::{Checkpoint, ChunkWriter, SequenceSet, Write};
use crate::error::{Error, ErrorKind, Result};

/// One file format that can be written.
pub trait Format: Send + Sync + 'static {
    /// The folder of the target's files.
    fn folder(&self) -> PathBuf;

    /// The files of the table, or where its one file would be.
    ///
    /// # Errors
    /// When no file can have this name.
    fn place(&self, table: &str) -> Result<Place>;

    fn schema(&self, table: &Table, columns: &[String]) -> Result<SchemaRef>;

    /// Begins a part with all columns of the table, of which `columns` are given.
    fn part(&self, table: &Table, columns: &[String], file: File) -> Result<Box<dyn PartWriter>>;

    /// Writes the file that is made of the old one's rows, where they stay, and the parts.
    fn join(&self, join: Join<'_>, file: File) -> Result<File>;
}

/// Where a table's rows are.
#[derive(Debug, Clone)]
pub struct Place {
    /// Empty when the table does not exist.
    pub files: Vec<PathBuf>,
    /// What gives way to a new file: the file, or the folder of the files.
    pub whole: PathBuf,
    /// Where the new file stands.
    pub new: PathBuf,
}

/// What a file is made of.
pub struct Join<'a> {
    /// Names and types, for a table that is made.
    pub created: Option<&'a [(String, String)]>,
    /// Names and types of columns that are added. Then no old rows stay.
    pub added: &'a [(String, String)],
    /// The files that are there.
    pub old: &'a [PathBuf],
    /// Do their rows stay?
    pub keeps: bool,
    pub parts: &'a [PathBuf],
}

pub trait PartWriter: Send {
    /// Every row or none; the bytes written.
    fn write(&mut self, batch: &RecordBatch) -> Result<u64>;

    /// Everything handed to the file.
    fn finish(self: Box<Self>) -> Result<File>;
}

pub struct FileWriter<F> {
    format: Arc<F>,
    /// The run that goes on; without one, what is being written has a folder of its own.
    run: Mutex<Option<String>>,
}

impl<F: Format> FileWriter<F> {
    pub fn new(format: F) -> FileWriter<F> {
        FileWriter { format: Arc::new(format), run: Mutex::default() }
    }

    fn stage(&self, run: &str) -> Stage {
        Stage::new(&self.format.folder(), run)
    }

    fn current(&self, run: &str) {
        *self.run.lock().unwrap_or_else(PoisonError::into_inner) = Some(run.to_string());
    }
}

fn parse(statements: &[String]) -> Result<Vec<Statement>> {
    statements.iter().map(|s| Statement::parse(s)).collect()
}

/// Can all of them be obeyed?
fn check<F: Format>(format: &F, statements: &[Statement]) -> Result<()> {
    for statement in statements.iter().filter(|s| s.action != Action::Forget) {
        let table = &statement.table;
        let place = format.place(table)?;
        let exists = !place.files.is_empty();
        match &statement.action {
            Action::Create(_) if exists => {
                return Err(Error::new(ErrorKind::Constraint, format!("{} is there already", place.whole.display()))
                    .hint("Choose append or replace for this table, or another folder.")
                    .file(place.whole.display()));
            }
            Action::AddColumn(column, _) => {
                let emptied = statements.iter().any(|s| s.table == *table && s.action == Action::DeleteRows);
                if !emptied {
                    return Err(Error::new(
                        ErrorKind::Unsupported,
                        format!("the column {column} cannot be added to the rows that {table} holds"),
                    )
                    .hint("Choose replace for this table, or write to a new file.")
                    .column(column));
                }
            }
            Action::DeleteRows | Action::Drop if !exists => {
                return Err(Error::new(ErrorKind::NotFound, format!("there is no file for table {table}")));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Obeys the statements about one table that come before its publishing.
fn join<F: Format>(
    format: &F,
    table: &str,
    statements: &[Statement],
    parts: &[PathBuf],
    place: &Place,
    new: &Path,
) -> Result<()> {
    let mine = || statements.iter().filter(|s| s.table == table);
    let created = mine().find_map(|s| match &s.action {
        Action::Create(columns) => Some(columns.as_slice()),
        _ => None,
    });
    let added: Vec<(String, String)> = mine()
        .filter_map(|s| match &s.action {
            Action::AddColumn(name, kind) => Some((name.clone(), kind.clone())),
            _ => None,
        })
        .collect();
    let keeps = created.is_none() && !mine().any(|s| s.action == Action::DeleteRows);
    if created.is_some() && !place.files.is_empty() {
        return Err(Error::new(
            ErrorKind::Constraint,
            format!("{} has come into being during the run", place.whole.display()),
        )
        .hint("Move it away, and resume the run.")
        .file(place.whole.display()));
    }
    let file = File::options().read(true).write(true).create(true).truncate(true).open(new).map_err(failed(new))?;
    let joined = Join { created, added: &added, old: &place.files, keeps, parts };
    format.join(joined, file)?.sync_all().map_err(failed(new))
}

fn replace(new: &Path, place: &Place) -> Result<()> {
    // A folder of parts gives way to the one file that holds its rows.
    let gone = place.whole.with_file_name(format!(".rowferry-{}", uuid::Uuid::now_v7()));
    let folder = place.whole.is_dir();
    if folder {
        std::fs::rename(&place.whole, &gone).map_err(failed(&place.whole))?;
    }
    std::fs::rename(new, &place.new).map_err(failed(&place.new))?;
    if let Some(parent) = place.whole.parent() {
        sync_folder(parent)?;
    }
    if folder {
        std::fs::remove_dir_all(&gone).map_err(failed(&gone))?;
    }
    Ok(())
}

fn at_once<F: Format>(format: &F, stage: &Stage, statements: &[Statement]) -> Result<()> {
    let mut done: Vec<&str> = Vec::new();
    for statement in statements {
        let table = statement.table.as_str();
        // What is put aside has no place of its own.
        if statement.action == Action::Forget {
            aside::forget(&aside::folder(&format.folder(), table))?;
            continue;
        }
        let place = format.place(table)?;
        match &statement.action {
            Action::Drop => {
                let whole = &place.whole;
                if whole.is_dir() { std::fs::remove_dir_all(whole) } else { std::fs::remove_file(whole) }
                    .map_err(failed(whole))?;
            }
            Action::Publish => return Err(Error::internal("a file is published without a run")),
            Action::Keep(_) => return Err(Error::internal("a file is put aside without a run")),
            Action::BringBack(name) => aside::bring_back(&aside::folder(&format.folder(), name), &place.whole)?,
            _ if done.contains(&table) => {}
            _ => {
                done.push(table);
                let new = stage.open()?;
                join(format, table, statements, &[], &place, &new)?;
                replace(&new, &place)?;
            }
        }
    }
    Ok(())
}

fn publish<F: Format>(format: &F, stage: &Stage, tables: &[&str]) -> Result<()> {
    let entries = stage.entries()?;
    let kept: Vec<String> = entries.iter().flat_map(|(e, _)| e.statements.clone()).collect();
    let statements = parse(&kept)?;
    for table in tables {
        let place = format.place(table)?;
        let ready = match stage.published(table) {
            Published::Done => continue,
            Published::Ready(ready) => ready,
            Published::No(ready) => {
                let parts: Vec<PathBuf> = entries
                    .iter()
                    .filter(|(e, _)| e.table.as_deref() == Some(table))
                    .filter_map(|(_, part)| part.clone())
                    .collect();
                join(format, table, &statements, &parts, &place, &ready)?;
                stage.mark_ready(table)?;
                ready
            }
        };
        let kept = statements.iter().filter(|s| s.table == *table).find_map(|s| match &s.action {
            Action::Keep(name) => Some(name),
            _ => None,
        });
        if let Some(name) = kept {
            aside::keep(&place.whole, &aside::folder(&format.folder(), name))?;
        }
        replace(&ready, &place)?;
    }
    Ok(())
}

#[async_trait]
impl<F: Format> Write for FileWriter<F> {
    fn schema(&self, table: &Table, columns: &[String]) -> Result<SchemaRef> {
        self.format.schema(table, columns)
    }

    async fn apply(&self, statements: &[String], checkpoint: Option<&Checkpoint>) -> Result<()> {
        let texts = statements.to_vec();
        let format = self.format.clone();
        let Some(checkpoint) = checkpoint.cloned() else {
            let stage = self.stage(&format!("now-{}", uuid::Uuid::now_v7()));
            return blocking(move || {
                let statements = parse(&texts)?;
                check(&*format, &statements)?;
                let folder = format.folder();
                std::fs::create_dir_all(&folder).map_err(failed(&folder))?;
                let done = at_once(&*format, &stage, &statements);
                stage.forget()?;
                done
            })
            .await;
        };
        self.current(&checkpoint.run);
        let stage = self.stage(&checkpoint.run);
        blocking(move || {
            let statements = parse(&texts)?;
            let (published, kept): (Vec<&Statement>, Vec<&Statement>) =
                statements.iter().partition(|s| s.action == Action::Publish);
            let kept: Vec<Statement> = kept.into_iter().cloned().collect();
            check(&*format, &kept)?;
            let tables: Vec<&str> = published.iter().map(|s| s.table.as_str()).collect();
            publish(&*format, &stage, &tables)?;
            let statements = kept.iter().map(Statement::to_string).collect();
            stage.mark(&Entry { checkpoint, table: None, statements })
        })
        .await
    }

    /// Makes the target's folder.
    async fn prepare_checkpoints(&self) -> Result<()> {
        let folder = self.format.folder();
        blocking(move || std::fs::create_dir_all(&folder).map_err(failed(&folder))).await
    }

    async fn checkpoints(&self, run: &str) -> Result<Vec<Checkpoint>> {
        self.current(run);
        let stage = self.stage(run);
        blocking(move || {
            stage.clear_open()?;
            Ok(stage.entries()?.into_iter().map(|(e, _)| e.checkpoint).collect())
        })
        .await
    }

    async fn is_unseen(&self, run: &str) -> Result<bool> {
        let stage = self.stage(run);
        blocking(move || Ok(!stage.entries()?.is_empty() && !stage.has_published()?)).await
    }

    async fn forget_checkpoints(&self, run: &str) -> Result<()> {
        let stage = self.stage(run);
        blocking(move || stage.forget()).await
    }

    async fn begin(&self, table: &Table, columns: &[String]) -> Result<Box<dyn ChunkWriter>> {
        let run = self.run.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let stage = self.stage(run.as_deref().unwrap_or("unnamed"));
        let (format, table, columns) = (self.format.clone(), table.clone(), columns.to_vec());
        blocking(move || {
            let place = Open(stage.open()?);
            let file = File::create(&place.0).map_err(failed(&place.0))?;
            let part = format.part(&table, &columns, file).map_err(|e| e.table(table.name.to_string()))?;
            let chunk = Chunk { part: Some(part), place, folder: format.folder(), table };
            Ok(Box::new(chunk) as Box<dyn ChunkWriter>)
        })
        .await
    }

    /// A file numbers nothing.
    async fn set_sequences(&self, _table: &Table) -> Result<Vec<SequenceSet>> {
        Ok(Vec::new())
    }

    /// A file keeps no reference, so none is broken.
    async fn orphans(&self, _table: &Table, _key: &ForeignKey) -> Result<u64> {
        Ok(0)
    }
}

/// A file that is removed unless it was renamed.
struct Open(PathBuf);

impl Drop for Open {
    fn drop(&mut self) {
        // What is left is cleared when the run goes on, or forgotten with it.
        let _ = std::fs::remove_file(&self.0);
    }
}

struct Chunk {
    /// `None` while it is written to, and after a failure that ends it.
    part: Option<Box<dyn PartWriter>>,
    place: Open,
    folder: PathBuf,
    table: Table,
}

fn over() -> Error {
    Error::internal("a chunk is written to after it has failed")
}

#[async_trait]
impl ChunkWriter for Chunk {
    async fn write(&mut self, batch: &RecordBatch) -> Result<u64> {
        let (mut part, batch) = (self.part.take().ok_or_else(over)?, batch.clone());
        let (part, written) = blocking(move || {
            let written = part.write(&batch);
            Ok((part, written))
        })
        .await?;
        self.part = Some(part);
        written.map_err(|e| e.table(self.table.name.to_string()))
    }

    async fn commit(mut self: Box<Self>, checkpoint: &Checkpoint) -> Result<()> {
        let part = self.part.take().ok_or_else(over)?;
        let checkpoint = checkpoint.clone();
        blocking(move || {
            let file = part.finish()?;
            file.sync_all().map_err(failed(&self.place.0))?;
            let stage = Stage::new(&self.folder, &checkpoint.run);
            let entry = Entry { checkpoint, table: Some(self.table.name.table.clone()), statements: Vec::new() };
            // Without a run that was named before, the part stands elsewhere on the same disk.
            stage.open()?;
            stage.commit(&self.place.0, &entry)
        })
        .await
    }

    async fn rollback(self: Box<Self>) -> Result<()> {
        Ok(())
    }
}
