//! What the tests share: private servers.

pub mod postgres;
