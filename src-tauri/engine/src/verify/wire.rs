//! Both sides in the database's own wire format, compared byte for byte.
//!
//! Where rows cross unchanged and the same bytes mean the same on both sides, equal sums of hashes say more than any
//! figures, and nobody decodes a value. Sums that differ say nothing but that: then both sides are read once more in
//! canonical form, which finds the rows, but for those that have no such form.

use std::sync::Arc;

use futures::StreamExt;
use tokio::task::JoinSet;
use xxhash_rust::xxh3::xxh3_128;

use super::side::RANGE_ROWS;
use super::{ColumnVerification, Measure, TableVerification};
use crate::catalog::Table;
use crate::connectors::{Connection, Range, Scan};
use crate::error::{Error, Result};
use crate::migration::Migration;
use crate::plan::Step;
use crate::run::{Control, copied};

/// Sums over rows, whatever their order.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Sums {
    rows: u64,
    /// Of the hashes of whole rows.
    row: u128,
    columns: Vec<OfColumn>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct OfColumn {
    nulls: u64,
    /// Of the hashes of values.
    sum: u128,
}

impl Sums {
    fn new(columns: usize) -> Sums {
        Sums { rows: 0, row: 0, columns: vec![OfColumn::default(); columns] }
    }

    fn add(&mut self, row: &[u8], values: &mut dyn Iterator<Item = Option<&[u8]>>) {
        self.rows += 1;
        self.row = self.row.wrapping_add(xxh3_128(row));
        for (column, value) in self.columns.iter_mut().zip(values) {
            match value {
                Some(value) => column.sum = column.sum.wrapping_add(xxh3_128(value)),
                None => column.nulls += 1,
            }
        }
    }

    fn merge(&mut self, other: &Sums) {
        self.rows += other.rows;
        self.row = self.row.wrapping_add(other.row);
        for (mine, theirs) in self.columns.iter_mut().zip(&other.columns) {
            mine.nulls += theirs.nulls;
            mine.sum = mine.sum.wrapping_add(theirs.sum);
        }
    }
}

/// What came of it.
pub(super) enum Compared {
    /// There is no such form for the step.
    Not,
    /// Both sides are the same, and the result is filled.
    Same,
    /// The sums over whole rows, which differ.
    Different(Measure),
}

pub(super) async fn compare(
    migration: &Migration,
    step: &Step,
    control: &Control,
    result: &mut TableVerification,
) -> Result<Compared> {
    let Some(pairs) = copied(step) else { return Ok(Compared::Not) };
    let (from, to): (Vec<String>, Vec<String>) = pairs.into_iter().unzip();
    let (source, target) = (migration.source.read(), migration.target.read());
    let (given, there) =
        tokio::try_join!(source.wire_format(&step.source, &from), target.wire_format(&step.target, &to))?;
    let Some(format) = given.filter(|given| Some(given) == there.as_ref()) else { return Ok(Compared::Not) };
    let (expected, actual) = tokio::try_join!(
        sums(&migration.source, &step.source, &from, control),
        sums(&migration.target, &step.target, &to, control)
    )?;
    if expected != actual {
        let text = |sums: &Sums| Some(format!("{:032x}", sums.row));
        let (expected, actual) = (text(&expected), text(&actual));
        return Ok(Compared::Different(Measure { name: "checksum".into(), expected, actual, estimated: false }));
    }
    (result.expected_rows, result.target_rows) = (expected.rows, actual.rows);
    let both = |name: &str, value: String| Measure {
        name: name.into(),
        expected: Some(value.clone()),
        actual: Some(value),
        estimated: false,
    };
    let of_column = |(column, sums): (&String, &OfColumn)| ColumnVerification {
        column: column.clone(),
        measures: vec![both("nulls", sums.nulls.to_string()), both("checksum", format!("{:032x}", sums.sum))],
    };
    result.columns = to.iter().zip(&expected.columns).map(of_column).collect();
    result.row_checksum = Some(both("checksum", format!("{:032x}", expected.row)));
    result.different_rows = Some(0);
    result
        .normalised
        .push(format!("nothing: each row was compared byte for byte, as the servers send it ({})", format.protocol));
    Ok(Compared::Same)
}

async fn sums(connection: &Arc<dyn Connection>, table: &Table, columns: &[String], control: &Control) -> Result<Sums> {
    let mut ranges = connection.read().ranges(table, RANGE_ROWS).await?.into_iter();
    let jobs = std::thread::available_parallelism().map_or(2, usize::from);
    let mut total = Sums::new(columns.len());
    let mut tasks: JoinSet<Result<Sums>> = JoinSet::new();
    let table = Arc::new(table.clone());
    loop {
        while tasks.len() < jobs
            && let Some(range) = ranges.next()
        {
            let (connection, table, columns) = (connection.clone(), table.clone(), columns.to_vec());
            let control = control.clone();
            tasks.spawn(async move { of_range(connection.as_ref(), table, columns, range, &control).await });
        }
        let Some(ended) = tasks.join_next().await else { return Ok(total) };
        let part = ended.unwrap_or_else(|e| Err(Error::internal("a comparison's task died").detail(e)))?;
        total.merge(&part);
    }
}

async fn of_range(
    connection: &dyn Connection,
    table: Arc<Table>,
    columns: Vec<String>,
    range: Range,
    control: &Control,
) -> Result<Sums> {
    let mut sums = Sums::new(columns.len());
    let read = connection.read();
    let mut rows = read
        .wire_rows(columns.len())
        .ok_or_else(|| Error::internal("a wire format has nothing that finds its rows"))?;
    let scan = Scan { table, columns, range, limit: None, batch_bytes: 0 };
    let mut pieces = read.scan_wire(scan).await?;
    while let Some(piece) = pieces.next().await {
        control.check()?;
        rows.take(&piece?, &mut |row, values| sums.add(row, values))?;
    }
    rows.end()?;
    Ok(sums)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sums(rows: &[&[Option<&str>]]) -> Sums {
        let mut sums = Sums::new(2);
        for row in rows {
            let bytes: String = row.iter().map(|v| format!("{v:?};")).collect();
            sums.add(bytes.as_bytes(), &mut row.iter().map(|v| v.map(str::as_bytes)));
        }
        sums
    }

    #[test]
    fn order_does_not_matter_and_places_do() {
        let (a, b) = (&[Some("1"), None][..], &[Some("2"), Some("x")][..]);
        assert_eq!(sums(&[a, b]), sums(&[b, a]));
        assert_ne!(sums(&[a, b]), sums(&[&[Some("1"), Some("x")], &[Some("2"), None]]));
        assert_ne!(sums(&[a, a]), sums(&[a]));
        let mut parts = sums(&[a]);
        parts.merge(&sums(&[b]));
        assert_eq!(parts, sums(&[a, b]));
    }
}
