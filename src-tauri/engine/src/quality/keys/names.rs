//! The rows that a finding about keys names, found by reading again the ranges in which they stand.
//!
//! So nothing but hashes is kept of all other rows.

use std::collections::BTreeSet;

use futures::StreamExt;

use crate::error::Result;
use crate::migration::Migration;
use crate::plan::Step;
use crate::quality::table::Looked;
use crate::run::text::RowText;
use crate::run::{Control, KeyForm, chosen};

/// A row, by the key that was asked for.
pub(super) struct Named {
    pub hash: u128,
    /// As a finding names it: its own key in the source, or its place.
    pub name: String,
    /// The key as it would be written.
    pub value: String,
}

/// What is looked for.
pub(super) struct Wanted<'a> {
    pub form: &'a KeyForm,
    /// The step's columns that hold the key, in the form's order.
    pub columns: &'a [String],
    pub ranges: &'a BTreeSet<u16>,
    /// Rows that are enough.
    pub limit: usize,
}

/// The first rows in the source's order that `want` takes. Fewer where the source has changed meanwhile.
pub(super) async fn find(
    migration: &Migration,
    step: &Step,
    looked: &Looked,
    wanted: Wanted<'_>,
    control: &Control,
    want: &mut (dyn FnMut(u128) -> bool + Send),
) -> Result<Vec<Named>> {
    let mut found = Vec::new();
    for range in wanted.ranges.iter().filter_map(|n| looked.ranges.get(usize::from(*n))) {
        let mut stream = looked.scan(migration.source.read(), step, range).await?;
        while let Some(rows) = stream.next().await {
            control.check()?;
            let rows = rows?;
            let transformed = looked.compiled.transform.apply(&rows.batch)?;
            let keys = chosen(&transformed.batch, wanted.columns)?;
            let hashes = wanted.form.hash(migration.target.read(), &keys, &step.target).await?;
            let text = RowText::new(&keys)?;
            for (row, hashed) in hashes.into_iter().enumerate() {
                let Some(hashed) = hashed.filter(|h| want(h.key)) else { continue };
                let cell = |(i, name): (usize, &String)| {
                    format!("{name}={}", text.cell(row, i).unwrap_or_else(|| "NULL".into()))
                };
                found.push(Named {
                    hash: hashed.key,
                    name: looked.names.of(&rows, transformed.origin.value(row) as usize),
                    value: wanted.columns.iter().enumerate().map(cell).collect::<Vec<_>>().join(", "),
                });
                if found.len() == wanted.limit {
                    return Ok(found);
                }
            }
        }
    }
    Ok(found)
}
