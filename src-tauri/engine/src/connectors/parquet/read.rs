//! Reading rows from Parquet files.
//!
//! Ranges are whole row groups, counted through all files of a table; a position is the row's number in the table,
//! from one. Only the columns that are asked for are decoded, on a thread of their own.

use std::fs::File;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::{Array, ArrayRef, BooleanArray, RecordBatch, RecordBatchOptions};
use datafusion::arrow::compute::filter_record_batch;
use datafusion::arrow::datatypes::{DataType, Field, Fields, IntervalUnit, Schema, SchemaRef, TimeUnit};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use futures::stream;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use tokio::sync::mpsc;

use super::ParquetConnection;
use super::connect::Part;
use super::decode::{self, Sizes};
use super::types::{Kind, Leaf};
use crate::catalog::Table;
use crate::connectors::files::{self, blocking, no_column};
use crate::connectors::stand_in::StandIns;
use crate::connectors::{Range, Read, RowFault, RowStream, Rows, Scan};
use crate::error::{Error, ErrorKind, Result};

/// Batches that wait for their reader.
const WAITING: usize = 2;

/// Rows that are decoded at once at most.
const MOST_ROWS: usize = 32_768;

#[async_trait]
impl Read for ParquetConnection {
    fn schema(&self, table: &Table, columns: &[String]) -> Result<SchemaRef> {
        let fields = columns
            .iter()
            .map(|name| {
                let column = table.column(name).ok_or_else(|| no_column(table, name))?;
                Ok(Field::new(name, column.logical.arrow(), true))
            })
            .collect::<Result<Vec<_>>>()?;
        Ok(Arc::new(Schema::new(fields)))
    }

    async fn ranges(&self, table: &Table, rows: u32) -> Result<Vec<Range>> {
        let (connection, name) = (self.clone(), table.name.clone());
        blocking(move || {
            let opened = connection.open(&name)?;
            let groups: Vec<u64> = opened
                .parts
                .iter()
                .flat_map(|p| p.footer.metadata().row_groups())
                .map(|g| g.num_rows().unsigned_abs())
                .collect();
            let mut ranges = Vec::new();
            let (mut from, mut found) = (0, 0);
            for (i, rows_here) in groups.iter().enumerate() {
                found += rows_here;
                if found >= u64::from(rows.max(1)) {
                    ranges.push(Range::RowGroups { from, to: i as u32 + 1 });
                    (from, found) = (i as u32 + 1, 0);
                }
            }
            if found > 0 {
                ranges.push(Range::RowGroups { from, to: groups.len() as u32 });
            }
            Ok(ranges)
        })
        .await
    }

    async fn scan(&self, scan: Scan) -> Result<RowStream> {
        let schema = self.schema(&scan.table, &scan.columns)?;
        let connection = self.clone();
        let (sender, receiver) = mpsc::channel(WAITING);
        tokio::task::spawn_blocking(move || {
            if let Err(e) = read(&connection, &scan, &schema, &sender) {
                // The receiver is gone when the scan was dropped: then nobody wants the error.
                let _ = sender.blocking_send(Err(e.table(scan.table.name.to_string()).range(&scan.range)));
            }
        });
        Ok(Box::pin(stream::unfold(receiver, |mut receiver| async move {
            receiver.recv().await.map(|rows| (rows, receiver))
        })))
    }

    fn position_word(&self, _table: &Table) -> &'static str {
        "row"
    }

    async fn count(&self, table: &Table) -> Result<u64> {
        let (connection, name) = (self.clone(), table.name.clone());
        blocking(move || Ok(connection.open(&name)?.rows())).await
    }
}

type Sender = mpsc::Sender<Result<Rows>>;

fn read(connection: &ParquetConnection, scan: &Scan, schema: &SchemaRef, sender: &Sender) -> Result<()> {
    let opened = connection.open(&scan.table.name)?;
    let (from, to) = match scan.range {
        Range::All => (0, u32::MAX),
        Range::RowGroups { from, to } => (from, to),
        ref range => return Err(Error::internal(format!("a Parquet file cannot be read by {range}"))),
    };
    let wanted = scan
        .columns
        .iter()
        .map(|name| opened.leaves.iter().find(|l| l.name == *name).ok_or_else(|| changed(&scan.table, name)))
        .collect::<Result<Vec<_>>>()?;
    let mut left = scan.limit.unwrap_or(u64::MAX);
    for part in &opened.parts {
        let groups: Vec<usize> = (0..part.footer.metadata().num_row_groups())
            .filter(|g| (from..to).contains(&(part.first_group + *g as u32)))
            .collect();
        if groups.is_empty() || left == 0 {
            continue;
        }
        let mut rows = PartRows::new(part, &groups, &wanted, left, scan.batch_bytes)?;
        while let Some(batch) = rows.next().map_err(|e| e.file(part.path.display()))? {
            let first = batch.first;
            left -= batch.rows as u64;
            if !send(batch, first, &wanted, schema, scan, sender)? {
                return Ok(());
            }
        }
    }
    Ok(())
}

fn changed(table: &Table, column: &str) -> Error {
    Error::new(ErrorKind::WrongFormat, format!("the file of {} has no column {column} any more", table.name))
        .hint("Scan the source again: the file has changed.")
        .column(column)
}

/// What was decoded at once.
struct Decoded {
    /// The leaves that are wanted, in their order.
    columns: Vec<ArrayRef>,
    /// The same in the other reading, where a leaf needs one.
    fine: Vec<Option<ArrayRef>>,
    rows: usize,
    /// Number of the first row.
    first: u64,
}

/// The row groups of one file.
struct PartRows<'a> {
    wanted: &'a [&'a Leaf],
    main: ParquetRecordBatchReader,
    fine: Option<ParquetRecordBatchReader>,
    row: u64,
}

impl<'a> PartRows<'a> {
    fn new(
        part: &Part,
        groups: &[usize],
        wanted: &'a [&'a Leaf],
        limit: u64,
        batch_bytes: usize,
    ) -> Result<PartRows<'a>> {
        let metadata = part.footer.metadata();
        let rows_of = |g: &usize| metadata.row_group(*g).num_rows().unsigned_abs();
        let before: u64 = (0..groups[0]).map(|g| rows_of(&g)).sum();
        let roots: Vec<usize> = wanted.iter().map(|l| l.path[0]).collect();
        let batch_rows = batch_rows(part, groups, &roots, batch_bytes);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let open = |footer: ArrowReaderMetadata, roots: Vec<usize>| -> Result<ParquetRecordBatchReader> {
            let file = File::open(&part.path).map_err(files::failed(&part.path))?;
            let mask = ProjectionMask::roots(footer.parquet_schema(), roots);
            let mut builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, footer)
                .with_projection(mask)
                .with_row_groups(groups.to_vec())
                .with_batch_size(batch_rows);
            if limit != usize::MAX {
                builder = builder.with_limit(limit);
            }
            builder.build().map_err(|e| broken(&part.path, e))
        };
        let twice: Vec<&Leaf> =
            wanted.iter().copied().filter(|l| matches!(l.kind, Kind::Int96 | Kind::Interval)).collect();
        let (main, fine) = if twice.is_empty() {
            (part.footer.clone(), None)
        } else {
            let other: Vec<usize> = twice.iter().map(|l| l.path[0]).collect();
            (reread(part, &twice, false)?, Some(open(reread(part, &twice, true)?, other)?))
        };
        Ok(PartRows { wanted, main: open(main, roots)?, fine, row: part.first_row + before + 1 })
    }

    fn next(&mut self) -> Result<Option<Decoded>> {
        let failed = |e| Error::new(ErrorKind::BadData, "a row group cannot be decoded").detail(&e).source(e);
        let Some(batch) = self.main.next().transpose().map_err(failed)? else { return Ok(None) };
        let fine = match &mut self.fine {
            Some(reader) => Some(
                reader
                    .next()
                    .transpose()
                    .map_err(failed)?
                    .filter(|f| f.num_rows() == batch.num_rows())
                    .ok_or_else(|| Error::internal("two readings of one file have unlike batches"))?,
            ),
            None => None,
        };
        let twice = |leaf: &Leaf| matches!(leaf.kind, Kind::Int96 | Kind::Interval);
        let columns = leaf_arrays(&batch, self.wanted, |_| true)?.into_iter().flatten().collect();
        let fine = match fine {
            Some(fine) => leaf_arrays(&fine, self.wanted, twice)?,
            None => vec![None; self.wanted.len()],
        };
        let (rows, first) = (batch.num_rows(), self.row);
        self.row += rows as u64;
        Ok(Some(Decoded { columns, fine, rows, first }))
    }
}

/// The arrays of the leaves that `is_in` the batch, whose columns are the roots of those leaves in the file's order.
fn leaf_arrays(batch: &RecordBatch, wanted: &[&Leaf], is_in: impl Fn(&Leaf) -> bool) -> Result<Vec<Option<ArrayRef>>> {
    let mut roots: Vec<usize> = wanted.iter().filter(|l| is_in(l)).map(|l| l.path[0]).collect();
    roots.sort_unstable();
    roots.dedup();
    wanted
        .iter()
        .map(|leaf| {
            if !is_in(leaf) {
                return Ok(None);
            }
            let mut path = leaf.path.clone();
            path[0] = roots.binary_search(&path[0]).map_err(|_| Error::internal("a column was not read"))?;
            decode::leaf_array(batch.columns(), &path).map(Some)
        })
        .collect()
}

/// The footer with the leaves in one of the two forms that together say what their values are.
fn reread(part: &Part, leaves: &[&Leaf], fine: bool) -> Result<ArrowReaderMetadata> {
    fn changed(fields: &Fields, path: &[usize], data_type: &DataType) -> Fields {
        fields
            .iter()
            .enumerate()
            .map(|(i, field)| match (path.split_first(), field.data_type()) {
                (Some((first, [])), _) if *first == i => {
                    Arc::new(field.as_ref().clone().with_data_type(data_type.clone()))
                }
                (Some((first, rest)), DataType::Struct(below)) if *first == i => {
                    let below = changed(below, rest, data_type);
                    Arc::new(field.as_ref().clone().with_data_type(DataType::Struct(below)))
                }
                _ => field.clone(),
            })
            .collect()
    }
    let mut fields = part.footer.schema().fields().clone();
    for leaf in leaves {
        let data_type = match (leaf.kind, fine) {
            (Kind::Int96, false) => DataType::Timestamp(TimeUnit::Microsecond, None),
            (Kind::Int96, true) => DataType::Timestamp(TimeUnit::Nanosecond, None),
            (_, false) => DataType::Interval(IntervalUnit::DayTime),
            (_, true) => DataType::Interval(IntervalUnit::YearMonth),
        };
        fields = changed(&fields, &leaf.path, &data_type);
    }
    let schema = Arc::new(Schema::new_with_metadata(fields, part.footer.schema().metadata().clone()));
    let options = ArrowReaderOptions::new().with_schema(schema);
    ArrowReaderMetadata::try_new(part.footer.metadata().clone(), options).map_err(|e| broken(&part.path, e))
}

fn broken(path: &std::path::Path, e: parquet::errors::ParquetError) -> Error {
    Error::new(ErrorKind::BadData, format!("{} cannot be read", path.display()))
        .detail(&e)
        .source(e)
        .file(path.display())
}

/// Rows to decode at once, so that they take about `batch_bytes`: from the sizes that the footer tells.
fn batch_rows(part: &Part, groups: &[usize], roots: &[usize], batch_bytes: usize) -> usize {
    let (mut bytes, mut rows) = (0u64, 0u64);
    let schema = part.footer.parquet_schema();
    for group in groups.iter().map(|g| part.footer.metadata().row_group(*g)) {
        rows += group.num_rows().unsigned_abs();
        for (i, column) in group.columns().iter().enumerate() {
            if roots.contains(&schema.get_column_root_idx(i)) {
                // Encoded texts are shorter than decoded ones, above all those of a dictionary.
                let stored = column.uncompressed_size().unsigned_abs();
                let decoded = column.unencoded_byte_array_data_bytes().map_or(0, i64::unsigned_abs);
                bytes += stored.max(decoded) + 8 * column.num_values().unsigned_abs();
            }
        }
    }
    let per_row = (bytes / rows.max(1)).max(1);
    usize::try_from(batch_bytes as u64 / per_row).unwrap_or(MOST_ROWS).clamp(1, MOST_ROWS)
}

/// Brings what was decoded to the schema and hands it on in pieces; `false` when nobody listens any more.
fn send(
    batch: Decoded,
    first: u64,
    wanted: &[&Leaf],
    schema: &SchemaRef,
    scan: &Scan,
    sender: &Sender,
) -> Result<bool> {
    let mut columns = Vec::with_capacity(wanted.len());
    let mut faulty: Vec<(usize, usize, &'static str)> = Vec::new();
    for (i, leaf) in wanted.iter().enumerate() {
        let target = schema.field(i).data_type();
        let (array, rows) = decode::decode(leaf, &batch.columns[i], batch.fine[i].as_ref(), target)
            .map_err(|e| e.column(&leaf.name))?;
        columns.push(array);
        faulty.extend(rows.into_iter().map(|(row, reason)| (row, i, reason)));
    }
    let chosen = StandIns::of(&scan.table, &scan.columns);
    let (replaced, mut faulty): (Vec<_>, Vec<_>) = faulty.into_iter().partition(|(_, column, _)| chosen.has(*column));
    faulty.sort_unstable();
    faulty.dedup_by_key(|(row, ..)| *row);
    let positions = decode::positions(first, batch.rows);
    let mut pieces = Vec::new();
    let (sizes, mut from) = (Sizes::of(&columns), 0);
    while from < batch.rows {
        let to = sizes.cut(from, batch.rows, scan.batch_bytes);
        pieces.push((from, to));
        from = to;
    }
    let options = RecordBatchOptions::new().with_row_count(Some(batch.rows));
    let whole = RecordBatch::try_new_with_options(schema.clone(), columns, &options)
        .map_err(|e| Error::internal("the columns read do not make a batch").detail(&e).source(e))?;
    for (from, to) in pieces {
        let here = |row: usize| (from..to).contains(&row);
        let faults: Vec<RowFault> = faulty
            .iter()
            .filter(|(row, ..)| here(*row))
            .map(|(row, column, reason)| RowFault {
                position: Some(positions.value(*row)),
                column: Some(wanted[*column].name.clone()),
                reason: format!("row {}: the value {reason}", positions.value(*row)),
                row: shown(&batch, wanted, *row),
            })
            .collect();
        let mut stand_ins = StandIns::default();
        replaced
            .iter()
            .filter(|(row, ..)| here(*row))
            .for_each(|(row, column, reason)| stand_ins.note(row - from, *column, reason));
        let bad: Vec<usize> =
            faulty.iter().map(|(row, ..)| *row).filter(|row| here(*row)).map(|row| row - from).collect();
        let stood_in = stand_ins.take(&bad);
        let (mut piece, mut places) = (whole.slice(from, to - from), positions.slice(from, to - from));
        if !faults.is_empty() {
            let kept = BooleanArray::from_iter(
                (from..to).map(|row| Some(faulty.binary_search_by_key(&row, |(row, ..)| *row).is_err())),
            );
            let failed = |e| Error::internal("rows cannot be left out").detail(&e).source(e);
            let rows = kept.true_count();
            places = datafusion::arrow::compute::filter(&places, &kept)
                .map_err(failed)?
                .as_any()
                .downcast_ref()
                .cloned()
                .ok_or_else(|| Error::internal("positions are not numbers"))?;
            piece = if piece.num_columns() == 0 {
                piece.slice(0, rows)
            } else {
                filter_record_batch(&piece, &kept).map_err(failed)?
            };
        }
        if sender.blocking_send(Ok(Rows { batch: piece, positions: Some(places), faults, stood_in })).is_err() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The row as text, for the reject file.
fn shown(batch: &Decoded, wanted: &[&Leaf], row: usize) -> Vec<(String, Option<String>)> {
    let options = FormatOptions::default();
    wanted
        .iter()
        .zip(&batch.columns)
        .map(|(leaf, array)| {
            let text = ArrayFormatter::try_new(array, &options)
                .ok()
                .filter(|_| array.is_valid(row))
                .and_then(|f| f.value(row).try_to_string().ok());
            (leaf.name.clone(), text)
        })
        .collect()
}
