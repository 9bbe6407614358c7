//! The door to the engine.

use futures::StreamExt;
use rowferry_api::{App, WireError};
use rowferry_engine::run::RunEvent;
use serde_json::Value;
use tauri::State;
use tauri::ipc::{Channel, Response};

/// Carries out one operation; names and types stand in `rowferry_api`'s registry.
#[tauri::command]
pub async fn call(app: State<'_, App>, operation: String, request: Value) -> Result<Response, WireError> {
    rowferry_api::call_text(&app, &operation, request).await.map(Response::new)
}

/// Sends a run's events from now on, until it ends or the window is gone.
#[tauri::command]
pub async fn watch_run(app: State<'_, App>, run: String, channel: Channel<RunEvent>) -> Result<(), WireError> {
    let mut events = Box::pin(app.watch(&run)?);
    tauri::async_runtime::spawn(async move {
        while let Some(event) = events.next().await {
            if channel.send(event).is_err() {
                return;
            }
        }
    });
    Ok(())
}
