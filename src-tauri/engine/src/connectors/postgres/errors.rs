//! What PostgreSQL's errors mean for a caller.
//!
//! Why: SQLSTATE says what can be done about an error; the texts are for people. It must not let a cell's value out:
//! DETAIL and CONTEXT hold rows, and messages of class 22 quote the offending input, so those are replaced by a
//! sentence of our own.

use sqlx::postgres::PgDatabaseError;

use crate::connectors::SERVER_FULL;
use crate::error::{Advice, Error, ErrorKind};

/// An error of the driver as one of ours; `what` says what was being done.
pub(super) fn from_sqlx(error: sqlx::Error, what: impl Into<String>) -> Error {
    let what = what.into();
    match error {
        sqlx::Error::Database(database) => match database.try_downcast_ref::<PgDatabaseError>() {
            Some(e) => from_server(e, what),
            None => Error::new(ErrorKind::Internal, what),
        },
        sqlx::Error::Io(e) => Error::new(ErrorKind::Transient, what).detail(&e).source(e),
        sqlx::Error::Tls(e) => Error::new(ErrorKind::Unreachable, what)
            .detail(&e)
            .hint("Check the server's certificate, or choose another sslmode in the URL."),
        sqlx::Error::Configuration(e) => Error::new(ErrorKind::InvalidUrl, what).detail(&e),
        sqlx::Error::Protocol(e) => Error::new(ErrorKind::Transient, what).detail(e),
        // Texts of these name columns and Rust types, never values.
        sqlx::Error::ColumnDecode { index, .. } => Error::internal(what).detail(format!("column {index} of an answer")),
        _ => Error::internal(what).detail("the driver gave an unexpected error"),
    }
}

fn from_server(e: &PgDatabaseError, what: String) -> Error {
    let kind = kind_of(e.code());
    let mut error = Error::new(kind, what);
    error.detail = Some(sentence(e));
    if kind == ErrorKind::DiskFull {
        error = error.hint(SERVER_FULL);
    }
    let place = (e.schema(), e.table());
    if let (Some(schema), Some(table)) = place {
        error = error.table(format!("{schema}.{table}"));
    }
    if let Some(column) = e.column() {
        error = error.column(column);
    }
    error
}

const RAISED: &str = "a trigger of the table refused a row";

/// The server's message where it holds names only, else our own words.
fn sentence(e: &PgDatabaseError) -> String {
    let code = e.code();
    let own = match code {
        "22001" => "a text is longer than its column",
        "22003" => "a number is outside its column's range",
        "22007" => "a date, time or interval has no valid form",
        "22008" => "a date, time or interval is out of range",
        "22021" => "a text holds bytes that the database's encoding does not know",
        "22026" => "a bit string has the wrong length",
        "22P02" => "a text has no valid form for its column's type",
        "22P03" => "a value has no valid binary form for its column's type",
        "22P04" => "the rows are not in the form that the table takes",
        "22P05" => "a text holds a character that the database cannot store",
        "2202E" => "an array has the wrong number of elements",
        "22032" | "22030" => "a JSON text is not valid",
        "P0001" => RAISED,
        // With a class of the server's own, and a text that may hold anything.
        _ if e.routine() == Some("exec_stmt_raise") => RAISED,
        _ if code.starts_with("22") => "a value was refused",
        _ => return format!("{} ({code})", e.message()),
    };
    format!("{own} ({code})")
}

/// What a caller can do about this SQLSTATE (PostgreSQL's manual, appendix A).
pub(super) fn kind_of(code: &str) -> ErrorKind {
    match code {
        "28P01" | "28000" => ErrorKind::Authentication,
        "42501" | "25006" => ErrorKind::Permission,
        "3D000" | "3F000" | "42P01" | "42703" | "42704" | "42883" => ErrorKind::NotFound,
        "53100" => ErrorKind::DiskFull,
        "57014" => ErrorKind::Cancelled,
        "55P03" | "55006" => ErrorKind::Busy,
        "40001" | "40P01" | "57P01" | "57P02" | "57P03" | "57P05" | "25P03" => ErrorKind::Transient,
        // Rows too large for a page or an index entry.
        "54000" => ErrorKind::Constraint,
        "P0001" | "44000" => ErrorKind::Constraint,
        "58030" => ErrorKind::Io,
        _ => match code.get(..2) {
            Some("08" | "53") => ErrorKind::Transient,
            Some("22") => ErrorKind::Conversion,
            Some("23") => ErrorKind::Constraint,
            Some("XX") => ErrorKind::Internal,
            _ => ErrorKind::Unsupported,
        },
    }
}

/// May the transaction go on after a rollback to its savepoint?
pub(super) fn rejects_rows(error: &Error) -> bool {
    error.kind.advice() == Advice::RejectRows
}

/// The column that a failed COPY names in its context, if it is one of these.
pub(super) fn copy_column(error: &sqlx::Error, columns: &[String]) -> Option<String> {
    let context = error.as_database_error()?.try_downcast_ref::<PgDatabaseError>()?.r#where()?;
    // COPY orders, line 3, column price: "…"
    let (_, rest) = context.split_once(", line ")?;
    let (_, rest) = rest.split_once(", column ")?;
    columns
        .iter()
        .filter(|c| rest.strip_prefix(c.as_str()).is_some_and(|r| r.is_empty() || r.starts_with([':', '\n'])))
        .max_by_key(|c| c.len())
        .cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_decide_what_can_be_done() {
        for (code, kind) in [
            ("23505", ErrorKind::Constraint),
            ("22P02", ErrorKind::Conversion),
            ("53100", ErrorKind::DiskFull),
            ("53300", ErrorKind::Transient),
            ("40P01", ErrorKind::Transient),
            ("08006", ErrorKind::Transient),
            ("42P01", ErrorKind::NotFound),
            ("42501", ErrorKind::Permission),
            ("57014", ErrorKind::Cancelled),
            ("XX000", ErrorKind::Internal),
            ("42601", ErrorKind::Unsupported),
        ] {
            assert_eq!(kind_of(code), kind, "{code}");
        }
    }
}
