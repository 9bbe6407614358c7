//! Trying again what failed for a moment: a connection that broke, a server that restarts, a deadlock, a lock.
//!
//! Only what `ErrorKind::may_pass` says may pass is tried again, with growing pauses; never a refused row. What is
//! tried again must be done once at most: its owner looks first whether the broken try went through after all.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};

use super::control::Control;
use super::event::LogLevel;
use super::progress::Progress;
use crate::error::{Error, Result};

const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// Together some twenty seconds, in which a server has restarted.
const TRIES_AGAIN: usize = 8;

/// Does `work`, given the number of the try, until it succeeds or there is no sense in another.
///
/// # Errors
/// The last try's; `Cancelled` when a person stops it during a pause.
pub(super) async fn retrying<T, F, Fut>(what: &str, progress: &Progress, control: &Control, work: F) -> Result<T>
where
    F: FnMut(u32) -> Fut,
    Fut: Future<Output = Result<T>>,
{
    let pauses = ExponentialBuilder::new().with_min_delay(FIRST_PAUSE).with_max_delay(LONGEST_PAUSE).with_jitter();
    with_pauses(pauses.with_max_times(TRIES_AGAIN), what, progress, control, work).await
}

async fn with_pauses<T, F, Fut>(
    pauses: ExponentialBuilder,
    what: &str,
    progress: &Progress,
    control: &Control,
    mut work: F,
) -> Result<T>
where
    F: FnMut(u32) -> Fut,
    Fut: Future<Output = Result<T>>,
{
    let tries = AtomicU32::new(0);
    let tried = (|| work(tries.fetch_add(1, Ordering::Relaxed)))
        .retry(pauses)
        .when(|e: &Error| e.kind.may_pass() && control.check().is_ok())
        .notify(|e, pause| {
            let seconds = pause.as_secs_f64();
            progress.retried();
            progress.log(LogLevel::Warning, format!("{what} is tried again in {seconds:.1} s: {e}"));
        });
    tokio::select! {
        done = tried => done,
        () = control.cancelled() => Err(Error::cancelled()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::error::ErrorKind;
    use crate::run::{RunEvent, RunObserver};

    struct Nobody;
    impl RunObserver for Nobody {
        fn observe(&self, _: &RunEvent) {}
    }

    async fn tries(kind: ErrorKind, failures: u32) -> (Result<u32>, usize) {
        let progress = Progress::new(Vec::new(), Vec::new(), Arc::new(Nobody));
        let none = ExponentialBuilder::new().with_min_delay(Duration::ZERO).with_max_times(TRIES_AGAIN);
        let done = with_pauses(none, "it", &progress, &Control::new(), |tried| async move {
            if tried < failures { Err(Error::new(kind, "it broke")) } else { Ok(tried) }
        })
        .await;
        (done, progress.log_lines().len())
    }

    #[tokio::test]
    async fn what_may_pass_is_tried_again_and_each_time_is_logged() {
        let (done, logged) = tries(ErrorKind::Transient, 3).await;
        assert_eq!((done.unwrap(), logged), (3, 3));
        let (done, logged) = tries(ErrorKind::Unreachable, u32::MAX).await;
        assert_eq!((done.unwrap_err().kind, logged), (ErrorKind::Unreachable, TRIES_AGAIN));
    }

    #[tokio::test]
    async fn a_refused_row_or_a_full_disk_is_not_tried_again() {
        for kind in [ErrorKind::Constraint, ErrorKind::Conversion, ErrorKind::DiskFull, ErrorKind::Permission] {
            let (done, logged) = tries(kind, 1).await;
            assert_eq!((done.unwrap_err().kind, logged), (kind, 0));
        }
    }
}
