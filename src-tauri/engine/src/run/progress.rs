//! Counting, and telling the observer at most ten times a second.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use super::event::{LogLevel, LogLine, Phase, RunEvent, RunObserver, TableProgress};
use crate::workspace::now;

const INTERVAL: Duration = Duration::from_millis(100);

/// Lines kept in the record; the observer sees all.
const LOG_LINES: usize = 500;

/// The state of a run under way, shared by its workers.
pub struct Progress {
    state: Mutex<State>,
    observer: Arc<dyn RunObserver>,
}

struct State {
    tables: Vec<TableProgress>,
    changed: Vec<bool>,
    told: Instant,
    log: Vec<LogLine>,
    retries: u32,
    /// When the source's snapshot was lost and taken anew.
    snapshots_lost: Vec<String>,
}

impl Progress {
    pub fn new(tables: Vec<TableProgress>, log: Vec<LogLine>, observer: Arc<dyn RunObserver>) -> Self {
        let changed = vec![false; tables.len()];
        Progress {
            state: Mutex::new(State {
                tables,
                changed,
                told: Instant::now(),
                log,
                retries: 0,
                snapshots_lost: Vec::new(),
            }),
            observer,
        }
    }

    /// Changes one table's figures.
    pub fn update(&self, step: usize, change: impl FnOnce(&mut TableProgress)) {
        let mut state = self.state();
        change(&mut state.tables[step]);
        state.changed[step] = true;
        if state.told.elapsed() >= INTERVAL {
            self.tell(&mut state);
        }
    }

    /// Tells what has not been told.
    pub fn flush(&self) {
        self.tell(&mut self.state());
    }

    pub fn phase(&self, phase: Phase) {
        self.flush();
        self.observer.observe(&RunEvent::Phase { phase });
    }

    pub fn log(&self, level: LogLevel, message: impl Into<String>) {
        let message = message.into();
        let mut state = self.state();
        if state.log.len() == LOG_LINES {
            state.log.remove(0);
        }
        state.log.push(LogLine { at: now(), level, message: message.clone() });
        drop(state);
        self.observer.observe(&RunEvent::Log { level, message });
    }

    pub fn event(&self, event: &RunEvent) {
        self.observer.observe(event);
    }

    pub fn tables(&self) -> Vec<TableProgress> {
        self.state().tables.clone()
    }

    pub fn log_lines(&self) -> Vec<LogLine> {
        self.state().log.clone()
    }

    /// Something is tried again.
    pub fn retried(&self) {
        self.state().retries += 1;
    }

    /// How often since this was asked last.
    pub fn take_retries(&self) -> u32 {
        std::mem::take(&mut self.state().retries)
    }

    /// Rows read from now on are from a later view than those before.
    pub fn snapshot_lost(&self) {
        self.state().snapshots_lost.push(now());
    }

    /// When it happened, since this was asked last.
    pub fn take_snapshots_lost(&self) -> Vec<String> {
        std::mem::take(&mut self.state().snapshots_lost)
    }

    /// Rows read and rejected, over all tables.
    pub fn read_and_rejected(&self) -> (u64, u64) {
        self.state().tables.iter().fold((0, 0), |(read, rejected), t| (read + t.read, rejected + t.rejected))
    }

    fn tell(&self, state: &mut State) {
        let tables: Vec<TableProgress> =
            state.tables.iter().zip(&state.changed).filter(|(_, c)| **c).map(|(t, _)| t.clone()).collect();
        state.changed.fill(false);
        state.told = Instant::now();
        if !tables.is_empty() {
            self.observer.observe(&RunEvent::Progress { tables });
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|e| e.into_inner())
    }
}
