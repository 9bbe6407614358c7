//! SQL expressions over one source row.

use std::collections::BTreeSet;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch};
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::common::DFSchema;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::error::DataFusionError;
use datafusion::execution::context::SessionContext;
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::logical_expr::{Expr, Volatility};
use datafusion::optimizer::simplify_expressions::ExprSimplifier;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::Column;
use datafusion::prelude::SessionConfig;

use super::deep;
use crate::error::{Error, ErrorKind};

/// The expression language: DataFusion's SQL, with column names taken exactly as they are written.
pub struct Expressions {
    context: SessionContext,
}

/// An expression bound to a source schema.
#[derive(Debug, Clone)]
pub struct Compiled {
    physical: Arc<dyn PhysicalExpr>,
    pub data_type: DataType,
    /// Source columns that it reads, in the schema's order.
    pub references: Vec<String>,
    /// The same row always gives the same value.
    pub deterministic: bool,
}

/// What is wrong with an expression; the position is one-based, in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub message: String,
    pub position: Option<(u64, u64)>,
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        let error = Error::new(ErrorKind::Expression, problem.message);
        match problem.position {
            Some((line, character)) => error.at(line, character),
            None => error,
        }
    }
}

impl Default for Expressions {
    fn default() -> Self {
        Self::new()
    }
}

impl Expressions {
    pub fn new() -> Self {
        let mut config = SessionConfig::new().with_target_partitions(1);
        let parser = &mut config.options_mut().sql_parser;
        parser.enable_ident_normalization = false;
        parser.collect_spans = true;
        // Views of strings would travel as another Arrow type than the connectors read and write.
        parser.map_string_types_to_utf8view = false;
        parser.parse_float_as_decimal = true;
        Expressions { context: SessionContext::new_with_config(config) }
    }

    pub fn context(&self) -> &SessionContext {
        &self.context
    }

    /// Binds an expression to the columns of `schema`.
    pub fn compile(&self, sql: &str, schema: &SchemaRef) -> Result<Compiled, Problem> {
        if sql.trim().is_empty() {
            return Err(Problem { message: "the expression is empty".into(), position: Some((1, 1)) });
        }
        if let Some(copied) = plain_column(sql, schema) {
            return Ok(copied);
        }
        deep::refuse_slow(sql)?;
        deep::with_stack_for(sql, || self.compile_here(sql, schema))?
    }

    fn compile_here(&self, sql: &str, schema: &SchemaRef) -> Result<Compiled, Problem> {
        let df_schema = DFSchema::try_from(schema.as_ref().clone()).map_err(|e| problem(&e, sql))?;
        let mut state = self.context.state();
        let config = state.config_options().clone();
        state.execution_props_mut().mark_start_execution(config);
        let expr = state.create_logical_expr(sql, &df_schema).map_err(|e| problem(&e, sql))?.unalias();
        deep::refuse_deep(&expr)?;
        refuse_what_is_not_of_one_row(&expr)?;
        let references: BTreeSet<usize> =
            expr.column_refs().into_iter().filter_map(|c| schema.index_of(&c.name).ok()).collect();
        let deterministic = is_deterministic(&expr);
        let simplifier = ExprSimplifier::new(
            SimplifyContext::builder()
                .with_schema(Arc::new(df_schema.clone()))
                .with_config_options(Arc::clone(state.config_options()))
                .with_query_execution_start_time(state.execution_props().query_execution_start_time)
                .build(),
        );
        let expr =
            simplifier.coerce(expr, &df_schema).and_then(|e| simplifier.simplify(e)).map_err(|e| problem(&e, sql))?;
        let physical = state.create_physical_expr(expr, &df_schema).map_err(|e| problem(&e, sql))?;
        let data_type = physical.data_type(schema).map_err(|e| problem(&e, sql))?;
        Ok(Compiled {
            physical,
            data_type,
            references: references.into_iter().map(|i| schema.field(i).name().clone()).collect(),
            deterministic,
        })
    }

    /// A filter: an expression that is true or false.
    pub fn compile_filter(&self, sql: &str, schema: &SchemaRef) -> Result<Compiled, Problem> {
        let compiled = self.compile(sql, schema)?;
        if compiled.data_type != DataType::Boolean {
            return Err(Problem {
                message: format!(
                    "a filter is true or false, and this is {}",
                    super::functions::type_words(&compiled.data_type)
                ),
                position: Some((1, 1)),
            });
        }
        Ok(compiled)
    }
}

impl Compiled {
    /// The value for each row. The error is DataFusion's sentence, which may hold a value: it goes to rejects only
    /// after `reason` has taken the value out.
    pub(crate) fn evaluate(&self, batch: &RecordBatch) -> Result<ArrayRef, String> {
        self.physical.evaluate(batch).and_then(|v| v.into_array(batch.num_rows())).map_err(|e| reason(&e))
    }
}

/// A quoted column alone, which most mappings are: it needs neither parser nor planner, whose cost grows with the
/// square of a table's columns.
fn plain_column(sql: &str, schema: &SchemaRef) -> Option<Compiled> {
    let quoted = sql.strip_prefix('"')?.strip_suffix('"')?;
    let name = quoted.replace("\"\"", "\"");
    if column(&name) != sql {
        return None;
    }
    let index = schema.index_of(&name).ok()?;
    Some(Compiled {
        physical: Arc::new(Column::new(&name, index)),
        data_type: schema.field(index).data_type().clone(),
        references: vec![name],
        deterministic: true,
    })
}

/// The column as an expression, quoted.
pub fn column(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The SQL of a column mapping: its expression, or its one source column.
pub fn expression_of(mapping: &crate::model::ColumnMapping) -> String {
    match (&mapping.expression, mapping.from.first()) {
        (Some(expression), _) => expression.clone(),
        (None, Some(from)) => column(from),
        (None, None) => String::new(),
    }
}

fn refuse_what_is_not_of_one_row(expr: &Expr) -> Result<(), Problem> {
    let mut found = None;
    // The closure never fails, so neither does the walk.
    let _ = expr.apply(|e| {
        found = match e {
            Expr::AggregateFunction(f) => Some(format!("{} needs many rows", f.func.name())),
            Expr::WindowFunction(f) => Some(format!("{} needs many rows", f.fun.name())),
            Expr::ScalarSubquery(_) | Expr::InSubquery(_) | Expr::Exists(_) => {
                Some("a subquery needs other tables".into())
            }
            _ => return Ok(TreeNodeRecursion::Continue),
        };
        Ok(TreeNodeRecursion::Stop)
    });
    match found {
        Some(what) => {
            Err(Problem { message: format!("{what}, and an expression sees one source row"), position: Some((1, 1)) })
        }
        None => Ok(()),
    }
}

fn is_deterministic(expr: &Expr) -> bool {
    let mut deterministic = true;
    let _ = expr.apply(|e| {
        if let Expr::ScalarFunction(f) = e {
            deterministic &= f.func.signature().volatility == Volatility::Immutable;
        }
        Ok(TreeNodeRecursion::Continue)
    });
    deterministic
}

/// Words a planning error, and finds its place: from DataFusion's diagnostic, from the parser's sentence, or by
/// looking for the name that the sentence quotes.
fn problem(e: &DataFusionError, sql: &str) -> Problem {
    let root = e.find_root();
    let text = root.strip_backtrace();
    let text = text.lines().next().unwrap_or_default();
    let diagnostic = e.diagnostic();
    let position = diagnostic
        .and_then(|d| d.span)
        .map(|s| (s.start.line, s.start.column))
        .filter(|(line, _)| *line > 0)
        .or_else(|| parser_position(text))
        .or_else(|| quoted_name_position(text, sql))
        .or_else(|| text.contains("found: EOF").then(|| end_of(sql)));
    let mut message = match diagnostic {
        Some(d) => d.message.clone(),
        None => text
            .trim_start_matches("Error during planning: ")
            .trim_start_matches("Schema error: ")
            .trim_start_matches("SQL error: ")
            .to_string(),
    };
    if let Some(inner) = message.strip_prefix("ParserError(\"") {
        message = inner.trim_end_matches("\")").replace("\\\"", "\"").to_string();
    }
    if let Some((before, _)) = message.split_once(" at Line: ") {
        message = before.to_string();
    }
    Problem { message, position }
}

/// sqlparser ends its sentence with `at Line: 1, Column: 5` and offers no other form of it.
fn parser_position(text: &str) -> Option<(u64, u64)> {
    let (_, rest) = text.rsplit_once("Line: ")?;
    let (line, rest) = rest.split_once(", Column: ")?;
    let column: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Some((line.parse().ok()?, column.parse().ok()?)).filter(|(line, _)| *line > 0)
}

fn quoted_name_position(text: &str, sql: &str) -> Option<(u64, u64)> {
    let name = text.split('\'').nth(1).filter(|n| !n.is_empty())?;
    let byte = sql.find(name).or_else(|| sql.to_lowercase().find(&name.to_lowercase()))?;
    sql.get(..byte).map(end_of)
}

/// The position just behind this text.
fn end_of(text: &str) -> (u64, u64) {
    let line = text.matches('\n').count() as u64 + 1;
    let character = text.rsplit('\n').next().unwrap_or_default().chars().count() as u64 + 1;
    (line, character)
}

/// Why a row failed, without what the row holds: DataFusion quotes the value in its sentences.
fn reason(e: &DataFusionError) -> String {
    let text = e.find_root().strip_backtrace();
    let text = text.lines().next().unwrap_or_default();
    let text = text.trim_start_matches("Arrow error: ").trim_start_matches("Execution error: ");
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(['\'', '"']) {
        let quote = &rest[start..=start];
        out.push_str(&rest[..start]);
        match rest[start + 1..].find(quote) {
            Some(end) => {
                out.push('…');
                rest = &rest[start + end + 2..];
            }
            None => {
                out.push('…');
                rest = "";
            }
        }
    }
    out.push_str(rest);
    plain(out)
}

/// Arrow's sentence about a text that is not of a type, in words.
fn plain(said: String) -> String {
    let kind = said
        .strip_prefix("Cast error: Cannot cast string … to value of ")
        .and_then(|rest| rest.strip_suffix(" type"))
        .and_then(|kind| kind.split('(').next());
    match kind {
        Some("Int8" | "Int16" | "Int32" | "Int64" | "UInt8" | "UInt16" | "UInt32" | "UInt64") => {
            "the text is not a whole number of this size".into()
        }
        Some("Float16" | "Float32" | "Float64" | "Decimal32" | "Decimal64" | "Decimal128" | "Decimal256") => {
            "the text is not a number of this size".into()
        }
        Some("Boolean") => "the text is neither true nor false".into(),
        Some("Date32" | "Date64") => "the text is not a date".into(),
        _ => said,
    }
}
