//! What text and bytes hold: double encoding, sixteen bytes that may be a UUID, the largest value.

use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::datatypes::DataType;

use super::{Seen, finding, rows_in_words};
use crate::connectors::decoded_once;
use crate::migration::Migration;
use crate::model::{ReadAs, Reading};
use crate::plan::{Choice, Edit, Finding, FindingCode, Severity, Step};
use crate::types::LogicalType;

/// Values from here on are worth a word: buffers of clients and servers are often not larger.
const LARGE: usize = 16 << 20;

struct Text {
    name: String,
    reading: Option<ReadAs>,
    twice: Seen,
    sixteen: Seen,
    others: u64,
    largest: usize,
    largest_key: String,
}

/// What was seen of a table's columns.
pub(super) struct Texts {
    columns: Vec<Text>,
}

impl Texts {
    pub(super) fn new(step: &Step, read: &[String]) -> Texts {
        let columns = read
            .iter()
            .map(|name| Text {
                name: name.clone(),
                reading: step.source.column(name).and_then(|c| c.reading.as_ref()).and_then(|r| r.read_as),
                twice: Seen::default(),
                sixteen: Seen::default(),
                others: 0,
                largest: 0,
                largest_key: String::new(),
            })
            .collect();
        Texts { columns }
    }

    pub(super) fn look(&mut self, batch: &RecordBatch, name: &dyn Fn(usize) -> String) {
        for (column, array) in self.columns.iter_mut().zip(batch.columns()) {
            match array.data_type() {
                DataType::Utf8 => {
                    let text = array.as_string::<i32>();
                    for row in (0..text.len()).filter(|row| text.is_valid(*row)) {
                        column.measure(text.value(row).len(), row, name);
                        if column.reading.is_none() && decoded_once(text.value(row)).is_some() {
                            column.twice.note(|| name(row), || Some(text.value(row).to_string()));
                        }
                    }
                }
                DataType::Binary => {
                    let bytes = array.as_binary::<i32>();
                    for row in (0..bytes.len()).filter(|row| bytes.is_valid(*row)) {
                        let value = bytes.value(row);
                        column.measure(value.len(), row, name);
                        match <[u8; 16]>::try_from(value) {
                            Ok(value) => column.sixteen.note(|| name(row), || Some(both_ways(value))),
                            Err(_) => column.others += 1,
                        }
                    }
                }
                _ => {}
            }
        }
    }

    pub(super) fn findings(self, migration: &Migration, step: &Step, read: u64, sampled: bool) -> Vec<Finding> {
        let mut found = Vec::new();
        for column in self.columns {
            let reading = |read_as| Edit::Reading {
                table: step.mapping,
                column: column.name.clone(),
                reading: Reading { read_as: Some(read_as), ..Reading::default() },
            };
            let to = step.columns.iter().find(|c| c.expression == crate::transform::column(&column.name));
            let to = to.map(|c| c.to.as_str());
            if column.twice.rows > 0 {
                let rows = rows_in_words(column.twice.rows, sampled);
                found.push(Finding {
                    choices: vec![Choice { label: "Decode once more".into(), edit: reading(ReadAs::Utf8Twice) }],
                    evidence: Some(column.twice.clone().evidence(read, sampled)),
                    ..finding(
                        step,
                        to,
                        FindingCode::EncodedTwice,
                        Severity::Warning,
                        format!(
                            "{rows} of {} look like UTF-8 that was taken for Windows-1252 and encoded again",
                            column.name
                        ),
                        "Carried as it is, unless it is decoded once more; only values that decode are changed.",
                    )
                });
            }
            let uuid_target = to.and_then(|to| step.target.column(to)).is_some_and(|c| c.logical == LogicalType::Uuid);
            if column.sixteen.rows > 0 && column.others == 0 && column.reading.is_none() {
                found.push(Finding {
                    choices: vec![
                        Choice { label: "A UUID in its own order".into(), edit: reading(ReadAs::Uuid) },
                        Choice { label: "A UUID with the time swapped".into(), edit: reading(ReadAs::UuidSwapped) },
                    ],
                    evidence: Some(column.sixteen.clone().evidence(read, sampled)),
                    ..finding(
                        step,
                        to,
                        FindingCode::TypeGuess,
                        if uuid_target { Severity::Blocks } else { Severity::Note },
                        format!("every value of {} has sixteen bytes, which may be a UUID", column.name),
                        "Carried as bytes, unless you say in which order they make a UUID; the example shows both.",
                    )
                });
            }
            if column.largest >= LARGE {
                let product = migration.target.descriptor().name;
                found.push(finding(
                    step,
                    to,
                    FindingCode::LargeValues,
                    Severity::Warning,
                    format!(
                        "the largest value of {} has {} bytes ({})",
                        column.name, column.largest, column.largest_key
                    ),
                    &format!("{product} may refuse values of that size; raise its limit, or such rows are rejected."),
                ));
            }
        }
        found
    }
}

impl Text {
    fn measure(&mut self, bytes: usize, row: usize, name: &dyn Fn(usize) -> String) {
        if bytes > self.largest {
            self.largest = bytes;
            if bytes >= LARGE {
                self.largest_key = name(row);
            }
        }
    }
}

/// A UUID in the order of its bytes, and as MySQL's `uuid_to_bin(…, 1)` would have swapped them.
fn both_ways(bytes: [u8; 16]) -> String {
    let mut swapped = bytes;
    swapped[..4].copy_from_slice(&bytes[4..8]);
    swapped[4..6].copy_from_slice(&bytes[2..4]);
    swapped[6..8].copy_from_slice(&bytes[..2]);
    format!("{} or {}", uuid::Uuid::from_bytes(bytes), uuid::Uuid::from_bytes(swapped))
}
