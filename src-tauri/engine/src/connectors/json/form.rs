//! The form of one file, found out from its first bytes, and where its documents begin.
//!
//! The same bytes and the same ending always give the same form.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::parse::text_of;
use super::stream::{Layout, Stream};
use crate::error::{Error, ErrorKind, Result};

const BOM: &[u8] = b"\xef\xbb\xbf";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Form {
    pub layout: Layout,
    /// Where the first document may be: byte and line.
    pub start: (u64, u64),
}

/// Does the file's name say that each line is a document?
pub(super) fn is_lines(path: &Path) -> bool {
    path.extension().is_some_and(|e| e.eq_ignore_ascii_case("jsonl") || e.eq_ignore_ascii_case("ndjson"))
}

impl Form {
    /// # Errors
    /// `WrongFormat` for a file in another encoding than UTF-8.
    pub(super) fn of(path: &Path) -> Result<Form> {
        let file = File::open(path).map_err(|e| Error::from(e).file(path.display()))?;
        Form::found(file, path).map_err(|e| e.file(path.display()))
    }

    fn found(source: impl Read, path: &Path) -> Result<Form> {
        let mut stream = Stream::new(source, 0, 1);
        let first = stream.start(4)?;
        // A document begins with an ASCII character, so a zero byte is half of a wider one.
        if first.starts_with(b"\xff\xfe") || first.starts_with(b"\xfe\xff") || first.contains(&0) {
            return Err(Error::new(
                ErrorKind::WrongFormat,
                format!("{} is UTF-16 or UTF-32 (byte 0), and JSON files are read as UTF-8", path.display()),
            )
            .hint("Save the file as UTF-8."));
        }
        if first.starts_with(BOM) {
            stream.consume(BOM.len());
        }
        let first = stream.white()?;
        let start = (stream.byte, stream.line);
        let lines = Form { layout: Layout::Lines, start };
        if is_lines(path) {
            return Ok(lines);
        }
        match first {
            Some(b'[') => {
                stream.consume(1);
                Ok(Form { layout: Layout::Array, start: (stream.byte, stream.line) })
            }
            Some(b'{') => {
                let broken = stream.value();
                let whole = match &broken {
                    Ok(Some(len)) => Some(*len),
                    _ => None,
                };
                let one_line = match whole {
                    Some(len) => {
                        let one_line = !stream.held(len).contains(&b'\n');
                        stream.consume(len);
                        one_line && next_is_line_end(&mut stream)?
                    }
                    None => false,
                };
                Ok(if one_line { lines } else { Form { layout: Layout::Values, start } })
            }
            _ => Ok(lines),
        }
    }
}

fn next_is_line_end<R: Read>(stream: &mut Stream<R>) -> Result<bool> {
    loop {
        match stream.peek()? {
            Some(b' ' | b'\t' | b'\r') => stream.consume(1),
            next => return Ok(matches!(next, None | Some(b'\n'))),
        }
    }
}

/// Within one top-level object: where the elements of the array with this key begin, byte and line. `None` when there
/// is no such array.
pub(super) fn section<R: Read>(stream: &mut Stream<R>, wanted: &str) -> Result<Option<(u64, u64)>> {
    if stream.white()? != Some(b'{') {
        return Ok(None);
    }
    stream.consume(1);
    loop {
        if stream.white()? != Some(b'"') {
            return Ok(None);
        }
        let len = stream.value()?.unwrap_or(0);
        let key = String::from_utf8_lossy(stream.held(len)).into_owned();
        let found = text_of(&key).is_ok_and(|k| k == wanted);
        stream.consume(len);
        if stream.white()? != Some(b':') {
            return Err(stream.broken("a colon is expected"));
        }
        stream.consume(1);
        if stream.white()? == Some(b'[') && found {
            stream.consume(1);
            return Ok(Some((stream.byte, stream.line)));
        }
        stream.pass()?;
        match stream.white()? {
            Some(b',') => stream.consume(1),
            _ => return Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, name: &str) -> (Layout, u64) {
        let form = Form::found(text.as_bytes(), Path::new(name)).unwrap();
        (form.layout, form.start.0)
    }

    #[test]
    fn the_first_document_tells_the_form() {
        assert_eq!(of("{\"a\":1}\n{\"a\":2}\n", "x.json"), (Layout::Lines, 0));
        assert_eq!(of("{\"a\":1} \r\n", "x.json"), (Layout::Lines, 0));
        assert_eq!(of("{\n\"a\":1}\n{\"a\":2}", "x.json"), (Layout::Values, 0));
        assert_eq!(of("{\"a\":1}{\"a\":2}", "x.json"), (Layout::Values, 0));
        assert_eq!(of(" \n[{\"a\":1}]", "x.json"), (Layout::Array, 3));
        assert_eq!(of("\u{feff}[]", "x.json"), (Layout::Array, 4));
        assert_eq!(of("[1]\n[2]\n", "x.ndjson"), (Layout::Lines, 0));
        assert_eq!(of("42", "x.json"), (Layout::Lines, 0));
        assert_eq!(of("", "x.json"), (Layout::Lines, 0));
        let utf16 = [0xff, 0xfe, b'{', 0];
        assert_eq!(Form::found(&utf16[..], Path::new("x")).unwrap_err().kind, ErrorKind::WrongFormat);
    }

    #[test]
    fn the_array_of_a_key_is_found() {
        let text = "{\"a\": [1], \"b\": {\"c\": [2]},\n \"c\": [{\"x\": 1}]}";
        let found = |key: &str| section(&mut Stream::new(text.as_bytes(), 0, 1), key).unwrap();
        assert_eq!(found("a"), Some((7, 1)));
        assert_eq!(found("c"), Some((35, 2)));
        assert_eq!((found("b"), found("nowhere")), (None, None));
    }
}
