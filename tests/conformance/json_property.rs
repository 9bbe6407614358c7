//! Any documents, written by serde_json, come back as serde_json sees them: every column, every child row.

use rowferry_engine::catalog::Table;
use rowferry_engine::connectors::{Access, Range, connect, url};
use rowferry_engine::types::LogicalType;
use serde_json::{Map, Value, json};

use super::sample::{Row, read, scan_of};

/// A small generator: no more of chance is needed than that it is the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % n
    }
}

const KEYS: [&str; 6] = ["a", "b c", "d.e", "q?", "\"", "ح"];

fn scalar(chance: &mut Chance, kind: u64) -> Value {
    match kind {
        0 => json!(chance.below(1 << 40) as i64 - (1 << 39)),
        1 => json!(chance.below(100_000) as f64 / 4.0),
        2 => json!(["", "x", "true", "a\"b\\\n\u{0}", "مرحبا", "🚢 12"][chance.below(6) as usize]),
        3 => json!(chance.below(2) == 0),
        _ => Value::Null,
    }
}

/// `habits` says for each depth and key what its values mostly are, so that columns have types of their own.
fn value(chance: &mut Chance, habits: &[u64], depth: usize, key: usize) -> Value {
    let habit = habits[(depth * KEYS.len() + key) % habits.len()];
    if chance.below(8) == 0 {
        return Value::Null;
    }
    match habit {
        0..4 => scalar(chance, habit),
        4 if depth < 4 => object(chance, habits, depth + 1),
        5 if depth < 4 => (0..chance.below(4)).map(|_| object(chance, habits, depth + 1)).collect(),
        6 => (0..chance.below(3)).map(|_| scalar(chance, 2)).collect(),
        // Anything.
        7 => {
            let kind = chance.below(7);
            let other = [kind];
            value(chance, &other, depth.max(3), 0)
        }
        _ => scalar(chance, 0),
    }
}

fn object(chance: &mut Chance, habits: &[u64], depth: usize) -> Value {
    let mut members = Map::new();
    for (i, key) in KEYS.iter().enumerate() {
        if chance.below(4) > 0 {
            members.insert(key.to_string(), value(chance, habits, depth, i));
        }
    }
    Value::Object(members)
}

/// A column's or table's name taken apart: its keys, and whether it asks for a presence.
fn keys_of(name: &str) -> (Vec<String>, bool) {
    let (mut keys, mut key, mut quoted, mut was_quoted) = (Vec::new(), String::new(), false, false);
    let mut letters = name.chars().peekable();
    let mut asks = false;
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => key.push(letters.next().unwrap()),
            '"' if quoted => quoted = false,
            '"' if key.is_empty() && !was_quoted => (quoted, was_quoted) = (true, true),
            '.' if !quoted => {
                keys.push(std::mem::take(&mut key));
                was_quoted = false;
            }
            '?' if !quoted && letters.peek().is_none() => asks = true,
            other => key.push(other),
        }
    }
    keys.push(key);
    (keys, asks)
}

/// What is at a path, through objects only.
fn at<'v>(value: &'v Value, keys: &[String]) -> Option<&'v Value> {
    keys.iter().try_fold(value, |value, key| value.as_object()?.get(key))
}

/// Elements of the arrays at a path, each with its place.
fn elements<'v>(value: &'v Value, keys: &[String], place: Vec<i64>, into: &mut Vec<(Vec<i64>, &'v Value)>) {
    match (value, keys.split_first()) {
        (Value::Array(all), rest) => {
            for (i, element) in all.iter().enumerate() {
                let place = [place.clone(), vec![i as i64]].concat();
                match rest {
                    None => into.push((place, element)),
                    Some(_) if element.is_object() => elements(element, keys, place, into),
                    Some(_) => {}
                }
            }
        }
        (Value::Object(members), Some((key, rest))) => {
            if let Some(inner) = members.get(key) {
                elements(inner, rest, place, into);
            }
        }
        _ => {}
    }
}

fn expected(table: &Table, number: usize, place: &[i64], row: &Value) -> Row {
    let whole = |value: &Value| (!value.is_null()).then(|| value.to_string());
    let cell = |logical: &LogicalType, value: Option<&Value>| match (logical, value) {
        (_, None | Some(Value::Null)) => None,
        (LogicalType::Json, Some(value)) => Some(value.to_string()),
        (LogicalType::Text { .. }, Some(Value::String(text))) => Some(text.clone()),
        (LogicalType::Decimal { scale, .. }, Some(value)) => {
            let scale = scale.unwrap() as usize;
            Some(format!("{:.scale$}", value.as_f64().expect("a number")))
        }
        (_, Some(value)) => Some(value.to_string()),
    };
    let columns = table.columns.iter().map(|column| match column.name.as_str() {
        "_row" | "_parent" => Some(number.to_string()),
        "_json" => whole(row),
        "_value" => cell(&column.logical, Some(row).filter(|r| !r.is_object())),
        "_index" => Some(place[0].to_string()),
        name if name.starts_with("_index_") => {
            Some(place[name["_index_".len()..].parse::<usize>().unwrap() - 1].to_string())
        }
        name => match keys_of(name) {
            (keys, true) => Some(at(row, &keys).is_some().to_string()),
            (keys, false) => cell(&column.logical, at(row, &keys)),
        },
    });
    columns.collect()
}

#[tokio::test]
async fn any_documents_come_back_as_serde_json_sees_them() {
    let (mut tables, mut columns, mut rows) = (0, 0, 0);
    for seed in 1..=60u64 {
        let mut chance = Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let habits: Vec<u64> = (0..30).map(|_| chance.below(8)).collect();
        let documents: Vec<Value> = (0..chance.below(40)).map(|_| object(&mut chance, &habits, 0)).collect();
        let folder = tempfile::tempdir().unwrap();
        let (name, text) = match seed % 3 {
            0 => ("t.jsonl", documents.iter().map(|d| format!("{d}\n")).collect()),
            1 => ("t.json", Value::Array(documents.clone()).to_string()),
            _ => ("t.json", documents.iter().map(|d| format!("{}\n", d)).collect::<String>() + "\n\n"),
        };
        std::fs::write(folder.path().join(name), text).unwrap();
        let (url, _) = url::parse(&format!("json:{}?table=t", folder.path().display()), folder.path()).unwrap();
        let endpoint = rowferry_engine::connectors::Endpoint { name: "x".into(), url, secret: None };
        let connection = connect(&endpoint, Access::ReadOnly).await.unwrap();
        for table in connection.catalog().await.unwrap().tables() {
            let mut wanted = Vec::new();
            for (i, document) in documents.iter().enumerate() {
                match table.name.table.strip_prefix("t.") {
                    None => wanted.push(expected(table, i + 1, &[], document)),
                    Some(path) => {
                        let mut found = Vec::new();
                        elements(document, &keys_of(path).0, Vec::new(), &mut found);
                        wanted.extend(found.into_iter().map(|(place, row)| expected(table, i + 1, &place, row)));
                    }
                }
            }
            let mut got = Vec::new();
            for range in connection.read().ranges(table, 7).await.unwrap() {
                let mut scan = scan_of(table, range);
                scan.columns = table.columns.iter().map(|c| c.name.clone()).collect();
                let seen = read(&*connection, scan).await;
                assert!(seen.faults.is_empty(), "{:?}", seen.faults);
                got.extend(seen.rows);
            }
            let names: Vec<_> = table.columns.iter().map(|c| c.name.as_str()).collect();
            for (got, wanted) in got.iter().zip(&wanted) {
                assert_eq!(got, wanted, "seed {seed}, {} {names:?}", table.name);
            }
            assert_eq!(got.len(), wanted.len(), "seed {seed}, {}", table.name);
            let all = read(&*connection, scan_of(table, Range::All)).await;
            assert_eq!(all.count as u64, connection.read().count(table).await.unwrap());
            (tables, columns, rows) = (tables + 1, columns + names.len(), rows + got.len());
        }
    }
    assert!(tables > 150 && columns > 1_000 && rows > 2_000, "{tables} tables, {columns} columns, {rows} rows");
}
