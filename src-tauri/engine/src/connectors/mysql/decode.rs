//! Rows of the binary protocol into Arrow batches.
//!
//! It must not know SQL or sessions. Each column has one builder that is typed when the scan begins. Invariant: a row
//! is either in a batch or a fault, never both: a row with a fault leaves NULLs behind that are filtered out when the
//! batch is handed on.

use std::sync::Arc;

use datafusion::arrow::array::*;
use datafusion::arrow::compute::filter_record_batch;
use datafusion::arrow::datatypes::*;
use mysql_async::{Row, Value};

use super::{RowFault, Rows};
use crate::catalog::Table;
use crate::connectors::stand_in::StandIns;
use crate::connectors::text::{self, Reason, civil_from_days, days_from_civil, text_or_bytes};
use crate::error::{Error, Result};
use crate::types::LogicalType;

const NO_DATE: Reason = "is a zero or incomplete date, which no calendar has";
const NO_TIME_OF_DAY: Reason = "is a time below zero or beyond 24 hours, which is no time of day";
const NO_BOOLEAN: Reason = "is neither 0 nor 1, and is read as a boolean";
/// What the server keeps of a value that is not in the list, under the number 0.
const NOT_LISTED: Reason = "is the empty value that stands for one outside of the enumeration's list";
const NO_TEXT: Reason = "holds bytes that are not UTF-8";
const WRONG_FORM: Reason = "came in another form than its column's type";

enum Builder {
    Boolean(BooleanBuilder),
    Int8(Int8Builder),
    Int16(Int16Builder),
    Int32(Int32Builder),
    Int64(Int64Builder),
    UInt8(UInt8Builder),
    UInt16(UInt16Builder),
    UInt32(UInt32Builder),
    UInt64(UInt64Builder),
    Decimal(Decimal128Builder, u8, u8),
    Float32(Float32Builder),
    Float64(Float64Builder),
    Text(StringBuilder),
    Bytes(BinaryBuilder),
    Date(Date32Builder),
    Time(Time64MicrosecondBuilder),
    Timestamp(TimestampMicrosecondBuilder),
}

macro_rules! each {
    ($self:expr, $b:ident => $do:expr) => {
        match $self {
            Builder::Boolean($b) => $do,
            Builder::Int8($b) => $do,
            Builder::Int16($b) => $do,
            Builder::Int32($b) => $do,
            Builder::Int64($b) => $do,
            Builder::UInt8($b) => $do,
            Builder::UInt16($b) => $do,
            Builder::UInt32($b) => $do,
            Builder::UInt64($b) => $do,
            Builder::Decimal($b, ..) => $do,
            Builder::Float32($b) => $do,
            Builder::Float64($b) => $do,
            Builder::Text($b) => $do,
            Builder::Bytes($b) => $do,
            Builder::Date($b) => $do,
            Builder::Time($b) => $do,
            Builder::Timestamp($b) => $do,
        }
    };
}

/// A whole number; `bit(n)` comes as bytes, the most significant first.
macro_rules! whole {
    ($builder:expr, $value:expr, $bytes:expr) => {{
        let number = match $value {
            Value::Int(n) => (*n).try_into().ok(),
            Value::UInt(n) => (*n).try_into().ok(),
            Value::Bytes(bytes) => bits(bytes).and_then(|n| n.try_into().ok()),
            _ => None,
        };
        $builder.append_value(number.ok_or(WRONG_FORM)?);
        $bytes
    }};
}

fn bits(bytes: &[u8]) -> Option<u64> {
    (bytes.len() <= 8).then(|| bytes.iter().fold(0, |n, b| n << 8 | u64::from(*b)))
}

impl Builder {
    fn new(data_type: &DataType) -> Result<Builder> {
        Ok(match data_type {
            DataType::Boolean => Builder::Boolean(BooleanBuilder::new()),
            DataType::Int8 => Builder::Int8(Int8Builder::new()),
            DataType::Int16 => Builder::Int16(Int16Builder::new()),
            DataType::Int32 => Builder::Int32(Int32Builder::new()),
            DataType::Int64 => Builder::Int64(Int64Builder::new()),
            DataType::UInt8 => Builder::UInt8(UInt8Builder::new()),
            DataType::UInt16 => Builder::UInt16(UInt16Builder::new()),
            DataType::UInt32 => Builder::UInt32(UInt32Builder::new()),
            DataType::UInt64 => Builder::UInt64(UInt64Builder::new()),
            DataType::Decimal128(p, s) => {
                Builder::Decimal(Decimal128Builder::new().with_data_type(data_type.clone()), *p, *s as u8)
            }
            DataType::Float32 => Builder::Float32(Float32Builder::new()),
            DataType::Float64 => Builder::Float64(Float64Builder::new()),
            DataType::Utf8 => Builder::Text(StringBuilder::new()),
            DataType::Binary => Builder::Bytes(BinaryBuilder::new()),
            DataType::Date32 => Builder::Date(Date32Builder::new()),
            DataType::Time64(TimeUnit::Microsecond) => Builder::Time(Time64MicrosecondBuilder::new()),
            DataType::Timestamp(TimeUnit::Microsecond, _) => {
                Builder::Timestamp(TimestampMicrosecondBuilder::new().with_data_type(data_type.clone()))
            }
            other => return Err(Error::internal(format!("no column of {other} can be built"))),
        })
    }

    /// Appends one value and says how many bytes it takes; after an error nothing was appended.
    #[inline]
    fn append(&mut self, value: &Value) -> Result<usize, Reason> {
        if *value == Value::NULL {
            self.append_null();
            return Ok(1);
        }
        Ok(match (self, value) {
            (Builder::Int8(b), v) => whole!(b, v, 1),
            (Builder::Int16(b), v) => whole!(b, v, 2),
            (Builder::Int32(b), v) => whole!(b, v, 4),
            (Builder::Int64(b), v) => whole!(b, v, 8),
            (Builder::UInt8(b), v) => whole!(b, v, 1),
            (Builder::UInt16(b), v) => whole!(b, v, 2),
            (Builder::UInt32(b), v) => whole!(b, v, 4),
            (Builder::UInt64(b), v) => whole!(b, v, 8),
            (Builder::Decimal(b, precision, scale), Value::Bytes(bytes)) => {
                b.append_value(decimal(bytes, *precision, *scale)?);
                16
            }
            (Builder::Text(b), Value::Bytes(bytes)) => {
                b.append_value(std::str::from_utf8(bytes).map_err(|_| NO_TEXT)?);
                bytes.len() + 4
            }
            (Builder::Bytes(b), Value::Bytes(bytes)) => {
                b.append_value(bytes);
                bytes.len() + 4
            }
            (Builder::Float64(b), Value::Double(v)) => {
                b.append_value(*v);
                8
            }
            (Builder::Float32(b), Value::Float(v)) => {
                b.append_value(*v);
                4
            }
            (Builder::Date(b), Value::Date(year, month, day, ..)) => {
                b.append_value(i32::try_from(days(*year, *month, *day)?).map_err(|_| NO_DATE)?);
                4
            }
            (Builder::Timestamp(b), Value::Date(year, month, day, hour, minute, second, micros)) => {
                let seconds = (i64::from(*hour) * 60 + i64::from(*minute)) * 60 + i64::from(*second);
                let seconds = days(*year, *month, *day)? * 86_400 + seconds;
                b.append_value(seconds * 1_000_000 + i64::from(*micros));
                8
            }
            (Builder::Time(b), Value::Time(negative, days, hours, minutes, seconds, micros)) => {
                let whole = (i64::from(*hours) * 60 + i64::from(*minutes)) * 60 + i64::from(*seconds);
                let micros = whole * 1_000_000 + i64::from(*micros);
                if *days > 0 || *hours > 23 || (*negative && micros != 0) {
                    return Err(NO_TIME_OF_DAY);
                }
                b.append_value(micros);
                8
            }
            (Builder::Boolean(b), value) => {
                let number = match value {
                    Value::Bytes(bytes) => bits(bytes),
                    Value::Int(n) => u64::try_from(*n).ok().or(Some(2)),
                    Value::UInt(n) => Some(*n),
                    _ => None,
                };
                match number.ok_or(WRONG_FORM)? {
                    0 => b.append_value(false),
                    1 => b.append_value(true),
                    _ => return Err(NO_BOOLEAN),
                }
                1
            }
            _ => return Err(WRONG_FORM),
        })
    }

    fn append_null(&mut self) {
        each!(self, b => b.append_null());
    }

    fn finish(&mut self) -> ArrayRef {
        each!(self, b => Arc::new(b.finish()))
    }
}

fn days(year: u16, month: u8, day: u8) -> Result<i64, Reason> {
    let date = (i64::from(year), i64::from(month), i64::from(day));
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return Err(NO_DATE);
    }
    let days = days_from_civil(date.0, date.1, date.2);
    // With ALLOW_INVALID_DATES the server keeps a 31st of February.
    if day > 28 && civil_from_days(days) != date {
        return Err(NO_DATE);
    }
    Ok(days)
}

/// The server writes decimals with all digits of their scale.
fn decimal(bytes: &[u8], precision: u8, scale: u8) -> Result<i128, Reason> {
    let (negative, digits) = match bytes.split_first() {
        Some((b'-', rest)) => (true, rest),
        _ => (false, bytes),
    };
    let mut small: u64 = 0;
    let mut fraction = None;
    // Up to 18 digits fit into the smaller number, which is quicker.
    if digits.len() <= 19 {
        for (i, byte) in digits.iter().enumerate() {
            match byte {
                b'0'..=b'9' => small = small * 10 + u64::from(byte - b'0'),
                b'.' if fraction.is_none() => fraction = Some(digits.len() - i - 1),
                _ => return Err(text::NOT_A_NUMBER),
            }
        }
        if fraction.unwrap_or(0) == usize::from(scale) && !digits.is_empty() {
            return Ok(if negative { -i128::from(small) } else { i128::from(small) });
        }
    }
    let text = std::str::from_utf8(bytes).map_err(|_| text::NOT_A_NUMBER)?;
    text::parse_decimal(text, precision, scale as i8)
}

/// Collects rows and faults until they hold enough bytes for a batch.
pub(super) struct Decoder {
    schema: SchemaRef,
    builders: Vec<Builder>,
    faults: Vec<RowFault>,
    /// Rows of the builders that are faults.
    bad: Vec<usize>,
    rows: usize,
    bytes: usize,
    batch_bytes: usize,
    stand_ins: StandIns,
    /// Columns in which an empty text means that a value was not in the list.
    listed: Vec<bool>,
}

impl Decoder {
    pub(super) fn new(schema: SchemaRef, table: &Table, batch_bytes: usize, stand_ins: StandIns) -> Result<Decoder> {
        let builders = schema.fields().iter().map(|f| Builder::new(f.data_type())).collect::<Result<_>>()?;
        let is_listed = |name: &String| match table.column(name).map(|c| &c.logical) {
            Some(LogicalType::Enumeration { values }) => !values.iter().any(String::is_empty),
            _ => false,
        };
        let listed = schema.fields().iter().map(|f| is_listed(f.name())).collect();
        let (faults, bad) = (Vec::new(), Vec::new());
        Ok(Decoder { schema, builders, faults, bad, rows: 0, bytes: 0, batch_bytes, stand_ins, listed })
    }

    /// Takes one row in; its columns are the schema's, or one that nobody asked for when the schema has none.
    pub(super) fn row(&mut self, row: &Row) {
        let mut fault = None;
        let mut bytes = 0;
        for (i, builder) in self.builders.iter_mut().enumerate() {
            let value = row.as_ref(i).unwrap_or(&Value::NULL);
            let appended = match value {
                Value::Bytes(text) if text.is_empty() && self.listed.get(i) == Some(&true) => Err(NOT_LISTED),
                value => builder.append(value),
            };
            match appended {
                Ok(n) => bytes += n,
                Err(reason) => {
                    builder.append_null();
                    if self.stand_ins.has(i) {
                        self.stand_ins.note(self.rows, i, reason);
                        continue;
                    }
                    fault.get_or_insert((i, reason));
                }
            }
        }
        if let Some((column, reason)) = fault {
            self.bad.push(self.rows);
            let fault = self.fault(row, column, reason);
            bytes += 64 + fault.row.iter().map(|(_, v)| 32 + v.as_ref().map_or(0, String::len)).sum::<usize>();
            self.faults.push(fault);
        }
        self.rows += 1;
        self.bytes += bytes + 8;
    }

    #[cold]
    fn fault(&self, row: &Row, column: usize, reason: Reason) -> RowFault {
        let fields = self.schema.fields();
        RowFault {
            position: None,
            column: Some(fields[column].name().clone()),
            reason: reason.into(),
            row: fields.iter().enumerate().map(|(i, f)| (f.name().clone(), row.as_ref(i).and_then(shown))).collect(),
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.bytes >= self.batch_bytes
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Hands out what was collected and begins anew.
    pub(super) fn take(&mut self) -> Result<Rows> {
        let arrays = self.builders.iter_mut().map(Builder::finish).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(self.rows));
        let not_a_batch = |e| Error::internal("the columns read do not make a batch").detail(e);
        let mut batch =
            RecordBatch::try_new_with_options(self.schema.clone(), arrays, &options).map_err(not_a_batch)?;
        let stood_in = self.stand_ins.take(&self.bad);
        if !self.bad.is_empty() {
            let mut keep = vec![true; self.rows];
            self.bad.drain(..).for_each(|row| keep[row] = false);
            batch = filter_record_batch(&batch, &keep.into()).map_err(not_a_batch)?;
        }
        self.rows = 0;
        self.bytes = 0;
        Ok(Rows { batch, positions: None, faults: std::mem::take(&mut self.faults), stood_in })
    }
}

/// A value as the database shows it, for the reject file.
fn shown(value: &Value) -> Option<String> {
    Some(match value {
        Value::NULL => return None,
        Value::Bytes(bytes) => text_or_bytes(bytes),
        Value::Int(n) => n.to_string(),
        Value::UInt(n) => n.to_string(),
        Value::Float(n) => n.to_string(),
        Value::Double(n) => n.to_string(),
        Value::Date(y, m, d, 0, 0, 0, 0) => format!("{y:04}-{m:02}-{d:02}"),
        Value::Date(y, m, d, h, min, s, us) => format!("{y:04}-{m:02}-{d:02} {h:02}:{min:02}:{s:02}.{us:06}"),
        Value::Time(negative, days, h, m, s, us) => {
            let sign = if *negative { "-" } else { "" };
            format!("{sign}{:02}:{m:02}:{s:02}.{us:06}", days * 24 + u32::from(*h))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_come_with_their_scale() {
        assert_eq!(decimal(b"-12.50", 10, 2), Ok(-1250));
        assert_eq!(decimal(b"0", 10, 0), Ok(0));
        assert_eq!(decimal(b"-123456789012345678901234.567890", 30, 6), Ok(-123456789012345678901234567890));
        assert_eq!(decimal(b"999999999999999999", 18, 0), Ok(999_999_999_999_999_999));
        assert_eq!(decimal(b"9999999999999999999", 19, 0), Ok(9_999_999_999_999_999_999));
        assert_eq!(decimal(b"1.5", 10, 2), Ok(150));
        assert!(decimal(b"", 10, 2).is_err() && decimal(b"1.2.3", 10, 2).is_err());
    }

    #[test]
    fn no_calendar_has_a_zero_day() {
        assert_eq!(days(1970, 1, 2), Ok(1));
        for (y, m, d) in [(0, 0, 0), (2020, 0, 1), (2020, 2, 0), (2021, 2, 29), (2020, 2, 31)] {
            assert_eq!(days(y, m, d), Err(NO_DATE));
        }
    }
}
