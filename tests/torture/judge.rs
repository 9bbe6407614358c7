//! What became of each value, and whether anything says so.

use serde_json::Value;

use super::crossing::{Crossed, CrossedColumn, Crossing};
use super::equal::same;
use super::fixture::Column;
use super::side::{Base, Cell};

/// The crossing as lines, and what must never be.
#[derive(Default)]
pub struct Judged {
    pub lines: Vec<String>,
    /// Values that changed in silence, rows that were lost or came from nowhere.
    pub faults: Vec<String>,
    same_base: bool,
}

/// Characters of a value that are shown.
const SHOWN: usize = 70;

pub fn judged(from: Base, to: Base, crossing: &Crossing) -> Judged {
    let mut judged = Judged { same_base: from == to, ..Judged::default() };
    judged.lines.push(format!(
        "From {} to {}: what becomes of each value of fixtures/torture.",
        from.name(),
        to.name()
    ));
    judged.lines.extend(crossing.findings.iter().map(|f| format!("  plan: {}", finding(f))));
    for table in &crossing.tables {
        judged.lines.push(String::new());
        judged.table(table);
    }
    judged
}

impl Judged {
    fn table(&mut self, table: &Crossed) {
        let Some(to) = &table.to else {
            self.lines.push(format!("{}: not carried", table.topic.table));
            return;
        };
        let renamed = if to == table.topic.table { String::new() } else { format!(" → {to}") };
        self.lines.push(format!("{}{renamed}", table.topic.table));
        let names: Vec<&str> = table.columns.iter().filter_map(|c| Some(c.to.as_ref()?.0.as_str())).collect();
        for found in table.findings.iter().filter(|f| f["column"].as_str().is_none_or(|c| !names.contains(&c))) {
            self.lines.push(format!("  plan: {}", finding(found)));
        }
        self.lines.extend(table.next_id.iter().map(|next| format!("  next id: {next}")));
        for (at, (column, crossed)) in table.topic.columns.iter().zip(&table.columns).enumerate() {
            self.column(table, at, column, crossed);
        }
        for id in table.target.keys().filter(|id| !table.source.contains_key(id)) {
            self.faults.push(format!("{}: the row {id} came from nowhere", table.topic.table));
        }
        let rows: Vec<i64> = table.topic.rows().map(|(id, ..)| id).collect();
        assert_eq!(rows.len(), table.source.len(), "{}: the source has the fixture's rows", table.topic.table);
    }

    fn column(&mut self, table: &Crossed, at: usize, column: &Column, crossed: &CrossedColumn) {
        let verdict = crossed.verdict["verdict"].as_str().unwrap_or("none");
        let why = crossed.verdict["why"].as_str().map(|why| format!(": {why}")).unwrap_or_default();
        let approved = if verdict == "lossy" { " (approved)" } else { "" };
        let Some((name, to_type)) = &crossed.to else {
            let from = &crossed.from_type;
            self.lines.push(format!("  {}: {from}, not carried, {verdict}{why}", column.name));
            return;
        };
        let renamed = if name == column.name { String::new() } else { format!(" → {name}") };
        let from = &crossed.from_type;
        self.lines.push(format!("  {}{renamed}: {from} → {to_type}, {verdict}{approved}{why}", column.name));
        let own: Vec<&Value> = table.findings.iter().filter(|f| f["column"].as_str() == Some(name)).collect();
        // The verdict is there already.
        let said = ["lossy-cast", "type-changed"];
        for found in own.iter().filter(|f| f["code"].as_str().is_none_or(|code| !said.contains(&code))) {
            self.lines.push(format!("    plan: {}", finding(found)));
        }
        self.foreseen(table, column, name, &own);
        for (id, edge_of, edge) in table.topic.rows() {
            let source = &table.source[&id][2 + at];
            let own = edge_of.name == column.name;
            if !own && (source.is_none() || column.edges.is_empty() && table.rejects.contains_key(&id)) {
                self.unchanged_null(table, at, column, id, source);
                continue;
            }
            if !own && !column.edges.is_empty() {
                continue;
            }
            let place = format!("{}.{}, {}", table.topic.table, column.name, edge.label);
            let line = self.value(table, at, column, crossed, id, &place);
            self.lines.push(format!("    {line}", line = line.replace("LABEL", edge.label)));
            let chosen = self.by_choice(table, at, column, name, id, &place);
            self.lines.extend(chosen);
        }
        self.counted(table, at, column, name);
    }

    /// Every value that the run rejects for its column was counted by the check.
    fn foreseen(&mut self, table: &Crossed, column: &Column, to: &str, findings: &[&Value]) {
        let told = ["unreadable-values", "misfit-values"];
        let foreseen: u64 = findings
            .iter()
            .filter(|f| told.contains(&f["code"].as_str().unwrap_or_default()))
            .filter_map(|f| f["evidence"]["rows"].as_u64())
            .sum();
        // Where no column is named, it is the only one that has a value.
        let at_fault = |id: i64, edge_of: &str| match table.rejects.get(&id).map(|r| r["column"].as_str()) {
            None => false,
            Some(None) => edge_of == column.name,
            Some(Some(named)) => named == column.name || named == to,
        };
        let rejected = table.topic.rows().filter(|(id, edge_of, _)| at_fault(*id, edge_of.name)).count() as u64;
        if rejected != foreseen {
            self.lines.push(format!("    the check counted {foreseen}, and {rejected} were rejected"));
        }
    }

    /// A NULL beside another value stays one.
    fn unchanged_null(&mut self, table: &Crossed, at: usize, column: &Column, id: i64, source: &Option<Cell>) {
        if let Some(target) = table.target.get(&id)
            && source.is_none()
            && target[place_in_target(table, at)].is_some()
        {
            self.faults.push(format!("{}.{}: NULL of row {id} became a value", table.topic.table, column.name));
        }
    }

    /// One value's line, with `LABEL` for its label.
    fn value(
        &mut self,
        table: &Crossed,
        at: usize,
        column: &Column,
        crossed: &CrossedColumn,
        id: i64,
        place: &str,
    ) -> String {
        let source = &table.source[&id][2 + at];
        let before = shown(source);
        if let Some(reject) = table.rejects.get(&id) {
            if table.target.contains_key(&id) {
                self.faults.push(format!("{place}: rejected, and there nevertheless"));
            }
            return format!("rejected  LABEL: {before}: {}", reject["reason"].as_str().expect("a reason"));
        }
        let Some(row) = table.target.get(&id) else {
            self.faults.push(format!("{place}: neither in the target nor rejected"));
            return format!("LOST      LABEL: {before}");
        };
        let target = &row[place_in_target(table, at)];
        let verdict = crossed.verdict["verdict"].as_str().unwrap_or("none");
        let after = shown(target);
        let arrow = if after == before { String::new() } else { format!(" → {after}") };
        let equal = match (source, target) {
            (None, None) => true,
            (Some(a), Some(b)) => same(column.kind, a, b),
            _ => false,
        };
        let outcome = match (equal, verdict, source) {
            (true, _, None) => "exact",
            (true, "widening", _) => "widened",
            (true | false, "lossy", _) => "converted",
            // The same value in the same kind of database, and not to the letter.
            (true, ..) if self.same_base && before != after => "respelled",
            (true, ..) => "exact",
            (false, ..) => {
                self.faults.push(format!("{place}: changed in silence: {before}{arrow} (verdict {verdict})"));
                "CHANGED"
            }
        };
        format!("{outcome:<9} LABEL: {before}{arrow}")
    }
}

impl Judged {
    /// What stands in the target after a person chose: the value, or what the choice says. A line where that is news.
    fn by_choice(
        &mut self,
        table: &Crossed,
        at: usize,
        column: &Column,
        to: &str,
        id: i64,
        place: &str,
    ) -> Option<String> {
        let again = table.again.as_ref()?;
        let labels = again.labels.get(to).map(Vec::as_slice).unwrap_or_default();
        let rejected = table.rejects.contains_key(&id);
        let source = &table.source[&id][2 + at];
        let said = labels.join(", ");
        if let Some(reject) = again.rejects.get(&id) {
            if !rejected {
                self.faults.push(format!("{place}: rejected only after a choice ({said})"));
            }
            let reason = reject["reason"].as_str().expect("a reason");
            return (!labels.is_empty()).then(|| format!("      chosen ({said}): still rejected: {reason}"));
        }
        let Some(row) = again.target.get(&id) else {
            self.faults.push(format!("{place}: lost after a choice ({said})"));
            return None;
        };
        let target = &row[place_in_target(table, at)];
        let first = table.target.get(&id).map(|row| &row[place_in_target(table, at)]);
        let explained = match (source, target) {
            (None, None) => true,
            (Some(a), Some(b)) => {
                same(column.kind, a, b)
                    || first == Some(target)
                    || labels.contains(&"Take out NUL".into()) && a.text.replace('\0', "") == b.text
            }
            (Some(_), None) => rejected && labels.iter().any(|l| l.contains("NULL")),
            (None, Some(_)) => false,
        };
        if !explained {
            self.faults.push(format!("{place}: not as chosen ({said}): {} → {}", shown(source), shown(target)));
        }
        rejected.then(|| format!("      chosen ({said}): {}", shown(target)))
    }

    /// Every value that a choice changed is counted in the report.
    fn counted(&mut self, table: &Crossed, at: usize, column: &Column, to: &str) {
        let Some(again) = &table.again else { return };
        let changed = table.source.iter().filter(|(id, row)| {
            let Some(target) = again.target.get(id) else { return false };
            match (&row[2 + at], &target[place_in_target(table, at)]) {
                (Some(_), None) => true,
                (Some(a), Some(b)) => a.text.contains('\0') && !b.text.contains('\0'),
                _ => false,
            }
        });
        let changed = changed.count() as u64;
        let counted = [column.name, to].iter().filter_map(|name| again.counted.get(*name)).max().copied();
        if changed != counted.unwrap_or(0) {
            let place = format!("{}.{}", table.topic.table, column.name);
            self.faults.push(format!("{place}: {changed} values changed by choice, {counted:?} counted"));
        }
    }
}

/// The target's values are `id`, `edge` and those of the columns that are carried.
fn place_in_target(table: &Crossed, at: usize) -> usize {
    2 + table.columns[..at].iter().filter(|c| c.to.is_some()).count()
}

fn finding(finding: &Value) -> String {
    let rows = match finding["evidence"]["rows"].as_u64() {
        Some(rows) => format!(" (seen in {rows})"),
        None => String::new(),
    };
    let text = |name: &str| finding[name].as_str().unwrap_or_default();
    format!("{}, {}{rows}: {}", text("severity"), text("code"), text("message"))
}

/// A value on one line; in quotes where it could be taken for something else.
fn shown(cell: &Option<Cell>) -> String {
    let Some(cell) = cell else { return "NULL".into() };
    let odd = |c: char| c.is_control() || c.is_whitespace() && c != ' ' || c.escape_debug().len() > 1;
    let text = cell.text.as_str();
    let plain = !text.is_empty() && text.trim() == text && text != "NULL" && !text.chars().any(odd);
    let class = cell.class.map(|class| format!(" ({class})")).unwrap_or_default();
    let length = text.chars().count();
    if length > SHOWN + 20 {
        let begin: String = text.chars().take(SHOWN).collect();
        return format!("{begin:?}… of {length} characters{class}");
    }
    if plain { format!("{text}{class}") } else { format!("{text:?}{class}") }
}
