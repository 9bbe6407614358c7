//! SQLite.

mod connect;

use std::sync::Arc;

use async_trait::async_trait;

use super::{Access, Capabilities, Connection, Connector, Descriptor, Endpoint, Form};
use crate::error::Result;

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
        max_identifier_bytes: None,
    },
};

pub struct Sqlite;

#[async_trait]
impl Connector for Sqlite {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    async fn connect(&self, endpoint: &Endpoint, access: Access) -> Result<Arc<dyn Connection>> {
        connect::connect(endpoint, access).await
    }
}
