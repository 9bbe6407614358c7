//! Cutting a table into ranges of its key.
//!
//! It must be cheap on a table of any size: a large one is never counted, only asked through its index. Invariant: the
//! first range is open below and the last one above, and each begins where the one before it ends, so that however the
//! cuts were found no row is left out and none is read twice.

use super::connect::Session;
use super::dialect::{literal, quote, quote_table};
use super::{Range, read};
use crate::catalog::{Column, Key, Table, TableKind};
use crate::connectors::key_ranges::{equal_cuts, key_ranges};
use crate::error::{Error, Result};
use crate::types::LogicalType;

/// Key ranges are of equal width while the keys fill at least one in so many numbers.
const SPARSE: u128 = 4;
/// Up to so many rows by the server's estimate are counted: its estimate of a young table may be far off.
const COUNTED: u64 = 100_000;
const WHAT: &str = "the table could not be cut into ranges";

pub(super) async fn count(session: &mut Session, table: &Table) -> Result<u64> {
    let sql = format!("select count(*) from {}", quote_table(&table.name));
    let what = format!("the rows of {} could not be counted", table.name);
    Ok(session.ask::<u64>(&sql, &what).await?.pop().unwrap_or(0))
}

pub(super) async fn cut(session: &mut Session, table: &Table, rows: u32) -> Result<Vec<Range>> {
    let Some(key) = key(table).filter(|_| table.kind == TableKind::Table) else { return Ok(vec![Range::All]) };
    let estimate = estimate(session, table).await?;
    let is_counted = estimate <= COUNTED;
    let rows_in_all = if is_counted { count(session, table).await? } else { estimate };
    let parts = rows_in_all.div_ceil(u64::from(rows));
    if parts <= 1 {
        return Ok(vec![Range::All]);
    }
    let (name, column) = (quote_table(&table.name), quote(&key.name));
    let sql = format!("select min({column}), max({column}) from {name}");
    let Some((Some(least), Some(greatest))) = session.ask::<(Option<i128>, Option<i128>)>(&sql, WHAT).await?.pop()
    else {
        return Ok(vec![Range::All]);
    };
    // Keys beyond what a range can say are all in its last one.
    let (least, greatest) = (least.min(i128::from(i64::MAX)), greatest.min(i128::from(i64::MAX)));
    let width = (greatest - least + 1) as u128;
    let cuts = if width <= SPARSE * u128::from(rows_in_all) {
        equal_cuts(least, width, parts)
    } else if is_counted {
        quantiles(session, table, &column, rows).await?
    } else {
        halves(session, &name, &column, (least, greatest), u64::from(rows), parts).await?
    };
    Ok(key_ranges(&key.name, &cuts))
}

/// The first column of a key, when it holds whole numbers and no NULL. Rows that are equal in it stay together.
fn key(table: &Table) -> Option<&Column> {
    let usable = |key: &Key| {
        let column = read::column(table, key.columns.first()?).ok()?;
        let is_bit = column.native_type.starts_with("bit") || column.native_type.starts_with("year");
        (matches!(column.logical, LogicalType::Integer { .. }) && !column.nullable && !is_bit).then_some(column)
    };
    let single = table.keys().filter(|k| k.columns.len() == 1).find_map(usable);
    single.or_else(|| table.keys().find_map(usable))
}

async fn estimate(session: &mut Session, table: &Table) -> Result<u64> {
    let sql = format!(
        "select table_rows from information_schema.tables where table_schema = {} and table_name = {}",
        literal(&table.name.schema),
        literal(&table.name.table)
    );
    Ok(session.ask::<Option<u64>>(&sql, WHAT).await?.pop().flatten().unwrap_or(0))
}

/// Every `rows`-th key of a small table.
async fn quantiles(session: &mut Session, table: &Table, column: &str, rows: u32) -> Result<Vec<i64>> {
    let sql = format!(
        "select k from (select {column} as k, row_number() over (order by {column}) as n from {}) numbered \
         where n > {rows} and n % {rows} = {} and k <= {} order by k",
        quote_table(&table.name),
        1 % rows,
        i64::MAX
    );
    let mut cuts = session.ask::<i64>(&sql, WHAT).await?;
    cuts.dedup();
    Ok(cuts)
}

/// Halves the numbers between two keys until the server's estimate of a part is small enough. Each part begins and ends
/// with a key that is there, so that gaps of any size cost one step.
async fn halves(
    session: &mut Session,
    name: &str,
    column: &str,
    whole: (i128, i128),
    rows: u64,
    parts: u64,
) -> Result<Vec<i64>> {
    let mut cuts = Vec::new();
    let mut open = vec![whole];
    let mut probes = 8 * parts + 64;
    while let Some((from, to)) = open.pop() {
        let middle = from + (to - from) / 2 + 1;
        if from >= to || probes == 0 || rows_between(session, name, column, from, to).await? <= rows + rows / 2 {
            continue;
        }
        probes -= 1;
        let sql = format!(
            "select (select min({column}) from {name} where {column} >= {middle}), \
             (select max({column}) from {name} where {column} < {middle})"
        );
        let found = session.ask::<(Option<i128>, Option<i128>)>(&sql, WHAT).await?.pop();
        let Some((Some(above), Some(below))) = found else { continue };
        if let Ok(cut) = i64::try_from(above) {
            cuts.push(cut);
        }
        open.push((from, below));
        open.push((above, to));
    }
    cuts.sort_unstable();
    cuts.dedup();
    Ok(cuts)
}

async fn rows_between(session: &mut Session, name: &str, column: &str, from: i128, to: i128) -> Result<u64> {
    let sql = format!("explain select {column} from {name} where {column} >= {from} and {column} <= {to}");
    let row = session.ask::<mysql_async::Row>(&sql, WHAT).await?.pop();
    let row = row.ok_or_else(|| Error::internal(WHAT).detail("the server explained nothing"))?;
    let rows = row.get_opt::<Option<u64>, _>("rows").and_then(|r| r.ok()).flatten();
    Ok(rows.unwrap_or(0))
}
