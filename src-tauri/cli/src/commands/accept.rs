//! `rowferry accept`: a run is good, and what a rollback of it would need can go.

use clap::Args;
use rowferry_engine::run;
use rowferry_engine::workspace::Secrets;

use super::{named_run, workspace};
use crate::exit::{Exit, Failure};
use crate::output;
use crate::secrets::asking;

/// Accept a complete run: what the target keeps for its rollback is removed
#[derive(Debug, Args)]
pub struct Accept {
    /// The run's id, or its beginning
    run: String,
}

impl Accept {
    pub async fn run(self) -> Result<Exit, Failure> {
        let workspace = workspace()?;
        let record = named_run(&workspace, &self.run)?;
        let secrets = Secrets::new();
        let accept = async || run::accept(&record.run, &workspace, &secrets).await;
        let record = asking(&secrets, &record.project.id, accept).await?;
        output::say(format!("run {} is accepted: it cannot be rolled back any more", record.run))?;
        Ok(Exit::Done)
    }
}
