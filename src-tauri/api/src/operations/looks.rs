//! Looking at values while a mapping is drawn: bounded, and ended at once by its ticket.

use rowferry_engine::catalog::Table;
use rowferry_engine::error::{Error, ErrorKind, Result};
use rowferry_engine::model::TableMapping;
use rowferry_engine::plan;
use rowferry_engine::preview;
use rowferry_engine::transform::Expressions;

use super::mapping::{both, no_table, sides, worded};
use crate::state::{App, Opened};
use crate::wire::*;
use crate::wire_looks::*;

const MOST_ROWS: u32 = 1_000_000;

pub async fn profile_columns(app: &App, request: ProfileColumns) -> Result<TableProfile> {
    let (project, _) = app.project(&request.project)?;
    let look = app.looks.begin(&request.ticket);
    let side = app.side(&project, request.side, false).await?;
    let table = side.catalog.table(&request.table).ok_or_else(|| {
        Error::new(ErrorKind::NotFound, format!("there is no table {} yet", request.table))
            .hint("It has values once a run has created it.")
    })?;
    let table = match &request.mapping {
        Some(mapping) if mapping.from == request.table => plan::as_read(mapping, table),
        _ => table.clone(),
    };
    let rows = u64::from(request.rows.clamp(1, MOST_ROWS));
    let (looked, columns) =
        preview::profile(side.connection.as_ref(), &table, &request.columns, rows, &look.control).await?;
    Ok(TableProfile { looked: looked_at(looked), columns: columns.into_iter().map(profile).collect() })
}

fn profile(p: preview::ColumnProfile) -> ColumnProfile {
    ColumnProfile {
        name: p.name,
        nulls: p.nulls,
        distinct: p.distinct,
        distinct_more: p.distinct_more,
        least: p.least,
        greatest: p.greatest,
        shortest: p.shortest,
        longest: p.longest,
        values: p.values,
        unreadable: p.unreadable,
    }
}

pub async fn evaluate_steps(app: &App, request: EvaluateSteps) -> Result<StepsEvaluated> {
    let (project, _) = app.project(&request.project)?;
    let look = app.looks.begin(&request.ticket);
    let source = app.side(&project, SideName::Source, false).await?;
    let table = source_table(&source, &request.mapping)?;
    let limit = u64::from(request.limit.clamp(1, 1000));
    let (looked, steps) =
        preview::steps(source.connection.as_ref(), &table, &request.expressions, limit, &look.control).await?;
    let step = |s: preview::Step| StepEvaluated {
        result: s.result,
        problem: s.problem.map(worded),
        values: s.values,
        failures: s.failures.into_iter().map(|(row, reason)| StepFailure { row, reason }).collect(),
    };
    Ok(StepsEvaluated { looked: looked_at(looked), steps: steps.into_iter().map(step).collect() })
}

pub async fn find_losses(app: &App, request: FindLosses) -> Result<LossesFound> {
    let (mut project, _) = app.project(&request.project)?;
    let look = app.looks.begin(&request.ticket);
    let (source, target) = both(app, &project).await?;
    let FindLosses { mapping, column, .. } = request;
    let from = source_table(&source, &mapping)?;
    let existing = target.catalog.table(&mapping.to);
    project.tables.retain(|t| t.to != mapping.to);
    project.tables.push(mapping.clone());
    let to = plan::proposed_table(&project, &mapping, &from, existing, &sides(&source, &target), &Expressions::new())?;
    let rows = u64::from(request.rows.clamp(1, MOST_ROWS));
    let (looked, lost) =
        preview::losses(source.connection.as_ref(), &mapping, &column, &from, &to, rows, &look.control).await?;
    let example = |l: preview::Lost| LostValue {
        before: l.before,
        rejected: l.after.is_none(),
        after: l.after.flatten(),
        reason: l.reason,
    };
    Ok(LossesFound {
        looked: looked_at(looked),
        rows: lost.rows,
        examples: lost.examples.into_iter().map(example).collect(),
    })
}

pub async fn cancel_look(app: &App, request: ByTicket) -> Result<Empty> {
    app.looks.cancel(&request.ticket);
    Ok(Empty {})
}

fn source_table(source: &Opened, mapping: &TableMapping) -> Result<Table> {
    let table = source.catalog.table(&mapping.from).ok_or_else(|| no_table(&mapping.from.to_string()))?;
    Ok(plan::as_read(mapping, table))
}

fn looked_at(looked: preview::Looked) -> LookedAt {
    LookedAt {
        query: looked.query,
        more_queries: looked.more_queries as u32,
        rows: looked.rows,
        sampled: looked.sampled,
    }
}
