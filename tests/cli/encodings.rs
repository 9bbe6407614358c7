//! CSV files in other encodings than UTF-8, and MySQL columns in other character sets.

use rowferry_tests::mariadb::MariaDbServer;
use rowferry_tests::postgres::PostgresCluster;

use super::examined::seen;
use super::{PROJECT, Place};

/// "مرحبا" in Windows-1256.
const HELLO: &[u8] = b"\xe3\xd1\xcd\xc8\xc7";

fn words(place: &Place, sql: &str) -> String {
    let database = place.sqlite("target.db", "");
    database.query_row(sql, [], |r| r.get(0)).expect("a text")
}

fn utf16(text: &str) -> Vec<u8> {
    [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

#[test]
fn an_arabic_file_is_proposed_its_encoding_and_read_in_it() {
    let place = Place::new();
    let mut file = b"id,word\n".to_vec();
    for id in 1..=40 {
        file.extend(format!("{id},").bytes());
        file.extend([HELLO, b" ", b"\xc8\xc7\xe1\xda\xc7\xe1\xe3", b"\n"].concat());
    }
    std::fs::write(place.path("words.csv"), &file).expect("a file");
    place.project("csv:words.csv", "sqlite:target.db", |_| {});
    let found = seen(&place);
    assert_eq!(
        found,
        [
            "warning unreadable-values [word] 40 line=2: Read the source's files as windows-1256, Read as NULL, Read as text"
        ]
    );
    let ran = place.run(&["run", PROJECT]);
    assert_ne!(ran.code, Some(0), "without a choice every row is rejected: nothing stands in");
    place.run(&["rollback", &place.last_run()]).expect(0);
    place.run(&["check", PROJECT, "--choose", "1"]).expect(0);
    let document = std::fs::read_to_string(place.path(PROJECT)).expect("the project");
    assert!(document.contains("words.csv?encoding=windows-1256"), "{document}");
    place.run(&["run", PROJECT]).expect(0);
    assert_eq!(words(&place, "select word from words where id = 1"), "مرحبا بالعالم");
}

#[test]
fn a_byte_that_has_no_character_rejects_its_row_with_line_column_and_byte() {
    let place = Place::new();
    std::fs::write(place.path("t.csv"), b"id,word\n1,caf\xe9\n2,\"a\n\x81\"\n3,\x80\n").expect("a file");
    place.project("csv:t.csv?encoding=latin1", "sqlite:target.db", |_| {});
    place.run(&["run", PROJECT]).expect(3);
    assert_eq!(words(&place, "select group_concat(word, '|') from (select word from t order by id)"), "café|€");
    let rejects = place.run(&["report", &place.last_run(), "--format", "json"]).out;
    let report: serde_json::Value = serde_json::from_str(&rejects).expect("a report");
    let path = report["tables"][0]["rejects"].as_str().expect("a reject file").to_string();
    let kept = std::fs::read_to_string(path).expect("rejects");
    assert!(kept.contains("line 4: the value is not windows-1252 at byte 20") && kept.contains("word"), "{kept}");
    assert!(kept.contains("\\\\x610a81"), "as hexadecimal digits: {kept}");
}

#[test]
fn utf_16_is_read_by_its_mark_and_written_back() {
    let place = Place::new();
    let text: String =
        "id;word\r\n".to_string() + &(1..=3000).map(|i| format!("{i};\"مرحبا; 😀 {i}\"\r\n")).collect::<String>();
    std::fs::write(place.path("t.csv"), utf16(&text)).expect("a file");
    place.sqlite("target.db", "create table t (id integer primary key, word text);");
    place.project("csv:t.csv", "sqlite:target.db", |project| project["options"]["chunk_rows"] = 700.into());
    place.run(&["run", PROJECT]).expect(0);
    assert_eq!(words(&place, "select count(*) || max(id) || min(word) from t"), "30003000مرحبا; 😀 1");
    std::fs::create_dir(place.path("out")).expect("a folder");
    place.project("sqlite:target.db", "csv:out?encoding=utf-16le&delimiter=%3B&lines=crlf", |_| {});
    place.run(&["run", PROJECT]).expect(0);
    assert_eq!(std::fs::read(place.path("out/t.csv")).expect("a file"), utf16(&text));
    // Rows for a file that exists are written in its encoding.
    place.sqlite("more.db", "create table t (id integer primary key, word text); insert into t values (9001, 'é');");
    place.project("sqlite:more.db", "csv:out", |project| project["tables"][0]["existing"] = "append".into());
    place.run(&["run", PROJECT]).expect(0);
    let more = text + "9001;é\n";
    assert_eq!(std::fs::read(place.path("out/t.csv")).expect("a file"), utf16(&more));
}

#[test]
fn a_character_that_the_file_has_no_bytes_for_rejects_its_row() {
    let place = Place::new();
    place.sqlite(
        "source.db",
        "create table t (id integer primary key, word text); insert into t values (1, 'مرحبا'), (2, '漢'), (3, 'é');",
    );
    place.project("sqlite:source.db", "csv:out.csv?encoding=windows-1256", |project| {
        project["tables"][0]["to"]["table"] = "out".into();
    });
    place.run(&["run", PROJECT]).expect(3);
    let file = std::fs::read(place.path("out.csv")).expect("a file");
    assert_eq!(file, [b"id,word\n1,".as_slice(), HELLO, b"\n3,\xe9\n"].concat());
    let report = place.run(&["report", &place.last_run(), "--format", "json"]).out;
    assert!(report.contains("U+6F22, which windows-1256 has no bytes for"), "{report}");
}

#[test]
fn an_unknown_encoding_and_one_that_hides_the_delimiter_are_refused() {
    let place = Place::new();
    place.write("t.csv", "a|b\n1|2\n");
    let ran = place.run(&["discover", "csv:t.csv?encoding=utf-7"]);
    assert_ne!(ran.code, Some(0));
    ran.complains("no encoding of a CSV file");
    let ran = place.run(&["discover", "csv:t.csv?encoding=shift_jis&delimiter=%7C"]);
    assert_ne!(ran.code, Some(0));
    ran.complains("cannot be told from a part of a character in Shift_JIS");
}

#[tokio::test(flavor = "multi_thread")]
async fn mysql_columns_in_arabic_and_western_character_sets_cross_both_ways() {
    const TABLE: &str = "create table t (id int primary key, arabic varchar(40) character set cp1256, \
                         western varchar(40) character set latin1)";
    let server = MariaDbServer::shared();
    let (source, back) = (server.database("charsets").await, server.database("charsets_back").await);
    source
        .run(&["set names utf8mb4", TABLE, "insert into t values (1, 'مرحبا بالعالم', 'café €'), (2, null, '')"])
        .await;
    let middle = PostgresCluster::shared().database("charsets").await;
    let place = Place::new()
        .with("ROWFERRY_PASSWORD_SOURCE", &source.password)
        .with("ROWFERRY_PASSWORD_TARGET", &middle.password);
    place.project(&source.url, &middle.url, |_| {});
    place.run(&["run", PROJECT]).expect(0);
    let texts = "select arabic || '|' || western from t where id = 1";
    assert_eq!(middle.scalar::<String>(texts).await, "مرحبا بالعالم|café €");
    middle.run("insert into t values (3, '漢', 'x'), (4, 'x', 'مرحبا')").await;
    back.run(&[TABLE]).await;
    let place = Place::new()
        .with("ROWFERRY_PASSWORD_SOURCE", &middle.password)
        .with("ROWFERRY_PASSWORD_TARGET", &back.password);
    place.project(&middle.url, &back.url, |_| {});
    // What the column's character set does not have is rejected, never a question mark.
    place.run(&["run", PROJECT]).expect(3);
    let hex = "select hex(arabic) from t where id = 1";
    assert_eq!(back.rows::<String>(hex).await, source.rows::<String>(hex).await);
    assert_eq!(back.rows::<i32>("select id from t order by id").await, [1, 2]);
    assert_eq!(back.rows::<String>("select western from t where id = 1").await, ["café €"]);
}
