//! The mapping while it is drawn: suggestions, types, expressions, previews.

use std::collections::HashMap;
use std::sync::OnceLock;

use rowferry_engine::catalog::{Table, TableName};
use rowferry_engine::error::{Error, ErrorKind, Result};
use rowferry_engine::model::{ColumnMapping, Project, TableMapping};
use rowferry_engine::plan::{self, Sides};
use rowferry_engine::preview;
use rowferry_engine::transform::{self, Expressions, Problem};
use rowferry_engine::types::LogicalType;

use crate::state::{App, Opened};
use crate::wire::*;

pub async fn suggest(app: &App, request: MappingOf) -> Result<Suggested> {
    let project = with_id(request);
    let (source, target) = both(app, &project).await?;
    // Matching takes as long as the schemas are large: keep it off the threads that answer.
    let (tables, columns) = tokio::task::spawn_blocking(move || {
        rowferry_engine::suggest::suggest(&project, &source.catalog, &target.catalog, target.connection.as_ref())
    })
    .await
    .map_err(|e| Error::internal("the matcher failed").source(e))?;
    Ok(Suggested { tables, columns })
}

pub async fn describe_mapping(app: &App, request: MappingOf) -> Result<MappingDescription> {
    let project = with_id(request);
    let (source, target) = both(app, &project).await?;
    let sides = sides(&source, &target);
    let expressions = Expressions::new();
    let mut proposed = Vec::new();
    let mut tables = Vec::new();
    for mapping in &project.tables {
        let existing = target.catalog.table(&mapping.to);
        let Some(from) = source.catalog.table(&mapping.from).map(|from| plan::as_read(mapping, from)) else {
            tables.push(TableDescription {
                to: mapping.to.clone(),
                creates: existing.is_none(),
                required: Vec::new(),
                filter_problem: None,
                columns: mapping.columns.iter().map(|c| without_source(c, &mapping.from)).collect(),
            });
            continue;
        };
        let table = plan::proposed_table(&project, mapping, &from, existing, &sides, &expressions)?;
        tables.push(describe(mapping, &from, &table, existing.is_none(), &source, &expressions)?);
        if existing.is_none_or(|e| e.columns.len() != table.columns.len()) {
            proposed.push(table);
        }
    }
    Ok(MappingDescription { proposed, tables })
}

/// A link whose source table is gone.
fn without_source(link: &ColumnMapping, from: &TableName) -> ColumnDescription {
    let message = format!("the source has no table {from}");
    ColumnDescription {
        to: link.to.clone(),
        from: link.from.clone(),
        from_type: None,
        to_type: None,
        verdict: None,
        problem: Some(ExpressionProblem { message, line: None, character: None }),
    }
}

fn describe(
    mapping: &TableMapping,
    from: &Table,
    to: &Table,
    creates: bool,
    source: &Opened,
    expressions: &Expressions,
) -> Result<TableDescription> {
    let views = plan::view_columns(mapping, from, to, source.connection.read(), expressions)?;
    let filter_problem = match mapping.filter.as_deref().filter(|f| !f.trim().is_empty()) {
        Some(filter) => expressions.compile_filter(filter, &schema(source, from)?).err().map(worded),
        None => None,
    };
    Ok(TableDescription {
        to: mapping.to.clone(),
        creates,
        required: plan::missing_required(mapping, to).into_iter().map(|c| c.name.clone()).collect(),
        filter_problem,
        columns: views
            .into_iter()
            .map(|v| ColumnDescription {
                to: v.to,
                from: v.references,
                from_type: v.from_type,
                to_type: v.to_type,
                verdict: v.verdict,
                problem: v.problem.map(worded),
            })
            .collect(),
    })
}

pub async fn analyze_expression(app: &App, request: AnalyzeExpression) -> Result<ExpressionAnalysis> {
    let (project, _) = app.project(&request.project)?;
    let source = app.side(&project, SideName::Source, false).await?;
    let table = source.catalog.table(&request.from).ok_or_else(|| no_table(&request.from.to_string()))?;
    let schema = schema(&source, table)?;
    let expressions = Expressions::new();
    let compiled = if request.is_filter {
        expressions.compile_filter(&request.expression, &schema)
    } else {
        expressions.compile(&request.expression, &schema)
    };
    Ok(match compiled {
        Ok(compiled) => ExpressionAnalysis {
            result: Some(LogicalType::from_arrow(&compiled.data_type)),
            references: compiled.references,
            problem: None,
        },
        Err(problem) => ExpressionAnalysis { result: None, references: Vec::new(), problem: Some(worded(problem)) },
    })
}

/// The examples are evaluated once for each process.
pub async fn functions(_app: &App, _request: Empty) -> Result<Vec<FunctionDescription>> {
    static KNOWN: OnceLock<Vec<FunctionDescription>> = OnceLock::new();
    let described = || transform::functions(&Expressions::new()).into_iter().map(description).collect();
    tokio::task::spawn_blocking(move || KNOWN.get_or_init(described).clone())
        .await
        .map_err(|e| Error::internal("the functions cannot be listed").source(e))
}

fn description(f: transform::FunctionInfo) -> FunctionDescription {
    let argument = |a: transform::ArgumentInfo| FunctionArgument {
        name: a.name,
        description: a.description,
        optional: a.optional,
    };
    FunctionDescription {
        name: f.name,
        signature: f.signature,
        description: f.description,
        example: f.example,
        result: f.result,
        group: f.group,
        arguments: f.arguments.into_iter().map(argument).collect(),
        value_at: f.value_at as u32,
    }
}

pub async fn preview(app: &App, request: PreviewRows) -> Result<Preview> {
    let (mut project, _) = app.project(&request.project)?;
    let (source, target) = both(app, &project).await?;
    let from =
        source.catalog.table(&request.mapping.from).ok_or_else(|| no_table(&request.mapping.from.to_string()))?;
    let from = &plan::as_read(&request.mapping, from);
    let existing = target.catalog.table(&request.mapping.to);
    project.tables.retain(|t| t.to != request.mapping.to);
    project.tables.push(request.mapping.clone());
    let table = plan::proposed_table(
        &project,
        &request.mapping,
        from,
        existing,
        &sides(&source, &target),
        &Expressions::new(),
    )?;
    let limit = u64::from(request.limit.clamp(1, 1000));
    let look = app.looks.begin(&request.ticket);
    let made =
        preview::preview(&request.mapping, from, &table, source.connection.as_ref(), limit, &look.control).await?;
    let text = |t: preview::TextTable| PreviewTable { columns: t.columns, rows: t.rows };
    Ok(Preview {
        query: made.query,
        before: text(made.before),
        after: text(made.after),
        rejects: made.rejects.into_iter().map(|(row, column, reason)| PreviewReject { row, column, reason }).collect(),
        filtered: made.filtered,
        rows: made.origin,
    })
}

fn with_id(request: MappingOf) -> Project {
    Project { id: request.project, ..request.document }
}

pub(super) async fn both(app: &App, project: &Project) -> Result<(Opened, Opened)> {
    Ok((app.side(project, SideName::Source, false).await?, app.side(project, SideName::Target, false).await?))
}

pub(super) fn sides<'a>(source: &'a Opened, target: &'a Opened) -> Sides<'a> {
    Sides {
        source: source.connection.as_ref(),
        target: target.connection.as_ref(),
        source_catalog: &source.catalog,
        target_catalog: &target.catalog,
        occupied: HashMap::new(),
    }
}

fn schema(source: &Opened, table: &Table) -> Result<rowferry_engine::transform::SchemaRef> {
    let names: Vec<String> = table.columns.iter().map(|c| c.name.clone()).collect();
    source.connection.read().schema(table, &names)
}

pub(super) fn worded(problem: Problem) -> ExpressionProblem {
    ExpressionProblem {
        message: problem.message,
        line: problem.position.map(|p| p.0),
        character: problem.position.map(|p| p.1),
    }
}

pub(super) fn no_table(name: &str) -> Error {
    Error::new(ErrorKind::NotFound, format!("the source has no table {name}"))
}
