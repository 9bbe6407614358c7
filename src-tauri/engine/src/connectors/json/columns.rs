//! From what was seen at each path to the columns of a table.

use super::path;
use super::tree::{Counts, Node, Shape};
use crate::catalog::Column;
use crate::types::LogicalType;

/// What a table's rows are called in comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Document,
    Element,
}

/// An array that gives a child table.
pub(super) struct Child<'n> {
    /// From the row.
    pub keys: Vec<&'n str>,
    pub elements: &'n Node,
    /// Its JSON column is carried anyway.
    pub derived: bool,
}

/// The columns of rows of one kind.
pub(super) struct Columns<'n, 'f> {
    pub rows: u64,
    pub complete: bool,
    pub unit: Unit,
    /// Names that mean something else in this table.
    pub taken: &'f dyn Fn(&str) -> bool,
    /// Can this array be a child table?
    pub offered: &'f dyn Fn(&[&str]) -> bool,
    pub found: Vec<Column>,
    pub children: Vec<Child<'n>>,
}

/// A column that may be missing and that nothing is known of besides its type.
pub(super) fn column(name: String, logical: LogicalType, derived: bool, comment: Option<String>) -> Column {
    Column {
        name,
        native_type: logical.to_string(),
        logical,
        nullable: true,
        default: None,
        identity: None,
        generated: None,
        comment,
        derived,
        collation: None,
        reading: None,
    }
}

impl<'n> Columns<'n, '_> {
    /// The columns of a row's own object and what is below it.
    pub(super) fn gather(&mut self, node: &'n Node, above: &[&'n str]) {
        for (key, child) in &node.keys {
            let keys: Vec<&'n str> = above.iter().copied().chain([key.as_str()]).collect();
            let name = path::name(&keys, self.taken);
            let comment = Some(self.counted(&child.counts));
            match child.shape(self.complete) {
                Shape::Object => {
                    self.found.push(column(name.clone(), LogicalType::Json, true, comment));
                    self.presence(&name, child);
                    self.gather(child, &keys);
                }
                Shape::Array => {
                    let elements =
                        child.elements.as_deref().filter(|e| e.counts.total() > e.counts.array + e.counts.null);
                    let offered = elements.filter(|_| (self.offered)(&keys));
                    let objects = offered.is_some_and(|e| e.counts.object > 0);
                    self.found.push(column(name.clone(), LogicalType::Json, objects, comment));
                    self.presence(&name, child);
                    if let Some(elements) = offered {
                        self.children.push(Child { keys, elements, derived: !objects });
                    }
                }
                Shape::Leaf(logical) => {
                    self.found.push(column(name.clone(), logical, false, comment));
                    self.presence(&name, child);
                }
            }
        }
    }

    /// Where a value may be missing and may be null (or an empty object or array), a column tells which.
    fn presence(&mut self, name: &str, node: &Node) {
        let missing = self.rows.saturating_sub(node.counts.total());
        if missing > 0 && (node.counts.null > 0 || node.empty > 0) {
            let comment = format!("whether there is a value, null among them: missing in {missing}");
            self.found.push(column(path::presence(name), LogicalType::Boolean, true, Some(comment)));
        }
    }

    /// What is no object, and the row as a whole.
    pub(super) fn row_itself(&mut self, node: &Node) {
        let counts = &node.counts;
        if counts.total() > counts.object + counts.null {
            let logical = match node.shape(self.complete) {
                Shape::Leaf(logical) => logical,
                Shape::Object | Shape::Array => LogicalType::Json,
            };
            let comment = self.counted(&Counts { object: 0, ..*counts });
            self.found.push(column(path::VALUE.into(), logical, false, Some(comment)));
        }
        let comment = match (self.unit, node.closed) {
            (Unit::Document, false) => "the whole document",
            (Unit::Element, false) => "the whole element",
            (_, true) => "the whole, since it holds more keys than become columns",
        };
        self.found.push(column(path::JSON.into(), LogicalType::Json, !node.closed, Some(comment.into())));
    }

    /// "integer in 980 documents, null in 15, missing in 5".
    fn counted(&self, counts: &Counts) -> String {
        let seen = [
            ("integer", counts.integer),
            ("decimal", counts.decimal),
            ("text", counts.text),
            ("boolean", counts.boolean),
            ("object", counts.object),
            ("array", counts.array),
            ("null", counts.null),
            ("missing", self.rows.saturating_sub(counts.total())),
        ];
        let mut words = String::new();
        for (what, n) in seen.into_iter().filter(|(_, n)| *n > 0) {
            if !words.is_empty() {
                words.push_str(&format!(", {what} in {n}"));
                continue;
            }
            let unit = match (self.unit, n) {
                (Unit::Document, 1) => "document",
                (Unit::Document, _) => "documents",
                (Unit::Element, 1) => "element",
                (Unit::Element, _) => "elements",
            };
            words = format!("{what} in {n} {unit}");
        }
        words
    }
}
