//! The file that a run replaces, put aside until the run is accepted or taken back.
//!
//! It keeps its own name, in a hidden folder beside it. Invariants: what is put aside is never overwritten, so that doing
//! it again after a crash changes nothing; the target is at no moment without the old file or the new one, but where a
//! folder of parts gives way to a file.

use std::path::{Path, PathBuf};

use super::failed;
use super::stage::sync_folder;
use crate::error::{Error, Result};

/// The folder for what is put aside under this name.
pub fn folder(target: &Path, name: &str) -> PathBuf {
    target.join(format!(".{name}"))
}

/// Puts `whole` aside, unless something is there already. A file stays in its place as well, until another one is renamed
/// over it; a folder goes.
pub fn keep(whole: &Path, aside: &Path) -> Result<()> {
    if held(aside)?.is_some() || !whole.exists() {
        return Ok(());
    }
    std::fs::create_dir_all(aside).map_err(failed(aside))?;
    let name = whole.file_name().ok_or_else(|| Error::internal(format!("{} has no name", whole.display())))?;
    let place = aside.join(name);
    if whole.is_dir() {
        std::fs::rename(whole, &place).map_err(failed(whole))?;
    } else if std::fs::hard_link(whole, &place).is_err() {
        // Not every file system has links.
        let copy = aside.join(".copy");
        std::fs::copy(whole, &copy).map_err(failed(whole))?;
        std::fs::File::open(&copy).and_then(|f| f.sync_all()).map_err(failed(&copy))?;
        std::fs::rename(&copy, &place).map_err(failed(&place))?;
    }
    sync_folder(aside)
}

/// Brings it back to where it was, in place of `now`. Nothing is left aside.
pub fn bring_back(aside: &Path, now: &Path) -> Result<()> {
    // Brought back by an earlier try.
    let Some(kept) = held(aside)? else { return forget(aside) };
    let target = aside.parent().unwrap_or(aside);
    let name = kept.file_name().ok_or_else(|| Error::internal(format!("{} has no name", kept.display())))?;
    let place = target.join(name);
    if now.exists() && (now != place || kept.is_dir() || now.is_dir()) {
        let removed = if now.is_dir() { std::fs::remove_dir_all(now) } else { std::fs::remove_file(now) };
        removed.map_err(failed(now))?;
    }
    std::fs::rename(&kept, &place).map_err(failed(&place))?;
    sync_folder(target)?;
    forget(aside)
}

pub fn forget(aside: &Path) -> Result<()> {
    match std::fs::remove_dir_all(aside) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(failed(aside)(e)),
        _ => Ok(()),
    }
}

/// What is in the folder, as far as it is whole.
fn held(aside: &Path) -> Result<Option<PathBuf>> {
    let listed = match std::fs::read_dir(aside) {
        Ok(listed) => listed,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(failed(aside)(e)),
    };
    for entry in listed {
        let path = entry.map_err(failed(aside))?.path();
        if path.file_name().is_some_and(|n| n != ".copy") {
            return Ok(Some(path));
        }
    }
    Ok(None)
}
