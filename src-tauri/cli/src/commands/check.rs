//! `rowferry check`: what a run would do, and what is wrong with it.

use clap::Args;
use rowferry_engine::error::{Error, ErrorKind};
use rowferry_engine::model::Project;
use rowferry_engine::plan::{Choice, Finding, Plan, RollbackLevel, Severity, Step, When};
use rowferry_engine::run::Control;
use rowferry_engine::workspace::Secrets;

use super::workspace;
use crate::exit::{Exit, Failure};
use crate::{output, project};

/// Show plan and findings; writes nothing
#[derive(Debug, Args)]
pub struct Check {
    /// A *.rowferry.json file, or the name or id of a project that was opened before
    project: String,
    /// Look at the schemas only; without it the data are read, of large tables a part
    #[arg(long)]
    schema_only: bool,
    /// Also show one of the values of each finding; without it only keys of rows are shown
    #[arg(long)]
    examples: bool,
    /// Take these of the choices that the findings offer, by their numbers, and save the project
    #[arg(long, value_name = "N,…", value_delimiter = ',')]
    choose: Vec<usize>,
    /// One JSON document instead of text
    #[arg(long)]
    json: bool,
}

impl Check {
    pub async fn run(self) -> Result<Exit, Failure> {
        let workspace = workspace()?;
        let mut opened = project::open(&workspace, &self.project)?;
        let mut plan = self.plan(&opened).await?;
        if !self.choose.is_empty() {
            take(&self.choose, &plan, &mut opened.project)?;
            project::save(&workspace, &opened)?;
            plan = self.plan(&opened).await?;
        }
        if !self.examples {
            // What is printed is often kept in a log.
            plan.findings.iter_mut().filter_map(|f| f.evidence.as_mut()).for_each(|e| e.example = None);
        }
        if self.json {
            output::say_json(&plan)?;
        } else {
            output::say(described(&plan))?;
        }
        Ok(if plan.is_blocked() { Exit::NotStarted } else { Exit::Done })
    }
}

impl Check {
    async fn plan(&self, opened: &project::Opened) -> Result<Plan, Failure> {
        let migration = project::migration(opened, &Secrets::new()).await?;
        Ok(match self.schema_only {
            true => migration.plan().await?,
            false => migration.plan_with_data(&Control::new()).await?,
        })
    }
}

/// Every choice of the plan's findings, in their order; numbered from 1.
fn choices(plan: &Plan) -> Vec<&Choice> {
    plan.findings.iter().flat_map(|f| &f.choices).collect()
}

fn take(numbers: &[usize], plan: &Plan, project: &mut Project) -> Result<(), Failure> {
    let offered = choices(plan);
    for number in numbers {
        let choice = number.checked_sub(1).and_then(|i| offered.get(i)).ok_or_else(|| {
            let hint = "`rowferry check` lists them with their numbers.";
            Error::new(ErrorKind::Blocked, format!("there is no choice {number}; there are {}", offered.len()))
                .hint(hint)
        })?;
        choice.edit.apply(project);
    }
    Ok(())
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
    let mut number = 0;
    lines.extend(plan.findings.iter().flat_map(|f| finding(f, &mut number)));
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
    let back = match step.rollback {
        RollbackLevel::None => ", cannot be rolled back",
        RollbackLevel::Run | RollbackLevel::Table => "",
    };
    format!("  {} → {} ({} columns{rows}{target}{back})", step.from, step.to, step.columns.len())
}

fn finding(finding: &Finding, number: &mut usize) -> Vec<String> {
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
    let mut lines = vec![format!("{weight}: {place}{}{path}", finding.message)];
    if let Some(evidence) = &finding.evidence {
        let part = if evidence.sampled { ", a part of them" } else { "" };
        lines.push(format!("  seen in {} of {} rows read{part}", evidence.rows, evidence.rows_read));
        if !evidence.keys.is_empty() {
            lines.push(format!("  such as {}", evidence.keys.join("; ")));
        }
        lines.extend(evidence.example.iter().map(|example| format!("  for example {example}")));
    }
    lines.push(format!("  {}", finding.remedy));
    for choice in &finding.choices {
        *number += 1;
        lines.push(format!("  [{number}] {}", choice.label));
    }
    lines
}

fn verdict(plan: &Plan) -> String {
    let count = |severity| plan.findings.iter().filter(|f| f.severity == severity).count();
    match (count(Severity::Blocks), count(Severity::Confirm)) {
        (0, 0) => "The run can start.".into(),
        (0, n) => format!("The run can start once what needs it is confirmed ({n}): run --yes."),
        (n, _) => format!("The run cannot start: {n} findings block it."),
    }
}
