//! Evidence from types: the same table as the plan's verdicts, read as likelihood.

use rowferry_core::types::{LogicalType, Verdict, verdict};

/// 0 to 1: how well the types fit; `None` when one of them says nothing.
pub(super) fn compatibility(from: &LogicalType, to: &LogicalType) -> Option<f64> {
    if says_nothing(from) || says_nothing(to) {
        return None;
    }
    let (there, back) = (verdict(from, to), verdict(to, from));
    if there == Verdict::Exact {
        return Some(1.0);
    }
    if kind(from) == kind(to) {
        return Some(match there {
            Verdict::Exact | Verdict::Widening => 0.9,
            Verdict::Narrowing { .. } => 0.8,
            Verdict::Lossy { .. } | Verdict::Impossible { .. } => 0.7,
        });
    }
    Some(match (&there, &back) {
        (Verdict::Impossible { .. }, _) => 0.0,
        (_, Verdict::Impossible { .. }) => 0.2,
        // Text takes and gives everything: it says little.
        _ if kind(from) == Kind::Text || kind(to) == Kind::Text => 0.35,
        _ => 0.5,
    })
}

fn says_nothing(logical: &LogicalType) -> bool {
    matches!(logical, LogicalType::Dynamic | LogicalType::Other { .. })
}

#[derive(PartialEq)]
enum Kind {
    Boolean,
    Number,
    Text,
    Binary,
    Date,
    Time,
    Interval,
    Uuid,
    Json,
}

fn kind(logical: &LogicalType) -> Kind {
    match logical {
        LogicalType::Boolean => Kind::Boolean,
        LogicalType::Integer { .. } | LogicalType::Decimal { .. } | LogicalType::Float { .. } => Kind::Number,
        LogicalType::Binary { .. } => Kind::Binary,
        LogicalType::Date | LogicalType::Timestamp { .. } => Kind::Date,
        LogicalType::Time { .. } => Kind::Time,
        LogicalType::Interval => Kind::Interval,
        LogicalType::Uuid => Kind::Uuid,
        LogicalType::Json => Kind::Json,
        LogicalType::Text { .. }
        | LogicalType::Enumeration { .. }
        | LogicalType::Dynamic
        | LogicalType::Other { .. } => Kind::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearer_types_fit_better() {
        let of = |a: &LogicalType, b: &LogicalType| compatibility(a, b).unwrap();
        let varchar = LogicalType::Text { max: Some(40), fixed: false };
        assert_eq!(of(&LogicalType::INT32, &LogicalType::INT32), 1.0);
        assert!(of(&LogicalType::INT32, &LogicalType::INT64) > of(&LogicalType::INT32, &LogicalType::TEXT));
        assert!(of(&varchar, &LogicalType::TEXT) > of(&varchar, &LogicalType::Date));
        assert!(of(&LogicalType::Boolean, &LogicalType::Date) < 0.1);
        assert_eq!(compatibility(&LogicalType::Dynamic, &LogicalType::Date), None);
    }
}
