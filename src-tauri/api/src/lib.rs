//! The one door to the engine for every shell with a window: typed operations, and a stream of a run's events.
//!
//! The desktop shell and the tests' bridge call `call` and `watch`; neither knows what an operation does. It must not
//! know Tauri or HTTP.

mod examinations;
pub mod live;
pub mod operations;
mod registry;
pub mod state;
pub mod wire;
pub mod wire_looks;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use registry::{call_text, schema};
use rowferry_engine::error::{Error, ErrorKind};
pub use state::App;
pub use wire::WireError;

impl From<Error> for WireError {
    fn from(e: Error) -> Self {
        WireError { kind: e.kind, message: e.to_string(), remedy: e.remedy().map(str::to_string), context: e.context }
    }
}

fn decode<T: DeserializeOwned>(operation: &str, request: serde_json::Value) -> Result<T, WireError> {
    serde_json::from_value(request)
        .map_err(|e| Error::internal(format!("the request of {operation} does not have its form")).detail(e).into())
}

/// `call_text`, with the reply as a value: for small ones, and for tests.
pub async fn call(app: &App, operation: &str, request: serde_json::Value) -> Result<serde_json::Value, WireError> {
    let text = call_text(app, operation, request).await?;
    serde_json::from_str(&text)
        .map_err(|e| Error::internal(format!("the reply of {operation} is not JSON")).detail(e).into())
}

fn encode<T: Serialize>(operation: &str, reply: &T) -> Result<String, WireError> {
    serde_json::to_string(reply)
        .map_err(|e| Error::internal(format!("the reply of {operation} cannot be written as JSON")).detail(e).into())
}

fn unknown(operation: &str) -> WireError {
    Error::new(ErrorKind::Unsupported, format!("there is no operation {operation:?}")).into()
}
