//! The command line, as a script uses it: the real executable, its exit codes, its output, and what it leaves behind
//! when it is stopped at any moment.

mod answers;
mod changed_target;
mod choices;
mod constraints;
mod differences;
mod disk_full;
mod encodings;
mod enums;
mod examined;
mod examined_keys;
mod exit_codes;
mod faults;
mod files;
mod generated;
mod json;
mod killed;
mod killed_anywhere;
mod names;
mod next_numbers;
mod orphans;
mod reload;
mod restored;
mod retried;
mod signals;
mod silence;
mod skip;
mod straight;
mod taken_back;
mod unopenable;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;

/// The executable under test: `ROWFERRY_CLI`, or the one beside this test's own executable.
pub fn executable() -> PathBuf {
    let path = match std::env::var_os("ROWFERRY_CLI") {
        Some(path) => PathBuf::from(path),
        None => {
            let me = std::env::current_exe().expect("this test's own path");
            let folder = me.parent().and_then(Path::parent).expect("target/debug/deps");
            folder.join(format!("rowferry{}", std::env::consts::EXE_SUFFIX))
        }
    };
    assert!(
        path.is_file(),
        "{} is not there. Build it first: cargo build --workspace --exclude rowferry-app --bins (`cargo xtask test` \
         does), or name it by ROWFERRY_CLI.",
        path.display()
    );
    path
}

/// A folder with a workspace of its own.
pub struct Place {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

/// How a command ended.
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Place {
    pub fn new() -> Place {
        Place { folder: tempfile::tempdir().expect("a scratch folder"), variables: Vec::new() }
    }

    /// Sets a variable for every command that follows.
    pub fn with(mut self, name: &str, value: &str) -> Place {
        self.variables.push((name.into(), value.into()));
        self
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("a file in the scratch folder");
    }

    /// A SQLite file made by these statements.
    pub fn sqlite(&self, name: &str, sql: &str) -> Connection {
        let database = Connection::open(self.path(name)).expect("a SQLite file");
        database.busy_timeout(std::time::Duration::from_secs(60)).expect("a timeout");
        database.execute_batch(sql).unwrap_or_else(|e| panic!("{e}\n{sql}"));
        database
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(executable());
        self.prepare(&mut command);
        command.args(arguments);
        command
    }

    /// The surroundings of a command: this folder, its workspace, no password but those that the test sets.
    pub fn prepare(&self, command: &mut Command) {
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("ROWFERRY_") {
                command.env_remove(name);
            }
        }
        command.current_dir(self.folder.path()).env("ROWFERRY_HOME", self.path("home")).stdin(Stdio::null());
        command.envs(self.variables.iter().map(|(n, v)| (n, v)));
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).output().expect("the executable runs"))
    }

    pub fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the executable runs")
    }

    /// Makes `p.rowferry.json` from two URLs with everything accepted, and changes its document.
    pub fn project(&self, from: &str, to: &str, change: impl FnOnce(&mut Value)) {
        let made = self.run(&["suggest", "--from", from, "--to", to, "-o", PROJECT, "--accept", "0"]);
        made.expect(0);
        let text = std::fs::read_to_string(self.path(PROJECT)).expect("the project");
        let mut document: Value = serde_json::from_str(&text).expect("JSON");
        change(&mut document);
        self.write(PROJECT, &document.to_string());
    }

    /// The id of the latest run.
    pub fn last_run(&self) -> String {
        let runs = self.run(&["runs", "--json"]);
        let latest = runs.lines().into_iter().next().expect("a run");
        latest["run"].as_str().expect("its id").to_string()
    }

    /// No file below the folder holds the text.
    pub fn holds_nowhere(&self, secret: &str) {
        let mut folders = vec![self.folder.path().to_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).expect("a folder").map(|e| e.expect("an entry").path()) {
                if entry.is_dir() {
                    folders.push(entry);
                    continue;
                }
                let bytes = std::fs::read(&entry).expect("a file");
                let found = bytes.windows(secret.len()).any(|w| w == secret.as_bytes());
                assert!(!found, "{} holds the password", entry.display());
            }
        }
    }
}

pub const PROJECT: &str = "p.rowferry.json";

impl Ran {
    pub fn of(output: Output) -> Ran {
        Ran {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).expect("UTF-8"),
            err: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    /// Demands an exit code, and that nothing panicked.
    #[track_caller]
    pub fn expect(&self, code: i32) -> &Ran {
        assert_eq!(self.code, Some(code), "\n--- out\n{}\n--- err\n{}", self.out, self.err);
        assert!(!self.err.contains("panicked"), "{}", self.err);
        self
    }

    /// Demands that standard error says this.
    #[track_caller]
    pub fn complains(&self, of: &str) -> &Ran {
        assert!(self.err.contains(of), "{of:?} is not in\n{}", self.err);
        self
    }

    /// Standard output as JSON lines.
    #[track_caller]
    pub fn lines(&self) -> Vec<Value> {
        self.out.lines().map(|l| serde_json::from_str(l).unwrap_or_else(|e| panic!("{e}: {l}"))).collect()
    }
}

/// The first value of the first row.
pub fn scalar(database: &Connection, sql: &str) -> i64 {
    database.query_row(sql, [], |r| r.get(0)).unwrap_or_else(|e| panic!("{e}\n{sql}"))
}

/// Sends a signal by its name, such as `INT`.
pub fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status().expect("kill");
    assert!(sent.success(), "the process was gone before it got {name}");
}

/// Two columns of `rows` rows whose values tell each row from every other.
pub fn numbered(rows: u32) -> String {
    format!(
        "create table item (id integer primary key, label text not null);
         insert into item with recursive n(i) as (select 1 union all select i + 1 from n where i < {rows})
         select i, 'item ' || i from n;"
    )
}

/// Small chunks, so that a run has many moments between two of them.
pub fn small_chunks(document: &mut Value) {
    document["options"]["chunk_rows"] = 25.into();
}
