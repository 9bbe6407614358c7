//! Real rows before and after, for a mapping that is being drawn. Reads a bounded number of rows and writes nothing.

mod losses;
mod profile;
mod sample;
mod steps;

use std::sync::Arc;

use datafusion::arrow::datatypes::{Field, Schema};
use futures::StreamExt;

use crate::catalog::{Column, Table};
use crate::connectors::{self, Connection, Range, Scan};
use crate::error::{Error, Result};
use crate::model::TableMapping;
use crate::plan::view_columns;
use crate::run::Control;
use crate::run::text::RowText;
use crate::transform::{Expressions, OutputColumn, Rule, Transform};
use crate::types::Verdict;

pub use losses::{Losses, Lost, losses};
pub use profile::{ColumnProfile, profile};
pub use sample::Looked;
pub use steps::{Step, steps};

/// Rows of one table as text; `None` is NULL.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TextTable {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Option<String>>>,
}

#[derive(Debug, Clone, Default)]
pub struct Preview {
    /// What was asked for the rows, in the source's own words.
    pub query: String,
    pub before: TextTable,
    pub after: TextTable,
    /// For each row of `after`, its position in `before`.
    pub origin: Vec<u32>,
    /// Position in `before`, column, reason.
    pub rejects: Vec<(u32, Option<String>, String)>,
    /// Positions in `before`.
    pub filtered: Vec<u32>,
}

/// The first `limit` rows of the source table through every column of the mapping that compiles, suggested ones too.
///
/// # Errors
/// When the source cannot be read; `Cancelled`, at once.
pub async fn preview(
    mapping: &TableMapping,
    source: &Table,
    target: &Table,
    connection: &dyn Connection,
    limit: u64,
    control: &Control,
) -> Result<Preview> {
    tokio::select! {
        made = make(mapping, source, target, connection, limit) => made,
        () = control.cancelled() => Err(Error::cancelled()),
    }
}

async fn make(
    mapping: &TableMapping,
    source: &Table,
    target: &Table,
    connection: &dyn Connection,
    limit: u64,
) -> Result<Preview> {
    let expressions = Expressions::new();
    let read = connection.read();
    let all: Vec<String> = source.columns.iter().map(|c| c.name.clone()).collect();
    let schema = read.schema(source, &all)?;
    let filter = match mapping.filter.as_deref().filter(|f| !f.trim().is_empty()) {
        Some(filter) => Some(expressions.compile_filter(filter, &schema).map_err(Error::from)?),
        None => None,
    };
    let mut outputs = Vec::new();
    let mut fields = Vec::new();
    for view in view_columns(mapping, source, target, read, &expressions)? {
        let (Some(verdict), Some(column)) = (&view.verdict, target.column(&view.to)) else { continue };
        if view.problem.is_some() || matches!(verdict, Verdict::Impossible { .. }) {
            continue;
        }
        fields.push(Field::new(&view.to, column.logical.arrow(), true));
        outputs.push(OutputColumn {
            name: view.to.clone(),
            expression: expressions.compile(&view.expression, &schema).map_err(Error::from)?,
            rule: Rule { strip_nul: view.strip_nul, ..rule(column, verdict) }
                .standing_in(&view.misfit, &column.logical.arrow())?,
        });
    }
    let mut result = Preview {
        after: TextTable { columns: fields.iter().map(|f| f.name().clone()).collect(), rows: Vec::new() },
        ..Preview::default()
    };
    result.before.columns = all.clone();
    let transform = Transform::new(filter, outputs, Arc::new(Schema::new(fields)))?;
    let scan = Scan {
        table: Arc::new(source.clone()),
        columns: all,
        range: Range::All,
        limit: Some(limit),
        batch_bytes: 1 << 20,
    };
    result.query = read.query(&scan).await?;
    let mut stream = connectors::scan(read, scan).await?;
    while let Some(rows) = stream.next().await {
        let rows = rows?;
        let offset = result.before.rows.len() as u32;
        let text = RowText::new(&rows.batch)?;
        result.before.rows.extend((0..rows.batch.num_rows()).map(|r| text.row(r)));
        let done = transform.apply(&rows.batch)?;
        let text = RowText::new(&done.batch)?;
        result.after.rows.extend((0..done.batch.num_rows()).map(|r| text.row(r)));
        result.origin.extend((0..done.origin.len()).map(|r| offset + done.origin.value(r)));
        result.rejects.extend(done.rejects.into_iter().map(|r| (offset + r.row, r.column, r.reason)));
        result.filtered.extend(done.filtered.into_iter().map(|r| offset + r));
        for fault in rows.faults {
            let position = result.before.rows.len() as u32;
            let cell = |name: &String| fault.row.iter().find(|(n, _)| n == name).and_then(|(_, v)| v.clone());
            result.before.rows.push(result.before.columns.iter().map(cell).collect());
            result.rejects.push((position, fault.column, fault.reason));
        }
    }
    Ok(result)
}

fn rule(column: &Column, verdict: &Verdict) -> Rule {
    // What a person has not approved yet is shown as it would be after approval.
    Rule::new(column, verdict, true)
}
