//! Triggers of a target: the plan names them, and a run that disables them puts each back into its own state, however
//! it ends.

use std::time::{Duration, Instant};

use rowferry_tests::mariadb::MariaDbServer;
use rowferry_tests::postgres::{Database, PostgresCluster};
use serde_json::Value;

use crate::cli::{PROJECT, Place, numbered, small_chunks};

const ROWS: u32 = 20_000;

async fn target(name: &str) -> Database {
    let database = PostgresCluster::shared().database(name).await;
    database
        .run(
            "create table item (id bigint primary key, label text not null); create table fired (name text);
             create function note() returns trigger language plpgsql as
                 'begin insert into fired values (tg_name); return new; end';
             create trigger a_usual after insert on item for each row execute function note();
             create trigger b_always after insert on item for each row execute function note();
             create trigger c_off after insert on item for each row execute function note();
             create trigger d_replica after insert on item for each row execute function note();
             alter table item enable always trigger b_always; alter table item disable trigger c_off;
             alter table item enable replica trigger d_replica",
        )
        .await;
    database
}

async fn states(database: &Database) -> String {
    let sql = "select string_agg(tgenabled::text, '' order by tgname) from pg_trigger where tgrelid = 'item'::regclass";
    database.scalar::<String>(sql).await
}

async fn fired(database: &Database) -> i64 {
    database.scalar("select count(*) from fired").await
}

fn disable(document: &mut Value) {
    small_chunks(document);
    let tables = document["tables"].as_array_mut().expect("tables");
    tables.iter_mut().for_each(|t| t["triggers"] = "disable".into());
}

fn place(database: &Database) -> Place {
    Place::new().with("ROWFERRY_PASSWORD_TARGET", &database.password)
}

#[tokio::test]
async fn triggers_fire_unless_they_are_disabled_and_the_plan_says_which() {
    let database = target("triggers_success").await;
    let place = place(&database);
    place.sqlite("source.db", &numbered(100));
    place.project("sqlite:source.db", &database.url, small_chunks);
    let said = place.run(&["check", PROJECT, "--json"]);
    assert!(said.out.contains("a_usual, b_always") && !said.out.contains("c_off"), "{}", said.out);
    place.run(&["run", PROJECT]).expect(0);
    assert_eq!(fired(&database).await, 200, "two of them fire as usual");

    database.run("truncate item, fired").await;
    place.project("sqlite:source.db", &database.url, disable);
    place.run(&["run", PROJECT]).expect(0);
    assert_eq!((fired(&database).await, states(&database).await.as_str()), (0, "OADR"));
}

#[tokio::test]
async fn triggers_are_back_in_their_states_after_a_failure() {
    let database = target("triggers_failure").await;
    database.run("alter table item add constraint few check (id < 50)").await;
    let place = place(&database);
    place.sqlite("source.db", &numbered(100));
    place.project("sqlite:source.db", &database.url, |document| {
        disable(document);
        document["options"]["reject_limit"] = 0.into();
    });
    let ran = place.run(&["run", PROJECT]);
    assert_ne!(ran.code, Some(0), "{}", ran.out);
    assert_eq!((fired(&database).await, states(&database).await.as_str()), (0, "OADR"));
}

#[tokio::test]
async fn triggers_are_back_in_their_states_when_a_killed_run_is_resumed_or_rolled_back() {
    for end in ["resume", "rollback"] {
        let database = target("triggers_killed").await;
        let place = place(&database);
        place.sqlite("source.db", &numbered(ROWS));
        place.project("sqlite:source.db", &database.url, disable);
        let mut child = place.start(&["run", PROJECT, "--json"]);
        let begun = Instant::now();
        let count = "select case when to_regclass('_rowferry_checkpoint') is null then 0 else
             (xpath('/row/c/text()', query_to_xml('select count(*) c from _rowferry_checkpoint where step < 1000',
                 false, true, '')))[1]::text::bigint end";
        while database.scalar::<i64>(count).await < 20 {
            assert!(begun.elapsed() < Duration::from_secs(120), "the run made no progress");
        }
        child.kill().expect("SIGKILL");
        child.wait().expect("it is gone");
        assert_eq!(states(&database).await, "DDDR", "nobody was there to put them back");
        let others =
            "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";
        while database.scalar::<i64>(others).await > 0 {
            assert!(begun.elapsed() < Duration::from_secs(120), "the killed process's sessions never ended");
        }
        place.run(&[end, &place.last_run()]).expect(0);
        assert_eq!((fired(&database).await, states(&database).await.as_str()), (0, "OADR"), "{end}");
        let rows: i64 = database.scalar("select count(*) from item").await;
        assert_eq!(rows, if end == "resume" { i64::from(ROWS) } else { 0 });
    }
}

#[tokio::test]
async fn of_a_database_that_cannot_disable_triggers_the_plan_says_so() {
    let server = MariaDbServer::shared().database("triggers").await;
    server
        .run(&[
            "create table item (id bigint primary key, label text not null)",
            "create trigger watch before insert on item for each row set new.label = concat(new.label, '')",
        ])
        .await;
    let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &server.password);
    place.sqlite("source.db", &numbered(10));
    place.project("sqlite:source.db", &server.url, disable);
    let said = place.run(&["check", PROJECT, "--json"]);
    assert!(said.out.contains("this database cannot disable them: watch"), "{}", said.out);
}
