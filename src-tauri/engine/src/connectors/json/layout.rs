//! Which paths of a document make the columns of a table, compiled once for a scan.
//!
//! Every path that the catalog knows is in the trie, wanted or not: a key that is nowhere in it was not scanned, and
//! its row is a fault rather than carried without it.

use std::collections::HashMap;
use std::ops::Range;

use super::decode::Decoder;
use super::parse::{Broken, Cursor, Kind};
use super::path;
use crate::catalog::Table;

/// Where a value stands in its document.
pub(super) type Slot = Range<usize>;

pub(super) const MISSING: Slot = usize::MAX..usize::MAX;

/// Why a row cannot be read.
#[derive(Debug, Clone)]
pub(super) struct Stop {
    /// In the document.
    pub at: usize,
    /// The name of the path, where one is concerned.
    pub path: Option<String>,
    pub why: &'static str,
}

impl From<Broken> for Stop {
    fn from(broken: Broken) -> Stop {
        Stop { at: broken.at, path: None, why: broken.why }
    }
}

#[derive(Debug, Clone)]
struct Member {
    key: String,
    /// The column's name for it.
    name: String,
    slot: usize,
    below: Option<Trie>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Trie {
    members: Vec<Member>,
    index: HashMap<String, usize>,
}

impl Trie {
    /// The slot of the path, made where there is none.
    pub(super) fn insert(&mut self, keys: &[String], name: &str, slots: &mut usize) -> usize {
        let Some((first, rest)) = keys.split_first() else { return 0 };
        let place = match self.index.get(first) {
            Some(place) => *place,
            None => {
                self.members.push(Member { key: first.clone(), name: name.into(), slot: *slots, below: None });
                *slots += 1;
                self.index.insert(first.clone(), self.members.len() - 1);
                self.members.len() - 1
            }
        };
        let member = &mut self.members[place];
        if rest.is_empty() {
            member.name = name.into();
            return member.slot;
        }
        member.below.get_or_insert_default().insert(rest, name, slots)
    }

    /// Goes over an object and notes where the values of its paths are. `strict` refuses keys that are no path.
    pub(super) fn walk(&self, cursor: &mut Cursor<'_>, slots: &mut [Slot], strict: bool) -> Result<(), Stop> {
        let mut expected = 0;
        cursor.members(|cursor, key| {
            let place = match self.members.get(expected) {
                Some(member) if member.key == key => Some(expected),
                _ => self.index.get(key).copied(),
            };
            let Some(place) = place else {
                if strict {
                    return Err(Stop {
                        at: cursor.at,
                        path: Some(path::name(&[key], |_| false)),
                        why: "is a key that was not there when the source was scanned; scan it again, or with scan=all",
                    });
                }
                cursor.skip()?;
                return Ok(());
            };
            expected = place + 1;
            let member = &self.members[place];
            let start = cursor.at;
            if slots[member.slot] != MISSING {
                return Err(Stop { at: start, path: Some(member.name.clone()), why: "comes twice in one object" });
            }
            match &member.below {
                Some(below) => match cursor.kind()? {
                    Kind::Object => below.walk(cursor, slots, strict)?,
                    Kind::Null => drop(cursor.skip()?),
                    _ => {
                        return Err(Stop {
                            at: start,
                            path: Some(member.name.clone()),
                            why: "is no object, and was one wherever the source was scanned",
                        });
                    }
                },
                None => drop(cursor.skip()?),
            }
            slots[member.slot] = start..cursor.at;
            Ok(())
        })
    }
}

/// Where a column's value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    /// The number of the document.
    Number,
    /// The place in the array of this level.
    Index(usize),
    /// The parent's key: a slot of the document.
    Key(usize),
    Path(usize),
    Presence(usize),
    /// The row itself, where it is no object.
    Value,
    /// The row itself.
    Whole,
}

/// One column of a scan.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub name: String,
    pub origin: Origin,
    pub decoder: Decoder,
}

/// How rows are made of documents.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    /// Of the document; for a child, only its parent's key and the way to its arrays.
    pub document: Trie,
    pub document_slots: usize,
    /// Of the row.
    pub row: Trie,
    pub row_slots: usize,
    /// The slot of the first key on the way to the arrays; `None` when documents are rows.
    pub way: Option<usize>,
    /// The keys behind that one.
    pub keys: Vec<String>,
    /// Arrays within arrays on the way.
    pub levels: usize,
    pub strict: bool,
    pub scalars: bool,
    pub wanted: Vec<Wanted>,
}

impl Layout {
    /// `keys` is the path of the arrays that the rows stand in, and empty when documents are rows.
    pub(super) fn new(table: &Table, root: &str, keys: &[String], columns: &[String]) -> Layout {
        let mut layout = Layout {
            document: Trie::default(),
            document_slots: 0,
            row: Trie::default(),
            row_slots: 0,
            way: None,
            keys: keys.get(1..).unwrap_or_default().to_vec(),
            levels: (0..).take_while(|level| table.column(&path::index(*level)).is_some()).count(),
            strict: table.column(path::JSON).is_none_or(|c| c.derived),
            scalars: table.column(path::VALUE).is_some(),
            wanted: Vec::new(),
        };
        if let Some(first) = keys.first() {
            let slot = layout.document.insert(std::slice::from_ref(first), first, &mut layout.document_slots);
            layout.way = Some(slot);
        }
        let origins: Vec<Option<Origin>> =
            table.columns.iter().map(|column| layout.origin(table, root, &column.name)).collect();
        for name in columns {
            let Some(place) = table.columns.iter().position(|c| c.name == *name) else { continue };
            if let Some(origin) = origins[place].clone() {
                let decoder = Decoder::new(&table.columns[place].logical);
                layout.wanted.push(Wanted { name: name.clone(), origin, decoder });
            }
        }
        layout
    }

    fn origin(&mut self, table: &Table, root: &str, name: &str) -> Option<Origin> {
        match name {
            path::ROW | path::PARENT => return Some(Origin::Number),
            path::VALUE => return Some(Origin::Value),
            path::JSON => return Some(Origin::Whole),
            _ => {}
        }
        if let Some(level) = (0..self.levels).find(|level| path::index(*level) == name) {
            return Some(Origin::Index(level));
        }
        if self.levels > 0
            && table.is_key(name)
            && let Some(key) = name.strip_prefix(root).and_then(|rest| rest.strip_prefix('.'))
        {
            let (keys, _) = path::parse(key)?;
            return Some(Origin::Key(self.document.insert(&keys, key, &mut self.document_slots)));
        }
        let (keys, presence) = path::parse(name)?;
        let slot =
            self.row.insert(&keys, name.strip_suffix('?').filter(|_| presence).unwrap_or(name), &mut self.row_slots);
        Some(if presence { Origin::Presence(slot) } else { Origin::Path(slot) })
    }
}
