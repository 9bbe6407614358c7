//! The words that all parts of Rowferry share: what a database holds, which types values have, what can go wrong.
//!
//! It is small and knows nothing of databases, so that what builds on it alone (the matcher) builds and is measured by
//! itself. The engine gives all of it on under its own name.

pub mod catalog;
pub mod error;
pub mod reading;
pub mod types;

pub use error::{Error, ErrorKind, Result};
