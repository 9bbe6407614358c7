//! What is measured on: private servers as their packages ship them, the tools, and a folder for files.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Failure, Result};
use crate::scratch::Scratch;
use crate::servers::mariadb::MariaDb;
use crate::servers::postgres::{Postgres, programs};
use crate::servers::{PASSWORD, Purpose};
use crate::{packages, paths, process};

const PACKAGES: &[&str] = &["postgresql", "mariadb-server", "sqlite3", "python3-venv"];

/// From PyPI: the rival, and TPC-H's generator.
const WHEELS: &[&str] = &[
    "duckdb==1.5.5",
    "duckdb-extensions",
    "duckdb-extension-postgres-scanner",
    "duckdb-extension-mysql-scanner",
    "duckdb-extension-sqlite-scanner",
    "tpchgen-cli",
];

pub struct Ground {
    _postgres: Postgres,
    _mariadb: MariaDb,
    pub postgres_url: String,
    pub mariadb_url: String,
    psql: PathBuf,
    mariadb: PathBuf,
    pub python: PathBuf,
    tpchgen: PathBuf,
    pub files: PathBuf,
}

impl Ground {
    pub fn start(scratch: &Scratch, install: bool) -> Result<Self> {
        packages::provide(PACKAGES, install)?;
        let tools = tools(install)?;
        let postgres = Postgres::start(scratch, Purpose::Measurements)?;
        let mariadb = MariaDb::start(scratch, Purpose::Measurements)?;
        let found = |names: &[&str]| {
            paths::find(names).ok_or_else(|| Failure::new(format!("{} is not found", names.join(" or "))))
        };
        let psql = programs().map(|folder| folder.join("psql")).filter(|p| p.is_file());
        let ground = Ground {
            postgres_url: postgres.url.clone(),
            mariadb_url: mariadb.url.clone(),
            _postgres: postgres,
            _mariadb: mariadb,
            psql: psql.map_or_else(|| found(&["psql"]), Ok)?,
            mariadb: found(&["mariadb", "mysql"])?,
            python: tools.join("python"),
            tpchgen: tools.join("tpchgen-cli"),
            files: scratch.folder("files")?,
        };
        for database in ["source", "target"] {
            ground.sql_in("postgres", &format!("create database {database}"))?;
            ground.mysql_in("mysql", &format!("create database {database}"))?;
        }
        Ok(ground)
    }

    /// `psql` on one of the databases.
    pub fn psql(&self, database: &str) -> Command {
        let mut command = process::command(&self.psql);
        command.args([
            "--no-psqlrc",
            "--no-password",
            "--quiet",
            "--tuples-only",
            "--no-align",
            "--set=ON_ERROR_STOP=1",
        ]);
        command.arg(self.dsn(database)).env("PGPASSWORD", PASSWORD);
        command
    }

    /// A shell's words for `psql` on one of the databases.
    pub fn psql_words(&self, database: &str) -> String {
        format!("{} --no-psqlrc --quiet '{}'", self.psql.display(), self.dsn(database))
    }

    pub fn mariadb(&self, database: &str) -> Command {
        let mut command = process::command(&self.mariadb);
        command.args(["--no-defaults", "--host=127.0.0.1", "--user=root", "--local-infile=1", "--skip-column-names"]);
        command.arg(format!("--port={}", port(&self.mariadb_url))).arg(database).env("MYSQL_PWD", PASSWORD);
        command
    }

    pub fn sql(&self, database: &str, sql: &str) -> Result<String> {
        process::output(self.psql(database).args(["--command", sql]))
    }

    fn sql_in(&self, database: &str, sql: &str) -> Result<String> {
        self.sql(database, sql)
    }

    pub fn mysql(&self, database: &str, sql: &str) -> Result<String> {
        self.mysql_in(database, sql)
    }

    fn mysql_in(&self, database: &str, sql: &str) -> Result<String> {
        process::output(self.mariadb(database).arg(format!("--execute={sql}")))
    }

    /// In libpq's key=value form, without the password.
    pub fn dsn(&self, database: &str) -> String {
        format!("host=127.0.0.1 port={} user=postgres dbname={database}", port(&self.postgres_url))
    }

    pub fn mariadb_port(&self) -> &str {
        port(&self.mariadb_url)
    }

    /// `lineitem` as CSV with a header, made once.
    pub fn lineitem(&self, scale: f64) -> Result<PathBuf> {
        let folder = paths::bench().join(format!("tpch-{scale}"));
        let file = folder.join("lineitem.csv");
        if !file.is_file() {
            println!("Making TPC-H lineitem at scale {scale}");
            process::foreground(
                process::command(&self.tpchgen)
                    .args(["csv", "--scale-factor", &scale.to_string(), "--tables", "lineitem"])
                    .arg(format!("--output-dir={}", folder.display())),
            )?;
        }
        Ok(file)
    }
}

fn port(url: &str) -> &str {
    url.rsplit_once(':').and_then(|(_, rest)| rest.split('/').next()).unwrap_or_default()
}

/// The folder of the programs of a Python environment of our own.
fn tools(install: bool) -> Result<PathBuf> {
    let folder = paths::bench().join("tools");
    let programs = folder.join("bin");
    let ready = folder.join("ready");
    let wanted = WHEELS.join("\n");
    if std::fs::read_to_string(&ready).is_ok_and(|text| text == wanted) {
        return Ok(programs);
    }
    if !install {
        return Err(Failure::new("the rivals are not installed").remedy("Run it without --no-install."));
    }
    let python = paths::find(&["python3"]).ok_or_else(|| Failure::new("python3 is not found"))?;
    println!("Installing {}", WHEELS.join(", "));
    process::foreground(process::command(python).args(["-m", "venv"]).arg(&folder))?;
    let pip = programs.join("pip");
    process::foreground(
        process::command(&pip).args(["install", "--quiet", "--disable-pip-version-check"]).args(WHEELS),
    )?;
    write(&ready, &wanted)?;
    Ok(programs)
}

pub fn write(path: &Path, text: &str) -> Result<()> {
    use crate::failure::While;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).during(format!("the folder {} cannot be made", folder.display()))?;
    }
    std::fs::write(path, text).during(format!("{} cannot be written", path.display()))
}
