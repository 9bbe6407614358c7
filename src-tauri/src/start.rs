//! What the window opens with.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;

use clap::Parser;
use rowferry_api::App;
use rowferry_engine::{Error, model};

/// Rowferry's window.
#[derive(Debug, Parser)]
#[command(name = "rowferry-app", version)]
pub struct Arguments {
    /// Open a fresh copy of this sample, such as chinook
    #[arg(long, value_name = "ID", conflicts_with = "project")]
    sample: Option<String>,
    /// Open this project file
    project: Option<PathBuf>,
}

impl Arguments {
    /// With its path as seen from this folder.
    pub fn from(self, folder: &Path) -> Self {
        Arguments { project: self.project.map(|path| folder.join(path)), ..self }
    }
}

/// The id of the project that the window opens first; taken once, so that a reload begins at the start screen.
#[derive(Default)]
pub struct Opening(Mutex<Option<String>>);

impl Opening {
    pub fn set(&self, project: Option<String>) {
        *self.0.lock().unwrap_or_else(|e| e.into_inner()) = project;
    }

    pub fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(|e| e.into_inner()).take()
    }
}

/// Makes ready what the arguments name, and gives its id.
pub fn project(app: &App, arguments: &Arguments) -> Result<Option<String>, Error> {
    if let Some(sample) = &arguments.sample {
        return app.workspace.make_sample(sample).map(|(project, _)| Some(project.id));
    }
    let Some(path) = &arguments.project else { return Ok(None) };
    let mut project = model::read(path)?;
    app.workspace.remember_project(&mut project, path)?;
    Ok(Some(project.id))
}

/// Says why no window opens, where a person sees it.
pub fn refused(e: &Error) -> ExitCode {
    let remedy = e.remedy().unwrap_or_default();
    eprintln!("rowferry-app: {e}\n{remedy}");
    #[cfg(not(target_os = "linux"))]
    rfd::MessageDialog::new()
        .set_level(rfd::MessageLevel::Error)
        .set_title("Rowferry cannot start")
        .set_description(format!("{e}\n\n{remedy}"))
        .show();
    ExitCode::FAILURE
}
