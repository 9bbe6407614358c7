//! Columns that belong together stand together: a pair is the likelier, the better the columns beside it fit.

use crate::compare::Pairs;
use crate::profile::Profiles;

/// 0 to 1: how well the columns before, and those after, fit each other; `None` where neither side has any.
pub(crate) fn fit(profiles: &Profiles<'_>, pairs: &Pairs, from: usize, to: usize) -> Option<f64> {
    let (a, b) = (&profiles.source.columns[from], &profiles.target.columns[to]);
    let (s, t) = (&profiles.source.tables[a.table].columns, &profiles.target.tables[b.table].columns);
    let before = (from > s.start && to > t.start).then(|| pairs.score_of(from - 1, to - 1));
    let after = (from + 1 < s.end && to + 1 < t.end).then(|| pairs.score_of(from + 1, to + 1));
    match (before, after) {
        (Some(x), Some(y)) => Some(0.5 * (x + y)),
        (one, other) => one.or(other),
    }
}
