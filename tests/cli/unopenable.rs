//! What cannot be opened or read, and passwords.

use std::net::TcpListener;

use rowferry_tests::postgres::PostgresCluster;
use serde_json::json;

use super::{PROJECT, Place, numbered, scalar};

/// A port on which nobody listens.
fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port()
}

/// The URL with a password in it, as it is.
fn with_password(url: &str, password: &str) -> String {
    url.replacen('@', &format!(":{password}@"), 1)
}

#[test]
fn an_unreachable_server_is_1_and_is_named() {
    let place = Place::new().with("ROWFERRY_PASSWORD_SOURCE", "hush-hush");
    let host = format!("127.0.0.1:{}", closed_port());
    let ran = place.run(&["discover", &format!("postgres://me@{host}/db")]);
    ran.expect(1).complains(&host).complains("Check host, port and firewall");
    assert!(!ran.err.contains("hush-hush"), "{}", ran.err);
}

#[test]
fn a_missing_file_is_1_and_is_named() {
    let place = Place::new();
    place.run(&["discover", "sqlite:nowhere.db"]).expect(1).complains("nowhere.db");
    place.run(&["discover", "csv:nowhere.csv"]).expect(1).complains("nowhere.csv");
    place.sqlite("source.db", &numbered(3));
    place.project("sqlite:source.db", "sqlite:target.db", |_| ());
    std::fs::remove_file(place.path("source.db")).unwrap();
    place.run(&["run", PROJECT]).expect(1).complains("source.db");
    assert!(!place.path("target.db").exists(), "nothing was begun");
}

#[test]
fn a_file_that_is_no_database_is_1_and_stays_as_it_is() {
    let place = Place::new();
    place.write("letter.db", "Dear reader, this is a letter and not a database. Yours sincerely.");
    place.run(&["discover", "sqlite:letter.db"]).expect(1).complains("letter.db");
    place.sqlite("source.db", &numbered(3));
    place.run(&["suggest", "--from", "sqlite:source.db", "--to", "sqlite:letter.db"]).expect(1).complains("letter.db");
    assert!(std::fs::read_to_string(place.path("letter.db")).unwrap().starts_with("Dear reader"));
}

#[test]
fn a_broken_line_of_a_csv_file_is_rejected_by_its_number() {
    let place = Place::new();
    place.write("people.csv", "id,name\n1,Ada\n2,\"Grace\"\n3,Too,many\n4,Linus\n");
    place.project("csv:people.csv", "sqlite:target.db", |_| ());
    let ran = place.run(&["run", PROJECT, "--json"]);
    ran.expect(3);
    let last = ran.lines().pop().expect("a last line");
    assert_eq!((&last["tables"][0]["written"], &last["tables"][0]["rejected"]), (&json!(3), &json!(1)), "{last}");
    let rejects = std::fs::read_to_string(last["tables"][0]["rejects"].as_str().expect("a path")).unwrap();
    assert!(rejects.contains("line=4"), "{rejects}");
    let target = place.sqlite("target.db", "");
    assert_eq!(scalar(&target, "select count(*) from people"), 3);
}

#[tokio::test]
async fn a_wrong_password_is_1_and_is_not_repeated() {
    let database = PostgresCluster::shared().database("cli_wrong").await;
    let place = Place::new().with("ROWFERRY_PASSWORD_SOURCE", "hush-hush");
    let ran = place.run(&["discover", &database.url]);
    ran.expect(1).complains("password");
    assert!(!ran.err.contains("hush-hush"), "{}", ran.err);
    let ran = place.run(&["discover", &with_password(&database.url, "loud-loud")]);
    ran.expect(1);
    assert!(!ran.err.contains("loud-loud"), "{}", ran.err);
    let nobody = Place::new().run(&["discover", &database.url]);
    nobody.expect(1).complains("ROWFERRY_PASSWORD_");
}

#[tokio::test]
async fn passwords_of_any_characters_connect_and_are_kept_nowhere() {
    let database = PostgresCluster::shared().database("cli_password").await;
    let role = format!("cli_{}", std::process::id());
    for (number, password) in
        ["p@:/%#?w d", "a@b@c", "99%z", "q?x=1&y#z", "it's \"quoted\" \\ back"].into_iter().enumerate()
    {
        let role = format!("{role}_{number}");
        let quoted = password.replace('\'', "''");
        database.run("set standard_conforming_strings = on").await;
        database.run(&format!("create role {role} superuser login password '{quoted}'")).await;
        let url = database.url.replacen("//postgres@", &format!("//{role}@"), 1);
        assert_ne!(url, database.url, "the server's user is postgres");
        let target = format!("{url}?schema=s{number}");
        database.run(&format!("create schema s{number}")).await;

        let place = Place::new();
        place.sqlite("source.db", &numbered(20));
        place.run(&["discover", &with_password(&url, password)]).expect(0);
        place.project("sqlite:source.db", &with_password(&target, password), |_| ());
        place.holds_nowhere(password);

        let place = place.with("ROWFERRY_PASSWORD_TARGET", password);
        let ran = place.run(&["run", PROJECT]);
        ran.expect(0);
        let run = place.last_run();
        for format in ["html", "json", "text"] {
            assert!(!place.run(&["report", &run, "--format", format]).expect(0).out.contains(password));
        }
        place.holds_nowhere(password);
        assert_eq!(database.scalar::<i64>(&format!("select count(*) from s{number}.item")).await, 20);
        database.run(&format!("drop owned by {role} cascade; drop role {role}")).await;
    }
}
