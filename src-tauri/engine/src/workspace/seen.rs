//! Schemas as a project's mapping was last seen against them: what drift is measured from, also after a restart.

use rusqlite::{OptionalExtension, params};

use super::{Workspace, from_json, now, store, to_json};
use crate::catalog::Catalog;
use crate::error::Result;

/// A catalog, and when it was taken over.
#[derive(Debug, Clone, PartialEq)]
pub struct SeenCatalog {
    /// RFC 3339, UTC.
    pub seen_at: String,
    pub catalog: Catalog,
}

impl Workspace {
    pub fn has_seen_catalog(&self, project: &str, side: &str) -> Result<bool> {
        self.database()
            .query_row(
                "select exists (select 1 from seen_catalog where project = ?1 and side = ?2)",
                [project, side],
                |r| r.get(0),
            )
            .map_err(store)
    }

    pub fn seen_catalog(&self, project: &str, side: &str) -> Result<Option<SeenCatalog>> {
        let row: Option<(String, String)> = self
            .database()
            .query_row(
                "select seen_at, catalog from seen_catalog where project = ?1 and side = ?2",
                [project, side],
                |r| Ok((r.get(0)?, r.get(1)?)),
            )
            .optional()
            .map_err(store)?;
        // One that another version of Rowferry wrote in another form is as good as none.
        Ok(row.and_then(|(seen_at, text)| Some(SeenCatalog { seen_at, catalog: from_json(&text).ok()? })))
    }

    /// `seen_at` is now unless it is given.
    pub fn keep_catalog(&self, project: &str, side: &str, catalog: &Catalog, seen_at: Option<&str>) -> Result<()> {
        self.database()
            .execute(
                "insert into seen_catalog (project, side, seen_at, catalog) values (?1, ?2, ?3, ?4)
                 on conflict (project, side) do update set seen_at = excluded.seen_at, catalog = excluded.catalog",
                params![project, side, seen_at.map_or_else(now, str::to_string), to_json(catalog)?],
            )
            .map_err(store)?;
        Ok(())
    }
}
