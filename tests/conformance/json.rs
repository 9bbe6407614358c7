//! JSON lines, written by serde_json; and what only JSON does.

mod faults;

use std::path::Path;
use std::sync::Arc;

use rowferry_engine::ErrorKind;
use rowferry_engine::catalog::{Catalog, Table};
use rowferry_engine::connectors::{Access, Connection, Endpoint, Range, connect, url};
use rowferry_engine::types::LogicalType;
use serde_json::value::RawValue;

use super::sample::{Row, Sample, Seen, read, scan_of};
use super::{Harness, Place};

struct Json;

super::answers_reads!(Json);

/// A document whose numbers and JSON stand as the sample has them.
fn line(sample: &Sample, row: &Row) -> String {
    let mut members = Vec::new();
    for (column, value) in sample.table.columns.iter().zip(row) {
        let text = match (value, &column.logical) {
            (None, _) => "null".to_string(),
            (
                Some(value),
                LogicalType::Boolean
                | LogicalType::Integer { .. }
                | LogicalType::Decimal { .. }
                | LogicalType::Float { .. }
                | LogicalType::Json,
            ) => value.clone(),
            (Some(value), _) => serde_json::to_string(value).unwrap(),
        };
        let value = RawValue::from_string(text).unwrap();
        members.push(format!("{}:{}", serde_json::to_string(&column.name).unwrap(), value.get()));
    }
    format!("{{{}}}\n", members.join(","))
}

fn lines(sample: &Sample) -> String {
    sample.rows.iter().map(|row| line(sample, row)).collect()
}

fn endpoint(path: &Path, parameters: &str) -> Endpoint {
    let (url, secret) = url::parse(&format!("json:{}{parameters}", path.display()), Path::new("/")).unwrap();
    Endpoint { name: "files".into(), url, secret }
}

impl Harness for Json {
    const KEYS: bool = false;

    async fn source(&self, samples: &[Sample]) -> Place {
        let folder = tempfile::tempdir().unwrap();
        for sample in samples {
            let path = folder.path().join(format!("{}.jsonl", sample.table.name.table));
            std::fs::write(path, lines(sample)).unwrap();
        }
        Place { endpoint: endpoint(folder.path(), ""), schema: "files", keep: Box::new(folder) }
    }

    async fn append(&self, place: &Place, sample: &Sample) {
        let path = place.endpoint.url.path().unwrap().join(format!("{}.jsonl", sample.table.name.table));
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(path, text + &lines(sample)).unwrap();
    }

    fn seen_as(&self, logical: &LogicalType) -> LogicalType {
        logical.clone()
    }
}

/// A folder with one file.
struct Opened {
    _folder: tempfile::TempDir,
    connection: Arc<dyn Connection>,
    catalog: Catalog,
}

async fn opened(name: &str, bytes: impl AsRef<[u8]>, parameters: &str) -> Opened {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let connection = connect(&endpoint(&path, parameters), Access::ReadOnly).await.unwrap();
    let catalog = connection.catalog().await.unwrap();
    Opened { _folder: folder, connection, catalog }
}

impl Opened {
    fn tables(&self) -> Vec<&str> {
        self.catalog.tables().map(|t| t.name.table.as_str()).collect()
    }

    fn table(&self, name: &str) -> &Table {
        self.catalog
            .tables()
            .find(|t| t.name.table == name)
            .unwrap_or_else(|| panic!("no {name} in {:?}", self.tables()))
    }

    fn columns(&self, name: &str) -> Vec<(&str, LogicalType)> {
        let columns = self.table(name).columns.iter().filter(|c| !c.derived);
        columns.map(|c| (c.name.as_str(), c.logical.clone())).collect()
    }

    fn comment(&self, table: &str, column: &str) -> &str {
        let column = self.table(table).column(column).unwrap_or_else(|| panic!("no column {column}"));
        column.comment.as_deref().unwrap_or_default()
    }

    async fn seen(&self, name: &str) -> Seen {
        read(&*self.connection, scan_of(self.table(name), Range::All)).await
    }

    /// Rows of these columns, in order, without a fault.
    async fn values(&self, name: &str, columns: &[&str]) -> Vec<Row> {
        let mut scan = scan_of(self.table(name), Range::All);
        scan.columns = columns.iter().map(|c| c.to_string()).collect();
        let seen = read(&*self.connection, scan).await;
        assert!(seen.faults.is_empty(), "{:?}", seen.faults);
        seen.rows
    }

    /// What `All` gives is what the ranges give and what is counted.
    async fn agrees_with_itself(&self, name: &str) {
        let (table, reading) = (self.table(name), self.connection.read());
        let whole = self.seen(name).await;
        assert_eq!(reading.count(table).await.unwrap() as usize, whole.count + whole.faults.len(), "{name}");
        for size in [1, 2, 3, 1_000] {
            let (mut rows, mut faults) = (Vec::new(), Vec::new());
            for range in reading.ranges(table, size).await.unwrap() {
                let seen = read(&*self.connection, scan_of(table, range)).await;
                rows.extend(seen.rows);
                faults.extend(seen.faults.into_iter().map(|f| (f.position, f.reason)));
            }
            assert_eq!(rows, whole.rows, "{name} in ranges of {size}");
            let expected: Vec<_> = whole.faults.iter().map(|f| (f.position, f.reason.clone())).collect();
            assert_eq!(faults, expected, "{name} in ranges of {size}");
        }
    }
}

fn row(values: &[&str]) -> Row {
    values.iter().map(|v| Some(v.to_string())).collect()
}

trait Null {
    fn null(self, place: usize) -> Self;
}

impl Null for Row {
    fn null(mut self, place: usize) -> Row {
        self[place] = None;
        self
    }
}

const ORDERS: &str = r#"{"id": 7, "customer": {"name": "Åsa", "email": null}, "total": 12.50, "tags": ["a", "b"],
  "items": [{"sku": "x", "qty": 2, "parts": [{"n": 1}, {"n": 2}]}, {"sku": "y", "qty": 1, "parts": []}]}
{"id": 9, "customer": {"name": "علي"}, "total": 3, "tags": [], "items": []}
{"id": 8, "customer": null, "total": null, "items": null, "note": "ok"}
"#;

#[tokio::test]
async fn objects_are_flattened_and_arrays_are_child_tables() {
    let file = opened("orders.json", ORDERS, "").await;
    assert_eq!(file.tables(), ["orders", "orders.items", "orders.items.parts", "orders.tags"]);
    let decimal = LogicalType::Decimal { precision: Some(4), scale: Some(2) };
    assert_eq!(
        file.columns("orders"),
        [
            ("id", LogicalType::INT64),
            ("customer.name", LogicalType::TEXT),
            ("customer.email", LogicalType::TEXT),
            ("total", decimal),
            ("tags", LogicalType::Json),
            ("note", LogicalType::TEXT),
        ]
    );
    let columns = ["_row", "id", "customer.name", "customer", "customer.email", "customer.email?", "tags", "tags?"];
    let whole = r#"{"name": "Åsa", "email": null}"#;
    let rows = file.values("orders", &columns).await;
    assert_eq!(rows[0], row(&["1", "7", "Åsa", whole, "", "true", r#"["a", "b"]"#, "true"]).null(4));
    assert_eq!(rows[1], row(&["2", "9", "علي", r#"{"name": "علي"}"#, "", "false", "[]", "true"]).null(4));
    assert_eq!(rows[2], row(&["3", "8", "", "", "", "false", "", "false"]).null(2).null(3).null(4).null(6));
    assert_eq!(file.table("orders").primary_key.as_ref().unwrap().columns, ["id"]);
    assert_eq!(file.comment("orders", "customer.email"), "null in 1 document, missing in 2");
    assert_eq!(file.comment("orders", "total"), "integer in 1 document, decimal in 1, null in 1");

    let items = file.table("orders.items");
    assert_eq!(items.primary_key.as_ref().unwrap().columns, ["orders.id", "_index"]);
    let key = &items.foreign_keys[0];
    assert_eq!((&key.columns[..], &key.referenced_columns[..]), (&["orders.id".into()][..], &["id".into()][..]));
    assert_eq!(key.references.table, "orders");
    assert_eq!(
        file.values("orders.items", &["_parent", "orders.id", "_index", "sku", "qty"]).await,
        [row(&["1", "7", "0", "x", "2"]), row(&["1", "7", "1", "y", "1"])]
    );
    let parts = file.table("orders.items.parts");
    assert_eq!(parts.primary_key.as_ref().unwrap().columns, ["orders.id", "_index", "_index_2"]);
    assert_eq!(parts.foreign_keys[0].columns, ["orders.id", "_index"]);
    assert_eq!(parts.foreign_keys[0].referenced_columns, ["orders.id", "_index"]);
    assert_eq!(
        file.values("orders.items.parts", &["orders.id", "_index", "_index_2", "n"]).await,
        [row(&["7", "0", "0", "1"]), row(&["7", "0", "1", "2"])]
    );
    assert!(file.table("orders.tags").columns.iter().all(|c| c.derived), "an array of texts is a JSON column");
    assert_eq!(file.values("orders.tags", &["_index", "_value"]).await, [row(&["0", "a"]), row(&["1", "b"])]);
    for table in file.tables() {
        file.agrees_with_itself(table).await;
    }
}

#[tokio::test]
async fn without_a_key_of_its_own_a_row_has_its_number() {
    let text = "[{\"id\": 1, \"lines\": [{\"x\": 1}]}, {\"id\": 1, \"lines\": [{\"x\": 2}, {\"x\": null}]}]";
    let file = opened("bills.json", text, "").await;
    assert_eq!(file.table("bills").primary_key.as_ref().unwrap().columns, ["_row"]);
    assert_eq!(file.columns("bills"), [("_row", LogicalType::INT64), ("id", LogicalType::INT64)]);
    let lines = file.table("bills.lines");
    assert_eq!(lines.primary_key.as_ref().unwrap().columns, ["_parent", "_index"]);
    assert_eq!(lines.foreign_keys[0].referenced_columns, ["_row"]);
    let expected = [row(&["1", "0", "1"]), row(&["2", "0", "2"]), row(&["2", "1", ""]).null(2)];
    assert_eq!(file.values("bills.lines", &["_parent", "_index", "x"]).await, expected);
    file.agrees_with_itself("bills.lines").await;
}

#[tokio::test]
async fn a_key_is_no_key_when_it_comes_twice_in_any_spelling() {
    let key = async |text: &str| {
        let file = opened("k.jsonl", text, "").await;
        file.table("k").primary_key.as_ref().map(|k| k.columns.join(", "))
    };
    assert_eq!(key("{\"id\":\"a\"}\n{\"id\":\"b\"}\n").await.as_deref(), Some("id"));
    assert_eq!(key("{\"id\":\"a\"}\n{\"id\":\"a\"}\n").await, None);
    assert_eq!(key("{\"id\":\"a\"}\n{\"id\":\"\\u0061\"}\n").await, None);
    assert_eq!(key("{\"id\":\"a\"}\n{\"id\":null}\n").await, None);
    assert_eq!(key("{\"id\":\"a\"}\n{}\n").await, None);
    assert_eq!(key("{\"id\":\"a\"}\n{\"id\":\n").await, None);
    assert_eq!(key("{\"n\":1,\"customer_id\":1}\n{\"n\":2,\"customer_id\":2}\n").await, None);
}

#[tokio::test]
async fn the_arrays_of_one_object_are_tables() {
    let text = r#"{"customers": [{"id": 1, "phones": [{"no": "5"}]}, {"id": 2}], "made": "2020-02-29",
        "a.b": [{"x": true}], "orders": [{"no": 1, "of": 2}]}"#;
    let file = opened("shop.json", text, "").await;
    assert_eq!(file.tables(), ["shop", "shop/\"a.b\"", "shop/customers", "shop/customers.phones", "shop/orders"]);
    assert_eq!(file.columns("shop"), [("made", LogicalType::Date)]);
    assert_eq!(file.table("shop/customers").primary_key.as_ref().unwrap().columns, ["id"]);
    assert_eq!(file.values("shop/customers", &["_row", "id"]).await, [row(&["1", "1"]), row(&["2", "2"])]);
    assert_eq!(file.values("shop/customers.phones", &["customers.id", "_index", "no"]).await, [row(&["1", "0", "5"])]);
    assert_eq!(file.values("shop/orders", &["no", "of"]).await, [row(&["1", "2"])]);
    assert_eq!(file.values("shop/\"a.b\"", &["x"]).await, [row(&["true"])]);
    for table in file.tables() {
        file.agrees_with_itself(table).await;
    }
}

#[tokio::test]
async fn every_form_of_a_file_gives_the_same_rows() {
    let forms = [
        ("a.json", "{\"n\":1,\"t\":\"x\\ny\"}\n{\"n\":2,\"t\":\"\"}\n"),
        ("a.jsonl", "\u{feff}{\"n\":1,\"t\":\"x\\ny\"}\r\n\r\n  {\"n\":2,\"t\":\"\"}"),
        ("a.json", "[{\"n\":1,\"t\":\"x\\ny\"},{\"n\":2,\"t\":\"\"}]"),
        ("a.json", "\u{feff}\r\n[\r\n{\"n\":1,\r\n\"t\":\"x\\ny\"}\r\n,{\"n\":2,\"t\":\"\"}\r\n]\r\n"),
        ("a.json", "{\"n\":1,\"t\":\"x\\ny\"}{\"n\":2,\"t\":\"\"}"),
        ("a.json", "{\n\"n\":1,\"t\":\"x\\ny\"\n}\n{\n\"n\":2,\"t\":\"\"}"),
    ];
    for (name, text) in forms {
        let file = opened(name, text, "").await;
        let rows = [row(&["1", "1", "x\ny"]), row(&["2", "2", ""])];
        assert_eq!(file.values("a", &["_row", "n", "t"]).await, rows, "{text:?}");
        file.agrees_with_itself("a").await;
    }
}

#[tokio::test]
async fn nothing_is_in_an_empty_file() {
    for text in ["", "\n \n", "[]", " [ ] \n", "\u{feff}"] {
        let file = opened("a.json", text, "").await;
        assert_eq!(file.columns("a"), [], "{text:?}");
        assert_eq!(file.seen("a").await.count, 0);
        file.agrees_with_itself("a").await;
    }
    // An object without keys is a row without columns.
    let file = opened("a.json", "{}", "").await;
    assert_eq!(file.seen("a").await.count, 1);
}

#[tokio::test]
async fn a_folder_can_be_one_table() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("b.json", "{\n \"id\": 2,\n \"x\": [{\"y\": 3}]}"),
        ("a.json", "{\"id\": 1, \"x\": [{\"y\": 1}, {\"y\": 2}]}"),
        ("c.jsonl", "{\"id\": 3}\n{\"id\": 4}\n"),
        ("d.json", "[{\"id\": 5}, {\"id\":"),
        ("e.txt", "?"),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let Err(error) = connect(&endpoint(folder.path(), "?table=all"), Access::ReadOnly).await.unwrap().catalog().await
    else {
        panic!("a file that ends early was taken")
    };
    assert!(error.to_string().contains("d.json") && error.to_string().contains("byte 18"), "{error}");
    std::fs::write(folder.path().join("d.json"), "[{\"id\": 5}, {\"id\": 6, \"id\": 7}]").unwrap();
    let connection = connect(&endpoint(folder.path(), "?table=all"), Access::ReadOnly).await.unwrap();
    let catalog = connection.catalog().await.unwrap();
    let file = Opened { _folder: folder, connection, catalog };
    assert_eq!(file.tables(), ["all", "all.x"]);
    let seen = file.seen("all").await;
    assert_eq!(seen.positions, (1..=5).map(Some).collect::<Vec<_>>());
    assert_eq!(seen.faults[0].reason, "d.json, line 1, byte 28: id comes twice in one object");
    assert_eq!(file.values("all.x", &["_parent", "y"]).await.len(), 3);
    for table in file.tables() {
        file.agrees_with_itself(table).await;
    }
}

#[tokio::test]
async fn numbers_keep_every_digit() {
    let file = opened(
        "n.jsonl",
        r#"{"big": 123456789012345678901, "exact": 0.10, "float": 1e5, "huge": 1e400, "zero": -0, "wide": 1, "long": 0.1234567890123456789012345678901234567890}
{"big": -1, "exact": 100, "float": 0.1, "huge": 1, "zero": 0, "wide": 9223372036854775807, "long": 5}"#,
        "",
    )
    .await;
    let decimal = |p, s| LogicalType::Decimal { precision: p, scale: s };
    assert_eq!(
        file.columns("n"),
        [
            ("big", decimal(Some(21), Some(0))),
            ("exact", decimal(Some(5), Some(2))),
            ("float", LogicalType::Float { bits: 64 }),
            ("huge", LogicalType::Json),
            ("zero", LogicalType::Float { bits: 64 }),
            ("wide", LogicalType::INT64),
            ("long", decimal(None, None)),
        ]
    );
    let rows = file.values("n", &["big", "exact", "float", "huge", "zero", "wide", "long"]).await;
    let long = "0.1234567890123456789012345678901234567890";
    assert_eq!(rows[0], row(&["123456789012345678901", "0.10", "100000.0", "1e400", "-0.0", "1", long]));
    assert_eq!(rows[1], row(&["-1", "100.00", "0.1", "1", "0.0", "9223372036854775807", "5"]));
}

#[tokio::test]
async fn texts_and_keys_of_every_kind_arrive() {
    let long = "x".repeat(10 << 20);
    let text = format!(
        "[{{\"\":1,\"a.b\":2,\"a\":{{\"b\":3,\"\\u0062\\\"\":4}},\"اسم\":5,\"\\ud83d\\udea2\":6,\"q?\":7,\"_row\":8,\"_json\":9}},
          {{\"t\":\"\\u0000\\ud83d\\udea2\\/\\b\\f\\n\\r\\t\\\"\\\\é\"}},{{\"t\":\"{long}\"}},{{\"u\":\"6f9619ff-8b86-d011-b42d-00c04fc964ff\"}}]"
    );
    let file = opened("k.json", &text, "").await;
    let names: Vec<_> = file.columns("k").into_iter().map(|(name, _)| name).collect();
    let expected = ["\"\"", "\"a.b\"", "a.b", "a.b\"", "اسم", "🚢", "\"q?\"", "\"_row\"", "\"_json\"", "t", "u"];
    assert_eq!(names, expected);
    let rows = file.values("k", &expected).await;
    for (i, value) in ["1", "2", "3", "4", "5", "6", "7", "8", "9"].iter().enumerate() {
        assert_eq!(rows[0][i].as_deref(), Some(*value), "{}", expected[i]);
    }
    assert_eq!(rows[1][9].as_deref(), Some("\0🚢/\u{8}\u{c}\n\r\t\"\\é"));
    assert!(rows[2][9].as_deref() == Some(&long), "10 MiB of text");
    assert_eq!(file.columns("k")[10].1, LogicalType::Uuid);
}

#[tokio::test]
async fn mixed_types_stay_json_and_are_counted() {
    let text = r#"{"m": 1, "o": {"a": 1}, "h": [1, "x", {"k": 2}, null, [3]], "aa": [[1, 2], [3]]}
{"m": "1", "o": 5, "h": [{"k": 3}], "aa": [[]]}
{"m": [ 1 ], "o": null, "h": []}"#;
    let file = opened("m.jsonl", text, "").await;
    assert_eq!(file.tables(), ["m", "m.h"]);
    let json = LogicalType::Json;
    let expected = [("_row", LogicalType::INT64), ("m", json.clone()), ("o", json.clone()), ("aa", json)];
    assert_eq!(file.columns("m"), expected);
    assert_eq!(file.comment("m", "m"), "integer in 1 document, text in 1, array in 1");
    let rows = file.values("m", &["m", "o", "aa"]).await;
    assert_eq!(rows[0], row(&["1", "{\"a\": 1}", "[[1, 2], [3]]"]));
    assert_eq!(rows[1], row(&["\"1\"", "5", "[[]]"]));
    assert_eq!(rows[2], row(&["[ 1 ]", "", ""]).null(1).null(2));
    let elements = file.values("m.h", &["_parent", "_index", "k", "_value", "_json"]).await;
    assert_eq!(elements[0], row(&["1", "0", "", "1", "1"]).null(2));
    assert_eq!(elements[1], row(&["1", "1", "", "\"x\"", "\"x\""]).null(2));
    assert_eq!(elements[2], row(&["1", "2", "2", "", "{\"k\": 2}"]).null(3));
    assert_eq!(elements[3], row(&["1", "3", "", "", ""]).null(2).null(3).null(4));
    assert_eq!(elements[4], row(&["1", "4", "", "[3]", "[3]"]).null(2));
    assert_eq!(elements.len(), 6);
    file.agrees_with_itself("m.h").await;
}

#[tokio::test]
async fn what_is_no_object_has_a_column_of_its_own() {
    let file = opened("v.json", "42", "").await;
    assert_eq!(file.columns("v"), [("_value", LogicalType::INT64)]);
    assert_eq!(file.values("v", &["_value"]).await, [row(&["42"])]);
    let file = opened("v.json", "[\"2020-01-01\", null, \"2020-01-02\"]", "").await;
    assert_eq!(file.columns("v"), [("_value", LogicalType::Date)]);
    assert_eq!(file.seen("v").await.count, 3);
    let file = opened("v.jsonl", "[1, 2]\n{\"a\": 1}\n", "").await;
    assert_eq!(file.columns("v"), [("a", LogicalType::INT64), ("_value", LogicalType::Json)]);
    assert_eq!(file.values("v", &["a", "_value"]).await[0], row(&["", "[1, 2]"]).null(0));
}
