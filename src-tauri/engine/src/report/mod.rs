//! What a client signs: HTML, JSON, text.
//!
//! A report is made from what the run left behind, and says what was not looked at as plainly as what was. It must not
//! know how rows were moved or compared. Invariant: `Outcome::Green` means that every row of the source that the
//! project asks for is in the target, and that this was verified.

mod build;
mod document;
mod html;
pub mod pictures;
mod text;
mod words;

pub use build::{build, outcome};
pub use document::*;
pub use html::html;
pub use text::{text, verified as verification_text};

use crate::error::{ErrorContext, ErrorKind, Result};

/// The whole report as indented JSON.
pub fn json(report: &Report) -> Result<String> {
    serde_json::to_string_pretty(report).or_error(ErrorKind::Internal, "the report cannot be written as JSON")
}
