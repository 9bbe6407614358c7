//! Both catalogs as evidence sees them: numbers instead of names, computed once.

use std::collections::HashMap;
use std::hash::Hash;
use std::ops::Range;

use super::bags::Bag;
use super::candidate::ColumnRef;
use super::keys::Role;
use super::letters;
use super::names::{Languages, Term, Vocabulary, shared_prefix};
use super::types::compatibility;
use super::values::{Rarity, Samples, Shape};
use super::words::Corpus;
use rowferry_core::catalog::{Catalog, Column, Table, TableKind, TableName};
use rowferry_core::types::LogicalType;

/// What a shared prefix, and a word of the table's own name, still say in a column's name.
const PREFIX_SAYS: f32 = 0.2;
const TABLE_WORD_SAYS: f32 = 0.4;
/// What the table's words say in a column's qualified name.
const TABLE_IN_QUALIFIED: f32 = 0.5;

pub(super) struct ColumnProfile<'a> {
    /// Index into the side's tables.
    pub table: usize,
    /// Place in the table.
    pub at: usize,
    pub column: &'a Column,
    /// The name's full, singular words.
    pub words: Vec<String>,
    /// The same, joined: equal for names that are equal but for spelling.
    pub joined: String,
    pub name: Vec<Term>,
    /// The words of table and column.
    pub qualified: Vec<Term>,
    pub bags: Bags,
    pub role: Option<Role>,
    /// The table to which the column refers.
    pub refers: Option<usize>,
    /// Index into `Profiles::types`.
    pub logical: usize,
    pub shape: Option<Shape>,
    /// How much the name tells the column from others.
    pub weight: f64,
    commented: bool,
}

/// A column's words and letters, counted.
#[derive(Default)]
pub(super) struct Bags {
    /// The words of the name, among those of `commented`.
    pub name: Bag,
    /// The words of name and comment.
    pub commented: Bag,
    /// The words of table, name and comment.
    pub all: Bag,
    pub letters: Bag,
}

impl ColumnProfile<'_> {
    pub fn has_comment(&self) -> bool {
        self.commented
    }
}

pub(super) struct TableProfile<'a> {
    pub table: &'a Table,
    pub name: Vec<Term>,
    pub joined: String,
    pub bag: Bag,
    /// Indexes into the side's columns.
    pub columns: Range<usize>,
}

pub(super) struct Side<'a> {
    pub tables: Vec<TableProfile<'a>>,
    pub columns: Vec<ColumnProfile<'a>>,
    indexes: HashMap<&'a TableName, usize>,
}

impl<'a> Side<'a> {
    pub fn table(&self, name: &TableName) -> Option<usize> {
        self.indexes.get(name).copied()
    }

    pub fn column(&self, at: &ColumnRef) -> Option<usize> {
        let table = &self.tables[self.table(&at.table)?];
        table.columns.clone().find(|&c| self.columns[c].column.name == at.column)
    }

    pub fn reference(&self, column: usize) -> ColumnRef {
        let profile = &self.columns[column];
        ColumnRef::new(self.tables[profile.table].table.name.clone(), profile.column.name.clone())
    }
}

pub(super) struct Profiles<'a> {
    pub vocabulary: Vocabulary,
    pub source: Side<'a>,
    pub target: Side<'a>,
    /// By the source's and the target's logical type.
    types: Vec<Vec<Option<f64>>>,
}

impl<'a> Profiles<'a> {
    pub fn new(source: (&'a Catalog, &Samples), target: (&'a Catalog, &Samples)) -> Self {
        let vocabulary = Vocabulary::new(names(source.0), names(target.0));
        let (from, to): (Vec<&str>, Vec<&str>) = (comments(source.0).collect(), comments(target.0).collect());
        // Names and comments of a schema may be in different languages.
        let commented = Languages::of_both(&from, &to);
        let mut corpora = Corpora::default();
        let (mut source, from) =
            side(source.0, source.1, &vocabulary, (&vocabulary.languages.0, &commented.0), &mut corpora);
        let (mut target, to) =
            side(target.0, target.1, &vocabulary, (&vocabulary.languages.1, &commented.1), &mut corpora);
        corpora.fill([&mut source, &mut target]);
        let types = from.iter().map(|a| to.iter().map(|b| compatibility(a, b)).collect()).collect();
        Profiles { vocabulary, source, target, types }
    }

    pub fn type_compatibility(&self, from: &ColumnProfile<'_>, to: &ColumnProfile<'_>) -> Option<f64> {
        self.types[from.logical][to.logical]
    }
}

/// The names of all tables and columns.
fn names(catalog: &Catalog) -> impl Iterator<Item = &str> {
    catalog
        .tables()
        .flat_map(|t| std::iter::once(t.name.table.as_str()).chain(t.columns.iter().map(|c| c.name.as_str())))
}

/// What people say about tables and columns.
fn comments(catalog: &Catalog) -> impl Iterator<Item = &str> {
    catalog.tables().flat_map(|t| {
        std::iter::once(&t.comment).chain(t.columns.iter().map(|c| &c.comment)).filter_map(move |c| said(t, c))
    })
}

/// The texts of both sides.
#[derive(Default)]
struct Corpora {
    tables: Corpus,
    columns: Corpus,
    all: Corpus,
}

impl Corpora {
    /// Gives every table and column its bags; both sides were added in this order.
    fn fill(self, sides: [&mut Side<'_>; 2]) {
        let mut letters =
            letters::bags(sides.iter().flat_map(|s| s.columns.iter().map(|c| c.column.name.as_str()))).into_iter();
        let (mut tables, mut columns, mut all) =
            (self.tables.bags().into_iter(), self.columns.bags().into_iter(), self.all.bags().into_iter());
        for side in sides {
            side.tables.iter_mut().zip(&mut tables).for_each(|(table, bag)| table.bag = bag);
            for column in &mut side.columns {
                column.bags = Bags {
                    name: self.columns.bag(&column.words),
                    commented: columns.next().unwrap_or_default(),
                    all: all.next().unwrap_or_default(),
                    letters: letters.next().unwrap_or_default(),
                };
            }
        }
    }
}

/// Gives equal values one number.
struct Numbered<T>(Vec<T>, HashMap<T, usize>);

impl<T: Clone + Eq + Hash> Numbered<T> {
    fn of(&mut self, value: &T) -> usize {
        if let Some(&number) = self.1.get(value) {
            return number;
        }
        self.0.push(value.clone());
        self.1.insert(value.clone(), self.0.len() - 1);
        self.0.len() - 1
    }
}

fn side<'a>(
    catalog: &'a Catalog,
    samples: &Samples,
    vocabulary: &Vocabulary,
    (languages, commented): (&Languages, &Languages),
    corpora: &mut Corpora,
) -> (Side<'a>, Vec<LogicalType>) {
    let table_tokens: Vec<Vec<String>> = catalog.tables().map(|t| languages.tokens(&t.name.table)).collect();
    let table_prefix = shared_prefix(table_tokens.iter().map(Vec::as_slice)).map(str::to_owned);
    let mut side = Side {
        tables: Vec::new(),
        columns: Vec::new(),
        indexes: catalog.tables().enumerate().map(|(i, t)| (&t.name, i)).collect(),
    };
    let mut logical = Numbered(Vec::new(), HashMap::new());
    let rarity = Rarity::of(samples);
    for (number, (table, name_tokens)) in catalog.tables().zip(&table_tokens).enumerate() {
        let own_tokens = match (&table_prefix, name_tokens.as_slice()) {
            (Some(prefix), [first, rest @ ..]) if first == prefix && !rest.is_empty() => rest,
            (_, all) => all,
        };
        let name = vocabulary.terms(own_tokens);
        let words = vocabulary.normalise(own_tokens);
        corpora.tables.add(&words, said(table, &table.comment).map(|c| commented.text(c)).as_deref());
        let column_tokens: Vec<Vec<String>> = table.columns.iter().map(|c| languages.tokens(&c.name)).collect();
        let prefix = shared_prefix(column_tokens.iter().map(Vec::as_slice));
        let start = side.columns.len();
        for (at, (column, tokens)) in table.columns.iter().zip(&column_tokens).enumerate() {
            let full = vocabulary.terms(tokens);
            let name_terms = discounted(vocabulary, &full, prefix, tokens, &name);
            let normalised = vocabulary.normalise(tokens);
            let comment = said(table, &column.comment).map(|c| commented.text(c));
            corpora.columns.add(&normalised, comment.as_deref());
            corpora.all.add(words.iter().chain(&normalised), comment.as_deref());
            let in_table = ColumnRef::new(table.name.clone(), column.name.clone());
            side.columns.push(ColumnProfile {
                table: number,
                at,
                column,
                joined: normalised.concat(),
                words: normalised,
                // What other columns say already does not tell whether the tables correspond.
                weight: match column.derived {
                    true => 0.0,
                    false => name_terms.iter().map(|t| f64::from(t.weight)).fold(0.0, f64::max),
                },
                commented: said(table, &column.comment).is_some_and(|c| !c.is_empty()),
                qualified: qualified(&full, &name),
                name: name_terms,
                bags: Bags::default(),
                role: role(table, column),
                refers: refers(table, column).and_then(|name| side.table(name)),
                logical: logical.of(&column.logical),
                shape: samples.get(&in_table).and_then(|values| Shape::of(values, &rarity)),
            });
        }
        let columns = start..side.columns.len();
        side.tables.push(TableProfile { table, name, joined: words.concat(), bag: Bag::default(), columns });
    }
    (side, logical.0)
}

/// A person's comment: those of files are Rowferry's own remarks.
pub(super) fn said<'a>(table: &Table, comment: &'a Option<String>) -> Option<&'a str> {
    comment.as_deref().filter(|_| table.kind != TableKind::File)
}

/// The terms with less weight on what only says to which table the column belongs.
fn discounted(
    vocabulary: &Vocabulary,
    terms: &[Term],
    prefix: Option<&str>,
    tokens: &[String],
    table: &[Term],
) -> Vec<Term> {
    let prefix_terms = match (prefix, tokens.first()) {
        (Some(prefix), Some(first)) if prefix == first && tokens.len() > 1 => vocabulary.terms(&tokens[..1]).len(),
        _ => 0,
    };
    let lowered: Vec<Term> = terms
        .iter()
        .enumerate()
        .map(|(i, term)| {
            let of_table = table.iter().any(|t| vocabulary.similarity(t.word, term.word) >= 0.75);
            let says = match (i < prefix_terms, of_table) {
                (true, _) => PREFIX_SAYS,
                (false, true) => TABLE_WORD_SAYS,
                (false, false) => 1.0,
            };
            Term { word: term.word, weight: term.weight * says }
        })
        .collect();
    let all_lowered = lowered.iter().zip(terms).all(|(low, full)| low.weight < full.weight);
    if all_lowered { terms.to_vec() } else { lowered }
}

fn qualified(column: &[Term], table: &[Term]) -> Vec<Term> {
    let mut terms = column.to_vec();
    for term in table {
        if !column.iter().any(|c| c.word == term.word) {
            terms.push(Term { word: term.word, weight: term.weight * TABLE_IN_QUALIFIED });
        }
    }
    terms
}

fn role(table: &Table, column: &Column) -> Option<Role> {
    let alone = |key: &rowferry_core::catalog::Key| key.columns.len() == 1 && key.columns[0] == column.name;
    if table.keys().next().is_none() && table.columns.iter().all(|c| c.nullable) {
        return None;
    }
    Some(if table.primary_key.as_ref().is_some_and(alone) {
        Role::PrimaryKey
    } else if table.is_key(&column.name) {
        Role::PartOfKey
    } else if table.unique_keys.iter().any(alone) {
        Role::Unique
    } else if !column.nullable {
        Role::Required
    } else {
        Role::Optional
    })
}

/// The table to which a column refers by a foreign key, that of fewest columns first.
fn refers<'a>(table: &'a Table, column: &Column) -> Option<&'a TableName> {
    let keys = table.foreign_keys.iter().filter(|key| key.columns.contains(&column.name));
    keys.min_by_key(|key| key.columns.len()).map(|key| &key.references)
}
