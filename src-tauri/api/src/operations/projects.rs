#![allow(unused_imports)]
use rowferry_engine::error::{Error, Result};
use rowferry_engine::{catalog::Catalog,connectors::Descriptor,plan::Plan,report::Report,run::RunSnapshot,verify::Verification};

use crate::state::App;
use crate::wire::*;

pub async fn about(_app: &App, _request: Empty) -> Result<About> {
    Err(Error::internal("not yet"))
}

pub async fn samples(_app: &App, _request: Empty) -> Result<Vec<Sample>> {
    Err(Error::internal("not yet"))
}

pub async fn open_sample(_app: &App, _request: ById) -> Result<OpenProject> {
    Err(Error::internal("not yet"))
}

pub async fn recent_projects(_app: &App, _request: Empty) -> Result<Vec<RecentProject>> {
    Err(Error::internal("not yet"))
}

pub async fn forget_project(_app: &App, _request: ById) -> Result<Empty> {
    Err(Error::internal("not yet"))
}

pub async fn new_project(_app: &App, _request: NewProject) -> Result<OpenProject> {
    Err(Error::internal("not yet"))
}

pub async fn open_project(_app: &App, _request: ByPath) -> Result<OpenProject> {
    Err(Error::internal("not yet"))
}

pub async fn import_project(_app: &App, _request: ByPath) -> Result<OpenProject> {
    Err(Error::internal("not yet"))
}

pub async fn load_project(_app: &App, _request: ById) -> Result<OpenProject> {
    Err(Error::internal("not yet"))
}

pub async fn save_project(_app: &App, _request: SaveProject) -> Result<Saved> {
    Err(Error::internal("not yet"))
}

pub async fn project_versions(_app: &App, _request: ById) -> Result<Vec<ProjectVersion>> {
    Err(Error::internal("not yet"))
}

pub async fn load_version(_app: &App, _request: LoadVersion) -> Result<OpenProject> {
    Err(Error::internal("not yet"))
}

