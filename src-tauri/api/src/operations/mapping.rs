#![allow(unused_imports)]
use rowferry_engine::error::{Error, Result};
use rowferry_engine::{catalog::Catalog,connectors::Descriptor,plan::Plan,report::Report,run::RunSnapshot,verify::Verification};

use crate::state::App;
use crate::wire::*;

pub async fn suggest(_app: &App, _request: MappingOf) -> Result<Suggested> {
    Err(Error::internal("not yet"))
}

pub async fn describe_mapping(_app: &App, _request: MappingOf) -> Result<MappingDescription> {
    Err(Error::internal("not yet"))
}

pub async fn analyze_expression(_app: &App, _request: AnalyzeExpression) -> Result<ExpressionAnalysis> {
    Err(Error::internal("not yet"))
}

pub async fn functions(_app: &App, _request: Empty) -> Result<Vec<FunctionDescription>> {
    Err(Error::internal("not yet"))
}

pub async fn preview(_app: &App, _request: PreviewRows) -> Result<Preview> {
    Err(Error::internal("not yet"))
}

