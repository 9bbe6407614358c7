//! The contract between the engine and a database, and the one table of those that exist.
//!
//! A connector is a folder with the same file names in each (see `docs/adding-a-database.md`). It must not know plans,
//! runs or the window: it hands out small parts, and what is done with them is decided above.

pub mod csv;
pub mod json;
pub mod mysql;
pub mod parquet;
pub mod postgres;
pub mod sqlite;
pub mod url;

pub mod before;
mod cells;
mod dialect;
mod equality;
pub mod expression;
mod feed;
mod files;
mod identifiers;
mod infer;
mod key_ranges;
#[doc(hidden)]
pub mod measured;
mod read;
mod rejects;
mod stand_in;
mod text;
mod write;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::Serialize;

pub use before::Before;
#[cfg(test)]
pub(crate) use dialect::test_dialect;
pub use dialect::{Dialect, ValueLimits};
pub use equality::Equality;
pub use identifiers::{Case, NameRule, Refused};
pub use read::{
    GuessedEncoding, Range, Read, RowFault, RowStream, Rows, Scan, ShowWireRow, WireFormat, WireRows, WireStream,
};
pub use rejects::RejectSource;
pub use stand_in::{StoodIn, check as check_stand_ins, decoded_once, scan};
pub use url::{ConnectionUrl, Location};
pub use write::{CHECKPOINT_TABLE, Carried, Checkpoint, ChunkWriter, SequenceProof, SequenceSet, Write, is_own};

use crate::catalog::Catalog;
use crate::error::{Error, ErrorKind, Result};

/// What to do about a disk that is not this machine's.
const SERVER_FULL: &str =
    "It is the server's disk that is full. Free some room there, then resume the run: what was committed is kept.";

/// Every connector that this build has.
pub fn registry() -> &'static [&'static dyn Connector] {
    &[&postgres::Postgres, &mysql::MySql, &sqlite::Sqlite, &csv::Csv, &json::Json, &parquet::Parquet]
}

/// The connector with this id.
pub fn connector(id: &str) -> Result<&'static dyn Connector> {
    registry().iter().copied().find(|c| c.descriptor().id == id).ok_or_else(|| {
        let known: Vec<_> = registry().iter().map(|c| c.descriptor().id).collect();
        Error::new(ErrorKind::InvalidUrl, format!("no connector is named {id:?}; there are {}", known.join(", ")))
    })
}

/// A kind of database or file. Stateless: one value in the registry.
#[async_trait]
pub trait Connector: Send + Sync {
    fn descriptor(&self) -> &'static Descriptor;

    /// Opens it.
    ///
    /// With `Access::ReadOnly` the connection refuses every write, by the database's own means where it has one.
    ///
    /// # Errors
    /// `Unreachable`, `Authentication`, `SecretNeeded`, `NotFound`, `WrongFormat` or `Permission`; each names host or
    /// file, and none holds the secret.
    async fn connect(&self, endpoint: &Endpoint, access: Access) -> Result<Arc<dyn Connection>>;
}

/// Opens whatever the endpoint's URL names.
pub async fn connect(endpoint: &Endpoint, access: Access) -> Result<Arc<dyn Connection>> {
    connector(endpoint.url.connector())?.connect(endpoint, access).await.map_err(|e| e.connection(&endpoint.name))
}

/// Where to connect, and the secret for it.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// The connection's name in the project.
    pub name: String,
    pub url: ConnectionUrl,
    pub secret: Option<Secret>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    ReadOnly,
    ReadWrite,
}

/// A password. It has no way into a log: `Debug` hides it, and it has neither `Display` nor `Serialize`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(secret: impl Into<String>) -> Self {
        Secret(secret.into())
    }

    /// The password itself, for the driver.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What a connector is, as data: the window draws its form from it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Descriptor {
    /// Also the URL's scheme.
    pub id: &'static str,
    pub name: &'static str,
    /// Further schemes that mean the same.
    pub aliases: &'static [&'static str],
    pub form: Form,
    pub capabilities: Capabilities,
}

impl Descriptor {
    /// Does it know foreign keys? Files do not.
    pub fn keeps_references(&self) -> bool {
        !matches!(self.form, Form::FileOrFolder { .. })
    }
}

/// What the connection form asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "form", rename_all = "kebab-case")]
pub enum Form {
    /// Host, port, database, user, password; and a schema where a database holds several.
    Server { default_port: u16, asks_schema: bool },
    /// One file; the endings are for the file picker, without the dot.
    File { endings: &'static [&'static str] },
    /// One file or a folder of files. `encodings` are those that the URL's parameter `encoding` may name, each with what a
    /// person calls it; the first one is what a file is taken for that says nothing. Empty where the format knows one only.
    FileOrFolder { endings: &'static [&'static str], encodings: &'static [(&'static str, &'static str)] },
}

/// What the database can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Capabilities {
    pub writes: bool,
    pub schemas: bool,
    pub transactional_ddl: bool,
    /// Several transactions may write the same database at once.
    pub concurrent_writers: bool,
    /// Readers of one connection share one consistent view.
    pub snapshot: bool,
    /// Foreign keys and indexes can be added to a table that exists.
    pub constraints_after_load: bool,
}

/// An open database or folder. Safe to share: each part opens what it needs.
#[async_trait]
pub trait Connection: Send + Sync {
    fn descriptor(&self) -> &'static Descriptor;

    fn dialect(&self) -> &'static dyn Dialect;

    /// What it holds now. System schemas are left out; with a `schema` in the URL, only that schema.
    /// Tables are sorted by schema and name.
    async fn catalog(&self) -> Result<Catalog>;

    fn read(&self) -> &dyn Read;

    /// `None` for what cannot be written, or was opened read-only.
    fn write(&self) -> Option<&dyn Write>;
}
