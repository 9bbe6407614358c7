//! The function library, as the palette shows it.

use datafusion::arrow::datatypes::DataType;
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
    pub group: String,
}

/// Every documented function, and the forms that SQL has without being functions; sorted by group and name.
pub fn functions(expressions: &Expressions) -> Vec<FunctionInfo> {
    let state = expressions.context().state();
    let mut list: Vec<FunctionInfo> = state
        .scalar_functions()
        .values()
        .filter_map(|f| f.documentation().map(|d| (f, d)))
        .filter(|(f, d)| f.name().starts_with(|c: char| c.is_alphabetic()) && !d.description.is_empty())
        .map(|(f, d)| FunctionInfo {
            name: f.name().to_string(),
            signature: d.syntax_example.clone(),
            description: first_sentence(&d.description, f.signature().volatility),
            example: d.sql_example.as_deref().map(example).unwrap_or_else(|| d.syntax_example.clone()),
            group: d.doc_section.label.trim_end_matches(" Functions").to_lowercase(),
        })
        .collect();
    let form = |name: &str, signature: &str, description: &str, example: &str, group: &str| FunctionInfo {
        name: name.into(),
        signature: signature.into(),
        description: description.into(),
        example: example.into(),
        group: group.into(),
    };
    list.extend([
        form(
            "cast",
            "cast(value as type)",
            "The value as another type; a row where that fails is rejected.",
            "cast(Total as decimal(12,2))",
            "conversion",
        ),
        form(
            "try_cast",
            "try_cast(value as type)",
            "The value as another type, or NULL where that fails.",
            "try_cast(Code as int)",
            "conversion",
        ),
        form(
            "case",
            "case when condition then value … else value end",
            "The first value whose condition is true.",
            "case when Total > 100 then 'large' else 'small' end",
            "conditional",
        ),
        form("||", "text || text", "Joins texts; NULL when one of them is.", "FirstName || ' ' || LastName", "string"),
    ]);
    list.sort_by(|a, b| (&a.group, &a.name).cmp(&(&b.group, &b.name)));
    list.dedup_by(|a, b| a.name == b.name);
    list
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

/// Documentation shows a whole session: `> select f(…);` and its output. Only the call is wanted.
fn example(session: &str) -> String {
    session
        .lines()
        .filter_map(|l| l.trim().strip_prefix('>'))
        .map(|l| l.trim().trim_end_matches(';'))
        .map(|l| if l.get(..7).is_some_and(|p| p.eq_ignore_ascii_case("select ")) { &l[7..] } else { l })
        .next()
        .unwrap_or_default()
        .to_string()
}
