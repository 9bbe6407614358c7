#![allow(unused_imports)]
use rowferry_engine::error::{Error, Result};
use rowferry_engine::{catalog::Catalog,connectors::Descriptor,plan::Plan,report::Report,run::RunSnapshot,verify::Verification};

use crate::state::App;
use crate::wire::*;

pub async fn check(_app: &App, _request: ById) -> Result<Plan> {
    Err(Error::internal("not yet"))
}

pub async fn start_run(_app: &App, _request: StartRun) -> Result<RunStarted> {
    Err(Error::internal("not yet"))
}

pub async fn pause_run(_app: &App, _request: ByRun) -> Result<Empty> {
    Err(Error::internal("not yet"))
}

pub async fn continue_run(_app: &App, _request: ByRun) -> Result<Empty> {
    Err(Error::internal("not yet"))
}

pub async fn cancel_run(_app: &App, _request: ByRun) -> Result<Empty> {
    Err(Error::internal("not yet"))
}

pub async fn resume_run(_app: &App, _request: ByRun) -> Result<RunStarted> {
    Err(Error::internal("not yet"))
}

pub async fn rollback_run(_app: &App, _request: ByRun) -> Result<Empty> {
    Err(Error::internal("not yet"))
}

pub async fn run_status(_app: &App, _request: ByRun) -> Result<RunSnapshot> {
    Err(Error::internal("not yet"))
}

pub async fn runs(_app: &App, _request: ListRuns) -> Result<Vec<RunSummary>> {
    Err(Error::internal("not yet"))
}

pub async fn report(_app: &App, _request: ByRun) -> Result<Report> {
    Err(Error::internal("not yet"))
}

pub async fn render_report(_app: &App, _request: RenderReport) -> Result<RenderedReport> {
    Err(Error::internal("not yet"))
}

pub async fn rejects(_app: &App, _request: ListRejects) -> Result<Rejects> {
    Err(Error::internal("not yet"))
}

pub async fn verify_run(_app: &App, _request: VerifyRun) -> Result<Verification> {
    Err(Error::internal("not yet"))
}

