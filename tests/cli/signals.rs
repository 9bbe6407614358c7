//! Ctrl-C.

#![cfg(unix)]

use std::io::{BufRead, BufReader};
use std::process::Child;

use super::killed::{chunks_in, until};
use super::{PROJECT, Place, Ran, numbered, scalar, signal, small_chunks};

const ROWS: u32 = 100_000;

/// Starts a run and stops it between two chunks by taking the target's lock.
fn held_half_way(place: &Place, target: &rusqlite::Connection) -> Child {
    let child = place.start(&["run", PROJECT, "--json"]);
    until("ten chunks are in the target", || chunks_in(target) >= 10);
    target.execute_batch("begin immediate").expect("the target's lock");
    child
}

#[test]
fn ctrl_c_ends_with_130_and_the_run_goes_on_later() {
    let place = Place::new();
    place.sqlite("source.db", &numbered(ROWS));
    place.project("sqlite:source.db", "sqlite:target.db", small_chunks);
    let target = place.sqlite("target.db", "");
    let mut child = held_half_way(&place, &target);
    signal(&child, "INT");
    let mut complaints = BufReader::new(child.stderr.take().expect("standard error"));
    let mut line = String::new();
    complaints.read_line(&mut line).expect("a remark");
    assert!(line.contains("cancelling"), "{line}");
    target.execute_batch("rollback").unwrap();
    let ended = Ran::of(child.wait_with_output().expect("it ends"));
    ended.expect(130);
    assert_eq!(ended.lines().pop().expect("a last line")["status"], "cancelled");
    let mut rest = String::new();
    std::io::Read::read_to_string(&mut complaints, &mut rest).unwrap();
    let run = place.last_run();
    assert!(rest.contains(&format!("rowferry resume {run}")), "{rest}");
    let there = scalar(&target, "select count(*) from item");
    assert!((1..i64::from(ROWS)).contains(&there), "{there} rows were committed before");
    place.run(&["verify", &run]).expect(2);
    place.run(&["resume", &run]).expect(0);
    assert_eq!(scalar(&target, "select count(*) from item where label = 'item ' || id"), i64::from(ROWS));
    place.run(&["resume", &run]).expect(2).complains("complete");
}

#[test]
fn a_second_ctrl_c_kills_and_nothing_is_lost() {
    let place = Place::new();
    place.sqlite("source.db", &numbered(ROWS));
    place.project("sqlite:source.db", "sqlite:target.db", small_chunks);
    let target = place.sqlite("target.db", "");
    let mut child = held_half_way(&place, &target);
    signal(&child, "INT");
    let mut complaints = BufReader::new(child.stderr.take().expect("standard error"));
    let mut line = String::new();
    complaints.read_line(&mut line).expect("a remark");
    signal(&child, "INT");
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    target.execute_batch("rollback").unwrap();
    place.run(&["resume", &place.last_run()]).expect(0);
    assert_eq!(scalar(&target, "select count(*) from item where label = 'item ' || id"), i64::from(ROWS));
}
