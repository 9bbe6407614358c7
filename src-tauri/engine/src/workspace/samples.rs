//! Migrations to try with nothing installed: databases and project in a folder of their own.

use std::path::PathBuf;

use rusqlite::Connection as Database;

use super::{Workspace, store};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Connection, Environment, Project, write};

/// A sample as the start screen lists it.
#[derive(Debug, Clone, Copy)]
pub struct SampleInfo {
    pub id: &'static str,
    pub title: &'static str,
    pub description: &'static str,
}

pub const SAMPLES: &[SampleInfo] = &[
    SampleInfo {
        id: "chinook",
        title: "Chinook: CamelCase to snake_case",
        description: "A record shop's database of 11 tables, onto a target whose names are written differently.",
    },
    SampleInfo {
        id: "chinook-new",
        title: "Chinook into an empty database",
        description: "The same source, into a database without tables: Rowferry proposes them.",
    },
];

const CHINOOK: &[u8] = include_bytes!("../../../../fixtures/chinook/chinook.sqlite");
const CHINOOK_TARGET: &str = include_str!("../../../../fixtures/chinook/target.sql");

impl Workspace {
    /// Makes fresh copies of the sample's databases and an empty mapping between them; gives the project and its file.
    pub fn make_sample(&self, id: &str) -> Result<(Project, PathBuf)> {
        let sample = SAMPLES
            .iter()
            .find(|s| s.id == id)
            .ok_or_else(|| Error::new(ErrorKind::NotFound, format!("there is no sample {id:?}")))?;
        let samples = self.home().join("samples");
        std::fs::create_dir_all(&samples)?;
        let folder = (1..)
            .map(|n| samples.join(format!("{id}-{n}")))
            .find(|f| !f.exists())
            .ok_or_else(|| Error::internal("no name is left for the sample's folder"))?;
        std::fs::create_dir(&folder)?;
        std::fs::write(folder.join("chinook.sqlite"), CHINOOK)?;
        let target = Database::open(folder.join("target.sqlite")).map_err(store)?;
        if id == "chinook" {
            target.execute_batch(CHINOOK_TARGET).map_err(store)?;
        }
        drop(target);
        let mut project = Project::new(sample.title);
        for (name, file) in [("source", "chinook.sqlite"), ("target", "target.sqlite")] {
            let connection = Connection { url: format!("sqlite:{file}"), environment: Environment::Development };
            project.connections.insert(name.into(), connection);
        }
        let path = folder.join("chinook.rowferry.json");
        write(&project, &path)?;
        self.remember_project(&mut project, &path)?;
        self.keep_version(&project)?;
        Ok((project, path))
    }
}
