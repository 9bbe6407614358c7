use super::*;
use crate::catalog::{Key, TableKind};

fn column(name: &str, logical: LogicalType) -> Column {
    Column {
        name: name.into(),
        native_type: String::new(),
        logical,
        nullable: true,
        default: None,
        identity: None,
        generated: None,
        comment: None,
        collation: None,
        reading: None,
        derived: false,
    }
}

fn table(columns: Vec<Column>) -> Table {
    Table {
        name: TableName::new("my db", "o`rders"),
        kind: TableKind::Table,
        comment: None,
        columns,
        primary_key: None,
        unique_keys: Vec::new(),
        foreign_keys: Vec::new(),
        indexes: Vec::new(),
        checks: Vec::new(),
        row_estimate: None,
        byte_estimate: None,
    }
}

#[test]
fn any_identifier_is_quoted() {
    assert_eq!(quote("a`; drop table x; --"), "`a``; drop table x; --`");
    assert_eq!(literal("it's \\ x"), "'it''s \\\\ x'");
}

#[test]
fn text_in_a_key_gets_a_bound_and_json_a_check() {
    let mut made = table(vec![
        column("code", LogicalType::TEXT),
        column("note", LogicalType::TEXT),
        column("data", LogicalType::Json),
    ]);
    made.primary_key = Some(Key { name: String::new(), columns: vec!["code".into()] });
    assert_eq!(
        PADDED.create_table(&made),
        ["create table `my db`.`o``rders` (\n    `code` varchar(768),\n    `note` longtext,\n    \
          `data` longtext check (json_valid(`data`)),\n    primary key (`code`)\n) \
          engine = InnoDB default character set utf8mb4 collate utf8mb4_bin"]
    );
}

#[test]
fn keys_and_indexes_are_added_at_once() {
    let mut made = table(vec![column("a", LogicalType::INT32), column("b", LogicalType::TEXT)]);
    made.name = TableName::new("s", "t");
    made.unique_keys = vec![Key { name: String::new(), columns: vec!["a".into()] }];
    made.indexes =
        vec![Index { name: "i".into(), columns: vec!["b".into()], unique: false, definition: String::new() }];
    assert_eq!(
        PADDED.after_load(&made),
        ["alter table `s`.`t`\n    add unique key `t_a_key` (`a`),\n    add index `i` (`b`(191))"]
    );
}

#[test]
fn defaults_are_put_in_the_servers_words() {
    let clock = LogicalType::Timestamp { precision: 3, zoned: true };
    assert_eq!(PADDED.translate_default("now()", &clock).as_deref(), Some("current_timestamp(3)"));
    assert_eq!(PADDED.translate_default("true", &LogicalType::Boolean).as_deref(), Some("b'1'"));
    assert_eq!(PADDED.translate_default("'a\\b'::text", &LogicalType::TEXT).as_deref(), Some("('a\\\\b')"));
}

#[test]
fn a_column_that_refers_to_text_has_the_collation_of_what_it_refers_to() {
    let mut made = table(vec![Column {
        collation: Some("latin1_swedish_ci".into()),
        nullable: false,
        ..column("code", LogicalType::Text { max: Some(8), fixed: false })
    }]);
    made.name = TableName::new("s", "t");
    assert_eq!(
        DIALECTS[0].create_table(&made),
        [
            "create table `s`.`t` (\n    `code` varchar(8) character set `latin1` collate `latin1_swedish_ci` not null\n) \
          engine = InnoDB default character set utf8mb4 collate utf8mb4_nopad_bin"
        ]
    );
}
