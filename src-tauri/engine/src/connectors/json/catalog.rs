//! What JSON files hold: tables of documents, and tables of the arrays in them.
//!
//! Every table has its rows' place: `_row` is the document's number, and a child has `_parent`, the number of the
//! document that it stands in, and `_index`, its place in the array. A table's key is its own where one is found, and
//! its place otherwise; a child's key is its parent's key and its place, and refers to the parent.

use std::collections::BTreeMap;

use super::columns::{Child, Columns, Unit, column};
use super::connect::{Root, located};
use super::form::{Form, is_lines};
use super::parse::Cursor;
use super::source::Source;
use super::stream::Layout;
use super::tree::{Node, Scan, Shape, key_rank};
use super::{JsonConnection, SCHEMA, path};
use crate::catalog::{Catalog, Column, ForeignKey, Key, Schema, Table, TableKind, TableName};
use crate::connectors::Range;
use crate::error::Result;
use crate::types::LogicalType;

pub(super) fn catalog(connection: &JsonConnection) -> Result<Catalog> {
    let roots = connection.roots()?;
    let mut tables = Vec::new();
    for root in roots.values() {
        let seen = Seen::of(root, connection.given.scan)?;
        let single = seen.single && connection.given.table.is_none();
        Maker { roots: &roots, seen: &seen, root, tables: &mut tables }.documents(&seen.node, single);
    }
    tables.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Catalog {
        connector: super::DESCRIPTOR.id.into(),
        product: "JSON".into(),
        schemas: vec![Schema { name: SCHEMA.into(), tables, sequences: Vec::new(), ..Schema::default() }],
    })
}

/// What was seen in the documents of a table.
struct Seen {
    node: Node,
    /// Documents that are sound.
    rows: u64,
    broken: u64,
    complete: bool,
    /// One object is all that the file holds.
    single: bool,
    /// Documents, as far as can be told from those that were read.
    estimate: u64,
    scanned: u64,
}

impl Seen {
    fn of(root: &Root, limit: u64) -> Result<Seen> {
        let mut source = Source::open(root, &Range::All)?;
        let (mut node, mut scan) = (Node::new(), Scan::new());
        let (mut rows, mut broken, mut complete) = (0u64, 0u64, true);
        while let Some(document) = source.advance()? {
            if document.place.at >= limit {
                complete = false;
                break;
            }
            let text = std::str::from_utf8(document.bytes).ok().filter(|_| !document.too_long);
            // First all of it: what a broken document holds counts nowhere.
            let sound = text.filter(|text| {
                let mut cursor = Cursor::new(text, 0);
                cursor.skip().is_ok() && cursor.end().is_ok()
            });
            match sound.map(|text| scan.see(&mut node, &mut Cursor::new(text, 0), 0, true)) {
                Some(Ok(())) => rows += 1,
                _ => broken += 1,
            }
        }
        let scanned = source.at();
        let documents = rows + broken;
        let estimate = if complete { documents } else { documents.saturating_mul(root.bytes) / scanned.max(1) };
        let only = match root.files.as_slice() {
            [(path, _)] if documents == 1 => !is_lines(path) && Form::of(path)?.layout != Layout::Array,
            _ => false,
        };
        let single = only && complete && node.counts.object == 1 && scan.repeated == 0;
        Ok(Seen { node, rows, broken, complete, single, estimate, scanned })
    }
}

struct Maker<'m> {
    roots: &'m BTreeMap<String, Root>,
    seen: &'m Seen,
    root: &'m Root,
    tables: &'m mut Vec<Table>,
}

/// What children need of the table of documents that they stand in.
struct Parent {
    /// The root's name in full, with the key of its array if it is one.
    name: String,
    /// What children name it by.
    short: String,
    /// With the name and type of its key, where it has one of its own.
    key: Option<(String, LogicalType)>,
}

impl<'m> Maker<'m> {
    fn resolves(&self, name: &str, section: Option<&str>, keys: &[&str]) -> bool {
        located(name, &mut self.roots.clone()).is_some_and(|(root, found)| {
            root.files == self.root.files && root.section.as_deref() == section && found == keys
        })
    }

    /// The file's documents; with `single`, its one object's arrays are tables of their own.
    fn documents(&mut self, node: &Node, single: bool) {
        let sections: Vec<&str> = match single {
            true => node.keys.iter().filter(|(key, n)| self.is_section(key, n)).map(|(key, _)| key.as_str()).collect(),
            false => Vec::new(),
        };
        let parent = Parent { name: self.root.name.clone(), short: self.root.name.clone(), key: None };
        self.table(node, parent, self.seen.rows, self.seen.broken, None, &sections);
        for key in sections {
            let Some(elements) = node.key(key).and_then(|n| n.elements.as_deref()) else { continue };
            let parent = Parent { name: self.section_name(key), short: key.into(), key: None };
            self.table(elements, parent, elements.counts.total(), 0, Some(key), &[]);
        }
    }

    fn section_name(&self, key: &str) -> String {
        format!("{}/{}", self.root.name, path::name(&[key], |_| false))
    }

    fn is_section(&self, key: &str, node: &Node) -> bool {
        let objects = node.elements.as_ref().is_some_and(|e| e.counts.object > 0);
        objects && node.shape(true) == Shape::Array && self.resolves(&self.section_name(key), Some(key), &[])
    }

    /// A table of documents, and the tables of the arrays in them. `apart` are arrays with tables of their own.
    fn table(
        &mut self,
        node: &Node,
        mut parent: Parent,
        rows: u64,
        broken: u64,
        section: Option<&str>,
        apart: &[&str],
    ) {
        let complete = self.seen.complete && broken == 0;
        let ranked = node.keys.iter().enumerate().filter_map(|(place, (key, n))| {
            let Shape::Leaf(logical @ (LogicalType::Integer { .. } | LogicalType::Text { .. } | LogicalType::Uuid)) =
                n.shape(complete)
            else {
                return None;
            };
            let rank = key_rank(key, &parent.short, place).filter(|_| complete && n.is_unique(rows))?;
            Some((rank, path::name(&[key], |_| false), logical))
        });
        parent.key = ranked.min_by_key(|(rank, ..)| *rank).map(|(_, name, logical)| (name, logical));
        let (taken, child_name) = (|_: &str| false, |keys: &[&str]| child_name(&parent.name, section, keys));
        let offered = |keys: &[&str]| {
            let is_apart = keys.len() == 1 && apart.contains(&keys[0]);
            !is_apart && self.resolves(&child_name(keys), section, keys)
        };
        let mut columns = Columns {
            rows,
            complete: self.seen.complete,
            unit: if section.is_some() { Unit::Element } else { Unit::Document },
            taken: &taken,
            offered: &offered,
            found: Vec::new(),
            children: Vec::new(),
        };
        columns.gather(node, &[]);
        columns.row_itself(node);
        let (mut found, children) = (columns.found, columns.children);
        // The rows of a table of its own are not said again by its array.
        for column in found.iter_mut().filter(|c| apart.iter().any(|key| path::name(&[key], |_| false) == c.name)) {
            column.derived = true;
        }
        let has_children = children.iter().any(|c| !c.derived);
        let key = match &parent.key {
            Some((name, _)) => Some(name.clone()),
            None if has_children => Some(path::ROW.to_string()),
            None => None,
        };
        let place = column(
            path::ROW.into(),
            LogicalType::INT64,
            key.as_deref() != Some(path::ROW),
            Some("the document's number".into()),
        );
        found.insert(0, place);
        let mut table = self.new_table(&parent.name, found, if section.is_some() { rows } else { self.seen.estimate });
        table.comment = self.remark();
        if let Some(key) = key {
            for column in table.columns.iter_mut().filter(|c| c.name == key) {
                column.nullable = false;
            }
            table.primary_key = Some(Key { name: String::new(), columns: vec![key] });
        }
        let name = table.name.clone();
        self.tables.push(table);
        for child in children {
            self.child(&parent, section, child, Vec::new(), &name, 0);
        }
    }

    /// The table of an array's elements, and of the arrays in them.
    fn child(
        &mut self,
        root: &Parent,
        section: Option<&str>,
        child: Child<'_>,
        above: Vec<&str>,
        parent: &TableName,
        level: usize,
    ) {
        let keys: Vec<&str> = above.into_iter().chain(child.keys.iter().copied()).collect();
        let key_name = root.key.as_ref().map(|(name, _)| format!("{}.{name}", root.short));
        let taken = |name: &str| key_name.as_deref() == Some(name);
        let offered = |below: &[&str]| {
            let all: Vec<&str> = keys.iter().chain(below).copied().collect();
            self.resolves(&child_name(&root.name, section, &all), section, &all)
        };
        let rows = child.elements.counts.total();
        let mut columns = Columns {
            rows,
            complete: self.seen.complete,
            unit: Unit::Element,
            taken: &taken,
            offered: &offered,
            found: Vec::new(),
            children: Vec::new(),
        };
        columns.gather(child.elements, &[]);
        columns.row_itself(child.elements);
        let (below, inner) = (columns.found, columns.children);

        let mut found = vec![column(
            path::PARENT.into(),
            LogicalType::INT64,
            key_name.is_some(),
            Some(format!("the number of its document in {}", root.name)),
        )];
        let mut key = vec![key_name.clone().unwrap_or_else(|| path::PARENT.into())];
        if let (Some(name), Some((own, logical))) = (key_name, &root.key) {
            found.push(column(name, logical.clone(), false, Some(format!("{own} of its document in {}", root.name))));
        }
        for level in 0..=level {
            let comment =
                if level == 0 { "the place in the array, from 0" } else { "the place in the inner array, from 0" };
            found.push(column(path::index(level), LogicalType::INT64, false, Some(comment.into())));
            key.push(path::index(level));
        }
        found.iter_mut().for_each(|c| c.nullable = false);
        found.extend(below);
        if child.derived {
            found.iter_mut().for_each(|c| c.derived = true);
        }
        let columns = key[..=level].to_vec();
        let mut referenced = columns.clone();
        if level == 0 {
            referenced[0] = root.key.as_ref().map_or_else(|| path::ROW.into(), |(name, _)| name.clone());
        }
        let mut table = self.new_table(&child_name(&root.name, section, &keys), found, rows);
        table.comment = self.remark();
        table.primary_key = Some(Key { name: String::new(), columns: key });
        table.foreign_keys.push(ForeignKey {
            name: String::new(),
            columns,
            references: parent.clone(),
            referenced_columns: referenced,
            on_update: "NO ACTION".into(),
            on_delete: "NO ACTION".into(),
        });
        let name = table.name.clone();
        self.tables.push(table);
        for child in inner {
            self.child(root, section, child, keys.clone(), &name, level + 1);
        }
    }

    fn new_table(&self, name: &str, columns: Vec<Column>, rows: u64) -> Table {
        Table {
            name: TableName::new(SCHEMA, name),
            kind: TableKind::File,
            comment: None,
            columns,
            primary_key: None,
            unique_keys: Vec::new(),
            foreign_keys: Vec::new(),
            indexes: Vec::new(),
            checks: Vec::new(),
            row_estimate: Some(rows),
            byte_estimate: Some(self.root.bytes),
        }
    }

    /// What should be known about how types were found.
    fn remark(&self) -> Option<String> {
        let mut remarks = Vec::new();
        if !self.seen.complete {
            let mib = self.seen.scanned >> 20;
            remarks.push(format!("types are taken from the first {mib} MiB; ?scan=all looks at every document"));
        }
        match self.seen.broken {
            0 => {}
            1 => remarks.push("1 document is broken".into()),
            n => remarks.push(format!("{n} documents are broken")),
        }
        (!remarks.is_empty()).then(|| remarks.join("; "))
    }
}

/// A root's name, a section of it is behind a slash, and then the path of an array.
fn child_name(root: &str, section: Option<&str>, keys: &[&str]) -> String {
    // The path is written as a whole: only its first key may need quotes for being one of Rowferry's own names.
    match section {
        None => format!("{root}.{}", path::name(keys, |_| false)),
        Some(section) => {
            let whole: Vec<&str> = [section].into_iter().chain(keys.iter().copied()).collect();
            let file = root.strip_suffix(&format!("/{}", path::name(&[section], |_| false))).unwrap_or(root);
            format!("{file}/{}", path::name(&whole, |_| false))
        }
    }
}
