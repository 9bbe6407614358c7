//! The function library, as the palette shows it.

use std::sync::Arc;

use datafusion::arrow::array::{Array, RecordBatch, RecordBatchOptions};
use datafusion::arrow::datatypes::{DataType, Schema};
use datafusion::arrow::util::display::array_value_to_string;
use datafusion::logical_expr::Volatility;

use super::Expressions;
use crate::types::LogicalType;

/// One function that an expression may call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionInfo {
    pub name: String,
    pub signature: String,
    pub description: String,
    pub example: String,
    /// What the example gives; `None` where it differs from run to run, or needs a source row.
    pub result: Option<String>,
    pub group: String,
    pub arguments: Vec<ArgumentInfo>,
    /// Which argument takes the value when the function is a step of a chain.
    pub value_at: usize,
}

/// One argument of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArgumentInfo {
    pub name: String,
    pub description: String,
    pub optional: bool,
}

/// Arguments that say how, where they stand in front of the value that it is done to.
const HOW: [&str; 7] = ["separator", "delimiter", "part", "precision", "interval", "unit", "field"];

/// Every documented function, and the forms that SQL has without being functions; sorted by group and name.
pub fn functions(expressions: &Expressions) -> Vec<FunctionInfo> {
    let state = expressions.context().state();
    let mut list: Vec<FunctionInfo> = state
        .scalar_functions()
        .values()
        .filter_map(|f| f.documentation().map(|d| (f, d)))
        .filter(|(f, d)| f.name().starts_with(|c: char| c.is_alphabetic()) && !d.description.is_empty())
        .filter(|(f, _)| is_of_values(f.name()))
        .map(|(f, d)| FunctionInfo {
            name: f.name().to_string(),
            signature: d.syntax_example.clone(),
            description: first_sentence(&d.description, f.signature().volatility),
            example: d
                .sql_example
                .as_deref()
                .and_then(|session| example(f.name(), session))
                .unwrap_or_else(|| d.syntax_example.clone()),
            result: None,
            group: d.doc_section.label.trim_end_matches(" Functions").to_lowercase(),
            arguments: arguments(&d.syntax_example, d.arguments.as_deref().unwrap_or_default()),
            value_at: value_at(d.arguments.as_deref().unwrap_or_default()),
        })
        .collect();
    let form = |name: &str, signature: &str, description: &str, example: &str, group: &str| FunctionInfo {
        name: name.into(),
        signature: signature.into(),
        description: description.into(),
        example: example.into(),
        result: None,
        group: group.into(),
        arguments: Vec::new(),
        value_at: 0,
    };
    list.extend([
        form(
            "cast",
            "cast(value as type)",
            "The value as another type; a row where that fails is rejected.",
            "cast('12.5' as decimal(12,2))",
            "conversion",
        ),
        form(
            "try_cast",
            "try_cast(value as type)",
            "The value as another type, or NULL where that fails.",
            "try_cast('n/a' as int)",
            "conversion",
        ),
        form(
            "case",
            "case value when this then that … else other end",
            "A lookup: for each value another one. `case when condition then …` takes the first condition that is true.",
            "case 'A' when 'A' then 'Active' else 'Unknown' end",
            "conditional",
        ),
        form("trim", "trim(text)", "The text without blanks at its ends.", "trim('  Rowferry ')", "string"),
        form("||", "text || text", "Joins texts; NULL when one of them is.", "'Ada' || ' ' || 'Lovelace'", "string"),
    ]);
    list.sort_by(|a, b| (&a.group, &a.name).cmp(&(&b.group, &b.name)));
    list.dedup_by(|a, b| a.name == b.name);
    for each in &mut list {
        each.result = result(expressions, &each.example);
    }
    list
}

/// What an example gives, evaluated as an expression of a mapping is.
fn result(expressions: &Expressions, example: &str) -> Option<String> {
    let one_row = RecordBatchOptions::new().with_row_count(Some(1));
    let row = RecordBatch::try_new_with_options(Arc::new(Schema::empty()), Vec::new(), &one_row).ok()?;
    let compiled = expressions.compile(example, &row.schema()).ok().filter(|c| c.deterministic)?;
    let value = compiled.evaluate(&row).ok()?;
    if value.is_null(0) { Some("NULL".into()) } else { array_value_to_string(&value, 0).ok() }
}

/// The documented arguments; those behind the signature's first bracket may be left out.
fn arguments(signature: &str, documented: &[(String, String)]) -> Vec<ArgumentInfo> {
    let bracket = signature.find('[').unwrap_or(signature.len());
    let optional = |name: &str| signature.find(name).is_some_and(|at| at > bracket);
    documented
        .iter()
        .map(|(name, description)| ArgumentInfo {
            name: name.clone(),
            description: first_sentence(description, Volatility::Immutable),
            optional: optional(name),
        })
        .collect()
}

fn value_at(documented: &[(String, String)]) -> usize {
    documented.iter().position(|(name, _)| !HOW.contains(&name.to_lowercase().as_str())).unwrap_or(0)
}

pub(super) fn type_words(data_type: &DataType) -> String {
    LogicalType::from_arrow(data_type).to_string()
}

fn first_sentence(description: &str, volatility: Volatility) -> String {
    let text = description.trim().replace('\n', " ");
    let end = text.find(". ").map_or(text.len(), |i| i + 1);
    let mut sentence = text[..end].to_string();
    if volatility != Volatility::Immutable {
        sentence.push_str(" Differs from run to run, so that a verification cannot compare it.");
    }
    sentence
}

/// Documentation shows whole sessions, with tables and output. Only the first call of the function is wanted.
fn example(name: &str, session: &str) -> Option<String> {
    let at = session.to_lowercase().find(&format!("{name}("))?;
    let call = session.get(at..)?;
    let (mut depth, mut quoted) = (0, false);
    for (i, c) in call.char_indices() {
        match c {
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted && depth == 1 => return Some(call[..=i].split_whitespace().collect::<Vec<_>>().join(" ")),
            ')' if !quoted => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Does it say something about one row's values? Not about files, or how values lie in memory.
fn is_of_values(name: &str) -> bool {
    !name.starts_with("arrow_")
        && !matches!(
            name,
            "file_row_index"
                | "input_file_name"
                | "with_metadata"
                | "get_field"
                | "named_struct"
                | "struct"
                | "union_extract"
                | "union_tag"
                | "cast_to_type"
                | "try_cast_to_type"
                | "row"
        )
}
