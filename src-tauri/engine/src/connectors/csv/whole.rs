//! A whole file in memory, through the same code as one on the disk: for fuzzing, which looks at many in a second.

use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;

use super::CsvConnection;
use super::catalog::described;
use super::form::{Form, Given};
use super::read::{cut, each_row, read_from};
use crate::catalog::Table;
use crate::connectors::{Range, Read, Scan};
use crate::error::Result;

pub struct WholeCsv<'a> {
    bytes: &'a [u8],
    form: Form,
    given: Given,
    table: Arc<Table>,
    schema: SchemaRef,
}

impl<'a> WholeCsv<'a> {
    /// Finds form, columns and types.
    pub fn of(bytes: &'a [u8]) -> Result<WholeCsv<'a>> {
        let (path, given) = (Path::new("t.csv"), Given::default());
        let form = Form::found(Cursor::new(bytes), path, &given)?;
        let table = described("t", Cursor::new(bytes), bytes.len() as u64, form.clone(), &given)?;
        let columns: Vec<String> = table.columns.iter().map(|c| c.name.clone()).collect();
        let connection = CsvConnection { path: path.to_path_buf(), given: given.clone() };
        let schema = Read::schema(&connection, &table, &columns)?;
        Ok(WholeCsv { bytes, form, given, table: Arc::new(table), schema })
    }

    pub fn table(&self) -> &Table {
        &self.table
    }

    pub fn count(&self) -> Result<u64> {
        let mut rows = 0;
        each_row(|| Ok(Cursor::new(self.bytes)), &self.form, |_, _| rows += 1)?;
        Ok(rows)
    }

    pub fn ranges(&self, rows: u32) -> Result<Vec<Range>> {
        cut(|| Ok(Cursor::new(self.bytes)), &self.form, rows)
    }

    /// How many rows the range gives, those at fault among them.
    pub fn read(&self, range: Range, batch_bytes: usize) -> Result<u64> {
        let columns = self.table.columns.iter().map(|c| c.name.clone()).collect();
        let scan = Scan { table: self.table.clone(), columns, range, limit: None, batch_bytes };
        let mut found = Ok(0);
        read_from(
            Cursor::new(self.bytes),
            &self.form,
            &self.given,
            &scan,
            self.schema.clone(),
            || true,
            |rows| {
                let more = rows.map(|rows| (rows.batch.num_rows() + rows.faults.len()) as u64);
                match (&mut found, more) {
                    (Ok(found), Ok(more)) => *found += more,
                    (found, Err(e)) => *found = Err(e),
                    (Err(_), _) => {}
                }
                found.is_ok()
            },
        )?;
        found
    }
}
