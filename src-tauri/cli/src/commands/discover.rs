//! `rowferry discover`: what a database holds.

use clap::Args;
use rowferry_engine::Result;
use rowferry_engine::catalog::{Catalog, Column, Identity, Table, TableKind};
use rowferry_engine::connectors::Access;
use rowferry_engine::workspace::Secrets;

use crate::exit::{Exit, Failure};
use crate::{output, project};

/// Show the catalog of a database, a file or a folder
#[derive(Debug, Args)]
pub struct Discover {
    /// Such as postgres://user@host/db, sqlite:PATH, csv:PATH, json:PATH; its password is ROWFERRY_PASSWORD_SOURCE
    url: String,
    /// One JSON document instead of text
    #[arg(long)]
    json: bool,
}

impl Discover {
    pub async fn run(self) -> Result<Exit, Failure> {
        let opened = project::by_url(&self.url, "source", "", &Secrets::new(), Access::ReadOnly).await?;
        let catalog = opened.connection.catalog().await.map_err(|e| e.connection("source"))?;
        if self.json {
            output::say_json(&catalog)?;
        } else {
            output::say(described(&catalog))?;
        }
        Ok(Exit::Done)
    }
}

fn described(catalog: &Catalog) -> String {
    let mut lines = vec![catalog.product.clone()];
    for table in catalog.tables() {
        lines.push(String::new());
        lines.push(heading(table));
        let name = table.columns.iter().map(|c| c.name.chars().count()).max().unwrap_or(0);
        let kind = table.columns.iter().map(|c| c.native_type.chars().count()).max().unwrap_or(0);
        for column in &table.columns {
            let line = format!("  {:name$}  {:kind$}  {}", column.name, column.native_type, remarks(table, column));
            lines.push(line.trim_end().to_string());
        }
        for key in &table.unique_keys {
            lines.push(format!("  unique ({})", key.columns.join(", ")));
        }
        for key in &table.foreign_keys {
            let to = key.referenced_columns.join(", ");
            lines.push(format!("  ({}) → {} ({to})", key.columns.join(", "), key.references));
        }
    }
    if catalog.tables().next().is_none() {
        lines.push("no tables".into());
    }
    lines.join("\n")
}

fn heading(table: &Table) -> String {
    let kind = match table.kind {
        TableKind::Table => "table",
        TableKind::View => "view",
        TableKind::File => "file",
    };
    match table.row_estimate {
        Some(rows) => format!("{} ({kind}, about {rows} rows)", table.name),
        None => format!("{} ({kind})", table.name),
    }
}

fn remarks(table: &Table, column: &Column) -> String {
    let mut remarks = Vec::new();
    if table.is_key(&column.name) {
        remarks.push("key".to_string());
    }
    if !column.nullable {
        remarks.push("not null".into());
    }
    match column.identity {
        Some(Identity::Always) => remarks.push("identity, always".into()),
        Some(Identity::ByDefault) => remarks.push("identity".into()),
        None => {}
    }
    if column.generated.is_some() {
        remarks.push("generated".into());
    }
    if column.derived {
        remarks.push("derived".into());
    }
    if let Some(default) = &column.default {
        remarks.push(format!("default {default}"));
    }
    remarks.join(", ")
}
