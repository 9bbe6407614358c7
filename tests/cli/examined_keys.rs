//! `rowferry check` compares keys as the run would write them and as the target holds them to be one, with the rows that
//! the target holds already.

use rowferry_tests::mariadb::MariaDbServer;
use rowferry_tests::postgres::PostgresCluster;
use serde_json::json;

use super::examined::{coded, findings, seen};
use super::{PROJECT, Place};

#[tokio::test(flavor = "multi_thread")]
async fn equal_keys_of_different_types_are_no_orphans() {
    let target = PostgresCluster::shared().database("examined_types").await;
    let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &target.password);
    place.sqlite(
        "source.db",
        "pragma foreign_keys = off;
         create table number (id integer primary key);
         create table of_number (id integer primary key, k decimal(5,1) references number (id));
         insert into number values (1), (2);
         insert into of_number values (10, 1.0), (11, 2.5), (12, 2);
         create table day (id date primary key);
         create table of_day (id integer primary key, k timestamp references day (id));
         insert into day values ('2020-01-02');
         insert into of_day values (20, '2020-01-02 00:00:00'), (21, '2020-01-02 05:00:00');
         create table thing (id uuid primary key);
         create table of_thing (id integer primary key, k text references thing (id));
         insert into thing values ('6f9619ff-8b86-d011-b42d-00c04fc964ff');
         insert into of_thing values (30, '6F9619FF-8B86-D011-B42D-00C04FC964FF'), (31, 'nothing');",
    );
    place.project("sqlite:source.db", &target.url, |_| {});
    let orphans: Vec<String> = seen(&place).into_iter().filter(|f| f.contains("orphan-rows")).collect();
    assert_eq!(
        orphans,
        [
            "blocks orphan-rows [k] 1 id=11: Reject them, Keep them",
            "blocks orphan-rows [k] 1 id=21: Reject them, Keep them",
            "blocks orphan-rows [k] 1 id=31: Reject them, Keep them",
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_the_target_are_referred_to_as_well_mapped_or_not() {
    let target = PostgresCluster::shared().database("examined_parents").await;
    target.run("create table country (id integer primary key)").await;
    target.run("create table town (id integer primary key)").await;
    target
        .run("create table person (id integer primary key, country integer references country, town integer references town)")
        .await;
    target.run("insert into country values (1), (2)").await;
    target.run("insert into town values (5)").await;
    let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &target.password);
    place.sqlite(
        "source.db",
        "create table town (id integer primary key);
         create table person (id integer primary key, country integer, town integer);
         insert into town values (6);
         insert into person values (1, 1, 5), (2, 2, 6), (3, 3, 5), (4, null, 7), (5, 4, 8);",
    );
    place.project("sqlite:source.db", &target.url, |p| {
        for table in p["tables"].as_array_mut().expect("tables") {
            table["existing"] = "append".into();
        }
    });
    assert_eq!(
        seen(&place),
        ["warning orphan-rows [country] 2 id=3: ", "warning orphan-rows [town] 2 id=4: "],
        "orphans by a table that is not mapped, and by one whose target holds rows"
    );
    place.run(&["run", PROJECT]).expect(3);
    assert_eq!(target.scalar::<i64>("select count(*) from person").await, 2, "the run rejects just those rows");
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_the_target_holds_already_are_counted_and_left_out_by_choice() {
    let target = PostgresCluster::shared().database("examined_present").await;
    target.run("create table t (id integer primary key, email text unique)").await;
    target.run("insert into t values (1, 'a@x'), (2, 'b@x'), (9, 'z@x')").await;
    let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &target.password);
    place.sqlite(
        "source.db",
        "create table t (id integer primary key, email text);
         insert into t values (1, 'new@x'), (2, 'b@x'), (3, 'z@x'), (4, 'd@x');",
    );
    place.project("sqlite:source.db", &target.url, |p| p["tables"][0]["existing"] = "append".into());
    assert_eq!(
        seen(&place),
        ["warning key-present [-] 2 id=1: Leave them out", "warning key-present [-] 2 id=2: "],
        "by the primary key, and by the other one"
    );
    let plain = place.run(&["check", PROJECT]).out;
    let shown = place.run(&["check", PROJECT, "--examples"]).out;
    assert!(shown.contains("for example email=b@x"), "{shown}");
    assert!(!plain.contains("b@x"), "a value is shown only when asked for: {plain}");
    place.run(&["check", PROJECT, "--choose", "1"]).expect(0);
    assert_eq!(seen(&place), ["note key-present [-] 2 id=1: ", "warning key-present [-] 2 id=2: "]);
    place.run(&["run", PROJECT]).expect(3);
    assert_eq!(target.scalar::<i64>("select count(*) from t").await, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_mysql_takes_for_one_are_found() {
    let target = MariaDbServer::shared().database("examined_collation").await;
    target.run(&["create table t (name varchar(20) primary key) collate utf8mb4_general_ci"]).await;
    target.run(&["create table u (name varchar(20) character set latin1 collate latin1_swedish_ci primary key)"]).await;
    target.run(&["create table v (name varchar(20) collate utf8mb4_unicode_nopad_ci primary key)"]).await;
    let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &target.password);
    let names = "('Ada'), ('ada '), ('Bo'), ('Zoe'), ('Zoë'), ('Straße'), ('Str')";
    place.sqlite(
        "source.db",
        &["t", "u", "v"]
            .map(|t| format!("create table {t} (name text primary key); insert into {t} values {names};"))
            .concat(),
    );
    place.project("sqlite:source.db", &target.url, |_| {});
    let found = coded(&place, "key-collision");
    let rows: Vec<_> =
        found.iter().map(|f| (f["table"]["table"].as_str().expect("a table"), &f["evidence"]["rows"])).collect();
    // Where the collation does not pad, `ada ` is another name.
    assert_eq!(format!("{rows:?}"), r#"[("t", Number(2)), ("u", Number(2)), ("v", Number(1))]"#);
    assert!(
        found[0]["message"].as_str().expect("words").contains("differ only by what utf8mb4_general_ci"),
        "{found:?}"
    );
    assert_eq!(found[0]["evidence"]["keys"][0], "name=Ada and name=ada ");
    place.run(&["run", PROJECT]).expect(3);
    for (table, rows) in [("t", 5), ("u", 5), ("v", 6)] {
        assert_eq!(
            target.rows::<i64>(&format!("select count(*) from {table}")).await[0],
            rows,
            "the server agrees on {table}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_that_are_made_in_mysql_tell_all_keys_apart() {
    let target = MariaDbServer::shared().database("examined_created").await;
    let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &target.password);
    place.sqlite(
        "source.db",
        "create table t (name text primary key, other text unique);
         insert into t values ('a', 'x'), ('a ', 'X'), ('A', 'x '), ('á', 'é'), ('a  ', 'e');",
    );
    place.project("sqlite:source.db", &target.url, |_| {});
    assert_eq!(seen(&place), [""; 0]);
    place.run(&["run", PROJECT]).expect(0);
    assert_eq!(target.rows::<i64>("select count(*) from t").await[0], 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_made_in_mysql_refers_to_one_that_is_there_whatever_its_collation() {
    let target = MariaDbServer::shared().database("examined_refers").await;
    target.run(&["create table parent (code varchar(20) collate utf8mb4_general_ci primary key)"]).await;
    let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &target.password);
    place.sqlite(
        "source.db",
        "pragma foreign_keys = off;
         create table parent (code text primary key);
         create table child (id integer primary key, code text references parent (code));
         insert into parent values ('x');
         insert into child values (1, 'X'), (2, 'y');",
    );
    place.project("sqlite:source.db", &target.url, |p| {
        let schema = p["tables"][0]["to"]["schema"].clone();
        let child = json!({
            "from": {"schema": "main", "table": "child"},
            "to": {"schema": schema, "table": "child"},
            "columns": [{"to": "id", "from": ["id"]}, {"to": "code", "from": ["code"]}],
        });
        p["tables"].as_array_mut().expect("tables").push(child);
    });
    assert_eq!(
        seen(&place),
        ["blocks orphan-rows [code] 1 id=2: Reject them, Keep them"],
        "X refers to x, as the parent's collation has it"
    );
    place.run(&["check", PROJECT, "--choose", "1"]).expect(0);
    place.run(&["run", PROJECT]).expect(3);
    assert_eq!(target.rows::<i64>("select count(*) from child").await[0], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_postgresql_takes_for_one_are_found() {
    let target = PostgresCluster::shared().database("examined_nondeterministic").await;
    target.run("create collation loose (provider = icu, locale = 'und-u-ks-level1', deterministic = false)").await;
    target.run("create table t (name text collate loose primary key)").await;
    target.run("create extension citext").await;
    target.run("create table u (name citext primary key)").await;
    let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &target.password);
    place.sqlite(
        "source.db",
        &["t", "u"]
            .map(|t| {
                format!("create table {t} (name text primary key); insert into {t} values ('Zoë'), ('zoe'), ('ZOE'), ('Bo');")
            })
            .concat(),
    );
    place.project("sqlite:source.db", &target.url, |_| {});
    let found = coded(&place, "key-collision");
    let rows: Vec<_> =
        found.iter().map(|f| (f["table"]["table"].as_str().expect("a table"), &f["evidence"]["rows"])).collect();
    assert_eq!(format!("{rows:?}"), r#"[("t", Number(2)), ("u", Number(1))]"#);
    place.run(&["run", PROJECT]).expect(3);
    assert_eq!(target.scalar::<i64>("select count(*) from t").await, 2, "the server agrees");
    assert_eq!(target.scalar::<i64>("select count(*) from u").await, 3, "the server agrees");
}

#[test]
fn keys_that_sqlite_takes_for_one_are_found() {
    let place = Place::new();
    place.sqlite(
        "source.db",
        "create table t (name text primary key, code text);
         insert into t values ('Ada', 'x'), ('ADA', 'x '), ('É', 'y'), ('é', 'z');",
    );
    let target = place
        .sqlite("target.db", "create table t (name text collate nocase primary key, code text collate rtrim unique);");
    place.project("sqlite:source.db", "sqlite:target.db", |_| {});
    let found = coded(&place, "key-collision");
    let words: Vec<&str> = found.iter().map(|f| f["message"].as_str().expect("words")).collect();
    assert_eq!(words.len(), 2, "{words:?}");
    assert!(words[0].ends_with("differ only by the case of letters"), "{words:?}");
    assert!(words[1].ends_with("differ only by spaces at their end"), "{words:?}");
    place.run(&["run", PROJECT]).expect(3);
    let rows: i64 = target.query_row("select count(*) from t", [], |r| r.get(0)).expect("a count");
    assert_eq!(rows, 3, "SQLite agrees");
}

#[test]
fn orphans_of_a_table_that_refers_to_itself_are_found() {
    let place = Place::new();
    place.sqlite(
        "source.db",
        "pragma foreign_keys = off;
         create table t (id integer primary key, parent integer references t (id));
         insert into t values (1, 3), (2, 9), (3, null), (4, 4);",
    );
    place.sqlite("target.db", "");
    place.project("sqlite:source.db", "sqlite:target.db", |_| {});
    assert_eq!(seen(&place), ["blocks orphan-rows [parent] 1 id=2: Reject them, Keep them"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_large_table_a_part_is_read_and_its_findings_say_so() {
    let target = PostgresCluster::shared().database("examined_large").await;
    let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &target.password);
    place.sqlite(
        "source.db",
        "pragma foreign_keys = off;
         create table parent (id integer primary key);
         insert into parent values (0), (1), (2), (3);
         create table child (id integer primary key, parent integer references parent (id));
         with recursive n (i) as (select 0 union all select i + 1 from n where i < 1050000)
         insert into child select i, i % 5 from n;",
    );
    place.project("sqlite:source.db", &target.url, |_| {});
    let found = findings(&place);
    let coded = |code: &str| found.iter().filter(|f| f["code"] == code).collect::<Vec<_>>();
    let (orphans, notes) = (coded("orphan-rows"), coded("key-collision"));
    assert_eq!((orphans.len(), notes.len()), (1, 1), "{found:?}");
    let evidence = &orphans[0]["evidence"];
    // Of 22 ranges of 50,000 rows twenty are read: the first is not among them.
    assert_eq!((&evidence["sampled"], &evidence["keys"][0]), (&json!(true), &json!("id=50004")));
    assert!(orphans[0]["message"].as_str().expect("words").starts_with("at least "), "{orphans:?}");
    let words = notes[0]["message"].as_str().expect("words");
    assert_eq!(notes[0]["severity"], "note");
    assert!(words.ends_with("was not looked at fully beforehand: only a part of the rows was read"), "{words}");
}
