//! Rows whose key is in the target already are left out: a run that is done again changes nothing.

use rowferry_tests::postgres::PostgresCluster;
use serde_json::json;

use super::{PROJECT, Place, numbered, scalar, small_chunks};

fn skipping(document: &mut serde_json::Value) {
    small_chunks(document);
    document["tables"][0]["existing"] = json!("skip");
}

#[test]
fn a_run_done_again_adds_nothing_twice_and_leaves_what_is_there() {
    let place = Place::new();
    place.sqlite("source.db", &numbered(200));
    let target = place.sqlite(
        "target.db",
        "create table item (id integer primary key, label text not null); insert into item values (7, 'mine');",
    );
    place.project("sqlite:source.db", "sqlite:target.db", skipping);
    let first = place.run(&["run", PROJECT, "--json"]).expect(0).lines().pop().expect("a last line");
    assert_eq!((&first["tables"][0]["written"], &first["tables"][0]["filtered"]), (&json!(199), &json!(1)));
    assert_eq!(scalar(&target, "select count(*) from item where id = 7 and label = 'mine'"), 1);

    let again = place.run(&["run", PROJECT, "--json"]).expect(0).lines().pop().expect("a last line");
    assert_eq!((&again["tables"][0]["written"], &again["tables"][0]["filtered"]), (&json!(0), &json!(200)));
    assert_eq!(scalar(&target, "select count(*) from item"), 200);
}

#[test]
fn rows_are_left_out_of_a_target_in_postgres_by_ranges_of_the_key_and_by_a_key_of_two_columns() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let database = runtime.block_on(PostgresCluster::shared().database("cli_skip"));
    runtime.block_on(database.run(
        "create table item (id integer primary key, label text not null);
         create table pair (a integer, b text, v integer, primary key (a, b));
         insert into item select i, 'mine' from generate_series(1, 60) i;
         insert into pair values (1, 'x', 0), (2, 'y', 0);",
    ));
    let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &database.password);
    place.sqlite(
        "source.db",
        &format!(
            "{} create table pair (a integer, b text, v integer, primary key (a, b));
             insert into pair values (1, 'x', 5), (1, 'y', 5), (2, 'x', 5), (2, 'y', 5);",
            numbered(100)
        ),
    );
    place.project("sqlite:source.db", &database.url, |document| {
        small_chunks(document);
        for table in document["tables"].as_array_mut().expect("tables") {
            table["existing"] = json!("skip");
        }
    });
    place.run(&["run", PROJECT]).expect(0);
    let count = |sql: &str| runtime.block_on(database.scalar::<i64>(sql));
    assert_eq!(count("select count(*) from item where label = 'mine'"), 60);
    assert_eq!(count("select count(*) from item"), 100);
    assert_eq!(count("select count(*) from pair where v = 0"), 2);
    assert_eq!(count("select count(*) from pair"), 4);
}

#[test]
fn without_a_key_that_is_mapped_nothing_can_be_skipped() {
    let place = Place::new();
    place.sqlite("source.db", &numbered(3));
    place.sqlite("target.db", "create table item (id integer, label text not null);");
    place.project("sqlite:source.db", "sqlite:target.db", skipping);
    place.run(&["run", PROJECT]).expect(2).complains("no key whose columns are all mapped");
}
