//! Connections that break during a run: what was under way is tried again, and every row arrives once.

use rowferry_tests::mariadb::MariaDbServer;
use rowferry_tests::postgres::{Database, PostgresCluster};
use rusqlite::Connection;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, raw_sql};

use super::killed::until;
use super::{PROJECT, Place, numbered, small_chunks};

const ROWS: u32 = 4_000;

fn one_at_a_time(document: &mut Value) {
    small_chunks(document);
    document["options"]["jobs"] = json!(1);
}

fn log_of(place: &Place) -> (u64, String) {
    let report = place.run(&["report", &place.last_run(), "--format", "json"]);
    let report: Value = serde_json::from_str(&report.expect(0).out).expect("JSON");
    (report["retries"].as_u64().expect("a number"), report["consistency"].as_str().expect("words").to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_into_postgresql_goes_on_when_its_sessions_are_ended() {
    let target = PostgresCluster::shared().database("retried").await;
    target.run("create table item (id integer not null, label text not null)").await;
    let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &target.password);
    place.sqlite("source.db", &numbered(ROWS));
    place.project("sqlite:source.db", &target.url, one_at_a_time);
    let child = place.start(&["run", PROJECT, "--json"]);
    let mut own = target.raw().await;
    let mut ended: i64 = 0;
    let begun = std::time::Instant::now();
    for enough in [5, 40, 80] {
        loop {
            assert!(begun.elapsed().as_secs() < 120, "there never were {enough} checkpoints");
            let chunks: Option<i64> =
                sqlx::query_scalar("select count(*) from _rowferry_checkpoint").fetch_one(&mut own).await.ok();
            if chunks.is_some_and(|n| n >= enough) {
                break;
            }
            tokio::task::yield_now().await;
        }
        let end = "select count(pg_terminate_backend(pid)) from pg_stat_activity \
                   where datname = current_database() and application_name = 'rowferry'";
        ended += sqlx::query_scalar::<_, i64>(end).fetch_one(&mut own).await.expect("they end");
    }
    let ran = super::Ran::of(child.wait_with_output().expect("it ends"));
    ran.expect(0);
    assert!(ended > 0 && log_of(&place).0 > 0, "{ended} sessions were ended");
    assert_eq!(target.scalar::<i64>("select count(*) from item").await, i64::from(ROWS));
    assert_eq!(target.scalar::<i64>("select count(distinct id) from item").await, i64::from(ROWS));
    let left = "select count(*) from pg_class where relname = '_rowferry_checkpoint'";
    assert_eq!(target.scalar::<i64>(left).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_out_of_postgresql_that_loses_its_snapshot_goes_on_and_says_so() {
    let source = PostgresCluster::shared().database("retried_source").await;
    source
        .run(&format!(
            "create table item as select i as id, 'item ' || i as label from generate_series(1, {ROWS}) i; \
                         alter table item add primary key (id); analyze item"
        ))
        .await;
    let place = Place::new().with("ROWFERRY_PASSWORD_SOURCE", &source.password);
    let target = place.sqlite("target.db", "create table item (id integer not null, label text not null);");
    place.project(&source.url, "sqlite:target.db", one_at_a_time);
    let child = place.start(&["run", PROJECT, "--json"]);
    until("chunks are in the target", || super::killed::chunks_in(&target) >= 10);
    let end = "select pg_terminate_backend(pid) from pg_stat_activity \
               where datname = current_database() and application_name = 'rowferry'";
    source.run(end).await;
    super::Ran::of(child.wait_with_output().expect("it ends")).expect(0);
    whole(&target);
    let (retries, consistency) = log_of(&place);
    assert!(retries > 0);
    assert!(consistency.contains("the snapshot was lost at"), "{consistency}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_out_of_mariadb_goes_on_when_its_sessions_are_killed() {
    let source = MariaDbServer::shared().database("retried").await;
    source
        .run(&[
            "create table item (id int primary key, label text not null)",
            &format!("insert into item select seq, concat('item ', seq) from seq_1_to_{ROWS}"),
            "analyze table item",
        ])
        .await;
    let place = Place::new().with("ROWFERRY_PASSWORD_SOURCE", &source.password);
    let target = place.sqlite("target.db", "create table item (id integer not null, label text not null);");
    place.project(&source.url, "sqlite:target.db", one_at_a_time);
    let child = place.start(&["run", PROJECT, "--json"]);
    until("chunks are in the target", || super::killed::chunks_in(&target) >= 10);
    let own: Vec<u64> = source.rows("select connection_id()").await;
    let others: Vec<u64> = source.rows("select id from information_schema.processlist where db = database()").await;
    for id in others.iter().filter(|id| !own.contains(id)) {
        // Some have ended by themselves.
        let mut raw = source.raw().await;
        let _ = mysql_async::prelude::Queryable::query_drop(&mut raw, format!("kill {id}")).await;
    }
    super::Ran::of(child.wait_with_output().expect("it ends")).expect(0);
    whole(&target);
    assert!(log_of(&place).0 > 0);
}

/// Ends the session of the run that waits for a lock on the table, as soon as there is one.
async fn end_who_waits_for(target: &Database, table: &str) {
    let mut hand = target.raw().await;
    let begun = std::time::Instant::now();
    let end =
        format!("select pg_terminate_backend(pid) from pg_locks where not granted and relation = '{table}'::regclass");
    loop {
        assert!(begun.elapsed().as_secs() < 120, "nobody ever waited for {table}");
        if !raw_sql(AssertSqlSafe(end.as_str())).fetch_all(&mut hand).await.expect("it is asked").is_empty() {
            return;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn triggers_of_a_postgresql_target_are_switched_again_when_the_session_is_ended() {
    let target = PostgresCluster::shared().database("retried_triggers").await;
    target
        .run(
            "create table item (id integer primary key, label text not null);
             create function refuse() returns trigger language plpgsql as 'begin raise exception ''no''; end';
             create trigger refuse before insert on item for each row execute function refuse();",
        )
        .await;
    let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &target.password);
    place.sqlite("source.db", &numbered(100));
    place.project("sqlite:source.db", &target.url, |document| {
        document["tables"][0]["triggers"] = json!("disable");
    });
    // Rows may be counted, and nothing be altered.
    let mut hand = target.raw().await;
    raw_sql("begin; lock table item in share mode").execute(&mut hand).await.expect("the lock");
    let child = place.start(&["run", PROJECT, "--json"]);
    end_who_waits_for(&target, "item").await;
    raw_sql("rollback").execute(&mut hand).await.expect("the lock is given back");
    super::Ran::of(child.wait_with_output().expect("it ends")).expect(0);
    assert!(log_of(&place).0 > 0);
    assert_eq!(target.scalar::<i64>("select count(*) from item").await, 100);
    let state = "select tgenabled::text from pg_trigger where tgname = 'refuse'";
    assert_eq!(target.scalar::<String>(state).await, "O");
}

#[tokio::test(flavor = "multi_thread")]
async fn orphans_of_a_postgresql_target_are_looked_for_again_when_the_session_is_ended() {
    let target = PostgresCluster::shared().database("retried_orphans").await;
    let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &target.password);
    place.sqlite(
        "source.db",
        &format!(
            "create table parent (id integer primary key); insert into parent values (1);
             create table child (id integer primary key, parent integer not null references parent (id));
             insert into child with recursive i(n) as (select 1 union all select n + 1 from i where n < {ROWS})
             select n, 1 from i;"
        ),
    );
    place.project("sqlite:source.db", &target.url, one_at_a_time);
    let mut gate = target.raw().await;
    raw_sql("select pg_advisory_lock(42)").execute(&mut gate).await.expect("the gate");
    let child = place.start(&["run", PROJECT, "--json"]);
    // The gate stands behind the last chunk: the checkpoint that makes the load last waits there.
    let closed = "create or replace function wait() returns trigger language plpgsql as
            'begin perform pg_advisory_xact_lock(42); return new; end';
        create trigger wait before insert on _rowferry_checkpoint for each row
            when (new.step between 1000 and 2147483643) execute function wait();";
    let begun = std::time::Instant::now();
    while raw_sql(closed).execute(&mut gate).await.is_err() {
        assert!(begun.elapsed().as_secs() < 120, "there never was a checkpoint table");
    }
    let waits = "select count(*) from pg_locks where locktype = 'advisory' and not granted";
    while target.scalar::<i64>(waits).await == 0 {
        assert!(begun.elapsed().as_secs() < 120, "nobody came to the gate");
    }
    let mut hand = target.raw().await;
    raw_sql("begin; lock table child in access exclusive mode").execute(&mut hand).await.expect("the lock");
    raw_sql("select pg_advisory_unlock(42)").execute(&mut gate).await.expect("the gate opens");
    end_who_waits_for(&target, "child").await;
    raw_sql("rollback").execute(&mut hand).await.expect("the lock is given back");
    let ran = super::Ran::of(child.wait_with_output().expect("it ends"));
    ran.expect(0);
    assert!(ran.out.contains("looking for orphans of public.child is tried again"), "{}", ran.out);
    let keys = "select count(*) from pg_constraint where contype = 'f' and convalidated";
    assert_eq!(target.scalar::<i64>(keys).await, 1);
}

fn whole(target: &Connection) {
    assert_eq!(super::scalar(target, "select count(*) from item"), i64::from(ROWS));
    assert_eq!(super::scalar(target, "select count(distinct id) from item"), i64::from(ROWS));
}
