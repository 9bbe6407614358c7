//! Sequences that feed a table: identities, owned ones, and those that a default takes from.

use sqlx::{AssertSqlSafe, Row as _};

use super::SequenceSet;
use super::connect::Session;
use super::dialect::{quote, quote_table};
use crate::catalog::TableName;

async fn of(session: &mut Session, table: &TableName) -> sqlx::Result<Vec<sqlx::postgres::PgRow>> {
    sqlx::query(include_str!("sql/table_sequences.sql")).bind(quote_table(table)).fetch_all(session.connection()).await
}

/// The number that was given last, and whether it was given at all.
async fn state(session: &mut Session, sequence: &str) -> sqlx::Result<(i64, bool)> {
    // The sequence's name was quoted by the server's own format('%I').
    let sql = format!("select last_value, is_called from {sequence}");
    let state = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_one(session.connection()).await?;
    Ok((state.try_get(0)?, state.try_get(1)?))
}

/// Statements that set the table's own sequences to where they stand.
pub(super) async fn restoring(session: &mut Session, table: &TableName) -> sqlx::Result<Vec<String>> {
    let mut statements = Vec::new();
    for row in of(session, table).await? {
        if row.try_get::<bool, _>("is_owned")? {
            let sequence: String = row.try_get("sequence")?;
            let (last, is_called) = state(session, &sequence).await?;
            let name = sequence.replace('\'', "''");
            statements.push(format!("select setval('{name}', {last}, {is_called})"));
        }
    }
    Ok(statements)
}

/// Sets them behind the greatest value that their columns hold.
pub(super) async fn set(session: &mut Session, table: &TableName) -> sqlx::Result<Vec<SequenceSet>> {
    let mut set = Vec::new();
    for row in of(session, table).await? {
        let (sequence, column): (String, String) = (row.try_get("sequence")?, row.try_get("column")?);
        let increment: i64 = row.try_get("increment")?;
        let bounds = row.try_get::<i64, _>("least")?..=row.try_get::<i64, _>("greatest")?;
        let last = if increment > 0 { "max" } else { "min" };
        let sql = format!("select {last}({})::bigint from {}", quote(&column), quote_table(table));
        let row_of = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_one(session.connection()).await?;
        let Some(mut last) = row_of.try_get::<Option<i64>, _>(0)? else { continue };
        let (given, is_called) = state(session, &sequence).await?;
        // A sequence that others take from as well must not go back.
        if !row.try_get::<bool, _>("is_owned")? && is_called {
            last = if increment > 0 { last.max(given) } else { last.min(given) };
        }
        let next = if bounds.contains(&last) {
            sqlx::query("select setval(to_regclass($1), $2, true)")
                .bind(&sequence)
                .bind(last)
                .execute(session.connection())
                .await?;
            last.saturating_add(increment)
        } else if is_called {
            // The rows are outside of what the sequence gives: it cannot collide with them from where it stands.
            given.saturating_add(increment)
        } else {
            given
        };
        set.push(SequenceSet { sequence, column, next });
    }
    Ok(set)
}
