//! Tasks with their truth.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use rowferry_core::catalog::Catalog;
use rowferry_matching::task::Task;
use serde::Deserialize;

/// A task, and which pairs are right. Names are `table.column` in lower case.
pub struct Known {
    pub task: Task,
    pub family: String,
    pub right: HashSet<(String, String)>,
    /// The source columns that have a counterpart.
    pub labelled: HashSet<String>,
    /// Where a column that refers to another counts as that other: what each refers to. Such source columns are not
    /// scored.
    refers: (HashMap<String, String>, HashMap<String, String>),
}

#[derive(Deserialize)]
struct Truth {
    #[serde(default)]
    family: String,
    ground_truth: Vec<Pair>,
    #[serde(default)]
    fk_equiv: bool,
    source: Side,
    target: Side,
}

#[derive(Deserialize)]
struct Pair {
    source: String,
    target: String,
}

#[derive(Deserialize)]
struct Side {
    tables: Vec<Table>,
}

#[derive(Deserialize)]
struct Table {
    name: String,
    columns: Vec<Column>,
}

#[derive(Deserialize)]
struct Column {
    name: String,
    references: Option<String>,
}

/// The tasks of a folder, by name. What is no task with truth is an error that names the file.
pub fn read_all(folder: &Path) -> Result<Vec<Known>, String> {
    let listed = std::fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut files: Vec<_> = listed.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|file| file.extension().is_some_and(|e| e == "json"));
    files.sort();
    if files.is_empty() {
        return Err(format!("{} holds no task, that is no file *.json", folder.display()));
    }
    files.iter().map(|file| read(file)).collect()
}

fn read(file: &Path) -> Result<Known, String> {
    let text = std::fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
    parse(&text, &file.file_stem().unwrap_or_default().to_string_lossy())
        .map_err(|e| format!("{}: {e}", file.display()))
}

/// A task with its truth from JSON text; `name` is for one that has none.
pub fn parse(text: &str, name: &str) -> Result<Known, String> {
    let mut task = Task::parse(text).map_err(|e| e.to_string())?;
    let truth: Truth = serde_json::from_str(text).map_err(|e| e.to_string())?;
    if task.name.is_empty() {
        task.name = name.to_owned();
    }
    let refers =
        if truth.fk_equiv { (references(&truth.source), references(&truth.target)) } else { Default::default() };
    let pair = |p: &Pair| (followed(&refers.0, &p.source), followed(&refers.1, &p.target));
    let right: HashSet<(String, String)> = truth.ground_truth.iter().map(pair).collect();
    let family = if truth.family.is_empty() { task.name.clone() } else { truth.family };
    Ok(Known { labelled: right.iter().map(|p| p.0.clone()).collect(), task, family, right, refers })
}

fn references(side: &Side) -> HashMap<String, String> {
    let of = |table: &Table| -> Vec<(String, String)> {
        let column = |c: &Column| Some((format!("{}.{}", table.name, c.name).to_lowercase(), c.references.clone()?));
        table.columns.iter().filter_map(column).map(|(name, to)| (name, to.to_lowercase())).collect()
    };
    side.tables.iter().flat_map(of).collect()
}

fn followed(refers: &HashMap<String, String>, name: &str) -> String {
    let mut name = name.to_lowercase();
    let mut seen = HashSet::new();
    while let Some(next) = refers.get(&name).filter(|_| seen.insert(name.clone())) {
        name = next.clone();
    }
    name
}

impl Known {
    /// The name under which a source column is scored; `None` when it is not.
    pub fn source(&self, name: &str) -> Option<String> {
        let name = name.to_lowercase();
        (!self.refers.0.contains_key(&name)).then_some(name)
    }

    /// The name under which a target column is scored.
    pub fn target(&self, name: &str) -> String {
        followed(&self.refers.1, name)
    }
}

/// `table.column` of every column, in the catalog's order.
pub fn names(catalog: &Catalog) -> Vec<String> {
    catalog
        .tables()
        .flat_map(|t| t.columns.iter().map(|c| format!("{}.{}", t.name.table, c.name).to_lowercase()))
        .collect()
}
