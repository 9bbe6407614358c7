//! The engine's one error type.
//!
//! An error says what is wrong, where, and what to do. `kind` is what callers decide by (exit code, retry, the window's
//! button); texts are for people and are never parsed. Neither text may hold a secret or a cell's value.

mod policy;

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use policy::Advice;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, as far as a caller can act on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorKind {
    /// The project document breaks its schema or refers to what it does not hold.
    InvalidProject,
    /// A connection URL cannot be understood.
    InvalidUrl,
    /// A file, database, schema, table or column does not exist.
    NotFound,
    /// The file exists but is not what the URL says.
    WrongFormat,
    /// No server answered.
    Unreachable,
    /// The server refused the user or the password.
    Authentication,
    /// The user may not do this.
    Permission,
    /// A password is needed and none is known.
    SecretNeeded,
    /// The OS keychain cannot be used.
    Keychain,
    /// An expression does not parse, or names what the row does not hold.
    Expression,
    /// A value cannot become the target's type.
    Conversion,
    /// Malformed input data: a broken CSV line, a value of another type than declared.
    BadData,
    /// The target refused a row: unique, foreign key, not null, check.
    Constraint,
    /// Findings of the plan block the run.
    Blocked,
    /// Too many rows were rejected.
    RejectLimit,
    /// No room left on the disk of the target or of the workspace.
    DiskFull,
    /// Another process holds a lock.
    Busy,
    /// Somebody else changed it since it was read.
    Conflict,
    /// The connection broke, the server restarts, a deadlock: the same call may succeed later.
    Transient,
    /// A person stopped it.
    Cancelled,
    /// The connector cannot do this.
    Unsupported,
    /// Reading or writing a local file failed.
    Io,
    /// A defect of Rowferry.
    Internal,
}

/// Where it happened. Every field is a name or a place, never a value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Context {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Path inside the project document, such as `tables[2].columns[0].expression`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// One-based.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// One-based, in characters, in `line` or in the expression.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub character: Option<u64>,
    /// Zero-based offset in `file`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub byte: Option<u64>,
    /// The chunk's range, as the ledger names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<String>,
}

#[derive(Debug)]
pub struct Error {
    pub kind: ErrorKind,
    /// One sentence: what is wrong.
    pub what: String,
    /// What the database or the library said.
    pub detail: Option<String>,
    /// What to do about it, where that is not the same for every error of the kind.
    pub hint: Option<String>,
    pub context: Box<Context>,
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    pub fn new(kind: ErrorKind, what: impl Into<String>) -> Self {
        Error { kind, what: what.into(), detail: None, hint: None, context: Box::default(), source: None }
    }

    pub fn internal(what: impl Into<String>) -> Self {
        Error::new(ErrorKind::Internal, what)
    }

    pub fn cancelled() -> Self {
        Error::new(ErrorKind::Cancelled, "cancelled")
    }

    pub fn detail(mut self, detail: impl fmt::Display) -> Self {
        self.detail = Some(detail.to_string());
        self
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub fn source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    pub fn connection(mut self, name: impl Into<String>) -> Self {
        self.context.connection.get_or_insert(name.into());
        self
    }

    pub fn table(mut self, name: impl Into<String>) -> Self {
        self.context.table.get_or_insert(name.into());
        self
    }

    pub fn column(mut self, name: impl Into<String>) -> Self {
        self.context.column.get_or_insert(name.into());
        self
    }

    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.context.path.get_or_insert(path.into());
        self
    }

    pub fn file(mut self, file: impl fmt::Display) -> Self {
        self.context.file.get_or_insert(file.to_string());
        self
    }

    /// `line` and `character` are one-based.
    pub fn at(mut self, line: u64, character: u64) -> Self {
        self.context.line.get_or_insert(line);
        self.context.character.get_or_insert(character);
        self
    }

    pub fn range(mut self, range: impl fmt::Display) -> Self {
        self.context.range.get_or_insert(range.to_string());
        self
    }

    /// What a person can do: the error's own hint, or the one of its kind.
    pub fn remedy(&self) -> Option<&str> {
        self.hint.as_deref().or_else(|| self.kind.remedy())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        let c = &self.context;
        let mut place = Vec::new();
        for (name, value) in [
            ("connection", &c.connection),
            ("table", &c.table),
            ("column", &c.column),
            ("path", &c.path),
            ("file", &c.file),
            ("range", &c.range),
        ] {
            // A name that the sentence already holds is not said twice.
            if let Some(value) = value
                && !self.what.contains(value.as_str())
            {
                place.push(format!("{name} {value}"));
            }
        }
        for (name, value) in [("line", c.line), ("character", c.character), ("byte", c.byte)] {
            if let Some(value) = value {
                place.push(format!("{name} {value}"));
            }
        }
        if !place.is_empty() {
            write!(f, " ({})", place.join(", "))?;
        }
        if let Some(detail) = &self.detail {
            write!(f, ": {detail}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|e| e as _)
    }
}

impl From<std::io::Error> for Error {
    fn from(e: std::io::Error) -> Self {
        let kind = match e.kind() {
            std::io::ErrorKind::NotFound => ErrorKind::NotFound,
            std::io::ErrorKind::PermissionDenied => ErrorKind::Permission,
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => ErrorKind::DiskFull,
            _ => ErrorKind::Io,
        };
        Error::new(kind, "a local file could not be read or written").detail(&e).source(e)
    }
}

/// Adds what was being done to a foreign error.
pub trait ErrorContext<T> {
    fn or_error(self, kind: ErrorKind, what: impl Into<String>) -> Result<T>;
}

impl<T, E: std::error::Error + Send + Sync + 'static> ErrorContext<T> for std::result::Result<T, E> {
    fn or_error(self, kind: ErrorKind, what: impl Into<String>) -> Result<T> {
        self.map_err(|e| Error::new(kind, what).detail(&e).source(e))
    }
}
