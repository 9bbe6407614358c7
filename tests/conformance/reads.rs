//! Questions about reading.

use futures::StreamExt;
use rowferry_engine::ErrorKind;
use rowferry_engine::catalog::{Catalog, Table};
use rowferry_engine::connectors::{Access, Connection, Range};
use rowferry_engine::types::LogicalType;

use super::sample::{Sample, Seen, every_type, numbered, read, read_all, scan_of, shown};
use super::{Harness, Place};

/// The table of this name, as the catalog has it.
pub fn found<'a>(catalog: &'a Catalog, place: &Place, name: &str) -> &'a Table {
    let tables: Vec<_> = catalog.tables().map(|t| t.name.to_string()).collect();
    catalog
        .tables()
        .find(|t| t.name.table == name && t.name.schema == place.schema)
        .unwrap_or_else(|| panic!("there is no {name} among {tables:?}"))
}

async fn open<H: Harness>(harness: &H, sample: &Sample) -> (Place, std::sync::Arc<dyn Connection>, Table) {
    let place = harness.source(std::slice::from_ref(sample)).await;
    let connection = place.open(Access::ReadOnly).await;
    let catalog = connection.catalog().await.expect("the catalog can be read");
    let table = found(&catalog, &place, &sample.table.name.table).clone();
    (place, connection, table)
}

pub async fn the_catalog_tells_tables_columns_and_keys<H: Harness>(harness: &H) {
    let parent = Sample::new("parent", &[("id", LogicalType::INT64), ("code", LogicalType::TEXT)])
        .key(&["id"])
        .unique(&["code"])
        .row(&[Some("1"), Some("one")]);
    let child =
        Sample::new("child", &[("a", LogicalType::INT64), ("b", LogicalType::INT64), ("up", LogicalType::INT64)])
            .key(&["b", "a"])
            .references("up", "parent", "id")
            .row(&[Some("1"), Some("2"), Some("1")]);
    let every = every_type();
    let place = harness.source(&[parent, child, every.clone()]).await;
    let connection = place.open(Access::ReadOnly).await;
    let catalog = connection.catalog().await.unwrap();
    assert_eq!(catalog.connector, connection.descriptor().id);
    assert!(!catalog.product.is_empty());
    let names: Vec<_> = catalog.tables().map(|t| t.name.table.as_str()).collect();
    assert_eq!(names, ["child", "every_type", "parent"]);
    let seen: Vec<_> = found(&catalog, &place, "every_type")
        .columns
        .iter()
        .filter(|c| !c.derived)
        .map(|c| (c.name.clone(), c.logical.clone()))
        .collect();
    if H::KEYS {
        let made: Vec<_> = every.table.columns.iter().map(|c| (c.name.clone(), harness.seen_as(&c.logical))).collect();
        assert_eq!(seen, made);
        let (parent, child) = (found(&catalog, &place, "parent"), found(&catalog, &place, "child"));
        assert_eq!(parent.primary_key.as_ref().unwrap().columns, ["id"]);
        assert_eq!(parent.unique_keys[0].columns, ["code"]);
        assert!(!parent.columns[0].nullable && parent.columns[1].nullable);
        assert_eq!(child.primary_key.as_ref().unwrap().columns, ["b", "a"]);
        let key = &child.foreign_keys[0];
        assert_eq!((&key.columns[..], &key.referenced_columns[..]), (&["up".into()][..], &["id".into()][..]));
        assert_eq!(key.references, parent.name);
        assert_eq!((key.on_update.as_str(), key.on_delete.as_str()), ("NO ACTION", "NO ACTION"));
    } else {
        let made: Vec<_> = every.table.columns.iter().map(|c| c.name.clone()).collect();
        assert_eq!(seen.into_iter().map(|(name, _)| name).collect::<Vec<_>>(), made);
    }
}

pub async fn every_row_is_in_exactly_one_range<H: Harness>(harness: &H) {
    let sample = numbered("numbered", 500, 8);
    let (_place, connection, table) = open(harness, &sample).await;
    assert_eq!(connection.read().count(&table).await.unwrap(), sample.rows.len() as u64);
    for size in [1, 7, 100, 499, 10_000] {
        let ranges = connection.read().ranges(&table, size).await.unwrap();
        assert_eq!(ranges, connection.read().ranges(&table, size).await.unwrap(), "the same data, the same ranges");
        let mut rows = Vec::new();
        for range in ranges {
            let seen = read(&*connection, scan_of(&table, range)).await;
            assert!(seen.faults.is_empty());
            assert!(seen.positions.is_sorted(), "rows come in the range's own order");
            rows.extend(seen.rows);
        }
        rows.sort();
        let mut expected = sample.rows.clone();
        expected.sort();
        assert_eq!(rows, expected, "with ranges of {size} rows");
    }
}

pub async fn batches_are_cut_by_bytes<H: Harness>(harness: &H) {
    let (_place, connection, table) = open(harness, &numbered("numbered", 400, 1_000)).await;
    let mut scan = scan_of(&table, Range::All);
    scan.batch_bytes = 16 << 10;
    let seen = read(&*connection, scan).await;
    assert!(seen.batches.len() >= 20, "{:?}", seen.batches);
    assert!(seen.batches.iter().all(|(rows, _)| *rows <= 17), "{:?}", seen.batches);
}

pub async fn a_limit_is_kept<H: Harness>(harness: &H) {
    let (_place, connection, table) = open(harness, &numbered("numbered", 100, 8)).await;
    for limit in [0, 1, 50, 1_000] {
        let mut scan = scan_of(&table, Range::All);
        scan.limit = Some(limit);
        assert_eq!(
            read(&*connection, scan).await.count as u64,
            limit.min(connection.read().count(&table).await.unwrap())
        );
    }
}

pub async fn an_empty_table_has_no_rows<H: Harness>(harness: &H) {
    let sample = Sample::new("nothing", &[("id", LogicalType::INT64), ("note", LogicalType::TEXT)]).key(&["id"]);
    let (_place, connection, table) = open(harness, &sample).await;
    assert_eq!(connection.read().count(&table).await.unwrap(), 0);
    let ranges = connection.read().ranges(&table, 10).await.unwrap();
    assert!(ranges.len() <= 1, "{ranges:?}");
    for range in ranges.into_iter().chain([Range::All]) {
        assert_eq!(read(&*connection, scan_of(&table, range)).await.count, 0);
    }
}

pub async fn without_columns_rows_are_counted<H: Harness>(harness: &H) {
    let sample = numbered("numbered", 100, 8);
    let (_place, connection, table) = open(harness, &sample).await;
    let mut scan = scan_of(&table, Range::All);
    scan.columns.clear();
    assert_eq!(read(&*connection, scan).await.count, sample.rows.len());
}

pub async fn columns_come_in_the_order_asked_for<H: Harness>(harness: &H) {
    let sample = numbered("numbered", 3, 4);
    let (_place, connection, table) = open(harness, &sample).await;
    let mut scan = scan_of(&table, Range::All);
    scan.columns.reverse();
    let mut rows = read(&*connection, scan).await.rows;
    rows.iter_mut().for_each(|row| row.reverse());
    rows.sort();
    assert_eq!(rows, sample.rows);
}

pub async fn a_column_that_is_not_there_is_named<H: Harness>(harness: &H) {
    let (_place, connection, table) = open(harness, &numbered("numbered", 3, 4)).await;
    let error = connection.read().schema(&table, &["nowhere".into()]).unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotFound);
    assert!(error.to_string().contains("nowhere"), "{error}");
}

pub async fn a_table_that_is_gone_is_named<H: Harness>(harness: &H) {
    let (_place, connection, mut table) = open(harness, &numbered("numbered", 3, 4)).await;
    table.name.table = "nowhere".into();
    let error = match connection.read().scan(scan_of(&table, Range::All)).await {
        Err(error) => error,
        Ok(mut stream) => stream.next().await.expect("an error is told").expect_err("there is no such table"),
    };
    assert_eq!(error.kind, ErrorKind::NotFound, "{error}");
    assert!(error.to_string().contains("nowhere"), "{error}");
}

pub async fn wide_text_arrives_whole<H: Harness>(harness: &H) {
    let wide = "ß\",\n".repeat(400_000);
    let sample = Sample::new("wide", &[("id", LogicalType::INT64), ("body", LogicalType::TEXT)])
        .key(&["id"])
        .row(&[Some("1"), Some(&wide)])
        .row(&[Some("2"), Some("x")]);
    let (_place, connection, table) = open(harness, &sample).await;
    let mut scan = scan_of(&table, Range::All);
    scan.batch_bytes = 1 << 16;
    let Seen { rows, batches, .. } = read(&*connection, scan).await;
    assert!(rows == sample.rows, "a text of {} bytes did not arrive as it was", wide.len());
    assert_eq!(batches.iter().map(|(rows, _)| *rows).collect::<Vec<_>>(), [1, 1]);
}

pub async fn every_type_carries_its_values_and_null<H: Harness>(harness: &H) {
    let sample = every_type();
    let (_place, connection, table) = open(harness, &sample).await;
    assert_eq!(read_all(&*connection, &table).await, shown(harness, &sample));
}

pub async fn names_of_any_script_are_found<H: Harness>(harness: &H) {
    let columns = ["id", "select", "a \"b\"", "عمود", "Ünï Code", "semi;colon", "it's"];
    let types: Vec<_> = columns.iter().map(|c| (*c, LogicalType::INT64)).collect();
    let numbers = ["1", "2", "3", "4", "5", "6", "7"];
    let sample = Sample::new("Täble \"x\" جدول; drop", &types).key(&["id"]).row(&numbers.map(Some));
    let (_place, connection, table) = open(harness, &sample).await;
    assert_eq!(table.columns.iter().filter(|c| !c.derived).map(|c| c.name.as_str()).collect::<Vec<_>>(), columns);
    let range = connection.read().ranges(&table, 10).await.unwrap().remove(0);
    assert_eq!(read(&*connection, scan_of(&table, range)).await.rows, sample.rows);
    assert_eq!(connection.read().count(&table).await.unwrap(), 1);
}

pub async fn a_dropped_scan_leaves_nothing_behind<H: Harness>(harness: &H) {
    let sample = numbered("numbered", 2_000, 500);
    let (place, connection, table) = open(harness, &sample).await;
    for _ in 0..40 {
        let mut scan = scan_of(&table, Range::All);
        scan.batch_bytes = 4 << 10;
        let mut stream = connection.read().scan(scan).await.unwrap();
        stream.next().await.unwrap().unwrap();
    }
    let more = Sample { rows: vec![vec![Some("-5".into()), Some("later".into())]], ..sample.clone() };
    harness.append(&place, &more).await;
    assert_eq!(connection.read().count(&table).await.unwrap(), sample.rows.len() as u64 + 1);
}

pub async fn a_snapshot_hides_what_comes_after_it<H: Harness>(harness: &H) {
    let sample = numbered("numbered", 50, 8);
    let (place, connection, table) = open(harness, &sample).await;
    let promised = connection.descriptor().capabilities.snapshot;
    let rows = sample.rows.len();
    connection.read().hold_snapshot().await.unwrap();
    let more = Sample { rows: vec![vec![Some("-5".into()), Some("later".into())]], ..sample };
    harness.append(&place, &more).await;
    let hidden = if promised { rows } else { rows + 1 };
    let scans = (0..3).map(|_| read(&*connection, scan_of(&table, Range::All)));
    for seen in futures::future::join_all(scans).await {
        assert_eq!(seen.count, hidden);
    }
    assert_eq!(connection.read().count(&table).await.unwrap(), hidden as u64);
    connection.read().release_snapshot().await.unwrap();
    assert_eq!(read(&*connection, scan_of(&table, Range::All)).await.count, rows + 1);
}

pub async fn read_only_means_no_writer<H: Harness>(harness: &H) {
    let place = harness.source(&[numbered("numbered", 3, 4)]).await;
    assert!(place.open(Access::ReadOnly).await.write().is_none());
    let writable = place.open(Access::ReadWrite).await;
    assert_eq!(writable.write().is_some(), writable.descriptor().capabilities.writes);
}
