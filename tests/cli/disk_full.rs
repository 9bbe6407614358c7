//! A target whose disk is full.

#![cfg(target_os = "linux")]

use std::process::Command;

use rowferry_tests::mariadb::MariaDbServer;
use rowferry_tests::postgres::PostgresCluster;
use rowferry_tests::small_disk::SmallDisk;

use super::{PROJECT, Place, Ran, executable, scalar};

/// About 4 MB, in chunks of about 100 kB.
const SOURCE: &str = "create table item (id integer primary key, label text not null);
    insert into item with recursive n(i) as (select 1 union all select i + 1 from n where i < 4000)
    select i, printf('%1000d', i) from n;";

fn place() -> Place {
    let place = Place::new();
    place.sqlite("source.db", SOURCE);
    std::fs::create_dir(place.path("disk")).unwrap();
    place.project("sqlite:source.db", "sqlite:disk/target.db", |d| d["options"]["chunk_rows"] = 100.into());
    place
}

/// Runs a shell script whose first argument is the executable.
fn script(place: &Place, shell: &[&str], script: &str) -> Ran {
    let mut command = Command::new(shell[0]);
    place.prepare(&mut command);
    command.args(&shell[1..]).args(["-c", script, "sh"]).arg(executable());
    Ran::of(command.output().expect("sh"))
}

/// A real file system of 2 MB in a mount namespace of its own, which grows before the resume. Needs a kernel that lets
/// its users have namespaces; where it does not, the limit on a file's size (below) is what remains, and the test says
/// so.
#[test]
fn a_full_disk_is_1_with_a_clear_message_and_the_run_goes_on_when_there_is_room() {
    let place = place();
    let namespace: &[&str] = &["unshare", "--map-root-user", "--mount", "sh"];
    let mountable = Command::new(namespace[0])
        .args(&namespace[1..])
        .args(["-c", "mount -t tmpfs none /mnt"])
        .output()
        .is_ok_and(|o| o.status.success());
    if !mountable {
        eprintln!("this system has no mount namespaces for its users: only the limit on a file's size is tested");
        return;
    }
    let ran = script(
        &place,
        namespace,
        r#"set -e
        mount -t tmpfs -o size=2m none disk
        code=0; "$1" run p.rowferry.json || code=$?
        test $code = 1 || { echo "the full disk gave $code" >&2; exit 99; }
        run=$("$1" runs --json | head -n 1 | sed 's/.*"run":"\([^"]*\)".*/\1/')
        mount -o remount,size=64m disk
        "$1" resume "$run"
        cp disk/target.db copy.db"#,
    );
    ran.expect(0).complains("full").complains("Free some room").complains("rowferry resume");
    let target = place.sqlite("copy.db", "");
    assert_eq!(scalar(&target, "select count(*) from item where cast(label as integer) = id"), 4000);
}

/// `ulimit -f` with its signal ignored: the system refuses to let a file grow, as a quota does.
#[test]
fn a_file_that_may_not_grow_is_1_and_the_run_goes_on_without_the_limit() {
    let place = place();
    // In blocks of 512 bytes: 2 MB.
    let limited = script(&place, &["sh"], r#"trap '' XFSZ; ulimit -f 4096; exec "$1" run p.rowferry.json"#);
    limited.expect(1).complains("rowferry resume");
    let target = place.sqlite("disk/target.db", "");
    let there = scalar(&target, "select count(*) from item");
    assert!((1..4000).contains(&there), "{there} rows were committed before");
    assert_eq!(there % 100, 0, "a chunk is in whole or not at all");
    place.run(&["resume", &place.last_run()]).expect(0);
    assert_eq!(scalar(&target, "select count(*) from item where cast(label as integer) = id"), 4000);
}

/// A run into a server on a small disk ends with what is full, and goes on when the disk has grown.
fn fills_and_goes_on(place: &Place, url: &str, says: &str, grow: impl FnOnce()) {
    place.sqlite("source.db", SOURCE);
    place.project("sqlite:source.db", url, |d| {
        d["options"]["chunk_rows"] = 100.into();
        d["options"]["verify"] = "checksums".into();
    });
    let ran = place.run(&["run", PROJECT]);
    ran.expect(1).complains(says).complains("item").complains("Free some room").complains("rowferry resume");
    // It stays full, and nothing is lost by another try.
    place.run(&["resume", &place.last_run()]).expect(1).complains("Free some room");
    grow();
    place.run(&["resume", &place.last_run()]).expect(0);
}

const WITHOUT: &str = "this system has no mount namespaces for its users: the full disk of a server is not tested";

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_of_a_postgresql_target_is_said_and_the_run_goes_on_when_there_is_room() {
    if !SmallDisk::can_be() {
        eprintln!("{WITHOUT}");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    // The server's own user comes through to it.
    std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("open");
    let small = folder.path().join("small");
    let server = PostgresCluster::on(SmallDisk::new(&small, 3));
    let target = server.database("full").await;
    // Tables of the run and nothing else are on the small disk.
    target.run(&format!("create tablespace small location '{}'", small.display())).await;
    target.run("do $$ begin execute format('alter database %I set default_tablespace = small', current_database()); end $$").await;
    let place = Place::new().with("ROWFERRY_PASSWORD_TARGET", &target.password);
    tokio::task::block_in_place(|| fills_and_goes_on(&place, &target.url, "No space left on device", || server.grow()));
    let each = "select count(distinct id) from item where label::bigint = id";
    assert_eq!(target.scalar::<i64>(each).await, 4000);
    assert_eq!(target.scalar::<i64>("select count(*) from item").await, 4000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_of_a_mariadb_target_is_said_and_the_run_goes_on_when_there_is_room() {
    if !SmallDisk::can_be() {
        eprintln!("{WITHOUT}");
        return;
    }
    let mut server = MariaDbServer::own();
    server.stop();
    // A folder there is a database.
    let disk = SmallDisk::new(&server.data().join("small"), 3);
    server.start_again_on(disk);
    let (place, url) =
        (Place::new().with("ROWFERRY_PASSWORD_TARGET", &server.password), format!("{}small", server.url));
    tokio::task::block_in_place(|| fills_and_goes_on(&place, &url, "full", || server.grow()));
    let target = server.of("small");
    let counts: Vec<(u64, u64)> =
        target.rows("select count(*), count(distinct if(cast(label as integer) = id, id, null)) from item").await;
    assert_eq!(counts, [(4000, 4000)]);
}
