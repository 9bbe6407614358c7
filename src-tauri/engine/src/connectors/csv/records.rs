//! Records of a CSV file, one after another, each with the place of its bytes.
//!
//! Own code rather than the `csv` crate, because that one does not tell `""` from an empty field, and lets one bad
//! quote swallow what follows. Invariants: memory is bounded by the longest record and by `MAX_RECORD`; a record
//! depends on nothing before its first byte, so that a file can be read from any record's start.

use std::borrow::Cow;
use std::io::Read;
use std::ops::Range;

use memchr::memchr;

use super::encoding::Characters;
use crate::error::{Error, Result};

/// A record that is longer is taken for one whose quote was never closed.
pub(super) const MAX_RECORD: usize = 64 << 20;

/// Small in tests, which read many short texts.
const FIRST_READ: usize = if cfg!(test) { 64 } else { 256 << 10 };

/// Delimiter and quote, each an ASCII byte, and what the text between them is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Marks {
    pub delimiter: u8,
    pub quote: Option<u8>,
    pub characters: Characters,
}

/// One field; its bytes are still quoted inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    /// Within the record, without the outer quotes.
    pub bytes: Range<usize>,
    pub quoted: bool,
    doubled: bool,
}

impl Field {
    /// Is it its bytes as they stand?
    pub(super) fn is_plain(&self) -> bool {
        !self.doubled
    }
}

/// What is wrong with a whole record. Byte places are within the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Problem {
    /// The quote that opens at `byte` is closed nowhere, or so much later that another field's quote closes it.
    /// The record ends with the line in which the quote opens, and reading goes on with the next line.
    Unclosed { byte: usize },
    /// Something follows the closing quote of field `field`.
    AfterQuote { field: usize, byte: usize },
    /// Longer than `MAX_RECORD` without a quote; the record holds its beginning.
    TooLong,
}

#[derive(Debug)]
pub(super) struct Record<'a> {
    pub bytes: &'a [u8],
    pub fields: &'a [Field],
    pub problem: Option<Problem>,
    /// Of its first byte in the file.
    pub byte: u64,
    /// One-based, of its first byte.
    pub line: u64,
    marks: Marks,
}

impl<'a> Record<'a> {
    /// The field without its quotes.
    ///
    /// # Errors
    /// The place of the first byte that has no character, within the record.
    pub(super) fn text(&self, field: &Field) -> Result<Cow<'a, str>, usize> {
        let bytes = &self.bytes[field.bytes.clone()];
        let text = self.marks.characters.decode(bytes).map_err(|at| field.bytes.start + at)?;
        Ok(match self.marks.quote.map(char::from) {
            Some(quote) if field.doubled => {
                Cow::Owned(text.replace(&format!("{quote}{quote}"), quote.encode_utf8(&mut [0; 4])))
            }
            _ => text,
        })
    }

    /// A line with nothing on it.
    pub(super) fn is_blank(&self) -> bool {
        self.fields.len() == 1 && self.fields[0].bytes.is_empty() && !self.fields[0].quoted && self.problem.is_none()
    }

    /// The line on which a byte of the record stands.
    pub(super) fn line_of(&self, byte: usize) -> u64 {
        self.line + newlines(&self.bytes[..byte.min(self.bytes.len())])
    }
}

fn newlines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|b| **b == b'\n').count() as u64
}

pub(super) struct Records<R> {
    source: R,
    marks: Marks,
    buffer: Vec<u8>,
    /// Of the next record, in `buffer`.
    at: usize,
    filled: usize,
    ended: bool,
    /// Of the next record, in the file.
    byte: u64,
    line: u64,
    fields: Vec<Field>,
}

impl<R: Read> Records<R> {
    /// `source` stands at the start of a record, which is at `byte` and on `line` of its file.
    pub(super) fn new(source: R, marks: Marks, byte: u64, line: u64) -> Records<R> {
        Records { source, marks, buffer: Vec::new(), at: 0, filled: 0, ended: false, byte, line, fields: Vec::new() }
    }

    /// Where the next record begins: byte and line.
    pub(super) fn place(&self) -> (u64, u64) {
        (self.byte, self.line)
    }

    pub(super) fn next(&mut self) -> Result<Option<Record<'_>>> {
        let (len, problem) = loop {
            // Never more than the limit, however much happens to be in memory: the same bytes give the same records.
            let full = self.filled - self.at >= MAX_RECORD;
            let rest = &self.buffer[self.at..self.filled.min(self.at + MAX_RECORD)];
            if rest.is_empty() && self.ended {
                return Ok(None);
            }
            let ended = self.ended && self.at + rest.len() == self.filled;
            match parse(rest, self.marks, ended, full, &mut self.fields) {
                Some(found) => break found,
                None => self.fill()?,
            }
        };
        let (start, byte, line) = (self.at, self.byte, self.line);
        self.at += len;
        self.byte += len as u64;
        // Only quotes hold more line ends than the last.
        self.line += if self.fields.iter().any(|f| f.quoted) {
            newlines(&self.buffer[start..start + len])
        } else {
            u64::from(self.buffer[..start + len].last() == Some(&b'\n'))
        };
        if problem == Some(Problem::TooLong) {
            self.skip_line()?;
            self.fields.clear();
            let shown = &self.buffer[..0];
            return Ok(Some(Record { bytes: shown, fields: &[], problem, byte, line, marks: self.marks }));
        }
        let bytes = &self.buffer[start..start + len];
        Ok(Some(Record { bytes, fields: &self.fields, problem, byte, line, marks: self.marks }))
    }

    /// Throws away what is left of a line that is too long.
    fn skip_line(&mut self) -> Result<()> {
        loop {
            let rest = &self.buffer[self.at..self.filled];
            let end = rest.iter().position(|b| *b == b'\n').map(|i| i + 1);
            let skipped = end.unwrap_or(rest.len());
            self.at += skipped;
            self.byte += skipped as u64;
            if end.is_some() {
                self.line += 1;
                return Ok(());
            }
            if self.ended {
                return Ok(());
            }
            self.fill()?;
        }
    }

    /// Reads on; the buffer keeps what is not yet used and doubles when that fills it.
    fn fill(&mut self) -> Result<()> {
        self.buffer.copy_within(self.at..self.filled, 0);
        self.filled -= self.at;
        self.at = 0;
        if self.filled == self.buffer.len() {
            let mut larger = vec![0; (self.buffer.len() * 2).max(FIRST_READ)];
            larger[..self.filled].copy_from_slice(&self.buffer);
            self.buffer = larger;
        }
        loop {
            match self.source.read(&mut self.buffer[self.filled..]) {
                Ok(0) => self.ended = true,
                Ok(n) => self.filled += n,
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(Error::from(e)),
            }
            return Ok(());
        }
    }
}

/// The length of the first record with its line end, and what is wrong with it. `None` when more bytes are needed;
/// `ended` says that there are no more, `full` that there may not be.
fn parse(
    bytes: &[u8],
    marks: Marks,
    ended: bool,
    full: bool,
    fields: &mut Vec<Field>,
) -> Option<(usize, Option<Problem>)> {
    fields.clear();
    // The usual case: a line without a quote.
    if let Some(end) = memchr(b'\n', bytes)
        && marks.quote.is_none_or(|quote| memchr(quote, &bytes[..end]).is_none())
    {
        split(&bytes[..end], marks.delimiter, fields);
        return Some((end + 1, None));
    }
    let mut at = 0;
    let mut problem = None;
    loop {
        let start = at;
        let mut field = Field { bytes: start..start, quoted: false, doubled: false };
        if let Some(quote) = marks.quote
            && bytes.get(at) == Some(&quote)
        {
            let close = match closing_quote(bytes, at, quote, ended, &mut field.doubled) {
                Close::At(close) => close,
                Close::Unknown if !full => return None,
                Close::Nowhere | Close::Unknown => return Some(unclosed(bytes, start, fields)),
            };
            field.quoted = true;
            field.bytes = start + 1..close;
            at = close + 1;
            let follows = bytes.get(at).copied();
            let ends = match follows {
                None => true,
                Some(b'\r') => bytes.get(at + 1).is_none_or(|b| *b == b'\n'),
                Some(b) => b == b'\n' || b == marks.delimiter,
            };
            if !ends {
                if bytes[start..close].contains(&b'\n') {
                    return Some(unclosed(bytes, start, fields));
                }
                problem = problem.or(Some(Problem::AfterQuote { field: fields.len(), byte: at }));
            }
        }
        let end = bytes[at..].iter().position(|b| *b == marks.delimiter || *b == b'\n').map(|i| at + i);
        let Some(end) = end else {
            if ended {
                if !field.quoted {
                    field.bytes = start..trimmed(bytes, start, bytes.len());
                }
                fields.push(field);
                return Some((bytes.len(), problem));
            }
            return full.then_some((bytes.len(), Some(Problem::TooLong)));
        };
        let newline = bytes[end] == b'\n';
        if !field.quoted {
            field.bytes = start..if newline { trimmed(bytes, start, end) } else { end };
        }
        fields.push(field);
        at = end + 1;
        if newline {
            return Some((at, problem));
        }
    }
}

/// Cuts a line without quotes at every delimiter, eight bytes at a time.
fn split(line: &[u8], delimiter: u8, fields: &mut Vec<Field>) {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let pattern = u64::from_ne_bytes([delimiter; 8]);
    let mut start = 0;
    let (words, rest) = line.as_chunks::<8>();
    for (i, word) in words.iter().enumerate() {
        let x = u64::from_le_bytes(*word) ^ pattern;
        // The high bit of every byte that is the delimiter, and no other bit.
        let mut found = !(((x & LOW) + LOW) | x | LOW);
        while found != 0 {
            let end = i * 8 + (found.trailing_zeros() / 8) as usize;
            fields.push(Field { bytes: start..end, quoted: false, doubled: false });
            start = end + 1;
            found &= found - 1;
        }
    }
    let before = line.len() - rest.len();
    for (i, byte) in rest.iter().enumerate() {
        if *byte == delimiter {
            fields.push(Field { bytes: start..before + i, quoted: false, doubled: false });
            start = before + i + 1;
        }
    }
    fields.push(Field { bytes: start..trimmed(line, start, line.len()), quoted: false, doubled: false });
}

enum Close {
    At(usize),
    /// The bytes end before it can be known.
    Unknown,
    Nowhere,
}

fn closing_quote(bytes: &[u8], open: usize, quote: u8, ended: bool, doubled: &mut bool) -> Close {
    let mut at = open + 1;
    loop {
        let Some(found) = bytes[at..].iter().position(|b| *b == quote).map(|i| at + i) else {
            return if ended { Close::Nowhere } else { Close::Unknown };
        };
        match bytes.get(found + 1) {
            Some(next) if *next == quote => {
                *doubled = true;
                at = found + 2;
            }
            // A carriage return alone needs one byte more to be told from a line end.
            Some(b'\r') if found + 2 == bytes.len() && !ended => return Close::Unknown,
            None if !ended => return Close::Unknown,
            _ => return Close::At(found),
        }
    }
}

/// The record ends with the line on which the quote opens.
fn unclosed(bytes: &[u8], open: usize, fields: &mut Vec<Field>) -> (usize, Option<Problem>) {
    let end = bytes[open..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |i| open + i + 1);
    fields.push(Field { bytes: open + 1..trimmed(bytes, open + 1, end), quoted: true, doubled: false });
    (end, Some(Problem::Unclosed { byte: open }))
}

/// `end` without a line end before it.
fn trimmed(bytes: &[u8], start: usize, end: usize) -> usize {
    let end = if end > start && bytes[end - 1] == b'\n' { end - 1 } else { end };
    if end > start && bytes[end - 1] == b'\r' { end - 1 } else { end }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMA: Marks = Marks { delimiter: b',', quote: Some(b'"'), characters: Characters::UTF_8 };

    /// Hands out a byte at a time, so that every record is met half-read.
    struct Dripping<'a>(&'a [u8]);

    impl Read for Dripping<'_> {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            let Some((first, rest)) = self.0.split_first() else { return Ok(0) };
            into[0] = *first;
            self.0 = rest;
            Ok(1)
        }
    }

    type Seen = (u64, u64, Vec<(String, bool)>, Option<Problem>);

    fn all(source: impl Read) -> Vec<Seen> {
        let mut records = Records::new(source, COMMA, 0, 1);
        let mut seen = Vec::new();
        while let Some(record) = records.next().unwrap() {
            let fields = record.fields.iter().map(|f| (record.text(f).unwrap().into_owned(), f.quoted)).collect();
            seen.push((record.byte, record.line, fields, record.problem));
        }
        seen
    }

    fn records(text: &str) -> Vec<Seen> {
        let seen = all(text.as_bytes());
        assert_eq!(all(Dripping(text.as_bytes())), seen, "{text:?}");
        seen
    }

    fn texts(text: &str) -> Vec<Vec<String>> {
        records(text).into_iter().map(|r| r.2.into_iter().map(|f| f.0).collect()).collect()
    }

    #[test]
    fn quotes_delimiters_and_line_ends_stay_inside_quotes() {
        assert_eq!(texts("a,\"b,\"\"c\"\"\nd\",e\r\n1,,\n"), [["a", "b,\"c\"\nd", "e"], ["1", "", ""]]);
        assert_eq!(texts("a,b"), [["a", "b"]]);
        assert_eq!(texts("a,\"b\"\r\n"), [["a", "b"]]);
        assert_eq!(texts("a,"), [["a", ""]]);
        assert_eq!(texts("5\" pipe,x\n"), [["5\" pipe", "x"]]);
        assert_eq!(texts(""), Vec::<Vec<String>>::new());
    }

    #[test]
    fn an_empty_field_is_told_from_an_empty_text() {
        assert_eq!(records(",\"\"\n")[0].2, [(String::new(), false), (String::new(), true)]);
    }

    #[test]
    fn lines_and_bytes_are_counted_through_quoted_line_ends() {
        let places: Vec<_> = records("a,\"x\ny\"\nb,c\n\nd,e").iter().map(|r| (r.0, r.1)).collect();
        assert_eq!(places, [(0, 1), (8, 3), (12, 4), (13, 5)]);
    }

    #[test]
    fn an_unclosed_quote_costs_its_own_line_only() {
        let seen = records("a,b\n1,\"x\n2,y\n3,z\n");
        assert_eq!(seen[1].3, Some(Problem::Unclosed { byte: 2 }));
        assert_eq!(seen.len(), 4);
        assert_eq!(seen[2].2[1].0, "y");
        // The quote of line 4 would close the one of line 2.
        let seen = records("a,b\n1,\"x\n2,y\n3,\"z\"\n4,w\n");
        assert_eq!(seen[1].3, Some(Problem::Unclosed { byte: 2 }));
        assert_eq!(seen[3].2[1].0, "z");
        assert_eq!(seen.len(), 5);
    }

    #[test]
    fn what_follows_a_closing_quote_is_a_fault_of_its_line() {
        let seen = records("\"a\"b,c\nd,e\n");
        assert_eq!(seen[0].3, Some(Problem::AfterQuote { field: 0, byte: 3 }));
        assert_eq!((seen[0].2.len(), seen[1].3), (2, None));
    }

    #[test]
    fn a_line_without_an_end_does_not_fill_the_memory() {
        let endless = std::io::repeat(b'x').take(3 * MAX_RECORD as u64).chain(&b"\na,b\n"[..]);
        let mut records = Records::new(endless, COMMA, 0, 1);
        assert_eq!(records.next().unwrap().unwrap().problem, Some(Problem::TooLong));
        let next = records.next().unwrap().unwrap();
        assert_eq!((next.line, next.byte), (2, 3 * MAX_RECORD as u64 + 1));
        assert!(records.buffer.len() <= 2 * MAX_RECORD);
    }
}
