//! Arrow into what the server reads: lines of `load data`, or rows of an `insert`.
//!
//! It must not know sessions. Both forms write a value alike, so that the way does not change it. Invariant: a value
//! that the column would keep as another one in silence (a finer fraction of a second, an infinity) is refused here;
//! what else does not fit, the server says.

use datafusion::arrow::array::*;
use datafusion::arrow::datatypes::*;

use super::dialect::quote;
use super::types::CALENDAR;
use crate::connectors::text;
use crate::error::{Error, ErrorKind, Result};

/// What a column wants other than text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Plain,
    /// Travels in hexadecimal: its bytes are no text.
    Bytes,
    Bit,
    /// Four digits: of fewer the server makes a year of its own.
    Year,
    Geometry,
}

/// A column that is written.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub name: String,
    pub kind: Kind,
    /// Fractional digits of a second that it keeps.
    pub fraction: u8,
}

impl Target {
    /// What `set` says for a column that cannot take its field as it is; `variable` holds the field.
    pub(super) fn assigned(&self, variable: &str) -> Option<String> {
        let value = match self.kind {
            Kind::Plain | Kind::Year => return None,
            Kind::Bytes => format!("unhex({variable})"),
            Kind::Bit => format!("cast({variable} as unsigned)"),
            Kind::Geometry => format!("st_geomfromtext({variable})"),
        };
        Some(format!("{} = {value}", quote(&self.name)))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Tabs between, `\N` for NULL, a line each.
    Lines,
    /// Literals in brackets.
    Literals,
}

/// The columns of a batch, each of its type.
pub(super) struct Rows<'a> {
    sources: Vec<(Source<'a>, &'a Target)>,
}

enum Source<'a> {
    Boolean(&'a BooleanArray),
    Int8(&'a Int8Array),
    Int16(&'a Int16Array),
    Int32(&'a Int32Array),
    Int64(&'a Int64Array),
    UInt8(&'a UInt8Array),
    UInt16(&'a UInt16Array),
    UInt32(&'a UInt32Array),
    UInt64(&'a UInt64Array),
    Decimal(&'a Decimal128Array, i8),
    Float32(&'a Float32Array),
    Float64(&'a Float64Array),
    Text(&'a StringArray),
    Bytes(&'a BinaryArray),
    Date(&'a Date32Array),
    Time(&'a Time64MicrosecondArray),
    Timestamp(&'a TimestampMicrosecondArray),
}

impl<'a> Source<'a> {
    fn new(array: &'a dyn Array) -> Result<Source<'a>> {
        Ok(match array.data_type() {
            DataType::Boolean => Source::Boolean(array.as_boolean()),
            DataType::Int8 => Source::Int8(array.as_primitive()),
            DataType::Int16 => Source::Int16(array.as_primitive()),
            DataType::Int32 => Source::Int32(array.as_primitive()),
            DataType::Int64 => Source::Int64(array.as_primitive()),
            DataType::UInt8 => Source::UInt8(array.as_primitive()),
            DataType::UInt16 => Source::UInt16(array.as_primitive()),
            DataType::UInt32 => Source::UInt32(array.as_primitive()),
            DataType::UInt64 => Source::UInt64(array.as_primitive()),
            DataType::Decimal128(_, scale) => Source::Decimal(array.as_primitive(), *scale),
            DataType::Float32 => Source::Float32(array.as_primitive()),
            DataType::Float64 => Source::Float64(array.as_primitive()),
            DataType::Utf8 => Source::Text(array.as_string()),
            DataType::Binary => Source::Bytes(array.as_binary()),
            DataType::Date32 => Source::Date(array.as_primitive()),
            DataType::Time64(TimeUnit::Microsecond) => Source::Time(array.as_primitive()),
            DataType::Timestamp(TimeUnit::Microsecond, _) => Source::Timestamp(array.as_primitive()),
            other => return Err(Error::internal(format!("a value of {other} cannot be written"))),
        })
    }

    fn is_null(&self, row: usize) -> bool {
        macro_rules! null {
            ($($variant:ident),+) => {
                match self {
                    $(Source::$variant(a, ..) => a.is_null(row),)+
                }
            };
        }
        null!(
            Boolean, Int8, Int16, Int32, Int64, UInt8, UInt16, UInt32, UInt64, Decimal, Float32, Float64, Text, Bytes,
            Date, Time, Timestamp
        )
    }
}

impl<'a> Rows<'a> {
    pub(super) fn new(batch: &'a RecordBatch, targets: &'a [Target]) -> Result<Rows<'a>> {
        if batch.num_columns() != targets.len() {
            return Err(Error::internal("a batch does not have the columns that are written"));
        }
        let sources = batch.columns().iter().map(|c| Source::new(c.as_ref())).collect::<Result<Vec<_>>>()?;
        Ok(Rows { sources: sources.into_iter().zip(targets).collect() })
    }

    /// Appends one row.
    ///
    /// # Errors
    /// `Conversion` when a value has no form in its column; it names the column.
    pub(super) fn write(&self, row: usize, form: Form, out: &mut Vec<u8>) -> Result<()> {
        if form == Form::Literals {
            out.push(b'(');
        }
        for (i, (source, target)) in self.sources.iter().enumerate() {
            if i > 0 {
                out.push(if form == Form::Lines { b'\t' } else { b',' });
            }
            if source.is_null(row) {
                out.extend(if form == Form::Lines { &b"\\N"[..] } else { b"null" });
                continue;
            }
            value(source, target, row, form, out).map_err(|what| {
                Error::new(ErrorKind::Conversion, format!("a value of column {} {what}", target.name))
                    .column(&target.name)
            })?;
        }
        out.push(if form == Form::Lines { b'\n' } else { b')' });
        Ok(())
    }
}

fn value(source: &Source<'_>, target: &Target, row: usize, form: Form, out: &mut Vec<u8>) -> Result<(), &'static str> {
    let quoted = |text: &str, out: &mut Vec<u8>| {
        // Numbers and dates hold nothing to escape.
        if form == Form::Literals {
            out.push(b'\'');
            out.extend(text.as_bytes());
            out.push(b'\'');
        } else {
            out.extend(text.as_bytes());
        }
    };
    match source {
        Source::Boolean(a) => out.push(if a.value(row) { b'1' } else { b'0' }),
        Source::Int8(a) => integer(i64::from(a.value(row)), out),
        Source::Int16(a) if target.kind == Kind::Year && (0..1000).contains(&a.value(row)) => {
            let mut text = Small::default();
            text.digits(i64::from(a.value(row)), 4);
            quoted(text.as_str(), out);
        }
        Source::Int16(a) => integer(i64::from(a.value(row)), out),
        Source::Int32(a) => integer(i64::from(a.value(row)), out),
        Source::Int64(a) => integer(a.value(row), out),
        Source::UInt8(a) => unsigned(u64::from(a.value(row)), out),
        Source::UInt16(a) => unsigned(u64::from(a.value(row)), out),
        Source::UInt32(a) => unsigned(u64::from(a.value(row)), out),
        Source::UInt64(a) => unsigned(a.value(row), out),
        Source::Decimal(a, scale) => decimal(a.value(row), *scale, out),
        Source::Float32(a) => match a.value(row) {
            // The server reads a double, and the shortest text of the greatest float lies beyond that float.
            v if v.is_finite() => quoted(&format!("{:e}", f64::from(v)), out),
            _ => return Err("is not a finite number, which MySQL cannot keep"),
        },
        Source::Float64(a) => match a.value(row) {
            v if v.is_finite() => quoted(&format!("{v:e}"), out),
            _ => return Err("is not a finite number, which MySQL cannot keep"),
        },
        Source::Text(a) => string(a.value(row), target, form, out),
        Source::Bytes(a) => hexadecimal(a.value(row), form, out),
        Source::Date(a) => {
            let days = i64::from(a.value(row));
            in_calendar(days)?;
            let mut text = Small::default();
            date(days, &mut text);
            quoted(text.as_str(), out);
        }
        Source::Time(a) => {
            let micros = a.value(row);
            fine(micros, target)?;
            let mut text = Small::default();
            time(micros, &mut text);
            quoted(text.as_str(), out);
        }
        Source::Timestamp(a) => {
            let micros = a.value(row);
            fine(micros, target)?;
            let days = micros.div_euclid(86_400_000_000);
            in_calendar(days)?;
            let mut text = Small::default();
            date(days, &mut text);
            text.push(b' ');
            time(micros.rem_euclid(86_400_000_000), &mut text);
            quoted(text.as_str(), out);
        }
    }
    Ok(())
}

/// The server would round without a word.
fn fine(micros: i64, target: &Target) -> Result<(), &'static str> {
    let unit = 10i64.pow(u32::from(6 - target.fraction.min(6)));
    if micros % unit == 0 { Ok(()) } else { Err("has more fractional digits of a second than the column keeps") }
}

/// From year 1 to year 9999.
fn in_calendar(days: i64) -> Result<(), &'static str> {
    let (first, last) = CALENDAR;
    if (first..=last).contains(&days) { Ok(()) } else { Err("lies outside the years 1 to 9999") }
}

/// A text of bounded length without an allocation.
#[derive(Default)]
struct Small {
    bytes: [u8; 32],
    length: usize,
}

impl Small {
    fn push(&mut self, byte: u8) {
        self.bytes[self.length] = byte;
        self.length += 1;
    }

    fn digits(&mut self, mut number: i64, width: usize) {
        for i in (0..width).rev() {
            self.bytes[self.length + i] = b'0' + (number % 10) as u8;
            number /= 10;
        }
        self.length += width;
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }
}

fn date(days: i64, out: &mut Small) {
    let (year, month, day) = text::civil_from_days(days);
    out.digits(year, 4);
    out.push(b'-');
    out.digits(month, 2);
    out.push(b'-');
    out.digits(day, 2);
}

fn time(micros: i64, out: &mut Small) {
    let seconds = micros / 1_000_000;
    out.digits(seconds / 3600, 2);
    out.push(b':');
    out.digits(seconds / 60 % 60, 2);
    out.push(b':');
    out.digits(seconds % 60, 2);
    if micros % 1_000_000 != 0 {
        out.push(b'.');
        out.digits(micros % 1_000_000, 6);
    }
}

fn integer(number: i64, out: &mut Vec<u8>) {
    if number < 0 {
        out.push(b'-');
    }
    unsigned(number.unsigned_abs(), out);
}

fn unsigned(mut number: u64, out: &mut Vec<u8>) {
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend(&digits[at..]);
}

fn decimal(value: i128, scale: i8, out: &mut Vec<u8>) {
    let unit = 10i128.checked_pow(u32::from(scale.unsigned_abs())).and_then(|u| u64::try_from(u).ok());
    match (unit, u64::try_from(value.unsigned_abs())) {
        (Some(unit), Ok(number)) if scale > 0 => {
            if value < 0 {
                out.push(b'-');
            }
            unsigned(number / unit, out);
            out.push(b'.');
            let mut fraction = number % unit;
            let start = out.len();
            out.resize(start + scale as usize, b'0');
            for digit in out[start..].iter_mut().rev() {
                *digit = b'0' + (fraction % 10) as u8;
                fraction /= 10;
            }
        }
        _ => out.extend(text::decimal_text(value, scale).as_bytes()),
    }
}

fn string(text: &str, target: &Target, form: Form, out: &mut Vec<u8>) {
    if form == Form::Lines {
        escape(text.as_bytes(), out);
        return;
    }
    if target.kind == Kind::Geometry {
        out.extend(b"st_geomfromtext(");
    }
    out.push(b'\'');
    escape(text.as_bytes(), out);
    out.push(b'\'');
    if target.kind == Kind::Geometry {
        out.push(b')');
    }
}

/// What ends a field, a line or a literal, and what begins an escape.
fn escape(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(at) = rest.iter().position(|b| matches!(b, b'\\' | b'\'' | b'\t' | b'\n' | 0)) {
        out.extend(&rest[..at]);
        out.push(b'\\');
        out.push(match rest[at] {
            b'\t' => b't',
            b'\n' => b'n',
            0 => b'0',
            other => other,
        });
        rest = &rest[at + 1..];
    }
    out.extend(rest);
}

fn hexadecimal(bytes: &[u8], form: Form, out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    if form == Form::Literals {
        out.extend(b"x'");
    }
    out.reserve(bytes.len() * 2);
    for byte in bytes {
        out.push(DIGITS[usize::from(byte >> 4)]);
        out.push(DIGITS[usize::from(byte & 15)]);
    }
    if form == Form::Literals {
        out.push(b'\'');
    }
}
