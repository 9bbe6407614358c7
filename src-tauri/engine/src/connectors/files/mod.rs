//! What connectors of files have in common: finding the files of a folder, naming their tables, threads for work that
//! blocks, and writing so that a file is there whole or not at all.
//!
//! It must not know any format. Invariant: the same folder gives the same names, and hidden files are never tables.

mod aside;
mod dialect;
mod stage;
mod statement;
mod write;

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

pub use dialect::FileDialect;
pub use write::{FileWriter, Format, Join, PartWriter, Place};

use crate::catalog::{Table, TableName};
use crate::connectors::{Case, NameRule, Refused};
use crate::error::{Error, ErrorKind, Result};

/// The one schema of a folder. Not the folder's name: a project must survive that its folder moves.
pub const SCHEMA: &str = "files";

/// A file's name without its ending.
pub fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

pub fn failed(path: &Path) -> impl Fn(std::io::Error) -> Error + '_ {
    move |e| Error::from(e).file(path.display())
}

pub fn is_hidden(path: &Path) -> bool {
    path.file_name().is_none_or(|n| n.to_string_lossy().starts_with('.'))
}

pub fn has_ending(path: &Path, endings: &[&str]) -> bool {
    let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    endings.contains(&ending.as_str())
}

/// Files by the name of their table, which is the file's name without its ending; files that would share a name keep
/// the ending.
pub fn named(found: Vec<PathBuf>) -> BTreeMap<String, PathBuf> {
    let shared = |name: &str| found.iter().filter(|f| stem(f) == name).count() > 1;
    found
        .iter()
        .map(|file| {
            let name = stem(file);
            let name = match file.file_name() {
                Some(full) if shared(&name) => full.to_string_lossy().into_owned(),
                _ => name,
            };
            (name, file.clone())
        })
        .collect()
}

/// Files with one of these endings by the name of their table; or the one file.
pub fn listed(path: &Path, endings: &[&str]) -> Result<BTreeMap<String, PathBuf>> {
    if !path.is_dir() {
        return Ok(BTreeMap::from([(stem(path), path.to_path_buf())]));
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(path).map_err(failed(path))? {
        let file = entry.map_err(failed(path))?.path();
        if !is_hidden(&file) && has_ending(&file, endings) && file.is_file() {
            found.push(file);
        }
    }
    Ok(named(found))
}

/// What the path is, or that there is nothing.
pub fn metadata(path: &Path) -> Result<std::fs::Metadata> {
    let shown = path.display();
    std::fs::metadata(path).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => {
            Error::new(ErrorKind::NotFound, format!("there is no file or folder {shown}")).file(&shown)
        }
        _ => Error::from(e).file(&shown),
    })
}

/// Characters that no file's name can have. Windows refuses more of them, and takes what is behind a colon for a hidden
/// part of the file.
const FORBIDDEN: &[char] = if cfg!(windows) {
    &['\0', '/', '\\', ':', '*', '?', '"', '<', '>', '|', '\n', '\r', '\t']
} else {
    &['\0', '/', '\\']
};

/// Which tables a folder can get, whose files end in `.FORMAT`.
pub fn table_names(format: &str) -> NameRule {
    NameRule {
        max_bytes: Some(255 - 1 - format.len()),
        not_blank: true,
        forbidden: FORBIDDEN,
        // Hidden files are no tables; files that begin so are parts of one that Parquet's writers made.
        forbidden_beginnings: if format == "parquet" { &[".", "part-"] } else { &["."] },
        case: if cfg!(any(windows, target_os = "macos")) { Case::Folded } else { Case::Kept },
        ..NameRule::ANY
    }
}

/// The name of a new table's file.
///
/// # Errors
/// `Unsupported` for a name that no file in the folder can have.
pub fn file_name(table: &str, ending: &str) -> Result<String> {
    let rule = table_names(ending);
    let Some(Refused::TooLong(why) | Refused::Other(why)) = rule.refuses(table) else {
        return Ok(format!("{table}.{ending}"));
    };
    let what = format!("no file can be named after the table {table}: the name {why}");
    let proposed = rule.proposed(table, |_| false);
    Err(Error::new(ErrorKind::Unsupported, what).hint(format!("Choose another name, such as {proposed}.")))
}

/// The target is one file, and the table is not the one in it.
pub fn other_file(path: &Path, table: &str, name: &str) -> Error {
    Error::new(ErrorKind::Unsupported, format!("{} is one file, and the table {table} is not in it", path.display()))
        .hint(format!("Map to the table {SCHEMA}.{name}, or make a folder the target."))
        .file(path.display())
}

pub fn no_file(name: &TableName) -> Error {
    Error::new(ErrorKind::NotFound, format!("there is no file for table {name}")).table(name.to_string())
}

pub fn no_column(table: &Table, name: &str) -> Error {
    Error::new(ErrorKind::NotFound, format!("table {} has no column {name}", table.name))
        .table(table.name.to_string())
        .column(name)
}

/// A column without a name is `column_` and its place; one whose name is taken gets `_2`, `_3` and so on.
pub fn unique(names: Vec<String>) -> Vec<String> {
    let given: HashSet<String> = names.iter().cloned().collect();
    let mut taken = HashSet::new();
    names
        .into_iter()
        .enumerate()
        .map(|(i, name)| {
            let name = if name.trim().is_empty() { format!("column_{}", i + 1) } else { name };
            let mut unique = name.clone();
            let mut n = 2;
            while taken.contains(&unique) || (unique != name && given.contains(&unique)) {
                unique = format!("{name}_{n}");
                n += 1;
            }
            taken.insert(unique.clone());
            unique
        })
        .collect()
}

/// Runs what blocks on a thread made for it.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(e) if e.is_panic() => std::panic::resume_unwind(e.into_panic()),
        Err(_) => Err(Error::cancelled()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_without_a_name_or_with_a_taken_one_get_their_own() {
        let names = ["id", "", "id", "id_2", "ID", "id"].map(String::from).to_vec();
        assert_eq!(unique(names), ["id", "column_2", "id_3", "id_2", "ID", "id_4"]);
    }
}
