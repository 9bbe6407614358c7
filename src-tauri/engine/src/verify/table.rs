//! One table's two sides.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use datafusion::arrow::array::{BooleanArray, RecordBatch, RecordBatchOptions};
use datafusion::arrow::compute::{CastOptions, cast_with_options, filter_record_batch};
use datafusion::arrow::datatypes::SchemaRef;

use super::accumulate::{Figures, row_hashes};
use super::canonical::{canonical, in_words};
use super::{Orphans, TableVerification};
use super::{different, side, wire};
use crate::error::{Error, ErrorContext, ErrorKind, Result};
use crate::migration::Migration;
use crate::model::{OrphanChoice, VerifyLevel};
use crate::plan::Step;
use crate::run::{Control, RejectFiles, compile};
use crate::transform::Expressions;
use crate::workspace::{RunRecord, Workspace};

pub(super) async fn verify(
    migration: &Migration,
    record: &RunRecord,
    workspace: &Workspace,
    number: usize,
    level: VerifyLevel,
    control: &Control,
) -> Result<TableVerification> {
    let step = &record.plan.steps[number].with_computed();
    // What the target computes nobody has written, and the figures of a column can agree where its rows do not.
    let level = if step.computed.is_empty() { level } else { level.max(VerifyLevel::Checksums) };
    let here = |e: Error| e.table(step.to.to_string());
    let progress = &record.tables[number];
    let before = record.rows_before.get(number).copied().unwrap_or(0);
    let (source, target) = (migration.source.read(), migration.target.read());
    let (source_rows, target_rows) =
        tokio::try_join!(source.count(&step.source), target.count(&step.target)).map_err(here)?;
    let mut result = TableVerification {
        source: step.from.clone(),
        target: step.to.clone(),
        source_rows,
        // What the ledger says was left out is taken off what the source holds now.
        expected_rows: (source_rows + before).saturating_sub(progress.rejected + progress.filtered),
        target_rows,
        columns: Vec::new(),
        row_checksum: None,
        orphans: orphans(migration, step).await?,
        differences: Vec::new(),
        different_rows: None,
        normalised: Vec::new(),
        not_compared: Vec::new(),
    };
    if level == VerifyLevel::Counts {
        return Ok(result);
    }
    if before > 0 {
        result.not_compared.push(format!("values: the table held {before} rows before the run"));
        return Ok(result);
    }
    let is_whole = progress.rejected + progress.filtered == 0;
    let in_wire_format = match level == VerifyLevel::Checksums && is_whole {
        true => wire::compare(migration, step, control, &mut result).await.map_err(here)?,
        false => wire::Compared::Not,
    };
    if let wire::Compared::Same = in_wire_format {
        return Ok(result);
    }
    let compiled = compile(step, migration.source.read(), migration.target.as_ref(), &Expressions::new())?;
    if !compiled.transform.has_stable_filter() {
        result.not_compared.push("values: the filter differs from run to run".into());
        return Ok(result);
    }
    let unstable = compiled.transform.unstable_columns();
    result.not_compared.extend(unstable.iter().map(|c| format!("{c}: its expression differs from run to run")));
    let keep: Vec<usize> =
        (0..compiled.columns.len()).filter(|i| !unstable.contains(&compiled.columns[*i].as_str())).collect();
    let schema = project_schema(compiled.transform.target(), &keep)?;
    for column in keep.iter().filter_map(|i| step.target.column(&compiled.columns[*i])) {
        if let Some(what) = in_words(&column.logical) {
            result.normalised.push(format!("{}: {what}", column.name));
        }
    }

    // Both sides at once, each by ranges: the figures do not depend on the rows' order.
    let kept: Vec<String> = keep.iter().map(|i| compiled.columns[*i].clone()).collect();
    let key = key_columns(step, &kept);
    let rejected = rejected_hashes(record, workspace, number)?;
    let (target_table, shape) = (Arc::new(step.target.clone()), schema.clone());
    let actual = side::Side {
        connection: migration.target.clone(),
        table: target_table.clone(),
        columns: kept,
        schema: schema.clone(),
        key: key.clone(),
        form: Arc::new(move |batch: &RecordBatch| canonical(&convert(batch, &shape)?, &target_table)),
    };
    // Rejects are taken off as they are met, so each reading of the source begins with all of them.
    let expected = || {
        let (transform, keep, shape) = (compiled.transform.clone(), keep.clone(), schema.clone());
        let (step, rejected) = (step.clone(), Mutex::new(rejected.clone()));
        side::Side {
            connection: migration.source.clone(),
            table: Arc::new(step.source.clone()),
            columns: compiled.read.clone(),
            schema: schema.clone(),
            key: key.clone(),
            form: Arc::new(move |batch: &RecordBatch| {
                let batch = without(transform.apply(batch)?.batch, &step, &rejected)?;
                canonical(&project(&batch, &keep, &shape)?, &step.target)
            }),
        }
    };
    let ((expected_figures, no_source_form), (actual_figures, unreadable)) =
        tokio::try_join!(side::figures(expected(), level, control), side::figures(actual.clone(), level, control))
            .map_err(here)?;
    if no_source_form > 0 {
        result.not_compared.push(format!("{no_source_form} rows of the source cannot be read as their columns' types"));
    }
    if unreadable > 0 {
        result.not_compared.push(format!("{unreadable} rows of the target cannot be read as their columns' types"));
        // They are part of the count, and stand out there.
        result.target_rows = result.target_rows.saturating_sub(unreadable);
    }
    result.expected_rows = expected_figures.rows;
    result.columns = Figures::compare(&expected_figures, &actual_figures, level)?;
    if level == VerifyLevel::Checksums {
        result.row_checksum = Some(Figures::row_checksums(&expected_figures, &actual_figures));
        let parts = Figures::different_parts(&expected_figures, &actual_figures);
        different::seek(&expected, &actual, parts, step, control, &mut result).await.map_err(here)?;
        if let (wire::Compared::Different(sums), true) = (in_wire_format, no_source_form + unreadable > 0) {
            // They are compared all the same, though nobody can say which of them differ.
            result.not_compared.push("which of them differ: the sums over all rows as the servers send them do".into());
            result.row_checksum = Some(sums);
        }
    }
    Ok(result)
}

/// Places among the columns of those that tell rows apart: a key of the target, or one of the source that is carried as
/// it is. None where the table has no such key.
fn key_columns(step: &Step, columns: &[String]) -> Vec<usize> {
    let place = |name: &str| columns.iter().position(|c| c == name);
    if let Some(key) = step.target.key_within(|c| place(c).is_some()) {
        return key.columns.iter().filter_map(|c| place(c)).collect();
    }
    let carried = |source: &str| {
        let quoted = format!("\"{source}\"");
        let column = step.columns.iter().find(|c| c.expression == source || c.expression == quoted)?;
        column.verdict.is_lossless().then(|| place(&column.to)).flatten()
    };
    let key = step.source.key_within(|c| carried(c).is_some());
    key.map_or_else(Vec::new, |key| key.columns.iter().filter_map(|c| carried(c)).collect())
}

async fn orphans(migration: &Migration, step: &Step) -> Result<Vec<Orphans>> {
    let Some(write) = migration.target.write() else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for key in &step.target.foreign_keys {
        found.push(Orphans {
            foreign_key: format!("({}) → {}", key.columns.join(", "), key.references),
            kept: step.orphans == OrphanChoice::Keep,
            rows: write.orphans(&step.target, key).await.map_err(|e| e.table(step.to.to_string()))?,
        });
    }
    Ok(found)
}

/// How often each row was refused by the target, by its hash.
fn rejected_hashes(record: &RunRecord, workspace: &Workspace, number: usize) -> Result<HashMap<String, u64>> {
    let files = RejectFiles::new(&workspace.run_folder(&record.run));
    let mut hashes = HashMap::new();
    for row in files.read(number as u32, &record.plan.steps[number].target.name.to_string())? {
        if let Some(hash) = row?.hash {
            *hashes.entry(hash).or_insert(0) += 1;
        }
    }
    Ok(hashes)
}

/// Leaves out the rows that the target refused.
fn without(batch: RecordBatch, step: &Step, rejected: &Mutex<HashMap<String, u64>>) -> Result<RecordBatch> {
    let mut rejected = rejected.lock().unwrap_or_else(PoisonError::into_inner);
    if rejected.is_empty() || batch.num_rows() == 0 {
        return Ok(batch);
    }
    // A row was named by what was written of it.
    let written: Vec<usize> = (0..step.columns.len() - step.computed.len()).collect();
    let named = batch.project(&written).or_error(ErrorKind::Internal, "columns cannot be chosen")?;
    let hashes = row_hashes(&canonical(&named, &step.target)?)?;
    let kept = BooleanArray::from_iter(hashes.iter().map(|h| match rejected.get_mut(&format!("{h:032x}")) {
        Some(left @ 1..) => {
            *left -= 1;
            Some(false)
        }
        _ => Some(true),
    }));
    filter_record_batch(&batch, &kept).or_error(ErrorKind::Internal, "rows cannot be left out")
}

fn project_schema(schema: &SchemaRef, keep: &[usize]) -> Result<SchemaRef> {
    schema.project(keep).map(Arc::new).or_error(ErrorKind::Internal, "columns cannot be chosen")
}

fn project(batch: &RecordBatch, keep: &[usize], schema: &SchemaRef) -> Result<RecordBatch> {
    let columns = keep.iter().map(|i| batch.column(*i).clone()).collect();
    rebuilt(schema, columns, batch.num_rows())
}

/// What was read back, in the types in which it was written.
fn convert(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch> {
    let options = CastOptions { safe: false, ..CastOptions::default() };
    let columns = batch
        .columns()
        .iter()
        .zip(schema.fields())
        .map(|(array, field)| {
            cast_with_options(array, field.data_type(), &options).map_err(|e| {
                Error::new(ErrorKind::Conversion, "a value in the target does not fit its column's declared type")
                    .column(field.name())
                    .source(e)
            })
        })
        .collect::<Result<_>>()?;
    rebuilt(schema, columns, batch.num_rows())
}

fn rebuilt(schema: &SchemaRef, columns: Vec<datafusion::arrow::array::ArrayRef>, rows: usize) -> Result<RecordBatch> {
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(schema.clone(), columns, &options)
        .or_error(ErrorKind::Internal, "columns do not make a batch")
}
