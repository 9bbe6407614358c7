//! The history of a project's edits: what the window needs to undo and redo after a restart.
//!
//! An edit is the window's: here it is kept as it came, in its order. Invariant: the history and the version that it leads
//! to are written in one transaction, so that no patch ever meets a document that it was not made for.

use rusqlite::{OptionalExtension, Transaction, params};

use super::{Workspace, from_json, store, to_json};
use crate::error::Result;

/// All edits of a project, oldest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EditHistory {
    /// The version that the edits done lead to; 0 when there is no history.
    pub version: u32,
    /// How many of the edits are done; the others were undone.
    pub done: u32,
    pub edits: Vec<serde_json::Value>,
}

/// What became of the history since it was saved last.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EditsMade {
    /// So many edits from the start are as they were saved.
    pub kept: u32,
    /// They take the place of all after those.
    pub edits: Vec<serde_json::Value>,
    pub done: u32,
}

impl Workspace {
    pub fn edit_history(&self, project: &str) -> Result<EditHistory> {
        let mut database = self.database();
        // One state of the file, also while another window saves.
        let read = database.transaction().map_err(store)?;
        let known = read
            .query_row("select version, done from edit_history where project = ?1", [project], |r| {
                Ok((r.get(0)?, r.get(1)?))
            })
            .optional()
            .map_err(store)?;
        let Some((version, done)) = known else { return Ok(EditHistory::default()) };
        let mut query =
            read.prepare_cached("select entry from edit where project = ?1 order by place").map_err(store)?;
        let rows = query.query_map([project], |r| r.get::<_, String>(0)).map_err(store)?;
        let edits = rows.map(|row| from_json(&row.map_err(store)?)).collect::<Result<_>>()?;
        Ok(EditHistory { version, done, edits })
    }
}

/// Writes the history that leads to `version`.
pub(super) fn keep_edits(change: &Transaction<'_>, project: &str, version: u32, made: &EditsMade) -> Result<()> {
    change
        .execute(
            "insert into edit_history (project, version, done) values (?1, ?2, ?3)
             on conflict (project) do update set version = excluded.version, done = excluded.done",
            params![project, version, made.done],
        )
        .map_err(store)?;
    change
        .execute("delete from edit where project = ?1 and place >= ?2", params![project, made.kept])
        .map_err(store)?;
    let mut insert =
        change.prepare_cached("insert into edit (project, place, entry) values (?1, ?2, ?3)").map_err(store)?;
    for (place, edit) in (made.kept..).zip(&made.edits) {
        insert.execute(params![project, place, to_json(edit)?]).map_err(store)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::Project;

    #[test]
    fn a_save_replaces_only_the_edits_that_changed() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = Workspace::open_at(folder.path()).unwrap();
        let mut project = Project::new("p");
        workspace.remember_project(&mut project, &folder.path().join("p.rowferry.json")).unwrap();
        assert_eq!(workspace.edit_history(&project.id).unwrap(), EditHistory::default());

        let first = EditsMade { kept: 0, edits: vec![json!({"label": "a"}), json!({"label": "b"})], done: 2 };
        let version = workspace.save_project(&project, None, Some(&first)).unwrap();
        assert_eq!(workspace.edit_history(&project.id).unwrap(), EditHistory { version, done: 2, edits: first.edits });

        project.name = "q".into();
        let second = EditsMade { kept: 1, edits: vec![json!({"label": "c"})], done: 1 };
        workspace.save_project(&project, Some(version), Some(&second)).unwrap();
        let history = workspace.edit_history(&project.id).unwrap();
        assert_eq!(history.edits, [json!({"label": "a"}), json!({"label": "c"})]);
        assert_eq!((history.version, history.done), (version + 1, 1));
    }
}
