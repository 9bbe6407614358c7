//! The words of two schemas: each with its weight (a word on every second column says little) and the other words that
//! it may stand for.

use std::collections::{BTreeSet, HashMap};

use super::{Languages, abbreviations, plural, similarity};

/// A word after expanding and taking the singular.
pub type WordId = u32;

/// A word of a name and how much it says there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Term {
    pub word: WordId,
    pub weight: f32,
}

/// Words that only hold a name together.
const FILLERS: [&str; 10] = ["of", "the", "a", "an", "and", "or", "for", "at", "in", "with"];
/// Words that say what sort of column it is, as its type does.
const MARKERS: [&str; 5] = ["is", "has", "flag", "indicator", "field"];
const MARKER_WEIGHT: f32 = 0.35;

#[derive(Debug, Default)]
pub struct Vocabulary {
    words: Vec<String>,
    ids: HashMap<String, WordId>,
    weights: Vec<f32>,
    /// For each word the others that may mean the same, by id.
    neighbours: Vec<Vec<(WordId, f32)>>,
    known: BTreeSet<String>,
    /// What the source and the target speak.
    pub languages: (Languages, Languages),
}

impl Vocabulary {
    /// The vocabulary of all names of both schemas.
    pub fn new<'a>(source: impl Iterator<Item = &'a str>, target: impl Iterator<Item = &'a str>) -> Self {
        let (source, target): (Vec<&str>, Vec<&str>) = (source.collect(), target.collect());
        let languages = Languages::of_both(&source, &target);
        let mut names: Vec<Vec<String>> = source.iter().map(|n| languages.0.tokens(n)).collect();
        let from_source = names.len();
        names.extend(target.iter().map(|n| languages.1.tokens(n)));
        let mut vocabulary = Vocabulary {
            known: names
                .iter()
                .flatten()
                .cloned()
                .chain(abbreviations::full_words().iter().map(|w| (*w).to_owned()))
                .filter(|w| w.chars().count() >= 3)
                .collect(),
            languages,
            ..Vocabulary::default()
        };
        let mut seen_in: Vec<u32> = Vec::new();
        let mut schemas: Vec<[bool; 2]> = Vec::new();
        for (number, name) in names.iter().enumerate() {
            let mut ids: Vec<WordId> = vocabulary.normalise(name).into_iter().map(|w| vocabulary.intern(w)).collect();
            ids.sort_unstable();
            ids.dedup();
            seen_in.resize(vocabulary.words.len(), 0);
            schemas.resize(vocabulary.words.len(), [false; 2]);
            for id in ids {
                seen_in[id as usize] += 1;
                schemas[id as usize][usize::from(number >= from_source)] = true;
            }
        }
        let count = names.len().max(1) as f32;
        let most = (1.0 + count).ln();
        vocabulary.weights = seen_in
            .iter()
            .zip(&vocabulary.words)
            .map(|(&n, word)| {
                // Even the most common word keeps a quarter of the rarest one's weight.
                let rarity = 0.25 + 0.75 * (1.0 + count / (1 + n) as f32).ln() / most;
                if MARKERS.contains(&word.as_str()) { rarity * MARKER_WEIGHT } else { rarity }
            })
            .collect();
        vocabulary.neighbours = similarity::neighbours(&vocabulary.words, &schemas);
        vocabulary
    }

    /// The terms of a name. Words that are not in the vocabulary are left out.
    pub fn terms(&self, name_tokens: &[String]) -> Vec<Term> {
        self.normalise(name_tokens)
            .iter()
            .filter_map(|w| self.ids.get(w))
            .map(|&word| Term { word, weight: self.weights[word as usize] })
            .collect()
    }

    /// The full, singular words of a name's tokens.
    pub fn normalise(&self, name_tokens: &[String]) -> Vec<String> {
        let mut words = Vec::with_capacity(name_tokens.len());
        let only = name_tokens.len() == 1;
        for token in name_tokens.iter().filter(|t| only || !FILLERS.contains(&t.as_str())) {
            self.normalise_token(token, true, &mut words);
        }
        words
    }

    fn normalise_token(&self, token: &str, split: bool, words: &mut Vec<String>) {
        let singular = plural::singular(token);
        if let Some(full) = abbreviations::expand(token).or_else(|| abbreviations::expand(&singular)) {
            words.extend(full.iter().map(|w| (*w).to_owned()));
        } else if let Some((head, tail)) = split.then(|| self.compound(token)).flatten() {
            self.normalise_token(head, true, words);
            self.normalise_token(tail, true, words);
        } else {
            words.push(singular);
        }
    }

    /// Two known words written as one: `lastpost`, `userid`. The longest head wins; words of the lists stay whole.
    fn compound<'t>(&self, token: &'t str) -> Option<(&'t str, &'t str)> {
        const SHORT_TAILS: [&str; 4] = ["id", "no", "ip", "by"];
        /// What a compound ends in, whatever stands before.
        const TAILS: [&str; 6] = ["time", "date", "name", "code", "type", "number"];
        /// What times and dates begin with.
        const HEADS: [&str; 2] = ["in", "out"];
        if token.len() < 5 || abbreviations::full_words().contains(token) {
            return None;
        }
        let known =
            |part: &str| self.known.contains(part) || part.len() > 3 && self.known.contains(&plural::singular(part));
        token.char_indices().rev().map(|(at, _)| token.split_at(at)).filter(|(head, _)| head.len() >= 2).find(
            |(head, tail)| {
                head.len() >= 3 && known(head) && (tail.len() >= 3 && known(tail) || SHORT_TAILS.contains(tail))
                    || head.len() >= 4 && TAILS.contains(tail)
                    || HEADS.contains(head) && ["time", "date"].contains(tail)
            },
        )
    }

    fn intern(&mut self, word: String) -> WordId {
        let next = self.words.len() as WordId;
        *self.ids.entry(word).or_insert_with_key(|word| {
            self.words.push(word.clone());
            next
        })
    }

    pub fn word(&self, id: WordId) -> &str {
        &self.words[id as usize]
    }

    /// The word itself and the others that may mean the same, with how close they are.
    pub fn similar(&self, word: WordId) -> impl Iterator<Item = (WordId, f32)> {
        std::iter::once((word, 1.0)).chain(self.neighbours[word as usize].iter().copied())
    }

    /// 0 to 1: do two words mean the same?
    pub fn similarity(&self, a: WordId, b: WordId) -> f32 {
        if a == b {
            return 1.0;
        }
        let neighbours = &self.neighbours[a as usize];
        neighbours.binary_search_by_key(&b, |(id, _)| *id).map_or(0.0, |i| neighbours[i].1)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tokens;
    use super::*;

    fn normalised(vocabulary: &Vocabulary, name: &str) -> Vec<String> {
        vocabulary.normalise(&tokens::tokens(name))
    }

    #[test]
    fn abbreviations_plurals_and_compounds_become_the_same_words() {
        let v = Vocabulary::new(
            ["last_post", "lastpost", "OrderQty", "date_of_birth", "userid", "chartdate"].into_iter(),
            [].into_iter(),
        );
        assert_eq!(normalised(&v, "lastpost"), normalised(&v, "last_posts"));
        assert_eq!(normalised(&v, "OrderQty"), ["order", "quantity"]);
        assert_eq!(normalised(&v, "DOB"), ["birth", "date"]);
        assert_eq!(normalised(&v, "userid"), ["user", "id"]);
        assert_eq!(normalised(&v, "chartdate"), ["chart", "date"]);
    }

    #[test]
    fn a_common_word_weighs_less_than_a_rare_one() {
        let v = Vocabulary::new(["a_id", "b_id", "c_id", "d_id", "e_colour"].into_iter(), [].into_iter());
        let weight = |w: &str| v.terms(&[w.to_owned()])[0].weight;
        assert!(weight("id") < weight("colour"));
    }
}
