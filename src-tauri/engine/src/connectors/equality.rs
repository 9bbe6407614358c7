//! What a database holds to be one value in a key, though the texts differ.
//!
//! A connector says the rule for a column; where only the database itself can apply it, `Read::weights` asks the
//! database, with the texts as bound values. It must not know plans.

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BinaryArray};
use datafusion::arrow::datatypes::DataType;
use std::sync::Arc;

use super::Read;
use crate::error::{Error, Result};

/// When two texts are one to a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Equality {
    /// Only when they are the same.
    Exact,
    /// Also when they differ by the case of ASCII letters: SQLite's `NOCASE` (<https://sqlite.org/datatype3.html#collation>).
    AsciiCase,
    /// Also when they differ by spaces at their end: SQLite's `RTRIM`, and MySQL's binary collations that pad
    /// (<https://dev.mysql.com/doc/refman/8.4/en/charset-binary-collations.html>).
    TrailingSpaces,
    /// As the database's own rule of this name has it.
    Asked(String),
}

impl Equality {
    pub fn is_exact(&self) -> bool {
        *self == Equality::Exact
    }

    /// What does not tell two keys apart, as in "they differ only by …".
    pub fn overlooks(&self) -> String {
        match self {
            Equality::Exact => "nothing".into(),
            Equality::AsciiCase => "the case of letters".into(),
            Equality::TrailingSpaces => "spaces at their end".into(),
            Equality::Asked(rule) => {
                format!("what {rule} does not tell apart, such as case, accents or spaces at their end")
            }
        }
    }

    /// Values that are the same exactly where the database holds two of these to be one; an array that is no text, and any
    /// array under `Exact`, as it is. NULL stays NULL.
    ///
    /// # Errors
    /// As `Read::weights`.
    pub async fn weigh(&self, read: &dyn Read, values: &ArrayRef) -> Result<ArrayRef> {
        if *values.data_type() != DataType::Utf8 {
            return Ok(values.clone());
        }
        let texts = values.as_string::<i32>();
        let folded = |fold: &dyn Fn(&str) -> Vec<u8>| -> ArrayRef {
            Arc::new(texts.iter().map(|t| t.map(fold)).collect::<BinaryArray>())
        };
        Ok(match self {
            Equality::Exact => values.clone(),
            Equality::AsciiCase => folded(&|t| t.to_ascii_lowercase().into_bytes()),
            Equality::TrailingSpaces => folded(&|t| t.trim_end_matches(' ').as_bytes().to_vec()),
            Equality::Asked(rule) => {
                let known: Vec<&str> = texts.iter().flatten().collect();
                let weights = read.weights(rule, &known).await?;
                if weights.len() != known.len() {
                    return Err(Error::internal("the database weighed another number of texts than it was asked"));
                }
                let mut weights = weights.into_iter();
                let each = (0..texts.len()).map(|row| if texts.is_valid(row) { weights.next() } else { None });
                Arc::new(each.collect::<BinaryArray>())
            }
        })
    }
}
