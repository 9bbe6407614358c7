//! A rollback restores the target exactly: dumps of it before a run and after the rollback are the same.
//!
//! The run does everything that a run can do to a target: it replaces rows, appends to a table with a key and to one
//! without, leaves out rows that are there, fills an empty table, adds a column, and creates tables.

use std::time::{Duration, Instant};

use rowferry_tests::mariadb::{self, MariaDbServer};
use rowferry_tests::postgres::{self, PostgresCluster};
use rusqlite::Connection;
use serde_json::{Value, json};

use super::{PROJECT, Place, small_chunks};

/// What is carried: every table of the targets below and two that they do not have.
fn source(rows: u32) -> String {
    let table = |name: &str, columns: &str, values: &str| {
        format!(
            "create table {name} ({columns}); insert into {name} with recursive n(i) as (select 1 union all select \
             i + 1 from n where i < {rows}) select {values} from n;"
        )
    };
    [
        "pragma foreign_keys = off;".to_string(),
        table(
            "staff",
            "id integer primary key, name text not null, boss integer references staff (id)",
            "i, 'new ' || i, case when i > 1 then i / 2 end",
        ),
        table(
            "ledger",
            "shop text not null, entry integer not null, amount integer, note text, primary key (shop, entry)",
            "'new', i, i * 10, 'n' || i",
        ),
        table("diary", "line text", "'line ' || i"),
        table("visit", "id integer primary key, staff integer, place text", "i + 2, i, 'place ' || i"),
        table("basket", "id integer primary key, label text", "i, 'basket ' || i"),
        table("parcel", "id integer primary key, box integer references box (id)", "i, i"),
        table("box", "id integer primary key, parcel integer references parcel (id)", "i, i"),
    ]
    .concat()
}

fn change(document: &mut Value) {
    small_chunks(document);
    let schema = document["tables"][0]["to"]["schema"].clone();
    let tables = document["tables"].as_array_mut().expect("tables");
    for (name, other) in [("box", "parcel"), ("parcel", "box")] {
        let copy = |column: &str| json!({"to": column, "from": [column]});
        tables.push(json!({
            "from": {"schema": "main", "table": name}, "to": {"schema": schema, "table": name},
            "columns": [copy("id"), copy(other)],
        }));
    }
    for table in document["tables"].as_array_mut().expect("tables") {
        let name = table["to"]["table"].as_str().expect("a name").to_string();
        let existing = match name.as_str() {
            "staff" => "replace",
            "ledger" | "diary" => "append",
            "visit" => "skip",
            _ => continue,
        };
        table["existing"] = existing.into();
        if name == "ledger" {
            let columns = table["columns"].as_array_mut().expect("columns");
            columns.retain(|c| c["to"] != "note");
            columns.push(json!({"to": "note", "from": ["note"]}));
        }
    }
}

const POSTGRES: &str = "
    create table staff (
        id integer generated always as identity (start 100 increment 5) primary key, name varchar(40) not null,
        boss integer references staff (id), twice integer generated always as (id * 2) stored);
    insert into staff (id, name, boss) overriding system value values (7, 'first', null), (3, 'second', 7), (5, 'third', 3);
    create table ledger (shop text, entry integer, amount numeric(10, 2), primary key (shop, entry));
    insert into ledger values ('old', 1, 1.50), ('new', 0, null), ('old', 2, 3);
    create table diary (line text);
    insert into diary values ('same'), ('same'), (null), ('');
    create table visit (id serial primary key, staff integer, place text unique);
    insert into visit values (3, null, 'kept'), (8, 1, null);
    create table basket (id bigserial primary key, label text);
    select nextval('basket_id_seq'), nextval('basket_id_seq');
    create table seen (what text);
    create function note() returns trigger language plpgsql as
        $$ begin insert into seen values (tg_op); return coalesce(new, old); end $$;
    create trigger noted after insert or delete on staff for each row execute function note();
    create trigger always_off before insert on ledger for each row execute function note();
    alter table ledger disable trigger always_off;
";

const MARIADB: &[&str] = &[
    "create table staff (id integer auto_increment primary key, name varchar(40) not null, boss integer,
        twice integer as (boss * 2) stored, foreign key (boss) references staff (id)) auto_increment = 500",
    "insert into staff (id, name, boss) values (7, 'first', null), (3, 'second', 7), (5, 'third', 3)",
    "create table ledger (shop varchar(20), entry integer, amount decimal(10, 2), primary key (shop, entry))",
    "insert into ledger values ('old', 1, 1.50), ('new', 0, null), ('old', 2, 3)",
    "create table diary (line text)",
    "insert into diary values ('same'), ('same'), (null), ('')",
    "create table visit (id integer auto_increment primary key, staff integer, place varchar(40) unique, \
        day date) auto_increment = 77",
    "insert into visit values (3, null, 'kept', '2020-00-15'), (8, 1, null, '0000-00-00')",
    "create table basket (id bigint auto_increment primary key, label text) auto_increment = 12",
];

const SQLITE: &str = "
    create table staff (id integer primary key autoincrement, name text not null, boss integer references staff (id),
        twice integer generated always as (id * 2) stored);
    insert into staff (id, name, boss) values (7, 'first', null), (3, 'second', 7), (900, 'gone', null), (5, x'00ff', 3);
    delete from staff where id = 900;
    create table ledger (shop text not null, entry integer not null, amount numeric, primary key (shop, entry)) without rowid;
    insert into ledger values ('old', 1, 1.5), ('new', 0, null), ('old', 2, 'text');
    create table diary (line);
    insert into diary values ('same'), ('same'), (null), (''), (7), (7.5), (x'');
    create table visit (id integer primary key, staff integer, place text unique);
    insert into visit values (3, null, 'kept'), (8, 1, null);
    create table basket (id integer primary key autoincrement, label text);
    create trigger noted after delete on staff begin delete from diary; end;
";

/// Every table with its definition and its values as SQL, in the order in which SQLite gives them.
fn dump_sqlite(database: &Connection) -> String {
    let list = |sql: &str| -> Vec<String> {
        let mut statement = database.prepare(sql).unwrap_or_else(|e| panic!("{e}\n{sql}"));
        let rows = statement.query_map([], |r| r.get::<_, String>(0)).expect(sql);
        rows.collect::<Result<_, _>>().expect(sql)
    };
    let mut all = list("select coalesce(sql, name) from sqlite_schema order by name");
    for table in list("select name from sqlite_schema where type = 'table' order by name") {
        let columns = list(&format!("select 'quote(\"' || name || '\")' from pragma_table_xinfo('{table}')"));
        all.push(table.clone());
        all.extend(list(&format!("select {} from \"{table}\"", columns.join(" || ', ' || "))));
    }
    all.join("\n")
}

#[track_caller]
fn same(before: &str, after: &str) {
    let differing: Vec<String> = similar(before, after);
    assert!(differing.is_empty(), "the dumps differ:\n{}", differing.join("\n"));
}

/// Lines of one that the other has not, and the order where that is all.
fn similar(before: &str, after: &str) -> Vec<String> {
    if before == after {
        return Vec::new();
    }
    let lacks = |sign: &str, these: &str, those: &str| -> Vec<String> {
        these.lines().filter(|l| !those.lines().any(|o| o == *l)).map(|l| format!("{sign} {l}")).collect()
    };
    let mut all = lacks("-", before, after);
    all.extend(lacks("+", after, before));
    all.push("(or lines in another order)".into());
    all
}

async fn postgres(rows: u32) -> (Place, postgres::Database) {
    let target = PostgresCluster::shared().database("restored").await;
    target.run(POSTGRES).await;
    let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &target.password);
    place.sqlite("source.db", &source(rows));
    place.project("sqlite:source.db", &target.url, |document| {
        change(document);
        for table in document["tables"].as_array_mut().expect("tables") {
            if table["to"]["table"] == "staff" {
                table["triggers"] = "disable".into();
            }
            if ["box", "parcel"].map(Value::from).contains(&table["to"]["table"]) {
                table["to"]["schema"] = "made by the run".into();
            }
        }
    });
    (place, target)
}

async fn mariadb(rows: u32) -> (Place, mariadb::Database) {
    let target = MariaDbServer::shared().database("restored").await;
    let mut statements = vec!["set sql_mode = ''"];
    statements.extend(MARIADB);
    target.run(&statements).await;
    let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &target.password);
    place.sqlite("source.db", &source(rows));
    place.project("sqlite:source.db", &target.url, change);
    (place, target)
}

fn sqlite(rows: u32) -> (Place, Connection) {
    let place = Place::new();
    place.sqlite("source.db", &source(rows));
    let target = place.sqlite("target.db", SQLITE);
    place.project("sqlite:source.db", "sqlite:target.db", change);
    (place, target)
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_is_as_before() {
    let (place, target) = postgres(60).await;
    let before = target.dump();
    place.run(&["run", PROJECT, "--yes"]).expect(0);
    assert_eq!(target.scalar::<i64>("select count(*) from staff").await, 60);
    assert_eq!(target.scalar::<i64>("select count(*) from ledger").await, 63);
    place.run(&["rollback", &place.last_run()]).expect(0);
    same(&before, &target.dump());
    place.run(&["rollback", &place.last_run()]).expect(2).complains("rolled back already");
}

#[tokio::test(flavor = "multi_thread")]
async fn mariadb_is_as_before() {
    let (place, target) = mariadb(60).await;
    let before = target.dump();
    place.run(&["run", PROJECT, "--yes"]).expect(0);
    assert_eq!(target.rows::<i64>("select count(*) from staff").await, [60]);
    assert_eq!(target.rows::<i64>("select count(*) from ledger").await, [63]);
    place.run(&["rollback", &place.last_run()]).expect(0);
    same(&before, &target.dump());
}

#[test]
fn sqlite_is_as_before() {
    let (place, target) = sqlite(60);
    let before = dump_sqlite(&target);
    place.run(&["run", PROJECT, "--yes"]).expect(0);
    assert_eq!(super::scalar(&target, "select count(*) from staff"), 60);
    place.run(&["rollback", &place.last_run()]).expect(0);
    same(&before, &dump_sqlite(&target));
}

#[test]
fn files_are_as_before() {
    let place = Place::new();
    place.sqlite(
        "source.db",
        "create table a (x text); insert into a values ('new'); create table b (x text); insert into b values ('b');",
    );
    std::fs::create_dir(place.path("out")).expect("a folder");
    let old = "x\r\n\"odd\"\r\nspacing  ,".trim_end_matches(',');
    place.write("out/a.csv", old);
    place.project("sqlite:source.db", "csv:out", |document| {
        for table in document["tables"].as_array_mut().expect("tables") {
            if table["to"]["table"] == "a" {
                table["existing"] = "replace".into();
            }
        }
    });
    place.run(&["run", PROJECT, "--yes"]).expect(0);
    assert_ne!(std::fs::read_to_string(place.path("out/a.csv")).expect("the file"), old);
    place.run(&["rollback", &place.last_run()]).expect(0);
    assert_eq!(std::fs::read_to_string(place.path("out/a.csv")).expect("the file"), old);
    let left: Vec<_> =
        std::fs::read_dir(place.path("out")).expect("a folder").flatten().map(|e| e.file_name()).collect();
    assert_eq!(left, ["a.csv"], "nothing else stays");
}

/// Kills so many runs and so many rollbacks.
const KILLS: u32 = 8;

/// Kills runs and their rollbacks at moments that go through both, and ends each rollback by another one.
///
/// The moments are shares of the time that the same took before it ended by itself, so that they hit on any machine.
fn die_often(place: &Place, is_as_before: impl Fn()) {
    let last = || {
        let runs = place.run(&["runs", "--json"]).lines();
        let latest = runs.first().filter(|r| r["status"] != "rolled-back")?;
        Some(latest["run"].as_str().expect("its id").to_string())
    };
    let mut killed = [0, 0];
    let mut whole = [Duration::from_secs(3); 2];
    let mut moment = 0;
    // Whether it was killed before it had ended.
    let mut kill = |which: usize, arguments: &[&str]| {
        moment += 1;
        let begun = Instant::now();
        let mut child = place.start(arguments);
        let until = whole[which].mul_f64(f64::from(moment * 7 % 12) / 12.0);
        while begun.elapsed() < until && child.try_wait().expect("a process").is_none() {
            std::thread::sleep(Duration::from_millis(2));
        }
        let ended = child.try_wait().expect("a process").is_some();
        if ended {
            whole[which] = begun.elapsed();
        }
        let _ = child.kill();
        let _ = child.wait();
        killed[which] += u32::from(!ended);
        killed
    };
    for _ in 0..200 {
        kill(0, &["run", PROJECT, "--yes"]);
        let Some(run) = last() else { continue };
        let kills = kill(1, &["rollback", &run]);
        let ended = place.run(&["rollback", &run]);
        assert!(ended.code == Some(0) || ended.err.contains("rolled back already"), "{}\n{}", ended.out, ended.err);
        is_as_before();
        if kills.iter().all(|k| *k >= KILLS) {
            return;
        }
    }
    panic!("too few kills met a process that had not ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_is_as_before_when_run_and_rollback_are_killed() {
    let (place, target) = postgres(300).await;
    let before = target.dump();
    die_often(&place, || same(&before, &target.dump()));
}

#[tokio::test(flavor = "multi_thread")]
async fn mariadb_is_as_before_when_run_and_rollback_are_killed() {
    let (place, target) = mariadb(300).await;
    let before = target.dump();
    die_often(&place, || same(&before, &target.dump()));
}

#[test]
fn sqlite_is_as_before_when_run_and_rollback_are_killed() {
    let (place, target) = sqlite(300);
    let before = dump_sqlite(&target);
    die_often(&place, || same(&before, &dump_sqlite(&target)));
}

#[test]
fn an_accepted_run_leaves_nothing_and_cannot_be_taken_back() {
    let (place, target) = sqlite(20);
    place.run(&["run", PROJECT, "--yes"]).expect(0);
    let own = "select count(*) from sqlite_schema where name like '\\_rowferry%' escape '\\'";
    assert_eq!(super::scalar(&target, own), 4, "what is kept of four tables");
    place.run(&["accept", &place.last_run()]).expect(0);
    assert_eq!(super::scalar(&target, own), 0);
    let refused = place.run(&["rollback", &place.last_run()]);
    refused.expect(2).complains("the run was accepted at");
    assert_eq!(super::scalar(&target, "select count(*) from staff"), 20);
}
