//! What each operation does, by feature.

pub mod projects;
pub mod connections;
pub mod mapping;
pub mod runs;
