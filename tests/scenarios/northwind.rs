//! Northwind: from PostgreSQL to SQLite and back again is where it was, with its `bytea`, dates and `real` numbers.

use rowferry_tests::postgres::{Database, PostgresCluster};

use super::{empty, load, migrate, same};
use crate::cli::Place;

const ROWS: i64 = 3_362;

async fn there(name: &str) -> (Database, Place) {
    let database = PostgresCluster::shared().database(name).await;
    load(&database, "northwind", "northwind/northwind-postgresql.sql").await;
    let place = Place::new()
        .with("ROWFERRY_PASSWORD_SOURCE", &database.password)
        .with("ROWFERRY_PASSWORD_TARGET", &database.password);
    migrate(&place, &format!("{}?schema=northwind", database.url), "sqlite:northwind.sqlite");
    (database, place)
}

#[tokio::test]
async fn northwind_comes_back_from_sqlite_into_tables_that_rowferry_creates() {
    let (database, place) = there("northwind_created").await;
    database.run("create schema back").await;
    migrate(&place, "sqlite:northwind.sqlite", &format!("{}?schema=back", database.url));
    assert_eq!(same(&database, "northwind", "back").await, ROWS);
}

#[tokio::test]
async fn northwind_comes_back_from_sqlite_into_its_own_tables() {
    let (database, place) = there("northwind_existing").await;
    load(&database, "back", "northwind/northwind-postgresql.sql").await;
    empty(&database, "back").await;
    migrate(&place, "sqlite:northwind.sqlite", &format!("{}?schema=back", database.url));
    assert_eq!(same(&database, "northwind", "back").await, ROWS);
}
