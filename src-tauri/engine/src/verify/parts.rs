//! A table's rows in parts of similar size, by the hash of their key: where two sides differ, and where they need not be
//! looked at again. It knows hashes only.

use super::bytes::RowHash;

/// The key's first bits name the part.
const BITS: u32 = 14;

/// For each part its rows and the sum of their hashes, whatever their order.
pub(super) struct Parts(Vec<(u64, u128)>);

/// Rows whose key's hash lies in a range, and how many there are on both sides together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub from: u128,
    /// Inclusive.
    pub to: u128,
    pub rows: u64,
}

impl Parts {
    pub fn new() -> Self {
        Parts(vec![(0, 0); 1 << BITS])
    }

    pub fn add(&mut self, hash: &RowHash) {
        let part = &mut self.0[(hash.key >> (128 - BITS)) as usize];
        part.0 += 1;
        part.1 = part.1.wrapping_add(hash.row);
    }

    pub fn merge(&mut self, other: &Parts) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            mine.0 += theirs.0;
            mine.1 = mine.1.wrapping_add(theirs.1);
        }
    }

    /// The parts that are not the same on both sides.
    pub fn different(expected: &Parts, actual: &Parts) -> Vec<Part> {
        let pairs = expected.0.iter().zip(&actual.0).enumerate().filter(|(_, (e, a))| e != a);
        pairs
            .map(|(i, (e, a))| {
                let from = (i as u128) << (128 - BITS);
                Part { from, to: from | (u128::MAX >> BITS), rows: e.0 + a.0 }
            })
            .collect()
    }
}

/// The parts in groups of at most `rows` rows; a part that holds more is cut by its keys' hashes.
pub(super) fn groups(parts: Vec<Part>, rows: u64) -> Vec<Vec<Part>> {
    let mut groups: Vec<Vec<Part>> = Vec::new();
    let mut held = u64::MAX;
    for part in parts.into_iter().flat_map(|part| cut(part, rows)) {
        match groups.last_mut() {
            Some(group) if held.saturating_add(part.rows) <= rows => {
                held += part.rows;
                group.push(part);
            }
            _ => {
                held = part.rows;
                groups.push(vec![part]);
            }
        }
    }
    groups
}

fn cut(part: Part, rows: u64) -> Vec<Part> {
    let pieces = u128::from(part.rows.div_ceil(rows.max(1)).max(1));
    let width = (part.to - part.from) / pieces;
    (0..pieces)
        .map(|i| Part {
            from: part.from + width * i,
            to: if i + 1 == pieces { part.to } else { part.from + width * (i + 1) - 1 },
            rows: part.rows / pieces as u64,
        })
        .collect()
}

/// Is the key's hash in one of these? They are in ascending order.
pub(super) fn holds(group: &[Part], key: u128) -> bool {
    let place = group.partition_point(|part| part.to < key);
    group.get(place).is_some_and(|part| part.from <= key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_parts_that_differ_are_looked_at_again() {
        let (mut expected, mut actual) = (Parts::new(), Parts::new());
        for i in 0..100_000_u128 {
            let key = i.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
            expected.add(&RowHash { key, row: i });
            actual.add(&RowHash { key, row: if i == 77 { 0 } else { i } });
        }
        let parts = Parts::different(&expected, &actual);
        assert_eq!(parts.len(), 1);
        assert!(holds(&parts, 77_u128.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)));
        assert!(parts[0].rows < 100);
    }

    #[test]
    fn groups_hold_every_key_once_and_few_rows() {
        let part = |i: u128, rows| Part { from: i << 100, to: (i << 100) + 999, rows };
        let groups = groups(vec![part(0, 10), part(1, 95), part(2, 250), part(3, 0)], 100);
        assert!(groups.iter().all(|g| g.iter().map(|p| p.rows).sum::<u64>() <= 100));
        for i in 0..4_u128 {
            for key in [0, 332, 333, 500, 665, 666, 999] {
                assert_eq!(groups.iter().filter(|g| holds(g, (i << 100) + key)).count(), 1, "{i} {key}");
            }
            assert!(!groups.iter().any(|g| holds(g, (i << 100) + 1000)));
        }
    }
}
