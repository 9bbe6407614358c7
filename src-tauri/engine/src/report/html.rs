//! The report as one HTML page that needs nothing else: no script, no font, no picture from elsewhere.

use minijinja::{AutoEscape, Environment, Value, context};

use super::Report;
use super::pictures::pictures;
use super::words::{change_in_words, duration, grouped, kind_in_words, moment, proof, reloaded, rows_shown, size};
use crate::connectors::SequenceSet;
use crate::error::{ErrorContext, ErrorKind, Result};
use crate::verify::{ColumnVerification, Measure, RowDifference, TableVerification, Verification};

const TEMPLATE: &str = include_str!("report.html");

/// Renders the report. Everything that comes from data is escaped.
pub fn html(report: &Report) -> Result<String> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment.add_filter("grouped", grouped);
    environment.add_filter("size", size);
    environment.add_filter("duration", duration);
    environment.add_filter("moment", |text: String| moment(&text));
    let failed = "the report cannot be rendered";
    let template =
        environment.template_from_named_str("report.html", TEMPLATE).or_error(ErrorKind::Internal, failed)?;
    let total = |figure: fn(&crate::run::TableProgress) -> u64| -> u64 {
        report.tables.iter().map(|t| figure(&t.progress)).sum()
    };
    template
        .render(context! {
            r => Value::from_serialize(report),
            reload => report.reload.as_ref().map(reloaded),
            title => report.outcome.title(),
            pictures => Value::from_serialize(pictures(report)),
            totals => context! {
                read => total(|t| t.read),
                written => total(|t| t.written),
                rejected => total(|t| t.rejected),
                filtered => total(|t| t.filtered),
                bytes => total(|t| t.bytes),
            },
            changes => report
                .tables
                .iter()
                .flat_map(|t| t.changes.iter().map(|c| format!("{}: {}", t.progress.target, change_in_words(c))))
                .collect::<Vec<_>>(),
            sequences => report
                .tables
                .iter()
                .flat_map(|t| t.sequences.iter().map(|s| sequence(&t.progress.target.to_string(), s)))
                .collect::<Vec<_>>(),
            verified => report.verification.as_ref().map(verified),
        })
        .or_error(ErrorKind::Internal, failed)
}

/// A verification as the template wants it: a table has one line a column, and one cell a figure.
fn verified(verification: &Verification) -> Value {
    context! {
        level => verification.level.compared(),
        scope => verification.level.scope(),
        seconds => verification.seconds,
        equal => verification.is_equal(),
        tables => verification.tables.iter().map(table).collect::<Vec<_>>(),
    }
}

fn table(table: &TableVerification) -> Value {
    let figures = figure_names(table);
    let lines: Vec<Value> = table
        .columns
        .iter()
        .map(|column| {
            let cells: Vec<Option<Value>> = figures.iter().map(|name| cell(column, name)).collect();
            context! {
                column => column.column,
                equal => column.measures.iter().all(Measure::is_equal),
                cells => cells,
            }
        })
        .collect();
    context! {
        t => Value::from_serialize(table),
        equal => table.is_equal(),
        figures => figures,
        lines => lines,
        row_checksum => table.row_checksum.as_ref().map(measure),
        rows_shown => rows_shown(table),
        rows => table.differences.iter().map(different_row).collect::<Vec<_>>(),
    }
}

fn sequence(table: &str, set: &SequenceSet) -> Value {
    context! {
        table => table,
        column => set.column,
        sequence => set.sequence,
        next => set.next,
        proof => proof(&set.proof),
    }
}

fn different_row(row: &RowDifference) -> Value {
    context! {
        key => row.key,
        kind => kind_in_words(row.kind),
        cells => Value::from_serialize(&row.cells),
    }
}

/// The figures in the order in which they are shown; one that is not here comes last.
const FIGURES: [&str; 7] = ["nulls", "distinct", "least", "greatest", "sum", "length", "checksum"];

/// The names of all figures of the table, each once.
pub(super) fn figure_names(table: &TableVerification) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for measure in table.columns.iter().flat_map(|c| &c.measures) {
        if !names.contains(&measure.name.as_str()) {
            names.push(&measure.name);
        }
    }
    names.sort_by_key(|name| FIGURES.iter().position(|f| f == name).unwrap_or(FIGURES.len()));
    names
}

fn cell(column: &ColumnVerification, name: &str) -> Option<Value> {
    column.measures.iter().find(|m| m.name == name).map(measure)
}

fn measure(measure: &Measure) -> Value {
    context! {
        expected => measure.expected.as_deref().unwrap_or("–"),
        actual => measure.actual.as_deref().unwrap_or("–"),
        estimated => measure.estimated,
        equal => measure.is_equal(),
    }
}
