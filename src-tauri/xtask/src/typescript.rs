//! Running the tests that are written in TypeScript, and counting them by the runners' own JSON reports.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::failure::{Failure, Result, While};
use crate::suite::Counts;
use crate::{process, ui};

/// Runs a folder's vitest suite.
pub fn vitest(folder: &Path, report: &Path) -> Result<Counts> {
    let output = format!("--outputFile.json={}", report.display());
    let mut command = ui::npx(folder, &["vitest", "run", "--reporter=default", "--reporter=json", output.as_str()])?;
    counted(&mut command, report, |json| Counts {
        passed: number(&json["numPassedTests"]),
        // A file that does not load has no tests to fail.
        failed: number(&json["numFailedTests"]).max(u32::from(json["success"] == false)),
        skipped: number(&json["numPendingTests"]) + number(&json["numTodoTests"]),
    })
}

/// Runs a folder's Playwright suite.
pub fn playwright(folder: &Path, report: &Path, prepare: impl Fn(&mut Command)) -> Result<Counts> {
    let mut command = ui::npx(folder, &["playwright", "test", "--reporter=list,json"])?;
    command.env("PLAYWRIGHT_JSON_OUTPUT_FILE", report).env("PLAYWRIGHT_JSON_OUTPUT_NAME", report);
    prepare(&mut command);
    counted(&mut command, report, |json| {
        let stats = &json["stats"];
        let errors = json["errors"].as_array().map_or(0, Vec::len) as u32;
        Counts {
            passed: number(&stats["expected"]),
            // A test that passes only at the second attempt has a cause, too.
            failed: number(&stats["unexpected"]) + number(&stats["flaky"]) + errors,
            skipped: number(&stats["skipped"]),
        }
    })
}

fn counted(command: &mut Command, report: &Path, count: impl Fn(&Value) -> Counts) -> Result<Counts> {
    let heard = process::heard(command)?;
    let name = process::name(command);
    let text = std::fs::read(report).during(format!("{name} left no report {}", report.display()))?;
    let json: Value = serde_json::from_slice(&text).during(format!("the report of {name} cannot be read"))?;
    let counts = count(&json);
    match (heard.success, counts.failed + counts.skipped) {
        (false, 0) => Err(Failure::new(format!("{name} failed"))),
        _ => Ok(counts),
    }
}

fn number(value: &Value) -> u32 {
    value.as_u64().and_then(|n| u32::try_from(n).ok()).unwrap_or(0)
}
