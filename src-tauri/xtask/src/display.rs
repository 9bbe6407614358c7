//! A display: the person's own, or one for the tests that nobody sees.

use std::path::Path;
use std::process::Stdio;

use crate::failure::{Failure, Result, While};
use crate::paths;
use crate::process::{self, Server};

/// Fails unless a window can be opened here.
pub fn require() -> Result<()> {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if cfg!(target_os = "linux") && !set("DISPLAY") && !set("WAYLAND_DISPLAY") {
        return Err(Failure::new("there is no display to open a window on")
            .remedy("Run `cargo xtask run --headless`, or start a display and set DISPLAY."));
    }
    Ok(())
}

/// An X server without a screen. It ends when this value goes.
pub struct Xvfb {
    _server: Server,
    /// The value of `DISPLAY`.
    pub name: String,
}

impl Xvfb {
    pub fn start(scratch: &Path) -> Result<Self> {
        let program = paths::find(&["Xvfb"]).ok_or_else(|| {
            Failure::new("Xvfb, the display for the window test, is not found").remedy("apt-get install xvfb")
        })?;
        let log = scratch.join("xvfb.log");
        let errors = std::fs::File::create(&log).during("the log of Xvfb cannot be made")?;
        let numbers = scratch.join("xvfb.display");
        let number = std::fs::File::create(&numbers).during("the file for the display's number cannot be made")?;
        let mut server = Server::start(
            "Xvfb",
            "TERM",
            process::command(program)
                .args(["-displayfd", "1", "-screen", "0", "1440x900x24", "-nolisten", "tcp", "-noreset"])
                .stdin(Stdio::null())
                .stdout(number)
                .stderr(errors),
        )?;
        let said = || std::fs::read_to_string(&numbers).unwrap_or_default();
        server.wait_until(&log, || said().ends_with('\n'))?;
        Ok(Xvfb { _server: server, name: format!(":{}", said().trim()) })
    }
}
