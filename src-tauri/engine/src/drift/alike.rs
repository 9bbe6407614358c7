//! Which of the names that went and came may be the same thing: the matcher's opinion, joined with what only a schema and
//! its own past can say, such as the same place among the same neighbours.

use std::collections::{HashMap, HashSet};

use super::Likeness;
use crate::catalog::{Catalog, Column, Schema, Table, TableName};
use crate::matching::{Evidence, Reason, Suggester};

/// Below it, nothing is proposed.
const PROPOSED: f64 = 0.5;
/// A column of the same type in the same place, whatever its name.
const SAME_PLACE: f64 = 0.65;
/// The same, and the matcher finds the names alike.
const SAME_PLACE_ALIKE: f64 = 0.9;
/// From here on the matcher's opinion counts as alike.
const ALIKE: f64 = 0.3;
/// Columns of another type are seldom the same.
const OTHER_TYPE: f64 = 0.6;
/// Among more pairs of tables than this, only those of the same name are looked at: that is another schema altogether.
const MOST_PAIRS: usize = 250_000;

/// For each table that went, the one that came in its place, where there is one.
pub fn tables(gone: &[&Table], come: &[&Table]) -> HashMap<TableName, (TableName, Likeness)> {
    let mut found = Vec::new();
    for (g, old) in gone.iter().enumerate() {
        for (c, new) in come.iter().enumerate().filter(|(_, new)| new.name.table == old.name.table) {
            let reasons = vec![format!("the same name, in {}", new.name.schema)];
            found.push((g, c, Likeness { score: 0.95, reasons }));
        }
    }
    if gone.len() * come.len() <= MOST_PAIRS {
        for (g, old) in gone.iter().enumerate() {
            for (c, new) in come.iter().enumerate() {
                found.extend(by_columns(old, new).map(|likeness| (g, c, likeness)));
            }
        }
        found.extend(by_matcher(gone, come));
    }
    let chosen = assign(found);
    chosen.into_iter().map(|(g, c, likeness)| (gone[g].name.clone(), (come[c].name.clone(), likeness))).collect()
}

/// Most of the columns are the same. A few that many tables have, such as a number and a name, say little.
fn by_columns(old: &Table, new: &Table) -> Option<Likeness> {
    let shared =
        old.columns.iter().filter(|o| new.column(&o.name).is_some_and(|n| n.native_type == o.native_type)).count();
    let all = old.columns.len().max(new.columns.len());
    let score = shared as f64 / all.max(1) as f64 * (1.0 - 0.5f64.powi(shared as i32));
    (score >= PROPOSED).then(|| Likeness { score, reasons: vec![format!("{shared} of {all} columns are the same")] })
}

fn by_matcher(gone: &[&Table], come: &[&Table]) -> Vec<(usize, usize, Likeness)> {
    let (before, now) = (catalog_of(gone.iter().map(|t| (*t).clone())), catalog_of(come.iter().map(|t| (*t).clone())));
    let place = |of: &[&Table], name: &TableName| of.iter().position(|t| t.name == *name);
    Suggester::new(&before, &now)
        .tables()
        .into_iter()
        .filter_map(|c| {
            let reasons = c.reasons.into_iter().map(|r| r.text).collect();
            Some((place(gone, &c.source)?, place(come, &c.target)?, Likeness { score: c.score, reasons }))
        })
        .collect()
}

/// For each pair of tables, by the old name: for each column that went, the one that came in its place.
pub fn columns(pairs: &[(&Table, &Table)]) -> HashMap<TableName, HashMap<String, (String, Likeness)>> {
    let only = |of: &Table, other: &Table| Table {
        columns: of.columns.iter().filter(|c| other.column(&c.name).is_none()).cloned().collect(),
        ..of.clone()
    };
    let changed: Vec<(&Table, &Table, Table, Table)> = pairs
        .iter()
        .map(|(old, new)| (*old, *new, only(old, new), only(new, old)))
        .filter(|(_, _, gone, come)| !gone.columns.is_empty() && !come.columns.is_empty())
        .collect();
    if changed.is_empty() {
        return HashMap::new();
    }
    let before = catalog_of(changed.iter().map(|(_, _, gone, _)| gone.clone()));
    let now = catalog_of(changed.iter().map(|(_, _, _, come)| come.clone()));
    let suggester = Suggester::new(&before, &now);
    let mut all = HashMap::new();
    for (old, new, gone, come) in &changed {
        let mut opinions = HashMap::new();
        for candidate in suggester.columns(&old.name, &new.name) {
            // That the tables correspond is known, and the type is told beside it.
            let of_the_column = |r: &Reason| matches!(r.evidence, Evidence::Name | Evidence::Comment);
            let reasons: Vec<String> = candidate.reasons.into_iter().filter(of_the_column).map(|r| r.text).collect();
            opinions.insert((candidate.source.column, candidate.target.column), (candidate.score, reasons));
        }
        let mut found = Vec::new();
        for (g, was) in gone.columns.iter().enumerate() {
            for (c, is) in come.columns.iter().enumerate() {
                let opinion = opinions.remove(&(was.name.clone(), is.name.clone())).unwrap_or_default();
                found.push((g, c, likeness(was, is, same_place(old, was, new, is), opinion)));
            }
        }
        let chosen = assign(found).into_iter();
        let named = chosen.map(|(g, c, l)| (gone.columns[g].name.clone(), (come.columns[c].name.clone(), l)));
        all.insert(old.name.clone(), named.collect());
    }
    all
}

fn likeness(was: &Column, is: &Column, same_place: bool, (opinion, mut reasons): (f64, Vec<String>)) -> Likeness {
    let same_type = was.native_type == is.native_type;
    let score = match (same_type, same_place) {
        (true, true) if opinion >= ALIKE => opinion.max(SAME_PLACE_ALIKE),
        (true, true) => opinion.max(SAME_PLACE),
        (true, false) => opinion,
        (false, _) => opinion * OTHER_TYPE,
    };
    if same_place {
        reasons.insert(0, "in the same place".into());
    }
    if same_type {
        reasons.push("of the same type".into());
    }
    Likeness { score, reasons }
}

/// Between the same two columns, or at the same end.
fn same_place(old: &Table, was: &Column, new: &Table, is: &Column) -> bool {
    let neighbours = |of: &Table, column: &Column, other: &Table| {
        let at = of.columns.iter().position(|c| c.name == column.name)?;
        let stays = |c: &&Column| other.column(&c.name).is_some();
        let before = of.columns[..at].iter().rfind(stays).map(|c| c.name.clone());
        let after = of.columns[at + 1..].iter().find(stays).map(|c| c.name.clone());
        // How many between them went or came before this one.
        let nth = of.columns[..at].iter().rev().take_while(|c| !stays(c)).count();
        Some((before, after, nth))
    };
    let (was, is) = (neighbours(old, was, new), neighbours(new, is, old));
    was.is_some() && was == is
}

/// The likeliest pairs first, each name at most once; what is too unlike is left out.
fn assign(mut found: Vec<(usize, usize, Likeness)>) -> Vec<(usize, usize, Likeness)> {
    found.retain(|(_, _, likeness)| likeness.score >= PROPOSED);
    found.sort_by(|a, b| b.2.score.total_cmp(&a.2.score).then((a.0, a.1).cmp(&(b.0, b.1))));
    let (mut went, mut came) = (HashSet::new(), HashSet::new());
    found.retain(|(g, c, _)| {
        let free = !went.contains(g) && !came.contains(c);
        if free {
            went.insert(*g);
            came.insert(*c);
        }
        free
    });
    found
}

fn catalog_of(tables: impl Iterator<Item = Table>) -> Catalog {
    let mut schemas: Vec<Schema> = Vec::new();
    for table in tables {
        match schemas.iter_mut().find(|s| s.name == table.name.schema) {
            Some(schema) => schema.tables.push(table),
            None => {
                schemas.push(Schema { name: table.name.schema.clone(), tables: vec![table], ..Schema::default() });
            }
        }
    }
    Catalog { connector: String::new(), product: String::new(), schemas }
}
