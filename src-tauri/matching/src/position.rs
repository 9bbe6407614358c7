//! Evidence from the place in the table: columns keep their order when a schema is changed.

/// 0 to 1: how near two relative places are. `None` in a table of one column.
pub(super) fn nearness((at, of): (usize, usize), (other_at, other_of): (usize, usize)) -> Option<f64> {
    if of < 2 || other_of < 2 {
        return None;
    }
    let place = |at: usize, of: usize| at as f64 / (of - 1) as f64;
    Some(1.0 - (place(at, of) - place(other_at, other_of)).abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_place_is_nearest() {
        assert_eq!(nearness((0, 5), (0, 9)), Some(1.0));
        assert_eq!(nearness((4, 5), (8, 9)), Some(1.0));
        assert_eq!(nearness((0, 5), (8, 9)), Some(0.0));
        assert_eq!(nearness((0, 1), (0, 9)), None);
    }
}
