//! The consistent choice: each source and each target at most once, the greatest sum of scores above a threshold; no
//! counterpart is an answer.

use std::collections::{BTreeMap, BTreeSet};

/// A possible pair of a row and a column, with its score.
pub(super) type Edge = (usize, usize, f64);

/// Groups larger than this are chosen greedily: the exact choice takes time with the cube of the size.
const EXACT_UP_TO: usize = 400;

/// The chosen pairs, by row. Edges below `threshold` are never chosen.
pub(super) fn assign(edges: &[Edge], threshold: f64) -> Vec<(usize, usize)> {
    let mut edges: Vec<Edge> = edges.iter().copied().filter(|e| e.2 >= threshold).collect();
    edges.sort_by(|a, b| b.2.total_cmp(&a.2).then((a.0, a.1).cmp(&(b.0, b.1))));
    let mut chosen = BTreeSet::new();
    for group in groups(&edges) {
        let rows: BTreeSet<usize> = group.iter().map(|e| e.0).collect();
        let columns: BTreeSet<usize> = group.iter().map(|e| e.1).collect();
        if rows.len().max(columns.len()) > EXACT_UP_TO {
            greedy(&group, &mut chosen);
        } else {
            exact(&rows, &columns, &group, threshold, &mut chosen);
        }
    }
    chosen.into_iter().collect()
}

/// The edges that hang together, so that each group can be chosen by itself.
fn groups(edges: &[Edge]) -> Vec<Vec<Edge>> {
    fn root(parents: &mut BTreeMap<(bool, usize), (bool, usize)>, mut node: (bool, usize)) -> (bool, usize) {
        while let Some(&parent) = parents.get(&node) {
            if parent == node {
                break;
            }
            let above = parents.get(&parent).copied().unwrap_or(parent);
            parents.insert(node, above);
            node = above;
        }
        node
    }
    let mut parents = BTreeMap::new();
    for &(row, column, _) in edges {
        let (a, b) = (root(&mut parents, (false, row)), root(&mut parents, (true, column)));
        parents.insert(b, b);
        parents.insert(a, b);
    }
    let mut groups: BTreeMap<_, Vec<Edge>> = BTreeMap::new();
    for &edge in edges {
        groups.entry(root(&mut parents, (false, edge.0))).or_default().push(edge);
    }
    groups.into_values().collect()
}

fn greedy(edges: &[Edge], chosen: &mut BTreeSet<(usize, usize)>) {
    let (mut rows, mut columns) = (BTreeSet::new(), BTreeSet::new());
    for &(row, column, _) in edges {
        if !rows.contains(&row) && !columns.contains(&column) {
            rows.insert(row);
            columns.insert(column);
            chosen.insert((row, column));
        }
    }
}

/// The Hungarian algorithm with potentials. Every row also has a column of its own that means "no counterpart".
fn exact(
    rows: &BTreeSet<usize>,
    columns: &BTreeSet<usize>,
    edges: &[Edge],
    threshold: f64,
    chosen: &mut BTreeSet<(usize, usize)>,
) {
    let row_of: Vec<usize> = rows.iter().copied().collect();
    let column_of: Vec<usize> = columns.iter().copied().collect();
    let (n, m) = (row_of.len(), column_of.len() + row_of.len());
    // The cost of an edge is what it lacks; no counterpart costs as much as an edge at the threshold.
    let none = 1.0 - threshold + 1e-9;
    let mut cost = vec![vec![f64::INFINITY; m]; n];
    for (row, costs) in cost.iter_mut().enumerate() {
        costs[..column_of.len()].fill(4.0);
        costs[column_of.len() + row] = none;
        for other in (0..n).filter(|other| *other != row) {
            costs[column_of.len() + other] = 4.0;
        }
    }
    for &(row, column, score) in edges {
        if let (Ok(i), Ok(j)) = (row_of.binary_search(&row), column_of.binary_search(&column)) {
            cost[i][j] = 1.0 - score;
        }
    }
    for (row, column) in hungarian(&cost, m) {
        if column < column_of.len() && cost[row][column] <= none {
            chosen.insert((row_of[row], column_of[column]));
        }
    }
}

/// The cheapest choice of a column for each row; there are at least as many columns as rows.
fn hungarian(cost: &[Vec<f64>], width: usize) -> Vec<(usize, usize)> {
    let n = cost.len();
    let (mut row_potential, mut column_potential) = (vec![0.0; n + 1], vec![0.0; width + 1]);
    let (mut row_of, mut way) = (vec![0usize; width + 1], vec![0usize; width + 1]);
    for row in 1..=n {
        row_of[0] = row;
        let mut at = 0;
        let mut least = vec![f64::INFINITY; width + 1];
        let mut used = vec![false; width + 1];
        while row_of[at] != 0 {
            used[at] = true;
            let current = row_of[at];
            let (mut delta, mut next) = (f64::INFINITY, 0);
            for column in (1..=width).filter(|c| !used[*c]) {
                let reduced = cost[current - 1][column - 1] - row_potential[current] - column_potential[column];
                if reduced < least[column] {
                    least[column] = reduced;
                    way[column] = at;
                }
                if least[column] < delta {
                    delta = least[column];
                    next = column;
                }
            }
            for column in 0..=width {
                if used[column] {
                    row_potential[row_of[column]] += delta;
                    column_potential[column] -= delta;
                } else {
                    least[column] -= delta;
                }
            }
            at = next;
        }
        while at != 0 {
            row_of[at] = row_of[way[at]];
            at = way[at];
        }
    }
    (1..=width).filter(|c| row_of[*c] != 0).map(|c| (row_of[c] - 1, c - 1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_counts_not_the_single_best() {
        let edges = [(0, 0, 0.9), (0, 1, 0.8), (1, 0, 0.85), (1, 1, 0.1)];
        assert_eq!(assign(&edges, 0.3), [(0, 1), (1, 0)]);
    }

    #[test]
    fn weak_pairs_stay_without_counterpart() {
        assert_eq!(assign(&[(0, 0, 0.9), (1, 1, 0.2)], 0.3), [(0, 0)]);
        assert_eq!(assign(&[], 0.3), []);
    }

    #[test]
    fn three_rows_for_two_columns_leave_the_weakest_out() {
        let edges = [(0, 0, 0.9), (1, 0, 0.7), (1, 1, 0.6), (2, 1, 0.95)];
        assert_eq!(assign(&edges, 0.3), [(0, 0), (2, 1)]);
    }
}
