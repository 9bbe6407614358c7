//! Evidence from the words of names and comments together, weighted by how rare they are.

use std::collections::{BTreeMap, HashMap};

use super::bags::Bag;
use super::names::{plural, synonyms, tokens};

/// How often a name's word counts against one of the comment.
const NAME: f32 = 3.0;
/// How often what a name's word means counts, so that words of one meaning meet.
const MEANING: f32 = 1.5;

/// Numbers words and counts in how many texts each occurs.
#[derive(Debug, Default)]
pub(super) struct Corpus {
    ids: HashMap<String, u32>,
    texts_with: Vec<u32>,
    texts: Vec<BTreeMap<u32, f32>>,
}

impl Corpus {
    /// Adds a text made of a name's words and a comment.
    pub fn add<'w>(&mut self, name: impl IntoIterator<Item = &'w String>, comment: Option<&str>) {
        let mut counts: BTreeMap<u32, f32> = BTreeMap::new();
        for word in name {
            *counts.entry(self.id(word)).or_default() += NAME;
            for group in synonyms::groups(word) {
                *counts.entry(self.id(&format!("={group}"))).or_default() += MEANING;
            }
        }
        for token in tokens::tokens(comment.unwrap_or_default()) {
            if token.chars().count() > 1 && !is_filler(&token) {
                *counts.entry(self.id(&plural::singular(&token))).or_default() += 1.0;
            }
        }
        for &id in counts.keys() {
            self.texts_with[id as usize] += 1;
        }
        self.texts.push(counts);
    }

    fn id(&mut self, word: &str) -> u32 {
        if let Some(&id) = self.ids.get(word) {
            return id;
        }
        let id = self.texts_with.len() as u32;
        self.ids.insert(word.to_owned(), id);
        self.texts_with.push(0);
        id
    }

    /// The weighted bags, in the order in which the texts were added.
    pub fn bags(&self) -> Vec<Bag> {
        self.texts.iter().map(|counts| self.weighed(counts.iter().map(|(id, n)| (*id, *n)))).collect()
    }

    /// A bag of words alone, which is no text of the corpus. Words that no text has are left out.
    pub fn bag<'w>(&self, words: impl IntoIterator<Item = &'w String>) -> Bag {
        let counts: BTreeMap<u32, f32> = words.into_iter().filter_map(|w| Some((*self.ids.get(w)?, 1.0))).collect();
        self.weighed(counts.into_iter())
    }

    fn weighed(&self, counts: impl Iterator<Item = (u32, f32)>) -> Bag {
        let all = self.texts.len() as f32;
        let rarity = |id: u32| ((1.0 + all) / (1.0 + self.texts_with[id as usize] as f32)).ln();
        Bag::of_unit_length(counts.map(|(id, n)| (id, (1.0 + n).ln() * rarity(id))).collect())
    }
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
        assert!(bags[0].cosine(&bags[1]) > bags[0].cosine(&bags[2]));
        assert!((bags[0].cosine(&bags[0]) - 1.0).abs() < 1e-5);
        assert!(corpus.bag(&["birth".to_owned()]).share_in(&bags[0]) > 0.9);
        assert!(corpus.bag(&["birth".to_owned()]).share_in(&bags[2]) < 0.1);
    }
}
