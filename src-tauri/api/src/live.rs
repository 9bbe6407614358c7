//! Runs of this process: their state, and a stream of events for each window that looks.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use futures::{Stream, StreamExt};
use rowferry_engine::run::event::LogLine;
use rowferry_engine::run::{Control, LogLevel, RunEvent, RunObserver, RunSnapshot, RunStatus};
use rowferry_engine::workspace::now;
use tokio::sync::broadcast;

/// Events that wait for a slow window. One that falls behind asks for the whole state again.
const WAITING: usize = 1024;

/// A run under way, or one that ended while this process lives.
#[derive(Clone)]
pub struct LiveRun {
    pub control: Control,
    watcher: Arc<Watcher>,
}

/// Folds events into a snapshot, and hands them on.
pub struct Watcher {
    state: Mutex<State>,
    sender: broadcast::Sender<RunEvent>,
}

struct State {
    snapshot: RunSnapshot,
    begun: Instant,
    before: f64,
}

impl LiveRun {
    pub fn new(control: Control, watcher: Arc<Watcher>) -> Self {
        LiveRun { control, watcher }
    }

    pub fn snapshot(&self) -> RunSnapshot {
        let state = self.watcher.state();
        let mut snapshot = state.snapshot.clone();
        if matches!(snapshot.status, RunStatus::Running | RunStatus::Paused) {
            snapshot.seconds = state.before + state.begun.elapsed().as_secs_f64();
        }
        snapshot
    }

    /// Replaces the state by what the workspace keeps, when the run has ended.
    pub fn settle(&self, snapshot: RunSnapshot) {
        self.watcher.state().snapshot = snapshot;
    }

    /// For an end that the run itself could not tell.
    pub fn tell_end(&self) {
        let _ = self.watcher.sender.send(self.finished());
    }

    pub fn is_over(&self) -> bool {
        !matches!(self.watcher.state().snapshot.status, RunStatus::Running | RunStatus::Paused)
    }

    /// From now to the run's end.
    pub fn events(&self) -> impl Stream<Item = RunEvent> + Send + use<> {
        let receiver = self.watcher.sender.subscribe();
        // What ended before anybody looked gives its end at once.
        let over = self.is_over().then(|| self.finished());
        let live = futures::stream::unfold((receiver, false), |(mut receiver, over)| async move {
            if over {
                return None;
            }
            loop {
                match receiver.recv().await {
                    Ok(event) => {
                        let over = matches!(event, RunEvent::Finished { .. });
                        return Some((event, (receiver, over)));
                    }
                    // Progress tells whole figures, so that one missed is made good by the next.
                    Err(broadcast::error::RecvError::Lagged(_)) => {}
                    Err(broadcast::error::RecvError::Closed) => return None,
                }
            }
        });
        match over {
            Some(event) => futures::stream::iter([event]).boxed(),
            None => live.boxed(),
        }
    }

    /// Pausing is told at once: the run itself only notices before its next chunk.
    pub fn pause(&self) {
        self.control.pause();
        self.watcher.set_status(RunStatus::Running, RunStatus::Paused, &RunEvent::Paused);
    }

    pub fn go_on(&self) {
        self.control.go_on();
        self.watcher.set_status(RunStatus::Paused, RunStatus::Running, &RunEvent::Continued);
    }

    /// Told at once too; the run ends when its chunks under way have.
    pub fn stop(&self) {
        self.control.stop();
        let message = "asked to stop: the chunks under way are finished first".into();
        self.watcher.observe(&RunEvent::Log { level: LogLevel::Info, message });
        self.watcher.set_status(RunStatus::Paused, RunStatus::Running, &RunEvent::Continued);
    }

    fn finished(&self) -> RunEvent {
        let s = self.snapshot();
        RunEvent::Finished { run: s.run, status: s.status, tables: Vec::new(), seconds: s.seconds }
    }
}

impl Watcher {
    pub fn new(snapshot: RunSnapshot) -> Self {
        let state = State { begun: Instant::now(), before: snapshot.seconds, snapshot };
        Watcher { state: Mutex::new(state), sender: broadcast::Sender::new(WAITING) }
    }

    fn set_status(&self, from: RunStatus, to: RunStatus, event: &RunEvent) {
        let mut state = self.state();
        if state.snapshot.status == from {
            state.snapshot.status = to;
            let _ = self.sender.send(event.clone());
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|e| e.into_inner())
    }
}

impl RunObserver for Watcher {
    fn observe(&self, event: &RunEvent) {
        let mut state = self.state();
        let snapshot = &mut state.snapshot;
        match event {
            RunEvent::Started { tables, .. } => snapshot.tables = tables.clone(),
            RunEvent::Phase { phase } => snapshot.phase = *phase,
            RunEvent::Progress { tables } => {
                for table in tables {
                    if let Some(known) = snapshot.tables.iter_mut().find(|t| t.target == table.target) {
                        *known = table.clone();
                    }
                }
            }
            RunEvent::Log { level, message } => {
                snapshot.log.push(LogLine { at: now(), level: *level, message: message.clone() });
            }
            RunEvent::Paused => snapshot.status = RunStatus::Paused,
            RunEvent::Continued => snapshot.status = RunStatus::Running,
            RunEvent::Finished { status, seconds, .. } => {
                snapshot.status = *status;
                snapshot.seconds = *seconds;
            }
        }
        // Nobody may be looking.
        let _ = self.sender.send(event.clone());
    }
}
