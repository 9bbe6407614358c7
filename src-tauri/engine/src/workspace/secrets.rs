//! Passwords: from the environment, from this session, from the OS keychain; never from or to a file.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use crate::connectors::Secret;
use crate::error::{Error, ErrorKind, Result};

/// The keychain's name for all of Rowferry's entries.
const SERVICE: &str = "rowferry";

/// Where a secret was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretOrigin {
    Environment,
    Session,
    Keychain,
}

/// The OS keychain: Keychain, Credential Manager or Secret Service.
///
/// Calls may block on a question to the person: keep them off async threads.
#[derive(Debug, Default, Clone, Copy)]
pub struct Keychain;

impl Keychain {
    /// Why it cannot be used; `None` when it can.
    pub fn problem(self) -> Option<String> {
        match self.entry("availability").and_then(|e| match e.get_password() {
            Ok(_) | Err(keyring::Error::NoEntry) => Ok(()),
            Err(e) => Err(keychain_error(e)),
        }) {
            Ok(()) => None,
            Err(e) => Some(e.to_string()),
        }
    }

    pub fn get(self, account: &str) -> Result<Option<Secret>> {
        match self.entry(account)?.get_password() {
            Ok(password) => Ok(Some(Secret::new(password))),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(e) => Err(keychain_error(e)),
        }
    }

    pub fn set(self, account: &str, secret: &Secret) -> Result<()> {
        self.entry(account)?.set_password(secret.expose()).map_err(keychain_error)
    }

    pub fn forget(self, account: &str) -> Result<()> {
        match self.entry(account)?.delete_credential() {
            Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
            Err(e) => Err(keychain_error(e)),
        }
    }

    fn entry(self, account: &str) -> Result<keyring::Entry> {
        // Its own error says only that there is no store; the store's says why.
        if let Err(e) = keyring::Entry::store_status() {
            return Err(Error::new(ErrorKind::Keychain, "the system's keychain cannot be used").detail(e));
        }
        keyring::Entry::new(SERVICE, account).map_err(keychain_error)
    }
}

fn keychain_error(e: keyring::Error) -> Error {
    // The library's sentence names the store and the cause, and never the secret.
    Error::new(ErrorKind::Keychain, "the system's keychain cannot be used").detail(&e)
}

/// The environment variable that holds a connection's password.
pub fn environment_variable(connection: &str) -> String {
    let name: String =
        connection.to_uppercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    format!("ROWFERRY_PASSWORD_{name}")
}

/// Finds secrets, and keeps those that a person typed for as long as the process lives.
///
/// Clones share what was typed. Calls may block on the keychain: keep them off async threads, or use `look_up`.
#[derive(Debug, Default, Clone)]
pub struct Secrets {
    session: Arc<Mutex<HashMap<String, Secret>>>,
    keychain: Keychain,
}

impl Secrets {
    pub fn new() -> Self {
        Self::default()
    }

    /// The environment first (it is meant for this very run), then the session, then the keychain.
    /// A keychain that cannot be used is as one that holds nothing.
    pub fn find(&self, project: &str, connection: &str) -> Option<(Secret, SecretOrigin)> {
        if let Ok(password) = std::env::var(environment_variable(connection)) {
            return Some((Secret::new(password), SecretOrigin::Environment));
        }
        let account = account(project, connection);
        if let Some(secret) = self.session().get(&account) {
            return Some((secret.clone(), SecretOrigin::Session));
        }
        match self.keychain.get(&account) {
            Ok(found) => found.map(|s| (s, SecretOrigin::Keychain)),
            Err(e) => {
                tracing::debug!(kind = ?e.kind, "keychain not read");
                None
            }
        }
    }

    /// `find` from an async thread.
    pub async fn look_up(&self, project: &str, connection: &str) -> Option<(Secret, SecretOrigin)> {
        let (secrets, project, connection) = (self.clone(), project.to_string(), connection.to_string());
        tokio::task::spawn_blocking(move || secrets.find(&project, &connection)).await.ok().flatten()
    }

    /// Keeps the secret for this session; with `remember` in the keychain as well.
    pub fn set(&self, project: &str, connection: &str, secret: Secret, remember: bool) -> Result<()> {
        let account = account(project, connection);
        self.session().insert(account.clone(), secret.clone());
        if remember { self.keychain.set(&account, &secret) } else { Ok(()) }
    }

    /// Removes it from the session and from the keychain.
    pub fn forget(&self, project: &str, connection: &str) -> Result<()> {
        let account = account(project, connection);
        self.session().remove(&account);
        self.keychain.forget(&account)
    }

    fn session(&self) -> std::sync::MutexGuard<'_, HashMap<String, Secret>> {
        self.session.lock().unwrap_or_else(|e| e.into_inner())
    }
}

fn account(project: &str, connection: &str) -> String {
    format!("{project}/{connection}")
}
