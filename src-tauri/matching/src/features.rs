//! All evidence for one pair of columns, as numbers under names: what the combiner weighs and what training learns from.

use super::candidate::Evidence;

macro_rules! features {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $evidence:ident;)*) => {
        /// A piece of evidence, 0 to 1 where it says something.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Feature { $($(#[$doc])* $name,)* }

        impl Feature {
            pub const ALL: &'static [Feature] = &[$(Feature::$name,)*];

            /// Its name in the file of weights.
            pub fn text(self) -> &'static str {
                match self { $(Feature::$name => $text,)* }
            }

            /// The reason under which a person hears of it.
            pub fn evidence(self) -> Evidence {
                match self { $(Feature::$name => Evidence::$evidence,)* }
            }
        }
    };
}

impl Feature {
    /// Is there anything for it to say of every pair?
    pub fn always_speaks(self) -> bool {
        use Feature::*;
        matches!(
            self,
            Name | SameName | PartOfName | Letters | Qualified | Words | Table | BestTable | BestTableOfTarget
        )
    }
}

features! {
    /// The words of the two names, those that only name the table counting less.
    Name = "name", Name;
    /// The joined words are equal.
    SameName = "same-name", Name;
    /// The larger part of one name that the other holds.
    PartOfName = "part-of-name", Name;
    /// The letters of the names, in threes: what survives when words are not told apart.
    Letters = "letters", Name;
    /// The words of column and table.
    Qualified = "qualified", QualifiedName;
    /// The words of table, column and comment, the rarer the heavier.
    Words = "words", QualifiedName;
    /// Two comments about the same thing.
    Comment = "comment", Comment;
    /// The comment of one column says the other's name.
    NameInComment = "name-in-comment", Comment;
    /// How well the types fit.
    Type = "type", Type;
    /// An identifier goes with an identifier.
    Key = "key", Key;
    /// Each is the whole primary key of its table, as far as the tables correspond.
    KeyOfTables = "key-of-tables", Key;
    /// The relative place in the table.
    Position = "position", Position;
    /// The same values.
    SameValues = "same-values", Values;
    /// The same labels in other words.
    LikeValues = "like-values", Values;
    /// Values made of the same words.
    ValueWords = "value-words", Values;
    /// Values of the same pattern and length.
    ValueShape = "value-shape", Values;
    /// Numbers of the same range.
    ValueRange = "value-range", Values;
    /// Both numbers, or neither.
    ValueKind = "value-kind", Values;
    /// The values of one column say the other's name.
    NameInValues = "name-in-values", Values;
    /// How likely the two tables correspond.
    Table = "table", Table;
    /// How near the table comes to the best counterpart of the source's table.
    BestTable = "best-table", Table;
    /// How near the table comes to the best counterpart of the target's table.
    BestTableOfTarget = "best-table-of-target", Table;
    /// How likely the tables correspond to which the columns refer.
    ForeignKey = "foreign-key", ForeignKey;
    /// How well the columns beside them fit each other.
    Neighbours = "neighbours", Position;
}

/// The evidence for one pair. What says nothing is not there.
#[derive(Debug, Clone, PartialEq)]
pub struct Features([f32; Feature::ALL.len()]);

impl Default for Features {
    fn default() -> Self {
        Features([f32::NAN; Feature::ALL.len()])
    }
}

impl Features {
    pub fn get(&self, feature: Feature) -> Option<f64> {
        let value = self.0[feature as usize];
        (!value.is_nan()).then_some(f64::from(value))
    }

    pub fn set(&mut self, feature: Feature, value: impl Into<Option<f64>>) {
        self.0[feature as usize] = value.into().map_or(f32::NAN, |v| v as f32);
    }

    /// As `set`, in a chain.
    pub fn with(mut self, feature: Feature, value: impl Into<Option<f64>>) -> Self {
        self.set(feature, value);
        self
    }

    pub fn iter(&self) -> impl Iterator<Item = (Feature, f64)> {
        Feature::ALL.iter().filter_map(|&feature| Some((feature, self.get(feature)?)))
    }
}
