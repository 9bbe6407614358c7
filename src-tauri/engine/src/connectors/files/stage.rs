//! What a run keeps beside its target files until they are published: parts of rows and checkpoints.
//!
//! Everything is below `.rowferry-RUN` in the target's folder. Invariants: a part is there when its checkpoint is, for
//! the rename that puts a part in place is what commits it, and the checkpoint was written and synced before; a file
//! that another process may look at is whole.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::failed;
use crate::connectors::Checkpoint;
use crate::error::{Error, ErrorKind, Result};

const PREFIX: &str = ".rowferry-";

/// A committed chunk, or the mark of a finished phase.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub checkpoint: Checkpoint,
    /// The table that a chunk's rows are for.
    pub table: Option<String>,
    /// What is done when the rows are published.
    pub statements: Vec<String>,
}

/// One run's folder.
#[derive(Debug, Clone)]
pub struct Stage {
    folder: PathBuf,
}

impl Stage {
    pub fn new(target: &Path, run: &str) -> Stage {
        Stage { folder: target.join(format!("{PREFIX}{run}")) }
    }

    /// A place for a file that is being written; `name` is unique in the process.
    pub fn open(&self) -> Result<PathBuf> {
        let folder = self.folder.join("open");
        std::fs::create_dir_all(&folder).map_err(failed(&folder))?;
        Ok(folder.join(uuid::Uuid::now_v7().to_string()))
    }

    /// Removes what a process that was killed had not finished.
    pub fn clear_open(&self) -> Result<()> {
        remove_folder(&self.folder.join("open"))
    }

    fn entry(&self, checkpoint: &Checkpoint) -> PathBuf {
        self.folder.join(format!("{:010}-{:010}.json", checkpoint.step, checkpoint.chunk))
    }

    fn part(&self, checkpoint: &Checkpoint) -> PathBuf {
        self.entry(checkpoint).with_extension("part")
    }

    /// Puts a part in place with its checkpoint. `written` is whole and synced.
    pub fn commit(&self, written: &Path, entry: &Entry) -> Result<()> {
        let part = self.part(&entry.checkpoint);
        if part.exists() {
            let (step, chunk) = (entry.checkpoint.step, entry.checkpoint.chunk);
            return Err(Error::new(ErrorKind::Constraint, format!("chunk {chunk} of step {step} is written already")));
        }
        self.keep(&self.entry(&entry.checkpoint), entry)?;
        std::fs::rename(written, &part).map_err(failed(&part))?;
        sync_folder(&self.folder)
    }

    /// Writes the mark of a finished phase.
    pub fn mark(&self, entry: &Entry) -> Result<()> {
        let path = self.entry(&entry.checkpoint).with_extension("mark");
        self.keep(&path, entry)
    }

    fn keep(&self, path: &Path, entry: &Entry) -> Result<()> {
        let text = serde_json::to_string(entry).map_err(|e| Error::internal("a checkpoint has no text").detail(e))?;
        let new = self.open()?;
        let mut file = File::create(&new).map_err(failed(&new))?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed(&new))?;
        std::fs::rename(&new, path).map_err(failed(path))?;
        sync_folder(&self.folder)
    }

    /// What is committed, ordered by step and chunk: entries with the parts of the chunks among them.
    pub fn entries(&self) -> Result<Vec<(Entry, Option<PathBuf>)>> {
        let listed = match std::fs::read_dir(&self.folder) {
            Ok(listed) => listed,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(failed(&self.folder)(e)),
        };
        let mut found = Vec::new();
        for file in listed {
            let file = file.map_err(failed(&self.folder))?.path();
            let (entry, part) = match file.extension().and_then(|e| e.to_str()) {
                Some("mark") => (file, None),
                Some("part") => (file.with_extension("json"), Some(file)),
                _ => continue,
            };
            let text = std::fs::read_to_string(&entry).map_err(failed(&entry))?;
            let entry: Entry = serde_json::from_str(&text).map_err(|e| {
                Error::new(ErrorKind::WrongFormat, format!("{} is not a checkpoint", entry.display())).detail(e)
            })?;
            found.push((entry, part));
        }
        found.sort_by_key(|(e, _)| (e.checkpoint.step, e.checkpoint.chunk));
        Ok(found)
    }

    /// Has the table's file been published? Told by a mark that is made once the file is ready, and by the ready file
    /// being gone.
    pub fn published(&self, table: &str) -> Published {
        let (ready, mark) = self.publishing(table);
        match (mark.exists(), ready.exists()) {
            (true, true) => Published::Ready(ready),
            (true, false) => Published::Done,
            (false, _) => Published::No(ready),
        }
    }

    /// Has any file been published, or may it have been?
    pub fn has_published(&self) -> Result<bool> {
        for file in std::fs::read_dir(&self.folder).map_err(failed(&self.folder))? {
            if file.map_err(failed(&self.folder))?.path().extension().is_some_and(|e| e == "published") {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Says that the ready file, which is whole, is the one to be published.
    pub fn mark_ready(&self, table: &str) -> Result<()> {
        sync_folder(&self.folder)?;
        let (_, mark) = self.publishing(table);
        File::create(&mark).and_then(|f| f.sync_all()).map_err(failed(&mark))?;
        sync_folder(&self.folder)
    }

    fn publishing(&self, table: &str) -> (PathBuf, PathBuf) {
        // A table's name may be too long or too odd for a file beside the parts.
        let name = format!("{:032x}", xxhash_rust::xxh3::xxh3_128(table.as_bytes()));
        (self.folder.join(format!("{name}.ready")), self.folder.join(format!("{name}.published")))
    }

    /// Removes everything. What is removed half is no run's any more.
    pub fn forget(&self) -> Result<()> {
        let gone = self.folder.with_extension("gone");
        match std::fs::rename(&self.folder, &gone) {
            Ok(()) => {}
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            Err(e) => return Err(failed(&self.folder)(e)),
        }
        remove_folder(&gone)
    }
}

/// How far a table's file is.
pub enum Published {
    /// It is made in this place.
    No(PathBuf),
    Ready(PathBuf),
    Done,
}

fn remove_folder(folder: &Path) -> Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(failed(folder)(e)),
        _ => Ok(()),
    }
}

/// Makes renames in the folder last. Only Unix lets a folder be synced.
pub fn sync_folder(folder: &Path) -> Result<()> {
    if cfg!(unix) {
        File::open(folder).and_then(|f| f.sync_all()).map_err(failed(folder))?;
    }
    Ok(())
}
