//! From a project and two catalogs to ordered steps, findings and DDL.
//!
//! A plan is made before anything is written, and is what a person approves. It must not know execution.

mod document;

pub use document::*;
