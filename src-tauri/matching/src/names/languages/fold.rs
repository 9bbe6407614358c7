//! Letters of any script in ASCII, so that `Straße` and `strasse`, `имя` and `imya` are one word.

use unicode_normalization::UnicodeNormalization;

use super::super::tokens;

/// The tokens of a name in its own letters. Letters and their accents are put together first, and Arabic loses the
/// marks that are rarely written: a name is not split at them.
pub(super) fn raw_tokens(name: &str) -> Vec<String> {
    if name.is_ascii() {
        return tokens::tokens(name);
    }
    let composed: String = name.nfkc().filter(|c| !super::arabic::is_mark(*c)).collect();
    tokens::tokens(&composed)
}

/// A lower-case word in ASCII letters and digits; the word itself when none are known for it.
pub(super) fn fold(word: &str) -> String {
    if word.is_ascii() {
        return word.to_owned();
    }
    let mut folded = any_ascii::any_ascii(word).to_lowercase();
    folded.retain(|c| c.is_ascii_alphanumeric());
    if folded.is_empty() { word.to_owned() } else { folded }
}

/// A German word with its umlauts written out, as where only ASCII is at hand.
pub(super) fn without_umlauts(word: &str) -> String {
    fold(&word.replace('ä', "ae").replace('ö', "oe").replace('ü', "ue"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_and_scripts_become_ascii() {
        for (word, expected) in [
            ("straße", "strasse"),
            ("kundennummer", "kundennummer"),
            ("prénom", "prenom"),
            ("prenom", "prenom"),
            ("año", "ano"),
            ("œuvre", "oeuvre"),
            ("имя", "imya"),
            ("съезд", "sezd"),
            ("όνομα", "onoma"),
            ("客户", "kehu"),
        ] {
            assert_eq!(fold(word), expected);
        }
        assert!(fold("عميل").is_ascii());
        assert_eq!(without_umlauts("währung"), "waehrung");
    }

    #[test]
    fn a_name_is_not_split_at_its_accents_and_marks() {
        assert_eq!(raw_tokens("Pre\u{301}nomClient"), ["prénom", "client"]);
        assert_eq!(raw_tokens("Straße_Nr"), ["straße", "nr"]);
        assert_eq!(raw_tokens("ДатаРождения"), ["дата", "рождения"]);
        // With vowel marks and a stretched letter.
        assert_eq!(raw_tokens("اسْم العَمـيل"), ["اسم", "العميل"]);
    }
}
