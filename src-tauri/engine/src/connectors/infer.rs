//! What values of a file could be, from their texts.
//!
//! Only forms that read back as the same text or number. It must not know any connector.

use super::text;
use crate::types::LogicalType;

/// Precision of decimals when rows are left that were not looked at.
const ROOMY_PRECISION: u8 = 18;

/// Digits that decimals have before and after the point.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Digits {
    pub whole: usize,
    pub scale: usize,
}

impl Digits {
    pub(super) fn see(&mut self, (whole, scale): (usize, usize)) {
        self.whole = self.whole.max(whole);
        self.scale = self.scale.max(scale);
    }

    /// The decimal that holds them all; `complete` when every value was seen.
    pub(super) fn logical(self, complete: bool) -> LogicalType {
        let digits = self.whole + self.scale;
        match (u8::try_from(digits.max(1)), i8::try_from(self.scale)) {
            (Ok(digits), Ok(scale)) if digits <= LogicalType::MAX_DECIMAL => {
                let precision = if complete { digits } else { digits.max(ROOMY_PRECISION) };
                LogicalType::Decimal { precision: Some(precision), scale: Some(scale) }
            }
            _ => LogicalType::Decimal { precision: None, scale: None },
        }
    }
}

/// Whether all texts so far are dates or all are timestamps.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moments {
    date: bool,
    timestamp: bool,
    zoned: bool,
    nanos: bool,
}

impl Moments {
    pub(super) fn new() -> Moments {
        Moments { date: true, timestamp: true, zoned: true, nanos: false }
    }

    pub(super) fn see(&mut self, value: &str) {
        self.date = self.date && text::parse_date(value).is_ok();
        if self.timestamp || self.zoned {
            let reading = text::parse_timestamp(value).ok().filter(|_| value.contains(':'));
            self.timestamp &= reading.is_some_and(|r| r.offset.is_none());
            self.zoned &= reading.is_some_and(|r| r.offset.is_some());
            self.nanos |= reading.is_some_and(|r| r.nanos_of_day % 1_000 != 0);
        }
    }

    /// `None` when the texts are neither; at least one was seen.
    pub(super) fn logical(self) -> Option<LogicalType> {
        let precision = if self.nanos { 9 } else { 6 };
        if self.date {
            Some(LogicalType::Date)
        } else if self.timestamp || self.zoned {
            Some(LogicalType::Timestamp { precision, zoned: !self.timestamp })
        } else {
            None
        }
    }
}

/// An integer of 64 bits that is written as it would be printed.
pub(super) fn is_integer(value: &str) -> bool {
    value.parse::<i64>().is_ok() && plain_decimal(value).is_some()
}

/// Digits before and after the point of a number that loses nothing but zeros at its end when it is read: no plus, no
/// leading zeros, no minus before zero.
pub(super) fn plain_decimal(value: &str) -> Option<(usize, usize)> {
    let digits = value.strip_prefix('-').unwrap_or(value);
    let (whole, fraction) = match digits.split_once('.') {
        Some((_, "")) => return None,
        Some(parts) => parts,
        None => (digits, ""),
    };
    let numeric = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let padded = whole.len() > 1 && whole.starts_with('0');
    let minus_zero = value.starts_with('-') && digits.bytes().all(|b| b == b'0' || b == b'.');
    if whole.is_empty() || padded || minus_zero || !numeric(whole) || !numeric(fraction) {
        return None;
    }
    Some((if whole == "0" { 0 } else { whole.len() }, fraction.len()))
}
