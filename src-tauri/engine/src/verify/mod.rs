//! Proof that what should have arrived did.

mod document;

pub use document::*;
