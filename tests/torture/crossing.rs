//! One crossing by the real program: the tables are suggested, what loses something is approved, and it runs.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::fixture::Topic;
use super::side::{Base, Cell, Side};
use crate::cli::{PROJECT, Place};

/// Everything that is known of a crossing afterwards.
pub struct Crossing {
    pub tables: Vec<Crossed>,
    /// Findings that belong to no table.
    pub findings: Vec<Value>,
}

/// One table.
pub struct Crossed {
    pub topic: Topic,
    /// `None` where the suggestion does not carry it.
    pub to: Option<String>,
    pub columns: Vec<CrossedColumn>,
    /// By the row's id; the values are `id`, `edge` and those of the columns.
    pub source: HashMap<i64, Vec<Option<Cell>>>,
    pub target: HashMap<i64, Vec<Option<Cell>>>,
    pub rejects: HashMap<i64, Value>,
    pub findings: Vec<Value>,
    pub next_id: Option<String>,
    /// The same crossing once more, with what the check offers about values chosen; `None` where it offers nothing.
    pub again: Option<Chosen>,
}

/// What became of the table's rows after a person chose.
#[derive(Default)]
pub struct Chosen {
    /// What was chosen for a target column, in the check's words.
    pub labels: HashMap<String, Vec<String>>,
    pub target: HashMap<i64, Vec<Option<Cell>>>,
    pub rejects: HashMap<i64, Value>,
    /// Values that the report counts as changed, by column.
    pub counted: HashMap<String, u64>,
}

pub struct CrossedColumn {
    pub from_type: String,
    /// The target's name and type; `None` where it is not carried.
    pub to: Option<(String, String)>,
    /// The plan's words on it: `verdict` and perhaps `why`.
    pub verdict: Value,
}

pub async fn cross(from: Base, to: Base) -> Crossing {
    let place = Place::new();
    let name = format!("torture_{}_{}", from.name(), to.name());
    let source = Side::new(from, &place, &format!("{name}_source")).await;
    let target = Side::new(to, &place, &format!("{name}_target")).await;
    let place =
        place.with("ROWFERRY_PASSWORD_SOURCE", source.password()).with("ROWFERRY_PASSWORD_TARGET", target.password());
    let topics = from.topics();
    source.make(&topics).await;

    place.project(&source.url(), &target.url(), |document| {
        document["options"]["verify"] = "checksums".into();
        for topic in topics.iter().filter(|t| t.keeps_names) {
            keep_names(mapping(document, topic.table).expect("the table is suggested"));
        }
    });
    let verdicts = approve(&place);
    let plan = checked(&place, 0);
    let finished = place.run(&["run", PROJECT, "--json", "--yes"]);
    let last = finished.lines().pop().unwrap_or_else(|| panic!("the run says nothing: {}", finished.err));
    let rejects = rejects(&last);
    let expected = if rejects.is_empty() { 0 } else { 3 };
    if finished.code != Some(expected) {
        let report = place.run(&["report", &place.last_run(), "--format", "text"]).out;
        panic!("{:?} and not {expected}: {}\n{}\n{report}", finished.code, faulty(&finished.out), finished.err);
    }
    held_in_the_ledger(&last);

    let text = std::fs::read_to_string(place.path(PROJECT)).expect("the project");
    let second = Second::run(to, &place, &text, &target).await;
    let mut document: Value = serde_json::from_str(&text).expect("JSON");
    let here = place.path("").display().to_string();
    let names = [schema_of(&source), schema_of(&target), here];
    let findings = findings(&plan, &names);
    let mut tables = Vec::new();
    for topic in topics {
        let mapping = mapping(&mut document, topic.table).cloned();
        let table = mapping.as_ref().map(|m| m["to"]["table"].as_str().expect("a name").to_string());
        let from_types = source.types(topic.table).await;
        let to_types = match &table {
            Some(table) => target.types(table).await,
            None => HashMap::new(),
        };
        let renamed: HashMap<String, String> = mapping.iter().flat_map(column_names).collect();
        let columns: Vec<CrossedColumn> = topic
            .columns
            .iter()
            .map(|column| {
                let key = (topic.table.to_string(), column.name.to_string());
                let (verdict, carried) = verdicts.get(&key).cloned().unwrap_or((Value::Null, false));
                let to = renamed
                    .get(column.name)
                    .filter(|_| carried)
                    .map(|name| (name.clone(), to_types.get(name).cloned().unwrap_or_else(|| "field".into())));
                let from_type = from_types.get(column.name).cloned().unwrap_or_else(|| "field".into());
                CrossedColumn { from_type, to, verdict }
            })
            .collect();
        let id = |names: &HashMap<String, String>, name: &str| names.get(name).cloned().unwrap_or(name.to_string());
        let mut wanted = vec!["id".to_string(), "edge".to_string()];
        wanted.extend(topic.columns.iter().map(|c| c.name.to_string()));
        let source_rows = source.read(topic.table, &wanted).await;
        let mut there = vec![id(&renamed, "id"), id(&renamed, "edge")];
        there.extend(columns.iter().filter_map(|c| c.to.as_ref().map(|(name, _)| name.clone())));
        let mut target_rows = HashMap::new();
        let mut next_id = None;
        if let Some(table) = &table {
            target_rows = target.read(table, &there).await;
            if topic.gives_ids {
                next_id = Some(target.next_id(table, &there[0], &there[1]).await);
            }
        }
        let again = match (&table, &second) {
            (Some(table), Some(second)) => second.of(table, &there).await,
            _ => None,
        };
        let own = |finding: &&Value| finding["table"]["table"].as_str() == table.as_deref() && table.is_some();
        tables.push(Crossed {
            findings: findings.iter().filter(own).cloned().collect(),
            rejects: table.as_ref().and_then(|t| rejects.get(t).cloned()).unwrap_or_default(),
            to: table,
            columns,
            source: source_rows,
            target: target_rows,
            next_id,
            again,
            topic,
        });
    }
    Crossing { tables, findings: findings.into_iter().filter(|f| f["table"].is_null()).collect() }
}

/// What the run says of faults.
fn faulty(out: &str) -> String {
    out.lines().filter(|l| l.contains("\"level\":\"error\"")).collect::<Vec<_>>().join("\n")
}

fn mapping<'a>(document: &'a mut Value, table: &str) -> Option<&'a mut Value> {
    document["tables"].as_array_mut().expect("tables").iter_mut().find(|t| t["from"]["table"] == table)
}

fn keep_names(mapping: &mut Value) {
    mapping["to"]["table"] = mapping["from"]["table"].clone();
    for column in mapping["columns"].as_array_mut().expect("columns") {
        column["to"] = column["from"][0].clone();
    }
}

/// The target's name of each source column.
fn column_names(mapping: &Value) -> Vec<(String, String)> {
    let columns = mapping["columns"].as_array().expect("columns");
    let text = |value: &Value| value.as_str().expect("a name").to_string();
    columns.iter().map(|c| (text(&c["from"][0]), text(&c["to"]))).collect()
}

/// The crossing with choices.
struct Second {
    target: Side,
    /// Target table, target column and the words of each choice.
    chosen: Vec<(String, String, String)>,
    rejects: HashMap<String, HashMap<i64, Value>>,
    report: Value,
}

impl Second {
    /// Into another target, which is empty; `project` is that of the first.
    async fn run(to: Base, place: &Place, project: &str, target: &Side) -> Option<Second> {
        let again = Side::new(to, place, &format!("torture_{}_chosen", to.name())).await;
        let mut document: Value =
            serde_json::from_str(&project.replace(&schema_of(target), &schema_of(&again))).expect("JSON");
        document["connections"]["target"]["url"] = again.url().into();
        place.write(PROJECT, &document.to_string());
        let plan = checked(place, 0);
        let (numbers, chosen) = choices(&plan);
        if numbers.is_empty() {
            return None;
        }
        let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        place.run(&["check", PROJECT, "--choose", &numbers.join(",")]).expect(0);
        let finished = place.run(&["run", PROJECT, "--json", "--yes"]);
        let last = finished.lines().pop().unwrap_or_else(|| panic!("the run says nothing: {}", finished.err));
        let rejects = rejects(&last);
        let report = place.run(&["report", &place.last_run(), "--format", "json"]);
        let expected = if rejects.is_empty() { 0 } else { 3 };
        assert_eq!(finished.code, Some(expected), "{}\n{}", faulty(&finished.out), finished.err);
        held_in_the_ledger(&last);
        let report = serde_json::from_str(&report.expect(0).out).expect("JSON");
        Some(Second { target: again, chosen, rejects, report })
    }

    /// What came of one table; `None` where nothing was chosen for it.
    async fn of(&self, table: &str, columns: &[String]) -> Option<Chosen> {
        let mut labels: HashMap<String, Vec<String>> = HashMap::new();
        for (_, column, label) in self.chosen.iter().filter(|(t, ..)| t == table) {
            let said = labels.entry(column.clone()).or_default();
            if !said.contains(label) {
                said.push(label.clone());
            }
        }
        if labels.is_empty() {
            return None;
        }
        let mut counted: HashMap<String, u64> = HashMap::new();
        let reports = self.report["tables"].as_array().expect("tables");
        for change in reports
            .iter()
            .filter(|t| t["target"]["table"] == table)
            .flat_map(|t| t["changes"].as_array().expect("changes"))
        {
            let column = change["column"].as_str().expect("a name").to_string();
            *counted.entry(column).or_default() += change["values"].as_u64().expect("a number");
        }
        Some(Chosen {
            labels,
            target: self.target.read(table, columns).await,
            rejects: self.rejects.get(table).cloned().unwrap_or_default(),
            counted,
        })
    }
}

/// One choice of each finding about values, by its number: the last for what cannot be read, which keeps the server's
/// text where that is possible, and the first for what does not fit.
fn choices(plan: &Value) -> (Vec<usize>, Vec<(String, String, String)>) {
    let (mut number, mut numbers, mut chosen) = (0, Vec::new(), Vec::new());
    for finding in plan["findings"].as_array().expect("findings") {
        let offered = finding["choices"].as_array().map(Vec::as_slice).unwrap_or_default();
        let which = match finding["code"].as_str() {
            Some("unreadable-values") => offered.len().checked_sub(1),
            Some("misfit-values") => (!offered.is_empty()).then_some(0),
            _ => None,
        };
        if let Some(which) = which {
            let text = |value: &Value| value.as_str().expect("a text").to_string();
            numbers.push(number + which + 1);
            chosen.push((text(&finding["table"]["table"]), text(&finding["column"]), text(&offered[which]["label"])));
        }
        number += offered.len();
    }
    (numbers, chosen)
}

/// The plan's verdicts by source table and column, each with whether it is carried. What loses something is approved in
/// the project, as the plan asks for it, and what is impossible is taken out.
fn approve(place: &Place) -> HashMap<(String, String), (Value, bool)> {
    let plan = planned(place);
    let text = std::fs::read_to_string(place.path(PROJECT)).expect("the project");
    let mut document: Value = serde_json::from_str(&text).expect("JSON");
    let mut verdicts = HashMap::new();
    for step in plan["steps"].as_array().expect("steps") {
        let table = step["from"]["table"].as_str().expect("a table").to_string();
        let columns = mapping(&mut document, &table).expect("it is mapped")["columns"].as_array_mut().expect("columns");
        let computed = step["computed"].as_array().cloned().unwrap_or_default();
        for planned in step["columns"].as_array().expect("columns").iter().chain(&computed) {
            let at = columns.iter().position(|c| c["to"] == planned["to"]).expect("it is mapped");
            let from = columns[at]["from"][0].as_str().expect("a name").to_string();
            let mut verdict = planned["verdict"].clone();
            let refused = plan["findings"].as_array().expect("findings").iter().find(|f| {
                f["severity"] == "blocks"
                    && f["code"] != "lossy-cast"
                    && f["table"] == step["to"]
                    && f["column"] == planned["to"]
            });
            if let Some(refused) = refused {
                verdict = json!({"verdict": "refused", "why": refused["message"]});
            }
            let carried = refused.is_none();
            if verdict["verdict"] == "lossy" {
                columns[at]["approve_loss"] = true.into();
            }
            if !carried {
                columns.remove(at);
            }
            verdicts.insert((table.clone(), from), (verdict, carried));
        }
    }
    place.write(PROJECT, &document.to_string());
    verdicts
}

/// What the schemas alone say.
pub fn planned(place: &Place) -> Value {
    let ran = place.run(&["check", PROJECT, "--schema-only", "--json"]);
    serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}\n{}", ran.err))
}

/// The plan with what the data say; nothing may block it.
pub fn checked(place: &Place, code: i32) -> Value {
    let ran = place.run(&["check", PROJECT, "--json"]);
    let plan: Value = serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}\n{}", ran.err));
    let blocking: Vec<String> = plan["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter(|f| f["severity"] == "blocks")
        .map(|f| format!("{} {}: {}", f["table"], f["column"], f["message"]))
        .collect();
    assert_eq!(ran.code, Some(code), "{blocking:#?}\n{}", ran.err);
    plan
}

/// The rejected rows by target table and the row's id.
fn rejects(last: &Value) -> HashMap<String, HashMap<i64, Value>> {
    let mut found: HashMap<String, HashMap<i64, Value>> = HashMap::new();
    for table in last["tables"].as_array().unwrap_or_else(|| panic!("{last}")) {
        let Some(path) = table["rejects"].as_str() else { continue };
        let name = table["target"].as_str().expect("a name");
        let name = name.split_once('.').map_or(name, |(_, table)| table).to_string();
        for line in std::fs::read_to_string(path).expect("the reject file").lines() {
            let reject: Value = serde_json::from_str(line).expect("a line of JSON");
            let id = reject["row"]["id"].as_str().and_then(|id| id.parse().ok()).unwrap_or_else(|| panic!("{line}"));
            assert!(found.entry(name.clone()).or_default().insert(id, reject).is_none(), "{line} is rejected twice");
        }
    }
    found
}

fn held_in_the_ledger(last: &Value) {
    for table in last["tables"].as_array().expect("tables") {
        let count = |name: &str| table[name].as_u64().expect("a number");
        assert_eq!(count("read"), count("written") + count("rejected") + count("filtered"), "{table}");
    }
}

/// What a schema is called, which in MySQL is the name of the database.
fn schema_of(side: &Side) -> String {
    match side {
        Side::MariaDb(database) => database.name.to_string(),
        Side::Postgres(_) => "public".into(),
        Side::Sqlite(_) => "main".into(),
        Side::Csv(folder) | Side::Parquet(folder) => folder.display().to_string(),
    }
}

/// Without what is another one each time.
fn findings(plan: &Value, names: &[String; 3]) -> Vec<Value> {
    let mut found = plan["findings"].as_array().expect("findings").clone();
    for finding in &mut found {
        let mut message = finding["message"].as_str().expect("a message").to_string();
        for name in names {
            message = message.replace(&format!("{name}."), "").replace(name.as_str(), "…");
        }
        finding["message"] = message.into();
    }
    found
}
