//! From an expression's value to what the target column stores, without a silent change.

use std::borrow::Cow;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, BooleanBufferBuilder, Int64Array, Scalar, StringArray, new_null_array,
};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::compute::kernels::cmp;
use datafusion::arrow::compute::kernels::zip::zip;
use datafusion::arrow::compute::{CastOptions, can_cast_types, cast_with_options, nullif};
use datafusion::arrow::datatypes::{
    DataType, Date32Type, Float32Type, Float64Type, TimeUnit, TimestampMicrosecondType, TimestampNanosecondType,
};
use datafusion::arrow::util::display::FormatOptions;

use crate::catalog::Column;
use crate::connectors::ValueLimits;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Substitute;
use crate::types::{LogicalType, Verdict};

/// The reason for which text with NUL is rejected.
pub const NUL_IN_TEXT: &str = "holds a NUL character, which the target's text cannot";

/// What a target column demands of its values.
#[derive(Debug, Clone)]
pub struct Rule {
    /// What the column means.
    pub to: LogicalType,
    pub required: bool,
    /// A person approved that values change (see the plan's verdict).
    pub may_change: bool,
    pub limits: ValueLimits,
    /// What stands in for a value that does not fit.
    pub misfit: Misfit,
    pub strip_nul: bool,
}

/// What stands in for a value that does not fit, in the target's Arrow type.
#[derive(Debug, Clone, Default)]
pub enum Misfit {
    /// Nothing: its row is rejected.
    #[default]
    Reject,
    Null,
    /// An array of one value.
    Value(ArrayRef),
}

/// Values that were changed because a person chose so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Changed {
    pub misfits: u64,
    pub stripped: u64,
}

impl Rule {
    pub fn new(column: &Column, verdict: &Verdict, approved: bool) -> Self {
        Rule {
            to: column.logical.clone(),
            required: !column.nullable && column.identity.is_none(),
            may_change: approved && matches!(verdict, Verdict::Lossy { .. }),
            limits: ValueLimits::default(),
            misfit: Misfit::Reject,
            strip_nul: false,
        }
    }

    /// With what stands in for values that do not fit; it must fit itself, in type, length and digits.
    ///
    /// # Errors
    /// `InvalidProject` when a constant does not.
    pub fn standing_in(self, substitute: &Substitute, to: &DataType) -> Result<Rule> {
        let misfit = match substitute {
            Substitute::Reject => Misfit::Reject,
            Substitute::Null => Misfit::Null,
            Substitute::Value(text) => {
                let text: ArrayRef = Arc::new(StringArray::from(vec![text.as_str()]));
                let exact = Rule { misfit: Misfit::Reject, may_change: false, required: false, ..self.clone() };
                let mut refused = None;
                let (value, _) = exact.apply(&text, to, &mut |_, reason| refused = Some(reason))?;
                if let Some(reason) = refused {
                    return Err(Error::new(
                        ErrorKind::InvalidProject,
                        format!("the value that stands in for misfits does not fit either: {reason}"),
                    )
                    .hint("Give a value that the column takes."));
                }
                Misfit::Value(value)
            }
        };
        Ok(Rule { misfit, ..self })
    }

    /// Converts every value; `reject` is told of those that do not fit and that nothing stands in for.
    pub fn apply(
        &self,
        value: &ArrayRef,
        to: &DataType,
        reject: &mut dyn FnMut(u32, String),
    ) -> Result<(ArrayRef, Changed)> {
        let mut changed = Changed::default();
        let value = if self.strip_nul { without_nul(value, &mut changed.stripped) } else { value.clone() };
        let mut misfits: Vec<(u32, String)> = Vec::new();
        let mut refuse = |row: u32, reason: String| misfits.push((row, reason));
        let converted = self.convert(&value, to, &mut refuse)?;
        self.check_length(&converted, &mut refuse);
        let converted = self.check_text_form(converted, &mut refuse);
        self.check_limits(&converted, &mut refuse);
        let converted = self.settle(converted, misfits, &mut changed.misfits, reject)?;
        if self.required && converted.null_count() > 0 {
            for row in 0..converted.len() {
                if converted.is_null(row) {
                    // After a failed conversion this adds nothing: a row is rejected once, for its first reason.
                    reject(row as u32, "NULL in a required column".into());
                }
            }
        }
        Ok((converted, changed))
    }

    /// Puts what stands in into the places of the misfits, or rejects their rows.
    fn settle(
        &self,
        converted: ArrayRef,
        misfits: Vec<(u32, String)>,
        count: &mut u64,
        reject: &mut dyn FnMut(u32, String),
    ) -> Result<ArrayRef> {
        if misfits.is_empty() {
            return Ok(converted);
        }
        if matches!(self.misfit, Misfit::Reject) {
            misfits.into_iter().for_each(|(row, reason)| reject(row, reason));
            return Ok(converted);
        }
        let mut here = vec![false; converted.len()];
        misfits.iter().for_each(|(row, _)| here[*row as usize] = true);
        *count = here.iter().filter(|misfit| **misfit).count() as u64;
        let here = BooleanArray::from(here);
        match &self.misfit {
            Misfit::Value(value) => zip(&here, &Scalar::new(value.clone()), &converted).map_err(defect),
            _ => nullif(&converted, &here).map_err(defect),
        }
    }

    /// What the target's types cannot hold, whatever their declaration says.
    fn check_limits(&self, value: &ArrayRef, reject: &mut dyn FnMut(u32, String)) {
        let mut each = |row: usize, fits: bool, why: &str| {
            if !fits && value.is_valid(row) {
                reject(row as u32, why.into());
            }
        };
        let ValueLimits { nul, nan, infinity, minus_zero, days } = self.limits;
        if let Some((first, last)) = days {
            for (row, day) in days_of(value).into_iter().enumerate() {
                each(row, (first..=last).contains(&day), "lies outside the years that the target keeps");
            }
        }
        let mut float = |row: usize, x: f64| {
            each(row, nan || !x.is_nan(), "the target has no NaN");
            each(row, infinity || !x.is_infinite(), "the target has no infinity");
            each(
                row,
                minus_zero || x != 0.0 || x.is_sign_positive(),
                "the target does not keep the sign of minus zero",
            );
        };
        match value.data_type() {
            DataType::Float64 if !(nan && infinity && minus_zero) => {
                value.as_primitive::<Float64Type>().values().iter().enumerate().for_each(|(row, x)| float(row, *x));
            }
            DataType::Float32 if !(nan && infinity && minus_zero) => {
                let values = value.as_primitive::<Float32Type>().values();
                values.iter().enumerate().for_each(|(row, x)| float(row, f64::from(*x)));
            }
            DataType::Utf8 if !nul => {
                let text = value.as_string::<i32>();
                // Looking at all values at once is quicker than at each: most batches hold none.
                if memchr::memchr(0, text.value_data()).is_some() {
                    (0..text.len()).for_each(|row| {
                        each(row, !text.value(row).contains('\0'), NUL_IN_TEXT);
                    });
                }
            }
            _ => {}
        }
    }

    fn convert(&self, value: &ArrayRef, to: &DataType, reject: &mut dyn FnMut(u32, String)) -> Result<ArrayRef> {
        let from = value.data_type();
        if from == to {
            return Ok(value.clone());
        }
        if *from == DataType::Null {
            return Ok(new_null_array(to, value.len()));
        }
        // Time zones only name the same instants.
        if let (DataType::Timestamp(_, Some(_)), DataType::Timestamp(_, Some(_))) = (from, to) {
            return cast(value, to);
        }
        if !can_cast_types(from, to) {
            return Err(Error::new(
                ErrorKind::Conversion,
                format!("{} cannot become {}", LogicalType::from_arrow(from), self.to),
            ));
        }
        let bits = |t: &DataType| matches!(t, DataType::Float16 | DataType::Float32 | DataType::Float64);
        // Text of a decimal is its digits; text of a float is the shortest that reads back the same.
        let converted = cast(value, to)?;
        let text = matches!(from, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
        for row in 0..value.len() {
            if value.is_valid(row) && converted.is_null(row) {
                reject(row as u32, format!("not a valid {}", self.to));
            }
        }
        if self.may_change {
            return Ok(converted);
        }
        if text {
            return self.refuse_cut_digits(value, converted, to, reject);
        }
        let to_text = matches!(to, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
        if to_text || (bits(from) && bits(to) && to.primitive_width() >= from.primitive_width()) {
            return Ok(converted);
        }
        // The way back must give the same value.
        if can_cast_types(to, from) {
            let back = cast(&converted, from)?;
            let changed = cmp::distinct(&back, value).map_err(defect)?;
            return refuse(converted, &changed, &format!("does not fit {} exactly", self.to), reject);
        }
        Ok(converted)
    }

    /// Arrow rounds `1.239` to two digits when it reads it as decimal(…,2), and `2.5` is no integer to it at all.
    fn refuse_cut_digits(
        &self,
        value: &ArrayRef,
        converted: ArrayRef,
        to: &DataType,
        reject: &mut dyn FnMut(u32, String),
    ) -> Result<ArrayRef> {
        let DataType::Decimal128(_, scale) = to else { return Ok(converted) };
        let value = cast(value, &DataType::Utf8)?;
        let value = value.as_string::<i32>();
        let mut cut = BooleanBufferBuilder::new(value.len());
        for row in 0..value.len() {
            cut.append(
                value.is_valid(row)
                    && converted.is_valid(row)
                    && significant_fraction(value.value(row)) > i64::from(*scale),
            );
        }
        refuse(converted, &BooleanArray::new(cut.finish(), None), &format!("does not fit {} exactly", self.to), reject)
    }

    fn check_length(&self, value: &ArrayRef, reject: &mut dyn FnMut(u32, String)) {
        match (&self.to, value.data_type()) {
            (LogicalType::Text { max: Some(max), .. }, DataType::Utf8) => {
                let text = value.as_string::<i32>();
                for (row, length) in lengths(text).iter().enumerate() {
                    // Bytes are at least as many as characters: most rows need no counting.
                    if length.is_some_and(|l| l > i64::from(*max)) && text.value(row).chars().count() > *max as usize {
                        reject(row as u32, format!("longer than {max} characters"));
                    }
                }
            }
            (LogicalType::Binary { max: Some(max) }, DataType::Binary) => {
                let bytes = value.as_binary::<i32>();
                for row in 0..bytes.len() {
                    if bytes.is_valid(row) && bytes.value(row).len() > *max as usize {
                        reject(row as u32, format!("longer than {max} bytes"));
                    }
                }
            }
            _ => {}
        }
    }

    /// What travels as text but has a form of its own.
    fn check_text_form(&self, value: ArrayRef, reject: &mut dyn FnMut(u32, String)) -> ArrayRef {
        let DataType::Utf8 = value.data_type() else { return value };
        let fits: &dyn Fn(&str) -> bool = match &self.to {
            LogicalType::Uuid => &|t| uuid::Uuid::try_parse(t).is_ok(),
            LogicalType::Json => &|t| serde_json::from_str::<serde::de::IgnoredAny>(t).is_ok(),
            LogicalType::Enumeration { values } => &|t| values.iter().any(|v| v == t),
            _ => return value,
        };
        let text = value.as_string::<i32>();
        for row in 0..text.len() {
            if text.is_valid(row) && !fits(text.value(row)) {
                reject(row as u32, format!("not a valid {}", self.to));
            }
        }
        value
    }
}

/// The days of dates and timestamps, since 1970-01-01; none for other values.
fn days_of(value: &ArrayRef) -> Vec<i64> {
    const MICROS: i64 = 86_400_000_000;
    let days = |values: &[i64], a_day: i64| values.iter().map(|v| v.div_euclid(a_day)).collect();
    match value.data_type() {
        DataType::Date32 => value.as_primitive::<Date32Type>().values().iter().map(|d| i64::from(*d)).collect(),
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            days(value.as_primitive::<TimestampMicrosecondType>().values(), MICROS)
        }
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            days(value.as_primitive::<TimestampNanosecondType>().values(), MICROS * 1_000)
        }
        _ => Vec::new(),
    }
}

/// Text without its NUL characters; `count` is the number of values that had some.
fn without_nul(value: &ArrayRef, count: &mut u64) -> ArrayRef {
    let Some(text) = value.as_string_opt::<i32>() else { return value.clone() };
    if memchr::memchr(0, text.value_data()).is_none() {
        return value.clone();
    }
    let stripped: StringArray = text
        .iter()
        .map(|t| {
            t.map(|t| match t.contains('\0') {
                true => {
                    *count += 1;
                    Cow::Owned(t.replace('\0', ""))
                }
                false => Cow::Borrowed(t),
            })
        })
        .collect();
    Arc::new(stripped)
}

fn lengths(text: &StringArray) -> Int64Array {
    let offsets = text.value_offsets();
    Int64Array::from_iter(offsets.windows(2).map(|w| Some(i64::from(w[1] - w[0]))))
}

/// Digits after the point that are not trailing zeros, for plain and exponent notation.
fn significant_fraction(text: &str) -> i64 {
    let text = text.trim();
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((m, e)) => (m, e.parse::<i64>().unwrap_or(0)),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let fraction = fraction.trim_end_matches('0');
    if !fraction.is_empty() {
        return fraction.len() as i64 - exponent;
    }
    let whole = whole.trim_start_matches(['+', '-']);
    let zeros = whole.len() - whole.trim_end_matches('0').len();
    if zeros == whole.len() { 0 } else { -(zeros as i64) - exponent }
}

/// NULL where `wrong` is true, and `reject` is told.
fn refuse(
    value: ArrayRef,
    wrong: &BooleanArray,
    reason: &str,
    reject: &mut dyn FnMut(u32, String),
) -> Result<ArrayRef> {
    if wrong.true_count() == 0 {
        return Ok(value);
    }
    for row in wrong.values().set_indices() {
        reject(row as u32, reason.to_string());
    }
    let wrong = BooleanArray::new(wrong.values().clone(), None::<NullBuffer>);
    nullif(&value, &wrong).map_err(defect)
}

fn cast(value: &ArrayRef, to: &DataType) -> Result<ArrayRef> {
    // Safe: what cannot be converted becomes NULL, and is found by comparison.
    let options = CastOptions { safe: true, format_options: FormatOptions::default() };
    cast_with_options(value, to, &options).map_err(defect)
}

fn defect(e: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(ErrorKind::Internal, "values cannot be converted").detail(&e).source(e)
}
