//! Whole migrations of databases that somebody else made, with what they must come to as the oracle.
//!
//! Every table and every value is compared inside of the database that holds both, not by the engine's own
//! verification.

mod chinook;
mod mariadb;
mod northwind;
mod schema;
mod triggers;

use std::path::PathBuf;

use rowferry_tests::postgres::Database;
use sqlx::Row;

use crate::cli::{PROJECT, Place};

fn fixture(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fixtures").join(name);
    path.canonicalize().unwrap_or_else(|e| panic!("the fixture {name}: {e}"))
}

/// Loads a script from its first table on into a schema of its own.
async fn load(database: &Database, schema: &str, script: &str) {
    let text = std::fs::read_to_string(fixture(script)).expect("UTF-8");
    let begin = text.find("CREATE TABLE ").expect("a table");
    let script = plain_literals(&text[begin..]);
    database.run(&format!("create schema \"{schema}\"; set search_path to \"{schema}\"; {script}")).await;
}

/// Writes `N'…'` as `'…'`: to PostgreSQL the former is text of a fixed length, which loses its trailing spaces.
fn plain_literals(script: &str) -> String {
    let mut inside = false;
    let mut plain = String::with_capacity(script.len());
    let mut characters = script.chars().peekable();
    while let Some(c) = characters.next() {
        // A doubled quote closes and opens again.
        inside ^= c == '\'';
        if inside || c != 'N' || characters.peek() != Some(&'\'') {
            plain.push(c);
        }
    }
    plain
}

/// Every table of the schema without its rows.
async fn empty(database: &Database, schema: &str) {
    let tables: Vec<String> = tables(database, schema).await.iter().map(|t| format!("\"{schema}\".\"{t}\"")).collect();
    database.run(&format!("truncate {} cascade", tables.join(", "))).await;
}

async fn tables(database: &Database, schema: &str) -> Vec<String> {
    let sql = format!("select tablename::text from pg_tables where schemaname = '{schema}' order by 1");
    database.rows(&sql).await.iter().map(|r| r.get(0)).collect()
}

/// Column names and types, in the table's order.
async fn columns(database: &Database, schema: &str, table: &str) -> Vec<(String, String)> {
    let sql = format!(
        "select attname::text, format_type(atttypid, atttypmod) from pg_attribute
         where attrelid = '\"{schema}\".\"{table}\"'::regclass and attnum > 0 and not attisdropped order by attnum"
    );
    database.rows(&sql).await.iter().map(|r| (r.get(0), r.get(1))).collect()
}

/// Demands that both schemas hold the same tables, columns and values. Gives the number of rows.
///
/// Where a column's types differ, the found value is compared as the expected type, and must come back from it as it
/// was: so a cast cannot hide a difference.
async fn same(database: &Database, expected: &str, found: &str) -> i64 {
    let names = tables(database, expected).await;
    assert!(!names.is_empty());
    assert_eq!(tables(database, found).await, names);
    let mut rows = 0;
    for table in names {
        let wanted = columns(database, expected, &table).await;
        let there = columns(database, found, &table).await;
        let name = |(name, _): &(String, String)| name.clone();
        assert_eq!(there.iter().map(name).collect::<Vec<_>>(), wanted.iter().map(name).collect::<Vec<_>>(), "{table}");
        let mut left = Vec::new();
        let mut right = Vec::new();
        for ((column, kind), (_, found_kind)) in wanted.iter().zip(&there) {
            left.push(format!("\"{column}\"::text"));
            right.push(format!("\"{column}\"::{kind}::text"));
            if kind != found_kind {
                let changed = format!(
                    "select count(*) from \"{found}\".\"{table}\"
                     where \"{column}\" is distinct from \"{column}\"::{kind}::{found_kind}"
                );
                let changed: i64 = database.scalar(&changed).await;
                assert_eq!(changed, 0, "{table}.{column}: {found_kind} holds what {kind} cannot");
            }
        }
        let left = format!("select {} from \"{expected}\".\"{table}\"", left.join(", "));
        let right = format!("select {} from \"{found}\".\"{table}\"", right.join(", "));
        for (one, other) in [(&left, &right), (&right, &left)] {
            let different: i64 = database.scalar(&format!("select count(*) from ({one} except all {other}) d")).await;
            assert_eq!(different, 0, "rows of {table} are on one side only:\n{one}\nexcept\n{other}");
        }
        rows += database.scalar::<i64>(&format!("select count(*) from \"{found}\".\"{table}\"")).await;
    }
    rows
}

/// Suggests, accepts everything, checks and runs; the run must be green.
fn migrate(place: &Place, from: &str, to: &str) {
    place.project(from, to, |_| ());
    place.run(&["check", PROJECT]).expect(0);
    place.run(&["run", PROJECT]).expect(0);
    place.run(&["verify", PROJECT, "--level", "checksums"]).expect(0);
}
