//! Rows whose foreign key points at nothing: the run stops and lists them, takes them out, or keeps them, as the project
//! says.

use rowferry_tests::mariadb::MariaDbServer;
use rowferry_tests::postgres::PostgresCluster;
use serde_json::{Value, json};

use super::{PROJECT, Place};

/// A grandchild loses its parent when that is taken out as an orphan.
const FAMILY: &str = "
    pragma foreign_keys = off;
    create table parent (id integer primary key);
    create table child (id integer primary key, parent integer references parent (id));
    create table grandchild (id integer primary key, child integer references child (id));
    insert into parent values (1), (2);
    insert into child values (10, 1), (11, 7), (12, null), (13, 8);
    insert into grandchild values (100, 10), (101, 11), (102, 12);";

fn choose(orphans: &str) -> impl FnOnce(&mut Value) + '_ {
    move |document| {
        for table in document["tables"].as_array_mut().expect("tables") {
            table["orphans"] = json!(orphans);
        }
    }
}

fn rejected(last: &Value) -> Vec<(String, u64, u64)> {
    let tables = last["tables"].as_array().expect("tables");
    tables
        .iter()
        .map(|t| {
            let figure = |name: &str| t[name].as_u64().expect("a figure");
            (t["target"].as_str().expect("a name").to_string(), figure("written"), figure("rejected"))
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_into_postgresql_stops_at_orphans_and_lists_them_and_goes_on_when_they_have_parents() {
    let target = PostgresCluster::shared().database("orphans_stop").await;
    let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &target.password);
    place.sqlite("source.db", FAMILY);
    place.project("sqlite:source.db", &target.url, |_| {});
    let ran = place.run(&["run", PROJECT]);
    ran.expect(1).complains("2 rows of public.child refer by (parent) to rows that public.parent does not hold");
    ran.complains("id=11; id=13");
    target.run("insert into parent values (7), (8)").await;
    // What was added by hand is a difference to the source, and is told as one.
    place.run(&["resume", &place.last_run()]).expect(4);
    assert_eq!(
        target.scalar::<i64>("select count(*) from pg_constraint where contype = 'f' and convalidated").await,
        2
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn orphans_are_taken_out_into_the_reject_file_with_those_that_depend_on_them() {
    let postgres = PostgresCluster::shared().database("orphans_reject").await;
    let mariadb = MariaDbServer::shared().database("orphans_reject").await;
    let (sqlite, none) = ("sqlite:target.db".to_string(), String::new());
    for (url, password) in [(&postgres.url, &postgres.password), (&mariadb.url, &mariadb.password), (&sqlite, &none)] {
        let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", password);
        place.sqlite("source.db", FAMILY);
        place.project("sqlite:source.db", url, choose("reject"));
        let last = place.run(&["run", PROJECT, "--json"]).expect(3).lines().pop().expect("a last line");
        let figures: Vec<(u64, u64)> = rejected(&last).into_iter().map(|(_, w, r)| (w, r)).collect();
        assert_eq!(figures, [(2, 0), (2, 2), (2, 1)], "{url}");
        let file = last["tables"][1]["rejects"].as_str().expect("a reject file");
        let rejects = std::fs::read_to_string(file).expect("the rejects");
        assert!(rejects.contains("\"id\":\"11\"") && rejects.contains("\"id\":\"13\""), "{rejects}");
        place.run(&["verify", &place.last_run(), "--level", "checksums"]).expect(0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn orphans_that_are_kept_leave_the_constraint_unvalidated() {
    let target = PostgresCluster::shared().database("orphans_keep").await;
    let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &target.password);
    place.sqlite("source.db", FAMILY);
    place.project("sqlite:source.db", &target.url, choose("keep"));
    place.run(&["run", PROJECT]).expect(0);
    let report = place.run(&["report", &place.last_run(), "--format", "text"]).expect(0).out.clone();
    let report = report.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(report.contains("point at nothing, and are kept by choice"), "{report}");
    assert_eq!(target.scalar::<i64>("select count(*) from child").await, 4);
    let open = "select count(*) from pg_constraint where contype = 'f' and not convalidated";
    assert_eq!(target.scalar::<i64>(open).await, 2);
}

#[test]
fn a_run_into_sqlite_stops_at_orphans_and_lists_them_or_keeps_them_by_choice() {
    let place = Place::new();
    place.sqlite("source.db", FAMILY);
    place.project("sqlite:source.db", "sqlite:target.db", |_| {});
    let ran = place.run(&["run", PROJECT]);
    ran.expect(1).complains("2 rows of main.child refer by (parent) to rows that main.parent does not hold");
    ran.complains("id=11; id=13");
    let place = Place::new();
    place.sqlite("source.db", FAMILY);
    place.project("sqlite:source.db", "sqlite:target.db", choose("keep"));
    place.run(&["run", PROJECT]).expect(0);
    let target = place.sqlite("target.db", "");
    assert_eq!(super::scalar(&target, "select count(*) from child"), 4);
}
