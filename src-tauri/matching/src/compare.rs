//! Which pairs of columns are looked at, and the evidence for each.
//!
//! Small schemas are compared in full. In large ones a source column meets the columns of the tables that resemble its
//! own and those, anywhere, that share its rarer words: the work grows with the schema, not with its square.

use std::collections::{BTreeSet, HashMap};

use super::combine::{self, Weights};
use super::features::{Feature, Features};
use super::keys::{self, Role};
use super::names::WordId;
use super::names::similarity::{closeness, similarity};
use super::position;
use super::profile::{ColumnProfile, Profiles, Side};
use super::structure::{foreign_keys, neighbours};
use super::tables::TableScores;
use super::values;

/// Up to so many pairs, all are compared.
pub(super) const COMPARE_ALL: usize = 2_000_000;
/// Beyond, each table meets so many that resemble it …
const TABLES_FOR_EACH: usize = 10;
/// … and each column so many that share words with it.
const COLUMNS_FOR_EACH: usize = 20;
/// A word on more columns than this brings none together by itself.
const COMMON_WORD: usize = 400;

/// A pair of columns, seen from the source column.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair {
    /// Index into the target's columns.
    pub target: u32,
    /// Log-odds without what the tables tell.
    pub base: f32,
    pub both_the_key: bool,
    /// The score of the last round, 0 to 1.
    pub score: f32,
}

/// The pairs of each source column, by target column.
pub(super) struct Pairs(Vec<Vec<Pair>>);

impl Pairs {
    /// Up to `compare_all` pairs, all of them; beyond, those of the blocks.
    pub fn new(profiles: &Profiles<'_>, weights: &Weights, compare_all: usize) -> Self {
        let (source, target) = (&profiles.source, &profiles.target);
        let all = source.columns.len().saturating_mul(target.columns.len()) <= compare_all;
        let blocks = if all { Blocks::default() } else { Blocks::new(profiles) };
        let pair = |from: usize, to: usize| {
            let (a, b) = (&source.columns[from], &target.columns[to]);
            Pair {
                target: to as u32,
                base: weights.log_odds(&own(profiles, a, b)) as f32,
                both_the_key: both_the_key(a, b),
                score: 0.0,
            }
        };
        let of = |from: usize| -> Vec<Pair> {
            if all {
                (0..target.columns.len()).map(|to| pair(from, to)).collect()
            } else {
                blocks.partners(profiles, from).into_iter().map(|to| pair(from, to)).collect()
            }
        };
        Pairs(in_parallel(source.columns.len(), of))
    }

    pub fn of(&self, source: usize) -> &[Pair] {
        &self.0[source]
    }

    /// The score of the last round; 0 for pairs that are not looked at.
    pub fn score_of(&self, source: usize, target: usize) -> f64 {
        let pairs = &self.0[source];
        let found = pairs.binary_search_by_key(&(target as u32), |pair| pair.target);
        found.map_or(0.0, |at| f64::from(pairs[at].score))
    }

    /// Scores every pair anew with what the tables, and from the second round on the columns beside them, tell.
    pub fn score(&mut self, profiles: &Profiles<'_>, weights: &Weights, tables: &TableScores, round: usize) {
        let scored = in_parallel(self.0.len(), |from| -> Vec<f32> {
            let a = &profiles.source.columns[from];
            let of = |pair: &Pair| {
                let b = &profiles.target.columns[pair.target as usize];
                let mut features = Features::default();
                from_tables(a, b, tables, &mut features);
                if round > 0 {
                    features.set(Feature::Neighbours, neighbours::fit(profiles, self, from, pair.target as usize));
                }
                combine::probability(f64::from(pair.base) + weights.log_odds(&features) - weights.bias()) as f32
            };
            self.0[from].iter().map(of).collect()
        });
        for (pairs, scores) in self.0.iter_mut().zip(scored) {
            pairs.iter_mut().zip(scores).for_each(|(pair, score)| pair.score = score);
        }
    }
}

/// Even a weak correspondence tells a table from those that have none.
const TABLE_POWER: f64 = 0.6;

/// What the tables' correspondence says of two columns.
fn from_tables(a: &ColumnProfile<'_>, b: &ColumnProfile<'_>, tables: &TableScores, features: &mut Features) {
    let table = tables.score.at(a.table, b.table);
    let near = |best: f64| if best > 0.0 { table / best } else { 0.0 };
    said_by_table(table, (near(tables.best.0[a.table]), near(tables.best.1[b.table])), both_the_key(a, b), features);
    features.set(Feature::ForeignKey, foreign_keys::agreement(a.refers, b.refers, |s, t| tables.score.at(s, t)));
}

/// As `from_tables` for one pair of tables.
pub(super) fn said_by_table(table: f64, near_best: (f64, f64), both_the_key: bool, features: &mut Features) {
    features.set(Feature::BestTable, near_best.0);
    features.set(Feature::BestTableOfTarget, near_best.1);
    features.set(Feature::Table, table.powf(TABLE_POWER));
    features.set(Feature::KeyOfTables, both_the_key.then_some(table));
}

fn both_the_key(a: &ColumnProfile<'_>, b: &ColumnProfile<'_>) -> bool {
    a.role.zip(b.role) == Some((Role::PrimaryKey, Role::PrimaryKey))
}

/// `of` each number below `count`, in order, computed on all processors.
fn in_parallel<T: Send>(count: usize, of: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get());
    let share = count.div_ceil(threads).max(1);
    let of = &of;
    std::thread::scope(|scope| {
        let run = |start: usize| scope.spawn(move || (start..count.min(start + share)).map(of).collect::<Vec<T>>());
        let running: Vec<_> = (0..count).step_by(share).map(run).collect();
        let finished = running.into_iter().map(|r| r.join().unwrap_or_else(|p| std::panic::resume_unwind(p)));
        finished.flatten().collect()
    })
}

/// The evidence of two columns by themselves.
fn own(profiles: &Profiles<'_>, a: &ColumnProfile<'_>, b: &ColumnProfile<'_>) -> Features {
    let mut features = Features::default();
    let same_name = a.joined == b.joined && !a.joined.is_empty();
    let name = closeness(&profiles.vocabulary, &a.name, &b.name);
    features.set(Feature::Name, if same_name { 1.0 } else { name.both });
    features.set(Feature::SameName, f64::from(u8::from(same_name)));
    features.set(Feature::PartOfName, if same_name { 1.0 } else { name.one });
    features.set(Feature::Letters, a.bags.letters.cosine(&b.bags.letters));
    features.set(Feature::Qualified, similarity(&profiles.vocabulary, &a.qualified, &b.qualified));
    features.set(Feature::Words, a.bags.all.cosine(&b.bags.all));
    if a.has_comment() && b.has_comment() {
        features.set(Feature::Comment, a.bags.commented.cosine(&b.bags.commented));
    }
    if a.has_comment() || b.has_comment() {
        let said = a.bags.name.share_in(&b.bags.commented).max(b.bags.name.share_in(&a.bags.commented));
        features.set(Feature::NameInComment, said);
    }
    let sizes = (profiles.source.tables[a.table].columns.len(), profiles.target.tables[b.table].columns.len());
    features.set(Feature::Type, profiles.type_compatibility(a, b));
    features.set(Feature::Key, keys::agreement(a.role, b.role));
    features.set(Feature::Position, position::nearness((a.at, sizes.0), (b.at, sizes.1)));
    if let Some((x, y)) = a.shape.as_ref().zip(b.shape.as_ref()) {
        values::compare(x, y, &mut features);
    }
    let says = |shape: &Option<values::Shape>, name: &[String]| shape.as_ref().and_then(|s| s.says(name));
    let said = [says(&a.shape, &b.words), says(&b.shape, &a.words)].into_iter().flatten().reduce(f64::max);
    features.set(Feature::NameInValues, said);
    features
}

/// All evidence for a pair, by index into the two sides' columns.
pub(super) fn features(
    profiles: &Profiles<'_>,
    pairs: &Pairs,
    from: usize,
    to: usize,
    tables: &TableScores,
) -> Features {
    let (a, b) = (&profiles.source.columns[from], &profiles.target.columns[to]);
    let mut features = own(profiles, a, b);
    from_tables(a, b, tables, &mut features);
    features.set(Feature::Neighbours, neighbours::fit(profiles, pairs, from, to));
    features
}

/// What may meet in schemas too large to compare in full.
#[derive(Default)]
struct Blocks {
    /// For each source table the target tables that resemble it.
    tables: Vec<BTreeSet<usize>>,
    /// The target's columns with each word.
    columns: HashMap<WordId, Vec<usize>>,
}

impl Blocks {
    fn new(profiles: &Profiles<'_>) -> Self {
        let mut columns: HashMap<WordId, Vec<usize>> = HashMap::new();
        for (number, column) in profiles.target.columns.iter().enumerate() {
            for term in &column.name {
                columns.entry(term.word).or_default().push(number);
            }
        }
        Blocks { tables: resembling_tables(profiles), columns }
    }

    fn partners(&self, profiles: &Profiles<'_>, from: usize) -> BTreeSet<usize> {
        let column = &profiles.source.columns[from];
        let mut partners: BTreeSet<usize> =
            self.tables[column.table].iter().flat_map(|&t| profiles.target.tables[t].columns.clone()).collect();
        let mut shared: HashMap<usize, f32> = HashMap::new();
        for term in &column.name {
            for (word, closeness) in profiles.vocabulary.similar(term.word) {
                let with = self.columns.get(&word).filter(|list| list.len() <= COMMON_WORD);
                for &to in with.into_iter().flatten() {
                    *shared.entry(to).or_default() += closeness * term.weight;
                }
            }
        }
        let mut shared: Vec<(usize, f32)> = shared.into_iter().collect();
        shared.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        partners.extend(shared.into_iter().take(COLUMNS_FOR_EACH).map(|(to, _)| to));
        partners
    }
}

/// For each source table the target tables with the most words in common, and the other way round.
fn resembling_tables(profiles: &Profiles<'_>) -> Vec<BTreeSet<usize>> {
    let (source, target) = (words(&profiles.source), words(&profiles.target));
    let mut with: HashMap<WordId, Vec<(usize, f32)>> = HashMap::new();
    for (t, bag) in target.iter().enumerate() {
        for (&word, &weight) in bag {
            with.entry(word).or_default().push((t, weight));
        }
    }
    let mut kept = vec![BTreeSet::new(); source.len()];
    let mut best_of_target: Vec<Vec<(f32, usize)>> = vec![Vec::new(); target.len()];
    for (s, bag) in source.iter().enumerate() {
        let mut scores = vec![0f32; target.len()];
        let mut bag: Vec<_> = bag.iter().collect();
        bag.sort_by_key(|(word, _)| **word);
        for (&word, &weight) in bag {
            for (similar, closeness) in profiles.vocabulary.similar(word) {
                for &(t, other) in with.get(&similar).into_iter().flatten() {
                    scores[t] += closeness * weight * other;
                }
            }
        }
        let mut ranked: Vec<(f32, usize)> =
            scores.into_iter().enumerate().filter(|(_, v)| *v > 0.0).map(|(t, v)| (v, t)).collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        ranked.truncate(TABLES_FOR_EACH);
        for (value, t) in ranked {
            kept[s].insert(t);
            best_of_target[t].push((value, s));
        }
    }
    for (t, list) in best_of_target.iter_mut().enumerate() {
        list.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        for (_, s) in list.iter().take(TABLES_FOR_EACH) {
            kept[*s].insert(t);
        }
    }
    kept
}

/// The words of each table and of its columns, as vectors of length 1.
fn words(side: &Side<'_>) -> Vec<HashMap<WordId, f32>> {
    const TABLE_NAME: f32 = 3.0;
    let of = |table: &super::profile::TableProfile<'_>| {
        let mut bag: HashMap<WordId, f32> = HashMap::new();
        let mut add = |word: WordId, weight: f32| {
            let entry = bag.entry(word).or_default();
            *entry = entry.max(weight * weight);
        };
        table.name.iter().for_each(|t| add(t.word, t.weight * TABLE_NAME));
        for column in &side.columns[table.columns.clone()] {
            column.name.iter().for_each(|t| add(t.word, t.weight));
        }
        let mut sorted: Vec<_> = bag.iter().collect();
        sorted.sort_by_key(|(word, _)| **word);
        let length = sorted.iter().map(|(_, w)| *w * *w).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
        bag.values_mut().for_each(|w| *w /= length);
        bag
    };
    side.tables.iter().map(of).collect()
}
