//! Which names a database takes for tables and columns that a run makes, and what to propose in place of others.
//!
//! Why: a server cuts a name that is too long, or fails at it when the run has begun; both must be known beforehand.
//! Pure functions over data that each dialect gives. Invariant: a proposal is taken by the rule that it was made for.

use xxhash_rust::xxh3::xxh3_64;

/// What a database takes as a name. Whatever it takes is kept as it is, for names are always quoted.
#[derive(Debug, Clone, Copy)]
pub struct NameRule {
    pub max_bytes: Option<usize>,
    /// Unicode code points.
    pub max_characters: Option<usize>,
    /// Of the name of a file that MySQL makes of the name: see `in_file_name`.
    pub max_file_bytes: Option<usize>,
    /// Characters beyond U+FFFF, such as emoji, are refused.
    pub basic_plane_only: bool,
    /// White space at the end is refused.
    pub no_space_at_end: bool,
    /// A name of white space alone is refused; an empty one always is.
    pub not_blank: bool,
    pub forbidden: &'static [char],
    /// Beginnings that mean something else, in lower case; compared without regard to ASCII case.
    pub forbidden_beginnings: &'static [&'static str],
    pub case: Case,
}

/// What servers call white space.
const SPACES: [char; 6] = [' ', '\t', '\n', '\r', '\u{b}', '\u{c}'];

/// Which names are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    Kept,
    /// Names that differ by the case of ASCII letters are one.
    AsciiFolded,
    /// Names that differ by the case of any letter are one.
    Folded,
}

impl NameRule {
    /// Takes everything but an empty name and U+0000.
    pub const ANY: NameRule = NameRule {
        max_bytes: None,
        max_characters: None,
        max_file_bytes: None,
        basic_plane_only: false,
        no_space_at_end: false,
        not_blank: false,
        forbidden: &['\0'],
        forbidden_beginnings: &[],
        case: Case::Kept,
    };
}

/// Why a name is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// In words: how long it is, and how much is kept.
    TooLong(String),
    /// In words that go on from the name.
    Other(String),
}

impl NameRule {
    /// Why the name is not taken; `None` when it is.
    pub fn refuses(&self, name: &str) -> Option<Refused> {
        let characters = name.chars().count();
        if let Some(most) = self.max_bytes.filter(|most| name.len() > *most) {
            return Some(Refused::TooLong(format!("has {} bytes, and the target keeps {most}", name.len())));
        }
        if let Some(most) = self.max_characters.filter(|most| characters > *most) {
            return Some(Refused::TooLong(format!("has {characters} characters, and the target keeps {most}")));
        }
        let file = name.chars().map(in_file_name).sum::<usize>();
        if let Some(most) = self.max_file_bytes.filter(|most| file > *most) {
            let why = format!("makes a file name of {file} bytes in the target, and its file system keeps {most}");
            return Some(Refused::TooLong(why));
        }
        let other = |why: String| Some(Refused::Other(why));
        if name.is_empty() || self.not_blank && name.trim().is_empty() {
            return other("is empty".into());
        }
        if let Some(odd) = name.chars().find(|c| self.forbidden.contains(c)) {
            return other(format!("holds {odd:?}, which the target does not take"));
        }
        if let Some(odd) = name.chars().find(|c| self.basic_plane_only && *c > '\u{ffff}') {
            return other(format!("holds {odd} (U+{:X}), and the target takes none beyond U+FFFF", odd as u32));
        }
        if self.no_space_at_end && name.ends_with(SPACES) {
            return other("ends in white space, which the target does not take".into());
        }
        let beginning = self.forbidden_beginnings.iter().find(|b| begins(name, b));
        beginning.and_then(|b| other(format!("begins with {b:?}, which means something else in the target")))
    }

    /// The form in which two names that the target holds to be one are equal.
    pub fn folded(&self, name: &str) -> String {
        match self.case {
            Case::Kept => name.to_string(),
            Case::AsciiFolded => name.to_ascii_lowercase(),
            // Letter by letter, as servers do: `İ` is `i` to them.
            Case::Folded => name.chars().filter_map(|c| c.to_lowercase().next()).collect(),
        }
    }

    /// The name itself where the target takes it and it is free, else the nearest that is both; `taken` is asked with
    /// folded names.
    pub fn proposed(&self, name: &str, taken: impl Fn(&str) -> bool) -> String {
        let fitted = self.fitted(name);
        if !taken(&self.folded(&fitted)) {
            return fitted;
        }
        let numbered = (2u32..).map(|n| {
            let ending = format!("_{n}");
            let kept = self.beginning(&fitted, ending.len());
            format!("{kept}{ending}")
        });
        numbered.into_iter().find(|n| !taken(&self.folded(n))).unwrap_or(fitted)
    }

    /// Other characters for those that are refused; a name that is too long keeps its beginning and ends in a hash of
    /// the whole, so that two long names stay two.
    fn fitted(&self, name: &str) -> String {
        if self.refuses(name).is_none() {
            return name.to_string();
        }
        let mut text = String::with_capacity(name.len());
        for c in name.chars() {
            match c {
                c if self.forbidden.contains(&c) => text.push('_'),
                c if self.basic_plane_only && c > '\u{ffff}' => text += &format!("u{:x}", c as u32),
                c => text.push(c),
            }
        }
        if self.no_space_at_end && text.ends_with(SPACES) {
            let kept = text.trim_end_matches(SPACES).len();
            text.truncate(kept);
        }
        if text.is_empty() || self.not_blank && text.trim().is_empty() {
            text = "unnamed".into();
        }
        if self.forbidden_beginnings.iter().any(|b| begins(&text, b)) {
            text.insert(0, '_');
        }
        if matches!(self.refuses(&text), Some(Refused::TooLong(_))) {
            let hash = format!("_{:08x}", xxh3_64(name.as_bytes()) as u32);
            text = format!("{}{hash}", self.beginning(&text, hash.len()));
        }
        text
    }

    /// As much of the name as leaves room for `more` ASCII characters.
    fn beginning<'a>(&self, name: &'a str, more: usize) -> &'a str {
        let bytes = self.max_bytes.map_or(usize::MAX, |most| most.saturating_sub(more));
        let characters = self.max_characters.map_or(usize::MAX, |most| most.saturating_sub(more));
        // The hash and the number are letters, digits and `_`.
        let mut room = self.max_file_bytes.map_or(usize::MAX, |most| most.saturating_sub(more));
        let fits = |(at, c): (usize, char)| {
            room = room.checked_sub(in_file_name(c))?;
            Some(at + c.len_utf8()).filter(|end| *end <= bytes)
        };
        let end = name.char_indices().take(characters).map_while(fits).last();
        &name[..end.unwrap_or(0)]
    }
}

/// Bytes that MySQL needs for a character in the name of a table's file: letters without accents, digits and `_` stand
/// there as they are, some scripts in three bytes, and everything else as `@` and four digits (its manual, "Mapping of
/// Identifiers to File Names").
fn in_file_name(c: char) -> usize {
    match c {
        '0'..='9' | 'A'..='Z' | 'a'..='z' | '_' => 1,
        '\u{c0}'..='\u{2af}'
        | '\u{370}'..='\u{58f}'
        | '\u{1e00}'..='\u{1fff}'
        | '\u{2160}'..='\u{217f}'
        | '\u{24b6}'..='\u{24e9}'
        | '\u{ff21}'..='\u{ff5a}' => 3,
        _ => 5,
    }
}

fn begins(name: &str, with: &str) -> bool {
    name.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connectors::dialect::test_dialect;

    const ODD: &[&str] = &[
        "item",
        "",
        "   ",
        "a\0b",
        "x'; drop table y --",
        "order ",
        "order\t \n",
        "🐘",
        "a🐘 ",
        "sqlite_x",
        "..",
        "a/b\\c",
        "جدول",
    ];

    #[test]
    fn a_proposal_is_taken_and_free() {
        let long = ["جدول ".repeat(30), "🐘".repeat(80), "x".repeat(300), format!("{}y", "x".repeat(299))];
        let odd = ODD.iter().copied().chain(long.iter().map(String::as_str));
        for connector in ["postgres", "mysql", "sqlite"] {
            let dialect = test_dialect(connector);
            for rule in [dialect.table_names(), dialect.column_names()] {
                let mut taken: Vec<String> = Vec::new();
                // Each twice, so that the second one must get another name.
                for name in odd.clone().chain(odd.clone()) {
                    let proposed = rule.proposed(name, |n| taken.iter().any(|t| t == n));
                    assert_eq!(rule.refuses(&proposed), None, "{connector}: {name:?} → {proposed:?}");
                    assert!(!taken.contains(&rule.folded(&proposed)), "{connector}: {name:?} → {proposed:?}");
                    taken.push(rule.folded(&proposed));
                }
            }
        }
    }

    #[test]
    fn what_is_taken_is_proposed_as_it_is() {
        for name in ["select", "a\"b`c'd", "x y.z", "عمود", "Größe"] {
            for connector in ["postgres", "mysql", "sqlite"] {
                assert_eq!(test_dialect(connector).column_names().proposed(name, |_| false), name);
            }
        }
    }

    #[test]
    fn each_database_has_its_own_limit() {
        let refused = |connector: &str, name: &str| test_dialect(connector).table_names().refuses(name);
        let arabic = "ج".repeat(40);
        assert!(matches!(refused("postgres", &arabic), Some(Refused::TooLong(_))));
        assert_eq!(refused("mysql", &arabic), None);
        assert!(matches!(refused("mysql", &"x".repeat(65)), Some(Refused::TooLong(_))));
        assert!(matches!(refused("mysql", &"ج".repeat(51)), Some(Refused::TooLong(_))), "its file name is too long");
        assert_eq!(refused("mysql", &"é".repeat(64)), None);
        assert_eq!(test_dialect("mysql").column_names().refuses(&"ج".repeat(64)), None);
        assert_eq!(test_dialect("mysql").column_names().folded("İÉ"), "ié");
        assert!(matches!(refused("mysql", "🐘"), Some(Refused::Other(_))));
        assert_eq!(refused("postgres", "🐘"), None);
        assert!(matches!(refused("sqlite", "SQLite_x"), Some(Refused::Other(_))));
    }
}
