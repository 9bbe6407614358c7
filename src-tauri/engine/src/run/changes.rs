//! Values that a run changed because a person chose so: counted, so that no change is silent.
//!
//! Each chunk's counts are on the disk before the chunk commits, and are written anew when it is done again, as its
//! rejects are: so a resume counts nothing twice. Invariant: names and numbers only, no value.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorContext, ErrorKind, Result};

/// What was done to values of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// Something stood in for a value that could not be read, or text that was encoded twice was decoded; the column is
    /// the source's.
    Read,
    /// Something stood in for a value that did not fit the target's column.
    Misfit,
    /// NUL characters were taken out.
    Stripped,
}

/// How many values of a column were changed in a run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct ChangeCount {
    pub column: String,
    pub kind: ChangeKind,
    pub values: u64,
}

/// Counts under way.
pub type Changes = BTreeMap<(String, ChangeKind), u64>;

/// Where a run keeps its counts.
#[derive(Debug, Clone)]
pub struct ChangeFiles {
    folder: PathBuf,
}

impl ChangeFiles {
    pub fn new(run_folder: &Path) -> Self {
        ChangeFiles { folder: run_folder.join("changes") }
    }

    fn step(&self, step: u32) -> PathBuf {
        self.folder.join(format!("{:03}", step + 1))
    }

    /// Puts the chunk's counts on the disk, in place of those of an earlier try.
    pub fn keep(&self, step: u32, chunk: u32, changes: &Changes) -> Result<()> {
        let path = self.step(step).join(format!("{chunk:06}.json"));
        if changes.is_empty() {
            return match std::fs::remove_file(&path) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(unwritable(e, &path)),
                _ => Ok(()),
            };
        }
        let counts: Vec<ChangeCount> = changes
            .iter()
            .map(|((column, kind), values)| ChangeCount { column: column.clone(), kind: *kind, values: *values })
            .collect();
        let write = || -> std::io::Result<()> {
            std::fs::create_dir_all(self.step(step))?;
            let mut file = std::fs::File::create(&path)?;
            serde_json::to_writer(&mut file, &counts)?;
            file.sync_all()
        };
        write().map_err(|e| unwritable(e, &path))
    }

    /// The counts of a step's chunks, added up, by column.
    pub fn of_step(&self, step: u32) -> Result<Vec<ChangeCount>> {
        let mut total = Changes::new();
        let entries = match std::fs::read_dir(self.step(step)) {
            Ok(entries) => entries,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(Error::from(e).file(self.step(step).display())),
        };
        for entry in entries {
            let path = entry?.path();
            let text = std::fs::read(&path)?;
            let counts: Vec<ChangeCount> = serde_json::from_slice(&text)
                .or_error(ErrorKind::WrongFormat, "the counts of a chunk's changed values cannot be read")
                .map_err(|e| e.file(path.display()))?;
            for count in counts {
                *total.entry((count.column, count.kind)).or_default() += count.values;
            }
        }
        Ok(total.into_iter().map(|((column, kind), values)| ChangeCount { column, kind, values }).collect())
    }
}

fn unwritable(e: std::io::Error, path: &Path) -> Error {
    let mut error = Error::from(e).file(path.display());
    error.what = "the counts of changed values cannot be written, so a change would be silent".into();
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunk_done_again_is_counted_once() {
        let folder = tempfile::tempdir().unwrap();
        let files = ChangeFiles::new(folder.path());
        let changes = |n| Changes::from([(("day".to_string(), ChangeKind::Read), n)]);
        files.keep(0, 0, &changes(5)).unwrap();
        files.keep(0, 0, &changes(2)).unwrap();
        files.keep(0, 1, &changes(3)).unwrap();
        files.keep(0, 2, &changes(9)).unwrap();
        files.keep(0, 2, &Changes::new()).unwrap();
        assert_eq!(
            files.of_step(0).unwrap(),
            [ChangeCount { column: "day".into(), kind: ChangeKind::Read, values: 5 }]
        );
        assert_eq!(files.of_step(1).unwrap(), []);
    }
}
