//! Parquet, written by the `parquet` crate itself; and what only Parquet does.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::*;
use datafusion::arrow::buffer::{NullBuffer, OffsetBuffer};
use datafusion::arrow::datatypes::{DataType, Field, Fields, Float16Type, Int32Type, Schema, i256};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::data_type::Int96;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use rowferry_engine::ErrorKind;
use rowferry_engine::catalog::Table;
use rowferry_engine::connectors::{Access, Connection, Endpoint, Range, connect, url};
use rowferry_engine::types::LogicalType;

use super::sample::{Row, Sample, batch, read, read_all, scan_of};
use super::{Harness, Place};

struct Files;

super::answers_reads!(Files);
super::answers_file_writes!(Files);

fn endpoint(path: &Path) -> Endpoint {
    let (url, secret) = url::parse(&format!("parquet:{}", path.display()), Path::new("/")).unwrap();
    Endpoint { name: "files".into(), url, secret }
}

/// Small row groups, so that a file has many.
fn store(path: &Path, batches: &[RecordBatch]) {
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(40)).build();
    let file = File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batches[0].schema(), Some(properties)).unwrap();
    batches.iter().for_each(|b| writer.write(b).unwrap());
    writer.close().unwrap();
}

fn rows_of(sample: &Sample) -> RecordBatch {
    let fields: Vec<_> =
        sample.table.columns.iter().map(|c| Field::new(&c.name, c.logical.arrow(), c.nullable)).collect();
    batch(&Arc::new(Schema::new(fields)), &sample.rows)
}

impl Harness for Files {
    const KEYS: bool = false;

    async fn source(&self, samples: &[Sample]) -> Place {
        let folder = tempfile::tempdir().unwrap();
        for sample in samples {
            store(&folder.path().join(format!("{}.parquet", sample.table.name.table)), &[rows_of(sample)]);
        }
        Place { endpoint: endpoint(folder.path()), schema: "files", keep: Box::new(folder) }
    }

    async fn append(&self, place: &Place, sample: &Sample) {
        let path = place.endpoint.url.path().unwrap().join(format!("{}.parquet", sample.table.name.table));
        let file = ParquetRecordBatchReaderBuilder::try_new(File::open(&path).unwrap()).unwrap();
        let mut batches: Vec<_> = file.build().unwrap().map(Result::unwrap).collect();
        batches.push(rows_of(sample));
        let new = path.with_extension("new");
        store(&new, &batches);
        std::fs::rename(new, path).unwrap();
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
    fn column(&self, name: &str) -> LogicalType {
        self.table
            .column(name)
            .unwrap_or_else(|| panic!("{name} is not among {:?}", self.table.columns))
            .logical
            .clone()
    }

    /// The values of one column, in the file's order.
    async fn values(&self, name: &str) -> Vec<Option<String>> {
        let mut scan = scan_of(&self.table, Range::All);
        scan.columns = vec![name.into()];
        let seen = read(&*self.connection, scan).await;
        assert!(seen.faults.is_empty(), "{:?}", seen.faults);
        seen.rows.into_iter().map(|mut row| row.remove(0)).collect()
    }
}

async fn opened(folder: tempfile::TempDir) -> Opened {
    let connection = connect(&endpoint(folder.path()), Access::ReadOnly).await.unwrap();
    let table = connection.catalog().await.unwrap().tables().next().expect("a table").clone();
    Opened { _folder: folder, connection, table }
}

async fn stored(columns: Vec<(&str, ArrayRef)>) -> Opened {
    let folder = tempfile::tempdir().unwrap();
    let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, a)| (n, a, true))).unwrap();
    store(&folder.path().join("x.parquet"), &[batch]);
    opened(folder).await
}

fn some(values: &[&str]) -> Vec<Option<String>> {
    values.iter().map(|v| Some(v.to_string())).collect()
}

#[tokio::test]
async fn every_form_of_a_value_keeps_what_it_says() {
    let wide = "123456789012345678901234567890123456789012.34";
    let uuid = [0x6fu8, 0x96, 0x19, 0xff, 0x8b, 0x86, 0xd0, 0x11, 0xb4, 0x2d, 0, 0xc0, 0x4f, 0xc9, 0x64, 0xff];
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("u8", Arc::new(UInt8Array::from(vec![255]))),
        ("u64", Arc::new(UInt64Array::from(vec![u64::MAX]))),
        ("i8", Arc::new(Int8Array::from(vec![-128]))),
        (
            "half",
            Arc::new(Float16Array::from_iter_values([
                <Float16Type as datafusion::arrow::datatypes::ArrowPrimitiveType>::Native::from_f32(0.1),
            ])),
        ),
        ("view", Arc::new(StringViewArray::from(vec!["a rather long text that is not inlined"]))),
        ("large", Arc::new(LargeStringArray::from(vec!["x"]))),
        ("dictionary", Arc::new(DictionaryArray::<Int32Type>::from_iter(["again"]))),
        (
            "wide",
            Arc::new(
                Decimal256Array::from(vec![i256::from_string(&wide.replace('.', "")).unwrap()])
                    .with_precision_and_scale(44, 2)
                    .unwrap(),
            ),
        ),
        ("small decimal", Arc::new(Decimal32Array::from(vec![-1250]).with_precision_and_scale(6, 2).unwrap())),
        ("milli", Arc::new(TimestampMillisecondArray::from(vec![1_500]).with_timezone("Europe/Berlin"))),
        ("nano", Arc::new(TimestampNanosecondArray::from(vec![1]))),
        ("clock", Arc::new(Time32MillisecondArray::from(vec![1]))),
        ("day", Arc::new(Date64Array::from(vec![86_400_000]))),
        ("uuid", Arc::new(FixedSizeBinaryArray::try_from_iter([uuid].iter()).unwrap())),
        ("fixed", Arc::new(FixedSizeBinaryArray::try_from_iter([[1u8, 2, 3]].iter()).unwrap())),
        ("lasting", Arc::new(DurationSecondArray::from(vec![61]))),
        ("nothing", Arc::new(NullArray::new(1))),
    ];
    let mut fields: Vec<Field> = columns.iter().map(|(n, a)| Field::new(*n, a.data_type().clone(), true)).collect();
    fields[13] =
        fields[13].clone().with_metadata(HashMap::from([("ARROW:extension:name".into(), "arrow.uuid".into())]));
    fields[0] = fields[0].clone().with_metadata(HashMap::from([("comment".into(), "a small number".into())]));
    let folder = tempfile::tempdir().unwrap();
    let arrays = columns.iter().map(|c| c.1.clone()).collect();
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).unwrap();
    store(&folder.path().join("x.parquet"), &[batch]);
    let file = opened(folder).await;
    let unsigned = |bits| LogicalType::Integer { bits, signed: false };
    let decimal = |precision, scale| LogicalType::Decimal { precision: Some(precision), scale: Some(scale) };
    let expected = [
        ("u8", unsigned(8), "255"),
        ("u64", unsigned(64), "18446744073709551615"),
        ("i8", LogicalType::Integer { bits: 8, signed: true }, "-128"),
        ("half", LogicalType::Float { bits: 32 }, "0.099975586"),
        ("view", LogicalType::TEXT, "a rather long text that is not inlined"),
        ("large", LogicalType::TEXT, "x"),
        ("dictionary", LogicalType::TEXT, "again"),
        ("wide", decimal(44, 2), wide),
        ("small decimal", decimal(6, 2), "-12.50"),
        ("milli", LogicalType::Timestamp { precision: 3, zoned: true }, "1970-01-01T00:00:01.500Z"),
        ("nano", LogicalType::Timestamp { precision: 9, zoned: false }, "1970-01-01T00:00:00.000000001"),
        ("clock", LogicalType::Time { precision: 3 }, "00:00:00.001"),
        ("day", LogicalType::Date, "1970-01-02"),
        ("uuid", LogicalType::Uuid, "6f9619ff-8b86-d011-b42d-00c04fc964ff"),
        ("fixed", LogicalType::Binary { max: Some(3) }, "010203"),
        ("lasting", LogicalType::Interval, "PT61S"),
    ];
    for (name, logical, value) in expected {
        assert_eq!(file.column(name), logical, "{name}");
        assert_eq!(file.values(name).await, some(&[value]), "{name}");
    }
    assert_eq!(file.values("nothing").await, [None]);
    assert_eq!(file.table.columns[0].comment.as_deref(), Some("a small number"));
}

#[tokio::test]
async fn structs_are_flattened_and_lists_are_json() {
    let names: ArrayRef = Arc::new(StringArray::from(vec![Some("Ann"), Some("hidden"), None]));
    let scores: ArrayRef =
        Arc::new(Decimal128Array::from(vec![150, 250, 350]).with_precision_and_scale(30, 2).unwrap());
    let inner = StructArray::from(vec![(Arc::new(Field::new("name", DataType::Utf8, true)), names.clone())]);
    let fields: Fields = vec![
        Field::new("person", inner.data_type().clone(), true),
        Field::new("score", scores.data_type().clone(), true),
    ]
    .into();
    // The second customer is NULL, and so are all of its leaves.
    let nulls = NullBuffer::from(vec![true, false, true]);
    let customer = StructArray::new(fields, vec![Arc::new(inner), scores.clone()], Some(nulls));
    let item = Fields::from(vec![
        Field::new("name", DataType::Utf8, true),
        Field::new("score", scores.data_type().clone(), true),
    ]);
    let items = StructArray::new(item.clone(), vec![names, scores], None);
    let list = ListArray::new(
        Arc::new(Field::new("item", DataType::Struct(item), true)),
        OffsetBuffer::from_lengths([2, 0, 1]),
        Arc::new(items),
        Some(NullBuffer::from(vec![true, true, true])),
    );
    let mut map = MapBuilder::new(None, StringBuilder::new(), Float64Builder::new());
    map.keys().append_value("a\"b");
    map.values().append_value(0.1);
    map.append(true).unwrap();
    map.append(false).unwrap();
    map.keys().append_value("n");
    map.values().append_value(f64::NAN);
    map.append(true).unwrap();
    let file =
        stored(vec![("customer", Arc::new(customer)), ("items", Arc::new(list)), ("map", Arc::new(map.finish()))])
            .await;
    let columns: Vec<_> = file.table.columns.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(columns, ["customer.person.name", "customer.score", "items", "map"]);
    assert_eq!(file.values("customer.person.name").await, [Some("Ann".into()), None, None]);
    assert_eq!(file.values("customer.score").await, [Some("1.50".into()), None, Some("3.50".into())]);
    assert_eq!(file.column("items"), LogicalType::Json);
    assert_eq!(
        file.values("items").await,
        some(&[
            "[{\"name\":\"Ann\",\"score\":1.50},{\"name\":\"hidden\",\"score\":2.50}]",
            "[]",
            "[{\"name\":null,\"score\":3.50}]",
        ])
    );
    let mut scan = scan_of(&file.table, Range::All);
    scan.columns = vec!["map".into()];
    let seen = read(&*file.connection, scan).await;
    assert_eq!(seen.rows, [vec![Some("{\"a\\\"b\":0.1}".to_string())], vec![None]]);
    assert_eq!((seen.faults.len(), seen.faults[0].position), (1, Some(3)));
    assert_eq!(seen.positions, [Some(1), Some(2)]);
}

#[tokio::test]
async fn what_the_type_cannot_hold_is_a_fault_of_its_row() {
    let file = stored(vec![
        ("second", Arc::new(TimestampSecondArray::from(vec![0, i64::MAX, 1]))),
        ("day", Arc::new(Date64Array::from(vec![0, 0, 1]))),
    ])
    .await;
    let seen = read(&*file.connection, scan_of(&file.table, Range::All)).await;
    assert_eq!(seen.rows, [[Some("1970-01-01T00:00:00".to_string()), Some("1970-01-01".into())]]);
    let faults: Vec<_> = seen.faults.iter().map(|f| (f.position.unwrap(), f.column.as_deref().unwrap())).collect();
    assert_eq!(faults, [(2, "second"), (3, "day")]);
}

#[tokio::test]
async fn old_timestamps_and_intervals_are_read_by_all_of_their_bits() {
    use parquet::data_type::{ByteArray, FixedLenByteArray, FixedLenByteArrayType, Int96Type};
    let schema = "message m { required int96 at; required fixed_len_byte_array(12) span (INTERVAL); }";
    let folder = tempfile::tempdir().unwrap();
    let file = File::create(folder.path().join("x.parquet")).unwrap();
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut writer = SerializedFileWriter::new(file, schema, Arc::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    // Julian day 2440588 is 1970-01-01; the second is in the year 4707.
    let moment = |day: u32, nanos: u64| {
        let mut value = Int96::new();
        value.set_data(nanos as u32, (nanos >> 32) as u32, day);
        value
    };
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<Int96Type>().write_batch(&[moment(2_440_588, 1), moment(3_440_588, 0)], None, None).unwrap();
    column.close().unwrap();
    let span = |months: u32, days: u32, millis: u32| {
        let bytes: Vec<u8> = [months, days, millis].iter().flat_map(|n| n.to_le_bytes()).collect();
        FixedLenByteArray::from(ByteArray::from(bytes))
    };
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<FixedLenByteArrayType>().write_batch(&[span(14, 3, 1_500), span(0, 0, 0)], None, None).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    writer.close().unwrap();
    let file = opened(folder).await;
    assert_eq!(file.values("span").await, some(&["P14M3DT1.5S", "P0M0DT0S"]));
    assert_eq!(file.column("at"), LogicalType::Timestamp { precision: 9, zoned: false });
    let seen = read(&*file.connection, scan_of(&file.table, Range::All)).await;
    assert_eq!(seen.rows, [[Some("1970-01-01T00:00:00.000000001".to_string()), Some("P14M3DT1.5S".into())]]);
    assert_eq!(seen.faults.iter().map(|f| f.position).collect::<Vec<_>>(), [Some(2)]);
}

#[tokio::test]
async fn ranges_are_row_groups_through_all_parts_and_positions_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let parts = folder.path().join("orders.parquet");
    std::fs::create_dir(&parts).unwrap();
    std::fs::write(parts.join("_SUCCESS"), "").unwrap();
    let sample = super::sample::numbered("orders", 300, 8);
    let whole = rows_of(&sample);
    store(&parts.join("part-00000.parquet"), &[whole.slice(0, 100)]);
    store(&parts.join("part-00001.parquet"), &[whole.slice(100, whole.num_rows() - 100)]);
    std::fs::create_dir(folder.path().join("other")).unwrap();
    std::fs::write(folder.path().join("other").join("notes.txt"), "").unwrap();
    let file = opened(folder).await;
    assert_eq!(file.table.name.table, "orders");
    assert_eq!(file.connection.catalog().await.unwrap().tables().count(), 1);
    let ranges = file.connection.read().ranges(&file.table, 50).await.unwrap();
    assert_eq!(ranges[0], Range::RowGroups { from: 0, to: 2 });
    let mut rows: Vec<Row> = Vec::new();
    let mut positions = Vec::new();
    for range in ranges {
        let seen = read(&*file.connection, scan_of(&file.table, range)).await;
        rows.extend(seen.rows);
        positions.extend(seen.positions);
    }
    assert_eq!(rows, sample.rows);
    assert_eq!(positions, (1..=rows.len() as i64).map(Some).collect::<Vec<_>>());
    assert_eq!(read_all(&*file.connection, &file.table).await.len(), rows.len());
}

#[tokio::test]
async fn what_is_no_parquet_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.parquet");
    let Err(error) = connect(&endpoint(&missing), Access::ReadOnly).await else { panic!("opened nothing") };
    assert_eq!(error.kind, ErrorKind::NotFound);
    let text = folder.path().join("text.parquet");
    std::fs::write(&text, "id,name\n").unwrap();
    let Err(error) = connect(&endpoint(&text), Access::ReadOnly).await else { panic!("opened a text") };
    assert_eq!(error.kind, ErrorKind::WrongFormat);
    assert!(error.to_string().contains("text.parquet"));
}

#[tokio::test]
async fn rows_for_a_file_take_its_own_types_or_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.parquet");
    let fields = vec![
        Field::new("must", DataType::Int32, false),
        Field::new("at", DataType::Timestamp(datafusion::arrow::datatypes::TimeUnit::Millisecond, None), true),
    ];
    let columns: Vec<ArrayRef> =
        vec![Arc::new(Int32Array::from(vec![1])), Arc::new(TimestampMillisecondArray::from(vec![0]))];
    store(&path, &[RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap()]);
    let connection = connect(&endpoint(folder.path()), Access::ReadWrite).await.unwrap();
    let table = connection.catalog().await.unwrap().tables().next().unwrap().clone();
    let writer = connection.write().unwrap();
    let names = ["must".to_string(), "at".to_string()];
    let schema = writer.schema(&table, &names).unwrap();
    let rows = |rows: &[[Option<&str>; 2]]| {
        let rows: Vec<Row> = rows.iter().map(|r| r.iter().map(|v| v.map(String::from)).collect()).collect();
        batch(&schema, &rows)
    };
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
    let mut chunk = writer.begin(&table, &names).await.unwrap();
    let fine = "1970-01-01T00:00:00.000001";
    for (bad, kind, column) in
        [([Some("2"), Some(fine)], ErrorKind::Conversion, "at"), ([None, None], ErrorKind::Constraint, "must")]
    {
        let error = chunk.write(&rows(&[[Some("9"), None], bad])).await.unwrap_err();
        assert_eq!((error.kind, error.context.column.as_deref()), (kind, Some(column)), "{error}");
    }
    chunk.write(&rows(&[[Some("3"), Some("1970-01-01T00:00:00.001")]])).await.unwrap();
    chunk.commit(&checkpoint(0)).await.unwrap();
    let publish = connection.dialect().publish(&table.name).unwrap();
    writer.apply(&[publish], Some(&checkpoint(1))).await.unwrap();
    assert_eq!(
        read_all(&*connection, &table).await,
        [
            [Some("1".to_string()), Some("1970-01-01T00:00:00".into())],
            [Some("3".into()), Some("1970-01-01T00:00:00.001".into())],
        ]
    );
    let again = connect(&endpoint(folder.path()), Access::ReadOnly).await.unwrap();
    assert_eq!(again.catalog().await.unwrap().tables().next().unwrap().columns, table.columns);
}
