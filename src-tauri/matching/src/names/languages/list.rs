//! The word list of one language, and how a word is found in it.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::super::{abbreviations, plural};
use super::fold::{fold, without_umlauts};
use super::{arabic, endings};

pub(super) type Meanings = Vec<Vec<String>>;

/// How surely a word is of its language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    /// An English word too, an abbreviation, or too short to tell.
    Doubtful,
    /// Three letters, no English word.
    Weak,
    /// No English word.
    Clear,
    /// In a script of its own.
    Certain,
}

pub(super) struct Language {
    code: &'static str,
    name: &'static str,
    words: HashMap<String, Meanings>,
    /// By the consonants of words in Arabic script.
    consonants: HashMap<String, Meanings>,
    /// Letters and words that join the parts of a compound.
    links: &'static [&'static str],
}

impl std::fmt::Debug for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

const ROMANCE: &[&str] = &["", "de", "d", "di", "da", "do", "del", "della", "du", "des", "dela"];

static ALL: LazyLock<Vec<Language>> = LazyLock::new(|| {
    let german: &[&str] = &["", "s", "n", "en", "es", "e", "er"];
    let dutch: &[&str] = &["", "s", "n", "en", "e"];
    vec![
        Language::new("de", "German", include_str!("de.txt"), german),
        Language::new("fr", "French", include_str!("fr.txt"), ROMANCE),
        Language::new("es", "Spanish", include_str!("es.txt"), ROMANCE),
        Language::new("it", "Italian", include_str!("it.txt"), ROMANCE),
        Language::new("pt", "Portuguese", include_str!("pt.txt"), ROMANCE),
        Language::new("nl", "Dutch", include_str!("nl.txt"), dutch),
        Language::new("ru", "Russian", include_str!("ru.txt"), &[""]),
        Language::new("ar", "Arabic", include_str!("ar.txt"), &["", "al"]),
    ]
});

/// Words that are English as well as of one of the lists, or a form that the rules make of one.
static ENGLISH: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| lines(include_str!("english.txt")).flat_map(str::split_whitespace).collect());

/// Meanings of words that hold names together, and are no part of a compound.
const SMALL_WORDS: [&str; 18] = [
    "after", "all", "and", "before", "by", "for", "from", "has", "in", "is", "no", "of", "on", "or", "per", "to",
    "with", "yes",
];

/// What every language writes at a compound's end.
static ID: LazyLock<Meanings> = LazyLock::new(|| vec![vec!["id".to_owned()]]);

/// The languages of the lists, always in the same order.
pub(super) fn all() -> &'static [Language] {
    &ALL
}

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.starts_with('#'))
}

/// Is a folded word known in English?
pub(super) fn is_english(word: &str) -> bool {
    let listed =
        |w: &str| ENGLISH.contains(w) || abbreviations::full_words().contains(w) || abbreviations::expand(w).is_some();
    listed(word) || listed(&plural::singular(word))
}

fn is_part(meanings: &Meanings) -> bool {
    !matches!(meanings.first().map(Vec::as_slice), Some([word]) if SMALL_WORDS.contains(&word.as_str()))
}

impl Language {
    fn new(code: &'static str, name: &'static str, list: &'static str, links: &'static [&'static str]) -> Self {
        let mut language = Language { code, name, words: HashMap::new(), consonants: HashMap::new(), links };
        for (forms, meanings) in lines(list).filter_map(|line| line.split_once(": ")) {
            let words = |meaning: &str| meaning.split_whitespace().map(str::to_owned).collect();
            let meanings: Meanings = meanings.split(" | ").map(words).collect();
            for form in forms.split(' ') {
                let mut keys = vec![
                    language.phrase_key(&form.split('_').collect::<Vec<_>>()),
                    language.key(&form.replace('_', "")),
                ];
                if code == "de" {
                    keys.push(without_umlauts(form));
                }
                if arabic::is_arabic(form)
                    && let Some(consonants) = arabic::consonants(form)
                {
                    language.consonants.entry(consonants).or_default().extend(meanings.iter().cloned());
                }
                for key in keys {
                    language.words.entry(key).or_insert_with(|| meanings.clone());
                }
            }
        }
        language
    }

    pub fn name(&self) -> &'static str {
        self.name
    }

    /// How the list spells a word.
    fn key(&self, word: &str) -> String {
        match self.code {
            "ar" if arabic::is_arabic(word) => arabic::script_key(word),
            "ar" => arabic::latin_key(word),
            "ru" => endings::russian_key(&fold(word)),
            _ => fold(word),
        }
    }

    fn phrase_key<W: AsRef<str>>(&self, words: &[W]) -> String {
        words.iter().map(|w| self.key(w.as_ref())).collect::<Vec<_>>().join(" ")
    }

    fn bases(&self, key: &str) -> Vec<String> {
        match self.code {
            "ar" if arabic::is_arabic(key) => arabic::script_bases(key),
            "ar" => arabic::latin_bases(key),
            "de" => endings::german(key),
            "fr" => endings::french(key),
            "es" => endings::spanish(key),
            "it" => endings::italian(key),
            "pt" => endings::portuguese(key),
            "nl" => endings::dutch(key),
            _ => endings::russian(key),
        }
    }

    /// What a word means, in whatever form.
    pub fn meanings(&self, word: &str) -> Option<&Meanings> {
        self.find(&self.key(word))
    }

    /// What several words mean together. In Arabic each may have its article.
    pub fn phrase(&self, words: &[String]) -> Option<&Meanings> {
        let key = self.phrase_key(words);
        self.words.get(&key).or_else(|| {
            let bare = |word: &str| word.strip_prefix("ال").unwrap_or(word).to_owned();
            let bare: Vec<String> = key.split(' ').map(bare).collect();
            (self.code == "ar").then(|| self.words.get(&bare.join(" "))).flatten()
        })
    }

    /// What a word means that is in the list just so, in no other form or spelling.
    pub fn listed(&self, word: &str) -> Option<&Meanings> {
        let key = self.key(word);
        self.words.get(&key).filter(|_| self.code != "ar" || key == word)
    }

    /// What a word of Arabic in Latin letters may mean by its consonants: what shows the language is not enough for
    /// that, what is known to be Arabic is.
    pub fn guess(&self, word: &str) -> Option<&Meanings> {
        if self.consonants.is_empty() || !word.is_ascii() || is_english(word) {
            return None;
        }
        let key = self.key(word);
        std::iter::once(key.clone())
            .chain(self.bases(&key))
            .filter_map(|w| arabic::consonants(&w))
            .find_map(|c| self.consonants.get(&c))
    }

    fn find(&self, key: &str) -> Option<&Meanings> {
        self.words.get(key).or_else(|| self.bases(key).iter().find_map(|base| self.words.get(base)))
    }

    /// The meanings of the parts of a word that is written as one of several: `kundennummer`, `fechanacimiento`. The
    /// parts cover the whole word.
    pub fn compound(&self, word: &str) -> Option<Vec<&Meanings>> {
        const SHORTEST: usize = 6;
        let key = self.key(word);
        (key.is_ascii() && key.len() >= SHORTEST).then(|| self.split(&key, 3)).flatten()
    }

    fn split<'l>(&'l self, key: &str, more: usize) -> Option<Vec<&'l Meanings>> {
        const SHORTEST_PART: usize = 3;
        const LONG_PART: usize = 6;
        let longest = key.len().saturating_sub(2);
        (2..=longest).rev().find_map(|end| {
            let (head, rest) = key.split_at(end);
            let head = match head {
                "id" => &*ID,
                _ if end < SHORTEST_PART => return None,
                // A longer part may be in any form: `ultimaModificacion` written as one.
                _ if end >= LONG_PART => self.find(head).filter(|m| is_part(m))?,
                _ => self.words.get(head).filter(|m| is_part(m))?,
            };
            self.links.iter().filter_map(|link| rest.strip_prefix(link)).find_map(|rest| {
                let tail = match rest {
                    "id" => Some(vec![&*ID]),
                    "nr" => self.words.get("nr").map(|number| vec![number]),
                    _ if rest.len() < SHORTEST_PART => None,
                    _ => self.find(rest).filter(|m| is_part(m)).map(|last| vec![last]),
                };
                let tail = tail.or_else(|| (more > 0).then(|| self.split(rest, more - 1)).flatten())?;
                Some(std::iter::once(head).chain(tail).collect())
            })
        })
    }

    /// How surely a word is of this language; nothing when it is not in the list.
    pub fn strength(&self, word: &str) -> Option<Strength> {
        let folded = fold(word);
        let known = self.meanings(word).is_some();
        if !known && (is_english(&folded) || self.compound(word).is_none()) {
            return None;
        }
        Some(match folded.len() {
            _ if matches!(self.code, "ar" | "ru") && !word.is_ascii() => Strength::Certain,
            _ if is_english(&folded) => Strength::Doubtful,
            0..=2 => Strength::Doubtful,
            3 if known => Strength::Weak,
            _ => Strength::Clear,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(code: &str) -> &'static Language {
        all().iter().find(|l| l.code == code).unwrap()
    }

    fn english(code: &str, word: &str) -> String {
        let first = |m: &Meanings| m[0].join(" ");
        let parts =
            || language(code).compound(word).map(|parts| parts.into_iter().map(first).collect::<Vec<_>>().join(" "));
        language(code).meanings(word).map(first).or_else(parts).unwrap_or_default()
    }

    #[test]
    fn words_are_found_in_their_forms_and_spellings() {
        for (code, word, expected) in [
            ("de", "kunden", "customer"),
            ("de", "straße", "street"),
            ("de", "waehrung", "currency"),
            ("fr", "prénoms", "first name"),
            ("fr", "prenom", "first name"),
            ("es", "direcciones", "address"),
            ("it", "fatture", "invoice"),
            ("pt", "endereço", "address"),
            ("nl", "klanten", "customer"),
            ("ru", "имя", "name"),
            ("ru", "imya", "name"),
            ("ru", "imja", "name"),
            ("ru", "заказы", "order"),
            ("ar", "عميل", "customer"),
            ("ar", "العميل", "customer"),
            ("ar", "amil", "customer"),
            ("ar", "الشركات", "company"),
        ] {
            assert_eq!(english(code, word), expected, "{word}");
        }
    }

    #[test]
    fn compounds_are_split_by_the_list() {
        for (code, word, expected) in [
            ("de", "kundennummer", "customer number"),
            ("de", "kundenid", "customer id"),
            ("de", "rechnungsdatum", "invoice date"),
            ("de", "lieferantenname", "supplier name"),
            ("nl", "klantnummer", "customer number"),
            ("nl", "leveringsdatum", "delivery date"),
            ("fr", "numeroclient", "number client"),
            ("es", "nombrecliente", "name client"),
            ("it", "codiceprodotto", "code product"),
            ("es", "primerasfacturas", "first invoice"),
        ] {
            let found = english(code, word).replace("customer", "client");
            assert_eq!(found, expected.replace("customer", "client"), "{word}");
        }
        assert_eq!(english("de", "xylophon"), "");
    }

    #[test]
    fn english_words_do_not_show_a_language() {
        for (code, word) in [("de", "tag"), ("it", "data"), ("es", "total"), ("fr", "date"), ("de", "nr")] {
            assert_eq!(language(code).strength(word), Some(Strength::Doubtful), "{word}");
        }
        assert_eq!(language("de").strength("kunde"), Some(Strength::Clear));
        assert_eq!(language("ru").strength("имя"), Some(Strength::Certain));
        assert_eq!(language("de").strength("customer"), None);
    }

    #[test]
    fn every_list_is_as_long_as_promised_and_well_formed() {
        for (language, at_least) in all().iter().zip([500, 500, 500, 500, 250, 250, 250, 500]) {
            assert!(language.words.len() >= at_least, "{} {}", language.name, language.words.len());
            for meaning in language.words.values().flatten() {
                assert!(!meaning.is_empty() && meaning.iter().all(|w| w.is_ascii()), "{}: {meaning:?}", language.name);
            }
        }
    }
}
