//! The report for a terminal: at most 100 columns.

use std::fmt::Write;

use super::html::figure_names;
use super::words::{NARROW_SPACE, change_in_words, counted, duration, grouped, moment, proof, reloaded, size};
use super::{Report, Side};
use crate::model::Environment;
use crate::plan::Severity;
use crate::run::TableState;
use crate::verify::{DifferenceKind, Measure, TableVerification, Verification};

const WIDTH: usize = 100;

/// The report as lines of at most 100 characters.
pub fn text(report: &Report) -> String {
    let mut page = Page::default();
    head(report, &mut page);
    rows(report, &mut page);
    rejects(report, &mut page);
    changes(report, &mut page);
    verification(report, &mut page);
    sequences(report, &mut page);
    page.section("Approved by a person");
    let approvals: Vec<String> =
        report.approvals.iter().map(|a| format!("{} ({}, {})", a.what, a.by, moment(&a.at))).collect();
    page.items(&approvals, "nothing");
    findings(report, &mut page);
    statements(report, &mut page);
    page.section("What this report does not say");
    page.item("It covers the tables listed above and nothing else that either database holds.");
    page.item("Views, triggers, functions, rights and partitions are not carried, and were not compared.");
    page.item(match report.verification {
        Some(_) => "The comparison holds for the moment of the verification, not for later changes on either side.",
        None => "Nothing was compared between source and target.",
    });
    // A terminal's font may lack the narrow space.
    page.0.replace(NARROW_SPACE, ",")
}

fn head(report: &Report, page: &mut Page) {
    let dry = if report.dry_run { " (dry run)" } else { "" };
    page.wrapped("", &format!("{}{dry}: {}", report.project, report.outcome.title().to_uppercase()));
    page.wrapped("", &report.summary);
    if let Some(remedy) = report.error.as_ref().and_then(|e| e.remedy.as_deref()) {
        page.wrapped("", remedy);
    }
    page.line("");
    page.fact("Source", &side(&report.source));
    page.fact("Target", &side(&report.target));
    page.fact("Started", &moment(&report.started_at));
    let finished = report.finished_at.as_deref().map_or("not finished".into(), moment);
    page.fact("Finished", &format!("{finished}, {} of work", duration(report.seconds)));
    page.fact("Run by", &report.operator);
    page.fact("Run", &report.run);
    if let Some(reload) = &report.reload {
        page.fact("Reload", &reloaded(reload));
    }
    page.fact("Project", &format!("version {}, Rowferry {}", report.project_version, report.rowferry_version));
    page.fact("Consistency", &report.consistency);
    if report.retries > 0 {
        page.fact("Tried again", &format!("{} after passing faults", counted(u64::from(report.retries), "time")));
    }
}

fn side(side: &Side) -> String {
    let environment = match side.environment {
        Environment::Development => "development",
        Environment::Test => "test",
        Environment::Staging => "staging",
        Environment::Production => "production",
    };
    format!("{}, {} ({environment}), {}", side.product, side.connection, side.url)
}

fn rows(report: &Report, page: &mut Page) {
    page.section("Rows");
    if report.dry_run {
        page.wrapped("  ", "Nothing was written; the target's keys and checks were not tried.");
    }
    page.row("Target", ["Read", "Written", "Rejected", "Filtered", "Size"].map(String::from));
    for table in &report.tables {
        let t = &table.progress;
        let state = match t.state {
            TableState::Loaded => "",
            TableState::Waiting => " (waiting)",
            TableState::Loading => " (loading)",
            TableState::Failed => " (failed)",
        };
        let figures = [grouped(t.read), grouped(t.written), grouped(t.rejected), grouped(t.filtered), size(t.bytes)];
        page.row(&format!("{}{state}", t.target), figures);
    }
    let total = |figure: fn(&crate::run::TableProgress) -> u64| report.tables.iter().map(|t| figure(&t.progress)).sum();
    let figures = [total(|t| t.read), total(|t| t.written), total(|t| t.rejected), total(|t| t.filtered)].map(grouped);
    let [read, written, rejected, filtered] = figures;
    page.row("Total", [read, written, rejected, filtered, size(total(|t| t.bytes))]);
}

fn rejects(report: &Report, page: &mut Page) {
    page.section("Rejected rows");
    if report.tables.iter().all(|t| t.progress.rejected == 0) {
        page.item("none");
    }
    for table in report.tables.iter().filter(|t| !t.reject_reasons.is_empty()) {
        page.wrapped("  ", &table.progress.target.to_string());
        for reason in &table.reject_reasons {
            page.wrapped("    ", &format!("{} × {}", grouped(reason.rows), reason.reason));
        }
        if let Some(path) = &table.rejects {
            page.line(&format!("    {path}"));
        }
    }
}

fn changes(report: &Report, page: &mut Page) {
    page.section("Values changed by choice");
    let mut none = true;
    for table in &report.tables {
        for change in &table.changes {
            none = false;
            page.item(&format!("{}: {}", table.progress.target, change_in_words(change)));
        }
    }
    if none {
        page.item("none");
    }
}

fn verification(report: &Report, page: &mut Page) {
    page.section("Verification");
    match &report.verification {
        None if report.dry_run => page.item("nothing: a dry run leaves nothing in the target to compare"),
        None => page.item("nothing was verified"),
        Some(v) => page.0.push_str(&verified(v)),
    }
}

/// A verification for a terminal.
pub fn verified(verification: &Verification) -> String {
    let mut page = Page::default();
    page.wrapped("  ", &format!("Compared: {}. {}", verification.level.compared(), verification.level.scope()));
    page.row("Target", ["Source", "Expected", "Found", "", "Result"].map(String::from));
    for t in &verification.tables {
        let result = if t.is_equal() { "equal" } else { "DIFFERENT" };
        let figures = [grouped(t.source_rows), grouped(t.expected_rows), grouped(t.target_rows)];
        let [source, expected, found] = figures;
        page.row(&t.target.to_string(), [source, expected, found, String::new(), result.into()]);
    }
    for table in &verification.tables {
        differences(table, &mut page);
    }
    for table in &verification.tables {
        let figures = figure_names(table).join(", ");
        let columns = table.columns.len();
        if columns > 0 {
            page.item(&format!("{}: {columns} columns compared by {figures}", table.target));
        }
        for what in &table.normalised {
            page.item(&format!("{}: brought to one form before comparing: {what}", table.target));
        }
        for what in &table.not_compared {
            page.item(&format!("{}: not compared: {what}", table.target));
        }
    }
    page.0.replace(NARROW_SPACE, ",")
}

fn differences(table: &TableVerification, page: &mut Page) {
    let said = |m: &Measure| {
        let show = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".into());
        format!("{} expected {}, found {}", m.name, show(&m.expected), show(&m.actual))
    };
    for column in &table.columns {
        for measure in column.measures.iter().filter(|m| !m.is_equal()) {
            page.item(&format!("≠ {}.{}: {}", table.target, column.column, said(measure)));
        }
    }
    if let Some(measure) = table.row_checksum.as_ref().filter(|m| !m.is_equal()) {
        page.item(&format!("≠ {}: over whole rows, {}", table.target, said(measure)));
    }
    different_rows(table, page);
    for orphans in table.orphans.iter().filter(|o| o.rows > 0) {
        page.item(&format!(
            "{} {}: {} of foreign key {} point at nothing{}",
            if orphans.kept { "note" } else { "≠" },
            table.target,
            super::words::counted(orphans.rows, "row"),
            orphans.foreign_key,
            if orphans.kept { ", and are kept by choice" } else { "" }
        ));
    }
}

/// The rows that differ, each with its cells.
fn different_rows(table: &TableVerification, page: &mut Page) {
    if let Some(note) = super::words::rows_shown(table) {
        page.item(&format!("{}: {note}", table.target));
    }
    for row in &table.differences {
        page.wrapped("    ", &format!("{} ({})", row.key, super::words::kind_in_words(row.kind)));
        for cell in &row.cells {
            let side = |value: &Option<String>, bytes: &Option<String>| match (value, bytes) {
                (Some(value), Some(bytes)) => format!("{value:?} [{bytes}]"),
                _ => "NULL".into(),
            };
            let (expected, actual) =
                (side(&cell.expected, &cell.expected_bytes), side(&cell.actual, &cell.actual_bytes));
            let values = match row.kind {
                DifferenceKind::Changed => format!("expected {expected}, found {actual}"),
                DifferenceKind::Missing => format!("expected {expected}"),
                DifferenceKind::Unexpected => format!("found {actual}"),
            };
            let rule = cell.rule.as_ref().map_or_else(String::new, |rule| format!(" ({rule})"));
            page.wrapped("      ", &format!("{}: {values}{rule}", cell.column));
        }
    }
}

fn sequences(report: &Report, page: &mut Page) {
    if report.tables.iter().all(|t| t.sequences.is_empty()) {
        return;
    }
    page.section("Sequences");
    for table in &report.tables {
        for s in &table.sequences {
            let (table, proof) = (&table.progress.target, proof(&s.proof));
            page.item(&format!("{table}.{}: {} gives {} next; {proof}", s.column, s.sequence, s.next));
        }
    }
}

fn findings(report: &Report, page: &mut Page) {
    page.section("Findings of the plan");
    if report.findings.is_empty() {
        page.item("none");
    }
    for finding in &report.findings {
        let weight = match finding.severity {
            Severity::Blocks => "blocks",
            Severity::Confirm => "confirm",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        let place = match (&finding.table, &finding.column) {
            (Some(t), Some(c)) => format!("{t}.{c}: "),
            (Some(t), None) => format!("{t}: "),
            _ => String::new(),
        };
        page.item(&format!("{weight}: {place}{}", finding.message));
    }
}

fn statements(report: &Report, page: &mut Page) {
    page.section("Statements on the target");
    if report.statements.is_empty() {
        page.item("none besides writing rows");
    } else if report.dry_run {
        page.item("planned only: the dry run executed none");
    }
    for statement in &report.statements {
        if statement.destructive {
            page.line("  destructive:");
        }
        for line in statement.sql.lines() {
            let depth = line.len() - line.trim_start().len();
            page.wrapped(&" ".repeat(2 + depth.min(20)), line);
        }
    }
}

/// Lines under construction.
#[derive(Default)]
struct Page(String);

impl Page {
    fn line(&mut self, text: &str) {
        self.0.push_str(text);
        self.0.push('\n');
    }

    fn section(&mut self, title: &str) {
        self.line("");
        self.line(title);
    }

    fn item(&mut self, text: &str) {
        self.wrapped("  - ", text);
    }

    fn items(&mut self, texts: &[String], none: &str) {
        if texts.is_empty() {
            self.item(none);
        }
        texts.iter().for_each(|t| self.item(t));
    }

    fn fact(&mut self, name: &str, value: &str) {
        self.wrapped(&format!("{name:<12} "), value);
    }

    /// A name and five figures; a long name has a line of its own.
    fn row(&mut self, name: &str, figures: [String; 5]) {
        const NAME: usize = 38;
        let mut line = format!("  {name:<NAME$}");
        if name.chars().count() > NAME {
            self.wrapped("  ", name);
            line = " ".repeat(NAME + 2);
        }
        for figure in figures {
            // Writing to a String cannot fail.
            let _ = write!(line, " {figure:>11}");
        }
        self.line(line.trim_end());
    }

    /// Breaks at blanks, and where there are none, anywhere. What follows the first line is indented as it is.
    fn wrapped(&mut self, first: &str, text: &str) {
        // The space between digits is no place to break at.
        let text = text.replace(NARROW_SPACE, ",");
        let indent = " ".repeat(first.chars().count());
        let room = WIDTH - indent.len();
        let mut line = String::new();
        let mut lines = Vec::new();
        for word in text.split_whitespace() {
            let mut word: Vec<char> = word.chars().collect();
            if !line.is_empty() && line.chars().count() + 1 + word.len() > room {
                lines.push(std::mem::take(&mut line));
            }
            while word.len() > room {
                let rest = word.split_off(room);
                lines.push(word.into_iter().collect());
                word = rest;
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.extend(word);
        }
        lines.push(line);
        for (i, line) in lines.iter().enumerate() {
            let start = if i == 0 { first } else { &indent };
            self.line(format!("{start}{line}").trim_end());
        }
    }
}
