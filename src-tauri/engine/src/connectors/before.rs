//! What a table held before a run, kept in a table beside it: as SQL that most databases share.

use super::Dialect;
use crate::catalog::{Column, Table, TableName};

/// How the names of such tables begin.
pub const PREFIX: &str = "_rowferry_before_";

/// A table, and where what it held before a run is kept.
#[derive(Debug, Clone)]
pub struct Before<'a> {
    pub table: &'a Table,
    pub image: TableName,
    /// Columns of the key that is kept; `None` when whole rows are.
    pub key: Option<&'a [String]>,
    /// The run deletes the rows, so nobody may add one between their being kept and their being deleted.
    pub deletes: bool,
}

impl Before<'_> {
    /// Quoted names of the columns that are kept. Generated ones make themselves again.
    pub fn columns(&self, dialect: &(impl Dialect + ?Sized)) -> Vec<String> {
        let is_kept = |c: &&Column| self.key.map_or(c.generated.is_none(), |key| key.contains(&c.name));
        self.table.columns.iter().filter(is_kept).map(|c| dialect.quote(&c.name)).collect()
    }

    /// Fills the image from the table.
    pub fn fill(&self, dialect: &(impl Dialect + ?Sized)) -> String {
        let columns = self.columns(dialect).join(", ");
        let (image, table) = (dialect.table(&self.image), dialect.table(&self.table.name));
        format!("insert into {image} ({columns}) select {columns} from {table}")
    }

    /// Fills the table from the image; `overriding` stands before the question.
    pub fn put_back(&self, dialect: &(impl Dialect + ?Sized), overriding: &str) -> String {
        let columns = self.columns(dialect).join(", ");
        let (image, table) = (dialect.table(&self.image), dialect.table(&self.table.name));
        format!("insert into {table} ({columns}) {overriding}select {columns} from {image}")
    }

    /// Deletes the rows whose key was not there before, or all where whole rows are kept.
    pub fn take_out(&self, dialect: &(impl Dialect + ?Sized)) -> String {
        let Some(key) = self.key else { return dialect.delete_all(&self.table.name) };
        let table = dialect.table(&self.table.name);
        let equal: Vec<_> = key.iter().map(|c| dialect.quote(c)).map(|c| format!("kept.{c} = {table}.{c}")).collect();
        format!(
            "delete from {table} where not exists (select 1 from {} as kept where {})",
            dialect.table(&self.image),
            equal.join(" and ")
        )
    }
}
