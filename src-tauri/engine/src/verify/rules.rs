//! Why two values may differ although nothing went wrong: what a conversion may change, and what a database does to
//! values by itself. A rule explains a difference; it never hides one.

use crate::plan::Step;
use crate::types::{LogicalType, Verdict};

/// The rule by which these two values of a target's column may differ, if there is one.
pub(super) fn explaining(step: &Step, column: &str, expected: Option<&str>, actual: Option<&str>) -> Option<String> {
    let (Some(expected), Some(actual)) = (expected, actual) else {
        let empty = expected.or(actual) == Some("");
        return empty.then(|| "an empty text and NULL are one to some databases".into());
    };
    let by_itself = by_itself(&step.target.column(column)?.logical, expected, actual);
    by_itself.map(String::from).or_else(|| {
        let of_step = step.columns.iter().find(|c| c.to == column)?;
        match &of_step.verdict {
            Verdict::Lossy { why } if of_step.approved => Some(format!("approved conversion: {why}")),
            Verdict::Lossy { why } => Some(format!("conversion: {why}")),
            _ => None,
        }
    })
}

/// What a database does to a value of this type by itself.
fn by_itself(logical: &LogicalType, expected: &str, actual: &str) -> Option<&'static str> {
    match logical {
        LogicalType::Text { .. } | LogicalType::Enumeration { .. } => {
            if expected.trim_end_matches(' ') == actual.trim_end_matches(' ') {
                Some("only spaces at the end differ")
            } else if actual.len() < expected.len() && expected.starts_with(actual) {
                Some("cut to its beginning")
            } else if expected.to_lowercase() == actual.to_lowercase() {
                Some("only letter case differs")
            } else {
                None
            }
        }
        LogicalType::Float { .. } => {
            let (e, a) = (expected.parse::<f64>().ok()?, actual.parse::<f64>().ok()?);
            if e == a {
                Some("only the sign of zero differs")
            } else if e.is_nan() && a.is_nan() {
                Some("both are no numbers, with other bits")
            } else if e as f32 == a as f32 {
                Some("equal when rounded to 32 bits")
            } else {
                None
            }
        }
        LogicalType::Timestamp { .. } | LogicalType::Time { .. } => {
            let whole = |text: &str| text.split('.').next().unwrap_or_default().to_string();
            (whole(expected) == whole(actual)).then_some("only fractions of the second differ")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_databases_do_by_themselves_is_named() {
        let text = LogicalType::TEXT;
        assert_eq!(by_itself(&text, "a  ", "a"), Some("only spaces at the end differ"));
        assert_eq!(by_itself(&text, "abc", "ab"), Some("cut to its beginning"));
        assert_eq!(by_itself(&text, "Abc", "abc"), Some("only letter case differs"));
        assert_eq!(by_itself(&text, "abc", "abd"), None);
        let float = LogicalType::Float { bits: 64 };
        assert_eq!(by_itself(&float, "0.1", "0.10000000149011612"), Some("equal when rounded to 32 bits"));
        assert_eq!(by_itself(&float, "0.1", "0.2"), None);
    }
}
