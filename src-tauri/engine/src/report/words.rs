//! Numbers, sizes and times as the report writes them.

use super::Outcome;
use crate::connectors::SequenceProof;
use crate::model::VerifyLevel;
use crate::run::{ChangeCount, ChangeKind, Reload};
use crate::verify::{DifferenceKind, TableVerification};

/// Stands between thousands; a plain-text report writes a comma instead.
pub const NARROW_SPACE: char = '\u{202f}';

/// 1234567 → "1 234 567", with narrow spaces that do not break.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 2);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(NARROW_SPACE);
        }
        text.push(digit);
    }
    text
}

/// How it is known what number a sequence gives next.
pub fn proof(proof: &SequenceProof) -> String {
    match proof {
        SequenceProof::Inserted => "a test insert got it, and was rolled back".into(),
        SequenceProof::Drawn => "it was taken, is free, and was given back".into(),
        SequenceProof::LookedUp => "as the database says, without a test insert".into(),
        SequenceProof::Failed { reason } => format!("the next insert fails: {reason}"),
    }
}

/// "1 row", "2 rows".
pub fn counted(number: u64, one: &str) -> String {
    format!("{} {one}{}", grouped(number), if number == 1 { "" } else { "s" })
}

/// Powers of 1000, three digits: 1536 → "1.54 kB".
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["B", "kB", "MB", "GB", "TB", "PB"];
    let (mut scaled, mut unit) = (bytes as f64, 0);
    while scaled >= 999.5 && unit < UNITS.len() - 1 {
        scaled /= 1000.0;
        unit += 1;
    }
    let digits = match scaled {
        _ if unit == 0 => 0,
        s if s >= 100.0 => 0,
        s if s >= 10.0 => 1,
        _ => 2,
    };
    format!("{scaled:.digits$} {}", UNITS[unit])
}

/// "0.4 s", "12 s", "3 min 05 s", "2 h 10 min".
pub fn duration(seconds: f64) -> String {
    if seconds < 9.95 {
        return format!("{seconds:.1} s");
    }
    let whole = seconds.round() as u64;
    match whole {
        0..60 => format!("{whole} s"),
        60..3600 => format!("{} min {:02} s", whole / 60, whole % 60),
        _ => format!("{} h {:02} min", whole / 3600, whole % 3600 / 60),
    }
}

/// "2026-11-21T05:04:03.123Z" → "2026-11-21 05:04:03 UTC".
pub fn moment(text: &str) -> String {
    match (text.get(..10), text.get(11..19)) {
        (Some(day), Some(time)) if text.ends_with('Z') => format!("{day} {time} UTC"),
        _ => text.to_string(),
    }
}

/// "3 values of day could not be read as its type: what the project says stands in for them".
pub fn change_in_words(change: &ChangeCount) -> String {
    let values = counted(change.values, "value");
    match change.kind {
        ChangeKind::Read => {
            format!("{values} of the source's {} not read as stored, but as the project says", change.column)
        }
        ChangeKind::Misfit => {
            format!("{values} did not fit {}: what the project says stands in for them", change.column)
        }
        ChangeKind::Stripped => format!("{values} of {} without NUL characters that they held", change.column),
    }
}

impl Outcome {
    /// The banner's words; the window uses the same.
    pub fn title(self) -> &'static str {
        match self {
            Outcome::Green => "Complete and verified",
            Outcome::Rejects => "Rows rejected",
            Outcome::Differences => "Differences found",
            Outcome::Unverified => "Not verified",
            Outcome::DryRunClean => "Dry run: clean",
            Outcome::Failed => "Failed",
            Outcome::Cancelled => "Cancelled",
            Outcome::Unfinished => "Unfinished",
            Outcome::RolledBack => "Rolled back",
        }
    }
}

/// How many rows differ, and how many of them are shown; `None` when none were sought or found.
pub(super) fn rows_shown(table: &TableVerification) -> Option<String> {
    let shown = table.differences.len() as u64;
    match table.different_rows {
        Some(rows) if rows > 0 && rows == shown => Some(format!("{} different", counted_are(rows))),
        Some(rows) if rows > 0 => Some(format!("{} different; shown {} of them", counted_are(rows), grouped(shown))),
        None if shown > 0 => Some(format!("more rows are different than the {} that are shown", grouped(shown))),
        _ => None,
    }
}

fn counted_are(rows: u64) -> String {
    format!("{} {}", counted(rows, "row"), if rows == 1 { "is" } else { "are" })
}

pub(super) fn kind_in_words(kind: DifferenceKind) -> &'static str {
    match kind {
        DifferenceKind::Missing => "missing in the target",
        DifferenceKind::Unexpected => "in the target, and not expected",
        DifferenceKind::Changed => "changed",
    }
}

impl VerifyLevel {
    /// What a verification at this level compares.
    pub fn compared(self) -> &'static str {
        match self {
            VerifyLevel::Counts => "row counts",
            VerifyLevel::Aggregates => "row counts and the figures of every column",
            VerifyLevel::Checksums => "row counts, the figures of every column and checksums of every row",
        }
    }

    /// What it leaves open.
    pub fn scope(self) -> &'static str {
        match self {
            VerifyLevel::Counts => {
                "Only rows were counted. Values were not compared, so a changed value would not be seen."
            }
            VerifyLevel::Aggregates => {
                "Every value took part in its column's figures. Values that changed places between rows would not be \
                 seen; a verification with checksums sees them."
            }
            VerifyLevel::Checksums => {
                "Every value of every row took part in a checksum that does not depend on the rows' order."
            }
        }
    }
}

/// What a reload loaded.
pub(super) fn reloaded(reload: &Reload) -> String {
    match &reload.of_run {
        Some(run) => format!("of the rejects of run {run}, corrected in {}", reload.file),
        None => format!("of the reject file {}", reload.file),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567).replace(NARROW_SPACE, ","), "1,234,567");
        assert_eq!(counted(1, "row"), "1 row");
        assert_eq!(counted(0, "row"), "0 rows");
    }

    #[test]
    fn sizes_and_times_are_rounded_for_people() {
        assert_eq!(size(1536), "1.54 kB");
        assert_eq!(size(999_999), "1.00 MB");
        assert_eq!(duration(0.42), "0.4 s");
        assert_eq!(duration(185.0), "3 min 05 s");
        assert_eq!(moment("2026-11-21T05:04:03.123Z"), "2026-11-21 05:04:03 UTC");
    }
}
