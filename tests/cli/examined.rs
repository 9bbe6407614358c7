//! `rowferry check` reads the data: what a run would reject or stop at is found beforehand, with its rows and the
//! choices that resolve it.

use rowferry_tests::mariadb::MariaDbServer;
use rowferry_tests::postgres::PostgresCluster;
use serde_json::Value;

use super::{PROJECT, Place};

fn findings(place: &Place) -> Vec<Value> {
    let checked = place.run(&["check", PROJECT, "--json"]);
    let plan: Value = serde_json::from_str(&checked.out).unwrap_or_else(|e| panic!("{e}\n{}", checked.err));
    plan["findings"].as_array().expect("findings").clone()
}

/// Code, rows, the first key, the example and the labels of the choices, for those with evidence.
fn seen(place: &Place) -> Vec<String> {
    let mut seen: Vec<String> = findings(place)
        .iter()
        .filter(|f| f["evidence"].is_object())
        .map(|f| {
            let labels: Vec<&str> = f["choices"]
                .as_array()
                .map(|c| c.iter().map(|c| c["label"].as_str().expect("a label")).collect())
                .unwrap_or_default();
            format!(
                "{} {} [{}] {} {}: {}",
                f["severity"].as_str().expect("a severity"),
                f["code"].as_str().expect("a code"),
                f["column"].as_str().unwrap_or("-"),
                f["evidence"]["rows"],
                f["evidence"]["keys"][0].as_str().unwrap_or("-"),
                labels.join(", ")
            )
        })
        .collect();
    seen.sort();
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn what_mariadb_holds_and_postgresql_does_not_take_is_found_and_a_choice_resolves_it() {
    let source = MariaDbServer::shared().database("examined").await;
    source
        .run(&[
            "set session sql_mode = ''",
            "create table t (id int primary key, day date, code varchar(20), guid binary(16), name varchar(20))",
            "insert into t values (1, '2020-02-03', 'a', unhex('6ccd780cbaba102695645b8c656024db'), 'CafÃ©'), \
             (2, '0000-00-00', 'a', null, 'Bo'), \
             (3, '2020-00-01', 'b', null, null)",
        ])
        .await;
    let target = PostgresCluster::shared().database("examined").await;
    let place = Place::new()
        .with("ROWFERRY_PASSWORD_SOURCE", &source.password)
        .with("ROWFERRY_PASSWORD_TARGET", &target.password);
    place.project(&source.url, &target.url, |_| {});
    let found = seen(&place);
    assert_eq!(
        found,
        [
            "note type-guess [guid] 1 id=1: A UUID in its own order, A UUID with the time swapped",
            "warning encoded-twice [name] 1 id=1: Decode once more",
            "warning unreadable-values [day] 2 id=2: Read as NULL, Read as text",
        ]
    );
    assert!(!place.run(&["check", PROJECT]).out.contains("0000-00-00"), "a value is shown only when asked for");
    let printed = place.run(&["check", PROJECT, "--examples"]);
    let number = printed
        .out
        .lines()
        .find(|l| l.contains("Read as NULL"))
        .and_then(|l| l.trim().strip_prefix('[')?.split_once(']').map(|(n, _)| n.to_string()))
        .expect("a numbered choice");
    assert!(printed.out.contains("for example 0000-00-00"), "{}", printed.out);
    place.run(&["check", PROJECT, "--choose", &number]).expect(0);
    assert!(seen(&place).iter().all(|f| !f.contains("unreadable-values")), "{:?}", seen(&place));
    place.run(&["run", PROJECT]).expect(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_sqlite_holds_and_postgresql_does_not_take_is_found() {
    let target = PostgresCluster::shared().database("examined_sqlite").await;
    target.run("create table t (id integer primary key, n smallint, c varchar(3) not null, u text unique)").await;
    let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &target.password);
    place.sqlite(
        "source.db",
        "create table t (id integer primary key, n integer, c text, u text);
         insert into t values (1, 1, 'abc', 'x'), (2, 'many', 'abc', 'y'), (3, 70000, 'abcd', 'x'), (4, 4, null, 'z'),
                              (5, 5, 'a' || char(0), 'w'), (6, 6, 'abc', 'x');",
    );
    place.project("sqlite:source.db", &target.url, |_| {});
    assert_eq!(
        seen(&place),
        [
            "warning key-collision [-] 1 id=1 and id=6: ",
            "warning misfit-values [c] 1 id=4: ",
            "warning misfit-values [c] 1 id=5: Take out NUL",
            "warning misfit-values [n] 1 id=3: NULL instead",
            "warning unreadable-values [n] 1 id=2: Read as NULL",
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn orphans_and_repeated_keys_block_where_the_constraint_comes_after_the_load() {
    let target = PostgresCluster::shared().database("examined_orphans").await;
    let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &target.password);
    place.sqlite(
        "source.db",
        "pragma foreign_keys = off;
         create table parent (id integer primary key);
         create table child (id integer primary key, parent integer references parent (id));
         insert into parent values (1);
         insert into child values (10, 1), (11, 7), (12, null);",
    );
    place.project("sqlite:source.db", &target.url, |_| {});
    assert_eq!(seen(&place), ["blocks orphan-rows [parent] 1 id=11: Reject them, Keep them"]);
    place.run(&["check", PROJECT]).expect(2);
    place.run(&["check", PROJECT, "--choose", "1"]).expect(0);
    place.run(&["run", PROJECT]).expect(3);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_mysql_takes_for_one_are_found() {
    let target = MariaDbServer::shared().database("examined_collation").await;
    target.run(&["create table t (name varchar(20) primary key) collate utf8mb4_general_ci"]).await;
    let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &target.password);
    place
        .sqlite("source.db", "create table t (name text primary key); insert into t values ('Ada'), ('ada '), ('Bo');");
    place.project("sqlite:source.db", &target.url, |_| {});
    let found = findings(&place);
    let collision = found.iter().find(|f| f["code"] == "key-collision").expect("a finding");
    assert_eq!(collision["evidence"]["rows"], 1);
    assert!(collision["message"].as_str().expect("words").contains("differ only by case"), "{collision}");
}

#[test]
fn a_conversion_that_is_impossible_is_said_and_does_not_end_the_check() {
    let place = Place::new();
    place.sqlite(
        "source.db",
        "create table t (id integer primary key, d date); insert into t values (1, '2020-01-02');",
    );
    place.sqlite("target.db", "create table t (id integer primary key, d boolean);");
    place.project("sqlite:source.db", "sqlite:target.db", |_| {});
    let checked = place.run(&["check", PROJECT, "--json"]);
    let plan: Value = serde_json::from_str(&checked.out).unwrap_or_else(|e| panic!("{e}\n{}", checked.err));
    let mapped = plan["steps"][0]["columns"].as_array().expect("columns").iter().any(|c| c["to"] == "d");
    let said = plan["findings"].as_array().expect("findings").iter().any(|f| f["code"] == "type-impossible");
    assert_eq!(mapped, said, "{plan}");
}
