//! Passwords: asked only of a person at a terminal, and kept for this one command.

use std::io::IsTerminal;

use rowferry_engine::connectors::Secret;
use rowferry_engine::workspace::Secrets;
use rowferry_engine::{Error, ErrorKind, Result};

/// Does `action`; when a password is missing and a person is there, asks for it and does it again.
pub async fn asking<T>(secrets: &Secrets, project: &str, action: impl AsyncFn() -> Result<T>) -> Result<T> {
    let mut asked: Vec<String> = Vec::new();
    loop {
        let error = match action().await {
            Ok(done) => return Ok(done),
            Err(error) => error,
        };
        let Some(connection) = missing(&error).filter(|c| !asked.contains(c)) else { return Err(error) };
        let Some(secret) = ask(&connection)? else { return Err(error) };
        secrets.set(project, &connection, secret, false)?;
        asked.push(connection);
    }
}

/// The connection whose password is missing.
fn missing(error: &Error) -> Option<String> {
    (error.kind == ErrorKind::SecretNeeded).then(|| error.context.connection.clone()).flatten()
}

/// `None` when nobody is there to answer.
fn ask(connection: &str) -> Result<Option<Secret>> {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Ok(None);
    }
    Ok(Some(Secret::new(rpassword::prompt_password(format!("Password for {connection}: "))?)))
}
