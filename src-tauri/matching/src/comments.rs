//! Evidence from comments: the words of name and comment together, weighted by how rare they are.

use std::collections::{BTreeMap, HashMap};

use super::names::{plural, tokens};

/// Words by number, sorted, with weights of length 1 altogether.
pub(super) type Bag = Vec<(u32, f32)>;

/// How often a name's word counts against one of the comment.
const NAME: f32 = 3.0;

/// Numbers words and counts in how many texts each occurs.
#[derive(Debug, Default)]
pub(super) struct Corpus {
    ids: HashMap<String, u32>,
    texts_with: Vec<u32>,
    texts: Vec<BTreeMap<u32, f32>>,
}

impl Corpus {
    /// Adds a text made of a name's words and a comment; answers its number.
    pub fn add(&mut self, name: &[String], comment: Option<&str>) -> usize {
        let mut counts: BTreeMap<u32, f32> = BTreeMap::new();
        for word in name {
            let id = self.id(word.clone());
            *counts.entry(id).or_default() += NAME;
        }
        for token in tokens::tokens(comment.unwrap_or_default()) {
            if token.chars().count() > 1 && !is_filler(&token) {
                let id = self.id(plural::singular(&token));
                *counts.entry(id).or_default() += 1.0;
            }
        }
        for &id in counts.keys() {
            self.texts_with[id as usize] += 1;
        }
        self.texts.push(counts);
        self.texts.len() - 1
    }

    fn id(&mut self, word: String) -> u32 {
        let next = self.texts_with.len() as u32;
        let id = *self.ids.entry(word).or_insert(next);
        if id == next {
            self.texts_with.push(0);
        }
        id
    }

    /// The weighted bags, in the order in which the texts were added.
    pub fn bags(self) -> Vec<Bag> {
        let count = self.texts.len() as f32;
        let weigh = |counts: BTreeMap<u32, f32>| {
            let mut bag: Bag = counts
                .into_iter()
                .map(|(id, n)| {
                    (id, (1.0 + n).ln() * ((1.0 + count) / (1.0 + self.texts_with[id as usize] as f32)).ln())
                })
                .collect();
            let length = bag.iter().map(|(_, w)| w * w).sum::<f32>().sqrt();
            if length > 0.0 {
                bag.iter_mut().for_each(|(_, w)| *w /= length);
            }
            bag
        };
        self.texts.into_iter().map(weigh).collect()
    }
}

/// Cosine of two bags, 0 to 1.
pub(super) fn similarity(a: &Bag, b: &Bag) -> f64 {
    let (mut i, mut j, mut sum) = (0, 0, 0f32);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        match x.0.cmp(&y.0) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                sum += x.1 * y.1;
                i += 1;
                j += 1;
            }
        }
    }
    f64::from(sum).min(1.0)
}

fn is_filler(word: &str) -> bool {
    const FILLERS: [&str; 40] = [
        "the", "of", "and", "or", "to", "in", "is", "are", "be", "for", "on", "by", "as", "at", "an", "it", "its",
        "this", "that", "these", "with", "from", "which", "was", "were", "can", "may", "will", "if", "not", "has",
        "have", "each", "any", "all", "used", "contains", "table", "column", "field",
    ];
    FILLERS.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_about_the_same_thing_are_closer() {
        let mut corpus = Corpus::default();
        corpus.add(&["dob".into()], Some("the patient's date of birth"));
        corpus.add(&["birth".into()], Some("Date on which the patient was born; date of birth"));
        corpus.add(&["ward".into()], Some("where the bed stands"));
        let bags = corpus.bags();
        assert!(similarity(&bags[0], &bags[1]) > similarity(&bags[0], &bags[2]));
        assert!((similarity(&bags[0], &bags[0]) - 1.0).abs() < 1e-5);
    }
}
