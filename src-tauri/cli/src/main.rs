//! `rowferry`: the engine without a window.
//!
//! It must not know databases: it reads arguments, asks the engine, writes what came of it, and ends with a code.

mod commands;
mod exit;
mod output;
mod project;
mod secrets;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::exit::{Exit, Failure};

/// Carries rows from one database to another, and proves that they arrived.
#[derive(Debug, Parser)]
#[command(
    name = "rowferry",
    version,
    after_help = "\
URLs: postgres://user@host:port/db?schema=public, mysql://user@host:port/db, sqlite:PATH, csv:PATH, json:PATH,
parquet:PATH (a file, or a folder of files).
A password comes from the keychain, from ROWFERRY_PASSWORD_<CONNECTION>, or from a prompt; never from a project file.
ROWFERRY_HOME moves the workspace, which keeps projects, runs, rejects and the audit trail.
ROWFERRY_LOG=info writes what happens inside to standard error.

Exit codes: 0 done and green; 1 failed; 2 not started (usage, invalid project, a finding that blocks);
3 finished with rejects; 4 verification found differences; 130 cancelled."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Discover(commands::discover::Discover),
    Suggest(commands::suggest::Suggest),
    Check(commands::check::Check),
    Run(commands::run::Run),
    Resume(commands::resume::Resume),
    Rollback(commands::rollback::Rollback),
    Accept(commands::accept::Accept),
    Runs(commands::runs::Runs),
    Verify(commands::verify::Verify),
    Report(commands::report::Report),
    Match(commands::matching::Match),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    log();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => {
            output::complain(&e.into());
            return Exit::Failed.into();
        }
    };
    match runtime.block_on(run(arguments.command)) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            output::complain(&failure.error);
            failure.exit.into()
        }
    }
}

async fn run(command: Command) -> Result<Exit, Failure> {
    match command {
        Command::Discover(c) => c.run().await,
        Command::Suggest(c) => c.run().await,
        Command::Check(c) => c.run().await,
        Command::Run(c) => c.run().await,
        Command::Resume(c) => c.run().await,
        Command::Rollback(c) => c.run().await,
        Command::Accept(c) => c.run().await,
        Command::Runs(c) => c.run(),
        Command::Verify(c) => c.run().await,
        Command::Report(c) => c.run(),
        Command::Match(c) => c.run(),
    }
}

/// Nothing is logged unless somebody asks for it; and never what libraries say: drivers log statements with the values
/// in them.
fn log() {
    if let Ok(filter) = tracing_subscriber::EnvFilter::try_from_env("ROWFERRY_LOG") {
        let ours = tracing_subscriber::filter::filter_fn(|about| about.target().starts_with("rowferry"));
        let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
        tracing_subscriber::registry().with(lines).with(filter).with(ours).init();
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        super::Arguments::command().debug_assert();
    }
}
