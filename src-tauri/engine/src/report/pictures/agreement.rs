//! How much of a table was found equal on both sides.

use crate::verify::{Measure, TableVerification};

/// `equal` of `of` things agree: rows where they were compared one by one, otherwise figures.
pub(super) struct Agreement {
    pub equal: u64,
    pub of: u64,
    pub of_rows: bool,
}

pub(super) fn agreement(table: &TableVerification) -> Agreement {
    let same = table.row_checksum.as_ref().is_some_and(Measure::is_equal).then_some(0);
    if let Some(different) = table.different_rows.or(same) {
        let of = table.expected_rows.max(table.target_rows);
        return Agreement { equal: of.saturating_sub(different), of, of_rows: true };
    }
    let figures = || table.columns.iter().flat_map(|c| &c.measures).chain(&table.row_checksum);
    let counted = u64::from(table.expected_rows == table.target_rows);
    Agreement {
        equal: figures().filter(|m| m.is_equal()).count() as u64 + counted,
        of: figures().count() as u64 + 1,
        of_rows: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::TableName;
    use crate::verify::ColumnVerification;

    fn measure(name: &str, expected: &str, actual: &str) -> Measure {
        serde_json::from_value(serde_json::json!({
            "name": name, "expected": expected, "actual": actual, "estimated": false,
        }))
        .unwrap()
    }

    fn table() -> TableVerification {
        TableVerification {
            source: TableName::new("s", "a"),
            target: TableName::new("t", "a"),
            source_rows: 10,
            expected_rows: 10,
            target_rows: 10,
            columns: vec![ColumnVerification {
                column: "x".into(),
                measures: vec![measure("sum", "1", "1"), measure("nulls", "0", "2")],
            }],
            row_checksum: None,
            orphans: Vec::new(),
            differences: Vec::new(),
            different_rows: None,
            normalised: Vec::new(),
            not_compared: Vec::new(),
        }
    }

    #[test]
    fn figures_count_where_rows_were_not_compared() {
        let found = agreement(&table());
        assert_eq!((found.equal, found.of, found.of_rows), (2, 3, false));
    }

    #[test]
    fn rows_count_where_they_were() {
        let found = agreement(&TableVerification { different_rows: Some(3), ..table() });
        assert_eq!((found.equal, found.of, found.of_rows), (7, 10, true));
        let equal = TableVerification { row_checksum: Some(measure("checksum", "a", "a")), ..table() };
        assert_eq!(agreement(&equal).equal, 10);
    }
}
