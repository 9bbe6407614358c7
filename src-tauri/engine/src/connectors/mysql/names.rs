//! Names for what has none: constraints and indexes.
//!
//! Invariant: a name is at most 64 characters; the same parts give the same name.

use xxhash_rust::xxh3::xxh3_64;

pub(super) const MAX_CHARACTERS: usize = 64;

/// The name itself where it fits, else its beginning and a hash of the whole.
pub(super) fn fitted(name: &str) -> String {
    if name.chars().count() <= MAX_CHARACTERS {
        return name.to_string();
    }
    let kept: String = name.chars().take(MAX_CHARACTERS - 9).collect();
    format!("{kept}_{:08x}", xxh3_64(name.as_bytes()) as u32)
}

/// The given name, or `<table>_<columns>_<suffix>` where there is none.
pub(super) fn named(name: &str, table: &str, columns: &[String], suffix: &str) -> String {
    if name.is_empty() { fitted(&format!("{table}_{}_{suffix}", columns.join("_"))) } else { fitted(name) }
}

/// Gives each name once, whatever its case: a repeated one gets a number.
#[derive(Default)]
pub(super) struct Taken(Vec<String>);

impl Taken {
    pub(super) fn take(&mut self, wanted: String) -> String {
        let mut name = wanted.clone();
        let mut number = 1;
        while self.0.contains(&name.to_lowercase()) {
            name = fitted(&format!("{wanted}_{number}"));
            number += 1;
        }
        self.0.push(name.to_lowercase());
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_given_once_and_fits() {
        let mut taken = Taken::default();
        assert_eq!(taken.take("x".into()), "x");
        assert_eq!(taken.take("X".into()), "X_1");
        assert_eq!(named("", &"ج".repeat(70), &[], "key").chars().count(), MAX_CHARACTERS);
    }
}
