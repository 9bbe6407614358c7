//! CSV.

mod connect;

use std::sync::Arc;

use async_trait::async_trait;

use super::{Access, Capabilities, Connection, Connector, Descriptor, Endpoint, Form};
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

    async fn connect(&self, endpoint: &Endpoint, access: Access) -> Result<Arc<dyn Connection>> {
        connect::connect(endpoint, access).await
    }
}
