//! One view of the file for several readers.
//!
//! SQLite gives a view to one connection only. Several that began between two commits see the same rows, though, and
//! `pragma data_version` on a further connection tells whether another one committed in between: so all begin, and if
//! something was committed meanwhile they begin again. In rollback-journal mode the open readers keep writers from
//! committing until the release; in WAL mode writers go on unseen.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::connect::Database;
use super::errors::error;
use crate::error::{Error, ErrorKind, Result};

/// Scans that run at once on a snapshot; more wait for one to end.
const READERS: usize = 16;

/// How often to begin again before another process is said to write without a pause.
const ATTEMPTS: u32 = 50;

pub(super) struct Snapshot {
    free: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
}

impl Snapshot {
    /// Blocks.
    pub(super) fn begin(database: &Database) -> Result<Snapshot> {
        let failed = |e| error("a consistent view of the file cannot be taken", e);
        let observer = database.connection()?;
        let version = || observer.query_row("pragma data_version", [], |row| row.get::<_, i64>(0)).map_err(failed);
        let readers = (0..READERS).map(|_| database.connection()).collect::<Result<Vec<_>>>()?;
        for _ in 0..ATTEMPTS {
            let before = version()?;
            for reader in &readers {
                reader.execute_batch("begin").map_err(failed)?;
                // The view is taken by the first read.
                reader.query_row("select count(*) from main.sqlite_schema", [], |_| Ok(())).map_err(failed)?;
            }
            if version()? == before {
                let permits = Arc::new(Semaphore::new(readers.len()));
                return Ok(Snapshot { free: Mutex::new(readers), permits });
            }
            for reader in &readers {
                reader.execute_batch("rollback").map_err(failed)?;
            }
        }
        Err(Error::new(
            ErrorKind::Busy,
            "another program writes the file so often that no consistent view can be taken",
        ))
    }

    pub(super) async fn lease(self: Arc<Self>) -> Result<Lease> {
        let permit = self.permits.clone().acquire_owned().await.map_err(|_| Error::cancelled())?;
        let connection = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = connection.ok_or_else(|| Error::internal("a snapshot's reader was lost"))?;
        Ok(Lease { connection: Some(connection), home: Some((self, permit)) })
    }
}

/// A connection to read with. A snapshot's goes back to it; any other is closed.
pub(super) struct Lease {
    connection: Option<Connection>,
    home: Option<(Arc<Snapshot>, OwnedSemaphorePermit)>,
}

impl Lease {
    pub(super) fn own(connection: Connection) -> Lease {
        Lease { connection: Some(connection), home: None }
    }

    pub(super) fn connection(&self) -> Result<&Connection> {
        self.connection.as_ref().ok_or_else(|| Error::internal("a reader was used after its end"))
    }

    /// May a running statement be interrupted? Not on a snapshot's, which may serve the next scan by then.
    pub(super) fn is_own(&self) -> bool {
        self.home.is_none()
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        // The connection is back before the permit is free.
        if let (Some(connection), Some((snapshot, _permit))) = (self.connection.take(), &self.home) {
            snapshot.free.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
    }
}
