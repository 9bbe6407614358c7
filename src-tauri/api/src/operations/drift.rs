//! Schemas that changed under a mapping.

use rowferry_engine::catalog::Catalog;
use rowferry_engine::drift;
use rowferry_engine::error::{Error, Result};
use rowferry_engine::model::Project;
use rowferry_engine::workspace::SeenCatalog;

use crate::state::App;
use crate::wire::{ById, Drift, Empty, SideDrift, SideName};

const SIDES: [SideName; 2] = [SideName::Source, SideName::Target];

/// Both sides' schemas as they were read last, compared with what the mapping was last seen against.
pub async fn drift(app: &App, request: ById) -> Result<Drift> {
    let (project, _) = app.project(&request.id)?;
    let mut sides = Vec::new();
    for side in SIDES {
        if !is_connected(&project, side) {
            continue;
        }
        let opened = app.side(&project, side, false).await?;
        let (app, project) = (app.clone(), project.clone());
        // Of large schemas the comparison takes a while: keep it off the threads that answer.
        let compared = tokio::task::spawn_blocking(move || {
            let SeenCatalog { seen_at, catalog } = seen(&app, &project, side, &opened.catalog)?;
            Ok::<_, Error>(SideDrift { side, seen_at, tables: drift::compare(&catalog, &opened.catalog) })
        });
        sides.push(compared.await.map_err(|e| Error::internal("comparing the schemas failed").source(e))??);
    }
    Ok(Drift { sides })
}

pub async fn accept_schemas(app: &App, request: ById) -> Result<Empty> {
    let (project, _) = app.project(&request.id)?;
    for side in SIDES.into_iter().filter(|side| is_connected(&project, *side)) {
        let opened = app.side(&project, side, false).await?;
        app.workspace.keep_catalog(&project.id, name_of(side), &opened.catalog, None)?;
    }
    Ok(Empty {})
}

/// Drift is measured from the first schema that was read, and follows the database while there is no mapping to break.
pub fn begin(app: &App, project: &Project, side: SideName, now: &Catalog) -> Result<()> {
    if project.tables.is_empty() || !app.workspace.has_seen_catalog(&project.id, name_of(side))? {
        app.workspace.keep_catalog(&project.id, name_of(side), now, None)?;
    }
    Ok(())
}

/// What drift is measured from. It takes over what runs make.
fn seen(app: &App, project: &Project, side: SideName, now: &Catalog) -> Result<SeenCatalog> {
    begin(app, project, side, now)?;
    let Some(mut seen) = app.workspace.seen_catalog(&project.id, name_of(side))? else {
        // Kept in a form that only another version of Rowferry reads.
        app.workspace.keep_catalog(&project.id, name_of(side), now, None)?;
        return Ok(SeenCatalog { seen_at: rowferry_engine::workspace::now(), catalog: now.clone() });
    };
    if side == SideName::Target && drift::absorb(&mut seen.catalog, now, project) {
        app.workspace.keep_catalog(&project.id, name_of(side), &seen.catalog, Some(&seen.seen_at))?;
    }
    Ok(seen)
}

fn is_connected(project: &Project, side: SideName) -> bool {
    project.connections.contains_key(match side {
        SideName::Source => &project.source,
        SideName::Target => &project.target,
    })
}

fn name_of(side: SideName) -> &'static str {
    match side {
        SideName::Source => "source",
        SideName::Target => "target",
    }
}
