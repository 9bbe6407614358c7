//! SQLite.
//!
//! `rusqlite` on blocking threads: SQLite is a library in this process, and stepping it row by row through an async
//! pool costs more than the rows do. Each scan and each chunk has a connection of its own.
//!
//! SQLite does not enforce declared types, so columns are read as wide as their kind (every integer as 64 bits) and a
//! value of another kind is a fault of its row, never a conversion.

mod catalog;
mod connect;
mod ddl;
mod decode;
pub(super) mod dialect;
mod encode;
mod errors;
mod ranges;
mod read;
mod snapshot;
mod types;
mod write;

use std::sync::Arc;

use async_trait::async_trait;

use super::{Access, Capabilities, Connection, Connector, Descriptor, Dialect, Endpoint, Form, Read, Write};
use crate::catalog::Catalog;
use crate::error::Result;
use connect::Database;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "sqlite",
    name: "SQLite",
    aliases: &[],
    form: Form::File { endings: &["db", "sqlite", "sqlite3"] },
    capabilities: Capabilities {
        writes: true,
        schemas: false,
        transactional_ddl: true,
        concurrent_writers: false,
        snapshot: true,
        constraints_after_load: false,
    },
};

/// The one schema, as SQLite names it.
const SCHEMA: &str = "main";

pub struct Sqlite;

#[async_trait]
impl Connector for Sqlite {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    async fn connect(&self, endpoint: &Endpoint, access: Access) -> Result<Arc<dyn Connection>> {
        let database = Database::open(endpoint.url.path()?, access).await?;
        Ok(Arc::new(SqliteConnection {
            reader: read::Reader::new(database.clone()),
            writer: (access == Access::ReadWrite).then(|| write::Writer::new(database)),
        }))
    }
}

struct SqliteConnection {
    reader: read::Reader,
    writer: Option<write::Writer>,
}

#[async_trait]
impl Connection for SqliteConnection {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn dialect(&self) -> &'static dyn Dialect {
        &dialect::SqliteDialect
    }

    async fn catalog(&self) -> Result<Catalog> {
        self.reader.with(catalog::catalog).await
    }

    fn read(&self) -> &dyn Read {
        &self.reader
    }

    fn write(&self) -> Option<&dyn Write> {
        self.writer.as_ref().map(|w| w as _)
    }
}
