//! A project's past: its versions and the history of its edits.

use rowferry_engine::error::Result;

use crate::state::App;
use crate::wire::{ById, EditHistory, Empty, NameVersion, OpenProject, ProjectAt, ProjectVersion};

pub async fn edit_history(app: &App, request: ById) -> Result<EditHistory> {
    let history = app.workspace.edit_history(&request.id)?;
    Ok(EditHistory { version: history.version, done: history.done, edits: history.edits })
}

pub async fn project_versions(app: &App, request: ById) -> Result<Vec<ProjectVersion>> {
    let versions = app.workspace.project_versions(&request.id)?.into_iter();
    let wire = versions.map(|v| ProjectVersion {
        version: v.version,
        saved_at: v.saved_at,
        name: v.name,
        changes: v.changes,
        tables: v.tables,
        columns: v.columns,
    });
    Ok(wire.collect())
}

pub async fn load_version(app: &App, request: ProjectAt) -> Result<OpenProject> {
    let document = app.workspace.project_version(&request.id, request.version)?;
    let path = app.workspace.project(&request.id)?.path;
    Ok(OpenProject { id: request.id, path: path.display().to_string(), version: request.version, document })
}

pub async fn name_version(app: &App, request: NameVersion) -> Result<Empty> {
    let name = request.name.as_deref().map(str::trim).filter(|n| !n.is_empty());
    app.workspace.name_version(&request.id, request.version, name, request.changes)?;
    Ok(Empty {})
}
