//! Lists and maps as JSON text, exactly.
//!
//! Own code rather than Arrow's JSON writer, because that one turns NaN into null. Decimals are numbers with all their
//! digits, floats are written in their shortest form, dates, times and timestamps are ISO text, bytes are hexadecimal
//! text, a map is an object. What JSON cannot say (NaN, infinity) is a fault.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringBuilder};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Float16Type, Float32Type, Float64Type};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};

use super::decode::Faulty;
use crate::connectors::text::{self, Reason};
use crate::error::{Error, ErrorKind, Result};

const NO_NUMBER: Reason = "holds NaN or infinity, which JSON cannot say";
const NO_FORM: Reason = "holds a value of a type that has no JSON form";

pub(super) fn column(array: &ArrayRef) -> Result<(ArrayRef, Faulty)> {
    let encoder = Encoder::new(array)?;
    let mut text = StringBuilder::new();
    let mut faulty = Faulty::new();
    let mut value = String::new();
    for row in 0..array.len() {
        if encoder.is_null(row) {
            text.append_null();
            continue;
        }
        value.clear();
        match encoder.write(row, &mut value) {
            Ok(()) => text.append_value(&value),
            Err(reason) => {
                text.append_null();
                faulty.push((row, reason));
            }
        }
    }
    Ok((Arc::new(text.finish()), faulty))
}

/// An array and those below it, each with its way of writing.
struct Encoder {
    array: ArrayRef,
    form: Form,
}

enum Form {
    Null,
    Boolean,
    Integer(ArrayRef),
    Float16,
    Float32,
    Float64,
    Decimal(i8),
    /// Text as Arrow displays it, as a number or as text.
    Shown {
        quoted: bool,
    },
    Text(ArrayRef),
    Bytes(ArrayRef),
    List(Box<Encoder>, Vec<(usize, usize)>),
    Struct(Vec<(String, Encoder)>),
    Map {
        keys: ArrayRef,
        values: Box<Encoder>,
        ends: Vec<(usize, usize)>,
    },
}

fn unexpected(e: datafusion::arrow::error::ArrowError) -> Error {
    Error::new(ErrorKind::Unsupported, "a nested column cannot be written as JSON").detail(&e).source(e)
}

impl Encoder {
    fn new(array: &ArrayRef) -> Result<Encoder> {
        let cast_to = |to: DataType| cast(array, &to).map_err(unexpected);
        let ends = |offsets: &[i32]| offsets.windows(2).map(|w| (w[0] as usize, w[1] as usize)).collect();
        let form = match array.data_type() {
            DataType::Null => Form::Null,
            DataType::Boolean => Form::Boolean,
            DataType::UInt64 => Form::Shown { quoted: false },
            t if t.is_integer() => Form::Integer(cast_to(DataType::Int64)?),
            DataType::Float16 => Form::Float16,
            DataType::Float32 => Form::Float32,
            DataType::Float64 => Form::Float64,
            DataType::Decimal128(_, scale) => Form::Decimal(*scale),
            t if t.is_decimal() => Form::Shown { quoted: false },
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Form::Text(cast_to(DataType::Utf8)?),
            DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
                Form::Bytes(cast_to(DataType::Binary)?)
            }
            DataType::Dictionary(_, value) => return Encoder::new(&cast_to((**value).clone())?),
            DataType::List(_) => {
                let list = array.as_list::<i32>();
                Form::List(Box::new(Encoder::new(list.values())?), ends(list.value_offsets()))
            }
            DataType::LargeList(_) => {
                let list = array.as_list::<i64>();
                let ends = list.value_offsets().windows(2).map(|w| (w[0] as usize, w[1] as usize)).collect();
                Form::List(Box::new(Encoder::new(list.values())?), ends)
            }
            DataType::FixedSizeList(_, n) => {
                let (list, n) = (array.as_fixed_size_list(), *n as usize);
                let ends = (0..list.len()).map(|i| (i * n, (i + 1) * n)).collect();
                Form::List(Box::new(Encoder::new(list.values())?), ends)
            }
            DataType::Struct(fields) => {
                let below = array.as_struct().columns();
                let children = fields.iter().zip(below).map(|(f, a)| Ok((f.name().clone(), Encoder::new(a)?)));
                Form::Struct(children.collect::<Result<_>>()?)
            }
            DataType::Map(..) => {
                let map = array.as_map();
                Form::Map {
                    keys: map.keys().clone(),
                    values: Box::new(Encoder::new(map.values())?),
                    ends: ends(map.value_offsets()),
                }
            }
            _ => Form::Shown { quoted: true },
        };
        Ok(Encoder { array: array.clone(), form })
    }

    fn is_null(&self, row: usize) -> bool {
        matches!(self.form, Form::Null) || self.array.is_null(row)
    }

    fn write(&self, row: usize, out: &mut String) -> Result<(), Reason> {
        if self.is_null(row) {
            out.push_str("null");
            return Ok(());
        }
        match &self.form {
            Form::Null => out.push_str("null"),
            Form::Boolean => out.push_str(if self.array.as_boolean().value(row) { "true" } else { "false" }),
            Form::Integer(numbers) => {
                let number = numbers.as_primitive::<datafusion::arrow::datatypes::Int64Type>().value(row);
                out.push_str(&number.to_string());
            }
            Form::Float16 => float(f64::from(f32::from(self.array.as_primitive::<Float16Type>().value(row))), out)?,
            Form::Float32 => {
                let x = self.array.as_primitive::<Float32Type>().value(row);
                out.push_str(&number(x.is_finite().then_some(x))?);
            }
            Form::Float64 => float(self.array.as_primitive::<Float64Type>().value(row), out)?,
            Form::Decimal(scale) => {
                out.push_str(&text::decimal_text(self.array.as_primitive::<Decimal128Type>().value(row), *scale));
            }
            Form::Shown { quoted } => {
                let shown = shown(&self.array, row)?;
                if *quoted { string(&shown, out)? } else { out.push_str(&shown) }
            }
            Form::Text(texts) => string(texts.as_string::<i32>().value(row), out)?,
            Form::Bytes(bytes) => {
                out.push('"');
                for byte in bytes.as_binary::<i32>().value(row) {
                    out.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('0'));
                    out.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
                }
                out.push('"');
            }
            Form::List(values, ends) => {
                let (from, to) = ends[row];
                out.push('[');
                for i in from..to {
                    if i > from {
                        out.push(',');
                    }
                    values.write(i, out)?;
                }
                out.push(']');
            }
            Form::Struct(fields) => {
                out.push('{');
                for (i, (name, values)) in fields.iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    string(name, out)?;
                    out.push(':');
                    values.write(row, out)?;
                }
                out.push('}');
            }
            Form::Map { keys, values, ends } => {
                let (from, to) = ends[row];
                out.push('{');
                for i in from..to {
                    if i > from {
                        out.push(',');
                    }
                    string(&shown(keys, i)?, out)?;
                    out.push(':');
                    values.write(i, out)?;
                }
                out.push('}');
            }
        }
        Ok(())
    }
}

fn shown(array: &ArrayRef, row: usize) -> Result<String, Reason> {
    let options = FormatOptions::default();
    let formatter = ArrayFormatter::try_new(array, &options).map_err(|_| NO_FORM)?;
    formatter.value(row).try_to_string().map_err(|_| NO_FORM)
}

fn number<T: serde::Serialize>(x: Option<T>) -> Result<String, Reason> {
    serde_json::to_string(&x.ok_or(NO_NUMBER)?).map_err(|_| NO_NUMBER)
}

fn float(x: f64, out: &mut String) -> Result<(), Reason> {
    out.push_str(&number(x.is_finite().then_some(x))?);
    Ok(())
}

fn string(text: &str, out: &mut String) -> Result<(), Reason> {
    out.push_str(&serde_json::to_string(text).map_err(|_| NO_FORM)?);
    Ok(())
}
