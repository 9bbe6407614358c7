//! What Rowferry remembers on this computer: projects and their versions, runs and their ledger; secrets in the OS
//! keychain. It must not know databases other than its own, and it never holds a secret in a file.

mod edits;
mod ledger;
mod projects;
mod runs;
mod samples;
mod secrets;
mod seen;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};

use rusqlite::Connection;

pub use edits::{EditHistory, EditsMade};
pub use ledger::{LedgerEntry, StoredChunk};
pub use projects::{ChangeSize, KnownProject, SavedVersion};
pub use runs::{RunLock, RunRecord, operator};
pub use samples::{SAMPLES, SampleInfo};
pub use secrets::{Keychain, SecretOrigin, Secrets, environment_variable};
pub use seen::SeenCatalog;

use crate::error::{Error, ErrorContext, ErrorKind, Result};

/// The environment variable that moves the workspace.
pub const HOME_VARIABLE: &str = "ROWFERRY_HOME";

/// The workspace's folder and its database. Safe to share; several processes may use one workspace.
pub struct Workspace {
    home: PathBuf,
    database: Mutex<Connection>,
}

impl Workspace {
    /// The one named by `ROWFERRY_HOME`, or the platform's application-data folder.
    pub fn open() -> Result<Self> {
        let home = match std::env::var_os(HOME_VARIABLE).filter(|v| !v.is_empty()) {
            Some(home) => PathBuf::from(home),
            None => directories::ProjectDirs::from("app", "Rowferry", "rowferry")
                .map(|d| d.data_dir().to_path_buf())
                .ok_or_else(|| {
                Error::new(ErrorKind::NotFound, "this user has no folder for application data")
                    .hint("Set ROWFERRY_HOME to a folder that Rowferry may use.")
            })?,
        };
        Self::open_at(&home)
    }

    pub fn open_at(home: &Path) -> Result<Self> {
        let unusable = |e: Error| Error {
            what: format!("the workspace {} cannot be used", home.display()),
            ..e.hint("Set ROWFERRY_HOME to a folder that Rowferry may use.")
        };
        for folder in ["projects", "runs"] {
            std::fs::create_dir_all(home.join(folder)).map_err(|e| unusable(e.into()))?;
        }
        let home = std::path::absolute(home).map_err(|e| unusable(e.into()))?;
        let mut database = Connection::open(home.join("workspace.db")).map_err(|e| unusable(store(e)))?;
        prepare(&mut database).map_err(|e| unusable(store(e)))?;
        Ok(Workspace { home, database: Mutex::new(database) })
    }

    pub fn home(&self) -> &Path {
        &self.home
    }

    /// Where projects go that the person gave no place.
    pub fn projects_folder(&self) -> PathBuf {
        self.home.join("projects")
    }

    /// Rejects and reports of one run.
    pub fn run_folder(&self, run: &str) -> PathBuf {
        self.home.join("runs").join(run)
    }

    fn database(&self) -> MutexGuard<'_, Connection> {
        // A panic elsewhere leaves the connection itself whole.
        self.database.lock().unwrap_or_else(|e| e.into_inner())
    }
}

fn prepare(database: &mut Connection) -> rusqlite::Result<()> {
    database.busy_timeout(std::time::Duration::from_secs(10))?;
    database.pragma_update(None, "journal_mode", "wal")?;
    // A run's ledger must be there after a power cut as well.
    database.pragma_update(None, "synchronous", "full")?;
    let change = database.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let version: u32 = change.pragma_query_value(None, "user_version", |r| r.get(0))?;
    if version == 0 {
        change.execute_batch(include_str!("sql/schema.sql"))?;
    }
    if version < 2 {
        change.execute_batch(include_str!("sql/documents.sql"))?;
        change.pragma_update(None, "user_version", 2)?;
    }
    change.commit()
}

/// An error of the workspace's own database.
fn store(e: rusqlite::Error) -> Error {
    let kind = match e.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DiskFull) => ErrorKind::DiskFull,
        Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => ErrorKind::Busy,
        Some(rusqlite::ErrorCode::ReadOnly | rusqlite::ErrorCode::PermissionDenied) => ErrorKind::Permission,
        _ => ErrorKind::Io,
    };
    Error::new(kind, "the workspace's database failed").detail(&e).source(e)
}

/// RFC 3339, UTC, to the millisecond.
pub fn now() -> String {
    chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

fn to_json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).or_error(ErrorKind::Internal, "a record cannot be written as JSON")
}

fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text)
        .or_error(ErrorKind::Io, "a record of the workspace was written by another version of Rowferry")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connectors::Range;
    use crate::model::Project;

    fn workspace() -> (tempfile::TempDir, Workspace) {
        let folder = tempfile::tempdir().unwrap();
        let workspace = Workspace::open_at(folder.path()).unwrap();
        (folder, workspace)
    }

    #[test]
    fn a_saved_project_keeps_its_versions() {
        let (folder, workspace) = workspace();
        let mut project = Project::new("p");
        let path = folder.path().join("p.rowferry.json");
        workspace.remember_project(&mut project, &path).unwrap();
        assert_eq!(workspace.save_project(&project, None, None).unwrap(), 1);
        assert_eq!(workspace.save_project(&project, Some(1), None).unwrap(), 1, "nothing changed");
        project.name = "q".into();
        assert_eq!(workspace.save_project(&project, Some(1), None).unwrap(), 2);
        assert_eq!(workspace.project_version(&project.id, 1).unwrap().name, "p");
        assert_eq!(workspace.projects().unwrap()[0].name, "q");
    }

    #[test]
    fn chunks_once_cut_stay_as_they_are() {
        let (_folder, workspace) = workspace();
        workspace.database().execute_batch("pragma foreign_keys = off").unwrap();
        let first = [Range::Rowid { from: None, to: Some(5) }, Range::Rowid { from: Some(5), to: None }];
        workspace.keep_chunks("r", 0, &first).unwrap();
        workspace.keep_chunks("r", 0, &[Range::All]).unwrap();
        let kept: Vec<Range> = workspace.chunks("r", 0).unwrap().unwrap().into_iter().map(|c| c.range).collect();
        assert_eq!(kept, first);
        assert_eq!(workspace.chunks("r", 1).unwrap(), None);
    }

    #[test]
    fn a_run_is_worked_on_by_one_at_a_time() {
        let (_folder, workspace) = workspace();
        let lock = workspace.lock_run("r").unwrap();
        assert_eq!(workspace.lock_run("r").unwrap_err().kind, ErrorKind::Busy);
        drop(lock);
        assert!(workspace.lock_run("r").is_ok());
    }

    #[test]
    fn the_environment_names_the_connection() {
        assert_eq!(environment_variable("my target-1"), "ROWFERRY_PASSWORD_MY_TARGET_1");
    }
}
