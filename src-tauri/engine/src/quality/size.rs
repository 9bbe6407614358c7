//! The largest value of each column, against what the target takes in one piece.

use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::datatypes::DataType;

use super::finding;
use crate::migration::Migration;
use crate::plan::{Finding, FindingCode, Severity, Step};

/// Values from here on are worth a word: buffers of clients and servers are often not larger.
const LARGE: usize = 16 << 20;

pub(super) struct Sizes {
    columns: Vec<Largest>,
    /// What the target takes; `None` where it knows no limit.
    limit: Option<u64>,
}

struct Largest {
    to: String,
    bytes: usize,
    key: String,
}

impl Sizes {
    pub(super) fn new(step: &Step, limit: Option<u64>) -> Sizes {
        let columns = step.columns.iter().map(|c| Largest { to: c.to.clone(), bytes: 0, key: String::new() });
        Sizes { columns: columns.collect(), limit }
    }

    fn worth_a_word(&self) -> usize {
        self.limit.map_or(LARGE, |limit| usize::try_from(limit).unwrap_or(usize::MAX).min(LARGE))
    }

    /// `batch` is what would be written.
    pub(super) fn look(&mut self, batch: &RecordBatch, name: &dyn Fn(usize) -> String) {
        let worth = self.worth_a_word();
        for (column, array) in self.columns.iter_mut().zip(batch.columns()) {
            let longest = match array.data_type() {
                DataType::Utf8 => longest(array.as_string::<i32>().value_offsets()),
                DataType::Binary => longest(array.as_binary::<i32>().value_offsets()),
                _ => None,
            };
            if let Some((row, bytes)) = longest.filter(|(_, bytes)| *bytes > column.bytes) {
                column.bytes = bytes;
                if bytes >= worth {
                    column.key = name(row);
                }
            }
        }
    }

    pub(super) fn findings(self, migration: &Migration, step: &Step) -> Vec<Finding> {
        let (product, worth) = (migration.target.descriptor().name, self.worth_a_word());
        let large = self.columns.iter().filter(|column| column.bytes >= worth);
        large
            .map(|Largest { to, bytes, key }| {
                let message = format!("the largest value of {to} has {bytes} bytes ({key})");
                let over = self.limit.filter(|limit| *bytes as u64 > *limit);
                let (message, remedy) = match (over, self.limit) {
                    (Some(limit), _) => (
                        format!("{message}, and the target takes at most {limit} in one piece"),
                        format!(
                            "Raise the limit of {product} where it can be raised; otherwise such rows are rejected."
                        ),
                    ),
                    (None, Some(limit)) => (
                        format!("{message}; the target takes at most {limit} in one piece"),
                        "It fits, but a statement with more than it may not; see that there is memory for it.".into(),
                    ),
                    (None, None) => (message, format!("See that {product} has memory for such values.")),
                };
                finding(step, Some(to), FindingCode::LargeValues, Severity::Warning, message, &remedy)
            })
            .collect()
    }
}

/// The row of the longest value, and its bytes; a NULL has none.
fn longest(offsets: &[i32]) -> Option<(usize, usize)> {
    let lengths = offsets.windows(2).map(|w| (w[1] - w[0]).unsigned_abs() as usize);
    lengths.enumerate().max_by_key(|(_, bytes)| *bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_value_is_found_by_its_offsets() {
        assert_eq!(longest(&[0, 3, 3, 10, 12]), Some((2, 7)));
        assert_eq!(longest(&[0]), None);
    }
}
