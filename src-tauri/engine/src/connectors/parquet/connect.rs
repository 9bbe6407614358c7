//! Finding Parquet files, and opening them by their footer.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use parquet::basic::{Compression, ZstdLevel};

use super::types::{Leaf, leaves};
use super::{Access, Endpoint, ParquetConnection};
use crate::catalog::TableName;
use crate::connectors::files::{self, blocking, no_file};
use crate::error::{Error, ErrorKind, Result};

const ENDINGS: [&str; 1] = ["parquet"];

pub(super) async fn connect(endpoint: &Endpoint, access: Access) -> Result<ParquetConnection> {
    let path = endpoint.url.path()?.to_path_buf();
    let mut compression = Compression::ZSTD(ZstdLevel::default());
    for (name, value) in &endpoint.url.parameters {
        compression = match (name.as_str(), value.as_str()) {
            ("compression", "zstd") => compression,
            ("compression", "snappy") => Compression::SNAPPY,
            ("compression", "none") => Compression::UNCOMPRESSED,
            ("compression", _) => {
                let wanted = "the parameter compression of a Parquet URL is `zstd`, `snappy` or `none`";
                return Err(Error::new(ErrorKind::InvalidUrl, wanted));
            }
            _ => {
                let what = format!("a Parquet URL has no parameter {name}; there is compression");
                return Err(Error::new(ErrorKind::InvalidUrl, what));
            }
        };
    }
    let connection = ParquetConnection { path, compression };
    let opening = connection.clone();
    blocking(move || {
        let path = &opening.path;
        // A run makes the file or folder that it writes to.
        if access == Access::ReadWrite && !path.exists() {
            return Ok(());
        }
        if files::metadata(path)?.is_dir() {
            std::fs::read_dir(path).map(drop).map_err(files::failed(path))
        } else {
            footer(path).map(drop)
        }
    })
    .await?;
    Ok(connection)
}

/// Is the path one file, there or to be made?
pub(super) fn is_one_file(path: &Path) -> bool {
    path.is_file() || (!path.exists() && files::has_ending(path, &ENDINGS))
}

/// Every table's files, in their order.
pub(super) fn tables(path: &Path) -> Result<BTreeMap<String, Vec<PathBuf>>> {
    if !path.exists() {
        return Ok(BTreeMap::new());
    }
    if !path.is_dir() {
        return Ok(BTreeMap::from([(files::stem(path), vec![path.to_path_buf()])]));
    }
    if let Some(parts) = parts(path)? {
        return Ok(BTreeMap::from([(folder_name(path), parts)]));
    }
    let mut found = Vec::new();
    let mut folders = Vec::new();
    for entry in std::fs::read_dir(path).map_err(files::failed(path))? {
        let entry = entry.map_err(files::failed(path))?.path();
        if files::is_hidden(&entry) {
            continue;
        } else if entry.is_dir() {
            folders.push(entry);
        } else if files::has_ending(&entry, &ENDINGS) {
            found.push(entry);
        }
    }
    let mut tables: BTreeMap<_, _> = files::named(found).into_iter().map(|(name, file)| (name, vec![file])).collect();
    for folder in folders {
        if let Some(parts) = parts(&folder)? {
            let name = folder_name(&folder);
            let full = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let name = if tables.contains_key(&name) { full + "/" } else { name };
            tables.insert(name, parts);
        }
    }
    Ok(tables)
}

fn folder_name(path: &Path) -> String {
    if files::has_ending(path, &ENDINGS) {
        files::stem(path)
    } else {
        path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }
}

/// The files of a folder that holds only parts of one table, sorted by name; `None` for any other folder. What begins
/// with `_` (`_SUCCESS`, `_metadata`) says something about the parts and is passed over, as hidden files are.
fn parts(folder: &Path) -> Result<Option<Vec<PathBuf>>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(files::failed(folder))? {
        let entry = entry.map_err(files::failed(folder))?.path();
        let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with(['.', '_']) {
            continue;
        }
        if !name.starts_with("part-") || !files::has_ending(&entry, &ENDINGS) || !entry.is_file() {
            return Ok(None);
        }
        found.push(entry);
    }
    found.sort();
    Ok(Some(found).filter(|f| !f.is_empty()))
}

/// One file of a table.
pub(super) struct Part {
    pub path: PathBuf,
    pub footer: ArrowReaderMetadata,
    pub bytes: u64,
    /// Rows and row groups of the table before it.
    pub first_row: u64,
    pub first_group: u32,
}

/// A table's files, opened.
pub(super) struct Opened {
    pub parts: Vec<Part>,
    pub leaves: Vec<Leaf>,
}

impl Opened {
    pub(super) fn rows(&self) -> u64 {
        self.parts.iter().map(Part::rows).sum()
    }
}

impl Part {
    pub(super) fn rows(&self) -> u64 {
        self.footer.metadata().row_groups().iter().map(|g| g.num_rows().unsigned_abs()).sum()
    }
}

impl ParquetConnection {
    pub(super) fn open(&self, name: &TableName) -> Result<Opened> {
        let paths = tables(&self.path)?.remove(&name.table).ok_or_else(|| no_file(name))?;
        open(paths).map_err(|e| e.table(name.to_string()))
    }
}

/// # Errors
/// `WrongFormat` when a file is not Parquet, or its columns are not those of the first.
pub(super) fn open(paths: Vec<PathBuf>) -> Result<Opened> {
    let mut opened = Opened { parts: Vec::with_capacity(paths.len()), leaves: Vec::new() };
    let (mut first_row, mut first_group) = (0, 0);
    for path in paths {
        let (footer, bytes) = footer(&path)?;
        let found = leaves(&footer);
        if opened.parts.is_empty() {
            opened.leaves = found;
        } else if !opened.leaves.iter().map(Leaf::kept).eq(found.iter().map(Leaf::kept)) {
            return Err(Error::new(
                ErrorKind::WrongFormat,
                format!("{} has other columns than the first part of its table", path.display()),
            )
            .hint("Parts of one table must have the same columns. Move the file to a folder of its own.")
            .file(path.display()));
        }
        let part = Part { path, footer, bytes, first_row, first_group };
        first_row += part.rows();
        first_group += part.footer.metadata().num_row_groups() as u32;
        opened.parts.push(part);
    }
    Ok(opened)
}

/// The file's footer, and the file's size.
pub(super) fn footer(path: &Path) -> Result<(ArrowReaderMetadata, u64)> {
    let file = File::open(path).map_err(files::failed(path))?;
    let bytes = file.metadata().map_err(files::failed(path))?.len();
    let footer = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(|e| {
        Error::new(ErrorKind::WrongFormat, format!("{} is not a Parquet file that can be read", path.display()))
            .detail(&e)
            .source(e)
            .file(path.display())
    })?;
    Ok((footer, bytes))
}
