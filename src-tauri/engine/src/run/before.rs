//! What the target's tables hold before a run, kept beside them until the run is accepted or taken back.
//!
//! It is kept by statements of the plan, in the transaction of those that delete rows, where the database has one for
//! them. So at any moment either the rows are in the table or what is kept of them is whole.

use crate::catalog::TableName;
use crate::connectors::{Before, Dialect, Write, before};
use crate::error::Result;
use crate::model::Existing;
use crate::plan::{Kept, Plan, Statement, Step, When};

/// The place for what is kept of a step's table. Unique among runs: their ids end in random digits.
pub(super) fn image(run: &str, schema: &str, number: usize) -> TableName {
    let digits: String = run.chars().filter(char::is_ascii_alphanumeric).collect();
    let tail = &digits[digits.len().saturating_sub(12)..];
    TableName::new(schema, format!("{}{tail}_{}", before::PREFIX, number + 1))
}

/// What is kept of this step's table, if anything is.
pub(super) fn of<'a>(step: &'a Step, run: &str, schema: &str, number: usize) -> Option<Before<'a>> {
    let key = match &step.kept {
        Kept::Nothing => return None,
        Kept::Key(columns) => Some(columns.as_slice()),
        Kept::Rows => None,
    };
    let image = image(run, schema, number);
    Some(Before { table: &step.target, image, key, deletes: step.existing == Existing::Replace })
}

/// Puts the statements that keep it into the plan: tables first, and filling them right before rows are deleted.
pub(super) fn plan(plan: &mut Plan, run: &str, schema: &str, dialect: &dyn Dialect) {
    let mut make = Vec::new();
    let mut fill = Vec::new();
    for (number, step) in plan.steps.iter().enumerate() {
        // As it is now: without the columns that the run adds.
        let mut now = step.target.clone();
        now.columns.retain(|c| !step.adds_columns.contains(&c.name));
        let Some(kept) = of(step, run, schema, number) else { continue };
        let kept = Before { table: &now, ..kept };
        let say = |sql| Statement { table: step.to.clone(), when: When::BeforeLoad, sql, destructive: false };
        let (makes, fills) = dialect.keep(&kept);
        make.extend(makes.into_iter().map(say));
        fill.extend(fills.into_iter().map(say));
    }
    let others = std::mem::take(&mut plan.statements);
    let around = |sql: &str| dialect.unchecked().is_some_and(|(off, on)| sql == off || sql == on);
    let (deletions, others): (Vec<_>, Vec<_>) =
        others.into_iter().partition(|s| s.when == When::BeforeLoad && (s.destructive || around(&s.sql)));
    let (first, after): (Vec<_>, Vec<_>) = others.into_iter().partition(|s| s.when == When::BeforeLoad);
    plan.statements = [make, first, fill, deletions, after].into_iter().flatten().collect();
}

/// Removes what a run kept.
pub(super) async fn forget(write: &dyn Write, plan: &Plan, run: &str, dialect: &dyn Dialect) -> Result<()> {
    let schema = write.own_schema().await?;
    let images = plan.steps.iter().enumerate().filter(|(_, s)| !s.kept.is_nothing());
    let drops: Vec<String> =
        images.map(|(number, _)| dialect.drop_table_if_exists(&image(run, &schema, number))).collect();
    if drops.is_empty() { Ok(()) } else { write.apply(&drops, None).await }
}
