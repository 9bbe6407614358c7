//! Enumerations that have a name of their own in the target, as PostgreSQL's have: made before the tables whose columns
//! refer to them. Invariant: a type is made under a name that is free, or that names the same labels in the same order.

use super::target::copied;
use super::{NewEnum, Sides, Step};
use crate::catalog::{Catalog, Column, EnumType, Table, TableName};
use crate::model::{Project, TableMapping};
use crate::transform::column as quoted;
use crate::types::LogicalType;

/// The last part of a type's name as PostgreSQL spells it, without quotes and the marks of an array.
pub(super) fn last_part(spelled: &str) -> String {
    let name = spelled.trim_end_matches("[]").trim_end();
    match name.strip_suffix('"') {
        Some(quoted) => quoted.rsplit_once('"').map_or(quoted, |(_, last)| last).to_string(),
        None => name.rsplit_once('.').map_or(name, |(_, last)| last).to_string(),
    }
}

/// Does the source column refer to one of an existing target table that is no enumeration? Both must be of one type.
pub(super) fn refers_to_text(
    project: &Project,
    mapping: &TableMapping,
    source: &Table,
    column: &str,
    catalog: &Catalog,
) -> bool {
    let mut pairs = source.foreign_keys.iter().flat_map(|key| {
        key.columns.iter().zip(&key.referenced_columns).filter(|(own, _)| *own == column).map(move |(_, r)| (key, r))
    });
    pairs.any(|(key, referred)| {
        let parent = project.tables.iter().find(|t| t.from == key.references).unwrap_or(mapping);
        let name = copied(parent, std::slice::from_ref(referred)).and_then(|names| names.into_iter().next());
        let there = catalog.table(&parent.to).filter(|_| parent.from == key.references);
        let there = there.zip(name).and_then(|(table, name)| table.column(&name));
        there.is_some_and(|c| !matches!(c.logical, LogicalType::Enumeration { .. }))
    })
}

/// A type that is given to columns.
struct Given {
    /// Under which it would have gone, were it free.
    wanted: String,
    made: NewEnum,
    exists: bool,
}

/// Gives the enumerations among the columns that the run creates a name, and says which types it has to make.
pub(super) fn name(steps: &mut [Step], sides: &Sides<'_>) -> Vec<NewEnum> {
    let dialect = sides.target.dialect();
    if dialect.create_enum(&TableName::new("", ""), &[]).is_none() {
        return Vec::new();
    }
    let mut given: Vec<Given> = Vec::new();
    for at in 0..steps.len() {
        for place in 0..steps[at].target.columns.len() {
            let step = &steps[at];
            let column = &step.target.columns[place];
            let LogicalType::Enumeration { values } = &column.logical else { continue };
            if !step.creates && !step.adds_columns.contains(&column.name) {
                continue;
            }
            let named = match of_parent(steps, step, column, sides.target_catalog) {
                Some(named) => named,
                None => {
                    let wanted = wanted(step, column, sides);
                    let name = choose(&mut given, steps, &step.to.schema, wanted, values, sides);
                    dialect.table(&name)
                }
            };
            steps[at].target.columns[place].native_type = named;
        }
    }
    given.into_iter().filter(|g| !g.exists).map(|g| g.made).collect()
}

/// The type's own name in the same kind of database; made of table and column in another, where it has none.
fn wanted(step: &Step, column: &Column, sides: &Sides<'_>) -> String {
    let of_source = step.columns.iter().find(|c| c.to == column.name).and_then(|c| {
        let source = step.source.columns.iter().find(|s| quoted(&s.name) == c.expression)?;
        (sides.source.descriptor().id == sides.target.descriptor().id).then(|| last_part(&source.native_type))
    });
    of_source.unwrap_or_else(|| format!("{}_{}", step.to.table, column.name))
}

/// The type of the column that this one refers to, where it has the same labels: a foreign key wants one type.
fn of_parent(steps: &[Step], step: &Step, column: &Column, catalog: &Catalog) -> Option<String> {
    step.target.foreign_keys.iter().find_map(|key| {
        let at = key.columns.iter().position(|c| *c == column.name)?;
        let referred = key.referenced_columns.get(at)?;
        let made = steps.iter().find(|s| s.to == key.references).map(|s| &s.target);
        let parent = made.or_else(|| catalog.table(&key.references)).and_then(|t| t.column(referred))?;
        let is_named = parent.logical == column.logical && parent.native_type != column.native_type;
        is_named.then(|| parent.native_type.clone())
    })
}

fn choose(
    given: &mut Vec<Given>,
    steps: &[Step],
    schema: &str,
    wanted: String,
    labels: &[String],
    sides: &Sides<'_>,
) -> TableName {
    let is_it = |g: &&Given| g.wanted == wanted && g.made.name.schema == schema && g.made.labels == labels;
    if let Some(known) = given.iter().find(is_it) {
        return known.made.name.clone();
    }
    let there = sides.target_catalog.schemas.iter().find(|s| s.name == schema);
    let same = |e: &&EnumType| e.name == wanted && e.labels == labels;
    let exists = there.is_some_and(|s| s.enums.iter().any(|e| same(&e)));
    let name = if exists {
        wanted.clone()
    } else {
        // Tables are types as well.
        let taken = |name: &str| {
            steps.iter().any(|s| s.to.schema == schema && s.to.table == name)
                || given.iter().any(|g| g.made.name.schema == schema && g.made.name.table == name)
                || there.is_some_and(|s| {
                    s.tables.iter().any(|t| t.name.table == name)
                        || s.enums.iter().any(|e| e.name == name)
                        || s.others.iter().any(|o| o.name == name)
                        || s.sequences.iter().any(|q| q.name == name)
                })
        };
        sides.target.dialect().table_names().proposed(&wanted, taken)
    };
    let made = NewEnum { name: TableName::new(schema, name), labels: labels.to_vec() };
    let name = made.name.clone();
    given.push(Given { wanted, made, exists });
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_named_by_its_last_part() {
        for (spelled, name) in
            [("mood", "mood"), ("shop.mood[]", "mood"), ("shop.\"My Mood\"", "My Mood"), ("\"a.b\"", "a.b")]
        {
            assert_eq!(last_part(spelled), name);
        }
    }
}
