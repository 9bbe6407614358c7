//! What a name says: its words, what they are short for, and how close two names are.

pub mod abbreviations;
mod languages;
pub mod plural;
mod prefixes;
pub mod similarity;
pub mod synonyms;
pub mod tokens;
mod vocabulary;

pub use languages::Languages;
pub(super) use prefixes::shared_prefix;
pub use vocabulary::{Term, Vocabulary, WordId};
