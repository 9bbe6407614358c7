//! `rowferry suggest`: a new project between two databases.

use std::path::{Path, PathBuf};

use clap::Args;
use rowferry_engine::connectors::Access;
use rowferry_engine::model::{self, Connection, Environment, LinkState, Project};
use rowferry_engine::workspace::Secrets;
use rowferry_engine::{Error, Result, suggest};

use super::{deliver, workspace};
use crate::exit::{Exit, Failure};
use crate::{output, project};

/// Make a new project with suggested mappings
#[derive(Debug, Args)]
#[command(after_help = "Into a target without tables, the source's tables are proposed in the target's own types.")]
pub struct Suggest {
    /// Where rows come from; its password is ROWFERRY_PASSWORD_SOURCE
    #[arg(long, value_name = "URL")]
    from: String,
    /// Where rows go to; its password is ROWFERRY_PASSWORD_TARGET
    #[arg(long, value_name = "URL")]
    to: String,
    /// Write the project to this file instead of printing it
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Confirm the suggestions whose score is at least this, 0 to 1
    #[arg(long, value_name = "SCORE", value_parser = score)]
    accept: Option<f64>,
}

fn score(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(score) if (0.0..=1.0).contains(&score) => Ok(score),
        _ => Err("a score is a number between 0 and 1".into()),
    }
}

impl Suggest {
    pub async fn run(self) -> Result<Exit, Failure> {
        let mut new = Project::new(self.name());
        let secrets = Secrets::new();
        let source = project::by_url(&self.from, "source", &new.id, &secrets, Access::ReadOnly).await?;
        let target = project::by_url(&self.to, "target", &new.id, &secrets, Access::ReadWrite).await?;
        let source_catalog = source.connection.catalog().await.map_err(|e| e.connection("source"))?;
        let target_catalog = target.connection.catalog().await.map_err(|e| e.connection("target"))?;
        let folder = match &self.output {
            Some(file) => std::path::absolute(file).map_err(Error::from)?.parent().map(Path::to_path_buf),
            None => None,
        };
        for (name, end) in [("source", &source), ("target", &target)] {
            let url = folder.as_deref().map_or_else(|| end.url.clone(), |f| end.seen_from(f));
            new.connections.insert(name.into(), Connection { url, environment: Environment::Development });
        }
        let (tables, suggested) = suggest::suggest(&new, &source_catalog, &target_catalog, target.connection.as_ref());
        new.tables = tables;
        if let Some(threshold) = self.accept {
            suggest::accept(&mut new.tables, threshold);
        }
        match &self.output {
            Some(file) => {
                model::write(&new, file)?;
                workspace()?.remember_project(&mut new, file)?;
            }
            None => {
                let text = serde_json::to_string_pretty(&new)
                    .map_err(|e| Error::internal("the project cannot be written as JSON").source(e))?;
                deliver(&text, None)?;
            }
        }
        let columns = new.tables.iter().flat_map(|t| &t.columns);
        let confirmed = columns.filter(|c| c.state == LinkState::Confirmed).count();
        output::remark(format!(
            "{} tables, {suggested} columns suggested, {confirmed} of them confirmed",
            new.tables.len()
        ));
        if confirmed == 0 && suggested > 0 {
            output::remark("A run carries what is confirmed: look at the project, or suggest with --accept 0.8.");
        }
        Ok(Exit::Done)
    }

    fn name(&self) -> String {
        let file = self.output.as_deref().and_then(Path::file_name).map(|n| n.to_string_lossy().into_owned());
        let stem = file.map(|n| n.trim_end_matches(".json").trim_end_matches(".rowferry").to_string());
        stem.filter(|s| !s.is_empty()).unwrap_or_else(|| "Suggested project".into())
    }
}
