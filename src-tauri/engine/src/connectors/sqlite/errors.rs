//! SQLite's result codes as the engine's errors.
//!
//! SQLite's messages name tables, columns and constraints but no values, with one exception: the text of a trigger's
//! `raise` is free, so it is not repeated.

use rusqlite::ErrorCode;
use rusqlite::ffi::{SQLITE_CONSTRAINT_TRIGGER, SQLITE_CONSTRAINT_VTAB};

use crate::error::{Error, ErrorKind};

/// `what` says what was being done.
pub(super) fn error(what: impl Into<String>, error: rusqlite::Error) -> Error {
    let what = what.into();
    let (code, extended, message) = match &error {
        rusqlite::Error::SqliteFailure(e, message) => (e.code, e.extended_code, message.clone()),
        rusqlite::Error::SqlInputError { error: e, msg, .. } => (e.code, e.extended_code, Some(msg.clone())),
        _ => return Error::internal(what).detail(&error),
    };
    let said = message.unwrap_or_else(|| rusqlite::ffi::code_to_str(extended).to_string());
    let kind = match code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed => ErrorKind::Busy,
        ErrorCode::PermissionDenied
        | ErrorCode::ReadOnly
        | ErrorCode::CannotOpen
        | ErrorCode::AuthorizationForStatementDenied => ErrorKind::Permission,
        ErrorCode::DiskFull => ErrorKind::DiskFull,
        ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt => ErrorKind::WrongFormat,
        ErrorCode::ConstraintViolation => return constraint(extended, said),
        ErrorCode::TypeMismatch | ErrorCode::TooBig => ErrorKind::Conversion,
        ErrorCode::OperationInterrupted => return Error::cancelled(),
        ErrorCode::SchemaChanged => ErrorKind::Transient,
        ErrorCode::SystemIoFailure => ErrorKind::Io,
        ErrorCode::Unknown => ErrorKind::Unsupported,
        _ => ErrorKind::Internal,
    };
    let error = Error::new(kind, what).detail(said);
    match code {
        ErrorCode::DatabaseCorrupt => error.hint("The file is damaged: restore a copy, or run SQLite's `.recover`."),
        ErrorCode::CannotOpen => error
            .hint("Check the rights on the file and its folder: a database in WAL mode needs its -shm file beside it."),
        _ => error,
    }
}

/// A refused row. The message ends in `table.column` for a single column.
fn constraint(extended: i32, said: String) -> Error {
    if matches!(extended, SQLITE_CONSTRAINT_TRIGGER | SQLITE_CONSTRAINT_VTAB) {
        return Error::new(ErrorKind::Constraint, "a trigger of the target refused a row");
    }
    let column = said
        .rsplit_once(": ")
        .map(|(_, place)| place)
        .filter(|place| !place.contains(", "))
        .and_then(|place| place.split_once('.'))
        .map(|(_, column)| column.to_string());
    let error = Error::new(ErrorKind::Constraint, format!("the target refused a row: {said}"));
    match column {
        Some(column) => error.column(column),
        None => error,
    }
}
