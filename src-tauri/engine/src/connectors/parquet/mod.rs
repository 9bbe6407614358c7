//! Parquet: a file is a table, and a folder is a schema of its `*.parquet` files.
//!
//! A subfolder that holds nothing but parts (`part-*.parquet`) is one table as well. The catalog is made from the
//! files' footers alone. Structs are flattened: the leaf `name` of the struct `customer` is the column
//! `customer.name`, and whether the struct itself was NULL is not told from all of its leaves being NULL. Lists and maps
//! are JSON. See `types` for the rest.

mod catalog;
mod connect;
mod decode;
mod dialect;
mod json;
mod read;
mod types;

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;

use super::files::blocking;
use super::{Access, Capabilities, Connection, Connector, Descriptor, Dialect, Endpoint, Form, Read, Write};
use crate::catalog::Catalog;
use crate::error::Result;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "parquet",
    name: "Parquet",
    aliases: &[],
    form: Form::FileOrFolder { endings: &["parquet"] },
    capabilities: Capabilities {
        writes: false,
        schemas: false,
        transactional_ddl: false,
        concurrent_writers: false,
        snapshot: false,
        constraints_after_load: false,
        max_identifier_bytes: None,
    },
};

pub struct Parquet;

#[async_trait]
impl Connector for Parquet {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    async fn connect(&self, endpoint: &Endpoint, _access: Access) -> Result<Arc<dyn Connection>> {
        Ok(Arc::new(connect::connect(endpoint).await?))
    }
}

/// A file or a folder.
#[derive(Debug, Clone)]
struct ParquetConnection {
    path: PathBuf,
}

#[async_trait]
impl Connection for ParquetConnection {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn dialect(&self) -> &'static dyn Dialect {
        &dialect::ParquetDialect
    }

    async fn catalog(&self) -> Result<Catalog> {
        let connection = self.clone();
        blocking(move || catalog::catalog(&connection)).await
    }

    fn read(&self) -> &dyn Read {
        self
    }

    fn write(&self) -> Option<&dyn Write> {
        None
    }
}
