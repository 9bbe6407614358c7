//! PostgreSQL's `numeric` on the wire, without ever becoming a float.
//!
//! On the wire it is a sequence of digits to base 10,000 with the weight of the first, a sign, and the number of
//! decimal digits to show (`numeric_send` and `numeric_recv` of the server).

const POSITIVE: u16 = 0x0000;
const NEGATIVE: u16 = 0x4000;
const NAN: u16 = 0xC000;
const INFINITY: u16 = 0xD000;
const NEGATIVE_INFINITY: u16 = 0xF000;

/// Digits that the server keeps before and after the point.
const MAX_WHOLE: usize = 131_072;
const MAX_FRACTION: usize = 16_383;

/// Why a numeric is not a number of this Arrow type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotDecimal {
    NotANumber,
    Infinite,
    /// More digits than the column's type allows.
    TooLong,
    Malformed,
}

impl NotDecimal {
    pub(super) fn reason(self) -> &'static str {
        match self {
            NotDecimal::NotANumber => "NaN is not a decimal number",
            NotDecimal::Infinite => "infinity is not a decimal number",
            NotDecimal::TooLong => "the number has more digits than its column's type",
            NotDecimal::Malformed => "the number is malformed",
        }
    }
}

struct Header {
    digits: usize,
    weight: i32,
    sign: u16,
    scale: usize,
}

fn header(wire: &[u8]) -> Option<Header> {
    let word = |i: usize| wire.get(i..i + 2).map(|b| u16::from_be_bytes([b[0], b[1]]));
    let header = Header {
        digits: usize::from(word(0)?),
        weight: i32::from(word(2)? as i16),
        sign: word(4)?,
        scale: usize::from(word(6)? & 0x3fff),
    };
    (wire.len() == 8 + 2 * header.digits).then_some(header)
}

/// The value times ten to the power of `scale`, exactly.
pub(super) fn decode(wire: &[u8], precision: u8, scale: u8) -> Result<i128, NotDecimal> {
    let header = header(wire).ok_or(NotDecimal::Malformed)?;
    let negative = match header.sign {
        POSITIVE => false,
        NEGATIVE => true,
        NAN => return Err(NotDecimal::NotANumber),
        INFINITY | NEGATIVE_INFINITY => return Err(NotDecimal::Infinite),
        _ => return Err(NotDecimal::Malformed),
    };
    if let Some(value) = decode_short(&wire[8..], header.weight, precision, scale) {
        return Ok(if negative { -value } else { value });
    }
    let mut value: i128 = 0;
    for (i, digit) in wire[8..].chunks_exact(2).enumerate() {
        let digit = i128::from(u16::from_be_bytes([digit[0], digit[1]]));
        if digit == 0 {
            continue;
        }
        let exponent = 4 * (header.weight - i as i32) + i32::from(scale);
        let part = if exponent >= 0 {
            let power = 10i128.checked_pow(exponent as u32).ok_or(NotDecimal::TooLong)?;
            digit.checked_mul(power).ok_or(NotDecimal::TooLong)?
        } else {
            let power = 10i128.checked_pow(exponent.unsigned_abs()).ok_or(NotDecimal::TooLong)?;
            if digit % power != 0 {
                return Err(NotDecimal::TooLong);
            }
            digit / power
        };
        value = value.checked_add(part).ok_or(NotDecimal::TooLong)?;
    }
    if 10i128.checked_pow(u32::from(precision)).is_some_and(|limit| value >= limit) {
        return Err(NotDecimal::TooLong);
    }
    Ok(if negative { -value } else { value })
}

/// Powers of ten that 64 bits hold.
const POWERS: [u64; 20] = {
    let mut powers = [1; 20];
    let mut i = 1;
    while i < 20 {
        powers[i] = powers[i - 1] * 10;
        i += 1;
    }
    powers
};

/// The common case, in 64 bits: at most 16 digits. `None` leaves it to the general way.
fn decode_short(groups: &[u8], weight: i32, precision: u8, scale: u8) -> Option<i128> {
    if groups.len() > 8 {
        return None;
    }
    let value = groups.chunks_exact(2).fold(0u64, |n, g| n * 10_000 + u64::from(u16::from_be_bytes([g[0], g[1]])));
    if value == 0 {
        return Some(0);
    }
    // The place of the last group's last digit.
    let exponent = 4 * (weight - (groups.len() as i32 / 2 - 1)) + i32::from(scale);
    let value = if exponent >= 0 {
        value.checked_mul(*POWERS.get(exponent as usize)?)?
    } else {
        let power = POWERS.get(exponent.unsigned_abs() as usize)?;
        (value % power == 0).then_some(value / power)?
    };
    // With 20 digits or more any 64 bits fit.
    POWERS.get(usize::from(precision)).is_none_or(|limit| value < *limit).then_some(i128::from(value))
}

/// Appends the wire form of `value / 10^scale`, without its length: what `Digits` gives, without its detour by text.
pub(super) fn encode_decimal(value: i128, scale: u8, out: &mut Vec<u8>) {
    let magnitude = u64::try_from(value.unsigned_abs()).ok();
    // Fractional digits come in groups of four.
    let padding = usize::from((4 - scale % 4) % 4);
    let Some(mut rest) = magnitude.and_then(|m| m.checked_mul(POWERS[padding])) else {
        return Digits::from_decimal(value, scale).encode(out);
    };
    // The last group first; 64 bits have at most five.
    let mut groups = [0u16; 5];
    let mut count = 0;
    while rest > 0 {
        groups[count] = (rest % 10_000) as u16;
        rest /= 10_000;
        count += 1;
    }
    let groups = &groups[..count];
    let weight = count as i32 - 1 - i32::from(scale.div_ceil(4));
    let trailing = groups.iter().take_while(|g| **g == 0).count();
    let groups = &groups[trailing..];
    let sign = if value < 0 { NEGATIVE } else { POSITIVE };
    let weight = if groups.is_empty() { 0 } else { weight as i16 as u16 };
    for word in [groups.len() as u16, weight, sign, u16::from(scale)] {
        out.extend_from_slice(&word.to_be_bytes());
    }
    for group in groups.iter().rev() {
        out.extend_from_slice(&group.to_be_bytes());
    }
}

/// The value as the server prints it; for reject files.
pub(super) fn print(wire: &[u8]) -> Option<String> {
    let header = header(wire)?;
    let sign = match header.sign {
        POSITIVE => "",
        NEGATIVE => "-",
        NAN => return Some("NaN".into()),
        INFINITY => return Some("Infinity".into()),
        NEGATIVE_INFINITY => return Some("-Infinity".into()),
        _ => return None,
    };
    let digit = |place: i32| {
        let i = header.weight - place;
        if (0..header.digits as i32).contains(&i) {
            let at = 8 + 2 * i as usize;
            u16::from_be_bytes([wire[at], wire[at + 1]])
        } else {
            0
        }
    };
    let mut text = String::from(sign);
    let mut whole = String::new();
    for place in (0..=header.weight.max(0)).rev() {
        whole += &format!("{:04}", digit(place));
    }
    let whole = whole.trim_start_matches('0');
    text += if whole.is_empty() { "0" } else { whole };
    if header.scale > 0 {
        let mut fraction = String::new();
        for place in 1..=header.scale.div_ceil(4) as i32 {
            fraction += &format!("{:04}", digit(-place));
        }
        text += ".";
        text += &fraction[..header.scale];
    }
    Some(text)
}

/// A number taken apart: decimal digits (as ASCII) before and after the point.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Digits {
    negative: bool,
    whole: Vec<u8>,
    fraction: Vec<u8>,
}

/// What a numeric column can hold, from text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Parsed {
    Finite(Digits),
    NotANumber,
    Infinite { negative: bool },
}

impl Digits {
    pub(super) fn from_decimal(value: i128, scale: u8) -> Digits {
        let text = value.unsigned_abs().to_string().into_bytes();
        let scale = usize::from(scale);
        let (whole, fraction) = if text.len() > scale {
            let (whole, fraction) = text.split_at(text.len() - scale);
            (whole.to_vec(), fraction.to_vec())
        } else {
            let mut fraction = vec![b'0'; scale - text.len()];
            fraction.extend_from_slice(&text);
            (Vec::new(), fraction)
        };
        Digits { negative: value < 0, whole, fraction }
    }

    /// Fractional digits that are not trailing zeros.
    pub(super) fn significant_scale(&self) -> usize {
        self.fraction.iter().rposition(|d| *d != b'0').map_or(0, |i| i + 1)
    }

    /// Zeros before the point, from the point on; all of them for zero itself.
    pub(super) fn trailing_zeros(&self) -> usize {
        match self.whole.iter().rposition(|d| *d != b'0') {
            Some(last) => self.whole.len() - 1 - last,
            None => usize::MAX,
        }
    }

    /// `-12.340`.
    pub(super) fn print(&self) -> String {
        let digits = |d: &[u8]| String::from_utf8_lossy(d).into_owned();
        let mut text = String::from(if self.negative { "-" } else { "" });
        text += &if self.whole.is_empty() { "0".into() } else { digits(&self.whole) };
        if !self.fraction.is_empty() {
            text += ".";
            text += &digits(&self.fraction);
        }
        text
    }

    /// Appends the wire form, without its length.
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        let significant = self.whole.iter().position(|d| *d != b'0').unwrap_or(self.whole.len());
        let whole = &self.whole[significant..];
        let mut groups: Vec<u16> = Vec::with_capacity(whole.len() / 4 + self.fraction.len() / 4 + 2);
        let first = whole.len() % 4;
        let group = |digits: &[u8]| digits.iter().fold(0u16, |n, d| n * 10 + u16::from(d - b'0'));
        if first > 0 {
            groups.push(group(&whole[..first]));
        }
        groups.extend(whole[first..].chunks(4).map(group));
        let mut weight = groups.len() as i32 - 1;
        groups.extend(self.fraction.chunks(4).map(|c| group(c) * 10u16.pow(4 - c.len() as u32)));
        let leading = groups.iter().take_while(|g| **g == 0).count();
        let trailing = groups.iter().rev().take_while(|g| **g == 0).count();
        let is_zero = leading == groups.len();
        let groups = if is_zero { &[][..] } else { &groups[leading..groups.len() - trailing] };
        weight = if is_zero { 0 } else { weight - leading as i32 };
        let sign = if self.negative && !is_zero { NEGATIVE } else { POSITIVE };
        let words = [groups.len() as u16, weight as i16 as u16, sign, self.fraction.len() as u16];
        for word in words.iter().chain(groups) {
            out.extend_from_slice(&word.to_be_bytes());
        }
    }
}

impl Parsed {
    /// Reads what PostgreSQL reads as a numeric; `None` for anything else, or for more digits than it keeps.
    pub(super) fn parse(text: &str) -> Option<Parsed> {
        let text = text.trim();
        let (negative, rest) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        match rest.to_ascii_lowercase().as_str() {
            "nan" if rest.len() == text.len() => return Some(Parsed::NotANumber),
            "inf" | "infinity" => return Some(Parsed::Infinite { negative }),
            _ => {}
        }
        let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (rest, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let is_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if !is_digits(whole) || !is_digits(fraction) || whole.len() + fraction.len() == 0 {
            return None;
        }
        let mut whole = whole.as_bytes().to_vec();
        let mut fraction = fraction.as_bytes().to_vec();
        let shift = exponent.unsigned_abs() as usize;
        if shift > MAX_WHOLE {
            return None;
        }
        if exponent > 0 {
            let moved = shift.min(fraction.len());
            whole.extend(fraction.drain(..moved));
            whole.resize(whole.len() + shift - moved, b'0');
        } else if shift > 0 {
            let mut padded = vec![b'0'; shift.saturating_sub(whole.len())];
            let split = whole.len().saturating_sub(shift);
            padded.extend(whole.drain(split..));
            padded.append(&mut fraction);
            fraction = padded;
        }
        let zeros = whole.iter().take_while(|d| **d == b'0').count();
        whole.drain(..zeros);
        if whole.len() > MAX_WHOLE || fraction.len() > MAX_FRACTION {
            return None;
        }
        Some(Parsed::Finite(Digits { negative, whole, fraction }))
    }

    /// Appends the wire form, without its length.
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        let sign = match self {
            Parsed::Finite(digits) => return digits.encode(out),
            Parsed::NotANumber => NAN,
            Parsed::Infinite { negative: false } => INFINITY,
            Parsed::Infinite { negative: true } => NEGATIVE_INFINITY,
        };
        for word in [0, 0, sign, 0] {
            out.extend_from_slice(&word.to_be_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(text: &str) -> String {
        let mut wire = Vec::new();
        Parsed::parse(text).unwrap().encode(&mut wire);
        print(&wire).unwrap()
    }

    #[test]
    fn every_digit_crosses_the_wire() {
        for text in [
            "0",
            "0.00",
            "1",
            "-1",
            "10000",
            "0.0001",
            "-0.00010",
            "12345678901234567890.123456789",
            "1000000000000",
            "99999999.99999999",
            "NaN",
            "Infinity",
            "-Infinity",
            "100000000.000000001",
        ] {
            assert_eq!(printed(text), text);
        }
        assert_eq!(printed("1.5e-3"), "0.0015");
        assert_eq!(printed("1.5E+3"), "1500");
        assert_eq!(printed("-12e-1"), "-1.2");
        assert_eq!(printed("+.5"), "0.5");
    }

    #[test]
    fn decimals_of_38_digits_cross_the_wire() {
        let largest = 10i128.pow(38) - 1;
        for value in [0, 1, -1, 10_000, -120_000, 9_999, largest, -largest, 1_234_567_890_123, u64::MAX.into()] {
            for scale in [0, 1, 2, 4, 5, 10, 37, 38] {
                let mut wire = Vec::new();
                Digits::from_decimal(value, scale).encode(&mut wire);
                assert_eq!(decode(&wire, 38, scale), Ok(value), "{value} at scale {scale}");
                let mut short = Vec::new();
                encode_decimal(value, scale, &mut short);
                assert_eq!(short, wire, "{value} at scale {scale}");
            }
        }
    }

    #[test]
    fn what_is_no_decimal_says_why() {
        let wire = |text| {
            let mut wire = Vec::new();
            Parsed::parse(text).unwrap().encode(&mut wire);
            wire
        };
        assert_eq!(decode(&wire("NaN"), 10, 2), Err(NotDecimal::NotANumber));
        assert_eq!(decode(&wire("-Infinity"), 10, 2), Err(NotDecimal::Infinite));
        assert_eq!(decode(&wire("0.001"), 10, 2), Err(NotDecimal::TooLong));
        assert_eq!(decode(&wire("100000000.00"), 10, 2), Err(NotDecimal::TooLong));
        assert_eq!(decode(&[1, 2], 10, 2), Err(NotDecimal::Malformed));
        for text in ["", "-", ".", "1e", "abc", "1.2.3", "0x10", "1e999999999", "--1", "-NaN"] {
            assert_eq!(Parsed::parse(text), None, "{text}");
        }
    }
}
