//! The figures by which matchers are compared.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::truth::Known;

/// A suggested pair with its score, under the names that count.
pub type Scored = (String, String, f64);

#[derive(Debug, Clone, Copy, Default)]
pub struct Figures {
    /// The share of columns with a counterpart whose first suggestion is right.
    pub acc1: f64,
    /// The same for the first three.
    pub acc3: f64,
    /// Mean of 1 / rank of the first right suggestion.
    pub mrr: f64,
    /// The share of right ones among as many best-scored pairs as there are right pairs.
    pub rgt: f64,
    /// The best F1 over all thresholds, each column at most once.
    pub f1: f64,
}

impl Figures {
    pub const NAMES: [&'static str; 5] = ["acc1", "acc3", "mrr", "rgt", "f1"];

    pub fn values(&self) -> [f64; 5] {
        [self.acc1, self.acc3, self.mrr, self.rgt, self.f1]
    }

    pub fn mean<'f>(figures: impl Iterator<Item = &'f Figures>) -> Figures {
        let (mut sum, mut count) = ([0.0; 5], 0.0f64);
        for one in figures {
            sum.iter_mut().zip(one.values()).for_each(|(s, v)| *s += v);
            count += 1.0;
        }
        let [acc1, acc3, mrr, rgt, f1] = sum.map(|s| s / count.max(1.0));
        Figures { acc1, acc3, mrr, rgt, f1 }
    }
}

/// The suggestions under the names that count, the best score of each pair.
pub fn counted(known: &Known, suggested: impl Iterator<Item = Scored>) -> Vec<Scored> {
    let mut best: HashMap<(String, String), f64> = HashMap::new();
    for (source, target, score) in suggested {
        if let Some(source) = known.source(&source) {
            let score_of = best.entry((source, known.target(&target))).or_insert(f64::NEG_INFINITY);
            *score_of = score_of.max(score);
        }
    }
    let mut pairs: Vec<Scored> = best.into_iter().map(|((a, b), score)| (a, b, score)).collect();
    // Equal scores stand by name: an order that does not depend on chance nor on the truth.
    pairs.sort_by(|a, b| b.2.total_cmp(&a.2).then_with(|| (&a.0, &a.1).cmp(&(&b.0, &b.1))));
    pairs
}

/// `pairs` as `counted` gives them.
pub fn of(known: &Known, pairs: &[Scored]) -> Figures {
    let right = |pair: &Scored| known.right.contains(&(pair.0.clone(), pair.1.clone()));
    let mut by_source: BTreeMap<&str, Vec<bool>> = BTreeMap::new();
    for pair in pairs {
        by_source.entry(&pair.0).or_default().push(right(pair));
    }
    let mut figures = Figures::default();
    for source in &known.labelled {
        if let Some(first) = by_source.get(source.as_str()).and_then(|l| l.iter().position(|&r| r)) {
            figures.acc1 += f64::from(u8::from(first == 0));
            figures.acc3 += f64::from(u8::from(first < 3));
            figures.mrr += 1.0 / (first + 1) as f64;
        }
    }
    let columns = known.labelled.len().max(1) as f64;
    figures.acc1 /= columns;
    figures.acc3 /= columns;
    figures.mrr /= columns;
    let truth = known.right.len();
    figures.rgt = pairs.iter().take(truth).filter(|p| right(p)).count() as f64 / truth.max(1) as f64;
    figures.f1 = best_f1(pairs, truth, right);
    figures
}

fn best_f1(pairs: &[Scored], truth: usize, right: impl Fn(&Scored) -> bool) -> f64 {
    let (mut sources, mut targets) = (HashSet::new(), HashSet::new());
    let (mut chosen, mut hits, mut best) = (0usize, 0usize, 0f64);
    for pair in pairs {
        if sources.contains(&pair.0) || targets.contains(&pair.1) {
            continue;
        }
        sources.insert(&pair.0);
        targets.insert(&pair.1);
        chosen += 1;
        hits += usize::from(right(pair));
        best = best.max(2.0 * hits as f64 / (chosen + truth) as f64);
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Known {
        let table = |name: &str| serde_json::json!({"name": name, "columns": [{"name": "a"}, {"name": "b"}]});
        let pair = |source: &str, target: &str| serde_json::json!({"source": source, "target": target});
        let task = serde_json::json!({
            "name": "two", "source": {"tables": [table("s")]}, "target": {"tables": [table("T")]},
            "ground_truth": [pair("s.a", "T.a"), pair("s.b", "T.b")],
        });
        crate::truth::parse(&task.to_string(), "two").unwrap()
    }

    #[test]
    fn the_figures_are_those_of_the_definitions() {
        let known = known();
        let suggested = [("s.a", "T.a", 0.9), ("s.b", "T.a", 0.8), ("s.b", "T.b", 0.7)];
        let pairs = counted(&known, suggested.into_iter().map(|(a, b, s)| (a.to_owned(), b.to_owned(), s)));
        let figures = of(&known, &pairs);
        assert_eq!((figures.acc1, figures.acc3, figures.mrr), (0.5, 1.0, 0.75));
        // Of the two best pairs one is right; chosen one to one, both are.
        assert_eq!((figures.rgt, figures.f1), (0.5, 1.0));
    }

    #[test]
    fn nothing_suggested_is_nothing_found() {
        let figures = of(&known(), &[]);
        assert_eq!(figures.values(), [0.0; 5]);
    }
}
