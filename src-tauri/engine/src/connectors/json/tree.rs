//! What the documents of a file hold at each path: how often each type was seen, and what its values could be.
//!
//! One pass, bounded memory: an object with more keys than `MAX_KEYS`, or a file with more paths than `MAX_PATHS`, is
//! not followed further and stays JSON.

use std::collections::{HashMap, HashSet};

use xxhash_rust::xxh3::xxh3_64;

use super::decode::exact_float;
use super::parse::{Broken, Cursor, Kind, text_of};
use crate::connectors::infer::{Digits, Moments, is_integer, plain_decimal};
use crate::types::LogicalType;

/// Keys of one object that become columns.
const MAX_KEYS: usize = 1_000;
/// Paths of one file.
const MAX_PATHS: usize = 5_000;
/// Objects within objects that are flattened.
const MAX_FLAT: usize = 16;
/// Values of a column that is looked at as a key.
const MAX_UNIQUE: usize = 1 << 20;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub null: u64,
    pub boolean: u64,
    pub integer: u64,
    pub decimal: u64,
    pub text: u64,
    pub object: u64,
    pub array: u64,
}

impl Counts {
    pub(super) fn total(&self) -> u64 {
        self.null + self.boolean + self.number() + self.text + self.object + self.array
    }

    pub(super) fn number(&self) -> u64 {
        self.integer + self.decimal
    }

    /// How many kinds of values there are, besides null; a number is one kind.
    fn kinds(&self) -> usize {
        [self.boolean, self.number(), self.text, self.object, self.array].iter().filter(|n| **n > 0).count()
    }
}

/// What numbers have in common.
#[derive(Debug, Clone, Copy)]
struct Numbers {
    /// Every one is an integer of 64 bits.
    integer: bool,
    /// Every one is written without an exponent, and none is a minus zero.
    plain: bool,
    /// Every one survives as a 64-bit float.
    float: bool,
    digits: Digits,
}

impl Numbers {
    fn see(&mut self, raw: &str) {
        self.integer = self.integer && is_integer(raw);
        match plain_decimal(raw) {
            Some(digits) => self.digits.see(digits),
            None => self.plain = false,
        }
        self.float = self.float && exact_float(raw).is_some();
    }

    fn logical(&self, complete: bool) -> LogicalType {
        if self.integer {
            LogicalType::INT64
        } else if self.plain {
            self.digits.logical(complete)
        } else if self.float {
            LogicalType::Float { bits: 64 }
        } else {
            LogicalType::Json
        }
    }
}

/// What texts have in common.
#[derive(Debug, Clone, Copy)]
struct Texts {
    moments: Moments,
    /// Every one is a UUID in its canonical form.
    uuid: bool,
    /// One holds half of a surrogate pair, so it has no text but its JSON.
    broken: bool,
}

impl Texts {
    fn see(&mut self, raw: &str) {
        match text_of(raw) {
            Ok(text) => {
                self.moments.see(&text);
                self.uuid = self.uuid && is_uuid(&text);
            }
            Err(_) => self.broken = true,
        }
    }

    fn logical(&self) -> LogicalType {
        if self.broken {
            LogicalType::Json
        } else if self.uuid {
            LogicalType::Uuid
        } else {
            self.moments.logical().unwrap_or(LogicalType::TEXT)
        }
    }
}

/// 8-4-4-4-12 hexadecimal digits in lower case: what reads back as it was.
pub(super) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(i, b)| match i {
            8 | 13 | 18 | 23 => b == b'-',
            _ => matches!(b, b'0'..=b'9' | b'a'..=b'f'),
        })
}

/// What a path becomes.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Shape {
    /// Its keys become columns.
    Object,
    /// Its elements become rows of a child table.
    Array,
    Leaf(LogicalType),
}

#[derive(Debug, Clone)]
pub(super) struct Node {
    pub counts: Counts,
    /// Objects without keys, arrays without elements.
    pub empty: u64,
    /// In the order of their first appearance.
    pub keys: Vec<(String, Node)>,
    /// All elements of all arrays here.
    pub elements: Option<Box<Node>>,
    /// There are more keys than are followed.
    pub closed: bool,
    numbers: Numbers,
    texts: Texts,
    index: HashMap<String, usize>,
    /// The last object in which this key was seen.
    stamp: u64,
    /// Hashes of the values so far, while all differ.
    unique: Option<HashSet<u64>>,
}

impl Node {
    pub(super) fn new() -> Node {
        Node {
            counts: Counts::default(),
            empty: 0,
            keys: Vec::new(),
            elements: None,
            closed: false,
            numbers: Numbers { integer: true, plain: true, float: true, digits: Digits::default() },
            texts: Texts { moments: Moments::new(), uuid: true, broken: false },
            index: HashMap::new(),
            stamp: 0,
            unique: None,
        }
    }

    pub(super) fn key(&self, key: &str) -> Option<&Node> {
        self.index.get(key).map(|i| &self.keys[*i].1)
    }

    /// `complete` when every value was seen.
    pub(super) fn shape(&self, complete: bool) -> Shape {
        let counts = &self.counts;
        match counts.kinds() {
            0 if complete => Shape::Leaf(LogicalType::TEXT),
            1 if counts.object > 0 && !self.closed && !self.keys.is_empty() => Shape::Object,
            1 if counts.array > 0 => Shape::Array,
            1 if counts.boolean > 0 => Shape::Leaf(LogicalType::Boolean),
            1 if counts.number() > 0 => Shape::Leaf(self.numbers.logical(complete)),
            1 if counts.text > 0 => Shape::Leaf(self.texts.logical()),
            _ => Shape::Leaf(LogicalType::Json),
        }
    }

    /// No value came twice, none was null, and every one of `rows` rows has one.
    pub(super) fn is_unique(&self, rows: u64) -> bool {
        let counts = &self.counts;
        self.unique.is_some() && rows > 0 && counts.integer.max(counts.text) == rows && counts.total() == rows
    }
}

/// A pass over documents.
pub(super) struct Scan {
    paths: usize,
    objects: u64,
    /// Objects that have a key twice.
    pub repeated: u64,
}

impl Scan {
    pub(super) fn new() -> Scan {
        Scan { paths: 0, objects: 0, repeated: 0 }
    }

    /// Goes over a value and counts what is in it. `rows` says that keys of an object here may be keys of a table.
    pub(super) fn see(
        &mut self,
        node: &mut Node,
        cursor: &mut Cursor<'_>,
        flat: usize,
        rows: bool,
    ) -> Result<(), Broken> {
        match cursor.kind()? {
            Kind::Null => {
                node.counts.null += 1;
                cursor.skip()?;
            }
            Kind::Boolean => {
                node.counts.boolean += 1;
                cursor.skip()?;
            }
            Kind::Number => {
                let raw = cursor.skip()?;
                if raw.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
                    node.counts.integer += 1;
                } else {
                    node.counts.decimal += 1;
                }
                node.numbers.see(raw);
                see_unique(&mut node.unique, raw);
            }
            Kind::Text => {
                let raw = cursor.skip()?;
                node.counts.text += 1;
                node.texts.see(raw);
                see_unique(&mut node.unique, raw);
            }
            Kind::Object => self.object(node, cursor, flat, rows)?,
            Kind::Array => {
                node.counts.array += 1;
                let mut seen = 0u64;
                let mut elements = match node.elements.take() {
                    Some(elements) => elements,
                    None => Box::new(Node::new()),
                };
                let done = cursor.elements(|cursor| {
                    seen += 1;
                    // Arrays of arrays are carried as JSON: what is in them is not asked.
                    if cursor.kind()? == Kind::Array {
                        elements.counts.array += 1;
                        return cursor.skip().map(drop);
                    }
                    self.see(&mut elements, cursor, 0, rows)
                });
                node.elements = Some(elements);
                done?;
                node.empty += u64::from(seen == 0);
            }
        }
        Ok(())
    }

    fn object(&mut self, node: &mut Node, cursor: &mut Cursor<'_>, flat: usize, rows: bool) -> Result<(), Broken> {
        node.counts.object += 1;
        self.objects += 1;
        let stamp = self.objects;
        if flat >= MAX_FLAT {
            node.closed = true;
        }
        let (mut at, mut seen, mut repeated) = (0, 0u64, false);
        cursor.members(|cursor, key| {
            seen += 1;
            // Keys mostly come in the same order.
            let place = match node.keys.get(at) {
                Some((expected, _)) if expected == key => Some(at),
                _ => node.index.get(key).copied(),
            };
            let place = match place {
                Some(place) => place,
                None if node.closed || node.keys.len() >= MAX_KEYS || self.paths >= MAX_PATHS => {
                    node.closed = true;
                    return cursor.skip().map(drop);
                }
                None => {
                    let mut child = Node::new();
                    child.unique = (rows && key_word(key)).then(HashSet::new);
                    node.index.insert(key.into(), node.keys.len());
                    node.keys.push((key.into(), child));
                    self.paths += 1;
                    node.keys.len() - 1
                }
            };
            at = place + 1;
            let child = &mut node.keys[place].1;
            repeated |= child.stamp == stamp;
            child.stamp = stamp;
            // The first arrays of a document may be tables of their own, with keys of their own.
            let inner = rows && cursor.kind()? == Kind::Array;
            self.see(child, cursor, flat + 1, inner)
        })?;
        node.empty += u64::from(seen == 0);
        self.repeated += u64::from(repeated);
        Ok(())
    }
}

fn see_unique(unique: &mut Option<HashSet<u64>>, raw: &str) {
    // With escapes, two texts may be written differently and yet be one.
    if let Some(seen) = unique
        && (seen.len() >= MAX_UNIQUE || raw.contains('\\') || !seen.insert(xxh3_64(raw.as_bytes())))
    {
        *unique = None;
    }
}

/// Is this what a key is called?
fn key_word(key: &str) -> bool {
    let lower = key.to_lowercase();
    let plain = lower.trim_start_matches('_');
    matches!(plain, "id" | "uuid" | "guid" | "key")
        || ["_id", "_key", "_uuid"].iter().any(|end| plain.ends_with(end))
        || key.ends_with("Id")
        || key.ends_with("ID")
}

/// How well a name fits a table's own key; lower is better, `None` when it does not.
pub(super) fn key_rank(key: &str, table: &str, place: usize) -> Option<usize> {
    let plain = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let (name, table) = (plain(key), plain(table));
    let stem = ["id", "key", "uuid"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or("");
    match name.as_str() {
        "id" => Some(0),
        "uuid" | "guid" | "key" => Some(1),
        _ if key_word(key) && !stem.is_empty() && table.starts_with(stem) => Some(2),
        // Another table's id may happen to come once each; the first column seldom is another's.
        _ if key_word(key) && place == 0 => Some(3),
        _ => None,
    }
}
