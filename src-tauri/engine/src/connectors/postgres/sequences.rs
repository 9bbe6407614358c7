//! Sequences that feed a table: identities, owned ones, and those that a default takes from.

use sqlx::{AssertSqlSafe, Row as _};

use super::connect::Session;
use super::dialect::{quote, quote_table};
use crate::catalog::{Table, TableName};
use crate::connectors::{SequenceProof, SequenceSet};

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
        set.push(SequenceSet { sequence, column, next, proof: SequenceProof::LookedUp });
    }
    Ok(set)
}

/// Takes the next number by a copy of a row, or from the sequence alone, and says what came of it.
///
/// A changed sequence gets a file of its own, which goes with the transaction: a rollback brings it back as it was,
/// numbers that were given among it, and until then nobody else takes one.
pub(super) async fn prove(session: &mut Session, table: &Table, mut set: SequenceSet) -> sqlx::Result<SequenceSet> {
    let increment = of(session, &table.name).await?.into_iter().find_map(|row| {
        let is_it = row.try_get::<String, _>("sequence").is_ok_and(|s| s == set.sequence);
        is_it.then(|| row.try_get::<i64, _>("increment"))
    });
    let Some(increment) = increment.transpose()? else { return Ok(set) };
    let fires: bool = sqlx::query_scalar(include_str!("sql/fires_on_insert.sql"))
        .bind(quote_table(&table.name))
        .fetch_one(session.connection())
        .await?;
    let own = format!("alter sequence {} increment by {increment}", set.sequence);
    execute(session, "begin; set local lock_timeout = '5s'").await?;
    let proved = match execute(session, &own).await {
        Ok(()) => {
            let inserted = if fires { None } else { insert(session, table, &set.column).await };
            match inserted {
                Some(number) => Ok((number, SequenceProof::Inserted)),
                None => draw(session, table, &set, &own).await,
            }
        }
        // Another one's sequence, or one that somebody holds: what it says is all there is.
        Err(sqlx::Error::Database(_)) => Ok((set.next, SequenceProof::LookedUp)),
        Err(e) => Err(e),
    };
    let ended = execute(session, "rollback").await;
    (set.next, set.proof) = proved?;
    ended?;
    Ok(set)
}

async fn execute(session: &mut Session, sql: &str) -> sqlx::Result<()> {
    sqlx::raw_sql(AssertSqlSafe(sql.to_string())).execute(session.connection()).await.map(drop)
}

async fn number(session: &mut Session, sql: String) -> sqlx::Result<i64> {
    sqlx::raw_sql(AssertSqlSafe(sql)).fetch_one(session.connection()).await?.try_get(0)
}

/// A copy of some row without its number; `None` where the table takes no such copy.
async fn insert(session: &mut Session, table: &Table, column: &str) -> Option<i64> {
    let others = table.columns.iter().filter(|c| c.name != column && c.generated.is_none());
    let others = others.map(|c| quote(&c.name)).collect::<Vec<_>>().join(", ");
    let (name, column) = (quote_table(&table.name), quote(column));
    let sql = if others.is_empty() {
        format!("insert into {name} default values returning {column}::bigint")
    } else {
        format!(
            "insert into {name} ({others}) overriding system value select {others} from {name} limit 1 \
             returning {column}::bigint"
        )
    };
    number(session, sql).await.ok()
}

/// The number alone, after an insert that failed or was not tried.
async fn draw(
    session: &mut Session,
    table: &Table,
    set: &SequenceSet,
    own: &str,
) -> sqlx::Result<(i64, SequenceProof)> {
    execute(session, "rollback").await?;
    execute(session, "begin; set local lock_timeout = '5s'").await?;
    execute(session, own).await?;
    let failed = |reason: String| Ok((set.next, SequenceProof::Failed { reason }));
    let drawn = match number(session, format!("select nextval('{}')", set.sequence.replace('\'', "''"))).await {
        Ok(drawn) => drawn,
        Err(sqlx::Error::Database(e)) => return failed(format!("{} gives no number: {}", set.sequence, e.message())),
        Err(e) => return Err(e),
    };
    let sql = format!(
        "select count(*) from (select from {} where {} = {drawn} limit 1) as taken",
        quote_table(&table.name),
        quote(&set.column)
    );
    match number(session, sql).await? {
        0 => Ok((drawn, SequenceProof::Drawn)),
        _ => failed(format!("{} gives {drawn} next, and {} holds that number already", set.sequence, table.name)),
    }
}
