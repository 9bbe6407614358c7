//! What of a source table's checks, indexes and defaults a created table gets, and in which words.
//!
//! Within one kind of database they are kept as they are, under the columns' new names; in another they are translated
//! where that is certain. What is not carried here is listed by the plan's findings.

use std::collections::HashSet;

use super::target::{copied, is_partial};
use super::{Sides, Step};
use crate::catalog::{Check, Column, Index, Table, TableName};
use crate::connectors::{Dialect, expression};
use crate::model::TableMapping;
use crate::types::LogicalType;

pub(super) struct Carry<'a> {
    pub mapping: &'a TableMapping,
    pub source: &'a Table,
    /// Columns of the created table.
    pub columns: &'a [Column],
    /// Ids of the connectors.
    pub from: &'a str,
    pub to: &'a str,
    pub dialect: &'a dyn Dialect,
}

/// How an index is carried.
pub(super) struct CarriedIndex {
    pub index: Index,
    /// Its method, order, expressions and predicate are carried too.
    pub whole: bool,
}

impl<'a> Carry<'a> {
    pub fn new(mapping: &'a TableMapping, source: &'a Table, columns: &'a [Column], sides: &'a Sides<'_>) -> Self {
        let (from, to) = (sides.source.descriptor().id, sides.target.descriptor().id);
        Carry { mapping, source, columns, from, to, dialect: sides.target.dialect() }
    }

    pub fn same_database(&self) -> bool {
        self.from == self.to
    }

    fn source_column(&self, name: &str) -> Option<&Column> {
        // PostgreSQL alone tells names apart by their case.
        let is_it =
            |c: &&Column| if self.from == "postgres" { c.name == name } else { c.name.eq_ignore_ascii_case(name) };
        self.source.columns.iter().find(is_it)
    }

    /// The column that a source column is copied to, and its type there.
    fn column(&self, name: &str) -> Option<(String, LogicalType)> {
        let source = self.source_column(name)?;
        let new = copied(self.mapping, std::slice::from_ref(&source.name))?.pop()?;
        let new = self.columns.iter().find(|c| c.name == new)?;
        let kept = if self.same_database() {
            source.logical == new.logical && source.reading.is_none()
        } else {
            // A collation that holds `a` and `A` to be one makes another comparison.
            let folds = source.collation.as_ref().is_some_and(|c| !c.ends_with("_bin"));
            !(self.from == "mysql" && folds)
        };
        // MySQL refuses checks of numbers that it gives itself.
        let given = self.to == "mysql" && new.identity.is_some();
        (kept && !given).then(|| (new.name.clone(), new.logical.clone()))
    }

    pub fn check(&self, check: &Check) -> Option<Check> {
        let columns = |name: &str| self.column(name);
        let expression = if self.same_database() {
            expression::renamed(&check.expression, self.to, &columns)?
        } else {
            expression::translated(&check.expression, self.from, self.to, self.dialect, &columns)?
        };
        // MySQL's names of checks are shared by all tables of a database.
        let name = if self.to == "mysql" && !self.same_database() { String::new() } else { check.name.clone() };
        Some(Check { name, expression })
    }

    /// As `check`, but for those that are left out by choice.
    pub fn kept_check(&self, check: &Check) -> Option<Check> {
        self.check(check).filter(|c| !self.mapping.left_checks.iter().any(|left| left == c.known_as()))
    }

    /// The expression of a generated column of this type. `allowed` says which source columns it may be made of.
    pub fn generated(&self, sql: &str, logical: &LogicalType, allowed: &dyn Fn(&str) -> bool) -> Option<String> {
        let columns = |name: &str| {
            let source = self.source_column(name)?;
            allowed(&source.name).then(|| self.column(name))?
        };
        expression::generated(sql, self.from, self.to, self.dialect, &columns, logical)
    }

    pub fn index(&self, index: &Index) -> Option<CarriedIndex> {
        let columns = copied(self.mapping, &index.columns);
        let definition = if self.same_database() { self.definition(index) } else { None };
        if let Some(definition) = definition {
            let index = Index { columns: columns.unwrap_or_default(), definition, ..index.clone() };
            return Some(CarriedIndex { index, whole: true });
        }
        if index.columns.is_empty() || is_partial(index) {
            return None;
        }
        let plain = Index { name: String::new(), columns: columns?, unique: index.unique, definition: String::new() };
        Some(CarriedIndex { index: plain, whole: false })
    }

    fn definition(&self, index: &Index) -> Option<String> {
        let columns = |name: &str| {
            let new = copied(self.mapping, &[name.to_string()])?.pop()?;
            let logical = self.columns.iter().find(|c| c.name == new)?.logical.clone();
            (self.source.column(name)?.logical == logical).then_some((new, logical))
        };
        match self.to {
            // Its definitions name nothing but columns, each in backticks.
            "mysql" => {
                // One of another type there needs a length, which it may have.
                let has_length = |c: &String| {
                    index.definition.starts_with("create fulltext ")
                        || index.definition.contains(&format!("{}(", self.dialect.quote(c)))
                };
                let kept = |c: &String| copied(self.mapping, std::slice::from_ref(c)).is_some_and(|new| new[0] == *c);
                let mut names = index.columns.iter().map(|c| kept(c) && (has_length(c) || columns(c).is_some()));
                (!index.columns.is_empty() && names.all(|kept| kept)).then(|| index.definition.clone())
            }
            _ => expression::renamed_index(&index.definition, self.to, &columns),
        }
    }

    pub fn default(&self, column: &Column, logical: &LogicalType) -> Option<String> {
        let default = column.default.as_deref()?;
        if self.same_database() && column.logical == *logical && column.reading.is_none() {
            // MySQL says there what an update sets as well.
            let (value, _) = default.split_once(" on update ").unwrap_or((default, ""));
            if expression::renamed(value, self.to, &|_| None).is_some() {
                return Some(default.to_string());
            }
        }
        let random = ["gen_random_uuid()", "uuid_generate_v4()", "uuid()", "(uuid())"];
        if *logical == LogicalType::Uuid && random.contains(&default.to_lowercase().as_str()) {
            match self.to {
                "postgres" => return Some("gen_random_uuid()".into()),
                "mysql" => return Some("(uuid())".into()),
                _ => {}
            }
        }
        self.dialect.translate_default(default, logical)
    }
}

/// Takes names away that are taken in the target: the server gives another then.
pub(super) fn keep_free_names(steps: &mut [Step], sides: &Sides<'_>) {
    if sides.target.descriptor().id == "mysql" {
        // Names of indexes are a table's own there.
        return;
    }
    let mut taken: HashSet<(String, String)> = HashSet::new();
    let place = |table: &TableName, name: &str| (table.schema.clone(), name.to_lowercase());
    for table in sides.target_catalog.tables().chain(steps.iter().map(|s| &s.target)) {
        taken.insert(place(&table.name, &table.name.table));
    }
    for table in sides.target_catalog.tables() {
        let keys = table.keys().map(|k| &k.name).chain(table.indexes.iter().map(|i| &i.name));
        taken.extend(keys.map(|name| place(&table.name, name)));
    }
    for step in steps.iter_mut().filter(|s| s.creates) {
        let name = step.target.name.clone();
        let keys = step.target.unique_keys.iter_mut().map(|k| &mut k.name);
        for given in keys.chain(step.target.indexes.iter_mut().map(|i| &mut i.name)).filter(|n| !n.is_empty()) {
            if !taken.insert(place(&name, given)) {
                given.clear();
            }
        }
    }
}
