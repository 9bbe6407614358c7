//! Known projects and their saved versions.

use std::path::{Path, PathBuf};

use rusqlite::{OptionalExtension, Transaction, TransactionBehavior, params};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::edits::{EditsMade, keep_edits};
use super::{Workspace, from_json, now, store, to_json};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{self, Project};

/// A project that was opened here once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownProject {
    pub id: String,
    pub name: String,
    pub path: PathBuf,
    pub opened_at: String,
}

/// So many versions without a name are kept, beside those that a run or the history needs.
const AUTOMATIC: u32 = 50;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedVersion {
    pub version: u32,
    pub saved_at: String,
    /// `None` for one that an automatic save kept.
    pub name: Option<String>,
    /// Since the named version before it.
    pub changes: Option<ChangeSize>,
    pub tables: u32,
    pub columns: u32,
}

/// The size of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChangeSize {
    pub added: u32,
    pub changed: u32,
    pub removed: u32,
}

impl Workspace {
    /// Latest opened first.
    pub fn projects(&self) -> Result<Vec<KnownProject>> {
        let database = self.database();
        let mut query = database
            .prepare_cached(
                "select id, name, path, opened_at from project where listed = 1 order by opened_at desc, id desc",
            )
            .map_err(store)?;
        let rows = query.query_map([], known).map_err(store)?;
        rows.collect::<rusqlite::Result<_>>().map_err(store)
    }

    pub fn project(&self, id: &str) -> Result<KnownProject> {
        self.database()
            .query_row("select id, name, path, opened_at from project where id = ?1", [id], known)
            .optional()
            .map_err(store)?
            .ok_or_else(|| Error::new(ErrorKind::NotFound, format!("the workspace knows no project {id}")))
    }

    /// Remembers that the project is opened from this file; gives a document without an id one of its own.
    pub fn remember_project(&self, project: &mut Project, path: &Path) -> Result<()> {
        let path = std::path::absolute(path)?;
        if project.id.is_empty() {
            // A file written by hand keeps its id from one opening to the next by its place.
            let known = self.projects()?.into_iter().find(|p| p.path == path);
            project.id = known.map_or_else(|| uuid::Uuid::now_v7().to_string(), |p| p.id);
        }
        self.database()
            .execute(
                "insert into project (id, name, path, opened_at) values (?1, ?2, ?3, ?4)
                 on conflict (id) do update set name = excluded.name, path = excluded.path,
                     opened_at = excluded.opened_at, listed = 1",
                params![project.id, project.name, path.to_string_lossy(), now()],
            )
            .map_err(store)?;
        Ok(())
    }

    pub fn forget_project(&self, id: &str) -> Result<()> {
        self.database().execute("update project set listed = 0 where id = ?1", [id]).map_err(store)?;
        Ok(())
    }

    /// Writes the project's file and keeps a version, unless it equals the latest one, with the history that leads to it.
    ///
    /// # Errors
    /// `Conflict` when `base` is given and the file no longer holds that version: somebody else has written it. Without
    /// `base` it is written whatever it holds.
    pub fn save_project(&self, project: &Project, base: Option<u32>, edits: Option<&EditsMade>) -> Result<u32> {
        let path = self.project(&project.id)?.path;
        let mut database = self.database();
        let change = database.transaction_with_behavior(TransactionBehavior::Immediate).map_err(store)?;
        if let Some(base) = base {
            unchanged(&change, &project.id, &path, base)?;
        }
        let version = next_version(&change, project)?;
        if let Some(edits) = edits {
            keep_edits(&change, &project.id, version, edits)?;
        }
        prune(&change, &project.id)?;
        model::write(project, &path)?;
        let written = mark(version, &std::fs::read(&path)?);
        change.execute("update project set written = ?2 where id = ?1", [&project.id, &written]).map_err(store)?;
        change.commit().map_err(store)?;
        Ok(version)
    }

    /// Does the project's file still hold this version?
    ///
    /// # Errors
    /// `Conflict` when it does not, with what a person should know.
    pub fn project_unchanged(&self, id: &str, version: u32) -> Result<()> {
        let path = self.project(id)?.path;
        let mut database = self.database();
        let read = database.transaction().map_err(store)?;
        unchanged(&read, id, &path, version)
    }

    /// Keeps a version without touching the file.
    pub fn keep_version(&self, project: &Project) -> Result<u32> {
        let mut database = self.database();
        let change = database.transaction_with_behavior(TransactionBehavior::Immediate).map_err(store)?;
        let version = next_version(&change, project)?;
        change.commit().map_err(store)?;
        Ok(version)
    }

    /// Gives a version a name, under which it is kept for good, or takes the name from it.
    pub fn name_version(&self, id: &str, version: u32, name: Option<&str>, changes: Option<ChangeSize>) -> Result<()> {
        let changes = changes.as_ref().map(to_json).transpose()?;
        let named = self
            .database()
            .execute(
                "update project_version set name = ?3, changes = coalesce(?4, changes) where project = ?1 and version = ?2",
                params![id, version, name, changes],
            )
            .map_err(store)?;
        if named == 0 { Err(no_version(id, version)) } else { Ok(()) }
    }

    /// Latest first.
    pub fn project_versions(&self, id: &str) -> Result<Vec<SavedVersion>> {
        let database = self.database();
        let mut query = database
            .prepare_cached(
                "select version, saved_at, name, changes, json_array_length(document, '$.tables'),
                     (select coalesce(sum(json_array_length(value, '$.columns')), 0)
                      from json_each(document, '$.tables'))
                 from project_version where project = ?1 order by version desc",
            )
            .map_err(store)?;
        let rows = query
            .query_map([id], |r| {
                Ok(SavedVersion {
                    version: r.get(0)?,
                    saved_at: r.get(1)?,
                    name: r.get(2)?,
                    changes: r.get::<_, Option<String>>(3)?.and_then(|text| serde_json::from_str(&text).ok()),
                    tables: r.get::<_, Option<u32>>(4)?.unwrap_or_default(),
                    columns: r.get(5)?,
                })
            })
            .map_err(store)?;
        rows.collect::<rusqlite::Result<_>>().map_err(store)
    }

    pub fn project_version(&self, id: &str, version: u32) -> Result<Project> {
        let document: Option<String> = self
            .database()
            .query_row(
                "select document from project_version where project = ?1 and version = ?2",
                params![id, version],
                |r| r.get(0),
            )
            .optional()
            .map_err(store)?;
        match document {
            Some(document) => from_json(&document),
            None => Err(no_version(id, version)),
        }
    }
}

fn known(row: &rusqlite::Row<'_>) -> rusqlite::Result<KnownProject> {
    Ok(KnownProject {
        id: row.get(0)?,
        name: row.get(1)?,
        path: PathBuf::from(row.get::<_, String>(2)?),
        opened_at: row.get(3)?,
    })
}

/// The version of this document: the latest one when that holds the same, or a new one.
fn next_version(change: &Transaction<'_>, project: &Project) -> Result<u32> {
    let document = to_json(project)?;
    let version = match latest(change, &project.id)? {
        Some((version, same)) if same == document => return Ok(version),
        Some((version, _)) => version + 1,
        None => 1,
    };
    change
        .execute(
            "insert into project_version (project, version, saved_at, document) values (?1, ?2, ?3, ?4)",
            params![project.id, version, now(), document],
        )
        .map_err(store)?;
    change.execute("update project set name = ?2 where id = ?1", params![project.id, project.name]).map_err(store)?;
    Ok(version)
}

fn latest(database: &Transaction<'_>, id: &str) -> Result<Option<(u32, String)>> {
    database
        .query_row(
            "select version, document from project_version where project = ?1 order by version desc limit 1",
            [id],
            |r| Ok((r.get(0)?, r.get(1)?)),
        )
        .optional()
        .map_err(store)
}

/// The latest version is `base`, and the file holds what it says. A file that is gone holds nothing of anybody's.
fn unchanged(database: &Transaction<'_>, id: &str, path: &Path, base: u32) -> Result<()> {
    let conflict = |what: String| {
        Err(Error::new(ErrorKind::Conflict, format!("the project file {} {what}", path.display())).file(path.display()))
    };
    let Some((version, document)) = latest(database, id)? else { return Ok(()) };
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(e.into()),
    };
    if version != base {
        return conflict("was saved by another window or command since it was read here".into());
    }
    let written: Option<String> =
        database.query_row("select written from project where id = ?1", [id], |r| r.get(0)).map_err(store)?;
    if written.is_some_and(|written| written == mark(base, &bytes)) {
        return Ok(());
    }
    match model::parse(&String::from_utf8_lossy(&bytes)) {
        Ok(mut there) => {
            there.id = id.to_string();
            if to_json(&there)? == document {
                return Ok(());
            }
            conflict("was changed by another program since it was read here".into())
        }
        Err(e) => conflict(format!("was changed by another program, and is no project that can be read now: {e}")),
    }
}

/// A version and the bytes that were written for it.
fn mark(version: u32, bytes: &[u8]) -> String {
    format!("{version}:{:032x}", xxhash_rust::xxh3::xxh3_128(bytes))
}

/// Takes out the oldest automatic versions. Named ones stay, and those that a run or the history of edits refers to.
fn prune(change: &Transaction<'_>, id: &str) -> Result<()> {
    change
        .execute(
            "delete from project_version
             where project = ?1 and name is null
                 and version <= (select max(version) - ?2 from project_version where project = ?1)
                 and version not in (select version from edit_history where project = ?1)
                 and version not in (select json_extract(record, '$.project_version') from run
                                     where project = ?1 and json_extract(record, '$.project_version') is not null)",
            params![id, AUTOMATIC],
        )
        .map_err(store)?;
    Ok(())
}

fn no_version(id: &str, version: u32) -> Error {
    Error::new(ErrorKind::NotFound, format!("the project {id} has no version {version}"))
        .hint("Automatic versions are kept for a while; name those that you want to keep.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saved() -> (tempfile::TempDir, Workspace, Project, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let workspace = Workspace::open_at(folder.path()).unwrap();
        let mut project = Project::new("p");
        let path = folder.path().join("p.rowferry.json");
        workspace.remember_project(&mut project, &path).unwrap();
        workspace.save_project(&project, None, None).unwrap();
        (folder, workspace, project, path)
    }

    #[test]
    fn a_file_that_somebody_else_changed_is_not_overwritten_unasked() {
        let (_folder, workspace, mut project, path) = saved();
        let theirs = Project { name: "theirs".into(), ..project.clone() };
        model::write(&theirs, &path).unwrap();
        project.name = "mine".into();
        let error = workspace.save_project(&project, Some(1), None).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Conflict);
        assert!(error.to_string().contains("p.rowferry.json"), "{error}");
        assert_eq!(model::read(&path).unwrap(), theirs);

        // Read again it is the version to build on; both are kept.
        assert_eq!(workspace.keep_version(&theirs).unwrap(), 2);
        assert_eq!(workspace.save_project(&project, Some(2), None).unwrap(), 3);
        assert_eq!(model::read(&path).unwrap(), project);
        assert_eq!(workspace.project_version(&project.id, 2).unwrap(), theirs);
    }

    #[test]
    fn another_form_of_the_same_document_is_no_conflict() {
        let (_folder, workspace, mut project, path) = saved();
        std::fs::write(&path, serde_json::to_string(&project).unwrap()).unwrap();
        workspace.project_unchanged(&project.id, 1).unwrap();
        project.name = "q".into();
        assert_eq!(workspace.save_project(&project, Some(1), None).unwrap(), 2);
    }

    #[test]
    fn a_file_that_was_broken_is_a_conflict_with_the_reason_and_one_that_is_gone_is_written_again() {
        let (_folder, workspace, mut project, path) = saved();
        std::fs::write(&path, "{\"rowferry\": 1, \"name\": 7}").unwrap();
        let error = workspace.project_unchanged(&project.id, 1).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Conflict);
        assert!(error.to_string().contains("name"), "{error}");
        std::fs::remove_file(&path).unwrap();
        project.name = "q".into();
        assert_eq!(workspace.save_project(&project, Some(1), None).unwrap(), 2);
        assert_eq!(model::read(&path).unwrap(), project);
    }

    #[test]
    fn a_window_that_is_behind_another_is_told() {
        let (_folder, workspace, mut project, _path) = saved();
        project.name = "first window".into();
        workspace.save_project(&project, Some(1), None).unwrap();
        project.name = "second window".into();
        assert_eq!(workspace.save_project(&project, Some(1), None).unwrap_err().kind, ErrorKind::Conflict);
    }

    #[test]
    fn named_versions_stay_when_the_oldest_automatic_ones_go() {
        let (_folder, workspace, mut project, _path) = saved();
        let size = ChangeSize { added: 3, changed: 2, removed: 1 };
        workspace.name_version(&project.id, 1, Some("First draft"), Some(size)).unwrap();
        for n in 0..60 {
            project.name = format!("p {n}");
            workspace.save_project(&project, None, None).unwrap();
        }
        let versions = workspace.project_versions(&project.id).unwrap();
        assert_eq!(versions.len(), 51);
        assert_eq!(versions[0].version, 61);
        let first = versions.last().unwrap();
        assert_eq!((first.version, first.name.as_deref(), first.changes), (1, Some("First draft"), Some(size)));
        assert_eq!(workspace.name_version(&project.id, 2, Some("gone"), None).unwrap_err().kind, ErrorKind::NotFound);
    }
}
