//! Fields gathered into Arrow arrays, one builder of the right type for each column.
//!
//! Invariant: a row is either in the batch or a fault. A row whose field cannot be read is filled up with NULLs and left
//! out when the batch is made.

use std::sync::Arc;

use datafusion::arrow::array::*;
use datafusion::arrow::compute::filter_record_batch;
use datafusion::arrow::datatypes::*;

use super::decode::{self, TOO_WIDE};
use crate::connectors::stand_in::StandIns;
use crate::connectors::text::{Fraction, Reason};
use crate::connectors::{RowFault, Rows};
use crate::error::{Error, Result};
use crate::types::LogicalType;

/// The builder of one column.
pub(in crate::connectors) enum Column {
    Boolean(BooleanBuilder),
    Int8(Int8Builder),
    Int16(Int16Builder),
    Int32(Int32Builder),
    Int64(Int64Builder),
    UInt8(UInt8Builder),
    UInt16(UInt16Builder),
    UInt32(UInt32Builder),
    UInt64(UInt64Builder),
    Decimal { values: Decimal128Builder, precision: u8, scale: i8 },
    DecimalText(StringBuilder),
    Float32(Float32Builder),
    Float64(Float64Builder),
    Date(Date32Builder),
    TimeMicros(Time64MicrosecondBuilder),
    TimeNanos(Time64NanosecondBuilder),
    TimestampMicros { values: TimestampMicrosecondBuilder, zoned: bool },
    TimestampNanos { values: TimestampNanosecondBuilder, zoned: bool },
    Text(StringBuilder),
    Bytes { values: BinaryBuilder, scratch: Vec<u8> },
}

/// The same for the builder of every column, whatever its type.
macro_rules! each {
    ($column:expr, $b:ident => $do:expr) => {
        match $column {
            Column::Boolean($b) => $do,
            Column::Int8($b) => $do,
            Column::Int16($b) => $do,
            Column::Int32($b) => $do,
            Column::Int64($b) => $do,
            Column::UInt8($b) => $do,
            Column::UInt16($b) => $do,
            Column::UInt32($b) => $do,
            Column::UInt64($b) => $do,
            Column::Decimal { values: $b, .. } => $do,
            Column::DecimalText($b) | Column::Text($b) => $do,
            Column::Float32($b) => $do,
            Column::Float64($b) => $do,
            Column::Date($b) => $do,
            Column::TimeMicros($b) => $do,
            Column::TimeNanos($b) => $do,
            Column::TimestampMicros { values: $b, .. } => $do,
            Column::TimestampNanos { values: $b, .. } => $do,
            Column::Bytes { values: $b, .. } => $do,
        }
    };
}

/// The integer in the column's own width.
fn narrow<T: TryFrom<i128>>(value: &[u8]) -> Result<T, Reason> {
    T::try_from(decode::integer(value)?).map_err(|_| TOO_WIDE)
}

impl Column {
    pub(in crate::connectors) fn new(logical: &LogicalType) -> Column {
        Column::of(&logical.arrow(), matches!(logical, LogicalType::Decimal { .. }))
    }

    /// `decimal` says that a text of this column is a decimal too wide for Arrow's.
    pub(in crate::connectors) fn of(data_type: &DataType, decimal: bool) -> Column {
        match data_type {
            DataType::Boolean => Column::Boolean(BooleanBuilder::new()),
            DataType::Int8 => Column::Int8(Int8Builder::new()),
            DataType::Int16 => Column::Int16(Int16Builder::new()),
            DataType::Int32 => Column::Int32(Int32Builder::new()),
            DataType::Int64 => Column::Int64(Int64Builder::new()),
            DataType::UInt8 => Column::UInt8(UInt8Builder::new()),
            DataType::UInt16 => Column::UInt16(UInt16Builder::new()),
            DataType::UInt32 => Column::UInt32(UInt32Builder::new()),
            DataType::UInt64 => Column::UInt64(UInt64Builder::new()),
            DataType::Decimal128(precision, scale) => Column::Decimal {
                values: Decimal128Builder::new().with_data_type(data_type.clone()),
                precision: *precision,
                scale: *scale,
            },
            DataType::Float32 => Column::Float32(Float32Builder::new()),
            DataType::Float64 => Column::Float64(Float64Builder::new()),
            DataType::Date32 => Column::Date(Date32Builder::new()),
            DataType::Time64(TimeUnit::Nanosecond) => Column::TimeNanos(Time64NanosecondBuilder::new()),
            DataType::Time64(_) => Column::TimeMicros(Time64MicrosecondBuilder::new()),
            DataType::Timestamp(TimeUnit::Nanosecond, zone) => Column::TimestampNanos {
                values: TimestampNanosecondBuilder::new().with_data_type(data_type.clone()),
                zoned: zone.is_some(),
            },
            DataType::Timestamp(_, zone) => Column::TimestampMicros {
                values: TimestampMicrosecondBuilder::new().with_data_type(data_type.clone()),
                zoned: zone.is_some(),
            },
            DataType::Binary => Column::Bytes { values: BinaryBuilder::new(), scratch: Vec::new() },
            _ if decimal => Column::DecimalText(StringBuilder::new()),
            _ => Column::Text(StringBuilder::new()),
        }
    }

    /// Must the field be UTF-8 for more than its own type's sake?
    pub(in crate::connectors) fn is_text(&self) -> bool {
        matches!(self, Column::Text(_))
    }

    pub(in crate::connectors) fn null(&mut self) {
        each!(self, b => b.append_null());
    }

    /// A text, which the caller knows to be UTF-8.
    pub(in crate::connectors) fn text(&mut self, value: &str) {
        if let Column::Text(b) = self {
            b.append_value(value);
        }
    }

    /// Any other value. Nothing is added when it cannot be read.
    pub(in crate::connectors) fn value(&mut self, value: &[u8]) -> Result<(), Reason> {
        match self {
            Column::Boolean(b) => b.append_value(decode::boolean(value)?),
            Column::Int8(b) => b.append_value(narrow(value)?),
            Column::Int16(b) => b.append_value(narrow(value)?),
            Column::Int32(b) => b.append_value(narrow(value)?),
            Column::Int64(b) => b.append_value(narrow(value).map_err(|_| decode::NOT_AN_INTEGER)?),
            Column::UInt8(b) => b.append_value(narrow(value)?),
            Column::UInt16(b) => b.append_value(narrow(value)?),
            Column::UInt32(b) => b.append_value(narrow(value)?),
            Column::UInt64(b) => b.append_value(narrow(value)?),
            Column::Decimal { values, precision, scale } => {
                values.append_value(decode::decimal(value, *precision, *scale)?);
            }
            Column::DecimalText(b) => b.append_value(decode::decimal_text(value)?),
            Column::Float32(b) => b.append_value(decode::float32(value)?),
            Column::Float64(b) => b.append_value(decode::float64(value)?),
            Column::Date(b) => b.append_value(decode::date(value)?),
            Column::TimeMicros(b) => b.append_value(decode::time(value, Fraction::Micros)?),
            Column::TimeNanos(b) => b.append_value(decode::time(value, Fraction::Nanos)?),
            Column::TimestampMicros { values, zoned } => {
                values.append_value(decode::timestamp(value, Fraction::Micros, *zoned)?);
            }
            Column::TimestampNanos { values, zoned } => {
                values.append_value(decode::timestamp(value, Fraction::Nanos, *zoned)?);
            }
            Column::Text(b) => b.append_value(std::str::from_utf8(value).map_err(|_| "is not UTF-8")?),
            Column::Bytes { values, scratch } => {
                decode::bytes(value, scratch)?;
                values.append_value(&scratch);
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> ArrayRef {
        each!(self, b => Arc::new(b.finish()))
    }

    /// Bytes of a value of fixed width; text counts by its length.
    fn width(&self) -> usize {
        match self {
            Column::Boolean(_) | Column::Int8(_) | Column::UInt8(_) => 1,
            Column::Decimal { .. } => 16,
            Column::Text(_) | Column::DecimalText(_) | Column::Bytes { .. } => 4,
            _ => 8,
        }
    }
}

/// Rows and faults until they hold enough bytes for a batch.
pub(in crate::connectors) struct Batch {
    schema: SchemaRef,
    pub columns: Vec<Column>,
    positions: Int64Builder,
    /// Rows that are in the builders and are faults.
    bad: Vec<usize>,
    faults: Vec<RowFault>,
    stand_ins: StandIns,
    rows: usize,
    bytes: usize,
    width: usize,
    batch_bytes: usize,
}

impl Batch {
    pub(in crate::connectors) fn new(
        schema: SchemaRef,
        columns: Vec<Column>,
        batch_bytes: usize,
        stand_ins: StandIns,
    ) -> Batch {
        let width = columns.iter().map(Column::width).sum::<usize>() + 8;
        let positions = Int64Builder::new();
        Batch {
            schema,
            columns,
            positions,
            bad: Vec::new(),
            faults: Vec::new(),
            stand_ins,
            rows: 0,
            bytes: 0,
            width,
            batch_bytes,
        }
    }

    /// Ends a row that has a value in every column; `variable` are the bytes of its texts.
    pub(in crate::connectors) fn row(&mut self, position: i64, variable: usize) {
        self.positions.append_value(position);
        self.rows += 1;
        self.bytes += self.width + variable;
    }

    /// Ends a row whose column `failed` has no value, and none of those behind it.
    pub(in crate::connectors) fn broken(&mut self, failed: usize, fault: RowFault) {
        self.stand_ins.forget(self.rows);
        self.columns[failed..].iter_mut().for_each(Column::null);
        self.positions.append_null();
        self.bad.push(self.rows);
        self.rows += 1;
        self.fault(fault);
    }

    /// Has the column's value, which was not taken, something that stands in for it? Then its place is NULL now.
    pub(in crate::connectors) fn stands_in(&mut self, column: usize, reason: Reason) -> bool {
        let stands_in = self.stand_ins.has(column);
        if stands_in {
            self.columns[column].null();
            self.stand_ins.note(self.rows, column, reason);
        }
        stands_in
    }

    pub(in crate::connectors) fn fault(&mut self, fault: RowFault) {
        self.bytes += 64 + fault.row.iter().map(|(_, v)| 32 + v.as_ref().map_or(0, String::len)).sum::<usize>();
        self.faults.push(fault);
    }

    pub(in crate::connectors) fn is_full(&self) -> bool {
        self.bytes >= self.batch_bytes
    }

    pub(in crate::connectors) fn is_empty(&self) -> bool {
        self.rows == 0 && self.faults.is_empty()
    }

    /// Hands out what was collected and begins anew.
    pub(in crate::connectors) fn take(&mut self) -> Result<Rows> {
        let failed = |e| Error::internal("the columns read do not make a batch").detail(&e).source(e);
        let arrays = self.columns.iter_mut().map(Column::finish).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(self.rows));
        let mut batch = RecordBatch::try_new_with_options(self.schema.clone(), arrays, &options).map_err(failed)?;
        let mut positions = self.positions.finish();
        let stood_in = self.stand_ins.take(&self.bad);
        if !self.bad.is_empty() {
            let mut bad = self.bad.iter().peekable();
            let kept: BooleanArray = (0..self.rows).map(|i| Some(bad.next_if(|b| **b == i).is_none())).collect();
            batch = filter_record_batch(&batch, &kept).map_err(failed)?;
            positions = positions.iter().flatten().map(Some).collect();
        }
        self.bad.clear();
        self.rows = 0;
        self.bytes = 0;
        Ok(Rows { batch, positions: Some(positions), faults: std::mem::take(&mut self.faults), stood_in })
    }
}
