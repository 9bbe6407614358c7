//! There and back: random values of every type go from A to B and from there into a table like the first, and A itself
//! is asked whether the two are the same.
//!
//! Every value lies where the plan promises to lose nothing: years of four digits, finite numbers, no NUL. So no row may
//! be rejected on either way. `ROWFERRY_SEED` takes other values; the failure names the seed.

mod values;

use serde_json::{Value, json};

use super::crossing::{checked, planned};
use super::side::{Base, Side, backticked, quoted};
use crate::cli::{PROJECT, Place};
use values::{Chance, Shape};

const ROWS: usize = 250;
const SEED: u64 = 0x005e_ed0f_f1de_1177;

type Columns = &'static [(&'static str, &'static str, Shape)];

const POSTGRES: Columns = &[
    ("flag", "boolean", Shape::Truth),
    ("i16", "smallint", Shape::Integer(16, true)),
    ("i32", "integer", Shape::Integer(32, true)),
    ("i64", "bigint", Shape::Integer(64, true)),
    ("price", "numeric(10,2)", Shape::Decimal(10, 2)),
    ("wide", "numeric(38,10)", Shape::Decimal(38, 10)),
    ("wider", "numeric(65,30)", Shape::Decimal(65, 30)),
    ("exact", "numeric", Shape::Decimal(80, 40)),
    ("f32", "real", Shape::Float32),
    ("f64", "double precision", Shape::Float64),
    ("body", "text", Shape::Text(60)),
    ("short", "varchar(12)", Shape::Text(12)),
    ("code", "char(8)", Shape::Code(8)),
    ("bytes", "bytea", Shape::Bytes(40)),
    ("day", "date", Shape::Date),
    ("clock", "time", Shape::Time(6)),
    ("seconds", "time(0)", Shape::Time(0)),
    ("reading", "timestamp", Shape::Reading(6)),
    ("millis", "timestamp(3)", Shape::Reading(3)),
    ("moment", "timestamptz", Shape::Moment(6)),
    ("span", "interval", Shape::Span),
    ("token", "uuid", Shape::Uuid),
    ("document", "json", Shape::Json),
    ("tree", "jsonb", Shape::Json),
    ("many", "integer[]", Shape::Array),
    ("address", "inet", Shape::Address),
];

const MARIADB: Columns = &[
    ("i8", "tinyint", Shape::Integer(8, true)),
    ("u8", "tinyint unsigned", Shape::Integer(8, false)),
    ("i16", "smallint", Shape::Integer(16, true)),
    ("u16", "smallint unsigned", Shape::Integer(16, false)),
    ("i32", "int", Shape::Integer(32, true)),
    ("u32", "int unsigned", Shape::Integer(32, false)),
    ("i64", "bigint", Shape::Integer(64, true)),
    ("u64", "bigint unsigned", Shape::Integer(64, false)),
    ("bit", "bit(1)", Shape::Truth),
    ("price", "decimal(10,2)", Shape::Decimal(10, 2)),
    ("wide", "decimal(38,10)", Shape::Decimal(38, 10)),
    ("wider", "decimal(65,30)", Shape::Decimal(65, 30)),
    ("f32", "float", Shape::Float32),
    ("f64", "double", Shape::Float64),
    ("body", "longtext", Shape::Text(60)),
    ("short", "varchar(12)", Shape::Text(12)),
    ("code", "char(8)", Shape::Code(8)),
    ("bytes", "longblob", Shape::Bytes(40)),
    ("few", "varbinary(12)", Shape::Bytes(12)),
    ("day", "date", Shape::Date),
    ("clock", "time(6)", Shape::Time(6)),
    ("reading", "datetime(6)", Shape::Reading(6)),
    ("whole", "datetime", Shape::Reading(0)),
    ("moment", "timestamp(6) null default null", Shape::Recent),
    ("size", "enum('large', 'it''s', 'small')", Shape::OneOf(&["large", "it's", "small"])),
    ("token", "uuid", Shape::Uuid),
    ("document", "json", Shape::Json),
];

const SQLITE: Columns = &[
    ("flag", "boolean", Shape::Truth),
    ("i16", "smallint", Shape::Integer(16, true)),
    ("i32", "int4", Shape::Integer(32, true)),
    ("i64", "integer", Shape::Integer(64, true)),
    ("price", "decimal(10,2)", Shape::Decimal(10, 2)),
    ("exact", "decimal_text(38,10)", Shape::DecimalText(38, 10)),
    ("f64", "double", Shape::Float64),
    ("body", "text", Shape::Text(60)),
    ("short", "varchar(12)", Shape::Text(12)),
    ("bytes", "blob", Shape::Bytes(40)),
    ("day", "date", Shape::Date),
    ("clock", "time", Shape::Time(6)),
    ("reading", "timestamp", Shape::Reading(6)),
    ("moment", "timestamptz", Shape::Moment(6)),
    ("token", "uuid_text", Shape::Uuid),
    ("document", "json_text", Shape::Json),
];

/// Columns whose conversion on the way there needs an approval, so that no promise is made of them.
fn excepted(from: Base, to: Base) -> &'static [&'static str] {
    match (from, to) {
        // `timestamp` ends in 2038: an instant becomes its reading in UTC. Between two MySQL servers it stays what it is.
        (Base::Postgres | Base::Sqlite, Base::MariaDb) => &["moment"],
        _ => &[],
    }
}

pub async fn comes_back(from: Base, through: Base) {
    let columns = match from {
        Base::Postgres => POSTGRES,
        Base::MariaDb => MARIADB,
        Base::Sqlite => SQLITE,
        Base::Csv | Base::Parquet => panic!("a file does not compare itself"),
    };
    let seed = std::env::var("ROWFERRY_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(SEED);
    let place = Place::new();
    let name = format!("back_{}_{}", from.name(), through.name());
    let before = Side::new(from, &place, &format!("{name}_a")).await;
    let between = Side::new(through, &place, &format!("{name}_b")).await;
    let after = Side::new(from, &place, &format!("{name}_c")).await;
    let quote = if from == Base::MariaDb { backticked } else { quoted };
    let defined: Vec<String> = columns.iter().map(|(name, native, _)| format!("{} {native}", quote(name))).collect();
    let id = if from == Base::Sqlite { "integer primary key" } else { "int primary key" };
    let options = if from == Base::MariaDb { " default character set utf8mb4" } else { "" };
    let table = format!("create table t (id {id}, {}){options}", defined.join(", "));
    after.run(std::slice::from_ref(&table)).await;
    let mut chance = Chance::new(seed);
    let rows = (1..=ROWS).map(|id| {
        let values: Vec<String> = columns.iter().map(|(_, _, shape)| shape.literal(from, &mut chance)).collect();
        format!("({id}, {})", values.join(", "))
    });
    let rows: Vec<String> = rows.collect();
    before.run(&[table, format!("insert into t values {}", rows.join(",\n"))]).await;

    let there = Place::new()
        .with("ROWFERRY_PASSWORD_SOURCE", before.password())
        .with("ROWFERRY_PASSWORD_TARGET", between.password());
    there.project(&before.url(), &between.url(), |_| {});
    let (lossy, carried) = there_without_losses(&there, columns);
    assert_eq!(lossy, excepted(from, through), "{name}: these lose something on the way there");
    carry(&there, &name, seed);

    let back = Place::new()
        .with("ROWFERRY_PASSWORD_SOURCE", between.password())
        .with("ROWFERRY_PASSWORD_TARGET", after.password());
    back.project(&between.url(), &after.url(), |document| {
        let columns = std::iter::once("id").chain(carried.iter().copied());
        document["tables"][0]["to"]["table"] = "t".into();
        document["tables"][0]["columns"] =
            columns.map(|c| json!({"to": c, "from": [c], "approve_loss": true})).collect();
    });
    carry(&back, &name, seed);
    for (column, ..) in columns.iter().filter(|(column, ..)| carried.contains(column)) {
        let different = different(&before, &after, column).await;
        assert_eq!(different, "0", "{name}, seed {seed}: values of {column} came back as others");
    }
}

/// Takes the columns out that lose something. Gives them, and those that are carried.
fn there_without_losses(place: &Place, columns: Columns) -> (Vec<&'static str>, Vec<&'static str>) {
    let plan = planned(place);
    let steps = plan["steps"].as_array().expect("steps");
    let verdict = |name: &str| {
        let found = steps[0]["columns"].as_array().expect("columns").iter().find(|c| c["to"] == name);
        found.unwrap_or_else(|| panic!("{name} is not planned"))["verdict"]["verdict"].clone()
    };
    let (lossy, carried): (Vec<_>, Vec<_>) = columns
        .iter()
        .map(|(name, ..)| *name)
        .partition(|name| ["lossy", "impossible"].contains(&verdict(name).as_str().expect("a word")));
    let text = std::fs::read_to_string(place.path(PROJECT)).expect("the project");
    let mut document: Value = serde_json::from_str(&text).expect("JSON");
    let mapped = document["tables"][0]["columns"].as_array_mut().expect("columns");
    mapped.retain(|c| !lossy.iter().any(|name| c["to"] == *name));
    place.write(PROJECT, &document.to_string());
    (lossy, carried)
}

/// Every row arrives.
fn carry(place: &Place, name: &str, seed: u64) {
    checked(place, 0);
    let ran = place.run(&["run", PROJECT, "--json"]);
    let last = ran.lines().pop().unwrap_or_else(|| panic!("{}", ran.err));
    let table = &last["tables"][0];
    let rejected = table["rejects"].as_str().map(|path| std::fs::read_to_string(path).expect("the reject file"));
    assert_eq!(rejected, None, "{name}, seed {seed}");
    ran.expect(0);
    assert_eq!(table["written"], ROWS, "{name}");
}

/// The number of rows whose value is not what it was, or that are on one side only.
async fn different(before: &Side, after: &Side, column: &str) -> String {
    match (before, after) {
        (Side::Postgres(before), Side::Postgres(after)) => {
            // One server has both, but no query sees two of its databases.
            let sql = format!("select id::text, {0}::text from t order by id", quoted(column));
            let texts = |rows: Vec<sqlx::postgres::PgRow>| {
                use sqlx::Row;
                rows.iter().map(|r| (r.get(0), r.get(1))).collect::<Vec<(String, Option<String>)>>()
            };
            let (a, b) = (texts(before.rows(&sql).await), texts(after.rows(&sql).await));
            assert_eq!(a.len(), ROWS);
            let different = a.iter().zip(&b).filter(|(x, y)| x != y).count() + a.len().abs_diff(b.len());
            different.to_string()
        }
        (Side::MariaDb(before), Side::MariaDb(after)) => {
            let name = backticked(column);
            let sql = format!(
                "select count(*) from {}.t a left join {}.t b using (id)
                 where b.id is null or not (a.{name} <=> b.{name})
                 or not (cast(a.{name} as binary) <=> cast(b.{name} as binary))",
                backticked(before.name),
                backticked(after.name)
            );
            before.rows::<u64>(&sql).await[0].to_string()
        }
        (Side::Sqlite(before), Side::Sqlite(after)) => {
            let database = rusqlite::Connection::open(before).expect("a SQLite file");
            database.execute("attach ? as other", [after.display().to_string()]).expect("the other file");
            let name = quoted(column);
            let sql = format!(
                "select count(*) from main.t a full join other.t b using (id)
                 where a.{name} is not b.{name} or typeof(a.{name}) <> typeof(b.{name})"
            );
            database.query_row(&sql, [], |r| r.get::<_, i64>(0)).unwrap_or_else(|e| panic!("{e}\n{sql}")).to_string()
        }
        _ => panic!("both are of one kind"),
    }
}
