//! One view of the data for several sessions.
//!
//! A snapshot belongs to its session here: it cannot be handed on. So several sessions take theirs while a global read
//! lock keeps every writer still, for as long as that takes; without the right for the lock one session takes its own,
//! and all scans share it one after the other. Only InnoDB's tables have such views.
//! Invariant: while a snapshot is held, every session that is handed out has it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};

use super::connect::{Server, Session};
use crate::error::{Error, ErrorKind, Result};

/// Sessions that share a snapshot: as many scans at once.
const SESSIONS: usize = 8;
const WHAT: &str = "a snapshot could not be taken";

pub(super) struct Snapshots {
    server: Arc<Server>,
    held: Mutex<Option<Arc<Pool>>>,
}

/// Sessions inside of their transactions.
struct Pool {
    idle: std::sync::Mutex<Vec<Session>>,
    free: Arc<Semaphore>,
    /// Sessions that still hold the snapshot, idle or busy.
    alive: AtomicUsize,
}

impl Snapshots {
    pub(super) fn new(server: Arc<Server>) -> Self {
        Snapshots { server, held: Mutex::new(None) }
    }

    pub(super) fn server(&self) -> &Arc<Server> {
        &self.server
    }

    /// A session for reading; waits for one while a snapshot is held and all of its sessions are busy.
    pub(super) async fn session(&self) -> Result<Held> {
        let pool = self.held.lock().await.clone();
        let Some(pool) = pool else {
            return Ok(Held { session: Some(self.server.session().await?), place: None });
        };
        let permit = pool.free.clone().acquire_owned().await.map_err(|_| lost())?;
        let session = pool.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop();
        Ok(Held { session: Some(session.ok_or_else(lost)?), place: Some((pool, permit)) })
    }

    pub(super) fn note(&self) -> &'static str {
        if self.server.may_lock() {
            "InnoDB's tables are read from one consistent snapshot, which several sessions take while all writers wait \
             for a moment; tables of other engines are read as they are"
        } else {
            "InnoDB's tables are read from one consistent snapshot through one session, since the user may not lock \
             tables (RELOAD); tables of other engines are read as they are"
        }
    }

    pub(super) async fn hold(&self) -> Result<()> {
        let sessions = match self.together().await? {
            Some(sessions) => sessions,
            None => {
                let mut session = self.server.session().await?;
                begin(&mut session).await?;
                vec![session]
            }
        };
        let (free, alive) = (Arc::new(Semaphore::new(sessions.len())), AtomicUsize::new(sessions.len()));
        *self.held.lock().await = Some(Arc::new(Pool { idle: std::sync::Mutex::new(sessions), free, alive }));
        Ok(())
    }

    /// `None` where the server does not allow the lock, or others hold it up.
    async fn together(&self) -> Result<Option<Vec<Session>>> {
        if !self.server.may_lock() {
            return Ok(None);
        }
        let mut sessions = Vec::new();
        for _ in 0..SESSIONS {
            sessions.push(self.server.session().await?);
        }
        let mut keeper = self.server.session().await?;
        keeper.run("set session lock_wait_timeout = 5", WHAT).await?;
        match keeper.run("flush tables with read lock", WHAT).await {
            Ok(()) => {}
            Err(error)
                if matches!(error.kind, ErrorKind::Permission | ErrorKind::Transient | ErrorKind::Unsupported) =>
            {
                // Closed: its setting is not for others.
                drop(keeper);
                sessions.into_iter().for_each(Session::finish);
                return Ok(None);
            }
            Err(error) => return Err(error),
        }
        let mut begun = Ok(());
        for session in &mut sessions {
            begun = begin(session).await;
            if begun.is_err() {
                break;
            }
        }
        keeper.run("unlock tables", WHAT).await?;
        begun.map(|()| Some(sessions))
    }

    /// Has every session that had the snapshot been closed?
    pub(super) async fn is_lost(&self) -> bool {
        self.held.lock().await.as_ref().is_some_and(|pool| pool.alive.load(Ordering::Relaxed) == 0)
    }

    pub(super) async fn release(&self) -> Result<()> {
        let Some(pool) = self.held.lock().await.take() else { return Ok(()) };
        let sessions = std::mem::take(&mut *pool.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        for mut session in sessions {
            session.run("rollback", "a snapshot could not be given back").await?;
            session.finish();
        }
        Ok(())
    }
}

async fn begin(session: &mut Session) -> Result<()> {
    session.run("start transaction with consistent snapshot, read only", WHAT).await
}

fn lost() -> Error {
    Error::new(ErrorKind::Transient, "every session that held the snapshot was lost")
}

/// A session for one scan. Dropped without `finish`, it is closed, and its place in the snapshot with it.
pub(super) struct Held {
    session: Option<Session>,
    place: Option<(Arc<Pool>, OwnedSemaphorePermit)>,
}

impl Held {
    pub(super) fn session(&mut self) -> &mut Session {
        self.session.as_mut().expect("a scan holds its session until it is finished")
    }

    pub(super) fn server(&self) -> &Arc<Server> {
        self.session.as_ref().expect("a scan holds its session until it is finished").server()
    }

    /// Hands the session back. Only for one that is between statements.
    pub(super) fn finish(mut self) {
        let Some(session) = self.session.take() else { return };
        match self.place.take() {
            Some((pool, permit)) => {
                pool.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(session);
                drop(permit);
            }
            None => session.finish(),
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some((pool, permit)) = self.place.take() {
            // One session less for the others; when none is left, those that wait are told.
            permit.forget();
            if pool.alive.fetch_sub(1, Ordering::Relaxed) == 1 {
                pool.free.close();
            }
        }
    }
}
