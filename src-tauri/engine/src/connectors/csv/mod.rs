//! CSV: a file is a table, a folder is a schema of its `*.csv` and `*.tsv` files.
//!
//! Files are UTF-8, or what a mark at their beginning or the URL's parameter `encoding` says, in the form of RFC 4180 with
//! whatever delimiter they use; the parameters `delimiter`, `quote`, `header` and `null` override what is found out. Types are taken from the first rows, and a
//! later value that is not of its column's type is a fault of its row. An empty field is NULL and `""` is the empty
//! text. A broken line costs that line and no other.
//!
//! A file that is written has the same form: a comma and double quotes, or what the parameters say, and line ends by the
//! parameter `lines` (`lf` or `crlf`). Rows for a file that exists are written in that file's form. Numbers have all
//! their digits, floats the shortest form that reads back, bytes are `\x` and hexadecimal digits. A CSV file does not
//! keep types: they are in the plan, and a later catalog guesses them anew.

mod catalog;
mod columns;
mod connect;
mod decode;
mod digits;
mod encode;
mod encoding;
mod form;
mod infer;
mod read;
mod records;
mod scan;
mod whole;
mod write;

use std::path::PathBuf;
use std::sync::Arc;

pub(super) use columns::{Batch, Column};
pub use whole::WholeCsv;

use async_trait::async_trait;

use super::files::{FileDialect, FileWriter, blocking};
use super::{Access, Capabilities, Connection, Connector, Descriptor, Dialect, Endpoint, Form, Read, Write};
use crate::catalog::Catalog;
use crate::error::Result;
use crate::types::LogicalType;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "csv",
    name: "CSV",
    aliases: &[],
    form: Form::FileOrFolder { endings: &["csv", "tsv", "txt"], encodings: encoding::OFFERED },
    capabilities: Capabilities {
        writes: true,
        schemas: false,
        transactional_ddl: false,
        concurrent_writers: true,
        snapshot: false,
        constraints_after_load: false,
    },
};

pub struct Csv;

#[async_trait]
impl Connector for Csv {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    async fn connect(&self, endpoint: &Endpoint, access: Access) -> Result<Arc<dyn Connection>> {
        let files = connect::connect(endpoint, access).await?;
        let writer = (access == Access::ReadWrite).then(|| FileWriter::new(files.clone()));
        Ok(Arc::new(Opened { files, writer }))
    }
}

/// A file or folder, and what the URL says about its files.
#[derive(Debug, Clone)]
struct CsvConnection {
    path: PathBuf,
    given: form::Given,
}

struct Opened {
    files: CsvConnection,
    writer: Option<FileWriter<CsvConnection>>,
}

/// A file does not keep types: what is written has those of the plan.
static DIALECT: FileDialect =
    FileDialect { format: "csv", type_name: |_| String::new(), stored_as: LogicalType::clone };

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
