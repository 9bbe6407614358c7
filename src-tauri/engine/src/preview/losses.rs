//! Real values that one link would lose: those that its target column does not hold as they are.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Schema};

use super::profile::shortened;
use super::sample::{Looked, sample};
use crate::catalog::Table;
use crate::connectors::Connection;
use crate::error::{Error, ErrorKind, Result};
use crate::model::TableMapping;
use crate::plan::view_columns;
use crate::run::Control;
use crate::run::text::RowText;
use crate::transform::{Expressions, OutputColumn, Rule, Transform};
use crate::types::{LogicalType, Verdict};

/// Values that are shown.
const SHOWN: usize = 5;

/// One value that would not arrive as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// The value that the expression gives, shortened.
    pub before: Option<String>,
    /// What would arrive once the loss is approved; `None` where the row would be rejected.
    pub after: Option<Option<String>>,
    pub reason: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Losses {
    /// Rows whose value is lost.
    pub rows: u64,
    pub examples: Vec<Lost>,
}

/// Looks at one column of the mapping in at most about `limit` rows.
///
/// # Errors
/// When the column has no expression that compiles, or its target is impossible; `Cancelled`, at once.
pub async fn losses(
    connection: &dyn Connection,
    mapping: &TableMapping,
    column: &str,
    source: &Table,
    target: &Table,
    limit: u64,
    control: &Control,
) -> Result<(Looked, Losses)> {
    let read = connection.read();
    let expressions = Expressions::new();
    let one = TableMapping {
        columns: mapping.columns.iter().filter(|c| c.to == column).cloned().collect(),
        ..mapping.clone()
    };
    let view = view_columns(&one, source, target, read, &expressions)?.into_iter().next();
    let (Some(view), Some(to)) = (view, target.column(column)) else {
        return Err(Error::new(ErrorKind::NotFound, format!("nothing is mapped to {column}")));
    };
    if let Some(problem) = view.problem {
        return Err(Error::from(problem).column(column));
    }
    let verdict = view.verdict.clone().unwrap_or(Verdict::Exact);
    if let Verdict::Impossible { why } = verdict {
        return Err(Error::new(ErrorKind::Conversion, why).column(column));
    }
    let read_columns = view.references.clone();
    let schema = read.schema(source, &read_columns)?;
    let compiled = expressions.compile(&view.expression, &schema)?;
    let of = |rule: Rule, data_type| {
        let fields = vec![Field::new(column, data_type, true)];
        let output = OutputColumn { name: column.into(), expression: compiled.clone(), rule };
        Transform::new(None, vec![output], Arc::new(Schema::new(fields)))
    };
    let rule = |approved| Rule { strip_nul: view.strip_nul, ..Rule::new(to, &verdict, approved) };
    let exact = of(rule(false), to.logical.arrow())?;
    let approved = of(rule(true), to.logical.arrow())?;
    // The value before its conversion: a rule that changes nothing.
    let free = Rule { to: LogicalType::TEXT, required: false, ..rule(true) };
    let before = of(free, DataType::Utf8)?;
    let mut lost = Losses::default();
    let looked = sample(connection, source, &read_columns, limit, control, &mut |rows| {
        let refused = exact.apply(&rows.batch)?.rejects;
        lost.rows += refused.len() as u64;
        if refused.is_empty() || lost.examples.len() >= SHOWN {
            return Ok(());
        }
        for reject in refused.into_iter().take(SHOWN - lost.examples.len()) {
            let row = rows.batch.slice(reject.row as usize, 1);
            let text = |transform: &Transform| -> Result<Option<Option<String>>> {
                let done = transform.apply(&row)?;
                let text = RowText::new(&done.batch)?;
                Ok((done.batch.num_rows() > 0).then(|| text.cell(0, 0).map(|t| shortened(&t))))
            };
            lost.examples.push(Lost {
                before: text(&before)?.flatten(),
                after: if view.approved || matches!(verdict, Verdict::Lossy { .. }) { text(&approved)? } else { None },
                reason: reject.reason,
            });
        }
        Ok(())
    })
    .await?;
    Ok((looked, lost))
}
