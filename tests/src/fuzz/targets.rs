//! The four parsers that read what people and other programs wrote, and what must hold for any text.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, RecordBatch,
    StringArray,
};
use datafusion::arrow::datatypes::Schema;
use rowferry_engine::connectors::measured::WholeCsv;
use rowferry_engine::connectors::{Range, url};
use rowferry_engine::error::ErrorKind;
use rowferry_engine::model;
use rowferry_engine::transform::{Expressions, Transform};

/// True for an input that went further than others; an error says which promise was broken, and names no input.
pub type Check = Box<dyn FnMut(&[u8]) -> Result<bool, String>>;

pub struct Target {
    pub name: &'static str,
    seeds: &'static [&'static str],
    pub words: &'static [&'static str],
    check: fn() -> Check,
}

impl Target {
    pub fn corpus(&self) -> Vec<Vec<u8>> {
        self.seeds.iter().map(|s| s.as_bytes().to_vec()).collect()
    }

    pub fn check(&self) -> Check {
        (self.check)()
    }
}

pub fn all() -> Vec<Target> {
    vec![
        Target { name: "url", seeds: URLS, words: URL_WORDS, check: || Box::new(check_url) },
        Target { name: "csv", seeds: FILES, words: FILE_WORDS, check: || Box::new(check_csv) },
        Target { name: "project", seeds: PROJECTS, words: PROJECT_WORDS, check: || Box::new(check_project) },
        Target { name: "expression", seeds: EXPRESSIONS, words: EXPRESSION_WORDS, check: check_expression },
    ]
}

const URLS: &[&str] = &[
    "postgres://me:p%40ss@db.example:5433/shop?schema=public&sslmode=require",
    "mysql://root@localhost/x",
    "sqlite:data/a b.db",
    "csv:/tmp/x?delimiter=%3B&quote=none&header=no",
    "json:orders.jsonl",
    "parquet:folder/?x=y",
    "postgres://[::1]:5432/",
    "postgres://u:a@b@c:1/d?e=f@g",
];
const URL_WORDS: &[&str] =
    &["://", ":", "@", "/", "?", "&", "=", "%", "%00", "%ff", "[", "]", "#", "postgres", "mysql://", "csv:", "schema="];

/// Passwords never stay in what is saved or shown.
fn check_url(input: &[u8]) -> Result<bool, String> {
    let Ok(text) = std::str::from_utf8(input) else { return Ok(false) };
    let bare = url::without_password(text);
    if url::holds_password(&bare) {
        return Err("a password is left after it was taken out".into());
    }
    let absolute = url::absolute(text, Path::new("/base"));
    if url::absolute(&absolute, Path::new("/elsewhere")) != absolute {
        return Err("an absolute URL depends on where it is".into());
    }
    match url::parse(text, Path::new("/base")) {
        Ok((parsed, secret)) => {
            if secret.is_some() && !url::holds_password(text) {
                return Err("a password was found in a URL that is said to hold none".into());
            }
            let (again, none) =
                url::parse(&bare, Path::new("/base")).map_err(|_| "a URL without its password is not valid")?;
            if none.is_some() || (secret.is_some() && again.location != parsed.location) {
                return Err("a URL without its password means something else".into());
            }
            Ok(true)
        }
        Err(_) => Ok(false),
    }
}

const FILES: &[&str] = &[
    "id,name,price,born\n1,Ada,1.50,2020-01-02\n2,\"a \"\"b\"\"\nc\",-0.10,\n3,,,1999-12-31\n",
    "a;b\r\n1;2\r\n\"x;y\";3\r\n",
    "x\n\n1\n\n",
    "id\tt\n1\t2020-01-02 03:04:05.678+02:00\n2\ttrue\n",
    "\u{feff}a,b\n\\x00ff,18446744073709551615\nNaN,1e300\n",
    "a,a\n\"unclosed,1\n2,3\n",
];
const FILE_WORDS: &[&str] =
    &[",", ";", "\t", "\n", "\r\n", "\"", "\"\"", "\"\n", ",,", "|", "2020-02-29", "24:00:00", "true"];

/// Every row of a file is read once, however the file is cut.
fn check_csv(input: &[u8]) -> Result<bool, String> {
    let Ok(file) = WholeCsv::of(input) else { return Ok(false) };
    let rows = file.count().map_err(|_| "a file whose form is known cannot be counted")?;
    let names: HashSet<&str> = file.table().columns.iter().map(|c| c.name.as_str()).collect();
    if names.len() != file.table().columns.len() {
        return Err("two columns have one name".into());
    }
    let ranges = file.ranges(rows as u32 / 6 + 1).map_err(|_| "a file that can be counted cannot be cut")?;
    let mut found = 0;
    for range in ranges {
        found += file.read(range, 200).map_err(|_| "a range cannot be read to its end")?;
    }
    if found != rows {
        return Err("rows were counted and not all read in ranges, or too many".into());
    }
    let whole = file.read(Range::All, 1 << 20).map_err(|_| "a file cannot be read to its end")?;
    if whole != rows {
        return Err("rows were counted and not all read as a whole, or too many".into());
    }
    Ok(rows > 1)
}

const PROJECTS: &[&str] = &[
    r#"{"rowferry":1,"name":"p","connections":{"s":{"url":"sqlite:a.db"},"t":{"url":"postgres://u@h/d","environment":"production"}},"source":"s","target":"t","tables":[{"from":{"schema":"main","table":"a"},"to":{"schema":"public","table":"a"},"filter":"id > 1","existing":"append","columns":[{"to":"id","from":["id"]},{"to":"n","expression":"upper(n)","approve_loss":true,"misfit":{"value":"x"},"strip_nul":true}],"skipped":["z"],"reading":{"id":{"as":"text","unreadable":"null"}},"orphans":"keep"}],"options":{"chunk_rows":1000,"batch_bytes":65536,"jobs":2,"reject_limit":null,"verify":"checksums"}}"#,
    r#"{"$schema":"x","rowferry":1,"id":"1","name":"","connections":{},"source":"source","target":"target"}"#,
    r#"{"rowferry":2,"name":"p","connections":{},"source":"a","target":"b","tables":[]}"#,
];
const PROJECT_WORDS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "\"",
    ":",
    ",",
    "null",
    "true",
    "{\"value\":\"x\"}",
    "\"reject\"",
    "\"expression\":",
    "\"from\":[]",
    "\"url\":\"postgres://u:p@h\"",
    "\"options\":{}",
    "\"tables\":[{}]",
    "\\u0000",
    "\\ud800",
];

/// What was read is written and read again as the same document, and it holds no password.
fn check_project(input: &[u8]) -> Result<bool, String> {
    let Ok(text) = std::str::from_utf8(input) else { return Ok(false) };
    let Ok(project) = model::parse(text) else { return Ok(false) };
    if project.connections.values().any(|c| url::holds_password(&c.url)) {
        return Err("a project with a password was accepted".into());
    }
    let written = serde_json::to_string(&project).map_err(|_| "a project that was read cannot be written")?;
    let again = model::parse(&written).map_err(|_| "a project that was written cannot be read")?;
    if again != project {
        return Err("a project changed when it was written and read again".into());
    }
    Ok(true)
}

const EXPRESSIONS: &[&str] = &[
    "upper(trim(name)) || ' ' || coalesce(cast(id as varchar), '')",
    "case when price > 1.5 then price * 2 else -price end",
    "cast(name as bigint) + id % 3",
    "\"odd name\" is null or id between 1 and 5",
    "date_trunc('month', born) + interval '1 day'",
    "regexp_replace(name, '[a-z]+', 'x', 'g') like '%x%'",
    "substr(name, 2, 3) in ('a', 'b')",
    "encode(raw, 'hex') = md5(name)",
    "extract(year from born) * 10 / nullif(id, 0)",
    "not flag and power(ratio, 2) > round(ratio, 1)",
    "split_part(name, ',', 1)",
    "to_timestamp(id) > timestamp '2020-01-01 00:00:00'",
];
const EXPRESSION_WORDS: &[&str] = &[
    "(",
    ")",
    "'",
    "\"",
    "+",
    "-",
    "*",
    "/",
    "%",
    "||",
    " and ",
    " or ",
    " not ",
    "null",
    "id",
    "name",
    "price",
    "born",
    "raw",
    "ratio",
    "flag",
    "cast(",
    " as ",
    "decimal(38,10)",
    "timestamp",
    "interval '",
    "case when ",
    " then ",
    " else ",
    " end",
    "::bigint",
    "--",
    "/*",
    "lower(",
    "left(",
    "lpad(",
    "chr(",
    "abs(",
    "sum(",
    "select ",
    " is null",
    " in (",
    "date '",
    "x'",
    "[1]",
    "{",
    "struct(",
    "to_char(",
    "translate(",
    "factorial(",
    "substr(",
    "date_bin(",
    " at time zone ",
];

/// An expression is refused with a place, or gives one value for each row or a reason why not.
fn check_expression() -> Check {
    let expressions = Expressions::new();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("id", Arc::new(Int64Array::from(vec![Some(1), Some(i64::MAX), None, Some(i64::MIN)]))),
        ("name", Arc::new(StringArray::from(vec![Some("Ada, x"), Some(""), None, Some("ü🐘")]))),
        (
            "price",
            Arc::new(
                Decimal128Array::from(vec![Some(150), Some(-1), None, Some(99_999)])
                    .with_precision_and_scale(10, 2)
                    .expect("a decimal"),
            ),
        ),
        ("born", Arc::new(Date32Array::from(vec![Some(0), Some(i32::MAX), None, Some(i32::MIN)]))),
        ("raw", Arc::new(BinaryArray::from(vec![Some(&b"\x00\xff"[..]), Some(&b""[..]), None, Some(&b"a"[..])]))),
        ("ratio", Arc::new(Float64Array::from(vec![Some(0.5), Some(f64::NAN), None, Some(f64::INFINITY)]))),
        ("flag", Arc::new(BooleanArray::from(vec![Some(true), Some(false), None, Some(true)]))),
        ("odd name", Arc::new(StringArray::from(vec![Some("1"), Some("2020-01-01"), None, Some("1e999")]))),
    ];
    let batch =
        RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, a)| (n, a, true))).expect("a batch");
    let none = Arc::new(Schema::empty());
    Box::new(move |input| {
        let Ok(text) = std::str::from_utf8(input) else { return Ok(false) };
        let Ok(compiled) = expressions.compile(text, &batch.schema()) else { return Ok(false) };
        if compiled.references.iter().any(|r| batch.schema().index_of(r).is_err()) {
            return Err("an expression reads a column that is not there".into());
        }
        let Ok(filter) = expressions.compile_filter(&format!("({text}\n) is not null"), &batch.schema()) else {
            return Ok(true);
        };
        let transform =
            Transform::new(Some(filter), Vec::new(), none.clone()).map_err(|_| "a filter makes no transform")?;
        match transform.apply(&batch) {
            Ok(done) => {
                let rows = done.batch.num_rows() + done.filtered.len() + done.rejects.len();
                if rows != batch.num_rows() {
                    return Err("rows were lost in a filter".into());
                }
                Ok(true)
            }
            Err(e) if e.kind == ErrorKind::Internal => Err(format!("an internal error: {}", e.what)),
            Err(_) => Ok(true),
        }
    })
}
