//! Measures the matcher on tasks whose truth is known, and learns its weights from them.
//!
//! A task is a file as `rowferry match` reads it, with `family` and `ground_truth` beside. `cargo xtask bench-match` and
//! `cargo xtask train-match` call it.

mod bench;
mod examples;
mod figures;
mod fit;
mod reliability;
mod train;
mod truth;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

#[derive(Parser)]
#[command(about = "Measure the matcher, and learn its weights")]
enum Command {
    /// Score the matcher on every task of a folder
    Bench {
        /// A folder of tasks
        folder: PathBuf,
    },
    /// Learn weights, and say how good they are on families that they were not learned from
    Train {
        /// A folder of tasks
        folder: PathBuf,
        /// Where the weights go; without it they are only shown
        #[arg(long, value_name = "FILE")]
        write: Option<PathBuf>,
    },
}

fn main() -> ExitCode {
    let done = match Command::parse() {
        Command::Bench { folder } => truth::read_all(&folder).map(|tasks| bench::run(&tasks)),
        Command::Train { folder, write } => {
            truth::read_all(&folder).and_then(|tasks| train::run(&tasks, write.as_deref()))
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}
