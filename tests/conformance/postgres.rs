//! PostgreSQL, made and looked at with `sqlx`.

use rowferry_engine::types::LogicalType;
use rowferry_tests::postgres::{Database, PostgresCluster};

use super::sample::Sample;
use super::{Harness, Place};

struct Postgres;

super::answers_reads!(Postgres);
super::answers_writes!(Postgres);

fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn list(names: &[String]) -> String {
    names.iter().map(|n| quote(n)).collect::<Vec<_>>().join(", ")
}

fn declared(logical: &LogicalType) -> String {
    match logical {
        LogicalType::Boolean => "boolean".into(),
        LogicalType::Integer { bits: 16, .. } => "smallint".into(),
        LogicalType::Integer { bits: 32, .. } => "integer".into(),
        LogicalType::Integer { .. } => "bigint".into(),
        LogicalType::Decimal { precision: Some(p), scale } => format!("numeric({p}, {})", scale.unwrap_or(0)),
        LogicalType::Decimal { .. } => "numeric".into(),
        LogicalType::Float { bits: 32 } => "real".into(),
        LogicalType::Float { .. } => "double precision".into(),
        LogicalType::Text { max: Some(n), .. } => format!("varchar({n})"),
        LogicalType::Binary { .. } => "bytea".into(),
        LogicalType::Date => "date".into(),
        LogicalType::Time { .. } => "time".into(),
        LogicalType::Timestamp { zoned: false, .. } => "timestamp".into(),
        LogicalType::Timestamp { zoned: true, .. } => "timestamptz".into(),
        LogicalType::Uuid => "uuid".into(),
        LogicalType::Json => "json".into(),
        _ => "text".into(),
    }
}

fn literal(logical: &LogicalType, text: &Option<String>) -> String {
    match (text, logical) {
        (None, _) => "null".into(),
        (Some(text), LogicalType::Binary { .. }) => format!("'\\x{text}'"),
        (Some(text), _) => format!("'{}'", text.replace('\'', "''")),
    }
}

fn insert(sample: &Sample) -> String {
    let table = &sample.table;
    let rows: Vec<String> = sample
        .rows
        .iter()
        .map(|row| {
            let values = row.iter().zip(&table.columns).map(|(text, column)| literal(&column.logical, text));
            format!("({})", values.collect::<Vec<_>>().join(", "))
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    format!("insert into {} values {};", quote(&table.name.table), rows.join(", "))
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
    format!("create table {} ({});", quote(&table.name.table), parts.join(", "))
}

fn database(place: &Place) -> &Database {
    place.keep.downcast_ref().expect("the harness keeps its database")
}

impl Harness for Postgres {
    const KEYS: bool = true;

    async fn source(&self, samples: &[Sample]) -> Place {
        let database = PostgresCluster::shared().database("conformance").await;
        for sample in samples {
            database.run(&(create(sample) + &insert(sample))).await;
        }
        Place { endpoint: database.endpoint(""), schema: "public", keep: Box::new(database) }
    }

    async fn append(&self, place: &Place, sample: &Sample) {
        database(place).run(&insert(sample)).await;
    }

    fn seen_as(&self, logical: &LogicalType) -> LogicalType {
        logical.clone()
    }

    async fn next_number(&self, place: &Place, table: &str, column: &str) -> i64 {
        let sql = format!(
            "begin; insert into {} default values; select max({}) from {}",
            quote(table),
            quote(column),
            quote(table)
        );
        // The connection ends with the transaction open, which takes the row back.
        database(place).scalar(&sql).await
    }
}
