//! How many chunks are carried at once.
//!
//! A number that a person gives is kept. Otherwise the load begins with what this machine's cores suggest, and tries
//! one more as long as that made it faster: how many readers and writers help depends on the servers' machines and on
//! the network, which nothing here knows beforehand.

use std::time::{Duration, Instant};

/// More sessions than this a server is not asked for on its own account.
const MOST: usize = 12;
/// A rate is believed when it was measured over at least this time and so many chunks for each job.
const WINDOW: Duration = Duration::from_secs(2);
const CHUNKS: usize = 3;
/// One more job is kept when the rate rose by at least this share.
const WORTH: f64 = 1.05;

pub(super) struct Pace {
    jobs: usize,
    /// Tries further, until one more did not help.
    climbing: bool,
    /// Bytes a second with one job fewer.
    before: Option<f64>,
    since: Instant,
    bytes: u64,
    chunks: usize,
}

impl Pace {
    /// `given` is the person's wish; 0 leaves it to us.
    pub fn new(given: u16) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let jobs = if given > 0 { usize::from(given) } else { cores.clamp(2, MOST) };
        Pace { jobs, climbing: given == 0 && jobs < MOST, before: None, since: Instant::now(), bytes: 0, chunks: 0 }
    }

    pub fn jobs(&self) -> usize {
        self.jobs
    }

    /// A chunk of so many bytes is in the target.
    pub fn carried(&mut self, bytes: u64) {
        if !self.climbing {
            return;
        }
        self.bytes += bytes;
        self.chunks += 1;
        let elapsed = self.since.elapsed();
        if elapsed < WINDOW || self.chunks < CHUNKS * self.jobs {
            return;
        }
        self.judge(self.bytes as f64 / elapsed.as_secs_f64());
        (self.since, self.bytes, self.chunks) = (Instant::now(), 0, 0);
    }

    /// The rate with the present number of jobs is known.
    fn judge(&mut self, rate: f64) {
        match self.before {
            Some(before) if rate < before * WORTH => {
                self.jobs -= 1;
                self.climbing = false;
            }
            _ if self.jobs < MOST => {
                self.before = Some(rate);
                self.jobs += 1;
            }
            _ => self.climbing = false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(jobs: usize) -> Pace {
        Pace { jobs, climbing: true, before: None, since: Instant::now(), bytes: 0, chunks: 0 }
    }

    #[test]
    fn one_more_is_tried_until_it_no_longer_helps() {
        let mut pace = pace(3);
        pace.judge(100.0);
        assert_eq!(pace.jobs(), 4);
        pace.judge(130.0);
        assert_eq!(pace.jobs(), 5);
        pace.judge(131.0);
        assert_eq!(pace.jobs(), 4);
        assert!(!pace.climbing);
    }

    #[test]
    fn there_is_an_upper_end() {
        let mut pace = pace(MOST);
        pace.judge(100.0);
        assert_eq!(pace.jobs(), MOST);
        assert!(!pace.climbing);
    }

    #[test]
    fn a_given_number_is_kept() {
        let mut pace = Pace::new(7);
        pace.carried(1 << 30);
        assert_eq!(pace.jobs(), 7);
    }
}
