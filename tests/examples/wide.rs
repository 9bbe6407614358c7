//! Writes schemas that are larger than any window should have to bear, for `cargo xtask bench-window`:
//! 10,000 tables of which 1,000 are mapped, and a pair of tables of 500 columns with 500 links.
//!
//!     rowferry-wide FOLDER

use std::error::Error;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use serde_json::{Value, json};

const TABLES: usize = 10_000;
const MAPPED: usize = 1_000;
const COLUMNS: usize = 500;

/// Columns of each of the many tables, besides their key.
const FEW: [(&str, &str); 7] = [
    ("name", "varchar(80) not null"),
    ("amount", "decimal(12,2)"),
    ("created_at", "timestamp"),
    ("status", "varchar(12)"),
    ("quantity", "integer"),
    ("note", "text"),
    ("owner_id", "bigint"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("say where the files should go")?);
    std::fs::create_dir_all(&folder)?;
    many_tables(&folder)?;
    many_columns(&folder)
}

fn many_tables(folder: &Path) -> Result<(), Box<dyn Error>> {
    let columns: Vec<String> = FEW.iter().map(|(name, kind)| format!("{name} {kind}")).collect();
    let columns = columns.join(", ");
    for side in ["source", "target"] {
        let statements = (0..TABLES).map(|n| format!("create table {} (id integer primary key, {columns});", table(n)));
        write(&folder.join(format!("tables-{side}.sqlite")), &statements.collect::<String>())?;
    }
    let mapped = (0..MAPPED).map(|n| {
        let names = std::iter::once("id").chain(FEW.iter().map(|(name, _)| *name));
        mapping(&table(n), &table(n), names.map(|name| (name.to_string(), name.to_string())))
    });
    project(folder, "tables", mapped.collect())
}

fn table(n: usize) -> String {
    const AREAS: [&str; 8] = ["sales", "stock", "staff", "billing", "audit", "web", "crm", "plant"];
    format!("{}_{n:05}", AREAS[n % AREAS.len()])
}

fn many_columns(folder: &Path) -> Result<(), Box<dyn Error>> {
    for (side, prefix) in [("source", "Field"), ("target", "field_")] {
        let kinds = ["integer", "varchar(40)", "decimal(10,2)", "timestamp", "text"];
        let columns: Vec<String> = (0..COLUMNS).map(|n| format!("{prefix}{n:03} {}", kinds[n % kinds.len()])).collect();
        write(&folder.join(format!("columns-{side}.sqlite")), &format!("create table Wide ({});", columns.join(", ")))?;
    }
    let pairs = (0..COLUMNS).map(|n| (format!("Field{n:03}"), format!("field_{:03}", (n * 7) % COLUMNS)));
    project(folder, "columns", vec![mapping("Wide", "Wide", pairs)])
}

fn write(path: &Path, statements: &str) -> Result<(), Box<dyn Error>> {
    let mut database = Connection::open(path)?;
    let transaction = database.transaction()?;
    transaction.execute_batch(statements)?;
    Ok(transaction.commit()?)
}

fn mapping(from: &str, to: &str, columns: impl Iterator<Item = (String, String)>) -> Value {
    let columns: Vec<Value> = columns.map(|(from, to)| json!({"to": to, "from": [from]})).collect();
    json!({
        "from": {"schema": "main", "table": from}, "to": {"schema": "main", "table": to}, "columns": columns,
    })
}

fn project(folder: &Path, name: &str, tables: Vec<Value>) -> Result<(), Box<dyn Error>> {
    let document = json!({
        "rowferry": 1,
        "name": format!("Many {name}"),
        "connections": {
            "old": {"url": format!("sqlite:{name}-source.sqlite")},
            "new": {"url": format!("sqlite:{name}-target.sqlite")},
        },
        "source": "old",
        "target": "new",
        "tables": tables,
    });
    std::fs::write(folder.join(format!("{name}.rowferry.json")), serde_json::to_string(&document)?)?;
    Ok(())
}
