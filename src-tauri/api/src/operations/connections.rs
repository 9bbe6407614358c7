//! Connections: their forms, tests, secrets and catalogs.

use std::time::Instant;

use rowferry_engine::catalog::Catalog;
use rowferry_engine::connectors::{self, Access, Descriptor, Endpoint, Location, Secret, url};
use rowferry_engine::error::{Error, ErrorKind, Result};
use rowferry_engine::workspace::SecretOrigin;

use crate::state::{App, folder_of};
use crate::wire::*;

pub async fn connectors(_app: &App, _request: Empty) -> Result<Vec<Descriptor>> {
    Ok(connectors::registry().iter().map(|c| c.descriptor().clone()).collect())
}

pub async fn url_from_form(_app: &App, form: ConnectionForm) -> Result<UrlText> {
    let descriptor = connectors::connector(&form.connector)?.descriptor();
    let url = match descriptor.form {
        connectors::Form::Server { asks_schema, .. } => {
            let mut parameters = form.parameters.clone();
            // Left over from another kind of database.
            if asks_schema && !form.schema.trim().is_empty() {
                parameters.insert("schema".to_string(), form.schema.trim().to_string());
            }
            let host = if form.host.trim().is_empty() { "localhost" } else { form.host.trim() };
            url::server_url(descriptor.id, host, form.port, Some(&form.user), Some(&form.database), &parameters)
        }
        connectors::Form::FileOrFolder { encodings, .. } => {
            let mut parameters = form.parameters.clone();
            if !encodings.is_empty() && !form.encoding.is_empty() {
                parameters.insert("encoding".to_string(), form.encoding.clone());
            }
            url::file_url(descriptor.id, form.path.trim(), &parameters)
        }
        connectors::Form::File { .. } => url::file_url(descriptor.id, form.path.trim(), &form.parameters),
    };
    Ok(UrlText { url })
}

pub async fn form_from_url(_app: &App, request: UrlText) -> Result<ConnectionForm> {
    // An empty base keeps a relative path as it is written.
    let (parsed, _) = url::parse(&request.url, std::path::Path::new(""))?;
    let connector = parsed.connector().to_string();
    let mut parameters = parsed.parameters;
    let mut form = ConnectionForm {
        connector,
        host: String::new(),
        port: None,
        database: String::new(),
        user: String::new(),
        schema: parameters.remove("schema").unwrap_or_default(),
        path: String::new(),
        encoding: parameters.remove("encoding").unwrap_or_default(),
        parameters,
    };
    match parsed.location {
        Location::Path(path) => form.path = path.to_string_lossy().into_owned(),
        Location::Server { host, port, user, database } => {
            form.host = host;
            form.port = port;
            form.user = user.unwrap_or_default();
            form.database = database.unwrap_or_default();
        }
    }
    Ok(form)
}

pub async fn test_connection(app: &App, request: TestConnection) -> Result<ConnectionTested> {
    let base = folder_of(&app.workspace.project(&request.project)?.path);
    let (url, typed) = url::parse(&request.url, &base)?;
    let secret = match request.secret.filter(|s| !s.is_empty()).map(Secret::new).or(typed) {
        Some(secret) => Some(secret),
        None if matches!(url.location, Location::Server { .. }) => {
            app.secrets.look_up(&request.project, &request.name).await.map(|(s, _)| s)
        }
        None => None,
    };
    let begun = Instant::now();
    let endpoint = Endpoint { name: request.name, url, secret };
    let access = if request.writes { Access::ReadWrite } else { Access::ReadOnly };
    let connection = connectors::connect(&endpoint, access).await?;
    if request.writes && connection.write().is_none() {
        let name = connection.descriptor().name;
        return Err(Error::new(ErrorKind::Unsupported, format!("{name} can be a source, but not a target"))
            .hint("Choose another kind of database for the target."));
    }
    let catalog = connection.catalog().await?;
    Ok(ConnectionTested {
        product: catalog.product.clone(),
        schemas: catalog.schemas.iter().map(|s| s.name.clone()).collect(),
        tables: catalog.tables().count() as u32,
        milliseconds: begun.elapsed().as_millis() as u64,
    })
}

pub async fn set_secret(app: &App, request: SetSecret) -> Result<SecretStatus> {
    let secrets = app.secrets.clone();
    let (project, connection) = (request.project.clone(), request.connection.clone());
    let kept = blocking(move || {
        secrets.set(&request.project, &request.connection, Secret::new(request.secret), request.remember)
    })
    .await;
    app.close_sides(&project);
    let mut status = secret_status(app, SecretOf { project, connection }).await?;
    // The session has it all the same: say why the keychain does not.
    status.problem = kept.err().map(|e| e.to_string());
    Ok(status)
}

pub async fn forget_secret(app: &App, request: SecretOf) -> Result<SecretStatus> {
    let secrets = app.secrets.clone();
    let of = request.clone();
    let forgotten = blocking(move || secrets.forget(&of.project, &of.connection)).await;
    let mut status = secret_status(app, request).await?;
    status.problem = forgotten.err().map(|e| e.to_string());
    Ok(status)
}

pub async fn secret_status(app: &App, request: SecretOf) -> Result<SecretStatus> {
    let (project, base) = app.project(&request.project)?;
    let is_server = project
        .connections
        .get(&request.connection)
        .map(|c| url::parse(&c.url, &base))
        .transpose()?
        .is_none_or(|(u, _)| matches!(u.location, Location::Server { .. }));
    let state = if !is_server {
        SecretState::NotNeeded
    } else {
        match app.secrets.look_up(&request.project, &request.connection).await {
            Some((_, SecretOrigin::Environment)) => SecretState::Environment,
            Some((_, SecretOrigin::Session)) => SecretState::Session,
            Some((_, SecretOrigin::Keychain)) => SecretState::Keychain,
            None => SecretState::Missing,
        }
    };
    Ok(SecretStatus { state, problem: None })
}

pub async fn catalog(app: &App, request: GetCatalog) -> Result<Catalog> {
    let (project, _) = app.project(&request.project)?;
    let opened = app.side(&project, request.side, request.refresh).await?;
    super::drift::begin(app, &project, request.side, &opened.catalog)?;
    Ok(opened.catalog.as_ref().clone())
}

/// Keychains may ask the person, and so block.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|e| Error::internal("a background task failed").source(e))?
}
