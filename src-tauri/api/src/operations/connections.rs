#![allow(unused_imports)]
use rowferry_engine::error::{Error, Result};
use rowferry_engine::{catalog::Catalog,connectors::Descriptor,plan::Plan,report::Report,run::RunSnapshot,verify::Verification};

use crate::state::App;
use crate::wire::*;

pub async fn connectors(_app: &App, _request: Empty) -> Result<Vec<Descriptor>> {
    Err(Error::internal("not yet"))
}

pub async fn url_from_form(_app: &App, _request: ConnectionForm) -> Result<UrlText> {
    Err(Error::internal("not yet"))
}

pub async fn form_from_url(_app: &App, _request: UrlText) -> Result<ConnectionForm> {
    Err(Error::internal("not yet"))
}

pub async fn test_connection(_app: &App, _request: TestConnection) -> Result<ConnectionTested> {
    Err(Error::internal("not yet"))
}

pub async fn set_secret(_app: &App, _request: SetSecret) -> Result<SecretStatus> {
    Err(Error::internal("not yet"))
}

pub async fn forget_secret(_app: &App, _request: SecretOf) -> Result<SecretStatus> {
    Err(Error::internal("not yet"))
}

pub async fn secret_status(_app: &App, _request: SecretOf) -> Result<SecretStatus> {
    Err(Error::internal("not yet"))
}

pub async fn catalog(_app: &App, _request: GetCatalog) -> Result<Catalog> {
    Err(Error::internal("not yet"))
}

