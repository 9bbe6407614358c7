//! One process for a workspace: a second one shows the first one's window and ends.

use std::path::Path;

use clap::Parser;
use rowferry_api::App;
use tauri::plugin::TauriPlugin;
use tauri::{AppHandle, Manager, Wry};
use tauri_plugin_single_instance::Builder;

use crate::{background, start};

/// `None` where the system would take processes of different workspaces for one.
pub fn instance() -> Option<TauriPlugin<Wry>> {
    let builder = Builder::new().callback(|handle, arguments, folder| again(handle, &arguments, &folder));
    match std::env::var_os("ROWFERRY_HOME") {
        None => Some(builder.build()),
        Some(home) if cfg!(target_os = "linux") => Some(builder.dbus_id(bus_name(Path::new(&home))).build()),
        Some(_) => None,
    }
}

/// What a second process was started with.
fn again(handle: &AppHandle, arguments: &[String], folder: &str) {
    let project = start::Arguments::try_parse_from(arguments).ok().and_then(|arguments| {
        start::project(&handle.state::<App>(), &arguments.from(Path::new(folder))).ok().flatten()
    });
    background::show(handle, project.as_deref());
}

/// A name on the session bus that no other workspace has: a bus name holds no slashes.
fn bus_name(home: &Path) -> String {
    let folder = home.canonicalize().unwrap_or_else(|_| home.to_path_buf());
    let hex: String = folder.to_string_lossy().bytes().map(|byte| format!("{byte:02x}")).collect();
    // A name on the bus has 255 characters at most; the end of a path is what differs.
    format!("app.rowferry.desktop.w{}", &hex[hex.len().saturating_sub(160)..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workspaces_have_names_of_their_own() {
        let name = bus_name(Path::new("/no/such/folder"));
        assert_ne!(name, bus_name(Path::new("/no/such/folder2")));
        assert!(name.len() < 230 && name.split('.').all(|part| part.starts_with(|c: char| c.is_ascii_alphabetic())));
    }
}
