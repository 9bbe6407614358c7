//! The one integration test binary: what each part does against real databases.

mod cli;
mod conformance;
mod keychain;
mod postgres;
mod scenarios;
mod torture;
