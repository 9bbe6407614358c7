//! What is said of keys, with the rows that it concerns.

use std::sync::Arc;

use super::names::{self, Named, Wanted};
use super::stored::{self, MOST_STORED};
use super::{Keys, Own, Reference};
use crate::error::Result;
use crate::migration::Migration;
use crate::model::{Existing, OrphanChoice};
use crate::plan::{Choice, Edit, Finding, FindingCode, Severity, Step};
use crate::quality::{NAMED, Seen, finding, rows_in_words};
use crate::run::Control;

impl Keys {
    /// Rows beyond the first of their key.
    pub(super) async fn repeated(
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
                    "{rows} repeat a key to the target, though not in the source: ({columns}) differ only by {overlooks}"
                )
            }
            n => format!("{rows} repeat a key, {n} of them to the target only: ({columns}) differ only by {overlooks}"),
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
    pub(super) async fn present(
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
        let seen = seen(rows, &named);
        let told_by = step.target.key_within(|c| step.columns.iter().any(|w| w.to == c));
        let tells = told_by.is_some_and(|k| k.columns == form.columns);
        let skips = step.existing == Existing::Skip;
        let message = format!(
            "{} have a ({}) that {} holds already",
            rows_in_words(rows, looked.sampled),
            form.columns.join(", "),
            step.to
        );
        let alike = form.overlooks().map(|o| format!(" Those that differ from what is there by {o} are rejected."));
        let left_out = format!("They are left out, and counted as such.{}", alike.unwrap_or_default());
        let (severity, remedy) = match (skips, tells) {
            (true, true) => (Severity::Note, left_out.as_str()),
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
    pub(super) async fn orphans(
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
        let seen = seen(rows, &named);
        let settled = step.creates && migration.target.descriptor().keeps_references();
        let stops = settled && step.orphans == OrphanChoice::Stop;
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
}

fn seen(rows: u64, named: &[Named]) -> Seen {
    Seen { rows, keys: named.iter().map(|n| n.name.clone()).collect(), example: named.first().map(|n| n.value.clone()) }
}

/// A key that was not looked at fully.
pub(super) fn unlooked(step: &Step, columns: &[String], why: &str) -> Finding {
    finding(
        step,
        None,
        FindingCode::KeyCollision,
        Severity::Note,
        format!("({}) of {} was not looked at fully beforehand: {why}", columns.join(", "), step.from),
        "The run finds what is wrong: rows that repeat a key are rejected, and orphans are looked for after the load.",
    )
}
