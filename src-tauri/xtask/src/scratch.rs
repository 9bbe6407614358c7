//! A folder for one run of the tests, gone afterwards.

use std::path::{Path, PathBuf};

use crate::failure::{Result, While};

const PREFIX: &str = "rowferry-xtask-";

pub struct Scratch {
    folder: PathBuf,
}

impl Scratch {
    /// A fresh folder, and an end to those that killed runs have left behind.
    pub fn new() -> Result<Self> {
        // A server that runs as another user must be able to reach it, which a private TMPDIR would prevent.
        let parent = if cfg!(unix) { PathBuf::from("/tmp") } else { std::env::temp_dir() };
        sweep(&parent);
        let folder = parent.join(format!("{PREFIX}{}", std::process::id()));
        std::fs::create_dir_all(&folder).during(format!("the scratch folder {} cannot be made", folder.display()))?;
        Ok(Scratch { folder })
    }

    pub fn path(&self) -> &Path {
        &self.folder
    }

    /// A new folder in it.
    pub fn folder(&self, name: &str) -> Result<PathBuf> {
        let folder = self.folder.join(name);
        std::fs::create_dir_all(&folder).during(format!("the folder {} cannot be made", folder.display()))?;
        Ok(folder)
    }
}

fn sweep(parent: &Path) {
    for entry in std::fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let owner = name.strip_prefix(PREFIX).and_then(|pid| pid.parse::<u32>().ok());
        let gone = cfg!(target_os = "linux") && owner.is_some_and(|pid| !Path::new(&format!("/proc/{pid}")).exists());
        if gone {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
