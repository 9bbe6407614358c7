//! Keys over whole tables: those that repeat, those that the target holds already, and those that point at nothing.
//!
//! While a table is read, the hashes of its keys are kept (`set`), in the form in which the target compares them. When
//! both sides of a foreign key were read, what is left of the one without the other are its orphans; rows that the
//! target holds already count as referred to (`stored`). Rows are named afterwards (`names`), for what is said of them
//! (`findings`).
//! Invariant: memory is bounded by one budget for all keys; a key that was not looked at fully is said in a finding.

mod findings;
mod names;
mod set;
mod stored;

use std::sync::Arc;

use self::findings::unlooked;
use self::set::{Budget, KeySet, MOST_KEYS};
use super::table::Looked;
use crate::catalog::{ForeignKey, Table, TableName};
use crate::connectors::Connection;
use crate::error::{ErrorKind, Result};
use crate::migration::Migration;
use crate::model::Existing;
use crate::plan::{Finding, Step};
use crate::run::{Control, KeyForm, chosen};
use crate::transform::Transformed;

/// Columns of a step's target table whose values are kept: a key of it, or what a foreign key refers to.
struct Own {
    step: usize,
    form: KeyForm,
    /// The target demands that they do not repeat.
    unique: bool,
    set: KeySet,
    /// The step after which nobody asks for them.
    until: usize,
}

/// A foreign key of a step's target table.
struct Reference {
    step: usize,
    key: ForeignKey,
    /// Of the columns that it refers to.
    form: KeyForm,
    /// Place in `Keys::own`, where the run writes rows that it may refer to.
    written: Option<usize>,
    /// The table that it refers to, where rows of it are in the target and stay there.
    stored: Option<Arc<Table>>,
    set: KeySet,
    /// The step after which both sides were read.
    settles: usize,
}

/// All keys of a check.
pub(super) struct Keys {
    own: Vec<Own>,
    references: Vec<Reference>,
    budget: Budget,
    /// By step; `None` while it was not read, or could not be.
    looked: Vec<Option<Looked>>,
}

/// Do rows that the step's target table holds stay there?
fn keeps_rows(step: &Step) -> bool {
    !step.creates && step.existing != Existing::Replace
}

fn writes(step: &Step, columns: &[String]) -> bool {
    !columns.is_empty() && columns.iter().all(|c| step.columns.iter().any(|w| w.to == *c))
}

impl Keys {
    /// What is to be looked at, with the target's own rules for comparing it.
    pub(super) async fn new(migration: &Migration, steps: &[Step]) -> Result<Keys> {
        let mut keys = Keys {
            own: Vec::new(),
            references: Vec::new(),
            budget: Budget::new(MOST_KEYS),
            looked: steps.iter().map(|_| None).collect(),
        };
        let target = migration.target.as_ref();
        for (number, step) in steps.iter().enumerate() {
            for key in step.target.keys().filter(|key| writes(step, &key.columns)) {
                keys.keep(target, number, step, &key.columns, true).await?;
            }
        }
        for (number, step) in steps.iter().enumerate() {
            for key in step.target.foreign_keys.iter().filter(|key| writes(step, &key.columns)) {
                keys.refer(migration, steps, number, key).await?;
            }
        }
        Ok(keys)
    }

    /// The place of these columns among `own`.
    async fn keep(
        &mut self,
        target: &dyn Connection,
        number: usize,
        step: &Step,
        columns: &[String],
        unique: bool,
    ) -> Result<usize> {
        if let Some(known) = self.own.iter().position(|own| own.step == number && own.form.columns == columns) {
            self.own[known].unique |= unique;
            return Ok(known);
        }
        let form = KeyForm::of(target, &step.target, columns).await?;
        self.own.push(Own { step: number, form, unique, set: KeySet::default(), until: number });
        Ok(self.own.len() - 1)
    }

    async fn refer(&mut self, migration: &Migration, steps: &[Step], number: usize, key: &ForeignKey) -> Result<()> {
        let parent = steps.iter().position(|s| s.to == key.references);
        let existing = migration.target_catalog.table(&key.references);
        let stored = existing.filter(|_| parent.is_none_or(|p| keeps_rows(&steps[p])));
        let Some(table) = parent.map(|p| &steps[p].target).or(stored) else { return Ok(()) };
        let referred = match (&table.primary_key, key.referenced_columns.is_empty()) {
            (Some(primary), true) => &primary.columns,
            _ => &key.referenced_columns,
        };
        if referred.len() != key.columns.len() || referred.iter().any(|c| table.column(c).is_none()) {
            return Ok(());
        }
        let target = migration.target.as_ref();
        let written = match parent {
            Some(p) if writes(&steps[p], referred) => {
                let place = self.keep(target, p, &steps[p], referred, false).await?;
                self.own[place].until = self.own[place].until.max(number);
                Some(place)
            }
            _ => None,
        };
        self.references.push(Reference {
            step: number,
            key: key.clone(),
            form: KeyForm::of(target, table, referred).await?,
            written,
            stored: stored.map(|t| Arc::new(t.clone())),
            set: KeySet::default(),
            settles: parent.unwrap_or(number).max(number),
        });
        Ok(())
    }

    /// Takes in what a batch of a step's range would write.
    pub(super) async fn take(
        &mut self,
        target: &dyn Connection,
        number: usize,
        step: &Step,
        range: usize,
        written: &Transformed,
    ) -> Result<()> {
        let range = u16::try_from(range).unwrap_or(u16::MAX);
        let own = self.own.iter_mut().filter(|o| o.step == number).map(|o| {
            let columns = o.form.columns.clone();
            (&o.form, columns, &mut o.set)
        });
        let references = self.references.iter_mut().filter(|r| r.step == number);
        let references = references.map(|r| (&r.form, r.key.columns.clone(), &mut r.set));
        for (form, columns, set) in own.chain(references) {
            if set.given_up().is_some() {
                continue;
            }
            match form.hash(target.read(), &chosen(&written.batch, &columns)?, &step.target).await {
                Ok(hashes) => hashes.into_iter().flatten().for_each(|h| set.take(h, range, &mut self.budget)),
                Err(e) if e.kind == ErrorKind::Conversion => set.give_up(e.what, &mut self.budget),
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }

    /// A step was read to its end: what can be said now about its keys, and about foreign keys that waited for it.
    pub(super) async fn settle(
        &mut self,
        migration: &Migration,
        steps: &[Step],
        number: usize,
        looked: Option<Looked>,
        control: &Control,
    ) -> Result<Vec<Finding>> {
        self.looked[number] = looked;
        let mut found = Vec::new();
        for place in 0..self.own.len() {
            if self.own[place].step == number && self.own[place].unique && self.looked[number].is_some() {
                found.extend(self.repeated(migration, &steps[number], place, control).await?);
                found.extend(self.present(migration, &steps[number], place, control).await?);
                let Own { form, set, .. } = &self.own[place];
                let sampled = self.looked[number].as_ref().is_some_and(|l| l.sampled);
                let part = sampled.then_some("only a part of the rows was read");
                found.extend(set.given_up().or(part).map(|why| unlooked(&steps[number], &form.columns, why)));
            }
        }
        for place in 0..self.references.len() {
            if self.references[place].settles == number {
                found.extend(self.orphans(migration, steps, place, control).await?);
                let Reference { step, key, .. } = &self.references[place];
                found.extend(self.unsettled(place, steps).map(|why| unlooked(&steps[*step], &key.columns, &why)));
            }
        }
        let Keys { own, references, budget, .. } = self;
        own.iter_mut().filter(|o| o.until <= number).for_each(|o| o.set.release(budget));
        references.iter_mut().filter(|r| r.settles <= number).for_each(|r| r.set.release(budget));
        Ok(found)
    }

    /// Why nothing can be said about the orphans of a foreign key.
    fn unsettled(&self, place: usize, steps: &[Step]) -> Option<String> {
        let Reference { key, written, set, .. } = &self.references[place];
        if let Some(why) = set.given_up() {
            return Some(why.to_string());
        }
        let parent = steps.iter().position(|s| s.to == key.references)?;
        let table: &TableName = &key.references;
        match (&self.looked[parent], written) {
            (None, _) => Some(format!("the rows for {table} were not read")),
            (_, None) => Some(format!("({}) of {table} are not mapped", key.referenced_columns.join(", "))),
            (Some(looked), _) if looked.sampled => Some(format!("of the rows for {table} only a part was read")),
            (_, Some(own)) => self.own[*own].set.given_up().map(str::to_string),
        }
    }
}
