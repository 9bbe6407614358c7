//! Finding JSON files, and which of them make a table together.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::form::Form;
use super::{JsonConnection, path};
use crate::catalog::{Table, TableName};
use crate::connectors::Endpoint;
use crate::connectors::files::{blocking, listed};
use crate::error::{Error, ErrorKind, Result};

/// Endings that make a file in a folder a table.
const ENDINGS: [&str; 3] = ["json", "jsonl", "ndjson"];

/// Bytes of a table's files that types are taken from, unless the URL says otherwise.
const SCANNED: u64 = 256 << 20;

/// What the URL says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Given {
    /// All files together are one table of this name.
    pub table: Option<String>,
    /// Bytes that types are taken from.
    pub scan: u64,
}

impl Given {
    pub(super) fn from_parameters(parameters: &BTreeMap<String, String>) -> Result<Given> {
        let mut given = Given { table: None, scan: SCANNED };
        for (name, value) in parameters {
            let invalid = |what: String| Err(Error::new(ErrorKind::InvalidUrl, what));
            match name.as_str() {
                "table" if value.trim().is_empty() || value.contains('/') => {
                    return invalid("the parameter table of a JSON URL is a table's name, without a slash".into());
                }
                "table" => given.table = Some(value.clone()),
                "scan" if value == "all" => given.scan = u64::MAX,
                "scan" => match value.parse::<u64>() {
                    Ok(mib) if mib > 0 => given.scan = mib.saturating_mul(1 << 20),
                    _ => return invalid("the parameter scan of a JSON URL is `all` or a number of MiB".into()),
                },
                _ => return invalid(format!("a JSON URL has no parameter {name}; there are table and scan")),
            }
        }
        Ok(given)
    }
}

/// A table of documents: a file, the files of a folder, or an array within a file's one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Root {
    /// The name that children name it by.
    pub name: String,
    /// Each with the bytes of those before it.
    pub files: Vec<(PathBuf, u64)>,
    pub bytes: u64,
    /// The key of the array.
    pub section: Option<String>,
}

impl Root {
    fn new(name: &str, paths: Vec<PathBuf>) -> Result<Root> {
        let mut root = Root { name: name.into(), files: Vec::new(), bytes: 0, section: None };
        for path in paths {
            let size = std::fs::metadata(&path).map_err(|e| Error::from(e).file(path.display()))?.len();
            root.files.push((path, root.bytes));
            root.bytes += size;
        }
        Ok(root)
    }
}

pub(super) async fn connect(endpoint: &Endpoint) -> Result<JsonConnection> {
    let path = endpoint.url.path()?.to_path_buf();
    let given = Given::from_parameters(&endpoint.url.parameters)?;
    let connection = JsonConnection { path, given };
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
            Form::of(path).map(drop)
        }
    })
    .await?;
    Ok(connection)
}

impl JsonConnection {
    /// The tables of whole files, by name.
    pub(super) fn roots(&self) -> Result<BTreeMap<String, Root>> {
        let found = listed(&self.path, &ENDINGS)?;
        match &self.given.table {
            Some(name) => {
                let mut paths: Vec<PathBuf> = found.into_values().collect();
                paths.sort();
                Ok(BTreeMap::from([(name.clone(), Root::new(name, paths)?)]))
            }
            None => found.into_iter().map(|(name, path)| Ok((name.clone(), Root::new(&name, vec![path])?))).collect(),
        }
    }

    /// Where a table's rows are: its documents, and the path of the arrays that its rows stand in.
    ///
    /// A name is that of a file, perhaps a slash and the key of an array in its one object, and for a child a dot and
    /// the path of its array.
    pub(super) fn locate(&self, table: &Table) -> Result<(Root, Vec<String>)> {
        let mut roots = self.roots()?;
        located(&table.name.table, &mut roots).ok_or_else(|| not_found(&table.name))
    }
}

pub(super) fn located(name: &str, roots: &mut BTreeMap<String, Root>) -> Option<(Root, Vec<String>)> {
    if let Some(root) = roots.remove(name) {
        return Some((root, Vec::new()));
    }
    let begins = |root: &&String| {
        let rest = name.strip_prefix(root.as_str());
        rest.is_some_and(|r| r.starts_with(['.', '/']))
    };
    let file = roots.keys().filter(begins).max_by_key(|root| root.len())?.clone();
    let mut root = roots.remove(&file)?;
    let rest = &name[file.len()..];
    let (mut keys, _) = path::parse(&rest[1..])?;
    if rest.starts_with('/') {
        let section = keys.remove(0);
        root.name = section.clone();
        root.section = Some(section);
    }
    Some((root, keys))
}

pub(super) fn not_found(name: &TableName) -> Error {
    Error::new(ErrorKind::NotFound, format!("there is no file for table {name}")).table(name.to_string())
}
