//! Tables and rows for the conformance suite.
//!
//! A value is the text that Arrow displays for it, and so is what is read back: the two are compared as they stand.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, BinaryArray, RecordBatch, StringArray};
use datafusion::arrow::compute::{CastOptions, cast_with_options};
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use futures::StreamExt;
use rowferry_engine::catalog::{Column, ForeignKey, Key, Table, TableKind, TableName};
use rowferry_engine::connectors::{Connection, Range, RowFault, Scan};
use rowferry_engine::types::LogicalType;

pub type Row = Vec<Option<String>>;

/// A table, and the rows in it.
#[derive(Debug, Clone)]
pub struct Sample {
    pub table: Table,
    pub rows: Vec<Row>,
}

impl Sample {
    /// All columns may be NULL, and there are no keys.
    pub fn new(name: &str, columns: &[(&str, LogicalType)]) -> Sample {
        let columns = columns
            .iter()
            .map(|(name, logical)| Column {
                name: name.to_string(),
                native_type: String::new(),
                logical: logical.clone(),
                nullable: true,
                default: None,
                identity: None,
                generated: None,
                comment: None,
                derived: false,
                collation: None,
                reading: None,
            })
            .collect();
        let table = Table {
            name: TableName::new("", name),
            kind: TableKind::Table,
            comment: None,
            columns,
            primary_key: None,
            unique_keys: Vec::new(),
            foreign_keys: Vec::new(),
            indexes: Vec::new(),
            checks: Vec::new(),
            row_estimate: None,
            byte_estimate: None,
        };
        Sample { table, rows: Vec::new() }
    }

    /// `columns` become the primary key, and not null.
    pub fn key(mut self, columns: &[&str]) -> Sample {
        for column in self.table.columns.iter_mut().filter(|c| columns.contains(&c.name.as_str())) {
            column.nullable = false;
        }
        self.table.primary_key = Some(key(columns));
        self
    }

    pub fn unique(mut self, columns: &[&str]) -> Sample {
        self.table.unique_keys.push(key(columns));
        self
    }

    pub fn references(mut self, column: &str, parent: &str, parent_column: &str) -> Sample {
        self.table.foreign_keys.push(ForeignKey {
            name: String::new(),
            columns: vec![column.into()],
            references: TableName::new("", parent),
            referenced_columns: vec![parent_column.into()],
            on_update: "NO ACTION".into(),
            on_delete: "NO ACTION".into(),
        });
        self
    }

    pub fn row(mut self, values: &[Option<&str>]) -> Sample {
        assert_eq!(values.len(), self.table.columns.len());
        self.rows.push(values.iter().map(|v| v.map(String::from)).collect());
        self
    }

    /// The table as it stands in this schema.
    pub fn in_schema(&self, schema: &str) -> Table {
        let mut table = self.table.clone();
        table.name.schema = schema.into();
        for key in &mut table.foreign_keys {
            key.references.schema = schema.into();
        }
        table
    }
}

fn key(columns: &[&str]) -> Key {
    Key { name: String::new(), columns: columns.iter().map(|c| c.to_string()).collect() }
}

/// `n` rows with keys that have gaps, and a text of `width` bytes.
pub fn numbered(name: &str, n: i64, width: usize) -> Sample {
    let mut sample = Sample::new(name, &[("id", LogicalType::INT64), ("note", LogicalType::TEXT)]).key(&["id"]);
    for i in 0..n {
        let id = if i % 10 < 5 { i } else { i * 1_000 } + 1;
        sample.rows.push(vec![Some(id.to_string()), Some(format!("n{i:0>width$}"))]);
    }
    sample.rows.sort_by_key(|row| row[0].as_ref().map(|id| id.parse::<i64>().expect("a number")));
    sample.rows.dedup_by(|a, b| a[0] == b[0]);
    sample
}

/// A row of ordinary values, one of NULLs, and one of extremes.
pub fn every_type() -> Sample {
    let decimal = |precision, scale| LogicalType::Decimal { precision, scale };
    let columns = [
        ("id", LogicalType::INT64, "1", "3"),
        ("flag", LogicalType::Boolean, "true", "false"),
        ("small", LogicalType::INT16, "7", "-32768"),
        ("medium", LogicalType::INT32, "70000", "-2147483648"),
        ("large", LogicalType::INT64, "9223372036854775807", "-9223372036854775808"),
        ("price", decimal(Some(10), Some(2)), "12.50", "-99999999.99"),
        ("mass", decimal(Some(30), Some(6)), "0.000001", "-123456789012345678901234.567890"),
        ("exact", decimal(None, None), "0.1", "123456789012345678901234567890.123456789"),
        ("single", LogicalType::Float { bits: 32 }, "1.5", "16777216.0"),
        ("double", LogicalType::Float { bits: 64 }, "0.1", "1.7976931348623157e308"),
        ("body", LogicalType::TEXT, "O'Neil, \"Ünï\"\nعربي 🚢", ""),
        ("short", LogicalType::Text { max: Some(20), fixed: false }, " padded ", "NULL"),
        ("bytes", LogicalType::Binary { max: None }, "00ff10", "61"),
        ("day", LogicalType::Date, "2020-02-29", "0001-01-01"),
        ("clock", LogicalType::Time { precision: 6 }, "10:11:12.500", "23:59:59.999999"),
        (
            "moment",
            LogicalType::Timestamp { precision: 6, zoned: false },
            "2020-02-29T10:11:12",
            "1969-12-31T23:59:59.999999",
        ),
        (
            "instant",
            LogicalType::Timestamp { precision: 6, zoned: true },
            "2020-02-29T10:11:12Z",
            "1969-12-31T23:59:59.999999Z",
        ),
        ("token", LogicalType::Uuid, "6f9619ff-8b86-d011-b42d-00c04fc964ff", "00000000-0000-0000-0000-000000000000"),
        ("document", LogicalType::Json, "{\"a\":  1.50}", "[]"),
    ];
    let types: Vec<_> = columns.iter().map(|(name, logical, ..)| (*name, logical.clone())).collect();
    let ordinary: Vec<_> = columns.iter().map(|c| Some(c.2)).collect();
    let extreme: Vec<_> = columns.iter().map(|c| Some(c.3)).collect();
    let mut nulls = vec![None; columns.len()];
    nulls[0] = Some("2");
    Sample::new("every_type", &types).key(&["id"]).row(&ordinary).row(&nulls).row(&extreme)
}

/// Rows as a batch of this schema, whose fields are the sample's columns.
pub fn batch(schema: &SchemaRef, rows: &[Row]) -> RecordBatch {
    let arrays = schema
        .fields()
        .iter()
        .enumerate()
        .map(|(i, field)| array(field.data_type(), rows.iter().map(|row| row[i].as_deref()).collect()))
        .collect();
    RecordBatch::try_new(schema.clone(), arrays).expect("the rows are of the schema's types")
}

fn array(data_type: &DataType, values: Vec<Option<&str>>) -> ArrayRef {
    if *data_type == DataType::Binary {
        let bytes: Vec<Option<Vec<u8>>> = values.into_iter().map(|v| v.map(from_hex)).collect();
        return Arc::new(bytes.iter().map(Option::as_deref).collect::<BinaryArray>());
    }
    let text = StringArray::from(values);
    let options = CastOptions { safe: false, ..CastOptions::default() };
    cast_with_options(&text, data_type, &options).expect("a sample's value is of its column's type")
}

pub fn from_hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).expect("hexadecimal")).collect()
}

/// The sample's rows as this database shows them.
pub fn shown<H: super::Harness>(harness: &H, sample: &Sample) -> Vec<Row> {
    let show =
        |(text, column): (&Option<String>, &Column)| text.clone().map(|text| harness.shown(&column.logical, text));
    sample.rows.iter().map(|row| row.iter().zip(&sample.table.columns).map(show).collect()).collect()
}

/// Everything that a scan gave.
#[derive(Debug, Default)]
pub struct Seen {
    pub rows: Vec<Row>,
    pub positions: Vec<Option<i64>>,
    pub faults: Vec<RowFault>,
    /// Rows and bytes of each batch.
    pub batches: Vec<(usize, usize)>,
    /// Rows, also where there are no columns.
    pub count: usize,
}

impl Seen {
    pub fn add(&mut self, batch: &RecordBatch) {
        let options = FormatOptions::default();
        let columns: Vec<_> = batch
            .columns()
            .iter()
            .map(|array| ArrayFormatter::try_new(array, &options).expect("Arrow displays its own types"))
            .collect();
        for row in 0..batch.num_rows() {
            let values = columns.iter().zip(batch.columns());
            self.rows.push(values.map(|(f, a)| a.is_valid(row).then(|| f.value(row).to_string())).collect());
        }
        self.batches.push((batch.num_rows(), batch.get_array_memory_size()));
        self.count += batch.num_rows();
    }
}

/// All columns but those that say again what others say.
pub fn scan_of(table: &Table, range: Range) -> Scan {
    let columns = table.columns.iter().filter(|c| !c.derived).map(|c| c.name.clone()).collect();
    Scan { table: Arc::new(table.clone()), columns, range, limit: None, batch_bytes: 1 << 20 }
}

/// Reads a scan to its end.
pub async fn read(connection: &dyn Connection, scan: Scan) -> Seen {
    let schema = connection.read().schema(&scan.table, &scan.columns).expect("the columns exist");
    let mut stream = connection.read().scan(scan).await.expect("the scan starts");
    let mut seen = Seen::default();
    while let Some(rows) = stream.next().await {
        let rows = rows.expect("the rows can be read");
        assert_eq!(rows.batch.schema(), schema, "a batch is in the schema that was promised");
        if let Some(positions) = &rows.positions {
            assert_eq!(positions.len(), rows.batch.num_rows(), "every row has its position");
            seen.positions.extend(positions.iter());
        }
        seen.add(&rows.batch);
        seen.faults.extend(rows.faults);
    }
    seen
}

/// Every row of the table, in order of its first column's text.
pub async fn read_all(connection: &dyn Connection, table: &Table) -> Vec<Row> {
    let mut seen = read(connection, scan_of(table, Range::All)).await;
    assert!(seen.faults.is_empty(), "{:?}", seen.faults);
    seen.rows.sort();
    seen.rows
}
