//! What the catalog says of a database.

use rowferry_engine::catalog::{Identity, TableKind};
use rowferry_engine::types::LogicalType;

use super::*;

#[tokio::test]
async fn a_catalog_holds_everything_that_a_migration_needs() {
    let database = database("catalog").await;
    database
        .run(
            "create schema other; create table other.p (id bigint primary key);
              create type mood as enum ('b', 'a'); create domain code as varchar(5) not null;
              create table t (id serial primary key, g int generated always as (1 + 1) stored, m mood, c code,
                  o bigint references other.p on delete set null, i int generated always as identity,
                  constraint c_short check (length(c) < 4));
              create unique index part on t (o) where o > 0; create index two on t (o, m);
              create view v as select id from t; create materialized view mv as select id from t;
              create table parts (a int) partition by list (a); create table parts1 partition of parts default;
              create sequence alone increment -3; comment on column t.o is 'an \"o\"'; analyze t",
        )
        .await;
    let connection = opened(&database).await;
    let catalog = connection.catalog().await.unwrap();
    assert!(catalog.product.starts_with("PostgreSQL "), "{}", catalog.product);
    let names: Vec<_> = catalog.tables().map(|t| t.name.to_string()).collect();
    assert_eq!(names, ["other.p", "public.mv", "public.parts", "public.t", "public.v"]);
    let t = table(&*connection, "t").await;
    let id = t.column("id").unwrap();
    assert_eq!((id.identity, &id.default, id.nullable), (Some(Identity::ByDefault), &None, false));
    assert_eq!(t.column("g").unwrap().generated.as_deref(), Some("(1 + 1)"));
    let mood = LogicalType::Enumeration { values: vec!["b".into(), "a".into()] };
    assert_eq!(t.column("m").unwrap().logical, mood);
    let code = t.column("c").unwrap();
    assert_eq!(code.logical, LogicalType::Text { max: Some(5), fixed: false });
    assert_eq!((code.native_type.as_str(), code.nullable), ("code", false));
    assert_eq!(t.column("i").unwrap().identity, Some(Identity::Always));
    assert_eq!(t.column("o").unwrap().comment.as_deref(), Some("an \"o\""));
    let key = &t.foreign_keys[0];
    assert_eq!((key.references.to_string().as_str(), key.on_delete.as_str()), ("other.p", "SET NULL"));
    assert_eq!(key.referenced_columns, ["id"]);
    assert!(t.checks[0].expression.contains("length"), "{}", t.checks[0].expression);
    let indexes: Vec<_> = t.indexes.iter().map(|i| (i.name.as_str(), i.columns.join(","), i.unique)).collect();
    assert_eq!(indexes, [("part", String::new(), true), ("two", "o,m".into(), false)]);
    assert_eq!(table(&*connection, "v").await.kind, TableKind::View);
    assert_eq!(table(&*connection, "parts").await.row_estimate, None);
    let public = catalog.schemas.iter().find(|s| s.name == "public").unwrap();
    let sequences: Vec<_> = public
        .sequences
        .iter()
        .map(|s| (s.name.as_str(), s.increment, s.owner.as_ref().map(|o| o.1.as_str())))
        .collect();
    assert_eq!(sequences, [("alone", -3, None), ("t_i_seq", 1, Some("i")), ("t_id_seq", 1, Some("id"))]);
}

#[tokio::test]
async fn hundreds_of_tables_are_read_together() {
    let database = database("hundreds").await;
    database
        .run(
            "do $$ begin for i in 1..300 loop
                execute format('create table t%s (id serial primary key, a int references t1, b text unique)', i);
              end loop; end $$",
        )
        .await;
    let connection = opened(&database).await;
    let catalog = connection.catalog().await.unwrap();
    assert_eq!(catalog.tables().count(), 300);
    assert!(catalog.tables().all(|t| t.primary_key.is_some() && t.unique_keys.len() == 1 && t.foreign_keys.len() == 1));
}
