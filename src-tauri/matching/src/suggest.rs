//! The suggester: compares two catalogs once, then answers every question about them.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use super::candidate::{Candidate, Decisions, Evidence, Reason, SuggestedColumn, SuggestedTable, TableCandidate};
use super::combine::{self, Rivals, Weights};
use super::compare::{self, Pairs};
use super::features::{Feature, Features};
use super::profile::Profiles;
use super::reasons;
use super::select;
use super::tables::{self, TableScores};
use super::values::Samples;
use rowferry_core::catalog::{Catalog, TableKind, TableName};

/// How often tables and columns reinforce each other.
const ROUNDS: usize = 3;
/// Table correspondence that is assumed before anything is known.
const FIRST_GUESS: f64 = 0.6;
/// Below it, `suggest` says "no counterpart".
const TABLE_THRESHOLD: f64 = 0.35;
const COLUMN_THRESHOLD: f64 = 0.35;
/// Of a column that says again what others say: it is chosen only where it fits clearly better than they do.
const DERIVED: f64 = 0.8;
/// Below it, a candidate is not worth showing.
const SHOWN: f64 = 0.02;

/// Candidates and suggestions for two catalogs. Building it does the work; every answer is then cheap, and the same
/// for the same input.
pub struct Suggester<'a> {
    profiles: Profiles<'a>,
    weights: &'a Weights,
    pairs: Pairs,
    tables: TableScores,
    /// The best score of each source column and of each target column.
    best: (Vec<f64>, Vec<f64>),
}

impl<'a> Suggester<'a> {
    /// Compares the catalogs by everything but values.
    pub fn new(source: &'a Catalog, target: &'a Catalog) -> Self {
        let none = Samples::new();
        Self::with_samples((source, &none), (target, &none))
    }

    /// Compares the catalogs, and the values of columns that have samples on both sides.
    pub fn with_samples(source: (&'a Catalog, &Samples), target: (&'a Catalog, &Samples)) -> Self {
        Self::comparing(source, target, Weights::learned(), compare::COMPARE_ALL)
    }

    /// As `with_samples`, by other weights than those that the program comes with.
    pub fn by_weights(source: (&'a Catalog, &Samples), target: (&'a Catalog, &Samples), weights: &'a Weights) -> Self {
        Self::comparing(source, target, weights, compare::COMPARE_ALL)
    }

    /// As `with_samples`, comparing in full up to `compare_all` pairs of columns.
    pub(super) fn comparing(
        source: (&'a Catalog, &Samples),
        target: (&'a Catalog, &Samples),
        weights: &'a Weights,
        compare_all: usize,
    ) -> Self {
        let profiles = Profiles::new(source, target);
        let mut pairs = Pairs::new(&profiles, weights, compare_all);
        let mut tables = TableScores::new(&profiles, tables::names(&profiles), &pairs, |_, pair| {
            let mut guess = Features::default();
            compare::said_by_table(FIRST_GUESS, (FIRST_GUESS, FIRST_GUESS), pair.both_the_key, &mut guess);
            combine::probability(f64::from(pair.base) + weights.log_odds(&guess) - weights.bias())
        });
        for round in 0..ROUNDS {
            pairs.score(&profiles, weights, &tables, round);
            if round + 1 < ROUNDS {
                tables = TableScores::new(&profiles, tables.names, &pairs, |_, pair| f64::from(pair.score));
            }
        }
        let mut best = (vec![0f64; profiles.source.columns.len()], vec![0f64; profiles.target.columns.len()]);
        for (from, best_of_source) in best.0.iter_mut().enumerate() {
            for pair in pairs.of(from) {
                let (score, to) = (f64::from(pair.score), pair.target as usize);
                *best_of_source = best_of_source.max(score);
                best.1[to] = best.1[to].max(score);
            }
        }
        Suggester { profiles, weights, pairs, tables, best }
    }

    /// The pairs of tables that may correspond, best first.
    pub fn tables(&self) -> Vec<TableCandidate> {
        let mut found: Vec<(usize, usize, f64)> = Vec::new();
        for (s, row) in self.tables.score.rows().enumerate() {
            let shown = row.iter().enumerate().filter(|(_, score)| f64::from(**score) >= SHOWN);
            found.extend(shown.map(|(t, score)| (s, t, f64::from(*score))));
        }
        found.sort_by(best_first);
        let candidate = |(s, t, score): (usize, usize, f64)| TableCandidate {
            source: self.profiles.source.tables[s].table.name.clone(),
            target: self.profiles.target.tables[t].table.name.clone(),
            score,
            reasons: self.table_reasons(s, t),
        };
        found.into_iter().map(candidate).collect()
    }

    /// The pairs of columns of two tables that may correspond, best first. Empty when a catalog holds no such table.
    pub fn columns(&self, source: &TableName, target: &TableName) -> Vec<Candidate> {
        let (Some(s), Some(t)) = (self.profiles.source.table(source), self.profiles.target.table(target)) else {
            return Vec::new();
        };
        let mut found = self.pairs_of_tables(s, t, None);
        found.retain(|pair| pair.2 >= SHOWN);
        found.sort_by(best_first);
        found.into_iter().map(|pair| self.candidate(pair)).collect()
    }

    /// For every source column its best `top` targets in all tables; all of them best first.
    pub fn rank(&self, top: usize) -> Vec<Candidate> {
        self.ranked(top).into_iter().map(|pair| self.candidate(pair)).collect()
    }

    /// As `rank`, by index and without reasons.
    pub(super) fn ranked(&self, top: usize) -> Vec<(usize, usize, f64)> {
        let mut all = Vec::new();
        let confidence = self.weights.confidence();
        for table in &self.profiles.source.tables {
            // Columns of one table compete for a counterpart; those of others may have the same.
            let mut best_of_target: HashMap<u32, f64> = HashMap::new();
            for pair in table.columns.clone().flat_map(|from| self.pairs.of(from)) {
                let best = best_of_target.entry(pair.target).or_default();
                *best = best.max(f64::from(pair.score));
            }
            for from in table.columns.clone() {
                let contested = |pair: &compare::Pair| {
                    let best = Rivals {
                        source: self.best.0[from],
                        target: best_of_target[&pair.target],
                        target_anywhere: self.best.1[pair.target as usize],
                    };
                    (from, pair.target as usize, confidence.of(combine::contested(f64::from(pair.score), best)))
                };
                let mut own: Vec<_> = self.pairs.of(from).iter().map(contested).collect();
                own.sort_by(best_first);
                all.extend(own.into_iter().take(top));
            }
        }
        all.sort_by(best_first);
        all
    }

    /// All evidence for a pair, by the columns' numbers in their catalogs, and its score before pairs compete.
    pub fn evidence(&self, from: usize, to: usize) -> (Features, f64) {
        (self.features(from, to), self.pairs.score_of(from, to))
    }

    pub(super) fn profiles(&self) -> &Profiles<'a> {
        &self.profiles
    }

    /// One consistent suggestion: each table and, in a pair of tables, each column at most once, on top of what is
    /// decided. Pairs that are decided are not repeated; a confirmed pair of tables comes with what else its columns
    /// suggest, and is left out when that is nothing. Views and generated columns are never a target.
    pub fn suggest(&self, decisions: &Decisions) -> Vec<SuggestedTable> {
        let decided = Decided::new(&self.profiles, decisions);
        let mut edges = Vec::new();
        for (s, row) in self.tables.score.rows().enumerate() {
            for (t, score) in row.iter().enumerate() {
                let target_is_view = self.profiles.target.tables[t].table.kind == TableKind::View;
                if !target_is_view && decided.may_pair_tables(s, t) {
                    // A view shows what a table holds: the table comes first.
                    let is_view = self.profiles.source.tables[s].table.kind == TableKind::View;
                    edges.push((s, t, f64::from(*score) * if is_view { 0.5 } else { 1.0 }));
                }
            }
        }
        let mut chosen = select::assign(&edges, TABLE_THRESHOLD);
        chosen.extend(decided.confirmed_tables.iter().copied());
        chosen.sort_unstable();
        let suggested = chosen.into_iter().map(|(s, t)| self.suggest_table(s, t, &decided));
        suggested.flatten().collect()
    }

    fn suggest_table(&self, s: usize, t: usize, decided: &Decided) -> Option<SuggestedTable> {
        let confirmed = decided.confirmed_tables.contains(&(s, t));
        let mut pairs = self.pairs_of_tables(s, t, confirmed.then_some(1.0));
        pairs.retain(|&(from, to, _)| {
            self.profiles.target.columns[to].column.generated.is_none() && decided.may_pair_columns(from, to)
        });
        let scores: HashMap<(usize, usize), f64> = pairs.iter().map(|&(a, b, score)| ((a, b), score)).collect();
        let mut chosen = select::assign(&pairs, COLUMN_THRESHOLD);
        chosen.sort_by_key(|(_, to)| *to);
        let column = |(from, to): (usize, usize)| SuggestedColumn {
            from: self.profiles.source.columns[from].column.name.clone(),
            to: self.profiles.target.columns[to].column.name.clone(),
            score: scores.get(&(from, to)).copied().unwrap_or_default(),
            reasons: self.column_reasons(from, to),
        };
        let columns: Vec<SuggestedColumn> = chosen.into_iter().map(column).collect();
        if confirmed && columns.is_empty() {
            return None;
        }
        let decided_by_person =
            || vec![Reason { evidence: Evidence::Decision, weight: 0.0, text: "you confirmed it".to_owned() }];
        // A table is as sure as its columns are for the most part.
        let mut of_columns: Vec<f64> = columns.iter().map(|c| c.score).collect();
        of_columns.sort_by(f64::total_cmp);
        let middle = of_columns.get(of_columns.len() / 2).copied().unwrap_or_default();
        Some(SuggestedTable {
            from: self.profiles.source.tables[s].table.name.clone(),
            to: self.profiles.target.tables[t].table.name.clone(),
            score: if confirmed { 1.0 } else { self.tables.score.at(s, t).max(middle) },
            reasons: if confirmed { decided_by_person() } else { self.table_reasons(s, t) },
            columns,
        })
    }

    /// All pairs of columns of two tables with their scores, as one contest.
    fn pairs_of_tables(&self, s: usize, t: usize, table: Option<f64>) -> Vec<(usize, usize, f64)> {
        let (from, to) = (self.profiles.source.tables[s].columns.clone(), &self.profiles.target.tables[t].columns);
        let mut pairs = Vec::new();
        for a in from {
            for b in to.clone() {
                let mut features = self.features(a, b);
                if let Some(table) = table {
                    let both_the_key = features.get(Feature::KeyOfTables).is_some();
                    compare::said_by_table(table, (table, table), both_the_key, &mut features);
                }
                let again = if self.profiles.source.columns[a].column.derived { DERIVED } else { 1.0 };
                pairs.push((a, b, again * combine::probability(self.weights.log_odds(&features))));
            }
        }
        let confidence = self.weights.confidence();
        let (mut best_of_source, mut best_of_target) = (HashMap::new(), HashMap::new());
        for &(a, b, score) in &pairs {
            let best = best_of_source.entry(a).or_insert(score);
            *best = score.max(*best);
            let best = best_of_target.entry(b).or_insert(score);
            *best = score.max(*best);
        }
        for (a, b, score) in &mut pairs {
            let best = Rivals { source: best_of_source[a], target: best_of_target[b], target_anywhere: 0.0 };
            *score = confidence.of(combine::contested(*score, best));
        }
        pairs
    }

    fn features(&self, from: usize, to: usize) -> Features {
        compare::features(&self.profiles, &self.pairs, from, to, &self.tables)
    }

    fn candidate(&self, (from, to, score): (usize, usize, f64)) -> Candidate {
        Candidate {
            source: self.profiles.source.reference(from),
            target: self.profiles.target.reference(to),
            score,
            reasons: self.column_reasons(from, to),
        }
    }

    fn column_reasons(&self, from: usize, to: usize) -> Vec<Reason> {
        reasons::of_columns(&self.profiles, self.weights, from, to, &self.features(from, to))
    }

    fn table_reasons(&self, s: usize, t: usize) -> Vec<Reason> {
        reasons::of_tables(&self.profiles, s, t, &self.tables)
    }
}

/// The best first; equal ones in the catalogs' order.
fn best_first(a: &(usize, usize, f64), b: &(usize, usize, f64)) -> Ordering {
    b.2.total_cmp(&a.2).then((a.0, a.1).cmp(&(b.0, b.1)))
}

/// Decisions by index. Names that no catalog holds are passed over.
#[derive(Default)]
struct Decided {
    confirmed_tables: Vec<(usize, usize)>,
    source_tables: HashSet<usize>,
    target_tables: HashSet<usize>,
    rejected_tables: HashSet<(usize, usize)>,
    source_columns: HashSet<usize>,
    target_columns: HashSet<usize>,
    rejected_columns: HashSet<(usize, usize)>,
}

impl Decided {
    fn new(profiles: &Profiles<'_>, decisions: &Decisions) -> Self {
        let (source, target) = (&profiles.source, &profiles.target);
        let tables = |pairs: &[(TableName, TableName)]| -> Vec<(usize, usize)> {
            pairs.iter().filter_map(|(from, to)| source.table(from).zip(target.table(to))).collect()
        };
        let mut decided = Decided {
            confirmed_tables: tables(&decisions.confirmed_tables),
            rejected_tables: tables(&decisions.rejected_tables).into_iter().collect(),
            ..Decided::default()
        };
        for (from, to) in &decisions.confirmed_columns {
            decided.source_columns.extend(source.column(from));
            decided.target_columns.extend(target.column(to));
            // A confirmed column says that its tables belong together.
            let unseen = decisions.confirmed_tables.iter().all(|(a, b)| *a != from.table && *b != to.table);
            decided.confirmed_tables.extend(source.table(&from.table).zip(target.table(&to.table)).filter(|_| unseen));
        }
        decided.rejected_columns.extend(
            decisions.rejected_columns.iter().filter_map(|(from, to)| source.column(from).zip(target.column(to))),
        );
        decided.confirmed_tables.sort_unstable();
        decided.confirmed_tables.dedup();
        decided.source_tables = decided.confirmed_tables.iter().map(|(s, _)| *s).collect();
        decided.target_tables = decided.confirmed_tables.iter().map(|(_, t)| *t).collect();
        decided
    }

    fn may_pair_tables(&self, s: usize, t: usize) -> bool {
        !self.source_tables.contains(&s) && !self.target_tables.contains(&t) && !self.rejected_tables.contains(&(s, t))
    }

    fn may_pair_columns(&self, from: usize, to: usize) -> bool {
        !self.source_columns.contains(&from)
            && !self.target_columns.contains(&to)
            && !self.rejected_columns.contains(&(from, to))
    }
}
