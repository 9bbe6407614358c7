//! COPY's binary format into Arrow.
//!
//! It must not know SQL or sessions: bytes go in, rows come out. Invariant: a row enters every column or none; one
//! that Arrow cannot hold becomes a `RowFault` and is still counted.

use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BinaryBuilder, BooleanArray, BooleanBuilder, Date32Builder, Decimal128Builder, Float32Builder,
    Float64Builder, Int16Builder, Int32Builder, Int64Builder, RecordBatch, RecordBatchOptions, StringBuilder,
    Time64MicrosecondBuilder, TimestampMicrosecondBuilder,
};
use datafusion::arrow::compute::filter_record_batch;
use datafusion::arrow::datatypes::{DataType, SchemaRef, TimeUnit};
use datafusion::arrow::error::ArrowError;

use super::text::{self, EPOCH_DAYS, EPOCH_MICROS, MICROS_A_DAY};
use super::{RowFault, Rows, copy_wire as wire, numeric};
use crate::connectors::stand_in::StandIns;
use crate::error::{Error, ErrorKind, Result};

/// A batch of rows without columns is cut here.
const MAX_ROWS: usize = 1 << 20;

/// Takes the stream apart, row by row, and fills batches.
pub(super) struct Decoder {
    schema: SchemaRef,
    columns: Vec<ColumnBuilder>,
    batch_bytes: usize,
    bytes: usize,
    /// Rows in the builders, those at fault among them.
    rows: usize,
    /// Rows in the builders that are at fault; they are left out when the batch is made.
    bad: Vec<usize>,
    faults: Vec<RowFault>,
    stand_ins: StandIns,
    /// What of the stream is not a whole row yet.
    carry: Vec<u8>,
    begun: bool,
    ended: bool,
}

impl Decoder {
    pub(super) fn new(schema: SchemaRef, batch_bytes: usize, stand_ins: StandIns) -> Result<Self> {
        let columns = schema.fields().iter().map(|f| ColumnBuilder::new(f.data_type())).collect::<Result<_>>()?;
        Ok(Decoder {
            schema,
            columns,
            batch_bytes: batch_bytes.max(1),
            bytes: 0,
            rows: 0,
            bad: Vec::new(),
            faults: Vec::new(),
            stand_ins,
            carry: Vec::new(),
            begun: false,
            ended: false,
        })
    }

    /// Takes the next piece of the stream, and gives a batch for each time that one became full.
    pub(super) fn feed(&mut self, piece: &[u8], full: &mut Vec<Rows>) -> Result<()> {
        if self.carry.is_empty() {
            let used = self.consume(piece, full)?;
            self.carry.extend_from_slice(&piece[used..]);
        } else {
            let mut carry = std::mem::take(&mut self.carry);
            carry.extend_from_slice(piece);
            let used = self.consume(&carry, full)?;
            carry.drain(..used);
            self.carry = carry;
        }
        Ok(())
    }

    /// The last rows, once the stream has ended.
    pub(super) fn finish(&mut self) -> Result<Option<Rows>> {
        if !self.ended {
            return Err(Error::new(ErrorKind::Transient, "the server's rows ended early"));
        }
        if self.rows == 0 && self.faults.is_empty() { Ok(None) } else { self.flush().map(Some) }
    }

    fn consume(&mut self, bytes: &[u8], full: &mut Vec<Rows>) -> Result<usize> {
        let mut at = 0;
        if !self.begun {
            let Some(length) = wire::header(bytes)? else { return Ok(0) };
            self.begun = true;
            at = length;
        }
        while !self.ended {
            match wire::row(&bytes[at..], self.columns.len())? {
                wire::Next::Part => break,
                wire::Next::End(length) => {
                    self.ended = true;
                    at += length;
                }
                wire::Next::Row(length) => {
                    self.take(&bytes[at..at + length])?;
                    at += length;
                    if self.bytes >= self.batch_bytes || self.rows >= MAX_ROWS {
                        full.push(self.flush()?);
                    }
                }
            }
        }
        Ok(at)
    }

    fn take(&mut self, row: &[u8]) -> Result<()> {
        self.bytes += row.len();
        let mut fault: Option<(usize, &'static str)> = None;
        for (i, field) in wire::fields(row).enumerate() {
            match self.columns[i].append(field) {
                Ok(()) => {}
                Err(NotTaken::Refused(reason)) => {
                    // The column stays as long as the others; the row is left out of the batch.
                    self.columns[i].append_null();
                    if self.stand_ins.has(i) {
                        self.stand_ins.note(self.rows, i, reason);
                        continue;
                    }
                    fault.get_or_insert((i, reason));
                }
                Err(NotTaken::OtherType) => return Err(changed(self.schema.field(i).name())),
            }
        }
        if let Some((i, reason)) = fault {
            let name = |i: usize| self.schema.field(i).name().clone();
            self.faults.push(RowFault {
                position: None,
                column: Some(name(i)),
                reason: reason.into(),
                row: wire::fields(row)
                    .enumerate()
                    .map(|(j, v)| (name(j), v.map(|v| self.columns[j].print(v))))
                    .collect(),
            });
            self.bad.push(self.rows);
        }
        self.rows += 1;
        Ok(())
    }

    fn flush(&mut self) -> Result<Rows> {
        let defect = |e: ArrowError| Error::internal("a batch does not have its schema").source(e);
        let arrays = self.columns.iter_mut().map(ColumnBuilder::finish).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(self.rows));
        let mut batch = RecordBatch::try_new_with_options(self.schema.clone(), arrays, &options).map_err(defect)?;
        let stood_in = self.stand_ins.take(&self.bad);
        if !self.bad.is_empty() {
            let mut kept = vec![true; self.rows];
            self.bad.drain(..).for_each(|row| kept[row] = false);
            batch = filter_record_batch(&batch, &BooleanArray::from(kept)).map_err(defect)?;
        }
        self.rows = 0;
        self.bytes = 0;
        Ok(Rows { batch, positions: None, faults: std::mem::take(&mut self.faults), stood_in })
    }
}

/// Why a builder did not take a value.
enum NotTaken {
    /// Arrow cannot hold it; the reason names no value.
    Refused(&'static str),
    /// The bytes are of another type.
    OtherType,
}

fn changed(column: &str) -> Error {
    Error::new(ErrorKind::NotFound, format!("column {column} no longer has the type that it was scanned with"))
        .column(column)
        .hint("Scan the database again.")
}

enum ColumnBuilder {
    Bool(BooleanBuilder),
    Int16(Int16Builder),
    Int32(Int32Builder),
    Int64(Int64Builder),
    Float32(Float32Builder),
    Float64(Float64Builder),
    Decimal(Decimal128Builder, u8, u8),
    Text(StringBuilder),
    Binary(BinaryBuilder),
    Date(Date32Builder),
    Time(Time64MicrosecondBuilder),
    Timestamp(TimestampMicrosecondBuilder, bool),
}

impl ColumnBuilder {
    fn new(data_type: &DataType) -> Result<Self> {
        Ok(match data_type {
            DataType::Boolean => Self::Bool(BooleanBuilder::new()),
            DataType::Int16 => Self::Int16(Int16Builder::new()),
            DataType::Int32 => Self::Int32(Int32Builder::new()),
            DataType::Int64 => Self::Int64(Int64Builder::new()),
            DataType::Float32 => Self::Float32(Float32Builder::new()),
            DataType::Float64 => Self::Float64(Float64Builder::new()),
            DataType::Decimal128(p, s) => {
                let scale =
                    u8::try_from(*s).map_err(|_| Error::internal("a decimal of negative scale is no number"))?;
                Self::Decimal(Decimal128Builder::new().with_data_type(data_type.clone()), *p, scale)
            }
            DataType::Utf8 => Self::Text(StringBuilder::new()),
            DataType::Binary => Self::Binary(BinaryBuilder::new()),
            DataType::Date32 => Self::Date(Date32Builder::new()),
            DataType::Time64(TimeUnit::Microsecond) => Self::Time(Time64MicrosecondBuilder::new()),
            DataType::Timestamp(TimeUnit::Microsecond, zone) => {
                Self::Timestamp(TimestampMicrosecondBuilder::new().with_data_type(data_type.clone()), zone.is_some())
            }
            other => return Err(Error::internal(format!("PostgreSQL has no column that is read as {other}"))),
        })
    }

    /// Appends a value; on an error nothing was appended.
    fn append(&mut self, value: Option<&[u8]>) -> Result<(), NotTaken> {
        use NotTaken::{OtherType, Refused};
        let Some(v) = value else {
            self.append_null();
            return Ok(());
        };
        match self {
            Self::Bool(b) => b.append_value(*v.first_chunk::<1>().filter(|_| v.len() == 1).ok_or(OtherType)? != [0]),
            Self::Int16(b) => b.append_value(i16::from_be_bytes(v.try_into().map_err(|_| OtherType)?)),
            Self::Int32(b) => b.append_value(int32(v).ok_or(OtherType)?),
            Self::Int64(b) => b.append_value(int64(v).ok_or(OtherType)?),
            Self::Float32(b) => b.append_value(f32::from_be_bytes(v.try_into().map_err(|_| OtherType)?)),
            Self::Float64(b) => b.append_value(f64::from_be_bytes(v.try_into().map_err(|_| OtherType)?)),
            Self::Decimal(b, p, s) => b.append_value(numeric::decode(v, *p, *s).map_err(|e| Refused(e.reason()))?),
            Self::Text(b) => {
                b.append_value(std::str::from_utf8(v).map_err(|_| Refused("the text is not valid UTF-8"))?);
            }
            Self::Binary(b) => b.append_value(v),
            Self::Date(b) => b.append_value(match int32(v).ok_or(OtherType)? {
                i32::MAX => return Err(Refused("the date is infinity")),
                i32::MIN => return Err(Refused("the date is -infinity")),
                days => days.checked_add(EPOCH_DAYS as i32).ok_or(Refused("the date is out of range"))?,
            }),
            Self::Time(b) => b.append_value(match int64(v).ok_or(OtherType)? {
                MICROS_A_DAY => return Err(Refused("24:00:00 is not a time of day")),
                micros => micros,
            }),
            Self::Timestamp(b, _) => b.append_value(match int64(v).ok_or(OtherType)? {
                i64::MAX => return Err(Refused("the timestamp is infinity")),
                i64::MIN => return Err(Refused("the timestamp is -infinity")),
                micros => micros.checked_add(EPOCH_MICROS).ok_or(Refused("the timestamp is out of range"))?,
            }),
        }
        Ok(())
    }

    fn append_null(&mut self) {
        match self {
            Self::Bool(b) => b.append_null(),
            Self::Int16(b) => b.append_null(),
            Self::Int32(b) => b.append_null(),
            Self::Int64(b) => b.append_null(),
            Self::Float32(b) => b.append_null(),
            Self::Float64(b) => b.append_null(),
            Self::Decimal(b, ..) => b.append_null(),
            Self::Text(b) => b.append_null(),
            Self::Binary(b) => b.append_null(),
            Self::Date(b) => b.append_null(),
            Self::Time(b) => b.append_null(),
            Self::Timestamp(b, _) => b.append_null(),
        }
    }

    /// The value as the server writes it, for the reject file.
    fn print(&self, value: &[u8]) -> String {
        let printed = match self {
            Self::Bool(_) => value.first().map(|b| if *b == 0 { "false".into() } else { "true".into() }),
            Self::Int16(_) => value.try_into().ok().map(|v| i16::from_be_bytes(v).to_string()),
            Self::Int32(_) => int32(value).map(|v| v.to_string()),
            Self::Int64(_) => int64(value).map(|v| v.to_string()),
            Self::Float32(_) => value.try_into().ok().map(|v| text::float32(f32::from_be_bytes(v))),
            Self::Float64(_) => value.try_into().ok().map(|v| text::float(f64::from_be_bytes(v))),
            Self::Decimal(..) => numeric::print(value),
            Self::Text(_) => std::str::from_utf8(value).ok().map(String::from),
            Self::Binary(_) => None,
            Self::Date(_) => int32(value).map(|days| match days {
                i32::MAX => "infinity".into(),
                i32::MIN => "-infinity".into(),
                days => text::date(i64::from(days) + EPOCH_DAYS),
            }),
            Self::Time(_) => int64(value).map(text::time),
            Self::Timestamp(_, zoned) => int64(value).map(|micros| match micros {
                i64::MAX => "infinity".into(),
                i64::MIN => "-infinity".into(),
                micros => text::timestamp_since_2000(micros, *zoned),
            }),
        };
        printed.unwrap_or_else(|| text::bytes(value))
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Bool(b) => Arc::new(b.finish()),
            Self::Int16(b) => Arc::new(b.finish()),
            Self::Int32(b) => Arc::new(b.finish()),
            Self::Int64(b) => Arc::new(b.finish()),
            Self::Float32(b) => Arc::new(b.finish()),
            Self::Float64(b) => Arc::new(b.finish()),
            Self::Decimal(b, ..) => Arc::new(b.finish()),
            Self::Text(b) => Arc::new(b.finish()),
            Self::Binary(b) => Arc::new(b.finish()),
            Self::Date(b) => Arc::new(b.finish()),
            Self::Time(b) => Arc::new(b.finish()),
            Self::Timestamp(b, _) => Arc::new(b.finish()),
        }
    }
}

fn int32(value: &[u8]) -> Option<i32> {
    value.try_into().ok().map(i32::from_be_bytes)
}

fn int64(value: &[u8]) -> Option<i64> {
    value.try_into().ok().map(i64::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::AsArray;
    use datafusion::arrow::datatypes::{Date32Type, Field, Int32Type, Schema};

    use super::*;

    fn schema() -> SchemaRef {
        Arc::new(Schema::new(vec![
            Field::new("id", DataType::Int32, true),
            Field::new("day", DataType::Date32, true),
            Field::new("name", DataType::Utf8, true),
        ]))
    }

    fn stream(rows: &[(i32, i32, &str)]) -> Vec<u8> {
        let mut bytes = wire::HEADER.to_vec();
        for (id, day, name) in rows {
            bytes.extend(3i16.to_be_bytes());
            for value in [&id.to_be_bytes()[..], &day.to_be_bytes(), name.as_bytes()] {
                bytes.extend((value.len() as i32).to_be_bytes());
                bytes.extend(value);
            }
        }
        bytes.extend((-1i16).to_be_bytes());
        bytes
    }

    #[test]
    fn rows_are_whole_wherever_the_stream_is_cut() {
        let bytes = stream(&[(1, 0, "a"), (2, 1, "ب"), (3, 2, "")]);
        for cut in 1..bytes.len() {
            let mut decoder = Decoder::new(schema(), 1 << 20, StandIns::default()).unwrap();
            let mut full = Vec::new();
            for piece in bytes.chunks(cut) {
                decoder.feed(piece, &mut full).unwrap();
            }
            let rows = decoder.finish().unwrap().unwrap();
            assert_eq!(rows.batch.column(0).as_primitive::<Int32Type>().values(), &[1, 2, 3]);
            assert_eq!(rows.batch.column(1).as_primitive::<Date32Type>().value(0), 10_957);
            assert_eq!(rows.batch.column(2).as_string::<i32>().value(1), "ب");
        }
    }

    #[test]
    fn a_row_that_arrow_cannot_hold_is_set_aside_whole() {
        let mut decoder = Decoder::new(schema(), 1 << 20, StandIns::default()).unwrap();
        let mut full = Vec::new();
        decoder.feed(&stream(&[(1, 0, "a"), (2, i32::MAX, "b"), (3, 2, "c")]), &mut full).unwrap();
        let rows = decoder.finish().unwrap().unwrap();
        assert_eq!(rows.batch.num_rows(), 2);
        assert_eq!(rows.faults[0].column.as_deref(), Some("day"));
        assert_eq!(rows.faults[0].reason, "the date is infinity");
        assert_eq!(rows.faults[0].row[1], ("day".into(), Some("infinity".into())));
    }

    #[test]
    fn a_stream_that_breaks_off_is_an_error() {
        let bytes = stream(&[(1, 0, "a")]);
        let mut decoder = Decoder::new(schema(), 1 << 20, StandIns::default()).unwrap();
        decoder.feed(&bytes[..bytes.len() - 2], &mut Vec::new()).unwrap();
        assert_eq!(decoder.finish().unwrap_err().kind, ErrorKind::Transient);
        let mut decoder = Decoder::new(schema(), 1 << 20, StandIns::default()).unwrap();
        let error = decoder.feed(b"this is no binary COPY at all", &mut Vec::new()).unwrap_err();
        assert_eq!(error.kind, ErrorKind::BadData);
    }

    #[test]
    fn batches_are_cut_by_bytes() {
        let mut decoder = Decoder::new(schema(), 60, StandIns::default()).unwrap();
        let mut full = Vec::new();
        decoder.feed(&stream(&[(1, 0, "a"), (2, 1, "b"), (3, 2, "c"), (4, 3, "d")]), &mut full).unwrap();
        assert_eq!(full.iter().map(|r| r.batch.num_rows()).collect::<Vec<_>>(), [3]);
        assert_eq!(decoder.finish().unwrap().unwrap().batch.num_rows(), 1);
    }
}
