//! Finding CSV files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::form::Given;
use super::{CsvConnection, Endpoint};
use crate::error::{Error, ErrorKind, Result};

/// Endings that make a file in a folder a table.
pub(super) const ENDINGS: [&str; 2] = ["csv", "tsv"];

pub(super) async fn connect(endpoint: &Endpoint) -> Result<CsvConnection> {
    let path = endpoint.url.path()?.to_path_buf();
    let given = Given::from_parameters(&endpoint.url.parameters)?;
    let connection = CsvConnection { path, given };
    let opening = connection.clone();
    blocking(move || {
        let (path, shown) = (&opening.path, opening.path.display());
        let found = std::fs::metadata(path).map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => {
                Error::new(ErrorKind::NotFound, format!("there is no file or folder {shown}")).file(&shown)
            }
            _ => Error::from(e).file(&shown),
        })?;
        if found.is_dir() {
            std::fs::read_dir(path).map(drop).map_err(|e| Error::from(e).file(&shown))
        } else {
            super::form::Form::of(path, &opening.given).map(drop)
        }
    })
    .await?;
    Ok(connection)
}

/// Files with one of these endings by the name of their table, which is the file's name without its ending; files that
/// would share a name keep the ending.
pub(in crate::connectors) fn files(path: &Path, endings: &[&str]) -> Result<BTreeMap<String, PathBuf>> {
    let stem = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let failed = |e: std::io::Error| Error::from(e).file(path.display());
    if !path.is_dir() {
        return Ok(BTreeMap::from([(stem(path), path.to_path_buf())]));
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(path).map_err(failed)? {
        let file = entry.map_err(failed)?.path();
        let hidden = file.file_name().is_none_or(|n| n.to_string_lossy().starts_with('.'));
        let ending = file.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        if !hidden && endings.contains(&ending.as_str()) && file.is_file() {
            found.push(file);
        }
    }
    let shared = |name: &str| found.iter().filter(|f| stem(f) == name).count() > 1;
    Ok(found
        .iter()
        .map(|file| {
            let name = stem(file);
            let name = match file.file_name() {
                Some(full) if shared(&name) => full.to_string_lossy().into_owned(),
                _ => name,
            };
            (name, file.clone())
        })
        .collect())
}

/// Runs what blocks on a thread made for it.
pub(in crate::connectors) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(e) if e.is_panic() => std::panic::resume_unwind(e.into_panic()),
        Err(_) => Err(Error::cancelled()),
    }
}
