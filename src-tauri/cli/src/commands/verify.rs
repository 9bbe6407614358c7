//! `rowferry verify`: comparing both sides once more.

use clap::{Args, ValueEnum};
use rowferry_engine::model::VerifyLevel;
use rowferry_engine::run::{Control, RunStatus, reload};
use rowferry_engine::workspace::{RunRecord, Secrets, Workspace};
use rowferry_engine::{Error, ErrorKind, report, verify};

use super::run::cancel_on_signal;
use super::workspace;
use crate::exit::{Exit, Failure};
use crate::project;
use crate::secrets::asking;
use crate::{exit, output};

/// Compare source and target of a completed run again
#[derive(Debug, Args)]
#[command(after_help = "The run's report then holds this verification.")]
pub struct Verify {
    /// A run's id, or a project, which stands for its last completed run
    #[arg(value_name = "RUN|PROJECT")]
    subject: String,
    /// How far; without it, as far as the project says
    #[arg(long)]
    level: Option<Level>,
    /// One JSON document instead of text
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Level {
    /// Rows on both sides
    Counts,
    /// Also nulls, distinct values, least, greatest, sum and length of every column
    Aggregates,
    /// Also a checksum over every row
    Checksums,
}

impl From<Level> for VerifyLevel {
    fn from(level: Level) -> VerifyLevel {
        match level {
            Level::Counts => VerifyLevel::Counts,
            Level::Aggregates => VerifyLevel::Aggregates,
            Level::Checksums => VerifyLevel::Checksums,
        }
    }
}

impl Verify {
    pub async fn run(self) -> Result<Exit, Failure> {
        let workspace = workspace()?;
        let mut record = subject(&workspace, &self.subject)?;
        let _lock = workspace.lock_run(&record.run)?;
        let secrets = Secrets::new();
        let migration =
            asking(&secrets, &record.project.id, async || reload::open(&record, &workspace, &secrets).await).await?;
        let level = self.level.map_or(record.project.options.verify, VerifyLevel::from);
        let control = Control::new();
        cancel_on_signal(control.clone());
        let verification = verify::verify(&migration, &record, &workspace, level, &control).await?;
        record.verification = Some(verification.clone());
        workspace.keep_run(&record)?;
        workspace.audit(Some(&record.run), &verification.sentence())?;
        if self.json {
            output::say_json(&verification)?;
        } else {
            output::say(report::verification_text(&verification))?;
            output::say(verification.sentence())?;
        }
        Ok(if verification.is_equal() { Exit::Done } else { exit::Exit::Differences })
    }
}

fn subject(workspace: &Workspace, subject: &str) -> Result<RunRecord, Failure> {
    let verifiable = |r: &RunRecord| !r.dry_run && r.status == RunStatus::Completed;
    if !project::is_file(subject) {
        match workspace.run(subject) {
            Ok(record) if verifiable(&record) => return Ok(record),
            Ok(_) => {
                return Err(Failure::not_started(
                    Error::new(ErrorKind::Blocked, "only a completed run can be verified")
                        .hint("Resume the run first."),
                ));
            }
            Err(e) if e.kind != ErrorKind::NotFound => return Err(e.into()),
            Err(_) => {}
        }
    }
    let opened = project::open(workspace, subject)?;
    workspace.runs(Some(&opened.project.id))?.into_iter().find(verifiable).ok_or_else(|| {
        Failure::not_started(
            Error::new(ErrorKind::NotFound, format!("no run of {} has completed", opened.project.name))
                .hint("Run the project first."),
        )
    })
}
