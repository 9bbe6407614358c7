//! The documents of a table, across its files.
//!
//! A place is a byte of all files as if they stood one behind the other, so that one number tells it.

use std::fs::File;
use std::io::Read as _;
use std::io::{Seek, SeekFrom, Take};

use super::connect::Root;
use super::form::{Form, section};
use super::stream::{Documents, Extent, Layout, Stream};
use crate::connectors::Range;
use crate::error::{Error, ErrorKind, Result};

/// One document, as it was found.
pub(super) struct Document<'a> {
    pub bytes: &'a [u8],
    pub place: Place,
    pub too_long: bool,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// Of its first byte, across all files.
    pub at: u64,
    /// Of its first byte in its own file.
    pub byte: u64,
    pub line: u64,
    /// One-based, among all documents of the table.
    pub number: u64,
    /// Which of the table's files.
    pub file: usize,
}

pub(super) struct Source<'r> {
    root: &'r Root,
    current: Option<Documents<Take<File>>>,
    /// Of the current file; of the next one when none is open.
    file: usize,
    to: u64,
    number: u64,
}

impl<'r> Source<'r> {
    pub(super) fn open(root: &'r Root, range: &Range) -> Result<Source<'r>> {
        let (from, to, line, number) = match *range {
            Range::All => (0, u64::MAX, 1, 1),
            Range::Documents { from, to, line, number } => (from, to, line, number),
            ref range => return Err(Error::internal(format!("documents cannot be read by {range}"))),
        };
        let mut source = Source { root, current: None, file: 0, to, number: number - 1 };
        if from > 0 {
            source.file = root.files.partition_point(|(_, start)| *start <= from).saturating_sub(1);
            let start = root.files.get(source.file).map_or(0, |(_, start)| *start);
            if from > start {
                source.begin(Some((from - start, line)))?;
            }
        }
        Ok(source)
    }

    /// Opens the file whose turn it is, at a document or at its beginning.
    fn begin(&mut self, at: Option<(u64, u64)>) -> Result<()> {
        let Some((path, start)) = self.root.files.get(self.file) else { return Ok(()) };
        let placed = |e: Error| e.file(path.display());
        let failed = |e: std::io::Error| placed(Error::from(e));
        let form = Form::of(path)?;
        let layout = if self.root.section.is_some() { Layout::Array } else { form.layout };
        let (byte, line) = match (at, &self.root.section) {
            (Some(place), _) => place,
            (None, None) => form.start,
            (None, Some(key)) => {
                let mut file = File::open(path).map_err(failed)?;
                file.seek(SeekFrom::Start(form.start.0)).map_err(failed)?;
                let mut stream = Stream::new(file, form.start.0, form.start.1);
                section(&mut stream, key).map_err(placed)?.ok_or_else(|| {
                    placed(Error::new(ErrorKind::NotFound, format!("{} has no array {key}", path.display())))
                })?
            }
        };
        let mut file = File::open(path).map_err(failed)?;
        file.seek(SeekFrom::Start(byte)).map_err(failed)?;
        let end = self.to.saturating_sub(*start);
        let stream = Stream::new(file.take(end.saturating_sub(byte)), byte, line);
        self.current = Some(Documents::new(stream, layout, self.to != u64::MAX, self.root.section.is_some()));
        Ok(())
    }

    /// Goes to the next document; `None` at the range's end.
    pub(super) fn advance(&mut self) -> Result<Option<Document<'_>>> {
        let root = self.root;
        let found = loop {
            if self.current.is_none() {
                match root.files.get(self.file) {
                    Some((_, start)) if *start < self.to => self.begin(None)?,
                    _ => return Ok(None),
                }
            }
            let Some(documents) = &mut self.current else { return Ok(None) };
            let path = &root.files[self.file].0;
            match documents.find().map_err(|e| e.file(path.display()))? {
                Some(extent) => break extent,
                None => {
                    self.current = None;
                    self.file += 1;
                }
            }
        };
        self.number += 1;
        let Extent { byte, line, too_long } = found;
        let at = root.files[self.file].1 + byte;
        let place = Place { at, byte, line, number: self.number, file: self.file };
        let bytes = self.current.as_ref().map_or(&[][..], Documents::bytes);
        Ok(Some(Document { bytes, place, too_long }))
    }

    /// Where the document after the last one is looked for.
    pub(super) fn at(&self) -> u64 {
        let start = self.root.files.get(self.file).map_or(self.root.bytes, |(_, start)| *start);
        start + self.current.as_ref().map_or(0, Documents::byte)
    }
}
