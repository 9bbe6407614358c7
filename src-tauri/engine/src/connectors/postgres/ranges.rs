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

pub(super) fn page_ranges(pages: u32, parts: u64) -> Vec<Range> {
    let parts = parts.min(u64::from(pages)).max(1);
    let cut = |i: u64| (u64::from(pages) * i / parts) as u32;
    (0..parts).map(|i| Range::Pages { from: cut(i), to: (i + 1 < parts).then(|| cut(i + 1)) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
