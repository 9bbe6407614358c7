//! Rows cut into Arrow batches by bytes, for connectors that read value by value.
//!
//! It must not know any connector. Invariant: a row is either in the batch or a fault, never both: a whole row is
//! decoded first and then appended.

use std::borrow::Cow;

use datafusion::arrow::array::{
    ArrayRef, BinaryBuilder, BooleanBuilder, Date32Builder, Decimal128Builder, Float64Builder, Int64Builder,
    RecordBatch, RecordBatchOptions, StringBuilder, Time64MicrosecondBuilder, Time64NanosecondBuilder,
    TimestampMicrosecondBuilder, TimestampNanosecondBuilder,
};
use datafusion::arrow::datatypes::{DataType, SchemaRef, TimeUnit};

use super::stand_in::StandIns;
use super::{RowFault, Rows};
use crate::error::{Error, Result};

/// One decoded value.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    Null,
    Boolean(bool),
    /// Also dates in days, times and timestamps in the unit of their field.
    Integer(i64),
    /// Unscaled.
    Decimal(i128),
    Float(f64),
    Text(Cow<'a, str>),
    Bytes(&'a [u8]),
}

impl Cell<'_> {
    fn bytes(&self) -> usize {
        match self {
            Cell::Null | Cell::Boolean(_) => 1,
            Cell::Integer(_) | Cell::Float(_) => 8,
            Cell::Decimal(_) => 16,
            Cell::Text(text) => text.len() + 4,
            Cell::Bytes(bytes) => bytes.len() + 4,
        }
    }
}

enum Builder {
    Boolean(BooleanBuilder),
    Integer(Int64Builder),
    Decimal(Decimal128Builder),
    Float(Float64Builder),
    Text(StringBuilder),
    Bytes(BinaryBuilder),
    Date(Date32Builder),
    TimeMicros(Time64MicrosecondBuilder),
    TimeNanos(Time64NanosecondBuilder),
    TimestampMicros(TimestampMicrosecondBuilder),
    TimestampNanos(TimestampNanosecondBuilder),
}

/// Appends to the builder of the cell's type, or a null.
macro_rules! append {
    ($builder:expr, $cell:expr, $($pattern:pat => $value:expr),+) => {
        match $cell {
            $($pattern => $builder.append_value($value),)+
            Cell::Null => $builder.append_null(),
            _ => return Err(wrong_cell()),
        }
    };
}

fn wrong_cell() -> Error {
    Error::internal("a value was decoded as another type than its column's")
}

impl Builder {
    fn new(data_type: &DataType) -> Result<Builder> {
        Ok(match data_type {
            DataType::Boolean => Builder::Boolean(BooleanBuilder::new()),
            DataType::Int64 => Builder::Integer(Int64Builder::new()),
            DataType::Decimal128(..) => Builder::Decimal(Decimal128Builder::new().with_data_type(data_type.clone())),
            DataType::Float64 => Builder::Float(Float64Builder::new()),
            DataType::Utf8 => Builder::Text(StringBuilder::new()),
            DataType::Binary => Builder::Bytes(BinaryBuilder::new()),
            DataType::Date32 => Builder::Date(Date32Builder::new()),
            DataType::Time64(TimeUnit::Microsecond) => Builder::TimeMicros(Time64MicrosecondBuilder::new()),
            DataType::Time64(TimeUnit::Nanosecond) => Builder::TimeNanos(Time64NanosecondBuilder::new()),
            DataType::Timestamp(TimeUnit::Microsecond, _) => {
                Builder::TimestampMicros(TimestampMicrosecondBuilder::new().with_data_type(data_type.clone()))
            }
            DataType::Timestamp(TimeUnit::Nanosecond, _) => {
                Builder::TimestampNanos(TimestampNanosecondBuilder::new().with_data_type(data_type.clone()))
            }
            other => return Err(Error::internal(format!("no column of {other} can be built"))),
        })
    }

    fn append(&mut self, cell: &Cell<'_>) -> Result<()> {
        match self {
            Builder::Boolean(b) => append!(b, cell, Cell::Boolean(v) => *v),
            Builder::Integer(b) => append!(b, cell, Cell::Integer(v) => *v),
            Builder::Decimal(b) => append!(b, cell, Cell::Decimal(v) => *v),
            Builder::Float(b) => append!(b, cell, Cell::Float(v) => *v),
            Builder::Text(b) => append!(b, cell, Cell::Text(v) => v),
            Builder::Bytes(b) => append!(b, cell, Cell::Bytes(v) => v),
            Builder::Date(b) => {
                append!(b, cell, Cell::Integer(v) => i32::try_from(*v).map_err(|_| wrong_cell())?)
            }
            Builder::TimeMicros(b) => append!(b, cell, Cell::Integer(v) => *v),
            Builder::TimeNanos(b) => append!(b, cell, Cell::Integer(v) => *v),
            Builder::TimestampMicros(b) => append!(b, cell, Cell::Integer(v) => *v),
            Builder::TimestampNanos(b) => append!(b, cell, Cell::Integer(v) => *v),
        }
        Ok(())
    }

    fn finish(&mut self) -> ArrayRef {
        use std::sync::Arc;
        match self {
            Builder::Boolean(b) => Arc::new(b.finish()),
            Builder::Integer(b) => Arc::new(b.finish()),
            Builder::Decimal(b) => Arc::new(b.finish()),
            Builder::Float(b) => Arc::new(b.finish()),
            Builder::Text(b) => Arc::new(b.finish()),
            Builder::Bytes(b) => Arc::new(b.finish()),
            Builder::Date(b) => Arc::new(b.finish()),
            Builder::TimeMicros(b) => Arc::new(b.finish()),
            Builder::TimeNanos(b) => Arc::new(b.finish()),
            Builder::TimestampMicros(b) => Arc::new(b.finish()),
            Builder::TimestampNanos(b) => Arc::new(b.finish()),
        }
    }
}

/// Collects rows and faults until they hold enough bytes for a batch.
pub struct RowsBuilder {
    schema: SchemaRef,
    builders: Vec<Builder>,
    positions: Option<Int64Builder>,
    faults: Vec<RowFault>,
    stand_ins: StandIns,
    rows: usize,
    bytes: usize,
    batch_bytes: usize,
}

impl RowsBuilder {
    pub fn new(schema: SchemaRef, with_positions: bool, batch_bytes: usize) -> Result<RowsBuilder> {
        let builders = schema.fields().iter().map(|f| Builder::new(f.data_type())).collect::<Result<_>>()?;
        let positions = with_positions.then(Int64Builder::new);
        Ok(RowsBuilder {
            schema,
            builders,
            positions,
            faults: Vec::new(),
            stand_ins: StandIns::default(),
            rows: 0,
            bytes: 0,
            batch_bytes,
        })
    }

    /// `cells` are in the schema's order; `position` is there when the builder has positions.
    pub fn row(&mut self, position: Option<i64>, cells: &[Cell<'_>]) -> Result<()> {
        for (builder, cell) in self.builders.iter_mut().zip(cells) {
            builder.append(cell)?;
            self.bytes += cell.bytes();
        }
        if let Some(positions) = &mut self.positions {
            positions.append_option(position);
        }
        self.rows += 1;
        self.bytes += 8;
        Ok(())
    }

    /// Something stands in for the column's value of the row that comes next.
    pub fn stand_in(&mut self, column: usize, reason: &'static str) {
        self.stand_ins.note(self.rows, column, reason);
    }

    /// The row that would have come next is this fault.
    pub fn fault(&mut self, fault: RowFault) {
        self.stand_ins.forget(self.rows);
        self.bytes += 64 + fault.row.iter().map(|(_, v)| 32 + v.as_ref().map_or(0, String::len)).sum::<usize>();
        self.faults.push(fault);
    }

    pub fn is_full(&self) -> bool {
        self.bytes >= self.batch_bytes
    }

    pub fn is_empty(&self) -> bool {
        self.rows == 0 && self.faults.is_empty()
    }

    /// Hands out what was collected and begins anew.
    pub fn take(&mut self) -> Result<Rows> {
        let arrays = self.builders.iter_mut().map(Builder::finish).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(self.rows));
        let batch = RecordBatch::try_new_with_options(self.schema.clone(), arrays, &options)
            .map_err(|e| Error::internal("the columns read do not make a batch").detail(e))?;
        self.rows = 0;
        self.bytes = 0;
        Ok(Rows {
            batch,
            positions: self.positions.as_mut().map(Int64Builder::finish),
            faults: std::mem::take(&mut self.faults),
            stood_in: self.stand_ins.take(&[]),
        })
    }
}
