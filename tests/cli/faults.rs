//! Servers that are stopped and connections that are cut while a run goes on: it completes by itself, or ends saying why
//! and completes when it is resumed; each row arrives exactly once.
//!
//! The target has no key, so that a row carried twice would be there twice.

use rowferry_tests::mariadb::MariaDbServer;
use rowferry_tests::postgres::PostgresCluster;
use rowferry_tests::proxy::{Fault, How, Proxy};
use serde_json::{Value, json};

use super::killed::until;
use super::killed_anywhere::Moments;
use super::{PROJECT, Place, Ran, numbered, scalar, small_chunks};

const ROWS: u32 = 8_000;
const CHUNKS: i64 = ROWS as i64 / 25;

const MADE: &str = "create table item (id bigint not null, label varchar(100) not null)";

/// Rows of a server that is a source, from `sequence`.
fn made_in(select: &str) -> String {
    format!("insert into item {select}")
}

fn once_each_in_sqlite(target: &rusqlite::Connection) {
    assert_eq!(scalar(target, "select count(*) from item"), i64::from(ROWS));
    let each = "select count(distinct id) from item where label = 'item ' || id";
    assert_eq!(scalar(target, each), i64::from(ROWS));
}

async fn once_each_in_postgres(target: &rowferry_tests::postgres::Database) {
    assert_eq!(target.scalar::<i64>("select count(*) from item").await, i64::from(ROWS));
    let each = "select count(distinct id) from item where label = 'item ' || id";
    assert_eq!(target.scalar::<i64>(each).await, i64::from(ROWS));
    let left = "select count(*) from pg_class where relname = '_rowferry_checkpoint'";
    assert_eq!(target.scalar::<i64>(left).await, 0);
}

async fn once_each_in_mariadb(target: &rowferry_tests::mariadb::Database) {
    let counts: Vec<(u64, u64)> =
        target.rows("select count(*), count(distinct if(label = concat('item ', id), id, null)) from item").await;
    assert_eq!(counts, [(u64::from(ROWS), u64::from(ROWS))]);
    let left: Vec<u64> = target
        .rows(
            "select count(*) from information_schema.tables \
             where table_schema = database() and table_name = '_rowferry_checkpoint'",
        )
        .await;
    assert_eq!(left, [0]);
}

/// Waits for the run; where it did not get over the fault by itself it must say what happened, and a resume completes
/// it. True when it was resumed.
fn completes(place: &Place, child: std::process::Child) -> bool {
    let ran = Ran::of(child.wait_with_output().expect("it ends"));
    if ran.code == Some(0) {
        return false;
    }
    ran.expect(1).complains("rowferry resume");
    place.run(&["resume", &place.last_run()]).expect(0);
    true
}

fn log_of(place: &Place) -> String {
    let report = place.run(&["report", &place.last_run(), "--format", "json"]);
    report.expect(0).out.clone()
}

/// Chunks that are in a PostgreSQL target now, as far as it answers.
async fn chunks_in_postgres(hand: &mut sqlx::PgConnection) -> i64 {
    let count = "select count(*) from _rowferry_checkpoint where step < 1000";
    sqlx::query_scalar(count).fetch_one(hand).await.unwrap_or(0)
}

async fn enough_in_postgres(target: &rowferry_tests::postgres::Database, enough: i64) {
    let mut hand = target.raw().await;
    let begun = std::time::Instant::now();
    while chunks_in_postgres(&mut hand).await < enough {
        assert!(begun.elapsed().as_secs() < 120, "there never were {enough} chunks");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_goes_on_when_the_postgresql_target_crashes_and_comes_back() {
    let server = PostgresCluster::own();
    for enough in [1, CHUNKS / 3, CHUNKS / 2] {
        let target = server.database("crash").await;
        target.run(MADE).await;
        let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &target.password);
        place.sqlite("source.db", &numbered(ROWS));
        place.project("sqlite:source.db", &target.url, small_chunks);
        let child = place.start(&["run", PROJECT, "--json"]);
        enough_in_postgres(&target, enough).await;
        server.stop();
        server.start_again();
        completes(&place, child);
        once_each_in_postgres(&target).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_whose_postgresql_target_stays_away_says_so_and_is_resumed() {
    let server = PostgresCluster::own();
    let target = server.database("away").await;
    target.run(MADE).await;
    let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &target.password);
    place.sqlite("source.db", &numbered(ROWS));
    place.project("sqlite:source.db", &target.url, small_chunks);
    let child = place.start(&["run", PROJECT, "--json"]);
    enough_in_postgres(&target, CHUNKS / 4).await;
    server.stop();
    let ran = Ran::of(child.wait_with_output().expect("it ends"));
    ran.expect(1).complains("cannot be reached").complains("rowferry resume");
    assert_eq!(place.run(&["runs", "--json"]).lines()[0]["status"], "failed");
    place.run(&["resume", &place.last_run()]).expect(1).complains("cannot be reached");
    server.start_again();
    place.run(&["resume", &place.last_run()]).expect(0);
    once_each_in_postgres(&target).await;
}

/// What a crash can do to commits that did not wait for the disk, done by hand: the first chunk is gone again, rows and
/// checkpoint together, while the run counts it as done.
#[tokio::test(flavor = "multi_thread")]
async fn chunks_that_the_postgresql_target_lost_again_are_loaded_again() {
    let target = PostgresCluster::shared().database("lost").await;
    target.run(MADE).await;
    // The third row of the chunk is rejected, and must be once.
    target.run("alter table item add constraint no check (id <> 3)").await;
    let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &target.password);
    place.sqlite("source.db", &numbered(ROWS));
    place.project("sqlite:source.db", &target.url, small_chunks);
    let child = place.start(&["run", PROJECT, "--json"]);
    let begun = std::time::Instant::now();
    let mut hand = target.raw().await;
    let lose = "with gone as (delete from _rowferry_checkpoint where step = 0 and chunk = 0 returning 1)
                delete from item where id <= 25 and exists (select 1 from gone) returning 1";
    loop {
        assert!(begun.elapsed().as_secs() < 120, "the first chunk never was there");
        let gone = sqlx::raw_sql(lose).fetch_all(&mut hand).await;
        if gone.is_ok_and(|rows| rows.len() == 24) {
            break;
        }
    }
    let ran = Ran::of(child.wait_with_output().expect("it ends"));
    let last = ran.expect(3).lines().pop().expect("a last line");
    assert_eq!(last["tables"][0]["written"], ROWS - 1);
    assert!(log_of(&place).contains("They are loaded again."), "{}", log_of(&place));
    assert_eq!(target.scalar::<i64>("select count(*) from item").await, i64::from(ROWS) - 1);
    assert_eq!(target.scalar::<i64>("select count(distinct id) from item").await, i64::from(ROWS) - 1);
    let rejects = std::fs::read_to_string(last["tables"][0]["rejects"].as_str().expect("a file")).expect("the rejects");
    assert_eq!(rejects.lines().count(), 1, "{rejects}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_goes_on_when_the_postgresql_source_crashes_and_comes_back() {
    let server = PostgresCluster::own();
    let source = server.database("crash").await;
    source.run(&format!("{MADE}; alter table item add primary key (id)")).await;
    source.run(&made_in(&format!("select i, 'item ' || i from generate_series(1, {ROWS}) i"))).await;
    let place = Place::new().with("ROWFERRY_PASSWORD_SOURCE", &source.password);
    let target = place.sqlite("target.db", MADE);
    place.project(&source.url, "sqlite:target.db", small_chunks);
    let child = place.start(&["run", PROJECT, "--json"]);
    until("enough chunks are in the target", || super::killed::chunks_in(&target) >= CHUNKS / 4);
    server.stop();
    server.start_again();
    completes(&place, child);
    once_each_in_sqlite(&target);
    assert!(log_of(&place).contains("the snapshot was lost at"), "{}", log_of(&place));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_goes_on_when_the_mariadb_target_crashes_and_comes_back() {
    let server = MariaDbServer::own();
    for enough in [1, CHUNKS / 2] {
        let target = server.database("crash").await;
        target.run(&[MADE]).await;
        let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &target.password);
        place.sqlite("source.db", &numbered(ROWS));
        place.project("sqlite:source.db", &target.url, small_chunks);
        let child = place.start(&["run", PROJECT, "--json"]);
        let begun = std::time::Instant::now();
        let mut hand = target.raw().await;
        loop {
            assert!(begun.elapsed().as_secs() < 120, "there never were {enough} chunks");
            let count = "select count(*) from _rowferry_checkpoint where step between 0 and 1000";
            let chunks: Option<i64> =
                mysql_async::prelude::Queryable::query_first(&mut hand, count).await.unwrap_or(None);
            if chunks.is_some_and(|n| n >= enough) {
                break;
            }
        }
        server.stop();
        server.start_again();
        completes(&place, child);
        once_each_in_mariadb(&target).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_goes_on_when_the_mariadb_source_crashes_and_comes_back() {
    let server = MariaDbServer::own();
    let source = server.database("crash").await;
    let rows = made_in(&format!("select seq, concat('item ', seq) from seq_1_to_{ROWS}"));
    // The source's own rows must outlive the crash.
    let waits = "set global innodb_flush_log_at_trx_commit = 1";
    source.run(&[waits, MADE, "alter table item add primary key (id)", &rows, "analyze table item"]).await;
    let place = Place::new().with("ROWFERRY_PASSWORD_SOURCE", &source.password);
    let target = place.sqlite("target.db", MADE);
    place.project(&source.url, "sqlite:target.db", small_chunks);
    let child = place.start(&["run", PROJECT, "--json"]);
    until("enough chunks are in the target", || super::killed::chunks_in(&target) >= CHUNKS / 4);
    server.stop();
    server.start_again();
    completes(&place, child);
    once_each_in_sqlite(&target);
}

/// Faults at random points, some of which hit the very beginning.
fn faults(moments: &mut Moments) -> Vec<Fault> {
    (0..7)
        .map(|n| {
            let how = How::ALL[moments.next(How::ALL.len() as u64) as usize];
            // The first one comes to pass for certain.
            let most = if n == 0 { 2_000 } else { [2_000, 20_000, 200_000][moments.next(3) as usize] };
            Fault { after: moments.next(most), how }
        })
        .collect()
}

fn through(role: &'static str, url: String) -> impl FnOnce(&mut Value) {
    move |document| {
        small_chunks(document);
        document["options"]["jobs"] = json!(2);
        document["connections"][role]["url"] = json!(url);
    }
}

/// Runs, and goes on as often as it takes: there are fewer faults than tries.
fn goes_through(place: &Place, what: &str) {
    let mut ran = place.run(&["run", PROJECT]);
    for _ in 0..12 {
        if ran.code == Some(0) {
            return;
        }
        assert_eq!(ran.code, Some(1), "{what}\n{}\n{}", ran.out, ran.err);
        assert!(!ran.err.contains("panicked") && !ran.err.contains("defect"), "{what}\n{}", ran.err);
        let none = place.run(&["runs", "--json"]).lines().is_empty();
        ran = match none {
            true => place.run(&["run", PROJECT]),
            false => place.run(&["resume", &place.last_run()]),
        };
    }
    panic!("{what}: it never completed\n{}\n{}", ran.out, ran.err);
}

fn port(url: &str) -> u16 {
    let (_, tail) = url.rsplit_once(':').expect("a URL with a port");
    tail.split('/').next().and_then(|p| p.parse().ok()).expect("a port")
}

const ROUNDS: usize = 4;

#[tokio::test(flavor = "multi_thread")]
async fn cut_connections_to_a_postgresql_target_cost_no_row() {
    let mut moments = Moments::seeded();
    let mut cuts = 0;
    for round in 0..ROUNDS {
        let target = PostgresCluster::shared().database("cut").await;
        target.run(MADE).await;
        let what = format!("seed {}, round {round}", moments.seed);
        let proxy = Proxy::to(port(&target.url), faults(&mut moments)).await;
        let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &target.password);
        place.sqlite("source.db", &numbered(ROWS));
        place.project("sqlite:source.db", &target.url, through("target", proxy.before(&target.url)));
        tokio::task::block_in_place(|| goes_through(&place, &what));
        cuts += proxy.cuts();
        once_each_in_postgres(&target).await;
    }
    // A connection may end before its fault comes; not every one does.
    assert!(cuts > 0, "seed {}: nothing was cut", moments.seed);
}

#[tokio::test(flavor = "multi_thread")]
async fn cut_connections_to_a_postgresql_source_cost_no_row() {
    let mut moments = Moments::seeded();
    let mut cuts = 0;
    let source = PostgresCluster::shared().database("cut").await;
    source.run(&format!("{MADE}; alter table item add primary key (id)")).await;
    source.run(&made_in(&format!("select i, 'item ' || i from generate_series(1, {ROWS}) i"))).await;
    for round in 0..ROUNDS {
        let what = format!("seed {}, round {round}", moments.seed);
        let proxy = Proxy::to(port(&source.url), faults(&mut moments)).await;
        let place = Place::new().with("ROWFERRY_PASSWORD_SOURCE", &source.password);
        let target = place.sqlite("target.db", MADE);
        place.project(&source.url, "sqlite:target.db", through("source", proxy.before(&source.url)));
        tokio::task::block_in_place(|| goes_through(&place, &what));
        cuts += proxy.cuts();
        once_each_in_sqlite(&target);
    }
    // A connection may end before its fault comes; not every one does.
    assert!(cuts > 0, "seed {}: nothing was cut", moments.seed);
}

#[tokio::test(flavor = "multi_thread")]
async fn cut_connections_to_a_mariadb_target_cost_no_row() {
    let mut moments = Moments::seeded();
    let mut cuts = 0;
    for round in 0..ROUNDS {
        let target = MariaDbServer::shared().database("cut").await;
        target.run(&[MADE]).await;
        let what = format!("seed {}, round {round}", moments.seed);
        let proxy = Proxy::to(port(&target.url), faults(&mut moments)).await;
        let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &target.password);
        place.sqlite("source.db", &numbered(ROWS));
        place.project("sqlite:source.db", &target.url, through("target", proxy.before(&target.url)));
        tokio::task::block_in_place(|| goes_through(&place, &what));
        cuts += proxy.cuts();
        once_each_in_mariadb(&target).await;
    }
    // A connection may end before its fault comes; not every one does.
    assert!(cuts > 0, "seed {}: nothing was cut", moments.seed);
}

#[tokio::test(flavor = "multi_thread")]
async fn cut_connections_to_a_mariadb_source_cost_no_row() {
    let mut moments = Moments::seeded();
    let mut cuts = 0;
    let source = MariaDbServer::shared().database("cut").await;
    let rows = made_in(&format!("select seq, concat('item ', seq) from seq_1_to_{ROWS}"));
    source.run(&[MADE, "alter table item add primary key (id)", &rows, "analyze table item"]).await;
    for round in 0..ROUNDS {
        let what = format!("seed {}, round {round}", moments.seed);
        let proxy = Proxy::to(port(&source.url), faults(&mut moments)).await;
        let place = Place::new().with("ROWFERRY_PASSWORD_SOURCE", &source.password);
        let target = place.sqlite("target.db", MADE);
        place.project(&source.url, "sqlite:target.db", through("source", proxy.before(&source.url)));
        tokio::task::block_in_place(|| goes_through(&place, &what));
        cuts += proxy.cuts();
        once_each_in_sqlite(&target);
    }
    // A connection may end before its fault comes; not every one does.
    assert!(cuts > 0, "seed {}: nothing was cut", moments.seed);
}
