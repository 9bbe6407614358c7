//! The words of a name: camelCase, snake_case, spaces, acronyms and digits.

/// The words in lower case, digits attached to the word before them: `address2` is one word.
pub fn words(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().collect();
    let mut words = Vec::new();
    let mut word = String::new();
    for (i, &c) in chars.iter().enumerate() {
        if !c.is_alphanumeric() {
            push(&mut words, &mut word);
            continue;
        }
        if let Some(&before) = i.checked_sub(1).and_then(|j| chars.get(j)) {
            let after_lower = before.is_lowercase() && c.is_uppercase();
            // `XMLHttp`: the last capital before a small letter starts a word, except in a plural such as `IDs`.
            let next = chars.get(i + 1).copied();
            let plural_tail = next == Some('s') && chars.get(i + 2).is_none_or(|c| !c.is_lowercase());
            let acronym_ends =
                before.is_uppercase() && c.is_uppercase() && next.is_some_and(char::is_lowercase) && !plural_tail;
            let after_digit = before.is_numeric() && c.is_uppercase();
            if after_lower || acronym_ends || after_digit {
                push(&mut words, &mut word);
            }
        }
        word.extend(c.to_lowercase());
    }
    push(&mut words, &mut word);
    words
}

/// The words in lower case with digits apart and without leading zeros: `addr02` is `addr`, `2`.
pub fn tokens(name: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    for word in words(name) {
        let mut part = String::new();
        let mut digits = false;
        for c in word.chars() {
            if !part.is_empty() && c.is_numeric() != digits {
                tokens.push(number(std::mem::take(&mut part), digits));
            }
            digits = c.is_numeric();
            part.push(c);
        }
        if !part.is_empty() {
            tokens.push(number(part, digits));
        }
    }
    tokens
}

fn number(part: String, digits: bool) -> String {
    match part.trim_start_matches('0') {
        trimmed if digits && !trimmed.is_empty() => trimmed.to_owned(),
        _ => part,
    }
}

fn push(words: &mut Vec<String>, word: &mut String) {
    if !word.is_empty() {
        words.push(std::mem::take(word));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_every_convention_split_into_the_same_words() {
        for name in ["FirstName", "firstName", "first_name", "FIRST_NAME", "First Name", "first-name", "first.name"] {
            assert_eq!(tokens(name), ["first", "name"], "{name}");
        }
        assert_eq!(tokens("XMLHttpRequest"), ["xml", "http", "request"]);
        assert_eq!(tokens("CustomerID"), ["customer", "id"]);
        assert_eq!(tokens("memberIDs"), ["member", "ids"]);
        assert_eq!(tokens("ADDR02"), ["addr", "2"]);
        assert_eq!(tokens("line2Text"), ["line", "2", "text"]);
        assert!(tokens("--").is_empty());
    }
}
