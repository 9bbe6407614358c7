//! Names that hold whatever a name can hold, through every database and back: each row arrives, each table and column has
//! the very name that was asked for, and a name that a target cannot have is said beforehand with another one proposed.

use rowferry_tests::mariadb::MariaDbServer;
use rowferry_tests::postgres::PostgresCluster;
use rusqlite::types::Value;
use serde_json::{Value as Json, json};

use super::{PROJECT, Place, scalar};

/// Names that every database and file system here can have.
const NAMES: &[&str] = &[
    "x'; drop table y --",
    "a \"quoted\" name",
    "back`tick",
    "dot.ted.name",
    "select",
    " leading; and /* comment */",
    "جدول العملاء",
    "UPPER lower",
    "per%cent_%s{}$1?:name@@x",
    "order",
    "x USING btree (id); drop table y --",
    // With one more character: as long as PostgreSQL keeps them.
    "sixty-two bytes sixty-two bytes sixty-two bytes sixty-two byte",
    "[brackets](and) ours, theirs",
    "line\nbreak\tand tab",
];

/// And such as MariaDB cannot have.
const MORE: &[&str] = &["🐘 with, \"trunk\"", "trailing spaces  ", " "];

fn all() -> Vec<&'static str> {
    NAMES.iter().chain(MORE).copied().collect()
}

/// Values that would do something if SQL were made of them.
const VALUES: &[&str] = &[
    "'; drop table \"select\"; --",
    "\\'; delete from `order`; --",
    "$$ || pg_sleep(10) || $$",
    "\" or 1=1 -- ",
    "{\"a\": \"\\u0041\"} %s ${x} \\N",
];

fn double(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

/// The columns of table `i`: key, text, reference, and the table's own name once more.
fn columns(names: &[&'static str], i: usize) -> [&'static str; 4] {
    std::array::from_fn(|n| names[(i + 1 + n * 3) % names.len()])
}

/// A table for each name, each with a foreign key to the one before it, a unique key, a check and an index, all of
/// whose names are odd.
fn schema(names: &[&'static str]) -> String {
    let mut sql = String::new();
    for (i, name) in names.iter().enumerate() {
        let [key, body, reference, other] = columns(names, i).map(double);
        let foreign = match i.checked_sub(1) {
            Some(before) => format!(
                ", constraint {} foreign key ({reference}) references {} ({})",
                double(&format!("{name}f")),
                double(names[before]),
                double(columns(names, before)[0])
            ),
            None => String::new(),
        };
        let table = double(name);
        let (unique, check, index) =
            (double(&format!("{name}u")), double(&format!("{name}c")), double(&format!("{name}i")));
        sql += &format!(
            "create table {table} ({key} integer primary key, {body} varchar(100) not null, {reference} integer, \
             {other} varchar(100), constraint {unique} unique ({body}), constraint {check} check ({key} > 0){foreign});
             create index {index} on {table} ({other});\n"
        );
        for (n, value) in VALUES.iter().enumerate() {
            let row = n + 1;
            let value = text(value);
            sql += &format!("insert into {table} values ({row}, {value}, {row}, {value});\n");
        }
    }
    sql
}

/// Everything keeps the name that it has in the source.
fn exact(document: &mut Json) {
    document["options"]["verify"] = json!("checksums");
    document["options"]["chunk_rows"] = json!(2);
    for table in document["tables"].as_array_mut().expect("tables") {
        table["to"]["table"] = table["from"]["table"].clone();
        for column in table["columns"].as_array_mut().expect("columns") {
            column["to"] = column["from"][0].clone();
        }
    }
}

fn carry(place: &Place, from: &str, to: &str) {
    place.project(from, to, exact);
    place.run(&["run", PROJECT]).expect(0);
    place.run(&["verify", PROJECT, "--level", "checksums"]).expect(0);
}

fn rows(database: &rusqlite::Connection, names: &[&'static str], i: usize) -> Vec<Vec<Value>> {
    let [key, body, reference, other] = columns(names, i).map(double);
    let sql = format!("select {key}, {body}, {reference}, {other} from {} order by 1", double(names[i]));
    let mut statement = database.prepare(&sql).unwrap_or_else(|e| panic!("{e}\n{sql}"));
    let rows = statement.query_map([], |r| (0..4).map(|n| r.get(n)).collect()).expect("rows");
    rows.map(|r| r.expect("a row")).collect()
}

#[track_caller]
fn same(a: &rusqlite::Connection, b: &rusqlite::Connection, names: &[&'static str]) {
    for (i, name) in names.iter().enumerate() {
        assert_eq!(rows(a, names, i).len(), VALUES.len(), "{name:?}");
        assert_eq!(rows(a, names, i), rows(b, names, i), "{name:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_names_go_from_sqlite_to_postgresql_and_back() {
    let names = all();
    let between = PostgresCluster::shared().database("names").await;
    let place = Place::new()
        .with("ROWFERRY_PASSWORD_TARGET", &between.password)
        .with("ROWFERRY_PASSWORD_SOURCE", &between.password);
    let source = place.sqlite("source.db", &schema(&names));
    carry(&place, "sqlite:source.db", &between.url);
    let keys = "select count(*) from pg_constraint where contype = 'f' and convalidated";
    assert_eq!(between.scalar::<i64>(keys).await, names.len() as i64 - 1);
    let checks = "select count(*) from pg_constraint where contype = 'c' and connamespace = 'public'::regnamespace";
    assert_eq!(between.scalar::<i64>(checks).await, names.len() as i64);
    carry(&place, &between.url, "sqlite:back.db");
    let back = place.sqlite("back.db", "pragma foreign_keys = on;");
    same(&source, &back, &names);
    assert_eq!(scalar(&back, "select count(*) from pragma_foreign_key_check"), 0);
    for (i, name) in names.iter().enumerate() {
        let keys = format!("select count(*) from pragma_foreign_key_list({})", text(name));
        assert_eq!(scalar(&back, &keys), i64::from(i > 0), "{name:?}");
    }
}

/// Whole rows as text, in the database's own words.
async fn dump(database: &rowferry_tests::postgres::Database) -> Vec<String> {
    let mut dump = Vec::new();
    for (i, name) in NAMES.iter().enumerate() {
        let table = double(name);
        let list = columns(NAMES, i).map(double).join(", ");
        let sql = format!("select string_agg(t::text, '|' order by 1) from (select {list} from {table} order by 1) t");
        dump.push(database.scalar::<String>(&sql).await);
    }
    dump
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_names_go_from_postgresql_to_mariadb_and_back() {
    let source = PostgresCluster::shared().database("names").await;
    source.run(&schema(NAMES)).await;
    let between = MariaDbServer::shared().database("names").await;
    let back = PostgresCluster::shared().database("names").await;
    let there = Place::new()
        .with("ROWFERRY_PASSWORD_SOURCE", &source.password)
        .with("ROWFERRY_PASSWORD_TARGET", &between.password);
    carry(&there, &source.url, &between.url);
    let keys: Vec<u64> = between
        .rows("select count(*) from information_schema.referential_constraints where constraint_schema = database()")
        .await;
    assert_eq!(keys, [NAMES.len() as u64 - 1]);
    let home = Place::new()
        .with("ROWFERRY_PASSWORD_SOURCE", &between.password)
        .with("ROWFERRY_PASSWORD_TARGET", &back.password);
    carry(&home, &between.url, &back.url);
    assert_eq!(dump(&source).await, dump(&back).await);
    // And between two of the same kind, where definitions are kept word for word.
    let copy = PostgresCluster::shared().database("names").await;
    let straight = Place::new()
        .with("ROWFERRY_PASSWORD_SOURCE", &source.password)
        .with("ROWFERRY_PASSWORD_TARGET", &copy.password);
    carry(&straight, &source.url, &copy.url);
    assert_eq!(dump(&source).await, dump(&copy).await);
    let definitions = "select string_agg(indexdef, '|' order by indexdef) from pg_indexes where schemaname = 'public'";
    assert_eq!(source.scalar::<String>(definitions).await, copy.scalar::<String>(definitions).await);
    let again = MariaDbServer::shared().database("names").await;
    let straight = Place::new()
        .with("ROWFERRY_PASSWORD_SOURCE", &between.password)
        .with("ROWFERRY_PASSWORD_TARGET", &again.password);
    carry(&straight, &between.url, &again.url);
}

#[test]
fn odd_names_go_into_files_and_back() {
    // A name of spaces alone is none to a file.
    let names: Vec<&str> = all().into_iter().filter(|n| !n.trim().is_empty()).collect();
    for kind in ["csv", "parquet"] {
        let place = Place::new();
        // A file has no `/` in its name; none of the names has one but in the comment.
        let source = place.sqlite("source.db", &schema(&names));
        let change = |document: &mut Json| {
            exact(document);
            for table in document["tables"].as_array_mut().expect("tables") {
                let name = table["to"]["table"].as_str().expect("a name").replace('/', "|");
                table["to"]["table"] = json!(name);
            }
        };
        place.project("sqlite:source.db", &format!("{kind}:out"), change);
        place.run(&["run", PROJECT]).expect(0);
        place.run(&["verify", PROJECT, "--level", "checksums"]).expect(0);
        let mut there: Vec<String> = std::fs::read_dir(place.path("out"))
            .expect("the folder")
            .map(|e| e.expect("an entry").file_name().into_string().expect("UTF-8"))
            .collect();
        there.sort();
        let mut wanted: Vec<String> = names.iter().map(|n| format!("{}.{kind}", n.replace('/', "|"))).collect();
        wanted.sort();
        assert_eq!(there, wanted);
        place.project(&format!("{kind}:out"), "sqlite:back.db", |document| {
            exact(document);
            for table in document["tables"].as_array_mut().expect("tables") {
                let name = table["to"]["table"].as_str().expect("a name").replace("|*", "/*").replace("*|", "*/");
                table["to"]["table"] = json!(name);
            }
        });
        place.run(&["run", PROJECT]).expect(0);
        same(&source, &place.sqlite("back.db", ""), &names);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_names_come_out_of_json_files() {
    let postgres = PostgresCluster::shared().database("names_json").await;
    let mariadb = MariaDbServer::shared().database("names_json").await;
    for (url, password) in
        [("sqlite:target.db", None), (&postgres.url, Some(&postgres.password)), (&mariadb.url, Some(&mariadb.password))]
    {
        let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", password.map_or("", |p| p));
        std::fs::create_dir(place.path("in")).expect("a folder");
        for (i, name) in NAMES.iter().enumerate() {
            let [key, body, _, other] = columns(NAMES, i);
            let lines = VALUES.iter().enumerate().map(|(n, v)| json!({key: n + 1, body: v, other: v}).to_string());
            let file = format!("in/{}.jsonl", name.replace('/', "|"));
            place.write(&file, &lines.collect::<Vec<_>>().join("\n"));
        }
        place.project("json:in", url, exact);
        place.run(&["run", PROJECT]).expect(0);
        let report = place.run(&["report", &place.last_run(), "--format", "json"]);
        let report: Json = serde_json::from_str(&report.expect(0).out).expect("JSON");
        let tables = report["tables"].as_array().expect("tables");
        assert_eq!(tables.len(), NAMES.len());
        assert!(tables.iter().all(|t| t["written"] == VALUES.len()), "{report:#}");
    }
}

/// What no database but PostgreSQL can have, or not beside each other.
const ONLY_POSTGRES: &str = "
    create table \"🐘\" (\"a🐘\" integer primary key, \"b \" text);
    create table \"Item\" (\"Name\" text, \"name\" text, \"NAME\" text);
    create table \"item\" (id integer primary key);
    create table \"trailing  \" (\"Ünï\" text, \"ünï\" text);
    insert into \"🐘\" values (1, 'a'), (2, 'b');
    insert into \"Item\" values ('a', 'b', 'c');
    insert into \"item\" values (7);
    insert into \"trailing  \" values ('x', 'y');";

#[tokio::test(flavor = "multi_thread")]
async fn names_that_a_target_cannot_have_block_the_run_and_others_are_proposed() {
    let source = PostgresCluster::shared().database("names_only").await;
    source.run(ONLY_POSTGRES).await;
    let target = MariaDbServer::shared().database("names_only").await;
    let copy = PostgresCluster::shared().database("names_only").await;
    let place = |password: &str| {
        Place::new().with("ROWFERRY_PASSWORD_SOURCE", &source.password).with("ROWFERRY_PASSWORD_TARGET", password)
    };
    let cases: [(&str, &str, &[&str]); 2] = [
        (
            &target.url,
            &target.password,
            &[
                "\"🐘\" of a new table holds 🐘 (U+1F418)",
                "such as \"u1f418\"",
                "\"a🐘\" of a new column",
                "such as \"au1f418\"",
                "\"b \" of a new column ends in white space",
                "\"trailing  \" of a new table ends in white space",
                "the columns \"Name\" and \"name\" to be one",
                "such as \"name_2\"",
                "the columns \"name\" and \"NAME\" to be one",
                "such as \"NAME_2\"",
                "the columns \"Ünï\" and \"ünï\" to be one",
            ],
        ),
        (
            "sqlite:target.db",
            "",
            &["the columns \"Name\" and \"name\" to be one", "to be one table", "such as \"item_2\""],
        ),
    ];
    for (url, password, said) in cases {
        let place = place(password);
        place.project(&source.url, url, exact);
        let checked = place.run(&["check", PROJECT]);
        checked.expect(2);
        for words in said {
            assert!(checked.out.contains(words), "{words} is not in\n{}", checked.out);
        }
        place.run(&["run", PROJECT]).expect(2);
        // What is proposed from the beginning can be carried.
        place.project(&source.url, url, |d| d["options"]["verify"] = json!("checksums"));
        place.run(&["run", PROJECT]).expect(0);
    }
    let tables: Vec<u64> =
        target.rows("select count(*) from information_schema.tables where table_schema = database()").await;
    assert_eq!(tables, [4]);
    // PostgreSQL itself takes them all.
    let place = place(&copy.password);
    carry(&place, &source.url, &copy.url);
    assert_eq!(copy.scalar::<String>("select \"Name\" || \"name\" || \"NAME\" from \"Item\"").await, "abc");
    assert_eq!(copy.scalar::<i64>("select count(*) from \"🐘\" where \"b \" is not null").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_are_too_long_are_refused_or_shortened_and_stay_two() {
    // They are alike as far as PostgreSQL keeps them, and as MariaDB does.
    let long = "n".repeat(70);
    let arabic = "جدول".repeat(10);
    let sql = format!(
        "create table {long}a ({long}x integer primary key, {long}y text);
         create table {long}b ({long}x integer primary key, {long}y text);
         create table \"{arabic}\" (\"{arabic}1\" text, \"{arabic}2\" text);
         create table \"{arabic}{arabic}\" (id integer); create table \"{arabic}{arabic}جدول\" (id integer);
         insert into \"{arabic}{arabic}\" values (1); insert into \"{arabic}{arabic}جدول\" values (1);
         insert into {long}a values (1, 'a'); insert into {long}b values (2, 'b');
         insert into \"{arabic}\" values ('c', 'd');"
    );
    let postgres = PostgresCluster::shared().database("names_long").await;
    let mariadb = MariaDbServer::shared().database("names_long").await;
    for (url, password, limit) in [
        (&postgres.url, &postgres.password, "has 71 bytes, and the target keeps 63"),
        (&mariadb.url, &mariadb.password, "has 71 characters, and the target keeps 64"),
    ] {
        let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", password);
        place.sqlite("source.db", &sql);
        place.project("sqlite:source.db", url, exact);
        let checked = place.run(&["check", PROJECT]);
        assert!(checked.expect(2).out.contains(limit), "{}", checked.out);
        assert!(checked.out.contains("such as \"nnnn"), "{}", checked.out);
        // Forty characters are no more than MariaDB keeps.
        assert_eq!(
            checked.out.contains(&format!("\"{arabic}\" of a new table")),
            url == &postgres.url,
            "{}",
            checked.out
        );
        place.run(&["run", PROJECT]).expect(2);

        place.project("sqlite:source.db", url, |d| d["options"]["verify"] = json!("checksums"));
        let document: Json =
            serde_json::from_str(&std::fs::read_to_string(place.path(PROJECT)).expect("the project")).expect("JSON");
        let tables = document["tables"].as_array().expect("tables");
        let names: std::collections::HashSet<&str> =
            tables.iter().map(|t| t["to"]["table"].as_str().expect("a name")).collect();
        assert_eq!(names.len(), 5, "{names:?}");
        assert!(document.to_string().contains("does not take that name"), "the suggestion says so");
        place.run(&["run", PROJECT]).expect(0);
        let last = place.run(&["report", &place.last_run(), "--format", "json"]);
        let report: Json = serde_json::from_str(&last.expect(0).out).expect("JSON");
        assert!(report["tables"].as_array().expect("tables").iter().all(|t| t["written"] == 1), "{report:#}");
    }
    assert_eq!(postgres.scalar::<i64>("select count(*) from pg_tables where schemaname = 'public'").await, 5);
}
