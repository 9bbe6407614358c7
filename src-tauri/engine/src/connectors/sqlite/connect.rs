//! Opening SQLite files.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::errors::error;
use crate::connectors::Access;
use crate::error::{Error, ErrorKind, Result};

/// How long a call waits for another process's lock before it is `Busy`.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// A file that was opened once and found to be a database.
#[derive(Debug, Clone)]
pub(super) struct Database {
    path: Arc<PathBuf>,
    access: Access,
}

impl Database {
    /// Read-only needs the file; otherwise it is made when its folder is there.
    pub(super) async fn open(path: &Path, access: Access) -> Result<Database> {
        let database = Database { path: Arc::new(path.to_path_buf()), access };
        let opening = database.clone();
        blocking(move || {
            opening.check_path()?;
            opening.connection().map(drop)
        })
        .await?;
        Ok(database)
    }

    fn check_path(&self) -> Result<()> {
        let path = &*self.path;
        let not_found = |what: String| Err(Error::new(ErrorKind::NotFound, what).file(path.display()));
        match std::fs::metadata(path) {
            Ok(found) if found.is_dir() => {
                Err(Error::new(ErrorKind::WrongFormat, format!("{} is a folder, not a SQLite file", path.display()))
                    .file(path.display()))
            }
            Ok(_) => Ok(()),
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::from(e).file(path.display())),
            Err(_) if self.access == Access::ReadOnly => not_found(format!("there is no file {}", path.display())),
            Err(_) => match path.parent() {
                Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => {
                    not_found(format!("{} cannot be made: there is no folder {}", path.display(), folder.display()))
                }
                _ => Ok(()),
            },
        }
    }

    /// A connection of its own, for reading. A target's file that is not there yet reads as an empty database, and is
    /// not made: a check or a dry run writes nothing. Blocks.
    pub(super) fn connection(&self) -> Result<Connection> {
        if self.access == Access::ReadWrite && !self.path.exists() {
            return Connection::open_in_memory().map_err(|e| error("an empty database cannot be made in memory", e));
        }
        self.writing_connection()
    }

    /// A connection of its own; makes the file where the access allows it. Blocks.
    pub(super) fn writing_connection(&self) -> Result<Connection> {
        let flags = match self.access {
            Access::ReadOnly => OpenFlags::SQLITE_OPEN_READ_ONLY,
            Access::ReadWrite => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
        };
        let path = self.path.display();
        let failed = |e| error(format!("{path} cannot be opened as a SQLite database"), e).file(path.to_string());
        let connection =
            Connection::open_with_flags(&*self.path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(failed)?;
        connection.busy_timeout(BUSY_TIMEOUT).map_err(failed)?;
        connection.set_prepared_statement_cache_capacity(32);
        // The file's header is read only when something is asked.
        connection.query_row("pragma schema_version", [], |_| Ok(())).map_err(failed)?;
        Ok(connection)
    }
}

/// Runs what blocks on a thread made for it.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(e) if e.is_panic() => std::panic::resume_unwind(e.into_panic()),
        Err(_) => Err(Error::cancelled()),
    }
}
