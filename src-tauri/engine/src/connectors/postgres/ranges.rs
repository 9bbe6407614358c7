//! How a table is cut into ranges, as pure functions: what is known of its keys and pages comes from `read`.

use super::Range;
use crate::catalog::{Column, Table};
use crate::types::LogicalType;

/// A column that is a key on its own, holds whole numbers and no NULL.
pub(super) fn integer_key(table: &Table) -> Option<&Column> {
    table
        .keys()
        .filter(|k| k.columns.len() == 1)
        .filter_map(|k| table.column(&k.columns[0]))
        .find(|c| matches!(c.logical, LogicalType::Integer { signed: true, .. }) && !c.nullable)
}

/// The first keys of all ranges but the first.
pub(super) fn equal_cuts(least: i64, width: u128, parts: u64) -> Vec<i64> {
    (1..u128::from(parts)).map(|i| (i128::from(least) + (width * i / u128::from(parts)) as i128) as i64).collect()
}

pub(super) fn key_ranges(column: &str, cuts: &[i64]) -> Vec<Range> {
    let from = std::iter::once(None).chain(cuts.iter().copied().map(Some));
    let to = cuts.iter().copied().map(Some).chain(std::iter::once(None));
    from.zip(to).map(|(from, to)| Range::Key { column: column.into(), from, to }).collect()
}

pub(super) fn page_ranges(pages: u32, parts: u64) -> Vec<Range> {
    let parts = parts.min(u64::from(pages)).max(1);
    let cut = |i: u64| (u64::from(pages) * i / parts) as u32;
    (0..parts).map(|i| Range::Pages { from: cut(i), to: (i + 1 < parts).then(|| cut(i + 1)) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_ranges_meet_and_are_open_at_both_ends() {
        let ranges = key_ranges("id", &equal_cuts(1, 100, 3));
        let bounds: Vec<_> = ranges
            .iter()
            .map(|r| match r {
                Range::Key { from, to, .. } => (*from, *to),
                other => panic!("{other}"),
            })
            .collect();
        assert_eq!(bounds, [(None, Some(34)), (Some(34), Some(67)), (Some(67), None)]);
        let whole = (i128::from(i64::MAX) - i128::from(i64::MIN) + 1) as u128;
        assert_eq!(equal_cuts(i64::MIN, whole, 2), [0]);
    }

    #[test]
    fn page_ranges_cover_every_page_once() {
        assert_eq!(
            page_ranges(10, 3),
            [
                Range::Pages { from: 0, to: Some(3) },
                Range::Pages { from: 3, to: Some(6) },
                Range::Pages { from: 6, to: None }
            ]
        );
        assert_eq!(page_ranges(1, 5), [Range::Pages { from: 0, to: None }]);
        assert_eq!(page_ranges(0, 5), [Range::Pages { from: 0, to: None }]);
    }
}
