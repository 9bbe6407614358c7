//! The form of one CSV file: delimiter, quote, header, and where its rows begin.
//!
//! Found out from the file's first bytes, unless the URL says it. The same bytes always give the same form.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use super::encoding::{self, Characters, Text};
use super::records::{Marks, Records};
use crate::connectors::files::unique;
use crate::error::{Error, ErrorKind, Result};

/// Bytes of the file that the delimiter is guessed from.
const SAMPLE: u64 = 64 << 10;

/// Records of the sample that are looked at.
const SAMPLE_RECORDS: usize = 100;

const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

const BOM: &[u8] = b"\xef\xbb\xbf";

/// What the URL says, for every file of a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Given {
    pub delimiter: Option<u8>,
    /// `Some(None)` is a file without quotes.
    pub quote: Option<Option<u8>>,
    pub header: Option<bool>,
    /// The unquoted text that stands for NULL; without it, the empty field does.
    pub null: Option<String>,
    /// Of files that do not say it themselves, and of new ones.
    pub characters: Option<Characters>,
    /// Are lines that are written ended by a carriage return as well?
    pub crlf: bool,
}

impl Given {
    pub(super) fn from_parameters(parameters: &BTreeMap<String, String>) -> Result<Given> {
        let mut given = Given::default();
        for (name, value) in parameters {
            let invalid = |wanted: &str| {
                Error::new(ErrorKind::InvalidUrl, format!("the parameter {name} of a CSV URL is {wanted}"))
            };
            match name.as_str() {
                "delimiter" => {
                    given.delimiter = Some(mark(value).ok_or_else(|| invalid("one ASCII character, or `tab`"))?);
                }
                "quote" if value == "none" => given.quote = Some(None),
                "quote" => {
                    given.quote = Some(Some(mark(value).ok_or_else(|| invalid("one ASCII character, or `none`"))?));
                }
                "header" => {
                    given.header = Some(match value.as_str() {
                        "yes" | "true" => true,
                        "no" | "false" => false,
                        _ => return Err(invalid("`yes` or `no`")),
                    });
                }
                "lines" => {
                    given.crlf = match value.as_str() {
                        "lf" => false,
                        "crlf" => true,
                        _ => return Err(invalid("`lf` or `crlf`")),
                    };
                }
                "encoding" => given.characters = Some(encoding::given(value)?),
                "null" => given.null = Some(value.clone()),
                _ => {
                    return Err(Error::new(
                        ErrorKind::InvalidUrl,
                        format!(
                            "a CSV URL has no parameter {name}; there are delimiter, encoding, quote, header, null \
                             and lines"
                        ),
                    ));
                }
            }
        }
        Ok(given)
    }
}

impl Given {
    /// In what a file is written that does not say it itself, and a new one.
    pub(super) fn characters(&self) -> Characters {
        self.characters.unwrap_or(Characters::UTF_8)
    }
}

fn mark(value: &str) -> Option<u8> {
    match value.as_bytes() {
        b"tab" | b"\\t" => Some(b'\t'),
        [byte] if byte.is_ascii() && !b"\r\n".contains(byte) => Some(*byte),
        _ => None,
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Form {
    pub marks: Marks,
    /// Unique names, in the file's order.
    pub columns: Vec<String>,
    /// Where the first row begins: byte and line.
    pub start: (u64, u64),
    /// In what the file itself is written; `marks` says it of the text that is read.
    pub characters: Characters,
}

impl Form {
    /// # Errors
    /// `WrongFormat` for a file whose header is not in its encoding.
    pub(super) fn of(path: &Path, given: &Given) -> Result<Form> {
        let file = File::open(path).map_err(|e| Error::from(e).file(path.display()))?;
        Form::found(file, path, given)
    }

    /// As `of`, from what stands in the file of this name.
    pub(super) fn found(mut file: impl Read + Seek, path: &Path, given: &Given) -> Result<Form> {
        let shown = path.display();
        let failed = |e: std::io::Error| Error::from(e).file(&shown);
        let mut mark = Vec::new();
        file.by_ref().take(BOM.len() as u64).read_to_end(&mut mark).map_err(failed)?;
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
        let characters = Characters::of_mark(&mark).unwrap_or_else(|| given.characters().unmarked());
        let mut file = Text::new(file, characters);
        let mut sample = Vec::new();
        file.by_ref().take(SAMPLE).read_to_end(&mut sample).map_err(failed)?;
        let bom = if sample.starts_with(BOM) { BOM.len() } else { 0 };
        let quote = given.quote.unwrap_or(Some(b'"'));
        let delimiter = match given.delimiter {
            Some(delimiter) => delimiter,
            None => delimiter(&sample[bom..], quote)?.unwrap_or_else(|| {
                let tabs = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("tsv"));
                if tabs { b'\t' } else { b',' }
            }),
        };
        let marks = Marks { delimiter, quote, characters: characters.as_read() };
        if let Some(mark) = [Some(delimiter), quote].into_iter().flatten().find(|m| characters.hides(*m)) {
            let (mark, name) = (char::from(mark), characters.name());
            return Err(Error::new(
                ErrorKind::WrongFormat,
                format!("{shown}: {mark:?} cannot be told from a part of a character in {name}"),
            )
            .hint("Save the file as UTF-8, or with another delimiter.")
            .file(&shown));
        }
        file.seek(SeekFrom::Start(bom as u64)).map_err(failed)?;
        let mut records = Records::new(file, marks, bom as u64, 1);
        let start = records.place();
        let Some(first) = records.next()? else {
            return Ok(Form { marks, columns: Vec::new(), start, characters });
        };
        let mut names = Vec::with_capacity(first.fields.len());
        let header = given.header.unwrap_or(true);
        for field in first.fields {
            names.push(match first.text(field) {
                _ if !header => String::new(),
                Ok(name) => name.into_owned(),
                Err(at) => {
                    let byte = first.byte + at as u64;
                    let mut error = Error::new(
                        ErrorKind::WrongFormat,
                        format!("the header of {shown} is not {} at byte {byte}", characters.name()),
                    );
                    error.context.byte = Some(byte);
                    let guessed = Characters::guessed(&sample).filter(|_| given.characters.is_none());
                    let hint = guessed.map(|g| {
                        let name = g.name().to_lowercase();
                        format!("It looks like {}: add ?encoding={name} to the URL if it is.", g.name())
                    });
                    return Err(error.hint(hint.unwrap_or_else(|| "Save the file as UTF-8.".into())).file(&shown));
                }
            });
        }
        let start = if header { records.place() } else { start };
        Ok(Form { marks, columns: unique(names), start, characters })
    }
}

/// The delimiter that cuts most records into as many fields as the first one, and into the most fields; `None` when
/// none of them cuts anything.
fn delimiter(sample: &[u8], quote: Option<u8>) -> Result<Option<u8>> {
    // The last line of the sample may be cut.
    let whole = match sample.iter().rposition(|b| *b == b'\n') {
        Some(end) if sample.len() as u64 >= SAMPLE => &sample[..=end],
        _ => sample,
    };
    let mut best: Option<(usize, usize, u8)> = None;
    for delimiter in DELIMITERS {
        let mut records = Records::new(whole, Marks { delimiter, quote, characters: Characters::UTF_8 }, 0, 1);
        let (mut first, mut alike) = (0, 0);
        for _ in 0..SAMPLE_RECORDS {
            let Some(record) = records.next()? else { break };
            if first == 0 {
                first = record.fields.len();
            }
            alike += usize::from(record.fields.len() == first && record.problem.is_none());
        }
        if first > 1 && best.is_none_or(|(a, f, _)| (alike, first) > (a, f)) {
            best = Some((alike, first, delimiter));
        }
    }
    Ok(best.map(|(_, _, delimiter)| delimiter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_the_one_that_cuts_every_line_alike() {
        let found = |text: &str| delimiter(text.as_bytes(), Some(b'"')).unwrap().map(char::from);
        assert_eq!(found("a,b,c\n1,2,3\n"), Some(','));
        assert_eq!(found("a;b\n1,5;2\n3;4\n"), Some(';'));
        assert_eq!(found("a\tb\n\"x,y\"\tz\n"), Some('\t'));
        assert_eq!(found("a|b\n1|2\n"), Some('|'));
        assert_eq!(found("alone\nx\n"), None);
    }

    #[test]
    fn a_parameter_that_is_not_understood_is_named() {
        let parameters = BTreeMap::from([("delimeter".to_string(), ";".to_string())]);
        assert!(Given::from_parameters(&parameters).unwrap_err().to_string().contains("delimeter"));
        let parameters = BTreeMap::from([("delimiter".to_string(), "ab".to_string())]);
        assert!(Given::from_parameters(&parameters).is_err());
    }
}
