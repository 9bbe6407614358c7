//! Values as PostgreSQL writes them: for COPY's text format and for reject files.
//!
//! Dates are the proleptic Gregorian calendar over the server's whole range, far beyond what date libraries hold.

/// Days from 1970-01-01 to 2000-01-01, where the server's count begins.
pub(super) const EPOCH_DAYS: i64 = 10_957;
pub(super) const MICROS_A_DAY: i64 = 86_400_000_000;
pub(super) const EPOCH_MICROS: i64 = EPOCH_DAYS * MICROS_A_DAY;

/// `2024-02-29`, with ` BC` behind years before the first.
pub(super) fn date(days_since_1970: i64) -> String {
    let (text, bc) = civil(days_since_1970);
    format!("{text}{bc}")
}

/// `23:59:59.000001`.
pub(super) fn time(micros: i64) -> String {
    let (seconds, fraction) = (micros / 1_000_000, micros % 1_000_000);
    let mut text = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if fraction != 0 {
        let digits = format!("{fraction:06}");
        text += ".";
        text += digits.trim_end_matches('0');
    }
    text
}

/// `2024-02-29 23:59:59.5`, with `+00` when it is an instant.
pub(super) fn timestamp(micros_since_1970: i64, zoned: bool) -> String {
    let (day, bc) = civil(micros_since_1970.div_euclid(MICROS_A_DAY));
    let time = time(micros_since_1970.rem_euclid(MICROS_A_DAY));
    format!("{day} {time}{}{bc}", if zoned { "+00" } else { "" })
}

/// The same from the server's own count, which begins later and so reaches further.
pub(super) fn timestamp_since_2000(micros: i64, zoned: bool) -> String {
    let (day, bc) = civil(micros.div_euclid(MICROS_A_DAY) + EPOCH_DAYS);
    let time = time(micros.rem_euclid(MICROS_A_DAY));
    format!("{day} {time}{}{bc}", if zoned { "+00" } else { "" })
}

/// A text that reads back as the same float.
pub(super) fn float(value: f64) -> String {
    special(value).map_or_else(|| format!("{value:e}"), String::from)
}

/// A text that reads back as the same float of 32 bits.
pub(super) fn float32(value: f32) -> String {
    special(value.into()).map_or_else(|| format!("{value:e}"), String::from)
}

fn special(value: f64) -> Option<&'static str> {
    match value {
        f64::INFINITY => Some("Infinity"),
        f64::NEG_INFINITY => Some("-Infinity"),
        _ if value.is_nan() => Some("NaN"),
        _ => None,
    }
}

/// `\xdeadbeef`.
pub(super) fn bytes(value: &[u8]) -> String {
    use std::fmt::Write;
    value.iter().fold(String::from("\\x"), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn civil(days: i64) -> (String, &'static str) {
    // Days to a date, after Howard Hinnant's civil_from_days.
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (year, bc) = if year <= 0 { (1 - year, " BC") } else { (year, "") };
    (format!("{year:04}-{month:02}-{day:02}"), bc)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_calendar_reaches_as_far_as_the_servers() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(EPOCH_DAYS), "2000-01-01");
        assert_eq!(date(EPOCH_DAYS - 2_451_545), "4714-11-24 BC");
        assert_eq!(date(EPOCH_DAYS + 2_145_031_948), "5874897-12-31");
        assert_eq!(date(-719_528), "0001-01-01 BC");
    }

    #[test]
    fn times_keep_their_fraction() {
        assert_eq!(time(0), "00:00:00");
        assert_eq!(time(MICROS_A_DAY - 1), "23:59:59.999999");
        assert_eq!(timestamp(-1, false), "1969-12-31 23:59:59.999999");
        assert_eq!(timestamp(1_500_000, true), "1970-01-01 00:00:01.5+00");
    }

    #[test]
    fn floats_and_bytes_have_a_form_that_reads_back() {
        assert_eq!(float(f64::MIN_POSITIVE).parse::<f64>(), Ok(f64::MIN_POSITIVE));
        assert_eq!(float32(-0.0), "-0e0");
        assert_eq!(float32(f32::NEG_INFINITY), "-Infinity");
        assert_eq!(bytes(&[0, 0xde]), "\\x00de");
    }
}
