//! `rowferry resume`: going on with a run that did not complete.

use clap::Args;
use rowferry_engine::run::Job;
use rowferry_engine::workspace::Secrets;

use super::{named_run, workspace};
use crate::exit::{Exit, Failure};
use crate::output;
use crate::secrets::asking;

/// Go on with a run that was cancelled, failed or killed
#[derive(Debug, Args)]
pub struct Resume {
    /// The run's id, or its beginning
    run: String,
    /// However many rows are rejected: the project's limits do not stop the run again
    #[arg(long)]
    no_reject_limit: bool,
    /// One JSON object a line while it works
    #[arg(long)]
    json: bool,
}

impl Resume {
    pub async fn run(self) -> Result<Exit, Failure> {
        let workspace = workspace()?;
        let record = named_run(&workspace, &self.run)?;
        let secrets = Secrets::new();
        let observer = output::observer(self.json);
        let mut job = asking(&secrets, &record.project.id, async || {
            Job::resume(&record.run, &secrets, workspace.clone(), observer.clone()).await
        })
        .await?;
        if self.no_reject_limit {
            job.lift_reject_limits()?;
        }
        super::run::carry_out(job, &workspace, self.json).await
    }
}
