//! Checks that rows would violate are found before the run, and constraints that can wait for a transaction's end do.

use rowferry_tests::postgres::PostgresCluster;

use super::examined::{coded, seen};
use super::{PROJECT, Place};

const ITEMS: &str = "create table item (id integer primary key, price numeric(10,2), note varchar(20),
     constraint sold check (price > 0), check (length(note) < 5));
     pragma ignore_check_constraints = on;
     insert into item values (1, 1.5, 'ok'), (2, -1, 'ok'), (3, 0, null), (4, null, 'too long');";

#[tokio::test(flavor = "multi_thread")]
async fn a_check_that_rows_violate_blocks_the_run_and_can_be_left_out() {
    let target = PostgresCluster::shared().database("checks").await;
    let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &target.password);
    place.sqlite("source.db", ITEMS);
    place.project("sqlite:source.db", &target.url, |_| {});
    assert_eq!(
        seen(&place),
        [
            "blocks check-violated [note] 1 id=4: Leave the check out",
            "blocks check-violated [price] 2 id=2: Leave the check out",
        ]
    );
    let printed = place.run(&["check", PROJECT, "--examples"]).out;
    assert!(printed.contains("price=-1.00") && printed.contains("note=too long"), "{printed}");
    place.run(&["check", PROJECT, "--choose", "1,2"]).expect(0);
    assert!(seen(&place).is_empty());
    place.run(&["run", PROJECT]).expect(0);
    assert_eq!(target.scalar::<i64>("select count(*) from item").await, 4);
    assert_eq!(
        target
            .scalar::<i64>("select count(*) from pg_constraint where contype = 'c' and conrelid = 'item'::regclass")
            .await,
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_of_a_table_that_exists_is_a_warning_and_its_rows_are_rejected() {
    let target = PostgresCluster::shared().database("checks_there").await;
    target
        .run(
            "create table item (id int primary key, price numeric(10,2) check (price between 0 and 100), note text,
             constraint odd check (note ~ '^o'))",
        )
        .await;
    let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &target.password);
    place.sqlite("source.db", ITEMS);
    place.project("sqlite:source.db", &target.url, |_| {});
    assert_eq!(seen(&place), ["warning check-violated [price] 1 id=2: "]);
    let unknown = coded(&place, "check-violated");
    assert!(unknown.iter().any(|f| f["severity"] == "note" && f["message"].to_string().contains("odd")), "{unknown:?}");
    place.run(&["run", PROJECT]).expect(3);
    assert_eq!(target.scalar::<i64>("select count(*) from item").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn deferrable_keys_wait_for_a_chunks_end_and_rows_at_fault_are_found_all_the_same() {
    for (number, when) in ["initially immediate", "initially deferred"].into_iter().enumerate() {
        let target = PostgresCluster::shared().database(&format!("deferrable_{number}")).await;
        target
            .run(&format!(
                "create table item (id int primary key, follows int references item (id) deferrable {when},
                 price int check (price >= 0), pad text)"
            ))
            .await;
        let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &target.password);
        // Each row refers to the one behind it, so that batches refer to later ones; the last one to the first.
        place.sqlite(
            "source.db",
            "create table item (id integer primary key, follows integer, price integer, pad text);
             insert into item with recursive n(i) as (select 1 union all select i + 1 from n where i < 600)
             select i, i % 600 + 1, case when i = 300 then -1 else 1 end, printf('%0300d', i) from n;",
        );
        place.project("sqlite:source.db", &target.url, |project| {
            project["options"]["batch_bytes"] = 65_536.into();
            project["tables"][0]["filter"] = "id <> 300".into();
        });
        // Row 299 refers to one that is left out, and takes with it all that refer to it: those before, in a circle.
        let ran = place.run(&["run", PROJECT]);
        ran.expect(3);
        assert_eq!(target.scalar::<i64>("select count(*) from item").await, 0, "{when}");
        place.project("sqlite:source.db", &target.url, |project| {
            project["options"]["batch_bytes"] = 65_536.into();
            project["tables"][0]["columns"][2]["expression"] = "abs(price)".into();
            project["tables"][0]["columns"][2]["from"] = serde_json::json!(["price"]);
        });
        place.run(&["run", PROJECT]).expect(0);
        assert_eq!(target.scalar::<i64>("select count(*) from item").await, 600, "{when}");
        target.run("delete from item").await;
        // A value that the check refuses makes the chunk go in by batches, which refer to later ones.
        place.project("sqlite:source.db", &target.url, |project| {
            project["options"]["batch_bytes"] = 65_536.into();
            project["tables"][0]["columns"][1]["expression"] =
                "case when id in (299, 600) then null else follows end".into();
            project["tables"][0]["columns"][1]["from"] = serde_json::json!(["id", "follows"]);
        });
        place.run(&["run", PROJECT]).expect(3);
        assert_eq!(target.scalar::<i64>("select count(*) from item").await, 599, "{when}");
    }
}
