//! What the window can ask of its process, one file a feature.

pub mod desktop;
pub mod engine;
