//! What is broken, too deep or not as it was scanned: it costs as little as it can, and is told.

use super::*;

#[tokio::test]
async fn a_broken_line_costs_itself_and_says_where() {
    let mut text = String::new();
    (1..=10_000).for_each(|i| {
        text += &match i {
            5_000 => "{\"n\": 5000, \"s\": tru}\n".to_string(),
            _ => format!("{{\"n\": {i}, \"s\": true}}\n"),
        }
    });
    let file = opened("a.jsonl", &text, "").await;
    assert_eq!(file.columns("a"), [("n", LogicalType::INT64), ("s", LogicalType::Boolean)]);
    let seen = file.seen("a").await;
    assert_eq!((seen.count, seen.faults.len()), (9_999, 1));
    let fault = &seen.faults[0];
    let at = text.find("tru}").unwrap();
    assert_eq!(fault.reason, format!("line 5000, byte {at}: a value is expected"));
    assert_eq!((fault.position, fault.row[0].1.as_deref()), (Some(5_000), Some("{\"n\": 5000, \"s\": tru}")));
    assert_eq!(file.table("a").comment.as_deref(), Some("1 document is broken"));
    assert_eq!(file.connection.read().count(file.table("a")).await.unwrap(), 10_000);

    let lines =
        b"{\"a\":1}\n{\"a\":\n{\"a\":1,}\n[\n{\"a\":\"\xff\"}\n{\"a\":1} x\n{\"a\":2}\n{\"a\":01}\n{\"a\":\"\x01\"}\n";
    let file = opened("a.jsonl", lines, "").await;
    let seen = file.seen("a").await;
    assert_eq!(seen.positions, [Some(1), Some(7)]);
    let lines: Vec<_> = seen.faults.iter().map(|f| f.reason.split(',').next().unwrap().to_string()).collect();
    assert_eq!(lines, ["line 2", "line 3", "line 4", "line 5", "line 6", "line 8", "line 9"]);
    file.agrees_with_itself("a").await;
}

#[tokio::test]
async fn a_file_whose_documents_cannot_be_told_apart_is_an_error() {
    for (text, byte) in [
        ("[{\"a\":1},{\"a\":2}", 16),
        ("[{\"a\":1},{\"a\":", 14),
        ("[{\"a\":1} {\"a\":2}]", 9),
        ("[{\"a\":1}] x", 10),
        ("[1,]", 3),
        ("{\"a\":\n1}\n}", 9),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("torn.json");
        std::fs::write(&path, text).unwrap();
        let connection = connect(&endpoint(&path, ""), Access::ReadOnly).await.unwrap();
        let Err(error) = connection.catalog().await else { panic!("{text} was taken") };
        assert_eq!(error.kind, ErrorKind::BadData);
        assert_eq!(error.context.byte, Some(byte), "{text}: {error}");
        assert!(error.to_string().contains("torn.json") && error.context.line.is_some(), "{error}");
    }
}

#[tokio::test]
async fn deep_nesting_is_a_fault_and_no_crash() {
    let deep = |n: usize| format!("{{\"a\": {}{}}}\n", "[".repeat(n), "]".repeat(n));
    let file = opened("d.jsonl", deep(127) + &deep(128) + &deep(100_000) + "{\"a\": []}\n", "").await;
    let seen = file.seen("d").await;
    assert_eq!(seen.positions, [Some(1), Some(4)]);
    assert!(seen.faults.iter().all(|f| f.reason.contains("nested more than 128 deep")), "{:?}", seen.faults[0].reason);
    let flat: String = (0..100).map(|i| format!("{{\"k{i}\":")).collect::<String>() + "1" + &"}".repeat(100);
    let file = opened("d.json", flat, "").await;
    assert_eq!(file.columns("d").len(), 1, "what is very deep stays JSON");
}

#[tokio::test]
async fn what_was_not_scanned_is_a_fault() {
    // The sample is the first MiB.
    let mut text = String::new();
    while text.len() < 1 << 20 {
        text += "{\"id\": 1, \"o\": {\"x\": 1}, \"l\": [{\"y\": 1}]}\n";
    }
    let known = text.lines().count() as i64;
    text += "{\"id\": \"hush\", \"o\": {\"x\": 1}, \"l\": []}\n{\"id\": 1, \"new\": 1}\n{\"id\": 1, \"o\": {\"x\": 1, \"z\": 2}}\n";
    text += "{\"id\": 1, \"o\": 5}\n{\"id\": 1, \"l\": {\"y\": 2}}\n{\"id\": 1, \"l\": [{\"y\": 2}, {\"y\": \"hush\"}, 7]}\n";
    let file = opened("s.jsonl", &text, "?scan=1").await;
    assert!(file.table("s").comment.as_deref().unwrap().contains("the first 1 MiB"));
    let seen = file.seen("s").await;
    let faults: Vec<_> = seen.faults.iter().map(|f| (f.position.unwrap() - known, f.column.as_deref())).collect();
    assert_eq!(faults, [(1, Some("id")), (2, Some("new")), (3, Some("z")), (4, Some("o"))]);
    let seen = file.seen("s.l").await;
    let faults: Vec<_> = seen.faults.iter().map(|f| (f.position.unwrap() - known, f.column.as_deref())).collect();
    assert_eq!(faults, [(5, None), (6, Some("y")), (6, None)]);
    assert!(seen.faults.iter().all(|f| !f.reason.contains("hush")));
    let known: Vec<_> =
        opened("s.jsonl", &text, "?scan=all").await.columns("s").iter().map(|c| c.0.to_string()).collect();
    assert_eq!(known, ["id", "o", "l", "new"], "what is of two types stays JSON");
}

#[tokio::test]
async fn more_keys_than_columns_stay_json() {
    let members: Vec<String> = (0..1_500).map(|i| format!("\"k{i}\":{i}")).collect();
    let file = opened("w.json", format!("[{{\"o\":{{{}}},\"i\":1}}]", members.join(",")), "").await;
    assert_eq!(file.columns("w"), [("o", LogicalType::Json), ("i", LogicalType::INT64)]);
    let file = opened("w.json", format!("[{{{}}}]", members.join(",")), "").await;
    let columns = file.columns("w");
    assert_eq!((columns.len(), columns[1_000].0), (1_001, "_json"));
    assert!(file.seen("w").await.rows[0].last().unwrap().as_ref().unwrap().contains("\"k1499\":1499"));
}

#[tokio::test]
async fn what_is_no_json_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.json");
    let Err(error) = connect(&endpoint(&missing, ""), Access::ReadOnly).await else { panic!("opened nothing") };
    assert_eq!(error.kind, ErrorKind::NotFound);
    let utf16 = folder.path().join("utf16.json");
    std::fs::write(&utf16, b"\xff\xfe{\0}\0").unwrap();
    let Err(error) = connect(&endpoint(&utf16, ""), Access::ReadOnly).await else { panic!("opened UTF-16") };
    assert_eq!(error.kind, ErrorKind::WrongFormat);
    assert!(error.to_string().contains("utf16.json"), "{error}");
    for parameters in ["?tabel=x", "?table=", "?scan=few", "?scan=0"] {
        let Err(error) = connect(&endpoint(folder.path(), parameters), Access::ReadOnly).await else {
            panic!("took {parameters}")
        };
        assert_eq!(error.kind, ErrorKind::InvalidUrl);
    }
}
