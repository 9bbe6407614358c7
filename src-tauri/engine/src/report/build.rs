//! From a run's record and its reject files to the report.

use std::collections::HashMap;

use super::words::{counted, grouped, moment};
use super::{Outcome, RejectReason, Report, Side, TableReport};
use crate::connectors::url;
use crate::error::Result;
use crate::run::{ChangeFiles, Phase, RejectFiles, RunStatus};
use crate::verify::Verification;
use crate::workspace::{RunRecord, Workspace};

/// Makes the report of a run, whatever state it is in.
///
/// # Errors
/// `Io` or `WrongFormat` when a reject file is there but cannot be read.
pub fn build(record: &RunRecord, workspace: &Workspace) -> Result<Report> {
    let files = RejectFiles::new(&workspace.run_folder(&record.run));
    let changes = ChangeFiles::new(&workspace.run_folder(&record.run));
    let mut tables = Vec::with_capacity(record.tables.len());
    for (step, progress) in record.tables.iter().enumerate() {
        let name = progress.target.to_string();
        let path = files.table(step as u32, &name);
        tables.push(TableReport {
            progress: progress.clone(),
            rejects: path.exists().then(|| path.display().to_string()),
            reject_reasons: reasons(&files, step as u32, &name)?,
            changes: changes.of_step(step as u32)?,
            sequences: record.sequences.get(step).cloned().unwrap_or_default(),
        });
    }
    let outcome = outcome(record);
    Ok(Report {
        run: record.run.clone(),
        project: record.project.name.clone(),
        project_version: record.project_version,
        rowferry_version: env!("CARGO_PKG_VERSION").into(),
        operator: record.operator.clone(),
        dry_run: record.dry_run,
        reload: record.reload.clone(),
        status: record.status,
        outcome,
        summary: summary(record, outcome),
        started_at: record.started_at.clone(),
        finished_at: record.finished_at.clone(),
        seconds: record.seconds,
        source: without_password(&record.source),
        target: without_password(&record.target),
        consistency: consistency(record),
        retries: record.retries,
        phases: record.phases.iter().filter(|p| p.phase != Phase::Done).copied().collect(),
        tables,
        findings: record.plan.findings.clone(),
        statements: record.plan.statements.clone(),
        approvals: record.approvals.clone(),
        verification: record.verification.clone(),
        error: record.error.clone(),
        log: record.log.clone(),
    })
}

/// How the source was kept still, and where it was not.
fn consistency(record: &RunRecord) -> String {
    let mut text = record.plan.consistency.clone();
    for at in &record.snapshots_lost {
        text += &format!("; the snapshot was lost at {}, and what was read later comes from a later one", moment(at));
    }
    text
}

/// The one word for a run. Differences weigh more than rejects.
pub fn outcome(record: &RunRecord) -> Outcome {
    match record.status {
        RunStatus::Running | RunStatus::Paused | RunStatus::Interrupted => return Outcome::Unfinished,
        RunStatus::Failed => return Outcome::Failed,
        RunStatus::Cancelled => return Outcome::Cancelled,
        RunStatus::RolledBack => return Outcome::RolledBack,
        RunStatus::Completed => {}
    }
    let different = record.verification.as_ref().is_some_and(|v| !v.is_equal());
    if different || !adds_up(record) {
        return Outcome::Differences;
    }
    if record.tables.iter().any(|t| t.rejected > 0) {
        return Outcome::Rejects;
    }
    match (record.dry_run, &record.verification) {
        (true, _) => Outcome::DryRunClean,
        (false, None) => Outcome::Unverified,
        (false, Some(_)) => Outcome::Green,
    }
}

fn adds_up(record: &RunRecord) -> bool {
    record.tables.iter().all(|t| t.read == t.written + t.rejected + t.filtered)
}

fn summary(record: &RunRecord, outcome: Outcome) -> String {
    let sum = |figure: fn(&crate::run::TableProgress) -> u64| record.tables.iter().map(figure).sum::<u64>();
    let (read, written, rejected) = (sum(|t| t.read), sum(|t| t.written), sum(|t| t.rejected));
    let tables = counted(record.tables.len() as u64, "table");
    let failure = record.error.as_ref().map(|e| e.message.as_str());
    match outcome {
        Outcome::Green => {
            let level = record.verification.as_ref().map_or("nothing", |v| v.level.compared());
            format!("{} in {tables} arrived: {level} agree on both sides{}.", counted(written, "row"), limits(record))
        }
        Outcome::Rejects if record.dry_run => {
            format!("The dry run found {} of {} that would be rejected.", grouped(rejected), counted(read, "row"))
        }
        Outcome::Rejects => {
            let rest = match &record.verification {
                Some(_) => "the others arrived and were verified",
                None => "the others were not verified",
            };
            let verb = if rejected == 1 { "was" } else { "were" };
            format!("{} of {} {verb} rejected; {rest}.", grouped(rejected), counted(read, "row"))
        }
        Outcome::Differences => match record.verification.as_ref().map(different_tables) {
            Some(names) if !names.is_empty() => {
                format!("The run finished, but the verification found differences in {names}.")
            }
            _ => "The run finished, but the rows read are not those written, rejected and filtered.".into(),
        },
        Outcome::Unverified => format!("{} in {tables} were written; nothing was verified.", counted(written, "row")),
        Outcome::DryRunClean => format!(
            "The dry run read {} in {tables} and found nothing to reject; it wrote nothing.",
            counted(read, "row")
        ),
        Outcome::Failed => format!("The run failed: {}.", failure.unwrap_or("its record holds no reason")),
        Outcome::Cancelled if record.dry_run => "The dry run was cancelled; it wrote nothing.".into(),
        Outcome::Cancelled => {
            format!("The run was cancelled when {} had been written; it can be resumed.", counted(written, "row"))
        }
        Outcome::Unfinished => {
            format!("The run has not finished; {} are recorded as written.", counted(written, "row"))
        }
        Outcome::RolledBack => "The run was rolled back: what it wrote was taken out of the target again.".into(),
    }
}

/// What keeps a green run from being compared in full.
fn limits(record: &RunRecord) -> String {
    let partly = record.verification.iter().flat_map(|v| &v.tables).filter(|t| !t.not_compared.is_empty()).count();
    match partly {
        0 => String::new(),
        n => format!(" ({} not compared in full)", counted(n as u64, "table")),
    }
}

fn different_tables(verification: &Verification) -> String {
    let names: Vec<String> =
        verification.tables.iter().filter(|t| !t.is_equal()).map(|t| t.target.to_string()).collect();
    match names.len() {
        0..=5 => names.join(", "),
        n => format!("{} and {} more", names[..5].join(", "), n - 5),
    }
}

/// How many rows were rejected for each reason, most first. A reason says no value; the place in a file that it names
/// is left to the reject file.
fn reasons(files: &RejectFiles, step: u32, table: &str) -> Result<Vec<RejectReason>> {
    let mut counts: HashMap<String, u64> = HashMap::new();
    for row in files.read(step, table)? {
        let row = row?;
        let reason = without_place(&row.reason);
        let reason = match row.column {
            Some(column) if !reason.contains(&column) => format!("{column}: {reason}"),
            _ => reason.to_string(),
        };
        *counts.entry(reason).or_insert(0) += 1;
    }
    let mut reasons: Vec<RejectReason> =
        counts.into_iter().map(|(reason, rows)| RejectReason { reason, rows }).collect();
    reasons.sort_by(|a, b| b.rows.cmp(&a.rows).then_with(|| a.reason.cmp(&b.reason)));
    Ok(reasons)
}

/// "line 7 at byte 99: the value is not a number" → "the value is not a number".
fn without_place(reason: &str) -> &str {
    match reason.split_once(": ") {
        Some((place, rest)) if place.contains("line ") || place.starts_with("row ") => rest,
        _ => reason,
    }
}

fn without_password(side: &Side) -> Side {
    Side { url: url::without_password(&side.url), ..side.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_the_same_in_every_line_of_a_file() {
        assert_eq!(without_place("line 7 at byte 99: the value is not a number"), "the value is not a number");
        assert_eq!(without_place("a.json, line 7, byte 3: x is text"), "x is text");
        assert_eq!(without_place("row 12: the value is beyond the range"), "the value is beyond the range");
        assert_eq!(without_place("a row is there already: (id)"), "a row is there already: (id)");
    }
}
