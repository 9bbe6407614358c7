//! Whole schemas in other languages, as the suggester sees them.

use super::*;
use crate::Suggester;
use crate::tests::catalog;

/// The schemas of a file by language; tables and columns correspond in order.
fn schemas(text: &'static str) -> Vec<(&'static str, &'static str)> {
    text.split("\n== ").skip(1).map(|part| part.split_once('\n').unwrap()).collect()
}

/// `table.column` of every column, in order.
fn columns(schema: &str) -> Vec<String> {
    let of_line = |line: &str| {
        let (table, columns) = line.split_once(": ").unwrap();
        columns.split(", ").map(|c| format!("{table}.{}", c.split(' ').next().unwrap())).collect::<Vec<_>>()
    };
    schema.lines().filter(|l| !l.is_empty()).flat_map(of_line).collect()
}

/// The schema with tables and columns in alphabetical order, so that places tell nothing.
fn sorted(schema: &str) -> String {
    let line = |line: &str| {
        let (table, columns) = line.split_once(": ").unwrap();
        let mut columns: Vec<&str> = columns.split(", ").collect();
        columns.sort_unstable();
        format!("{table}: {}", columns.join(", "))
    };
    let mut lines: Vec<String> = schema.lines().filter(|l| !l.is_empty()).map(line).collect();
    lines.sort_unstable();
    lines.join("\n")
}

/// Which share of the first schema's columns has its counterpart as the first suggestion; those that do not.
fn found(from: &str, to: &str) -> (f64, Vec<String>) {
    let (source, target) = (catalog(&sorted(from)), catalog(&sorted(to)));
    let suggester = Suggester::new(&source, &target);
    let name = |c: &crate::ColumnRef| format!("{}.{}", c.table.table, c.column);
    let mut first: HashMap<String, String> = HashMap::new();
    for candidate in suggester.rank(1) {
        first.entry(name(&candidate.source)).or_insert_with(|| name(&candidate.target));
    }
    let expected: Vec<(String, String)> = columns(from).into_iter().zip(columns(to)).collect();
    let missed: Vec<String> = expected
        .iter()
        .filter(|(a, b)| first.get(a) != Some(b))
        .map(|(a, b)| format!("{a} is {b}, not {:?}", first.get(a)))
        .collect();
    (1.0 - missed.len() as f64 / expected.len() as f64, missed)
}

#[test]
fn columns_in_every_language_find_their_english_counterpart() {
    let schemas = schemas(include_str!("tests/orders.txt"));
    let english = schemas[0].1;
    let mut bad = Vec::new();
    for (language, schema) in &schemas[1..] {
        for (from, to) in [(schema, &english), (&english, schema)] {
            let (share, missed) = found(from, to);
            println!("{language} {:.1} % {missed:#?}", share * 100.0);
            if share < 0.85 {
                bad.push(language)
            }
        }
    }
    assert!(bad.is_empty(), "{bad:?}");
}
