//! From what a person wrote on the command line to a project, or to an open connection.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rowferry_engine::connectors::{self, Access, Connection, Endpoint, Location, url};
use rowferry_engine::migration::Migration;
use rowferry_engine::model::{self, Project};
use rowferry_engine::workspace::{Secrets, Workspace};
use rowferry_engine::{Error, ErrorKind, Result};

use crate::exit::Failure;
use crate::secrets::asking;

/// A project and the folder that its relative paths count from.
pub struct Opened {
    pub project: Project,
    pub base: PathBuf,
    pub path: PathBuf,
}

/// Does this name a file, rather than a project or run that the workspace knows?
pub fn is_file(argument: &str) -> bool {
    let path = Path::new(argument);
    path.is_file() || argument.ends_with(".json") || path.components().count() > 1
}

/// Reads a project: a file, or the id or the only name of one that the workspace knows.
pub fn open(workspace: &Workspace, argument: &str) -> Result<Opened, Failure> {
    let path = match is_file(argument) {
        true => PathBuf::from(argument),
        false => known(workspace, argument).map_err(Failure::not_started)?,
    };
    let mut project = model::read(&path).map_err(Failure::not_started)?;
    workspace.remember_project(&mut project, &path)?;
    let path = std::path::absolute(&path).map_err(Error::from)?;
    let base = path.parent().unwrap_or(Path::new("/")).to_path_buf();
    Ok(Opened { project, base, path })
}

fn known(workspace: &Workspace, argument: &str) -> Result<PathBuf> {
    let projects = workspace.projects()?;
    let mut named = projects.iter().filter(|p| p.id == argument || p.name == argument);
    match (named.next(), named.count()) {
        (Some(project), 0) => Ok(project.path.clone()),
        (Some(_), others) => {
            Err(Error::new(ErrorKind::NotFound, format!("{} projects are named {argument:?}", others + 1))
                .hint("Give the project's file or its id."))
        }
        (None, _) => Err(Error::new(ErrorKind::NotFound, format!("there is no project {argument:?}"))
            .hint("Give the path of a *.rowferry.json file, or the name of a project that was opened before.")),
    }
}

/// Writes the project back to its file, and keeps a version.
pub fn save(workspace: &Workspace, opened: &Opened) -> Result<(), Failure> {
    model::write(&opened.project, &opened.path)?;
    workspace.save_project(&opened.project, None, None)?;
    Ok(())
}

/// Opens both ends of a project, asking for passwords that are missing.
pub async fn migration(opened: &Opened, secrets: &Secrets) -> Result<Migration> {
    let Opened { project, base, .. } = opened;
    asking(secrets, &project.id, async || Migration::open(project.clone(), base, secrets).await).await
}

/// A connection given as a URL, such as `discover` takes.
pub struct ByUrl {
    pub connection: Arc<dyn Connection>,
    /// Without a password; a path in it is absolute.
    pub url: String,
    /// The file or folder, for those that are one.
    pub path: Option<PathBuf>,
}

/// Opens a URL. A password in it is used and then forgotten; otherwise it is looked up under the connection's name.
pub async fn by_url(text: &str, name: &str, project: &str, secrets: &Secrets, access: Access) -> Result<ByUrl> {
    let here = std::env::current_dir()?;
    let (parsed, given) = url::parse(text, &here).map_err(|e| e.connection(name))?;
    let is_server = matches!(parsed.location, Location::Server { .. });
    let connection = asking(secrets, project, async || {
        let secret = match &given {
            Some(secret) => Some(secret.clone()),
            None if is_server => secrets.look_up(project, name).await.map(|(secret, _)| secret),
            None => None,
        };
        connectors::connect(&Endpoint { name: name.into(), url: parsed.clone(), secret }, access).await
    })
    .await?;
    let path = parsed.path().ok().map(Path::to_path_buf);
    let url = match &path {
        Some(path) => file_url(text, path),
        None => url::without_password(text),
    };
    Ok(ByUrl { connection, url, path })
}

impl ByUrl {
    /// The URL as a project file in `folder` holds it: a path below the folder is relative.
    pub fn seen_from(&self, folder: &Path) -> String {
        match self.path.as_deref().and_then(|p| p.strip_prefix(folder).ok()) {
            Some(relative) if !relative.as_os_str().is_empty() => file_url(&self.url, relative),
            _ => self.url.clone(),
        }
    }
}

/// The same URL with another path; its parameters stay.
fn file_url(text: &str, path: &Path) -> String {
    let (scheme, rest) = text.split_once(':').unwrap_or((text, ""));
    let parameters = match rest.rsplit_once('?') {
        // As `url::parse` tells parameters from a file's name.
        Some((_, query)) if query.split('&').all(|p| p.contains('=')) => format!("?{query}"),
        _ => String::new(),
    };
    format!("{scheme}:{}{parameters}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_changes_and_parameters_stay() {
        assert_eq!(file_url("csv:a.csv?delimiter=%3B", Path::new("/x/a.csv")), "csv:/x/a.csv?delimiter=%3B");
        assert_eq!(file_url("sqlite:what?.db", Path::new("/x/what?.db")), "sqlite:/x/what?.db");
    }
}
