//! The tables that are carried, and how each database makes and fills them.

use std::path::Path;

use super::ground::{Ground, write};
use crate::failure::Result;
use crate::process;

/// Name and type of each column; the types mean the same in all the databases.
pub struct Shape {
    pub name: String,
    pub columns: Vec<(String, &'static str)>,
}

impl Shape {
    pub fn create(&self) -> String {
        let columns: Vec<String> = self.columns.iter().map(|(name, kind)| format!("{name} {kind}")).collect();
        format!("create table {} ({})", self.name, columns.join(", "))
    }

    pub fn drop(&self) -> String {
        format!("drop table if exists {}", self.name)
    }
}

pub fn lineitem() -> Shape {
    let columns = [
        ("l_orderkey", "bigint not null"),
        ("l_partkey", "bigint not null"),
        ("l_suppkey", "bigint not null"),
        ("l_linenumber", "integer not null"),
        ("l_quantity", "decimal(15,2) not null"),
        ("l_extendedprice", "decimal(15,2) not null"),
        ("l_discount", "decimal(15,2) not null"),
        ("l_tax", "decimal(15,2) not null"),
        ("l_returnflag", "char(1) not null"),
        ("l_linestatus", "char(1) not null"),
        ("l_shipdate", "date not null"),
        ("l_commitdate", "date not null"),
        ("l_receiptdate", "date not null"),
        ("l_shipinstruct", "varchar(25) not null"),
        ("l_shipmode", "varchar(10) not null"),
        ("l_comment", "varchar(44) not null"),
    ];
    shape("lineitem", &columns)
}

fn shape(name: &str, columns: &[(&str, &'static str)]) -> Shape {
    Shape { name: name.into(), columns: columns.iter().map(|(name, kind)| (name.to_string(), *kind)).collect() }
}

/// Ten columns of 200 to 2,000 characters.
pub fn wide() -> Shape {
    let mut columns = vec![("id".to_string(), "bigint not null")];
    columns.extend((0..10).map(|i| (format!("text_{i}"), "text")));
    Shape { name: "wide_text".into(), columns }
}

/// Three hundred columns.
pub fn broad() -> Shape {
    let kinds = ["integer", "decimal(12,2)", "varchar(20)"];
    let columns = (0..300).map(|i| (format!("c{i:03}"), kinds[i % 3])).collect();
    Shape { name: "broad".into(), columns }
}

/// One of two hundred tables of 50,000 rows.
pub fn small(number: usize) -> Shape {
    let columns = [("id", "integer not null"), ("name", "varchar(40)"), ("amount", "decimal(12,2)"), ("day", "date")];
    shape(&format!("small_{number:03}"), &columns)
}

/// One of a thousand tables of twenty columns, without rows.
pub fn empty(number: usize) -> Shape {
    let mut columns = vec![("id".to_string(), "bigint primary key")];
    let kinds = ["integer", "varchar(40)", "decimal(12,2)", "timestamp null", "text"];
    columns.extend((1..20).map(|i| (format!("column_{i:02}"), kinds[i % 5])));
    Shape { name: format!("table_{number:04}"), columns }
}

/// Rows made by PostgreSQL itself; `i` counts from 1.
pub fn fill(shape: &Shape, rows: u64) -> String {
    let values: Vec<String> = shape
        .columns
        .iter()
        .enumerate()
        .map(|(c, (_, kind))| match kind.split(['(', ' ']).next().unwrap_or_default() {
            "bigint" | "integer" => format!("(i * {} % 1000003)::int", c + 1),
            "decimal" => format!("((i * {}) % 100000007)::numeric / 100", c + 7),
            "date" => format!("date '1990-01-01' + (i % {})::int", 9000 + c),
            "varchar" => format!("left(md5((i + {c})::text), {})", 8 + c % 12),
            // 200 to 2,000 characters, which no compression makes small.
            _ => format!(
                "(select string_agg(md5((i * 31 + {c} + n)::text), '') from generate_series(0, 6 + (i + {c}) % 56) n)"
            ),
        })
        .collect();
    format!("insert into {} select {} from generate_series(1, {rows}) i", shape.name, values.join(", "))
}

/// `lineitem` in every source, and how many rows it has.
pub fn load_sources(ground: &Ground, csv: &Path, wanted: impl Fn(&str) -> bool) -> Result<u64> {
    let table = lineitem();
    let copy = format!("\\copy lineitem from '{}' (format csv, header)", csv.display());
    ground.sql("source", &table.drop())?;
    ground.sql("source", &table.create())?;
    ground.sql("source", &copy)?;
    ground.sql("source", "vacuum analyze lineitem")?;
    if wanted("mariadb") {
        ground.mysql("source", &table.drop())?;
        ground.mysql("source", &table.create())?;
        ground.mysql("source", &load_data(csv))?;
        ground.mysql("source", "analyze table lineitem")?;
    }
    if wanted("sqlite") {
        sqlite_import(ground, csv, &ground.files.join("source.sqlite"))?;
    }
    let rows = ground.sql("source", "select count(*) from lineitem")?;
    Ok(rows.trim().parse().unwrap_or(0))
}

pub fn load_data(csv: &Path) -> String {
    format!(
        "load data local infile '{}' into table lineitem fields terminated by ',' optionally enclosed by '\"' \
         lines terminated by '\\n' ignore 1 lines",
        csv.display()
    )
}

fn sqlite_import(ground: &Ground, csv: &Path, database: &Path) -> Result<()> {
    let script = ground.files.join("import.sql");
    let _ = std::fs::remove_file(database);
    write(&script, &sqlite_script(csv))?;
    process::output(process::command("sqlite3").arg(database).arg(format!(".read '{}'", script.display()))).map(drop)
}

/// What `sqlite3` is told to import the file into a table with types.
pub fn sqlite_script(csv: &Path) -> String {
    format!("{};\n.import --csv --skip 1 '{}' lineitem\n", lineitem().create(), csv.display())
}
