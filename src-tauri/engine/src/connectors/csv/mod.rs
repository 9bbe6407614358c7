//! CSV: a file is a table, a folder is a schema of its `*.csv` and `*.tsv` files.
//!
//! Read-only. Files are UTF-8, in the form of RFC 4180 with whatever delimiter they use; the URL's parameters
//! `delimiter`, `quote`, `header` and `null` override what is found out. Types are taken from the first rows, and a
//! later value that is not of its column's type is a fault of its row. An empty field is NULL and `""` is the empty
//! text. A broken line costs that line and no other.

mod catalog;
mod connect;
mod decode;
mod dialect;
mod form;
mod infer;
mod read;
mod records;

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;

use super::{Access, Capabilities, Connection, Connector, Descriptor, Dialect, Endpoint, Form, Read, Write};
use crate::catalog::Catalog;
use crate::error::Result;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "csv",
    name: "CSV",
    aliases: &[],
    form: Form::FileOrFolder { endings: &["csv", "tsv", "txt"] },
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

pub struct Csv;

#[async_trait]
impl Connector for Csv {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    /// A folder of files has nothing that could be written, so `access` does not matter.
    async fn connect(&self, endpoint: &Endpoint, _access: Access) -> Result<Arc<dyn Connection>> {
        Ok(Arc::new(connect::connect(endpoint).await?))
    }
}

/// A file or folder, and what the URL says about its files.
#[derive(Debug, Clone)]
struct CsvConnection {
    path: PathBuf,
    given: form::Given,
}

#[async_trait]
impl Connection for CsvConnection {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn dialect(&self) -> &'static dyn Dialect {
        &dialect::CsvDialect
    }

    async fn catalog(&self) -> Result<Catalog> {
        let connection = self.clone();
        super::files::blocking(move || catalog::catalog(&connection)).await
    }

    fn read(&self) -> &dyn Read {
        self
    }

    fn write(&self) -> Option<&dyn Write> {
        None
    }
}
