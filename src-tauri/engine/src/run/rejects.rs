//! Rows that did not arrive, and why.
//!
//! Each chunk has a reject file of its own, complete on the disk before the chunk commits, and written anew when the chunk
//! is done again: so a resume never repeats a reject. When the table is loaded they are put together into one file for
//! the person; the chunks' own stay until the run is over, since a chunk may have to be done again until then.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorContext, ErrorKind, Result};

/// One line of a reject file (JSON lines).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RejectedRow {
    /// Target table.
    pub table: String,
    /// Where the row stands in its source: key columns as `name=value`, or its line or rowid.
    pub key: String,
    /// The column at fault, where one is known.
    pub column: Option<String>,
    pub reason: String,
    /// The source row, as text by column.
    pub row: serde_json::Map<String, serde_json::Value>,
    /// Hash of the row as it would have been written; lets a verification leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
}

/// As it stands in the file: with the run that it was rejected in.
#[derive(Serialize)]
struct Line<'a> {
    run: &'a str,
    #[serde(flatten)]
    row: &'a RejectedRow,
}

/// Where a run keeps its rejects.
#[derive(Debug, Clone)]
pub struct RejectFiles {
    folder: PathBuf,
}

impl RejectFiles {
    pub fn new(run_folder: &Path) -> Self {
        RejectFiles { folder: run_folder.join("rejects") }
    }

    /// The table's file, which exists once the table is loaded and has rejects. The step's number keeps tables apart
    /// whose names look alike on this file system.
    pub fn table(&self, step: u32, table: &str) -> PathBuf {
        let name: String =
            table.chars().map(|c| if c.is_alphanumeric() || "._-".contains(c) { c } else { '_' }).collect();
        self.folder.join(format!("{:03}-{}.rejects.jsonl", step + 1, name.chars().take(100).collect::<String>()))
    }

    /// The run's folder has its name.
    fn run(&self) -> &str {
        let name = self.folder.parent().and_then(Path::file_name);
        name.and_then(|n| n.to_str()).unwrap_or_default()
    }

    fn chunk(&self, step: u32, chunk: u32) -> PathBuf {
        self.folder.join(format!("{:03}", step + 1)).join(format!("{chunk:06}.jsonl"))
    }

    /// Puts the chunk's rejects on the disk, in place of those of an earlier try.
    pub fn keep(&self, step: u32, chunk: u32, rows: &[RejectedRow]) -> Result<()> {
        let path = self.chunk(step, chunk);
        if rows.is_empty() {
            return match std::fs::remove_file(&path) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(unwritable(e, &path)),
                _ => Ok(()),
            };
        }
        let write = || -> std::io::Result<()> {
            std::fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
            let mut file = BufWriter::new(File::create(&path)?);
            for row in rows {
                serde_json::to_writer(&mut file, &Line { run: self.run(), row })?;
                file.write_all(b"\n")?;
            }
            file.into_inner().map_err(|e| e.into_error())?.sync_all()
        };
        write().map_err(|e| unwritable(e, &path))
    }

    /// Makes a whole file part of what is put together again, where the chunks' own are gone.
    pub fn reopen(&self, step: u32, table: &str) -> Result<()> {
        let (folder, whole) = (self.folder.join(format!("{:03}", step + 1)), self.table(step, table));
        if folder.exists() {
            return Ok(());
        }
        let open = || -> std::io::Result<()> {
            std::fs::create_dir_all(&folder)?;
            if whole.exists() { std::fs::rename(&whole, folder.join("000000.jsonl")) } else { Ok(()) }
        };
        open().map_err(|e| unwritable(e, &folder))
    }

    /// Makes one file of the chunks' files, in the order of the source; `None` when there is no reject.
    pub fn join(&self, step: u32, table: &str) -> Result<Option<PathBuf>> {
        let folder = self.folder.join(format!("{:03}", step + 1));
        let path = self.table(step, table);
        let mut parts: Vec<PathBuf> = match std::fs::read_dir(&folder) {
            Ok(entries) => entries.filter_map(|e| e.ok().map(|e| e.path())).collect(),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                return Ok(path.exists().then_some(path));
            }
            Err(e) => return Err(unwritable(e, &folder)),
        };
        parts.sort();
        let write = || -> std::io::Result<()> {
            let mut file = File::create(&path)?;
            for part in &parts {
                std::io::copy(&mut File::open(part)?, &mut file)?;
            }
            file.sync_all()
        };
        if parts.is_empty() {
            // What an earlier try had rejected has arrived since.
            let _ = std::fs::remove_file(&path);
            return Ok(None);
        }
        write().map_err(|e| unwritable(e, &path))?;
        Ok(Some(path))
    }

    /// Leaves the one file alone: the run is over.
    pub fn close(&self, step: u32, table: &str) -> Result<()> {
        self.join(step, table)?;
        let folder = self.folder.join(format!("{:03}", step + 1));
        // At once: a folder that is gone in part would say that there are no rejects.
        let over = folder.with_extension("over");
        let gone = |done: std::io::Result<()>| match done {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(unwritable(e, &folder)),
            _ => Ok(()),
        };
        gone(std::fs::remove_dir_all(&over))?;
        gone(std::fs::rename(&folder, &over))?;
        gone(std::fs::remove_dir_all(&over))
    }

    /// Every reject of the table, whether its load has ended or not.
    pub fn read(&self, step: u32, table: &str) -> Result<impl Iterator<Item = Result<RejectedRow>>> {
        // The chunks' own say it all while they are there.
        let mut files = match std::fs::read_dir(self.folder.join(format!("{:03}", step + 1))) {
            Ok(entries) => entries.filter_map(|e| e.ok().map(|e| e.path())).collect(),
            Err(_) => vec![self.table(step, table)],
        };
        files.sort();
        files.retain(|f| f.exists());
        let mut readers = Vec::new();
        for path in files {
            readers.push((BufReader::new(File::open(&path).map_err(|e| unreadable(e, &path))?), path));
        }
        Ok(readers.into_iter().flat_map(|(reader, path)| {
            reader.lines().enumerate().map(move |(line, text)| {
                let text = text.map_err(|e| unreadable(e, &path))?;
                serde_json::from_str(&text)
                    .or_error(ErrorKind::WrongFormat, "a line of the reject file is not a reject")
                    .map_err(|e| e.file(path.display()).at(line as u64 + 1, 1))
            })
        }))
    }
}

fn unwritable(e: std::io::Error, path: &Path) -> Error {
    let mut error = Error::from(e).file(path.display());
    error.what = "the reject file cannot be written, so its rows would be lost".into();
    error
}

fn unreadable(e: std::io::Error, path: &Path) -> Error {
    let mut error = Error::from(e).file(path.display());
    error.what = "the reject file cannot be read".into();
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reject(key: &str) -> RejectedRow {
        RejectedRow {
            table: "t".into(),
            key: key.into(),
            column: None,
            reason: "r".into(),
            row: serde_json::Map::new(),
            hash: None,
        }
    }

    #[test]
    fn a_chunk_done_again_replaces_its_rejects() {
        let folder = tempfile::tempdir().unwrap();
        let files = RejectFiles::new(folder.path());
        files.keep(0, 1, &[reject("b")]).unwrap();
        files.keep(0, 0, &[reject("x"), reject("y")]).unwrap();
        files.keep(0, 0, &[reject("a")]).unwrap();
        let keys = || files.read(0, "t").unwrap().map(|r| r.unwrap().key).collect::<Vec<_>>();
        assert_eq!(keys(), ["a", "b"]);
        let path = files.join(0, "t").unwrap().unwrap();
        assert!(path.exists());
        assert_eq!(keys(), ["a", "b"]);
        assert_eq!(files.join(0, "t").unwrap().as_deref(), Some(path.as_path()), "joining again changes nothing");
        files.keep(0, 1, &[]).unwrap();
        files.keep(0, 2, &[reject("d")]).unwrap();
        files.join(0, "t").unwrap();
        assert_eq!(keys(), ["a", "d"], "a chunk may be done again after that");
        files.close(0, "t").unwrap();
        assert_eq!(keys(), ["a", "d"]);
        files.reopen(0, "t").unwrap();
        files.keep(0, 5, &[reject("c")]).unwrap();
        files.join(0, "t").unwrap();
        assert_eq!(keys(), ["a", "d", "c"]);
    }
}
