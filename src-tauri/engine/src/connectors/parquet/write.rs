//! Writing Parquet files: each part is a file of row groups, and the table's file takes them over as they are.
//!
//! Rows for a file that exists are written in that file's own schema, so that its row groups and the new ones stand side
//! by side and nothing is encoded twice.

use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, FixedSizeBinaryBuilder, RecordBatch, new_null_array};
use datafusion::arrow::compute::{CastOptions, cast_with_options};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::ParquetError;
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::SchemaDescriptor;

use super::ParquetConnection;
use super::connect::{is_one_file, open, tables};
use super::decode::Sizes;
use super::schema::{named, schema};
use super::types::Kind;
use crate::catalog::Table;
use crate::connectors::Read;
use crate::connectors::files::{self, Format, Join, PartWriter, Place, failed};
use crate::error::{Error, ErrorKind, Result};
use crate::types::LogicalType;

/// A row group is closed when it takes about so much memory.
const GROUP_BYTES: usize = 64 << 20;

/// The format numbers them with 16 bits and a sign.
const MOST_GROUPS: usize = i16::MAX as usize;

impl ParquetConnection {
    fn properties(&self) -> WriterProperties {
        WriterProperties::builder()
            .set_compression(self.compression)
            .set_max_row_group_bytes(Some(GROUP_BYTES))
            .set_created_by(concat!("rowferry ", env!("CARGO_PKG_VERSION")).into())
            .build()
    }
}

/// A column of the file, as it is written.
struct Target {
    name: String,
    data_type: DataType,
    logical: LogicalType,
    nullable: bool,
    /// Among the columns that are given.
    place: Option<usize>,
}

impl Format for ParquetConnection {
    fn folder(&self) -> PathBuf {
        match self.path.parent() {
            Some(parent) if is_one_file(&self.path) => parent.to_path_buf(),
            _ => self.path.clone(),
        }
    }

    fn place(&self, table: &str) -> Result<Place> {
        let one = is_one_file(&self.path);
        if one && table != files::stem(&self.path) {
            return Err(files::other_file(&self.path, table, &files::stem(&self.path)));
        }
        let found = tables(&self.path)?.remove(table).unwrap_or_default();
        if one {
            return Ok(Place { files: found, whole: self.path.clone(), new: self.path.clone() });
        }
        let whole = match found.first() {
            Some(file) if file.parent() == Some(self.path.as_path()) => {
                let whole = file.clone();
                return Ok(Place { files: found, new: whole.clone(), whole });
            }
            Some(file) => Some(file.parent().unwrap_or(&self.path).to_path_buf()),
            None => None,
        };
        let new = self.path.join(files::file_name(table, "parquet")?);
        let whole = whole.unwrap_or_else(|| new.clone());
        let new = if whole.is_file() { whole.clone() } else { new };
        Ok(Place { files: found, whole, new })
    }

    fn schema(&self, table: &Table, columns: &[String]) -> Result<SchemaRef> {
        Read::schema(self, table, columns)
    }

    fn part(&self, table: &Table, columns: &[String], file: File) -> Result<Box<dyn PartWriter>> {
        let place = |name: &str| columns.iter().position(|c| c == name);
        let existing = self.place(&table.name.table)?.files;
        let old = if existing.is_empty() { None } else { Some(open(existing)?) };
        // Nested columns cannot be written, and columns are only added where the old rows go.
        let old = old.filter(|o| {
            let flat = o.leaves.iter().all(|l| l.path.len() == 1 && matches!(l.kind, Kind::Plain | Kind::Uuid));
            flat && table.columns.iter().all(|c| o.leaves.iter().any(|l| l.name == c.name))
        });
        let (targets, descriptor) = match &old {
            Some(old) => {
                let targets = old.leaves.iter().map(|leaf| Target {
                    name: leaf.name.clone(),
                    data_type: leaf.data_type.clone(),
                    logical: leaf.logical.clone(),
                    nullable: leaf.nullable,
                    place: place(&leaf.name),
                });
                (targets.collect::<Vec<_>>(), old.parts[0].footer.metadata().file_metadata().schema_descr().clone())
            }
            None => {
                let targets = table.columns.iter().map(|column| Target {
                    name: column.name.clone(),
                    data_type: match &column.logical {
                        LogicalType::Uuid => DataType::FixedSizeBinary(16),
                        other => other.arrow(),
                    },
                    logical: column.logical.clone(),
                    nullable: true,
                    place: place(&column.name),
                });
                let descriptor = schema(table.columns.iter().map(|c| (c.name.as_str(), c.logical.clone())))?;
                (targets.collect(), descriptor)
            }
        };
        let fields: Vec<Field> = targets.iter().map(|t| Field::new(&t.name, t.data_type.clone(), t.nullable)).collect();
        let schema = Arc::new(Schema::new(fields));
        let options = ArrowWriterOptions::new()
            .with_properties(self.properties())
            .with_parquet_schema(descriptor)
            .with_skip_arrow_metadata(true);
        let writer = ArrowWriter::try_new_with_options(file, schema.clone(), options)
            .map_err(|e| not_written("a part of the table cannot be begun", e))?;
        Ok(Box::new(Part { writer, schema, targets }))
    }

    fn join(&self, join: Join<'_>, file: File) -> Result<File> {
        let old = if join.keeps { join.old } else { &[] };
        let sources = old
            .iter()
            .chain(join.parts)
            .map(|path| {
                let file = File::open(path).map_err(failed(path))?;
                let metadata = ParquetMetaDataReader::new()
                    .with_page_index_policy(PageIndexPolicy::Optional)
                    .parse_and_finish(&file)
                    .map_err(|e| not_written("a part of the table cannot be read again", e).file(path.display()))?;
                Ok((path.clone(), file, metadata))
            })
            .collect::<Result<Vec<_>>>()?;
        let groups: usize = sources.iter().map(|(.., metadata)| metadata.num_row_groups()).sum();
        if groups > MOST_GROUPS {
            let what = format!("{groups} row groups are more than the {MOST_GROUPS} that a Parquet file can hold");
            return Err(Error::new(ErrorKind::Unsupported, what)
                .hint("Roll the run back, and choose more rows for a chunk (options.chunk_rows)."));
        }
        let root = match (sources.first(), join.created) {
            (Some((.., metadata)), _) => metadata.file_metadata().schema_descr().root_schema_ptr(),
            (None, created) => empty(&join, created)?.root_schema_ptr(),
        };
        let failed = |e| not_written("the file cannot be put together", e);
        let kept =
            sources.first().filter(|_| !old.is_empty()).and_then(|(.., m)| m.file_metadata().key_value_metadata());
        let properties = self.properties().into_builder().set_key_value_metadata(kept.cloned()).build();
        let mut writer = SerializedFileWriter::new(BufWriter::new(file), root, Arc::new(properties)).map_err(failed)?;
        for (path, source, metadata) in &sources {
            take_over(&mut writer, source, metadata).map_err(|e| match e {
                ParquetError::General(_) => Error::new(
                    ErrorKind::Unsupported,
                    format!("the columns of {} have another form than those that were written", path.display()),
                )
                .detail(&e)
                .hint("Rows cannot be added to this file. Choose replace for this table, or another folder."),
                e => not_written("the file cannot be put together", e),
            })?;
        }
        let buffered = writer.into_inner().map_err(failed)?;
        buffered.into_inner().map_err(|e| Error::from(e.into_error()))
    }
}

/// The schema of a file without rows.
fn empty(join: &Join<'_>, created: Option<&[(String, String)]>) -> Result<SchemaDescriptor> {
    if let (None, [], Some(old)) = (created, join.added, join.old.first()) {
        return Ok(open(vec![old.clone()])?.parts[0].footer.metadata().file_metadata().schema_descr().clone());
    }
    let mut columns: Vec<(String, LogicalType)> = match join.old.first() {
        Some(old) if created.is_none() => {
            open(vec![old.clone()])?.leaves.into_iter().map(|l| (l.name, l.logical)).collect()
        }
        _ => Vec::new(),
    };
    for (name, kind) in created.unwrap_or_default().iter().chain(join.added) {
        columns.push((name.clone(), named(kind)?));
    }
    schema(columns.iter().map(|(name, logical)| (name.as_str(), logical.clone())))
}

/// Adds the row groups of a file as they are.
fn take_over(
    writer: &mut SerializedFileWriter<BufWriter<File>>,
    source: &File,
    metadata: &ParquetMetaData,
) -> Result<(), ParquetError> {
    for (g, group) in metadata.row_groups().iter().enumerate() {
        let columns = metadata.column_index().and_then(|i| i.get(g));
        let offsets = metadata.offset_index().and_then(|i| i.get(g));
        let mut out = writer.next_row_group()?;
        for (c, column) in group.columns().iter().enumerate() {
            let close = ColumnCloseResult {
                bytes_written: column.compressed_size().unsigned_abs(),
                rows_written: group.num_rows().unsigned_abs(),
                metadata: column.clone(),
                bloom_filter: None,
                column_index: columns.and_then(|i| i.get(c)).cloned(),
                offset_index: offsets.and_then(|i| i.get(c)).cloned(),
            };
            out.append_column(source, close)?;
        }
        out.close()?;
    }
    Ok(())
}

/// A full disk is told from a defect.
fn not_written(what: &str, e: ParquetError) -> Error {
    if let ParquetError::External(inner) = &e
        && let Some(io) = inner.downcast_ref::<std::io::Error>()
    {
        return std::io::Error::from(io.kind()).into();
    }
    Error::new(ErrorKind::Io, what).detail(&e).source(e)
}

struct Part {
    writer: ArrowWriter<File>,
    schema: SchemaRef,
    targets: Vec<Target>,
}

impl PartWriter for Part {
    fn write(&mut self, batch: &RecordBatch) -> Result<u64> {
        let rows = batch.num_rows();
        let arrays = self
            .targets
            .iter()
            .map(|target| {
                let array = match target.place {
                    Some(place) => convert(batch.column(place), target).map_err(|e| e.column(&target.name))?,
                    None => new_null_array(&target.data_type, rows),
                };
                if !target.nullable && array.logical_null_count() > 0 {
                    return Err(Error::new(ErrorKind::Constraint, format!("{} must not be NULL", target.name))
                        .column(&target.name));
                }
                Ok(array)
            })
            .collect::<Result<Vec<_>>>()?;
        let bytes = Sizes::of(batch.columns()).bytes(0, rows) as u64;
        let batch = RecordBatch::try_new(self.schema.clone(), arrays)
            .map_err(|e| Error::internal("the rows do not have the file's columns").detail(&e).source(e))?;
        self.writer.write(&batch).map_err(|e| not_written("rows cannot be written", e))?;
        Ok(bytes)
    }

    fn finish(self: Box<Self>) -> Result<File> {
        self.writer.into_inner().map_err(|e| not_written("a part of the table cannot be ended", e))
    }
}

/// The array in the file's own type, exactly.
fn convert(array: &ArrayRef, target: &Target) -> Result<ArrayRef> {
    if *array.data_type() == target.data_type {
        return Ok(array.clone());
    }
    if target.logical == LogicalType::Uuid {
        return uuids(array);
    }
    let lossy = || {
        Error::new(
            ErrorKind::Conversion,
            format!("the value of {} does not fit the file's {}", target.name, target.data_type),
        )
    };
    let options = CastOptions { safe: false, ..CastOptions::default() };
    let written = cast_with_options(array, &target.data_type, &options).map_err(|_| lossy())?;
    let back = cast_with_options(&written, array.data_type(), &options).map_err(|_| lossy())?;
    if back.as_ref() != array.as_ref() {
        return Err(lossy());
    }
    Ok(written)
}

fn uuids(array: &ArrayRef) -> Result<ArrayRef> {
    let texts = array.as_string_opt::<i32>().ok_or_else(|| Error::internal("a uuid came in an unexpected form"))?;
    let mut bytes = FixedSizeBinaryBuilder::with_capacity(texts.len(), 16);
    for text in texts {
        match text.map(uuid::Uuid::try_parse) {
            None => bytes.append_null(),
            Some(Ok(uuid)) => bytes
                .append_value(uuid.as_bytes())
                .map_err(|e| Error::internal("a uuid does not have sixteen bytes").detail(e))?,
            Some(Err(_)) => return Err(Error::new(ErrorKind::Conversion, "the value is not a UUID")),
        }
    }
    Ok(Arc::new(bytes.finish()))
}
