//! Evidence from how tables hang together.

pub(super) mod foreign_keys;
pub(super) mod neighbours;
