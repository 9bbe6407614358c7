//! The engine behind a loopback address, for a browser: the built user interface and the operations it calls.
//!
//! It does over HTTP what the desktop shell does over Tauri's IPC, so that browser tests and work on the window have the
//! real engine. It is for tests and development only: it listens on this machine alone and answers no other origin.

use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path as FromPath, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use futures::StreamExt;
use rowferry_api::{App, WireError};
use rowferry_engine::error::{Error, ErrorKind};

const HELP: &str = "rowferry-bridge [--port PORT] [--home FOLDER] [--ui FOLDER]

  --port PORT    the port to listen on; 0, the default, is a free one
  --home FOLDER  the workspace; without it ROWFERRY_HOME, or the person's own
  --ui FOLDER    the built user interface; without it ui/dist of this checkout
";

struct Arguments {
    port: u16,
    home: Option<PathBuf>,
    ui: PathBuf,
}

struct Bridge {
    app: App,
    ui: PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = match arguments(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(problem) => {
            eprint!("{problem}\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    match serve(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("error: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn arguments(mut given: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let mut arguments = Arguments { port: 0, home: None, ui: Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/dist") };
    while let Some(name) = given.next() {
        let value = given.next().ok_or_else(|| format!("{name} needs a value"))?;
        match name.as_str() {
            "--port" => arguments.port = value.parse().map_err(|_| format!("{value:?} is not a port"))?,
            "--home" => arguments.home = Some(value.into()),
            "--ui" => arguments.ui = value.into(),
            _ => return Err(format!("there is no option {name:?}")),
        }
    }
    Ok(arguments)
}

async fn serve(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let app = match &arguments.home {
        Some(home) => App::open_at(home)?,
        None => App::open()?,
    };
    let bridge = Arc::new(Bridge { app, ui: arguments.ui });
    let router = Router::new()
        .route("/api/call/{operation}", post(call))
        .route("/api/watch/{run}", get(watch))
        .fallback(file)
        .layer(middleware::from_fn(own_origin_only))
        .with_state(bridge);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", arguments.port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, router).await?;
    Ok(())
}

/// A page of the web must not reach the person's databases through a name that it has pointed at this machine.
async fn own_origin_only(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let allowed =
        loopback(headers, header::HOST) && (!headers.contains_key(header::ORIGIN) || loopback(headers, header::ORIGIN));
    if allowed { next.run(request).await } else { StatusCode::FORBIDDEN.into_response() }
}

fn loopback(headers: &HeaderMap, name: header::HeaderName) -> bool {
    let value = headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let host = value.strip_prefix("http://").unwrap_or(value);
    matches!(host.split(':').next(), Some("127.0.0.1" | "localhost"))
}

async fn call(State(bridge): State<Arc<Bridge>>, FromPath(operation): FromPath<String>, body: Bytes) -> Response {
    let request = match serde_json::from_slice(&body) {
        Ok(request) => request,
        Err(e) => {
            let what = format!("the request of {operation} is not JSON");
            return refuse(Error::new(ErrorKind::Internal, what).detail(e).into());
        }
    };
    match rowferry_api::call_text(&bridge.app, &operation, request).await {
        Ok(reply) => ([(header::CONTENT_TYPE, "application/json")], reply).into_response(),
        Err(error) => refuse(error),
    }
}

fn refuse(error: WireError) -> Response {
    let status = if error.kind == ErrorKind::Internal {
        StatusCode::INTERNAL_SERVER_ERROR
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    (status, Json(error)).into_response()
}

async fn watch(State(bridge): State<Arc<Bridge>>, FromPath(run): FromPath<String>) -> Response {
    match bridge.app.watch(&run) {
        Ok(events) => {
            let events = events.map(|event| Event::default().json_data(event));
            Sse::new(events).keep_alive(KeepAlive::default()).into_response()
        }
        // The browser does not ask again after this.
        Err(error) => refuse(error.into()),
    }
}

/// A file of the built user interface; a path without a file is a screen of it, which the page itself finds.
async fn file(State(bridge): State<Arc<Bridge>>, uri: Uri) -> Response {
    let wanted = Path::new(uri.path().trim_start_matches('/'));
    if uri.path().starts_with("/api/") || wanted.components().any(|part| !matches!(part, Component::Normal(_))) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let path = if wanted.extension().is_some() { bridge.ui.join(wanted) } else { bridge.ui.join("index.html") };
    match tokio::fs::read(&path).await {
        Ok(content) => ([(header::CONTENT_TYPE, content_type(&path))], content).into_response(),
        Err(_) if wanted.extension().is_none() => {
            (StatusCode::NOT_FOUND, "The user interface is not built. Run: cargo xtask ui\n").into_response()
        }
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

fn content_type(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("wasm") => "application/wasm",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(host: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::HOST, host.parse().unwrap())])
    }

    #[test]
    fn only_this_machine_is_answered() {
        assert!(loopback(&headers("127.0.0.1:4173"), header::HOST));
        assert!(loopback(&headers("http://localhost:5173"), header::HOST));
        assert!(!loopback(&headers("127.0.0.1.example.org"), header::HOST));
        assert!(!loopback(&headers("example.org:80"), header::HOST));
    }

    #[test]
    fn an_option_without_a_value_is_named() {
        let problem = arguments(["--port".to_string()].into_iter()).err().unwrap();
        assert!(problem.contains("--port"));
    }
}
