//! Private servers for the tests: in a scratch folder, on free ports of this machine, stopped afterwards.

pub mod keyring;
pub mod mariadb;
pub mod postgres;

use std::net::TcpListener;
use std::path::Path;

use crate::failure::{Failure, Result, While};
use crate::process;

/// With everything in it that has a meaning in a URL, in a shell or in a configuration file.
pub const PASSWORD: &str = "p@:/%#?w d";

/// What a server is started for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Quick, and nothing outlives it: no write waits for the disk.
    Tests,
    /// As the packages ship it, but for its port.
    Measurements,
}

fn free_port() -> Result<u16> {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .during("no free port is found")
}

/// Gives a folder to the user that a server runs as.
fn give(folder: &Path, user: &str) -> Result<()> {
    process::foreground(process::command("chown").arg("--recursive").arg(format!("{user}:{user}")).arg(folder))
}

fn absent(program: &str, package: &str) -> Failure {
    Failure::new(format!("{program} is not found")).remedy(format!("Install it (Debian and Ubuntu: {package})."))
}
