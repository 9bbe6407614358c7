//! Keys over whole tables: those that repeat, those that the target holds already, and those that point at nothing.
//!
//! While a table is read, the hashes of its keys are kept (`set`), in the form in which the target compares them
//! (`form`). When both sides of a foreign key were read, what is left of the one without the other are its orphans;
//! rows that the target holds already count as referred to (`stored`). Rows are named afterwards (`names`).
//! Invariant: memory is bounded by one budget for all keys; a key that was not looked at fully is said in a finding.

mod form;
mod names;
mod set;
mod stored;

use std::sync::Arc;

use self::form::{KeyForm, chosen};
use self::names::Wanted;
use self::set::{Budget, KeySet, MOST_KEYS};
use self::stored::MOST_STORED;
use super::table::Looked;
use super::{NAMED, Seen, finding, rows_in_words};
use crate::catalog::{ForeignKey, Table, TableName};
use crate::connectors::Connection;
use crate::error::{ErrorKind, Result};
use crate::migration::Migration;
use crate::model::{Existing, OrphanChoice};
use crate::plan::{Choice, Edit, Finding, FindingCode, Severity, Step};
use crate::run::Control;
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

    async fn repeated(
        &self,
        migration: &Migration,
        step: &Step,
        place: usize,
        control: &Control,
    ) -> Result<Option<Finding>> {
        let Own { step: number, form, set, .. } = &self.own[place];
        let (Some(looked), true) = (&self.looked[*number], set.repeats.rows > 0) else { return Ok(None) };
        let repeats = &set.repeats;
        // The first stands; those after it are what is wrong.
        let wanted = Wanted { form, columns: &form.columns, ranges: &repeats.ranges, limit: 2 * repeats.keys.len() };
        let mut left: Vec<(u128, u8)> = repeats.keys.iter().map(|k| (*k, 2)).collect();
        let mut want = |key: u128| match left.iter_mut().find(|(k, n)| *k == key && *n > 0) {
            Some((_, n)) => {
                *n -= 1;
                true
            }
            None => false,
        };
        let named = names::find(migration, step, looked, wanted, control, &mut want).await?;
        let pair = |key: &u128| {
            let rows: Vec<&str> = named.iter().filter(|n| n.hash == *key).map(|n| n.name.as_str()).collect();
            (!rows.is_empty()).then(|| rows.join(" and "))
        };
        let seen = Seen {
            rows: repeats.rows,
            keys: repeats.keys.iter().filter_map(pair).collect(),
            example: named.first().map(|n| n.value.clone()),
        };
        let columns = form.columns.join(", ");
        let rows = rows_in_words(repeats.rows, looked.sampled || set.given_up().is_some());
        let overlooks = form.overlooks().unwrap_or_default();
        let message = match repeats.alike {
            0 => format!("{rows} repeat a key: ({columns})"),
            n if n == repeats.rows => {
                format!(
                    "{rows} have a ({columns}) that is one key to the target with that of another row: they differ only by {overlooks}"
                )
            }
            n => format!("{rows} repeat a key, {n} of them to the target only, by {overlooks}: ({columns})"),
        };
        let late = step.creates && migration.target.descriptor().capabilities.constraints_after_load;
        let primary = step.target.primary_key.as_ref().is_some_and(|k| k.columns == form.columns);
        let (severity, remedy) = match late && !primary {
            true => (
                Severity::Blocks,
                "The key is made after the load, and would fail: correct the rows, filter them, or do not map the key.",
            ),
            false => (Severity::Warning, "All but the first are rejected: correct them at the source, or filter them."),
        };
        Ok(Some(Finding {
            evidence: Some(seen.evidence(looked.read, looked.sampled)),
            ..finding(step, None, FindingCode::KeyCollision, severity, message, remedy)
        }))
    }

    /// Rows whose key the target holds already.
    async fn present(
        &mut self,
        migration: &Migration,
        step: &Step,
        place: usize,
        control: &Control,
    ) -> Result<Option<Finding>> {
        let adds = !step.creates && matches!(step.existing, Existing::Append | Existing::Skip);
        let stored = migration.target_catalog.table(&step.to).filter(|_| adds);
        let Own { step: number, form, set, .. } = &mut self.own[place];
        let (Some(stored), Some(looked)) = (stored, &self.looked[*number]) else { return Ok(None) };
        if set.is_empty() || form.columns.iter().any(|c| stored.column(c).is_none()) {
            return Ok(None);
        }
        let mut mark = |key: u128| {
            set.mark(key);
            true
        };
        let stored = Arc::new(stored.clone());
        if !stored::each(migration.target.as_ref(), &stored, form, control, &mut mark).await? {
            let why = format!("{} holds more than {MOST_STORED} rows already", step.to);
            set.give_up(why, &mut self.budget);
            return Ok(None);
        }
        let (rows, ranges) = set.rows(|place| place.present);
        if rows == 0 {
            return Ok(None);
        }
        let wanted = Wanted { form, columns: &form.columns, ranges: &ranges, limit: NAMED };
        let mut want = |key: u128| set.is_present(key);
        let named = names::find(migration, step, looked, wanted, control, &mut want).await?;
        let seen = Seen {
            rows,
            keys: named.iter().map(|n| n.name.clone()).collect(),
            example: named.first().map(|n| n.value.clone()),
        };
        let told_by = step.target.key_within(|c| step.columns.iter().any(|w| w.to == c));
        let tells = told_by.is_some_and(|k| k.columns == form.columns);
        let skips = step.existing == Existing::Skip;
        let message = format!(
            "{} have a ({}) that {} holds already",
            rows_in_words(rows, looked.sampled),
            form.columns.join(", "),
            step.to
        );
        let (severity, remedy) = match (skips, tells) {
            (true, true) => (Severity::Note, "They are left out, and counted as such."),
            (true, false) => (
                Severity::Warning,
                "Those of them that are not left out by their own key are rejected: correct them, or filter them.",
            ),
            _ => (Severity::Warning, "They are rejected: leave them out, filter them, or replace what is there."),
        };
        let leave = Edit::Existing { table: step.mapping, existing: Existing::Skip };
        let choices = match !skips && tells {
            true => vec![Choice { label: "Leave them out".into(), edit: leave }],
            false => Vec::new(),
        };
        Ok(Some(Finding {
            choices,
            evidence: Some(seen.evidence(looked.read, looked.sampled)),
            ..finding(step, None, FindingCode::KeyPresent, severity, message, remedy)
        }))
    }

    /// Rows that refer to nothing, once both sides were read.
    async fn orphans(
        &mut self,
        migration: &Migration,
        steps: &[Step],
        place: usize,
        control: &Control,
    ) -> Result<Option<Finding>> {
        if self.unsettled(place, steps).is_some() {
            return Ok(None);
        }
        let Keys { own, references, budget, looked } = self;
        let Reference { step: number, key, form, written, stored, set, .. } = &mut references[place];
        let Some(looked) = &looked[*number] else { return Ok(None) };
        let step = &steps[*number];
        if let Some(parent) = written.map(|p| &own[p].set) {
            set.retain(|key| !parent.contains(key), budget);
        }
        if let Some(stored) = stored.as_ref().filter(|_| !set.is_empty()) {
            let mut cross_off = |key: u128| {
                set.remove(key, budget);
                !set.is_empty()
            };
            if !stored::each(migration.target.as_ref(), stored, form, control, &mut cross_off).await? {
                set.give_up(format!("{} holds more than {MOST_STORED} rows already", key.references), budget);
                return Ok(None);
            }
        }
        let (rows, ranges) = set.rows(|_| true);
        if rows == 0 {
            return Ok(None);
        }
        let wanted = Wanted { form, columns: &key.columns, ranges: &ranges, limit: NAMED };
        let mut want = |key: u128| set.contains(key);
        let named = names::find(migration, step, looked, wanted, control, &mut want).await?;
        let seen = Seen {
            rows,
            keys: named.iter().map(|n| n.name.clone()).collect(),
            example: named.first().map(|n| n.value.clone()),
        };
        let late = step.creates && migration.target.descriptor().capabilities.constraints_after_load;
        let stops = late && step.orphans == OrphanChoice::Stop;
        let choice =
            |label: &str, orphans| Choice { label: label.into(), edit: Edit::Orphans { table: step.mapping, orphans } };
        Ok(Some(Finding {
            choices: match stops {
                true => vec![choice("Reject them", OrphanChoice::Reject), choice("Keep them", OrphanChoice::Keep)],
                false => Vec::new(),
            },
            evidence: Some(seen.evidence(looked.read, looked.sampled)),
            ..finding(
                step,
                Some(key.columns[0].as_str()).filter(|_| key.columns.len() == 1),
                FindingCode::OrphanRows,
                if stops { Severity::Blocks } else { Severity::Warning },
                format!(
                    "{} refer by ({}) to rows that {} will not hold",
                    rows_in_words(rows, looked.sampled),
                    key.columns.join(", "),
                    key.references
                ),
                "Carry what they refer to, or choose what becomes of them; rejected rows are kept in a file.",
            )
        }))
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

/// A key that was not looked at fully.
fn unlooked(step: &Step, columns: &[String], why: &str) -> Finding {
    finding(
        step,
        None,
        FindingCode::KeyCollision,
        Severity::Note,
        format!("({}) of {} was not looked at fully beforehand: {why}", columns.join(", "), step.from),
        "The run finds what is wrong: rows that repeat a key are rejected, and orphans are looked for after the load.",
    )
}
