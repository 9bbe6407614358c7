//! Starting other programs: in the foreground, for their output, or as servers that end with us.
//!
//! Whatever way this process ends, what it started ends too: on Linux the kernel sees to it, elsewhere `Server` does.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::failure::{Failure, Result, While};
use crate::paths;

/// A command whose process ends when this one does, without what cargo told us about ourselves.
///
/// Build scripts ask to be run again when `CARGO_MANIFEST_DIR` and its like change: a cargo started from here must see
/// the same environment as one started by hand, or half the dependencies are built twice.
pub fn command(program: impl AsRef<Path>) -> Command {
    let program = program.as_ref();
    let mut command = match parent_death_signal() {
        Some(prefix) => {
            let mut command = Command::new(prefix);
            command.args(["--pdeathsig", "TERM", "--"]).arg(program);
            command
        }
        None => Command::new(program),
    };
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        let about_us = name.starts_with("CARGO_PKG_")
            || name.starts_with("CARGO_BIN_")
            || ["CARGO", "CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH", "CARGO_PRIMARY_PACKAGE"].contains(&name.as_str())
            || ["RUST_RECURSION_COUNT", "LD_LIBRARY_PATH", "RUSTUP_TOOLCHAIN_SOURCE"].contains(&name.as_str());
        if about_us {
            command.env_remove(name);
        }
    }
    command.env("CARGO_TARGET_DIR", paths::target()).current_dir(paths::root());
    command
}

/// The same, run by another user.
pub fn command_as(user: &str, program: impl AsRef<Path>) -> Command {
    let setpriv = paths::find(&["setpriv"]).unwrap_or_else(|| "setpriv".into());
    let mut command = Command::new(setpriv);
    command
        .arg(format!("--reuid={user}"))
        .arg(format!("--regid={user}"))
        .args(["--clear-groups", "--pdeathsig", "TERM", "--"])
        .arg(program.as_ref())
        .env("HOME", "/")
        .current_dir("/");
    command
}

fn parent_death_signal() -> Option<std::path::PathBuf> {
    if cfg!(target_os = "linux") { paths::find(&["setpriv"]) } else { None }
}

/// Whether this process may do anything on this machine.
pub fn is_root() -> bool {
    cfg!(unix) && output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// What to call a command in a message: the program and its arguments, without our own wrapping.
pub fn name(command: &Command) -> String {
    let mut words: Vec<String> = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    if let Some(end) = words.iter().position(|word| word == "--")
        && words[0].ends_with("setpriv")
    {
        words.drain(..=end);
    }
    words.join(" ")
}

/// Runs a command in the foreground, showing its output.
pub fn foreground(command: &mut Command) -> Result<()> {
    let name = name(command);
    let status = command.status().during(format!("{name} cannot be started"))?;
    if status.success() { Ok(()) } else { Err(Failure::new(format!("{name} failed ({status})"))) }
}

/// Runs a command for what it prints on standard output.
pub fn output(command: &mut Command) -> Result<String> {
    let name = name(command);
    let output = command.stdin(Stdio::null()).output().during(format!("{name} cannot be started"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said.lines().rev().take(8).collect::<Vec<_>>();
        let said = said.into_iter().rev().collect::<Vec<_>>().join("\n    ");
        Err(Failure::new(format!("{name} failed ({})\n    {said}", output.status)))
    }
}

/// What a command that was shown while it ran has said.
pub struct Heard {
    pub success: bool,
    pub text: String,
}

/// Runs a command in the foreground, showing its output and keeping it.
pub fn heard(command: &mut Command) -> Result<Heard> {
    let name = name(command);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .during(format!("{name} cannot be started"))?;
    let out = child.stdout.take().map(|pipe| std::thread::spawn(move || show(pipe, std::io::stdout())));
    let err = child.stderr.take().map(|pipe| std::thread::spawn(move || show(pipe, std::io::stderr())));
    let status = child.wait().during(format!("{name} cannot be waited for"))?;
    let mut text = String::new();
    for pipe in [out, err].into_iter().flatten() {
        text += &pipe.join().unwrap_or_default();
    }
    Ok(Heard { success: status.success(), text })
}

fn show(pipe: impl Read, mut to: impl Write) -> String {
    let mut kept = String::new();
    let mut pipe = BufReader::new(pipe);
    let mut line = Vec::new();
    while pipe.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
        let _ = to.write_all(&line).and_then(|()| to.flush());
        kept += &String::from_utf8_lossy(&line);
        line.clear();
    }
    kept
}

/// A program running in the background, stopped by its process id when this value goes.
pub struct Server {
    name: &'static str,
    child: Child,
    /// The signal that makes it end in order.
    signal: &'static str,
}

impl Server {
    pub fn start(name: &'static str, signal: &'static str, command: &mut Command) -> Result<Self> {
        let child = command.spawn().during(format!("{name} cannot be started"))?;
        Ok(Server { name, child, signal })
    }

    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Waits until `ready` holds, for at most a minute.
    pub fn wait_until(&mut self, log: &Path, mut ready: impl FnMut() -> bool) -> Result<()> {
        let started = Instant::now();
        while !ready() {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(Failure::new(format!("{} ended at once ({status}){}", self.name, tail(log))));
            }
            if started.elapsed() > Duration::from_secs(60) {
                return Err(Failure::new(format!("{} does not answer after a minute{}", self.name, tail(log))));
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }
}

fn tail(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<_> = text.lines().collect();
    let from = lines.len().saturating_sub(15);
    lines[from..].iter().map(|line| format!("\n    {line}")).collect()
}

impl Drop for Server {
    fn drop(&mut self) {
        if cfg!(unix) {
            let _ = Command::new("sh")
                .args(["-c", &format!("kill -{} {}", self.signal, self.child.id())])
                .stderr(Stdio::null())
                .status();
            let started = Instant::now();
            while started.elapsed() < Duration::from_secs(20) {
                if matches!(self.child.try_wait(), Ok(Some(_)) | Err(_)) {
                    return;
                }
                std::thread::sleep(Duration::from_millis(50));
            }
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
