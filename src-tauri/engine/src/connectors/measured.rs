//! The insides of connectors that micro-benchmarks measure (`benches/codecs.rs`) and the fuzzer calls a thousand times a
//! second. Not for any other use.

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;

pub use super::csv::WholeCsv;
use crate::error::Result;

/// The batch as a COPY stream for columns of its own types.
pub fn postgres_encode(batch: &RecordBatch) -> Result<Vec<u8>> {
    super::postgres::measured_encode(batch)
}

/// The rows of a COPY stream.
pub fn postgres_decode(stream: &[u8], schema: SchemaRef) -> Result<usize> {
    super::postgres::measured_decode(stream, schema)
}

/// The batch as lines of `load data`, in bytes.
pub fn mysql_lines(batch: &RecordBatch) -> Result<usize> {
    super::mysql::measured_lines(batch)
}
