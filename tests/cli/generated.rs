//! Columns that the source generates: made generated columns again or carried as plain ones, and compared either way.

use rowferry_tests::mariadb::MariaDbServer;
use rowferry_tests::postgres::PostgresCluster;
use serde_json::Value;

use super::examined::coded;
use super::{PROJECT, Place, scalar};

const POSTGRES: &str = "create table item (id int primary key, qty int not null, price numeric(10,2) not null,
     total numeric(12,2) generated always as (price * qty) stored,
     label text, code text generated always as (lower(label) || '-x') stored);
     insert into item (id, qty, price, label) values (1, 2, 1.50, 'Ä'), (2, 3, 0.10, null), (3, 0, 9.99, 'B')";

/// The report of the latest run.
fn report(place: &Place) -> Value {
    let run = place.last_run();
    serde_json::from_str(&place.run(&["report", &run, "--format", "json"]).out).expect("a report")
}

/// Is every cell of this column proved by its checksum?
fn proved(place: &Place, column: &str) -> bool {
    let report = report(place);
    let tables = report["verification"]["tables"].as_array().expect("tables").clone();
    tables.iter().flat_map(|t| t["columns"].as_array().cloned().unwrap_or_default()).any(|c| {
        c["column"] == column
            && c["measures"]
                .as_array()
                .expect("measures")
                .iter()
                .any(|m| m["name"] == "checksum" && m["expected"].is_string() && m["expected"] == m["actual"])
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn between_two_postgresql_servers_they_are_generated_again_and_their_values_are_compared() {
    let cluster = PostgresCluster::shared();
    let (source, target) = (cluster.database("generated_from").await, cluster.database("generated_to").await);
    source.run(POSTGRES).await;
    let place = Place::new()
        .with("ROWFERRY_PASSWORD_SOURCE", &source.password)
        .with("ROWFERRY_PASSWORD_TARGET", &target.password);
    place.project(&source.url, &target.url, |_| {});
    let said = coded(&place, "generated-column");
    assert!(said[0]["message"].as_str().expect("a message").contains("made a generated column again"), "{said:?}");
    place.run(&["run", PROJECT]).expect(0);
    let generated = "select string_agg(attname || ':' || attgenerated::text, ',' order by attnum) from pg_attribute
         where attrelid = 'item'::regclass and attnum > 0 and attgenerated <> ''";
    assert_eq!(target.scalar::<String>(generated).await, "total:s,code:s");
    let values = "select string_agg(format('%s %s', total, code), ', ' order by id) from item";
    assert_eq!(target.scalar::<String>(values).await, source.scalar::<String>(values).await);
    assert!(proved(&place, "total") && proved(&place, "code"));
    // Once more, into the table that is there: what both compute is not written, and nothing blocks.
    target.run("delete from item").await;
    place.run(&["run", PROJECT]).expect(0);
    assert!(proved(&place, "total"));
    place.run(&["rollback", &place.last_run()]).expect(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recreated_column_that_computes_another_value_is_found() {
    let cluster = PostgresCluster::shared();
    let (source, target) =
        (cluster.database("generated_other_from").await, cluster.database("generated_other_to").await);
    source.run(POSTGRES).await;
    target
        .run(
            "create table item (id int primary key, qty int not null, price numeric(10,2) not null,
             total numeric(12,2) generated always as (price * qty + 1) stored, label text, code text)",
        )
        .await;
    let place = Place::new()
        .with("ROWFERRY_PASSWORD_SOURCE", &source.password)
        .with("ROWFERRY_PASSWORD_TARGET", &target.password);
    place.project(&source.url, &target.url, |project| {
        let columns = project["tables"][0]["columns"].as_array_mut().expect("columns");
        if !columns.iter().any(|c| c["to"] == "total") {
            columns.push(serde_json::json!({ "to": "total", "from": ["total"] }));
        }
    });
    let ran = place.run(&["run", PROJECT]);
    assert_ne!(ran.code, Some(0), "{}", ran.out);
    let report = report(&place);
    assert_eq!(report["verification"]["tables"][0]["different_rows"], 3);
    assert_eq!(report["verification"]["tables"][0]["differences"][0]["cells"][0]["column"], "total");
}

#[tokio::test(flavor = "multi_thread")]
async fn elsewhere_they_are_plain_unless_a_person_chooses_otherwise() {
    let source = MariaDbServer::shared().database("generated").await;
    source
        .run(&[
            "create table item (id int primary key, qty int not null, price decimal(10,2) not null, \
             total decimal(12,2) as (price * qty) stored, first varchar(20) character set utf8mb4 collate utf8mb4_bin, \
             name varchar(50) character set utf8mb4 collate utf8mb4_bin as (concat(first, '!')) virtual, \
             day varchar(30) as (date_format('2020-01-01', first)) virtual)",
            "insert into item (id, qty, price, first) values (1, 2, 1.50, 'Ä'), (2, 3, 0.10, null)",
        ])
        .await;
    let target = PostgresCluster::shared().database("generated_mariadb").await;
    let place = Place::new()
        .with("ROWFERRY_PASSWORD_SOURCE", &source.password)
        .with("ROWFERRY_PASSWORD_TARGET", &target.password);
    place.project(&source.url, &target.url, |_| {});
    let said = coded(&place, "generated-column");
    let said: Vec<(&str, usize)> = said
        .iter()
        .map(|f| (f["column"].as_str().expect("a column"), f["choices"].as_array().map_or(0, Vec::len)))
        .collect();
    assert_eq!(said, [("total", 1), ("name", 1), ("day", 0)]);
    let numbers: Vec<String> = (1..=2).map(|n: u32| n.to_string()).collect();
    let printed = place.run(&["check", PROJECT]);
    assert!(printed.out.contains("Generate it again as"), "{}", printed.out);
    place.run(&["check", PROJECT, "--choose", &numbers.join(",")]).expect(0);
    let document: Value =
        serde_json::from_str(&std::fs::read_to_string(place.path(PROJECT)).expect("the project")).expect("JSON");
    assert!(document.to_string().contains("\"generated\":\"recreate\""), "{document}");
    place.run(&["run", PROJECT]).expect(0);
    let generated = "select string_agg(attname, ',' order by attnum) from pg_attribute
         where attrelid = 'item'::regclass and attnum > 0 and attgenerated = 's'";
    assert_eq!(target.scalar::<String>(generated).await, "total,name");
    let values = "select string_agg(concat_ws(' ', total, name, day), ', ' order by id) from item";
    assert_eq!(target.scalar::<String>(values).await, "3.00 Ä! Ä, 0.30");
    assert!(proved(&place, "total") && proved(&place, "name"));
}

#[tokio::test(flavor = "multi_thread")]
async fn mariadb_and_sqlite_generate_again_what_they_generated() {
    let server = MariaDbServer::shared();
    let (source, target) = (server.database("generated_same_from").await, server.database("generated_same_to").await);
    source
        .run(&[
            "create table item (id int primary key, qty int not null, twice int as (qty * 2) virtual, \
             four int as (twice * 2) stored, unique key (twice))",
            "insert into item (id, qty) values (1, 2), (2, 3)",
        ])
        .await;
    let place = Place::new()
        .with("ROWFERRY_PASSWORD_SOURCE", &source.password)
        .with("ROWFERRY_PASSWORD_TARGET", &target.password);
    place.project(&source.url, &target.url, |_| {});
    place.run(&["run", PROJECT]).expect(0);
    let generated = "select column_name from information_schema.columns where table_schema = database() \
                     and extra like '%generated%' order by 1";
    assert_eq!(target.rows::<String>(generated).await, ["four", "twice"]);
    assert_eq!(target.rows::<(i32, i32)>("select twice, four from item order by id").await, [(4, 8), (6, 12)]);

    let place = Place::new();
    place.sqlite(
        "source.db",
        "create table item (id integer primary key, qty integer not null, twice integer as (qty * 2));
         insert into item (id, qty) values (1, 2), (2, 3);",
    );
    place.project("sqlite:source.db", "sqlite:target.db", |_| {});
    place.run(&["run", PROJECT]).expect(0);
    let made = place.sqlite("target.db", "");
    assert_eq!(scalar(&made, "select sum(twice) from item"), 10);
    assert_eq!(scalar(&made, "select count(*) from pragma_table_xinfo('item') where hidden = 3"), 1);
    assert!(proved(&place, "twice"));
}
