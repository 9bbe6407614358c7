//! JSON: a file is a table, a folder is a schema of its `*.json`, `*.jsonl` and `*.ndjson` files.
//!
//! Read-only. A file holds one document a line, one array of documents, documents behind one another, or one object;
//! `?table=NAME` makes one table of all files of a folder. Objects are flattened by path, arrays of objects are child
//! tables as well (`orders.items`), and the arrays of a file's one object are tables of their own (`shop/orders`).
//! Types come from all documents up to 256 MiB, or as far as `?scan=all` or `?scan=MIB` says; a later value that is not
//! of its column's type, and a key that was not seen, is a fault of its row. Texts of numbers and of JSON columns are
//! kept as they stand; an object that has a key twice is a fault where its keys are columns. A broken document costs
//! itself alone; a file whose documents cannot be told apart is an error.

mod catalog;
mod columns;
mod connect;
mod decode;
mod form;
mod layout;
mod parse;
mod path;
mod read;
mod rows;
mod source;
mod stream;
mod tree;

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;

use super::files::{FileDialect, SCHEMA, blocking};
use super::{Access, Capabilities, Connection, Connector, Descriptor, Dialect, Endpoint, Form, Read, Write};
use crate::catalog::Catalog;
use crate::error::Result;
use crate::types::LogicalType;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "json",
    name: "JSON",
    aliases: &["jsonl", "ndjson"],
    form: Form::FileOrFolder { endings: &["json", "jsonl", "ndjson"], encodings: &[] },
    capabilities: Capabilities {
        writes: false,
        schemas: false,
        transactional_ddl: false,
        concurrent_writers: false,
        snapshot: false,
        constraints_after_load: false,
    },
};

/// Never asked for statements: nothing is written as JSON.
static DIALECT: FileDialect =
    FileDialect { format: "json", type_name: |_| String::new(), stored_as: LogicalType::clone };

pub struct Json;

#[async_trait]
impl Connector for Json {
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
struct JsonConnection {
    path: PathBuf,
    given: connect::Given,
}

#[async_trait]
impl Connection for JsonConnection {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn dialect(&self) -> &'static dyn Dialect {
        &DIALECT
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
