//! CSV, written by hand; and what only CSV does.

use std::path::Path;
use std::sync::Arc;

use rowferry_engine::ErrorKind;
use rowferry_engine::catalog::Table;
use rowferry_engine::connectors::{Access, Connection, Endpoint, Range, connect, url};
use rowferry_engine::types::LogicalType;

use super::sample::{Row, Sample, Seen, read, scan_of};
use super::{Harness, Place};

struct Csv;

super::answers_reads!(Csv);
super::answers_file_writes!(Csv);

/// NULL is an empty field, and an empty text is `""`.
fn line(values: &[Option<String>]) -> String {
    let field = |value: &Option<String>| match value {
        None => String::new(),
        Some(text) if text.is_empty() || text.contains(['"', ',', '\n', '\r', ';']) => {
            format!("\"{}\"", text.replace('"', "\"\""))
        }
        Some(text) => text.clone(),
    };
    values.iter().map(field).collect::<Vec<_>>().join(",") + "\n"
}

fn lines(rows: &[Row]) -> String {
    rows.iter().map(|row| line(row)).collect()
}

fn endpoint(path: &Path, parameters: &str) -> Endpoint {
    let (url, secret) = url::parse(&format!("csv:{}{parameters}", path.display()), Path::new("/")).unwrap();
    Endpoint { name: "files".into(), url, secret }
}

impl Harness for Csv {
    const KEYS: bool = false;

    async fn source(&self, samples: &[Sample]) -> Place {
        let folder = tempfile::tempdir().unwrap();
        for sample in samples {
            let header: Row = sample.table.columns.iter().map(|c| Some(c.name.clone())).collect();
            let path = folder.path().join(format!("{}.csv", sample.table.name.table));
            std::fs::write(path, line(&header) + &lines(&sample.rows)).unwrap();
        }
        Place { endpoint: endpoint(folder.path(), ""), schema: "files", keep: Box::new(folder) }
    }

    async fn append(&self, place: &Place, sample: &Sample) {
        let path = place.endpoint.url.path().unwrap().join(format!("{}.csv", sample.table.name.table));
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(path, text + &lines(&sample.rows)).unwrap();
    }

    fn seen_as(&self, logical: &LogicalType) -> LogicalType {
        logical.clone()
    }
}

struct Opened {
    _folder: tempfile::TempDir,
    connection: Arc<dyn Connection>,
    table: Table,
}

impl Opened {
    async fn read(&self) -> Seen {
        read(&*self.connection, scan_of(&self.table, Range::All)).await
    }

    fn columns(&self) -> Vec<(&str, LogicalType)> {
        self.table.columns.iter().map(|c| (c.name.as_str(), c.logical.clone())).collect()
    }
}

/// One file with these bytes.
async fn opened(bytes: impl AsRef<[u8]>, parameters: &str) -> Opened {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.csv");
    std::fs::write(&path, bytes).unwrap();
    let connection = connect(&endpoint(&path, parameters), Access::ReadOnly).await.unwrap();
    let table = connection.catalog().await.unwrap().tables().next().unwrap().clone();
    Opened { _folder: folder, connection, table }
}

fn texts(rows: &[Row]) -> Vec<Vec<Option<&str>>> {
    rows.iter().map(|row| row.iter().map(Option::as_deref).collect()).collect()
}

#[tokio::test]
async fn an_empty_field_is_null_and_an_empty_text_is_not() {
    let file = opened("id,note\n1,\n2,\"\"\n3,x\n", "").await;
    let expected = [vec![Some("1"), None], vec![Some("2"), Some("")], vec![Some("3"), Some("x")]];
    assert_eq!(texts(&file.read().await.rows), expected);
}

#[tokio::test]
async fn a_broken_line_costs_itself_and_says_where() {
    let text = b"id,note\n1,a\n2\n3,b,c\n4,\xff\n5,\"x\"y\n6,ok\nseven,z\n8,\"open\n9,end\n";
    let file = opened(text, "").await;
    let seen = file.read().await;
    // The seventh makes the column text.
    assert_eq!(texts(&seen.rows).iter().map(|r| r[0].unwrap()).collect::<Vec<_>>(), ["1", "6", "seven", "9"]);
    assert_eq!(seen.positions, [Some(2), Some(7), Some(8), Some(10)]);
    let faults: Vec<_> = seen.faults.iter().map(|f| (f.position.unwrap(), f.reason.as_str())).collect();
    assert_eq!(
        faults,
        [
            (3, "line 3 at byte 12: 1 fields, 2 expected"),
            (4, "line 4 at byte 14: 3 fields, 2 expected"),
            (5, "line 5: the value is not UTF-8 at byte 22"),
            (6, "line 6: text follows a closing quote at byte 29"),
            (9, "a quote opens on line 9 at byte 46 and is not closed"),
        ]
    );
    assert_eq!(seen.faults[1].row.last().unwrap(), &("field 3".to_string(), Some("c".to_string())));
    assert_eq!(seen.faults[2].column.as_deref(), Some("note"));
    let read = file.connection.read();
    assert_eq!(read.count(&file.table).await.unwrap(), 9);
    let mut rows = 0;
    for range in read.ranges(&file.table, 2).await.unwrap() {
        let seen = super::sample::read(&*file.connection, scan_of(&file.table, range)).await;
        rows += seen.count + seen.faults.len();
    }
    assert_eq!(rows, 9);
}

#[tokio::test]
async fn a_value_behind_the_sample_that_does_not_fit_is_a_fault() {
    let mut text = String::from("n,d\n");
    (0..10_000).for_each(|i| text += &format!("{i},2020-01-01\n"));
    text += "hush,2020-01-01\n007,2020-01-01\n1,2020-02-30\n5,2020-01-02\n";
    let file = opened(text, "").await;
    assert_eq!(file.columns(), [("n", LogicalType::INT64), ("d", LogicalType::Date)]);
    let seen = file.read().await;
    assert_eq!(seen.count, 10_001);
    let faults: Vec<_> = seen.faults.iter().map(|f| (f.position.unwrap(), f.column.as_deref().unwrap())).collect();
    assert_eq!(faults, [(10_002, "n"), (10_003, "n"), (10_004, "d")]);
    assert!(seen.faults.iter().all(|f| !f.reason.contains("hush")));
}

#[tokio::test]
async fn the_form_is_found_out() {
    let file = opened("\u{feff}id;name;name;\r\n1;\"a;b\";x;y\r\n", "").await;
    let names: Vec<_> = file.table.columns.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["id", "name", "name_2", "column_4"]);
    assert_eq!(texts(&file.read().await.rows), [[Some("1"), Some("a;b"), Some("x"), Some("y")]]);
}

#[tokio::test]
async fn the_form_can_be_given() {
    let file = opened("1|'a|b'|\\N\n2||x\n", "?delimiter=|&header=no&quote='&null=\\N").await;
    let names: Vec<_> = file.table.columns.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["column_1", "column_2", "column_3"]);
    assert_eq!(texts(&file.read().await.rows), [[Some("1"), Some("a|b"), None], [Some("2"), Some(""), Some("x")]]);
}

#[tokio::test]
async fn a_file_of_one_column_keeps_its_nulls() {
    let file = opened("note\na\n\nb\n", "").await;
    assert_eq!(texts(&file.read().await.rows), [[Some("a")], [None], [Some("b")]]);
    assert_eq!(file.connection.read().count(&file.table).await.unwrap(), 3);
}

#[tokio::test]
async fn a_folder_is_a_schema_of_its_files() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("a.csv", "x\n1\n"), ("b.TSV", "x\ty\n1\t2\n"), ("a.tsv", "z\n1\n"), ("c.json", "{}")] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let connection = connect(&endpoint(folder.path(), ""), Access::ReadOnly).await.unwrap();
    let catalog = connection.catalog().await.unwrap();
    let names: Vec<_> = catalog.tables().map(|t| (t.name.table.as_str(), t.columns.len())).collect();
    assert_eq!(names, [("a.csv", 1), ("a.tsv", 1), ("b", 2)]);
}

#[tokio::test]
async fn what_is_no_csv_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.csv");
    let Err(error) = connect(&endpoint(&missing, ""), Access::ReadOnly).await else { panic!("opened nothing") };
    assert_eq!(error.kind, ErrorKind::NotFound);
    assert!(error.to_string().contains("missing.csv"));
    let latin = folder.path().join("latin.csv");
    std::fs::write(&latin, b"a,caf\xe9\n").unwrap();
    let Err(error) = connect(&endpoint(&latin, ""), Access::ReadOnly).await else { panic!("took é for UTF-8") };
    assert_eq!(error.kind, ErrorKind::WrongFormat);
    let Err(error) = connect(&endpoint(folder.path(), "?delimeter=;"), Access::ReadOnly).await else {
        panic!("took a parameter that does not exist")
    };
    assert_eq!(error.kind, ErrorKind::InvalidUrl);
}

/// What stands in the file after these rows were written into it.
async fn written(old: Option<&str>, parameters: &str, rows: &[Row]) -> Result<String, rowferry_engine::Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.csv");
    if let Some(old) = old {
        std::fs::write(&path, old).unwrap();
    }
    let connection = connect(&endpoint(&path, parameters), Access::ReadWrite).await.unwrap();
    let writer = connection.write().unwrap();
    let sample = Sample::new("x", &[("id", LogicalType::INT64), ("note", LogicalType::TEXT)]);
    let table = sample.in_schema("files");
    let checkpoint = |step| rowferry_engine::connectors::Checkpoint {
        run: "run".into(),
        fingerprint: "f".into(),
        step,
        chunk: 0,
        read: 1,
        written: 1,
        rejected: 0,
        filtered: 0,
        bytes: 1,
    };
    let create = if old.is_none() { connection.dialect().create_table(&table) } else { Vec::new() };
    writer.apply(&create, Some(&checkpoint(1))).await?;
    let names = ["id".to_string(), "note".to_string()];
    let mut chunk = writer.begin(&table, &names).await?;
    chunk.write(&super::sample::batch(&writer.schema(&table, &names)?, rows)).await?;
    chunk.commit(&checkpoint(0)).await?;
    writer.apply(&[connection.dialect().publish(&table.name).unwrap()], Some(&checkpoint(2))).await?;
    // What was written is read as it was meant.
    let read = super::sample::read_all(&*connection, &table).await;
    assert!(rows.iter().all(|row| read.contains(row)), "{read:?}");
    Ok(std::fs::read_to_string(path).unwrap())
}

fn row(id: &str, note: Option<&str>) -> Row {
    vec![Some(id.into()), note.map(String::from)]
}

#[tokio::test]
async fn a_file_is_written_in_the_form_that_is_asked_for() {
    let rows =
        [row("1", Some("a;b")), row("2", Some("")), row("3", None), row("4", Some("\"q\"\n")), row("5", Some("x"))];
    assert_eq!(written(None, "", &rows).await.unwrap(), "id,note\n1,\"a;b\"\n2,\"\"\n3,\n4,\"\"\"q\"\"\n\"\n5,x\n");
    assert_eq!(
        written(None, "?delimiter=;&quote='&null=5&lines=crlf", &rows).await.unwrap(),
        "id;note\r\n1;'a;b'\r\n2;''\r\n3;5\r\n4;'\"q\"\n'\r\n'5';x\r\n"
    );
    let error = written(None, "?quote=none", &[row("1", Some("a,b"))]).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Conversion);
    assert!(!error.to_string().contains("a,b"), "{error}");
    assert_eq!(error.context.column.as_deref(), Some("note"));
}

#[tokio::test]
async fn rows_are_added_to_a_file_in_its_own_form() {
    let old = "\u{feff}id|note\r\n1|'x'";
    assert_eq!(written(Some(old), "", &[row("2", Some("a|b"))]).await.unwrap(), format!("{old}\n2|\"a|b\"\n"));
}
