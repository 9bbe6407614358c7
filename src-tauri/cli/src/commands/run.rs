//! `rowferry run`, and what it shares with `resume`.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use rowferry_engine::report::{self, Outcome};
use rowferry_engine::run::{Confirmed, Control, Job, RejectFile, RejectFiles, RunStatus};
use rowferry_engine::workspace::{RunRecord, Secrets, Workspace};

use super::workspace;
use crate::exit::{Exit, Failure};
use crate::{output, project};

/// Carry the rows, then verify them
#[derive(Debug, Args)]
pub struct Run {
    /// A *.rowferry.json file, or the name or id of a project that was opened before
    project: String,
    /// Read and convert everything, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Confirm what the plan lists as destructive
    #[arg(long)]
    yes: bool,
    /// One JSON object a line while it works
    #[arg(long)]
    json: bool,
    /// Load the rows of this reject file, corrected, instead of the source; see docs/rejects.md
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// Load a reject file once more that was loaded already
    #[arg(long, requires = "rejects")]
    again: bool,
    /// Chunks under way at once; 0 lets the engine choose
    #[arg(long, value_name = "N")]
    jobs: Option<u16>,
}

impl Run {
    pub async fn run(self) -> Result<Exit, Failure> {
        let workspace = workspace()?;
        let mut opened = project::open(&workspace, &self.project)?;
        if let Some(jobs) = self.jobs {
            opened.project.options.jobs = jobs;
        }
        let rejects = self.rejects.as_deref().map(RejectFile::open).transpose().map_err(Failure::not_started)?;
        if let Some(file) = rejects.as_ref().filter(|_| !self.again && !self.dry_run) {
            file.refuse_again(&opened.project, &workspace).map_err(Failure::not_started)?;
        }
        let migration = project::migration(&opened, &Secrets::new()).await?;
        let confirmed = if self.yes { Confirmed::Everything } else { Confirmed::Nothing };
        let observer = output::observer(self.json);
        let job = match &rejects {
            Some(file) => Job::reload(migration, file, workspace.clone(), self.dry_run, &confirmed, observer).await?,
            None => Job::new(migration, workspace.clone(), self.dry_run, &confirmed, observer).await?,
        };
        carry_out(job, &workspace, self.json).await
    }
}

/// Runs the job to its end and says what came of it.
pub async fn carry_out(job: Job, workspace: &Arc<Workspace>, json: bool) -> Result<Exit, Failure> {
    let run = job.run().to_string();
    cancel_on_signal(job.control());
    let record = job.execute().await.map_err(|error| {
        output::remark(next_steps(&run));
        Failure::from(error)
    })?;
    if !json {
        output::say(ended(&record, workspace)?)?;
    }
    if let Some(error) = &record.error {
        if record.status == RunStatus::Failed {
            output::remark(format!("error: {}", error.message));
            error.remedy.iter().for_each(output::remark);
        }
        if !record.dry_run {
            output::remark(next_steps(&record.run));
        }
    }
    Ok(Exit::of_run(&record))
}

fn next_steps(run: &str) -> String {
    format!("`rowferry resume {run}` goes on where it stopped; `rowferry rollback {run}` takes out what it wrote.")
}

/// The last lines for a person.
fn ended(record: &RunRecord, workspace: &Workspace) -> Result<String, Failure> {
    let report = report::build(record, workspace)?;
    let mut lines: Vec<String> = Vec::new();
    let files = RejectFiles::new(&workspace.run_folder(&record.run));
    for (step, table) in record.tables.iter().enumerate().filter(|(_, t)| t.rejected > 0) {
        let path = files.table(step as u32, &table.target.to_string());
        lines.push(format!("{}: {} rows rejected, see {}", table.target, table.rejected, path.display()));
    }
    // The engine's sentences separate thousands by narrow spaces, which a terminal may lack.
    let summary = report.summary.replace('\u{202f}', ",");
    lines.push(format!("{}: {summary}", report.outcome.title()));
    if !matches!(report.outcome, Outcome::Failed | Outcome::Cancelled) {
        lines.push(format!("`rowferry report {} --format html -o report.html` writes the report.", record.run));
    }
    Ok(lines.join("\n"))
}

/// The first signal cancels, so that the open chunk is rolled back; the second one kills.
pub fn cancel_on_signal(control: Control) {
    tokio::spawn(async move {
        if !signalled().await {
            return;
        }
        output::remark("cancelling: what is not committed is rolled back; once more kills at once");
        control.cancel();
        if signalled().await {
            std::process::exit(Exit::Cancelled as i32);
        }
    });
}

/// Waits for Ctrl-C or a request to end. False when signals cannot be heard: then they end the process by themselves.
async fn signalled() -> bool {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
        else {
            return false;
        };
        tokio::select! {
            heard = interrupt.recv() => heard.is_some(),
            heard = terminate.recv() => heard.is_some(),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await.is_ok()
}
