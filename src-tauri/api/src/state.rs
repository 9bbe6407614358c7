//! What a shell holds while it is open: the workspace, secrets of the session, open databases, runs under way.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use futures::Stream;
use rowferry_engine::catalog::Catalog;
use rowferry_engine::connectors::{Access, Connection};
use rowferry_engine::error::{Error, ErrorKind, Result};
use rowferry_engine::migration::open_connection;
use rowferry_engine::model::Project;
use rowferry_engine::run::{RunEvent, RunSnapshot};
use rowferry_engine::workspace::{Secrets, Workspace};
use tokio::sync::broadcast;

use crate::examinations::Examinations;
use crate::live::LiveRun;
use crate::wire::SideName;

/// Ends of runs that wait for a slow listener.
const ENDS: usize = 64;

/// The state behind every operation. Cheap to clone; clones share it.
#[derive(Clone)]
pub struct App {
    pub workspace: Arc<Workspace>,
    pub secrets: Secrets,
    pub(crate) examinations: Examinations,
    /// Looks at values, by their tickets.
    pub(crate) looks: Examinations,
    opened: Arc<Mutex<HashMap<(String, SideName), Opened>>>,
    live: Arc<Mutex<HashMap<String, LiveRun>>>,
    ends: broadcast::Sender<RunSnapshot>,
}

/// One end of a project, open, with its catalog as it was read last.
#[derive(Clone)]
pub struct Opened {
    url: String,
    pub connection: Arc<dyn Connection>,
    pub catalog: Arc<Catalog>,
}

impl App {
    /// Opens the workspace that the environment names.
    pub fn open() -> Result<App> {
        Ok(Self::with(Workspace::open()?))
    }

    pub fn open_at(home: &Path) -> Result<App> {
        Ok(Self::with(Workspace::open_at(home)?))
    }

    fn with(workspace: Workspace) -> App {
        App {
            workspace: Arc::new(workspace),
            secrets: Secrets::new(),
            examinations: Examinations::default(),
            looks: Examinations::default(),
            opened: Arc::default(),
            live: Arc::default(),
            ends: broadcast::Sender::new(ENDS),
        }
    }

    /// The saved project, and the folder that its paths count from.
    pub fn project(&self, id: &str) -> Result<(Project, PathBuf)> {
        let known = self.workspace.project(id)?;
        let mut project = rowferry_engine::model::read(&known.path)?;
        // A file without an id is known by its place.
        project.id = id.to_string();
        Ok((project, folder_of(&known.path)))
    }

    /// One end of the project, opened once for each URL. `refresh` asks the database again.
    pub async fn side(&self, project: &Project, side: SideName, refresh: bool) -> Result<Opened> {
        let (name, access) = match side {
            SideName::Source => (&project.source, Access::ReadOnly),
            SideName::Target => (&project.target, Access::ReadWrite),
        };
        let url = project.connections.get(name).map(|c| c.url.clone()).unwrap_or_default();
        let key = (project.id.clone(), side);
        let known = self.opened().get(&key).filter(|o| o.url == url && !refresh).cloned();
        if let Some(opened) = known {
            return Ok(opened);
        }
        let base = folder_of(&self.workspace.project(&project.id)?.path);
        let connection = open_connection(project, &base, name, &self.secrets, access).await?;
        let catalog = Arc::new(connection.catalog().await.map_err(|e| e.connection(name))?);
        let opened = Opened { url, connection, catalog };
        self.opened().insert(key, opened.clone());
        Ok(opened)
    }

    /// Forgets what is open of this project: its databases have changed.
    pub fn close_sides(&self, project: &str) {
        self.opened().retain(|(id, _), _| id != project);
    }

    pub fn live(&self) -> MutexGuard<'_, HashMap<String, LiveRun>> {
        self.live.lock().unwrap_or_else(|e| e.into_inner())
    }

    /// The run as it is now, under way or not.
    pub fn run_now(&self, run: &str) -> Result<RunSnapshot> {
        if let Some(live) = self.live().get(run) {
            return Ok(live.snapshot());
        }
        self.workspace.run(run).map(|r| rowferry_engine::run::snapshot(&r))
    }

    /// Latest first.
    pub fn runs_under_way(&self) -> Vec<RunSnapshot> {
        let mut runs: Vec<RunSnapshot> =
            self.live().values().filter(|run| !run.is_over()).map(LiveRun::snapshot).collect();
        runs.sort_by(|a, b| b.started_at.cmp(&a.started_at));
        runs
    }

    /// Every run of this process as it ends, from now on: for a shell that has something to tell or to close then.
    pub fn ends(&self) -> broadcast::Receiver<RunSnapshot> {
        self.ends.subscribe()
    }

    pub(crate) fn tell_end(&self, run: RunSnapshot) {
        // Nobody may be listening.
        let _ = self.ends.send(run);
    }

    /// Events of a run under way from now on; ends with the run. Whoever comes late asks `run_status` first.
    pub fn watch(&self, run: &str) -> Result<impl Stream<Item = RunEvent> + Send + use<>> {
        let live = self.live();
        let live = live.get(run).ok_or_else(|| {
            Error::new(ErrorKind::NotFound, format!("run {run} is not under way here"))
                .hint("Its report tells how it ended.")
        })?;
        Ok(live.events())
    }

    fn opened(&self) -> MutexGuard<'_, HashMap<(String, SideName), Opened>> {
        self.opened.lock().unwrap_or_else(|e| e.into_inner())
    }
}

/// Where relative paths in a project file count from.
pub fn folder_of(path: &Path) -> PathBuf {
    path.parent().map(Path::to_path_buf).unwrap_or_default()
}
