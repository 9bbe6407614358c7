//! What the commands write.

use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::{PROJECT, Place, Ran, executable, numbered, scalar};

#[test]
fn the_last_line_of_a_run_is_its_result() {
    let place = Place::new();
    place.sqlite("source.db", &numbered(100));
    place.project("sqlite:source.db", "sqlite:target.db", |d| d["tables"][0]["filter"] = json!("id > 40"));
    let ran = place.run(&["run", PROJECT, "--json", "--jobs", "1"]);
    let lines = ran.expect(0).lines();
    assert_eq!(lines[0]["event"], json!("started"));
    let last = lines.last().expect("a last line");
    assert_eq!(last["event"], json!("finished"));
    assert_eq!(last["status"], json!("completed"));
    assert_eq!(last["run"], json!(place.last_run()));
    assert!(last["seconds"].is_number());
    let table = last["tables"][0].as_object().expect("a table");
    let names = ["target", "read", "written", "rejected", "filtered", "bytes", "seconds", "rejects"];
    assert_eq!(table.keys().collect::<Vec<_>>(), names);
    assert_eq!((&table["target"], &table["read"]), (&json!("main.item"), &json!(100)));
    assert_eq!((&table["written"], &table["filtered"], &table["rejects"]), (&json!(60), &json!(40), &Value::Null));
}

#[test]
fn discover_and_check_answer_in_json() {
    let place = Place::new();
    place.sqlite("source.db", &numbered(3));
    let catalog = place.run(&["discover", "sqlite:source.db", "--json"]).expect(0).lines().remove(0);
    assert_eq!(catalog["schemas"][0]["tables"][0]["columns"][1]["name"], json!("label"));
    let text = place.run(&["discover", "sqlite:source.db"]);
    assert!(text.expect(0).out.contains("main.item"), "{}", text.out);
    place.project("sqlite:source.db", "sqlite:target.db", |_| ());
    let plan = place.run(&["check", PROJECT, "--json"]).expect(0).lines().remove(0);
    assert_eq!(plan["steps"][0]["creates"], json!(true));
}

#[test]
fn a_suggested_project_counts_its_files_from_its_own_folder() {
    let place = Place::new();
    place.sqlite("source.db", &numbered(3));
    std::fs::create_dir(place.path("projects")).unwrap();
    let made = ["suggest", "--from", "sqlite:source.db", "--to", "sqlite:projects/t.db", "--accept", "0.8"];
    place.run(&[&made[..], &["-o", "projects/x.rowferry.json"]].concat()).expect(0);
    let text = std::fs::read_to_string(place.path("projects/x.rowferry.json")).unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["connections"]["target"]["url"], json!("sqlite:t.db"));
    let source = document["connections"]["source"]["url"].as_str().unwrap().to_string();
    assert!(source.starts_with("sqlite:/") && source.ends_with("/source.db"), "{source}");
    // By its name, now that the workspace knows it.
    place.run(&["run", "x"]).expect(0);
    let printed = place.run(&made);
    let printed: Value = serde_json::from_str(&printed.expect(0).out).expect("only the project is on standard output");
    assert_eq!(printed["source"], json!("source"));
}

#[test]
fn without_accept_nothing_is_confirmed() {
    let place = Place::new();
    place.sqlite("source.db", &numbered(3));
    place.run(&["suggest", "--from", "sqlite:source.db", "--to", "sqlite:t.db", "-o", PROJECT]).expect(0);
    place.run(&["run", PROJECT]).expect(2).complains("no table is mapped");
}

#[test]
fn a_report_has_three_forms_and_escapes_what_it_is_told() {
    let place = Place::new();
    place.sqlite("source.db", &numbered(3));
    place.project("sqlite:source.db", "sqlite:target.db", |d| d["name"] = json!("<script>alert(1)</script>"));
    place.run(&["run", PROJECT]).expect(0);
    let run = place.last_run();
    place.run(&["report", &run, "--format", "html", "-o", "r.html"]).expect(0);
    let html = std::fs::read_to_string(place.path("r.html")).unwrap();
    assert!(html.contains("Complete and verified") && html.contains("Accepted by"), "{html}");
    assert!(!html.contains("<script"), "what comes from data is escaped");
    assert!(!html.contains("src=") && !html.contains("@import"), "the page needs nothing else");
    let text = place.run(&["report", &run]);
    assert!(text.expect(0).out.contains("COMPLETE AND VERIFIED"), "{}", text.out);
    let long: Vec<&str> = text.out.lines().filter(|l| l.chars().count() > 100).collect();
    assert!(long.is_empty(), "{long:?}");
    let json: Value = serde_json::from_str(&place.run(&["report", &run, "--format", "json"]).expect(0).out).unwrap();
    assert_eq!(json["outcome"], json!("green"));
}

#[test]
fn rollback_takes_out_what_the_run_wrote() {
    let place = Place::new();
    place.sqlite("source.db", &numbered(50));
    place.project("sqlite:source.db", "sqlite:target.db", |_| ());
    place.run(&["run", PROJECT]).expect(0);
    let run = place.last_run();
    place.run(&["rollback", &run]).expect(0);
    let target = place.sqlite("target.db", "");
    assert_eq!(scalar(&target, "select count(*) from sqlite_master where name = 'item'"), 0);
    place.run(&["rollback", &run]).expect(2);
    place.run(&["resume", &run]).expect(2).complains("rolled back");
    place.run(&["run", PROJECT]).expect(0);
}

#[test]
fn match_ranks_pairs_best_first() {
    let place = Place::new();
    let side = |table: &str, columns: [&str; 2]| json!({"tables": [{"name": table, "columns": columns.map(|c| json!({"name": c, "type": "text"}))}]});
    let task = json!({"name": "t", "source": side("cust", ["cust_nm", "cust_city"]), "target": side("customers", ["name", "city"])});
    place.write("task.json", &task.to_string());
    let rows = place.run(&["match", "task.json", "--top", "2"]).expect(0).lines();
    let scores: Vec<f64> = rows.iter().map(|r| r["score"].as_f64().expect("a score")).collect();
    assert!(scores.is_sorted_by(|a, b| a >= b), "{scores:?}");
    assert!(rows.iter().any(|r| r["source"] == json!("cust.cust_nm") && r["target"] == json!("customers.name")));
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_panic() {
    let place = Place::new();
    let tables: String =
        (0..2000).map(|i| format!("create table table_number_{i} (id integer primary key);")).collect();
    place.sqlite("source.db", &format!("begin; {tables} commit;"));
    let mut shell = Command::new("sh");
    place.prepare(&mut shell);
    shell.arg("-c").arg("\"$1\" discover sqlite:source.db | head -n 1").arg("sh").arg(executable());
    let ran = Ran::of(shell.stderr(Stdio::piped()).stdout(Stdio::piped()).output().expect("sh"));
    ran.expect(0);
    assert_eq!(ran.err, "");
}

#[cfg(unix)]
#[test]
fn a_run_goes_on_when_nobody_reads_its_progress() {
    let place = Place::new();
    place.sqlite("source.db", &numbered(5000));
    place.project("sqlite:source.db", "sqlite:target.db", super::small_chunks);
    let mut child = place.start(&["run", PROJECT, "--json"]);
    drop(child.stdout.take());
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
    let target = place.sqlite("target.db", "");
    assert_eq!(scalar(&target, "select count(*) from item"), 5000);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_keys_of_postgresql_say_beyond_their_columns_is_listed_as_not_carried() {
    let cluster = rowferry_tests::postgres::PostgresCluster::shared();
    let (source, target) = (cluster.database("keys_say").await, cluster.database("keys_say_to").await);
    source
        .run(
            "create table parent (a integer, b integer, primary key (a, b));
             create table child (id integer primary key deferrable, a integer, b integer, n integer,
                                 constraint whole foreign key (a, b) references parent match full,
                                 constraint once unique nulls not distinct (n));",
        )
        .await;
    let place = Place::new()
        .with("ROWFERRY_PASSWORD_SOURCE", &source.password)
        .with("ROWFERRY_PASSWORD_TARGET", &target.password);
    place.project(&source.url, &target.url, |_| {});
    let said = place.run(&["check", PROJECT, "--schema-only"]).expect(0).out.clone();
    for line in [
        "one key deferral of the source is not carried: child_pkey of child",
        "one full-match rule of the source is not carried: whole of child",
        "one null-equality rule of the source is not carried: once of child",
    ] {
        assert!(said.contains(line), "{line}\n{said}");
    }
}
