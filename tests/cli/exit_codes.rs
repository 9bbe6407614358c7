//! Every exit code, by the situation that it stands for.

use serde_json::json;

use super::{PROJECT, Place, numbered, scalar};

fn numbered_place() -> Place {
    let place = Place::new();
    place.sqlite("source.db", &numbered(100));
    place
}

#[test]
fn a_clean_run_is_0_and_its_rows_are_there() {
    let place = numbered_place();
    place.project("sqlite:source.db", "sqlite:target.db", |_| ());
    place.run(&["check", PROJECT]).expect(0);
    assert!(!place.path("target.db").exists(), "a check writes nothing");
    place.run(&["run", PROJECT]).expect(0);
    let target = place.sqlite("target.db", "");
    assert_eq!(scalar(&target, "select count(*) from item where label = 'item ' || id"), 100);
    place.run(&["verify", PROJECT, "--level", "checksums"]).expect(0);
}

#[test]
fn a_dry_run_is_0_and_writes_nothing() {
    let place = numbered_place();
    place.project("sqlite:source.db", "sqlite:target.db", |_| ());
    let ran = place.run(&["run", PROJECT, "--dry-run"]);
    ran.expect(0);
    assert!(ran.out.contains("Dry run: clean"), "{}", ran.out);
    let target = place.sqlite("target.db", "");
    assert_eq!(scalar(&target, "select count(*) from sqlite_master"), 0);
}

#[test]
fn wrong_usage_is_2() {
    let place = Place::new();
    place.run(&["run"]).expect(2);
    place.run(&["run", "--no-such-thing"]).expect(2);
    place.run(&["discover", "oracle://x"]).expect(2).complains("oracle");
    place.run(&["resume", "0123456789"]).expect(2).complains("0123456789");
    place.run(&["rollback", "0123456789"]).expect(2);
    place.run(&["report", "0123456789"]).expect(2);
    place.run(&["verify", "nothing"]).expect(2);
    place.run(&["match", "no-such-task.json"]).expect(2).complains("no-such-task.json");
}

#[test]
fn an_invalid_project_is_2_and_the_place_is_named() {
    let place = numbered_place();
    place.run(&["run", "missing.rowferry.json"]).expect(2).complains("missing.rowferry.json");
    place.run(&["run", "unheard of"]).expect(2).complains("unheard of");
    place.write(PROJECT, "{ not json");
    place.run(&["run", PROJECT]).expect(2).complains(PROJECT);
    place.project("sqlite:source.db", "sqlite:target.db", |d| d["tables"][0]["columns"][1]["form"] = json!([]));
    place.run(&["run", PROJECT]).expect(2).complains("tables[0].columns[1].form");
    place.project("sqlite:source.db", "sqlite:target.db", |d| d["options"]["chunk_rows"] = json!(0));
    place.run(&["run", PROJECT]).expect(2).complains("options.chunk_rows");
    place.project("sqlite:source.db", "sqlite:target.db", |d| {
        d["connections"]["target"]["url"] = json!("postgres://me:hush-hush@host/db");
    });
    let ran = place.run(&["run", PROJECT]);
    ran.expect(2).complains("connections.target.url");
    assert!(!ran.err.contains("hush-hush"), "{}", ran.err);
}

#[test]
fn an_unknown_table_is_2_and_is_named() {
    let place = numbered_place();
    place.project("sqlite:source.db", "sqlite:target.db", |d| d["tables"][0]["from"]["table"] = json!("itmes"));
    let checked = place.run(&["check", PROJECT]);
    checked.expect(2);
    assert!(checked.out.contains("itmes") && checked.out.contains("did you mean main.item?"), "{}", checked.out);
    place.run(&["run", PROJECT]).expect(2).complains("itmes");
    assert!(!place.path("target.db").exists(), "nothing was begun");
}

#[test]
fn a_target_with_rows_is_2_until_a_person_says_that_they_may_go() {
    let place = numbered_place();
    let old = "create table item (id integer primary key, label text not null); insert into item values (7, 'mine');";
    let target = place.sqlite("target.db", old);
    place.project("sqlite:source.db", "sqlite:target.db", |_| ());
    place.run(&["run", PROJECT]).expect(2).complains("holds 1 rows");
    place.run(&["run", PROJECT, "--yes"]).expect(2);
    place.project("sqlite:source.db", "sqlite:target.db", |d| d["tables"][0]["existing"] = json!("replace"));
    place.run(&["run", PROJECT]).expect(2).complains("--yes");
    assert_eq!(scalar(&target, "select count(*) from item where label = 'mine'"), 1);
    place.run(&["run", PROJECT, "--yes"]).expect(0);
    assert_eq!(scalar(&target, "select count(*) from item"), 100);
}

#[test]
fn rejected_rows_are_3_and_each_is_in_the_file_that_is_named() {
    let place = numbered_place();
    place.sqlite("target.db", "create table item (id integer primary key, label text not null check (id % 10 <> 0));");
    place.project("sqlite:source.db", "sqlite:target.db", |_| ());
    let ran = place.run(&["run", PROJECT, "--json"]);
    ran.expect(3);
    let last = ran.lines().pop().expect("a last line");
    let table = &last["tables"][0];
    assert_eq!((&table["written"], &table["rejected"]), (&json!(90), &json!(10)), "{last}");
    let rejects = std::fs::read_to_string(table["rejects"].as_str().expect("a path")).expect("the reject file");
    assert_eq!(rejects.lines().count(), 10);
    assert!(rejects.contains("\"key\":\"id=50\""), "{rejects}");
    let report = place.run(&["report", &place.last_run(), "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&report.expect(0).out).expect("JSON");
    assert_eq!(report["outcome"], json!("rejects"));
    assert_eq!(report["tables"][0]["reject_reasons"][0]["rows"], json!(10));
}

#[test]
fn differences_are_4_and_weigh_more_than_rejects() {
    let place = numbered_place();
    // Labels that nobody knows, which a load does not check row by row, and one row that is refused.
    place.sqlite(
        "target.db",
        "create table known (label text primary key);
         create table item (id integer primary key, label text not null references known check (id <> 10));",
    );
    place.project("sqlite:source.db", "sqlite:target.db", |_| ());
    let ran = place.run(&["run", PROJECT]);
    ran.expect(4);
    assert!(ran.out.contains("Differences found"), "{}", ran.out);
    let text = place.run(&["report", &place.last_run()]);
    assert!(text.expect(0).out.contains("99 rows of foreign key (label)"), "{}", text.out);
}

#[test]
fn a_later_change_is_found_by_verify() {
    let place = numbered_place();
    place.project("sqlite:source.db", "sqlite:target.db", |_| ());
    place.run(&["run", PROJECT]).expect(0);
    let target = place.sqlite("target.db", "");
    target
        .execute_batch(
            "update item set label = 'item 51' where id = 50; update item set label = 'item 50' where id = 51;",
        )
        .unwrap();
    // The two changed places: only a checksum over rows sees that.
    place.run(&["verify", PROJECT, "--level", "aggregates"]).expect(0);
    let verified = place.run(&["verify", &place.last_run(), "--level", "checksums", "--json"]);
    verified.expect(4);
    target.execute_batch("delete from item where id = 1").unwrap();
    place.run(&["verify", PROJECT, "--level", "counts"]).expect(4);
}

#[test]
fn a_broken_expression_does_not_start() {
    let place = numbered_place();
    place.project("sqlite:source.db", "sqlite:target.db", |d| {
        d["tables"][0]["columns"][1]["expression"] = json!("no_such_function(label)");
    });
    place.run(&["run", PROJECT]).expect(2).complains("no_such_function");
}
