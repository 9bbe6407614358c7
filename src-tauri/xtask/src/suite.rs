//! Suites of tests one after the other, and the summary at the end.
//!
//! Invariant: a suite that could not run, or that ran nothing, counts as a failure; what is left out is named.

use std::process::ExitCode;
use std::time::Instant;

use crate::failure::{Failure, Result};

/// How many tests of a suite passed and failed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    pub passed: u32,
    pub failed: u32,
    /// Present and not run; a suite with any has failed.
    pub skipped: u32,
}

impl Counts {
    pub const ONE: Counts = Counts { passed: 1, failed: 0, skipped: 0 };

    pub fn add(self, other: Counts) -> Counts {
        Counts {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            skipped: self.skipped + other.skipped,
        }
    }
}

struct Row {
    suite: &'static str,
    counts: Counts,
    seconds: f64,
    note: Option<String>,
}

/// What has run so far.
#[derive(Default)]
pub struct Summary {
    rows: Vec<Row>,
    left_out: Vec<(&'static str, &'static str)>,
}

impl Summary {
    /// Runs a suite and keeps what came of it; says whether it passed.
    pub fn suite(&mut self, suite: &'static str, run: impl FnOnce() -> Result<Counts>) -> bool {
        println!("\n──── {suite}");
        let started = Instant::now();
        let result = run();
        let seconds = started.elapsed().as_secs_f64();
        let (counts, note) = judge(result);
        if let Some(note) = &note {
            eprintln!("{note}");
        }
        let passed = counts.failed == 0;
        self.rows.push(Row { suite, counts, seconds, note });
        passed
    }

    /// A step that passes or fails as a whole.
    pub fn step(&mut self, suite: &'static str, run: impl FnOnce() -> Result<()>) -> bool {
        self.suite(suite, || run().map(|()| Counts::ONE))
    }

    /// Names a suite that was asked not to run.
    pub fn leave_out(&mut self, suite: &'static str, why: &'static str) {
        self.left_out.push((suite, why));
    }

    /// Prints the table and, alone on the last line, `N passed, N failed`.
    pub fn end(self) -> ExitCode {
        let width = self.rows.iter().map(|row| row.suite.len()).max().unwrap_or(0).max(5);
        println!("\n{:width$} {:>7} {:>7} {:>8}", "suite", "passed", "failed", "seconds");
        let mut total = Counts::default();
        for row in &self.rows {
            let Counts { passed, failed, .. } = row.counts;
            println!("{:width$} {passed:>7} {failed:>7} {:>8.1}", row.suite, row.seconds);
            total = total.add(row.counts);
        }
        for row in &self.rows {
            if let Some(note) = &row.note {
                println!("\n{}: {note}", row.suite);
            }
        }
        for (suite, why) in &self.left_out {
            println!("left out: {suite} ({why})");
        }
        println!("\n{} passed, {} failed", total.passed, total.failed);
        if total.failed == 0 && total.passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

fn judge(result: Result<Counts>) -> (Counts, Option<String>) {
    match result {
        Ok(mut counts) if counts.skipped > 0 => {
            counts.failed += counts.skipped;
            let note = Failure::new(format!("{} tests did not run, which counts as failed", counts.skipped));
            (counts, Some(note.to_string()))
        }
        Ok(counts) if counts.passed + counts.failed == 0 => {
            (Counts { failed: 1, ..counts }, Some(Failure::new("the suite ran nothing").to_string()))
        }
        Ok(counts) => (counts, None),
        Err(failure) => (Counts { failed: 1, ..Counts::default() }, Some(failure.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suite_that_ran_nothing_has_failed() {
        assert_eq!(judge(Ok(Counts::default())).0.failed, 1);
    }

    #[test]
    fn a_test_that_did_not_run_has_failed() {
        assert_eq!(judge(Ok(Counts { passed: 3, failed: 0, skipped: 2 })).0.failed, 2);
    }

    #[test]
    fn a_suite_that_could_not_run_has_failed() {
        let (counts, note) = judge(Err(Failure::new("no server").remedy("start it")));
        assert_eq!(counts.failed, 1);
        assert!(note.is_some_and(|note| note.contains("start it")));
    }
}
