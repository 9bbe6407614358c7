//! Ranges, snapshots, faults and bounded batches.

use rowferry_engine::ErrorKind;

use super::*;

fn count(rows: &[Rows]) -> usize {
    rows.iter().map(|r| r.batch.num_rows() + r.faults.len()).sum()
}

async fn sizes(connection: &dyn Connection, table: &Arc<Table>, rows: u32) -> Vec<usize> {
    let ranges = connection.read().ranges(table, rows).await.unwrap();
    assert_eq!(ranges, connection.read().ranges(table, rows).await.unwrap(), "ranges are the same each time");
    let mut sizes = Vec::new();
    for range in ranges {
        sizes.push(count(&read(connection, scan(table, range)).await));
    }
    sizes
}

#[tokio::test]
async fn ranges_hold_every_row_once() {
    let database = database("ranges").await;
    database
        .run(
            "create table dense (id int primary key); insert into dense select generate_series(-500, 499);
              create table sparse (id bigint primary key);
              insert into sparse select 1000000007::bigint * i from generate_series(1, 1000) i;
              insert into sparse values (-9223372036854775808), (9223372036854775807);
              create table keyless (a text); insert into keyless select repeat('x', 100) from generate_series(1, 1000);
              create table parts (a int) partition by list (a);
              create table parts1 partition of parts for values in (1);
              create table parts2 partition of parts default;
              insert into parts select i % 3 from generate_series(1, 3000) i;
              create table empty (id int primary key);
              create view v as select * from dense",
        )
        .await;
    let connection = opened(&database).await;
    let dense = sizes(&*connection, &table(&*connection, "dense").await, 250).await;
    assert_eq!(dense, [250; 4]);
    let sparse = sizes(&*connection, &table(&*connection, "sparse").await, 250).await;
    assert_eq!(sparse.iter().sum::<usize>(), 1002);
    assert!(sparse.iter().all(|n| *n <= 251), "{sparse:?}");
    let keyless = sizes(&*connection, &table(&*connection, "keyless").await, 250).await;
    assert_eq!((keyless.len(), keyless.iter().sum::<usize>()), (4, 1000));
    let parts = sizes(&*connection, &table(&*connection, "parts").await, 500).await;
    assert!(parts.len() > 1 && parts.iter().sum::<usize>() == 3000, "{parts:?}");
    assert_eq!(sizes(&*connection, &table(&*connection, "empty").await, 250).await, [0]);
    assert_eq!(sizes(&*connection, &table(&*connection, "v").await, 250).await, [1000]);
}

#[tokio::test]
async fn a_held_snapshot_does_not_see_later_rows() {
    let database = database("snapshot").await;
    database.run("create table t (id int primary key); insert into t values (1), (2)").await;
    let connection = opened(&database).await;
    let t = table(&*connection, "t").await;
    connection.read().hold_snapshot().await.unwrap();
    database.run("insert into t values (3); delete from t where id = 1").await;
    assert_eq!(connection.read().count(&t).await.unwrap(), 2);
    assert_eq!(count(&read(&*connection, scan(&t, Range::All)).await), 2);
    connection.read().release_snapshot().await.unwrap();
    database.run("insert into t values (4)").await;
    assert_eq!(connection.read().count(&t).await.unwrap(), 3);
}

#[tokio::test]
async fn rows_that_arrow_cannot_hold_are_set_aside_with_their_reason() {
    let database = database("faults").await;
    database
        .run(
            "create table t (id int, d date, s timestamp, z timestamptz, n numeric(5,2), c time);
              insert into t values (1, 'infinity', null, null, null, null), (2, null, '-infinity', null, null, null),
              (3, null, null, '294276-12-31 23:00+00', null, null), (4, null, null, null, 'NaN', null),
              (5, null, null, null, null, '24:00'), (6, '2024-01-01', null, null, 1.25, null)",
        )
        .await;
    let connection = opened(&database).await;
    let t = table(&*connection, "t").await;
    let rows = read(&*connection, scan(&t, Range::All)).await;
    assert_eq!(rows.iter().map(|r| r.batch.num_rows()).sum::<usize>(), 1);
    let faults: Vec<_> = rows.iter().flat_map(|r| &r.faults).collect();
    let columns: Vec<_> = faults.iter().map(|f| f.column.as_deref().unwrap()).collect();
    assert_eq!(columns, ["d", "s", "z", "n", "c"]);
    let texts = faults.iter().map(|f| {
        let column = f.column.as_deref().unwrap();
        f.row.iter().find(|(name, _)| name == column).unwrap().1.clone().unwrap()
    });
    let texts: Vec<_> = texts.collect();
    assert_eq!(texts, ["infinity", "-infinity", "294276-12-31 23:00:00+00", "NaN", "24:00:00"]);
}

#[tokio::test]
async fn batches_are_bounded_and_a_dropped_stream_ends_its_query() {
    let database = database("bounded").await;
    database.run("create table t as select i, repeat('x', 1000) as t from generate_series(1, 200000) i").await;
    let connection = opened(&database).await;
    let t = table(&*connection, "t").await;
    let mut stream = connection.read().scan(scan(&t, Range::All)).await.unwrap();
    let first = stream.next().await.unwrap().unwrap();
    assert!(first.batch.num_rows() < 100, "{} rows", first.batch.num_rows());
    drop(stream);
    let copying = "select count(*) from pg_stat_activity where datname = current_database() and query like 'copy %'
                   and state = 'active'";
    // The server ends the query as soon as it sees the closed socket; there is no moment to wait for but that.
    while database.scalar::<i64>(copying).await > 0 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let mut few = scan(&t, Range::All);
    few.limit = Some(7);
    assert_eq!(count(&read(&*connection, few).await), 7);
    let mut none = scan(&t, Range::All);
    none.columns.clear();
    let rows = read(&*connection, none).await;
    assert_eq!((count(&rows), rows[0].batch.num_columns()), (200_000, 0));
}

#[tokio::test]
async fn a_table_that_is_gone_is_said_to_be() {
    let database = database("gone").await;
    database.run("create table t (id int primary key)").await;
    let connection = opened(&database).await;
    let t = table(&*connection, "t").await;
    database.run("drop table t").await;
    let error = connection.read().scan(scan(&t, Range::All)).await.unwrap().next().await.unwrap().unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotFound, "{error}");
    assert_eq!(connection.read().ranges(&t, 10).await.unwrap_err().kind, ErrorKind::NotFound);
}

#[tokio::test]
async fn rows_hidden_by_row_security_are_never_left_out_in_silence() {
    let database = database("rls").await;
    let role = format!("reader_{}", std::process::id());
    database
        .run(&format!(
            "create table t (id int); insert into t values (1), (2); alter table t enable row level security;
              drop role if exists {role}; create role {role} login password 'x'; grant select on t to {role};
              create policy p on t using (id = 1)"
        ))
        .await;
    let url = format!("postgres://{role}@{}", database.url.rsplit_once('@').unwrap().1);
    let connection = Database { url, password: "x".into() }.connect(Access::ReadOnly).await;
    let t = table(&*connection, "t").await;
    assert_eq!(connection.read().count(&t).await.unwrap_err().kind, ErrorKind::Permission);
}
