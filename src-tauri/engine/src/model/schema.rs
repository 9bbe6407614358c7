//! The published JSON Schema of the project document.

use super::Project;

/// JSON Schema (draft 2020-12) of `*.rowferry.json`, for editors and other tools.
pub fn json_schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(Project);
    schema.insert("title".into(), "Rowferry project".into());
    schema.to_value()
}
