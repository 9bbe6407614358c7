//! Parquet: a file is a table, and a folder is a schema of its `*.parquet` files.
//!
//! A subfolder that holds nothing but parts (`part-*.parquet`) is one table as well. The catalog is made from the
//! files' footers alone. Structs are flattened: the leaf `name` of the struct `customer` is the column
//! `customer.name`, and whether the struct itself was NULL is not told from all of its leaves being NULL. Lists and maps
//! are JSON. See `types` for the rest.
//!
//! A new file is written with the types of `schema`, compressed as the parameter `compression` says (`zstd`, `snappy` or
//! `none`).

mod catalog;
mod connect;
mod decode;
mod json;
mod read;
mod schema;
mod types;
mod write;

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use parquet::basic::Compression;

use super::files::{FileDialect, FileWriter, blocking};
use super::{Access, Capabilities, Connection, Connector, Descriptor, Dialect, Endpoint, Form, Read, Write};
use crate::catalog::Catalog;
use crate::error::Result;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "parquet",
    name: "Parquet",
    aliases: &[],
    form: Form::FileOrFolder { endings: &["parquet"], encodings: &[] },
    capabilities: Capabilities {
        writes: true,
        schemas: false,
        transactional_ddl: false,
        concurrent_writers: true,
        snapshot: false,
        constraints_after_load: false,
    },
};

pub struct Parquet;

#[async_trait]
impl Connector for Parquet {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    async fn connect(&self, endpoint: &Endpoint, access: Access) -> Result<Arc<dyn Connection>> {
        let files = connect::connect(endpoint, access).await?;
        let writer = (access == Access::ReadWrite).then(|| FileWriter::new(files.clone()));
        Ok(Arc::new(Opened { files, writer }))
    }
}

/// A file or a folder.
#[derive(Debug, Clone)]
struct ParquetConnection {
    path: PathBuf,
    compression: Compression,
}

struct Opened {
    files: ParquetConnection,
    writer: Option<FileWriter<ParquetConnection>>,
}

static DIALECT: FileDialect =
    FileDialect { format: "parquet", type_name: schema::type_name, stored_as: schema::stored_as };

#[async_trait]
impl Connection for Opened {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn dialect(&self) -> &'static dyn Dialect {
        &DIALECT
    }

    async fn catalog(&self) -> Result<Catalog> {
        let files = self.files.clone();
        blocking(move || catalog::catalog(&files)).await
    }

    fn read(&self) -> &dyn Read {
        &self.files
    }

    fn write(&self) -> Option<&dyn Write> {
        self.writer.as_ref().map(|w| w as &dyn Write)
    }
}
