//! What became of a schema since a mapping was last seen against it.
//!
//! Two catalogs in, the differences out, with proposals for what may have been renamed. It must not know connectors, and
//! of the document only what a run will make by itself. Invariant: a proposal is never more than that; every name that is
//! gone is listed, whether or not something alike has come.

mod alike;

use std::collections::{HashMap, HashSet};

use schemars::JsonSchema;
use serde::Serialize;

use crate::catalog::{Catalog, Column, Schema, Table, TableName};
use crate::model::Project;

/// What became of one table.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct TableDrift {
    /// The name that the mapping knows; of an added table the only one.
    pub table: TableName,
    pub fate: TableFate,
    pub columns: Vec<ColumnDrift>,
}

#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "fate", rename_all = "kebab-case")]
pub enum TableFate {
    /// It is there; its columns are not what they were.
    Kept,
    Added {
        columns: u32,
    },
    Removed,
    /// It is gone, and another is so much like it that it may be the same.
    Renamed {
        to: TableName,
        likeness: Likeness,
    },
}

/// What became of one column.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ColumnDrift {
    /// The name that the mapping knows; of an added column the only one.
    pub column: String,
    pub fate: ColumnFate,
}

#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "fate", rename_all = "kebab-case")]
pub enum ColumnFate {
    Added {
        column_type: String,
        /// A row must bring a value for it.
        required: bool,
    },
    Removed {
        column_type: String,
    },
    /// It is gone, and another is so much like it that it may be the same.
    Renamed {
        to: String,
        /// Of the new one; `before` is of the old one where that was another.
        column_type: String,
        before: Option<String>,
        likeness: Likeness,
    },
    /// Another type, or NULL is allowed no longer, or is now.
    Changed {
        before: String,
        after: String,
    },
}

/// How likely two names are the same thing, and why.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Likeness {
    /// 0 to 1.
    pub score: f64,
    /// In words, the weightiest first.
    pub reasons: Vec<String>,
}

/// The differences of two catalogs of the same place, in the order of the tables before, then those added.
pub fn compare(before: &Catalog, now: &Catalog) -> Vec<TableDrift> {
    let (known, there) = (by_name(before), by_name(now));
    let gone: Vec<&Table> = before.tables().filter(|t| !there.contains_key(&t.name)).collect();
    let come: Vec<&Table> = now.tables().filter(|t| !known.contains_key(&t.name)).collect();
    let renamed = alike::tables(&gone, &come);
    let pairs: Vec<(&Table, &Table)> = before
        .tables()
        .filter_map(|old| {
            let to = renamed.get(&old.name).map(|(to, _)| to).unwrap_or(&old.name);
            Some((old, *there.get(to)?))
        })
        .filter(|(old, new)| old.columns != new.columns)
        .collect();
    let same_kind = before.connector == now.connector;
    let mut columns = columns(&pairs, same_kind);
    let mut drift = Vec::new();
    for old in before.tables() {
        let columns = columns.remove(&old.name).unwrap_or_default();
        let fate = match renamed.get(&old.name) {
            Some((to, likeness)) => TableFate::Renamed { to: to.clone(), likeness: likeness.clone() },
            None if !there.contains_key(&old.name) => TableFate::Removed,
            None if columns.is_empty() => continue,
            None => TableFate::Kept,
        };
        drift.push(TableDrift { table: old.name.clone(), fate, columns });
    }
    let taken: HashSet<&TableName> = renamed.values().map(|(to, _)| to).collect();
    for new in come.iter().filter(|t| !taken.contains(&t.name)) {
        let fate = TableFate::Added { columns: new.columns.len() as u32 };
        drift.push(TableDrift { table: new.name.clone(), fate, columns: Vec::new() });
    }
    drift
}

fn by_name(catalog: &Catalog) -> HashMap<&TableName, &Table> {
    catalog.tables().map(|t| (&t.name, t)).collect()
}

fn columns(pairs: &[(&Table, &Table)], same_kind: bool) -> HashMap<TableName, Vec<ColumnDrift>> {
    let likely = alike::columns(pairs);
    let mut all = HashMap::new();
    for (old, new) in pairs {
        let renamed = likely.get(&old.name);
        let renamed_to = |name: &str| renamed.and_then(|of| of.get(name));
        let mut drift = Vec::new();
        for column in &old.columns {
            let fate = match (new.column(&column.name), renamed_to(&column.name)) {
                (Some(now), _) if differs(column, now, same_kind) => {
                    ColumnFate::Changed { before: type_of(column), after: type_of(now) }
                }
                (Some(_), _) => continue,
                (None, Some((to, likeness))) => {
                    let Some(now) = new.column(to) else { continue };
                    ColumnFate::Renamed {
                        to: to.clone(),
                        column_type: type_of(now),
                        before: differs(column, now, same_kind).then(|| type_of(column)),
                        likeness: likeness.clone(),
                    }
                }
                (None, None) => ColumnFate::Removed { column_type: type_of(column) },
            };
            drift.push(ColumnDrift { column: column.name.clone(), fate });
        }
        let taken: HashSet<&str> = renamed.into_iter().flat_map(|of| of.values().map(|(to, _)| to.as_str())).collect();
        for column in new.columns.iter().filter(|c| old.column(&c.name).is_none() && !taken.contains(c.name.as_str())) {
            let fate = ColumnFate::Added { column_type: type_of(column), required: column.is_required() };
            drift.push(ColumnDrift { column: column.name.clone(), fate });
        }
        if !drift.is_empty() {
            all.insert(old.name.clone(), drift);
        }
    }
    all
}

/// Two kinds of database spell the same type in two ways.
fn differs(before: &Column, now: &Column, same_kind: bool) -> bool {
    let types = if same_kind { before.native_type != now.native_type } else { before.logical != now.logical };
    types || before.nullable != now.nullable
}

fn type_of(column: &Column) -> String {
    format!("{}{}", column.native_type, if column.nullable { "" } else { " not null" })
}

/// Takes over what the target has of what the mapping fills, and had not: runs have made it, and it is no drift.
pub fn absorb(seen: &mut Catalog, now: &Catalog, project: &Project) -> bool {
    let there = by_name(now);
    let mut places: HashMap<TableName, (usize, usize)> = HashMap::new();
    for (s, schema) in seen.schemas.iter().enumerate() {
        places.extend(schema.tables.iter().enumerate().map(|(t, table)| (table.name.clone(), (s, t))));
    }
    let mut changed = false;
    for mapping in &project.tables {
        let name = &mapping.to;
        let Some(there) = there.get(name).copied() else { continue };
        let Some((schema, table)) = places.get(name).copied() else {
            match seen.schemas.iter_mut().find(|s| s.name == name.schema) {
                Some(schema) => schema.tables.push(there.clone()),
                None => seen.schemas.push(Schema {
                    name: name.schema.clone(),
                    tables: vec![there.clone()],
                    ..Schema::default()
                }),
            }
            changed = true;
            continue;
        };
        let known = &mut seen.schemas[schema].tables[table];
        for column in mapping.columns.iter().filter_map(|link| there.column(&link.to)) {
            if known.column(&column.name).is_none() {
                known.columns.push(column.clone());
                changed = true;
            }
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::TableKind;
    use crate::model::{ColumnMapping, TableMapping};
    use crate::types::LogicalType;

    fn table(name: &str, columns: &[(&str, &str)]) -> Table {
        Table {
            name: TableName::new("public", name),
            kind: TableKind::Table,
            comment: None,
            columns: columns
                .iter()
                .map(|(name, native)| Column {
                    name: (*name).into(),
                    native_type: native.trim_end_matches('!').into(),
                    logical: LogicalType::TEXT,
                    nullable: !native.ends_with('!'),
                    default: None,
                    identity: None,
                    generated: None,
                    comment: None,
                    derived: false,
                    collation: None,
                    reading: None,
                })
                .collect(),
            primary_key: None,
            unique_keys: Vec::new(),
            foreign_keys: Vec::new(),
            indexes: Vec::new(),
            checks: Vec::new(),
            row_estimate: None,
            byte_estimate: None,
        }
    }

    fn catalog(tables: Vec<Table>) -> Catalog {
        let schema = Schema { name: "public".into(), tables, ..Schema::default() };
        Catalog { connector: "postgres".into(), product: "PostgreSQL".into(), schemas: vec![schema] }
    }

    const CUSTOMERS: &[(&str, &str)] = &[("id", "integer!"), ("name", "text"), ("city", "text"), ("since", "date")];

    fn fate<'a>(drift: &'a [TableDrift], column: &str) -> &'a ColumnFate {
        &drift[0].columns.iter().find(|c| c.column == column).unwrap_or_else(|| panic!("{drift:?}")).fate
    }

    #[test]
    fn nothing_is_said_of_what_is_as_it_was() {
        let before = catalog(vec![table("customers", CUSTOMERS)]);
        assert_eq!(compare(&before, &before), []);
    }

    #[test]
    fn a_renamed_column_is_proposed_and_an_added_one_is_listed() {
        let before = catalog(vec![table("customers", CUSTOMERS)]);
        let columns =
            [("id", "integer!"), ("full_name", "text"), ("city", "text"), ("since", "date"), ("country", "text!")];
        let drift = compare(&before, &catalog(vec![table("customers", &columns)]));
        assert_eq!(drift.len(), 1);
        assert_eq!(drift[0].columns.len(), 2, "{drift:?}");
        let ColumnFate::Renamed { to, likeness, before, .. } = fate(&drift, "name") else { panic!("{drift:?}") };
        assert_eq!((to.as_str(), before), ("full_name", &None));
        assert!(likeness.score >= 0.8, "{likeness:?}");
        assert!(!likeness.reasons.is_empty());
        let added = ColumnFate::Added { column_type: "text not null".into(), required: true };
        assert_eq!(*fate(&drift, "country"), added);
    }

    #[test]
    fn a_column_in_the_same_place_with_the_same_type_may_be_renamed_whatever_its_name() {
        let before = catalog(vec![table("customers", CUSTOMERS)]);
        let columns = [("id", "integer!"), ("bezeichnung", "text"), ("city", "text"), ("since", "date")];
        let drift = compare(&before, &catalog(vec![table("customers", &columns)]));
        assert!(matches!(fate(&drift, "name"), ColumnFate::Renamed { to, .. } if to == "bezeichnung"), "{drift:?}");
    }

    #[test]
    fn a_column_that_went_while_an_unlike_one_came_elsewhere_is_not_proposed() {
        let before = catalog(vec![table("customers", CUSTOMERS)]);
        let columns = [("id", "integer!"), ("city", "text"), ("since", "date"), ("weight", "numeric(8,2)")];
        let drift = compare(&before, &catalog(vec![table("customers", &columns)]));
        assert_eq!(*fate(&drift, "name"), ColumnFate::Removed { column_type: "text".into() });
        assert!(matches!(fate(&drift, "weight"), ColumnFate::Added { .. }));
    }

    #[test]
    fn another_type_or_null_no_longer_allowed_is_a_change() {
        let before = catalog(vec![table("customers", CUSTOMERS)]);
        let columns = [("id", "bigint!"), ("name", "text!"), ("city", "text"), ("since", "date")];
        let drift = compare(&before, &catalog(vec![table("customers", &columns)]));
        let id = ColumnFate::Changed { before: "integer not null".into(), after: "bigint not null".into() };
        assert_eq!(*fate(&drift, "id"), id);
        assert_eq!(*fate(&drift, "name"), ColumnFate::Changed { before: "text".into(), after: "text not null".into() });
    }

    #[test]
    fn a_renamed_table_is_known_by_its_columns_and_their_changes_are_told_with_it() {
        let before = catalog(vec![table("orders", CUSTOMERS), table("log", &[("line", "text")])]);
        let columns = [("id", "integer!"), ("full_name", "text"), ("city", "text"), ("since", "date")];
        let drift = compare(&before, &catalog(vec![table("kunden", &columns), table("events", &[("at", "date")])]));
        let TableFate::Renamed { to, .. } = &drift[0].fate else { panic!("{drift:?}") };
        assert_eq!(to.table, "kunden");
        assert!(matches!(fate(&drift, "name"), ColumnFate::Renamed { to, .. } if to == "full_name"));
        assert_eq!(drift[1].fate, TableFate::Removed);
        assert_eq!(drift[2].fate, TableFate::Added { columns: 1 });
    }

    #[test]
    fn what_a_run_has_made_is_no_drift() {
        let mut seen = catalog(vec![table("customers", &CUSTOMERS[..3])]);
        let now = catalog(vec![table("customers", CUSTOMERS), table("orders", CUSTOMERS), table("other", CUSTOMERS)]);
        let mut project = Project::new("p");
        for (to, columns) in [("customers", vec![ColumnMapping::copy("x", "since")]), ("orders", vec![])] {
            let text = format!(
                r#"{{"from": {{"schema": "s", "table": "{to}"}}, "to": {{"schema": "public", "table": "{to}"}}}}"#
            );
            let mapping: TableMapping = serde_json::from_str(&text).unwrap();
            project.tables.push(TableMapping { columns, ..mapping });
        }
        assert!(absorb(&mut seen, &now, &project));
        let drift = compare(&seen, &now);
        assert_eq!(drift.len(), 1, "{drift:?}");
        assert_eq!(drift[0].table.table, "other");
        assert!(!absorb(&mut seen, &now, &project));
    }
}
