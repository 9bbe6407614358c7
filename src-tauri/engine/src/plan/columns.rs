//! Each mapped column: its type, the verdict on its conversion, and what is wrong with it.

use std::collections::HashSet;

use super::{Finding, FindingCode, Severity, StepColumn};
use crate::catalog::{Column, Table};
use crate::connectors::Read;
use crate::error::Result;
use crate::model::{ColumnMapping, LinkState, ReadAs, Substitute, TableMapping};
use crate::transform::{Compiled, Expressions, Problem, expression_of};
use crate::types::{LogicalType, Verdict, verdict};

/// What the engine makes of one column mapping.
#[derive(Debug, Clone)]
pub struct ColumnView {
    pub to: String,
    pub expression: String,
    pub state: LinkState,
    pub references: Vec<String>,
    /// `None` when the expression has a problem.
    pub from_type: Option<LogicalType>,
    /// `None` when the target has no such column.
    pub to_type: Option<LogicalType>,
    pub verdict: Option<Verdict>,
    pub problem: Option<Problem>,
    pub approved: bool,
    pub misfit: Substitute,
    pub strip_nul: bool,
    /// No row gives NULL, as far as the source's schema tells.
    pub never_null: bool,
}

impl ColumnView {
    pub(super) fn into_step_column(self) -> Option<StepColumn> {
        if self.state != LinkState::Confirmed {
            return None;
        }
        Some(StepColumn {
            to: self.to,
            expression: self.expression,
            from_type: self.from_type?,
            to_type: self.to_type?,
            verdict: self.verdict?,
            approved: self.approved,
            misfit: self.misfit,
            strip_nul: self.strip_nul,
        })
    }
}

/// The source table as the mapping has it read.
pub fn as_read(mapping: &TableMapping, source: &Table) -> Table {
    let mut table = source.clone();
    for column in &mut table.columns {
        let Some(reading) = mapping.reading.get(&column.name) else { continue };
        column.logical = match reading.read_as {
            Some(ReadAs::Text) => LogicalType::TEXT,
            Some(ReadAs::Boolean) => LogicalType::Boolean,
            Some(ReadAs::Uuid | ReadAs::UuidSwapped) => LogicalType::Uuid,
            Some(ReadAs::Utf8Twice) | None => column.logical.clone(),
        };
        column.reading = Some(reading.clone());
    }
    table
}

/// Compiles every column of the mapping against the source table.
pub fn view_columns(
    mapping: &TableMapping,
    source: &Table,
    target: &Table,
    read: &dyn Read,
    expressions: &Expressions,
) -> Result<Vec<ColumnView>> {
    mapping
        .columns
        .iter()
        .map(|link| {
            let to_type = target.column(&link.to).map(|c| c.logical.clone());
            let (from_type, references, problem) = match compile(link, source, read, expressions)? {
                Ok(compiled) => (Some(logical(link, source, &compiled)), compiled.references, None),
                Err(problem) => (None, link.from.clone(), Some(problem)),
            };
            let verdict = match (&from_type, &to_type) {
                (Some(from), Some(to)) => Some(verdict(from, to)),
                _ => None,
            };
            let never_null = link.expression.is_none()
                && link.from.first().and_then(|f| source.column(f)).is_some_and(|c| !c.nullable);
            Ok(ColumnView {
                to: link.to.clone(),
                expression: expression_of(link),
                state: link.state,
                references,
                from_type,
                to_type,
                verdict,
                problem,
                approved: link.approve_loss,
                misfit: link.misfit.clone(),
                strip_nul: link.strip_nul,
                never_null,
            })
        })
        .collect()
}

/// The logical type of a mapping's value; text when its expression does not compile.
pub(super) fn source_type(
    link: &ColumnMapping,
    source: &Table,
    read: &dyn Read,
    expressions: &Expressions,
) -> Result<LogicalType> {
    Ok(match compile(link, source, read, expressions)? {
        Ok(compiled) => logical(link, source, &compiled),
        Err(_) => LogicalType::TEXT,
    })
}

/// A copied column keeps its declared type, which says more than Arrow does.
fn logical(link: &ColumnMapping, source: &Table, compiled: &Compiled) -> LogicalType {
    match (&link.expression, compiled.references.as_slice()) {
        (None, [name]) => source.column(name).map(|c| c.logical.clone()),
        _ => None,
    }
    .unwrap_or_else(|| LogicalType::from_arrow(&compiled.data_type))
}

fn compile(
    link: &ColumnMapping,
    source: &Table,
    read: &dyn Read,
    expressions: &Expressions,
) -> Result<Result<Compiled, Problem>> {
    if link.expression.is_none()
        && let Some(missing) = link.from.iter().find(|f| source.column(f).is_none())
    {
        let message = format!("{} has no column {missing:?}", source.name);
        return Ok(Err(Problem { message, position: None }));
    }
    let names: Vec<String> = source.columns.iter().map(|c| c.name.clone()).collect();
    let schema = read.schema(source, &names)?;
    Ok(expressions.compile(&expression_of(link), &schema))
}

/// What a person should know about the columns of one table.
pub(super) fn findings(
    index: usize,
    mapping: &TableMapping,
    source: &Table,
    target: &Table,
    existing: Option<&Table>,
    views: &[ColumnView],
    found: &mut Vec<Finding>,
) {
    let mut waiting = 0;
    for (c, view) in views.iter().enumerate() {
        let path = format!("tables[{index}].columns[{c}]");
        if view.state == LinkState::Suggested {
            waiting += 1;
            continue;
        }
        let mut say = |code, severity, message: String, remedy: &str| {
            found.push(Finding {
                code,
                severity,
                table: Some(mapping.to.clone()),
                column: Some(view.to.clone()),
                path: Some(path.clone()),
                message,
                remedy: remedy.into(),
                evidence: None,
                choices: Vec::new(),
            });
        };
        if let Some(problem) = &view.problem {
            let place = problem.position.map(|(line, character)| {
                if view.expression.contains('\n') {
                    format!("line {line}, character {character}: ")
                } else {
                    format!("character {character}: ")
                }
            });
            let code = if mapping.columns[c].expression.is_some() {
                FindingCode::InvalidExpression
            } else {
                FindingCode::UnknownColumn
            };
            let message = format!("{}{}", place.unwrap_or_default(), problem.message);
            say(code, Severity::Blocks, message, "Correct the expression, or remove the mapping of this column.");
            continue;
        }
        let Some(column) = target.column(&view.to) else {
            let message = format!("{} has no column {:?}", mapping.to, view.to);
            say(
                FindingCode::UnknownColumn,
                Severity::Blocks,
                message,
                "Rescan the target, or remove the mapping of this column.",
            );
            continue;
        };
        if super::generated::is_computed(mapping, source, target, &view.to) {
            // Nobody writes it.
            continue;
        }
        if column.generated.is_some() {
            let message = format!("{} is generated by the database and cannot be written", view.to);
            say(FindingCode::GeneratedColumn, Severity::Blocks, message, "Remove the mapping of this column.");
            continue;
        }
        verdict_finding(view, existing.is_none(), &mut say);
        let nulls_possible = !view.never_null && !is_constant(view);
        if !column.nullable && column.identity.is_none() && nulls_possible && existing.is_some() {
            let message = format!("{} must not be NULL, and its source may be", view.to);
            say(
                FindingCode::NullIntoRequired,
                Severity::Warning,
                message,
                "Rows with NULL are rejected; give a value with coalesce(…, …) to carry them.",
            );
        }
    }
    if waiting > 0 {
        found.push(Finding {
            code: FindingCode::UnconfirmedSuggestion,
            severity: Severity::Warning,
            table: Some(mapping.to.clone()),
            column: None,
            path: Some(format!("tables[{index}]")),
            message: format!(
                "{waiting} suggested column{} of {} not confirmed and will not be carried",
                if waiting == 1 { "" } else { "s" },
                if waiting == 1 { "is" } else { "are" }
            ),
            remedy: "Accept or reject the suggestions in the mapper.".into(),
            evidence: None,
            choices: Vec::new(),
        });
    }
    required(index, mapping, target, found);
    unused(index, mapping, source, views, found);
}

fn is_constant(view: &ColumnView) -> bool {
    view.references.is_empty() && !view.expression.trim().eq_ignore_ascii_case("null")
}

fn verdict_finding(view: &ColumnView, creates: bool, say: &mut dyn FnMut(FindingCode, Severity, String, &str)) {
    let types = match (&view.from_type, &view.to_type) {
        (Some(from), Some(to)) => format!("{from} → {to}"),
        _ => return,
    };
    match &view.verdict {
        Some(Verdict::Impossible { why }) => say(
            FindingCode::TypeImpossible,
            Severity::Blocks,
            format!("{types}: {why}"),
            "Map another column, or write an expression that converts it.",
        ),
        Some(Verdict::Lossy { why }) => say(
            FindingCode::LossyCast,
            if view.approved { Severity::Note } else { Severity::Blocks },
            format!("{types}: {why}{}", if view.approved { " (approved)" } else { "" }),
            "Approve the loss on this column, or write an expression that says exactly what should happen.",
        ),
        Some(Verdict::Narrowing { why }) => say(
            if creates { FindingCode::TypeChanged } else { FindingCode::NarrowingCast },
            Severity::Warning,
            format!("{types}: {why}"),
            "A dry run counts the rows concerned; widen the target's type or correct the values to carry them.",
        ),
        _ => {}
    }
}

fn required(index: usize, mapping: &TableMapping, target: &Table, found: &mut Vec<Finding>) {
    for column in missing_required(mapping, target) {
        found.push(Finding {
            code: FindingCode::RequiredUnmapped,
            severity: Severity::Blocks,
            table: Some(mapping.to.clone()),
            column: Some(column.name.clone()),
            path: Some(format!("tables[{index}]")),
            message: format!("{} must have a value, has no default, and nothing is mapped to it", column.name),
            remedy: "Map a column to it, or give it a constant.".into(),
            evidence: None,
            choices: Vec::new(),
        });
    }
}

/// Target columns that need a value and get none from a confirmed link.
pub fn missing_required<'a>(mapping: &TableMapping, target: &'a Table) -> Vec<&'a Column> {
    let mapped: HashSet<&str> =
        mapping.columns.iter().filter(|c| c.state == LinkState::Confirmed).map(|c| c.to.as_str()).collect();
    target.columns.iter().filter(|c| c.is_required() && !mapped.contains(c.name.as_str())).collect()
}

fn unused(index: usize, mapping: &TableMapping, source: &Table, views: &[ColumnView], found: &mut Vec<Finding>) {
    let used: HashSet<&str> = views
        .iter()
        .filter(|v| v.state == LinkState::Confirmed)
        .flat_map(|v| &v.references)
        .map(String::as_str)
        .collect();
    let left: Vec<&str> =
        source.columns.iter().filter(|c| !c.derived).map(|c| c.name.as_str()).filter(|c| !used.contains(c)).collect();
    if !left.is_empty() {
        found.push(Finding {
            code: FindingCode::SourceColumnUnused,
            severity: Severity::Note,
            table: Some(mapping.to.clone()),
            column: None,
            path: Some(format!("tables[{index}]")),
            message: format!("not carried from {}: {}", mapping.from, left.join(", ")),
            remedy: "Nothing to do if these are left behind on purpose.".into(),
            evidence: None,
            choices: Vec::new(),
        });
    }
}
