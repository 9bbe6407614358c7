//! The desktop shell: a window, the system's dialogs, and one door to the engine (`rowferry-api`).
//!
//! It holds no knowledge of databases, mappings or runs; whatever it could know, the browser's shell would lack.

mod background;
mod commands;
mod single;
mod start;

use std::process::ExitCode;

use clap::Parser;
use rowferry_api::App;
use tauri::{Manager, WebviewUrl, WebviewWindowBuilder, WindowEvent};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Opens the window, and returns when it is closed and no run is under way any more.
pub fn run() -> ExitCode {
    let arguments = start::Arguments::parse();
    log();
    let app = match App::open() {
        Ok(app) => app,
        Err(e) => return start::refused(&e),
    };
    let mut builder = tauri::Builder::default();
    // First of all: a second process hands over its arguments and ends here.
    if let Some(single) = single::instance() {
        builder = builder.plugin(single);
    }
    let built = builder
        .manage(app)
        .manage(start::Opening::default())
        .invoke_handler(tauri::generate_handler![
            commands::engine::call,
            commands::engine::watch_run,
            commands::desktop::opening,
            commands::desktop::pick_file,
            commands::desktop::reveal,
            commands::desktop::close,
            commands::desktop::leave,
        ])
        .setup(move |app| {
            match start::project(&app.state::<App>(), &arguments) {
                Ok(project) => app.state::<start::Opening>().set(project),
                Err(e) => {
                    start::refused(&e);
                    std::process::exit(1);
                }
            }
            background::watch_ends(app.handle().clone());
            WebviewWindowBuilder::new(app, "main", WebviewUrl::default())
                .title("Rowferry")
                .inner_size(1440.0, 900.0)
                .min_inner_size(960.0, 600.0)
                .build()?;
            Ok(())
        })
        .on_window_event(|window, event| {
            if let WindowEvent::CloseRequested { api, .. } = event {
                background::closing(window, api);
            }
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
