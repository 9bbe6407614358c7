//! Learns weights: those under which right pairs are likely and stand before the wrong ones of their column, near to
//! the weights from which it starts. No evidence may count against what it speaks for.

use rowferry_matching::combine::Weights;
use rowferry_matching::features::Feature;

use crate::examples::{Group, WEIGHT_OF_OTHERS, numbers};

/// How much the likelihood of each pair counts beside the order in a column.
const LIKELIHOOD: f64 = 0.3;
/// How strongly weights are held where they start.
const HELD: f64 = 0.03;
const STEPS: usize = 400;

const COUNT: usize = Feature::ALL.len();

struct Column {
    weight: f64,
    labelled: bool,
    rows: Vec<(Vec<f64>, bool)>,
}

/// Learns from the families' groups, each family counting alike.
pub fn fit(start: &Weights, families: &[Vec<&Group>]) -> Weights {
    let mut columns = Vec::new();
    for groups in families {
        let labelled = groups.iter().filter(|g| g.labelled).count().max(1) as f64;
        for group in groups {
            let weight = if group.labelled { 1.0 } else { WEIGHT_OF_OTHERS } / labelled;
            let rows = group.pairs.iter().map(|(features, right)| (numbers(features), *right)).collect();
            columns.push(Column { weight, labelled: group.labelled, rows });
        }
    }
    let prior = parameters(start);
    let descended = descend(&prior, |at| loss(&columns, &prior, at));
    weights(&descended)
}

/// Accelerated projected gradient: simple, and enough for a convex sum of some forty parameters.
fn descend(start: &[f64], loss: impl Fn(&[f64]) -> (f64, Vec<f64>)) -> Vec<f64> {
    let (mut at, mut ahead, mut momentum, mut step) = (start.to_vec(), start.to_vec(), 1f64, 1f64);
    for _ in 0..STEPS {
        let (here, gradient) = loss(&ahead);
        let next = loop {
            let next: Vec<f64> =
                ahead.iter().zip(&gradient).enumerate().map(|(i, (x, g))| allowed(i, x - step * g)).collect();
            let moved: Vec<f64> = next.iter().zip(&ahead).map(|(n, a)| n - a).collect();
            let expected = here
                + moved.iter().zip(&gradient).map(|(m, g)| m * g).sum::<f64>()
                + moved.iter().map(|m| m * m).sum::<f64>() / (2.0 * step);
            if loss(&next).0 <= expected + 1e-12 || step < 1e-6 {
                break next;
            }
            step *= 0.5;
        };
        let faster = 0.5 * (1.0 + (1.0 + 4.0 * momentum * momentum).sqrt());
        ahead = next.iter().zip(&at).map(|(n, a)| n + (momentum - 1.0) / faster * (n - a)).collect();
        momentum = faster;
        at = next;
        step *= 1.1;
    }
    at
}

/// Weights are never below 0; what stands for silence and the bias may be.
fn allowed(parameter: usize, value: f64) -> f64 {
    if parameter < COUNT { value.max(0.0) } else { value }
}

fn loss(columns: &[Column], prior: &[f64], at: &[f64]) -> (f64, Vec<f64>) {
    let mut sum = 0.0;
    let mut gradient = vec![0.0; at.len()];
    let mut add = |row: &[f64], by: f64| gradient.iter_mut().zip(row).for_each(|(g, x)| *g += by * x);
    for column in columns {
        let odds: Vec<f64> =
            column.rows.iter().map(|(row, _)| row.iter().zip(at).map(|(x, w)| x * w).sum::<f64>()).collect();
        for ((row, right), z) in column.rows.iter().zip(&odds) {
            let likely = 1.0 / (1.0 + (-z).exp());
            let missed = if *right { likely } else { 1.0 - likely };
            sum -= LIKELIHOOD * column.weight * (missed + 1e-12).ln();
            add(row, LIKELIHOOD * column.weight * (likely - f64::from(u8::from(*right))));
        }
        let rights = column.rows.iter().filter(|(_, right)| *right).count();
        if column.labelled && rights > 0 {
            let most = odds.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let whole: f64 = odds.iter().map(|z| (z - most).exp()).sum();
            for ((row, right), z) in column.rows.iter().zip(&odds) {
                let share = (z - most).exp() / whole;
                let wanted = if *right { 1.0 / rights as f64 } else { 0.0 };
                sum -= (1.0 - LIKELIHOOD) * column.weight * wanted * (share + 1e-12).ln();
                add(row, (1.0 - LIKELIHOOD) * column.weight * (share - wanted));
            }
        }
    }
    for (i, (x, p)) in at.iter().zip(prior).enumerate() {
        sum += 0.5 * HELD * (x - p) * (x - p);
        gradient[i] += HELD * (x - p);
    }
    (sum, gradient)
}

/// The weights as parameters: by feature the weight, then what its speaking adds by itself, then the bias.
fn parameters(weights: &Weights) -> Vec<f64> {
    let of = |feature: &Feature| weights.of(*feature);
    let scales = Feature::ALL.iter().map(|f| of(f).0);
    let offsets = Feature::ALL.iter().map(|f| of(f).1);
    scales.chain(offsets).chain([weights.bias()]).collect()
}

fn weights(parameters: &[f64]) -> Weights {
    let of = |i: usize| (parameters[i], parameters[COUNT + i]);
    Weights::new(parameters[2 * COUNT], std::array::from_fn(of))
}
