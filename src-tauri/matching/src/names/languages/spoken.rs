//! Which languages the words of a schema show, and how far each is trusted.

use std::collections::BTreeSet;

use super::list::{self, Language, Strength};
use super::{Translation, fold::fold};

/// A language of a schema.
pub(super) struct Spoken {
    language: &'static Language,
    /// More of the schema's words are of it than of English: its doubtful words are meant in it, too.
    main: bool,
}

impl Spoken {
    /// A word's or a phrase's translation.
    pub fn translation(&self, words: &[String]) -> Option<Translation> {
        let language = self.language;
        let translation = |meanings, parts| Translation { language, meanings, parts, words: Vec::new() };
        if let [word] = words {
            let Some(strength) = language.strength(word) else {
                let guess = language.guess(word).filter(|_| self.main)?;
                return Some(translation(guess, Vec::new()));
            };
            if !self.main && strength < Strength::Clear {
                return None;
            }
            if strength == Strength::Doubtful {
                return language.listed(word).map(|meanings| translation(meanings, Vec::new()));
            }
            if let Some(meanings) = language.meanings(word) {
                return Some(translation(meanings, Vec::new()));
            }
            let parts = language.compound(word)?;
            return Some(translation(parts.first()?, parts.iter().map(|p| p.as_slice()).collect()));
        }
        let sure = |w: &String| language.strength(w) >= Some(Strength::Clear);
        let meanings = language.phrase(words).filter(|_| self.main || words.iter().any(sure))?;
        Some(translation(meanings, Vec::new()))
    }
}

/// Half points, so that they add up exactly.
fn points(strength: Strength) -> usize {
    match strength {
        Strength::Doubtful => 0,
        Strength::Weak => 1,
        Strength::Clear => 2,
        Strength::Certain => 6,
    }
}

/// Enough of a schema's words? A few in a small schema, a share of them in a large one, where some are there by chance.
fn enough(points: usize, words: usize) -> bool {
    points >= 4 && points * 2 >= words || points >= 8 && points * 10 >= words
}

/// The languages that distinct words show, the most spoken one first. A language counts by the words that no other
/// explains: Spanish `cliente` does not make a schema Italian as well.
pub(super) fn spoken(words: &BTreeSet<&str>) -> Vec<Spoken> {
    let words: Vec<&str> = words.iter().copied().filter(|w| w.chars().any(char::is_alphabetic)).collect();
    let of_words = |l: &'static Language| (l, words.iter().map(|w| l.strength(w)).collect::<Vec<_>>());
    let mut languages: Vec<(&'static Language, Vec<Option<Strength>>)> = list::all().iter().map(of_words).collect();
    let mut spoken: Vec<Spoken> = Vec::new();
    loop {
        let mut best: Option<(usize, usize)> = None;
        for (at, (_, strengths)) in languages.iter().enumerate() {
            let total = strengths.iter().flatten().map(|s| points(*s)).sum();
            let certain = strengths.contains(&Some(Strength::Certain));
            if (certain || enough(total, words.len())) && best.is_none_or(|(most, _)| total > most) {
                best = Some((total, at));
            }
        }
        let Some((total, at)) = best else { return spoken };
        let (language, strengths) = languages.remove(at);
        let others = words.iter().zip(&strengths).filter(|(_, s)| s.is_none());
        let english = others.filter(|(w, _)| list::is_english(&fold(w))).count();
        spoken.push(Spoken { language, main: spoken.is_empty() && total >= english * 2 });
        // What this language explains says nothing for another.
        for (_, others) in &mut languages {
            for (other, _) in others.iter_mut().zip(&strengths).filter(|(_, s)| s.is_some()) {
                *other = None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(words: &str) -> Vec<&'static str> {
        spoken(&words.split(' ').collect()).iter().map(|s| s.language.name()).collect()
    }

    #[test]
    fn a_language_is_shown_by_words_that_are_not_english() {
        assert_eq!(names("kunde kunden nummer vorname ort land plz id"), ["German"]);
        assert_eq!(names("cliente clientes pedido fecha precio nombre total"), ["Spanish"]);
        assert_eq!(names("cliente ordine data prezzo cognome"), ["Italian"]);
        assert_eq!(names("cliente pedido endereco preco data nome"), ["Portuguese"]);
        assert_eq!(names("العميل id"), ["Arabic"]);
        assert!(names("customer order date total art tag land die name menu data note").is_empty());
        assert!(names("id name").is_empty());
    }

    #[test]
    fn a_schema_may_speak_two_languages() {
        let words = "kunde rechnung lieferant bestellung menge preis datum client commande prenom adresse fournisseur";
        assert_eq!(names(words), ["German", "French"]);
    }
}
