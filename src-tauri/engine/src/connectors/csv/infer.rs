//! A column's type from its first values.
//!
//! Only what every value agrees on, and only forms that read back as the same text or number: a leading zero, a sign
//! or a blank that a number would lose makes a column text.

use super::decode::{is_boolean, is_bytes};
use crate::connectors::infer::{Digits, Moments, is_integer, plain_decimal};
use crate::types::LogicalType;

/// What all values of a column so far could be.
#[derive(Debug, Clone)]
pub(super) struct Guess {
    seen: bool,
    boolean: bool,
    integer: bool,
    decimal: bool,
    float: bool,
    moments: Moments,
    bytes: bool,
    digits: Digits,
}

impl Guess {
    pub(super) fn new() -> Guess {
        Guess {
            seen: false,
            boolean: true,
            integer: true,
            decimal: true,
            float: true,
            moments: Moments::new(),
            bytes: true,
            digits: Digits::default(),
        }
    }

    /// `value` is not NULL.
    pub(super) fn see(&mut self, value: &str) {
        self.seen = true;
        self.boolean &= is_boolean(value);
        self.integer &= is_integer(value);
        match plain_decimal(value) {
            Some(digits) => self.digits.see(digits),
            None => {
                self.decimal = false;
                // Only an exponent says that a number is a float.
                let mantissa = value.split_once(['e', 'E']).map(|(mantissa, _)| mantissa);
                self.float &= mantissa.is_some_and(|m| plain_decimal(m).is_some())
                    && value.parse::<f64>().is_ok_and(f64::is_finite);
            }
        }
        self.moments.see(value);
        self.bytes &= is_bytes(value);
    }

    /// `complete` when every value of the column was seen.
    pub(super) fn logical(&self, complete: bool) -> LogicalType {
        if !self.seen {
            LogicalType::TEXT
        } else if self.boolean {
            LogicalType::Boolean
        } else if self.integer {
            LogicalType::INT64
        } else if self.decimal {
            self.digits.logical(complete)
        } else if self.float {
            LogicalType::Float { bits: 64 }
        } else {
            let bytes = if self.bytes { LogicalType::Binary { max: None } } else { LogicalType::TEXT };
            self.moments.logical().unwrap_or(bytes)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guess(values: &[&str]) -> LogicalType {
        let mut guess = Guess::new();
        values.iter().for_each(|v| guess.see(v));
        guess.logical(true)
    }

    #[test]
    fn a_column_is_what_all_its_values_are() {
        let decimal = |precision, scale| LogicalType::Decimal { precision: Some(precision), scale: Some(scale) };
        assert_eq!(guess(&["1", "-20", "0"]), LogicalType::INT64);
        assert_eq!(guess(&["1", "2.50"]), decimal(3, 2));
        assert_eq!(guess(&["0.5", "123"]), decimal(4, 1));
        assert_eq!(guess(&["99999999999999999999"]), decimal(20, 0));
        assert_eq!(guess(&["1.5e3", "2"]), LogicalType::Float { bits: 64 });
        assert_eq!(guess(&["true", "FALSE"]), LogicalType::Boolean);
        assert_eq!(guess(&["2020-02-29"]), LogicalType::Date);
        assert_eq!(guess(&["2020-02-29 10:00:00"]), LogicalType::Timestamp { precision: 6, zoned: false });
        assert_eq!(guess(&["2020-02-29T10:00:00Z"]), LogicalType::Timestamp { precision: 6, zoned: true });
        assert_eq!(guess(&["\\x00ff", "\\x"]), LogicalType::Binary { max: None });
        for text in [
            &["007"][..],
            &["\\x00ff", "\\x0"],
            &["\\x00FF"],
            &["+1"],
            &["-0"],
            &["1 "],
            &["1,5"],
            &["NaN"],
            &["inf"],
            &[""],
            &["t"],
            &["2020-02-30"],
            &["2020-02-29", "2020-02-29 10:00:00"],
            &["2020-02-29 10:00:00", "2020-02-29T10:00:00Z"],
            &["1", "x"],
            &["0", "true"],
            &[],
        ] {
            assert_eq!(guess(text), LogicalType::TEXT, "{text:?}");
        }
    }
}
