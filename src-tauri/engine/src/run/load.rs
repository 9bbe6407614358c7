//! One step: a table's chunks, several at once where the target allows it.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

use futures::{StreamExt, TryStreamExt};

use super::chunk;
use super::control::Control;
use super::event::TableState;
use super::progress::Progress;
use super::rejects::RejectFiles;
use crate::catalog::Table;
use crate::connectors::{Connection, Range, Read};
use crate::error::{Error, ErrorKind, Result};
use crate::plan::Step;
use crate::transform::{Expressions, OutputColumn, Rule, Transform};
use crate::workspace::{StoredChunk, Workspace};

/// All that a chunk needs besides its range: it holds nothing that another process could not make again from the
/// project, the step and the range.
pub(super) struct StepContext {
    pub run: String,
    pub fingerprint: String,
    pub number: u32,
    pub dry_run: bool,
    pub source_connection: Arc<dyn Connection>,
    pub connection: Arc<dyn Connection>,
    pub source: Arc<Table>,
    pub target: Arc<Table>,
    /// Source columns that are read.
    pub read: Vec<String>,
    /// Those of them that name a row.
    pub key: Vec<String>,
    /// Target columns that are written.
    pub columns: Vec<String>,
    pub transform: Transform,
    pub batch_bytes: usize,
    pub rejects: RejectFiles,
    pub reject_limit: Option<u64>,
    pub progress: Arc<Progress>,
}

impl StepContext {
    /// Have more rows been rejected than the project allows, counting those of a chunk under way?
    pub fn over_limit(&self, pending: u64) -> bool {
        self.reject_limit.is_some_and(|limit| self.progress.rejected() + pending > limit)
    }

    pub fn limit_reached(&self) -> Error {
        let limit = self.reject_limit.unwrap_or_default();
        Error::new(ErrorKind::RejectLimit, format!("more than {limit} rows were rejected"))
            .table(self.target.name.to_string())
    }

    /// What a row's position is called.
    pub fn position_word(&self) -> &'static str {
        let usual = match self.source.kind {
            crate::catalog::TableKind::File => "line",
            _ => "rowid",
        };
        self.source_connection.read().position_word().unwrap_or(usual)
    }
}

/// A step's transform, with the source columns that it reads and the target columns that it fills.
pub struct CompiledStep {
    pub read: Vec<String>,
    pub columns: Vec<String>,
    pub transform: Transform,
}

/// Compiles a step against the source and the target's own types.
pub fn compile(
    step: &Step,
    read: &dyn Read,
    target: &dyn Connection,
    expressions: &Expressions,
) -> Result<CompiledStep> {
    let all: Vec<String> = step.source.columns.iter().map(|c| c.name.clone()).collect();
    let whole = read.schema(&step.source, &all)?;
    let here = |e: Error| e.table(step.to.to_string());
    let mut wanted: HashSet<String> = HashSet::new();
    let compiled = |sql: &str, filter: bool| {
        let result = if filter { expressions.compile_filter(sql, &whole) } else { expressions.compile(sql, &whole) };
        result.map_err(|p| here(p.into()))
    };
    for column in &step.columns {
        wanted.extend(compiled(&column.expression, false).map_err(|e| e.column(&column.to))?.references);
    }
    if let Some(filter) = &step.filter {
        wanted.extend(compiled(filter, true)?.references);
    }
    wanted.extend(step.source.primary_key.iter().flat_map(|k| k.columns.iter().cloned()));
    let read_columns: Vec<String> = all.into_iter().filter(|c| wanted.contains(c)).collect();

    let schema = read.schema(&step.source, &read_columns)?;
    let filter = match &step.filter {
        Some(filter) => Some(expressions.compile_filter(filter, &schema).map_err(|p| here(p.into()))?),
        None => None,
    };
    let columns: Vec<String> = step.columns.iter().map(|c| c.to.clone()).collect();
    let target_schema = target
        .write()
        .ok_or_else(|| Error::new(ErrorKind::Unsupported, "the target cannot be written"))?
        .schema(&step.target, &columns)?;
    let mut outputs = Vec::with_capacity(columns.len());
    for planned in &step.columns {
        let column = step.target.column(&planned.to).ok_or_else(|| {
            here(
                Error::new(ErrorKind::NotFound, format!("the target has no column {}", planned.to)).column(&planned.to),
            )
        })?;
        outputs.push(OutputColumn {
            name: planned.to.clone(),
            expression: expressions
                .compile(&planned.expression, &schema)
                .map_err(|p| here(Error::from(p).column(&planned.to)))?,
            rule: Rule::new(column, &planned.verdict, planned.approved),
        });
    }
    Ok(CompiledStep { read: read_columns, columns, transform: Transform::new(filter, outputs, target_schema)? })
}

/// How many chunks of this step may be under way at once.
fn workers(step: &StepContext, jobs: u16) -> usize {
    // Rows of one table that refer to each other must go in one after the other.
    let refers_to_itself = step.target.foreign_keys.iter().any(|k| k.references == step.target.name);
    if !step.connection.descriptor().capabilities.concurrent_writers || refers_to_itself {
        return 1;
    }
    match jobs {
        0 => std::thread::available_parallelism().map_or(2, usize::from).clamp(1, 4),
        jobs => usize::from(jobs),
    }
}

/// Loads the chunks of the step that have no checkpoint yet.
pub(super) async fn load(
    step: Arc<StepContext>,
    workspace: &Workspace,
    control: &Control,
    jobs: u16,
    chunk_rows: u32,
    done: &HashSet<u32>,
) -> Result<()> {
    let begun = Instant::now();
    let number = step.number as usize;
    let before = step.progress.tables()[number].seconds;
    let chunks = cut(&step, workspace, chunk_rows).await?;
    step.progress.update(number, |t| {
        t.state = TableState::Loading;
        t.chunks = chunks.len() as u32;
    });
    let todo = chunks.into_iter().filter(|c| !done.contains(&c.chunk));
    let workers = workers(&step, jobs);
    let outcome = futures::stream::iter(todo)
        .map(|c| {
            let (step, control) = (step.clone(), control.clone());
            async move {
                control.wait().await?;
                chunk::carry(&step, c.chunk, c.range, &control).await
            }
        })
        .buffer_unordered(workers)
        .try_for_each(|entry| {
            let kept = workspace.enter(&step.run, &entry);
            step.progress.update(number, |t| {
                t.read += entry.read;
                t.written += entry.written;
                t.rejected += entry.rejected;
                t.filtered += entry.filtered;
                t.bytes += entry.bytes;
                t.chunks_done += 1;
                t.seconds = before + begun.elapsed().as_secs_f64();
            });
            async move { kept }
        })
        .await;
    step.progress.update(number, |t| {
        t.seconds = before + begun.elapsed().as_secs_f64();
        t.state = if outcome.is_ok() { TableState::Loaded } else { TableState::Failed };
    });
    outcome?;
    step.rejects.join(step.number, &step.target.name.to_string())?;
    Ok(())
}

/// The step's chunks: as they were cut before, or cut now and kept.
async fn cut(step: &StepContext, workspace: &Workspace, rows: u32) -> Result<Vec<StoredChunk>> {
    if let Some(chunks) = workspace.chunks(&step.run, step.number)? {
        return Ok(chunks);
    }
    let ranges: Vec<Range> = step.source_connection.read().ranges(&step.source, rows).await?;
    workspace.keep_chunks(&step.run, step.number, &ranges)?;
    Ok(ranges
        .into_iter()
        .enumerate()
        .map(|(i, range)| StoredChunk { step: step.number, chunk: i as u32, range })
        .collect())
}
