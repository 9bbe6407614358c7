//! Rejects are corrected in their file and loaded again.

use rowferry_tests::postgres::PostgresCluster;
use rusqlite::Connection;
use serde_json::Value;

use super::{PROJECT, Place, scalar};

/// The reject file of the latest run's first table.
fn rejects(place: &Place) -> std::path::PathBuf {
    let folder = place.path("home/runs").join(place.last_run()).join("rejects");
    let files = std::fs::read_dir(&folder).expect("rejects").map(|e| e.expect("an entry").path());
    files.filter(|f| f.extension().is_some_and(|e| e == "jsonl")).min().expect("a reject file")
}

/// Writes the rejects, each changed, to `name`.
fn correct(place: &Place, name: &str, change: impl Fn(usize, &mut Value)) {
    let text = std::fs::read_to_string(rejects(place)).expect("rejects");
    let lines = text.lines().enumerate().map(|(i, line)| {
        let mut reject: Value = serde_json::from_str(line).expect("a reject");
        change(i, &mut reject["row"]);
        format!("{reject}\n")
    });
    place.write(name, &lines.collect::<String>());
}

fn refusing(place: &Place) -> Connection {
    place.sqlite(
        "source.db",
        "create table item (id integer primary key, label text, raw blob, price decimal(10, 2), ratio real);
         insert into item values (1, 'a', x'00ff', 1.5, 0.1), (2, '', x'', 2.25, 1e300), (3, null, null, null, null),
             (4, 'd', x'5c78', -0.5, -0.0);",
    );
    let target = place.sqlite(
        "target.db",
        "create table item (id integer primary key, label text, raw blob, price decimal(10, 2), ratio real,
             check (id not in (2, 3, 4)));",
    );
    place.project("sqlite:source.db", "sqlite:target.db", |_| {});
    target
}

#[test]
fn corrected_rejects_arrive_as_they_were_but_for_what_was_corrected() {
    let place = Place::new();
    let target = refusing(&place);
    place.run(&["run", PROJECT]).expect(3);
    let first = place.last_run();
    assert_eq!(scalar(&target, "select count(*) from item"), 1);
    correct(&place, "corrected.jsonl", |i, row| row["id"] = Value::from(20 + i));

    place.run(&["run", PROJECT, "--rejects", "corrected.jsonl"]).expect(0);
    let arrived =
        "select count(*) from item where (id = 20 and label = '' and raw = x'' and price = 2.25 and ratio = 1e300)
        or (id = 21 and label is null and raw is null and price is null and ratio is null)
        or (id = 22 and label = 'd' and raw = x'5c78' and typeof(raw) = 'blob' and price = -0.5 and ratio = 0.0)";
    assert_eq!(scalar(&target, arrived), 3);
    let report = place.run(&["report", &place.last_run()]);
    assert!(report.expect(0).out.contains(&first[..20]), "{}", report.out);
    place.run(&["verify", &place.last_run()]).expect(0);
}

#[test]
fn a_reject_file_is_loaded_twice_only_when_that_is_asked_for() {
    let place = Place::new();
    let target = refusing(&place);
    place.run(&["run", PROJECT]).expect(3);
    correct(&place, "corrected.jsonl", |i, row| row["id"] = Value::from(20 + i));
    place.run(&["run", PROJECT, "--rejects", "corrected.jsonl"]).expect(0);
    let again = place.run(&["run", PROJECT, "--rejects", "corrected.jsonl"]);
    again.expect(2).complains("was loaded by run");
    assert_eq!(scalar(&target, "select count(*) from item"), 4);
    // The key forbids them now, so that they are rejects once more.
    place.run(&["run", PROJECT, "--rejects", "corrected.jsonl", "--again"]).expect(3);
    assert_eq!(scalar(&target, "select count(*) from item"), 4);
}

#[test]
fn rows_that_fail_again_are_in_the_new_runs_reject_file_with_all_that_they_hold() {
    let place = Place::new();
    let target = refusing(&place);
    place.run(&["run", PROJECT]).expect(3);
    let before = rejects(&place);
    correct(&place, "corrected.jsonl", |i, row| match i {
        0 => row["id"] = Value::from(20),
        1 => row["price"] = "dear".into(),
        _ => row["misspelt"] = "x".into(),
    });
    let mut text = std::fs::read_to_string(place.path("corrected.jsonl")).expect("the file");
    text += "\nthis is no reject\n";
    place.write("corrected.jsonl", &text);
    place.run(&["run", PROJECT, "--rejects", "corrected.jsonl"]).expect(3);
    assert_eq!(scalar(&target, "select count(*) from item"), 2);
    let after = rejects(&place);
    assert_ne!(before, after);
    let left: Vec<Value> = std::fs::read_to_string(after)
        .expect("rejects")
        .lines()
        .map(|line| serde_json::from_str(line).expect("a reject"))
        .collect();
    assert_eq!(left.len(), 3, "{left:?}");
    assert_eq!(left[0]["row"]["price"], "dear");
    assert_eq!((&left[1]["row"]["raw"], &left[1]["row"]["misspelt"]), (&"\\x5c78".into(), &"x".into()));
    assert_eq!(left[2]["row"]["line"], "this is no reject");
}

#[test]
fn a_run_with_too_large_a_share_of_rejects_stops_and_can_go_on() {
    let place = Place::new();
    let target = refusing(&place);
    place.project("sqlite:source.db", "sqlite:target.db", |document| document["options"]["reject_share"] = 50.into());
    let stopped = place.run(&["run", PROJECT]);
    stopped.expect(1).complains("3 of 4 rows were rejected, more than the 50 %");
    let run = place.last_run();
    place.run(&["resume", &run]).expect(1);
    place.run(&["resume", &run, "--no-reject-limit"]).expect(3);
    assert_eq!(scalar(&target, "select count(*) from item"), 1);
    assert!(place.run(&["report", &run]).out.contains("the limits of rejected rows were lifted"));
    place.project("sqlite:source.db", "sqlite:target.db", |document| document["options"]["reject_share"] = 101.into());
    place.run(&["check", PROJECT]).expect(2).complains("0 to 100 percent");
}

#[test]
fn rejects_of_every_type_of_postgres_are_loaded_unchanged() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let source = runtime.block_on(PostgresCluster::shared().database("cli_reload_source"));
    let target = runtime.block_on(PostgresCluster::shared().database("cli_reload_target"));
    let table = "create table item (id integer primary key, s smallint, b boolean, n numeric, m numeric(20, 5), r real,
        d double precision, c char(3), t text, y bytea, a date, h time, ts timestamp, tz timestamptz, u uuid, j jsonb, i inet);";
    runtime.block_on(source.run(&format!(
        "{table} insert into item values
         (1, -7, true, 123456789012345678901234567890.5, 1.5, 0.1, 'Infinity', 'ab', E'x\\n\\ty', '\\x00ff', '2020-02-29', '23:59:59.5',
          '1999-12-31 23:59:59.123456', '2020-01-01 00:00:00+02', '00000000-0000-0000-0000-0000000000ff', '{{\"a\": [1]}}', '10.0.0.1'),
         (2, null, null, null, null, null, null, null, '', null, null, null, null, null, null, null, null),
         (3, 0, false, 0.10, -0.00001, 'NaN', 1e-300, '', 'null', '', '0001-01-01', '00:00', '2000-01-01 00:00:00', 'epoch',
          'ffffffff-ffff-ffff-ffff-ffffffffffff', '\"\"', '::1/64');"
    )));
    runtime.block_on(target.run(&format!("{table} alter table item add constraint no check (id > 3) not valid;")));
    let place = Place::new()
        .with("ROWFERRY_PASSWORD_SOURCE", &source.password)
        .with("ROWFERRY_PASSWORD_TARGET", &target.password);
    place.project(&source.url, &target.url, |_| {});
    place.run(&["run", PROJECT]).expect(3);
    runtime.block_on(target.run("alter table item drop constraint no"));
    correct(&place, "same.jsonl", |_, _| {});
    place.run(&["run", PROJECT, "--rejects", "same.jsonl"]).expect(0);
    let rows = "select string_agg(i::text, '|' order by id) from item i";
    let (before, after) =
        (runtime.block_on(source.scalar::<String>(rows)), runtime.block_on(target.scalar::<String>(rows)));
    assert_eq!(before, after);
}
