//! One end of a crossing, made and read past the engine: by its own server, library or file.

use std::collections::HashMap;
use std::path::PathBuf;

use mysql_async::prelude::Queryable;
use rowferry_tests::mariadb::{self, MariaDbServer};
use rowferry_tests::postgres::{self, PostgresCluster};
use rusqlite::types::ValueRef;
use sqlx::{AssertSqlSafe, Connection as _, Row as _};

use super::fixture::{self, Topic};
use crate::cli::Place;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    Postgres,
    MariaDb,
    Sqlite,
    Csv,
    /// Only between two others: what it holds is not looked at.
    Parquet,
}

impl Base {
    pub fn name(self) -> &'static str {
        match self {
            Base::Postgres => "postgres",
            Base::MariaDb => "mariadb",
            Base::Sqlite => "sqlite",
            Base::Csv => "csv",
            Base::Parquet => "parquet",
        }
    }

    pub fn topics(self) -> Vec<Topic> {
        match self {
            Base::Postgres => fixture::postgres::topics(),
            Base::MariaDb => fixture::mariadb::topics(),
            Base::Sqlite => fixture::sqlite::topics(),
            Base::Csv => fixture::csv::topics(),
            Base::Parquet => panic!("the torture schema has no Parquet files"),
        }
    }
}

/// A value as its database shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    pub text: String,
    /// SQLite's storage class, which is a value's own there.
    pub class: Option<&'static str>,
}

pub enum Side {
    Postgres(postgres::Database),
    MariaDb(mariadb::Database),
    Sqlite(PathBuf),
    Csv(PathBuf),
    Parquet(PathBuf),
}

pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

pub fn backticked(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

impl Side {
    /// A new, empty one.
    pub async fn new(base: Base, place: &Place, name: &str) -> Side {
        match base {
            Base::Postgres => Side::Postgres(PostgresCluster::shared().database(name).await),
            Base::MariaDb => Side::MariaDb(MariaDbServer::shared().database(name).await),
            Base::Sqlite => Side::Sqlite(place.path(&format!("{name}.db"))),
            Base::Csv => Side::Csv(place.path(&format!("{name}_files"))),
            Base::Parquet => Side::Parquet(place.path(&format!("{name}_files"))),
        }
    }

    pub fn url(&self) -> String {
        match self {
            Side::Postgres(database) => database.url.clone(),
            Side::MariaDb(database) => database.url.clone(),
            Side::Sqlite(file) => format!("sqlite:{}", file.display()),
            Side::Csv(folder) => format!("csv:{}", folder.display()),
            Side::Parquet(folder) => format!("parquet:{}", folder.display()),
        }
    }

    pub fn password(&self) -> &str {
        match self {
            Side::Postgres(database) => &database.password,
            Side::MariaDb(database) => &database.password,
            Side::Sqlite(_) | Side::Csv(_) | Side::Parquet(_) => "",
        }
    }

    /// Makes the fixture's tables with their rows.
    pub async fn make(&self, topics: &[Topic]) {
        let after = topics.iter().flat_map(|t| &t.after).map(|s| s.to_string());
        match self {
            Side::Postgres(_) => {
                let statements = topics.iter().flat_map(|t| t.sql(quoted, ""));
                self.run(&statements.chain(after).collect::<Vec<_>>()).await;
            }
            Side::MariaDb(_) => {
                let options = " default character set utf8mb4";
                let statements = topics.iter().flat_map(|t| t.sql(backticked, options));
                let session = [fixture::mariadb::SESSION.to_string()];
                self.run(&session.into_iter().chain(statements).chain(after).collect::<Vec<_>>()).await;
            }
            Side::Sqlite(_) => {
                let statements = topics.iter().flat_map(|t| t.sql(quoted, ""));
                self.run(&statements.chain(after).collect::<Vec<_>>()).await;
            }
            Side::Csv(folder) => {
                std::fs::create_dir_all(folder).expect("a folder");
                for topic in topics {
                    let file = folder.join(format!("{}.csv", topic.table));
                    std::fs::write(file, topic.csv()).expect("a file");
                }
            }
            Side::Parquet(_) => panic!("the torture schema has no Parquet files"),
        }
    }

    /// Runs statements in one session.
    pub async fn run(&self, statements: &[String]) {
        match self {
            Side::Postgres(database) => database.run(&statements.join(";\n")).await,
            Side::MariaDb(database) => database.run(&statements.iter().map(String::as_str).collect::<Vec<_>>()).await,
            Side::Sqlite(file) => {
                let database = rusqlite::Connection::open(file).expect("a SQLite file");
                database.execute_batch("pragma foreign_keys = off").expect("a pragma");
                database
                    .execute_batch(&format!("begin; {}; commit", statements.join(";\n")))
                    .unwrap_or_else(|e| panic!("{e}\n{}", statements.join(";\n")));
            }
            Side::Csv(_) | Side::Parquet(_) => panic!("a file runs nothing"),
        }
    }

    /// The columns' types, as the database spells them.
    pub async fn types(&self, table: &str) -> HashMap<String, String> {
        match self {
            Side::Postgres(database) => {
                let sql = format!(
                    "select attname::text, format_type(atttypid, atttypmod) from pg_attribute
                     where attrelid = '{}'::regclass and attnum > 0",
                    quoted(table).replace('\'', "''")
                );
                database.rows(&sql).await.iter().map(|r| (r.get(0), r.get(1))).collect()
            }
            Side::MariaDb(database) => {
                let sql = format!(
                    "select column_name, column_type from information_schema.columns
                     where table_schema = database() and table_name = '{}'",
                    table.replace('\'', "''")
                );
                database.rows::<(String, String)>(&sql).await.into_iter().collect()
            }
            Side::Sqlite(file) => {
                let database = rusqlite::Connection::open(file).expect("a SQLite file");
                let sql = format!("select name, type from pragma_table_xinfo('{}')", table.replace('\'', "''"));
                let mut statement = database.prepare(&sql).expect("a pragma");
                let rows = statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?))).expect("rows");
                rows.map(|r| r.expect("a row")).collect()
            }
            Side::Csv(_) | Side::Parquet(_) => HashMap::new(),
        }
    }

    /// The values of these columns, by the row's id, which is the first of them.
    pub async fn read(&self, table: &str, columns: &[String]) -> HashMap<i64, Vec<Option<Cell>>> {
        let rows = match self {
            Side::Postgres(database) => postgres_rows(database, table, columns).await,
            Side::MariaDb(database) => {
                let types = self.types(table).await;
                mariadb_rows(database, table, columns, &types).await
            }
            Side::Sqlite(file) => sqlite_rows(file, table, columns),
            Side::Csv(folder) => csv_rows(&folder.join(format!("{table}.csv")), columns),
            Side::Parquet(_) => panic!("a Parquet file is not looked at"),
        };
        let mut by_id = HashMap::new();
        for row in rows {
            let id = row[0].as_ref().and_then(|c| c.text.parse().ok()).unwrap_or_else(|| panic!("{table}: {row:?}"));
            assert!(by_id.insert(id, row).is_none(), "{table} holds the row {id} twice");
        }
        by_id
    }

    /// The id that the table gives to the next row by itself.
    pub async fn next_id(&self, table: &str, id: &str, edge: &str) -> String {
        match self {
            Side::Postgres(database) => {
                let sql = format!(
                    "insert into {} ({}) values ('next') returning {}::text",
                    quoted(table),
                    quoted(edge),
                    quoted(id)
                );
                database.scalar(&sql).await
            }
            Side::MariaDb(database) => {
                let mut connection = database.raw().await;
                let sql = format!("insert into {} ({}) values ('next')", backticked(table), backticked(edge));
                connection.query_drop(&sql).await.unwrap_or_else(|e| panic!("{e}\n{sql}"));
                let given = connection.last_insert_id().map_or("none".into(), |n| n.to_string());
                let _ = connection.disconnect().await;
                given
            }
            Side::Sqlite(file) => {
                let database = rusqlite::Connection::open(file).expect("a SQLite file");
                let sql = format!("insert into {} ({}) values ('next')", quoted(table), quoted(edge));
                database.execute(&sql, []).unwrap_or_else(|e| panic!("{e}\n{sql}"));
                database.last_insert_rowid().to_string()
            }
            Side::Csv(_) | Side::Parquet(_) => "none".into(),
        }
    }
}

fn plain(text: String) -> Cell {
    Cell { text, class: None }
}

async fn postgres_rows(database: &postgres::Database, table: &str, columns: &[String]) -> Vec<Vec<Option<Cell>>> {
    // The output function itself: a cast to text would take the padding off.
    let shown: Vec<_> = columns
        .iter()
        .map(|c| format!("case when {0} is not null or {0}::text is not null then format('%s', {0}) end", quoted(c)))
        .collect();
    let sql = format!("select {} from {}", shown.join(", "), quoted(table));
    let mut connection = database.raw().await;
    let rows = sqlx::raw_sql(AssertSqlSafe(sql.as_str())).fetch_all(&mut connection).await;
    let rows = rows.unwrap_or_else(|e| panic!("{e}\n{sql}"));
    let _ = connection.close().await;
    rows.iter().map(|r| (0..columns.len()).map(|i| r.get::<Option<String>, _>(i).map(plain)).collect()).collect()
}

async fn mariadb_rows(
    database: &mariadb::Database,
    table: &str,
    columns: &[String],
    types: &HashMap<String, String>,
) -> Vec<Vec<Option<Cell>>> {
    let shown: Vec<_> = columns
        .iter()
        .map(|column| {
            let name = backticked(column);
            let native = types.get(column).unwrap_or_else(|| panic!("{table} has no {column}")).as_str();
            let text = |expression: String| format!("cast({expression} as char character set utf8mb4)");
            match native.split('(').next().unwrap_or_default() {
                "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" => {
                    format!("concat(char(92), 'x', lower(hex({name})))")
                }
                "bit" => text(format!("{name} + 0")),
                // As text a float has six digits.
                "float" => text(format!("cast({name} as double)")),
                "point" | "geometry" => format!("st_astext({name})"),
                _ => text(name),
            }
        })
        .collect();
    let sql = format!("select {} from {}", shown.join(", "), backticked(table));
    let rows = database.rows::<mysql_async::Row>(&sql).await;
    let cell = |value: Option<Vec<u8>>| value.map(|v| plain(String::from_utf8(v).expect("UTF-8 was asked for")));
    rows.into_iter().map(|mut r| (0..columns.len()).map(|i| cell(r.take(i).expect("a value"))).collect()).collect()
}

fn sqlite_rows(file: &PathBuf, table: &str, columns: &[String]) -> Vec<Vec<Option<Cell>>> {
    let database = rusqlite::Connection::open(file).expect("a SQLite file");
    let names: Vec<_> = columns.iter().map(|c| quoted(c)).collect();
    let sql = format!("select {} from {}", names.join(", "), quoted(table));
    let mut statement = database.prepare(&sql).unwrap_or_else(|e| panic!("{e}\n{sql}"));
    let cell = |value: ValueRef<'_>| match value {
        ValueRef::Null => None,
        ValueRef::Integer(n) => Some(Cell { text: n.to_string(), class: Some("integer") }),
        ValueRef::Real(x) => Some(Cell { text: format!("{x:?}"), class: Some("real") }),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Some(Cell { text: text.into(), class: Some("text") }),
            Err(_) => Some(Cell { text: hexadecimal(bytes), class: Some("broken text") }),
        },
        ValueRef::Blob(bytes) => Some(Cell { text: hexadecimal(bytes), class: Some("blob") }),
    };
    let rows = statement.query_map([], |r| (0..columns.len()).map(|i| Ok(cell(r.get_ref(i)?))).collect());
    rows.expect("rows").map(|r| r.expect("a row")).collect()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold("\\x".to_string(), |text, b| text + &format!("{b:02x}"))
}

/// The rows of a file; an empty field without quotes is NULL.
fn csv_rows(file: &PathBuf, columns: &[String]) -> Vec<Vec<Option<Cell>>> {
    let text = std::fs::read_to_string(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    let mut records = records(&text).into_iter();
    let header = records.next().expect("a header");
    let places: Vec<usize> = columns
        .iter()
        .map(|c| header.iter().position(|h| h.as_ref() == Some(c)).unwrap_or_else(|| panic!("no {c} in {header:?}")))
        .collect();
    records.map(|r| places.iter().map(|p| r[*p].clone().map(plain)).collect()).collect()
}

/// RFC 4180, and nothing else.
pub fn records(text: &str) -> Vec<Vec<Option<String>>> {
    let (mut records, mut record, mut field) = (Vec::new(), Vec::new(), String::new());
    let (mut quoted, mut was_quoted) = (false, false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => field.extend(letters.next()),
            '"' if quoted => quoted = false,
            '"' if field.is_empty() && !was_quoted => (quoted, was_quoted) = (true, true),
            ',' | '\n' if !quoted => {
                let given = std::mem::take(&mut field);
                record.push((was_quoted || !given.is_empty()).then_some(given));
                was_quoted = false;
                if letter == '\n' {
                    records.push(std::mem::take(&mut record));
                }
            }
            other => field.push(other),
        }
    }
    assert!(record.is_empty() && field.is_empty() && !quoted, "the file ends within a line");
    records
}
