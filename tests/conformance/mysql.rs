//! MariaDB, made and looked at with statements of our own.

use mysql_async::prelude::Queryable;
use rowferry_engine::ErrorKind;
use rowferry_engine::catalog::{Catalog, Table};
use rowferry_engine::connectors::{Access, Checkpoint, Connection, Range};
use rowferry_engine::types::LogicalType;
use rowferry_tests::mariadb::{Database, MariaDbServer};

use super::sample::{Row, Sample, batch, read, read_all, scan_of};
use super::{Harness, Place};

struct MariaDb;

super::answers_reads!(MariaDb);
super::answers_writes!(MariaDb);

fn quote(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

fn list(names: &[String]) -> String {
    names.iter().map(|n| quote(n)).collect::<Vec<_>>().join(", ")
}

/// `in_key`: a text without a bound cannot be in one.
fn declared(logical: &LogicalType, in_key: bool) -> String {
    match logical {
        LogicalType::Boolean => "bit(1)".into(),
        LogicalType::Integer { bits: 16, .. } => "smallint".into(),
        LogicalType::Integer { bits: 32, .. } => "int".into(),
        LogicalType::Integer { .. } => "bigint".into(),
        LogicalType::Decimal { precision: Some(p), scale } => format!("decimal({p}, {})", scale.unwrap_or(0)),
        LogicalType::Float { bits: 32 } => "float".into(),
        LogicalType::Float { .. } => "double".into(),
        LogicalType::Text { max: Some(n), .. } => format!("varchar({n})"),
        LogicalType::Binary { .. } => "longblob".into(),
        LogicalType::Date => "date".into(),
        LogicalType::Time { .. } => "time(6)".into(),
        LogicalType::Timestamp { .. } => "datetime(6)".into(),
        LogicalType::Uuid => "uuid".into(),
        LogicalType::Json => "json".into(),
        _ if in_key => "varchar(200)".into(),
        _ => "longtext".into(),
    }
}

fn literal(logical: &LogicalType, text: &Option<String>) -> String {
    match (text, logical) {
        (None, _) => "null".into(),
        (Some(text), LogicalType::Binary { .. }) => format!("x'{text}'"),
        (Some(text), LogicalType::Boolean) => text.clone(),
        (Some(text), LogicalType::Timestamp { .. }) => format!("'{}'", text.trim_end_matches('Z')),
        (Some(text), _) => format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''")),
    }
}

fn insert(sample: &Sample) -> Vec<String> {
    let table = &sample.table;
    let row = |row: &Row| {
        let values = row.iter().zip(&table.columns).map(|(text, column)| literal(&column.logical, text));
        format!("({})", values.collect::<Vec<_>>().join(", "))
    };
    // In pieces: a statement has a largest size.
    let pieces = sample.rows.chunks(200);
    let rows = pieces.map(|rows| rows.iter().map(row).collect::<Vec<_>>().join(", "));
    rows.map(|rows| format!("insert into {} values {rows}", quote(&table.name.table))).collect()
}

fn create(sample: &Sample) -> String {
    let table = &sample.table;
    let in_key = |name: &String| table.keys().any(|k| k.columns.contains(name));
    let column = |c: &rowferry_engine::catalog::Column| {
        let null = if c.nullable { "" } else { " not null" };
        format!("{} {}{null}", quote(&c.name), declared(&c.logical, in_key(&c.name)))
    };
    let mut parts: Vec<String> = table.columns.iter().map(column).collect();
    parts.extend(table.primary_key.iter().map(|k| format!("primary key ({})", list(&k.columns))));
    parts.extend(table.unique_keys.iter().map(|k| format!("unique ({})", list(&k.columns))));
    parts.extend(table.foreign_keys.iter().map(|k| {
        let (parent, columns) = (quote(&k.references.table), list(&k.referenced_columns));
        format!("foreign key ({}) references {parent} ({columns})", list(&k.columns))
    }));
    format!("create table {} ({}) default character set utf8mb4", quote(&table.name.table), parts.join(", "))
}

fn database(place: &Place) -> &Database {
    place.keep.downcast_ref().expect("the harness keeps its database")
}

async fn run(database: &Database, statements: &[String]) {
    database.run(&statements.iter().map(String::as_str).collect::<Vec<_>>()).await;
}

impl Harness for MariaDb {
    const KEYS: bool = true;

    async fn source(&self, samples: &[Sample]) -> Place {
        let database = MariaDbServer::shared().database("conformance").await;
        for sample in samples {
            run(&database, &[create(sample)]).await;
            run(&database, &insert(sample)).await;
        }
        Place { endpoint: database.endpoint(""), schema: database.name, keep: Box::new(database) }
    }

    async fn append(&self, place: &Place, sample: &Sample) {
        run(database(place), &insert(sample)).await;
    }

    fn seen_as(&self, logical: &LogicalType) -> LogicalType {
        match logical {
            LogicalType::Decimal { precision: None, .. } => LogicalType::TEXT,
            // `timestamp` ends in 2038, so the sample's instants are kept as UTC clocks.
            LogicalType::Timestamp { precision, .. } => LogicalType::Timestamp { precision: *precision, zoned: false },
            other => other.clone(),
        }
    }

    fn shown(&self, logical: &LogicalType, text: String) -> String {
        match logical {
            LogicalType::Timestamp { zoned: true, .. } => text.trim_end_matches('Z').into(),
            _ => text,
        }
    }

    async fn next_number(&self, place: &Place, table: &str, column: &str) -> i64 {
        let mut connection = database(place).raw().await;
        connection.query_drop("start transaction").await.unwrap();
        connection.query_drop(format!("insert into {} () values ()", quote(table))).await.unwrap();
        let sql = format!("select max({}) from {}", quote(column), quote(table));
        let number = connection.query_first(sql).await.unwrap().unwrap();
        connection.query_drop("rollback").await.unwrap();
        number
    }
}

async fn fresh(statements: &[&str]) -> Database {
    let database = MariaDbServer::shared().database("odd").await;
    database.run(statements).await;
    database
}

async fn table(connection: &dyn Connection, name: &str) -> Table {
    let catalog: Catalog = connection.catalog().await.unwrap();
    catalog.tables().find(|t| t.name.table == name).unwrap_or_else(|| panic!("no table {name}")).clone()
}

fn texts(rows: &[Row]) -> Vec<Vec<&str>> {
    rows.iter().map(|r| r.iter().map(|v| v.as_deref().unwrap_or("NULL")).collect()).collect()
}

fn checkpoint(run: &str, chunk: u32) -> Checkpoint {
    let fingerprint = "f".into();
    Checkpoint { run: run.into(), fingerprint, step: 7, chunk, read: 1, written: 1, rejected: 0, filtered: 0, bytes: 1 }
}

#[tokio::test]
async fn what_no_calendar_has_is_a_fault_of_its_row() {
    let database = fresh(&[
        "create table odd (id int primary key, d date, t time(2), m datetime)",
        "set session sql_mode = ''",
        "insert into odd values (1, '0000-00-00', null, null), (2, '2020-00-10', null, null), \
         (3, null, '838:59:59', null), (4, null, '-00:00:01', null), (5, null, null, '0000-00-00 00:00:00'), \
         (6, '9999-12-31', '23:59:59.99', '1000-01-01 00:00:00')",
    ])
    .await;
    let connection = database.connect(Access::ReadOnly).await;
    let odd = table(&*connection, "odd").await;
    let seen = read(&*connection, scan_of(&odd, Range::All)).await;
    assert_eq!(texts(&seen.rows), [["6", "9999-12-31", "23:59:59.990", "1000-01-01T00:00:00"]]);
    let faults: Vec<_> =
        seen.faults.iter().map(|f| (f.row[0].1.as_deref().unwrap(), f.column.as_deref().unwrap())).collect();
    assert_eq!(faults, [("1", "d"), ("2", "d"), ("3", "t"), ("4", "t"), ("5", "m")]);
    assert_eq!(seen.faults[2].row[2], ("t".into(), Some("838:59:59.000000".into())));
}

#[tokio::test]
async fn native_types_are_told_and_read() {
    let database = fresh(&[
        "create table every (id int unsigned not null auto_increment primary key, tiny tinyint(1), \
         small smallint unsigned zerofill, big bigint unsigned, bits bit(12), flag bit(1), y year, \
         e enum('a','it''s',''), s set('x','y'), fixed char(4), raw binary(4), latin varchar(10) character set latin1, \
         arabic varchar(20) character set cp1256, emoji varchar(10) character set utf8mb4 collate utf8mb4_unicode_ci, \
         twice int generated always as (tiny * 2) virtual, at timestamp(3) null default current_timestamp(3) \
         on update current_timestamp(3), word varchar(9) default 'it''s' comment 'a word', spot point, \
         address inet6, wide decimal(65, 30), check (tiny < 100)) comment 'all of them'",
        "set time_zone = '+02:00'",
        "insert into every (id, tiny, small, big, bits, flag, y, e, s, fixed, raw, latin, arabic, emoji, at, spot, \
         address, wide) values (4294967295, -128, 65535, 18446744073709551615, b'100000000001', b'1', 2155, 'it''s', \
         'x,y', 'ab', x'6100', 'Ünï', 'سلام', '🚢', '2020-06-01 02:00:00.125', point(1, 2), '::1', 1.5)",
    ])
    .await;
    let connection = database.connect(Access::ReadOnly).await;
    let every = table(&*connection, "every").await;
    let column = |name: &str| every.column(name).unwrap();
    let unsigned = |bits| LogicalType::Integer { bits, signed: false };
    assert_eq!(column("id").logical, unsigned(32));
    assert!(column("id").identity.is_some());
    assert_eq!(column("tiny").logical, LogicalType::Integer { bits: 8, signed: true });
    assert_eq!(column("tiny").native_type, "tinyint(1)");
    assert_eq!(column("bits").logical, unsigned(16));
    assert_eq!(column("e").logical, LogicalType::Enumeration { values: vec!["a".into(), "it's".into(), "".into()] });
    assert_eq!(column("emoji").collation.as_deref(), Some("utf8mb4_unicode_ci"));
    assert!(column("twice").generated.as_deref().is_some_and(|g| g.contains("* 2")));
    assert!(column("word").default.as_deref().is_some_and(|d| d.starts_with('\'') && d.ends_with("s'")));
    assert!(column("at").default.as_deref().is_some_and(|d| d.contains("on update")));
    assert_eq!(column("word").comment.as_deref(), Some("a word"));
    assert_eq!(every.comment.as_deref(), Some("all of them"));
    assert!(every.checks.iter().any(|c| c.expression.contains("100")), "{:?}", every.checks);
    let seen = read(&*connection, scan_of(&every, Range::All)).await;
    assert!(seen.faults.is_empty(), "{:?}", seen.faults);
    assert_eq!(
        texts(&seen.rows)[0],
        [
            "4294967295",
            "-128",
            "65535",
            "18446744073709551615",
            "2049",
            "true",
            "2155",
            "it's",
            "x,y",
            "ab",
            "61000000",
            "Ünï",
            "سلام",
            "🚢",
            "-256",
            "2020-06-01T00:00:00.125Z",
            "it's",
            "POINT(1 2)",
            "::1",
            "1.500000000000000000000000000000"
        ]
    );
}

#[tokio::test]
async fn with_and_without_files_the_rows_are_alike() {
    let odd = "tab\t nl\n cr\r nul\0 back\\ quote' \"x\" \\N 🚢";
    let sample = Sample::new(
        "alike",
        &[("id", LogicalType::INT64), ("body", LogicalType::TEXT), ("raw", LogicalType::Binary { max: None })],
    )
    .key(&["id"])
    .row(&[Some("1"), Some(odd), Some("00090a0d5c27ff80")])
    .row(&[Some("2"), None, None])
    .row(&[Some("3"), Some("NULL"), Some("")])
    .row(&[Some("4"), Some("\\N"), Some("5c4e")]);
    let database = fresh(&[]).await;
    for infile in [1, 0] {
        database.run(&[&format!("set global local_infile = {infile}"), "drop table if exists alike"]).await;
        let connection = database.connect(Access::ReadWrite).await;
        let writer = connection.write().unwrap();
        writer.apply(&connection.dialect().create_table(&sample.in_schema(database.name)), None).await.unwrap();
        writer.prepare_checkpoints().await.unwrap();
        let alike = table(&*connection, "alike").await;
        let columns: Vec<_> = alike.columns.iter().map(|c| c.name.clone()).collect();
        let mut chunk = writer.begin(&alike, &columns).await.unwrap();
        chunk.write(&batch(&writer.schema(&alike, &columns).unwrap(), &sample.rows)).await.unwrap();
        chunk.commit(&checkpoint("r", infile)).await.unwrap();
        assert_eq!(read_all(&*connection, &alike).await, sample.rows, "local_infile = {infile}");
    }
    database.run(&["set global local_infile = 1"]).await;
}

#[tokio::test]
async fn what_would_be_changed_is_refused() {
    let database = fresh(&["create table narrow (id int primary key, w varchar(3), n tinyint unsigned, t time(1), \
                            e enum('a', 'b'), l varchar(9) character set latin1, p decimal(4, 1))"])
    .await;
    let connection = database.connect(Access::ReadWrite).await;
    let writer = connection.write().unwrap();
    writer.prepare_checkpoints().await.unwrap();
    let mut narrow = table(&*connection, "narrow").await;
    // Wider in the caller's eyes than it is, so that the values come to the server.
    narrow.columns[2].logical = LogicalType::INT64;
    narrow.columns[6].logical = LogicalType::Decimal { precision: Some(9), scale: Some(3) };
    for (column, value) in
        [("w", "wxyz"), ("n", "256"), ("n", "-1"), ("t", "10:00:00.25"), ("e", "zebra"), ("l", "سلام"), ("p", "1.250")]
    {
        let columns = vec!["id".to_string(), column.to_string()];
        let mut chunk = writer.begin(&narrow, &columns).await.unwrap();
        let schema = writer.schema(&narrow, &columns).unwrap();
        let row = |id: &str, value: Option<&str>| vec![Some(id.to_string()), value.map(String::from)];
        let error = chunk.write(&batch(&schema, &[row("1", None), row("2", Some(value))])).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Conversion, "{column}: {error}");
        assert_eq!(error.context.column.as_deref(), Some(column), "{column} {value}: {error}");
        assert!(!error.to_string().contains(value), "{error}");
        chunk.write(&batch(&schema, &[row("1", None)])).await.unwrap();
        chunk.rollback().await.unwrap();
    }
}

#[tokio::test]
async fn statements_go_on_where_a_process_died() {
    let database = fresh(&[]).await;
    let connection = database.connect(Access::ReadWrite).await;
    let writer = connection.write().unwrap();
    writer.prepare_checkpoints().await.unwrap();
    let statements = ["create table a (id int)", "create index i on b (id)", "create table c (id int)"];
    let statements = statements.map(|s| {
        s.replace(" table ", &format!(" table {}.", quote(database.name)))
            .replace(" on b", &format!(" on {}.b", quote(database.name)))
    });
    let error = writer.apply(&statements, Some(&checkpoint("r", 0))).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotFound, "{error}");
    assert_eq!(writer.checkpoints("r").await.unwrap(), [], "markers are no checkpoints");
    // As if the process had died behind the statement, before it noted that.
    database.run(&["create table b (id int)", "create index i on b (id)"]).await;
    writer.apply(&statements, Some(&checkpoint("r", 0))).await.unwrap();
    assert_eq!(writer.checkpoints("r").await.unwrap(), [checkpoint("r", 0)]);
    let names: Vec<_> = connection.catalog().await.unwrap().tables().map(|t| t.name.table.clone()).collect();
    assert_eq!(names, ["a", "b", "c"]);
    // What was there before the run's first try is not taken for its own.
    let other = [statements[0].clone()];
    assert!(writer.apply(&other, Some(&checkpoint("other", 0))).await.is_err());
}

#[tokio::test]
async fn a_composite_key_is_cut_by_its_first_column() {
    let database = fresh(&["create table line (a bigint, b int, primary key (a, b))"]).await;
    database.run(&["insert into line select seq div 3, seq mod 3 from seq_0_to_2999"]).await;
    let connection = database.connect(Access::ReadOnly).await;
    let lines = table(&*connection, "line").await;
    let ranges = connection.read().ranges(&lines, 300).await.unwrap();
    assert_eq!(ranges.len(), 10, "{ranges:?}");
    let mut rows = 0;
    for range in ranges {
        let n = read(&*connection, scan_of(&lines, range)).await.count;
        assert!((200..=400).contains(&n), "{n}");
        rows += n;
    }
    assert_eq!(rows, 3000);
}

#[tokio::test]
async fn a_table_without_transactions_is_refused() {
    let database = fresh(&["create table old (id int) engine = MyISAM"]).await;
    let connection = database.connect(Access::ReadWrite).await;
    let writer = connection.write().unwrap();
    writer.prepare_checkpoints().await.unwrap();
    let old = table(&*connection, "old").await;
    let error = writer.begin(&old, &["id".into()]).await.err().expect("it is refused");
    assert_eq!(error.kind, ErrorKind::Unsupported, "{error}");
}

#[tokio::test]
async fn a_wrong_login_and_a_missing_database_are_told_apart() {
    let database = fresh(&[]).await;
    let mut endpoint = database.endpoint("");
    endpoint.secret = None;
    let kind = |e: &rowferry_engine::connectors::Endpoint| {
        let e = e.clone();
        async move { rowferry_engine::connectors::connect(&e, Access::ReadOnly).await.err().expect("refused").kind }
    };
    assert_eq!(kind(&endpoint).await, ErrorKind::SecretNeeded);
    endpoint.secret = Some(rowferry_engine::connectors::Secret::new("wrong"));
    assert_eq!(kind(&endpoint).await, ErrorKind::Authentication);
    let gone = Database { name: "", url: format!("{}_gone", database.url), password: database.password.clone() };
    assert_eq!(kind(&gone.endpoint("")).await, ErrorKind::NotFound);
    assert_eq!(kind(&database.endpoint("sslmode=x")).await, ErrorKind::InvalidUrl);
    assert_eq!(kind(&database.endpoint("tls=require")).await, ErrorKind::Unreachable);
}

#[tokio::test]
async fn read_only_is_kept_by_the_server() {
    let database = fresh(&["create table t (id int)"]).await;
    let connection = database.connect(Access::ReadOnly).await;
    let mut t = table(&*connection, "t").await;
    assert!(connection.write().is_none());
    // A statement smuggled in through a name is only a name.
    t.name.table = "t`; delete from `t".into();
    assert!(connection.read().count(&t).await.is_err());
}

#[tokio::test]
async fn a_catalog_of_many_tables_takes_few_questions() {
    let database = fresh(&[]).await;
    let columns: Vec<_> = (0..19).map(|i| format!("c{i} int")).collect();
    let mut connection = database.raw().await;
    for i in 0..200 {
        let sql = format!("create table t{i} (id int primary key, {}, key (c0))", columns.join(", "));
        connection.query_drop(sql).await.unwrap();
    }
    let open = database.connect(Access::ReadOnly).await;
    let asked = "show global status like 'Questions'";
    let questions = |rows: Vec<(String, u64)>| rows[0].1;
    let before = questions(connection.query(asked).await.unwrap());
    let begun = std::time::Instant::now();
    let catalog = open.catalog().await.unwrap();
    println!("{} tables in {:?}", catalog.tables().count(), begun.elapsed());
    let after = questions(connection.query(asked).await.unwrap());
    assert_eq!(catalog.tables().map(|t| t.columns.len()).sum::<usize>(), 200 * 20);
    // Other tests ask the same server meanwhile, but never as often as once a table.
    assert!(after - before < 5_000 && catalog.schemas.len() == 1, "{}", after - before);
}

#[tokio::test]
async fn several_sessions_share_a_snapshot_while_a_writer_goes_on() {
    let database = fresh(&["create table t (id bigint auto_increment primary key, v int)"]).await;
    database.run(&["insert into t (v) select seq from seq_1_to_1000"]).await;
    let connection = database.connect(Access::ReadOnly).await;
    assert!(connection.read().snapshot_note().is_some_and(|n| n.contains("several sessions")));
    let t = table(&*connection, "t").await;
    let mut writer = database.raw().await;
    let (stop, mut stopped) = tokio::sync::oneshot::channel::<()>();
    let writing = tokio::spawn(async move {
        while stopped.try_recv().is_err() {
            writer.query_drop("insert into t (v) values (0)").await.unwrap();
        }
    });
    connection.read().hold_snapshot().await.unwrap();
    let scans = (0..12).map(|_| read(&*connection, scan_of(&t, Range::All)));
    let counts: Vec<_> = futures::future::join_all(scans).await.iter().map(|s| s.count).collect();
    assert!(counts.iter().all(|n| *n == counts[0]), "{counts:?}");
    // A scan that is dropped in the middle gives its place in the snapshot back.
    for _ in 0..20 {
        use futures::StreamExt;
        let mut scan = scan_of(&t, Range::All);
        scan.batch_bytes = 64;
        connection.read().scan(scan).await.unwrap().next().await.unwrap().unwrap();
    }
    assert_eq!(connection.read().count(&t).await.unwrap(), counts[0] as u64);
    connection.read().release_snapshot().await.unwrap();
    stop.send(()).unwrap();
    writing.await.unwrap();
}

#[tokio::test]
async fn without_the_right_to_lock_one_session_holds_the_snapshot() {
    let database = fresh(&["create table t (id int primary key)", "insert into t values (1), (2)"]).await;
    let user = format!("small_{}", database.name);
    database
        .run(&[
            &format!("create user {user} identified by '{}'", database.password),
            &format!("grant select on {}.* to {user}", quote(database.name)),
        ])
        .await;
    let url = database.url.replace("root@", &format!("{user}@"));
    let small = Database { name: database.name, url, password: database.password.clone() };
    let connection = small.connect(Access::ReadOnly).await;
    assert!(connection.read().snapshot_note().is_some_and(|n| n.contains("one session")));
    let t = table(&*connection, "t").await;
    connection.read().hold_snapshot().await.unwrap();
    database.run(&["insert into t values (3)"]).await;
    let scans = (0..3).map(|_| read(&*connection, scan_of(&t, Range::All)));
    for seen in futures::future::join_all(scans).await {
        assert_eq!(seen.count, 2);
    }
    connection.read().release_snapshot().await.unwrap();
    assert_eq!(connection.read().count(&t).await.unwrap(), 3);
}

#[tokio::test]
async fn sparse_keys_are_cut_through_the_index() {
    let database = fresh(&["create table far (id bigint unsigned primary key)"]).await;
    database
        .run(&[
            "insert into far select seq * 1000003 from seq_1_to_120000",
            "insert into far values (18446744073709551615)",
            "analyze table far",
        ])
        .await;
    let connection = database.connect(Access::ReadOnly).await;
    let far = table(&*connection, "far").await;
    let ranges = connection.read().ranges(&far, 10_000).await.unwrap();
    assert!((6..=40).contains(&ranges.len()), "{ranges:?}");
    let mut rows = 0;
    for range in ranges {
        rows += read(&*connection, scan_of(&far, range)).await.count;
    }
    assert_eq!(rows, 120_001);
}

#[tokio::test]
async fn deletions_and_their_checkpoint_are_in_mariadb_together_or_not_at_all() {
    let database = MariaDbServer::shared().database("deletions").await;
    database.run(&["create table a (id int primary key)", "insert into a values (1), (2)"]).await;
    let connection = database.connect(Access::ReadWrite).await;
    let writer = connection.write().expect("a target");
    writer.prepare_checkpoints().await.unwrap();
    let delete = ["delete from a where id = 1".to_string()];
    // Its place is taken, so it cannot be written.
    writer.apply(&[], Some(&checkpoint("r", 7))).await.unwrap();
    let error = writer.apply(&delete, Some(&checkpoint("r", 7))).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Busy, "{error}");
    assert_eq!(database.rows::<u64>("select count(*) from a").await, [2], "the rows are there again");
    writer.apply(&delete, Some(&checkpoint("r", 8))).await.unwrap();
    assert_eq!(database.rows::<u64>("select count(*) from a").await, [1]);
    let found: Vec<u32> = writer.checkpoints("r").await.unwrap().iter().map(|c| c.chunk).collect();
    assert_eq!(found, [7, 8]);
}
