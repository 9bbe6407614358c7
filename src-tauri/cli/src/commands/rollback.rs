//! `rowferry rollback`: taking a run's rows out of the target again.

use clap::Args;
use rowferry_engine::run;
use rowferry_engine::workspace::Secrets;

use super::{named_run, workspace};
use crate::exit::{Exit, Failure};
use crate::output;
use crate::secrets::asking;

/// Take what a run wrote out of the target again
#[derive(Debug, Args)]
pub struct Rollback {
    /// The run's id, or its beginning
    run: String,
    /// Also when a table was changed since the run: those changes are lost
    #[arg(long)]
    force: bool,
}

impl Rollback {
    pub async fn run(self) -> Result<Exit, Failure> {
        let workspace = workspace()?;
        let record = named_run(&workspace, &self.run)?;
        let secrets = Secrets::new();
        let record = asking(&secrets, &record.project.id, async || {
            run::rollback(&record.run, &workspace, &secrets, self.force).await
        })
        .await?;
        let (created, found): (Vec<_>, Vec<_>) = record.plan.steps.iter().partition(|s| s.creates);
        output::say(format!(
            "run {} is rolled back: {} dropped that it created, {} as before",
            record.run,
            tables(created.len()),
            tables(found.len())
        ))?;
        Ok(Exit::Done)
    }
}

fn tables(count: usize) -> String {
    if count == 1 { "1 table".into() } else { format!("{count} tables") }
}
