//! Values that cannot be read, or that the target column does not take.

use std::collections::BTreeMap;

use super::table::Names;
use super::{Seen, finding, rows_in_words};
use crate::connectors::{RowFault, Rows};
use crate::error::Result;
use crate::model::{ReadAs, Reading, Substitute};
use crate::plan::{Choice, Edit, Finding, FindingCode, Severity, Step};
use crate::run::text::RowText;
use crate::transform::{NUL_IN_TEXT, Reject, Transformed, column};
use crate::types::LogicalType;

/// What a table's rows said, by column and reason.
#[derive(Default)]
pub(super) struct Values {
    unreadable: BTreeMap<(String, String), Seen>,
    misfits: BTreeMap<(String, String), Seen>,
}

impl Values {
    pub(super) fn faults(&mut self, faults: &[RowFault], names: &Names) {
        for fault in faults {
            let column = fault.column.clone().unwrap_or_default();
            let value = || fault.row.iter().find(|(n, _)| *n == column).and_then(|(_, v)| v.clone());
            let reason = bare(&fault.reason, &column).to_string();
            self.unreadable.entry((column.clone(), reason)).or_default().note(|| names.of_fault(fault), value);
        }
    }

    /// A value that cannot be read, in a row that has another such before it.
    pub(super) fn unreadable(&mut self, column: &str, reason: &str, name: impl FnOnce() -> String) {
        self.unreadable.entry((column.to_string(), reason.to_string())).or_default().note(name, || None);
    }

    /// `counts` leaves out what is not the row's own fault.
    pub(super) fn misfits(
        &mut self,
        step: &Step,
        rows: &Rows,
        transformed: &Transformed,
        names: &Names,
        counts: impl Fn(&Reject) -> bool,
    ) -> Result<()> {
        if transformed.rejects.is_empty() {
            return Ok(());
        }
        let text = RowText::new(&rows.batch)?;
        for reject in transformed.rejects.iter().filter(|r| counts(r)) {
            let to = reject.column.clone().unwrap_or_default();
            let source = step.columns.iter().find(|c| c.to == to).and_then(|planned| {
                step.source.columns.iter().find(|c| column(&c.name) == planned.expression).map(|c| c.name.as_str())
            });
            let row = reject.row as usize;
            let example = || text.cell(row, rows.batch.schema().index_of(source?).ok()?);
            let seen = self.misfits.entry((to.clone(), reject.reason.clone())).or_default();
            seen.note(|| names.of(rows, row), example);
        }
        Ok(())
    }

    pub(super) fn findings(self, step: &Step, read: u64, sampled: bool) -> Vec<Finding> {
        let unreadable = self.unreadable.into_iter().map(|((column, reason), seen)| Finding {
            evidence: Some(seen.clone().evidence(read, sampled)),
            ..unreadable(step, &column, &reason, seen.rows, sampled)
        });
        let misfits = self.misfits.into_iter().map(|((column, reason), seen)| Finding {
            evidence: Some(seen.clone().evidence(read, sampled)),
            ..misfit(step, &column, &reason, seen.rows, sampled)
        });
        unreadable.chain(misfits).collect()
    }
}

/// A reader's reason without the place of the row, so that the same reason is one finding.
fn bare<'a>(reason: &'a str, column: &str) -> &'a str {
    let is_place = |place: &str| place.contains("line ") || place.starts_with("row ");
    let reason = reason.split_once(": ").filter(|(place, _)| is_place(place)).map_or(reason, |(_, reason)| reason);
    let reason = reason.split(" at byte ").next().unwrap_or(reason);
    let reason = reason.strip_prefix("the value ").unwrap_or(reason);
    reason.strip_prefix(column).filter(|_| !column.is_empty()).map_or(reason, str::trim_start)
}

fn unreadable(step: &Step, column: &str, reason: &str, rows: u64, sampled: bool) -> Finding {
    let target = targets_of(step, column);
    let required = target.iter().any(|c| !c.nullable);
    let remedy = match required {
        true => "Such rows are rejected, or something stands in; NULL cannot, since the target demands a value.",
        false => "Such rows are rejected, unless something stands in for the value.",
    };
    let rows = rows_in_words(rows, sampled);
    let message = match column {
        "" => format!("{rows} cannot be read: {reason}"),
        // Some reasons go on from the name, and others are sentences.
        column if ["is ", "has ", "holds ", "carries ", "lies "].iter().any(|verb| reason.starts_with(verb)) => {
            format!("{rows} cannot be read: {column} {reason}")
        }
        column => format!("{rows} cannot be read: {column}: {reason}"),
    };
    let name = target.first().map(|c| c.name.as_str());
    let mut finding = finding(step, name, FindingCode::UnreadableValues, Severity::Warning, message, remedy);
    if let Some(source) = step.source.column(column) {
        // Bytes are no text, and all of them would be rejected then.
        let has_text = !matches!(source.logical, LogicalType::Binary { .. });
        let choice = |label: &str, reading: Reading| Choice {
            label: label.into(),
            edit: Edit::Reading { table: step.mapping, column: column.to_string(), reading },
        };
        if !required {
            let null = Reading { unreadable: Substitute::Null, ..Reading::default() };
            finding.choices.push(choice("Read as NULL", null));
        }
        if has_text && (step.creates || target.iter().all(|c| matches!(c.logical, LogicalType::Text { .. }))) {
            let text = Reading { read_as: Some(ReadAs::Text), ..Reading::default() };
            finding.choices.push(choice("Read as text", text));
        }
    }
    finding
}

fn misfit(step: &Step, column: &str, reason: &str, rows: u64, sampled: bool) -> Finding {
    let mut finding = finding(
        step,
        Some(column).filter(|c| !c.is_empty()),
        FindingCode::MisfitValues,
        Severity::Warning,
        format!("{} would be rejected: {reason}", rows_in_words(rows, sampled)),
        "Such rows are rejected; make the column wider, correct the values, or let something stand in for them.",
    );
    if let Some(target) = step.target.column(column) {
        if reason == NUL_IN_TEXT {
            let edit = Edit::StripNul { table: step.mapping, column: column.to_string() };
            finding.choices.push(Choice { label: "Take out NUL".into(), edit });
        }
        if target.nullable {
            let edit = Edit::Misfit { table: step.mapping, column: column.to_string(), misfit: Substitute::Null };
            finding.choices.push(Choice { label: "NULL instead".into(), edit });
        }
    }
    finding
}

/// The target columns that a source column is copied to.
fn targets_of<'a>(step: &'a Step, source: &str) -> Vec<&'a crate::catalog::Column> {
    let copy = column(source);
    step.columns.iter().filter(|c| c.expression == copy).filter_map(|c| step.target.column(&c.to)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_the_same_wherever_its_row_stands() {
        for (reason, column) in [
            ("line 3 at byte 20: the value is not a number", "n"),
            ("row 7: the value is not a number", "n"),
            ("a.json, line 2, byte 9: n is not a number", "n"),
            ("the value is not a number", "n"),
            ("is not a number", "n"),
        ] {
            assert_eq!(bare(reason, column), "is not a number", "{reason}");
        }
        assert_eq!(bare("line 4: the value is not UTF-8 at byte 31", "n"), "is not UTF-8");
        assert_eq!(bare("line 2 at byte 8: 4 fields, 3 expected", ""), "4 fields, 3 expected");
    }
}
