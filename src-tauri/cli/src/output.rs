//! What is written where: results to standard output, complaints to standard error.
//!
//! Invariant: a reader that goes away (`| head`) never ends a run, and never makes a panic.

use std::collections::HashMap;
use std::io::{IsTerminal, Write};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use rowferry_engine::run::{LogLevel, Phase, RunEvent, RunObserver, TableProgress, TableState};
use rowferry_engine::{Error, ErrorKind, Result};
use serde::Serialize;

/// A loading table is mentioned this often on a pipe.
const REMINDER: Duration = Duration::from_secs(10);

/// Writes text and a line end to standard output.
///
/// # Errors
/// `Io` or `DiskFull` when it cannot be written; not when its reader is gone.
pub fn say(text: impl AsRef<str>) -> Result<()> {
    let mut out = std::io::stdout().lock();
    let text = text.as_ref();
    let end = if text.ends_with('\n') { "" } else { "\n" };
    match out.write_all(text.as_bytes()).and_then(|()| out.write_all(end.as_bytes())).and_then(|()| out.flush()) {
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        result => Ok(result?),
    }
}

/// Writes one JSON object on one line.
pub fn say_json(value: &impl Serialize) -> Result<()> {
    let line = serde_json::to_string(value)
        .map_err(|e| Error::new(ErrorKind::Internal, "the answer cannot be written as JSON").source(e))?;
    say(line)
}

/// Writes a remark to standard error, where it does not mix with results.
pub fn remark(text: impl AsRef<str>) {
    // Nobody is left to be told when this fails.
    let _ = writeln!(std::io::stderr(), "{}", text.as_ref());
}

/// Says what is wrong, where, and what to do.
pub fn complain(error: &Error) {
    remark(format!("error: {error}"));
    if let Some(remedy) = error.remedy() {
        remark(remedy);
    }
}

/// What shows a run's progress: JSON lines, bars on a terminal, or plain lines.
pub fn observer(json: bool) -> Arc<dyn RunObserver> {
    if json {
        Arc::new(JsonLines)
    } else if std::io::stdout().is_terminal() && std::io::stderr().is_terminal() {
        Arc::new(Bars::default())
    } else {
        Arc::new(Lines::default())
    }
}

struct JsonLines;

impl RunObserver for JsonLines {
    fn observe(&self, event: &RunEvent) {
        let _ = say_json(event);
    }
}

/// A line when something is done, and now and then while a table takes long.
#[derive(Default)]
struct Lines(Mutex<HashMap<String, Instant>>);

impl RunObserver for Lines {
    fn observe(&self, event: &RunEvent) {
        let line = match event {
            RunEvent::Started { run, dry_run, tables } => {
                let what = if *dry_run { "dry run" } else { "run" };
                format!("{what} {run}: {} tables", tables.len())
            }
            RunEvent::Phase { phase: Phase::Done } => return,
            RunEvent::Phase { phase } => phase_word(*phase).to_string(),
            RunEvent::Progress { tables } => return self.progress(tables),
            RunEvent::Log { level, message } => logged(*level, message),
            RunEvent::Paused => "paused".into(),
            RunEvent::Continued => "continued".into(),
            RunEvent::Finished { .. } => return,
        };
        let _ = say(line);
    }
}

impl Lines {
    fn progress(&self, tables: &[TableProgress]) {
        let mut told = guard(&self.0);
        for table in tables {
            let name = table.target.to_string();
            let since = told.entry(name).or_insert_with(Instant::now);
            let ended = matches!(table.state, TableState::Loaded | TableState::Failed);
            if ended || since.elapsed() >= REMINDER {
                *since = Instant::now();
                let _ = say(figures(table));
            }
        }
    }
}

/// A bar for each table, while they load.
#[derive(Default)]
struct Bars {
    all: MultiProgress,
    tables: Mutex<HashMap<String, ProgressBar>>,
}

impl RunObserver for Bars {
    fn observe(&self, event: &RunEvent) {
        match event {
            RunEvent::Progress { tables } => tables.iter().for_each(|t| self.show(t)),
            RunEvent::Phase { phase } if !matches!(phase, Phase::Done | Phase::Loading) => {
                self.line(phase_word(*phase))
            }
            RunEvent::Log { level, message } if *level != LogLevel::Info => self.line(&logged(*level, message)),
            RunEvent::Finished { .. } => {
                guard(&self.tables).values().filter(|b| !b.is_finished()).for_each(ProgressBar::abandon);
            }
            _ => {}
        }
    }
}

impl Bars {
    fn line(&self, text: &str) {
        let _ = self.all.println(text);
    }

    fn show(&self, table: &TableProgress) {
        if table.state == TableState::Waiting {
            return;
        }
        let mut bars = guard(&self.tables);
        let bar = bars.entry(table.target.to_string()).or_insert_with(|| {
            let bar = self.all.add(bar(table));
            bar.set_prefix(table.target.to_string());
            bar
        });
        // An estimate can be too small.
        if bar.length().is_some_and(|length| length < table.read) || table.state == TableState::Loaded {
            bar.set_length(table.read);
        }
        bar.set_position(table.read);
        if table.rejected > 0 {
            bar.set_message(format!("{} rejected", table.rejected));
        }
        match table.state {
            TableState::Loaded => bar.finish(),
            TableState::Failed => bar.abandon_with_message("failed"),
            _ => {}
        }
    }
}

fn bar(table: &TableProgress) -> ProgressBar {
    let (bar, template) = match table.expected {
        Some(rows) => (ProgressBar::new(rows), "{prefix:30!} {bar:24} {human_pos}/{human_len} {per_sec} {msg}"),
        None => (ProgressBar::no_length(), "{prefix:30!} {spinner} {human_pos} {per_sec} {msg}"),
    };
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn phase_word(phase: Phase) -> &'static str {
    match phase {
        Phase::Preparing => "preparing the target",
        Phase::Loading => "loading",
        Phase::Finishing => "indexes, keys and sequences",
        Phase::Verifying => "verifying",
        Phase::Done => "done",
    }
}

fn logged(level: LogLevel, message: &str) -> String {
    match level {
        LogLevel::Info => message.to_string(),
        LogLevel::Warning => format!("warning: {message}"),
        LogLevel::Error => format!("error: {message}"),
    }
}

/// One table's figures in one line.
pub fn figures(table: &TableProgress) -> String {
    format!(
        "{} → {}: {} read, {} written, {} rejected, {} filtered in {:.1} s",
        table.source, table.target, table.read, table.written, table.rejected, table.filtered, table.seconds
    )
}

fn guard<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|e| e.into_inner())
}
