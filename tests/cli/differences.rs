//! Differences planted in the target after a run: a verification by checksums finds every one, and names its row.

use std::collections::BTreeSet;

use rowferry_tests::mariadb::MariaDbServer;
use rowferry_tests::postgres::PostgresCluster;
use serde_json::Value;

use super::{PROJECT, Place};

const ROWS: u32 = 2500;

/// A thing that happened to rows of the target.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Planted {
    Changed,
    Missing,
    Extra,
    Swapped,
}

const ALL: [Planted; 4] = [Planted::Changed, Planted::Missing, Planted::Extra, Planted::Swapped];

impl Planted {
    /// SQL that does it to the first `n` rows; `kept` holds what `item` held before.
    fn sql(self, n: u32) -> String {
        match self {
            Planted::Changed => format!("update item set label = 'other' where id <= {n}"),
            Planted::Missing => format!("delete from item where id <= {n}"),
            Planted::Extra => {
                format!("insert into item (id, label) select id + 1000000, label from kept where id <= {n}")
            }
            // Rows 1 and 2 change labels, and so do 3 and 4.
            Planted::Swapped => format!(
                "update item set label = (select kept.label from kept where kept.id = item.id + 2 * (item.id % 2) - 1) \
                 where id <= {n}"
            ),
        }
    }

    /// Two rows at least are needed to change places.
    fn rows(self, n: u32) -> u32 {
        if self == Planted::Swapped { n.max(2) } else { n }
    }
}

const KEEP: &str = "create table kept as select id, label from item";
const HEAL: [&str; 2] = ["delete from item", "insert into item (id, label) select id, label from kept"];

fn source(keyed: bool) -> String {
    let key = if keyed { " primary key" } else { "" };
    format!(
        "create table item (id integer{key}, label text not null);
         insert into item with recursive n(i) as (select 1 union all select i + 1 from n where i < {ROWS})
         select i, 'item ' || i from n;"
    )
}

fn table(keyed: bool) -> String {
    let key = if keyed { " primary key" } else { "" };
    format!("create table item (id bigint{key}, label varchar(40) not null)")
}

/// What a verification says of the one table.
fn verified(place: &Place, code: i32) -> Value {
    let ran = place.run(&["verify", PROJECT, "--level", "checksums", "--json"]);
    let verification: Value = serde_json::from_str(&ran.expect(code).out).expect("JSON");
    verification["tables"][0].clone()
}

/// Demands that what was planted is found, row by row.
fn found(place: &Place, planted: Planted, n: u32, keyed: bool) {
    let said = verified(place, 4);
    let rows = planted.rows(n);
    // Without a key, a changed row is one that is missing and one that nobody expects.
    let (twice, differing) = match planted {
        Planted::Changed | Planted::Swapped if !keyed => (true, 2 * rows),
        _ => (false, rows),
    };
    assert_eq!(said["different_rows"], differing, "{planted:?} {n}");
    let listed = said["differences"].as_array().expect("rows");
    assert_eq!(listed.len() as u32, differing.min(1000), "{planted:?} {n}");
    let named: BTreeSet<String> = listed.iter().map(|d| d["key"].as_str().expect("a key").to_string()).collect();
    if keyed && rows <= 1000 {
        let first = if planted == Planted::Extra { 1_000_001 } else { 1 };
        let expected: BTreeSet<String> = (first..first + rows).map(|id| format!("id={id}")).collect();
        assert_eq!(named, expected, "{planted:?} {n}");
    }
    for difference in listed {
        let kind = difference["kind"].as_str().expect("a kind");
        match planted {
            _ if twice => assert!(["missing", "unexpected"].contains(&kind)),
            Planted::Changed | Planted::Swapped => {
                let cells = difference["cells"].as_array().expect("cells");
                assert_eq!((kind, cells.len(), &cells[0]["column"]), ("changed", 1, &"label".into()));
                let text = cells[0]["expected"].as_str().expect("a text");
                let bytes: String = text.bytes().map(|b| format!("{b:02x}")).collect();
                assert_eq!(cells[0]["expected_bytes"], bytes);
            }
            Planted::Missing => assert_eq!(kind, "missing"),
            Planted::Extra => assert_eq!(kind, "unexpected"),
        }
    }
}

#[test]
fn rows_that_differ_in_sqlite_are_named() {
    for keyed in [true, false] {
        let place = Place::new();
        place.sqlite("source.db", &source(keyed));
        let target = place.sqlite("target.db", &table(keyed));
        place.project("sqlite:source.db", "sqlite:target.db", |_| ());
        place.run(&["run", PROJECT]).expect(0);
        target.execute_batch(KEEP).expect("a copy");
        for (planted, n) in ALL.into_iter().flat_map(|p| [1, 10, 1000].map(|n| (p, n))) {
            target.execute_batch(&planted.sql(planted.rows(n))).expect("planted");
            found(&place, planted, n, keyed);
            target.execute_batch(&HEAL.join(";")).expect("healed");
        }
        assert_eq!(verified(&place, 0)["different_rows"], 0);
    }
}

#[tokio::test]
async fn rows_that_differ_in_postgresql_are_named() {
    for keyed in [true, false] {
        let target = PostgresCluster::shared().database("differences").await;
        let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &target.password);
        place.sqlite("source.db", &source(keyed));
        target.run(&table(keyed)).await;
        place.project("sqlite:source.db", &target.url, |_| ());
        place.run(&["run", PROJECT]).expect(0);
        target.run(KEEP).await;
        for (planted, n) in ALL.into_iter().flat_map(|p| [1, 10, 1000].map(|n| (p, n))) {
            target.run(&planted.sql(planted.rows(n))).await;
            found(&place, planted, n, keyed);
            target.run(&HEAL.join(";")).await;
        }
        assert_eq!(verified(&place, 0)["different_rows"], 0);
    }
}

/// Rows that went straight are compared byte for byte, also such as no other database could hold.
#[tokio::test]
async fn rows_that_differ_between_two_postgresql_servers_are_named() {
    let source = PostgresCluster::shared().database("differences").await;
    let target = PostgresCluster::shared().database("differences").await;
    let place = Place::new()
        .with("ROWFERRY_PASSWORD_SOURCE", &source.password)
        .with("ROWFERRY_PASSWORD_TARGET", &target.password);
    let columns = "id integer primary key, label varchar(40) not null, day date, spans tsrange[]";
    source
        .run(&format!(
            "create table item ({columns});
             insert into item select i, 'item ' || i, case when i % 5 = 0 then 'infinity' when i % 7 = 0 then '0044-03-15 BC'
             else date '2000-01-01' + i end, array[tsrange('2000-01-01', null), null] from generate_series(1, {ROWS}) i"
        ))
        .await;
    target.run(&format!("create table item ({columns})")).await;
    place.project(&source.url, &target.url, |_| ());
    place.run(&["run", PROJECT]).expect(0);
    let same = verified(&place, 0);
    assert_eq!((&same["different_rows"], &same["target_rows"]), (&0.into(), &ROWS.into()));
    assert_eq!(same["columns"].as_array().expect("columns").len(), 4);
    assert!(same["normalised"][0].as_str().expect("a sentence").contains("byte for byte"), "{same}");
    target.run("create table kept as select * from item").await;
    for (planted, n) in ALL.into_iter().flat_map(|p| [1, 10, 1000].map(|n| (p, n))) {
        target.run(&planted.sql(planted.rows(n))).await;
        let said = verified(&place, 4);
        assert_ne!(said["row_checksum"]["expected"], said["row_checksum"]["actual"], "{planted:?} {n}");
        target.run("delete from item; insert into item select * from kept").await;
    }
    target.run("update item set day = '-infinity' where id = 5").await;
    assert_eq!(verified(&place, 4)["target"]["table"], "item");
}

#[tokio::test]
async fn rows_that_differ_in_mariadb_are_named() {
    for keyed in [true, false] {
        let target = MariaDbServer::shared().database("differences").await;
        let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &target.password);
        place.sqlite("source.db", &source(keyed));
        target.run(&[&table(keyed)]).await;
        place.project("sqlite:source.db", &target.url, |_| ());
        place.run(&["run", PROJECT]).expect(0);
        target.run(&[KEEP]).await;
        for (planted, n) in ALL.into_iter().flat_map(|p| [1, 10, 1000].map(|n| (p, n))) {
            target.run(&[&planted.sql(planted.rows(n))]).await;
            found(&place, planted, n, keyed);
            target.run(&HEAL).await;
        }
        assert_eq!(verified(&place, 0)["different_rows"], 0);
    }
}

/// The file has no key of its own; the source's tells its rows apart.
#[test]
fn rows_that_differ_in_a_csv_file_are_named() {
    for keyed in [true, false] {
        let place = Place::new();
        place.sqlite("source.db", &source(keyed));
        place.project("sqlite:source.db", "csv:out", |_| ());
        place.run(&["run", PROJECT]).expect(0);
        let kept = std::fs::read_to_string(place.path("out/item.csv")).expect("the file");
        let (head, rest) = kept.split_once('\n').expect("a header");
        let lines: Vec<&str> = rest.lines().collect();
        for (planted, n) in ALL.into_iter().flat_map(|p| [1, 10, 1000].map(|n| (p, n))) {
            let rows = planted.rows(n) as usize;
            let first = |change: &dyn Fn(u32) -> String| (1..=rows as u32).map(change).collect::<Vec<_>>();
            let (planted_lines, others) = match planted {
                Planted::Changed => (first(&|id| format!("{id},other")), &lines[rows..]),
                Planted::Missing => (Vec::new(), &lines[rows..]),
                Planted::Extra => (first(&|id| format!("{},item {id}", id + 1_000_000)), &lines[..]),
                Planted::Swapped => (first(&|id| format!("{id},item {}", id + 2 * (id % 2) - 1)), &lines[rows..]),
            };
            let text: String = std::iter::once(head)
                .chain(planted_lines.iter().map(String::as_str))
                .chain(others.iter().copied())
                .flat_map(|line| [line, "\n"])
                .collect();
            place.write("out/item.csv", &text);
            found(&place, planted, n, keyed);
        }
    }
}

#[test]
fn a_person_reads_which_rows_differ_and_how() {
    let place = Place::new();
    place.sqlite("source.db", &source(true));
    let target = place.sqlite("target.db", &table(true));
    place.project("sqlite:source.db", "sqlite:target.db", |_| ());
    place.run(&["run", PROJECT]).expect(0);
    target.execute_batch("update item set label = 'item 7  ' where id = 7; delete from item where id = 9").unwrap();
    let said = place.run(&["verify", PROJECT, "--level", "checksums"]);
    let flowing = said.expect(4).out.split_whitespace().collect::<Vec<_>>().join(" ");
    for sentence in [
        "2 rows are different",
        "id=7 (changed)",
        "label: expected \"item 7\" [6974656d2037], found \"item 7 \" [6974656d20372020] (only spaces at the end differ)",
        "id=9 (missing in the target)",
    ] {
        assert!(flowing.contains(sentence), "{sentence:?} is not in\n{}", said.out);
    }
    let page = place.run(&["report", &place.last_run(), "--format", "html"]);
    assert!(page.expect(0).out.contains("6974656d20372020"), "{}", page.out);
    target.execute_batch("update item set label = 'all other'").unwrap();
    let text = place.run(&["verify", PROJECT, "--level", "checksums"]);
    let shown = "2,500 rows are different; shown 1,000 of them";
    assert!(text.expect(4).out.contains(shown), "{}", text.out);
}
