//! How a person wants a column read whose values are not plainly of its declared type.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a person decided about the values of one source column that are not plainly of its declared type.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// The type as which it is read, where that is not its declared one.
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    pub read_as: Option<ReadAs>,
    /// What stands in for a value that has no meaning in that type: a zero date, bytes that do not decode, a text in a
    /// column of numbers.
    #[serde(default, skip_serializing_if = "Substitute::is_reject")]
    pub unreadable: Substitute,
}

impl Reading {
    /// Takes what another says; what that one leaves open stays.
    pub fn take(&mut self, other: &Reading) {
        if other.read_as.is_some() {
            self.read_as = other.read_as;
        }
        if !other.unreadable.is_reject() {
            self.unreadable = other.unreadable.clone();
        }
    }
}

/// Another type than the declared one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReadAs {
    /// The database's own text of the value, such as `0000-00-00`.
    Text,
    /// 0 and 1.
    Boolean,
    /// Sixteen bytes in the order of RFC 9562.
    Uuid,
    /// Sixteen bytes as MySQL's `uuid_to_bin(…, 1)` orders them: the time's high part first.
    UuidSwapped,
    /// Text whose UTF-8 was taken for Windows-1252 and encoded once more.
    Utf8Twice,
}

/// What stands in for a value that cannot be carried as it is. Every use is counted in the run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Substitute {
    /// Nothing does: the row goes to the rejects.
    #[default]
    Reject,
    Null,
    /// In the column's text form.
    Value(String),
}

impl Substitute {
    pub fn is_reject(&self) -> bool {
        *self == Substitute::Reject
    }
}
