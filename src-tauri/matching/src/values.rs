//! Evidence from sample values: the same values, or values of the same shape. Values stay in here: only numbers and
//! hashes come out.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use xxhash_rust::xxh3::xxh3_64;

use super::candidate::ColumnRef;
use super::names::tokens;

/// Sample values of columns, as text. Columns without an entry have none.
pub type Samples = HashMap<ColumnRef, Vec<String>>;

/// More are passed over.
const MAX_VALUES: usize = 200;

/// What the samples of a column tell.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shape {
    values: BTreeSet<u64>,
    words: BTreeSet<u64>,
    /// Shares of the values by their pattern, such as `A9-9`.
    patterns: BTreeMap<String, f64>,
    /// The share of values that are numbers.
    numeric: f64,
    range: Option<(f64, f64)>,
    length: f64,
}

impl Shape {
    /// `None` without a value that is not blank.
    pub fn of(samples: &[String]) -> Option<Shape> {
        let values: Vec<&str> = samples.iter().map(|v| v.trim()).filter(|v| !v.is_empty()).take(MAX_VALUES).collect();
        if values.is_empty() {
            return None;
        }
        let count = values.len() as f64;
        let numbers: Vec<f64> = values.iter().filter_map(|v| v.parse().ok()).filter(|n: &f64| n.is_finite()).collect();
        let mut patterns = BTreeMap::new();
        for value in &values {
            *patterns.entry(pattern(value)).or_default() += 1.0 / count;
        }
        Some(Shape {
            values: values.iter().map(|v| xxh3_64(v.to_lowercase().as_bytes())).collect(),
            words: values
                .iter()
                .flat_map(|v| tokens::tokens(v))
                .filter(|w| w.chars().count() >= 3 && !w.starts_with(char::is_numeric))
                .map(|w| xxh3_64(w.as_bytes()))
                .collect(),
            patterns,
            numeric: numbers.len() as f64 / count,
            range: numbers
                .iter()
                .fold(None, |range, &n| Some(range.map_or((n, n), |(a, b): (f64, f64)| (a.min(n), b.max(n))))),
            length: values.iter().map(|v| v.chars().count() as f64).sum::<f64>() / count,
        })
    }
}

/// 0 to 1: 0.3 says nothing, below it the values look different.
pub(super) fn similarity(a: &Shape, b: &Shape) -> f64 {
    let same: f64 = a.patterns.iter().map(|(p, n)| n.min(*b.patterns.get(p).unwrap_or(&0.0))).sum();
    if a.numeric > 0.9 && b.numeric > 0.9 {
        // Small numbers agree by chance.
        let range = match (a.range, b.range) {
            (Some(x), Some(y)) => {
                let common = x.1.min(y.1) - x.0.max(y.0);
                let whole = x.1.max(y.1) - x.0.min(y.0);
                if whole <= 0.0 { 1.0 } else { (common / whole).max(0.0) }
            }
            _ => 0.0,
        };
        return 0.2 + 0.25 * range + 0.1 * overlap(&a.values, &b.values) + 0.05 * same;
    }
    if (a.numeric > 0.9) != (b.numeric > 0.9) {
        return 0.05;
    }
    let words = overlap(&a.words, &b.words);
    let lengths = a.length.min(b.length) / a.length.max(b.length).max(1.0);
    let equal = overlap(&a.values, &b.values);
    (0.1 + 0.15 * same + 0.1 * lengths + 0.5 * equal.sqrt() + 0.3 * words).min(1.0)
}

/// The geometric mean of the two shares that both have.
fn overlap(a: &BTreeSet<u64>, b: &BTreeSet<u64>) -> f64 {
    let common = a.intersection(b).count() as f64;
    if common == 0.0 { 0.0 } else { common / (a.len() as f64 * b.len() as f64).sqrt() }
}

/// Letters as `A`, digits as `9`, runs as one, everything else as it is.
fn pattern(value: &str) -> String {
    let mut pattern = String::new();
    for c in value.chars().take(40) {
        let kind = if c.is_alphabetic() {
            'A'
        } else if c.is_numeric() {
            '9'
        } else {
            c
        };
        if !pattern.ends_with(kind) {
            pattern.push(kind);
        }
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(values: &[&str]) -> Shape {
        Shape::of(&values.iter().map(|v| (*v).to_owned()).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn shared_values_and_shapes_bring_columns_together() {
        let gender = shape(&["Male", "Female"]);
        let sex = shape(&["female", "male", "unknown"]);
        let code = shape(&["C3L-00004", "C3L-00010"]);
        let other_code = shape(&["X01-12", "X02-77"]);
        let age = shape(&["41", "77"]);
        assert!(similarity(&gender, &sex) > 0.7);
        assert!(similarity(&code, &other_code) > similarity(&code, &gender));
        assert!(similarity(&age, &gender) < 0.1);
        assert!(similarity(&age, &shape(&["40", "80"])) > similarity(&age, &shape(&["100000", "900000"])));
        assert_eq!(Shape::of(&[" ".into()]), None);
    }
}
