//! Writing CSV files: parts of lines, and the file that is made of them.

use std::fs::File;
use std::io::{Read as _, Seek, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use datafusion::arrow::array::{ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::datatypes::SchemaRef;

use super::CsvConnection;
use super::connect::{files, is_one_file};
use super::encode::Encoder;
use super::encoding::{Characters, Text};
use super::form::Form;
use super::records::Marks;
use crate::catalog::Table;
use crate::connectors::Read;
use crate::connectors::files::{self as folder, Format, Join, PartWriter, Place, failed};
use crate::error::{Error, ErrorContext, ErrorKind, Result};

impl CsvConnection {
    /// In the form of the file that is there; a new one as the URL says. With what the file is written in.
    fn encoder(&self, existing: Option<&PathBuf>) -> Result<(Encoder, Characters)> {
        let (marks, characters) = match existing {
            Some(path) => {
                let form = Form::of(path, &self.given)?;
                (form.marks, form.characters)
            }
            None => {
                let (delimiter, quote) = (self.given.delimiter.unwrap_or(b','), self.given.quote.unwrap_or(Some(b'"')));
                let characters = self.given.characters();
                (Marks { delimiter, quote, characters: characters.as_read() }, characters)
            }
        };
        Ok((Encoder::new(marks, &self.given), characters))
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
        let (encoder, characters) = self.encoder(place.files.first())?;
        let places = table.columns.iter().map(|c| columns.iter().position(|name| *name == c.name)).collect();
        Ok(Box::new(Part { encoder, characters, places, file, lines: Vec::new(), encoded: Vec::new() }))
    }

    fn join(&self, join: Join<'_>, mut file: File) -> Result<File> {
        let (mut encoder, characters) = self.encoder(join.old.first())?;
        let write = |e: std::io::Error| Error::from(e);
        let mut head = Vec::new();
        match (join.created, join.old.first()) {
            (Some(_), _) if !self.given.header.unwrap_or(true) => file.write_all(characters.mark()).map_err(write)?,
            (Some(columns), _) => {
                file.write_all(characters.mark()).map_err(write)?;
                encoder.header(columns.iter().map(|(name, _)| name.as_str()), &mut head)?;
            }
            (None, Some(old)) => {
                let form = Form::of(old, &self.given)?;
                let has_header = self.given.header.unwrap_or(true);
                if !join.keeps && has_header && !join.added.is_empty() {
                    file.write_all(characters.mark()).map_err(write)?;
                    let added = join.added.iter().map(|(name, _)| name);
                    encoder.header(form.columns.iter().chain(added).map(String::as_str), &mut head)?;
                } else {
                    if join.keeps {
                        copy(old, u64::MAX, &mut file)?;
                    } else {
                        head_of(old, &form, &mut file)?;
                    }
                    end_line(&mut file, encoder.line_end(), characters)?;
                }
            }
            _ => {}
        }
        let mut encoded = Vec::new();
        let text = std::str::from_utf8(&head).or_error(ErrorKind::Internal, "a header is not UTF-8")?;
        characters.encode(text, &mut encoded).map_err(|character| {
            Error::new(ErrorKind::Unsupported, no_bytes("a column's name", character, characters))
                .hint("Rename the column, or write the file in UTF-8.")
        })?;
        file.write_all(&encoded).map_err(write)?;
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

/// Adds what stands before the first row, byte for byte as it is there.
fn head_of(from: &Path, form: &Form, to: &mut File) -> Result<()> {
    if !form.characters.is_wide() {
        return copy(from, form.start.0, to);
    }
    let mut text = String::new();
    let source = Text::new(File::open(from).map_err(failed(from))?, form.characters);
    source.take(form.start.0).read_to_string(&mut text).map_err(failed(from))?;
    let mut bytes = Vec::new();
    // UTF-16 has bytes for every character.
    let _ = form.characters.encode(&text, &mut bytes);
    to.write_all(&bytes).map_err(Error::from)
}

/// A last line without an end gets one.
fn end_line(file: &mut File, end: &str, characters: Characters) -> Result<()> {
    let mut newline = Vec::new();
    let _ = characters.encode("\n", &mut newline);
    let mut ends_line = || -> std::io::Result<bool> {
        // Nothing, or nothing but the mark.
        if file.stream_position()? <= characters.mark().len() as u64 {
            return Ok(true);
        }
        let mut last = vec![0; newline.len()];
        file.seek(SeekFrom::End(-(newline.len() as i64)))?;
        file.read_exact(&mut last)?;
        Ok(last == newline)
    };
    if !ends_line()? {
        let mut bytes = Vec::new();
        let _ = characters.encode(end, &mut bytes);
        file.write_all(&bytes)?;
    }
    Ok(())
}

/// Why a text cannot be written.
fn no_bytes(what: &str, character: char, characters: Characters) -> String {
    format!("{what} holds U+{:04X}, which {} has no bytes for", u32::from(character), characters.name())
}

struct Part {
    encoder: Encoder,
    characters: Characters,
    places: Vec<Option<usize>>,
    file: File,
    lines: Vec<u8>,
    encoded: Vec<u8>,
}

impl Part {
    /// The lines in the file's encoding. What has no bytes in it is an error of its row, with the column once it is alone.
    fn encode(&mut self, batch: &RecordBatch) -> Result<()> {
        self.encoded.clear();
        let text = std::str::from_utf8(&self.lines).or_error(ErrorKind::Internal, "the lines are not UTF-8")?;
        let Err(character) = self.characters.encode(text, &mut self.encoded) else { return Ok(()) };
        let schema = batch.schema();
        let holds = |array: &ArrayRef| {
            let texts = array.as_string_opt::<i32>();
            texts.is_some_and(|texts| texts.iter().flatten().any(|text| text.contains(character)))
        };
        let column = batch.columns().iter().position(holds).map(|at| schema.field(at).name().clone());
        let what = column.as_ref().map_or_else(|| "the row".to_string(), |name| format!("the value of {name}"));
        let error = Error::new(ErrorKind::Conversion, no_bytes(&what, character, self.characters));
        Err(match column {
            Some(column) => error.column(column),
            None => error,
        })
    }
}

impl PartWriter for Part {
    fn write(&mut self, batch: &RecordBatch) -> Result<u64> {
        self.lines.clear();
        self.encoder.rows(batch, &self.places, &mut self.lines)?;
        if self.characters.is_utf8() {
            self.file.write_all(&self.lines)?;
            return Ok(self.lines.len() as u64);
        }
        self.encode(batch)?;
        self.file.write_all(&self.encoded)?;
        Ok(self.encoded.len() as u64)
    }

    fn finish(self: Box<Self>) -> Result<File> {
        Ok(self.file)
    }
}
