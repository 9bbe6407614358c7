//! Light rules for plurals and genders: the words whose form a word may be, the likeliest first. They need not be real
//! words: whoever asks looks them up.

/// An ending and what stands there in the word's first form.
type Endings = [(&'static str, &'static str)];

const SHORTEST_STEM: usize = 3;

fn bases(word: &str, endings: &Endings) -> Vec<String> {
    let base = |(ending, instead): &(&str, &str)| {
        let stem = word.strip_suffix(ending).filter(|stem| stem.len() >= SHORTEST_STEM)?;
        Some(format!("{stem}{instead}"))
    };
    endings.iter().filter_map(base).collect()
}

pub(super) fn german(word: &str) -> Vec<String> {
    bases(
        word,
        &[("en", ""), ("n", ""), ("e", ""), ("er", ""), ("s", ""), ("es", ""), ("em", ""), ("ern", ""), ("innen", "")],
    )
}

pub(super) fn french(word: &str) -> Vec<String> {
    bases(
        word,
        &[("s", ""), ("x", ""), ("es", ""), ("e", ""), ("aux", "al"), ("aux", "eau"), ("euse", "eur"), ("ive", "if")],
    )
}

pub(super) fn spanish(word: &str) -> Vec<String> {
    bases(word, &[("s", ""), ("es", ""), ("as", "o"), ("a", "o"), ("as", ""), ("a", ""), ("ces", "z")])
}

pub(super) fn portuguese(word: &str) -> Vec<String> {
    bases(
        word,
        &[
            ("s", ""),
            ("es", ""),
            ("oes", "ao"),
            ("ais", "al"),
            ("eis", "el"),
            ("ns", "m"),
            ("as", "o"),
            ("a", "o"),
            ("a", ""),
        ],
    )
}

pub(super) fn italian(word: &str) -> Vec<String> {
    bases(
        word,
        &[
            ("i", "o"),
            ("i", "e"),
            ("e", "a"),
            ("a", "o"),
            ("he", "a"),
            ("hi", "o"),
            ("i", "io"),
            ("e", "o"),
            ("i", "a"),
        ],
    )
}

pub(super) fn dutch(word: &str) -> Vec<String> {
    let mut found = bases(word, &[("en", ""), ("s", ""), ("e", ""), ("n", ""), ("eren", "")]);
    if let Some(stem) = word.strip_suffix("en").filter(|stem| stem.len() >= SHORTEST_STEM) {
        // `namen` is of `naam`, `prijzen` of `prijs`, `vakken` of `vak`.
        let (front, last) = stem.split_at(stem.len() - 1);
        let vowel = front.chars().last().filter(|c| "aeou".contains(*c));
        found.extend(vowel.map(|v| format!("{front}{v}{last}")));
        found.extend(front.ends_with(last).then(|| front.to_owned()));
        found.extend(match last {
            "z" => Some(format!("{front}s")),
            "v" => Some(format!("{front}f")),
            _ => None,
        });
    }
    found
}

/// Of words in Latin letters; see `russian_key`.
pub(super) fn russian(word: &str) -> Vec<String> {
    bases(
        word,
        &[
            ("y", ""),
            ("a", ""),
            ("ov", ""),
            ("y", "a"),
            ("i", "a"),
            ("i", ""),
            ("e", "a"),
            ("u", ""),
            ("u", "a"),
            ("iya", "ie"),
            ("om", ""),
            ("ya", "e"),
            ("ii", "iya"),
        ],
    )
}

/// One spelling for the transliterations of Russian in use.
pub(super) fn russian_key(word: &str) -> String {
    const SPELLINGS: [(&str, &str); 9] = [
        ("shch", "sch"),
        ("kh", "h"),
        ("ts", "c"),
        ("ja", "ya"),
        ("ju", "yu"),
        ("jo", "e"),
        ("yo", "e"),
        ("j", "y"),
        ("iy", "i"),
    ];
    SPELLINGS.iter().fold(word.to_owned(), |key, (from, to)| key.replace(from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_have_their_word_among_their_bases() {
        type Rules = fn(&str) -> Vec<String>;
        for (rules, form, word) in [
            (german as Rules, "kunden", "kunde"),
            (german, "rechnungen", "rechnung"),
            (german, "auftrage", "auftrag"),
            (french, "clientes", "client"),
            (french, "totaux", "total"),
            (french, "prenoms", "prenom"),
            (spanish, "proveedores", "proveedor"),
            (spanish, "activa", "activo"),
            (portuguese, "operacoes", "operacao"),
            (portuguese, "ordens", "ordem"),
            (italian, "clienti", "cliente"),
            (italian, "fatture", "fattura"),
            (italian, "banche", "banca"),
            (dutch, "klanten", "klant"),
            (dutch, "namen", "naam"),
            (dutch, "prijzen", "prijs"),
            (dutch, "vakken", "vak"),
            (russian, "zakazov", "zakaz"),
            (russian, "strany", "strana"),
        ] {
            assert!(rules(form).contains(&word.to_owned()), "{form} of {word}");
        }
        assert_eq!(russian_key("adresja"), russian_key("adresya"));
    }
}
