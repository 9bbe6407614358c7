//! `rowferry-fuzz`: seeded mutations of URLs, CSV files, project files and expressions, against what must hold for each.
//!
//! Started by `cargo xtask fuzz`. A parser that panics, overflows, hangs or breaks its promise is a finding; the input
//! is kept beside the report, and belongs into a regression test. It must not know how the parsers work: it goes
//! through the doors that everybody uses. Invariant: the same seed gives the same inputs.

mod mutate;
mod targets;

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use mutate::Mutator;
use targets::Target;

/// An input that takes longer is a finding.
const PATIENCE: Duration = Duration::from_secs(60);
/// As much stack as a task of the application has.
const STACK: usize = 2 << 20;

struct Settings {
    minutes: f64,
    seed: u64,
    only: Option<String>,
    findings: PathBuf,
}

fn main() {
    let settings = settings();
    std::fs::create_dir_all(&settings.findings).expect("a folder for findings");
    let targets = targets::all();
    let chosen: Vec<&Target> =
        targets.iter().filter(|t| settings.only.as_ref().is_none_or(|only| t.name == only)).collect();
    assert!(!chosen.is_empty(), "no target has this name");
    let share = Duration::from_secs_f64(settings.minutes * 60.0 / chosen.len() as f64);
    let mut findings = 0;
    for target in chosen {
        findings += fuzz(target, share, &settings);
    }
    println!("{findings} findings");
    if findings > 0 {
        std::process::exit(1);
    }
}

fn settings() -> Settings {
    let mut settings =
        Settings { minutes: 1.0, seed: 1, only: None, findings: std::env::temp_dir().join("rowferry-fuzz") };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().unwrap_or_else(|| panic!("{name} needs a value"));
        match name.as_str() {
            "--minutes" => settings.minutes = value.parse().expect("--minutes is a number"),
            "--seed" => settings.seed = value.parse().expect("--seed is a number"),
            "--only" => settings.only = Some(value),
            "--findings" => settings.findings = value.into(),
            other => panic!("there is no option {other}"),
        }
    }
    settings
}

/// What went wrong last, from the panic's own words and place.
static PANIC: Mutex<String> = Mutex::new(String::new());

/// Fuzzes one target for so long; gives how many different findings there were.
fn fuzz(target: &Target, time: Duration, settings: &Settings) -> usize {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(|l| format!("{}:{}", l.file(), l.line())).unwrap_or_default();
        let words = info.payload_as_str().unwrap_or("a panic without words").lines().next().unwrap_or_default();
        *PANIC.lock().unwrap_or_else(|e| e.into_inner()) = format!("{place}: {words}");
    }));
    // A stack that overflows or memory that ends kills the process: then the input is in this file.
    let under_way = settings.findings.join(format!("{}.under-way", target.name));
    let begun = Instant::now();
    // When the input under way began, in milliseconds since `begun`; the maximum while none is.
    let since = AtomicU64::new(u64::MAX);
    let ended = AtomicU64::new(0);
    let mut found: BTreeMap<String, PathBuf> = BTreeMap::new();
    let mut executions = 0u64;
    std::thread::scope(|threads| {
        let (since, ended) = (&since, &ended);
        let watch = under_way.clone();
        threads.spawn(move || {
            while ended.load(Ordering::Relaxed) == 0 {
                std::thread::park_timeout(Duration::from_millis(500));
                let at = since.load(Ordering::Relaxed);
                let now = begun.elapsed().as_millis() as u64;
                if at != u64::MAX && now.saturating_sub(at) > PATIENCE.as_millis() as u64 {
                    println!("{}: an input takes longer than {PATIENCE:?}: {}", target.name, watch.display());
                    std::process::exit(1);
                }
            }
        });
        let worker = std::thread::Builder::new().stack_size(STACK).spawn_scoped(threads, || {
            let mut mutator = Mutator::new(settings.seed, target.corpus(), target.words);
            let mut check = target.check();
            let mut said = Instant::now();
            while begun.elapsed() < time {
                let input = mutator.next();
                std::fs::write(&under_way, &input).expect("the input is kept");
                since.store(begun.elapsed().as_millis() as u64, Ordering::Relaxed);
                let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| check(&input)));
                since.store(u64::MAX, Ordering::Relaxed);
                executions += 1;
                let problem = match outcome {
                    Ok(Ok(interesting)) => {
                        if interesting {
                            mutator.keep(input.clone());
                        }
                        continue_saying(target.name, executions, &mut said);
                        continue;
                    }
                    Ok(Err(broken)) => broken,
                    Err(_) => PANIC.lock().unwrap_or_else(|e| e.into_inner()).clone(),
                };
                if !found.contains_key(&problem) {
                    let path = keep(&settings.findings, target.name, found.len(), &input);
                    println!("{}: {problem}\n    {}", target.name, path.display());
                    found.insert(problem, path);
                }
            }
        });
        let joined = worker.expect("a thread").join();
        ended.store(1, Ordering::Relaxed);
        joined.expect("the fuzzing thread ends in order");
    });
    let _ = std::fs::remove_file(&under_way);
    let minutes = begun.elapsed().as_secs_f64() / 60.0;
    println!("{}: {executions} executions in {minutes:.1} minutes, {} findings", target.name, found.len());
    found.len()
}

fn continue_saying(name: &str, executions: u64, said: &mut Instant) {
    if said.elapsed() > Duration::from_secs(60) {
        println!("{name}: {executions} executions so far");
        *said = Instant::now();
    }
}

fn keep(folder: &Path, name: &str, number: usize, input: &[u8]) -> PathBuf {
    let path = folder.join(format!("{name}-{number}"));
    std::fs::write(&path, input).expect("a finding is kept");
    path
}
