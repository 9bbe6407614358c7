//! A private MariaDB server that asks for a password.

use std::path::Path;
use std::process::{Command, Stdio};

use super::{PASSWORD, Purpose, absent, free_port, give};
use crate::failure::{Result, While};
use crate::paths;
use crate::process::{self, Server};
use crate::scratch::Scratch;

const USER: &str = "mysql";

/// A running server. It ends when this value goes.
pub struct MariaDb {
    _server: Server,
    /// Without the password.
    pub url: String,
}

impl MariaDb {
    pub fn start(scratch: &Scratch, purpose: Purpose) -> Result<Self> {
        let find = |names: &[&str]| paths::find(names).ok_or_else(|| absent("MariaDB's server", "mariadb-server"));
        let install = find(&["mariadb-install-db", "mysql_install_db"])?;
        let daemon = find(&["mariadbd", "mysqld"])?;
        let client = find(&["mariadb", "mysql"])?;
        let folder = scratch.folder("mariadb")?;
        let data = folder.join("data");
        let first = folder.join("first.sql");
        std::fs::write(&first, format!("alter user 'root'@'localhost' identified by '{PASSWORD}';\n"))
            .during("the first statement for MariaDB cannot be written")?;
        std::fs::create_dir_all(&data).during("the data folder of MariaDB cannot be made")?;
        let user = process::is_root().then(|| format!("--user={USER}"));
        if user.is_some() {
            give(&folder, USER)?;
        }
        process::output(
            process::command(install)
                .arg("--no-defaults")
                .args(user)
                .arg(format!("--datadir={}", data.display()))
                .args(["--auth-root-authentication-method=normal", "--skip-test-db"]),
        )?;
        let port = free_port()?;
        let log = scratch.path().join("mariadb.log");
        let errors = std::fs::File::create(&log).during("the log of MariaDB cannot be made")?;
        let mut server = Server::start(
            "MariaDB",
            "TERM",
            as_server(&daemon)
                .arg("--no-defaults")
                .arg(format!("--datadir={}", data.display()))
                .arg(format!("--socket={}", folder.join("socket").display()))
                .arg(format!("--pid-file={}", folder.join("pid").display()))
                .arg(format!("--init-file={}", first.display()))
                // A server that starts takes the temporary tables of others out of a folder that they share.
                .arg(format!("--tmpdir={}", folder.display()))
                .arg(format!("--port={port}"))
                .args(["--bind-address=127.0.0.1", "--local-infile=1", "--max-connections=300"])
                .args(match purpose {
                    Purpose::Tests => &["--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=0"][..],
                    Purpose::Measurements => &[],
                })
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(errors),
        )?;
        server.wait_until(&log, || answers(&client, port))?;
        Ok(MariaDb { _server: server, url: format!("mysql://root@127.0.0.1:{port}/") })
    }
}

/// It would change its user by itself, but then it would no longer end with us.
fn as_server(program: &Path) -> Command {
    if process::is_root() { process::command_as(USER, program) } else { process::command(program) }
}

fn answers(client: &Path, port: u16) -> bool {
    let mut ask = process::command(client);
    ask.args(["--no-defaults", "--host=127.0.0.1", "--user=root", "--execute=select 1"])
        .arg(format!("--port={port}"))
        .env("MYSQL_PWD", PASSWORD);
    process::output(&mut ask).is_ok()
}
