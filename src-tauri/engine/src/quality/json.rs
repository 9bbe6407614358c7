//! What documents hold that not every database or program keeps: keys that come twice in one object, integers that a
//! float rounds, `\u0000`.

use std::borrow::Cow;
use std::collections::HashSet;

use datafusion::arrow::array::{Array, AsArray, RecordBatch};

use super::{Seen, finding, rows_in_words};
use crate::migration::Migration;
use crate::plan::{Finding, FindingCode, Severity, Step};
use crate::types::LogicalType;

/// Up to here a float of 64 bits holds every integer.
const EXACT: u64 = 1 << 53;

/// What becomes of a document in its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    /// PostgreSQL's `json`: its text.
    PostgresText,
    /// PostgreSQL's `jsonb`: its values (<https://www.postgresql.org/docs/current/datatype-json.html>).
    PostgresValues,
    /// MySQL's `json`: its values (<https://dev.mysql.com/doc/refman/8.4/en/json.html>).
    MySqlValues,
    /// Text with a check, in MySQL and MariaDB.
    MySqlText,
}

struct Column {
    /// Place among the columns written.
    place: usize,
    name: String,
    kept: Kept,
    twice: Seen,
    large: Seen,
    /// Beyond 64 bits.
    largest: Seen,
    nul: Seen,
}

/// The documents of a table, as they would be written.
pub(super) struct Documents(Vec<Column>);

impl Documents {
    pub(super) fn new(migration: &Migration, step: &Step) -> Documents {
        let connector = migration.target.descriptor().id;
        let is_mysql = migration.target_catalog.product.starts_with("MySQL");
        let columns = step.columns.iter().enumerate().filter_map(|(place, written)| {
            let column = step.target.column(&written.to).filter(|c| c.logical == LogicalType::Json)?;
            let kept = match (connector, column.native_type.as_str()) {
                ("postgres", "jsonb") => Kept::PostgresValues,
                ("postgres", _) => Kept::PostgresText,
                // MariaDB's `json` is a text, and so is what a run makes.
                ("mysql", "json") if is_mysql && !step.creates => Kept::MySqlValues,
                ("mysql", _) => Kept::MySqlText,
                _ => return None,
            };
            let [twice, large, largest, nul] = std::array::from_fn(|_| Seen::default());
            Some(Column { place, name: written.to.clone(), kept, twice, large, largest, nul })
        });
        Documents(columns.collect())
    }

    /// `batch` is what would be written.
    pub(super) fn look(&mut self, batch: &RecordBatch, name: &dyn Fn(usize) -> String) {
        for column in &mut self.0 {
            let Some(texts) = batch.column(column.place).as_string_opt::<i32>() else { continue };
            for row in (0..texts.len()).filter(|row| texts.is_valid(*row)) {
                let text = texts.value(row);
                let risks = Risks::of(text);
                let seen = [
                    (risks.twice, &mut column.twice),
                    (risks.large, &mut column.large),
                    (risks.largest, &mut column.largest),
                    (risks.nul, &mut column.nul),
                ];
                for (_, seen) in seen.into_iter().filter(|(is_there, _)| *is_there) {
                    seen.note(|| name(row), || Some(text.to_string()));
                }
            }
        }
    }

    pub(super) fn findings(self, step: &Step, read: u64, sampled: bool) -> Vec<Finding> {
        let mut found = Vec::new();
        for Column { name, kept, twice, large, largest, nul, .. } in self.0 {
            let mut say = |seen: Seen, severity, what: &str, remedy: &str| {
                if seen.rows > 0 {
                    let message = format!("in {} {name} holds {what}", rows_in_words(seen.rows, sampled));
                    found.push(Finding {
                        evidence: Some(seen.evidence(read, sampled)),
                        ..finding(step, Some(&name), FindingCode::JsonAtRisk, severity, message, remedy)
                    });
                }
            };
            let parsed = matches!(kept, Kept::PostgresValues | Kept::MySqlValues);
            let (severity, remedy) = match parsed {
                true => (Severity::Warning, "The target keeps the last of them only; a column of text keeps them all."),
                false => (Severity::Note, "Carried as they are; programs differ in which of them they take."),
            };
            say(twice, severity, "an object with the same key twice", remedy);
            match kept {
                Kept::MySqlValues => say(
                    largest,
                    Severity::Warning,
                    "integers of more than 64 bits",
                    "The target rounds them to floats; make them texts to keep their digits.",
                ),
                _ => say(
                    large,
                    Severity::Note,
                    "integers beyond 2^53",
                    "Carried with all digits; programs that read JSON's numbers as floats round them.",
                ),
            }
            match kept {
                Kept::PostgresValues => say(
                    nul,
                    Severity::Warning,
                    "\\u0000, which jsonb cannot hold",
                    "Such rows are rejected; take it out by an expression, or carry the column as json or text.",
                ),
                Kept::PostgresText => say(
                    nul,
                    Severity::Note,
                    "\\u0000",
                    "Carried as it is; PostgreSQL refuses to take such a value out of the document as text.",
                ),
                Kept::MySqlValues | Kept::MySqlText => {}
            }
        }
        found
    }
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Risks {
    twice: bool,
    large: bool,
    largest: bool,
    nul: bool,
}

impl Risks {
    /// `text` is valid JSON: it went through the transform. One pass, without recursion.
    fn of(text: &str) -> Risks {
        let bytes = text.as_bytes();
        let mut risks = Risks::default();
        // The keys of each object that is open; `None` for an array.
        let mut open: Vec<Option<HashSet<Cow<'_, str>>>> = Vec::new();
        let mut is_key = false;
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'{' => open.push(Some(HashSet::new())),
                b'[' => open.push(None),
                b'}' | b']' => {
                    open.pop();
                }
                b'"' => {
                    let end = string_end(bytes, at);
                    let raw = &text[at..end];
                    risks.nul |= has_nul(raw);
                    if let (true, Some(Some(keys))) = (is_key, open.last_mut()) {
                        risks.twice |= !keys.insert(unescaped(raw));
                    }
                    at = end - 1;
                }
                b'-' | b'0'..=b'9' => {
                    let is_part = |b: &u8| matches!(b, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-');
                    let end = at + bytes[at..].iter().take_while(|b| is_part(b)).count();
                    let number = &text[at..end];
                    if !number.contains(['.', 'e', 'E']) {
                        let size = number.trim_start_matches('-').parse::<u64>();
                        risks.large |= size.as_ref().map_or(true, |n| *n > EXACT);
                        let is_signed = number.starts_with('-');
                        risks.largest |= size.map_or(true, |n| is_signed && n > 1 << 63);
                    }
                    at = end - 1;
                }
                _ => {}
            }
            is_key = match byte {
                b'{' => true,
                b',' => matches!(open.last(), Some(Some(_))),
                b' ' | b'\n' | b'\r' | b'\t' => is_key,
                _ => false,
            };
            at += 1;
        }
        risks
    }
}

/// Behind the quote that closes the string that opens at `from`.
fn string_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Does the string hold U+0000, which JSON can only write as an escape?
fn has_nul(raw: &str) -> bool {
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        if rest[at + 1..].starts_with("u0000") {
            return true;
        }
        // What is escaped is one character of ASCII.
        rest = rest.get(at + 2..).unwrap_or_default();
    }
    false
}

fn unescaped(raw: &str) -> Cow<'_, str> {
    match raw.contains('\\') {
        true => serde_json::from_str(raw).map_or(Cow::Borrowed(raw), Cow::Owned),
        false => Cow::Borrowed(raw.trim_matches('"')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_at_risk_is_seen_wherever_it_stands_and_nothing_else() {
        let none = Risks::default();
        let twice = Risks { twice: true, ..none };
        let large = Risks { large: true, ..none };
        let largest = Risks { large: true, largest: true, ..none };
        let nul = Risks { nul: true, ..none };
        for (text, expected) in [
            (r#"{"a": 1, "b": {"a": 2}, "c": [{"a": 1}, {"a": 2}]}"#, none),
            (r#"{"a": "a", "b": "a"}"#, none),
            (r#"{"a": 1, "b": 2, "a": 3}"#, twice),
            (r#"{"x": [{"a" : 1 , "\u0061": 2}]}"#, twice),
            (r#"["a", "a"]"#, none),
            ("9007199254740992", none),
            ("[-9007199254740993]", large),
            ("[1e300, 90071992547409931.5]", none),
            (r#"{"n": 18446744073709551616}"#, largest),
            ("-9223372036854775809", largest),
            ("-9223372036854775808", large),
            (r#"{"n": "9007199254740993"}"#, none),
            (r#"{"a": "x\u0000"}"#, nul),
            (r#"{"\u0000": 1}"#, nul),
            (r#""\\u0000 \"""#, none),
        ] {
            assert_eq!(Risks::of(text), expected, "{text}");
        }
    }
}
