//! A session bus with an unlocked keyring on it, so that the tests of secrets use a real one and never the person's.

use std::io::Write;
use std::process::Stdio;

use super::absent;
use crate::failure::{Failure, Result, While};
use crate::paths;
use crate::process::{self, Server};
use crate::scratch::Scratch;

/// A bus and a keyring. They end when this value goes.
pub struct Keyring {
    // Fields are dropped in this order: the keyring before its bus.
    _keyring: Server,
    _bus: Server,
    /// The value of `DBUS_SESSION_BUS_ADDRESS`.
    pub bus: String,
}

impl Keyring {
    pub fn start(scratch: &Scratch) -> Result<Self> {
        let folder = scratch.folder("keyring")?;
        let daemon = paths::find(&["dbus-daemon"]).ok_or_else(|| absent("dbus-daemon", "dbus"))?;
        let send = paths::find(&["dbus-send"]).ok_or_else(|| absent("dbus-send", "dbus"))?;
        let keyring =
            paths::find(&["gnome-keyring-daemon"]).ok_or_else(|| absent("gnome-keyring-daemon", "gnome-keyring"))?;

        let log = folder.join("log");
        let errors = || std::fs::File::create(&log).during("the log of the keyring cannot be made");
        let bus = format!("unix:path={}", folder.join("bus").display());
        let mut server = Server::start(
            "dbus-daemon",
            "TERM",
            process::command(daemon)
                .args(["--session", "--nofork", "--nopidfile", "--nosyslog"])
                .arg(format!("--address={bus}"))
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(errors()?),
        )?;
        let has = |name: &str| {
            let mut ask = process::command(&send);
            ask.args(["--session", "--print-reply", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus"])
                .args(["org.freedesktop.DBus.NameHasOwner", &format!("string:{name}")])
                .env("DBUS_SESSION_BUS_ADDRESS", &bus);
            process::output(&mut ask).is_ok_and(|said| said.contains("true"))
        };
        server.wait_until(&log, || has("org.freedesktop.DBus"))?;

        let mut unlocked = Server::start(
            "gnome-keyring-daemon",
            "TERM",
            process::command(keyring)
                .args(["--foreground", "--unlock", "--components=secrets"])
                .arg(format!("--control-directory={}", folder.display()))
                .env("DBUS_SESSION_BUS_ADDRESS", &bus)
                .env("XDG_DATA_HOME", &folder)
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(errors()?),
        )?;
        // It takes all of its input as the password.
        unlocked
            .child()
            .stdin
            .take()
            .ok_or_else(|| Failure::new("the keyring takes no password"))?
            .write_all(b"rowferry")
            .during("the keyring's password cannot be given")?;
        unlocked.wait_until(&log, || has("org.freedesktop.secrets"))?;
        Ok(Keyring { _keyring: unlocked, _bus: server, bus })
    }
}
