//! Arabic words in the spelling of the list, in their own script and in Latin letters.

/// Vowel marks and the stretching of letters, which carry no meaning in a name.
pub(super) fn is_mark(c: char) -> bool {
    matches!(c, '\u{640}' | '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{6D6}'..='\u{6ED}')
}

pub(super) fn is_arabic(word: &str) -> bool {
    word.chars().any(|c| matches!(c, '\u{600}'..='\u{6FF}'))
}

/// One spelling for letters that people write in several ways: alef with and without hamza, ya, ta marbuta.
pub(super) fn script_key(word: &str) -> String {
    let letter = |c| match c {
        'أ' | 'إ' | 'آ' | 'ٱ' => Some('ا'),
        'ى' | 'ئ' => Some('ي'),
        'ؤ' => Some('و'),
        'ة' => Some('ه'),
        'ء' => None,
        c if is_mark(c) => None,
        c => Some(c),
    };
    word.chars().filter_map(letter).collect()
}

/// Without the article and the short words that are written with it, longest first.
fn without_article(key: &str) -> Option<&str> {
    let rest = |article: &&str| key.strip_prefix(*article).filter(|rest| rest.chars().count() >= 2);
    ["وال", "بال", "لل", "ال"].iter().find_map(rest)
}

/// The words whose form a key may be: without article, plural and feminine endings.
pub(super) fn script_bases(key: &str) -> Vec<String> {
    let mut bases: Vec<String> = Vec::new();
    let whole = without_article(key);
    bases.extend(whole.map(str::to_owned));
    for word in whole.into_iter().chain([key]) {
        for (ending, instead) in [("ات", "ه"), ("ات", ""), ("ون", ""), ("ين", ""), ("يه", ""), ("ه", ""), ("ي", "")]
        {
            let stem = word.strip_suffix(ending).filter(|stem| stem.chars().count() >= 3);
            bases.extend(stem.map(|stem| format!("{stem}{instead}")));
        }
    }
    bases
}

/// One spelling for the usual transliterations, English and French: `charika` is `sharika`, `mowazaf` is `muwazzaf`.
pub(super) fn latin_key(word: &str) -> String {
    const SPELLINGS: [(&str, &str); 15] = [
        ("ou", "u"),
        ("oo", "u"),
        ("ee", "i"),
        ("ch", "sh"),
        ("dj", "j"),
        ("dh", "d"),
        ("th", "t"),
        ("q", "k"),
        ("e", "i"),
        ("o", "u"),
        ("y", "i"),
        ("uw", "u"),
        ("ii", "i"),
        ("uu", "u"),
        ("aa", "a"),
    ];
    let mut key = SPELLINGS.iter().fold(word.to_owned(), |key, (from, to)| key.replace(from, to));
    let mut last = None;
    key.retain(|c| last.replace(c) != Some(c));
    if key.len() > 3 && key.ends_with("ah") {
        key.pop();
    }
    key
}

/// Without article and plural.
pub(super) fn latin_bases(key: &str) -> Vec<String> {
    let mut bases = Vec::new();
    let bare = ["al", "il"].iter().find_map(|a| key.strip_prefix(a)).filter(|rest| rest.len() >= 3);
    bases.extend(bare.map(str::to_owned));
    for word in bare.into_iter().chain([key]) {
        for (ending, instead) in [("at", "a"), ("at", ""), ("in", ""), ("un", "")] {
            let stem = word.strip_suffix(ending).filter(|stem| stem.len() >= 3);
            bases.extend(stem.map(|stem| format!("{stem}{instead}")));
        }
    }
    bases
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_word_have_one_key() {
        assert_eq!(script_key("إسم"), script_key("اسم"));
        assert_eq!(script_key("مدينة"), script_key("مدينه"));
        assert_eq!(script_key("عَمِيـل"), script_key("عميل"));
        for (a, b) in [("amil", "ameel"), ("charika", "sharikah"), ("mowazaf", "muwazzaf"), ("fatoura", "fatura")] {
            assert_eq!(latin_key(a), latin_key(b), "{a} {b}");
        }
    }

    #[test]
    fn articles_and_endings_come_off() {
        assert!(script_bases(&script_key("العميل")).contains(&script_key("عميل")));
        assert!(script_bases(&script_key("الفاتورة")).contains(&script_key("فاتورة")));
        assert!(script_bases(&script_key("والمنتجات")).contains(&script_key("منتج")));
        assert!(script_bases(&script_key("شركات")).contains(&script_key("شركة")));
        assert!(latin_bases(&latin_key("alamil")).contains(&latin_key("amil")));
    }
}
