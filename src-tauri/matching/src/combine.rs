//! The one place where evidence is weighed: a logistic sum, so that a score can be read as a likelihood and each
//! piece of evidence as what it adds to the log-odds.

use super::candidate::Evidence;

/// Evidence for one pair of columns: each 0 to 1, `None` where a source of evidence says nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Features {
    pub name: f64,
    /// The joined words are equal.
    pub same_name: bool,
    pub qualified: f64,
    pub comment: Option<f64>,
    pub types: Option<f64>,
    pub key: Option<f64>,
    pub position: Option<f64>,
    pub values: Option<f64>,
    /// Each is the whole primary key of its table.
    pub both_the_key: bool,
    /// How likely the two tables correspond.
    pub table: f64,
    /// How likely the tables correspond to which the columns refer.
    pub foreign_key: Option<f64>,
}

const BIAS: f64 = -6.1;
const NAME: f64 = 4.6;
const SAME_NAME: f64 = 0.6;
const QUALIFIED: f64 = 1.4;
const TABLE: f64 = 2.9;
/// Even a weak correspondence tells a table from those that have none.
const TABLE_POWER: f64 = 0.6;
const COMMENT: f64 = 3.0;
const TYPE: f64 = 1.4;
const KEY: f64 = 1.0;
/// The one key of a table corresponds to the one key of its counterpart, whatever their names.
const KEY_OF_TABLES: f64 = 1.5;
const POSITION: f64 = 0.5;
const VALUES: f64 = 3.5;
const FOREIGN_KEY: f64 = 1.2;

/// Where each piece of evidence speaks neither for nor against.
pub(super) const NEUTRAL_COMMENT: f64 = 0.15;
const NEUTRAL_TYPE: f64 = 0.7;
const NEUTRAL_KEY: f64 = 0.5;
const NEUTRAL_POSITION: f64 = 0.5;
const NEUTRAL_VALUES: f64 = 0.3;
const NEUTRAL_FOREIGN_KEY: f64 = 0.4;

impl Features {
    /// What each piece of evidence adds to the log-odds; those that say nothing are left out.
    pub fn contributions(&self) -> impl Iterator<Item = (Evidence, f64)> {
        let of = |value: Option<f64>, neutral: f64, weight: f64| value.map_or(0.0, |v| (v - neutral) * weight);
        [
            (Evidence::Name, NAME * self.name + if self.same_name { SAME_NAME } else { 0.0 }),
            (Evidence::QualifiedName, QUALIFIED * self.qualified),
            (Evidence::Comment, of(self.comment, NEUTRAL_COMMENT, COMMENT)),
            (Evidence::Type, of(self.types, NEUTRAL_TYPE, TYPE)),
            (
                Evidence::Key,
                of(self.key, NEUTRAL_KEY, KEY) + if self.both_the_key { KEY_OF_TABLES * self.table } else { 0.0 },
            ),
            (Evidence::Position, of(self.position, NEUTRAL_POSITION, POSITION)),
            (Evidence::Values, of(self.values, NEUTRAL_VALUES, VALUES)),
            (Evidence::Table, TABLE * self.table.powf(TABLE_POWER)),
            (Evidence::ForeignKey, of(self.foreign_key, NEUTRAL_FOREIGN_KEY, FOREIGN_KEY)),
        ]
        .into_iter()
        .filter(|(_, weight)| *weight != 0.0)
    }

    pub fn log_odds(&self) -> f64 {
        BIAS + self.contributions().map(|(_, weight)| weight).sum::<f64>()
    }
}

/// The part of the log-odds that comes from the tables' correspondence.
pub(super) fn from_tables(table: f64, both_the_key: bool, foreign_key: Option<f64>) -> f64 {
    let own_key = if both_the_key { KEY_OF_TABLES * table } else { 0.0 };
    TABLE * table.powf(TABLE_POWER) + own_key + foreign_key.map_or(0.0, |v| (v - NEUTRAL_FOREIGN_KEY) * FOREIGN_KEY)
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

    fn score(features: &Features) -> f64 {
        probability(features.log_odds())
    }

    #[test]
    fn the_same_name_and_type_in_the_same_table_is_sure() {
        let same = Features {
            name: 1.0,
            same_name: true,
            qualified: 1.0,
            types: Some(1.0),
            table: 0.9,
            ..Features::default()
        };
        assert!(score(&same) >= 0.95, "{}", score(&same));
        assert!(score(&Features { table: 0.1, ..same.clone() }) < 0.9);
        assert!(score(&Features { types: Some(0.0), ..same }) < 0.95);
    }

    #[test]
    fn a_shared_table_alone_is_weak() {
        let table_only = Features { name: 0.2, qualified: 0.4, table: 1.0, types: Some(1.0), ..Features::default() };
        assert!(score(&table_only) < 0.3, "{}", score(&table_only));
    }

    #[test]
    fn the_second_best_loses_more_than_its_distance() {
        assert!((contested(0.8, 0.8, 0.8) - 0.8).abs() < 1e-9);
        assert!(contested(0.6, 0.8, 0.8) < 0.6);
    }
}
