//! PostgreSQL.

mod connect;

use std::sync::Arc;

use async_trait::async_trait;

use super::{Access, Capabilities, Connection, Connector, Descriptor, Endpoint, Form};
use crate::error::Result;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "postgres",
    name: "PostgreSQL",
    aliases: &["postgresql"],
    form: Form::Server { default_port: 5432 },
    capabilities: Capabilities {
        writes: true,
        schemas: true,
        transactional_ddl: true,
        concurrent_writers: true,
        snapshot: true,
        constraints_after_load: true,
        max_identifier_bytes: Some(63),
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
