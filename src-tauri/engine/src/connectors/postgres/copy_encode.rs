//! Arrow into the format that COPY takes.
//!
//! It must not know SQL or sessions. Binary where every column has a binary form, else text for the whole table:
//! COPY knows one format a statement.

use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::datatypes::*;

use super::copy_wire;
use super::encode_lane::Lane;
use super::encode_value::{Kind, Refused, Value};
use crate::error::{Error, ErrorKind, Result};

/// A column that is written.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub name: String,
    pub kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Binary,
    Text,
}

impl Format {
    /// The form in which a batch of this schema goes into these columns.
    pub(super) fn of(targets: &[Target], schema: &Schema) -> Format {
        let all = targets.iter().zip(schema.fields()).all(|(t, f)| t.kind.takes_binary(f.data_type()));
        if all { Format::Binary } else { Format::Text }
    }

    /// The word in COPY's options.
    pub(super) fn name(self) -> &'static str {
        match self {
            Format::Binary => "binary",
            Format::Text => "text",
        }
    }
}

/// What stands before the first row.
pub(super) fn header(format: Format) -> &'static [u8] {
    match format {
        Format::Binary => copy_wire::HEADER,
        Format::Text => b"",
    }
}

/// What stands behind the last row.
pub(super) fn trailer(format: Format) -> &'static [u8] {
    match format {
        Format::Binary => &copy_wire::TRAILER,
        Format::Text => b"",
    }
}

/// The whole batch as one COPY stream. Errors are those of `rows`.
pub(super) fn encode(batch: &RecordBatch, targets: &[Target], format: Format) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(batch.get_array_memory_size() + 32);
    out.extend_from_slice(header(format));
    rows(batch, targets, format, &mut out)?;
    out.extend_from_slice(trailer(format));
    Ok(out)
}

/// The whole batch for columns that take just its types.
pub(super) fn encode_as_it_is(batch: &RecordBatch) -> Result<Vec<u8>> {
    let schema = batch.schema();
    let target = |field: &std::sync::Arc<Field>| {
        let kind = match field.data_type() {
            DataType::Int32 => Kind::Int4,
            DataType::Int64 => Kind::Int8,
            DataType::Decimal128(_, scale) => Kind::Numeric { scale: Some((*scale).into()) },
            DataType::Date32 => Kind::Date,
            _ => Kind::Text { max: None },
        };
        Target { name: field.name().clone(), kind }
    };
    let targets: Vec<Target> = schema.fields().iter().map(target).collect();
    encode(batch, &targets, Format::of(&targets, &schema))
}

/// Appends the batch's rows.
///
/// # Errors
/// `Conversion` when a value has no form in its column; it names the column.
pub(super) fn rows(batch: &RecordBatch, targets: &[Target], format: Format, out: &mut Vec<u8>) -> Result<()> {
    if batch.num_columns() != targets.len() {
        return Err(Error::internal("a batch does not have the columns that are written"));
    }
    let refused = |column: usize, reason: Refused| {
        let name = &targets[column].name;
        Error::new(ErrorKind::Conversion, format!("a value cannot be stored in column {name}: {reason}")).column(name)
    };
    match format {
        Format::Binary => {
            let lanes = batch.columns().iter().zip(targets).map(|(array, target)| Lane::new(array, target.kind));
            let lanes = lanes.collect::<Result<Vec<_>>>()?;
            let fields = (targets.len() as i16).to_be_bytes();
            for row in 0..batch.num_rows() {
                out.extend_from_slice(&fields);
                for (i, lane) in lanes.iter().enumerate() {
                    lane.append(row, out).map_err(|reason| refused(i, reason))?;
                }
            }
        }
        Format::Text => {
            let sources = batch.columns().iter().map(|c| Source::new(c.as_ref())).collect::<Result<Vec<_>>>()?;
            for row in 0..batch.num_rows() {
                for (i, (source, target)) in sources.iter().zip(targets).enumerate() {
                    if i > 0 {
                        out.push(b'\t');
                    }
                    target.kind.text(source.value(row), out).map_err(|reason| refused(i, reason))?;
                }
                out.push(b'\n');
            }
        }
    }
    Ok(())
}

/// A column of the batch, its type looked at once.
pub(super) enum Source<'a> {
    Bool(&'a datafusion::arrow::array::BooleanArray),
    Int8(&'a [i8], &'a dyn Array),
    Int16(&'a [i16], &'a dyn Array),
    Int32(&'a [i32], &'a dyn Array),
    Int64(&'a [i64], &'a dyn Array),
    UInt8(&'a [u8], &'a dyn Array),
    UInt16(&'a [u16], &'a dyn Array),
    UInt32(&'a [u32], &'a dyn Array),
    UInt64(&'a [u64], &'a dyn Array),
    Float32(&'a [f32], &'a dyn Array),
    Float64(&'a [f64], &'a dyn Array),
    Decimal(&'a [i128], u8, &'a dyn Array),
    Text(&'a datafusion::arrow::array::StringArray),
    Binary(&'a datafusion::arrow::array::BinaryArray),
    Date(&'a [i32], &'a dyn Array),
    /// Nanoseconds in the unit.
    Time(&'a [i64], i128, &'a dyn Array),
    Timestamp(&'a [i64], i128, bool, &'a dyn Array),
    Null,
}

impl<'a> Source<'a> {
    pub(super) fn new(array: &'a dyn Array) -> Result<Self> {
        macro_rules! values {
            ($t:ty) => {
                array.as_primitive::<$t>().values().as_ref()
            };
        }
        Ok(match array.data_type() {
            DataType::Null => Source::Null,
            DataType::Boolean => Source::Bool(array.as_boolean()),
            DataType::Int8 => Source::Int8(values!(Int8Type), array),
            DataType::Int16 => Source::Int16(values!(Int16Type), array),
            DataType::Int32 => Source::Int32(values!(Int32Type), array),
            DataType::Int64 => Source::Int64(values!(Int64Type), array),
            DataType::UInt8 => Source::UInt8(values!(UInt8Type), array),
            DataType::UInt16 => Source::UInt16(values!(UInt16Type), array),
            DataType::UInt32 => Source::UInt32(values!(UInt32Type), array),
            DataType::UInt64 => Source::UInt64(values!(UInt64Type), array),
            DataType::Float32 => Source::Float32(values!(Float32Type), array),
            DataType::Float64 => Source::Float64(values!(Float64Type), array),
            DataType::Decimal128(_, scale @ 0..) => Source::Decimal(values!(Decimal128Type), *scale as u8, array),
            DataType::Utf8 => Source::Text(array.as_string()),
            DataType::Binary => Source::Binary(array.as_binary()),
            DataType::Date32 => Source::Date(values!(Date32Type), array),
            DataType::Time64(TimeUnit::Microsecond) => Source::Time(values!(Time64MicrosecondType), 1000, array),
            DataType::Time64(TimeUnit::Nanosecond) => Source::Time(values!(Time64NanosecondType), 1, array),
            DataType::Timestamp(TimeUnit::Microsecond, zone) => {
                Source::Timestamp(values!(TimestampMicrosecondType), 1000, zone.is_some(), array)
            }
            DataType::Timestamp(TimeUnit::Nanosecond, zone) => {
                Source::Timestamp(values!(TimestampNanosecondType), 1, zone.is_some(), array)
            }
            other => return Err(Error::internal(format!("no column of PostgreSQL is written from {other}"))),
        })
    }

    pub(super) fn value(&self, row: usize) -> Value<'a> {
        macro_rules! unless_null {
            ($array:expr, $value:expr) => {
                if $array.is_null(row) { Value::Null } else { $value }
            };
        }
        match *self {
            Source::Null => Value::Null,
            Source::Bool(a) => unless_null!(a, Value::Bool(a.value(row))),
            Source::Int8(v, a) => unless_null!(a, Value::Int(v[row].into())),
            Source::Int16(v, a) => unless_null!(a, Value::Int(v[row].into())),
            Source::Int32(v, a) => unless_null!(a, Value::Int(v[row].into())),
            Source::Int64(v, a) => unless_null!(a, Value::Int(v[row].into())),
            Source::UInt8(v, a) => unless_null!(a, Value::Int(v[row].into())),
            Source::UInt16(v, a) => unless_null!(a, Value::Int(v[row].into())),
            Source::UInt32(v, a) => unless_null!(a, Value::Int(v[row].into())),
            Source::UInt64(v, a) => unless_null!(a, Value::Int(v[row].into())),
            Source::Float32(v, a) => unless_null!(a, Value::Float32(v[row])),
            Source::Float64(v, a) => unless_null!(a, Value::Float64(v[row])),
            Source::Decimal(v, scale, a) => unless_null!(a, Value::Decimal(v[row], scale)),
            Source::Text(a) => unless_null!(a, Value::Text(a.value(row))),
            Source::Binary(a) => unless_null!(a, Value::Bytes(a.value(row))),
            Source::Date(v, a) => unless_null!(a, Value::Date(v[row].into())),
            Source::Time(v, unit, a) => unless_null!(a, Value::Time(i128::from(v[row]) * unit)),
            Source::Timestamp(v, unit, zoned, a) => {
                unless_null!(a, Value::Timestamp { nanos: i128::from(v[row]) * unit, zoned })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use datafusion::arrow::array::{ArrayRef, Int32Array, StringArray};

    use super::*;

    fn target(name: &str, kind: Kind) -> Target {
        Target { name: name.into(), kind }
    }

    fn batch(text: &[Option<&str>]) -> RecordBatch {
        let ids: ArrayRef = Arc::new(Int32Array::from_iter_values(0..text.len() as i32));
        let text: ArrayRef = Arc::new(StringArray::from(text.to_vec()));
        RecordBatch::try_from_iter_with_nullable([("id", ids, true), ("t", text, true)]).unwrap()
    }

    #[test]
    fn one_column_that_only_the_server_reads_makes_all_of_it_text() {
        let batch = batch(&[Some("1 day"), None]);
        let targets = [target("id", Kind::Int4), target("t", Kind::Other)];
        let format = Format::of(&targets, &batch.schema());
        assert_eq!(format, Format::Text);
        assert_eq!(encode(&batch, &targets, format).unwrap(), b"0\t1 day\n1\t\\N\n");
        let targets = [target("id", Kind::Int8), target("t", Kind::Enum)];
        assert_eq!(Format::of(&targets, &batch.schema()), Format::Binary);
    }

    #[test]
    fn a_value_that_cannot_be_stored_names_its_column_and_not_itself() {
        let targets = [target("id", Kind::Int4), target("t", Kind::Text { max: None })];
        let error = encode(&batch(&[Some("sec\0ret")]), &targets, Format::Binary).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Conversion);
        assert_eq!(error.context.column.as_deref(), Some("t"));
        assert!(!error.to_string().contains("sec"), "{error}");
    }
}
