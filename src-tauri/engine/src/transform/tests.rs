use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, Float64Array, Int64Array, RecordBatch, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, Int32Type, Schema, SchemaRef};

use super::*;
use crate::connectors::ValueLimits;
use crate::types::LogicalType;

fn people() -> RecordBatch {
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("Id", Arc::new(Int64Array::from(vec![Some(1), Some(2), Some(5_000_000_000), None]))),
        ("First Name", Arc::new(StringArray::from(vec![Some("Ada"), Some("Bo"), None, Some("Zoë")]))),
        ("Price", Arc::new(Float64Array::from(vec![Some(0.99), Some(1.239), None, Some(-5.0)]))),
        ("Code", Arc::new(StringArray::from(vec![Some("12"), Some("q"), Some("7.50"), None]))),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

fn compile(sql: &str) -> Result<Compiled, Problem> {
    Expressions::new().compile(sql, &people().schema())
}

fn transform(filter: Option<&str>, sql: &str, to: LogicalType, required: bool) -> Transformed {
    let schema: SchemaRef = Arc::new(Schema::new(vec![Field::new("out", to.arrow(), true)]));
    let filter = filter.map(|f| Expressions::new().compile_filter(f, &people().schema()).unwrap());
    let rule = Rule {
        to,
        required,
        may_change: false,
        limits: ValueLimits::default(),
        misfit: Misfit::Reject,
        strip_nul: false,
    };
    let column = OutputColumn { name: "out".into(), expression: compile(sql).unwrap(), rule };
    Transform::new(filter, vec![column], schema).unwrap().apply(&people()).unwrap()
}

fn rejected(t: &Transformed) -> Vec<u32> {
    t.rejects.iter().map(|r| r.row).collect()
}

#[test]
fn names_keep_their_case_and_quotes_hold_spaces() {
    let compiled = compile("upper(\"First Name\") || cast(Id as varchar)").unwrap();
    assert_eq!(compiled.references, ["Id", "First Name"]);
    assert!(compiled.deterministic);
    assert!(!compile("now()").unwrap().deterministic);
}

#[test]
fn errors_point_at_the_character() {
    assert_eq!(compile("Id + Nope").unwrap_err().position, Some((1, 6)));
    assert_eq!(compile("upper(Code").unwrap_err().position.map(|p| p.0), Some(1));
    let unknown = compile("Id +\n  nofunction(Id)").unwrap_err();
    assert_eq!(unknown.position, Some((2, 3)), "{unknown:?}");
    assert!(compile("sum(Id)").unwrap_err().message.contains("one source row"));
    assert_eq!(compile("  ").unwrap_err().position, Some((1, 1)));
}

#[test]
fn a_filter_must_be_true_or_false() {
    let schema = people().schema();
    assert!(Expressions::new().compile_filter("Id + 1", &schema).is_err());
    let t = transform(Some("Id < 3"), "Id", LogicalType::INT32, false);
    assert_eq!((t.batch.num_rows(), t.filtered.as_slice()), (2, [2, 3].as_slice()));
}

#[test]
fn a_number_out_of_range_is_rejected_and_never_wrapped() {
    let t = transform(None, "Id", LogicalType::INT32, false);
    assert_eq!(rejected(&t), [2]);
    assert_eq!(t.batch.column(0).as_primitive::<Int32Type>().iter().collect::<Vec<_>>(), [Some(1), Some(2), None]);
    assert_eq!(t.origin.values(), &[0, 1, 3]);
}

#[test]
fn a_float_fits_a_decimal_only_exactly() {
    let decimal = LogicalType::Decimal { precision: Some(10), scale: Some(2) };
    assert_eq!(rejected(&transform(None, "Price", decimal.clone(), false)), [1]);
    // Text too: "7.50" fits two digits, "x" is no number.
    assert_eq!(rejected(&transform(None, "Code", decimal, false)), [1]);
    let one_digit = LogicalType::Decimal { precision: Some(10), scale: Some(1) };
    assert_eq!(rejected(&transform(None, "Code || '9'", one_digit, false)), [1, 2]);
}

#[test]
fn one_bad_row_does_not_take_the_others_along() {
    let t = transform(None, "cast(Code as int)", LogicalType::INT32, false);
    assert_eq!(rejected(&t), [1, 2]);
    assert!(t.rejects.iter().all(|r| !r.reason.contains('q') && !r.reason.contains("7.50")), "{:?}", t.rejects);
    assert_eq!(t.batch.num_rows(), 2);
}

#[test]
fn a_null_in_a_required_column_is_rejected() {
    assert_eq!(rejected(&transform(None, "\"First Name\"", LogicalType::TEXT, true)), [2]);
}

#[test]
fn text_is_measured_in_characters() {
    let three = LogicalType::Text { max: Some(3), fixed: false };
    assert!(rejected(&transform(None, "\"First Name\"", three, false)).is_empty());
    let two = LogicalType::Text { max: Some(2), fixed: false };
    assert_eq!(rejected(&transform(None, "\"First Name\"", two, false)), [0, 3]);
}

#[test]
fn constants_fill_every_row() {
    let t = transform(None, "'EU'", LogicalType::TEXT, true);
    assert_eq!(t.batch.num_rows(), 4);
    assert_eq!(t.batch.schema().field(0).data_type(), &DataType::Utf8);
}

#[test]
fn the_library_is_documented() {
    let list = functions(&Expressions::new());
    let upper = list.iter().find(|f| f.name == "upper").unwrap();
    assert_eq!(upper.group, "string");
    assert!(list.len() > 60 && list.iter().all(|f| !f.signature.is_empty()));
}

#[test]
fn examples_are_calls_and_what_they_give_is_what_the_engine_gives() {
    let list = functions(&Expressions::new());
    let of = |name: &str| list.iter().find(|f| f.name == name).unwrap_or_else(|| panic!("no {name}"));
    let given = |name: &str| (of(name).example.as_str(), of(name).result.as_deref());
    assert_eq!(given("split_part"), ("split_part('1.2.3.4.5', '.', 3)", Some("3")));
    assert_eq!(given("cast"), ("cast('12.5' as decimal(12,2))", Some("12.50")));
    assert_eq!(given("case").1, Some("Active"));
    assert_eq!(given("trim").1, Some("Rowferry"));
    assert_eq!(given("now").1, None, "it differs from run to run");
    let without: Vec<&str> = list.iter().filter(|f| f.result.is_none()).map(|f| f.name.as_str()).collect();
    assert!(without.len() < 20, "examples without a result: {without:?}");
}

#[test]
fn arguments_are_named_and_the_value_is_found_among_them() {
    let list = functions(&Expressions::new());
    let of = |name: &str| list.iter().find(|f| f.name == name).unwrap();
    let names = |name: &str| of(name).arguments.iter().map(|a| (a.name.as_str(), a.optional)).collect::<Vec<_>>();
    assert_eq!(names("substr"), [("str", false), ("start_pos", false), ("length", true)]);
    assert_eq!((of("substr").value_at, of("concat_ws").value_at, of("date_trunc").value_at), (0, 1, 1));
}

#[test]
fn a_quoted_column_alone_is_that_column_and_nothing_else() {
    let schema: SchemaRef = Arc::new(Schema::new(
        ["a", "b", "odd \" name", "a\" || \"b"].map(|name| Field::new(name, DataType::Utf8, true)).to_vec(),
    ));
    let compiled = |sql: &str| Expressions::new().compile(sql, &schema);
    for name in ["a", "odd \" name", "a\" || \"b"] {
        assert_eq!(compiled(&column(name)).unwrap().references, [name]);
    }
    assert_eq!(compiled("\"a\" || \"b\"").unwrap().references, ["a", "b"]);
    assert!(compiled("\"c\"").unwrap_err().message.contains('c'));
}

/// Found by `cargo xtask fuzz`: each level doubled the time, so that this one took for ever.
#[test]
fn casts_within_casts_that_do_not_end_are_refused_at_once() {
    let open = "cast(".repeat(204) + " timest\"\"amp '2020-01-01 00:00:00'+ id % 3";
    let closed = format!("{}\"Id\" oops{}", "trim(substring(".repeat(50), "))".repeat(50));
    for slow in [open, closed, "cast (".repeat(13)] {
        let problem = compile(&slow).unwrap_err();
        assert!(problem.message.contains("stand in each other"), "{}", problem.message);
    }
    assert!(compile(&("cast(".repeat(12) + "x")).is_err());
    let usual = format!("{}\"Code\"{}", "trim(".repeat(12), ")".repeat(12));
    assert_eq!(compile(&usual).unwrap().references, ["Code"]);
    // Brackets in a text are none.
    assert!(compile(&format!("'{}'", "cast(".repeat(20))).is_ok());
}

#[test]
fn an_expression_that_nests_deeply_is_refused_and_ends_no_process() {
    let expressions = Expressions::new();
    let schema = Arc::new(Schema::new(vec![Field::new("id", DataType::Int64, true)]));
    // As much stack as a task of the application has.
    let task = std::thread::Builder::new().stack_size(2 << 20).spawn(move || {
        let calls = |n: usize| format!("{}id{}", "' ' || coalesce(cast(".repeat(n), " as varchar), '')".repeat(n));
        for deep in ["(".repeat(3_000), calls(700), vec!["id"; 8_000].join("+"), "x".repeat(40_000)] {
            assert!(expressions.compile(&deep, &schema).is_err());
        }
        for fine in [vec!["id"; 200].join("+"), calls(8)] {
            assert!(expressions.compile(&fine, &schema).is_ok(), "{:?}", expressions.compile(&fine, &schema));
        }
    });
    task.expect("a thread").join().expect("no overflow");
}
