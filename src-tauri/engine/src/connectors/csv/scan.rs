//! Where records end, found without taking them apart.
//!
//! Only quotes and line ends are looked for. That is exact as long as every quote that opens is closed by one that a
//! delimiter or a line end follows; where it is not, the record reader decides what belongs to which record, and this
//! says that it does not know.

use std::io::Read;

use memchr::{memchr, memchr2};

use super::records::{MAX_RECORD, Marks};
use crate::error::Result;

/// Small in tests, so that every place is met at the end of the buffer.
const BUFFER: usize = if cfg!(test) { 16 } else { 256 << 10 };

/// Goes through the records from `byte` and `line` on, and tells of each that is a row: its first byte, its line.
/// Gives the end of the last record; `None` when the file holds what only the record reader can tell apart.
pub(super) fn rows(
    mut source: impl Read,
    marks: Marks,
    (byte, line): (u64, u64),
    blank_is_row: bool,
    mut row: impl FnMut(u64, u64),
) -> Result<Option<(u64, u64)>> {
    let mut buffer = vec![0; BUFFER];
    // The buffer holds `filled` bytes of the file from `base` on; the record begins at `start` within.
    let (mut base, mut filled, mut start, mut at) = (byte, 0, 0, 0);
    let (mut line, mut lines_inside, mut inside) = (line, 0u64, false);
    let mut ended = false;
    loop {
        let found = match marks.quote {
            Some(quote) => memchr2(quote, b'\n', &buffer[at..filled]),
            None => memchr(b'\n', &buffer[at..filled]),
        }
        .map(|i| at + i);
        // What follows a quote must be in the buffer: two bytes, for a carriage return and a line end.
        let found = match found {
            Some(place) if inside && buffer[place] != b'\n' && place + 2 >= filled && !ended => {
                at = place;
                None
            }
            Some(place) => Some(place),
            None => {
                at = filled;
                None
            }
        };
        let Some(place) = found else {
            if ended {
                if inside {
                    return Ok(None);
                }
                if start < filled && (blank_is_row || buffer[start..filled] != *b"\r") {
                    row(base + start as u64, line);
                }
                return Ok(Some((base + filled as u64, line)));
            }
            if filled - start >= MAX_RECORD {
                return Ok(None);
            }
            buffer.copy_within(start..filled, 0);
            base += start as u64;
            at -= start;
            filled -= start;
            start = 0;
            if filled == buffer.len() {
                buffer.resize(buffer.len() * 2, 0);
            }
            let read = loop {
                match source.read(&mut buffer[filled..]) {
                    Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
                    other => break other?,
                }
            };
            ended = read == 0;
            filled += read;
            continue;
        };
        at = place + 1;
        if buffer[place] == b'\n' {
            if inside {
                lines_inside += 1;
                continue;
            }
            let blank = place == start || (place == start + 1 && buffer[start] == b'\r');
            if place + 1 - start >= MAX_RECORD {
                return Ok(None);
            }
            if !blank || blank_is_row {
                row(base + start as u64, line);
            }
            line += 1 + lines_inside;
            lines_inside = 0;
            start = at;
        } else if !inside {
            // A quote elsewhere than at the beginning of a field is a character like any other.
            inside = place == start || buffer[place - 1] == marks.delimiter;
        } else {
            let follows = |i: usize| buffer[..filled].get(place + i).copied();
            match follows(1) {
                Some(next) if Some(next) == marks.quote => at = place + 2,
                Some(b'\r') if matches!(follows(2), None | Some(b'\n')) => inside = false,
                Some(b'\n') | None => inside = false,
                Some(next) if next == marks.delimiter => inside = false,
                Some(_) => return Ok(None),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::encoding::Characters;
    use super::super::records::Records;
    use super::*;

    const COMMA: Marks = Marks { delimiter: b',', quote: Some(b'"'), characters: Characters::UTF_8 };

    /// A few bytes at a time, so that every place is met at the buffer's end.
    struct Dripping<'a>(&'a [u8]);

    impl Read for Dripping<'_> {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            let Some((first, rest)) = self.0.split_first() else { return Ok(0) };
            into[0] = *first;
            self.0 = rest;
            Ok(1)
        }
    }

    type Found = (Vec<(u64, u64)>, Option<(u64, u64)>);

    fn scanned(source: impl Read, blank_is_row: bool) -> Found {
        let mut found = Vec::new();
        let end = rows(source, COMMA, (0, 1), blank_is_row, |byte, line| found.push((byte, line))).unwrap();
        (found, end)
    }

    #[test]
    fn the_scan_finds_what_the_record_reader_finds_or_gives_up() {
        // Every text of six of these characters: the record reader is the oracle.
        let alphabet = [b'a', b',', b'"', b'\n', b'\r'];
        let (mut known, mut unknown) = (0, 0);
        for number in 0..5usize.pow(6) {
            let text: Vec<u8> = (0..6).map(|i| alphabet[number / 5usize.pow(i) % 5]).collect();
            for blank_is_row in [false, true] {
                let mut records = Records::new(&text[..], COMMA, 0, 1);
                let (mut expected, mut problem) = (Vec::new(), false);
                while let Some(record) = records.next().unwrap() {
                    problem |= record.problem.is_some();
                    if blank_is_row || !record.is_blank() {
                        expected.push((record.byte, record.line));
                    }
                }
                let (found, end) = scanned(&text[..], blank_is_row);
                match end {
                    Some((end, _)) => {
                        known += 1;
                        assert_eq!(found, expected, "{:?}", String::from_utf8_lossy(&text));
                        assert_eq!(end, records.place().0);
                    }
                    None => {
                        unknown += 1;
                        assert!(expected.starts_with(&found), "{:?}", String::from_utf8_lossy(&text));
                        assert!(problem, "{:?} was given up", String::from_utf8_lossy(&text));
                    }
                }
                if number % 97 == 0 {
                    assert_eq!(scanned(Dripping(&text), blank_is_row), scanned(&text[..], blank_is_row));
                }
            }
        }
        assert!(known > 10_000 && unknown > 1_000, "{known} {unknown}");
    }
}
