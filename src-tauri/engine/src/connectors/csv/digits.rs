//! Numbers, dates and times as the bytes of their text, without allocating.
//!
//! The same texts as those of `connectors/text.rs`, which is the oracle in the tests.

use crate::connectors::text;

/// Why a value cannot be written.
pub(super) type Refusal = &'static str;

const FAR_YEAR: Refusal = "lies in a year of more than six digits";

pub(super) const NANOS_PER_DAY: i64 = 86_400_000_000_000;

/// All numbers of two digits.
const PAIRS: [u8; 200] = {
    let mut pairs = [0; 200];
    let mut i = 0;
    while i < 100 {
        pairs[2 * i] = b'0' + (i / 10) as u8;
        pairs[2 * i + 1] = b'0' + (i % 10) as u8;
        i += 1;
    }
    pairs
};

fn pair(n: u64) -> [u8; 2] {
    let at = (n % 100) as usize * 2;
    [PAIRS[at], PAIRS[at + 1]]
}

pub(super) fn unsigned(mut n: u64, out: &mut Vec<u8>) {
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    while n >= 100 {
        at -= 2;
        digits[at..at + 2].copy_from_slice(&pair(n));
        n /= 100;
    }
    if n >= 10 {
        at -= 2;
        digits[at..at + 2].copy_from_slice(&pair(n));
    } else {
        at -= 1;
        digits[at] = b'0' + n as u8;
    }
    out.extend_from_slice(&digits[at..]);
}

pub(super) fn signed(n: i64, out: &mut Vec<u8>) {
    if n < 0 {
        out.push(b'-');
    }
    unsigned(n.unsigned_abs(), out);
}

/// With all digits of its scale.
pub(super) fn decimal(value: i128, scale: usize, out: &mut Vec<u8>) {
    if value < 0 {
        out.push(b'-');
    }
    let absolute = value.unsigned_abs();
    let mut digits = [b'0'; 40];
    let mut at = digits.len();
    let mut wide = absolute;
    // Numbers of 128 bits are divided as seldom as possible.
    while wide > u128::from(u64::MAX) {
        let mut low = (wide % 10_000_000_000_000_000_000) as u64;
        wide /= 10_000_000_000_000_000_000;
        for place in (at - 19..at).rev() {
            digits[place] = b'0' + (low % 10) as u8;
            low /= 10;
        }
        at -= 19;
    }
    let mut n = wide as u64;
    while n >= 100 {
        at -= 2;
        digits[at..at + 2].copy_from_slice(&pair(n));
        n /= 100;
    }
    while n > 0 {
        at -= 1;
        digits[at] = b'0' + (n % 10) as u8;
        n /= 10;
    }
    // At least one digit before the point; what is left of the array is zeros.
    let point = digits.len() - scale;
    let start = at.min(point - 1);
    out.extend_from_slice(&digits[start..point]);
    if scale > 0 {
        out.push(b'.');
        out.extend_from_slice(&digits[point..]);
    }
}

pub(super) fn float32(x: f32, out: &mut Vec<u8>) {
    if x.is_finite() { shown(x, out) } else { out.extend_from_slice(not_finite(x.into())) }
}

pub(super) fn float64(x: f64, out: &mut Vec<u8>) {
    if x.is_finite() { shown(x, out) } else { out.extend_from_slice(not_finite(x)) }
}

/// The shortest text that reads back as the same number.
fn shown(x: impl std::fmt::Debug, out: &mut Vec<u8>) {
    use std::io::Write as _;
    // A vector takes whatever is written to it.
    let _ = write!(out, "{x:?}");
}

fn not_finite(x: f64) -> &'static [u8] {
    if x.is_nan() {
        b"NaN"
    } else if x > 0.0 {
        b"Infinity"
    } else {
        b"-Infinity"
    }
}

pub(super) fn date(days: i64, out: &mut Vec<u8>) -> Result<(), Refusal> {
    let (year, month, day) = text::civil_from_days(days);
    match year {
        0..=9999 => {
            out.extend_from_slice(&pair((year / 100) as u64));
            out.extend_from_slice(&pair((year % 100) as u64));
        }
        -999_999..=999_999 => {
            out.push(if year < 0 { b'-' } else { b'+' });
            let digits = year.unsigned_abs();
            (digits < 1_000).then(|| out.push(b'0'));
            (digits < 100).then(|| out.push(b'0'));
            (digits < 10).then(|| out.push(b'0'));
            unsigned(digits, out);
        }
        _ => return Err(FAR_YEAR),
    }
    out.push(b'-');
    out.extend_from_slice(&pair(month as u64));
    out.push(b'-');
    out.extend_from_slice(&pair(day as u64));
    Ok(())
}

/// With the fractional digits that are not zero.
pub(super) fn time(nanos_of_day: i64, out: &mut Vec<u8>) {
    let (seconds, mut nanos) = ((nanos_of_day / 1_000_000_000) as u64, (nanos_of_day % 1_000_000_000) as u64);
    out.extend_from_slice(&pair(seconds / 3_600));
    out.push(b':');
    out.extend_from_slice(&pair(seconds / 60 % 60));
    out.push(b':');
    out.extend_from_slice(&pair(seconds % 60));
    if nanos != 0 {
        let mut digits = [b'0'; 9];
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + (nanos % 10) as u8;
            nanos /= 10;
        }
        let end = digits.iter().rposition(|d| *d != b'0').map_or(0, |i| i + 1);
        out.push(b'.');
        out.extend_from_slice(&digits[..end]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_dates_are_written_as_elsewhere() {
        let written = |write: &dyn Fn(&mut Vec<u8>)| {
            let mut out = Vec::new();
            write(&mut out);
            String::from_utf8(out).unwrap()
        };
        for n in [0, 1, 9, 10, 99, 100, 101, 12_345, -7, i64::MAX, i64::MIN] {
            assert_eq!(written(&|out| signed(n, out)), n.to_string());
        }
        let wide = 10i128.pow(38) - 1;
        for n in [0, 5, -5, 12_345, i128::from(u64::MAX), i128::from(u64::MAX) + 1, 10i128.pow(19), -wide, wide] {
            for scale in [0, 1, 2, 19, 38] {
                assert_eq!(written(&|out| decimal(n, scale, out)), text::decimal_text(n, scale as i8), "{n} {scale}");
            }
        }
        for days in (-1_500_000..4_000_000).step_by(3_701).chain([-719_528, -719_529, 0, -1]) {
            assert_eq!(written(&|out| date(days, out).unwrap()), text::date_text(days));
        }
        for nanos in [0, 1, 1_000, 120_000_000, NANOS_PER_DAY - 1] {
            assert_eq!(written(&|out| time(nanos, out)), text::time_text(nanos));
        }
        assert_eq!(date(i64::from(i32::MAX), &mut Vec::new()), Err(FAR_YEAR));
    }
}
