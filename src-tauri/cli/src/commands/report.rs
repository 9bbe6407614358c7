//! `rowferry report`: what a run came to.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use rowferry_engine::report;

use super::{deliver, named_run, workspace};
use crate::exit::{Exit, Failure};

/// Write the report of a run
#[derive(Debug, Args)]
pub struct Report {
    /// The run's id, or its beginning
    run: String,
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Write it to this file instead of printing it
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Html,
    Json,
    Text,
}

impl Report {
    pub fn run(self) -> Result<Exit, Failure> {
        let workspace = workspace()?;
        let report = report::build(&named_run(&workspace, &self.run)?, &workspace)?;
        let content = match self.format {
            Format::Html => report::html(&report)?,
            Format::Json => report::json(&report)?,
            Format::Text => report::text(&report),
        };
        deliver(&content, self.output.as_deref())?;
        Ok(Exit::Done)
    }
}
