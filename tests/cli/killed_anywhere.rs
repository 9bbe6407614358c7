//! A hundred kills at random moments, in every phase, on every database that can be written: after it has gone on, a run
//! has brought every value of every row once, every reject once, and left nothing of its own behind.
//!
//! The moment is a line of the run's own events, so that it does not depend on the machine's speed. The seed of a
//! failure is in its message; `ROWFERRY_KILL_SEED` repeats it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::util::display::array_value_to_string;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use rowferry_tests::mariadb::MariaDbServer;
use rowferry_tests::postgres::PostgresCluster;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::{PROJECT, Place, scalar};

/// Kills for each kind of target: five kinds make a hundred.
const KILLS: u32 = 20;

const SOURCE: &str = "
    create table parent (id integer primary key, name text not null);
    create unique index parent_name on parent (name);
    create table child (id integer primary key, parent integer not null references parent (id), n integer);
    insert into parent with recursive i(n) as (select 1 union all select n + 1 from i where n < 60) select n, 'p' || n from i;
    insert into child with recursive i(n) as (select 1 union all select n + 1 from i where n < 400) select n, n % 60 + 1, n from i;
    update child set n = 'many' where id = 123;";

/// Rows whose parent is nowhere.
const ORPHANS: &str = "pragma foreign_keys = off; insert into child values (901, 9001, 1), (902, 9002, 2);";

/// A small generator of moments (xorshift64).
pub struct Moments {
    state: u64,
    /// Repeats them.
    pub seed: u64,
}

impl Moments {
    pub fn seeded() -> Moments {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |d| d.as_nanos() as u64);
        let seed = std::env::var("ROWFERRY_KILL_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(now | 1);
        Moments { state: seed, seed }
    }

    pub fn next(&mut self, below: u64) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state % below.max(1)
    }
}

/// Starts the command and kills it when it has written so many lines; true when it was killed before its end.
fn kill_after(place: &Place, arguments: &[&str], lines: u64) -> bool {
    let mut child = place.start(arguments);
    let mut out = BufReader::new(child.stdout.take().expect("its output")).lines();
    for _ in 0..lines {
        if out.next().is_none() {
            break;
        }
    }
    child.kill().expect("SIGKILL");
    // A process that had ended by itself has a code of its own, and was not killed.
    child.wait().expect("it is gone").code().is_none()
}

/// The rows of both tables in the order of their keys, as text with `|` between the values.
type Dump = [Vec<String>; 2];

const PARENTS: &str = "select id || '|' || name from parent order by id";
const CHILDREN: &str = "select id || '|' || parent || '|' || n from child order by id";

/// What must arrive, by the source's own file and not by what a run says.
fn expected(place: &Place) -> Dump {
    let source = Connection::open(place.path("source.db")).expect("the source");
    let children = CHILDREN.replace("from child", "from child where id not in (123, 901, 902)");
    [lines(&source, PARENTS), lines(&source, &children)]
}

fn lines(database: &Connection, sql: &str) -> Vec<String> {
    let mut statement = database.prepare(sql).unwrap_or_else(|e| panic!("{e}\n{sql}"));
    let rows = statement.query_map([], |r| r.get(0)).expect("rows");
    rows.map(|r| r.expect("a row")).collect()
}

/// Kills runs at random moments, some of them again while they go on, and demands that each then completes. `more` goes
/// into the source as well.
fn kill_and_go_on(place: &Place, to: &str, more: &str, clear: impl Fn(), check: impl Fn(&str) -> Dump) {
    place.sqlite("source.db", &format!("{SOURCE}{more}"));
    let accept = |document: &mut Value| {
        document["options"]["chunk_rows"] = json!(40);
        document["options"]["jobs"] = json!(2);
        for table in document["tables"].as_array_mut().expect("tables") {
            table["orphans"] = json!("reject");
        }
    };
    place.project("sqlite:source.db", to, accept);
    let rejects = if more.is_empty() { 1 } else { 3 };
    let expected = expected(place);
    let compare = |what: &str| {
        let there = check(what);
        assert!(there == expected, "{what}: {there:?} and not {expected:?}");
        let report = place.run(&["report", &place.last_run(), "--format", "json"]);
        let report: Value = serde_json::from_str(&report.expect(0).out).expect("JSON");
        for (table, rejected, rows) in [(0, 0, &expected[0]), (1, rejects, &expected[1])] {
            let figures = &report["tables"][table];
            let told = ["read", "written", "rejected"].map(|name| figures[name].as_u64().expect("a figure"));
            assert_eq!(told, [rows.len() as u64 + rejected, rows.len() as u64, rejected], "{what}: {figures:#}");
        }
        let file = report["tables"][1]["rejects"].as_str().unwrap_or_else(|| panic!("{what}: no reject file"));
        let rejected = std::fs::read_to_string(file).expect("the rejects").lines().count() as u64;
        assert_eq!(rejected, rejects, "{what}: each row at fault is rejected once");
    };
    let lines = place.run(&["run", PROJECT, "--json", "--yes"]).expect(3).lines().len() as u64;
    compare("the run that nobody kills");
    let mut moments = Moments::seeded();
    let seed = moments.seed;
    let (mut kills, mut tries) = (0, 0);
    while kills < KILLS {
        tries += 1;
        assert!(tries < 20 * KILLS, "seed {seed}: only {kills} of {tries} runs were killed before their end");
        clear();
        let moment = 1 + moments.next(lines - 1);
        let what = format!("seed {seed}, kill {kills} after line {moment} of {lines}");
        kills += u32::from(kill_after(place, &["run", PROJECT, "--json", "--yes"], moment));
        let run = place.last_run();
        if moments.next(3) == 0 {
            kills += u32::from(kill_after(place, &["resume", &run, "--json"], 1 + moments.next(lines)));
        }
        let status = place.run(&["runs", "--json"]).lines()[0]["status"].as_str().map(str::to_string);
        if status.as_deref() != Some("completed") {
            let resumed = place.run(&["resume", &run, "--json"]);
            assert_eq!(resumed.code, Some(3), "{what}\n{}\n{}", resumed.out, resumed.err);
        }
        compare(&what);
    }
}

#[test]
fn killed_anywhere_a_run_into_sqlite_brings_every_row_once() {
    let place = Place::new();
    let path = place.path("target.db");
    let clear = || {
        let _ = std::fs::remove_file(&path);
    };
    let check = |what: &str| {
        let target = Connection::open(&path).expect("the target");
        let left = "select count(*) from sqlite_schema where name like '_rowferry%'";
        assert_eq!(scalar(&target, left), 0, "{what}");
        assert_eq!(scalar(&target, "select count(*) from pragma_foreign_key_list('child')"), 1, "{what}");
        [lines(&target, PARENTS), lines(&target, CHILDREN)]
    };
    kill_and_go_on(&place, "sqlite:target.db", ORPHANS, clear, check);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_anywhere_a_run_into_postgresql_brings_every_row_once() {
    let target = PostgresCluster::shared().database("anywhere").await;
    let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &target.password);
    let wait = |sql: &'static str| {
        tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(target.scalar::<i64>(sql)))
    };
    let rows = |sql: &'static str| {
        let rows = tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(target.rows(sql)));
        rows.iter().map(|row| sqlx::Row::get::<String, _>(row, 0)).collect::<Vec<_>>()
    };
    let clear = || {
        tokio::task::block_in_place(|| {
            tokio::runtime::Handle::current().block_on(target.run("drop table if exists child, parent"));
        });
    };
    let check = |what: &str| {
        assert_eq!(wait("select count(*) from pg_constraint where contype = 'f' and convalidated"), 1, "{what}");
        assert_eq!(wait("select count(*) from pg_class where relname like '\\_rowferry%'"), 0, "{what}");
        assert_eq!(wait("select count(*) from pg_indexes where tablename in ('parent', 'child')"), 3, "{what}");
        assert_eq!(wait("select last_value + 0 from child_id_seq"), 400, "{what}");
        [rows(PARENTS), rows(CHILDREN)]
    };
    kill_and_go_on(&place, &target.url, ORPHANS, clear, check);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_anywhere_a_run_into_mariadb_brings_every_row_once() {
    let target = MariaDbServer::shared().database("anywhere").await;
    let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &target.password);
    let wait = |sql: &'static str| {
        tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(target.rows::<i64>(sql))[0])
    };
    let rows = |sql: &'static str| {
        tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(target.rows::<String>(sql)))
    };
    let clear = || {
        tokio::task::block_in_place(|| {
            tokio::runtime::Handle::current().block_on(target.run(&["drop table if exists child, parent"]));
        });
    };
    let check = |what: &str| {
        let keys =
            "select count(*) from information_schema.referential_constraints where constraint_schema = database()";
        assert_eq!(wait(keys), 1, "{what}");
        let left = "select count(*) from information_schema.tables where table_schema = database() and table_name like '\\_rowferry%'";
        assert_eq!(wait(left), 0, "{what}");
        [
            rows("select concat_ws('|', id, name) from parent order by id"),
            rows("select concat_ws('|', id, parent, n) from child order by id"),
        ]
    };
    kill_and_go_on(&place, &target.url, ORPHANS, clear, check);
}

fn files(kind: &str, read: fn(&Path) -> Vec<Vec<String>>) {
    let place = Place::new();
    let folder = place.path("out");
    std::fs::create_dir(&folder).expect("a folder");
    let clear = || {
        std::fs::remove_dir_all(&folder).expect("the folder goes");
        std::fs::create_dir(&folder).expect("a folder");
    };
    let check = |what: &str| {
        let mut names: Vec<String> = std::fs::read_dir(&folder)
            .expect("the folder")
            .map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        assert_eq!(names, [format!("child.{kind}"), format!("parent.{kind}")], "{what}");
        ["parent", "child"].map(|table| {
            let mut rows = read(&folder.join(format!("{table}.{kind}")));
            rows.sort_by_key(|row| row[0].parse::<i64>().expect("a key"));
            rows.into_iter().map(|row| row.join("|")).collect()
        })
    };
    kill_and_go_on(&place, &format!("{kind}:out"), "", clear, check);
}

#[test]
fn killed_anywhere_a_run_into_csv_brings_every_row_once() {
    files("csv", |path| {
        let mut reader = csv::Reader::from_path(path).expect("the file");
        reader.records().map(|r| r.expect("a row").iter().map(str::to_string).collect()).collect()
    });
}

#[test]
fn killed_anywhere_a_run_into_parquet_brings_every_row_once() {
    files("parquet", |path| {
        let file = std::fs::File::open(path).expect("the file");
        let batches = ParquetRecordBatchReaderBuilder::try_new(file).and_then(|b| b.build()).expect("Parquet");
        let mut rows = Vec::new();
        for batch in batches {
            let batch = batch.expect("a batch");
            for row in 0..batch.num_rows() {
                let cell = |column: &ArrayRef| array_value_to_string(column, row).expect("a value");
                rows.push(batch.columns().iter().map(cell).collect());
            }
        }
        rows
    });
}
