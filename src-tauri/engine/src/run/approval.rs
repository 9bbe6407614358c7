//! What a person agreed to before a run, by whom and when.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use crate::model::{OrphanChoice, Project, ReadAs, Substitute, TableMapping};
use crate::plan::Plan;

/// One thing that was agreed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Approval {
    pub what: String,
    /// User and machine.
    pub by: String,
    /// RFC 3339, UTC: when the run began that it was given for.
    pub at: String,
}

/// Everything that changes values or leaves rows out because the project says so, in words.
pub(super) fn choices(project: &Project, plan: &Plan) -> Vec<String> {
    let mut list = Vec::new();
    for step in &plan.steps {
        for column in step.columns.iter().filter(|c| c.approved && !c.verdict.is_lossless()) {
            list.push(format!("{}.{}: {}", step.to, column.to, column.verdict.why().unwrap_or_default()));
        }
        for column in &step.columns {
            if let Some(what) = in_place_of(&column.misfit) {
                list.push(format!("{}.{}: {what} for a value that does not fit", step.to, column.to));
            }
            if column.strip_nul {
                list.push(format!("{}.{}: NUL characters are taken out", step.to, column.to));
            }
        }
        if let Some(mapping) = project.tables.get(step.mapping as usize) {
            of_table(mapping, &mut list);
        }
    }
    list
}

fn of_table(mapping: &TableMapping, list: &mut Vec<String>) {
    for (column, reading) in &mapping.reading {
        let read_as = reading.read_as.map(|read_as| match read_as {
            ReadAs::Text => "read as text",
            ReadAs::Boolean => "read as a boolean",
            ReadAs::Uuid => "read as a UUID from sixteen bytes",
            ReadAs::UuidSwapped => "read as a UUID from sixteen bytes with the time swapped",
            ReadAs::Utf8Twice => "decoded once more, for it was encoded twice",
        });
        if let Some(what) = read_as {
            list.push(format!("{}.{column}: {what}", mapping.from));
        }
        if let Some(what) = in_place_of(&reading.unreadable) {
            list.push(format!("{}.{column}: {what} for a value that cannot be read", mapping.from));
        }
    }
    match mapping.orphans {
        OrphanChoice::Stop => {}
        OrphanChoice::Reject => {
            list.push(format!("{}: rows whose foreign key points at nothing are rejected", mapping.to))
        }
        OrphanChoice::Keep => list.push(format!("{}: rows whose foreign key points at nothing are kept", mapping.to)),
    }
}

/// The constant itself is a value, and stays in the project.
fn in_place_of(substitute: &Substitute) -> Option<&'static str> {
    match substitute {
        Substitute::Reject => None,
        Substitute::Null => Some("NULL"),
        Substitute::Value(_) => Some("a constant"),
    }
}

/// Records of earlier builds hold the words alone.
pub fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Approval>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Form {
        Words(String),
        Whole(Approval),
    }
    Ok(Vec::<Form>::deserialize(deserializer)?
        .into_iter()
        .map(|form| match form {
            Form::Words(what) => Approval { what, by: "not recorded".into(), at: String::new() },
            Form::Whole(approval) => approval,
        })
        .collect())
}
