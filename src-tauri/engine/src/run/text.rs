//! A row as text, for rejects and previews.

use datafusion::arrow::array::{Array, RecordBatch};
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};

use crate::error::{ErrorContext, ErrorKind, Result};

/// Renders cells of one batch.
pub struct RowText<'a> {
    batch: &'a RecordBatch,
    formatters: Vec<ArrayFormatter<'a>>,
}

impl<'a> RowText<'a> {
    pub fn new(batch: &'a RecordBatch) -> Result<Self> {
        // Formats that read back: ISO 8601 with a blank, all digits.
        const OPTIONS: FormatOptions<'static> =
            FormatOptions::new().with_timestamp_format(Some("%F %T%.f")).with_timestamp_tz_format(Some("%F %T%.f%:z"));
        let formatters = batch
            .columns()
            .iter()
            .map(|c| ArrayFormatter::try_new(c.as_ref(), &OPTIONS))
            .collect::<Result<_, _>>()
            .or_error(ErrorKind::Internal, "a column has no text form")?;
        Ok(RowText { batch, formatters })
    }

    /// `None` is NULL.
    pub fn cell(&self, row: usize, column: usize) -> Option<String> {
        let array = self.batch.column(column);
        (!array.is_null(row)).then(|| {
            let text = self.formatters[column].value(row).to_string();
            match (array.data_type(), text.as_str()) {
                // What tells bytes from the text of their digits, here as in a CSV file.
                (DataType::Binary, digits) => format!("\\x{digits}"),
                (DataType::Float32 | DataType::Float64, "inf") => "Infinity".into(),
                (DataType::Float32 | DataType::Float64, "-inf") => "-Infinity".into(),
                _ => text,
            }
        })
    }

    pub fn row(&self, row: usize) -> Vec<Option<String>> {
        (0..self.batch.num_columns()).map(|c| self.cell(row, c)).collect()
    }
}
