//! A rollback takes out what the run wrote, and nothing that somebody else did.

use rowferry_tests::mariadb::MariaDbServer;
use rowferry_tests::postgres::PostgresCluster;

use super::{PROJECT, Place, numbered, scalar};

#[test]
fn rows_that_others_added_to_a_created_table_are_not_lost_without_a_word() {
    let place = Place::new();
    place.sqlite("source.db", &numbered(20));
    place.project("sqlite:source.db", "sqlite:target.db", |_| {});
    place.run(&["run", PROJECT]).expect(0);
    let target = place.sqlite("target.db", "insert into item (id, label) values (99, 'mine');");
    let run = place.last_run();
    place.run(&["rollback", &run]).expect(2).complains("main.item holds 21 rows, and the run left 20 there");
    assert_eq!(scalar(&target, "select count(*) from item"), 21, "nothing was done");
    place.run(&["rollback", &run, "--force"]).expect(0);
    assert_eq!(scalar(&target, "select count(*) from sqlite_schema where name = 'item'"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_others_added_to_a_table_found_empty_are_kept_on_mariadb() {
    let target = MariaDbServer::shared().database("taken_back").await;
    target.run(&["create table item (id int primary key, label varchar(40) not null)"]).await;
    let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &target.password);
    place.sqlite("source.db", &numbered(20));
    place.project("sqlite:source.db", &target.url, |_| {});
    place.run(&["run", PROJECT]).expect(0);
    target.run(&["insert into item values (99, 'mine')"]).await;
    place.run(&["rollback", &place.last_run()]).expect(2).complains("it was changed since");
    assert_eq!(target.rows::<i64>("select count(*) from item").await, [21]);
    target.run(&["delete from item where id = 99"]).await;
    place.run(&["rollback", &place.last_run()]).expect(0);
    assert_eq!(target.rows::<i64>("select count(*) from item").await, [0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_failed_before_it_created_anything_takes_no_table_of_that_name_away() {
    let target = PostgresCluster::shared().database("taken_back").await;
    let role = format!("taken_back_{}", std::process::id());
    target.run(&format!("drop role if exists {role}; create role {role} login password 'limited'")).await;
    let (_, place_of) = target.url.rsplit_once('@').expect("a user in the URL");
    let url = format!("postgres://{role}@{place_of}");
    let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", "limited");
    place.sqlite("source.db", &numbered(20));
    place.project("sqlite:source.db", &url, |_| {});
    place.run(&["run", PROJECT]).expect(1);
    target
        .run(&format!(
            "create table item (id integer primary key, label text); insert into item values (1, 'theirs');
             alter table item owner to {role}"
        ))
        .await;
    place.run(&["rollback", &place.last_run()]).expect(0);
    assert_eq!(target.scalar::<i64>("select count(*) from item").await, 1);
    target.run(&format!("drop table item; drop role {role}")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn created_tables_that_refer_to_each_other_are_taken_back_on_postgresql() {
    let target = PostgresCluster::shared().database("taken_back_circle").await;
    let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &target.password);
    place.sqlite(
        "source.db",
        "pragma foreign_keys = off;
         create table boss (id integer primary key, shop integer references shop (id));
         create table shop (id integer primary key, boss integer references boss (id));
         insert into boss values (1, 1); insert into shop values (1, 1);",
    );
    place.project("sqlite:source.db", &target.url, |_| {});
    place.run(&["run", PROJECT]).expect(0);
    place.run(&["rollback", &place.last_run()]).expect(0);
    assert_eq!(target.scalar::<i64>("select count(*) from pg_tables where schemaname = 'public'").await, 0);
}
