//! Running a program once, and how long and how large it was.

use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::failure::{Failure, Result, While};
use crate::process;

/// How often a process is asked for its greatest size so far.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// One run of a program.
#[derive(Debug, Clone)]
pub struct Sample {
    pub seconds: f64,
    /// Greatest resident size of the process itself in bytes, not of its servers or children; 0 where the system does
    /// not tell.
    pub memory: u64,
}

/// Runs it from start to end. The time counts as a person would: the whole process.
pub fn run(command: &mut Command) -> Result<Sample> {
    let name = process::name(command);
    let begun = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .during(format!("{name} cannot be started"))?;
    let out = child.stdout.take().map(listen);
    let err = child.stderr.take().map(listen);
    let mut memory = 0;
    let status = loop {
        memory = memory.max(resident(child.id()));
        if let Some(status) = child.try_wait().during(format!("{name} cannot be waited for"))? {
            break status;
        }
        std::thread::sleep(LOOK_EVERY);
    };
    let seconds = begun.elapsed().as_secs_f64();
    let heard = |pipe: Option<std::thread::JoinHandle<String>>| pipe.and_then(|p| p.join().ok()).unwrap_or_default();
    let (output, said) = (heard(out), heard(err));
    if !status.success() {
        let tail: String = (output + &said).lines().rev().take(12).map(|l| format!("\n    {l}")).collect();
        return Err(Failure::new(format!("{name} failed ({status}){tail}")));
    }
    Ok(Sample { seconds, memory })
}

fn listen(mut pipe: impl Read + Send + 'static) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = pipe.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// The kernel's own high-water mark, so that looking seldom loses nothing but the last moment.
fn resident(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|l| l.split_whitespace().next()).and_then(|n| n.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}

/// The middle one; of an even number the lower.
pub fn median(samples: &[Sample]) -> Option<Sample> {
    let mut sorted: Vec<&Sample> = samples.iter().collect();
    sorted.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
    let middle = sorted.get(sorted.len().checked_sub(1)? / 2)?;
    let memory = samples.iter().map(|s| s.memory).max().unwrap_or(0);
    Some(Sample { memory, ..(*middle).clone() })
}
