//! Loading: the chunks of all tables, as many at once as help.
//!
//! One queue for the whole run: while one table's last chunks are under way the next table's first ones begin, so that
//! many small tables load as fast as one large one. A table waits for those that its foreign keys refer to where the
//! target checks them while rows arrive.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::changes::ChangeFiles;
use super::chunk;
use super::control::Control;
use super::event::{LogLevel, TableState};
use super::limits::Limits;
use super::pace::Pace;
use super::progress::Progress;
use super::rejects::RejectFiles;
use super::retry::retrying;
use super::step::{self, StepContext};
use crate::connectors::{Checkpoint, Range};
use crate::error::{Error, ErrorKind, Result};
use crate::migration::Migration;
use crate::model::{Existing, Options};
use crate::plan::Step;
use crate::transform::Expressions;
use crate::workspace::{LedgerEntry, RunRecord, StoredChunk, Workspace};

/// How long ledger entries may wait for each other. The target's checkpoints are the truth: after a crash the ledger
/// is brought in line with them.
const LEDGER_EVERY: Duration = Duration::from_millis(250);

/// What a load works with.
pub(super) struct Load<'a> {
    pub migration: &'a Migration,
    pub record: &'a RunRecord,
    pub workspace: Arc<Workspace>,
    pub control: &'a Control,
    pub progress: &'a Arc<Progress>,
    /// Chunks that are in the target already, by step.
    pub done: &'a HashMap<u32, HashSet<u32>>,
    /// Held while a lost snapshot is taken anew.
    pub snapshot: Arc<tokio::sync::Mutex<()>>,
}

/// Where one step stands.
struct Stage {
    /// Steps that must be loaded before this one begins.
    waits_for: usize,
    /// Steps that wait for this one.
    followers: Vec<usize>,
    opened: bool,
    context: Option<Arc<StepContext>>,
    queue: VecDeque<StoredChunk>,
    under_way: usize,
    /// Its chunks go in one after the other: its rows refer to each other.
    in_order: bool,
    begun: Option<Instant>,
    seconds_before: f64,
    finished: bool,
}

enum Done {
    Opened { number: usize, context: Box<StepContext>, chunks: Vec<StoredChunk> },
    Carried { number: usize, entry: LedgerEntry },
}

impl Load<'_> {
    /// Loads everything that has no checkpoint yet.
    pub async fn run(&self) -> Result<()> {
        let options = &self.record.project.options;
        let mut pace = Pace::new(options.jobs);
        let mut stages = self.stages();
        let writers = self.writers();
        let mut tasks: JoinSet<Result<Done>> = JoinSet::new();
        let mut ledger =
            Ledger { workspace: &self.workspace, run: &self.record.run, waiting: Vec::new(), since: Instant::now() };
        // An error ends the loop; the tasks under way are dropped with the set, which rolls their chunks back.
        let outcome = loop {
            while tasks.len() < pace.jobs() {
                match self.control.wait().await {
                    Ok(()) => {}
                    // What is under way is committed first.
                    Err(_) if self.control.is_stopping() => break,
                    Err(e) => {
                        ledger.write()?;
                        return Err(e);
                    }
                }
                if !self.begin_next(&mut stages, &mut tasks, options, &writers)? {
                    break;
                }
            }
            let Some(ended) = tasks.join_next().await else {
                break if stages.iter().all(|s| s.finished) { Ok(()) } else { self.control.wait().await };
            };
            match ended.unwrap_or_else(|e| Err(Error::internal("a chunk's task died").detail(e))) {
                Ok(Done::Opened { number, context, chunks }) => self.opened(&mut stages, number, *context, chunks)?,
                Ok(Done::Carried { number, entry }) => {
                    pace.carried(entry.bytes);
                    ledger.enter(entry.clone())?;
                    self.carried(&mut stages, number, &entry)?;
                }
                Err(e) => break Err(e),
            }
        };
        ledger.write()?;
        if outcome.is_ok() {
            let (read, rejected) = self.progress.read_and_rejected();
            return Limits::of(options).judge(read, rejected, true);
        }
        if let Err(e) = &outcome {
            // What a person ended has not failed.
            let state = if e.kind == ErrorKind::Cancelled { TableState::Waiting } else { TableState::Failed };
            for (number, stage) in stages.iter().enumerate().filter(|(_, s)| s.opened && !s.finished) {
                self.progress.update(number, |t| {
                    t.seconds = stage.seconds();
                    t.state = state;
                });
            }
        }
        outcome
    }

    fn stages(&self) -> Vec<Stage> {
        let steps = &self.record.plan.steps;
        let capabilities = &self.migration.target.descriptor().capabilities;
        // Keys of tables that the run creates come after the load.
        let checked = |step: &Step| !(step.creates && capabilities.constraints_after_load);
        let mut stages: Vec<Stage> = steps
            .iter()
            .zip(self.progress.tables())
            .map(|(step, progress)| Stage {
                waits_for: 0,
                followers: Vec::new(),
                opened: false,
                context: None,
                queue: VecDeque::new(),
                under_way: 0,
                in_order: checked(step) && step.target.foreign_keys.iter().any(|k| k.references == step.target.name),
                begun: None,
                seconds_before: progress.seconds,
                finished: false,
            })
            .collect();
        for (i, step) in steps.iter().enumerate().filter(|(_, s)| checked(s)) {
            for (earlier, _) in steps.iter().enumerate().take(i).filter(|(_, s)| step.after.contains(&s.to)) {
                stages[earlier].followers.push(i);
                stages[i].waits_for += 1;
            }
        }
        stages
    }

    fn writers(&self) -> Arc<Semaphore> {
        let concurrent = self.migration.target.descriptor().capabilities.concurrent_writers;
        Arc::new(Semaphore::new(if concurrent { Semaphore::MAX_PERMITS } else { 1 }))
    }

    /// Starts the next piece of work, in the plan's order; false when there is none now.
    fn begin_next(
        &self,
        stages: &mut [Stage],
        tasks: &mut JoinSet<Result<Done>>,
        options: &Options,
        writers: &Arc<Semaphore>,
    ) -> Result<bool> {
        for (number, stage) in stages.iter_mut().enumerate().filter(|(_, s)| !s.finished) {
            if !stage.opened {
                if stage.waits_for > 0 {
                    continue;
                }
                stage.opened = true;
                stage.begun = Some(Instant::now());
                self.progress.update(number, |t| t.state = TableState::Loading);
                let context = self.context(number, options, writers)?;
                let workspace = self.workspace.clone();
                let rows = options.chunk_rows;
                let control = self.control.clone();
                tasks.spawn(async move {
                    let context = Arc::new(context);
                    let what = format!("looking at {}", context.source.name);
                    let (straight, chunks) = retrying(&what, &context.progress, &control, |tried| {
                        let (context, workspace) = (context.clone(), workspace.clone());
                        async move {
                            if tried > 0 {
                                hold_again(&context).await?;
                            }
                            let straight =
                                !context.dry_run && !context.skips_present && step::is_straight(&context).await?;
                            Ok((straight, cut(&context, &workspace, rows).await?))
                        }
                    })
                    .await?;
                    let mut context = Arc::into_inner(context)
                        .ok_or_else(|| Error::internal("a step that is being opened is in use"))?;
                    context.straight = straight;
                    Ok(Done::Opened { number, context: Box::new(context), chunks })
                });
                return Ok(true);
            }
            let Some(context) = &stage.context else { continue };
            if stage.in_order && stage.under_way > 0 {
                continue;
            }
            if let Some(next) = stage.queue.pop_front() {
                stage.under_way += 1;
                let (context, control) = (context.clone(), self.control.clone());
                tasks.spawn(async move {
                    let what = format!("a chunk of {} ({})", context.target.name, next.range);
                    let entry = retrying(&what, &context.progress, &control, |tried| {
                        let (context, control, range) = (context.clone(), control.clone(), next.range.clone());
                        async move { carry_once(&context, next.chunk, range, &control, tried).await }
                    })
                    .await?;
                    Ok(Done::Carried { number, entry })
                });
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn context(&self, number: usize, options: &Options, writers: &Arc<Semaphore>) -> Result<StepContext> {
        let snapshot = &self.snapshot;
        let step = &self.record.plan.steps[number];
        let (source, target) = (&self.migration.source, &self.migration.target);
        let compiled = step::compile(step, source.read(), target.as_ref(), &Expressions::new())?;
        Ok(StepContext {
            run: self.record.run.clone(),
            fingerprint: self.record.plan.fingerprint.clone(),
            number: number as u32,
            dry_run: self.record.dry_run,
            source_connection: source.clone(),
            connection: target.clone(),
            source: Arc::new(step.source.clone()),
            target: Arc::new(step.target.clone()),
            key: step.source.primary_key.as_ref().map(|k| k.columns.clone()).unwrap_or_default(),
            copied: step::copied(step),
            read: compiled.read,
            columns: compiled.columns,
            transform: compiled.transform,
            straight: false,
            snapshot: snapshot.clone(),
            skips_present: step.existing == Existing::Skip && !step.creates,
            refused: Default::default(),
            writers: writers.clone(),
            batch_bytes: options.batch_bytes as usize,
            changes: ChangeFiles::new(&self.workspace.run_folder(&self.record.run)),
            rejects: RejectFiles::new(&self.workspace.run_folder(&self.record.run)),
            limits: Limits::of(options),
            progress: self.progress.clone(),
        })
    }

    fn opened(
        &self,
        stages: &mut [Stage],
        number: usize,
        context: StepContext,
        chunks: Vec<StoredChunk>,
    ) -> Result<()> {
        let none = HashSet::new();
        let done = self.done.get(&(number as u32)).unwrap_or(&none);
        self.progress.update(number, |t| t.chunks = chunks.len() as u32);
        let stage = &mut stages[number];
        stage.context = Some(Arc::new(context));
        stage.queue = chunks.into_iter().filter(|c| !done.contains(&c.chunk)).collect();
        self.finish_if_done(stages, number)
    }

    fn carried(&self, stages: &mut [Stage], number: usize, entry: &LedgerEntry) -> Result<()> {
        stages[number].under_way -= 1;
        let seconds = stages[number].seconds();
        self.progress.update(number, |t| {
            t.read += entry.read;
            t.written += entry.written;
            t.rejected += entry.rejected;
            t.filtered += entry.filtered;
            t.bytes += entry.bytes;
            t.chunks_done += 1;
            t.seconds = seconds;
        });
        self.finish_if_done(stages, number)
    }

    fn finish_if_done(&self, stages: &mut [Stage], number: usize) -> Result<()> {
        let stage = &mut stages[number];
        if !stage.queue.is_empty() || stage.under_way > 0 {
            return Ok(());
        }
        stage.finished = true;
        let seconds = stage.seconds();
        if let Some(context) = stage.context.take() {
            context.rejects.join(context.number, &context.target.name.to_string())?;
        }
        self.progress.update(number, |t| {
            t.seconds = seconds;
            t.state = TableState::Loaded;
        });
        for follower in std::mem::take(&mut stages[number].followers) {
            stages[follower].waits_for -= 1;
        }
        Ok(())
    }
}

impl Stage {
    fn seconds(&self) -> f64 {
        self.seconds_before + self.begun.map_or(0.0, |begun| begun.elapsed().as_secs_f64())
    }
}

/// The workspace's ledger, written in one go every so often: each write waits for the disk.
struct Ledger<'a> {
    workspace: &'a Workspace,
    run: &'a str,
    waiting: Vec<LedgerEntry>,
    since: Instant,
}

impl Ledger<'_> {
    fn enter(&mut self, entry: LedgerEntry) -> Result<()> {
        self.waiting.push(entry);
        if self.since.elapsed() >= LEDGER_EVERY { self.write() } else { Ok(()) }
    }

    fn write(&mut self) -> Result<()> {
        self.workspace.enter(self.run, &self.waiting)?;
        self.waiting.clear();
        self.since = Instant::now();
        Ok(())
    }
}

/// Carries a chunk, unless an earlier try did after all: its connection may have broken while it committed.
async fn carry_once(
    step: &Arc<StepContext>,
    chunk: u32,
    range: Range,
    control: &Control,
    tried: u32,
) -> Result<LedgerEntry> {
    if tried > 0 {
        hold_again(step).await?;
        if let Some(write) = step.connection.write().filter(|_| !step.dry_run) {
            let is_this = |c: &Checkpoint| (c.step, c.chunk) == (step.number, chunk);
            if let Some(there) = write.checkpoints(&step.run).await?.iter().find(|c| is_this(c)) {
                return Ok(LedgerEntry::of(there, 0.0));
            }
        }
    }
    chunk::carry(step, chunk, range, control).await
}

/// Takes a new snapshot of the source when the one that all chunks shared is gone, and says so.
async fn hold_again(step: &StepContext) -> Result<()> {
    let _one_at_a_time = step.snapshot.lock().await;
    let read = step.source_connection.read();
    if read.is_snapshot_lost().await {
        // Not released before: a try that fails must find it lost again.
        read.hold_snapshot().await?;
        step.progress.snapshot_lost();
        step.progress.log(
            LogLevel::Warning,
            "the source's snapshot was lost: rows read from now on come from a later one".to_string(),
        );
    }
    Ok(())
}

/// The step's chunks: as they were cut before, or cut now and kept.
async fn cut(step: &StepContext, workspace: &Workspace, rows: u32) -> Result<Vec<StoredChunk>> {
    if let Some(chunks) = workspace.chunks(&step.run, step.number)? {
        return Ok(chunks);
    }
    let ranges = step.source_connection.read().ranges(&step.source, rows).await?;
    workspace.keep_chunks(&step.run, step.number, &ranges)?;
    Ok(ranges
        .into_iter()
        .enumerate()
        .map(|(i, range)| StoredChunk { step: step.number, chunk: i as u32, range })
        .collect())
}
