//! Types that only the data can say: sixteen bytes that may be a UUID, small numbers that may be booleans.

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::datatypes::{DataType, Int8Type, UInt8Type};

use super::{Seen, finding};
use crate::migration::Migration;
use crate::model::{ReadAs, Reading};
use crate::plan::{Choice, Edit, Finding, FindingCode, Severity, Step};
use crate::transform::column;
use crate::types::LogicalType;

/// A source column whose type is open.
struct Open {
    name: String,
    /// Values of the form that a type has, and whether there are others.
    fitting: Seen,
    others: bool,
}

/// What was seen of a table's columns, as they were read.
pub(super) struct Guesses {
    columns: Vec<Option<Open>>,
}

impl Guesses {
    pub(super) fn new(step: &Step, read: &[String]) -> Guesses {
        let open = |name: &String| {
            let column = step.source.column(name)?;
            let chosen = column.reading.as_ref().is_some_and(|r| r.read_as.is_some());
            let is_open = matches!(column.logical, LogicalType::Binary { .. }) || is_narrow(&column.native_type);
            (is_open && !chosen).then(|| Open { name: name.clone(), fitting: Seen::default(), others: false })
        };
        Guesses { columns: read.iter().map(open).collect() }
    }

    pub(super) fn look(&mut self, batch: &RecordBatch, name: &dyn Fn(usize) -> String) {
        for (open, array) in self.columns.iter_mut().zip(batch.columns()) {
            let Some(open) = open.as_mut().filter(|o| !o.others) else { continue };
            match array.data_type() {
                DataType::Binary => open.bytes(array, name),
                DataType::Int8 => open.numbers(array.as_primitive::<Int8Type>().iter().map(|n| n.map(i64::from)), name),
                DataType::UInt8 => {
                    open.numbers(array.as_primitive::<UInt8Type>().iter().map(|n| n.map(i64::from)), name);
                }
                _ => open.others = true,
            }
        }
    }

    pub(super) fn findings(self, migration: &Migration, step: &Step, read: u64, sampled: bool) -> Vec<Finding> {
        let same_database = migration.source.descriptor().id == migration.target.descriptor().id;
        let open = self.columns.into_iter().flatten().filter(|o| !o.others && o.fitting.rows > 0);
        open.filter_map(|open| {
            let copy = column(&open.name);
            let to = step.columns.iter().find(|c| c.expression == copy).map(|c| c.to.as_str());
            let target = to.and_then(|to| step.target.column(to)).map(|c| &c.logical);
            let choice = |label: &str, read_as| {
                let reading = Reading { read_as: Some(read_as), ..Reading::default() };
                let edit = Edit::Reading { table: step.mapping, column: open.name.clone(), reading };
                Choice { label: label.into(), edit }
            };
            let is_bytes = matches!(step.source.column(&open.name)?.logical, LogicalType::Binary { .. });
            let told = match is_bytes {
                true => Finding {
                    choices: vec![
                        choice("A UUID in its own order", ReadAs::Uuid),
                        choice("A UUID with the time swapped", ReadAs::UuidSwapped),
                    ],
                    ..finding(
                        step,
                        to,
                        FindingCode::TypeGuess,
                        if target == Some(&LogicalType::Uuid) { Severity::Blocks } else { Severity::Note },
                        format!("every value of {} has sixteen bytes, which may be a UUID", open.name),
                        "Carried as bytes, unless you say in which order they make a UUID; the example shows both.",
                    )
                },
                // In the database that it comes from, the number is what it is called there.
                false if same_database || !(step.creates || target == Some(&LogicalType::Boolean)) => return None,
                false => Finding {
                    choices: vec![choice("A boolean", ReadAs::Boolean)],
                    ..finding(
                        step,
                        to,
                        FindingCode::TypeGuess,
                        Severity::Note,
                        format!("every value of {} is 0 or 1, which may be a boolean", open.name),
                        "Carried as a number, unless you say that it is a boolean; other numbers are then rejected.",
                    )
                },
            };
            Some(Finding { evidence: Some(open.fitting.clone().evidence(read, sampled)), ..told })
        })
        .collect()
    }
}

impl Open {
    fn bytes(&mut self, array: &ArrayRef, name: &dyn Fn(usize) -> String) {
        let bytes = array.as_binary::<i32>();
        for row in (0..bytes.len()).filter(|row| bytes.is_valid(*row)) {
            match <[u8; 16]>::try_from(bytes.value(row)) {
                Ok(value) => self.fitting.note(|| name(row), || Some(both_ways(value))),
                Err(_) => self.others = true,
            }
        }
    }

    fn numbers(&mut self, numbers: impl Iterator<Item = Option<i64>>, name: &dyn Fn(usize) -> String) {
        for (row, number) in numbers.enumerate() {
            match number {
                Some(n @ (0 | 1)) => self.fitting.note(|| name(row), || Some(n.to_string())),
                Some(_) => self.others = true,
                None => {}
            }
        }
    }
}

/// `tinyint(1)`, MySQL's name for a boolean and for any small number.
fn is_narrow(native_type: &str) -> bool {
    native_type.starts_with("tinyint(1)")
}

/// A UUID in the order of its bytes, and as MySQL's `uuid_to_bin(…, 1)` would have swapped them.
fn both_ways(bytes: [u8; 16]) -> String {
    let mut swapped = bytes;
    swapped[..4].copy_from_slice(&bytes[4..8]);
    swapped[4..6].copy_from_slice(&bytes[2..4]);
    swapped[6..8].copy_from_slice(&bytes[..2]);
    format!("{} or {}", uuid::Uuid::from_bytes(bytes), uuid::Uuid::from_bytes(swapped))
}
