//! Enumerations keep their labels in their order, and what is no label is said.

use rowferry_tests::mariadb::MariaDbServer;
use rowferry_tests::postgres::PostgresCluster;

use super::examined::{coded, seen};
use super::{PROJECT, Place};

const LABELS: &str = "select string_agg(t.typname || ':' || e.enumlabel, ',' order by t.typname, e.enumsortorder)
     from pg_enum e join pg_type t on t.oid = e.enumtypid";

#[tokio::test(flavor = "multi_thread")]
async fn between_two_postgresql_servers_a_type_is_made_once_and_a_rollback_drops_it() {
    let cluster = PostgresCluster::shared();
    let (source, target) = (cluster.database("enums_from").await, cluster.database("enums_to").await);
    source
        .run(
            "create type \"My Mood\" as enum ('sad', 'it''s ok', 'happy', '');
             create table a (id int primary key, mood \"My Mood\" not null default 'happy');
             create table b (id int primary key, mood \"My Mood\");
             insert into a values (1, 'sad'), (2, 'happy'), (3, ''); insert into b values (1, null), (2, 'it''s ok')",
        )
        .await;
    let place = Place::new()
        .with("ROWFERRY_PASSWORD_SOURCE", &source.password)
        .with("ROWFERRY_PASSWORD_TARGET", &target.password);
    let before = target.dump();
    place.project(&source.url, &target.url, |_| {});
    place.run(&["run", PROJECT]).expect(0);
    assert_eq!(target.scalar::<String>(LABELS).await, source.scalar::<String>(LABELS).await);
    let sorted =
        "select string_agg(mood::text, ',' order by mood) from (select mood from a union all select mood from b) m";
    assert_eq!(target.scalar::<String>(sorted).await, "sad,it's ok,happy,");
    let default = "select pg_get_expr(adbin, adrelid) from pg_attrdef where adrelid = 'a'::regclass";
    assert_eq!(target.scalar::<String>(default).await, "'happy'::\"My Mood\"");
    place.run(&["rollback", &place.last_run()]).expect(0);
    assert_eq!(target.dump(), before);
    // One of that name and those labels that is there already is used, and stays.
    target.run("create type \"My Mood\" as enum ('sad', 'it''s ok', 'happy', '')").await;
    place.run(&["run", PROJECT]).expect(0);
    place.run(&["rollback", &place.last_run()]).expect(0);
    assert_eq!(target.scalar::<i64>("select count(*) from pg_enum").await, 4);
    // One with other labels has that name: the run's gets another.
    target.run("drop type \"My Mood\"; create type \"My Mood\" as enum ('grumpy')").await;
    place.run(&["run", PROJECT]).expect(0);
    let named = "select count(*) from pg_type where typname = 'My Mood_2' and typtype = 'e'";
    assert_eq!(target.scalar::<i64>(named).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn mariadb_and_postgresql_give_each_other_their_enumerations_and_the_empty_one_is_found() {
    let source = MariaDbServer::shared().database("enums").await;
    source
        .run(&[
            "set session sql_mode = ''",
            "create table item (id int primary key, size enum('large', 'it''s', 'a\\\\b', 'كبير') character set utf8mb4 not null default 'large', \
             other enum('x', ''))",
            "insert into item values (1, 'large', ''), (2, 'no such', null), (3, 'كبير', 'x'), (4, 'a\\\\b', 'x')",
        ])
        .await;
    let target = PostgresCluster::shared().database("enums_mariadb").await;
    let place = Place::new()
        .with("ROWFERRY_PASSWORD_SOURCE", &source.password)
        .with("ROWFERRY_PASSWORD_TARGET", &target.password);
    place.project(&source.url, &target.url, |_| {});
    assert_eq!(seen(&place), ["warning unreadable-values [size] 1 id=2: Read as text"]);
    place.run(&["run", PROJECT]).expect(3);
    let labels = target.scalar::<String>(LABELS).await;
    assert_eq!(labels, "item_other:x,item_other:,item_size:large,item_size:it's,item_size:a\\b,item_size:كبير");
    let rows = "select string_agg(format('%s=%s/%s', id, size, other), ' ' order by size) from item";
    assert_eq!(target.scalar::<String>(rows).await, "1=large/ 4=a\\b/x 3=كبير/x");

    let back = MariaDbServer::shared().database("enums_back").await;
    let place = Place::new()
        .with("ROWFERRY_PASSWORD_SOURCE", &target.password)
        .with("ROWFERRY_PASSWORD_TARGET", &back.password);
    place.project(&target.url, &back.url, |_| {});
    place.run(&["run", PROJECT]).expect(0);
    let types = "select column_type from information_schema.columns where table_schema = database() \
                 and data_type = 'enum' order by column_name";
    let original = source.rows::<String>(types).await;
    assert_eq!(back.rows::<String>(types).await, original);
    let sorted = "select id from item order by size";
    assert_eq!(back.rows::<i32>(sorted).await, [1, 4, 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn between_two_mariadb_servers_types_of_its_own_stay_what_they_are() {
    let server = MariaDbServer::shared();
    let (source, target) = (server.database("own_types_from").await, server.database("own_types_to").await);
    source
        .run(&[
            "create table t (id mediumint unsigned zerofill primary key, size enum('b', 'a''c', 'x\\\\y'), \
             tags set('b', 'a', 'c\\\\d') not null default 'b', y year, bits bit(8), one bit(1), \
             at timestamp(3) null, made timestamp not null default current_timestamp())",
            "insert into t values (7, 'a''c', 'a,c\\\\d', 0, b'10000001', b'1', '2020-02-03 04:05:06.789', \
             '2020-01-01 00:00:00'), (8, null, '', 1901, null, b'0', null, '2038-01-19 03:14:07')",
        ])
        .await;
    let place = Place::new()
        .with("ROWFERRY_PASSWORD_SOURCE", &source.password)
        .with("ROWFERRY_PASSWORD_TARGET", &target.password);
    place.project(&source.url, &target.url, |_| {});
    assert!(coded(&place, "lossy-cast").is_empty());
    place.run(&["run", PROJECT]).expect(0);
    let types = "select concat_ws(' ', column_name, column_type, is_nullable, column_default, extra) \
                 from information_schema.columns where table_schema = database() order by ordinal_position";
    assert_eq!(target.rows::<String>(types).await, source.rows::<String>(types).await);
    let rows = "select concat_ws('|', id, size, tags, y, bits + 0, one + 0, at, made) from t order by id";
    assert_eq!(target.rows::<String>(rows).await, source.rows::<String>(rows).await);
}
