//! Text that was encoded twice.

use datafusion::arrow::array::{Array, AsArray, RecordBatch};

use super::{Seen, finding, rows_in_words};
use crate::connectors::decoded_once;
use crate::model::{ReadAs, Reading};
use crate::plan::{Choice, Edit, Finding, FindingCode, Severity, Step};
use crate::transform::column;

/// What was seen of a table's columns, as they were read; `None` for one that is read in a way of its own.
pub(super) struct Texts {
    columns: Vec<Option<(String, Seen)>>,
}

impl Texts {
    pub(super) fn new(step: &Step, read: &[String]) -> Texts {
        let chosen = |name: &str| {
            let reading = step.source.column(name).and_then(|c| c.reading.as_ref());
            reading.is_some_and(|r| r.read_as.is_some())
        };
        let columns = read.iter().map(|name| (!chosen(name)).then(|| (name.clone(), Seen::default())));
        Texts { columns: columns.collect() }
    }

    pub(super) fn look(&mut self, batch: &RecordBatch, name: &dyn Fn(usize) -> String) {
        for (column, array) in self.columns.iter_mut().zip(batch.columns()) {
            let (Some((_, twice)), Some(text)) = (column, array.as_string_opt::<i32>()) else { continue };
            // Looking at all values at once is quicker than at each: most batches hold none.
            if text.value_data().is_ascii() {
                continue;
            }
            for row in (0..text.len()).filter(|row| text.is_valid(*row)) {
                if decoded_once(text.value(row)).is_some() {
                    twice.note(|| name(row), || Some(text.value(row).to_string()));
                }
            }
        }
    }

    pub(super) fn findings(self, step: &Step, read: u64, sampled: bool) -> Vec<Finding> {
        let seen = self.columns.into_iter().flatten().filter(|(_, twice)| twice.rows > 0);
        seen.map(|(name, twice)| {
            let to = step.columns.iter().find(|c| c.expression == column(&name)).map(|c| c.to.as_str());
            let reading = Reading { read_as: Some(ReadAs::Utf8Twice), ..Reading::default() };
            let edit = Edit::Reading { table: step.mapping, column: name.clone(), reading };
            let rows = rows_in_words(twice.rows, sampled);
            Finding {
                choices: vec![Choice { label: "Decode once more".into(), edit }],
                evidence: Some(twice.evidence(read, sampled)),
                ..finding(
                    step,
                    to,
                    FindingCode::EncodedTwice,
                    Severity::Warning,
                    format!("{rows} of {name} look like UTF-8 that was taken for Windows-1252 and encoded again"),
                    "Carried as it is, unless it is decoded once more; only values that decode are changed.",
                )
            }
        })
        .collect()
    }
}
