//! SQLite, made and looked at with `rusqlite`; and what only SQLite does.

use std::path::{Path, PathBuf};

use rowferry_engine::ErrorKind;
use rowferry_engine::catalog::{Identity, TableKind};
use rowferry_engine::connectors::{Access, Endpoint, Range, connect, url};
use rowferry_engine::types::LogicalType;
use rusqlite::Connection;
use rusqlite::types::Value;

use super::sample::{Sample, from_hex, read, scan_of};
use super::{Harness, Place};

struct Sqlite;

super::answers_reads!(Sqlite);
super::answers_writes!(Sqlite);

fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn list(names: &[String]) -> String {
    names.iter().map(|n| quote(n)).collect::<Vec<_>>().join(", ")
}

/// The types that people write in SQLite, which are not those that Rowferry makes.
fn declared(logical: &LogicalType) -> String {
    match logical {
        LogicalType::Boolean => "boolean".into(),
        LogicalType::Integer { bits: 16, .. } => "smallint".into(),
        LogicalType::Integer { bits: 32, .. } => "mediumint".into(),
        LogicalType::Integer { .. } => "integer".into(),
        LogicalType::Decimal { precision: Some(p @ ..=15), scale } => format!("numeric({p}, {})", scale.unwrap_or(0)),
        LogicalType::Decimal { precision: Some(p), scale } => format!("decimal_text({p}, {})", scale.unwrap_or(0)),
        LogicalType::Decimal { .. } => "decimal_text".into(),
        LogicalType::Float { bits: 32 } => "float4".into(),
        LogicalType::Float { .. } => "real".into(),
        LogicalType::Text { max: Some(n), .. } => format!("nvarchar({n})"),
        LogicalType::Binary { .. } => "blob".into(),
        LogicalType::Date => "date".into(),
        LogicalType::Time { .. } => "time".into(),
        LogicalType::Timestamp { zoned: false, .. } => "datetime".into(),
        LogicalType::Timestamp { zoned: true, .. } => "timestamp with time zone".into(),
        LogicalType::Uuid => "uuid".into(),
        LogicalType::Json => "json".into(),
        _ => "text".into(),
    }
}

fn value(logical: &LogicalType, text: &Option<String>) -> Value {
    match (text, logical) {
        (None, _) => Value::Null,
        (Some(text), LogicalType::Boolean) => Value::Integer((text == "true").into()),
        (Some(text), LogicalType::Binary { .. }) => Value::Blob(from_hex(text)),
        (Some(text), _) => Value::Text(text.clone()),
    }
}

fn insert(connection: &Connection, sample: &Sample) {
    let table = &sample.table;
    let places = vec!["?"; table.columns.len()].join(", ");
    let sql = format!("insert into {} values ({places})", quote(&table.name.table));
    connection.execute_batch("begin immediate").unwrap();
    for row in &sample.rows {
        let values = row.iter().zip(&table.columns).map(|(text, column)| value(&column.logical, text));
        connection.prepare_cached(&sql).unwrap().execute(rusqlite::params_from_iter(values)).unwrap();
    }
    connection.execute_batch("commit").unwrap();
}

fn create(sample: &Sample) -> String {
    let table = &sample.table;
    let mut parts: Vec<String> = table
        .columns
        .iter()
        .map(|c| format!("{} {}{}", quote(&c.name), declared(&c.logical), if c.nullable { "" } else { " not null" }))
        .collect();
    parts.extend(table.primary_key.iter().map(|k| format!("primary key ({})", list(&k.columns))));
    parts.extend(table.unique_keys.iter().map(|k| format!("unique ({})", list(&k.columns))));
    parts.extend(table.foreign_keys.iter().map(|k| {
        let (parent, columns) = (quote(&k.references.table), list(&k.referenced_columns));
        format!("foreign key ({}) references {parent} ({columns})", list(&k.columns))
    }));
    format!("create table {} ({})", quote(&table.name.table), parts.join(", "))
}

pub fn endpoint(path: &Path) -> Endpoint {
    let (url, secret) = url::parse(&format!("sqlite:{}", path.display()), Path::new("/")).unwrap();
    Endpoint { name: "file".into(), url, secret }
}

fn file(place: &Place) -> PathBuf {
    place.keep.downcast_ref::<tempfile::TempDir>().expect("the harness keeps its folder").path().join("source.db")
}

impl Harness for Sqlite {
    const KEYS: bool = true;

    async fn source(&self, samples: &[Sample]) -> Place {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("source.db");
        let connection = Connection::open(&path).unwrap();
        // So that `append` goes through while somebody reads.
        connection.execute_batch("pragma journal_mode = wal; pragma foreign_keys = off").unwrap();
        for sample in samples {
            connection.execute_batch(&create(sample)).unwrap();
            insert(&connection, sample);
        }
        Place { endpoint: endpoint(&path), schema: "main", keep: Box::new(folder) }
    }

    async fn append(&self, place: &Place, sample: &Sample) {
        insert(&Connection::open(file(place)).unwrap(), sample);
    }

    fn seen_as(&self, logical: &LogicalType) -> LogicalType {
        logical.clone()
    }

    async fn next_number(&self, place: &Place, table: &str, column: &str) -> i64 {
        let mut connection = Connection::open(file(place)).unwrap();
        let transaction = connection.transaction().unwrap();
        let sql = format!("insert into {} default values returning {}", quote(table), quote(column));
        transaction.query_row(&sql, [], |row| row.get(0)).unwrap()
    }
}

/// A file made by these statements, opened for reading.
async fn made(statements: &str) -> (tempfile::TempDir, std::sync::Arc<dyn rowferry_engine::connectors::Connection>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("made.db");
    Connection::open(&path).unwrap().execute_batch(statements).unwrap();
    let connection = connect(&endpoint(&path), Access::ReadOnly).await.unwrap();
    (folder, connection)
}

#[tokio::test]
async fn a_value_of_another_type_is_a_fault_of_its_row() {
    let (_folder, connection) = made(
        "create table mixed (id integer primary key, n integer, d date, p numeric(5, 2), b boolean, t datetime, x blob);
         insert into mixed values (1, 5, '2020-01-01', 1.25, 1, '2020-01-01 10:00', x'00');
         insert into mixed (id, n) values (2, 'secret');
         insert into mixed (id, n) values (3, 1.5);
         insert into mixed (id, d) values (4, 1577836800);
         insert into mixed (id, d) values (5, 2458849.5);
         insert into mixed (id, d) values (6, '2020-02-30');
         insert into mixed (id, p) values (7, 1.255);
         insert into mixed (id, p) values (8, 12345);
         insert into mixed (id, b) values (9, 2);
         insert into mixed (id, t) values (10, '2020-01-01T10:00:00Z');
         insert into mixed (id, x) values (11, 'text');",
    )
    .await;
    let catalog = connection.catalog().await.unwrap();
    let table = catalog.tables().next().unwrap();
    let seen = read(&*connection, scan_of(table, Range::All)).await;
    assert_eq!((seen.count, &seen.positions[..]), (1, &[Some(1)][..]));
    let faults: Vec<_> = seen.faults.iter().map(|f| (f.position.unwrap(), f.column.clone().unwrap())).collect();
    let columns = ["n", "n", "d", "d", "d", "p", "p", "b", "t", "x"];
    assert_eq!(faults, (2..).zip(columns.map(String::from)).collect::<Vec<_>>());
    assert!(seen.faults.iter().all(|f| !f.reason.contains("secret")));
    assert_eq!(seen.faults[0].row[1], ("n".to_string(), Some("secret".to_string())));
    assert!(seen.faults[2].reason.contains("Unix time") && seen.faults[3].reason.contains("Julian day"));
}

#[tokio::test]
async fn the_catalog_tells_what_only_the_text_of_the_table_holds() {
    let (_folder, connection) = made(
        "create table Parent (id integer primary key autoincrement, name text default 'x');
         create table child (a integer, up integer, twice integer generated always as (a * 2) virtual,
             constraint positive check (a > 0), constraint tie foreign key (up) references parent);
         create unique index child_a on child (a);
         create index child_expression on child (a + 1);
         create table pair (x integer, y text, primary key (x)) without rowid;
         create view v as select name from parent;
         create view broken as select x from nowhere;
         create table _rowferry_checkpoint (run text);",
    )
    .await;
    let catalog = connection.catalog().await.unwrap();
    let names: Vec<_> = catalog.tables().map(|t| t.name.table.as_str()).collect();
    assert_eq!(names, ["Parent", "child", "pair", "v"]);
    let table = |name: &str| catalog.tables().find(|t| t.name.table == name).unwrap();
    let (parent, child, pair, view) = (table("Parent"), table("child"), table("pair"), table("v"));
    assert_eq!(parent.columns[0].identity, Some(Identity::ByDefault));
    assert!(!parent.columns[0].nullable);
    assert_eq!(parent.columns[1].default.as_deref(), Some("'x'"));
    assert_eq!(child.columns[2].generated.as_deref(), Some("a * 2"));
    assert_eq!((child.checks[0].name.as_str(), child.checks[0].expression.as_str()), ("positive", "a > 0"));
    let key = &child.foreign_keys[0];
    assert_eq!((key.name.as_str(), key.references.table.as_str()), ("tie", "Parent"));
    assert_eq!(key.referenced_columns, ["id"]);
    assert!(child.indexes[0].unique && child.indexes[0].definition.contains("child_a"));
    assert!(child.indexes[1].columns.is_empty());
    assert_eq!((pair.columns[0].identity, pair.columns[0].nullable), (None, false));
    assert_eq!(view.kind, TableKind::View);
    assert_eq!(connection.read().ranges(view, 10).await.unwrap(), [Range::All]);
    assert!(catalog.product.starts_with("SQLite 3."));
}

#[tokio::test]
async fn a_table_without_rowid_is_cut_by_its_key() {
    let (_folder, connection) = made(
        "create table t (k integer primary key, note text) without rowid;
         insert into t with recursive n(i) as (select 1 union all select i + 1 from n where i < 50)
             select i * i, 'x' from n;",
    )
    .await;
    let catalog = connection.catalog().await.unwrap();
    let table = catalog.tables().next().unwrap();
    let ranges = connection.read().ranges(table, 20).await.unwrap();
    assert_eq!(ranges.len(), 3);
    let mut rows = 0;
    for range in ranges {
        assert!(matches!(range, Range::Key { .. }));
        let seen = read(&*connection, scan_of(table, range)).await;
        assert!(seen.positions.is_empty());
        rows += seen.count;
    }
    assert_eq!(rows, 50);
}

#[tokio::test]
async fn a_snapshot_of_a_file_with_a_rollback_journal_keeps_writers_waiting() {
    let (folder, connection) = made("create table t (id integer primary key); insert into t values (1)").await;
    connection.read().hold_snapshot().await.unwrap();
    let writer = Connection::open(folder.path().join("made.db")).unwrap();
    writer.busy_timeout(std::time::Duration::ZERO).unwrap();
    assert!(writer.execute("insert into t values (2)", []).is_err());
    connection.read().release_snapshot().await.unwrap();
    writer.execute("insert into t values (2)", []).unwrap();
}

#[tokio::test]
async fn what_is_no_database_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("text.db"), "this is not a database, however long it may be\n".repeat(40)).unwrap();
    let kind = async |path: &Path, access| match connect(&endpoint(path), access).await {
        Ok(_) => panic!("{} opened", path.display()),
        Err(e) => {
            assert!(e.to_string().contains(path.file_name().unwrap().to_str().unwrap()), "{e}");
            e.kind
        }
    };
    assert_eq!(kind(&at("text.db"), Access::ReadOnly).await, ErrorKind::WrongFormat);
    assert_eq!(kind(folder.path(), Access::ReadOnly).await, ErrorKind::WrongFormat);
    assert_eq!(kind(&at("missing.db"), Access::ReadOnly).await, ErrorKind::NotFound);
    assert_eq!(kind(&at("no/folder.db"), Access::ReadWrite).await, ErrorKind::NotFound);
    assert!(!at("missing.db").exists());
    connect(&endpoint(&at("new.db")), Access::ReadWrite).await.unwrap();
}

#[tokio::test]
async fn a_lock_that_stays_is_busy() {
    let (folder, _) = made("create table t (id integer primary key)").await;
    let path = folder.path().join("made.db");
    let holder = Connection::open(&path).unwrap();
    holder.execute_batch("begin immediate").unwrap();
    let connection = connect(&endpoint(&path), Access::ReadWrite).await.unwrap();
    let catalog = connection.catalog().await.unwrap();
    let table = catalog.tables().next().unwrap();
    let Err(error) = connection.write().unwrap().begin(table, &["id".into()]).await else { panic!("two wrote") };
    assert_eq!(error.kind, ErrorKind::Busy, "{error}");
}
