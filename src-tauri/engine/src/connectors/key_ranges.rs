//! Ranges of an integer key, from the keys at which they are cut: the same for every database.

use super::Range;

/// The first keys of all ranges but the first.
pub fn equal_cuts(least: i128, width: u128, parts: u64) -> Vec<i64> {
    let cut = |i: u128| i64::try_from(least + (width * i / u128::from(parts)) as i128).ok();
    let mut cuts: Vec<_> = (1..u128::from(parts)).filter_map(cut).collect();
    cuts.dedup();
    cuts
}

/// Ranges that begin at these keys; the first is open below, and the last one above.
pub fn key_ranges(column: &str, cuts: &[i64]) -> Vec<Range> {
    let from = std::iter::once(None).chain(cuts.iter().copied().map(Some));
    let to = cuts.iter().copied().map(Some).chain(std::iter::once(None));
    from.zip(to).map(|(from, to)| Range::Key { column: column.into(), from, to }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_meet_and_are_open_at_both_ends() {
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
        assert_eq!(equal_cuts(i128::from(i64::MIN), whole, 2), [0]);
    }
}
