//! How close two words and two names are.

use std::collections::{BTreeMap, HashMap};

use super::{Term, Vocabulary, abbreviations, synonyms};

const SYNONYM: f32 = 0.8;
/// Of words that often stand in one another's place.
const RELATED: f32 = 0.45;
const ABBREVIATION: f32 = 0.75;
/// Below it, likeness of letters is chance.
const JARO_WINKLER_FLOOR: f64 = 0.88;

/// Names of a schema rarely have more words; the rest of a longer name is passed over.
const MAX_TERMS: usize = 12;

/// For each word the others that may mean the same, sorted by their index. `schemas` says of each word in which of the
/// two schemas it occurs.
pub(super) fn neighbours(words: &[String], schemas: &[[bool; 2]]) -> Vec<Vec<(u32, f32)>> {
    let mut found: Vec<BTreeMap<u32, f32>> = vec![BTreeMap::new(); words.len()];
    let mut add = |a: usize, b: usize, similarity: f32| {
        for (from, to) in [(a, b), (b, a)] {
            let best = found[from].entry(to as u32).or_default();
            *best = best.max(similarity);
        }
    };
    let mut groups: HashMap<(u16, bool), Vec<usize>> = HashMap::new();
    let mut initials: HashMap<char, Vec<usize>> = HashMap::new();
    for (i, word) in words.iter().enumerate() {
        for group in synonyms::groups(word) {
            groups.entry((*group, true)).or_default().push(i);
        }
        for group in synonyms::related(word) {
            groups.entry((*group, false)).or_default().push(i);
        }
        // Words that differ in the first letter are not misspellings of one another.
        if let Some(initial) = word.chars().next().filter(|c| c.is_alphabetic()) {
            initials.entry(initial).or_default().push(i);
        }
    }
    let meaning = groups.iter().map(|((_, same), list)| (list, Some(if *same { SYNONYM } else { RELATED })));
    for (list, meaning) in meaning.chain(initials.values().map(|list| (list, None))) {
        for (at, &a) in list.iter().enumerate() {
            for &b in &list[at + 1..] {
                // What one schema tells apart, such as `state` and `stage`, is not one word misspelt.
                let apart = (0..2).any(|schema| schemas[a][schema] && schemas[b][schema]);
                let similarity = meaning.unwrap_or_else(|| spelling(&words[a], &words[b], apart));
                if similarity > 0.0 {
                    add(a, b, similarity);
                }
            }
        }
    }
    found.into_iter().map(|m| m.into_iter().collect()).collect()
}

/// 0 to 1: are two words with the same initial spellings or short forms of one? Words that are told `apart` must be
/// forms of one stem.
fn spelling(a: &str, b: &str, apart: bool) -> f32 {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if abbreviations::could_abbreviate(short, long) {
        return ABBREVIATION;
    }
    let full = abbreviations::full_words();
    let told_apart = apart && !long.starts_with(short) || full.contains(a) && full.contains(b);
    if told_apart || short.len() < 4 || long.len() - short.len() > 4 {
        return 0.0;
    }
    let jaro = strsim::jaro_winkler(a, b);
    if jaro < JARO_WINKLER_FLOOR { 0.0 } else { (0.6 + (jaro - JARO_WINKLER_FLOOR) / 0.12 * 0.35) as f32 }
}

/// How close two names are, each 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Closeness {
    /// The share of both names' weight that finds a partner in the other.
    pub both: f64,
    /// The same of the name that the other holds more of: 1 when one name is part of the other.
    pub one: f64,
}

/// Two names laid side by side, each word against its best partner.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Aligned {
    pub closeness: Closeness,
    /// Indexes into the two names, and how close the words are.
    pub pairs: Vec<(usize, usize, f32)>,
}

/// The share of both names' weight that finds a partner in the other.
pub fn similarity(vocabulary: &Vocabulary, a: &[Term], b: &[Term]) -> f64 {
    closeness(vocabulary, a, b).both
}

pub fn closeness(vocabulary: &Vocabulary, a: &[Term], b: &[Term]) -> Closeness {
    walk(vocabulary, a, b, |_, _, _| {})
}

/// As `similarity`, with the pairs.
pub fn align(vocabulary: &Vocabulary, a: &[Term], b: &[Term]) -> Aligned {
    let mut pairs = Vec::new();
    let closeness = walk(vocabulary, a, b, |i, j, s| pairs.push((i, j, s)));
    Aligned { closeness, pairs }
}

fn walk(vocabulary: &Vocabulary, a: &[Term], b: &[Term], mut each: impl FnMut(usize, usize, f32)) -> Closeness {
    let (a, b) = (&a[..a.len().min(MAX_TERMS)], &b[..b.len().min(MAX_TERMS)]);
    let weight = |terms: &[Term]| terms.iter().map(|t| t.weight).sum::<f32>();
    let (weight_a, weight_b) = (weight(a), weight(b));
    if weight_a <= 0.0 || weight_b <= 0.0 {
        return Closeness::default();
    }
    let mut close = [[0f32; MAX_TERMS]; MAX_TERMS];
    let mut any = false;
    for (row, x) in close.iter_mut().zip(a) {
        for (cell, y) in row.iter_mut().zip(b) {
            *cell = vocabulary.similarity(x.word, y.word);
            any |= *cell > 0.0;
        }
    }
    let (mut found_a, mut found_b) = (0f32, 0f32);
    let (mut used_a, mut used_b) = (0u16, 0u16);
    if !any {
        return Closeness::default();
    }
    loop {
        let mut best = (0f32, 0, 0);
        for i in (0..a.len()).filter(|i| used_a & (1 << i) == 0) {
            for j in (0..b.len()).filter(|j| used_b & (1 << j) == 0) {
                if close[i][j] > best.0 {
                    best = (close[i][j], i, j);
                }
            }
        }
        let (closeness, i, j) = best;
        if closeness <= 0.0 {
            break;
        }
        used_a |= 1 << i;
        used_b |= 1 << j;
        found_a += closeness * a[i].weight;
        found_b += closeness * b[j].weight;
        each(i, j, closeness);
    }
    Closeness {
        both: f64::from((found_a + found_b) / (weight_a + weight_b)),
        one: f64::from((found_a / weight_a).max(found_b / weight_b)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tokens::tokens;
    use super::*;

    fn of(a: &str, b: &str) -> f64 {
        let v = Vocabulary::new([a, "customer_id", "order_id"].into_iter(), [b, "name", "city"].into_iter());
        similarity(&v, &v.terms(&tokens(a)), &v.terms(&tokens(b)))
    }

    #[test]
    fn the_same_words_in_any_spelling_are_the_same_name() {
        for (a, b) in [("FirstName", "first_name"), ("OrderQty", "quantity_order"), ("CustNo", "customer_number")] {
            assert!((of(a, b) - 1.0).abs() < 1e-6, "{a} {b} {}", of(a, b));
        }
    }

    #[test]
    fn closer_names_score_higher() {
        assert!(of("client_name", "customer_name") > 0.8);
        assert!(of("client_name", "customer_name") < 1.0);
        assert!(of("descriptn", "description") > 0.7);
        assert!(of("customer_name", "customer_city") < 0.7);
        assert!(of("price", "colour") < 0.01);
        assert!(of("country", "count") < 0.01);
    }
}
