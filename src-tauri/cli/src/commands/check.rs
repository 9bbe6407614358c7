//! `rowferry check`: what a run would do, and what is wrong with it.

use clap::Args;
use rowferry_engine::plan::{Finding, Plan, Severity, Step, When};
use rowferry_engine::workspace::Secrets;

use super::workspace;
use crate::exit::{Exit, Failure};
use crate::{output, project};

/// Show plan and findings; writes nothing
#[derive(Debug, Args)]
pub struct Check {
    /// A *.rowferry.json file, or the name or id of a project that was opened before
    project: String,
    /// One JSON document instead of text
    #[arg(long)]
    json: bool,
}

impl Check {
    pub async fn run(self) -> Result<Exit, Failure> {
        let workspace = workspace()?;
        let opened = project::open(&workspace, &self.project)?;
        let plan = project::migration(&opened, &Secrets::new()).await?.plan().await?;
        if self.json {
            output::say_json(&plan)?;
        } else {
            output::say(described(&plan))?;
        }
        Ok(if plan.is_blocked() { Exit::NotStarted } else { Exit::Done })
    }
}

fn described(plan: &Plan) -> String {
    let mut lines = Vec::new();
    lines.push(format!("{} tables, in this order:", plan.steps.len()));
    lines.extend(plan.steps.iter().map(step));
    lines.push(format!("Consistency: {}", plan.consistency));
    for when in [When::BeforeLoad, When::AfterLoad] {
        let statements: Vec<_> = plan.statements.iter().filter(|s| s.when == when).collect();
        if statements.is_empty() {
            continue;
        }
        lines.push(String::new());
        lines.push(if when == When::BeforeLoad { "Before the load:" } else { "After the load:" }.into());
        for statement in statements {
            let mark = if statement.destructive { "  -- destructive" } else { "" };
            lines.push(format!("{};{mark}", statement.sql.trim_end_matches(';')));
        }
    }
    lines.push(String::new());
    lines.extend(plan.findings.iter().flat_map(finding));
    lines.push(verdict(plan));
    lines.join("\n")
}

fn step(step: &Step) -> String {
    let rows = step.rows.map(|n| format!(", about {n} rows")).unwrap_or_default();
    let target = match (step.creates, step.adds_columns.len()) {
        (true, _) => ", created".to_string(),
        (false, 0) => String::new(),
        (false, n) => format!(", {n} columns added"),
    };
    format!("  {} → {} ({} columns{rows}{target})", step.from, step.to, step.columns.len())
}

fn finding(finding: &Finding) -> [String; 2] {
    let weight = match finding.severity {
        Severity::Blocks => "blocks",
        Severity::Confirm => "confirm",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let place = match (&finding.table, &finding.column) {
        (Some(table), Some(column)) => format!("{table}.{column}: "),
        (Some(table), None) => format!("{table}: "),
        _ => String::new(),
    };
    let path = finding.path.as_ref().map(|p| format!(" ({p})")).unwrap_or_default();
    [format!("{weight}: {place}{}{path}", finding.message), format!("  {}", finding.remedy)]
}

fn verdict(plan: &Plan) -> String {
    let count = |severity| plan.findings.iter().filter(|f| f.severity == severity).count();
    match (count(Severity::Blocks), count(Severity::Confirm)) {
        (0, 0) => "The run can start.".into(),
        (0, n) => format!("The run can start once what needs it is confirmed ({n}): run --yes."),
        (n, _) => format!("The run cannot start: {n} findings block it."),
    }
}
