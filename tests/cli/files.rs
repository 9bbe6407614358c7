//! Files as a target: whole or not at all, whatever happens to the run, and the same rows on the way back.

use std::path::Path;
use std::process::Command;

use rusqlite::Connection;
use rusqlite::types::Value;
use serde_json::json;

use super::killed::until;
use super::{PROJECT, Place, Ran, executable, numbered, scalar, small_chunks};

const KINDS: [&str; 2] = ["csv", "parquet"];

const TYPES: &str = "create table every (
        id integer primary key, flag boolean, small smallint, large bigint, price decimal(10,2), mass decimal(30,6),
        ratio double precision, body text, code varchar(20), bytes blob, day date, clock time, moment timestamp
    );
    create table \"Täble جدول\" (\"a \"\"b\"\"\" text, \"عمود\" integer);";

const VALUES: &str = r#"insert into every values
        (1, 1, 7, 9223372036854775807, '12.50', '0.000001', 0.1, 'O''Neil, "Ünï"' || char(10) || 'عربي 🚢', '007',
            x'00ff10', '2020-02-29', '10:11:12.5', '2020-02-29 10:11:12.123456'),
        (2, null, null, null, null, null, null, null, null, null, null, null, null),
        (3, 0, -32768, -9223372036854775808, '-99999999.99', '-123456789012345678901234.567890',
            1.7976931348623157e308, '', 'a;b', x'', '0001-01-01', '23:59:59.999999', '1969-12-31 23:59:59.999999');
    insert into "Täble جدول" values ('x', 1), ('', null), (null, 3);"#;

fn rows(database: &Connection, table: &str) -> Vec<Vec<Value>> {
    let mut statement = database.prepare(&format!("select * from {table} order by rowid")).expect("a table");
    let columns = statement.column_count();
    let rows = statement.query_map([], |r| (0..columns).map(|i| r.get(i)).collect()).expect("rows");
    rows.map(|r| r.expect("a row")).collect()
}

fn files(folder: &Path) -> Vec<String> {
    let Ok(listed) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<_> = listed.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn rows_come_back_from_files_as_they_went() {
    for kind in KINDS {
        let place = Place::new();
        let source = place.sqlite("source.db", &format!("{TYPES}{VALUES}"));
        place.project("sqlite:source.db", &format!("{kind}:out"), |d| d["options"]["verify"] = json!("checksums"));
        let checked = place.run(&["check", PROJECT]);
        assert!(checked.expect(0).out.contains(&format!("publish {kind} file \"every\"")), "{}", checked.out);
        place.run(&["run", PROJECT, "--dry-run"]).expect(0);
        assert!(!place.path("out").exists(), "a check and a dry run make no folder");
        place.run(&["run", PROJECT]).expect(0);
        assert_eq!(files(&place.path("out")).len(), 2, "{:?}", files(&place.path("out")));
        place.run(&["verify", PROJECT, "--level", "checksums"]).expect(0);

        let target = place.sqlite("target.db", TYPES);
        place.project(&format!("{kind}:out"), "sqlite:target.db", |d| d["options"]["verify"] = json!("checksums"));
        place.run(&["run", PROJECT]).expect(0);
        for table in ["every", "\"Täble جدول\""] {
            assert_eq!(rows(&target, table), rows(&source, table), "{table} through {kind}");
        }
    }
}

/// Chunks that are committed: parts in the run's hidden folder.
fn parts(folder: &Path) -> usize {
    let hidden = files(folder).into_iter().filter(|f| f.starts_with(".rowferry-"));
    hidden.flat_map(|f| files(&folder.join(f))).filter(|f| f.ends_with(".part")).count()
}

/// Starts runs in places made anew until one is killed between two of its chunks: where the machine is slow to look, a run
/// may be over before the kill.
fn killed(arguments: &[&str], enough: usize, chunks: usize, make: impl Fn() -> Place) -> (Place, usize) {
    for _ in 0..20 {
        let place = make();
        let mut child = place.start(arguments);
        let out = place.path("out");
        let mut over = false;
        until("chunks are written", || {
            over = child.try_wait().expect("a child").is_some();
            over || parts(&out) >= enough
        });
        // It may be gone already.
        let _ = child.kill();
        child.wait().expect("it is gone");
        let before = parts(&out);
        if !over && (enough..chunks).contains(&before) {
            return (place, before);
        }
    }
    panic!("no run could be killed half way");
}

#[test]
fn a_killed_run_goes_on_with_every_row_once() {
    for kind in KINDS {
        for enough in [1, 40] {
            let (place, before) = killed(&["run", PROJECT, "--json"], enough, 200, || {
                let place = Place::new();
                place.sqlite("source.db", &numbered(5_000));
                place.project("sqlite:source.db", &format!("{kind}:out"), small_chunks);
                place
            });
            let out = place.path("out");
            assert!(before >= enough);
            assert_eq!(files(&out).len(), 1, "nothing is seen of it: {:?}", files(&out));

            let resumed = place.run(&["resume", &place.last_run(), "--json"]);
            let last = resumed.expect(0).lines().pop().expect("a last line");
            assert_eq!(last["tables"][0]["written"], 5_000);
            assert_eq!(files(&out), [format!("item.{kind}")], "no trace of the parts stays");
            place.run(&["verify", PROJECT, "--level", "checksums"]).expect(0);
            once_each(&place, kind);
        }
    }
}

fn once_each(place: &Place, kind: &str) {
    place.project(&format!("{kind}:out"), "sqlite:back.db", |_| ());
    place.run(&["run", PROJECT]).expect(0);
    let back = place.sqlite("back.db", "");
    assert_eq!(scalar(&back, "select count(*) from item"), 5_000);
    assert_eq!(scalar(&back, "select count(distinct id) from item where label = 'item ' || id"), 5_000);
}

#[test]
fn a_file_that_is_there_is_2_until_a_person_says_what_becomes_of_it() {
    for kind in KINDS {
        let place = Place::new();
        place.sqlite("source.db", &numbered(100));
        let url = format!("{kind}:out");
        place.project("sqlite:source.db", &url, |_| ());
        place.run(&["run", PROJECT]).expect(0);
        let file = place.path("out").join(format!("item.{kind}"));
        let old = std::fs::read(&file).unwrap();
        place.run(&["run", PROJECT]).expect(2).complains("holds 100 rows");
        place.run(&["run", PROJECT, "--yes"]).expect(2);
        let existing = |how: &str| {
            let text = std::fs::read_to_string(place.path(PROJECT)).unwrap();
            let mut document: serde_json::Value = serde_json::from_str(&text).unwrap();
            document["tables"][0]["existing"] = json!(how);
            place.write(PROJECT, &document.to_string());
        };
        existing("replace");
        place.run(&["run", PROJECT]).expect(2).complains("--yes");
        assert_eq!(std::fs::read(&file).unwrap(), old);
        place.run(&["run", PROJECT, "--yes"]).expect(0);
        existing("append");
        place.run(&["run", PROJECT]).expect(0);
        let found = place.run(&["discover", &url, "--json"]);
        let rows = found.expect(0).lines()[0]["schemas"][0]["tables"][0]["row_estimate"].clone();
        assert_eq!(rows, json!(200), "{}", found.out);
    }
}

#[test]
fn a_rollback_takes_the_files_away() {
    for kind in KINDS {
        let place = Place::new();
        place.sqlite("source.db", &numbered(100));
        place.project("sqlite:source.db", &format!("{kind}:out"), |_| ());
        place.run(&["run", PROJECT]).expect(0);
        assert_eq!(files(&place.path("out")).len(), 1);
        place.run(&["rollback", &place.last_run()]).expect(0);
        assert_eq!(files(&place.path("out")), Vec::<String>::new());
    }
}

#[test]
fn a_run_that_published_nothing_is_rolled_back_to_the_old_file() {
    for kind in KINDS {
        let (place, _) = killed(&["run", PROJECT, "--json", "--yes"], 1, 200, || {
            let place = Place::new();
            place.sqlite("source.db", &numbered(100));
            place.project("sqlite:source.db", &format!("{kind}:out"), |_| ());
            place.run(&["run", PROJECT]).expect(0);
            let file = place.path("out").join(format!("item.{kind}"));
            std::fs::copy(file, place.path("old")).unwrap();
            std::fs::remove_file(place.path("source.db")).unwrap();
            place.sqlite("source.db", &numbered(5_000));
            place.project("sqlite:source.db", &format!("{kind}:out"), |d| {
                small_chunks(d);
                d["tables"][0]["existing"] = json!("replace");
            });
            place
        });
        let (out, old) = (place.path("out"), std::fs::read(place.path("old")).unwrap());
        let file = out.join(format!("item.{kind}"));
        place.run(&["rollback", &place.last_run()]).expect(0);
        assert_eq!(std::fs::read(&file).unwrap(), old);
        assert_eq!(files(&out), [format!("item.{kind}")]);
    }
}

#[test]
fn one_file_takes_the_table_of_its_name_and_no_other() {
    for kind in KINDS {
        let place = Place::new();
        place.sqlite("source.db", &numbered(100));
        place.project("sqlite:source.db", &format!("{kind}:item.{kind}"), |_| ());
        place.run(&["run", PROJECT]).expect(0);
        assert!(place.path(&format!("item.{kind}")).is_file());
        place.project("sqlite:source.db", &format!("{kind}:other.{kind}"), |_| ());
        place.run(&["run", PROJECT]).expect(1).complains("is one file").complains("files.other");
        assert!(!place.path(&format!("other.{kind}")).exists());
    }
}

/// Uses a limit on a file's size, which the parts keep and the whole file does not.
#[cfg(target_os = "linux")]
#[test]
fn when_the_disk_is_full_the_old_file_stays() {
    let source = "create table item (id integer primary key, label text not null);
        insert into item with recursive n(i) as (select 1 union all select i + 1 from n where i < 4000)
        select i, hex(randomblob(500)) from n;";
    for kind in KINDS {
        let place = Place::new();
        place.sqlite("source.db", &numbered(3));
        place.project("sqlite:source.db", &format!("{kind}:out"), |d| {
            d["options"]["chunk_rows"] = 100.into();
            d["tables"][0]["existing"] = json!("replace");
        });
        place.run(&["run", PROJECT]).expect(0);
        let file = place.path("out").join(format!("item.{kind}"));
        let old = std::fs::read(&file).unwrap();
        std::fs::remove_file(place.path("source.db")).unwrap();
        place.sqlite("source.db", source);
        let mut command = Command::new("sh");
        place.prepare(&mut command);
        // In blocks of 512 bytes: 1 MB.
        let script = r#"trap '' XFSZ; ulimit -f 2048; exec "$1" run p.rowferry.json --yes"#;
        let limited = Ran::of(command.args(["-c", script, "sh"]).arg(executable()).output().expect("sh"));
        limited.expect(1).complains("rowferry resume");
        assert_eq!(std::fs::read(&file).unwrap(), old, "the old file is as it was");
        place.run(&["resume", &place.last_run()]).expect(0);
        let found = place.run(&["discover", &format!("{kind}:out"), "--json"]);
        assert_eq!(found.expect(0).lines()[0]["schemas"][0]["tables"][0]["row_estimate"], json!(4_000));
        place.run(&["accept", &place.last_run()]).expect(0);
        assert_eq!(files(&place.path("out")), [format!("item.{kind}")]);
    }
}
