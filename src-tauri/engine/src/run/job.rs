//! A whole run, from the plan to the proof.

mod lost;
mod prepare;
mod settle;
mod shown;

use std::sync::Arc;
use std::time::Instant;

use super::approval::{self, Approval};
use super::before;
use super::control::Control;
use super::event::{
    LogLevel, Phase, PhaseTime, RunEvent, RunFailure, RunObserver, RunStatus, TableProgress, TableState,
};
use super::load::Load;
use super::permit::{Confirmed, permit};
use super::progress::Progress;
use super::reload::{self, RejectFile};
use super::retry::retrying;
use super::step::compile;
use super::{triggers, unchanged_target};
use crate::connectors::{Checkpoint, SequenceProof, Write, check_stand_ins};
use crate::error::{Error, ErrorKind, Result};
use crate::migration::Migration;
use crate::plan::When;
use crate::transform::Expressions;
use crate::verify::{self, Verification};
use crate::workspace::{RunLock, RunRecord, Workspace, now, operator};

use prepare::Done;
use shown::finished_tables;
pub use shown::snapshot;

/// Checkpoints beside those of chunks: the DDL before the load is done, and the one after it.
pub(super) const PREPARED: u32 = i32::MAX as u32 - 1;
const FINISHED: u32 = i32::MAX as u32;
/// And those of a rollback: it has begun, and its statements are done.
pub(super) const UNDOING: u32 = i32::MAX as u32 - 3;
pub(super) const UNDONE: u32 = i32::MAX as u32 - 2;
/// Says that everything was loaded once; its chunks count how often.
const LOADED: u32 = i32::MAX as u32 - 4;

/// A run that is ready to go. Holds the run's lock.
pub struct Job {
    migration: Migration,
    record: RunRecord,
    workspace: Arc<Workspace>,
    control: Control,
    progress: Arc<Progress>,
    _lock: RunLock,
    resumed: bool,
    /// When the phase at hand began.
    entered: Instant,
}

impl Job {
    /// A new run of the migration's project.
    ///
    /// # Errors
    /// `Blocked` when findings block it or were not confirmed.
    pub async fn new(
        migration: Migration,
        workspace: Arc<Workspace>,
        dry_run: bool,
        confirmed: &Confirmed,
        observer: Arc<dyn RunObserver>,
    ) -> Result<Job> {
        Self::begin(migration, None, workspace, dry_run, confirmed, observer).await
    }

    /// A new run that loads the rows of a reject file, which a person has corrected.
    ///
    /// # Errors
    /// As `new`; also `Blocked` when the project does not map the file's table, or the target has it no more.
    pub async fn reload(
        migration: Migration,
        file: &RejectFile,
        workspace: Arc<Workspace>,
        dry_run: bool,
        confirmed: &Confirmed,
        observer: Arc<dyn RunObserver>,
    ) -> Result<Job> {
        Self::begin(migration, Some(file), workspace, dry_run, confirmed, observer).await
    }

    async fn begin(
        mut migration: Migration,
        rejects: Option<&RejectFile>,
        workspace: Arc<Workspace>,
        dry_run: bool,
        confirmed: &Confirmed,
        observer: Arc<dyn RunObserver>,
    ) -> Result<Job> {
        let project_version = workspace.keep_version(&migration.project)?;
        if let Some(file) = rejects {
            migration.project = file.narrow(migration.project)?;
        }
        let mut plan = migration.plan().await?;
        if let Some(file) = rejects {
            file.fit(&mut plan)?;
        }
        let mut approved = permit(&plan, dry_run, confirmed)?;
        // Before anything is deleted: a constant that does not stand the test would stop the run after that.
        for step in &plan.steps {
            let compiled = compile(step, migration.source.read(), migration.target.as_ref(), &Expressions::new())?;
            check_stand_ins(migration.source.read(), &step.source, &compiled.read)?;
        }
        approved.extend(approval::choices(&migration.project, &plan));
        let (by, at) = (operator(), now());
        let approvals: Vec<Approval> =
            approved.into_iter().map(|what| Approval { what, by: by.clone(), at: at.clone() }).collect();
        let run = uuid::Uuid::now_v7().to_string();
        let lock = workspace.lock_run(&run)?;
        let (source, target) = migration.described();
        let folder = workspace.run_folder(&run);
        let migration = match rejects {
            Some(file) => {
                file.keep(&folder)?;
                reload::reading(migration, &folder)
            }
            None => migration,
        };
        let mut numbers_before = Vec::new();
        if let Some(write) = migration.target.write() {
            before::plan(&mut plan, &run, &write.own_schema().await?, migration.target.dialect());
            for step in &plan.steps {
                let numbers = if step.creates { Vec::new() } else { write.numbers(&step.target).await? };
                numbers_before.push(numbers);
            }
        }
        let occupied = crate::plan::Sides::count_occupied(
            &migration.project,
            migration.target.as_ref(),
            &migration.target_catalog,
        )
        .await?;
        let tables = plan
            .steps
            .iter()
            .map(|s| TableProgress {
                source: s.from.clone(),
                target: s.to.clone(),
                state: TableState::Waiting,
                expected: s.rows,
                read: 0,
                written: 0,
                rejected: 0,
                filtered: 0,
                bytes: 0,
                seconds: 0.0,
                chunks: 0,
                chunks_done: 0,
            })
            .collect();
        let rows_before = plan
            .steps
            .iter()
            .map(|s| match s.existing {
                crate::model::Existing::Replace => 0,
                _ => occupied.get(&s.to).copied().unwrap_or(0),
            })
            .collect();
        let record = RunRecord {
            run: run.clone(),
            project_version,
            project: migration.project.clone(),
            base: migration.base.clone(),
            dry_run,
            operator: by,
            source,
            target,
            status: RunStatus::Running,
            phase: Phase::Preparing,
            started_at: at,
            finished_at: None,
            seconds: 0.0,
            tables,
            rows_before,
            sequences: vec![Vec::new(); plan.steps.len()],
            numbers_before,
            accepted_at: None,
            retries: 0,
            snapshots_lost: Vec::new(),
            phases: Vec::new(),
            approvals,
            reload: rejects.map(|file| file.reload().clone()),
            verification: None,
            error: None,
            log: Vec::new(),
            plan,
        };
        workspace.keep_run(&record)?;
        for approval in &record.approvals {
            workspace.audit(Some(&run), &format!("approved: {}", approval.what))?;
        }
        workspace.audit(Some(&run), if dry_run { "dry run started" } else { "run started" })?;
        Ok(Self::with(migration, record, workspace, lock, false, observer))
    }

    /// Goes on with a run that did not complete.
    ///
    /// # Errors
    /// `Blocked` when the run is complete, or a schema is not as it was.
    pub async fn resume(
        run: &str,
        secrets: &crate::workspace::Secrets,
        workspace: Arc<Workspace>,
        observer: Arc<dyn RunObserver>,
    ) -> Result<Job> {
        let mut record = workspace.run(run)?;
        let lock = workspace.lock_run(&record.run)?;
        let refused = |what: String, hint: &str| Err(Error::new(ErrorKind::Blocked, what).hint(hint));
        match record.status {
            RunStatus::Completed => return refused(format!("run {run} is complete"), "There is nothing to resume."),
            RunStatus::RolledBack => return refused(format!("run {run} was rolled back"), "Start a new run."),
            _ => {}
        }
        let migration = reload::open(&record, &workspace, secrets).await?;
        for step in &record.plan.steps {
            let bare = |t: &crate::catalog::Table| crate::catalog::Table {
                row_estimate: None,
                byte_estimate: None,
                ..t.clone()
            };
            let mapping = record.project.tables.get(step.mapping as usize);
            let now = migration.source_catalog.table(&step.from);
            let now = now.map(|t| mapping.map_or_else(|| t.clone(), |m| crate::plan::as_read(m, t)));
            if now.as_ref().map(bare) != Some(bare(&step.source)) {
                return refused(
                    format!("the source table {} is not as it was when the run began", step.from),
                    "Roll the run back and start a new one.",
                );
            }
        }
        unchanged_target::check(&record, &migration, &workspace)?;
        if record.phase == Phase::Loading && migration.source.descriptor().capabilities.snapshot {
            // The view that the earlier rows came from ended with its process.
            record.snapshots_lost.push(now());
        }
        record.status = RunStatus::Running;
        record.error = None;
        record.finished_at = None;
        workspace.keep_run(&record)?;
        workspace.audit(Some(&record.run), "run resumed")?;
        Ok(Self::with(migration, record, workspace, lock, true, observer))
    }

    fn with(
        migration: Migration,
        record: RunRecord,
        workspace: Arc<Workspace>,
        lock: RunLock,
        resumed: bool,
        observer: Arc<dyn RunObserver>,
    ) -> Job {
        let progress = Arc::new(Progress::new(record.tables.clone(), record.log.clone(), observer));
        Job {
            migration,
            record,
            workspace,
            control: Control::new(),
            progress,
            _lock: lock,
            resumed,
            entered: Instant::now(),
        }
    }

    /// The run goes on however many rows are rejected; the report names who said so.
    pub fn lift_reject_limits(&mut self) -> Result<()> {
        let options = &mut self.record.project.options;
        (options.reject_limit, options.reject_share) = (None, None);
        let what = "the limits of rejected rows were lifted".to_string();
        self.workspace.audit(Some(&self.record.run), &format!("approved: {what}"))?;
        self.record.approvals.push(Approval { what, by: operator(), at: now() });
        self.workspace.keep_run(&self.record)
    }

    pub fn run(&self) -> &str {
        &self.record.run
    }

    pub fn control(&self) -> Control {
        self.control.clone()
    }

    /// The record as it is before the run; see `snapshot`.
    pub fn record(&self) -> &RunRecord {
        &self.record
    }

    /// Runs to the end, whatever that is: failure and cancellation are in the record. An error here means that not
    /// even the record could be kept.
    pub async fn execute(mut self) -> Result<RunRecord> {
        let begun = Instant::now();
        let before = self.record.seconds;
        self.entered = begun;
        self.progress.event(&RunEvent::Started {
            run: self.record.run.clone(),
            dry_run: self.record.dry_run,
            tables: self.record.tables.clone(),
        });
        let outcome = self.phases().await;
        let _ = self.migration.source.read().release_snapshot().await;
        self.record.status = match &outcome {
            Ok(()) => RunStatus::Completed,
            Err(e) if e.kind == ErrorKind::Cancelled => RunStatus::Cancelled,
            Err(_) => RunStatus::Failed,
        };
        if outcome.is_err()
            && !self.record.dry_run
            && let Ok(write) = self.writer()
            && let Err(e) = triggers::restore_again(write, &self.record.plan, &self.progress).await
        {
            let what = "disabled triggers could not be put back: a resume or a rollback does it";
            self.progress.log(LogLevel::Error, format!("{what} ({e})"));
        }
        if let Err(e) = &outcome {
            let message = e.to_string();
            self.progress.log(LogLevel::Error, message.clone());
            self.record.error = Some(RunFailure { kind: e.kind, message, remedy: e.remedy().map(str::to_string) });
        }
        self.progress.flush();
        self.record.seconds = before + begun.elapsed().as_secs_f64();
        self.time_phase();
        self.record.finished_at = Some(now());
        self.note();
        self.workspace.keep_run(&self.record)?;
        self.workspace.audit(Some(&self.record.run), &format!("run ended: {:?}", self.record.status))?;
        self.progress.event(&RunEvent::Finished {
            run: self.record.run.clone(),
            status: self.record.status,
            tables: finished_tables(&self.record, &self.workspace),
            seconds: self.record.seconds,
        });
        Ok(self.record)
    }

    async fn phases(&mut self) -> Result<()> {
        if self.resumed && self.record.phase == Phase::Done && !self.record.dry_run {
            return self.forget().await;
        }
        self.enter(Phase::Preparing)?;
        let source = self.migration.source.clone();
        self.again("taking a snapshot of the source", |_| source.read().hold_snapshot()).await?;
        let done = if self.record.dry_run { Done::default() } else { self.prepare().await? };
        self.enter(Phase::Loading)?;
        self.load(&done).await?;
        while let Some(left) = self.lost().await? {
            self.load(&left).await?;
        }
        if self.record.dry_run {
            self.enter(Phase::Done)?;
            return Ok(());
        }
        self.enter(Phase::Finishing)?;
        self.finish(done.finished).await?;
        self.enter(Phase::Verifying)?;
        self.control.wait().await?;
        let verification = self.verify().await?;
        let level = if verification.is_equal() { LogLevel::Info } else { LogLevel::Error };
        self.progress.log(level, verification.sentence());
        self.record.verification = Some(verification);
        // On the record before the checkpoints go: without them a resume could not tell that everything is done.
        self.enter(Phase::Done)?;
        self.forget().await
    }

    async fn verify(&self) -> Result<Verification> {
        let level = self.record.project.options.verify;
        self.again("the verification", |tried| async move {
            let read = self.migration.source.read();
            if tried > 0 && read.is_snapshot_lost().await {
                read.hold_snapshot().await?;
                self.progress.snapshot_lost();
            }
            verify::verify(&self.migration, &self.record, &self.workspace, level, &self.control).await
        })
        .await
    }

    /// Leaves nothing of the run's own behind in the target.
    async fn forget(&self) -> Result<()> {
        let write = self.writer()?;
        self.close_rejects()?;
        self.again("removing the checkpoints", |_| write.forget_checkpoints(&self.record.run)).await
    }

    async fn load(&mut self, done: &Done) -> Result<()> {
        let load = Load {
            migration: &self.migration,
            record: &self.record,
            workspace: self.workspace.clone(),
            control: &self.control,
            progress: &self.progress,
            done: &done.chunks,
            snapshot: Default::default(),
        };
        load.run().await
    }

    async fn finish(&mut self, finished: bool) -> Result<()> {
        let write = self.writer()?;
        let statements = self.statements(When::AfterLoad);
        if !finished {
            self.control.wait().await?;
            self.settle_orphans().await?;
            if !statements.is_empty() {
                self.progress.log(
                    LogLevel::Info,
                    match statements.len() {
                        1 => "one statement after the load".into(),
                        n => format!("{n} statements after the load"),
                    },
                );
            }
            self.apply_once("the statements after the load", &statements, &self.marker(FINISHED)).await?;
        }
        triggers::restore_again(write, &self.record.plan, &self.progress).await?;
        let mut sequences = Vec::new();
        for step in &self.record.plan.steps {
            let set = self.again("setting the sequences", |_| write.set_sequences(&step.target)).await;
            let mut proved = Vec::new();
            for set in set.map_err(|e| e.table(step.to.to_string()))? {
                let prove = |_| write.prove_sequence(&step.target, set.clone());
                let set = self.again("proving the next number", prove).await?;
                if let SequenceProof::Failed { reason } = &set.proof {
                    self.progress.log(LogLevel::Error, format!("the next insert into {} fails: {reason}", step.to));
                }
                proved.push(set);
            }
            sequences.push(proved);
        }
        self.record.sequences = sequences;
        Ok(())
    }

    /// Tries again what fails for a moment.
    async fn again<T, F, Fut>(&self, what: &str, work: F) -> Result<T>
    where
        F: FnMut(u32) -> Fut,
        Fut: Future<Output = Result<T>>,
    {
        retrying(what, &self.progress, &self.control, work).await
    }

    /// Applies statements, unless a try whose connection broke has done so after all: its checkpoint says so.
    async fn apply_once(&self, what: &str, statements: &[String], checkpoint: &Checkpoint) -> Result<()> {
        let write = self.writer()?;
        let is_this = |c: &Checkpoint| (c.step, c.chunk) == (checkpoint.step, checkpoint.chunk);
        self.again(what, |tried| async move {
            if tried > 0 && write.checkpoints(&self.record.run).await?.iter().any(is_this) {
                return Ok(());
            }
            write.apply(statements, Some(checkpoint)).await
        })
        .await
    }

    fn enter(&mut self, phase: Phase) -> Result<()> {
        self.time_phase();
        self.progress.phase(phase);
        self.record.phase = phase;
        self.note();
        self.workspace.keep_run(&self.record)
    }

    /// Adds the time since the last look to the phase at hand.
    fn time_phase(&mut self) {
        let seconds = self.entered.elapsed().as_secs_f64();
        self.entered = Instant::now();
        let phase = self.record.phase;
        match self.record.phases.iter_mut().find(|p| p.phase == phase) {
            Some(known) => known.seconds += seconds,
            None => self.record.phases.push(PhaseTime { phase, seconds }),
        }
    }

    fn note(&mut self) {
        self.record.tables = self.progress.tables();
        self.record.log = self.progress.log_lines();
        self.record.retries += self.progress.take_retries();
        self.record.snapshots_lost.extend(self.progress.take_snapshots_lost());
    }

    fn statements(&self, when: When) -> Vec<String> {
        self.record.plan.statements.iter().filter(|s| s.when == when).map(|s| s.sql.clone()).collect()
    }

    fn marker(&self, step: u32) -> Checkpoint {
        marker(&self.record, step)
    }

    fn writer(&self) -> Result<&dyn Write> {
        self.migration.target.write().ok_or_else(|| Error::new(ErrorKind::Unsupported, "the target cannot be written"))
    }
}

/// The checkpoint that says that a phase of the run is done.
pub(super) fn marker(record: &RunRecord, step: u32) -> Checkpoint {
    Checkpoint {
        run: record.run.clone(),
        fingerprint: record.plan.fingerprint.clone(),
        step,
        chunk: 0,
        read: 0,
        written: 0,
        rejected: 0,
        filtered: 0,
        bytes: 0,
    }
}
