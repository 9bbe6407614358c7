//! Finding CSV files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::form::Given;
use super::{CsvConnection, Endpoint};
use crate::connectors::files::{self, blocking};
use crate::error::{Error, Result};

/// Endings that make a file in a folder a table.
const ENDINGS: [&str; 2] = ["csv", "tsv"];

pub(super) async fn connect(endpoint: &Endpoint) -> Result<CsvConnection> {
    let path = endpoint.url.path()?.to_path_buf();
    let given = Given::from_parameters(&endpoint.url.parameters)?;
    let connection = CsvConnection { path, given };
    let opening = connection.clone();
    blocking(move || {
        let (path, shown) = (&opening.path, opening.path.display());
        let found = files::metadata(path)?;
        if found.is_dir() {
            std::fs::read_dir(path).map(drop).map_err(|e| Error::from(e).file(&shown))
        } else {
            super::form::Form::of(path, &opening.given).map(drop)
        }
    })
    .await?;
    Ok(connection)
}

/// The folder's files by the name of their table; or the one file.
pub(super) fn files(path: &Path) -> Result<BTreeMap<String, PathBuf>> {
    if !path.is_dir() {
        return Ok(BTreeMap::from([(files::stem(path), path.to_path_buf())]));
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(path).map_err(files::failed(path))? {
        let file = entry.map_err(files::failed(path))?.path();
        if !files::is_hidden(&file) && files::has_ending(&file, &ENDINGS) && file.is_file() {
            found.push(file);
        }
    }
    Ok(files::named(found))
}
