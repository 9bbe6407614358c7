//! Everything Rowferry knows, without a window, arguments or printing.
//!
//! The modules stand in the order in which data meets them; each one's own page says what it must not know.

pub mod error;

pub mod model;

pub mod catalog;
pub mod types;

pub mod connectors;

pub mod matching;

pub mod transform;

pub mod suggest;

pub mod plan;

pub mod preview;
pub mod quality;

pub mod migration;

pub mod run;

pub mod verify;

pub mod report;

pub mod workspace;

pub use error::{Error, ErrorKind, Result};
