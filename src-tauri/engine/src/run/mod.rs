//! Carrying out a plan: the only code that writes to a target.
//!
//! A chunk's rows and its checkpoint commit in one target transaction, so that a run that dies at any moment goes on
//! where it was, with nothing lost and nothing twice. In every chunk read = written + rejected + filtered.
//! It must not know the window.

pub mod approval;
mod before;
pub mod changes;
mod chunk;
mod control;
pub mod event;
mod job;
mod key_form;
mod limits;
mod load;
mod orphans;
mod pace;
mod permit;
mod present;
mod progress;
pub mod rejects;
pub mod reload;
mod retry;
mod rollback;
mod step;
mod straight;
pub mod text;
mod triggers;
mod unchanged_target;

pub use approval::Approval;
pub use changes::{ChangeCount, ChangeFiles, ChangeKind};
pub use control::Control;
pub use event::{LogLevel, Phase, PhaseTime, RunEvent, RunObserver, RunSnapshot, RunStatus, TableProgress, TableState};
pub use job::{Job, snapshot};
pub(crate) use key_form::chosen;
pub use key_form::{Hashed, KeyForm};
pub use permit::Confirmed;
pub use rejects::{RejectFiles, RejectedRow};
pub use reload::{RejectFile, Reload};
pub use rollback::{accept, rollback};
pub use step::{CompiledStep, compile, copied};
