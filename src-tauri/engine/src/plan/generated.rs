//! Columns that the source generates: made generated columns again, or carried as plain ones.
//!
//! In the same kind of database they are made again, word for word; elsewhere, where arithmetic may overflow or round in
//! another way, only when a person chooses so and the expression means the same. What the target computes is never
//! written: its values are compared with the source's after the load.

use super::carry::Carry;
use super::{Choice, Edit, Finding, FindingCode, Severity, Sides};
use crate::catalog::{Column, Table};
use crate::model::{ColumnMapping, GeneratedChoice, LinkState, TableMapping};

/// What can become of one of them in a created table.
struct Fate<'a> {
    column: &'a Column,
    link: &'a ColumnMapping,
    /// In the target's words, or why there are none.
    expression: Result<String, &'static str>,
}

impl Fate<'_> {
    fn choice(&self, same_database: bool) -> GeneratedChoice {
        let usual = if same_database { GeneratedChoice::Recreate } else { GeneratedChoice::Materialise };
        self.link.generated.unwrap_or(usual)
    }
}

/// A copy of a column that the source generates, with no choice about its values.
fn computed_link<'a>(
    mapping: &'a TableMapping,
    source: &'a Table,
    to: &str,
) -> Option<(&'a ColumnMapping, &'a Column)> {
    let link = mapping.columns.iter().find(|c| c.to == to && c.state == LinkState::Confirmed)?;
    let [from] = link.from.as_slice() else { return None };
    let column = source.column(from).filter(|c| c.generated.is_some() && link.expression.is_none())?;
    Some((link, column))
}

/// Does the target compute this column, as the source does? Then it is not written, and its values are compared.
pub(super) fn is_computed(mapping: &TableMapping, source: &Table, target: &Table, to: &str) -> bool {
    target.column(to).is_some_and(|c| c.generated.is_some())
        && computed_link(mapping, source, to)
            .is_some_and(|(link, _)| link.generated != Some(GeneratedChoice::Materialise))
}

fn fates<'a>(mapping: &'a TableMapping, source: &'a Table, target: &Table, sides: &Sides<'_>) -> Vec<Fate<'a>> {
    let linked = target.columns.iter().filter_map(|c| Some((c, computed_link(mapping, source, &c.name)?)));
    let mut computed: Vec<String> = Vec::new();
    let mut fates = Vec::new();
    for (new, (link, column)) in linked {
        let carry = Carry::new(mapping, source, &target.columns, sides);
        let fate = Fate { column, link, expression: expression(&carry, target, new, link, column, &computed) };
        if fate.expression.is_ok() && fate.choice(carry.same_database()) == GeneratedChoice::Recreate {
            computed.push(column.name.clone());
        }
        fates.push(fate);
    }
    fates
}

/// `computed`: source columns that the target computes too.
fn expression(
    carry: &Carry<'_>,
    target: &Table,
    new: &Column,
    link: &ColumnMapping,
    column: &Column,
    computed: &[String],
) -> Result<String, &'static str> {
    if !carry.dialect.generates_columns() {
        return Err("the target has no generated columns");
    }
    let is_plain = |link: &ColumnMapping| link.misfit.is_reject() && !link.strip_nul;
    if column.reading.is_some() || !is_plain(link) {
        return Err("what becomes of some of its values was chosen");
    }
    let of_key = |columns: &Vec<String>| columns.contains(&new.name);
    if target.primary_key.as_ref().is_some_and(|k| of_key(&k.columns))
        || target.foreign_keys.iter().any(|k| of_key(&k.columns))
        || !carry.same_database() && target.unique_keys.iter().any(|k| of_key(&k.columns))
    {
        return Err("it is part of a key");
    }
    if carry.same_database() && column.logical != new.logical {
        return Err("its type is another one in the target");
    }
    let written = column.generated.as_deref().unwrap_or_default();
    let found = carry.generated(written, &new.logical, &|name| {
        let link = carry.mapping.columns.iter().find(|c| c.from.len() == 1 && c.from[0] == name);
        let refers_to_computed = computed.iter().any(|c| c == name);
        link.is_some_and(is_plain)
            // PostgreSQL's generated columns know plain ones only.
            && !(refers_to_computed && carry.to == "postgres")
            // MySQL refuses them where a foreign key changes what they are made of.
            && !(carry.to == "mysql" && link.is_some_and(|l| is_changed_by_key(target, &l.to)))
    });
    found.ok_or("its expression has no certain translation, or reads what is not carried as it is")
}

fn is_changed_by_key(target: &Table, column: &str) -> bool {
    let changes = |rule: &str| !["NO ACTION", "RESTRICT"].contains(&rule);
    let mut keys = target.foreign_keys.iter().filter(|k| k.columns.iter().any(|c| c == column));
    keys.any(|k| changes(&k.on_update) || changes(&k.on_delete))
}

/// Makes the columns of a table that is created generated ones where that is chosen.
pub(super) fn recreate(mapping: &TableMapping, source: &Table, target: &mut Table, sides: &Sides<'_>) {
    let same_database = sides.source.descriptor().id == sides.target.descriptor().id;
    let made: Vec<(String, String)> = fates(mapping, source, target, sides)
        .into_iter()
        .filter(|f| f.choice(same_database) == GeneratedChoice::Recreate)
        .filter_map(|f| Some((f.link.to.clone(), f.expression.ok()?)))
        .collect();
    for (name, expression) in made {
        for column in target.columns.iter_mut().filter(|c| c.name == name) {
            (column.generated, column.default, column.identity) = (Some(expression.clone()), None, None);
        }
    }
}

/// Says of each column that the source generates what becomes of it, and offers the other way.
pub(super) fn findings(
    index: usize,
    mapping: &TableMapping,
    source: &Table,
    target: &Table,
    existing: Option<&Table>,
    sides: &Sides<'_>,
    found: &mut Vec<Finding>,
) {
    let same_database = sides.source.descriptor().id == sides.target.descriptor().id;
    let mut say =
        |link: &ColumnMapping, severity, message: String, remedy: &str, choice: Option<(&str, GeneratedChoice)>| {
            let at = mapping.columns.iter().position(|c| c.to == link.to).unwrap_or_default();
            let choice = choice.map(|(label, generated)| Choice {
                label: label.into(),
                edit: Edit::Generated { table: index as u32, column: link.to.clone(), generated },
            });
            found.push(Finding {
                code: FindingCode::GeneratedColumn,
                severity,
                table: Some(mapping.to.clone()),
                column: Some(link.to.clone()),
                path: Some(format!("tables[{index}].columns[{at}]")),
                message,
                remedy: remedy.into(),
                evidence: None,
                choices: choice.into_iter().collect(),
            });
        };
    const COMPARED: &str =
        "Its values are not written; after the load they are compared with the source's by checksums.";
    if existing.is_some() {
        for column in target.columns.iter().filter(|c| is_computed(mapping, source, target, &c.name)) {
            let Some((link, _)) = computed_link(mapping, source, &column.name) else { continue };
            let message = format!("{} is generated in the source and in the target", column.name);
            say(link, Severity::Note, message, COMPARED, None);
        }
        return;
    }
    // Only a file's own columns are left, and what a file does not keep is said elsewhere.
    if !sides.target.dialect().generates_columns() {
        return;
    }
    let mut plain = target.clone();
    plain.columns.iter_mut().for_each(|c| c.generated = None);
    for Fate { column, link, expression } in fates(mapping, source, &plain, sides) {
        let name = &column.name;
        let generated = target.column(&link.to).and_then(|c| c.generated.as_deref());
        match (generated, expression) {
            (Some(expression), _) => say(
                link,
                Severity::Note,
                format!("{name} is generated in the source, and made a generated column again: {expression}"),
                COMPARED,
                Some(("Carry its values into a plain column", GeneratedChoice::Materialise)),
            ),
            (None, Ok(expression)) => say(
                link,
                Severity::Note,
                format!("{name} is generated in the source; its values are carried into a plain column"),
                match same_database {
                    true => "It can be made a generated column again.",
                    false => "It can be made a generated column again, which computes by the target's rules.",
                },
                Some((&format!("Generate it again as {expression}"), GeneratedChoice::Recreate)),
            ),
            (None, Err(why)) => {
                let asked = link.generated == Some(GeneratedChoice::Recreate);
                let severity = if asked { Severity::Warning } else { Severity::Note };
                let message = format!(
                    "{name} is generated in the source ({}); its values are carried into a plain column, since {why}",
                    column.generated.as_deref().unwrap_or_default()
                );
                say(
                    link,
                    severity,
                    message,
                    "Make it a generated column in the target beforehand if it should stay one.",
                    None,
                );
            }
        }
    }
}
