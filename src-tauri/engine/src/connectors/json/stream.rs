//! A file's documents one after another, each with the place of its bytes.
//!
//! Only structure is looked at here: where a document begins and ends. Invariants: memory is bounded by the longest
//! document and by `MAX_DOCUMENT`; reading can begin at any document's first byte.

use std::io::{BufRead, Read};

use crate::error::{Error, ErrorKind, Result};

/// A document that is longer is not held in memory: it is a fault.
pub(super) const MAX_DOCUMENT: usize = 256 << 20;

const FIRST_READ: usize = 256 << 10;

/// How documents stand in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// One on each line; a blank line is none.
    Lines,
    /// The elements of one array.
    Array,
    /// One behind the other.
    Values,
}

/// Where a document was found; its bytes come with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extent {
    /// Of its first byte in the file.
    pub byte: u64,
    /// One-based, of its first byte.
    pub line: u64,
    /// Longer than `MAX_DOCUMENT`; then its bytes are not there.
    pub too_long: bool,
}

pub(super) struct Stream<R> {
    source: R,
    buffer: Vec<u8>,
    at: usize,
    filled: usize,
    ended: bool,
    /// Of `buffer[at]`, in the file.
    pub byte: u64,
    pub line: u64,
    max: usize,
}

impl<R: Read> Stream<R> {
    /// `source` stands at `byte` and on `line` of its file.
    pub(super) fn new(source: R, byte: u64, line: u64) -> Stream<R> {
        Stream { source, buffer: Vec::new(), at: 0, filled: 0, ended: false, byte, line, max: MAX_DOCUMENT }
    }

    /// Reads on, keeping what is not yet consumed. False at the end.
    fn fill(&mut self) -> Result<bool> {
        if self.ended {
            return Ok(false);
        }
        self.buffer.copy_within(self.at..self.filled, 0);
        self.filled -= self.at;
        self.at = 0;
        if self.filled == self.buffer.len() {
            let len = (self.buffer.len() * 2).max(FIRST_READ);
            self.buffer.resize(len, 0);
        }
        loop {
            match self.source.read(&mut self.buffer[self.filled..]) {
                Ok(0) => self.ended = true,
                Ok(n) => self.filled += n,
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(Error::from(e)),
            }
            return Ok(!self.ended);
        }
    }

    pub(super) fn peek(&mut self) -> Result<Option<u8>> {
        while self.at == self.filled {
            if !self.fill()? {
                return Ok(None);
            }
        }
        Ok(Some(self.buffer[self.at]))
    }

    pub(super) fn consume(&mut self, len: usize) {
        let gone = &self.buffer[self.at..self.at + len];
        self.line += gone.iter().filter(|b| **b == b'\n').count() as u64;
        self.byte += len as u64;
        self.at += len;
    }

    /// Goes over white space; the byte behind it.
    pub(super) fn white(&mut self) -> Result<Option<u8>> {
        loop {
            match self.peek()? {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.consume(1),
                other => return Ok(other),
            }
        }
    }

    /// The first bytes, at most so many.
    pub(super) fn start(&mut self, wanted: usize) -> Result<&[u8]> {
        while self.filled - self.at < wanted && self.fill()? {}
        Ok(&self.buffer[self.at..self.filled.min(self.at + wanted)])
    }

    /// The bytes of the next `len`, which were found.
    pub(super) fn held(&self, len: usize) -> &[u8] {
        &self.buffer[self.at..self.at + len]
    }

    /// Something in the structure is wrong at the next byte: nothing behind it can be told apart.
    pub(super) fn broken(&self, why: &str) -> Error {
        let mut error = Error::new(ErrorKind::BadData, format!("line {}, byte {}: {why}", self.line, self.byte))
            .hint("The file is damaged or is no JSON; correct it, or take it out of the folder.");
        error.context.line = Some(self.line);
        error.context.byte = Some(self.byte);
        error
    }

    /// The length of the value that begins at the next byte, and whether it is there as a whole. With `None`, the
    /// value was longer than may be and is gone over.
    pub(super) fn value(&mut self) -> Result<Option<usize>> {
        let (mut len, mut depth, mut in_string, mut escaped, mut gone) = (0, 0usize, false, false, false);
        loop {
            if self.filled - self.at - len > 0 {
                let rest = &self.buffer[self.at + len..self.filled];
                let mut found = None;
                let mut i = 0;
                while i < rest.len() {
                    if in_string {
                        if escaped {
                            escaped = false;
                            i += 1;
                            continue;
                        }
                        let Some(plain) = rest[i..].iter().position(|b| *b == b'"' || *b == b'\\') else {
                            break;
                        };
                        i += plain + 1;
                        if rest[i - 1] == b'\\' {
                            escaped = true;
                            continue;
                        }
                        in_string = false;
                        if depth == 0 {
                            found = Some(i);
                            break;
                        }
                        continue;
                    }
                    match rest[i] {
                        b'"' => in_string = true,
                        b'{' | b'[' => depth += 1,
                        b'}' | b']' if depth == 0 => {
                            found = Some(i);
                            break;
                        }
                        b'}' | b']' => {
                            depth -= 1;
                            if depth == 0 {
                                found = Some(i + 1);
                                break;
                            }
                        }
                        b',' | b' ' | b'\n' | b'\r' | b'\t' if depth == 0 => {
                            found = Some(i);
                            break;
                        }
                        _ => {}
                    }
                    i += 1;
                }
                len += found.unwrap_or(rest.len());
                if found.is_some() {
                    break;
                }
            }
            if len > self.max {
                self.consume(len);
                (len, gone) = (0, true);
            }
            if !self.fill()? {
                if depth > 0 || in_string {
                    self.consume(len);
                    return Err(self.broken("the file ends in the middle of a document"));
                }
                break;
            }
        }
        if gone || len > self.max {
            self.consume(len);
            return Ok(None);
        }
        Ok(Some(len))
    }

    /// Goes over a value of any length.
    pub(super) fn pass(&mut self) -> Result<()> {
        let max = std::mem::replace(&mut self.max, 0);
        let found = self.value();
        self.max = max;
        if let Some(len) = found? {
            self.consume(len);
        }
        Ok(())
    }

    /// The length of the line that begins at the next byte, with its end; as `value`.
    pub(super) fn rest_of_line(&mut self) -> Result<Option<usize>> {
        let (mut len, mut gone) = (0, false);
        loop {
            let mut rest = &self.buffer[self.at + len..self.filled];
            // The standard library's own search for one byte.
            let searched = rest.skip_until(b'\n').unwrap_or_default();
            len += searched;
            if searched > 0 && self.buffer[self.at + len - 1] == b'\n' {
                break;
            }
            if len > self.max {
                self.consume(len);
                (len, gone) = (0, true);
            }
            if !self.fill()? {
                break;
            }
        }
        if gone || len > self.max {
            self.consume(len);
            return Ok(None);
        }
        Ok(Some(len))
    }
}

/// The documents of one file, or of a part of it.
pub(super) struct Documents<R> {
    stream: Stream<R>,
    layout: Layout,
    /// Within an array: nothing was read yet, so that no comma comes first.
    first: bool,
    /// The source may end behind any document, because it is a part of its file.
    part: bool,
    /// Something may follow the array, because it stands in an object.
    inner: bool,
    ended: bool,
    /// Of what was handed out last: it is consumed with the next call.
    held: usize,
}

impl<R: Read> Documents<R> {
    /// `stream` stands where the first document may be: for an array, behind its bracket. `part` says that the source
    /// may end behind any document, `inner` that something may follow the array.
    pub(super) fn new(stream: Stream<R>, layout: Layout, part: bool, inner: bool) -> Documents<R> {
        Documents { stream, layout, first: true, part, inner, ended: false, held: 0 }
    }

    /// Where the next document is looked for.
    pub(super) fn byte(&self) -> u64 {
        self.stream.byte + self.held as u64
    }

    /// The document that was found last.
    pub(super) fn bytes(&self) -> &[u8] {
        self.stream.held(self.held)
    }

    /// Goes to the next document.
    pub(super) fn find(&mut self) -> Result<Option<Extent>> {
        let held = std::mem::take(&mut self.held);
        self.stream.consume(held);
        if self.ended {
            return Ok(None);
        }
        let place = match self.layout {
            Layout::Lines => self.line()?,
            Layout::Array => self.element()?,
            Layout::Values => self.stream.white()?.is_some().then_some(()),
        };
        if place.is_none() {
            self.ended = true;
            return Ok(None);
        }
        let mut extent = Extent { byte: self.stream.byte, line: self.stream.line, too_long: false };
        let found = match self.layout {
            Layout::Lines => self.stream.rest_of_line()?,
            Layout::Array | Layout::Values => {
                let found = self.stream.value()?;
                if found == Some(0) {
                    return Err(self.stream.broken("a value is expected"));
                }
                found
            }
        };
        extent.too_long = found.is_none();
        self.held = found.unwrap_or(0);
        Ok(Some(extent))
    }

    /// Goes to the next line that is not blank.
    fn line(&mut self) -> Result<Option<()>> {
        Ok(self.stream.white()?.map(drop))
    }

    /// Goes to the next element, over the comma before it.
    fn element(&mut self) -> Result<Option<()>> {
        let next = self.stream.white()?;
        match next {
            Some(b']') => {
                self.stream.consume(1);
                return match if self.inner { None } else { self.stream.white()? } {
                    Some(_) if !self.part => Err(self.stream.broken("something follows the end of the array")),
                    _ => Ok(None),
                };
            }
            None if self.part => return Ok(None),
            None => return Err(self.stream.broken("the file ends before its array does")),
            _ if std::mem::take(&mut self.first) => {}
            Some(b',') => {
                self.stream.consume(1);
                match self.stream.white()? {
                    None if self.part => return Ok(None),
                    None => return Err(self.stream.broken("the file ends before its array does")),
                    Some(_) => {}
                }
            }
            Some(_) => return Err(self.stream.broken("a comma or the array's end is expected")),
        }
        Ok(Some(()))
    }
}

#[cfg(test)]
#[path = "stream_tests.rs"]
mod tests;
