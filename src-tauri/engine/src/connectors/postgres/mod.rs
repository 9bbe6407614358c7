//! PostgreSQL, through its COPY protocol.
//!
//! Rows travel in COPY's binary format in both directions, so that a value is never printed and parsed again where
//! Arrow has its type; everything else travels as the server's own text. It must not know plans or runs.

mod catalog;
mod checkpoints;
mod connect;
mod copy_decode;
mod copy_encode;
mod copy_wire;
pub(super) mod dialect;
mod encode_lane;
mod encode_value;
mod equality;
mod errors;
mod names;
mod nodelay;
mod numeric;
mod ranges;
mod read;
mod sequences;
mod stream;
mod text;
mod types;
mod wire;
mod write;

use std::sync::Arc;

use async_trait::async_trait;

use super::{
    Access, Capabilities, Carried, Checkpoint, ChunkWriter, Connection, Connector, Descriptor, Dialect, Endpoint, Form,
    Location, Range, Read, RowFault, RowStream, Rows, Scan, SequenceSet, ShowWireRow, WireFormat, WireRows, WireStream,
    Write,
    write::{CHECKPOINT_TABLE, is_own},
};
use crate::catalog::Catalog;
use crate::error::Result;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "postgres",
    name: "PostgreSQL",
    aliases: &["postgresql"],
    form: Form::Server { default_port: 5432, asks_schema: true },
    capabilities: Capabilities {
        writes: true,
        schemas: true,
        transactional_ddl: true,
        concurrent_writers: true,
        snapshot: true,
        constraints_after_load: true,
    },
};

pub struct Postgres;

#[async_trait]
impl Connector for Postgres {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    async fn connect(&self, endpoint: &Endpoint, access: Access) -> Result<Arc<dyn Connection>> {
        connect::connect(endpoint, access).await
    }
}

/// An open database.
struct PostgresConnection {
    server: Arc<connect::Server>,
    /// The URL's `schema`.
    schema: Option<String>,
    reader: read::Reader,
    writer: Option<write::Writer>,
}

impl PostgresConnection {
    fn new(server: Arc<connect::Server>, schema: Option<String>, access: Access) -> Self {
        PostgresConnection {
            reader: read::Reader::new(server.clone()),
            writer: (access == Access::ReadWrite).then(|| write::Writer::new(server.clone(), schema.clone())),
            server,
            schema,
        }
    }
}

#[async_trait]
impl Connection for PostgresConnection {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn dialect(&self) -> &'static dyn Dialect {
        &dialect::PostgresDialect
    }

    async fn catalog(&self) -> Result<Catalog> {
        catalog::catalog(&self.server, self.schema.as_deref()).await
    }

    fn read(&self) -> &dyn Read {
        &self.reader
    }

    fn write(&self) -> Option<&dyn Write> {
        self.writer.as_ref().map(|w| w as &dyn Write)
    }
}

/// For micro-benchmarks; see `connectors::measured`.
pub(super) fn measured_encode(batch: &datafusion::arrow::array::RecordBatch) -> Result<Vec<u8>> {
    copy_encode::encode_as_it_is(batch)
}

/// For micro-benchmarks; see `connectors::measured`.
pub(super) fn measured_decode(stream: &[u8], schema: datafusion::arrow::datatypes::SchemaRef) -> Result<usize> {
    let mut decoder = copy_decode::Decoder::new(schema, 1 << 20, super::stand_in::StandIns::default())?;
    let mut full = Vec::new();
    decoder.feed(stream, &mut full)?;
    full.extend(decoder.finish()?);
    Ok(full.iter().map(|rows| rows.batch.num_rows()).sum())
}
