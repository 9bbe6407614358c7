//! What a client signs: HTML, JSON, text.

mod document;

pub use document::*;
