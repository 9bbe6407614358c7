//! Loading the rows of a reject file that a person has corrected: a run of its own, through everything that a run is.
//!
//! The file is copied into the new run's folder, so that a resume reads what the run began with. Its rows are added to
//! what the target holds. Invariant: the same file is not loaded twice unless a person says so.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::event::RunStatus;
use crate::connectors::RejectSource;
use crate::error::{Error, ErrorContext, ErrorKind, Result};
use crate::migration::Migration;
use crate::model::{Existing, Project, ReadAs};
use crate::plan::Plan;
use crate::workspace::{RunRecord, Secrets, Workspace};

/// What a run reloads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reload {
    /// The run whose rejects they were; none where the file does not say.
    pub of_run: Option<String>,
    /// As the person named it.
    pub file: String,
    /// Hash of its content.
    pub digest: String,
}

/// The part of a reject's line that says where it belongs.
#[derive(Deserialize)]
struct Place {
    table: String,
    #[serde(default)]
    run: Option<String>,
}

/// A reject file, looked at and not yet loaded.
#[derive(Debug)]
pub struct RejectFile {
    table: String,
    content: Vec<u8>,
    reload: Reload,
}

impl RejectFile {
    /// Reads the file and finds out which table its rows belong to.
    ///
    /// # Errors
    /// `WrongFormat` when it holds no rejects, or those of several tables.
    pub fn open(path: &Path) -> Result<RejectFile> {
        let content = std::fs::read(path).map_err(|e| Error::from(e).file(path.display()))?;
        let wrong = |what: &str| Error::new(ErrorKind::WrongFormat, what).file(path.display());
        let (mut tables, mut runs) = (BTreeSet::new(), BTreeSet::new());
        for line in content.split(|b| *b == b'\n') {
            // A line that is no reject becomes one again, with its text.
            if let Ok(place) = serde_json::from_slice::<Place>(line) {
                tables.insert(place.table);
                runs.extend(place.run);
            }
        }
        let table = match tables.len() {
            1 => tables.pop_first().unwrap_or_default(),
            0 => return Err(wrong("the file holds no rejected rows")),
            _ => {
                return Err(
                    wrong("the file holds rejects of several tables").hint("Load the file of each table by itself.")
                );
            }
        };
        let of_run = runs.pop_first().filter(|_| runs.is_empty());
        let digest = format!("{:032x}", xxhash_rust::xxh3::xxh3_128(&content));
        Ok(RejectFile { table, reload: Reload { of_run, file: path.display().to_string(), digest }, content })
    }

    /// Has it been loaded already, or is a run about to?
    ///
    /// # Errors
    /// `Blocked`, naming the run.
    pub fn refuse_again(&self, project: &Project, workspace: &Workspace) -> Result<()> {
        for run in workspace.runs(Some(&project.id))? {
            let same = run.reload.as_ref().is_some_and(|r| r.digest == self.reload.digest);
            if same && !run.dry_run && run.status != RunStatus::RolledBack {
                let what = match run.status {
                    RunStatus::Completed => format!("this reject file was loaded by run {}", run.run),
                    _ => format!("run {} began to load this reject file", run.run),
                };
                return Err(Error::new(ErrorKind::Blocked, what).hint(
                    "Resume or roll back that run; `--again` loads the file once more, which adds its rows twice where \
                     no key forbids it.",
                ));
            }
        }
        Ok(())
    }

    pub(super) fn reload(&self) -> &Reload {
        &self.reload
    }

    /// The project as it is for these rows: their table alone, added to what is there.
    pub fn narrow(&self, mut project: Project) -> Result<Project> {
        project.tables.retain(|t| t.to.to_string() == self.table);
        let Some(mapping) = project.tables.first_mut() else {
            return Err(Error::new(ErrorKind::Blocked, format!("the project maps nothing to {}", self.table))
                .hint("The reject file belongs to another project, or its table is not mapped any more."));
        };
        if mapping.existing != Existing::Skip {
            mapping.existing = Existing::Append;
        }
        // Its text was decoded when the row was read for the first time.
        for reading in mapping.reading.values_mut().filter(|r| r.read_as == Some(ReadAs::Utf8Twice)) {
            reading.read_as = None;
        }
        Ok(project)
    }

    /// Makes the plan one for these rows.
    ///
    /// # Errors
    /// `Blocked` when the target table is not there.
    pub(super) fn fit(&self, plan: &mut Plan) -> Result<()> {
        if plan.steps.iter().any(|s| s.creates) {
            return Err(Error::new(ErrorKind::Blocked, format!("the target holds no table {} any more", self.table))
                .hint("Rejects are added to what a run has loaded. Start a run of the whole project instead."));
        }
        let rows = self.content.split(|b| *b == b'\n').filter(|l| !l.iter().all(u8::is_ascii_whitespace)).count();
        for step in &mut plan.steps {
            step.rows = Some(rows as u64);
            step.bytes = None;
        }
        plan.rows = Some(rows as u64);
        plan.bytes = None;
        plan.consistency = "the rows come from a copy of the reject file".into();
        Ok(())
    }

    /// Keeps the content with the run.
    pub(super) fn keep(&self, run_folder: &Path) -> Result<()> {
        let path = kept(run_folder);
        std::fs::write(&path, &self.content)
            .and_then(|()| std::fs::File::open(&path)?.sync_all())
            .or_error(ErrorKind::Io, "the reject file cannot be kept with the run")
            .map_err(|e| e.file(path.display()))
    }
}

fn kept(run_folder: &Path) -> PathBuf {
    run_folder.join("reload.jsonl")
}

/// Opens both ends of a run as it saw them: a reload reads the rows that it keeps.
///
/// # Errors
/// As `Migration::open`.
pub async fn open(record: &RunRecord, workspace: &Workspace, secrets: &Secrets) -> Result<Migration> {
    let migration = Migration::open(record.project.clone(), &record.base, secrets).await?;
    Ok(match record.reload {
        Some(_) => reading(migration, &workspace.run_folder(&record.run)),
        None => migration,
    })
}

/// The migration, reading the rows that its run keeps.
pub(super) fn reading(mut migration: Migration, run_folder: &Path) -> Migration {
    migration.source = Arc::new(RejectSource::new(migration.source, &kept(run_folder)));
    migration
}
