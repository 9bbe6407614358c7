//! Finding CSV files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::form::Given;
use super::{Access, CsvConnection, Endpoint};
use crate::connectors::files::{self, blocking};
use crate::error::{Error, Result};

/// Endings that make a file in a folder a table.
const ENDINGS: [&str; 2] = ["csv", "tsv"];

/// Endings that make a path that does not exist yet a file and not a folder.
const FILE_ENDINGS: [&str; 3] = ["csv", "tsv", "txt"];

/// Is the path one file, there or to be made?
pub(super) fn is_one_file(path: &Path) -> bool {
    path.is_file() || (!path.exists() && files::has_ending(path, &FILE_ENDINGS))
}

pub(super) async fn connect(endpoint: &Endpoint, access: Access) -> Result<CsvConnection> {
    let path = endpoint.url.path()?.to_path_buf();
    let given = Given::from_parameters(&endpoint.url.parameters)?;
    let connection = CsvConnection { path, given };
    let opening = connection.clone();
    blocking(move || {
        let (path, shown) = (&opening.path, opening.path.display());
        // A run makes the file or folder that it writes to.
        if access == Access::ReadWrite && !path.exists() {
            return Ok(());
        }
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
    if !path.exists() {
        return Ok(BTreeMap::new());
    }
    files::listed(path, &ENDINGS)
}
