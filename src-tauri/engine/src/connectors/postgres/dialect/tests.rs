use super::*;
use crate::catalog::{Check, TableKind};

fn column(name: &str, logical: LogicalType) -> Column {
    Column {
        name: name.into(),
        native_type: String::new(),
        logical,
        nullable: true,
        default: None,
        identity: None,
        generated: None,
        derived: false,
        comment: None,
        collation: None,
        reading: None,
    }
}

fn table(columns: Vec<Column>) -> Table {
    Table {
        name: TableName::new("my schema", "o\"rders"),
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
    assert_eq!(quote("a\"; drop table x; --"), "\"a\"\"; drop table x; --\"");
    assert_eq!(quote_table(&TableName::new("s", "جدول")), "\"s\".\"جدول\"");
}

#[test]
fn a_table_is_made_with_its_columns_and_primary_key() {
    let mut id = column("id", LogicalType::INT64);
    id.identity = Some(Identity::Always);
    id.nullable = false;
    let mut total = column("total", LogicalType::Decimal { precision: Some(10), scale: Some(2) });
    total.default = Some("0".into());
    let mut data = column("data", LogicalType::Json);
    data.native_type = "jsonb".into();
    let mut double = column("double", LogicalType::INT32);
    double.generated = Some("total * 2".into());
    let mut made = table(vec![id, total, data, double]);
    made.primary_key = Some(Key { name: "pk of orders".into(), columns: vec!["id".into()] });
    assert_eq!(
        PostgresDialect.create_table(&made),
        ["create table \"my schema\".\"o\"\"rders\" (\n    \
          \"id\" bigint generated always as identity not null,\n    \
          \"total\" numeric(10,2) default 0,\n    \
          \"data\" jsonb,\n    \
          \"double\" integer generated always as (total * 2) stored,\n    \
          constraint \"pk of orders\" primary key (\"id\")\n)"]
    );
}

#[test]
fn constraints_come_after_the_load_and_foreign_keys_are_validated() {
    let mut made = table(vec![column("a", LogicalType::INT32)]);
    made.name = TableName::new("s", "t");
    made.comment = Some("it's".into());
    made.unique_keys = vec![Key { name: String::new(), columns: vec!["a".into(), "b".into()] }];
    made.checks = vec![Check { name: "a_is_positive".into(), expression: "a > 0".into() }];
    made.foreign_keys = vec![ForeignKey {
        name: String::new(),
        columns: vec!["a".into()],
        references: TableName::new("s", "u"),
        referenced_columns: vec!["id".into()],
        on_update: "CASCADE".into(),
        on_delete: "anything; else".into(),
    }];
    assert_eq!(
        PostgresDialect.after_load(&made),
        [
            "alter table \"s\".\"t\" add unique (\"a\", \"b\")",
            "alter table \"s\".\"t\" add constraint \"a_is_positive\" check (a > 0)",
            "alter table \"s\".\"t\" add constraint \"t_a_fkey\" foreign key (\"a\") references \"s\".\"u\" (\"id\") \
             on update cascade on delete no action not valid",
            "alter table \"s\".\"t\" validate constraint \"t_a_fkey\"",
            "comment on table \"s\".\"t\" is 'it''s'",
        ]
    );
}

#[test]
fn indexes_keep_their_definition_only_if_it_is_postgresqls() {
    let mut made = table(vec![column("a", LogicalType::TEXT)]);
    made.name = TableName::new("new", "t");
    let index = |name: &str, columns: &[&str], definition: &str| Index {
        name: name.into(),
        columns: columns.iter().map(|c| c.to_string()).collect(),
        unique: false,
        definition: definition.into(),
    };
    made.indexes = vec![
        index("low", &[], "CREATE INDEX low ON old.t USING btree (lower(a)) WHERE (a <> ''::text)"),
        index("down", &["a"], "CREATE INDEX down ON old.t USING btree (a DESC)"),
        index("renamed", &["b"], "CREATE INDEX renamed ON old.t USING btree (a)"),
        index("i", &["a"], "CREATE INDEX i ON t (a)"),
        index("j", &["a"], "CREATE INDEX j ON t (a COLLATE NOCASE)"),
        index("k", &[], "CREATE INDEX k ON t (a + 1)"),
    ];
    assert_eq!(
        PostgresDialect.after_load(&made),
        [
            "create index \"low\" on \"new\".\"t\" using btree (lower(a)) WHERE (a <> ''::text)",
            "create index \"down\" on \"new\".\"t\" using btree (a DESC)",
            "create index \"renamed\" on \"new\".\"t\" using btree (\"b\")",
            "create index on \"new\".\"t\" using btree (\"a\")",
            "create index on \"new\".\"t\" using btree (\"a\")",
        ]
    );
}

#[test]
fn a_name_that_looks_like_a_definition_is_only_a_name() {
    let name = "x USING btree (id); drop table y --";
    let definition = format!("CREATE INDEX {0} ON public.{0} USING hash (a)", quote(name));
    assert_eq!(postgres_definition(&definition), Some("hash (a)"));
    assert_eq!(postgres_definition(&format!("CREATE INDEX {} ON public.t", quote(name))), None);
}
