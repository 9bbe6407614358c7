//! Evidence from sample values: the same values, or values that look alike. Values stay in here: only numbers and
//! hashes come out.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use xxhash_rust::xxh3::xxh3_64;

use super::candidate::ColumnRef;
use super::features::{Feature, Features};
use super::names::{plural, tokens};

/// Sample values of columns, as text. Columns without an entry have none.
pub type Samples = HashMap<ColumnRef, Vec<String>>;

/// More are passed over.
const MAX_VALUES: usize = 400;
const MAX_LABELS: usize = 60;
/// Numbers below it agree by chance.
const SMALL: f64 = 1000.0;

/// What the samples of a column tell.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shape {
    /// Hashes of the distinct values that do not agree by chance, and how much each says.
    values: BTreeMap<u64, f64>,
    words: BTreeSet<u64>,
    /// The distinct values of labels and short texts as words, and how much each says.
    labels: Vec<(Vec<u64>, f64)>,
    /// For each word the labels that hold it.
    labels_with: HashMap<u64, Vec<usize>>,
    /// Shares of the values by their pattern, such as `A9-9`.
    patterns: BTreeMap<String, f64>,
    kind: Kind,
    /// The numbers at the tenths of their order.
    tenths: Vec<f64>,
    length: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Date,
    /// A few short words again and again.
    Label,
    Text,
}

/// How many columns of a schema hold each value: what stands in many, such as `unknown`, says little.
#[derive(Debug, Default)]
pub(super) struct Rarity {
    columns: f64,
    with: HashMap<u64, u32>,
}

impl Rarity {
    pub fn of(samples: &Samples) -> Rarity {
        let mut rarity = Rarity { columns: samples.len() as f64, with: HashMap::new() };
        for values in samples.values() {
            let distinct: BTreeSet<u64> =
                values.iter().take(MAX_VALUES).map(|v| hash(&v.trim().to_lowercase())).collect();
            distinct.into_iter().for_each(|value| *rarity.with.entry(value).or_default() += 1);
        }
        rarity
    }

    /// 1 for a value of one column only, towards 0 for one of all.
    fn weight(&self, value: u64) -> f64 {
        let with = f64::from(*self.with.get(&value).unwrap_or(&1)).max(1.0);
        let all = self.columns.max(2.0);
        ((1.0 + all) / (0.5 + with)).ln() / ((1.0 + all) / 1.5).ln()
    }
}

impl Shape {
    /// `None` without a value that is not blank.
    pub fn of(samples: &[String], rarity: &Rarity) -> Option<Shape> {
        let values: Vec<&str> = samples.iter().map(|v| v.trim()).filter(|v| !is_blank(v)).take(MAX_VALUES).collect();
        if values.is_empty() {
            return None;
        }
        let count = values.len() as f64;
        let mut numbers: Vec<f64> = values.iter().filter_map(|v| number(v)).collect();
        numbers.sort_by(f64::total_cmp);
        let mut patterns = BTreeMap::new();
        for value in &values {
            *patterns.entry(pattern(value)).or_default() += 1.0 / count;
        }
        let dates = values.iter().filter(|v| looks_like_a_date(v)).count() as f64;
        let length = values.iter().map(|v| v.chars().count() as f64).sum::<f64>() / count;
        let distinct: BTreeSet<String> = values.iter().map(|v| v.to_lowercase()).collect();
        let kind = if numbers.len() as f64 > 0.9 * count {
            Kind::Number
        } else if dates > 0.8 * count {
            Kind::Date
        } else if length < 30.0 && distinct.len() <= 20 {
            Kind::Label
        } else {
            Kind::Text
        };
        let tells = |v: &&String| number(v).is_none_or(|n| n.abs() >= SMALL || n.fract() != 0.0);
        let mut labels: Vec<(Vec<u64>, f64)> = Vec::new();
        if kind != Kind::Number && kind != Kind::Date && length < 40.0 {
            let distinct: BTreeSet<&str> = values.iter().copied().collect();
            for value in distinct.into_iter().take(MAX_LABELS) {
                let words: BTreeSet<u64> = tokens::tokens(value).iter().map(|w| word(w)).collect();
                if !words.is_empty() {
                    labels.push((words.into_iter().collect(), rarity.weight(hash(&value.to_lowercase()))));
                }
            }
        }
        let mut labels_with: HashMap<u64, Vec<usize>> = HashMap::new();
        for (at, (words, _)) in labels.iter().enumerate() {
            words.iter().for_each(|&word| labels_with.entry(word).or_default().push(at));
        }
        let weighed = |v: &String| (hash(v), rarity.weight(hash(v)));
        Some(Shape {
            values: distinct.iter().filter(tells).map(weighed).collect(),
            words: values.iter().flat_map(|v| tokens::tokens(v)).filter(|w| is_word(w)).map(|w| word(&w)).collect(),
            labels,
            labels_with,
            patterns,
            kind,
            tenths: tenths(&numbers),
            length,
        })
    }

    /// The share of a name's words that the values say; `None` where values say no words.
    pub fn says(&self, name: &[String]) -> Option<f64> {
        let words: Vec<u64> = name.iter().filter(|w| is_word(w)).map(|w| word(w)).collect();
        let said = words.iter().filter(|w| self.words.contains(w)).count();
        (!words.is_empty() && !self.words.is_empty()).then(|| said as f64 / words.len() as f64)
    }
}

/// What the values of two columns say for and against their correspondence.
pub(super) fn compare(a: &Shape, b: &Shape, features: &mut Features) {
    let alike = a.kind == b.kind || matches!((a.kind, b.kind), (Kind::Label, Kind::Text) | (Kind::Text, Kind::Label));
    features.set(Feature::ValueKind, if alike { 1.0 } else { 0.0 });
    if !a.values.is_empty() && !b.values.is_empty() {
        features.set(Feature::SameValues, shared(&a.values, &b.values).sqrt());
    }
    if !a.labels.is_empty() && !b.labels.is_empty() {
        let (there, back) = (alike_in(a, b), alike_in(b, a));
        features.set(Feature::LikeValues, 0.6 * there.max(back) + 0.4 * there.min(back));
    }
    if !alike {
        return;
    }
    if a.kind == Kind::Number {
        features.set(Feature::ValueRange, range(&a.tenths, &b.tenths));
    } else if !a.words.is_empty() && !b.words.is_empty() {
        features.set(Feature::ValueWords, overlap(&a.words, &b.words));
    }
    let same: f64 = a.patterns.iter().map(|(p, n)| n.min(*b.patterns.get(p).unwrap_or(&0.0))).sum();
    let lengths = a.length.min(b.length) / a.length.max(b.length).max(1.0);
    features.set(Feature::ValueShape, 0.6 * same + 0.4 * lengths);
}

/// Half the geometric mean of the two shares that both have, half the larger share: a sample seldom holds all values.
fn overlap(a: &BTreeSet<u64>, b: &BTreeSet<u64>) -> f64 {
    let common = a.intersection(b).count() as f64;
    let (a, b) = (a.len() as f64, b.len() as f64);
    if common == 0.0 { 0.0 } else { 0.5 * common / (a * b).sqrt() + 0.5 * common / a.min(b) }
}

/// As `overlap`, each value with its weight.
fn shared(a: &BTreeMap<u64, f64>, b: &BTreeMap<u64, f64>) -> f64 {
    let common: f64 = a.iter().filter_map(|(value, weight)| Some(weight.min(*b.get(value)?))).sum();
    let (a, b): (f64, f64) = (a.values().sum(), b.values().sum());
    if common == 0.0 { 0.0 } else { (0.5 * common / (a * b).sqrt() + 0.5 * common / a.min(b)).min(1.0) }
}

/// The share of a column's labels that the other has in other words: `pT2` is `T2`, `IIA` is `Stage IIA`.
fn alike_in(a: &Shape, b: &Shape) -> f64 {
    let (mut found, mut all) = (0.0, 0.0);
    for (words, weight) in &a.labels {
        let mut common: BTreeMap<usize, usize> = BTreeMap::new();
        for at in words.iter().filter_map(|word| b.labels_with.get(word)).flatten() {
            *common.entry(*at).or_default() += 1;
        }
        let likeness = |(at, common): (usize, usize)| {
            let (own, other) = (words.len(), b.labels[at].0.len());
            let (held, both) = (common as f64 / own.min(other) as f64, common as f64 / (own + other - common) as f64);
            held * held * (0.5 + 0.5 * both) * b.labels[at].1.min(1.0)
        };
        found += weight * common.into_iter().map(likeness).fold(0.0, f64::max);
        all += weight;
    }
    if all > 0.0 { found / all } else { 0.0 }
}

/// How far the tenths of two columns' numbers agree, on a scale on which numbers of one magnitude are near.
fn range(a: &[f64], b: &[f64]) -> f64 {
    let scale = |n: f64| n.signum() * (1.0 + n.abs()).ln();
    let pairs = a.iter().zip(b);
    let far: f64 = pairs.map(|(x, y)| (scale(*x) - scale(*y)).abs()).sum::<f64>() / a.len().max(1) as f64;
    (-far).exp()
}

fn tenths(sorted: &[f64]) -> Vec<f64> {
    match sorted.len().checked_sub(1) {
        Some(last) => (0..=10).map(|i| sorted[i * last / 10]).collect(),
        None => Vec::new(),
    }
}

fn number(value: &str) -> Option<f64> {
    value.trim_end_matches('%').parse().ok().filter(|n: &f64| n.is_finite())
}

fn is_blank(value: &str) -> bool {
    const BLANKS: [&str; 8] = ["", "na", "n/a", "nan", "null", "none", "-", "--"];
    BLANKS.contains(&value.to_ascii_lowercase().as_str())
}

/// Digits in three groups, the year of four; a time may follow.
fn looks_like_a_date(value: &str) -> bool {
    let groups: Vec<&str> = value.split(['-', '/', '.', ' ', 'T']).take(3).collect();
    let digits = |g: &str| !g.is_empty() && g.bytes().all(|b| b.is_ascii_digit());
    groups.len() == 3
        && groups.iter().all(|g| digits(g))
        && groups.iter().any(|g| g.len() == 4)
        && groups.iter().all(|g| g.len() <= 4)
}

fn is_word(word: &str) -> bool {
    word.chars().count() >= 3 && !word.starts_with(char::is_numeric)
}

fn word(word: &str) -> u64 {
    hash(&plural::singular(word))
}

fn hash(text: &str) -> u64 {
    xxh3_64(text.as_bytes())
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
        Shape::of(&values.iter().map(|v| (*v).to_owned()).collect::<Vec<_>>(), &Rarity::default()).unwrap()
    }

    fn of(a: &Shape, b: &Shape, feature: Feature) -> Option<f64> {
        let mut features = Features::default();
        compare(a, b, &mut features);
        features.get(feature)
    }

    #[test]
    fn shared_values_and_shapes_bring_columns_together() {
        let gender = shape(&["Male", "Female"]);
        let sex = shape(&["female", "male", "unknown"]);
        let code = shape(&["C3L-00004", "C3L-00010"]);
        let other_code = shape(&["X01-12", "X02-77"]);
        let age = shape(&["41", "77"]);
        assert!(of(&gender, &sex, Feature::SameValues) > Some(0.8));
        assert!(of(&code, &other_code, Feature::ValueShape) > of(&code, &gender, Feature::ValueShape));
        assert_eq!(of(&age, &gender, Feature::ValueKind), Some(0.0));
        let far = shape(&["100000", "900000"]);
        assert!(of(&age, &shape(&["40", "80"]), Feature::ValueRange) > of(&age, &far, Feature::ValueRange));
        assert_eq!(of(&age, &shape(&["41", "77"]), Feature::SameValues), None);
        assert_eq!(of(&shape(&["2020-01-31"]), &shape(&["31.12.1999 10:00"]), Feature::ValueKind), Some(1.0));
        assert_eq!(Shape::of(&[" ".into(), "NaN".into()], &Rarity::default()), None);
    }

    #[test]
    fn the_same_labels_in_other_words_are_alike() {
        let (a, b) = (shape(&["pT2", "pT1a"]), shape(&["T1a", "T2", "T3"]));
        assert!(of(&a, &b, Feature::LikeValues) > Some(0.6));
        let stage = of(&shape(&["IIA", "IB"]), &shape(&["Stage IIA", "Stage IB"]), Feature::LikeValues);
        assert!(stage > Some(0.6));
        assert_eq!(of(&a, &shape(&["Male", "Female"]), Feature::LikeValues), Some(0.0));
    }

    #[test]
    fn values_may_say_a_name() {
        let stages = shape(&["Stage IA", "Stage II"]);
        assert_eq!(stages.says(&["tumor".into(), "stage".into()]), Some(0.5));
        assert_eq!(shape(&["41"]).says(&["age".into()]), None);
    }
}
