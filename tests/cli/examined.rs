//! `rowferry check` reads the data: what a run would reject or stop at is found beforehand, with its rows and the
//! choices that resolve it.

use rowferry_tests::mariadb::MariaDbServer;
use rowferry_tests::postgres::PostgresCluster;
use serde_json::Value;

use super::{PROJECT, Place};

pub(super) fn findings(place: &Place) -> Vec<Value> {
    let checked = place.run(&["check", PROJECT, "--json"]);
    let plan: Value = serde_json::from_str(&checked.out).unwrap_or_else(|e| panic!("{e}\n{}", checked.err));
    plan["findings"].as_array().expect("findings").clone()
}

/// The findings with this code.
pub(super) fn coded(place: &Place, code: &str) -> Vec<Value> {
    findings(place).into_iter().filter(|f| f["code"] == code).collect()
}

/// Code, rows, the first key, the example and the labels of the choices, for those with evidence.
pub(super) fn seen(place: &Place) -> Vec<String> {
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
            "warning misfit-values [c] 1 id=3: ",
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

#[tokio::test(flavor = "multi_thread")]
async fn a_row_is_looked_at_in_all_of_its_columns() {
    let target = PostgresCluster::shared().database("examined_columns").await;
    target.run("create table t (id integer primary key, n integer, m integer, c varchar(3), d varchar(3))").await;
    let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &target.password);
    place.sqlite(
        "source.db",
        "create table t (id integer primary key, n integer, m integer, c text, d text);
         insert into t values (1, 'many', 'more', 'abcdef', 'ab'), (2, 'many', 2, 'abc', 'abcd'),
                              (3, 3, 3, 'abcdef', 'abcdef'), (4, 4, 4, 'a', 'b');",
    );
    place.project("sqlite:source.db", &target.url, |_| {});
    assert_eq!(
        seen(&place),
        [
            "warning misfit-values [c] 2 id=3: NULL instead",
            "warning misfit-values [d] 2 id=3: NULL instead",
            "warning unreadable-values [m] 1 id=1: Read as NULL",
            "warning unreadable-values [n] 2 id=1: Read as NULL",
        ]
    );
    place.run(&["run", PROJECT]).expect(3);
    assert_eq!(target.scalar::<i64>("select count(*) from t").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn choices_about_one_column_add_up() {
    let source = MariaDbServer::shared().database("examined_merge").await;
    source
        .run(&["create table t (id int primary key, flag tinyint(1))", "insert into t values (1, 0), (2, 1), (3, 7)"])
        .await;
    let target = PostgresCluster::shared().database("examined_merge").await;
    let place = Place::new()
        .with("ROWFERRY_PASSWORD_SOURCE", &source.password)
        .with("ROWFERRY_PASSWORD_TARGET", &target.password);
    place.project(&source.url, &target.url, |p| p["tables"][0]["reading"]["flag"]["as"] = "boolean".into());
    assert_eq!(seen(&place), ["warning unreadable-values [flag] 1 id=3: Read as NULL, Read as text"]);
    place.run(&["check", PROJECT, "--choose", "1"]).expect(0);
    place.run(&["run", PROJECT]).expect(0);
    let kind = "select data_type from information_schema.columns where table_name = 't' and column_name = 'flag'";
    assert_eq!(target.scalar::<String>(kind).await, "boolean", "it is still read as a boolean");
    assert_eq!(target.scalar::<i64>("select count(*) from t where flag is null").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn small_numbers_may_be_booleans_only_where_nothing_else_is_among_them() {
    let source = MariaDbServer::shared().database("examined_boolean").await;
    source
        .run(&[
            "create table t (id int primary key, yes tinyint(1), no tinyint(1), none tinyint(1), wide tinyint)",
            "insert into t values (1, 0, 0, null, 0), (2, 1, 2, null, 1), (3, null, 1, null, 1)",
        ])
        .await;
    let target = PostgresCluster::shared().database("examined_boolean").await;
    let place = Place::new()
        .with("ROWFERRY_PASSWORD_SOURCE", &source.password)
        .with("ROWFERRY_PASSWORD_TARGET", &target.password);
    place.project(&source.url, &target.url, |_| {});
    assert_eq!(seen(&place), ["note type-guess [yes] 2 id=1: A boolean"]);
    place.run(&["check", PROJECT, "--choose", "1"]).expect(0);
    assert_eq!(seen(&place), [""; 0]);
    place.run(&["run", PROJECT]).expect(0);
    assert_eq!(target.scalar::<i64>("select count(*) from t where yes").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_that_jsonb_would_change_or_refuse_are_found() {
    let target = PostgresCluster::shared().database("examined_json").await;
    target.run("create table t (id integer primary key, b jsonb, j json)").await;
    let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &target.password);
    let documents =
        [r#"{"a": 1, "a": 2}"#, r#"{"n": 9007199254740993}"#, r#"{"z": "x\u0000"}"#, r#"{"a": [{"a": 1}]}"#];
    let rows = documents.iter().enumerate().map(|(i, d)| format!("({i}, '{d}', '{d}')")).collect::<Vec<_>>().join(", ");
    place.sqlite(
        "source.db",
        &format!("create table t (id integer primary key, b json, j json); insert into t values {rows};"),
    );
    place.project("sqlite:source.db", &target.url, |_| {});
    assert_eq!(
        seen(&place),
        [
            "note json-at-risk [b] 1 id=1: ",
            "note json-at-risk [j] 1 id=0: ",
            "note json-at-risk [j] 1 id=1: ",
            "note json-at-risk [j] 1 id=2: ",
            "warning json-at-risk [b] 1 id=0: ",
            "warning json-at-risk [b] 1 id=2: ",
        ]
    );
    place.run(&["run", PROJECT]).expect(3);
    assert_eq!(target.scalar::<i64>("select count(*) from t").await, 3, "the server refuses the one with \\u0000");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_beyond_the_targets_own_limit_is_found() {
    let target = MariaDbServer::shared().database("examined_size").await;
    let limit = target.rows::<i64>("select @@max_allowed_packet").await[0];
    let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &target.password);
    let half = limit / 2 + 1;
    place.sqlite(
        "source.db",
        &format!(
            "create table t (id integer primary key, c text);
             insert into t values (1, 'a'), (2, replace(hex(zeroblob({half})), '0', 'x'));"
        ),
    );
    place.project("sqlite:source.db", &target.url, |_| {});
    let found = coded(&place, "large-values");
    let message = found.first().map(|f| f["message"].as_str().expect("words")).unwrap_or_default();
    assert!(message.contains(&format!("{} bytes (id=2)", 2 * half)), "{found:?}");
    assert!(message.ends_with(&format!("takes at most {limit} in one piece")), "{found:?}");
}

#[test]
fn a_filter_that_does_not_compile_is_said_and_does_not_end_the_check() {
    let place = Place::new();
    place.sqlite(
        "source.db",
        "create table a (id integer primary key); insert into a values (1);
         create table b (id integer primary key, n integer); insert into b values (1, 'many');",
    );
    place.sqlite("target.db", "");
    place.project("sqlite:source.db", "sqlite:target.db", |p| p["tables"][0]["filter"] = "nothing > 1".into());
    let found = coded(&place, "invalid-expression");
    assert_eq!((found.len(), &found[0]["severity"]), (1, &Value::from("blocks")), "{found:?}");
    assert!(found[0]["message"].as_str().expect("words").contains("nothing"), "{found:?}");
    assert_eq!(
        seen(&place),
        ["warning unreadable-values [n] 1 id=1: Read as NULL, Read as text"],
        "the other table is looked at"
    );
}
