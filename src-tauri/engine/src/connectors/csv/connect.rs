//! Opening CSV.

use std::sync::Arc;

use super::{Access, Connection, Endpoint};
use crate::error::{Error, ErrorKind, Result};

pub(super) async fn connect(_endpoint: &Endpoint, _access: Access) -> Result<Arc<dyn Connection>> {
    Err(Error::new(ErrorKind::Unsupported, "not yet"))
}
