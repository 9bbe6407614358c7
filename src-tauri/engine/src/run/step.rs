//! One step of the plan, ready to be carried: everything that its chunks share.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::sync::Semaphore;

use super::changes::ChangeFiles;
use super::limits::Limits;
use super::progress::Progress;
use super::rejects::RejectFiles;
use crate::catalog::Table;
use crate::connectors::{Connection, Read};
use crate::error::{Error, ErrorKind, Result};
use crate::plan::Step;
use crate::transform::{Expressions, OutputColumn, Rule, Transform, column};

/// After so many chunks with refused rows a step's others are written batch by batch at once.
const MANY_REFUSED: u32 = 3;

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
    /// Source and target column of each pair, where every target column is a plain copy and no row is left out.
    pub copied: Option<Vec<(String, String)>>,
    /// The rows cross in the databases' own wire format: nothing about them changes.
    pub straight: bool,
    /// Held while a lost snapshot is taken anew.
    pub snapshot: Arc<tokio::sync::Mutex<()>>,
    /// Rows whose key is in the target already are left out.
    pub skips_present: bool,
    /// Chunks of this step that were refused as a stream.
    pub refused: AtomicU32,
    /// Chunks of one target may be open for writing at the same time as often as this allows.
    pub writers: Arc<Semaphore>,
    pub batch_bytes: usize,
    pub rejects: RejectFiles,
    pub changes: ChangeFiles,
    pub limits: Limits,
    pub progress: Arc<Progress>,
}

impl StepContext {
    /// Have more rows been rejected than the project allows, counting those of a chunk under way?
    ///
    /// # Errors
    /// `RejectLimit`, saying which limit.
    pub fn within_limits(&self, read: u64, rejected: u64) -> Result<()> {
        let (before, rejects_before) = self.progress.read_and_rejected();
        self.limits
            .judge(before + read, rejects_before + rejected, false)
            .map_err(|e| e.table(self.target.name.to_string()))
    }

    /// Is it worth while to send a chunk as one stream? Not where many hold rows that are refused.
    pub fn streams(&self) -> bool {
        self.refused.load(Ordering::Relaxed) < MANY_REFUSED
    }

    pub fn note_refused(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    /// What a row's position is called.
    pub fn position_word(&self) -> &'static str {
        self.source_connection.read().position_word(&self.source)
    }
}

/// The pairs of columns of a step that changes nothing.
pub fn copied(step: &Step) -> Option<Vec<(String, String)>> {
    let chosen = |c: &crate::plan::StepColumn| !c.misfit.is_reject() || c.strip_nul;
    if step.filter.is_some() || step.columns.is_empty() || step.columns.iter().any(chosen) {
        return None;
    }
    if step.source.columns.iter().any(|c| c.reading.is_some()) {
        return None;
    }
    let source = |expression: &str| step.source.columns.iter().find(|c| column(&c.name) == expression);
    step.columns.iter().map(|c| Some((source(&c.expression)?.name.clone(), c.to.clone()))).collect()
}

/// Do source and target speak of these columns in the same wire format?
pub(super) async fn is_straight(step: &StepContext) -> Result<bool> {
    let (Some(copied), Some(write)) = (&step.copied, step.connection.write()) else { return Ok(false) };
    let (from, to): (Vec<String>, Vec<String>) = copied.iter().cloned().unzip();
    let read = step.source_connection.read();
    let Some(given) = read.wire_format(&step.source, &from).await? else { return Ok(false) };
    Ok(write.wire_format(&step.target, &to).await? == Some(given))
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
            rule: Rule {
                limits: target.dialect().limits(),
                strip_nul: planned.strip_nul,
                ..Rule::new(column, &planned.verdict, planned.approved)
            }
            .standing_in(&planned.misfit, target_schema.field(outputs.len()).data_type())
            .map_err(|e| here(e.column(&planned.to)))?,
        });
    }
    Ok(CompiledStep { read: read_columns, columns, transform: Transform::new(filter, outputs, target_schema)? })
}
