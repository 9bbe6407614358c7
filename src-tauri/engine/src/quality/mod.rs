//! What the data say against a plan, before anything is written.
//!
//! Each source table is read once, through the same readings, filter and transform as a run, and what a run would
//! reject or stop at becomes a finding with a count, keys of some rows, an example and the choices that resolve it.
//! Parts are read again only to name such rows, or past values that cannot be read; of the target the keys are read that
//! it holds already. It must not know runs, and writes nothing. Invariant: memory is bounded by one budget of keys and a
//! batch; what was not examined for that reason is said in a finding.

mod checks;
mod guess;
mod json;
mod keys;
mod size;
mod table;
mod text;
mod values;

use crate::error::{Error, Result};
use crate::migration::Migration;
use crate::plan::{Evidence, Finding, FindingCode, Plan, Severity, Step};
use crate::run::Control;
use crate::types::Verdict;
use keys::Keys;

/// Rows read of one table; of a larger one, ranges spread over it.
pub const BUDGET: u64 = 1_000_000;

/// Keys of rows that a finding names.
const NAMED: usize = 5;

/// Reads the source, and of the target what is compared with it, and adds what they say to the plan's findings.
///
/// # Errors
/// When a table cannot be read at all; `Cancelled`, at once.
pub async fn examine(migration: &Migration, plan: &mut Plan, control: &Control) -> Result<()> {
    let found = tokio::select! {
        found = look(migration, plan, control) => found?,
        () = control.cancelled() => return Err(Error::cancelled()),
    };
    plan.findings.extend(found);
    plan.findings.sort_by_key(|f| f.severity);
    Ok(())
}

async fn look(migration: &Migration, plan: &Plan, control: &Control) -> Result<Vec<Finding>> {
    let steps: Vec<Step> = plan.steps.iter().map(without_impossible).collect();
    let mut keys = Keys::new(migration, &steps).await?;
    let largest_value = migration.target.read().largest_value().await?;
    let mut found = Vec::new();
    for (number, step) in steps.iter().enumerate() {
        control.check()?;
        let here = |e: Error| e.table(step.from.to_string());
        let (looked, said) =
            table::look(migration, step, number, largest_value, &mut keys, control).await.map_err(here)?;
        found.extend(said);
        found.extend(keys.settle(migration, &steps, number, looked, control).await.map_err(here)?);
    }
    Ok(found)
}

/// A conversion that is impossible is a finding already; the other columns are looked at all the same.
fn without_impossible(step: &Step) -> Step {
    let possible = step.columns.iter().filter(|c| !matches!(c.verdict, Verdict::Impossible { .. }));
    Step { columns: possible.cloned().collect(), ..step.clone() }
}

/// Rows of one kind, with some of their keys and one value.
#[derive(Debug, Default, Clone)]
struct Seen {
    rows: u64,
    keys: Vec<String>,
    example: Option<String>,
}

impl Seen {
    fn note(&mut self, key: impl FnOnce() -> String, example: impl FnOnce() -> Option<String>) {
        self.rows += 1;
        if self.keys.len() < NAMED {
            self.keys.push(key());
        }
        if self.example.is_none() {
            self.example = example().map(|text| shortened(&text));
        }
    }

    fn evidence(self, read: u64, sampled: bool) -> Evidence {
        Evidence { rows: self.rows, rows_read: read, sampled, keys: self.keys, example: self.example }
    }
}

fn shortened(text: &str) -> String {
    const LONGEST: usize = 80;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}

/// A finding about a step's column, or about its table.
fn finding(
    step: &Step,
    column: Option<&str>,
    code: FindingCode,
    severity: Severity,
    message: String,
    remedy: &str,
) -> Finding {
    Finding {
        code,
        severity,
        table: Some(step.to.clone()),
        column: column.map(str::to_string),
        path: Some(format!("tables[{}]", step.mapping)),
        message,
        remedy: remedy.into(),
        evidence: None,
        choices: Vec::new(),
    }
}

/// "1 row" or "3 rows"; "at least" where not all were read.
fn rows_in_words(rows: u64, sampled: bool) -> String {
    format!("{}{rows} row{}", if sampled { "at least " } else { "" }, if rows == 1 { "" } else { "s" })
}
