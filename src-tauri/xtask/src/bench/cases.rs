//! What is measured: each crossing, the program that is the bar for it, and the same by Rowferry.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use super::ground::{Ground, write};
use super::tables::{self, Shape};
use crate::failure::{Failure, Result};
use crate::servers::PASSWORD;
use crate::{paths, process};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Postgres,
    MariaDb,
    Sqlite,
    Csv,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// `psql` reading into `psql` writing, both in the binary form.
    Pipe,
    DuckDb,
    LoadData,
    SqliteImport,
    /// Rowferry itself on the same crossing without expressions.
    Plain,
    /// Rowferry's load of what it proves.
    Load,
}

impl Peer {
    pub fn name(self) -> &'static str {
        match self {
            Peer::Pipe => "psql | psql, binary",
            Peer::DuckDb => "DuckDB 1.5.5",
            Peer::LoadData => "LOAD DATA LOCAL INFILE",
            Peer::SqliteImport => "sqlite3 .import",
            Peer::Plain => "Rowferry without them",
            Peer::Load => "the load",
        }
    }
}

/// One measurement.
pub struct Case {
    pub name: String,
    pub from: End,
    pub to: End,
    pub tables: Vec<Shape>,
    pub peer: Peer,
    /// Rowferry's time divided by the peer's is to be at most this; `None` where no bar is set.
    pub bar: Option<f64>,
    /// A cast and two string functions on three columns.
    pub expressions: bool,
    pub rounds: usize,
}

pub fn crossings(rounds: usize) -> Vec<Case> {
    let pairs = [
        (End::Postgres, End::Postgres, Peer::Pipe, 0.75),
        (End::MariaDb, End::Postgres, Peer::DuckDb, 0.60),
        (End::Sqlite, End::Postgres, Peer::DuckDb, 0.75),
        (End::Csv, End::Postgres, Peer::DuckDb, 0.80),
        (End::Postgres, End::MariaDb, Peer::LoadData, 1.0),
        (End::Postgres, End::Sqlite, Peer::SqliteImport, 0.8),
    ];
    let case = |name: String, from, to, peer, bar, expressions: bool| Case {
        name,
        from,
        to,
        tables: vec![tables::lineitem()],
        peer,
        bar: Some(bar),
        expressions,
        rounds: if expressions { rounds.min(3) } else { rounds },
    };
    let mut cases = Vec::new();
    for (from, to, peer, bar) in pairs {
        cases.push(case(format!("{} → {}", from.name(), to.name()), from, to, peer, bar, false));
    }
    for (from, to, ..) in pairs {
        let name = format!("{} → {}, three expressions", from.name(), to.name());
        cases.push(case(name, from, to, Peer::Plain, 1.25, true));
    }
    let other = |name: &str, tables| Case {
        name: name.into(),
        from: End::Postgres,
        to: End::Postgres,
        tables,
        peer: Peer::Pipe,
        bar: None,
        expressions: false,
        rounds: rounds.min(3),
    };
    cases.push(other("wide text, PostgreSQL → PostgreSQL", vec![tables::wide()]));
    cases.push(other("300 columns, PostgreSQL → PostgreSQL", vec![tables::broad()]));
    cases.push(other("200 × 50,000 rows, PostgreSQL → PostgreSQL", (0..200).map(tables::small).collect()));
    cases
}

impl End {
    pub fn name(self) -> &'static str {
        match self {
            End::Postgres => "PostgreSQL",
            End::MariaDb => "MariaDB",
            End::Sqlite => "SQLite",
            End::Csv => "CSV",
        }
    }

    fn schema(self, database: &str) -> &str {
        match self {
            End::Postgres => "public",
            End::MariaDb => database,
            End::Sqlite => "main",
            End::Csv => "files",
        }
    }
}

/// The ends of a case on this ground.
pub struct Places<'a> {
    pub ground: &'a Ground,
    pub csv: &'a Path,
    pub rows: u64,
}

impl Places<'_> {
    pub fn target_file(&self) -> PathBuf {
        self.ground.files.join("target.sqlite")
    }

    fn url(&self, end: End, database: &str) -> String {
        let base = |url: &str| url.rsplit_once('/').map_or(url.to_string(), |(base, _)| base.to_string());
        match end {
            End::Postgres => format!("{}/{database}", base(&self.ground.postgres_url)),
            End::MariaDb => format!("{}/{database}", base(&self.ground.mariadb_url)),
            End::Sqlite => format!("sqlite:{}", self.ground.files.join(format!("{database}.sqlite")).display()),
            End::Csv => format!("csv:{}", self.csv.display()),
        }
    }

    /// Empty tables without indexes, as both are given.
    pub fn empty_target(&self, case: &Case) -> Result<()> {
        let script: String = case.tables.iter().map(|t| format!("{}; {};\n", t.drop(), t.create())).collect();
        match case.to {
            End::Postgres => {
                self.ground.sql("target", &script)?;
                // What was dropped must not be cleaned up while the next one is measured.
                self.ground.sql("target", "checkpoint").map(drop)
            }
            End::MariaDb => self.ground.mysql("target", &script).map(drop),
            End::Sqlite => {
                for ending in ["", "-wal", "-shm", "-journal"] {
                    let _ = std::fs::remove_file(format!("{}{ending}", self.target_file().display()));
                }
                if case.peer == Peer::SqliteImport {
                    write(&self.ground.files.join("peer.sql"), &tables::sqlite_script(self.csv))?;
                }
                Ok(())
            }
            End::Csv => Err(Failure::new("no measurement writes CSV")),
        }
    }

    /// Did every row arrive?
    pub fn check(&self, case: &Case) -> Result<()> {
        if case.tables.len() > 1 || case.tables[0].name != "lineitem" {
            return Ok(());
        }
        let sql = "select count(*) from lineitem";
        let counted = match case.to {
            End::Postgres => self.ground.sql("target", sql)?,
            End::MariaDb => self.ground.mysql("target", sql)?,
            _ => process::output(process::command("sqlite3").arg(self.target_file()).arg(sql))?,
        };
        if counted.trim() == self.rows.to_string() {
            return Ok(());
        }
        Err(Failure::new(format!("{}: {} of {} rows arrived", case.name, counted.trim(), self.rows)))
    }

    pub fn peer(&self, case: &Case) -> Result<Command> {
        Ok(match case.peer {
            Peer::Pipe => {
                let (from, to) = (self.ground.psql_words("source"), self.ground.psql_words("target"));
                let pipe = |t: &Shape| {
                    format!(
                        "{from} -c 'copy {0} to stdout (format binary)' | {to} -c 'copy {0} from stdin (format binary)'",
                        t.name
                    )
                };
                let pipes: Vec<String> = case.tables.iter().map(pipe).collect();
                let mut command = process::command("/bin/sh");
                command.args(["-c", &pipes.join("\n")]).env("PGPASSWORD", PASSWORD);
                command
            }
            Peer::DuckDb => self.duckdb(case),
            Peer::LoadData => {
                let mut command = self.ground.mariadb("target");
                command.arg(format!("--execute={}", tables::load_data(self.csv)));
                command
            }
            Peer::SqliteImport => {
                let mut command = process::command("sqlite3");
                let script = self.ground.files.join("peer.sql");
                command.arg(self.target_file()).arg(format!(".read '{}'", script.display()));
                command
            }
            Peer::Plain | Peer::Load => self.rowferry(case, false, "counts")?,
        })
    }

    fn duckdb(&self, case: &Case) -> Command {
        let (extension, attach) = match case.from {
            End::MariaDb => (
                "mysql_scanner",
                format!(
                    "attach 'host=127.0.0.1 port={} user=root database=source' as s (type mysql)",
                    self.ground.mariadb_port()
                ),
            ),
            End::Sqlite => (
                "sqlite_scanner",
                format!("attach '{}' as s (type sqlite)", self.ground.files.join("source.sqlite").display()),
            ),
            _ => ("", String::new()),
        };
        let rows = match case.from {
            End::Csv => format!("read_csv('{}')", self.csv.display()),
            _ => "s.lineitem".into(),
        };
        let script = format!(
            "import duckdb\nfrom duckdb_extensions import import_extension\n\
             c = duckdb.connect()\n\
             for name in [n for n in ('postgres_scanner', '{extension}') if n]:\n    import_extension(name, con=c)\n    c.execute('load ' + name)\n\
             if '{extension}': c.execute(\"\"\"{attach}\"\"\")\n\
             c.execute(\"\"\"attach '{}' as d (type postgres)\"\"\")\n\
             c.execute(\"\"\"insert into d.lineitem select * from {rows}\"\"\")\n",
            self.ground.dsn("target")
        );
        let mut command = process::command(&self.ground.python);
        command.args(["-c", &script]).env("PGPASSWORD", PASSWORD).env("MYSQL_PWD", PASSWORD);
        command
    }

    /// Rowferry, headless, on a project like one that a person saved; its checkpoints, ledger and rejects are on.
    pub fn rowferry(&self, case: &Case, expressions: bool, verify: &str) -> Result<Command> {
        let folder = self.ground.files.join("projects");
        let file = folder.join("case.rowferry.json");
        write(&file, &self.project(case, expressions, verify).to_string())?;
        let mut command = process::command(rowferry());
        command.arg("run").arg(&file).args(["--yes", "--json"]);
        self.surroundings(&mut command);
        Ok(command)
    }

    /// The proof of what `rowferry` loaded last.
    pub fn proof(&self) -> Command {
        let mut command = process::command(rowferry());
        command.arg("verify").arg(self.ground.files.join("projects").join("case.rowferry.json"));
        command.args(["--level", "checksums"]);
        self.surroundings(&mut command);
        command
    }

    pub fn surroundings(&self, command: &mut Command) {
        command
            .env("ROWFERRY_HOME", self.ground.files.join("home"))
            .env("ROWFERRY_PASSWORD_SOURCE", PASSWORD)
            .env("ROWFERRY_PASSWORD_TARGET", PASSWORD);
    }

    fn project(&self, case: &Case, expressions: bool, verify: &str) -> Value {
        let tables: Vec<Value> = case
            .tables
            .iter()
            .map(|t| {
                let columns: Vec<Value> = t.columns.iter().map(|(name, _)| column(name, expressions)).collect();
                json!({
                    "from": { "schema": case.from.schema("source"), "table": t.name },
                    "to": { "schema": case.to.schema("target"), "table": t.name },
                    "existing": "refuse",
                    "state": "confirmed",
                    "columns": columns,
                })
            })
            .collect();
        json!({
            "rowferry": 1,
            "name": "benchmark",
            "connections": {
                "source": { "url": self.url(case.from, "source") },
                "target": { "url": self.url(case.to, "target") },
            },
            "source": "source",
            "target": "target",
            "tables": tables,
            "options": { "verify": verify },
        })
    }
}

fn column(name: &str, expressions: bool) -> Value {
    let expression = match name {
        "l_linenumber" => "cast(\"l_linenumber\" * 10 as integer)",
        "l_shipmode" => "lower(\"l_shipmode\")",
        "l_comment" => "replace(\"l_comment\", 'the', 'THE')",
        _ => return json!({ "to": name, "from": [name], "state": "confirmed" }),
    };
    match expressions {
        true => json!({ "to": name, "from": [name], "expression": expression, "state": "confirmed" }),
        false => json!({ "to": name, "from": [name], "state": "confirmed" }),
    }
}

/// The program as the `bench` profile built it.
pub fn rowferry() -> PathBuf {
    // Cargo keeps what this profile builds where releases are.
    paths::built("rowferry", true)
}
