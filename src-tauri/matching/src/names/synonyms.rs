//! Words that mean the same in a schema, and words that often stand in one another's place.

use std::collections::HashMap;
use std::sync::LazyLock;

type Groups = HashMap<&'static str, Vec<u16>>;

static SAME: LazyLock<Groups> = LazyLock::new(|| read(include_str!("synonyms.txt")));
static RELATED: LazyLock<Groups> = LazyLock::new(|| read(include_str!("related.txt")));

fn read(list: &'static str) -> Groups {
    let mut groups = Groups::new();
    let lines = list.lines().filter(|line| !line.starts_with('#'));
    for (line, number) in lines.zip(0..) {
        for word in line.split(' ') {
            groups.entry(word).or_default().push(number);
        }
    }
    groups
}

/// The groups that hold a lower-case, singular word.
pub fn groups(word: &str) -> &'static [u16] {
    SAME.get(word).map_or(&[], Vec::as_slice)
}

/// The groups of words that often stand in one another's place and hold this one.
pub fn related(word: &str) -> &'static [u16] {
    RELATED.get(word).map_or(&[], Vec::as_slice)
}

pub fn are_synonyms(a: &str, b: &str) -> bool {
    groups(a).iter().any(|g| groups(b).contains(g))
}

pub fn are_related(a: &str, b: &str) -> bool {
    related(a).iter().any(|g| related(b).contains(g))
}

/// Every word of the lists.
pub(super) fn all_words() -> impl Iterator<Item = &'static str> {
    SAME.keys().chain(RELATED.keys()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn synonyms_share_a_group() {
        assert!(are_synonyms("customer", "client"));
        assert!(are_synonyms("zip", "postal"));
        assert!(!are_synonyms("customer", "supplier"));
    }
}
