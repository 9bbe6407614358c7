//! PostgreSQL to MariaDB and back: what comes back is what went.

use rowferry_tests::mariadb::MariaDbServer;
use rowferry_tests::postgres::PostgresCluster;
use serde_json::Value;

use super::{empty, load, migrate, same};
use crate::cli::{PROJECT, Place};

#[tokio::test]
async fn chinook_goes_to_mariadb_and_comes_back() {
    let database = PostgresCluster::shared().database("chinook_mariadb").await;
    load(&database, "oracle", "chinook/chinook-postgresql.sql").await;
    let between = MariaDbServer::shared().database("chinook").await;
    let there = Place::new()
        .with("ROWFERRY_PASSWORD_SOURCE", &database.password)
        .with("ROWFERRY_PASSWORD_TARGET", &between.password);
    migrate(&there, &format!("{}?schema=oracle", database.url), &between.url);
    let keys = "select count(*) from information_schema.referential_constraints where constraint_schema = database()";
    assert_eq!(between.rows::<u32>(keys).await, [11], "every foreign key is there");
    let back = Place::new()
        .with("ROWFERRY_PASSWORD_SOURCE", &between.password)
        .with("ROWFERRY_PASSWORD_TARGET", &database.password);
    migrate(&back, &between.url, &format!("{}?schema=public", database.url));
    assert_eq!(same(&database, "oracle", "public").await, 15_607);
}

#[tokio::test]
async fn values_of_every_type_go_to_mariadb_and_come_back() {
    const COLUMNS: &str = "id bigint primary key, flag boolean, small smallint, medium integer, large bigint, \
        price numeric(10,2), mass numeric(30,6), exact numeric, single real, double double precision, body text, \
        short varchar(20), bytes bytea, day date, clock time, moment timestamp, instant timestamptz, token uuid, \
        document json";
    let database = PostgresCluster::shared().database("every_mariadb").await;
    for schema in ["before", "after"] {
        database.run(&format!("create schema {schema}; create table {schema}.every_type ({COLUMNS})")).await;
    }
    database
        .run(
            "insert into before.every_type values
             (1, true, 7, 70000, 9223372036854775807, 12.50, 0.000001, 0.1, 1.5, 0.1, E'O''Neil, \"Ünï\"\\n\\\\N عربي 🚢',
              ' padded ', '\\x00ff10', '2020-02-29', '10:11:12.5', '2020-02-29 10:11:12', '2020-02-29 10:11:12+02',
              '6f9619ff-8b86-d011-b42d-00c04fc964ff', '{\"a\":  1.50}'),
             (3, false, -32768, -2147483648, -9223372036854775808, -99999999.99,
              -123456789012345678901234.567890, 123456789012345678901234567890.123456789, 16777216, 1.7976931348623157e308,
              '', 'NULL', '\\x61', '0001-01-01', '23:59:59.999999', '1969-12-31 23:59:59.999999',
              '2999-12-31 23:59:59.999999+00', '00000000-0000-0000-0000-000000000000', '[]');
             insert into before.every_type (id) values (2)",
        )
        .await;
    empty(&database, "after").await;
    let between = MariaDbServer::shared().database("every").await;
    let there = Place::new()
        .with("ROWFERRY_PASSWORD_SOURCE", &database.password)
        .with("ROWFERRY_PASSWORD_TARGET", &between.password);
    approved(&there, &format!("{}?schema=before", database.url), &between.url);
    let back = Place::new()
        .with("ROWFERRY_PASSWORD_SOURCE", &between.password)
        .with("ROWFERRY_PASSWORD_TARGET", &database.password);
    approved(&back, &between.url, &format!("{}?schema=after", database.url));
    assert_eq!(same(&database, "before", "after").await, 3);
}

/// Runs with every conversion that loses something approved: here it is the zone of an instant, which is UTC.
fn approved(place: &Place, from: &str, to: &str) {
    place.project(from, to, |document| {
        for table in document["tables"].as_array_mut().expect("tables") {
            for column in table["columns"].as_array_mut().expect("columns") {
                column["approve_loss"] = Value::Bool(true);
            }
        }
    });
    let ran = place.run(&["run", PROJECT]);
    ran.expect(0);
}
