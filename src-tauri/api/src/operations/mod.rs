//! What each operation does, by feature. An operation's name, request and reply stand in `registry`.

pub mod connections;
pub mod drift;
pub mod looks;
pub mod mapping;
pub mod projects;
pub mod runs;
pub mod versions;
