//! Building and testing the Rust crates.
//!
//! Every build selects the same packages, because cargo chooses the features of dependencies by what is selected: with
//! another selection DataFusion would be built a second time.

use std::process::Command;

use crate::failure::{Failure, Result};
use crate::suite::Counts;
use crate::{paths, process};

/// Which of the workspace's packages are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packages {
    All,
    /// What needs no WebKit.
    WithoutWindow,
}

impl Packages {
    /// All of them where WebKit is installed, so that nothing is built twice when the window is built too.
    pub fn at_hand() -> Self {
        let has_webkit =
            || process::output(process::command("pkg-config").args(["--exists", "webkit2gtk-4.1"])).is_ok();
        if !cfg!(target_os = "linux") || has_webkit() { Packages::All } else { Packages::WithoutWindow }
    }
}

/// A cargo command on these packages.
pub fn cargo(subcommand: &[&str], packages: Packages) -> Command {
    let mut command = process::command("cargo");
    command.args(subcommand).args(["--workspace", "--locked"]);
    if packages == Packages::WithoutWindow {
        command.args(["--exclude", "rowferry-app"]);
    }
    command
}

/// Builds what `what` selects, such as `--bin rowferry`.
pub fn build(what: &[&str], packages: Packages, release: bool) -> Result<()> {
    let mut command = cargo(&["build"], packages);
    command.args(what);
    if release {
        command.arg("--release");
    }
    process::foreground(&mut command)
}

/// Tests put these into cells and passwords (`tests/cli/silence.rs`); nothing that is printed may hold them.
const PLANTED: [&str; 2] = ["PlantedCellValue7319", "PlantedPassword7319"];

/// Runs the tests of these packages, with cargo-nextest where it is installed, but for those whose names hold one of
/// `left_out`.
pub fn test(packages: Packages, left_out: &[&str], prepare: impl Fn(&mut Command)) -> Result<Counts> {
    let nextest = process::output(process::command("cargo").args(["nextest", "--version"])).is_ok();
    let mut command = if nextest {
        let mut command = cargo(&["nextest", "run"], packages);
        command.args(["--no-fail-fast", "--status-level", "all"]);
        command
    } else {
        let mut command = cargo(&["test"], packages);
        command.args(["--no-fail-fast", "--lib", "--bins", "--tests"]);
        command
    };
    if !left_out.is_empty() {
        command.arg("--").args(left_out.iter().flat_map(|name| ["--skip", name]));
    }
    prepare(&mut command);
    let heard = process::heard(&mut command)?;
    if let Some(marker) = PLANTED.iter().find(|marker| heard.text.contains(**marker)) {
        return Err(Failure::new(format!("{marker}, which tests plant in a cell or as a password, was said aloud")));
    }
    let mut counts = if nextest { nextest_counts(&heard.text) } else { cargo_test_counts(&heard.text) };
    if nextest && !left_out.is_empty() {
        // What was asked not to run; the summary names it.
        counts.skipped = 0;
    }
    match (heard.success, counts.failed) {
        (false, 0) => Err(Failure::new(format!("{} failed", process::name(&command)))),
        _ => Ok(counts),
    }
}

/// Where the crates' executables are, for tests that start them.
pub fn executables(command: &mut Command) {
    command
        .env("ROWFERRY_CLI", paths::built("rowferry", false))
        .env("ROWFERRY_BRIDGE", paths::built("rowferry-bridge", false))
        .env("ROWFERRY_APP", paths::built("rowferry-app", false));
}

/// From `Summary [ 1.2s] 9 tests run: 7 passed (1 slow), 1 failed, 1 timed out, 2 skipped`.
fn nextest_counts(text: &str) -> Counts {
    let Some(summary) = text.lines().rev().find(|line| line.contains(" run: ") && line.contains("Summary")) else {
        return Counts::default();
    };
    let all = summary.rsplit(" run: ").next().unwrap_or_default();
    let mut counts = Counts::default();
    for part in all.split(", ") {
        let mut words = part.split_whitespace();
        let (Some(number), Some(word)) = (words.next().and_then(|n| n.parse::<u32>().ok()), words.next()) else {
            continue;
        };
        match word {
            "passed" => counts.passed += number,
            "skipped" => counts.skipped += number,
            "failed" | "timed" | "exec" => counts.failed += number,
            _ => {}
        }
    }
    counts
}

/// From every `test result: ok. 5 passed; 0 failed; 0 ignored; …`.
fn cargo_test_counts(text: &str) -> Counts {
    let mut counts = Counts::default();
    for line in text.lines().filter(|line| line.trim_start().starts_with("test result:")) {
        for part in line.split(['.', ';']) {
            let mut words = part.split_whitespace();
            let (Some(number), Some(word)) = (words.next().and_then(|n| n.parse::<u32>().ok()), words.next()) else {
                continue;
            };
            match word {
                "passed" => counts.passed += number,
                "failed" => counts.failed += number,
                "ignored" => counts.skipped += number,
                _ => {}
            }
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nextest_says_is_counted() {
        let said =
            "  PASS x\n     Summary [   1.234s] 9 tests run: 7 passed (1 slow), 1 failed, 1 timed out, 2 skipped\n";
        assert_eq!(nextest_counts(said), Counts { passed: 7, failed: 2, skipped: 2 });
        assert_eq!(nextest_counts("error: could not compile"), Counts::default());
    }

    #[test]
    fn what_cargo_test_says_is_added_up() {
        let said = "test result: ok. 5 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\
                    test result: FAILED. 2 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out\n";
        assert_eq!(cargo_test_counts(said), Counts { passed: 7, failed: 1, skipped: 1 });
    }
}
