//! What only a desktop has: dialogs, opening files, a window that closes.

use rowferry_api::{App, WireError};
use rowferry_engine::error::{Error, ErrorKind};
use tauri::{Manager, State};

use crate::start::Opening;

/// The id of the project to open first, once.
#[tauri::command]
pub fn opening(opening: State<'_, Opening>) -> Option<String> {
    opening.take()
}

/// Asks for a file or folder with the system's dialog; `null` when the person cancels.
#[tauri::command]
pub async fn pick_file(title: String, endings: Vec<String>, save: bool, folder: bool) -> Option<String> {
    let mut dialog = rfd::AsyncFileDialog::new().set_title(title);
    if !endings.is_empty() {
        dialog = dialog.add_filter(endings.join(", "), &endings);
    }
    let picked = match (folder, save) {
        (true, _) => dialog.pick_folder().await,
        (false, true) => dialog.save_file().await,
        (false, false) => dialog.pick_file().await,
    };
    picked.map(|f| f.path().display().to_string())
}

/// Opens a file or folder with the program that the system has for it.
#[tauri::command]
pub async fn reveal(path: String) -> Result<(), WireError> {
    opener::open(&path).map_err(|e| {
        Error::new(ErrorKind::Io, format!("the system has no program that opens {path}")).detail(&e).source(e).into()
    })
}

/// Closes the window, as its own button does.
#[tauri::command]
pub fn close(window: tauri::WebviewWindow) -> Result<(), WireError> {
    window.close().map_err(|e| Error::internal("the window cannot be closed").source(e).into())
}

/// What the window had to do before it closes is done. It goes, unless runs are under way: then it was only hidden.
#[tauri::command]
pub fn leave(window: tauri::WebviewWindow) -> Result<(), WireError> {
    if !window.state::<App>().runs_under_way().is_empty() {
        return Ok(());
    }
    window.destroy().map_err(|e| Error::internal("the window cannot be closed").source(e).into())
}
