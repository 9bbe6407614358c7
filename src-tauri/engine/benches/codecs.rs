//! The hot encoders and decoders alone, over rows like TPC-H's `lineitem`: `cargo bench -p rowferry-engine`.

use std::hint::black_box;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use datafusion::arrow::array::{
    ArrayRef, Date32Array, Decimal128Array, Int32Array, Int64Array, RecordBatch, StringArray,
};
use futures::StreamExt;
use rowferry_engine::connectors::{self, Access, Endpoint, Range, Scan, measured, url};

const ROWS: i64 = 20_000;

/// The same rows at every run.
fn lineitem() -> RecordBatch {
    let cents = |factor: i64, limit: i64| -> ArrayRef {
        let values = Decimal128Array::from_iter_values((0..ROWS).map(|i| i128::from(i * factor % limit)));
        Arc::new(values.with_precision_and_scale(15, 2).expect("fifteen digits"))
    };
    let text = |make: fn(i64) -> String| -> ArrayRef { Arc::new(StringArray::from_iter_values((0..ROWS).map(make))) };
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("orderkey", Arc::new(Int64Array::from_iter_values(0..ROWS))),
        ("linenumber", Arc::new(Int32Array::from_iter_values((0..ROWS as i32).map(|i| i % 7)))),
        ("quantity", cents(100, 5_100)),
        ("price", cents(7_919, 10_494_950)),
        ("discount", cents(1, 11)),
        ("flag", text(|i| ["N", "R", "A"][i as usize % 3].into())),
        ("shipdate", Arc::new(Date32Array::from_iter_values((0..ROWS as i32).map(|i| 8_000 + i % 2_500)))),
        ("mode", text(|i| ["TRUCK", "AIR", "REG AIR", "MAIL"][i as usize % 4].into())),
        ("comment", text(|i| format!("carefully final deposits {} sleep", i * 31 % 9_973))),
    ];
    RecordBatch::try_from_iter(columns).expect("columns of one length")
}

fn codecs(criterion: &mut Criterion) {
    let batch = lineitem();
    let stream = measured::postgres_encode(&batch).expect("every value has a form");
    let mut group = criterion.benchmark_group("codecs");
    group.throughput(Throughput::Elements(ROWS as u64));
    group.bench_function("PostgreSQL COPY, encode", |b| {
        b.iter(|| measured::postgres_encode(black_box(&batch)).expect("it was encoded before").len())
    });
    group.bench_function("PostgreSQL COPY, decode", |b| {
        b.iter(|| measured::postgres_decode(black_box(&stream), batch.schema()).expect("it was just encoded"))
    });
    group.bench_function("MySQL load data, encode", |b| {
        b.iter(|| measured::mysql_lines(black_box(&batch)).expect("every value has a form"))
    });
    group.finish();
}

/// A file read through the connector, from its bytes to batches.
fn files(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let folder = tempfile::tempdir().expect("a scratch folder");
    let path = folder.path().join("lineitem.csv");
    let mut csv = std::io::BufWriter::new(std::fs::File::create(&path).expect("a file"));
    writeln!(csv, "orderkey,price,shipdate,mode,comment").expect("room on the disk");
    for i in 0..ROWS {
        writeln!(csv, "{i},{}.{:02},19{:02}-03-1{},TRUCK,\"deposits, {i}\"", i * 7, i % 100, 70 + i % 30, i % 10)
            .expect("room on the disk");
    }
    csv.into_inner().expect("room on the disk");
    let (url, _) = url::parse(&format!("csv:{}", path.display()), Path::new("/")).expect("a URL");
    let endpoint = Endpoint { name: "files".into(), url, secret: None };
    let connection = runtime.block_on(connectors::connect(&endpoint, Access::ReadOnly)).expect("it opens");
    let catalog = runtime.block_on(connection.catalog()).expect("it is read");
    let table = Arc::new(catalog.tables().next().expect("one file").clone());
    let mut group = criterion.benchmark_group("files");
    group.throughput(Throughput::Elements(ROWS as u64));
    group.bench_function("CSV, read", |b| {
        b.iter(|| {
            let scan = Scan {
                table: table.clone(),
                columns: table.columns.iter().map(|c| c.name.clone()).collect(),
                range: Range::All,
                limit: None,
                batch_bytes: 1 << 20,
            };
            runtime.block_on(async {
                let mut rows = connection.read().scan(scan).await.expect("it is read");
                let mut count = 0;
                while let Some(rows) = rows.next().await {
                    count += rows.expect("every row is whole").batch.num_rows();
                }
                count
            })
        })
    });
    group.finish();
}

criterion_group!(benches, codecs, files);
criterion_main!(benches);
