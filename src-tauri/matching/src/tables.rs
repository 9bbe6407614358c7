//! How likely each pair of tables corresponds: from names and comments, and from how many of their columns find a
//! partner. Columns and tables reinforce each other, so it is computed more than once.

use super::combine;
use super::compare::{Pair, Pairs};
use super::names::similarity::similarity;
use super::profile::{Profiles, Side, said};

/// A number for each pair of tables.
#[derive(Debug, Clone)]
pub(super) struct Grid {
    width: usize,
    cells: Vec<f32>,
}

impl Grid {
    pub fn new(rows: usize, columns: usize) -> Self {
        Grid { width: columns, cells: vec![0.0; rows * columns] }
    }

    pub fn at(&self, source: usize, target: usize) -> f64 {
        f64::from(self.cells[source * self.width + target])
    }

    fn set(&mut self, source: usize, target: usize, value: f64) {
        self.cells[source * self.width + target] = value as f32;
    }

    fn add(&mut self, source: usize, target: usize, value: f64) {
        self.cells[source * self.width + target] += value as f32;
    }

    pub fn rows(&self) -> impl Iterator<Item = &[f32]> {
        self.cells.chunks(self.width.max(1))
    }
}

/// The scores of all pairs of tables with what they were made of.
pub(super) struct TableScores {
    /// The best score of each source table and of each target table.
    pub best: (Vec<f64>, Vec<f64>),
    pub names: Grid,
    pub columns: Grid,
    pub score: Grid,
}

/// 0 to 1, from names and comments.
pub(super) fn names(profiles: &Profiles<'_>) -> Grid {
    let (rows, width) = (profiles.source.tables.len(), profiles.target.tables.len());
    let mut grid = Grid::new(rows, width);
    for (s, a) in profiles.source.tables.iter().enumerate() {
        for (t, b) in profiles.target.tables.iter().enumerate() {
            let name = if a.joined == b.joined { 1.0 } else { similarity(&profiles.vocabulary, &a.name, &b.name) };
            let commented = said(a.table, &a.table.comment).is_some() && said(b.table, &b.table.comment).is_some();
            let comment = if commented { a.bag.cosine(&b.bag) } else { 0.0 };
            // Two texts about one thing share a few of their words at best.
            grid.set(s, t, name.max(0.5 * name + 0.8 * comment.sqrt()).min(1.0));
        }
    }
    grid
}

/// 0 to 1, from the columns' scores: the mean of the two shares of weight that find a partner in the other table.
fn columns(profiles: &Profiles<'_>, pairs: &Pairs, score: impl Fn(usize, &Pair) -> f64) -> Grid {
    let (source, target) = (&profiles.source, &profiles.target);
    let mut grid = Grid::new(source.tables.len(), target.tables.len());
    let weight = |side: &Side<'_>, table: usize| -> f64 {
        side.tables[table].columns.clone().map(|c| side.columns[c].weight).sum::<f64>().max(1e-6)
    };
    let weights: Vec<f64> = (0..target.tables.len()).map(|t| weight(target, t)).collect();
    let mut best_of_target = vec![0f64; target.columns.len()];
    let mut touched = Vec::new();
    for (s, table) in source.tables.iter().enumerate() {
        let whole = weight(source, s);
        for c in table.columns.clone() {
            let own_weight = source.columns[c].weight;
            let mut best_of_table = (usize::MAX, 0.0);
            for pair in pairs.of(c) {
                let value = score(c, pair);
                let to = pair.target as usize;
                if best_of_target[to] == 0.0 {
                    touched.push(to);
                }
                best_of_target[to] = best_of_target[to].max(value);
                let t = target.columns[to].table;
                if t != best_of_table.0 {
                    if best_of_table.0 != usize::MAX {
                        grid.add(s, best_of_table.0, 0.5 * own_weight * best_of_table.1 / whole);
                    }
                    best_of_table = (t, 0.0);
                }
                best_of_table.1 = f64::max(best_of_table.1, value);
            }
            if best_of_table.0 != usize::MAX {
                grid.add(s, best_of_table.0, 0.5 * own_weight * best_of_table.1 / whole);
            }
        }
        for to in touched.drain(..) {
            let t = target.columns[to].table;
            grid.add(s, t, 0.5 * target.columns[to].weight * best_of_target[to] / weights[t]);
            best_of_target[to] = 0.0;
        }
    }
    grid
}

impl TableScores {
    /// `score` is the column score to build on, given a source column and a pair of it.
    pub fn new(profiles: &Profiles<'_>, names: Grid, pairs: &Pairs, score: impl Fn(usize, &Pair) -> f64) -> Self {
        let columns = columns(profiles, pairs, score);
        let (rows, width) = (profiles.source.tables.len(), profiles.target.tables.len());
        let mut alone = Grid::new(rows, width);
        let (mut best_of_row, mut best_of_column) = (vec![0f64; rows], vec![0f64; width]);
        for (s, best_of_source) in best_of_row.iter_mut().enumerate() {
            for (t, best_of_target) in best_of_column.iter_mut().enumerate() {
                let value = combine::tables(names.at(s, t), columns.at(s, t));
                alone.set(s, t, value);
                *best_of_source = best_of_source.max(value);
                *best_of_target = best_of_target.max(value);
            }
        }
        // With one table on each side there is nothing else to correspond to.
        let only = rows == 1 && width == 1;
        let mut score = Grid::new(rows, width);
        for (s, best_of_source) in best_of_row.iter().enumerate() {
            for (t, best_of_target) in best_of_column.iter().enumerate() {
                let value = alone.at(s, t);
                let contested = combine::contested_table(value, *best_of_source, *best_of_target);
                score.set(s, t, if only { value.max(0.8) } else { contested });
            }
        }
        let mut best = (vec![0f64; rows], vec![0f64; width]);
        for (row, best_of_source) in score.rows().zip(&mut best.0) {
            for (value, best_of_target) in row.iter().zip(&mut best.1) {
                *best_of_source = best_of_source.max(f64::from(*value));
                *best_of_target = best_of_target.max(f64::from(*value));
            }
        }
        TableScores { best, names, columns, score }
    }
}
