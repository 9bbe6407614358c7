//! Chunks, what is refused, sequences, orphans and DDL.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Int32Array, RecordBatch, StringArray};
use rowferry_engine::ErrorKind;
use rowferry_engine::error::Advice;

use super::*;

fn batch(ids: &[i32], texts: &[Option<&str>]) -> RecordBatch {
    let ids: ArrayRef = Arc::new(Int32Array::from(ids.to_vec()));
    let texts: ArrayRef = Arc::new(StringArray::from(texts.to_vec()));
    RecordBatch::try_from_iter_with_nullable([("id", ids, true), ("t", texts, true)]).unwrap()
}

#[tokio::test]
async fn refused_batches_leave_the_chunk_going_and_tell_no_value() {
    let database = database("refused").await;
    database
        .run("create type mood as enum ('glad'); create table t (id int primary key check (id < 100), t text not null);
              create table e (id int, t mood); create table u (id int, t uuid); create table j (id int, t jsonb);
              create table v (id int, t varchar(3)); create table n (id int, t numeric); create table i (id int, t interval)")
        .await;
    let connection = opened(&database).await;
    let writer = connection.write().unwrap();
    writer.prepare_checkpoints().await.unwrap();
    let names = ["id".to_string(), "t".to_string()];
    for (name, bad, column) in [
        ("t", batch(&[1, 7], &[Some("a"), Some("secret")]), None),
        ("t", batch(&[1, 100], &[Some("a"), Some("secret")]), None),
        ("t", batch(&[1, 2], &[Some("secret"), None]), Some("t")),
        ("t", batch(&[1, 2], &[Some("a"), Some("secret\0")]), Some("t")),
        ("e", batch(&[1, 2], &[Some("glad"), Some("secret")]), Some("t")),
        ("u", batch(&[1], &[Some("secret")]), Some("t")),
        ("j", batch(&[1], &[Some("{\"secret\": ")]), Some("t")),
        ("j", batch(&[1], &[Some("\"secret\\u0000\"")]), Some("t")),
        ("v", batch(&[1], &[Some("secret")]), Some("t")),
        ("n", batch(&[1], &[Some("secret")]), Some("t")),
        ("i", batch(&[1], &[Some("secret")]), Some("t")),
    ] {
        let t = table(&*connection, name).await;
        let mut chunk = writer.begin(&t, &names).await.unwrap();
        let text = match name {
            "e" => "glad",
            "u" => "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
            "j" | "n" => "1",
            "v" => "abc",
            "i" => "1 day",
            _ => "ok",
        };
        chunk.write(&batch(&[7], &[Some(text)])).await.unwrap();
        let error = chunk.write(&bad).await.unwrap_err();
        assert_eq!(error.kind.advice(), Advice::RejectRows, "{name}: {error}");
        assert!(!format!("{error} {error:?}").contains("secret"), "{name}: {error:?}");
        assert_eq!(error.context.column.as_deref(), column, "{name}: {error}");
        chunk.write(&batch(&[8], &[Some(text)])).await.unwrap();
        chunk.commit(&checkpoint(0)).await.unwrap();
        let ids: String = database.scalar(&format!("select string_agg(id::text, ',' order by id) from {name}")).await;
        assert_eq!(ids, "7,8", "{name}");
        database.run(&format!("delete from {name}")).await;
        writer.forget_checkpoints("run").await.unwrap();
        writer.prepare_checkpoints().await.unwrap();
    }
}

#[tokio::test]
async fn rows_and_their_checkpoint_are_in_together_or_not_at_all() {
    let database = database("chunks").await;
    database.run("create table t (id int, t text)").await;
    let connection = opened(&database).await;
    let t = table(&*connection, "t").await;
    let names = ["id".to_string(), "t".to_string()];
    let writer = connection.write().unwrap();
    assert_eq!(writer.checkpoints("run").await.unwrap(), []);
    writer.prepare_checkpoints().await.unwrap();
    writer.prepare_checkpoints().await.unwrap();
    for (n, commits) in [(0, true), (1, false), (2, true)] {
        let mut chunk = writer.begin(&t, &names).await.unwrap();
        chunk.write(&batch(&[n], &[None])).await.unwrap();
        if commits {
            chunk.commit(&checkpoint(n as u32)).await.unwrap();
        } else {
            chunk.rollback().await.unwrap();
        }
    }
    let mut dropped = writer.begin(&t, &names).await.unwrap();
    dropped.write(&batch(&[9], &[None])).await.unwrap();
    drop(dropped);
    assert_eq!(writer.checkpoints("run").await.unwrap(), [checkpoint(0), checkpoint(2)]);
    assert_eq!(writer.checkpoints("other").await.unwrap(), []);
    assert_eq!(database.scalar::<String>("select string_agg(id::text, ',' order by id) from t").await, "0,2");
    // The same chunk a second time is refused whole.
    let mut again = writer.begin(&t, &names).await.unwrap();
    again.write(&batch(&[3], &[None])).await.unwrap();
    assert_eq!(again.commit(&checkpoint(2)).await.unwrap_err().kind, ErrorKind::Busy);
    assert_eq!(connection.read().count(&t).await.unwrap(), 2);
    assert_eq!(connection.catalog().await.unwrap().tables().count(), 1, "the checkpoint table is not shown");
    writer.forget_checkpoints("other").await.unwrap();
    assert_eq!(writer.checkpoints("run").await.unwrap().len(), 2);
    writer.forget_checkpoints("run").await.unwrap();
    assert!(database.scalar::<bool>("select to_regclass('_rowferry_checkpoint') is null").await);
}

#[tokio::test]
async fn the_checkpoint_table_lives_in_the_urls_schema() {
    let database = database("schema").await;
    database
        .run("create schema \"my data\"; create table \"my data\".t (id int); create table public.u (id int)")
        .await;
    let endpoint = database.endpoint("schema=my%20data");
    let connection = rowferry_engine::connectors::connect(&endpoint, Access::ReadWrite).await.unwrap();
    let tables: Vec<_> = connection.catalog().await.unwrap().tables().map(|t| t.name.to_string()).collect();
    assert_eq!(tables, ["my data.t"]);
    connection.write().unwrap().prepare_checkpoints().await.unwrap();
    assert!(database.scalar::<bool>("select to_regclass('\"my data\"._rowferry_checkpoint') is not null").await);
}

#[tokio::test]
async fn sequences_go_on_behind_the_greatest_value() {
    let database = database("sequences").await;
    database
        .run(
            "create table always (id int generated always as identity, t text);
              create table serial (id serial, t text);
              create table down (id bigint generated by default as identity (increment -5), t text);
              create table empty (id serial, t text);
              create sequence shared; select setval('shared', 50);
              create table sharing (id int default nextval('shared'), t text)",
        )
        .await;
    let connection = opened(&database).await;
    let writer = connection.write().unwrap();
    for (name, ids, next) in
        [("always", vec![5, 9], 10), ("serial", vec![40], 41), ("down", vec![-20, -3], -25), ("sharing", vec![7], 51)]
    {
        let t = table(&*connection, name).await;
        let texts = vec![None; ids.len()];
        write(&*connection, &t, &[batch(&ids, &texts)]).await;
        let set = writer.set_sequences(&t).await.unwrap();
        assert_eq!(set.iter().map(|s| (s.column.as_str(), s.next)).collect::<Vec<_>>(), [("id", next)], "{name}");
        let given: i64 = database.scalar(&format!("insert into {name} (t) values ('x') returning id::bigint")).await;
        assert_eq!(given, next, "{name}");
    }
    let empty = table(&*connection, "empty").await;
    assert_eq!(writer.set_sequences(&empty).await.unwrap(), []);
    assert_eq!(database.scalar::<i32>("insert into empty (t) values ('x') returning id").await, 1);
}

#[tokio::test]
async fn statements_are_all_applied_or_none() {
    let database = database("apply").await;
    let connection = opened(&database).await;
    let writer = connection.write().unwrap();
    let error = writer.apply(&["create table t (id int)".into(), "creat table u ()".into()], None).await.unwrap_err();
    assert!(error.to_string().contains("creat table u"), "{error}");
    assert_eq!(connection.catalog().await.unwrap().tables().count(), 0);
    writer.prepare_checkpoints().await.unwrap();
    writer.apply(&["create table t (id int)".into()], Some(&checkpoint(5))).await.unwrap();
    assert_eq!(writer.checkpoints("run").await.unwrap(), [checkpoint(5)]);
    assert_eq!(connection.catalog().await.unwrap().tables().count(), 1);
}

#[tokio::test]
async fn a_table_made_from_a_catalog_is_read_back_as_the_same() {
    let database = database("ddl").await;
    database
        .run(
            "create table parent (a int, b text, primary key (a, b));
              create table t (id int generated always as identity primary key, n numeric(10,2) not null default 1.5,
                  v varchar(10) default 'a''b', p_a int, p_b text, j jsonb, s timestamp(3) with time zone, x inet,
                  constraint u unique (v, n), constraint positive check (n > 0),
                  constraint f foreign key (p_a, p_b) references parent on delete cascade on update set null);
              create index lower_v on t (lower(v)) where n > 1; create unique index down on t (n desc nulls last);
              comment on table t is 'it''s'; comment on column t.n is 'جدول'",
        )
        .await;
    let connection = opened(&database).await;
    let t = table(&*connection, "t").await;
    let parent = table(&*connection, "parent").await;
    let dialect = connection.dialect();
    let make = |t: &Table| dialect.create_table(t);
    let mut statements = vec![dialect.drop_table(&t.name), dialect.drop_table(&parent.name)];
    statements.extend([make(&t), make(&parent), dialect.after_load(&t), dialect.after_load(&parent)].concat());
    connection.write().unwrap().apply(&statements, None).await.unwrap_or_else(|e| panic!("{e}\n{statements:#?}"));
    let mut again = (*table(&*connection, "t").await).clone();
    let mut before = (*t).clone();
    for t in [&mut again, &mut before] {
        t.byte_estimate = None;
    }
    assert_eq!(again, before);
    assert_eq!(*table(&*connection, "parent").await, *parent);
}

#[tokio::test]
async fn names_that_are_taken_do_not_stop_the_statements_after_the_load() {
    let database = database("taken").await;
    database
        .run("create table t (a int primary key, b int unique); create index on t (b); create table t_c_idx (a int)")
        .await;
    let connection = opened(&database).await;
    let mut copy = (*table(&*connection, "t").await).clone();
    copy.name.table = "t_".into();
    for index in &mut copy.indexes {
        index.definition = String::new();
    }
    copy.unique_keys.iter_mut().for_each(|k| k.name.clear());
    database.run("create table t__b_idx (a int); create table t__b_key (a int)").await;
    let dialect = connection.dialect();
    let statements = [dialect.create_table(&copy), dialect.after_load(&copy)].concat();
    connection.write().unwrap().apply(&statements, None).await.unwrap_or_else(|e| panic!("{e}\n{statements:#?}"));
}

#[tokio::test]
async fn orphans_are_counted() {
    let database = database("orphans").await;
    database
        .run(
            "create table p (a int, b int, primary key (a, b)); create table c (x int, y int);
              insert into p values (1, 1); insert into c values (1, 1), (1, 2), (3, null), (null, null), (4, 4);
              alter table c add foreign key (x, y) references p not valid",
        )
        .await;
    let connection = opened(&database).await;
    let c = table(&*connection, "c").await;
    assert_eq!(connection.write().unwrap().orphans(&c, &c.foreign_keys[0]).await.unwrap(), 2);
}

#[tokio::test]
async fn rows_without_columns_get_the_defaults() {
    let database = database("defaults").await;
    database.run("create table t (id int generated always as identity, t text default 'x')").await;
    let connection = opened(&database).await;
    let t = table(&*connection, "t").await;
    let writer = connection.write().unwrap();
    writer.prepare_checkpoints().await.unwrap();
    let mut chunk = writer.begin(&t, &[]).await.unwrap();
    chunk.write(&batch(&[1, 2, 3], &[None, None, None]).project(&[]).unwrap()).await.unwrap();
    chunk.commit(&checkpoint(0)).await.unwrap();
    assert_eq!(database.scalar::<i64>("select count(*) from t where t = 'x'").await, 3);
}
