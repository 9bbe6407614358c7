//! What a word in a name is short for.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::synonyms;

static LIST: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    include_str!("abbreviations.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(": "))
        .map(|(short, words)| (short, words.split(' ').collect()))
        .collect()
});

static FULL_WORDS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| LIST.values().flatten().copied().chain(synonyms::all_words()).collect());

/// The words that a lower-case word stands for.
pub fn expand(word: &str) -> Option<&'static [&'static str]> {
    LIST.get(word).map(Vec::as_slice).filter(|words| *words != [word])
}

/// Every word that the lists hold in full.
pub(super) fn full_words() -> &'static HashSet<&'static str> {
    &FULL_WORDS
}

/// Could `short` be `long` with letters left out? It starts with the same letter, keeps the order, and is at least
/// three letters and less than four fifths of the word. A full word such as `count` is not short for `country`.
pub fn could_abbreviate(short: &str, long: &str) -> bool {
    let (a, b) = (short.chars().count(), long.chars().count());
    if FULL_WORDS.contains(short) || a < 3 || a * 5 > b * 4 || short.chars().next() != long.chars().next() {
        return false;
    }
    let mut rest = long.chars();
    if !short.chars().all(|c| rest.any(|d| d == c)) {
        return false;
    }
    // `cstmr`, not `cue` for `customer`: what is left out first are vowels.
    let kept = short.chars().filter(|c| !is_vowel(*c)).count();
    let consonants = long.chars().filter(|c| !is_vowel(*c)).count();
    long.starts_with(short) || kept * 3 >= consonants * 2
}

fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms_expand() {
        assert_eq!(expand("qty"), Some(&["quantity"][..]));
        assert_eq!(expand("dob"), Some(&["birth", "date"][..]));
        assert_eq!(expand("customer"), None);
    }

    #[test]
    fn unlisted_short_forms_are_recognised_by_their_letters() {
        assert!(could_abbreviate("cstmr", "customer"));
        assert!(could_abbreviate("manuf", "manufacturer"));
        assert!(!could_abbreviate("cue", "customer"));
        assert!(!could_abbreviate("date", "data"));
        assert!(!could_abbreviate("count", "country"));
    }
}
