//! Where the rows of COPY's binary format begin and end, without a look at their values.
//!
//! The format is in PostgreSQL's documentation of COPY, "Binary Format".

use crate::error::{Error, ErrorKind, Result};

/// Signature, flags, and the length of an extension that no server sends.
pub(super) const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// What stands behind the last row, where otherwise the number of a row's fields is.
pub(super) const TRAILER: [u8; 2] = (-1i16).to_be_bytes();

const SIGNATURE: usize = 11;

/// What stands next in the stream, and its length in bytes.
pub(super) enum Next {
    /// Not all of it is there yet.
    Part,
    Row(usize),
    End(usize),
}

/// The length of the stream's header; `None` when not all of it is there yet.
pub(super) fn header(bytes: &[u8]) -> Result<Option<usize>> {
    if bytes.len() < HEADER.len() {
        return Ok(None);
    }
    if !bytes.starts_with(&HEADER[..SIGNATURE]) {
        return Err(broken());
    }
    Ok(Some(HEADER.len()))
}

/// The next row, which has so many columns.
pub(super) fn row(bytes: &[u8], columns: usize) -> Result<Next> {
    let Some(count) = bytes.first_chunk::<2>() else { return Ok(Next::Part) };
    if *count == TRAILER {
        return Ok(Next::End(2));
    }
    if usize::try_from(i16::from_be_bytes(*count)) != Ok(columns) {
        return Err(broken());
    }
    let mut at = 2;
    for _ in 0..columns {
        let Some(length) = bytes.get(at..).and_then(<[u8]>::first_chunk::<4>) else { return Ok(Next::Part) };
        at += 4;
        match i32::from_be_bytes(*length) {
            -1 => {}
            length => at += usize::try_from(length).map_err(|_| broken())?,
        }
    }
    Ok(if at <= bytes.len() { Next::Row(at) } else { Next::Part })
}

/// The fields of a whole row.
pub(super) fn fields(row: &[u8]) -> impl Iterator<Item = Option<&[u8]>> {
    let mut rest = row.get(2..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (length, behind) = rest.split_first_chunk::<4>()?;
        let (field, behind) = match usize::try_from(i32::from_be_bytes(*length)) {
            Ok(length) => behind.split_at_checked(length).map(|(field, behind)| (Some(field), behind))?,
            Err(_) => (None, behind),
        };
        rest = behind;
        Some(field)
    })
}

fn broken() -> Error {
    Error::new(ErrorKind::BadData, "the server's rows are not in COPY's binary format")
}
