//! When the server holds two texts to be one: under a collation that is not deterministic, and in `citext`.
//!
//! Nothing is written and no table is read: the texts travel as bound values, and what comes back is the server's own
//! hash of each, which is the same for texts that it holds to be one.

use std::sync::Arc;

use sqlx::{AssertSqlSafe, Row as _};

use super::connect::Server;
use super::dialect::quote_table;
use super::errors::from_sqlx;
use crate::catalog::{Column, Table};
use crate::connectors::Equality;
use crate::error::Result;

const WHAT: &str = "the server could not be asked which keys it holds to be one";
const CITEXT: &str = "citext";

pub(super) async fn of(server: &Arc<Server>, table: &Table, column: &Column) -> Result<Equality> {
    let mut session = server.session().await?;
    let row = sqlx::query(include_str!("sql/equality.sql"))
        .bind(quote_table(&table.name))
        .bind(&column.name)
        .fetch_optional(session.connection())
        .await
        .map_err(|e| from_sqlx(e, WHAT))?;
    session.finish();
    let Some(row) = row else { return Ok(Equality::Exact) };
    let asked = || {
        let (citext, deterministic): (bool, bool) = (row.try_get("is_citext")?, row.try_get("is_deterministic")?);
        Ok(match (citext, deterministic) {
            (true, _) => Equality::Asked(CITEXT.into()),
            (_, false) => Equality::Asked(row.try_get("collation")?),
            _ => Equality::Exact,
        })
    };
    asked().map_err(|e: sqlx::Error| from_sqlx(e, WHAT))
}

/// Two hashes of 64 bits with different seeds; `rule` is a collation's name as the server quoted it.
pub(super) async fn weights(server: &Arc<Server>, rule: &str, texts: &[&str]) -> Result<Vec<Vec<u8>>> {
    let text = match rule {
        // What citext's own operators compare.
        CITEXT => "lower(t.v)".to_string(),
        collation => format!("t.v collate {collation}"),
    };
    let sql = format!(
        "select hashtextextended({text}, 0), hashtextextended({text}, 1) \
         from unnest($1::text[]) with ordinality as t(v, n) order by t.n"
    );
    let mut session = server.session().await?;
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(texts).fetch_all(session.connection()).await;
    let hashes = rows.and_then(|rows| {
        let pair = |row: &sqlx::postgres::PgRow| Ok([row.try_get::<i64, _>(0)?, row.try_get::<i64, _>(1)?]);
        rows.iter().map(pair).collect::<sqlx::Result<Vec<_>>>()
    });
    let hashes = hashes.map_err(|e| from_sqlx(e, WHAT))?;
    session.finish();
    Ok(hashes.into_iter().map(|pair| pair.iter().flat_map(|half| half.to_be_bytes()).collect()).collect())
}
