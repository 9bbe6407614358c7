//! Is a suggestion that says 0.8 right in eight of ten cases? Of the first suggestion of each column that has a
//! counterpart, by score.

use rowferry_matching::combine::Confidence;

use crate::figures::Scored;
use crate::truth::Known;

/// The lower ends of the classes of scores.
const CLASSES: [f64; 7] = [0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95];
/// From here on a suggestion counts as sure.
const SURE: f64 = 0.9;

/// A first suggestion: its score, whether it is right, and what it counts.
#[derive(Debug, Clone, Copy)]
pub struct First {
    pub score: f64,
    pub right: bool,
    /// Is a counterpart known?
    pub labelled: bool,
    pub weight: f64,
}

/// The first suggestion of every column.
pub fn firsts(known: &Known, pairs: &[Scored], weight: f64) -> Vec<First> {
    let mut seen = std::collections::HashSet::new();
    pairs
        .iter()
        .filter(|pair| seen.insert(&pair.0))
        .map(|pair| First {
            score: pair.2,
            right: known.right.contains(&(pair.0.clone(), pair.1.clone())),
            labelled: known.labelled.contains(&pair.0),
            weight,
        })
        .collect()
}

/// What a column without a known counterpart counts beside one with: often it has none, sometimes the truth is silent.
const OTHERS: f64 = 0.1;

/// How scores are read as likelihoods, by Newton's method on the two parameters (Platt, 1999). Columns without a
/// counterpart count too: a stranger must not look sure.
pub fn fit(firsts: &[First]) -> Confidence {
    let mut read = Confidence { scale: 1.0, shift: 0.0 };
    for _ in 0..50 {
        // Held a little at what it starts from, so that few or one-sided cases cannot carry it away.
        let (mut gradient, mut curve) = ([0.02 * (read.scale - 1.0), 0.02 * read.shift], [0.02, 0.0, 0.02]);
        for first in firsts {
            let weight = first.weight * if first.labelled { 1.0 } else { OTHERS };
            let score = first.score.clamp(1e-9, 1.0 - 1e-9);
            let odds = (score / (1.0 - score)).ln();
            let likely = read.of(score);
            let missed = likely - f64::from(u8::from(first.right));
            let steep = likely * (1.0 - likely);
            gradient[0] += weight * missed * odds;
            gradient[1] += weight * missed;
            curve[0] += weight * steep * odds * odds;
            curve[1] += weight * steep * odds;
            curve[2] += weight * steep;
        }
        let determinant = (curve[0] * curve[2] - curve[1] * curve[1]).max(1e-12);
        // Short steps: far from its end the curve misleads.
        read.scale -= ((curve[2] * gradient[0] - curve[1] * gradient[1]) / determinant).clamp(-0.2, 0.2);
        read.shift -= ((curve[0] * gradient[1] - curve[1] * gradient[0]) / determinant).clamp(-0.2, 0.2);
        read.scale = read.scale.clamp(0.1, 5.0);
    }
    read
}

pub fn print(firsts: &[First], labelled: f64) {
    let firsts: Vec<First> = firsts.iter().copied().filter(|f| f.labelled).collect();
    println!("\nreliability of the first suggestion of each column with a counterpart, families counting alike");
    println!("{:>13} {:>7} {:>7} {:>7}", "score", "number", "said", "right");
    for (at, &low) in CLASSES.iter().enumerate() {
        let high = CLASSES.get(at + 1).copied().unwrap_or(1.1);
        let class: Vec<&First> = firsts.iter().filter(|f| f.score >= low && f.score < high).collect();
        let weight: f64 = class.iter().map(|f| f.weight).sum();
        if weight > 0.0 {
            let mean = |of: &dyn Fn(&First) -> f64| class.iter().map(|f| of(f) * f.weight).sum::<f64>() / weight;
            let (said, right) = (mean(&|f| f.score), mean(&|f| f64::from(u8::from(f.right))));
            println!("{low:>5.2} to {:>4.2} {:>7} {said:>7.3} {right:>7.3}", high.min(1.0), class.len());
        }
    }
    let sure: Vec<&First> = firsts.iter().filter(|f| f.score >= SURE).collect();
    let right = sure.iter().filter(|f| f.right).map(|f| f.weight).sum::<f64>();
    let weight = sure.iter().map(|f| f.weight).sum::<f64>();
    println!(
        "sure (at least {SURE}): {:.1} % right; {:.1} % of the columns with a counterpart are surely and rightly found",
        100.0 * right / weight.max(1e-9),
        100.0 * right / labelled.max(1e-9)
    );
}
