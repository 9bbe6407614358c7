//! Names of what a run would make in the target: each must be taken there as it is, and mean one thing.
//!
//! A name that is there already needs no check. Each finding proposes a name that the target takes.

use std::collections::HashMap;

use super::findings::finding;
use super::{Finding, FindingCode, Severity, Sides, Step};
use crate::catalog::{Table, TableName};
use crate::connectors::{NameRule, Refused};
use crate::model::TableMapping;

/// The table's own name, where it is made, and those of its new columns.
pub(super) fn of_one_table(
    mapping: &TableMapping,
    target: &Table,
    existing: Option<&Table>,
    sides: &Sides<'_>,
    path: Option<&str>,
    found: &mut Vec<Finding>,
) {
    let dialect = sides.target.dialect();
    let mut block = |column: Option<&str>, code: FindingCode, message: String, proposed: &str| {
        let path = path.map(str::to_string);
        let said = finding(code, Severity::Blocks, Some(&mapping.to), path, message, &another(proposed));
        found.push(Finding { column: column.map(str::to_string), ..said });
    };
    if existing.is_none() {
        let taken = |name: &str| {
            let rule = dialect.table_names();
            sides.target_catalog.tables().any(|t| rule.folded(&t.name.table) == name)
        };
        if let Some((code, message, proposed)) = of_one("table", &mapping.to.table, dialect.table_names(), taken) {
            block(None, code, message, &proposed);
        }
    }
    let rule = dialect.column_names();
    let is_new = |name: &str| existing.is_none_or(|e| e.column(name).is_none());
    let mut seen: HashMap<String, &str> = HashMap::new();
    for column in &target.columns {
        let others =
            |name: &str| target.columns.iter().filter(|c| c.name != column.name).any(|c| rule.folded(&c.name) == name);
        if is_new(&column.name)
            && let Some((code, message, proposed)) = of_one("column", &column.name, rule, others)
        {
            block(Some(&column.name), code, message, &proposed);
        }
        if let Some(other) = seen.insert(rule.folded(&column.name), &column.name)
            && (is_new(other) || is_new(&column.name))
        {
            let message = format!("the target holds the columns {other:?} and {:?} to be one", column.name);
            let proposed = rule.proposed(&column.name, |n| rule.folded(&column.name) == n || others(n));
            block(Some(&column.name), FindingCode::IdentifierTwice, message, &proposed);
        }
    }
}

/// Code and message of the finding, and the name that is proposed.
fn of_one(
    what: &str,
    name: &str,
    rule: NameRule,
    taken: impl Fn(&str) -> bool,
) -> Option<(FindingCode, String, String)> {
    let (code, why) = match rule.refuses(name)? {
        Refused::TooLong(why) => (FindingCode::IdentifierTooLong, why),
        Refused::Other(why) => (FindingCode::IdentifierRefused, why),
    };
    Some((code, format!("the name {name:?} of a new {what} {why}"), rule.proposed(name, taken)))
}

fn another(proposed: &str) -> String {
    format!("Choose another name in the target, such as {proposed:?}.")
}

/// Tables that the run makes, among each other and among those that are there.
pub(super) fn of_all_tables(steps: &[Step], sides: &Sides<'_>, found: &mut Vec<Finding>) {
    let rule = sides.target.dialect().table_names();
    let place = |name: &TableName| (name.schema.clone(), rule.folded(&name.table));
    let mut taken: HashMap<(String, String), &TableName> =
        sides.target_catalog.tables().map(|t| (place(&t.name), &t.name)).collect();
    for step in steps.iter().filter(|s| s.creates) {
        let Some(other) = taken.insert(place(&step.to), &step.to) else { continue };
        let all: Vec<String> = taken.keys().map(|(_, name)| name.clone()).collect();
        let proposed = rule.proposed(&step.to.table, |n| all.iter().any(|t| t == n));
        found.push(finding(
            FindingCode::IdentifierTwice,
            Severity::Blocks,
            Some(&step.to),
            Some(format!("tables[{}].to", step.mapping)),
            format!("the target holds {other} and {} to be one table", step.to),
            &another(&proposed),
        ));
    }
}
