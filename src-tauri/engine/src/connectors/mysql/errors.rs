//! What the server's errors mean for a caller.
//!
//! Why: the code says what can be done about an error; the texts are for people. It must not let a cell's value out:
//! messages about rows quote the value, so those are replaced by a sentence of our own. A name in such a text is only
//! looked for among the names that are known.

use mysql_async::{DriverError, Error as Driver, IoError};

use crate::catalog::Table;
use crate::connectors::SERVER_FULL;
use crate::error::{Advice, Error, ErrorKind};

/// An error of the driver as one of ours; `what` says what was being done.
pub(super) fn from_driver(error: Driver, what: impl Into<String>) -> Error {
    let what = what.into();
    match error {
        Driver::Server(e) => {
            let kind = kind_in(e.code, &e.message);
            let error = Error::new(kind, what).detail(sentence(e.code, &e.message, kind));
            if kind == ErrorKind::DiskFull { error.hint(SERVER_FULL) } else { error }
        }
        Driver::Io(IoError::Io(e)) => Error::new(ErrorKind::Transient, what).detail(&e).source(e),
        Driver::Io(e) => Error::new(ErrorKind::Unreachable, what)
            .detail(&e)
            .hint("Check the server's certificate, or choose another tls in the URL."),
        Driver::Url(e) => Error::new(ErrorKind::InvalidUrl, what).detail(&e),
        Driver::Driver(DriverError::ConnectionClosed | DriverError::PacketOutOfOrder) => {
            Error::new(ErrorKind::Transient, what).detail("the connection was closed")
        }
        Driver::Driver(DriverError::PacketTooLarge) => {
            Error::new(ErrorKind::Constraint, what).detail("a row is larger than the server's max_allowed_packet")
        }
        Driver::Driver(DriverError::UnknownAuthPlugin { .. } | DriverError::MysqlOldPasswordDisabled) => {
            Error::new(ErrorKind::Authentication, what).detail("the server asks for a login that is not supported")
        }
        Driver::Driver(DriverError::LocalInfile(_)) => {
            Error::new(ErrorKind::Transient, what).detail("the rows could not be sent")
        }
        // Their texts may hold packets and values.
        _ => Error::internal(what).detail("the driver gave an unexpected error"),
    }
}

/// The same, for an error about rows of this table: names the column where the server did.
pub(super) fn about_rows(error: Driver, what: &str, table: &Table, columns: &[String]) -> Error {
    let column = match &error {
        Driver::Server(e) if e.code == 1062 || e.code == 1586 => key_columns(&e.message, table),
        Driver::Server(e) => column_in(&e.message, columns).map(|c| vec![c]).unwrap_or_default(),
        _ => Vec::new(),
    };
    let mut error = from_driver(error, what).table(table.name.to_string());
    if !column.is_empty() {
        error = error.column(column.join(", "));
    }
    error
}

/// The server's message where it holds names only, else our own words.
pub(super) fn sentence(code: u16, message: &str, kind: ErrorKind) -> String {
    let own = match code {
        1062 | 1586 | 1022 => "a row with the same unique key is there already",
        1048 | 1263 | 1364 => "a column that must have a value has none",
        1264 | 1690 => "a number is outside its column's range",
        1366 | 1292 | 1411 => "a value has no valid form for its column's type",
        1406 => "a value is longer than its column",
        1265 => "a value does not fit its column exactly",
        1452 | 1216 => "the row that a foreign key points at does not exist",
        3819 | 4025 => "a check of the table refused a row",
        1644 => "a trigger of the table refused a row",
        _ if matches!(kind, ErrorKind::Conversion | ErrorKind::Constraint) => "a value was refused",
        _ => return format!("{message} ({code})"),
    };
    format!("{own} ({code})")
}

/// What a caller can do about this error: as `kind_of`, but errors of a storage engine or of a file hold the system's
/// own number in their text alone, and a full disk is one of them.
pub(super) fn kind_in(code: u16, message: &str) -> ErrorKind {
    match code {
        3 | 1002 | 1015 | 1023 | 1026 | 1030 | 1878 | 1296 if system_error(message).is_some_and(is_full) => {
            ErrorKind::DiskFull
        }
        _ => kind_of(code),
    }
}

/// The number in `Got error 28 …`, `(errno: 28 …)` or `(Errcode: 28 …)`.
fn system_error(message: &str) -> Option<u32> {
    let behind = |word: &str| message.split_once(word).map(|(_, rest)| rest.trim_start());
    let rest = behind("Got error ").or_else(|| behind("errno: ")).or_else(|| behind("Errcode: "))?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest[..end].parse().ok()
}

/// ENOSPC, EFBIG and EDQUOT; 135 and 136 are the engines' own words for a file or an index that may not grow
/// (HA_ERR_RECORD_FILE_FULL, HA_ERR_INDEX_FILE_FULL).
fn is_full(number: u32) -> bool {
    matches!(number, 28 | 27 | 122 | 135 | 136)
}

/// What a caller can do about this code (MySQL's and MariaDB's lists of server errors).
pub(super) fn kind_of(code: u16) -> ErrorKind {
    match code {
        1045 | 1251 | 1698 | 1862 | 3118 | 4151 => ErrorKind::Authentication,
        1044 | 1142 | 1143 | 1227 | 1290 | 1370 | 1792 | 3566 => ErrorKind::Permission,
        1049 | 1051 | 1054 | 1091 | 1109 | 1146 | 1176 | 1305 => ErrorKind::NotFound,
        1048 | 1022 | 1062 | 1169 | 1216 | 1217 | 1451 | 1452 | 1557 | 1586 | 1644 | 1761 | 1762 | 1859 | 3819
        | 4025 => ErrorKind::Constraint,
        // A row too large for a page, or for one packet.
        1118 | 1153 | 1301 | 1070 => ErrorKind::Constraint,
        1263 | 1264 | 1265 | 1292 | 1364 | 1366 | 1367 | 1406 | 1411 | 1416 | 1690 | 3140 | 3141 | 3988 | 4038 => {
            ErrorKind::Conversion
        }
        1021 | 1114 | 1041 | 3675 => ErrorKind::DiskFull,
        1317 | 1907 | 1969 | 3024 => ErrorKind::Cancelled,
        1100 | 1223 | 1192 => ErrorKind::Busy,
        1040
        | 1053
        | 1077
        | 1158..=1161
        | 1184
        | 1203
        | 1205
        | 1213
        | 1226
        | 1614
        | 1927
        | 2002
        | 2003
        | 2006
        | 2013
        | 3101
        | 4031 => ErrorKind::Transient,
        1026 | 1030 | 1015 | 1023 => ErrorKind::Io,
        _ => ErrorKind::Unsupported,
    }
}

/// May the transaction go on after a rollback to its savepoint?
pub(super) fn rejects_rows(error: &Error) -> bool {
    error.kind.advice() == Advice::RejectRows
}

/// The last of the quoted names in a message that is one of these columns.
pub(super) fn column_in(message: &str, columns: &[String]) -> Option<String> {
    let (_, rest) = message.rsplit_once("olumn ")?;
    columns
        .iter()
        .filter(|c| rest.contains(&format!("'{c}'")) || rest.contains(&format!("`{c}`")))
        .max_by_key(|c| c.len())
        .cloned()
}

/// The columns of the key that a duplicate met: `… for key 'name'`, or `'table.name'` in MySQL 8.
fn key_columns(message: &str, table: &Table) -> Vec<String> {
    let Some((_, name)) = message.rsplit_once(" for key '") else { return Vec::new() };
    let name = name.trim_end_matches('\'');
    let is = |key: &str| name == key || name.strip_suffix(key).is_some_and(|t| t.ends_with('.'));
    if is("PRIMARY") {
        return table.primary_key.as_ref().map(|k| k.columns.clone()).unwrap_or_default();
    }
    table.unique_keys.iter().find(|k| !k.name.is_empty() && is(&k.name)).map(|k| k.columns.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_decide_what_can_be_done() {
        for (code, kind) in [
            (1045, ErrorKind::Authentication),
            (1049, ErrorKind::NotFound),
            (1062, ErrorKind::Constraint),
            (1048, ErrorKind::Constraint),
            (1264, ErrorKind::Conversion),
            (1366, ErrorKind::Conversion),
            (1406, ErrorKind::Conversion),
            (1452, ErrorKind::Constraint),
            (4025, ErrorKind::Constraint),
            (1205, ErrorKind::Transient),
            (1213, ErrorKind::Transient),
            (1114, ErrorKind::DiskFull),
            (1021, ErrorKind::DiskFull),
            (1064, ErrorKind::Unsupported),
        ] {
            assert_eq!(kind_of(code), kind, "{code}");
        }
    }

    #[test]
    fn a_full_disk_is_known_by_the_systems_number() {
        for (code, message, kind) in [
            (1030, "Got error 28 \"No space left on device\" from storage engine InnoDB", ErrorKind::DiskFull),
            (1030, "Got error 28 - 'No space left on device' from storage engine", ErrorKind::DiskFull),
            (1030, "Got error 5 \"Input/output error\" from storage engine InnoDB", ErrorKind::Io),
            (1026, "Error writing file './x' (errno: 28 \"No space left on device\")", ErrorKind::DiskFull),
            (3, "Error writing file '/tmp/x' (Errcode: 28 \"No space left on device\")", ErrorKind::DiskFull),
            (1114, "The table 'item' is full", ErrorKind::DiskFull),
            (1062, "Duplicate entry 'Got error 28' for key 'x'", ErrorKind::Constraint),
        ] {
            assert_eq!(kind_in(code, message), kind, "{message}");
        }
    }

    #[test]
    fn a_column_is_found_and_no_value() {
        let columns = ["a".to_string(), "total".to_string()];
        assert_eq!(column_in("Out of range value for column 'total' at row 1", &columns).as_deref(), Some("total"));
        assert_eq!(column_in("Column 'a' cannot be null", &columns).as_deref(), Some("a"));
        let odd = "Incorrect integer value: 'column x' for column `d`.`t`.`a` at row 1";
        assert_eq!(column_in(odd, &columns).as_deref(), Some("a"));
        assert!(!sentence(1366, odd, kind_of(1366)).contains('x'));
    }
}
