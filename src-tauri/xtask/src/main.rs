//! The two commands of the README, `run` and `test`, and what they are made of.
//!
//! This crate needs nothing but the standard library and a JSON parser, so that it builds in seconds on a machine that
//! has only Rust and Node.js; everything else it installs, or says how to. It must not know the engine.

mod bench;
mod codegen;
mod display;
mod failure;
mod packages;
mod paths;
mod process;
mod run;
mod rust;
mod scratch;
mod servers;
mod suite;
mod test;
mod typescript;
mod ui;
mod window_bench;

use std::process::ExitCode;

use failure::{Failure, Result};

const HELP: &str = "\
cargo xtask <COMMAND>

  run          builds Rowferry and opens it with a sample; no server is needed
                 --release      an optimised build (takes much longer to build)
                 --headless     no window: runs the sample by the command line and prints the report
                 --no-install   installs nothing: says what is missing and stops
  test         installs what the tests need, starts private servers, runs every test, prints a summary
                 --quick        leaves out the servers, the browser and the window, and says so
                 --no-install   as above
  with-servers COMMAND …
               runs one command with the tests' servers, keyring and display
  bench        builds an optimised `rowferry`, carries TPC-H tables over every crossing, the best known tool in turn with
               it, and prints times, ratios and memory
                 --scale N      TPC-H scale of lineitem (0.5: 3 million rows)
                 --rounds N     runs of each, of which the median counts (5)
                 --only TEXT    only the measurements whose name holds this; may be repeated
                 --publish      also writes docs/benchmarks/ and the table in README.md
                 --no-install   as above
  bench-window measures how quickly the real window starts, opens very large schemas, and answers to a hand
                 --release      an optimised build (takes much longer to build)
                 --publish      also writes docs/benchmarks/window.md
                 --no-install   as above
  bench-match FOLDER
               scores the matcher on every task of a folder, with a table of reliability and the time
  train-match FOLDER
               learns the matcher's weights from the tasks, and says how good they are on families left out
                 --write FILE   where the weights go (the program's own: src-tauri/matching/src/weights.txt)
  fuzz         mutates URLs, CSV files, project files and expressions, and prints executions and findings
                 --minutes N    in all, over the four (4)
                 --seed N       the same seed gives the same inputs (1)
                 --only NAME    one of url, csv, project, expression
  codegen      writes ui/src/bindings/index.ts and docs/project.schema.json
                 --check        writes nothing; fails when they are not up to date
  screenshots  takes assets/screenshots/*.png from the real window: every screen, light and dark
  packages     installs the system packages that a build of everything needs
  ui           installs and builds ui/
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Result<ExitCode> {
    let Some((command, options)) = arguments.split_first() else {
        print!("{HELP}");
        return Ok(ExitCode::from(2));
    };
    if let Some(task) = match command.as_str() {
        "bench-match" => Some("bench"),
        "train-match" => Some("train"),
        _ => None,
    } {
        return matcher(task, options);
    }
    if command == "with-servers" {
        return test::with_servers(&options.iter().map(String::as_str).collect::<Vec<_>>(), true);
    }
    let mut options = Options::of(command, options);
    match command.as_str() {
        "run" => {
            let how = run::How {
                release: options.take("--release"),
                headless: options.take("--headless"),
                install: !options.take("--no-install"),
            };
            options.end()?;
            run::run(&how)
        }
        "test" => {
            let how = test::How { quick: options.take("--quick"), install: !options.take("--no-install") };
            options.end()?;
            test::test(&how)
        }
        "bench" => {
            let number = |text: Option<&str>, usual: f64| match text.map(str::parse::<f64>) {
                None => Ok(usual),
                Some(Ok(n)) if n > 0.0 => Ok(n),
                Some(_) => Err(Failure::new("--scale and --rounds are numbers above 0")),
            };
            let mut only = Vec::new();
            while let Some(text) = options.value("--only") {
                only.push(text.to_string());
            }
            let how = bench::How {
                scale: number(options.value("--scale"), 0.5)?,
                rounds: number(options.value("--rounds"), 5.0)? as usize,
                only,
                publish: options.take("--publish"),
                install: !options.take("--no-install"),
            };
            options.end()?;
            bench::bench(&how)
        }
        "bench-window" => {
            let how = window_bench::How {
                release: options.take("--release"),
                publish: options.take("--publish"),
                install: !options.take("--no-install"),
            };
            options.end()?;
            window_bench::bench(&how)
        }
        "fuzz" => {
            let mut arguments = vec!["--minutes", options.value("--minutes").unwrap_or("4")];
            for name in ["--seed", "--only"] {
                if let Some(value) = options.value(name) {
                    arguments.extend([name, value]);
                }
            }
            options.end()?;
            fuzz(&arguments)
        }
        "codegen" => {
            let check = options.take("--check");
            options.end()?;
            codegen::codegen(check)
        }
        "screenshots" => {
            let install = !options.take("--no-install");
            options.end()?;
            test::screenshots(install)
        }
        "packages" => {
            options.end()?;
            packages::provide(packages::WINDOW, true)?;
            Ok(ExitCode::SUCCESS)
        }
        "ui" => {
            options.end()?;
            ui::build()?;
            Ok(ExitCode::SUCCESS)
        }
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        other => Err(Failure::new(format!("there is no command {other:?}")).remedy("See: cargo xtask help")),
    }
}

/// Debug assertions are on, so that what overflows is found.
/// The matcher is measured at full strength; its crate is small and quickly built.
fn matcher(task: &str, options: &[String]) -> Result<ExitCode> {
    let mut command = process::command("cargo");
    command.args(["run", "--quiet", "--locked", "--release", "--package", "rowferry-training", "--", task]);
    process::foreground(command.args(options))?;
    Ok(ExitCode::SUCCESS)
}

fn fuzz(arguments: &[&str]) -> Result<ExitCode> {
    rust::build(&["--bin", "rowferry-fuzz"], rust::Packages::at_hand(), false)?;
    let findings = paths::target().join("fuzz");
    let mut command = process::command(paths::built("rowferry-fuzz", false));
    process::foreground(command.args(arguments).arg("--findings").arg(&findings))?;
    Ok(ExitCode::SUCCESS)
}

/// The options after a command: each is taken once, and what is left over is a mistake.
struct Options<'a> {
    command: &'a str,
    left: Vec<&'a str>,
}

impl<'a> Options<'a> {
    fn of(command: &'a str, options: &'a [String]) -> Self {
        Options { command, left: options.iter().map(String::as_str).collect() }
    }

    fn take(&mut self, name: &str) -> bool {
        let before = self.left.len();
        self.left.retain(|option| *option != name);
        self.left.len() < before
    }

    /// The word after this option.
    fn value(&mut self, name: &str) -> Option<&'a str> {
        let at = self.left.iter().position(|option| *option == name)?;
        self.left.remove(at);
        (at < self.left.len()).then(|| self.left.remove(at))
    }

    fn end(self) -> Result<()> {
        match self.left.first() {
            None => Ok(()),
            Some(option) => Err(Failure::new(format!("`cargo xtask {}` has no option {option:?}", self.command))
                .remedy("See: cargo xtask help")),
        }
    }
}
