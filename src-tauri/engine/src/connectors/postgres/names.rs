//! Names for what has none: constraints and indexes.
//!
//! Invariant: a name is at most 63 bytes, and is never cut inside a character; the same parts give the same name.

use xxhash_rust::xxh3::xxh3_64;

/// NAMEDATALEN - 1 of the server.
pub(super) const MAX_BYTES: usize = 63;

/// `<table>_<columns>_<suffix>`; a long one keeps its beginning and ends in a hash of the whole.
fn derived(table: &str, columns: &[String], suffix: &str) -> String {
    fitted(&format!("{table}_{}_{suffix}", columns.join("_")))
}

/// The name itself where it fits, else its beginning and a hash of the whole.
pub(super) fn fitted(name: &str) -> String {
    if name.len() <= MAX_BYTES {
        return name.to_string();
    }
    let hash = format!("_{:08x}", xxh3_64(name.as_bytes()) as u32);
    let mut end = MAX_BYTES - hash.len();
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{hash}", &name[..end])
}

/// The given name, or a derived one where there is none.
pub(super) fn named(name: &str, table: &str, columns: &[String], suffix: &str) -> String {
    if name.is_empty() { derived(table, columns, suffix) } else { fitted(name) }
}

/// Gives each name once: a repeated one gets a number.
#[derive(Default)]
pub(super) struct Taken(Vec<String>);

impl Taken {
    pub(super) fn take(&mut self, wanted: String) -> String {
        let mut name = wanted.clone();
        let mut number = 1;
        while self.0.contains(&name) {
            name = fitted(&format!("{wanted}{number}"));
            number += 1;
        }
        self.0.push(name.clone());
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_keep_whole_characters_and_differ() {
        let columns = |n: &str| vec![n.to_string()];
        let a = derived(&"جدول".repeat(10), &columns("a"), "idx");
        let b = derived(&"جدول".repeat(10), &columns("b"), "idx");
        assert!(a.len() <= MAX_BYTES && b.len() <= MAX_BYTES);
        assert_ne!(a, b);
        assert_eq!(derived("orders", &["a".into(), "b".into()], "key"), "orders_a_b_key");
    }

    #[test]
    fn a_name_is_given_once() {
        let mut taken = Taken::default();
        assert_eq!(taken.take("x".into()), "x");
        assert_eq!(taken.take("x".into()), "x1");
        assert_eq!(taken.take("x".into()), "x2");
    }
}
