//! A project with both of its ends open: what check, run and verify begin with.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::catalog::Catalog;
use crate::connectors::{self, Access, Connection, Endpoint, url};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Project;
use crate::plan::{self, Plan, Sides};
use crate::report::Side;
use crate::run::Control;
use crate::transform::Expressions;
use crate::workspace::Secrets;

/// Both databases, open, with their catalogs as they were at opening.
pub struct Migration {
    pub project: Project,
    /// Folder that relative paths in the project count from.
    pub base: PathBuf,
    pub source: Arc<dyn Connection>,
    pub target: Arc<dyn Connection>,
    pub source_catalog: Catalog,
    pub target_catalog: Catalog,
}

/// Opens one of the project's connections. The source is opened read-only.
pub async fn open_connection(
    project: &Project,
    base: &Path,
    name: &str,
    secrets: &Secrets,
    access: Access,
) -> Result<Arc<dyn Connection>> {
    let connection = project.connections.get(name).ok_or_else(|| {
        Error::new(ErrorKind::InvalidProject, format!("the project has no connection {name:?} yet"))
            .path(format!("connections.{name}"))
            .hint("Set up the connection first.")
    })?;
    let (url, _) = url::parse(&connection.url, base).map_err(|e| e.path(format!("connections.{name}.url")))?;
    let secret = match url.location {
        connectors::Location::Server { .. } => secrets.look_up(&project.id, name).await.map(|(secret, _)| secret),
        connectors::Location::Path(_) => None,
    };
    connectors::connect(&Endpoint { name: name.to_string(), url, secret }, access).await
}

impl Migration {
    /// Opens both ends and reads their catalogs.
    ///
    /// # Errors
    /// As `Connector::connect`, with the connection's name in the context; `Unsupported` for a target that cannot be
    /// written.
    pub async fn open(project: Project, base: &Path, secrets: &Secrets) -> Result<Migration> {
        let source = open_connection(&project, base, &project.source, secrets, Access::ReadOnly).await?;
        let target = open_connection(&project, base, &project.target, secrets, Access::ReadWrite).await?;
        if target.write().is_none() {
            let product = target.descriptor().name;
            return Err(Error::new(ErrorKind::Unsupported, format!("{product} cannot be written"))
                .connection(&project.target)
                .hint("Choose another target."));
        }
        let source_catalog = source.catalog().await.map_err(|e| e.connection(&project.source))?;
        let target_catalog = target.catalog().await.map_err(|e| e.connection(&project.target))?;
        Ok(Migration { base: base.to_path_buf(), project, source, target, source_catalog, target_catalog })
    }

    /// Makes the plan, from what the target tables hold now.
    pub async fn plan(&self) -> Result<Plan> {
        let occupied = Sides::count_occupied(&self.project, self.target.as_ref(), &self.target_catalog).await?;
        plan::make(&self.project, &self.sides(occupied), &Expressions::new())
    }

    /// Makes the plan and reads the data for it: slower, and with findings about values.
    pub async fn plan_with_data(&self, control: &Control) -> Result<Plan> {
        let mut plan = self.plan().await?;
        crate::quality::examine(self, &mut plan, control).await?;
        Ok(plan)
    }

    pub fn sides(&self, occupied: std::collections::HashMap<crate::catalog::TableName, u64>) -> Sides<'_> {
        Sides {
            source: self.source.as_ref(),
            target: self.target.as_ref(),
            source_catalog: &self.source_catalog,
            target_catalog: &self.target_catalog,
            occupied,
        }
    }

    /// How the report names the two ends.
    pub fn described(&self) -> (Side, Side) {
        let side = |name: &str, catalog: &Catalog| Side {
            connection: name.to_string(),
            url: self.project.connections.get(name).map(|c| c.url.clone()).unwrap_or_default(),
            product: catalog.product.clone(),
            environment: self.project.connections.get(name).map(|c| c.environment).unwrap_or_default(),
        };
        (side(&self.project.source, &self.source_catalog), side(&self.project.target, &self.target_catalog))
    }
}
