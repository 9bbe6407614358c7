//! MySQL and MariaDB, through their own protocol.
//!
//! Rows are read by prepared statements, whose binary form spares printing and parsing numbers, and written by
//! `load data local infile` where the server allows it. It must not know plans or runs.

mod catalog;
mod checkpoints;
mod connect;
mod decode;
pub(super) mod dialect;
mod encode;
mod equality;
mod errors;
mod names;
mod numbers;
mod ranges;
mod read;
mod snapshot;
mod statements;
mod stream;
mod types;
mod write;

use std::sync::Arc;

use async_trait::async_trait;

use super::{
    Access, Capabilities, Checkpoint, ChunkWriter, Connection, Connector, Descriptor, Dialect, Endpoint, Form,
    Location, Range, Read, RowFault, RowStream, Rows, Scan, SequenceProof, SequenceSet, Write,
    write::{CHECKPOINT_TABLE, is_own},
};
use crate::catalog::Catalog;
use crate::error::Result;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "mysql",
    name: "MySQL and MariaDB",
    aliases: &["mariadb"],
    form: Form::Server { default_port: 3306, asks_schema: false },
    capabilities: Capabilities {
        writes: true,
        schemas: true,
        transactional_ddl: false,
        concurrent_writers: true,
        snapshot: true,
        constraints_after_load: true,
    },
};

pub struct MySql;

#[async_trait]
impl Connector for MySql {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    async fn connect(&self, endpoint: &Endpoint, access: Access) -> Result<Arc<dyn Connection>> {
        connect::connect(endpoint, access).await
    }
}

/// An open server, or one database of it.
struct MySqlConnection {
    server: Arc<connect::Server>,
    reader: read::Reader,
    writer: Option<write::Writer>,
}

impl MySqlConnection {
    fn new(server: Arc<connect::Server>, access: Access) -> Self {
        MySqlConnection {
            reader: read::Reader::new(server.clone()),
            writer: (access == Access::ReadWrite).then(|| write::Writer::new(server.clone())),
            server,
        }
    }
}

#[async_trait]
impl Connection for MySqlConnection {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn dialect(&self) -> &'static dyn Dialect {
        self.server.dialect
    }

    async fn catalog(&self) -> Result<Catalog> {
        catalog::catalog(&self.server).await
    }

    fn read(&self) -> &dyn Read {
        &self.reader
    }

    fn write(&self) -> Option<&dyn Write> {
        self.writer.as_ref().map(|w| w as &dyn Write)
    }
}

/// For micro-benchmarks; see `connectors::measured`.
pub(super) fn measured_lines(batch: &datafusion::arrow::array::RecordBatch) -> Result<usize> {
    let schema = batch.schema();
    let target = |f: &Arc<datafusion::arrow::datatypes::Field>| encode::Target {
        name: f.name().clone(),
        kind: encode::Kind::Plain,
        fraction: 6,
    };
    let targets: Vec<_> = schema.fields().iter().map(target).collect();
    Ok(write::lines_of(batch, &targets)?.iter().map(Vec::len).sum())
}
