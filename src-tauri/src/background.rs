//! Runs outlive their window: closed during a run it is only hidden, and starting Rowferry again shows it.

use std::thread::JoinHandle;

use rowferry_api::App;
use rowferry_engine::run::{RunSnapshot, RunStatus};
use tauri::{AppHandle, CloseRequestApi, Emitter, Manager, WebviewWindow, Window};
use tokio::sync::broadcast::error::RecvError;

/// A run that took less is over before anybody looks elsewhere.
const LONG: f64 = 10.0;

/// The window is asked to close: while runs are under way it goes out of sight and the process stays.
pub fn closing(window: &Window, api: &CloseRequestApi) {
    let runs = window.state::<App>().runs_under_way();
    if runs.is_empty() {
        return;
    }
    api.prevent_close();
    if let Err(e) = window.hide() {
        tracing::warn!(%e, "the window cannot be hidden");
        return;
    }
    let names: Vec<&str> = runs.iter().map(|run| run.project_name.as_str()).collect();
    notify(
        format!("The run of {} goes on", names.join(", ")),
        "Start Rowferry again to see it. You are told when it ends.".into(),
    );
}

/// Somebody has started Rowferry once more: this window comes to the front, with their project when they named one.
pub fn show(handle: &AppHandle, project: Option<&str>) {
    let Some(window) = handle.get_webview_window("main") else { return };
    let shown = window.show().and_then(|()| window.unminimize()).and_then(|()| window.set_focus());
    if let Err(e) = shown {
        tracing::warn!(%e, "the window cannot be shown");
    }
    if let Some(project) = project
        && let Err(e) = window.emit("open-project", project)
    {
        tracing::warn!(%e, "the window cannot be told what to open");
    }
}

/// Tells the person of runs that end while they look elsewhere, and ends the process when nobody can see it any more.
pub fn watch_ends(handle: AppHandle) {
    let mut ends = handle.state::<App>().ends();
    tauri::async_runtime::spawn(async move {
        loop {
            match ends.recv().await {
                Ok(run) => ended(&handle, &run),
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            }
        }
    });
}

fn ended(handle: &AppHandle, run: &RunSnapshot) {
    let window = handle.get_webview_window("main");
    let hidden = !window.as_ref().is_some_and(is_visible);
    let looks = window.is_some_and(|w| w.is_focused().unwrap_or(false));
    let told = (hidden || (!looks && run.seconds >= LONG)).then(|| {
        let (title, body) = words(run);
        notify(title, body)
    });
    if hidden && handle.state::<App>().runs_under_way().is_empty() {
        // Not before the message is out.
        let _ = told.map(JoinHandle::join);
        handle.exit(0);
    }
}

fn is_visible(window: &WebviewWindow) -> bool {
    window.is_visible().unwrap_or(true)
}

fn words(run: &RunSnapshot) -> (String, String) {
    let kind = if run.dry_run { "dry run" } else { "run" };
    let end = match run.status {
        RunStatus::Completed => "has finished",
        RunStatus::Cancelled => "was cancelled",
        _ => "has failed",
    };
    let sum = |figure: fn(&rowferry_engine::run::TableProgress) -> u64| run.tables.iter().map(figure).sum::<u64>();
    let (written, rejected) = (sum(|t| t.written), sum(|t| t.rejected));
    let body = match &run.error {
        Some(e) if run.status == RunStatus::Failed => e.message.clone(),
        _ => format!("{written} rows written, {rejected} rejected"),
    };
    (format!("The {kind} of {} {end}", run.project_name), body)
}

/// A message of the system, from a thread of its own: the call waits for the system. A desktop without notifications
/// shows none.
fn notify(title: String, body: String) -> JoinHandle<()> {
    std::thread::spawn(move || {
        if let Err(e) = notify_rust::Notification::new().appname("Rowferry").summary(&title).body(&body).show() {
            tracing::debug!(%e, "no notification shown");
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_told_with_its_reason() {
        let run: RunSnapshot = serde_json::from_value(serde_json::json!({
            "run": "r", "project": "p", "project_name": "Shop", "dry_run": false, "status": "failed", "phase": "loading",
            "started_at": "", "seconds": 12.0, "tables": [], "log": [],
            "error": {"kind": "disk-full", "message": "the disk is full", "remedy": null},
        }))
        .unwrap();
        assert_eq!(words(&run), ("The run of Shop has failed".into(), "the disk is full".into()));
    }
}
