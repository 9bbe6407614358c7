//! Rows from documents: a document is a row, or its arrays' elements are.
//!
//! Invariant: a document always gives the same rows and faults, whichever columns are wanted of it, as long as they
//! can be decoded; so that what is counted is what is read.

use super::layout::{Layout, MISSING, Origin, Slot, Stop};
use super::parse::{Cursor, Kind};
use super::source::Document;
use crate::connectors::RowFault;
use crate::connectors::cells::Cell;

const NO_ARRAY: &str = "is no array, and was one wherever the source was scanned";

/// A row within its document.
pub(super) struct Row<'d> {
    pub text: &'d str,
    /// The row's own value.
    pub own: Slot,
    pub number: i64,
    pub indexes: &'d [i64],
    pub document: &'d [Slot],
    pub slots: &'d [Slot],
    pub is_object: bool,
}

/// What is done with rows; `false` ends the scan.
pub(super) trait Taker {
    fn row(&mut self, row: &Row<'_>) -> Result<bool, crate::error::Error>;
    /// `own` is the row's value, where it could be told from the rest.
    fn fault(&mut self, text: &str, own: Option<Slot>, stop: Stop) -> Result<bool, crate::error::Error>;
}

/// Memory that is used for every document anew.
pub(super) struct Maker<'l> {
    layout: &'l Layout,
    document: Vec<Slot>,
    slots: Vec<Slot>,
    indexes: Vec<i64>,
    number: i64,
}

/// Ends a walk over elements.
enum Halt {
    Stop(Stop),
    Error(crate::error::Error),
    Enough,
}

impl<T: Into<Stop>> From<T> for Halt {
    fn from(stop: T) -> Halt {
        Halt::Stop(stop.into())
    }
}

impl<'l> Maker<'l> {
    pub(super) fn new(layout: &'l Layout) -> Maker<'l> {
        Maker {
            layout,
            document: vec![MISSING; layout.document_slots],
            slots: vec![MISSING; layout.row_slots],
            indexes: Vec::new(),
            number: 0,
        }
    }

    /// Hands out the rows of one document.
    pub(super) fn rows(&mut self, document: &Document<'_>, taker: &mut dyn Taker) -> Result<bool, crate::error::Error> {
        self.number = document.place.number as i64;
        self.indexes.clear();
        if document.too_long {
            let why = "the document is longer than 256 MiB";
            return taker.fault("", None, Stop { at: 0, path: None, why });
        }
        let text = match std::str::from_utf8(document.bytes) {
            Ok(text) => text,
            Err(e) => {
                let stop = Stop { at: e.valid_up_to(), path: None, why: "the document is not UTF-8" };
                return taker.fault(&String::from_utf8_lossy(document.bytes), None, stop);
            }
        };
        let done = match self.layout.way {
            None => self.whole(text, taker),
            Some(way) => self.children(text, way, taker),
        };
        match done {
            Ok(()) => Ok(true),
            Err(Halt::Stop(stop)) => taker.fault(text, None, stop),
            Err(Halt::Error(e)) => Err(e),
            Err(Halt::Enough) => Ok(false),
        }
    }

    fn whole(&mut self, text: &str, taker: &mut dyn Taker) -> Result<(), Halt> {
        let mut cursor = Cursor::new(text, 0);
        let is_object = cursor.kind()? == Kind::Object;
        let start = cursor.at;
        self.slots.fill(MISSING);
        self.own(&mut cursor, is_object)?;
        let own = start..cursor.at;
        cursor.end()?;
        self.hand(text, own, is_object, taker)
    }

    /// Goes over the row's own value.
    fn own(&mut self, cursor: &mut Cursor<'_>, is_object: bool) -> Result<(), Stop> {
        if is_object {
            return self.layout.row.walk(cursor, &mut self.slots, self.layout.strict);
        }
        if cursor.kind()? != Kind::Null && !self.layout.scalars {
            let why = "the value is no object, and all were wherever the source was scanned";
            return Err(Stop { at: cursor.at, path: None, why });
        }
        cursor.skip()?;
        Ok(())
    }

    fn hand(&mut self, text: &str, own: Slot, is_object: bool, taker: &mut dyn Taker) -> Result<(), Halt> {
        let row = Row {
            text,
            own,
            number: self.number,
            indexes: &self.indexes,
            document: &self.document,
            slots: &self.slots,
            is_object,
        };
        match taker.row(&row) {
            Ok(true) => Ok(()),
            Ok(false) => Err(Halt::Enough),
            Err(e) => Err(Halt::Error(e)),
        }
    }

    fn children(&mut self, text: &str, way: usize, taker: &mut dyn Taker) -> Result<(), Halt> {
        let mut cursor = Cursor::new(text, 0);
        self.document.fill(MISSING);
        if cursor.kind()? == Kind::Object {
            self.layout.document.walk(&mut cursor, &mut self.document, false)?;
        } else {
            cursor.skip()?;
        }
        cursor.end()?;
        let found = self.document[way].clone();
        if found == MISSING {
            return Ok(());
        }
        let keys = &self.layout.keys;
        self.unnest(text, found.start, keys, taker)
    }

    /// `at` is the first byte of a value in a document that is known to be sound; `keys` is the way on from there.
    fn unnest(&mut self, text: &str, at: usize, keys: &'l [String], taker: &mut dyn Taker) -> Result<(), Halt> {
        let mut cursor = Cursor::new(text, at);
        match (cursor.kind()?, keys.split_first()) {
            (Kind::Null, _) => Ok(()),
            (Kind::Object, Some((key, rest))) => match member(text, at, key)? {
                Some(found) => self.unnest(text, found, rest, taker),
                None => Ok(()),
            },
            (Kind::Array, on) => {
                self.indexes.push(0);
                let last = self.indexes.len();
                if last > self.layout.levels || (on.is_none() && last < self.layout.levels) {
                    return Err(Stop { at, path: None, why: NO_ARRAY }.into());
                }
                let mut place = 0;
                cursor.elements(|cursor| -> Result<(), Halt> {
                    self.indexes.truncate(last);
                    self.indexes[last - 1] = place;
                    place += 1;
                    let is_object = cursor.kind()? == Kind::Object;
                    let start = cursor.at;
                    if on.is_some() {
                        cursor.skip()?;
                        return if is_object { self.unnest(text, start, keys, taker) } else { Ok(()) };
                    }
                    self.slots.fill(MISSING);
                    let mut behind = cursor.clone();
                    match self.own(cursor, is_object) {
                        Ok(()) => self.hand(text, start..cursor.at, is_object, taker),
                        Err(stop) => {
                            behind.skip()?;
                            *cursor = behind;
                            match taker.fault(text, Some(start..cursor.at), stop) {
                                Ok(true) => Ok(()),
                                Ok(false) => Err(Halt::Enough),
                                Err(e) => Err(Halt::Error(e)),
                            }
                        }
                    }
                })?;
                self.indexes.truncate(last - 1);
                Ok(())
            }
            _ => Err(Stop { at, path: None, why: NO_ARRAY }.into()),
        }
    }
}

/// Where the value of a key in the object at `at` begins.
fn member(text: &str, at: usize, wanted: &str) -> Result<Option<usize>, Stop> {
    let mut found = None;
    Cursor::new(text, at).members(|cursor, key| -> Result<(), Stop> {
        if key == wanted && found.replace(cursor.at).is_some() {
            let path = Some(super::path::name(&[key], |_| false));
            return Err(Stop { at: cursor.at, path, why: "comes twice in one object" });
        }
        cursor.skip()?;
        Ok(())
    })?;
    Ok(found)
}

impl Row<'_> {
    /// The row's cells; an error names the column. NULL is in the place of a value that cannot be decoded where
    /// `stands_in` says so of its column.
    pub(super) fn cells<'a>(
        &'a self,
        layout: &'a Layout,
        stands_in: &mut dyn FnMut(usize, &'static str) -> bool,
    ) -> Result<Vec<Cell<'a>>, Stop> {
        let mut cells = Vec::with_capacity(layout.wanted.len());
        for wanted in &layout.wanted {
            let slot = match &wanted.origin {
                Origin::Number => {
                    cells.push(Cell::Integer(self.number));
                    continue;
                }
                Origin::Index(level) => {
                    cells.push(self.indexes.get(*level).map_or(Cell::Null, |i| Cell::Integer(*i)));
                    continue;
                }
                Origin::Presence(slot) => {
                    cells.push(Cell::Boolean(self.slots[*slot] != MISSING));
                    continue;
                }
                Origin::Key(slot) => &self.document[*slot],
                Origin::Path(slot) => &self.slots[*slot],
                Origin::Value if self.is_object => &MISSING,
                Origin::Value | Origin::Whole => &self.own,
            };
            cells.push(if *slot == MISSING {
                Cell::Null
            } else {
                match wanted.decoder.decode(&self.text[slot.clone()]) {
                    Ok(cell) => cell,
                    Err(why) if stands_in(cells.len(), why) => Cell::Null,
                    Err(why) => return Err(Stop { at: slot.start, path: Some(wanted.name.clone()), why }),
                }
            });
        }
        Ok(cells)
    }
}

/// A stop as the engine's fault, with its place in the file.
pub(super) fn fault(
    document: &Document<'_>,
    file: Option<&str>,
    text: &str,
    own: Option<Slot>,
    stop: Stop,
) -> RowFault {
    // A document that ends too early ends on its own line.
    let at = stop.at.min(document.bytes.trim_ascii_end().len());
    let line = document.place.line + document.bytes[..at].iter().filter(|b| **b == b'\n').count() as u64;
    let file = file.map(|f| format!("{f}, ")).unwrap_or_default();
    let what = match &stop.path {
        Some(path) => format!("{path} {}", stop.why),
        None => stop.why.to_string(),
    };
    let whole = own.and_then(|own| text.get(own)).unwrap_or(text).trim_end();
    RowFault {
        position: Some(document.place.number as i64),
        column: stop.path,
        reason: format!("{file}line {line}, byte {}: {what}", document.place.byte + at as u64),
        row: vec![(super::path::JSON.into(), (!document.too_long).then(|| whole.to_string()))],
    }
}
