//! A run whose process is killed at any moment, and goes on: every row is in the target exactly once.
//!
//! The target has no key, so a row carried twice would be there twice. The kill comes as soon as enough chunks are
//! in; there are many more of them than a run carries meanwhile.

use std::time::{Duration, Instant};

use rowferry_tests::postgres::PostgresCluster;
use rusqlite::Connection;

use super::{PROJECT, Place, numbered, scalar, signal, small_chunks};

const ROWS: u32 = 20_000;
const CHUNKS: i64 = 800;

/// Waits for something that happens sooner or later.
pub fn until(what: &str, mut happened: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !happened() {
        assert!(begun.elapsed() < Duration::from_secs(120), "it never came to pass that {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Chunks that are committed in the target now.
pub fn chunks_in(target: &Connection) -> i64 {
    // Markers of finished phases have step numbers beyond any table's.
    let count = "select count(*) from _rowferry_checkpoint where step < 1000";
    target.query_row(count, [], |r| r.get(0)).unwrap_or(0)
}

#[test]
fn a_killed_run_goes_on_into_sqlite_with_every_row_once() {
    for (point, enough) in [1, CHUNKS / 10, CHUNKS / 4, CHUNKS / 2].into_iter().enumerate() {
        let place = Place::new();
        place.sqlite("source.db", &numbered(ROWS));
        let target = place.sqlite("target.db", "create table item (id integer not null, label text not null);");
        place.project("sqlite:source.db", "sqlite:target.db", small_chunks);
        let mut child = place.start(&["run", PROJECT, "--json"]);
        until("enough chunks are in the target", || chunks_in(&target) >= enough);
        // At every second point it is stopped first, so that nothing more is sent before it dies.
        if point % 2 == 0 {
            signal(&child, "STOP");
        }
        child.kill().expect("SIGKILL");
        child.wait().expect("it is gone");
        let before = chunks_in(&target);
        assert!((enough..CHUNKS).contains(&before), "killed with {before} of {CHUNKS} chunks in the target");
        assert_eq!(scalar(&target, "select count(*) from item"), before * 25, "a chunk is in whole or not at all");

        let runs = place.run(&["runs", "--json"]).lines();
        assert_eq!(runs[0]["status"], "interrupted");
        let resumed = place.run(&["resume", &place.last_run(), "--json"]);
        let last = resumed.expect(0).lines().pop().expect("a last line");
        assert_eq!(last["tables"][0]["written"], ROWS, "the figures count what was there before the kill");
        once_each(&target);
    }
}

fn once_each(target: &Connection) {
    let rows = i64::from(ROWS);
    assert_eq!(scalar(target, "select count(*) from item"), rows);
    assert_eq!(scalar(target, "select count(distinct id) from item where label = 'item ' || id"), rows);
    let left = "select count(*) from sqlite_master where name = '_rowferry_checkpoint'";
    assert_eq!(scalar(target, left), 0, "no trace of the checkpoints stays");
}

#[tokio::test]
async fn a_killed_run_goes_on_into_postgresql_with_every_row_once() {
    use sqlx::{AssertSqlSafe, Row, raw_sql};
    let cluster = PostgresCluster::shared();
    for enough in [1, CHUNKS / 10, CHUNKS / 2] {
        let database = cluster.database("cli_killed").await;
        database.run("create table item (id bigint not null, label text not null)").await;
        let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &database.password);
        place.sqlite("source.db", &numbered(ROWS));
        place.project("sqlite:source.db", &database.url, small_chunks);
        let mut hand = database.raw().await;
        let mut child = place.start(&["run", PROJECT, "--json", "--jobs", "2"]);
        let begun = Instant::now();
        let count = "select count(*) from _rowferry_checkpoint where step < 1000";
        loop {
            // Until the run has made it, there is no such table.
            let chunks = match raw_sql(count).fetch_one(&mut hand).await {
                Ok(row) => row.get::<i64, _>(0),
                Err(_) => 0,
            };
            if chunks >= enough {
                break;
            }
            assert!(begun.elapsed() < Duration::from_secs(120), "the run made no progress");
        }
        raw_sql("begin; lock table item in exclusive mode").execute(&mut hand).await.expect("the target's lock");
        child.kill().expect("SIGKILL");
        child.wait().expect("it is gone");
        raw_sql("rollback").execute(&mut hand).await.unwrap();
        // What the killed process had sent is settled before anything is counted.
        let others =
            "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";
        while database_count(&mut hand, others).await > 0 {
            assert!(begun.elapsed() < Duration::from_secs(120), "the killed process's sessions never ended");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let before = database_count(&mut hand, count).await;
        assert!((enough..CHUNKS).contains(&before), "killed with {before} of {CHUNKS} chunks in the target");
        assert_eq!(database_count(&mut hand, "select count(*) from item").await, before * 25);

        place.run(&["resume", &place.last_run()]).expect(0);
        let rows = i64::from(ROWS);
        assert_eq!(database_count(&mut hand, "select count(*) from item").await, rows);
        let each = "select count(distinct id) from item where label = 'item ' || id";
        assert_eq!(database_count(&mut hand, each).await, rows);
    }

    async fn database_count(hand: &mut sqlx::PgConnection, sql: &str) -> i64 {
        raw_sql(AssertSqlSafe(sql)).fetch_one(hand).await.unwrap_or_else(|e| panic!("{e}\n{sql}")).get(0)
    }
}
