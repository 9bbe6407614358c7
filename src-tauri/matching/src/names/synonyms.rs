//! Words that mean the same in a schema.

use std::collections::HashMap;
use std::sync::LazyLock;

static GROUPS: LazyLock<HashMap<&'static str, Vec<u16>>> = LazyLock::new(|| {
    let mut groups: HashMap<_, Vec<u16>> = HashMap::new();
    let lines = include_str!("synonyms.txt").lines().filter(|line| !line.starts_with('#'));
    for (line, number) in lines.zip(0..) {
        for word in line.split(' ') {
            groups.entry(word).or_default().push(number);
        }
    }
    groups
});

/// The groups that hold a lower-case, singular word.
pub fn groups(word: &str) -> &'static [u16] {
    GROUPS.get(word).map_or(&[], Vec::as_slice)
}

pub fn are_synonyms(a: &str, b: &str) -> bool {
    groups(a).iter().any(|g| groups(b).contains(g))
}

/// Every word of the list.
pub(super) fn all_words() -> impl Iterator<Item = &'static str> {
    GROUPS.keys().copied()
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
