//! Names of columns and tables as paths into a document.
//!
//! Keys stand behind one another with a dot between them. A key that is empty, holds a dot, begins with a quote, ends
//! with a question mark or is one of Rowferry's own names stands in double quotes, with quotes inside it doubled; so a
//! name is one path and no other.

/// The number of the document in its file.
pub(super) const ROW: &str = "_row";
/// The number of the document that a child's row stands in.
pub(super) const PARENT: &str = "_parent";
/// The place in the array, from 0; arrays within arrays add `_index_2` and so on.
pub(super) const INDEX: &str = "_index";
/// What is no object: a number among the documents, a text in an array.
pub(super) const VALUE: &str = "_value";
/// The whole document or element.
pub(super) const JSON: &str = "_json";

/// The index of an array within `level` others.
pub(super) fn index(level: usize) -> String {
    if level == 0 { INDEX.into() } else { format!("{INDEX}_{}", level + 1) }
}

fn is_own(key: &str) -> bool {
    [ROW, PARENT, VALUE, JSON].contains(&key) || key.starts_with(INDEX)
}

fn push(name: &mut String, key: &str, force: bool) {
    let odd = key.is_empty() || key.contains('.') || key.starts_with('"') || key.ends_with('?');
    if odd || force {
        name.push('"');
        name.push_str(&key.replace('"', "\"\""));
        name.push('"');
    } else {
        name.push_str(key);
    }
}

/// The name of a path. `taken` tells which names mean something else.
pub(super) fn name(keys: &[&str], taken: impl Fn(&str) -> bool) -> String {
    let written = |force: bool| {
        let mut name = String::new();
        for (i, key) in keys.iter().enumerate() {
            if i > 0 {
                name.push('.');
            }
            push(&mut name, key, i == 0 && (force || is_own(key)));
        }
        name
    };
    let plain = written(false);
    if taken(&plain) { written(true) } else { plain }
}

/// The name of the column that tells whether there is a value at the path of `name`.
pub(super) fn presence(name: &str) -> String {
    format!("{name}?")
}

/// A name taken apart: its keys, and whether it is a presence. `None` when it is no path.
pub(super) fn parse(name: &str) -> Option<(Vec<String>, bool)> {
    let mut keys = Vec::new();
    let mut rest = name;
    loop {
        if let Some(quoted) = rest.strip_prefix('"') {
            let mut key = String::new();
            let mut from = quoted;
            loop {
                let (part, after) = from.split_once('"')?;
                key.push_str(part);
                match after.strip_prefix('"') {
                    Some(more) => {
                        key.push('"');
                        from = more;
                    }
                    None => {
                        rest = after;
                        break;
                    }
                }
            }
            keys.push(key);
        } else {
            let end = rest.find('.').unwrap_or(rest.len());
            // Only the last key may carry the mark of a presence, and a key of its own that ends so is quoted.
            let key = if end == rest.len() { rest.strip_suffix('?').unwrap_or(rest) } else { &rest[..end] };
            if key.is_empty() {
                return None;
            }
            keys.push(key.to_string());
            rest = &rest[key.len()..];
        }
        match rest {
            "" => return Some((keys, false)),
            "?" => return Some((keys, true)),
            _ => rest = rest.strip_prefix('.')?,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_path_and_no_other() {
        let keys = ["a", "a.b", "", "\"", "\"\"", "a\"b", "a?", "?", "_row", "_index_2", "عمود", ".", "a b"];
        let mut seen = std::collections::HashSet::new();
        for first in keys {
            for second in [None].into_iter().chain(keys.iter().copied().map(Some)) {
                let path: Vec<&str> = [first].into_iter().chain(second).collect();
                let written = name(&path, |_| false);
                assert_eq!(
                    parse(&written).unwrap(),
                    (path.iter().map(|k| k.to_string()).collect(), false),
                    "{written}"
                );
                let asked = presence(&written);
                assert_eq!(parse(&asked).unwrap(), (path.iter().map(|k| k.to_string()).collect(), true), "{asked}");
                assert!(seen.insert(written) && seen.insert(asked));
            }
        }
        assert_eq!(name(&["customer", "name"], |_| false), "customer.name");
        assert_eq!(name(&["a.b", "c"], |_| false), "\"a.b\".c");
        assert_eq!(name(&["orders", "id"], |n| n == "orders.id"), "\"orders\".id");
        assert_eq!(parse(""), None);
        assert_eq!(parse("a..b"), None);
        assert_eq!(parse("\"a"), None);
    }
}
