//! Arrow batches as lines of a CSV file.
//!
//! One byte buffer for a whole batch, and nothing allocated for a cell. What is written reads back as the same value; a
//! value for which that cannot be is an error for its batch, and the buffer is as it was before.

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::datatypes::*;

use super::digits::{NANOS_PER_DAY, Refusal, date, decimal, float32, float64, signed, time, unsigned};
use super::form::Given;
use super::records::Marks;
use crate::error::{Error, ErrorKind, Result};

/// What makes a field quoted, beyond the delimiter: whatever could be taken for a delimiter when the file is read.
const SPECIAL: &[u8] = b",;\t|\r\n\"";

pub(super) struct Encoder {
    marks: Marks,
    null: String,
    line_end: &'static str,
    special: [bool; 256],
    /// Could a number, a date or a truth value hold a mark, or be taken for NULL?
    careful: bool,
    scratch: Vec<u8>,
}

const HEX: &[u8; 16] = b"0123456789abcdef";

const NEEDS_QUOTES: Refusal = "holds a delimiter, a line end or what stands for NULL, and the file has no quotes";

impl Encoder {
    pub(super) fn new(marks: Marks, given: &Given) -> Encoder {
        let null = given.null.clone().unwrap_or_default();
        let mut special = [false; 256];
        for byte in SPECIAL.iter().copied().chain([marks.delimiter]).chain(marks.quote) {
            special[usize::from(byte)] = true;
        }
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-+.: \\".contains(&byte);
        let careful = plain(marks.delimiter) || marks.quote.is_some_and(plain) || !null.is_empty();
        let line_end = if given.crlf { "\r\n" } else { "\n" };
        Encoder { marks, null, line_end, special, careful, scratch: Vec::new() }
    }

    pub(super) fn line_end(&self) -> &'static str {
        self.line_end
    }

    pub(super) fn header<'a>(&mut self, names: impl IntoIterator<Item = &'a str>, out: &mut Vec<u8>) -> Result<()> {
        for (i, name) in names.into_iter().enumerate() {
            if i > 0 {
                out.push(self.marks.delimiter);
            }
            self.text(name.as_bytes(), out).map_err(|why| {
                Error::new(ErrorKind::Unsupported, format!("the column name {name:?} {why}")).column(name)
            })?;
        }
        out.extend_from_slice(self.line_end.as_bytes());
        Ok(())
    }

    /// Adds the batch's rows. `places` are the batch's columns in the file's order; `None` is a column of NULLs.
    pub(super) fn rows(&mut self, batch: &RecordBatch, places: &[Option<usize>], out: &mut Vec<u8>) -> Result<()> {
        let before = out.len();
        let columns = places
            .iter()
            .map(|place| place.map(|i| Values::of(batch.column(i))).transpose())
            .collect::<Result<Vec<_>>>()?;
        for row in 0..batch.num_rows() {
            for (i, column) in columns.iter().enumerate() {
                if i > 0 {
                    out.push(self.marks.delimiter);
                }
                let written = match column {
                    Some(values) if values.nulls.is_none_or(|n| n.is_valid(row)) => self.cell(&values.values, row, out),
                    _ => {
                        out.extend_from_slice(self.null.as_bytes());
                        Ok(())
                    }
                };
                if let Err(why) = written {
                    out.truncate(before);
                    let name = places[i].map(|at| batch.schema().field(at).name().clone()).unwrap_or_default();
                    return Err(Error::new(ErrorKind::Conversion, format!("the value of {name} {why}")).column(name));
                }
            }
            out.extend_from_slice(self.line_end.as_bytes());
        }
        Ok(())
    }

    fn cell(&mut self, values: &Kind<'_>, row: usize, out: &mut Vec<u8>) -> Result<(), Refusal> {
        let from = out.len();
        match values {
            Kind::Text(a) => return self.text(a.value(row).as_bytes(), out),
            Kind::Boolean(a) => out.extend_from_slice(if a.value(row) { b"true" } else { b"false" }),
            Kind::Int8(a) => signed(a.value(row).into(), out),
            Kind::Int16(a) => signed(a.value(row).into(), out),
            Kind::Int32(a) => signed(a.value(row).into(), out),
            Kind::Int64(a) => signed(a.value(row), out),
            Kind::UInt8(a) => unsigned(a.value(row).into(), out),
            Kind::UInt16(a) => unsigned(a.value(row).into(), out),
            Kind::UInt32(a) => unsigned(a.value(row).into(), out),
            Kind::UInt64(a) => unsigned(a.value(row), out),
            Kind::Float32(a) => float32(a.value(row), out),
            Kind::Float64(a) => float64(a.value(row), out),
            Kind::Decimal(a, scale) => decimal(a.value(row), *scale, out),
            Kind::Date(a) => date(a.value(row).into(), out)?,
            Kind::Time(values, unit) => time(values[row] * unit, out),
            Kind::Timestamp { values, per_day, unit, zoned } => {
                date(values[row].div_euclid(*per_day), out)?;
                out.push(b' ');
                time(values[row].rem_euclid(*per_day) * unit, out);
                if *zoned {
                    out.extend_from_slice(b"+00:00");
                }
            }
            Kind::Binary(a) => {
                out.extend_from_slice(b"\\x");
                for byte in a.value(row) {
                    out.push(HEX[usize::from(byte >> 4)]);
                    out.push(HEX[usize::from(byte & 15)]);
                }
            }
        }
        if self.careful {
            let mut written = std::mem::take(&mut self.scratch);
            written.clear();
            written.extend_from_slice(&out[from..]);
            out.truncate(from);
            let done = self.text(&written, out);
            self.scratch = written;
            return done;
        }
        Ok(())
    }

    /// As it is, or quoted where it would be read as something else.
    fn text(&self, value: &[u8], out: &mut Vec<u8>) -> Result<(), Refusal> {
        let odd = value.iter().any(|b| self.special[usize::from(*b)]) || value.starts_with(b"\xef\xbb\xbf");
        let Some(quote) = self.marks.quote else {
            if value == self.null.as_bytes()
                || value.iter().any(|b| *b == self.marks.delimiter || *b == b'\n' || *b == b'\r')
            {
                return Err(NEEDS_QUOTES);
            }
            out.extend_from_slice(value);
            return Ok(());
        };
        if !odd && !value.is_empty() && value != self.null.as_bytes() {
            out.extend_from_slice(value);
            return Ok(());
        }
        out.push(quote);
        let mut rest = value;
        while let Some(at) = rest.iter().position(|b| *b == quote) {
            out.extend_from_slice(&rest[..=at]);
            out.push(quote);
            rest = &rest[at + 1..];
        }
        out.extend_from_slice(rest);
        out.push(quote);
        Ok(())
    }
}

/// An array by its type, told once for a batch.
enum Kind<'a> {
    Boolean(&'a datafusion::arrow::array::BooleanArray),
    Int8(&'a datafusion::arrow::array::Int8Array),
    Int16(&'a datafusion::arrow::array::Int16Array),
    Int32(&'a datafusion::arrow::array::Int32Array),
    Int64(&'a datafusion::arrow::array::Int64Array),
    UInt8(&'a datafusion::arrow::array::UInt8Array),
    UInt16(&'a datafusion::arrow::array::UInt16Array),
    UInt32(&'a datafusion::arrow::array::UInt32Array),
    UInt64(&'a datafusion::arrow::array::UInt64Array),
    Float32(&'a datafusion::arrow::array::Float32Array),
    Float64(&'a datafusion::arrow::array::Float64Array),
    Decimal(&'a datafusion::arrow::array::Decimal128Array, usize),
    Date(&'a datafusion::arrow::array::Date32Array),
    /// In units of so many nanoseconds.
    Time(&'a [i64], i64),
    Timestamp {
        values: &'a [i64],
        per_day: i64,
        unit: i64,
        zoned: bool,
    },
    Text(&'a datafusion::arrow::array::StringArray),
    Binary(&'a datafusion::arrow::array::BinaryArray),
}

struct Values<'a> {
    values: Kind<'a>,
    nulls: Option<&'a datafusion::arrow::buffer::NullBuffer>,
}

impl<'a> Values<'a> {
    fn of(array: &'a ArrayRef) -> Result<Values<'a>> {
        let stamp = |values, unit: i64, zone: &Option<_>| Kind::Timestamp {
            values,
            per_day: NANOS_PER_DAY / unit,
            unit,
            zoned: zone.is_some(),
        };
        let values = match array.data_type() {
            DataType::Boolean => Kind::Boolean(array.as_boolean()),
            DataType::Int8 => Kind::Int8(array.as_primitive()),
            DataType::Int16 => Kind::Int16(array.as_primitive()),
            DataType::Int32 => Kind::Int32(array.as_primitive()),
            DataType::Int64 => Kind::Int64(array.as_primitive()),
            DataType::UInt8 => Kind::UInt8(array.as_primitive()),
            DataType::UInt16 => Kind::UInt16(array.as_primitive()),
            DataType::UInt32 => Kind::UInt32(array.as_primitive()),
            DataType::UInt64 => Kind::UInt64(array.as_primitive()),
            DataType::Float32 => Kind::Float32(array.as_primitive()),
            DataType::Float64 => Kind::Float64(array.as_primitive()),
            DataType::Decimal128(_, scale) if *scale >= 0 => Kind::Decimal(array.as_primitive(), *scale as usize),
            DataType::Date32 => Kind::Date(array.as_primitive()),
            DataType::Time64(TimeUnit::Microsecond) => {
                Kind::Time(array.as_primitive::<Time64MicrosecondType>().values(), 1_000)
            }
            DataType::Time64(TimeUnit::Nanosecond) => {
                Kind::Time(array.as_primitive::<Time64NanosecondType>().values(), 1)
            }
            DataType::Timestamp(TimeUnit::Microsecond, zone) => {
                stamp(array.as_primitive::<TimestampMicrosecondType>().values(), 1_000, zone)
            }
            DataType::Timestamp(TimeUnit::Nanosecond, zone) => {
                stamp(array.as_primitive::<TimestampNanosecondType>().values(), 1, zone)
            }
            DataType::Utf8 => Kind::Text(array.as_string()),
            DataType::Binary => Kind::Binary(array.as_binary()),
            other => return Err(Error::internal(format!("no column of {other} can be written as CSV"))),
        };
        Ok(Values { values, nulls: array.nulls() })
    }
}
