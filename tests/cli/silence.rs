//! No cell value and no password in what is printed, logged or remembered, however much is asked for and whatever fails.

use std::io::{BufRead, BufReader, Read};

use rowferry_tests::mariadb::MariaDbServer;
use rowferry_tests::postgres::PostgresCluster;
use serde_json::Value;

use super::{PROJECT, Place, Ran};

const VALUE: &str = "PlantedCellValue7319";
const PASSWORD: &str = "PlantedPassword7319";

#[track_caller]
fn says_neither(ran: &Ran, what: &str) {
    for marker in [VALUE, PASSWORD] {
        assert!(
            !ran.out.contains(marker) && !ran.err.contains(marker),
            "{what} says {marker}:\n{}\n{}",
            ran.out,
            ran.err
        );
    }
}

/// No file of the workspace holds a marker, but reject files and reports, whose use that is.
#[track_caller]
fn remembers_neither(place: &Place) {
    let mut folders = vec![place.path("home")];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(&folder).expect("a folder").map(|e| e.expect("an entry").path()) {
            if path.is_dir() {
                if path.file_name().is_none_or(|n| n != "rejects") {
                    folders.push(path);
                }
                continue;
            }
            let bytes = std::fs::read(&path).expect("a file");
            for marker in [VALUE, PASSWORD] {
                let found = bytes.windows(marker.len()).any(|w| w == marker.as_bytes());
                assert!(!found, "{} holds {marker}", path.display());
            }
        }
    }
}

#[test]
fn postgres_refuses_rows_and_logins_and_no_value_and_no_password_is_said() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let target = runtime.block_on(PostgresCluster::shared().database("cli_silence"));
    runtime.block_on(target.run(
        "create table item (id integer primary key, label text unique, note varchar(40), n integer);
         create function refuse() returns trigger language plpgsql as $$ begin
             if new.id = 5 then raise exception 'not this one: %', new.label using errcode = 'check_violation'; end if;
             return new; end $$;
         create trigger refuse before insert on item for each row execute function refuse();",
    ));
    let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &target.password).with("ROWFERRY_LOG", "trace");
    place.sqlite("source.db", &planted());
    everything_is_silent(&place, &target.url);

    let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", PASSWORD).with("ROWFERRY_LOG", "trace");
    place.sqlite("source.db", "create table item (id integer primary key);");
    let from = "sqlite:source.db";
    for arguments in [
        vec!["suggest", "--from", from, "--to", &target.url, "-o", PROJECT],
        vec!["discover", &target.url],
        vec!["discover", "postgres://nobody:PlantedPassword7319@127.0.0.1:1/x"],
        vec!["discover", "mysql://nobody:PlantedPassword7319@127.0.0.1:1/x"],
    ] {
        let ran = place.run(&arguments);
        assert_ne!(ran.code, Some(0), "{}", ran.out);
        says_neither(&ran, &arguments[..1].join(" "));
    }
    // None of these came as far as a workspace.
    assert!(!place.path("home").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn mariadb_refuses_rows_and_logins_and_no_value_and_no_password_is_said() {
    let target = MariaDbServer::shared().database("cli_silence").await;
    target
        .run(&[
            "create table item (id integer primary key, label varchar(300) unique, note varchar(40), n integer)",
            "create trigger refuse before insert on item for each row begin
                 declare words varchar(400) default concat('not this one: ', new.label);
                 if new.id = 5 then signal sqlstate '45000' set message_text = words; end if;
             end",
        ])
        .await;
    let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &target.password).with("ROWFERRY_LOG", "trace");
    place.sqlite("source.db", &planted());
    everything_is_silent(&place, &target.url);

    let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", PASSWORD).with("ROWFERRY_LOG", "trace");
    let ran = place.run(&["discover", &target.url.replace("root@", &format!("root:{PASSWORD}@"))]);
    assert_ne!(ran.code, Some(0), "{}", ran.out);
    says_neither(&ran, "discover");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_run_into_postgres_or_mariadb_that_goes_on_says_no_value_and_no_password() {
    let postgres = PostgresCluster::shared().database("cli_silence").await;
    let mariadb = MariaDbServer::shared().database("cli_silence").await;
    for (url, password) in [(&postgres.url, &postgres.password), (&mariadb.url, &mariadb.password)] {
        let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", password).with("ROWFERRY_LOG", "trace");
        place.sqlite(
            "source.db",
            &format!(
                "create table item (id integer primary key, label text not null, n integer);
                 insert into item with recursive i(n) as (select 1 union all select n + 1 from i where n < 4000)
                 select n, '{VALUE}' || n, case n % 100 when 0 then '{VALUE}' else n end from i;"
            ),
        );
        place.project("sqlite:source.db", url, |document: &mut Value| {
            document["options"]["verify"] = "counts".into();
            document["options"]["chunk_rows"] = 20.into();
            document["options"]["reject_limit"] = Value::Null;
        });
        let mut child = place.start(&["run", PROJECT, "--json"]);
        let mut reader = BufReader::new(child.stdout.take().expect("its output"));
        let (mut out, mut err) = (String::new(), String::new());
        for _ in 0..8 {
            reader.read_line(&mut out).expect("a line");
        }
        child.kill().expect("SIGKILL");
        reader.read_to_string(&mut out).expect("the rest");
        child.stderr.take().expect("its complaints").read_to_string(&mut err).expect("text");
        let code = child.wait().expect("it is gone").code();
        assert_eq!(code, None, "it was killed");
        says_neither(&Ran { code, out, err }, "the killed run");
        let run = place.last_run();
        for arguments in [&["resume", &run, "--json"][..], &["report", &run], &["runs", "--json"], &["verify", &run]] {
            says_neither(&place.run(arguments), &arguments.join(" "));
        }
        assert_eq!(place.run(&["runs", "--json"]).lines()[0]["status"], "completed");
        remembers_neither(&place);
    }
}

/// Rows of which some are refused for their key, length, type and by a trigger.
fn planted() -> String {
    format!(
        "create table item (id integer primary key, label text, note text, n integer);
         insert into item values (1, '{VALUE}', 'x', 1), (2, '{VALUE}', 'x', 2),
             (3, 'long', '{VALUE}{VALUE}{VALUE}{VALUE}', 3), (4, 'number', 'x', '{VALUE}'), (5, '{VALUE}5', 'x', 5);"
    )
}

/// Whatever is done with these rows.
fn everything_is_silent(place: &Place, url: &str) {
    // The least and greatest values of a comparison are the report's, which is kept in the workspace.
    place.project("sqlite:source.db", url, |document| document["options"]["verify"] = "counts".into());
    for arguments in [
        &["check", PROJECT][..],
        &["run", PROJECT, "--dry-run"],
        &["run", PROJECT],
        &["runs"],
        &["discover", "sqlite:source.db"],
    ] {
        says_neither(&place.run(arguments), &arguments.join(" "));
    }
    let run = place.last_run();
    for arguments in [&["report", &run][..], &["rollback", &run, "--yes"], &["resume", &run]] {
        says_neither(&place.run(arguments), &arguments.join(" "));
    }
    remembers_neither(place);
}
