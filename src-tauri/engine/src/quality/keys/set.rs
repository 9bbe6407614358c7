//! The different values of one key, within a budget that all keys of a check share.

use std::collections::{BTreeSet, HashMap};

use crate::quality::NAMED;
use crate::run::Hashed;

/// Different values of all keys that are kept at the same time: 33 bytes each, twice that while a set grows.
pub(super) const MOST_KEYS: usize = 8_000_000;

/// How many more values may be kept.
pub(super) struct Budget(usize);

impl Budget {
    pub(super) fn new(values: usize) -> Budget {
        Budget(values)
    }
}

/// Where a value was seen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub rows: u32,
    exact: u32,
    /// The first range that holds it.
    pub range: u16,
    /// The target has it already.
    pub present: bool,
}

/// Rows beyond the first of their key.
#[derive(Debug, Default)]
pub(super) struct Repeats {
    pub rows: u64,
    /// Those of them that are one with it to the target only.
    pub alike: u64,
    /// The keys of the first ones.
    pub keys: Vec<u128>,
    /// Where they stand, and the first of each key.
    pub ranges: BTreeSet<u16>,
}

#[derive(Default)]
pub(super) struct KeySet {
    places: HashMap<u128, Place>,
    pub repeats: Repeats,
    given_up: Option<String>,
}

impl KeySet {
    pub(super) fn take(&mut self, hashed: Hashed, range: u16, budget: &mut Budget) {
        if self.given_up.is_some() {
            return;
        }
        if let Some(place) = self.places.get_mut(&hashed.key) {
            place.rows = place.rows.saturating_add(1);
            self.repeats.rows += 1;
            self.repeats.alike += u64::from(place.exact != hashed.exact);
            let known = self.repeats.keys.contains(&hashed.key);
            if !known && self.repeats.keys.len() < NAMED {
                self.repeats.keys.push(hashed.key);
                self.repeats.ranges.extend([place.range, range]);
            }
            return;
        }
        match budget.0.checked_sub(1) {
            Some(left) => budget.0 = left,
            None => {
                return self.give_up(format!("all keys together have more than {MOST_KEYS} different values"), budget);
            }
        }
        self.places.insert(hashed.key, Place { rows: 1, exact: hashed.exact, range, present: false });
    }

    /// Forgets the values; the repeats that were found stay.
    pub(super) fn give_up(&mut self, why: String, budget: &mut Budget) {
        self.given_up = Some(why);
        self.release(budget);
    }

    pub(super) fn release(&mut self, budget: &mut Budget) {
        budget.0 += self.places.len();
        self.places = HashMap::new();
    }

    /// Why not every value is in it; `None` when all are.
    pub(super) fn given_up(&self) -> Option<&str> {
        self.given_up.as_deref()
    }

    pub(super) fn contains(&self, key: u128) -> bool {
        self.places.contains_key(&key)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    pub(super) fn remove(&mut self, key: u128, budget: &mut Budget) {
        budget.0 += usize::from(self.places.remove(&key).is_some());
    }

    /// Leaves only what `stays`.
    pub(super) fn retain(&mut self, stays: impl Fn(u128) -> bool, budget: &mut Budget) {
        let before = self.places.len();
        self.places.retain(|key, _| stays(*key));
        budget.0 += before - self.places.len();
    }

    /// The target has this key already.
    pub(super) fn mark(&mut self, key: u128) {
        if let Some(place) = self.places.get_mut(&key) {
            place.present = true;
        }
    }

    pub(super) fn is_present(&self, key: u128) -> bool {
        self.places.get(&key).is_some_and(|p| p.present)
    }

    /// Rows of the places that `count`, and the ranges in which the first of them stand.
    pub(super) fn rows(&self, count: impl Fn(&Place) -> bool) -> (u64, BTreeSet<u16>) {
        let counted = || self.places.values().filter(|p| count(p));
        (counted().map(|p| u64::from(p.rows)).sum(), counted().map(|p| p.range).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashed(key: u128, exact: u32) -> Hashed {
        Hashed { key, exact }
    }

    #[test]
    fn rows_beyond_the_first_are_counted_and_the_first_keys_kept_with_their_ranges() {
        let (mut set, mut budget) = (KeySet::default(), Budget::new(100));
        for (key, exact, range) in [(1, 1, 0), (2, 2, 0), (1, 1, 3), (2, 9, 4), (1, 1, 7)] {
            set.take(hashed(key, exact), range, &mut budget);
        }
        assert_eq!((set.repeats.rows, set.repeats.alike), (3, 1));
        assert_eq!(set.repeats.keys, [1, 2]);
        assert_eq!(set.repeats.ranges, BTreeSet::from([0, 3, 4]));
    }

    #[test]
    fn all_sets_share_one_budget_and_give_it_back() {
        let mut budget = Budget::new(4);
        let (mut first, mut second) = (KeySet::default(), KeySet::default());
        (0..3).for_each(|k| first.take(hashed(k, 0), 0, &mut budget));
        (0..2).for_each(|k| second.take(hashed(k, 0), 0, &mut budget));
        assert!(first.given_up().is_none() && second.given_up().is_some(), "the one that is over it is given up");
        assert_eq!(budget.0, 1);
        first.release(&mut budget);
        assert_eq!(budget.0, 4);
    }
}
