//! Whole schemas in other languages, as the suggester sees them.

use super::*;
use crate::Suggester;

const AT_LEAST: f64 = 0.85;
use crate::tests::catalog;

/// The schemas of a file by language; tables and columns correspond in order.
fn schemas(text: &'static str) -> Vec<(&'static str, &'static str)> {
    text.split("\n== ").skip(1).map(|part| part.split_once('\n').unwrap()).collect()
}

/// `table.column` of every column, in order.
fn columns(schema: &str) -> Vec<String> {
    let of_line = |line: &str| {
        let (table, columns) = line.split_once(": ").unwrap();
        columns.split(", ").map(|c| format!("{table}.{}", c.split(' ').next().unwrap())).collect::<Vec<_>>()
    };
    schema.lines().filter(|l| !l.is_empty()).flat_map(of_line).collect()
}

/// The schema with tables and columns in alphabetical order, so that places tell nothing.
fn sorted(schema: &str) -> String {
    let line = |line: &str| {
        let (table, columns) = line.split_once(": ").unwrap();
        let mut columns: Vec<&str> = columns.split(", ").collect();
        columns.sort_unstable();
        format!("{table}: {}", columns.join(", "))
    };
    let mut lines: Vec<String> = schema.lines().filter(|l| !l.is_empty()).map(line).collect();
    lines.sort_unstable();
    lines.join("\n")
}

/// Which share of the first schema's columns has its counterpart as the first suggestion; those that do not.
fn found(from: &str, to: &str) -> (f64, Vec<String>) {
    let (source, target) = (catalog(&sorted(from)), catalog(&sorted(to)));
    let suggester = Suggester::new(&source, &target);
    let name = |c: &crate::ColumnRef| format!("{}.{}", c.table.table, c.column);
    let mut first: HashMap<String, String> = HashMap::new();
    for candidate in suggester.rank(1) {
        first.entry(name(&candidate.source)).or_insert_with(|| name(&candidate.target));
    }
    let expected: Vec<(String, String)> = columns(from).into_iter().zip(columns(to)).collect();
    let missed: Vec<String> = expected
        .iter()
        .filter(|(a, b)| first.get(a) != Some(b))
        .map(|(a, b)| format!("{a} is {b}, not {:?}", first.get(a)))
        .collect();
    (1.0 - missed.len() as f64 / expected.len() as f64, missed)
}

/// Both ways for each language, against the first.
fn check(text: &'static str) {
    let schemas = schemas(text);
    let english = schemas[0].1;
    let mut too_few = Vec::new();
    for (language, schema) in &schemas[1..] {
        for (from, to) in [(*schema, english), (english, *schema)] {
            assert_eq!(columns(from).len(), columns(to).len(), "{language}");
            let (share, missed) = found(from, to);
            println!("{language} {:.1} % {missed:#?}", share * 100.0);
            if share < AT_LEAST {
                too_few.push(format!("{language}: {:.0} %, {missed:#?}", share * 100.0));
            }
        }
    }
    assert!(too_few.is_empty(), "{}", too_few.join("\n"));
}

#[test]
fn the_columns_of_a_shop_in_every_language_find_their_english_counterpart() {
    check(include_str!("tests/orders.txt"));
}

#[test]
fn columns_without_keys_and_types_in_every_language_find_their_english_counterpart() {
    check(include_str!("tests/records.txt"));
}

#[test]
fn one_foreign_language_finds_another() {
    let schemas = schemas(include_str!("tests/orders.txt"));
    let of = |language: &str| schemas.iter().find(|(name, _)| *name == language).unwrap().1;
    for (a, b) in [("German", "French"), ("Spanish", "Arabic"), ("Arabic", "Arabic in Latin letters")] {
        let (share, missed) = found(of(a), of(b));
        println!("{a} {b} {share} {missed:#?}");
        assert!(share >= AT_LEAST, "{a} to {b}: {:.0} %, {missed:#?}", share * 100.0);
    }
}

#[test]
fn false_friends_stay_english_in_an_english_schema() {
    let english = ["die_roll", "art", "land_id", "tag", "kind", "customer_name", "order_total", "menu", "gift_note"];
    let german = ["Kunde", "Kundennummer", "Art", "Land", "Tag", "Ort", "Menge", "Rechnungsdatum", "Strasse"];
    let (source, target) = Languages::of_both(&english, &german);
    for name in english {
        assert_eq!(source.tokens(name), super::super::tokens::tokens(name), "{name}");
    }
    assert_eq!(target.tokens("Art"), ["type"]);
    assert_eq!(target.tokens("Land"), ["country"]);
    assert_eq!(target.tokens("Tag"), ["day"]);
    assert_eq!(target.tokens("Kundennummer"), ["customer", "number"]);
}

#[test]
fn the_other_side_tells_which_meaning_counts() {
    let arabic = ["العنوان", "المؤلف", "الكتاب"];
    let (books, _) = Languages::of_both(&arabic, &["title", "author", "book"]);
    let (people, _) = Languages::of_both(&arabic, &["address", "author", "book"]);
    assert_eq!(books.tokens("العنوان"), ["title"]);
    assert_eq!(people.tokens("العنوان"), ["address"]);
}

#[test]
fn phrases_mean_more_than_their_words() {
    let languages = Languages::of(&["mot_de_passe", "prénom", "adresse", "raison_sociale", "clients", "codePostal"]);
    assert_eq!(languages.tokens("mot_de_passe"), ["password"]);
    assert_eq!(languages.tokens("RaisonSociale"), ["company", "name"]);
    assert_eq!(languages.tokens("raison_sociale"), ["company", "name"]);
    assert_eq!(languages.tokens("codePostal"), ["postal", "code"]);
}

#[test]
fn reasons_tell_what_was_translated() {
    let source = catalog("Kunden: Kundennummer int pk, Vorname text, Ort text, Geburtsdatum date");
    let target = catalog("customers: customer_number int pk, first_name text, city text, birth_date date");
    let suggester = Suggester::new(&source, &target);
    let texts: Vec<String> = suggester.rank(1).into_iter().flat_map(|c| c.reasons).map(|r| r.text).collect();
    for expected in ["vorname is German for first name", "kundennummer is German for customer number"] {
        assert!(texts.iter().any(|t| t.contains(expected)), "{expected} in {texts:?}");
    }
    let tables: Vec<String> = suggester.tables().into_iter().flat_map(|t| t.reasons).map(|r| r.text).collect();
    assert!(tables.iter().any(|t| t.contains("kunden is German for customer")), "{tables:?}");
}

#[test]
fn comments_in_another_language_than_the_names_count() {
    let task = r#"{"source": {"tables": [{"name": "T001", "columns": [
            {"name": "F01", "type": "text", "comment": "Nummer des Kunden"},
            {"name": "F02", "type": "text", "comment": "Geburtsdatum der Person"},
            {"name": "F03", "type": "text", "comment": "Straße und Hausnummer der Anschrift"},
            {"name": "F04", "type": "text", "comment": "Bezahlter Betrag in der Währung des Landes"}]}]},
        "target": {"tables": [{"name": "party", "columns": [
            {"name": "a", "type": "text", "comment": "Amount that was paid, in the currency of the country"},
            {"name": "b", "type": "text", "comment": "Date of birth"},
            {"name": "c", "type": "text", "comment": "The number of the customer"},
            {"name": "d", "type": "text", "comment": "Street and house number of the address"}]}]}}"#;
    let rows = crate::task::Task::parse(task).unwrap().rows(1);
    for (from, to) in [("F01", "c"), ("F02", "b"), ("F03", "d"), ("F04", "a")] {
        let found = rows.iter().find(|r| r.source == format!("T001.{from}")).map(|r| r.target.as_str());
        assert_eq!(found, Some(format!("party.{to}").as_str()), "{from}");
    }
}
