//! PostgreSQL to PostgreSQL: rows that cross as they are, and what happens when one of them is refused.

use rowferry_tests::postgres::{Database, PostgresCluster};
use serde_json::Value;

use super::{PROJECT, Place};

/// A value of many a type, some of which only PostgreSQL itself can hold.
const EVERYTHING: &str = "create table everything (id bigint, flag boolean, price numeric(12, 2), exact numeric, \
    single real, double double precision, body text, code char(5), short varchar(7), bytes bytea, day date, \
    clock time, moment timestamp, instant timestamptz, span interval, token uuid, doc jsonb, raw json, \
    tags text[], grid int[][], address inet, bits bit(3), numbers int4range)";

const ROWS: &str = "insert into everything \
    select i, i % 2 = 0, i * 1.25, i / 7.0, 'NaN', -0.0, E'line\\n' || i || ' \u{639}\u{1F6A2}', 'a', 'b ', decode('00ff', 'hex'), \
        case when i % 3 = 0 then 'infinity'::date else '0044-03-15 BC' end, '24:00', '-infinity', 'infinity', \
        '1 year -2 days', gen_random_uuid(), '{\"b\": 1, \"a\": [null]}', '{\"b\":  1.50, \"a\": 2}', \
        array['x', null, 'y'], '{{1,2},{3,null}}', '10.1.0.0/16', b'101', '[1,5)' \
    from generate_series(1, 3000) i; insert into everything (id) values (0)";

async fn pair(name: &str) -> (Place, Database, Database) {
    let cluster = PostgresCluster::shared();
    let (source, target) = (cluster.database(name).await, cluster.database(name).await);
    let place = Place::new()
        .with("ROWFERRY_PASSWORD_SOURCE", &source.password)
        .with("ROWFERRY_PASSWORD_TARGET", &target.password);
    (place, source, target)
}

/// Several chunks, and no comparison of values that Arrow cannot hold.
fn by_counts(document: &mut Value) {
    document["options"]["chunk_rows"] = 500.into();
    document["options"]["verify"] = "counts".into();
}

async fn checksum(database: &Database) -> String {
    database.scalar("select md5(string_agg(e::text, '|' order by id)) from everything e").await
}

#[tokio::test]
async fn what_only_postgresql_can_hold_crosses_between_two_of_them() {
    let (place, source, target) = pair("straight").await;
    source.run(&format!("{EVERYTHING}; {ROWS}; analyze")).await;
    target.run(EVERYTHING).await;
    place.project(&source.url, &target.url, by_counts);
    let ran = place.run(&["run", PROJECT, "--json", "--jobs", "2"]);
    let last = ran.expect(0).lines().pop().expect("a last line");
    assert_eq!((&last["tables"][0]["read"], &last["tables"][0]["written"]), (&3001.into(), &3001.into()));
    assert_eq!(checksum(&source).await, checksum(&target).await);
}

const ITEMS: &str = "create table item (id int not null, label text not null)";

/// One row of a thousand is refused, by a key or by a check; `expression` keeps the rows from going straight.
async fn one_is_refused(name: &str, constraint: &str, change: fn(&mut Value)) {
    let (place, source, target) = pair(name).await;
    source.run(&format!("{ITEMS}; insert into item select i, 'n' || i from generate_series(1, 1000) i; analyze")).await;
    target.run(&format!("{ITEMS}; {constraint}")).await;
    place.project(&source.url, &target.url, |document| {
        document["options"]["chunk_rows"] = 100.into();
        document["tables"][0]["existing"] = "append".into();
        change(document);
    });
    let ran = place.run(&["run", PROJECT, "--json"]);
    let last = ran.expect(3).lines().pop().expect("a last line");
    let table = &last["tables"][0];
    assert_eq!((&table["read"], &table["written"], &table["rejected"]), (&1000.into(), &999.into(), &1.into()));
    let rejects = std::fs::read_to_string(table["rejects"].as_str().expect("a file")).expect("the reject file");
    assert!(rejects.contains("\"id\":\"500\""), "{rejects}");
    assert_eq!(target.scalar::<i64>("select count(*) from item where id <> -1 and id < 2000").await, 999);
}

fn with_an_expression(document: &mut Value) {
    for column in document["tables"][0]["columns"].as_array_mut().expect("columns") {
        if column["to"] == "label" {
            column["expression"] = "upper(\"label\")".into();
        }
    }
}

const CHECK: &str = "alter table item add check (id <> 500)";
const KEY: &str = "alter table item add unique (label); insert into item values (-1, 'n500')";
const UPPER_KEY: &str = "alter table item add unique (label); insert into item values (-1, 'N500')";

#[tokio::test]
async fn a_refused_row_of_a_chunk_that_goes_straight_into_postgresql_is_found() {
    one_is_refused("straight_check", CHECK, |_| {}).await;
    one_is_refused("straight_key", KEY, |_| {}).await;
}

#[tokio::test]
async fn a_refused_row_of_a_chunk_that_streams_into_postgresql_is_found() {
    one_is_refused("stream_check", CHECK, with_an_expression).await;
    one_is_refused("stream_key", UPPER_KEY, with_an_expression).await;
}
