//! What a person chose about values that are not plain: applied, counted, reported, and verified.

use rowferry_tests::mariadb::MariaDbServer;
use rowferry_tests::postgres::PostgresCluster;
use serde_json::{Value, json};
use sqlx::Row as _;

use super::{PROJECT, Place};

fn mapping<'a>(document: &'a mut Value, table: &str) -> &'a mut Value {
    let tables = document["tables"].as_array_mut().expect("tables");
    tables.iter_mut().find(|t| t["from"]["table"] == table).unwrap_or_else(|| panic!("{table} is mapped"))
}

fn column<'a>(document: &'a mut Value, table: &str, name: &str) -> &'a mut Value {
    let columns = mapping(document, table)["columns"].as_array_mut().expect("columns");
    columns.iter_mut().find(|c| c["to"] == name).unwrap_or_else(|| panic!("{name} is mapped"))
}

/// The counts of changed values in the report of the last run, as `column kind values`.
fn changes(place: &Place) -> Vec<String> {
    let report = place.run(&["report", &place.last_run(), "--format", "json"]);
    let report: Value = serde_json::from_str(&report.expect(0).out).expect("JSON");
    let mut found: Vec<String> = report["tables"]
        .as_array()
        .expect("tables")
        .iter()
        .flat_map(|t| t["changes"].as_array().expect("changes"))
        .map(|c| format!("{} {} {}", c["column"].as_str().unwrap(), c["kind"].as_str().unwrap(), c["values"]))
        .collect();
    found.sort();
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn dates_that_no_calendar_has_go_from_mariadb_to_postgresql_as_the_project_says() {
    let source = MariaDbServer::shared().database("choices").await;
    source
        .run(&[
            "set session sql_mode = ''",
            "create table t (id int primary key, a date, b date, c date not null, d datetime, e time, f tinyint(1), \
             g binary(16), h binary(16), i varchar(20) character set utf8mb4)",
            "insert into t values \
             (1, '2020-02-03', '2020-02-03', '2020-02-03', '2020-02-03 04:05:06', '10:00:00', 1, \
              unhex('6ccd780cbaba102695645b8c656024db'), unhex('1026baba6ccd780c95645b8c656024db'), 'Café'), \
             (2, '0000-00-00', '0000-00-00', '0000-00-00', '2020-00-15 00:00:00', '-30:00:00', 0, null, null, 'CafÃ©')",
        ])
        .await;
    let target = PostgresCluster::shared().database("choices").await;
    let place = Place::new()
        .with("ROWFERRY_PASSWORD_SOURCE", &source.password)
        .with("ROWFERRY_PASSWORD_TARGET", &target.password);
    place.project(&source.url, &target.url, |document| {
        mapping(document, "t")["reading"] = json!({
            "a": {"unreadable": "null"},
            "b": {"as": "text"},
            "c": {"unreadable": {"value": "1970-01-01"}},
            "d": {"as": "text"},
            "e": {"as": "text"},
            "f": {"as": "boolean"},
            "g": {"as": "uuid"},
            "h": {"as": "uuid-swapped"},
            "i": {"as": "utf8-twice"},
        });
    });
    place.run(&["run", PROJECT]).expect(0);
    let rows = target.rows("select a::text, b, c::text, d, e, f::text, g::text, h::text, i from t order by id").await;
    let texts = |row: usize| (0..9).map(|i| rows[row].get::<Option<String>, _>(i)).collect::<Vec<_>>();
    let some = |text: &str| Some(text.to_string());
    let uuid = some("6ccd780c-baba-1026-9564-5b8c656024db");
    assert_eq!(
        texts(0),
        [
            some("2020-02-03"),
            some("2020-02-03"),
            some("2020-02-03"),
            some("2020-02-03 04:05:06"),
            some("10:00:00"),
            some("true"),
            uuid.clone(),
            uuid,
            some("Café")
        ]
    );
    assert_eq!(
        texts(1),
        [
            None,
            some("0000-00-00"),
            some("1970-01-01"),
            some("2020-00-15 00:00:00"),
            some("-30:00:00"),
            some("false"),
            None,
            None,
            some("Café")
        ]
    );
    assert_eq!(changes(&place), ["a read 1", "c read 1", "i read 1"]);
    let text = place.run(&["report", &place.last_run(), "--format", "text"]).expect(0).out.clone();
    assert!(text.contains("t.a: NULL for a value that cannot be read"), "{text}");
    place.run(&["verify", &place.last_run(), "--level", "checksums"]).expect(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_choice_such_rows_are_rejected_with_their_column_and_reason() {
    let source = MariaDbServer::shared().database("choices_rejected").await;
    source
        .run(&[
            "set session sql_mode = ''",
            "create table t (id int primary key, a date)",
            "insert into t values (1, '2020-02-03'), (2, '0000-00-00')",
        ])
        .await;
    let target = PostgresCluster::shared().database("choices_rejected").await;
    let place = Place::new()
        .with("ROWFERRY_PASSWORD_SOURCE", &source.password)
        .with("ROWFERRY_PASSWORD_TARGET", &target.password);
    place.project(&source.url, &target.url, |_| {});
    let last = place.run(&["run", PROJECT, "--json"]).expect(3).lines().pop().expect("a last line");
    let path = last["tables"][0]["rejects"].as_str().expect("a reject file");
    let reject: Value = serde_json::from_str(std::fs::read_to_string(path).expect("it").trim()).expect("one line");
    assert_eq!((&reject["column"], &reject["row"]["a"]), (&json!("a"), &json!("0000-00-00")));
    assert!(reject["reason"].as_str().expect("a reason").contains("zero or incomplete date"));
    assert_eq!(changes(&place), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn nul_and_values_that_do_not_fit_go_from_sqlite_to_postgresql_as_the_project_says() {
    let target = PostgresCluster::shared().database("choices_sqlite").await;
    target.run("create table t (id integer primary key, a text, b smallint, c varchar(3), d integer)").await;
    let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &target.password);
    place.sqlite(
        "source.db",
        "create table t (id integer primary key, a text, b integer, c text, d integer);
         insert into t values (1, 'plain', 1, 'abc', 1), (2, 'a' || char(0) || 'b', 70000, 'abcd', 'many');",
    );
    let chosen = |document: &mut Value| {
        column(document, "t", "a")["strip_nul"] = json!(true);
        column(document, "t", "b")["misfit"] = json!("null");
        column(document, "t", "c")["misfit"] = json!({"value": "?"});
        mapping(document, "t")["reading"] = json!({"d": {"unreadable": {"value": "-1"}}});
    };
    place.project("sqlite:source.db", &target.url, chosen);
    place.run(&["run", PROJECT]).expect(0);
    let row = &target.rows("select a, b::text, c, d::text from t where id = 2").await[0];
    let texts: Vec<Option<String>> = (0..4).map(|i| row.get(i)).collect();
    assert_eq!(texts, [Some("ab".into()), None, Some("?".into()), Some("-1".into())]);
    assert_eq!(changes(&place), ["a stripped 1", "b misfit 1", "c misfit 1", "d read 1"]);
    place.run(&["verify", &place.last_run(), "--level", "checksums"]).expect(0);

    target.run("delete from t").await;
    place.project("sqlite:source.db", &target.url, |document| {
        chosen(document);
        column(document, "t", "a")["strip_nul"] = json!(false);
    });
    let last = place.run(&["run", PROJECT, "--json"]).expect(3).lines().pop().expect("a last line");
    let path = last["tables"][0]["rejects"].as_str().expect("a reject file");
    let rejects = std::fs::read_to_string(path).expect("the reject file");
    assert!(rejects.contains("holds a NUL character"), "{rejects}");
}

#[test]
fn a_csv_cell_that_is_not_utf_8_is_read_as_the_project_says() {
    let place = Place::new();
    std::fs::write(place.path("t.csv"), b"id,n\n1,one\n2,tw\xff\n3,three\n").expect("a file");
    let target = place.sqlite("target.db", "create table t (id integer primary key, n text);");
    place.project("csv:t.csv", "sqlite:target.db", |document| {
        mapping(document, "t")["reading"] = json!({"n": {"unreadable": {"value": "?"}}});
    });
    place.run(&["run", PROJECT]).expect(0);
    assert_eq!(super::scalar(&target, "select count(*) from t where id = 2 and n = '?'"), 1);
    assert_eq!(changes(&place), ["n read 1"]);
}

#[test]
fn a_constant_that_does_not_fit_itself_is_refused_before_anything_is_written() {
    let place = Place::new();
    place.sqlite(
        "source.db",
        "create table t (id integer primary key, n text, p text); insert into t values (1, 'too long', '1.239');",
    );
    let target = place.sqlite(
        "target.db",
        "create table t (id integer primary key, n varchar(4), p decimal(6, 2)); insert into t values (9, 'kept', 1);",
    );
    for (name, constant) in [("n", "longer"), ("p", "1.239"), ("p", "12345.00"), ("p", "none")] {
        place.project("sqlite:source.db", "sqlite:target.db", |document| {
            mapping(document, "t")["existing"] = json!("replace");
            column(document, "t", name)["misfit"] = json!({"value": constant});
        });
        place.run(&["run", PROJECT, "--yes"]).expect(2).complains("does not fit either");
        assert_eq!(super::scalar(&target, "select count(*) from t where n = 'kept'"), 1, "{name} {constant}");
    }
}

#[test]
fn bytes_that_are_no_text_stand_in_the_reject_file_as_they_are() {
    for from in ["csv:t.csv", "sqlite:source.db"] {
        let place = Place::new();
        std::fs::write(place.path("t.csv"), b"id,n\n1,one\n2,tw\xff\n").expect("a file");
        place.sqlite(
            "source.db",
            "create table t (id integer primary key, n text); insert into t values (1, 'one'), (2, cast(x'7477ff' as text));",
        );
        place.sqlite("target.db", "create table t (id integer primary key, n text);");
        place.project(from, "sqlite:target.db", |_| {});
        let last = place.run(&["run", PROJECT, "--json"]).expect(3).lines().pop().expect("a last line");
        let path = last["tables"][0]["rejects"].as_str().expect("a reject file");
        let row: Value = serde_json::from_str(&std::fs::read_to_string(path).expect("the file")).expect("one row");
        assert_eq!(row["row"]["n"], "\\x7477ff", "{from}");
    }
}

#[test]
fn a_constant_of_another_type_and_a_column_that_is_not_there_are_said() {
    let place = Place::new();
    place.sqlite("source.db", "create table t (id integer primary key, d date); insert into t values (1, 5);");
    let target =
        place.sqlite("target.db", "create table t (id integer primary key, d date); insert into t values (9, null);");
    place.project("sqlite:source.db", "sqlite:target.db", |document| {
        mapping(document, "t")["reading"] = json!({"d": {"unreadable": {"value": "soon"}}});
        mapping(document, "t")["existing"] = json!("replace");
    });
    place.run(&["run", PROJECT, "--yes"]).complains("the value that stands in for unreadable ones");
    assert_eq!(super::scalar(&target, "select count(*) from t where id = 9"), 1, "nothing was deleted");
    place.project("sqlite:source.db", "sqlite:other.db", |document| {
        mapping(document, "t")["reading"] = json!({"nope": {"unreadable": "null"}});
    });
    place.run(&["run", PROJECT]).expect(2).complains("nope");
}
