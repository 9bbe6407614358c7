//! Chinook: SQLite with names in CamelCase, to PostgreSQL and to SQLite with names in snake_case.

use rowferry_tests::postgres::{Database, PostgresCluster};

use super::{empty, fixture, load, migrate, same};
use crate::cli::{PROJECT, Place, scalar};

const ROWS: i64 = 15_607;

fn source() -> String {
    format!("sqlite:{}", fixture("chinook/chinook.sqlite").display())
}

async fn database(name: &str) -> (Database, Place) {
    let database = PostgresCluster::shared().database(name).await;
    load(&database, "oracle", "chinook/chinook-postgresql.sql").await;
    let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &database.password);
    (database, place)
}

#[tokio::test]
async fn chinook_comes_to_what_its_own_postgresql_script_holds_in_tables_that_rowferry_creates() {
    let (database, place) = database("chinook_created").await;
    migrate(&place, &source(), &format!("{}?schema=public", database.url));
    assert_eq!(same(&database, "oracle", "public").await, ROWS);
    let keys: i64 = database
        .scalar(
            "select (select count(*) from pg_constraint where connamespace = 'oracle'::regnamespace and contype = 'f')
                  - (select count(*) from pg_constraint where connamespace = 'public'::regnamespace and contype = 'f'
                     and convalidated)",
        )
        .await;
    assert_eq!(keys, 0, "every foreign key is there and validated");
}

#[tokio::test]
async fn chinook_comes_to_what_its_own_postgresql_script_holds_in_the_scripts_tables() {
    let (database, place) = database("chinook_existing").await;
    load(&database, "shop", "chinook/chinook-postgresql.sql").await;
    empty(&database, "shop").await;
    migrate(&place, &source(), &format!("{}?schema=shop", database.url));
    assert_eq!(same(&database, "oracle", "shop").await, ROWS);
}

#[test]
fn the_sample_project_copies_chinook_into_a_new_sqlite_file() {
    let place = Place::new();
    std::fs::copy(fixture("chinook/chinook.sqlite"), place.path("chinook.sqlite")).unwrap();
    std::fs::copy(fixture("chinook/chinook.rowferry.json"), place.path(PROJECT)).unwrap();
    place.run(&["run", PROJECT]).expect(0);
    equal_to_the_source(&place, "chinook-copy.sqlite");
}

#[test]
fn chinook_arrives_in_the_samples_sqlite_tables() {
    let place = Place::new();
    place.sqlite("target.sqlite", &std::fs::read_to_string(fixture("chinook/target.sql")).unwrap());
    migrate(&place, &source(), "sqlite:target.sqlite");
    equal_to_the_source(&place, "target.sqlite");
    let target = place.sqlite("target.sqlite", "");
    assert_eq!(scalar(&target, "select count(*) from customer where origin = 'chinook'"), 59, "the default fills it");
}

/// Compares every value with the source's, by the tables' and columns' names without capitals and underscores.
fn equal_to_the_source(place: &Place, name: &str) {
    let target = place.sqlite(name, "");
    target.execute("attach ?1 as source", [fixture("chinook/chinook.sqlite").to_str().unwrap()]).unwrap();
    let list = |sql: &str| -> Vec<String> {
        let mut query = target.prepare(sql).unwrap();
        query.query_map([], |r| r.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    };
    let plain = |name: &String| name.replace('_', "").to_lowercase();
    let theirs = list("select name from source.sqlite_master where type = 'table' and name not like 'sqlite_%'");
    let ours = list("select name from main.sqlite_master where type = 'table' and name not like 'sqlite_%'");
    assert_eq!(ours.len(), theirs.len(), "{ours:?}");
    let mut rows = 0;
    for table in &theirs {
        let here = ours.iter().find(|t| plain(t) == plain(table)).unwrap_or_else(|| panic!("{table} is missing"));
        let columns = list(&format!("select name from pragma_table_info('{table}', 'source')"));
        let found = list(&format!("select name from pragma_table_info('{here}', 'main')"));
        let same: Vec<String> = columns
            .iter()
            .map(|c| found.iter().find(|f| plain(f) == plain(c)).unwrap_or_else(|| panic!("{table}.{c} is missing")))
            .map(|c| format!("\"{c}\""))
            .collect();
        let quoted: Vec<String> = columns.iter().map(|c| format!("\"{c}\"")).collect();
        let left = format!("select {} from source.\"{table}\"", quoted.join(", "));
        let right = format!("select {} from main.\"{here}\"", same.join(", "));
        for (one, other) in [(&left, &right), (&right, &left)] {
            assert_eq!(scalar(&target, &format!("select count(*) from ({one} except {other})")), 0, "{table}");
        }
        assert_eq!(
            scalar(&target, &format!("select count(*) from ({left})")),
            scalar(&target, &format!("select count(*) from ({right})"))
        );
        rows += scalar(&target, &format!("select count(*) from ({right})"));
    }
    assert_eq!(rows, ROWS);
}
