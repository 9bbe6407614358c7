//! Evidence in words, for the person who decides. Never a cell's value.

use super::candidate::{Evidence, Reason};
use std::collections::BTreeMap;

use super::combine::Weights;
use super::features::{Feature, Features};
use super::keys::Role;
use super::names::similarity::align;
use super::names::{Term, Vocabulary, abbreviations, plural, synonyms};
use super::profile::{ColumnProfile, Profiles};
use super::tables::TableScores;
use rowferry_core::types::verdict;

/// What adds less to the log-odds is not worth a sentence.
const WORTH_SAYING: f64 = 0.1;

pub(super) fn of_columns(
    profiles: &Profiles<'_>,
    weights: &Weights,
    from: usize,
    to: usize,
    features: &Features,
) -> Vec<Reason> {
    let (a, b) = (&profiles.source.columns[from], &profiles.target.columns[to]);
    let mut contributions: BTreeMap<Evidence, f64> = BTreeMap::new();
    for (feature, value) in features.iter() {
        *contributions.entry(feature.evidence()).or_default() += weights.contribution(feature, value);
    }
    let mut reasons: Vec<Reason> = contributions
        .into_iter()
        .filter(|(_, weight)| weight.abs() >= WORTH_SAYING)
        .filter_map(|(evidence, weight)| {
            Some(Reason { evidence, weight, text: sentence(profiles, a, b, features, evidence)? })
        })
        .collect();
    weightiest_first(&mut reasons);
    reasons
}

fn sentence(
    profiles: &Profiles<'_>,
    a: &ColumnProfile<'_>,
    b: &ColumnProfile<'_>,
    features: &Features,
    evidence: Evidence,
) -> Option<String> {
    let (source, target) = (&profiles.source, &profiles.target);
    let table_names =
        |s: usize, t: usize| format!("{} and {}", source.tables[s].table.name.table, target.tables[t].table.name.table);
    match evidence {
        Evidence::Name => names(&profiles.vocabulary, (&a.column.name, &a.name), (&b.column.name, &b.name)),
        Evidence::QualifiedName => {
            let of = |feature| features.get(feature).unwrap_or_default();
            let more = of(Feature::Qualified) > of(Feature::Name) && of(Feature::Qualified) >= 0.5;
            (of(Feature::SameName) < 1.0 && more).then(|| "table and column names together say the same".to_owned())
        }
        Evidence::Comment => {
            let more_than = |feature, least| features.get(feature).is_some_and(|v| v > least);
            if more_than(Feature::Comment, 0.3) {
                Some("the descriptions use the same words".to_owned())
            } else {
                let said = more_than(Feature::NameInComment, 0.5);
                said.then(|| "the description of one says the other's name".to_owned())
            }
        }
        Evidence::Table => (features.get(Feature::Table)? >= 0.66)
            .then(|| format!("the tables {} correspond", table_names(a.table, b.table))),
        Evidence::Type => Some(types(a, b)),
        Evidence::Key => keys(a.role?, b.role?).map(str::to_owned),
        Evidence::Position if features.get(Feature::Neighbours).is_some_and(|v| v > 0.5) => {
            Some("the columns beside them correspond".to_owned())
        }
        Evidence::Position => {
            (features.get(Feature::Position)? > 0.7).then(|| "at the same place in the table".to_owned())
        }
        Evidence::ForeignKey => {
            let tables = table_names(a.refers?, b.refers?);
            let agree = features.get(Feature::ForeignKey)? >= 0.4;
            Some(format!("they refer to {tables}, which {}correspond", if agree { "" } else { "do not " }))
        }
        Evidence::Values => values(features).map(str::to_owned),
        Evidence::Columns | Evidence::Decision => None,
    }
}

fn values(features: &Features) -> Option<&'static str> {
    let at_least = |feature, least| features.get(feature).is_some_and(|v| v >= least);
    if at_least(Feature::SameValues, 0.6) {
        Some("the sample values are largely the same")
    } else if at_least(Feature::SameValues, 0.2) || at_least(Feature::LikeValues, 0.4) {
        Some("they share sample values")
    } else if at_least(Feature::NameInValues, 0.5) {
        Some("the values of one say the other's name")
    } else if features.get(Feature::ValueKind) == Some(0.0) {
        Some("the sample values are of another kind")
    } else if at_least(Feature::ValueShape, 0.5) || at_least(Feature::ValueRange, 0.5) {
        Some("the sample values look alike")
    } else {
        features.get(Feature::ValueKind).map(|_| "the sample values look different")
    }
}

pub(super) fn of_tables(profiles: &Profiles<'_>, s: usize, t: usize, scores: &TableScores) -> Vec<Reason> {
    let (a, b) = (&profiles.source.tables[s], &profiles.target.tables[t]);
    let mut reasons = Vec::new();
    let name = scores.names.at(s, t);
    if let Some(text) = names(&profiles.vocabulary, (&a.table.name.table, &a.name), (&b.table.name.table, &b.name)) {
        reasons.push(Reason { evidence: Evidence::Name, weight: name, text });
    }
    let columns = scores.columns.at(s, t);
    if columns >= 0.1 {
        let text = format!("about {:.0} % of the columns find a counterpart", columns * 100.0);
        reasons.push(Reason { evidence: Evidence::Columns, weight: columns, text });
    }
    weightiest_first(&mut reasons);
    reasons
}

fn weightiest_first(reasons: &mut [Reason]) {
    reasons.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()).then(a.evidence.cmp(&b.evidence)));
}

/// Why two names are close; `None` when they are not.
fn names(vocabulary: &Vocabulary, (a, a_terms): (&str, &[Term]), (b, b_terms): (&str, &[Term])) -> Option<String> {
    if a == b {
        return Some("same name".to_owned());
    }
    if a.to_lowercase() == b.to_lowercase() {
        return Some(format!("same name but for capitals: {a} = {b}"));
    }
    let (from, to) = &vocabulary.languages;
    let (a_tokens, b_tokens) = (from.tokens(a), to.tokens(b));
    let mut short: Vec<String> = from.told(a).into_iter().chain(to.told(b)).collect();
    if a_tokens == b_tokens && short.is_empty() {
        return Some(format!("same name after splitting words: {a} = {b}"));
    }
    for (own, other) in [(&a_tokens, &b_tokens), (&b_tokens, &a_tokens)] {
        for token in own.iter().filter(|t| !other.contains(t)) {
            let singular = plural::singular(token);
            if let Some(full) = abbreviations::expand(token).or_else(|| abbreviations::expand(&singular)) {
                short.push(format!("{token} is short for {}", full.join(" ")));
            }
        }
    }
    let note = if short.is_empty() { String::new() } else { format!(" ({})", short.join(", ")) };
    if vocabulary.normalise(&a_tokens).concat() == vocabulary.normalise(&b_tokens).concat() {
        let how = if note.is_empty() { "same name but for plural or spacing" } else { "same name in full words" };
        return Some(format!("{how}: {a} = {b}{note}"));
    }
    let (mut same, mut close) = (Vec::new(), Vec::new());
    for (i, j, _) in align(vocabulary, a_terms, b_terms).pairs {
        let (x, y) = (vocabulary.word(a_terms[i].word), vocabulary.word(b_terms[j].word));
        let (shorter, longer) = if x.len() < y.len() { (x, y) } else { (y, x) };
        if x == y {
            same.push(x);
        } else if synonyms::are_synonyms(x, y) {
            close.push(format!("{x} means the same as {y}"));
        } else if synonyms::are_related(x, y) {
            close.push(format!("{x} is often called {y}"));
        } else if abbreviations::could_abbreviate(shorter, longer) {
            close.push(format!("{shorter} looks short for {longer}"));
        } else {
            close.push(format!("{x} is spelt like {y}"));
        }
    }
    if !same.is_empty() {
        close.insert(0, format!("both names say {}", same.join(", ")));
    }
    (!close.is_empty()).then(|| format!("{}{note}", close.join("; ")))
}

fn types(a: &ColumnProfile<'_>, b: &ColumnProfile<'_>) -> String {
    let (from, to) = (&a.column.native_type, &b.column.native_type);
    if from.eq_ignore_ascii_case(to) {
        return format!("both {to}");
    }
    let verdict = verdict(&a.column.logical, &b.column.logical);
    match verdict.why() {
        None => format!("{from} fits {to}"),
        Some(why) => format!("{from} to {to}: {why}"),
    }
}

fn keys(a: Role, b: Role) -> Option<&'static str> {
    use Role::*;
    Some(match (a, b) {
        (PrimaryKey, PrimaryKey) => "both the primary key",
        (PartOfKey, PartOfKey) => "both part of the primary key",
        (PrimaryKey | Unique, PrimaryKey | Unique) => "both unique",
        (PrimaryKey, _) | (_, PrimaryKey) => "only one is the primary key",
        _ => return None,
    })
}
