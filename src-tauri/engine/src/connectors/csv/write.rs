//! Writing CSV files: parts of lines, and the file that is made of them.

use std::fs::File;
use std::io::{Read as _, Seek, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;

use super::CsvConnection;
use super::connect::{files, is_one_file};
use super::encode::Encoder;
use super::form::Form;
use super::records::Marks;
use crate::catalog::Table;
use crate::connectors::Read;
use crate::connectors::files::{self as folder, Format, Join, PartWriter, Place, failed};
use crate::error::{Error, ErrorKind, Result};

impl CsvConnection {
    /// In the form of the file that is there; a new one as the URL says.
    fn encoder(&self, existing: Option<&PathBuf>) -> Result<Encoder> {
        let marks = match existing {
            Some(path) => Form::of(path, &self.given)?.marks,
            None => {
                Marks { delimiter: self.given.delimiter.unwrap_or(b','), quote: self.given.quote.unwrap_or(Some(b'"')) }
            }
        };
        Ok(Encoder::new(marks, &self.given))
    }
}

impl Format for CsvConnection {
    fn folder(&self) -> PathBuf {
        match self.path.parent() {
            Some(parent) if is_one_file(&self.path) => parent.to_path_buf(),
            _ => self.path.clone(),
        }
    }

    fn place(&self, table: &str) -> Result<Place> {
        if is_one_file(&self.path) {
            let name = folder::stem(&self.path);
            if table != name {
                return Err(folder::other_file(&self.path, table, &name));
            }
        }
        Ok(match files(&self.path)?.remove(table) {
            Some(file) => Place { files: vec![file.clone()], whole: file.clone(), new: file },
            None if is_one_file(&self.path) => {
                Place { files: Vec::new(), whole: self.path.clone(), new: self.path.clone() }
            }
            None => {
                let file = self.path.join(folder::file_name(table, "csv")?);
                Place { files: Vec::new(), whole: file.clone(), new: file }
            }
        })
    }

    fn schema(&self, table: &Table, columns: &[String]) -> Result<SchemaRef> {
        Read::schema(self, table, columns)
    }

    fn part(&self, table: &Table, columns: &[String], file: File) -> Result<Box<dyn PartWriter>> {
        let place = self.place(&table.name.table)?;
        let encoder = self.encoder(place.files.first())?;
        let places = table.columns.iter().map(|c| columns.iter().position(|name| *name == c.name)).collect();
        Ok(Box::new(Part { encoder, places, file, lines: Vec::new() }))
    }

    fn join(&self, join: Join<'_>, mut file: File) -> Result<File> {
        let mut encoder = self.encoder(join.old.first())?;
        let write = |e: std::io::Error| Error::from(e);
        let mut head = Vec::new();
        match (join.created, join.old.first()) {
            (Some(columns), _) if self.given.header.unwrap_or(true) => {
                encoder.header(columns.iter().map(|(name, _)| name.as_str()), &mut head)?;
            }
            (None, Some(old)) => {
                let form = Form::of(old, &self.given)?;
                let has_header = self.given.header.unwrap_or(true);
                if !join.keeps && has_header && !join.added.is_empty() {
                    let added = join.added.iter().map(|(name, _)| name);
                    encoder.header(form.columns.iter().chain(added).map(String::as_str), &mut head)?;
                } else {
                    let bytes = if join.keeps { u64::MAX } else { form.start.0 };
                    copy(old, bytes, &mut file)?;
                    end_line(&mut file, encoder.line_end())?;
                }
            }
            _ => {}
        }
        file.write_all(&head).map_err(write)?;
        for part in join.parts {
            copy(part, u64::MAX, &mut file)?;
        }
        Ok(file)
    }
}

/// Adds the file's first bytes.
fn copy(from: &Path, bytes: u64, to: &mut File) -> Result<()> {
    let mut source = File::open(from).map_err(failed(from))?.take(bytes);
    std::io::copy(&mut source, to).map(drop).map_err(|e| match Error::from(e) {
        e if e.kind == ErrorKind::DiskFull => e,
        e => e.file(from.display()),
    })
}

/// A last line without an end gets one.
fn end_line(file: &mut File, end: &str) -> Result<()> {
    let mut ends_line = || -> std::io::Result<bool> {
        if file.stream_position()? == 0 {
            return Ok(true);
        }
        let mut last = [0];
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
        Ok(last == [b'\n'])
    };
    if !ends_line()? {
        file.write_all(end.as_bytes())?;
    }
    Ok(())
}

struct Part {
    encoder: Encoder,
    places: Vec<Option<usize>>,
    file: File,
    lines: Vec<u8>,
}

impl PartWriter for Part {
    fn write(&mut self, batch: &RecordBatch) -> Result<u64> {
        self.lines.clear();
        self.encoder.rows(batch, &self.places, &mut self.lines)?;
        self.file.write_all(&self.lines)?;
        Ok(self.lines.len() as u64)
    }

    fn finish(self: Box<Self>) -> Result<File> {
        Ok(self.file)
    }
}
