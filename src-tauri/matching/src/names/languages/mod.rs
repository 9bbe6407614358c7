//! Names in other languages than English: which ones a schema speaks, and what its words mean in English.
//!
//! A schema's words are translated only into what its names together show: `die` in a list of dice is no German. It must
//! not know how names are compared; what it answers are tokens as `names::tokens` makes them.
//! Invariant: a schema of English names keeps its tokens, apart from accents and letters of other scripts.

mod arabic;
mod endings;
mod fold;
mod list;
mod spoken;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};

use list::Language;

use super::plural;
use fold::{fold, raw_tokens};

/// Phrases of the lists have no more words.
const LONGEST_PHRASE: usize = 3;

/// What one schema's names say in English.
#[derive(Debug, Default)]
pub struct Languages {
    /// By the tokens, joined with a space.
    translations: HashMap<String, Translation>,
}

#[derive(Debug)]
struct Translation {
    language: &'static Language,
    /// Each with its English words, the usual one first; one at least.
    meanings: &'static [Vec<String>],
    /// The parts of a word written as one, each with its meanings.
    parts: Vec<&'static [Vec<String>]>,
    words: Vec<String>,
}

impl Languages {
    /// The languages of both sides. Of a word's meanings the one counts that the other side speaks of.
    pub fn of_both(source: &[&str], target: &[&str]) -> (Self, Self) {
        let (mut source_languages, mut target_languages) = (Languages::of(source), Languages::of(target));
        if !source_languages.translations.is_empty() || !target_languages.translations.is_empty() {
            let (from, to) = (source_languages.all_words(source), target_languages.all_words(target));
            source_languages.choose(&to);
            target_languages.choose(&from);
        }
        (source_languages, target_languages)
    }

    /// The languages that the names of a schema are in, each word with its usual meaning.
    pub fn of(names: &[&str]) -> Self {
        let names: Vec<Vec<String>> = names.iter().map(|n| raw_tokens(n)).collect();
        let distinct: BTreeSet<&str> = names.iter().flatten().map(String::as_str).collect();
        let spoken = spoken::spoken(&distinct);
        let mut translations = HashMap::new();
        if !spoken.is_empty() {
            for tokens in &names {
                for length in 1..=LONGEST_PHRASE {
                    for phrase in tokens.windows(length) {
                        let joined = phrase.join(" ");
                        if !translations.contains_key(&joined)
                            && let Some(translation) = spoken.iter().find_map(|s| s.translation(phrase))
                        {
                            translations.insert(joined, translation);
                        }
                    }
                }
            }
        }
        let mut languages = Languages { translations };
        languages.choose(&HashSet::new());
        languages
    }

    /// The tokens of a name: in English where it is known, otherwise in Latin letters without accents.
    pub fn tokens(&self, name: &str) -> Vec<String> {
        let mut english = Vec::new();
        self.each(&raw_tokens(name), |token, translation| match translation {
            Some(translation) => english.extend(translation.words.iter().cloned()),
            None => english.push(fold(token)),
        });
        english
    }

    /// A text in English as far as its words are known. A text of a schema without foreign texts stays as it is.
    pub fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.translations.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(self.tokens(text).join(" ")) }
    }

    /// Which words of a name were translated, in words: `kunde is German for customer`.
    pub fn told(&self, name: &str) -> Vec<String> {
        let mut told = Vec::new();
        self.each(&raw_tokens(name), |token, translation| {
            if let Some(t) = translation {
                let words = t.words.join(" ");
                if fold(token) != words && !words.is_empty() {
                    told.push(format!("{token} is {} for {words}", t.language.name()));
                }
            }
        });
        told
    }

    /// Walks through a name's words and phrases, the longest known ones first.
    fn each(&self, tokens: &[String], mut visit: impl FnMut(&str, Option<&Translation>)) {
        let mut at = 0;
        while at < tokens.len() {
            let longest = LONGEST_PHRASE.min(tokens.len() - at);
            let lengths = (1..=longest).rev().filter(|_| !self.translations.is_empty());
            let found =
                lengths.map(|n| (n, tokens[at..at + n].join(" "))).find(|(_, p)| self.translations.contains_key(p));
            match found {
                Some((length, phrase)) => {
                    visit(&phrase, self.translations.get(&phrase));
                    at += length;
                }
                None => {
                    visit(&tokens[at], None);
                    at += 1;
                }
            }
        }
    }

    /// Every English word that the names may stand for.
    fn all_words(&self, names: &[&str]) -> HashSet<String> {
        let untranslated = names.iter().flat_map(|n| raw_tokens(n));
        let translated = self.translations.values().flat_map(|t| t.parts.iter().copied().chain([t.meanings]));
        let translated = translated.flatten().flatten().cloned();
        untranslated.chain(translated).map(|w| plural::singular(&w)).collect()
    }

    fn choose(&mut self, spoken_of: &HashSet<String>) {
        let best = |meanings: &'static [Vec<String>]| {
            meanings.iter().find(|m| m.iter().all(|w| spoken_of.contains(w))).or(meanings.first())
        };
        for translation in self.translations.values_mut() {
            let parts = translation.parts.iter().copied();
            let meanings = if translation.parts.is_empty() { vec![translation.meanings] } else { parts.collect() };
            translation.words = meanings.into_iter().filter_map(best).flatten().cloned().collect();
        }
    }
}
