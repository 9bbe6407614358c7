//! The one place where evidence is weighed: a logistic sum, so that a score can be read as a likelihood and each piece
//! of evidence as what it adds to the log-odds. The weights are learned (`cargo xtask train-match`) and stand in
//! `weights.txt`.

use std::sync::LazyLock;

use super::features::{Feature, Features};

/// A weight for each feature.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    bias: f64,
    /// By feature: the weight, and the value at which it speaks neither for nor against.
    of: [(f64, f64); Feature::ALL.len()],
}

static LEARNED: LazyLock<Weights> =
    LazyLock::new(|| Weights::parse(include_str!("weights.txt")).expect("the file of weights is part of the program"));

impl Weights {
    /// Those that the program comes with.
    pub fn learned() -> &'static Weights {
        &LEARNED
    }

    /// From lines `name weight neutral`; what is wrong otherwise. A feature without a line weighs nothing.
    pub fn parse(text: &str) -> Result<Weights, String> {
        let mut weights = Weights { bias: 0.0, of: [(0.0, 0.0); Feature::ALL.len()] };
        for line in text.lines().filter(|l| !l.starts_with('#') && !l.trim().is_empty()) {
            let wrong = || format!("`{line}` is not a feature's name, its weight and its neutral value");
            let parts: Vec<&str> = line.split_whitespace().collect();
            let [name, weight, neutral] = parts[..] else { return Err(wrong()) };
            let (weight, neutral): (f64, f64) =
                (weight.parse().map_err(|_| wrong())?, neutral.parse().map_err(|_| wrong())?);
            match Feature::ALL.iter().find(|f| f.text() == name) {
                Some(&feature) => weights.of[feature as usize] = (weight, neutral),
                None if name == "bias" => weights.bias = weight,
                None => return Err(wrong()),
            }
        }
        Ok(weights)
    }

    /// The log-odds of a pair of which nothing is known.
    pub fn bias(&self) -> f64 {
        self.bias
    }

    /// What a value of a feature adds to the log-odds.
    pub fn contribution(&self, feature: Feature, value: f64) -> f64 {
        let (weight, neutral) = self.of[feature as usize];
        weight * (value - neutral)
    }

    pub fn log_odds(&self, features: &Features) -> f64 {
        self.bias + features.iter().map(|(feature, value)| self.contribution(feature, value)).sum::<f64>()
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

/// What is left of a score when another pair of the same source, or of the same target, is better: one of them is
/// usually the counterpart.
pub(super) fn contested(score: f64, best_of_source: f64, best_of_target: f64) -> f64 {
    let share = |best: f64| if best > 0.0 { (score / best).min(1.0) } else { 1.0 };
    score * share(best_of_source) * share(best_of_target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_read_by_name() {
        let weights = Weights::parse("# told\nbias -1 0\ntype 2 0.5\n").unwrap();
        assert_eq!(weights.log_odds(&Features::default()), -1.0);
        assert_eq!(weights.log_odds(&Features::default().with(Feature::Type, 1.0)), 0.0);
        assert!(Weights::parse("type 2").unwrap_err().contains("type 2"));
        assert!(Weights::parse("colour 2 0").is_err());
    }

    #[test]
    fn the_second_best_loses_more_than_its_distance() {
        assert!((contested(0.8, 0.8, 0.8) - 0.8).abs() < 1e-9);
        assert!(contested(0.6, 0.8, 0.8) < 0.6);
    }
}
