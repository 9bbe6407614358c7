//! `rowferry match`: what corresponds to what in two schemas, without any database.

use std::path::PathBuf;

use clap::Args;
use rowferry_engine::matching::task::Task;

use crate::exit::{Exit, Failure};
use crate::output;

/// Rank column pairs of two schemas
#[derive(Debug, Args)]
#[command(
    after_help = r#"The task is {"name", "source": {"tables": [{"name", "comment"?, "columns": [{"name", "type"?, "comment"?,
"nullable"?, "primary_key"?, "references"?, "samples"?}]}]}, "target": {…}}.
The answer is JSON lines {"source":"table.column","target":"table.column","score":0.97}, best first."#
)]
pub struct Match {
    /// The matching task, a JSON file
    task: PathBuf,
    /// Targets for each source column
    #[arg(long, value_name = "N", default_value_t = 5)]
    top: usize,
}

impl Match {
    pub fn run(self) -> Result<Exit, Failure> {
        let task = Task::read(&self.task).map_err(Failure::not_started)?;
        for row in task.rows(self.top) {
            output::say_json(&row)?;
        }
        Ok(Exit::Done)
    }
}
