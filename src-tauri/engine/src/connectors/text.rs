//! Numbers, dates and times from their text and back, exactly.
//!
//! For connectors whose values travel as text (SQLite's dates, CSV). Nothing here rounds: what does not fit is refused
//! with a reason, and no reason holds the value. It must not know any connector.

/// Why a text is not a value of the type.
pub type Reason = &'static str;

pub const NOT_A_NUMBER: Reason = "is not a number";
pub const TOO_MANY_DECIMALS: Reason = "has more digits after the point than the column keeps";
pub const TOO_LARGE: Reason = "has more digits before the point than the column keeps";
pub const NOT_A_DATE: Reason = "is not a date of the form YYYY-MM-DD";
pub const NOT_A_TIME: Reason = "is not a time of day of the form HH:MM:SS";
pub const NOT_A_TIMESTAMP: Reason = "is not a timestamp of the form YYYY-MM-DD HH:MM:SS";
pub const HAS_A_ZONE: Reason = "carries a time zone, and the column has none";
pub const HAS_NO_ZONE: Reason = "carries no time zone, and the column is an instant";
pub const TOO_FINE: Reason = "has more fractional digits of a second than the column keeps";
pub const OUT_OF_RANGE: Reason = "lies outside the range that the column's type can hold";

const NANOS_PER_SECOND: i64 = 1_000_000_000;
const NANOS_PER_DAY: i64 = 86_400 * NANOS_PER_SECOND;

/// Fractions of a second in which times and timestamps travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fraction {
    Micros,
    Nanos,
}

impl Fraction {
    fn nanos(self) -> i64 {
        match self {
            Fraction::Micros => 1_000,
            Fraction::Nanos => 1,
        }
    }
}

/// Bytes as reject files hold them: `\\x` and hexadecimal digits.
pub fn bytes_text(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::from("\\x"), |mut text, byte| {
        // Writing into a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Text as it is, or, where it is none, its bytes.
pub fn text_or_bytes(bytes: &[u8]) -> String {
    std::str::from_utf8(bytes).map_or_else(|_| bytes_text(bytes), str::to_string)
}

/// The unscaled number of `decimal(precision, scale)` that `text` stands for, with an exponent or without.
/// Zeros that the scale cannot hold are dropped; any other digit is refused.
pub fn parse_decimal(text: &str, precision: u8, scale: i8) -> Result<i128, Reason> {
    if let Some(value) = short_decimal(text.as_bytes(), precision, scale) {
        return Ok(value);
    }
    let (negative, rest) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let (mantissa, exponent) = match rest.find(['e', 'E']) {
        Some(at) => (&rest[..at], rest[at + 1..].parse::<i32>().map_err(|_| NOT_A_NUMBER)?),
        None => (rest, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.len() + fraction.len() == 0 || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return Err(NOT_A_NUMBER);
    }
    // `digits` times ten to the power of `shift` is the unscaled number.
    let digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).skip_while(|b| *b == b'0').collect();
    if digits.is_empty() {
        return Ok(0);
    }
    let shift = i64::from(exponent) - fraction.len() as i64 + i64::from(scale);
    let kept = if shift < 0 {
        let drop = usize::try_from(-shift).unwrap_or(usize::MAX).min(digits.len());
        let (kept, dropped) = digits.split_at(digits.len() - drop);
        if dropped.iter().any(|d| *d != b'0') || drop as i64 != -shift {
            return Err(TOO_MANY_DECIMALS);
        }
        kept
    } else {
        &digits[..]
    };
    if kept.len() as i64 + shift.max(0) > i64::from(precision.min(38)) {
        return Err(TOO_LARGE);
    }
    let mut value = kept.iter().fold(0i128, |n, d| n * 10 + i128::from(d - b'0'));
    for _ in 0..shift.max(0) {
        value *= 10;
    }
    Ok(if negative { -value } else { value })
}

/// The common case: a plain number of at most 18 digits that fits. `None` leaves it to the general way.
fn short_decimal(text: &[u8], precision: u8, scale: i8) -> Option<i128> {
    let (negative, digits) = match text.split_first()? {
        (b'-', rest) => (true, rest),
        _ => (false, text),
    };
    if digits.is_empty() || digits.len() > 19 {
        return None;
    }
    let (mut value, mut behind, mut point) = (0i64, 0u32, false);
    let mut seen = 0;
    for byte in digits {
        match byte {
            // Eighteen digits always fit.
            b'0'..=b'9' if seen < 18 => {
                value = value * 10 + i64::from(byte - b'0');
                behind += u32::from(point);
                seen += 1;
            }
            b'.' if !point => point = true,
            _ => return None,
        }
    }
    let missing = u32::try_from(scale).ok()?.checked_sub(behind)?;
    if seen == 0 {
        return None;
    }
    let value = value.checked_mul(10i64.checked_pow(missing)?)?;
    // With 19 digits or more any such value fits.
    if 10i64.checked_pow(u32::from(precision)).is_some_and(|limit| value >= limit) {
        return None;
    }
    Some(i128::from(if negative { -value } else { value }))
}

/// The unscaled decimal that a float was made from: the one of at most 15 digits that is nearest to no other float.
/// `None` where there is none at this scale; then its shortest text must be looked at.
pub fn decimal_of_float(value: f64, precision: u8, scale: i8) -> Option<i128> {
    // Two decimals of 15 digits never share a double, and a power of ten up to 22 is exact in one.
    const EXACT: f64 = 1e15;
    let power = 10f64.powi(i32::from(u8::try_from(scale).ok().filter(|s| *s <= 22)?));
    let unscaled = (value * power).round();
    if unscaled.abs() >= EXACT || unscaled / power != value {
        return None;
    }
    let unscaled = unscaled as i64;
    let fits = 10i64.checked_pow(u32::from(precision)).is_none_or(|limit| unscaled.abs() < limit);
    fits.then_some(i128::from(unscaled))
}

/// The float whose shortest text is this decimal. `None` where that is not known at once; see `decimal_of_float`.
pub fn float_of_decimal(value: i128, scale: i8) -> Option<f64> {
    let scale = u8::try_from(scale).ok().filter(|s| *s <= 22)?;
    let value = i64::try_from(value).ok().filter(|v| v.unsigned_abs() < 1_000_000_000_000_000)?;
    Some(value as f64 / 10f64.powi(i32::from(scale)))
}

/// The text of an unscaled decimal, with all digits of its scale.
pub fn decimal_text(value: i128, scale: i8) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let digits = value.unsigned_abs().to_string();
    match usize::try_from(scale) {
        Ok(0) => format!("{sign}{digits}"),
        Ok(scale) => {
            let digits = format!("{digits:0>width$}", width = scale + 1);
            let (whole, fraction) = digits.split_at(digits.len() - scale);
            format!("{sign}{whole}.{fraction}")
        }
        Err(_) => format!("{sign}{digits}{}", "0".repeat(usize::from(scale.unsigned_abs()))),
    }
}

/// A reading of calendar and clock; the offset in seconds east of UTC, where one was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// Days since 1970-01-01.
    pub days: i64,
    pub nanos_of_day: i64,
    pub offset: Option<i32>,
}

impl Reading {
    /// The value of a timestamp column, in `fraction`s since 1970.
    pub fn timestamp(self, fraction: Fraction, zoned: bool) -> Result<i64, Reason> {
        let offset = match (self.offset, zoned) {
            (Some(_), false) => return Err(HAS_A_ZONE),
            (None, true) => return Err(HAS_NO_ZONE),
            (offset, _) => i128::from(offset.unwrap_or(0)) * i128::from(NANOS_PER_SECOND),
        };
        let nanos = i128::from(self.days) * i128::from(NANOS_PER_DAY) + i128::from(self.nanos_of_day) - offset;
        let unit = i128::from(fraction.nanos());
        if nanos % unit != 0 {
            return Err(TOO_FINE);
        }
        i64::try_from(nanos / unit).map_err(|_| OUT_OF_RANGE)
    }
}

/// Days since 1970-01-01 of `YYYY-MM-DD`. Years may have a sign and more than four digits, as ISO 8601 allows.
pub fn parse_date(text: &str) -> Result<i32, Reason> {
    if let Some(days) = text.as_bytes().try_into().ok().and_then(short_date) {
        return Ok(days);
    }
    let (days, rest) = take_date(text).ok_or(NOT_A_DATE)?;
    if !rest.is_empty() {
        return Err(NOT_A_DATE);
    }
    i32::try_from(days).map_err(|_| OUT_OF_RANGE)
}

/// The time of day `HH:MM[:SS[.fraction]]`.
pub fn parse_time(text: &str, fraction: Fraction) -> Result<i64, Reason> {
    let (nanos, fine, rest) = take_time(text).ok_or(NOT_A_TIME)?;
    if !rest.is_empty() {
        return Err(NOT_A_TIME);
    }
    if fine || nanos % fraction.nanos() != 0 {
        return Err(TOO_FINE);
    }
    Ok(nanos / fraction.nanos())
}

/// `YYYY-MM-DD[ HH:MM[:SS[.fraction]][Z|±HH[:MM]]]`, with a space or a `T`. A date alone is its midnight.
pub fn parse_timestamp(text: &str) -> Result<Reading, Reason> {
    let (days, rest) = take_date(text).ok_or(NOT_A_TIMESTAMP)?;
    if rest.is_empty() {
        return Ok(Reading { days, nanos_of_day: 0, offset: None });
    }
    let rest = rest.strip_prefix([' ', 'T']).ok_or(NOT_A_TIMESTAMP)?;
    let (nanos_of_day, fine, rest) = take_time(rest).ok_or(NOT_A_TIMESTAMP)?;
    let offset = match rest.strip_prefix(' ').unwrap_or(rest) {
        "" => None,
        "Z" | "z" => Some(0),
        zone => Some(parse_offset(zone).ok_or(NOT_A_TIMESTAMP)?),
    };
    if fine {
        return Err(TOO_FINE);
    }
    Ok(Reading { days, nanos_of_day, offset })
}

/// `YYYY-MM-DD` in place; `None` for years that need more digits.
pub fn date_digits(days: i64) -> Option<[u8; 10]> {
    let (year, month, day) = civil_from_days(days);
    let year = u16::try_from(year).ok().filter(|y| *y <= 9999)?;
    let digit = |n: u16| b'0' + (n % 10) as u8;
    let (month, day) = (month as u16, day as u16);
    Some([
        digit(year / 1000),
        digit(year / 100),
        digit(year / 10),
        digit(year),
        b'-',
        digit(month / 10),
        digit(month),
        b'-',
        digit(day / 10),
        digit(day),
    ])
}

pub fn date_text(days: i64) -> String {
    let (year, month, day) = civil_from_days(days);
    match year {
        0..=9999 => format!("{year:04}-{month:02}-{day:02}"),
        ..0 => format!("-{:04}-{month:02}-{day:02}", -year),
        _ => format!("+{year}-{month:02}-{day:02}"),
    }
}

/// `HH:MM:SS` and the fractional digits that are not zero.
pub fn time_text(nanos_of_day: i64) -> String {
    let seconds = nanos_of_day / NANOS_PER_SECOND;
    let mut text = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    let nanos = nanos_of_day % NANOS_PER_SECOND;
    if nanos != 0 {
        text.push('.');
        text.push_str(format!("{nanos:09}").trim_end_matches('0'));
    }
    text
}

/// `YYYY-MM-DD HH:MM:SS[.fraction]`, with `+00:00` behind it for an instant. `value` is in `fraction`s since 1970.
pub fn timestamp_text(value: i64, fraction: Fraction, zoned: bool) -> String {
    let per_day = NANOS_PER_DAY / fraction.nanos();
    let nanos_of_day = value.rem_euclid(per_day) * fraction.nanos();
    let zone = if zoned { "+00:00" } else { "" };
    format!("{} {}{zone}", date_text(value.div_euclid(per_day)), time_text(nanos_of_day))
}

/// The common case of a date.
fn short_date(text: &[u8; 10]) -> Option<i32> {
    let digits = |range: std::ops::Range<usize>| {
        text[range].iter().try_fold(0i64, |n, b| b.is_ascii_digit().then(|| n * 10 + i64::from(b - b'0')))
    };
    if text[4] != b'-' || text[7] != b'-' {
        return None;
    }
    let (year, month, day) = (digits(0..4)?, digits(5..7)?, digits(8..10)?);
    // The last days of a month are left to the general way.
    if !(1..=12).contains(&month) || !(1..=28).contains(&day) {
        return None;
    }
    i32::try_from(days_from_civil(year, month, day)).ok()
}

fn take_date(text: &str) -> Option<(i64, &str)> {
    let (sign, rest) = match text.as_bytes().first()? {
        b'-' => (-1, &text[1..]),
        b'+' => (1, &text[1..]),
        _ => (1, text),
    };
    let signed = rest.len() != text.len();
    let width = rest.bytes().take_while(u8::is_ascii_digit).count();
    if width != 4 && !(signed && (4..=6).contains(&width)) {
        return None;
    }
    let year: i64 = rest[..width].parse().ok()?;
    let rest = rest[width..].strip_prefix('-')?;
    let (month, rest) = two_digits(rest)?;
    let (day, rest) = two_digits(rest.strip_prefix('-')?)?;
    let year = sign * year;
    let days = days_from_civil(year, month, day);
    // A day that the month does not have comes back as another one.
    ((1..=12).contains(&month) && civil_from_days(days) == (year, month, day)).then_some((days, rest))
}

/// Nanoseconds of the day, whether digits finer than that were cut, and what follows.
fn take_time(text: &str) -> Option<(i64, bool, &str)> {
    let (hour, rest) = two_digits(text)?;
    let (minute, mut rest) = two_digits(rest.strip_prefix(':')?)?;
    let (mut second, mut nanos, mut fine) = (0, 0, false);
    if let Some(more) = rest.strip_prefix(':') {
        (second, rest) = two_digits(more)?;
        if let Some(more) = rest.strip_prefix('.') {
            let width = more.bytes().take_while(u8::is_ascii_digit).count();
            if width == 0 {
                return None;
            }
            let digits = more[..width].trim_end_matches('0');
            fine = digits.len() > 9;
            let digits = &digits[..digits.len().min(9)];
            nanos = digits.bytes().fold(0, |n, d| n * 10 + i64::from(d - b'0')) * 10i64.pow(9 - digits.len() as u32);
            rest = &more[width..];
        }
    }
    (hour < 24 && minute < 60 && second < 60).then_some((
        ((hour * 60 + minute) * 60 + second) * NANOS_PER_SECOND + nanos,
        fine,
        rest,
    ))
}

fn parse_offset(text: &str) -> Option<i32> {
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, rest) = two_digits(&text[1..])?;
    let (minutes, rest) = if rest.is_empty() { (0, "") } else { two_digits(rest.strip_prefix(':').unwrap_or(rest))? };
    let seconds = i32::try_from((hours * 60 + minutes) * 60).ok()?;
    (rest.is_empty() && hours < 24 && minutes < 60).then_some(sign * seconds)
}

fn two_digits(text: &str) -> Option<(i64, &str)> {
    match text.as_bytes() {
        [a @ b'0'..=b'9', b @ b'0'..=b'9', ..] => Some((i64::from(a - b'0') * 10 + i64::from(b - b'0'), &text[2..])),
        _ => None,
    }
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar (Howard Hinnant, "chrono-Compatible Low-Level Date
/// Algorithms").
pub fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let year_of_era = y.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// Year, month and day of a number of days since 1970-01-01.
pub fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let m = (5 * day_of_year + 2) / 153;
    let month = if m < 10 { m + 3 } else { m - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day_of_year - (153 * m + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact_or_refused() {
        assert_eq!(parse_decimal("9999999999999999999", 38, 0), Ok(9_999_999_999_999_999_999));
        assert_eq!(parse_decimal("-999999999999999999", 18, 0), Ok(-999_999_999_999_999_999));
        assert_eq!(parse_decimal("1.", 3, 1), Ok(10));
        assert_eq!(parse_decimal("0.99", 10, 2), Ok(99));
        assert_eq!(parse_decimal("-1.5e2", 10, 2), Ok(-15_000));
        assert_eq!(parse_decimal("1.100", 4, 2), Ok(110));
        assert_eq!(parse_decimal("1.001", 10, 2), Err(TOO_MANY_DECIMALS));
        assert_eq!(parse_decimal("0.001", 10, 2), Err(TOO_MANY_DECIMALS));
        assert_eq!(parse_decimal("100", 4, 2), Err(TOO_LARGE));
        assert_eq!(parse_decimal("1e400", 38, 0), Err(TOO_LARGE));
        assert_eq!(parse_decimal("0e400", 38, 0), Ok(0));
        for text in ["", ".", "-", "1,5", "abc", "1e", "NaN", "0x1"] {
            assert_eq!(parse_decimal(text, 38, 9), Err(NOT_A_NUMBER), "{text}");
        }
        for (value, scale) in [(0, 2), (5, 2), (-5, 2), (12345, 2), (7, 0), (99, -2)] {
            let text = decimal_text(value, scale);
            assert_eq!(parse_decimal(&text, 38, scale), Ok(value), "{text}");
        }
    }

    #[test]
    fn decimals_and_the_floats_that_databases_keep_for_them_are_the_same_number() {
        for value in [0i128, 1, -1, 7, 99, -2_673_403, 999_999_999_999_999, 123_456_789_012_345, 3, 70, 1_005] {
            for scale in 0..=15 {
                let x = float_of_decimal(value, scale).unwrap();
                assert_eq!(x.to_string().parse::<f64>().unwrap(), x);
                assert_eq!(parse_decimal(&x.to_string(), 38, scale), Ok(value), "{value} at {scale}");
                assert_eq!(decimal_of_float(x, 38, scale), Some(value), "{value} at {scale}");
            }
        }
        assert_eq!(float_of_decimal(1_000_000_000_000_000, 0), None);
        for (value, scale) in [(0.1 + 0.2, 2), (1e300, 0), (f64::NAN, 2), (f64::INFINITY, 2), (0.125, 2)] {
            assert_eq!(decimal_of_float(value, 38, scale), None, "{value}");
        }
        assert_eq!(decimal_of_float(100.0, 4, 2), None, "five digits");
    }

    #[test]
    fn every_day_of_the_calendar_reads_back() {
        for days in (-1_500_000..1_500_000).step_by(37).chain([-719_528, -1, 0, 1, 11_016]) {
            assert_eq!(parse_date(&date_text(days)), Ok(days as i32));
            assert!(date_digits(days).is_none_or(|d| d == date_text(days).as_bytes()));
        }
        for text in ["2021-02-29", "2020-13-01", "2020-00-10", "0000-00-00", "2020-1-1", "20200101", "99999-01-01"] {
            assert_eq!(parse_date(text), Err(NOT_A_DATE), "{text}");
        }
    }

    #[test]
    fn timestamps_keep_their_fraction_and_their_zone() {
        let micros = |text: &str, zoned| parse_timestamp(text).and_then(|r| r.timestamp(Fraction::Micros, zoned));
        assert_eq!(micros("1970-01-01 00:00:01.5", false), Ok(1_500_000));
        assert_eq!(micros("1970-01-01T01:00+01:00", true), Ok(0));
        assert_eq!(micros("1969-12-31T23:59:59Z", true), Ok(-1_000_000));
        assert_eq!(micros("1970-01-01 00:00", true), Err(HAS_NO_ZONE));
        assert_eq!(micros("1970-01-01 00:00Z", false), Err(HAS_A_ZONE));
        assert_eq!(micros("1970-01-01 00:00:00.0000001", false), Err(TOO_FINE));
        assert_eq!(micros("1970-01-01 24:00:00", false), Err(NOT_A_TIMESTAMP));
        for value in [0, -1, 1_262_304_000_123_456, -70_000_000_000_000_000, 250_000_000_000_000_000] {
            for zoned in [false, true] {
                let text = timestamp_text(value, Fraction::Micros, zoned);
                assert_eq!(micros(&text, zoned), Ok(value), "{text}");
            }
        }
        assert_eq!(timestamp_text(1, Fraction::Nanos, false), "1970-01-01 00:00:00.000000001");
        assert_eq!(parse_time("23:59:59.9", Fraction::Micros), Ok(86_399_900_000));
    }
}
