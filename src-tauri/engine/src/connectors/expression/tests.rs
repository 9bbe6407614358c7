use super::*;
use crate::connectors::test_dialect;

fn column(name: &str) -> Option<(String, LogicalType)> {
    let logical = match name {
        "a" | "b" => LogicalType::INT32,
        "kind" | "name" => LogicalType::TEXT,
        "day" => LogicalType::Date,
        "flag" => LogicalType::Boolean,
        _ => return None,
    };
    Some((format!("new {name}"), logical))
}

fn to(sql: &str, from: &str, to: &str) -> Option<String> {
    translated(sql, from, to, test_dialect(to), &column)
}

#[test]
fn simple_checks_cross_with_their_columns_names() {
    let cases = [
        ("(a > 0)", "postgres", "mysql", "(`new a` > 0)"),
        ("(a >= '-1'::integer)", "postgres", "sqlite", "(\"new a\" >= -1)"),
        (
            "((kind)::text = ANY ((ARRAY['x'::character varying, 'it''s'::character varying])::text[]))",
            "postgres",
            "sqlite",
            "((\"new kind\") in ('x', 'it''s'))",
        ),
        ("(length(name) < 9)", "postgres", "mysql", "(char_length(`new name`) < 9)"),
        (
            "`a` between 1 and 5 and `b` is not null",
            "mysql",
            "postgres",
            "(\"new a\" between 1 and 5) and (\"new b\" is not null)",
        ),
        ("(name ~~ 'x%'::text)", "postgres", "mysql", "(`new name` like 'x%')"),
        ("(day > '2020-01-01'::date)", "postgres", "mysql", "(`new day` > '2020-01-01')"),
    ];
    for (sql, from, target, wanted) in cases {
        assert_eq!(to(sql, from, target).as_deref(), Some(wanted), "{sql}");
    }
}

#[test]
fn what_means_something_else_does_not_cross() {
    for (sql, from, target) in [
        ("a ~ '^x'", "postgres", "mysql"),
        ("name > 'm'", "postgres", "mysql"),
        ("name like 'x%'", "sqlite", "postgres"),
        ("length(`name`) > 1", "mysql", "postgres"),
        ("flag in (0, 1)", "sqlite", "postgres"),
        ("own(a) > 1", "postgres", "mysql"),
        ("missing > 1", "postgres", "mysql"),
        ("a > 0; drop", "postgres", "mysql"),
        ("a / b > 1", "postgres", "mysql"),
        (")", "sqlite", "postgres"),
    ] {
        assert_eq!(to(sql, from, target), None, "{sql}");
    }
}

#[test]
fn in_the_same_database_only_names_change() {
    let same = |name: &str| column(name).map(|(_, l)| (name.to_string(), l));
    let sql = "((a > 0) AND (lower((name)::text) ~ '^x'::text))";
    assert_eq!(renamed(sql, "postgres", &same).as_deref(), Some(sql));
    let new = renamed(sql, "postgres", &column).expect("it is understood");
    assert!(new.contains("\"new a\" > 0") && new.contains("~ '^x'::"), "{new}");
    assert_eq!(renamed("own(a) > 1", "postgres", &same), None, "nobody knows what it does");
    assert_eq!(renamed("(a)::mood > 1", "postgres", &same), None, "nobody knows the type");
    let index = "CREATE INDEX i ON public.t USING btree (lower(name), a DESC NULLS LAST) INCLUDE (b) WHERE (a > 0)";
    assert_eq!(renamed_index(index, "postgres", &same).as_deref(), Some(index));
    let new = renamed_index(index, "postgres", &column).expect("it is understood");
    assert!(new.contains(" USING btree (") && new.contains("INCLUDE (\"new b\")"), "{new}");
    let foreign = "CREATE INDEX i ON public.t USING gin (name gin_trgm_ops)";
    assert_eq!(renamed_index(foreign, "postgres", &same), None, "an extension's class");
}

#[test]
fn the_body_of_an_index_begins_behind_quoted_names() {
    assert_eq!(index_body("create index \"a(b\" on `t(` (x desc)"), Some("(x desc)"));
    assert_eq!(index_body("create index 'a(b' on [t(] (x)"), Some("(x)"));
}

#[test]
fn a_generated_column_crosses_where_it_means_the_same() {
    let decimal = LogicalType::Decimal { precision: Some(12), scale: Some(2) };
    let text = LogicalType::TEXT;
    let made = |sql: &str, from: &str, to: &str, logical: &LogicalType| {
        generated(sql, from, to, crate::connectors::test_dialect(to), &column, logical)
    };
    for (sql, from, to, logical, wanted) in [
        ("`a` * `b`", "mysql", "postgres", &decimal, "(\"new a\" * \"new b\")"),
        ("concat(`name`,' ',`name`)", "mysql", "postgres", &text, "(\"new name\" || ' ' || \"new name\")"),
        ("((name)::text || '!'::text)", "postgres", "mysql", &text, "(concat((`new name`), '!'))"),
        ("coalesce(a, 0)", "sqlite", "postgres", &decimal, "coalesce(\"new a\", 0)"),
        (
            "case when a > 1 then 'x' else name end",
            "sqlite",
            "mysql",
            &text,
            "case when `new a` > 1 then 'x' else `new name` end",
        ),
    ] {
        assert_eq!(made(sql, from, to, logical).as_deref(), Some(wanted), "{sql}");
    }
    for (sql, from, to, logical) in [
        ("`a` > 1", "mysql", "postgres", &decimal),
        ("lower(name)", "postgres", "mysql", &text),
        ("name || name", "mysql", "postgres", &text),
        ("a || name", "sqlite", "postgres", &text),
        ("now()", "postgres", "postgres", &text),
    ] {
        assert_eq!(made(sql, from, to, logical), None, "{sql}");
    }
    let same = |name: &str| column(name).map(|(_, l)| (name.to_string(), l));
    let kept = generated(
        "lower((name)::text)",
        "postgres",
        "postgres",
        crate::connectors::test_dialect("postgres"),
        &same,
        &text,
    );
    assert_eq!(kept.as_deref(), Some("lower((name)::text)"));
}
