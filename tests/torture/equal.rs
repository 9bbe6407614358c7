//! When are two texts of two databases the same value?
//!
//! Written from the types' documentation and not from the engine, whose judgement it checks.

use super::fixture::Kind;
use super::side::Cell;

/// Is it the same value? `source` is of the fixture's kind; the target shows it in its own way.
pub fn same(kind: Kind, source: &Cell, target: &Cell) -> bool {
    let (a, b) = (source.text.as_str(), target.text.as_str());
    if kind != Kind::Dynamic && a == b {
        return true;
    }
    match kind {
        Kind::Boolean => boolean(a).is_some() && boolean(a) == boolean(b),
        Kind::Number => number(a).is_some_and(|x| number(b) == Some(x)),
        Kind::Float32 => float(a, b, |t| t.parse::<f32>().ok().map(|x| (x.to_bits().into(), x.is_nan()))),
        Kind::Float64 => float(a, b, |t| t.parse::<f64>().ok().map(|x| (x.to_bits(), x.is_nan()))),
        Kind::Text | Kind::Verbatim | Kind::Bytes => false,
        Kind::Date => reading(a).is_some_and(|x| x.1 == "00:00:00" && reading(b) == Some(x)),
        Kind::Padded => a.trim_end_matches(' ') == b.trim_end_matches(' '),
        Kind::Time => clock(a) == clock(b),
        Kind::Timestamp => reading(a).is_some() && reading(a) == reading(b),
        Kind::Instant => instant(a).is_some_and(|x| instant(b) == Some(x)),
        Kind::Uuid => uuid(a) == uuid(b),
        // A class of SQLite's is part of the value; another database has but the one of its column.
        Kind::Dynamic => match (source.class, target.class) {
            (Some(x), Some(y)) => x == y && a == b,
            (Some("real"), None) => a.parse::<f64>().ok() == b.parse::<f64>().ok(),
            _ => a == b,
        },
    }
}

fn boolean(text: &str) -> Option<bool> {
    match text {
        "t" | "true" | "1" | "TRUE" => Some(true),
        "f" | "false" | "0" | "FALSE" => Some(false),
        _ => None,
    }
}

fn float(a: &str, b: &str, bits: impl Fn(&str) -> Option<(u64, bool)>) -> bool {
    match (bits(a), bits(b)) {
        (Some((_, true)), Some((_, true))) => true,
        (Some(x), Some(y)) => x == y,
        _ => false,
    }
}

/// Sign, digits without zeros at either end, and the place of the point: equal when the numbers are.
fn number(text: &str) -> Option<(bool, String, i64)> {
    match text.to_ascii_lowercase().as_str() {
        "nan" => return Some((false, "NaN".into(), 0)),
        "infinity" | "inf" => return Some((false, "Infinity".into(), 0)),
        "-infinity" | "-inf" => return Some((true, "Infinity".into(), 0)),
        "t" | "true" => return number("1"),
        "f" | "false" => return number("0"),
        _ => {}
    }
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (text, 0),
    };
    let negative = mantissa.starts_with('-');
    let (whole, fraction) = mantissa
        .trim_start_matches(['-', '+'])
        .split_once('.')
        .unwrap_or((mantissa.trim_start_matches(['-', '+']), ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let significant = digits.trim_start_matches('0').trim_end_matches('0');
    let zeros_behind = (digits.len() - digits.trim_end_matches('0').len()) as i64;
    if significant.is_empty() {
        return Some((false, "0".into(), 0));
    }
    Some((negative, significant.into(), exponent - fraction.len() as i64 + zeros_behind))
}

fn without_zeros(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

fn uuid(text: &str) -> String {
    text.trim_start_matches("\\x").replace('-', "").to_ascii_lowercase()
}

/// Hours, minutes and seconds; seconds that are left out are none.
fn clock(text: &str) -> String {
    if text.len() == 5 { format!("{text}:00") } else { without_zeros(text).to_string() }
}

/// The day, in the calendar that counts through: a year before ours has a minus (ISO 8601) or stands with `BC`.
fn day(text: &str) -> Option<i64> {
    let (text, era) = text.strip_suffix(" BC").map_or((text, false), |text| (text, true));
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    let mut parts = digits.trim_start_matches('+').split('-').map(|p| p.parse::<i64>());
    let (year, month, day) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    if month == 0 || day == 0 || parts.next().is_some() {
        return None;
    }
    Some(days(
        if era {
            1 - year
        } else if negative {
            -year
        } else {
            year
        },
        month,
        day,
    ))
}

/// Day and clock; a day alone begins at midnight.
fn reading(text: &str) -> Option<(i64, String)> {
    let (text, era) = text.strip_suffix(" BC").map_or((text, ""), |text| (text, " BC"));
    let (date, time) = text.split_once([' ', 'T']).unwrap_or((text, "00:00:00"));
    Some((day(&format!("{date}{era}"))?, clock(time)))
}

/// The reading in UTC: minutes since 1970, and the seconds.
fn instant(text: &str) -> Option<(i64, String)> {
    let (text, era) = text.strip_suffix(" BC").map_or((text, ""), |text| (text, " BC"));
    let text = text.trim_end_matches('Z');
    let clock_from = text.find([' ', 'T'])?;
    let zone = text[clock_from..].rfind(['+', '-']).map(|at| clock_from + at);
    let (local, zone) = zone.map_or((text, ""), |at| text.split_at(at));
    let offset = match zone.split_at_checked(1) {
        None => 0,
        Some((sign, rest)) => {
            let (hours, minutes) = rest.split_once(':').unwrap_or((rest, "0"));
            let minutes = hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?;
            if sign == "-" { -minutes } else { minutes }
        }
    };
    let (day, time) = reading(&format!("{local}{era}"))?;
    let part = |range: std::ops::Range<usize>| time.get(range)?.parse::<i64>().ok();
    Some((day * 1440 + part(0..2)? * 60 + part(3..5)? - offset, time.get(6..)?.to_string()))
}

/// Days since 1970-01-01 (Howard Hinnant, `days_from_civil`).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year - era * 400;
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(text: &str) -> Cell {
        Cell { text: text.into(), class: None }
    }

    #[test]
    fn only_the_same_value_is_the_same() {
        for (kind, a, b, expected) in [
            (Kind::Number, "12.50", "12.5", true),
            (Kind::Number, "1e2", "100", true),
            (Kind::Number, "-0.0", "0", true),
            (Kind::Number, "12.50", "12.51", false),
            (Kind::Number, "100", "10", false),
            (Kind::Number, "1", "-1", false),
            (Kind::Number, "9007199254740993", "9007199254740992", false),
            (Kind::Float64, "-0", "0", false),
            (Kind::Float64, "NaN", "NaN", true),
            (Kind::Float64, "0.1", "1e-1", true),
            (Kind::Float32, "0.1", "0.10000000149011612", true),
            (Kind::Text, "a ", "a", false),
            (Kind::Padded, "a ", "a", true),
            (Kind::Time, "10:00:00.500", "10:00:00.5", true),
            (Kind::Date, "0044-03-15 BC", "-0043-03-15", true),
            (Kind::Date, "10000-01-01", "+10000-01-01", true),
            (Kind::Date, "2020-02-28 00:00:00", "2020-02-28", true),
            (Kind::Date, "2020-02-28 10:00:00", "2020-02-28", false),
            (Kind::Date, "0044-03-15 BC", "0044-03-15", false),
            (Kind::Date, "0000-00-00", "0000-01-00", false),
            (Kind::Time, "10:11", "10:11:00", true),
            (Kind::Timestamp, "0044-03-15 12:00:00 BC", "-0043-03-15 12:00:00", true),
            (Kind::Timestamp, "2020-02-29T10:11:12", "2020-02-29 10:11:12.000", true),
            (Kind::Timestamp, "infinity", "9999-12-31 00:00:00", false),
            (Kind::Instant, "2020-02-29 23:30:00-02:00", "2020-03-01 01:30:00+00", true),
            (Kind::Instant, "2020-02-29 23:30:00-02:00", "2020-02-29 23:30:00", false),
        ] {
            assert_eq!(same(kind, &cell(a), &cell(b)), expected, "{kind:?} {a} {b}");
        }
    }
}
