//! Everything Rowferry knows, without a window, arguments or printing.
//!
//! The modules stand in the order in which data meets them; each one's own page says what it must not know.

pub use rowferry_core::{Error, ErrorKind, Result, catalog, error, reading, types};
pub use rowferry_matching as matching;

pub mod model;

pub mod connectors;

pub mod transform;

pub mod suggest;

pub mod drift;

pub mod plan;

pub mod preview;
pub mod quality;

pub mod migration;

pub mod run;

pub mod verify;

pub mod report;

pub mod workspace;
