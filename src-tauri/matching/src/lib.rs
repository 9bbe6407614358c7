//! What in the source corresponds to what in the target: ranked candidates with their evidence, and one consistent
//! suggestion.
//!
//! It must not know databases, DataFusion or the project document: catalogs (and samples, where a caller has them) in,
//! candidates out. Each source of evidence is a module of its own that turns a pair into a number between 0 and 1 or
//! says nothing; only `combine` weighs them, only `select` decides, only `reasons` words them.
//! Invariant: the same input gives the same output, in the same order.

mod bags;
mod candidate;
pub mod combine;
mod compare;
pub mod features;
mod keys;
mod letters;
mod names;
pub mod naming;
mod position;
mod profile;
mod reasons;
mod select;
mod structure;
mod suggest;
mod tables;
pub mod task;
mod task_types;
#[cfg(test)]
mod tests;
mod types;
mod values;
mod words;

pub use candidate::{
    Candidate, ColumnRef, Decisions, Evidence, Reason, SuggestedColumn, SuggestedTable, TableCandidate,
};
pub use suggest::Suggester;
pub use values::Samples;
