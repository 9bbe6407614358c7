//! `rowferry runs`: what was run here.

use clap::Args;
use rowferry_engine::report::{self, Outcome};
use rowferry_engine::run::RunStatus;
use rowferry_engine::workspace::RunRecord;
use serde::Serialize;

use super::workspace;
use crate::exit::{Exit, Failure};
use crate::output;

/// List the runs that this workspace knows, latest first
#[derive(Debug, Args)]
pub struct Runs {
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

/// A run's line.
#[derive(Serialize)]
struct Line<'a> {
    run: &'a str,
    project: &'a str,
    project_name: &'a str,
    dry_run: bool,
    status: RunStatus,
    outcome: Outcome,
    started_at: &'a str,
    seconds: f64,
    written: u64,
    rejected: u64,
    tables: usize,
}

impl Runs {
    pub fn run(self) -> Result<Exit, Failure> {
        let runs = workspace()?.runs(None)?;
        if !self.json && runs.is_empty() {
            output::say("no runs yet")?;
        }
        for record in &runs {
            let line = Line::of(record);
            if self.json {
                output::say_json(&line)?;
            } else {
                output::say(line.text())?;
            }
        }
        Ok(Exit::Done)
    }
}

impl<'a> Line<'a> {
    fn of(record: &'a RunRecord) -> Self {
        Line {
            run: &record.run,
            project: &record.project.id,
            project_name: &record.project.name,
            dry_run: record.dry_run,
            status: record.status,
            outcome: report::outcome(record),
            started_at: &record.started_at,
            seconds: record.seconds,
            written: record.tables.iter().map(|t| t.written).sum(),
            rejected: record.tables.iter().map(|t| t.rejected).sum(),
            tables: record.tables.len(),
        }
    }

    fn text(&self) -> String {
        let word = match self.status {
            RunStatus::Running => "Running",
            RunStatus::Paused => "Paused",
            RunStatus::Interrupted => "Interrupted",
            _ => self.outcome.title(),
        };
        let dry = if self.dry_run { " (dry run)" } else { "" };
        format!(
            "{}  {}  {:21}  {} written, {} rejected, {:.1} s  {}{dry}",
            self.run, self.started_at, word, self.written, self.rejected, self.seconds, self.project_name
        )
    }
}
