//! Fields as values.
//!
//! From bytes, without allocating. Reasons say why a field is not of its column's type, and never hold the value.

use crate::connectors::infer::plain_decimal;
use crate::connectors::text::{self, Reason};

pub(super) const NOT_A_BOOLEAN: Reason = "is neither true nor false";
pub(super) const NOT_AN_INTEGER: Reason = "is not an integer of 64 bits without leading zeros";
pub(super) const TOO_WIDE: Reason = "is not an integer that the column can hold";
pub(super) const NOT_A_DECIMAL: Reason = "is not a decimal number without leading zeros";
pub(super) const NOT_BYTES: Reason = "is not \\x and pairs of hexadecimal digits";

/// A field as text; where it is not UTF-8, it is none of the types that are written in ASCII.
fn ascii(value: &[u8]) -> &str {
    std::str::from_utf8(value).unwrap_or("?")
}

pub(super) fn boolean(value: &[u8]) -> Result<bool, Reason> {
    match value {
        b"true" => Ok(true),
        b"false" => Ok(false),
        _ if value.eq_ignore_ascii_case(b"true") => Ok(true),
        _ if value.eq_ignore_ascii_case(b"false") => Ok(false),
        _ => Err(NOT_A_BOOLEAN),
    }
}

/// An integer that is written as it would be printed.
pub(super) fn integer(value: &[u8]) -> Result<i128, Reason> {
    let (negative, digits) = match value {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    let padded = digits[..] == *b"0" && negative || digits.len() > 1 && digits[0] == b'0';
    if digits.is_empty() || digits.len() > 20 || padded {
        return Err(NOT_AN_INTEGER);
    }
    // Nineteen digits always fit; the twentieth is added in the wider number.
    let (first, last) = digits.split_at(digits.len().min(19));
    let mut n = 0u64;
    for digit in first {
        if !digit.is_ascii_digit() {
            return Err(NOT_AN_INTEGER);
        }
        n = n * 10 + u64::from(digit - b'0');
    }
    let mut n = i128::from(n);
    for digit in last {
        if !digit.is_ascii_digit() {
            return Err(NOT_AN_INTEGER);
        }
        n = n * 10 + i128::from(digit - b'0');
    }
    Ok(if negative { -n } else { n })
}

/// The unscaled number of a decimal without leading zeros.
pub(super) fn decimal(value: &[u8], precision: u8, scale: i8) -> Result<i128, Reason> {
    let (negative, digits) = match value {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    // The usual case: few digits, no more of them behind the point than the scale.
    if digits.len() <= 18 && !digits.is_empty() {
        let (mut n, mut seen, mut behind, mut point) = (0u64, 0u32, 0u32, false);
        let mut plain = true;
        for byte in digits {
            match byte {
                b'0'..=b'9' => {
                    n = n * 10 + u64::from(byte - b'0');
                    seen += 1;
                    behind += u32::from(point);
                }
                b'.' if !point => point = true,
                _ => plain = false,
            }
        }
        let whole = seen - behind;
        let padded = whole == 0 || (whole > 1 && digits[0] == b'0') || (point && behind == 0) || (negative && n == 0);
        let scale = u32::try_from(scale).unwrap_or(u32::MAX);
        if plain && !padded && behind <= scale && scale - behind <= 18 {
            let unscaled = i128::from(n) * i128::from(10u64.pow(scale - behind));
            if unscaled < POWERS[usize::from(precision.min(38))] {
                return Ok(if negative { -unscaled } else { unscaled });
            }
        }
    }
    let text = ascii(value);
    if plain_decimal(text).is_none() {
        return Err(NOT_A_DECIMAL);
    }
    text::parse_decimal(text, precision, scale)
}

const POWERS: [i128; 39] = {
    let mut powers = [1; 39];
    let mut i = 1;
    while i < 39 {
        powers[i] = powers[i - 1] * 10;
        i += 1;
    }
    powers
};

/// A decimal of any size, or what a database writes in the place of one.
pub(super) fn decimal_text(value: &[u8]) -> Result<&str, Reason> {
    let text = ascii(value);
    if plain_decimal(text).is_some() || matches!(text, "NaN" | "Infinity" | "-Infinity") {
        return Ok(text);
    }
    Err(NOT_A_DECIMAL)
}

pub(super) fn float64(value: &[u8]) -> Result<f64, Reason> {
    match (value, ascii(value).parse::<f64>()) {
        (_, Ok(x)) if x.is_finite() => Ok(x),
        (b"NaN", _) => Ok(f64::NAN),
        (b"Infinity", _) => Ok(f64::INFINITY),
        (b"-Infinity", _) => Ok(f64::NEG_INFINITY),
        _ => Err(text::NOT_A_NUMBER),
    }
}

pub(super) fn float32(value: &[u8]) -> Result<f32, Reason> {
    match ascii(value).parse::<f32>() {
        Ok(x) if x.is_finite() => Ok(x),
        _ => float64(value).and_then(|x| if x.is_finite() { Err(text::OUT_OF_RANGE) } else { Ok(x as f32) }),
    }
}

/// Days since 1970-01-01.
pub(super) fn date(value: &[u8]) -> Result<i32, Reason> {
    if let Some(days) = plain_date(value) {
        return Ok(days);
    }
    text::parse_date(ascii(value))
}

/// `YYYY-MM-DD`, the usual case; `None` for whatever else a date may look like, and for what is no date.
fn plain_date(value: &[u8]) -> Option<i32> {
    let &[a, b, c, d, b'-', e, f, b'-', g, h] = value else { return None };
    let mut wrong = 0;
    let mut two = |tens: u8, ones: u8| {
        let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
        wrong |= u8::from(tens > 9) | u8::from(ones > 9);
        i32::from(tens.wrapping_mul(10).wrapping_add(ones))
    };
    let (year, month, day) = (two(a, b) * 100 + two(c, d), two(e, f), two(g, h));
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 => 28 + i32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return None,
    };
    let valid = wrong == 0 && (1..=length).contains(&day);
    // Years begin in March, and 400 of them later nothing is negative.
    let (year, month) = if month > 2 { (year + 400, month - 3) } else { (year + 399, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    valid.then_some(days - 719_468 - 146_097)
}

pub(super) fn time(value: &[u8], fraction: text::Fraction) -> Result<i64, Reason> {
    text::parse_time(ascii(value), fraction)
}

pub(super) fn timestamp(value: &[u8], fraction: text::Fraction, zoned: bool) -> Result<i64, Reason> {
    if !value.contains(&b':') {
        return Err(text::NOT_A_TIMESTAMP);
    }
    text::parse_timestamp(ascii(value))?.timestamp(fraction, zoned)
}

/// `\x` and hexadecimal digits.
pub(super) fn bytes(value: &[u8], into: &mut Vec<u8>) -> Result<(), Reason> {
    let digits = value.strip_prefix(b"\\x").ok_or(NOT_BYTES)?;
    let (pairs, rest) = digits.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(NOT_BYTES);
    }
    let digit = |b: u8| char::from(b).to_digit(16).map(|d| d as u8).ok_or(NOT_BYTES);
    into.clear();
    for [high, low] in pairs {
        into.push(digit(*high)? << 4 | digit(*low)?);
    }
    Ok(())
}

/// Bytes that are written as they would be printed.
pub(super) fn is_bytes(value: &str) -> bool {
    bytes(value.as_bytes(), &mut Vec::new()).is_ok() && !value.bytes().any(|b| b.is_ascii_uppercase())
}

pub(super) fn is_boolean(value: &str) -> bool {
    boolean(value.as_bytes()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The quick ways and the thorough ones agree.
    #[test]
    fn what_is_quick_is_also_right() {
        let texts = [
            "0",
            "-0",
            "1",
            "-1",
            "007",
            "1.5",
            "-0.05",
            "0.0",
            "1.",
            ".5",
            "12.345",
            "1e3",
            "+1",
            "",
            "-",
            ".",
            "1.2.3",
            "99999999.99",
            "-99999999.99",
            "100000000",
            "123456789012345678",
            "1234567890123456789012345678",
            "a",
            "-0.0",
            "0.10",
            "00.1",
            "1.230000",
            "9223372036854775807",
            "-9223372036854775808",
            "9223372036854775808",
            "18446744073709551615",
            "99999999999999999999",
            "100000000000000000000",
        ];
        for text in texts {
            for (precision, scale) in [(10, 2), (38, 0), (38, 30), (4, 2)] {
                let thorough = match plain_decimal(text) {
                    Some(_) => text::parse_decimal(text, precision, scale),
                    None => Err(NOT_A_DECIMAL),
                };
                assert_eq!(decimal(text.as_bytes(), precision, scale), thorough, "{text} {precision} {scale}");
            }
            let thorough = text.parse::<i64>().ok().filter(|_| plain_decimal(text).is_some());
            let quick = integer(text.as_bytes()).ok().and_then(|n| i64::try_from(n).ok());
            assert_eq!(quick, thorough, "{text}");
        }
        for days in (-719_000..2_900_000).step_by(13) {
            assert_eq!(plain_date(text::date_text(days).as_bytes()), i32::try_from(days).ok());
        }
        for text in ["2021-02-29", "1900-02-29", "2020-13-01", "2020-00-10", "2020-04-31", "20a0-01-01", "2020-01-0:"] {
            assert_eq!(plain_date(text.as_bytes()), None, "{text}");
            assert!(date(text.as_bytes()).is_err());
        }
        assert_eq!(date(b"2000-02-29"), text::parse_date("2000-02-29"));
    }
}
