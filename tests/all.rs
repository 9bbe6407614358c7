//! The one integration test binary: what each part does against real databases.

mod conformance;
mod postgres;
