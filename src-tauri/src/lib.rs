//! The desktop shell: a window, the system's dialogs, and one door to the engine (`rowferry-api`).
//!
//! It holds no knowledge of databases, mappings or runs; whatever it could know, the browser's shell would lack.

mod commands;
mod start;

use std::process::ExitCode;

use clap::Parser;
use rowferry_api::App;
use tauri::{WebviewUrl, WebviewWindowBuilder};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Opens the window, and returns when it is closed.
pub fn run() -> ExitCode {
    let arguments = start::Arguments::parse();
    log();
    let opened = App::open().and_then(|app| start::project(&app, &arguments).map(|project| (app, project)));
    let (app, project) = match opened {
        Ok(opened) => opened,
        Err(e) => return start::refused(&e),
    };
    let built = tauri::Builder::default()
        .manage(app)
        .manage(start::Opening::new(project))
        .invoke_handler(tauri::generate_handler![
            commands::engine::call,
            commands::engine::watch_run,
            commands::desktop::opening,
            commands::desktop::pick_file,
            commands::desktop::reveal,
            commands::desktop::notify,
        ])
        .setup(|handle| {
            WebviewWindowBuilder::new(handle, "main", WebviewUrl::default())
                .title("Rowferry")
                .inner_size(1440.0, 900.0)
                .min_inner_size(960.0, 600.0)
                .build()?;
            Ok(())
        })
        .run(tauri::generate_context!());
    match built {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("rowferry-app: the window cannot be opened: {e}");
            ExitCode::FAILURE
        }
    }
}

/// Never what libraries say: drivers log statements with the values in them.
fn log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("ROWFERRY_LOG").unwrap_or_default();
    let ours = tracing_subscriber::filter::filter_fn(|about| about.target().starts_with("rowferry"));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    tracing_subscriber::registry().with(lines).with(filter).with(ours).init();
}
