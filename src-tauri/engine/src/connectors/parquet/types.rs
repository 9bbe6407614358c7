//! Columns of a Parquet file as logical types.
//!
//! | Parquet | read as |
//! |---|---|
//! | BOOLEAN, INT of 8 to 64 bits with or without a sign, FLOAT, DOUBLE, FLOAT16 | the same; FLOAT16 as a float of 32 bits |
//! | DECIMAL(p, s) | decimal(p, s); beyond 38 digits it travels as exact text |
//! | STRING, ENUM | text |
//! | JSON | json |
//! | UUID | uuid |
//! | BYTE_ARRAY, FIXED_LEN_BYTE_ARRAY, BSON | bytes |
//! | DATE, TIME, TIMESTAMP of any unit | the same; milliseconds travel as microseconds |
//! | INT96 | timestamp(9) without zone; one outside the years 1677 to 2262 is a fault of its row |
//! | INTERVAL, and Arrow's durations | interval, as ISO 8601 text |
//! | a group | its leaves, each by its path: `customer.name` |
//! | LIST, MAP, a repeated field | json; decimals with all digits, times as ISO text, bytes as hexadecimal text |

use datafusion::arrow::datatypes::{DataType, Field, FieldRef, TimeUnit};
use parquet::arrow::arrow_reader::ArrowReaderMetadata;
use parquet::basic::{ConvertedType, LogicalType as Annotation, Type as Physical};
use parquet::schema::types::Type;

use crate::connectors::files::unique;
use crate::types::LogicalType;

/// How the values of a leaf are brought to their logical type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// By Arrow's own conversion.
    Plain,
    /// Sixteen bytes.
    Uuid,
    /// A timestamp of 96 bits, which a number of 64 bits may not hold.
    Int96,
    /// Months, days and milliseconds of a Parquet INTERVAL.
    Interval,
    /// A list or a map.
    Nested,
}

/// One column of the table.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    pub name: String,
    /// Places of the fields from the root, through structs.
    pub path: Vec<usize>,
    pub data_type: DataType,
    pub logical: LogicalType,
    pub kind: Kind,
    pub nullable: bool,
    pub comment: Option<String>,
}

impl Leaf {
    /// What the parts of one table have in common.
    pub(super) fn kept(&self) -> (&str, &DataType, Kind) {
        (&self.name, &self.data_type, self.kind)
    }
}

pub(super) fn leaves(footer: &ArrowReaderMetadata) -> Vec<Leaf> {
    let mut found = Vec::new();
    let root = footer.parquet_schema().root_schema().get_fields();
    for (i, field) in footer.schema().fields().iter().enumerate() {
        collect(field, root.get(i).map(AsRef::as_ref), &[i], "", true, &mut found);
    }
    let names = unique(found.iter().map(|leaf| leaf.name.clone()).collect());
    found.iter_mut().zip(names).for_each(|(leaf, name)| leaf.name = name);
    found
}

/// The table's comment.
pub(super) fn comment(footer: &ArrowReaderMetadata) -> Option<String> {
    said(footer.schema().metadata())
}

fn said(metadata: &std::collections::HashMap<String, String>) -> Option<String> {
    ["comment", "description"].iter().find_map(|key| metadata.get(*key)).filter(|c| !c.is_empty()).cloned()
}

fn collect(
    field: &FieldRef,
    parquet: Option<&Type>,
    path: &[usize],
    prefix: &str,
    required: bool,
    found: &mut Vec<Leaf>,
) {
    let name = format!("{prefix}{}", field.name());
    let required = required && !field.is_nullable();
    let repeated = parquet.is_some_and(|p| {
        let info = p.get_basic_info();
        info.has_repetition() && info.repetition() == parquet::basic::Repetition::REPEATED
    });
    if let (DataType::Struct(children), false) = (field.data_type(), repeated)
        && !children.is_empty()
    {
        let below = parquet.filter(|p| p.is_group()).map(|p| p.get_fields()).unwrap_or_default();
        for (i, child) in children.iter().enumerate() {
            let path: Vec<usize> = path.iter().copied().chain([i]).collect();
            collect(child, below.get(i).map(AsRef::as_ref), &path, &format!("{name}."), required, found);
        }
        return;
    }
    let (logical, kind) = meaning(field, parquet);
    found.push(Leaf {
        name,
        path: path.to_vec(),
        data_type: field.data_type().clone(),
        logical,
        kind,
        nullable: !required,
        comment: said(field.metadata()),
    });
}

fn meaning(field: &Field, parquet: Option<&Type>) -> (LogicalType, Kind) {
    let primitive = parquet.filter(|p| p.is_primitive());
    let annotation = primitive.and_then(|p| p.get_basic_info().logical_type_ref());
    let converted = primitive.map(|p| p.get_basic_info().converted_type());
    let extension = field.metadata().get("ARROW:extension:name").map(String::as_str);
    let timestamp = matches!(field.data_type(), DataType::Timestamp(..));
    if timestamp && primitive.is_some_and(|p| p.get_physical_type() == Physical::INT96) {
        return (LogicalType::Timestamp { precision: 9, zoned: false }, Kind::Int96);
    }
    match value_type(field.data_type()) {
        DataType::FixedSizeBinary(16) if annotation == Some(&Annotation::Uuid) || extension == Some("arrow.uuid") => {
            (LogicalType::Uuid, Kind::Uuid)
        }
        DataType::FixedSizeBinary(n) => (LogicalType::Binary { max: u32::try_from(*n).ok() }, Kind::Plain),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => {
            let json = annotation == Some(&Annotation::Json)
                || converted == Some(ConvertedType::JSON)
                || extension == Some("arrow.json");
            (if json { LogicalType::Json } else { LogicalType::TEXT }, Kind::Plain)
        }
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => {
            (LogicalType::Binary { max: None }, Kind::Plain)
        }
        DataType::Interval(_) => (LogicalType::Interval, Kind::Interval),
        DataType::Duration(_) => (LogicalType::Interval, Kind::Plain),
        DataType::Null => (LogicalType::TEXT, Kind::Plain),
        DataType::Decimal32(p, s)
        | DataType::Decimal64(p, s)
        | DataType::Decimal128(p, s)
        | DataType::Decimal256(p, s) => (LogicalType::Decimal { precision: Some(*p), scale: Some(*s) }, Kind::Plain),
        DataType::Time32(unit) | DataType::Time64(unit) => {
            (LogicalType::Time { precision: digits(*unit) }, Kind::Plain)
        }
        DataType::Timestamp(unit, zone) => {
            (LogicalType::Timestamp { precision: digits(*unit), zoned: zone.is_some() }, Kind::Plain)
        }
        DataType::Date32 | DataType::Date64 => (LogicalType::Date, Kind::Plain),
        simple if simple.is_numeric() || *simple == DataType::Boolean => (LogicalType::from_arrow(simple), Kind::Plain),
        _ => (LogicalType::Json, Kind::Nested),
    }
}

/// The type of the values behind a dictionary.
fn value_type(data_type: &DataType) -> &DataType {
    match data_type {
        DataType::Dictionary(_, value) => value_type(value),
        DataType::RunEndEncoded(_, value) => value_type(value.data_type()),
        other => other,
    }
}

fn digits(unit: TimeUnit) -> u8 {
    match unit {
        TimeUnit::Second => 0,
        TimeUnit::Millisecond => 3,
        TimeUnit::Microsecond => 6,
        TimeUnit::Nanosecond => 9,
    }
}
