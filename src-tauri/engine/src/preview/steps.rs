//! The same rows through several expressions: what each step of a chain makes of real values.

use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{Field, Schema};

use super::sample::{Looked, sample};
use crate::catalog::Table;
use crate::connectors::Connection;
use crate::error::{ErrorContext, ErrorKind, Result};
use crate::run::Control;
use crate::run::text::RowText;
use crate::transform::{Expressions, Problem, evaluate};
use crate::types::LogicalType;

/// What one expression gives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Step {
    /// `None` when it has a problem.
    pub result: Option<LogicalType>,
    pub problem: Option<Problem>,
    /// One for each row; `None` is NULL.
    pub values: Vec<Option<String>>,
    /// Rows that it fails on, and why, without the value.
    pub failures: Vec<(u32, String)>,
}

/// Evaluates each expression over the first `limit` rows. One that does not compile does not keep the others.
///
/// # Errors
/// When the table cannot be read; `Cancelled`, at once.
pub async fn steps(
    connection: &dyn Connection,
    table: &Table,
    sql: &[String],
    limit: u64,
    control: &Control,
) -> Result<(Looked, Vec<Step>)> {
    let expressions = Expressions::new();
    let all: Vec<String> = table.columns.iter().map(|c| c.name.clone()).collect();
    let schema = connection.read().schema(table, &all)?;
    let compiled: Vec<_> = sql.iter().map(|sql| expressions.compile(sql, &schema)).collect();
    // Only what is used is read; without any column, the rows are still counted.
    let wanted: Vec<String> =
        all.into_iter().filter(|name| compiled.iter().flatten().any(|c| c.references.contains(name))).collect();
    let narrow = connection.read().schema(table, &wanted)?;
    // Bound again: columns stand at other places in the narrower row.
    let compiled: Vec<_> =
        sql.iter().zip(compiled).map(|(sql, wide)| wide.and_then(|_| expressions.compile(sql, &narrow))).collect();
    let mut steps: Vec<Step> = compiled
        .iter()
        .map(|c| match c {
            Ok(c) => Step { result: Some(LogicalType::from_arrow(&c.data_type)), ..Step::default() },
            Err(problem) => Step { problem: Some(problem.clone()), ..Step::default() },
        })
        .collect();
    let looked = sample(connection, table, &wanted, limit, control, &mut |rows| {
        for (step, compiled) in steps.iter_mut().zip(&compiled) {
            let Ok(compiled) = compiled else { continue };
            let offset = step.values.len() as u32;
            let failures = &mut step.failures;
            let values = evaluate(compiled, &rows.batch, &mut |row, why| failures.push((offset + row, why)))?;
            let field = Field::new("value", values.data_type().clone(), true);
            let column = RecordBatch::try_new(Arc::new(Schema::new(vec![field])), vec![values]);
            let column = column.or_error(ErrorKind::Internal, "an expression's values do not make a column")?;
            let text = RowText::new(&column)?;
            step.values.extend((0..column.num_rows()).map(|row| text.cell(row, 0)));
        }
        Ok(())
    })
    .await?;
    Ok((looked, steps))
}
