//! What the tests share: private servers, and what goes wrong between them and a run.

pub mod mariadb;
pub mod postgres;
pub mod proxy;
pub mod small_disk;
