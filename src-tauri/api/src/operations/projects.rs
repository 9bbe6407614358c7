//! Projects: known ones, samples, files, versions.

use std::path::{Path, PathBuf};

use rowferry_engine::error::{Error, ErrorKind, Result};
use rowferry_engine::model::{self, EXTENSION, Project};
use rowferry_engine::transform;
use rowferry_engine::workspace::{EditsMade, Keychain, SAMPLES};

use super::runs::summary;
use crate::state::{App, folder_of};
use crate::wire::{About, ById, ByPath, Empty, ExportProject, Exported, KnownProject, NewProject, OpenProject};
use crate::wire::{ProjectAt, ReadFile, ReadProject, RecentProject, Sample, SaveProject, Saved, SideName};

pub async fn about(app: &App, _request: Empty) -> Result<About> {
    let problem = tokio::task::spawn_blocking(|| Keychain.problem())
        .await
        .unwrap_or_else(|_| Some("the keychain could not be asked".into()));
    Ok(About {
        version: env!("CARGO_PKG_VERSION").into(),
        home: app.workspace.home().display().to_string(),
        keychain_problem: problem,
    })
}

pub async fn samples(_app: &App, _request: Empty) -> Result<Vec<Sample>> {
    Ok(SAMPLES
        .iter()
        .map(|s| Sample { id: s.id.into(), title: s.title.into(), description: s.description.into() })
        .collect())
}

pub async fn open_sample(app: &App, request: ById) -> Result<OpenProject> {
    let (project, path) = app.workspace.make_sample(&request.id)?;
    Ok(OpenProject { id: project.id.clone(), path: path.display().to_string(), version: 1, document: project })
}

pub async fn recent_projects(app: &App, _request: Empty) -> Result<Vec<RecentProject>> {
    app.workspace
        .projects()?
        .into_iter()
        .map(|known| {
            let document = model::read(&known.path).ok();
            let url =
                |name: Option<&String>| document.as_ref().and_then(|d| d.connections.get(name?)).map(|c| c.url.clone());
            Ok(RecentProject {
                exists: known.path.exists(),
                source: url(document.as_ref().map(|d| &d.source)),
                target: url(document.as_ref().map(|d| &d.target)),
                last_run: app.workspace.last_run(&known.id)?.map(|r| summary(&r)),
                id: known.id,
                name: known.name,
                path: known.path.display().to_string(),
                opened_at: known.opened_at,
            })
        })
        .collect()
}

pub async fn forget_project(app: &App, request: ById) -> Result<Empty> {
    app.workspace.forget_project(&request.id)?;
    Ok(Empty {})
}

pub async fn new_project(app: &App, request: NewProject) -> Result<OpenProject> {
    let name = request.name.trim();
    if name.is_empty() {
        return Err(Error::new(ErrorKind::InvalidProject, "a project needs a name").path("name"));
    }
    let path = match request.path.filter(|p| !p.trim().is_empty()) {
        Some(path) => with_extension(PathBuf::from(path)),
        None => free_path(app, name),
    };
    if path.exists() {
        return Err(Error::new(ErrorKind::InvalidProject, format!("there is a file {} already", path.display()))
            .file(path.display())
            .hint("Open it, or choose another name."));
    }
    let mut project = Project::new(name);
    model::write(&project, &path)?;
    opened(app, &mut project, path)
}

pub async fn open_project(app: &App, request: ByPath) -> Result<OpenProject> {
    let path = PathBuf::from(&request.path);
    let mut project = model::read(&path)?;
    opened(app, &mut project, path)
}

pub async fn read_project(app: &App, request: ReadFile) -> Result<ReadProject> {
    let path = PathBuf::from(&request.path);
    let document = if request.in_place { model::read(&path)? } else { read_elsewhere(&path)? };
    let known = app.workspace.project(&document.id).ok();
    let known = known.map(|p| KnownProject { id: p.id, name: p.name, path: p.path.display().to_string() });
    Ok(ReadProject { path: request.path, document, known })
}

pub async fn import_project(app: &App, request: ByPath) -> Result<OpenProject> {
    let mut project = read_elsewhere(&PathBuf::from(&request.path))?;
    project.id = uuid::Uuid::now_v7().to_string();
    let path = free_path(app, &project.name);
    model::write(&project, &path)?;
    opened(app, &mut project, path)
}

pub async fn load_project(app: &App, request: ById) -> Result<OpenProject> {
    let path = app.workspace.project(&request.id)?.path;
    let mut project = model::read(&path)?;
    project.id = request.id;
    opened(app, &mut project, path)
}

pub async fn save_project(app: &App, request: SaveProject) -> Result<Saved> {
    let mut document = request.document;
    document.id = request.id;
    bring_references_up_to_date(app, &mut document).await;
    let edits = request.edits.map(|e| EditsMade { kept: e.kept, edits: e.edits, done: e.done });
    let version = app.workspace.save_project(&document, request.base, edits.as_ref())?;
    Ok(Saved { version, document })
}

pub async fn project_unchanged(app: &App, request: ProjectAt) -> Result<Empty> {
    app.workspace.project_unchanged(&request.id, request.version)?;
    Ok(Empty {})
}

pub async fn export_project(app: &App, request: ExportProject) -> Result<Exported> {
    let from = folder_of(&std::path::absolute(app.workspace.project(&request.id)?.path)?);
    let path = std::path::absolute(with_extension(PathBuf::from(request.path.trim())))?;
    if path.is_dir() || path.file_name().is_none() {
        return Err(Error::new(ErrorKind::InvalidProject, format!("{} is a folder", path.display()))
            .file(path.display())
            .hint("Add a file name."));
    }
    if path.exists() && !request.replace {
        return Err(Error::new(ErrorKind::Conflict, format!("there is a file {} already", path.display()))
            .file(path.display())
            .hint("Replace it, or choose another name."));
    }
    let mut document = Project { id: request.id, ..request.document };
    if folder_of(&path) != from {
        make_absolute(&mut document, &from);
    }
    model::write(&document, &path)?;
    Ok(Exported { path: path.display().to_string() })
}

fn opened(app: &App, project: &mut Project, path: PathBuf) -> Result<OpenProject> {
    app.workspace.remember_project(project, &path)?;
    let version = app.workspace.keep_version(project)?;
    let path = std::path::absolute(&path)?;
    Ok(OpenProject { id: project.id.clone(), path: path.display().to_string(), version, document: project.clone() })
}

/// Rewrites `from` of expressions to the columns that they read. A source that cannot be asked leaves them be.
async fn bring_references_up_to_date(app: &App, document: &mut Project) {
    if !document.tables.iter().flat_map(|t| &t.columns).any(|c| c.expression.is_some()) {
        return;
    }
    let Ok(source) = app.side(document, SideName::Source, false).await else { return };
    let expressions = transform::Expressions::new();
    for mapping in &mut document.tables {
        let Some(table) = source.catalog.table(&mapping.from) else { continue };
        let names: Vec<String> = table.columns.iter().map(|c| c.name.clone()).collect();
        let Ok(schema) = source.connection.read().schema(table, &names) else { continue };
        for column in &mut mapping.columns {
            if let Some(expression) = &column.expression
                && let Ok(compiled) = expressions.compile(expression, &schema)
            {
                column.from = compiled.references;
            }
        }
    }
}

/// The document of a file that is not opened where it is: its relative paths go on meaning the same files.
fn read_elsewhere(path: &Path) -> Result<Project> {
    let mut project = model::read(path)?;
    make_absolute(&mut project, &std::path::absolute(folder_of(path))?);
    Ok(project)
}

fn make_absolute(project: &mut Project, base: &Path) {
    for connection in project.connections.values_mut() {
        connection.url = rowferry_engine::connectors::url::absolute(&connection.url, base);
    }
}

fn with_extension(path: PathBuf) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if name.ends_with(".json") { path } else { path.with_file_name(format!("{name}.{EXTENSION}")) }
}

fn free_path(app: &App, name: &str) -> PathBuf {
    let slug: String = name.chars().map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let slug = slug.split('-').filter(|p| !p.is_empty()).collect::<Vec<_>>().join("-");
    let slug = if slug.is_empty() { "project".to_string() } else { slug };
    let folder = app.workspace.projects_folder();
    let numbered = (2..).map(|n| folder.join(format!("{slug}-{n}.{EXTENSION}")));
    let first = folder.join(format!("{slug}.{EXTENSION}"));
    std::iter::once(first.clone()).chain(numbered).find(|p| !p.exists()).unwrap_or(first)
}
