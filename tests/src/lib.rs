//! What the tests share: private servers.

pub mod mariadb;
pub mod postgres;
