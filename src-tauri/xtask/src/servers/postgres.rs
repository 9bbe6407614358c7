//! A private PostgreSQL cluster that asks for a password.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{PASSWORD, Purpose, absent, free_port, give};
use crate::failure::{Result, While};
use crate::process::{self, Server};
use crate::scratch::Scratch;

const USER: &str = "postgres";

/// A running cluster. It ends when this value goes.
pub struct Postgres {
    _server: Server,
    /// Without the password.
    pub url: String,
}

impl Postgres {
    pub fn start(scratch: &Scratch, purpose: Purpose) -> Result<Self> {
        let programs = programs().ok_or_else(|| absent("PostgreSQL's server", "postgresql"))?;
        let folder = scratch.folder("postgres")?;
        let password_file = folder.join("password");
        std::fs::write(&password_file, PASSWORD).during("the password file cannot be written")?;
        if process::is_root() {
            give(&folder, USER)?;
        }
        let data = folder.join("data");
        process::output(
            as_server(&programs.join("initdb"))
                .arg("--pgdata")
                .arg(&data)
                .args(["--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"])
                .args(["--no-sync", "--no-instructions"])
                .arg(format!("--pwfile={}", password_file.display())),
        )?;
        let port = free_port()?;
        let log = scratch.path().join("postgres.log");
        let errors = std::fs::File::create(&log).during("the log of PostgreSQL cannot be made")?;
        let mut settings = vec![
            format!("port={port}"),
            "listen_addresses=127.0.0.1".into(),
            "unix_socket_directories=".into(),
            "max_connections=200".into(),
        ];
        if purpose == Purpose::Tests {
            settings.extend(["fsync=off", "synchronous_commit=off", "full_page_writes=off"].map(String::from));
        }
        let mut command = as_server(&programs.join("postgres"));
        command.arg("-D").arg(&data).stdin(Stdio::null()).stdout(Stdio::null()).stderr(errors);
        for setting in settings {
            command.arg("-c").arg(setting);
        }
        // SIGINT is PostgreSQL's fast shutdown.
        let mut server = Server::start("PostgreSQL", "INT", &mut command)?;
        server.wait_until(&log, || answers(&programs, port))?;
        Ok(Postgres { _server: server, url: format!("postgres://{USER}@127.0.0.1:{port}/postgres") })
    }
}

fn answers(programs: &Path, port: u16) -> bool {
    let mut ask = process::command(programs.join("psql"));
    ask.args(["--no-psqlrc", "--no-password", "--tuples-only", "--command=select 1", "--host=127.0.0.1"])
        .arg(format!("--port={port}"))
        .args(["--username", USER, "--dbname=postgres"])
        .env("PGPASSWORD", PASSWORD);
    process::output(&mut ask).is_ok()
}

/// PostgreSQL refuses to run as root.
fn as_server(program: &Path) -> Command {
    if process::is_root() { process::command_as(USER, program) } else { process::command(program) }
}

/// The folder of the newest version's programs: Debian keeps them off the `PATH`.
pub fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path().join("bin"))))
        .filter(|(_, folder)| folder.join("initdb").is_file())
        .max();
    let on_path = || crate::paths::find(&["initdb"]).and_then(|program| program.parent().map(PathBuf::from));
    newest.map(|(_, folder)| folder).or_else(on_path)
}
