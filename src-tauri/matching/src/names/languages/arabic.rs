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
    single_letters(&mut key);
    if key.len() > 3 && key.ends_with("ah") {
        key.pop();
    }
    key
}

/// Doubled letters become one: few write them alike.
fn single_letters(word: &mut String) {
    let mut last = None;
    word.retain(|c| last.replace(c) != Some(c));
}

/// Without article and plural.
pub(super) fn latin_bases(key: &str) -> Vec<String> {
    let mut bases = Vec::new();
    let bare = ["al", "il"].iter().find_map(|a| key.strip_prefix(a)).filter(|rest| rest.len() >= 3);
    bases.extend(bare.map(str::to_owned));
    // The letter after the article's vowel is the word's own: `allaqab`, `attarikh`.
    bases.extend(key.strip_prefix('a').filter(|rest| rest.len() >= 4).map(str::to_owned));
    for word in bare.into_iter().chain([key]) {
        for (ending, instead) in [("at", "a"), ("at", ""), ("in", ""), ("un", "")] {
            let stem = word.strip_suffix(ending).filter(|stem| stem.len() >= 3);
            bases.extend(stem.map(|stem| format!("{stem}{instead}")));
        }
    }
    bases
}

/// The consonants of a word in either script, which is all that most writers agree on; nothing when they are too few to
/// tell words apart.
pub(super) fn consonants(word: &str) -> Option<String> {
    const FEWEST: usize = 3;
    let skeleton: String = if is_arabic(word) {
        // The last letter's `h` is not written in Latin.
        let bare = word.trim_end_matches('ة');
        bare.chars().filter_map(consonant).collect()
    } else {
        let mut merged = latin_key(word).replace("kh", "x").replace("sh", "c").replace("gh", "g");
        single_letters(&mut merged);
        merged.retain(|c| !"aiuw".contains(c));
        merged
    };
    (skeleton.len() >= FEWEST).then_some(skeleton)
}

fn consonant(c: char) -> Option<char> {
    Some(match c {
        'ب' => 'b',
        'ت' | 'ث' | 'ط' => 't',
        'ج' => 'j',
        'ح' | 'ه' => 'h',
        'خ' => 'x',
        'د' | 'ذ' | 'ض' => 'd',
        'ر' => 'r',
        'ز' | 'ظ' => 'z',
        'س' | 'ص' => 's',
        'ش' => 'c',
        'غ' => 'g',
        'ف' => 'f',
        'ق' | 'ك' => 'k',
        'ل' => 'l',
        'م' => 'm',
        'ن' => 'n',
        _ => return None,
    })
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

    #[test]
    fn both_scripts_have_the_same_consonants() {
        for (script, latin) in [("ملخص", "mulakhkhas"), ("فصيلة", "faseela"), ("مشاهدات", "mushahadat")]
        {
            assert_eq!(consonants(script), consonants(latin), "{latin}");
        }
        assert_eq!(consonants("lawn"), None);
    }
}
