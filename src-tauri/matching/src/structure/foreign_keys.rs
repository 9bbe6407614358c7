//! A column that refers to X corresponds to the column that refers to X's counterpart.

/// The likelihood that the tables correspond to which the two columns refer; `None` unless both refer to one.
pub(crate) fn agreement(from: Option<usize>, to: Option<usize>, tables: impl Fn(usize, usize) -> f64) -> Option<f64> {
    Some(tables(from?, to?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_follow_their_tables() {
        let tables = |a, b| if a == b { 0.9 } else { 0.1 };
        assert_eq!(agreement(Some(3), Some(3), tables), Some(0.9));
        assert_eq!(agreement(Some(3), Some(4), tables), Some(0.1));
        assert_eq!(agreement(Some(3), None, tables), None);
    }
}
