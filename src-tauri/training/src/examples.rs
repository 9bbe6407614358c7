//! What training learns from: for each source column its likeliest pairs, with their evidence and the truth.

use rowferry_matching::Suggester;
use rowferry_matching::features::{Feature, Features};

use crate::truth::{Known, names};

/// So many pairs of a column with a counterpart, beside the right ones …
const OF_LABELLED: usize = 25;
/// … and of a column without. Its counterpart may be missing in the truth, so it counts less.
const OF_OTHERS: usize = 6;
pub const WEIGHT_OF_OTHERS: f64 = 0.3;
/// Columns of one task: more say nothing new.
const COLUMNS: usize = 150;

/// The pairs of one source column.
pub struct Group {
    pub labelled: bool,
    pub pairs: Vec<(Features, bool)>,
}

/// The groups of a task: evenly taken over its columns.
pub fn of(known: &Known) -> Vec<Group> {
    let task = &known.task;
    let suggester = Suggester::with_samples((&task.source, &task.source_samples), (&task.target, &task.target_samples));
    let (sources, targets) = (names(&task.source), names(&task.target));
    let columns = |labelled: bool| -> Vec<usize> {
        let kind = |i: &usize| known.source(&sources[*i]).is_some_and(|s| known.labelled.contains(&s) == labelled);
        let all: Vec<usize> = (0..sources.len()).filter(kind).collect();
        let step = all.len().div_ceil(COLUMNS).max(1);
        all.into_iter().step_by(step).collect()
    };
    let group = |from: usize, labelled: bool| {
        let right = |to: usize| known.right.contains(&(sources[from].clone(), known.target(&targets[to])));
        let mut pairs: Vec<(usize, Features, f64)> = (0..targets.len())
            .map(|to| {
                let (features, score) = suggester.evidence(from, to);
                (to, features, score)
            })
            .collect();
        pairs.sort_by(|a, b| b.2.total_cmp(&a.2).then(a.0.cmp(&b.0)));
        let limit = if labelled { OF_LABELLED } else { OF_OTHERS };
        let kept = pairs.into_iter().enumerate().filter(|(at, (to, ..))| *at < limit || right(*to));
        Group { labelled, pairs: kept.map(|(_, (to, features, _))| (features, right(to))).collect() }
    };
    let labelled = columns(true).into_iter().map(|from| group(from, true));
    labelled.chain(columns(false).into_iter().map(|from| group(from, false))).collect()
}

/// The numbers of a pair: each piece of evidence, whether it says anything, and 1.
pub fn numbers(features: &Features) -> Vec<f64> {
    let values = Feature::ALL.iter().map(|&f| features.get(f).unwrap_or(0.0));
    let known = Feature::ALL.iter().map(|&f| f64::from(u8::from(!f.always_speaks() && features.get(f).is_some())));
    values.chain(known).chain([1.0]).collect()
}
