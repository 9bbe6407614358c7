//! Every type at its edges, from one table to another, with the database as the judge.

use rowferry_engine::connectors::Range;

use super::*;

/// Copies `a` to `b` and lets the server find what differs, by text where the type has no equality.
async fn crosses(name: &str, columns_sql: &str, rows: &str) {
    let database = database(name).await;
    database
        .run(&format!(
            "create type mood as enum ('glad', 'سعيد', 'so ''quoted\"'); create domain code as varchar(5);
            create domain doc as jsonb; create table a ({columns_sql}); create table b ({columns_sql});
            insert into a values {rows}"
        ))
        .await;
    let connection = opened(&database).await;
    let (a, b) = (table(&*connection, "a").await, table(&*connection, "b").await);
    let read = read(&*connection, scan(&a, Range::All)).await;
    assert!(read.iter().all(|r| r.faults.is_empty()), "{:?}", read.iter().flat_map(|r| &r.faults).collect::<Vec<_>>());
    let batches: Vec<_> = read.into_iter().map(|r| r.batch).collect();
    write(&*connection, &b, &batches).await;
    let as_text: Vec<_> = columns(&a).iter().map(|c| format!("\"{}\"::text || '|'", c.replace('"', "\"\""))).collect();
    let as_text = as_text.join(", ");
    let differing: i64 = database
        .scalar(&format!(
            "select count(*) from (
            (select {as_text} from a except all select {as_text} from b)
            union all (select {as_text} from b except all select {as_text} from a)) differing"
        ))
        .await;
    assert_eq!(differing, 0);
    let counts: bool = database.scalar("select (select count(*) from a) = (select count(*) from b)").await;
    assert!(counts);
}

#[tokio::test]
async fn whole_numbers_and_booleans_cross_at_their_edges() {
    crosses(
        "ints",
        "a int2, b int4, c int8, d bool",
        "(-32768, -2147483648, -9223372036854775808, true), (32767, 2147483647, 9223372036854775807, false),
         (0, 0, 0, null), (null, null, null, null)",
    )
    .await;
}

#[tokio::test]
async fn decimals_cross_with_every_digit() {
    crosses(
        "decimals",
        "a numeric(38,10), b numeric, c numeric(3,3), d numeric(38,0), e numeric(1000,500), f numeric(3,-2)",
        "(9999999999999999999999999999.9999999999, 1e-500, 0.999, 99999999999999999999999999999999999999, 1e400, 12300),
         (-0.0000000001, 'NaN', -0.001, -1, -1e-500, -99900),
         (0, 'Infinity', 0, 0, 0, 0), (10000, '-Infinity', 0.1, 10000, 10000, 100),
         (1.5, 1.500000, 0.5, 100000000, 1, 0), (null, 123456789012345678901234567890.123456789, null, null, null, null)",
    )
    .await;
}

#[tokio::test]
async fn floats_cross_bit_by_bit() {
    let rows = "('NaN', 'NaN'), ('Infinity', 'Infinity'), ('-Infinity', '-Infinity'), ('-0', '-0'),
        (1.1754944e-38, 2.2250738585072014e-308), (3.4028235e38, 1.7976931348623157e308),
        (1e-45, 5e-324), (0.1, 0.1), (16777217, 9007199254740993), (null, null)";
    crosses("floats", "a float4, b float8", rows).await;
    // Beside a type that makes the whole table travel as text.
    crosses("floats_text", "a float4, b float8, c point default '(1,2)'", &rows.replace(')', ", default)")).await;
}

#[tokio::test]
async fn text_crosses_in_any_script() {
    crosses(
        "texts",
        "\"a \"\"b\"\"\" text, \"عمود\" varchar(5), c char(5), d \"char\", e name, f code, g bpchar, h mood, i mood[]",
        "('', '', '', 'x', '', '', '', 'glad', '{}'),
         ('مرحبا', 'مرحبا', 'مرح', null, 'é', 'مرحبا', 'a  ', 'سعيد', '{glad,سعيد,NULL}'),
         ('😀\t\n\r\\\\ \\N', 'a  ', 'a', '\\\\', E'x\\\\y', '😀', '  ', 'so ''quoted\"', '{{glad},{سعيد}}'),
         ('  padded  ', '     ', '     ', ' ', 'n', '     ', 'p', null, null),
         (null, null, null, null, null, null, null, null, null)",
    )
    .await;
}

#[tokio::test]
async fn trailing_spaces_and_backslashes_survive_both_formats() {
    let rows = "(E'\\\\N', 'a  '), (E'\\\\.', 'b'), (E'a\\tb\\nc\\rd\\\\', '     '), ('', '')";
    crosses("spaces_binary", "a text, b char(5)", rows).await;
    crosses("spaces_text", "a text, b char(5), c interval default '1 day'", &rows.replace("')", "', default)")).await;
}

#[tokio::test]
async fn bytes_cross_empty_and_full() {
    crosses("bytes", "a bytea", "(''), (null), ('\\x00'), ('\\xff00ff'), (decode(repeat('00ff5c0a', 100000), 'hex'))")
        .await;
    crosses("bytes_text", "a bytea, b inet", "('', null), ('\\x005c0a', '10.0.0.0/8'), (null, '::1')").await;
}

#[tokio::test]
async fn dates_and_times_cross_at_the_ends_of_the_calendar() {
    let types = "a date, b time, c time(3), d timestamp, e timestamp(0), f timestamptz, g timestamptz(3)";
    let rows = "('4714-11-24 BC', '00:00', '00:00', '4714-11-24 00:00 BC', '1999-12-31 23:59:59', '4714-11-24 00:00+00 BC', '1970-01-01 00:00+00'),
        ('5874897-12-31', '23:59:59.999999', '23:59:59.999', '294246-12-31 23:59:59.999999', '1969-12-31 23:59:59', '294246-12-31 23:59:59.999999+00', '1969-12-31 23:59:59.999+00'),
        ('0001-01-01', '12:00:00.5', '12:00:00.5', '0001-12-31 23:59:59.5 BC', '0001-01-01', '2024-02-29 12:00+05:30', '2000-01-01 00:00:00.001+14'),
        (null, null, null, null, null, null, null)";
    crosses("dates", types, rows).await;
    let with_text: String = rows.replace("'),", "', default),").replace("null)", "null, default)");
    crosses("dates_text", &format!("{types}, h interval default '1 mon -1 day'"), &with_text).await;
}

#[tokio::test]
async fn types_that_arrow_does_not_know_cross_as_the_servers_own_text() {
    crosses(
        "others",
        "a interval, b uuid, c json, d jsonb, e doc, f int[], g text[], h timetz, i inet, j int4range, k tsvector,
         l point, m bit(5), n varbit, o xml, p money, q macaddr, r oid, s int2vector",
        "('1 year 2 mons -3 days 04:05:06.789', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', '{\"b\": 1,  \"a\":2, \"a\":3}',
          '{\"n\": 123456789012345678901234567890.5}', '[]', '{1,NULL,3}', '{\"a,b\",\"c\\\"d\",NULL,\"NULL\"}',
          '23:59:59.5+05:30', '10.1.2.3/8', '[1,5)', 'a:1 b:2', '(1.5,-2)', '10101', '1', '<a>b</a>', '1.50',
          '08:00:2b:01:02:03', 4294967295, '1 2'),
         ('-178000000 years', '00000000-0000-0000-0000-000000000000', 'null', 'null', '{\"ب\": \"\\u00e9\"}',
          '[0:1]={5,6}', '{{a,b},{c,d}}', '00:00:00-15:59', '::1', 'empty', '', '(0,0)', '00000', '', '', '-1',
          'ff:ff:ff:ff:ff:ff', 0, ''),
         (null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null)",
    )
    .await;
}

#[tokio::test]
async fn tables_with_any_name_cross() {
    let database = database("names").await;
    database
        .run("create table \"جدول \"\"1\"\"\" (\"select\" int, \"Ünï😀\" text); insert into \"جدول \"\"1\"\"\" values (1, 'x');
              create table \"TO\" (\"select\" int, \"Ünï😀\" text)")
        .await;
    let connection = opened(&database).await;
    let (a, b) = (table(&*connection, "جدول \"1\"").await, table(&*connection, "TO").await);
    let batches: Vec<_> = read(&*connection, scan(&a, Range::All)).await.into_iter().map(|r| r.batch).collect();
    write(&*connection, &b, &batches).await;
    assert_eq!(database.scalar::<String>("select \"Ünï😀\" from \"TO\"").await, "x");
}
