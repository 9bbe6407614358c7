//! May a value of one type become a value of another, and what would be lost?

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::LogicalType;

/// What happens to values on their way from one type to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "verdict", rename_all = "kebab-case")]
pub enum Verdict {
    /// Every value arrives as it was.
    Exact,
    /// Every value arrives as it was, in a wider type.
    Widening,
    /// A value that fits arrives as it was; one that does not is rejected, never changed.
    Narrowing { why: String },
    /// Some values arrive changed: a person must approve.
    Lossy { why: String },
    /// No value can become one of the target's.
    Impossible { why: String },
}

impl Verdict {
    fn narrowing(why: impl Into<String>) -> Self {
        Verdict::Narrowing { why: why.into() }
    }

    fn lossy(why: impl Into<String>) -> Self {
        Verdict::Lossy { why: why.into() }
    }

    /// Does every value arrive as it was?
    pub fn is_lossless(&self) -> bool {
        matches!(self, Verdict::Exact | Verdict::Widening)
    }

    pub fn why(&self) -> Option<&str> {
        match self {
            Verdict::Exact | Verdict::Widening => None,
            Verdict::Narrowing { why } | Verdict::Lossy { why } | Verdict::Impossible { why } => Some(why),
        }
    }
}

/// The verdict on carrying values of type `from` into a column of type `to`.
pub fn verdict(from: &LogicalType, to: &LogicalType) -> Verdict {
    use LogicalType::*;
    if from == to {
        return Verdict::Exact;
    }
    match (from, to) {
        (Other { .. }, _) | (_, Other { .. }) => to_foreign(from, to),
        (_, Dynamic) => Verdict::Widening,
        (Dynamic, Text { max: None, .. }) => {
            Verdict::lossy("numbers become their text, so that 7 and '7' are the same; bytes are rejected")
        }
        (Dynamic, _) => Verdict::narrowing("values of another type are rejected"),

        (Integer { .. }, Integer { .. }) => integers(from, to),
        (Integer { bits, signed }, Decimal { .. }) => match integer_room(to) {
            None => Verdict::Widening,
            Some(room) if room >= integer_digits(*bits, *signed) => Verdict::Widening,
            Some(room) => Verdict::narrowing(format!("numbers of more than {room} digits are rejected")),
        },
        (Integer { bits, .. }, Float { bits: float }) => {
            if *bits < *float && *bits <= 32 {
                Verdict::Widening
            } else {
                let exact = if *float == 32 { "16,777,216" } else { "9,007,199,254,740,992" };
                Verdict::lossy(format!("whole numbers beyond {exact} are rounded"))
            }
        }
        (Boolean, Integer { .. }) => Verdict::Widening,
        (Integer { .. }, Boolean) => {
            Verdict::narrowing("only 0 and 1 become false and true; other numbers are rejected")
        }

        (Decimal { .. }, Decimal { .. }) => decimals(from, to),
        (Decimal { scale, .. }, Integer { .. }) => {
            if *scale == Some(0) {
                Verdict::narrowing("numbers outside the target's range are rejected")
            } else {
                Verdict::narrowing("numbers with a fraction or outside the target's range are rejected")
            }
        }
        (Decimal { .. }, Float { .. }) => Verdict::lossy("decimal fractions become the nearest binary float"),

        (Float { bits: 32 }, Float { bits: 64 }) => Verdict::Widening,
        (Float { .. }, Float { .. }) => Verdict::lossy("digits beyond the seventh are rounded"),
        (Float { .. }, Decimal { precision: None, .. }) => {
            Verdict::narrowing("the shortest decimal that reads back as the same float; NaN and infinity are rejected")
        }
        (Float { .. }, Decimal { .. }) => {
            Verdict::narrowing("a number with more digits than the target keeps is rejected; so are NaN and infinity")
        }
        (Float { .. }, Integer { .. }) => {
            Verdict::narrowing("numbers with a fraction or outside the range are rejected")
        }

        (Text { max: a, .. }, Text { max: b, .. }) => {
            limits(*a, *b, "characters", matches!(to, Text { fixed: true, .. }))
        }
        (Binary { max: a }, Binary { max: b }) => limits(*a, *b, "bytes", false),
        (Text { .. }, Binary { .. }) => Verdict::lossy("text becomes its UTF-8 bytes"),
        (Binary { .. }, Text { .. }) => Verdict::narrowing("bytes that are not UTF-8 are rejected"),

        (Enumeration { .. } | Json | Uuid | Interval, Text { max, .. }) => match max {
            None => Verdict::Widening,
            Some(36..) if *from == Uuid => Verdict::Widening,
            Some(n) => Verdict::narrowing(format!("values longer than {n} characters are rejected")),
        },
        (Boolean | Integer { .. } | Float { .. } | Decimal { .. }, Text { max, .. })
        | (Date | Time { .. } | Timestamp { .. }, Text { max, .. }) => match max {
            None => Verdict::Widening,
            Some(n) => Verdict::narrowing(format!("values whose text is longer than {n} characters are rejected")),
        },
        (Text { .. } | Enumeration { .. } | Uuid | Json, Enumeration { values }) => {
            Verdict::narrowing(format!("only the {} listed values are taken; others are rejected", values.len()))
        }
        (Text { .. } | Enumeration { .. }, _) => {
            Verdict::narrowing(format!("text that is not a valid {to} is rejected"))
        }

        (Date, Timestamp { zoned: false, .. }) => Verdict::Widening,
        (Date, Timestamp { zoned: true, .. }) => Verdict::lossy("midnight UTC is assumed"),
        (Timestamp { .. }, Date) => Verdict::lossy("the time of day is dropped"),
        (Timestamp { .. }, Time { .. }) => Verdict::lossy("the date is dropped"),
        (Timestamp { precision: a, zoned: x }, Timestamp { precision: b, zoned: y }) => match (x, y) {
            (true, false) => Verdict::lossy("the instant becomes its UTC wall-clock reading"),
            (false, true) => Verdict::lossy("UTC is assumed for readings without a zone"),
            _ if a <= b => Verdict::Widening,
            _ => Verdict::narrowing(format!("readings with more than {b} fractional digits are rejected")),
        },
        (Time { precision: a }, Time { precision: b }) if a <= b => Verdict::Widening,
        (Time { .. }, Time { precision }) => {
            Verdict::narrowing(format!("times with more than {precision} fractional digits are rejected"))
        }
        _ => Verdict::Impossible { why: format!("{from} has no meaning as {to}") },
    }
}

fn to_foreign(from: &LogicalType, to: &LogicalType) -> Verdict {
    match (from, to) {
        (LogicalType::Other { .. }, LogicalType::Text { max: None, .. } | LogicalType::Dynamic) => {
            Verdict::narrowing("carried in the source's own text form")
        }
        (LogicalType::Text { .. }, LogicalType::Other { name }) => {
            Verdict::narrowing(format!("text that the target does not read as {name} is rejected"))
        }
        (LogicalType::Other { name: a }, LogicalType::Other { name: b }) if a == b => Verdict::Exact,
        _ => Verdict::Impossible {
            why: format!("{from} has no meaning as {to}; write an expression that makes it text"),
        },
    }
}

fn integers(from: &LogicalType, to: &LogicalType) -> Verdict {
    let (LogicalType::Integer { bits: a, signed: x }, LogicalType::Integer { bits: b, signed: y }) = (from, to) else {
        unreachable!("called for two integers");
    };
    match (x, y) {
        (true, true) | (false, false) if a <= b => Verdict::Widening,
        (false, true) if a < b => Verdict::Widening,
        _ => Verdict::narrowing(format!("numbers outside {} are rejected", integer_range(*b, *y))),
    }
}

fn integer_range(bits: u8, signed: bool) -> String {
    if signed {
        let max = (1i128 << (bits - 1)) - 1;
        format!("{} to {max}", -max - 1)
    } else {
        format!("0 to {}", (1u128 << bits) - 1)
    }
}

fn integer_digits(bits: u8, signed: bool) -> u8 {
    match (bits, signed) {
        (8, _) => 3,
        (16, _) => 5,
        (32, _) => 10,
        (_, true) => 19,
        (_, false) => 20,
    }
}

/// Digits before the point that a decimal keeps; `None` is without a limit.
fn integer_room(decimal: &LogicalType) -> Option<u8> {
    match decimal {
        LogicalType::Decimal { precision: Some(p), scale } => {
            Some((i16::from(*p) - i16::from(scale.unwrap_or(0))).clamp(0, 255) as u8)
        }
        _ => None,
    }
}

fn decimals(from: &LogicalType, to: &LogicalType) -> Verdict {
    let (LogicalType::Decimal { scale: a, .. }, LogicalType::Decimal { precision: q, scale: b }) = (from, to) else {
        unreachable!("called for two decimals");
    };
    if q.is_none() {
        return Verdict::Widening;
    }
    match (integer_room(from), integer_room(to)) {
        (Some(x), Some(y)) if x <= y && a.unwrap_or(0) <= b.unwrap_or(0) => Verdict::Widening,
        _ => Verdict::narrowing(format!("numbers that do not fit {to} exactly are rejected")),
    }
}

fn limits(from: Option<u32>, to: Option<u32>, unit: &str, pads: bool) -> Verdict {
    match (from, to) {
        // The type's own rule, and no loss: spaces at the end of such a text mean nothing.
        _ if pads && from != to => Verdict::narrowing(format!(
            "longer text is rejected, and shorter is padded with spaces to {} {unit}, as the type does",
            to.unwrap_or(1)
        )),
        (a, b) if a == b => Verdict::Exact,
        (_, None) => Verdict::Widening,
        (Some(a), Some(b)) if a < b => Verdict::Widening,
        (_, Some(b)) => Verdict::narrowing(format!("values longer than {b} {unit} are rejected")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn decimal(p: u8, s: i8) -> LogicalType {
        LogicalType::Decimal { precision: Some(p), scale: Some(s) }
    }

    #[test]
    fn integers_widen_upwards_and_narrow_downwards() {
        assert_eq!(verdict(&LogicalType::INT16, &LogicalType::INT64), Verdict::Widening);
        assert!(matches!(verdict(&LogicalType::INT64, &LogicalType::INT32), Verdict::Narrowing { .. }));
        let unsigned = LogicalType::Integer { bits: 32, signed: false };
        assert!(matches!(verdict(&unsigned, &LogicalType::INT32), Verdict::Narrowing { .. }));
        assert_eq!(verdict(&unsigned, &LogicalType::INT64), Verdict::Widening);
    }

    #[test]
    fn decimals_keep_every_digit_or_say_so() {
        assert_eq!(verdict(&decimal(10, 2), &decimal(12, 2)), Verdict::Widening);
        assert!(matches!(verdict(&decimal(10, 2), &decimal(10, 4)), Verdict::Narrowing { .. }));
        assert!(matches!(verdict(&decimal(10, 2), &LogicalType::Float { bits: 64 }), Verdict::Lossy { .. }));
        assert_eq!(verdict(&LogicalType::INT32, &decimal(10, 0)), Verdict::Widening);
        assert!(matches!(verdict(&LogicalType::INT64, &decimal(10, 0)), Verdict::Narrowing { .. }));
    }

    #[test]
    fn zones_are_never_assumed_in_silence() {
        let naive = LogicalType::Timestamp { precision: 6, zoned: false };
        let zoned = LogicalType::Timestamp { precision: 6, zoned: true };
        assert!(matches!(verdict(&naive, &zoned), Verdict::Lossy { .. }));
        assert!(matches!(verdict(&zoned, &naive), Verdict::Lossy { .. }));
        assert!(matches!(verdict(&LogicalType::Boolean, &LogicalType::Date), Verdict::Impossible { .. }));
    }
}
