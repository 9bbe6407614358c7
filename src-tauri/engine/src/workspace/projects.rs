//! Known projects and their saved versions.

use std::path::{Path, PathBuf};

use rusqlite::{OptionalExtension, params};

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

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedVersion {
    pub version: u32,
    pub saved_at: String,
    pub tables: u32,
    pub columns: u32,
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

    /// Writes the project's file and keeps a version, unless it equals the latest one.
    pub fn save_project(&self, project: &Project) -> Result<u32> {
        let path = self.project(&project.id)?.path;
        model::write(project, &path)?;
        self.keep_version(project)
    }

    /// Keeps a version without touching the file.
    pub fn keep_version(&self, project: &Project) -> Result<u32> {
        let document = to_json(project)?;
        let mut database = self.database();
        let change = database.transaction().map_err(store)?;
        let latest: Option<(u32, String)> = change
            .query_row(
                "select version, document from project_version where project = ?1 order by version desc limit 1",
                [&project.id],
                |r| Ok((r.get(0)?, r.get(1)?)),
            )
            .optional()
            .map_err(store)?;
        let version = match latest {
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
        change
            .execute("update project set name = ?2 where id = ?1", params![project.id, project.name])
            .map_err(store)?;
        change.commit().map_err(store)?;
        Ok(version)
    }

    /// Latest first.
    pub fn project_versions(&self, id: &str) -> Result<Vec<SavedVersion>> {
        let database = self.database();
        let mut query = database
            .prepare_cached(
                "select version, saved_at, document from project_version where project = ?1 order by version desc",
            )
            .map_err(store)?;
        let rows = query.query_map([id], |r| Ok((r.get(0)?, r.get(1)?, r.get::<_, String>(2)?))).map_err(store)?;
        rows.map(|row| {
            let (version, saved_at, document) = row.map_err(store)?;
            let project: Project = from_json(&document)?;
            let columns = project.tables.iter().map(|t| t.columns.len() as u32).sum();
            Ok(SavedVersion { version, saved_at, tables: project.tables.len() as u32, columns })
        })
        .collect()
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
            None => Err(Error::new(ErrorKind::NotFound, format!("the project {id} has no version {version}"))),
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
