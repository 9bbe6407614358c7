//! From source rows to target rows: filter, expressions, conversion to the target's types.
//!
//! Each target column is a SQL expression over the source row, evaluated by DataFusion. A row whose expression or
//! conversion fails is set aside with column and reason; the others go on. It must not know which target it is for.

mod convert;
mod deep;
mod expressions;
mod functions;

use datafusion::arrow::array::{Array, ArrayRef, BooleanArray, RecordBatch, RecordBatchOptions, UInt32Array};
use datafusion::arrow::compute::{filter_record_batch, take, take_record_batch};
pub use datafusion::arrow::datatypes::SchemaRef;

pub use convert::{Changed, Misfit, NUL_IN_TEXT, Rule};
pub use expressions::{Compiled, Expressions, Problem, column, expression_of};
pub use functions::{ArgumentInfo, FunctionInfo, functions};

use crate::error::{Error, ErrorKind, Result};

/// One target column of a transform.
#[derive(Debug, Clone)]
pub struct OutputColumn {
    pub name: String,
    pub expression: Compiled,
    pub rule: Rule,
}

/// A table's filter and columns, compiled for one source schema. Cheap to share between chunks.
#[derive(Debug, Clone)]
pub struct Transform {
    filter: Option<Compiled>,
    columns: Vec<OutputColumn>,
    target: SchemaRef,
}

/// What became of one batch.
#[derive(Debug)]
pub struct Transformed {
    /// In the target's schema.
    pub batch: RecordBatch,
    /// For each row of `batch`, its position in the source batch.
    pub origin: UInt32Array,
    pub rejects: Vec<Reject>,
    /// Positions in the source batch of the rows that the filter left out.
    pub filtered: Vec<u32>,
    /// For each column, the values that were changed because a person chose so; of rejected rows too.
    pub changed: Vec<Changed>,
}

/// How often a row that fails is among the rejects.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    Once,
    ByColumn,
}

/// A row that cannot become a target row. The reason names no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// Position in the source batch.
    pub row: u32,
    pub column: Option<String>,
    pub reason: String,
}

impl Transform {
    /// `columns` are in the order of `target`, which holds the Arrow types that the writer wants.
    pub fn new(filter: Option<Compiled>, columns: Vec<OutputColumn>, target: SchemaRef) -> Result<Self> {
        if columns.len() != target.fields().len() {
            return Err(Error::internal("a transform's columns and its target's differ in number"));
        }
        Ok(Transform { filter, columns, target })
    }

    /// The target columns, in the order of `Transformed::changed`.
    pub fn column_names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|c| c.name.as_str())
    }

    pub fn target(&self) -> &SchemaRef {
        &self.target
    }

    /// Does the same row always give the same result? Not with `random()` or `now()`.
    pub fn unstable_columns(&self) -> Vec<&str> {
        self.columns.iter().filter(|c| !c.expression.deterministic).map(|c| c.name.as_str()).collect()
    }

    pub fn has_stable_filter(&self) -> bool {
        self.filter.as_ref().is_none_or(|f| f.deterministic)
    }

    /// The source columns that a target column is made of.
    pub fn reads(&self, column: &str) -> &[String] {
        self.columns.iter().find(|c| c.name == column).map_or(&[], |c| &c.expression.references)
    }

    /// Transforms one batch. Only a defect is an error; rows that fail are in `rejects`, each once, for its first reason.
    pub fn apply(&self, batch: &RecordBatch) -> Result<Transformed> {
        self.carry_out(batch, Told::Once)
    }

    /// As `apply`, but a row that fails is in `rejects` once for each of its columns that does not fit.
    pub fn examine(&self, batch: &RecordBatch) -> Result<Transformed> {
        self.carry_out(batch, Told::ByColumn)
    }

    fn carry_out(&self, batch: &RecordBatch, told: Told) -> Result<Transformed> {
        let mut rejects = Vec::new();
        let mut kept: Vec<u32> = Vec::with_capacity(batch.num_rows());
        let mut filtered = Vec::new();
        match &self.filter {
            None => kept.extend(0..batch.num_rows() as u32),
            Some(filter) => {
                let verdicts = evaluate(filter, batch, &mut |row, reason| {
                    rejects.push(Reject { row, column: None, reason: format!("the filter fails: {reason}") });
                })?;
                let verdicts = verdicts
                    .as_any()
                    .downcast_ref::<BooleanArray>()
                    .ok_or_else(|| Error::new(ErrorKind::Expression, "the filter is neither true nor false"))?;
                let failed: Vec<u32> = rejects.iter().map(|r| r.row).collect();
                for row in 0..batch.num_rows() as u32 {
                    let i = row as usize;
                    if verdicts.is_valid(i) && verdicts.value(i) {
                        kept.push(row);
                    } else if failed.binary_search(&row).is_err() {
                        filtered.push(row);
                    }
                }
            }
        }
        let all = kept.len() == batch.num_rows();
        let origin = UInt32Array::from(kept);
        let input = if all { batch.clone() } else { take_record_batch(batch, &origin).map_err(defect)? };

        let mut failed = vec![false; input.num_rows()];
        let mut changed = Vec::with_capacity(self.columns.len());
        let mut arrays: Vec<ArrayRef> = Vec::with_capacity(self.columns.len());
        for (column, field) in self.columns.iter().zip(self.target.fields()) {
            let mut here = vec![false; if told == Told::ByColumn { input.num_rows() } else { 0 }];
            let mut reject = |row: u32, reason: String| {
                let known = std::mem::replace(&mut failed[row as usize], true);
                let known = here.get_mut(row as usize).map_or(known, |here| std::mem::replace(here, true));
                if !known {
                    rejects.push(Reject { row: origin.value(row as usize), column: Some(column.name.clone()), reason });
                }
            };
            let value = evaluate(&column.expression, &input, &mut reject)?;
            let (array, count) = column.rule.apply(&value, field.data_type(), &mut reject)?;
            arrays.push(array);
            changed.push(count);
        }
        let options = RecordBatchOptions::new().with_row_count(Some(input.num_rows()));
        let mut output = RecordBatch::try_new_with_options(self.target.clone(), arrays, &options).map_err(defect)?;
        let mut origin = origin;
        if failed.contains(&true) {
            let good = BooleanArray::from_iter(failed.iter().map(|f| Some(!f)));
            output = filter_record_batch(&output, &good).map_err(defect)?;
            let kept: Vec<u32> = (0..failed.len()).filter(|i| !failed[*i]).map(|i| i as u32).collect();
            let kept = take(&origin, &UInt32Array::from(kept), None).map_err(defect)?;
            origin = UInt32Array::from(kept.to_data());
        }
        Ok(Transformed { batch: output, origin, rejects, filtered, changed })
    }
}

/// Evaluates over every row; where that fails, halves the batch until the rows at fault are alone. Their value is
/// NULL, and `fail` has been told.
pub(crate) fn evaluate(
    expression: &Compiled,
    batch: &RecordBatch,
    fail: &mut dyn FnMut(u32, String),
) -> Result<ArrayRef> {
    match expression.evaluate(batch) {
        Ok(array) => Ok(array),
        Err(_) if batch.num_rows() == 0 => Ok(datafusion::arrow::array::new_empty_array(&expression.data_type)),
        Err(_) => {
            let mut parts = Vec::new();
            halve(expression, batch, 0, &mut parts, fail);
            let parts: Vec<&dyn Array> = parts.iter().map(|p| p.as_ref()).collect();
            datafusion::arrow::compute::concat(&parts).map_err(defect)
        }
    }
}

fn halve(
    expression: &Compiled,
    batch: &RecordBatch,
    offset: u32,
    parts: &mut Vec<ArrayRef>,
    fail: &mut dyn FnMut(u32, String),
) {
    match expression.evaluate(batch) {
        Ok(array) => parts.push(array),
        Err(reason) if batch.num_rows() == 1 => {
            fail(offset, reason);
            parts.push(datafusion::arrow::array::new_null_array(&expression.data_type, 1));
        }
        Err(_) => {
            let middle = batch.num_rows() / 2;
            halve(expression, &batch.slice(0, middle), offset, parts, fail);
            halve(expression, &batch.slice(middle, batch.num_rows() - middle), offset + middle as u32, parts, fail);
        }
    }
}

fn defect(e: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::internal("transformed columns do not make a batch").detail(&e).source(e)
}

#[cfg(test)]
mod tests;
