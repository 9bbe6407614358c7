//! The one place where evidence is weighed: a logistic sum, so that a score can be read as a likelihood and each piece
//! of evidence as what it adds to the log-odds. The weights are learned (`cargo xtask train-match`) and stand in
//! `weights.txt`.

use std::fmt;
use std::sync::LazyLock;

use super::features::{Feature, Features};

/// A weight for each feature, and how scores are read as likelihoods.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    bias: f64,
    /// By feature: the weight, and what its speaking adds by itself.
    of: [(f64, f64); Feature::ALL.len()],
    confidence: Confidence,
}

/// How the log-odds that are left of a score after pairs have competed become those that are shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Confidence {
    pub scale: f64,
    pub shift: f64,
}

impl Confidence {
    /// The likelihood, 0 to 1.
    pub fn of(self, score: f64) -> f64 {
        let score = score.clamp(1e-9, 1.0 - 1e-9);
        probability(self.scale * (score / (1.0 - score)).ln() + self.shift)
    }
}

static LEARNED: LazyLock<Weights> =
    LazyLock::new(|| Weights::parse(include_str!("weights.txt")).expect("the file of weights is part of the program"));

impl Weights {
    /// Those that the program comes with.
    pub fn learned() -> &'static Weights {
        &LEARNED
    }

    /// By feature, in the order of `Feature::ALL`.
    pub fn new(bias: f64, of: [(f64, f64); Feature::ALL.len()]) -> Weights {
        Weights { bias, of, confidence: Confidence { scale: 1.0, shift: 0.0 } }
    }

    pub fn with_confidence(self, confidence: Confidence) -> Weights {
        Weights { confidence, ..self }
    }

    /// From lines of a name and two numbers; what is wrong otherwise. A feature without a line weighs nothing.
    pub fn parse(text: &str) -> Result<Weights, String> {
        let mut weights = Weights::new(0.0, [(0.0, 0.0); Feature::ALL.len()]);
        for line in text.lines().filter(|l| !l.starts_with('#') && !l.trim().is_empty()) {
            let wrong = || format!("`{line}` is not the name of a weight with two numbers");
            let parts: Vec<&str> = line.split_whitespace().collect();
            let [name, first, second] = parts[..] else { return Err(wrong()) };
            let (first, second): (f64, f64) =
                (first.parse().map_err(|_| wrong())?, second.parse().map_err(|_| wrong())?);
            match Feature::ALL.iter().find(|f| f.text() == name) {
                Some(&feature) => weights.of[feature as usize] = (first, second),
                None if name == "bias" => weights.bias = first,
                None if name == "confidence" => weights.confidence = Confidence { scale: first, shift: second },
                None => return Err(wrong()),
            }
        }
        Ok(weights)
    }

    /// The weight of a feature, and what its speaking adds by itself.
    pub fn of(&self, feature: Feature) -> (f64, f64) {
        self.of[feature as usize]
    }

    /// The log-odds of a pair of which nothing is known.
    pub fn bias(&self) -> f64 {
        self.bias
    }

    /// What a value of a feature adds to the log-odds.
    pub fn contribution(&self, feature: Feature, value: f64) -> f64 {
        let (weight, speaking) = self.of[feature as usize];
        weight * value + speaking
    }

    pub fn confidence(&self) -> Confidence {
        self.confidence
    }

    pub fn log_odds(&self, features: &Features) -> f64 {
        self.bias + features.iter().map(|(feature, value)| self.contribution(feature, value)).sum::<f64>()
    }
}

impl fmt::Display for Weights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "bias {:.3} 0", self.bias)?;
        for feature in Feature::ALL {
            let (weight, speaking) = self.of(*feature);
            writeln!(f, "{} {weight:.3} {speaking:.3}", feature.text())?;
        }
        writeln!(f, "confidence {:.3} {:.3}", self.confidence.scale, self.confidence.shift)
    }
}

pub(super) fn probability(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

/// How likely two tables correspond, from their names (with comments) and their columns: either can speak for them,
/// both together are sure, and weak evidence from both does not add up to much.
pub(super) fn tables(name: f64, columns: f64) -> f64 {
    1.0 - (1.0 - 0.8 * name * name) * (1.0 - 0.85 * columns * columns)
}

/// The best scores with which a pair competes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rivals {
    /// Of its source.
    pub source: f64,
    /// Of its target, among the columns of the source's table.
    pub target: f64,
    /// Of its target, among all columns.
    pub target_anywhere: f64,
}

/// Columns of one source compete hard: mostly one target is right. Columns of other tables may have the same one.
const AGAINST_SOURCE: f64 = 2.0;
const ANYWHERE: f64 = 0.4;

/// What is left of a score when another pair of the same source, or of the same target, is better: one of them is
/// usually the counterpart.
pub(super) fn contested(score: f64, best: Rivals) -> f64 {
    let share = |best: f64| if best > 0.0 { (score / best).min(1.0) } else { 1.0 };
    score * share(best.source).powf(AGAINST_SOURCE) * share(best.target) * share(best.target_anywhere).powf(ANYWHERE)
}

/// The same for tables.
pub(super) fn contested_table(score: f64, best_of_source: f64, best_of_target: f64) -> f64 {
    let share = |best: f64| if best > 0.0 { (score / best).min(1.0) } else { 1.0 };
    score * share(best_of_source) * share(best_of_target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_read_by_name_and_written_alike() {
        let weights = Weights::parse("# told\nbias -1 0\ntype 2 -1\nconfidence 2 0\n").unwrap();
        assert_eq!(weights.log_odds(&Features::default()), -1.0);
        assert_eq!(weights.log_odds(&Features::default().with(Feature::Type, 1.0)), 0.0);
        assert!((weights.confidence().of(0.5) - 0.5).abs() < 1e-9);
        assert!(weights.confidence().of(0.9) > 0.98);
        assert_eq!(Weights::parse(&weights.to_string()), Ok(weights));
        assert!(Weights::parse("type 2").unwrap_err().contains("type 2"));
        assert!(Weights::parse("colour 2 0").is_err());
    }

    #[test]
    fn the_second_best_loses_more_than_its_distance() {
        let best = Rivals { source: 0.8, target: 0.8, target_anywhere: 0.8 };
        assert!((contested(0.8, best) - 0.8).abs() < 1e-9);
        assert!(contested(0.6, best) < 0.6);
    }
}
