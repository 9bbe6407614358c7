//! The torture schema through every pair of databases, each value's outcome held against a golden file that a person
//! has read; and random values there and back.
//!
//! What is the same value is judged here, by what the databases themselves show, and not by the engine. A value that
//! arrives changed without a verdict or a choice that says so fails the test, whatever the golden file says.
//!
//! `UPDATE_GOLDEN=1` writes the golden files anew: see fixtures/README.md.

mod crossing;
mod equal;
#[path = "../../fixtures/torture/mod.rs"]
mod fixture;
mod golden;
mod judge;
mod round_trip;
mod side;

use side::Base::{self, Csv, MariaDb, Parquet, Postgres, Sqlite};

async fn crosses(from: Base, to: Base) {
    let crossing = crossing::cross(from, to).await;
    golden::hold(from, to, &judge::judged(from, to, &crossing));
}

macro_rules! crossings {
    ($($name:ident: $from:ident, $to:ident;)*) => {
        $(#[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            crosses($from, $to).await;
        })*
    };
}

crossings! {
    every_edge_from_postgresql_to_postgresql: Postgres, Postgres;
    every_edge_from_postgresql_to_mariadb: Postgres, MariaDb;
    every_edge_from_postgresql_to_sqlite: Postgres, Sqlite;
    every_edge_from_postgresql_to_csv: Postgres, Csv;
    every_edge_from_mariadb_to_postgresql: MariaDb, Postgres;
    every_edge_from_mariadb_to_mariadb: MariaDb, MariaDb;
    every_edge_from_mariadb_to_sqlite: MariaDb, Sqlite;
    every_edge_from_mariadb_to_csv: MariaDb, Csv;
    every_edge_from_sqlite_to_postgresql: Sqlite, Postgres;
    every_edge_from_sqlite_to_mariadb: Sqlite, MariaDb;
    every_edge_from_sqlite_to_sqlite: Sqlite, Sqlite;
    every_edge_from_sqlite_to_csv: Sqlite, Csv;
    every_edge_from_csv_to_postgresql: Csv, Postgres;
    every_edge_from_csv_to_mariadb: Csv, MariaDb;
    every_edge_from_csv_to_sqlite: Csv, Sqlite;
    every_edge_from_csv_to_csv: Csv, Csv;
}

macro_rules! round_trips {
    ($($name:ident: $from:ident, $through:ident;)*) => {
        $(#[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            round_trip::comes_back($from, $through).await;
        })*
    };
}

round_trips! {
    any_values_of_postgresql_come_back_from_postgresql: Postgres, Postgres;
    any_values_of_postgresql_come_back_from_mariadb: Postgres, MariaDb;
    any_values_of_postgresql_come_back_from_sqlite: Postgres, Sqlite;
    any_values_of_postgresql_come_back_from_csv: Postgres, Csv;
    any_values_of_postgresql_come_back_from_parquet: Postgres, Parquet;
    any_values_of_mariadb_come_back_from_postgresql: MariaDb, Postgres;
    any_values_of_mariadb_come_back_from_mariadb: MariaDb, MariaDb;
    any_values_of_mariadb_come_back_from_sqlite: MariaDb, Sqlite;
    any_values_of_mariadb_come_back_from_csv: MariaDb, Csv;
    any_values_of_mariadb_come_back_from_parquet: MariaDb, Parquet;
    any_values_of_sqlite_come_back_from_postgresql: Sqlite, Postgres;
    any_values_of_sqlite_come_back_from_mariadb: Sqlite, MariaDb;
    any_values_of_sqlite_come_back_from_sqlite: Sqlite, Sqlite;
    any_values_of_sqlite_come_back_from_csv: Sqlite, Csv;
    any_values_of_sqlite_come_back_from_parquet: Sqlite, Parquet;
}
