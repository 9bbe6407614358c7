//! A run that is resumed finds its target's tables as it left them, or says what was changed and stops.

use rowferry_tests::mariadb::MariaDbServer;
use rowferry_tests::postgres::PostgresCluster;

use super::killed::{chunks_in, until};
use super::{PROJECT, Place, numbered, scalar, small_chunks};

const ROWS: u32 = 20_000;

/// Starts the run and kills it when its events say that some chunks are in.
fn killed_half_way(place: &Place) {
    use std::io::{BufRead, BufReader};
    let mut child = place.start(&["run", PROJECT, "--json"]);
    let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    let mut written = false;
    for line in lines.map_while(Result::ok) {
        let event: serde_json::Value = serde_json::from_str(&line).expect("JSON");
        let tables = event["tables"].as_array().cloned().unwrap_or_default();
        written = tables.iter().any(|t| t["chunks_done"].as_u64() > Some(0));
        if written {
            break;
        }
    }
    child.kill().expect("SIGKILL");
    assert_eq!(child.wait().expect("it is gone").code(), None, "it was killed");
    assert!(written, "no chunk was told of");
}

#[track_caller]
fn refused(place: &Place, words: &str) {
    let run = place.last_run();
    place.run(&["resume", &run]).expect(2).complains(words).complains("Put it back as it was and resume");
}

#[test]
fn a_changed_sqlite_target_is_refused_until_it_is_put_back() {
    let place = Place::new();
    place.sqlite("source.db", &numbered(ROWS));
    place.project("sqlite:source.db", "sqlite:target.db", small_chunks);
    let target = place.sqlite("target.db", "");
    let mut child = place.start(&["run", PROJECT, "--json"]);
    until("chunks are in the target", || chunks_in(&target) >= 10);
    child.kill().expect("SIGKILL");
    child.wait().expect("it is gone");
    target.execute_batch("alter table item add column more text").expect("another column");
    refused(&place, "the target table main.item, column more is not as the run left it: the column is new");
    target.execute_batch("alter table item drop column more").expect("it goes");
    target.execute_batch("alter table item rename to other").expect("another name");
    refused(&place, "the target table main.item is not as the run left it: it is not there any more");
    target.execute_batch("alter table other rename to item").expect("its name");
    place.run(&["resume", &place.last_run()]).expect(0);
    assert_eq!(scalar(&target, "select count(*) from item where label = 'item ' || id"), i64::from(ROWS));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_postgresql_target_is_refused_until_it_is_put_back() {
    for made_before in [None, Some("create table item (id bigint primary key, label text not null)")] {
        let target = PostgresCluster::shared().database("changed").await;
        if let Some(sql) = made_before {
            target.run(sql).await;
        }
        let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &target.password);
        place.sqlite("source.db", &numbered(ROWS));
        place.project("sqlite:source.db", &target.url, small_chunks);
        tokio::task::block_in_place(|| killed_half_way(&place));
        for (change, back, words) in [
            (
                "alter table item alter label type varchar(500)",
                "alter table item alter label type text",
                "public.item, column label is not as the run left it: its type was text, and is character varying(500)",
            ),
            (
                "alter table item alter label drop not null",
                "alter table item alter label set not null",
                "public.item, column label is not as the run left it: it could not be NULL",
            ),
            (
                "alter table item rename label to name",
                "alter table item rename name to label",
                "public.item, column label is not as the run left it: the column is not there any more",
            ),
        ] {
            target.run(change).await;
            refused(&place, words);
            target.run(back).await;
        }
        // What the run itself would do later, and what no row depends on, is no change.
        target.run("create index on item (label); comment on column item.label is 'x'").await;
        place.run(&["resume", &place.last_run()]).expect(0);
        let each = "select count(distinct id) from item where label = 'item ' || id";
        assert_eq!(target.scalar::<i64>(each).await, i64::from(ROWS));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_mariadb_target_is_refused_until_it_is_put_back() {
    let target = MariaDbServer::shared().database("changed").await;
    let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &target.password);
    place.sqlite("source.db", &numbered(ROWS));
    place.project("sqlite:source.db", &target.url, small_chunks);
    tokio::task::block_in_place(|| killed_half_way(&place));
    target.run(&["alter table item modify label varchar(500) not null"]).await;
    refused(&place, "item, column label is not as the run left it: its type was longtext, and is varchar(500)");
    target.run(&["alter table item modify label longtext not null"]).await;
    place.run(&["resume", &place.last_run()]).expect(0);
    let each: Vec<u64> = target.rows("select count(distinct id) from item where label = concat('item ', id)").await;
    assert_eq!(each, [u64::from(ROWS)]);
}
