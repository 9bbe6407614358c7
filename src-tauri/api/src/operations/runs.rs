//! Plans, runs, reports.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures::FutureExt;
use rowferry_engine::error::{Error, ErrorKind, Result};
use rowferry_engine::migration::Migration;
use rowferry_engine::plan::Plan;
use rowferry_engine::report::pictures::Picture;
use rowferry_engine::report::{self, Report};
use rowferry_engine::run::{
    self, Confirmed, Job, RejectFile, RejectFiles, RunEvent, RunObserver, RunSnapshot, snapshot,
};
use rowferry_engine::verify::{self, Verification};
use rowferry_engine::workspace::RunRecord;

use crate::live::{LiveRun, Watcher};
use crate::state::App;
use crate::wire::*;

pub async fn check(app: &App, request: ById) -> Result<Plan> {
    open(app, &request.id).await?.plan().await
}

pub async fn examine(app: &App, request: ById) -> Result<Plan> {
    // Known from the beginning: a person may also give up while a server does not answer.
    let examination = app.examinations.begin(&request.id);
    let control = &examination.control;
    let examined = async { open(app, &request.id).await?.plan_with_data(control).await };
    tokio::select! {
        biased;
        () = control.cancelled() => Err(Error::cancelled()),
        plan = examined => plan,
    }
}

pub async fn cancel_examination(app: &App, request: ById) -> Result<Empty> {
    app.examinations.cancel(&request.id);
    Ok(Empty {})
}

pub async fn start_run(app: &App, request: StartRun) -> Result<RunStarted> {
    let migration = open(app, &request.project).await?;
    let confirmed = request.confirmed.map_or(Confirmed::Nothing, Confirmed::Plan);
    let relay = Arc::new(Relay::default());
    let job = Job::new(migration, app.workspace.clone(), request.dry_run, &confirmed, relay.clone()).await?;
    Ok(start(app, job, &relay))
}

pub async fn load_rejects(app: &App, request: LoadRejects) -> Result<RunStarted> {
    let file = RejectFile::open(&request.path)?;
    let migration = open(app, &request.project).await?;
    if !request.again {
        file.refuse_again(&migration.project, &app.workspace)?;
    }
    let relay = Arc::new(Relay::default());
    // It deletes nothing, and the person has just said that the rows are to be added.
    let job =
        Job::reload(migration, &file, app.workspace.clone(), false, &Confirmed::Everything, relay.clone()).await?;
    Ok(start(app, job, &relay))
}

pub async fn resume_run(app: &App, request: ByRun) -> Result<RunStarted> {
    let relay = Arc::new(Relay::default());
    let job = Job::resume(&request.run, &app.secrets, app.workspace.clone(), relay.clone()).await?;
    Ok(start(app, job, &relay))
}

/// The job needs its observer before the observer can know the job's first state.
#[derive(Default)]
struct Relay(std::sync::OnceLock<Arc<Watcher>>);

impl RunObserver for Relay {
    fn observe(&self, event: &RunEvent) {
        if let Some(watcher) = self.0.get() {
            watcher.observe(event);
        }
    }
}

fn start(app: &App, job: Job, relay: &Relay) -> RunStarted {
    let run = job.run().to_string();
    let watcher = Arc::new(Watcher::new(snapshot(job.record())));
    let _ = relay.0.set(watcher.clone());
    let live = LiveRun::new(job.control(), watcher);
    app.live().insert(run.clone(), live.clone());
    let (app, id) = (app.clone(), run.clone());
    tokio::spawn(async move {
        // A defect in the run must not leave the window waiting for its end.
        let ended = AssertUnwindSafe(job.execute()).catch_unwind().await;
        match ended.unwrap_or_else(|_| Err(Error::internal("the run was broken off by a defect"))) {
            Ok(record) => {
                app.close_sides(&record.project.id);
                live.settle(snapshot(&record));
                // From now on the workspace answers for it.
                app.live().remove(&id);
                app.tell_end(snapshot(&record));
            }
            Err(e) => {
                tracing::error!(kind = ?e.kind, run = id, "the run's record could not be kept");
                let mut last = live.snapshot();
                last.status = run::RunStatus::Failed;
                last.error = Some(run::event::RunFailure {
                    kind: e.kind,
                    message: e.to_string(),
                    remedy: e.remedy().map(str::to_string),
                });
                live.settle(last.clone());
                live.tell_end();
                app.tell_end(last);
            }
        }
    });
    RunStarted { run }
}

pub async fn pause_run(app: &App, request: ByRun) -> Result<Empty> {
    live(app, &request.run)?.pause();
    Ok(Empty {})
}

pub async fn continue_run(app: &App, request: ByRun) -> Result<Empty> {
    live(app, &request.run)?.go_on();
    Ok(Empty {})
}

pub async fn stop_run(app: &App, request: ByRun) -> Result<Empty> {
    live(app, &request.run)?.stop();
    Ok(Empty {})
}

pub async fn cancel_run(app: &App, request: ByRun) -> Result<Empty> {
    live(app, &request.run)?.control.cancel();
    Ok(Empty {})
}

pub async fn rollback_run(app: &App, request: ByRun) -> Result<Empty> {
    let record = run::rollback(&request.run, &app.workspace, &app.secrets, false).await?;
    app.close_sides(&record.project.id);
    Ok(Empty {})
}

pub async fn accept_run(app: &App, request: ByRun) -> Result<Empty> {
    run::accept(&request.run, &app.workspace, &app.secrets).await?;
    Ok(Empty {})
}

pub async fn run_status(app: &App, request: ByRun) -> Result<RunSnapshot> {
    app.run_now(&request.run)
}

pub async fn live_runs(app: &App, _: Empty) -> Result<Vec<RunSnapshot>> {
    Ok(app.runs_under_way())
}

pub async fn runs(app: &App, request: ListRuns) -> Result<Vec<RunSummary>> {
    Ok(app.workspace.runs(request.project.as_deref())?.iter().map(summary).collect())
}

pub async fn report(app: &App, request: ByRun) -> Result<Report> {
    report::build(&app.workspace.run(&request.run)?, &app.workspace)
}

pub async fn report_pictures(app: &App, request: ByRun) -> Result<Vec<Picture>> {
    Ok(report::pictures::pictures(&report::build(&app.workspace.run(&request.run)?, &app.workspace)?))
}

pub async fn render_report(app: &App, request: RenderReport) -> Result<RenderedReport> {
    let report = report::build(&app.workspace.run(&request.run)?, &app.workspace)?;
    let content = match request.format {
        ReportFormat::Html => report::html(&report)?,
        ReportFormat::Json => report::json(&report)?,
        ReportFormat::Text => report::text(&report),
    };
    let path = request.path.filter(|p| !p.trim().is_empty());
    if let Some(path) = &path {
        std::fs::write(path, &content).map_err(|e| Error::from(e).file(path))?;
    }
    Ok(RenderedReport { content, path })
}

pub async fn rejects(app: &App, request: ListRejects) -> Result<Rejects> {
    let record = app.workspace.run(&request.run)?;
    let step = record
        .tables
        .iter()
        .position(|t| t.target == request.table)
        .ok_or_else(|| Error::new(ErrorKind::NotFound, format!("the run has no table {}", request.table)))?;
    let files = RejectFiles::new(&app.workspace.run_folder(&record.run));
    let name = request.table.to_string();
    let mut rows = Vec::new();
    let mut total = 0;
    for row in files.read(step as u32, &name)? {
        let row = row?;
        if total >= request.offset && rows.len() < request.limit.clamp(1, 1000) as usize {
            rows.push(row);
        }
        total += 1;
    }
    let path = files.table(step as u32, &name);
    Ok(Rejects { path: path.exists().then(|| path.display().to_string()), total, rows })
}

pub async fn verify_run(app: &App, request: VerifyRun) -> Result<Verification> {
    let mut record = app.workspace.run(&request.run)?;
    if record.dry_run || record.status != run::RunStatus::Completed {
        return Err(
            Error::new(ErrorKind::Blocked, "only a completed run can be verified").hint("Resume the run first.")
        );
    }
    let _lock = app.workspace.lock_run(&record.run)?;
    let migration = run::reload::open(&record, &app.workspace, &app.secrets).await?;
    let control = run::Control::new();
    let verification = verify::verify(&migration, &record, &app.workspace, request.level, &control).await?;
    record.verification = Some(verification.clone());
    app.workspace.keep_run(&record)?;
    app.workspace.audit(Some(&record.run), &verification.sentence())?;
    Ok(verification)
}

async fn open(app: &App, project: &str) -> Result<Migration> {
    let (project, base) = app.project(project)?;
    Migration::open(project, &base, &app.secrets).await
}

fn live(app: &App, run: &str) -> Result<LiveRun> {
    app.live().get(run).cloned().ok_or_else(|| {
        Error::new(ErrorKind::Blocked, "this run is not under way in this window")
            .hint("Its report tells how it ended.")
    })
}

/// A run's line in a list.
pub(super) fn summary(record: &RunRecord) -> RunSummary {
    RunSummary {
        run: record.run.clone(),
        project: record.project.id.clone(),
        project_name: record.project.name.clone(),
        dry_run: record.dry_run,
        status: record.status,
        outcome: report::outcome(record),
        started_at: record.started_at.clone(),
        seconds: record.seconds,
        written: record.tables.iter().map(|t| t.written).sum(),
        rejected: record.tables.iter().map(|t| t.rejected).sum(),
        tables: record.tables.len() as u32,
    }
}
