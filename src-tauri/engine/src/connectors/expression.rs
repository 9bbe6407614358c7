//! SQL expressions of one database in the words of another: checks, defaults, parts of an index.
//!
//! An expression is read with a parser. What is not understood to the last node is not carried, and the plan lists it:
//! a check that means something else than it did is worse than none. It must not know tables beyond the columns that
//! it is told of.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    BinaryOperator as Op, CreateIndex, DataType, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments,
    Ident, IndexType, ObjectName, Statement, UnaryOperator, Value, VisitMut, VisitorMut,
};
use datafusion::sql::sqlparser::dialect::{Dialect as Grammar, MySqlDialect, PostgreSqlDialect, SQLiteDialect};
use datafusion::sql::sqlparser::parser::Parser;
use datafusion::sql::sqlparser::tokenizer::Token;

use super::Dialect;
use crate::types::LogicalType;

/// Where a source column goes: its name and type in the target; `None` when it is not copied there as it is.
pub type Columns<'a> = &'a dyn Fn(&str) -> Option<(String, LogicalType)>;

fn grammar(connector: &str) -> Option<Box<dyn Grammar>> {
    match connector {
        "postgres" => Some(Box::new(PostgreSqlDialect {})),
        "mysql" => Some(Box::new(MySqlDialect {})),
        "sqlite" => Some(Box::new(SQLiteDialect {})),
        _ => None,
    }
}

fn parse(sql: &str, connector: &str) -> Option<Expr> {
    let grammar = grammar(connector)?;
    let mut parser = Parser::new(&*grammar).try_with_sql(sql).ok()?;
    let expression = parser.parse_expr().ok()?;
    (parser.peek_token().token == Token::EOF).then_some(expression)
}

/// Functions that every server of the kind has of itself. One that somebody wrote is not in the target.
const BUILT_IN: &[&str] = &[
    "abs",
    "ascii",
    "btrim",
    "ceil",
    "ceiling",
    "char_length",
    "character_length",
    "clock_timestamp",
    "coalesce",
    "concat",
    "concat_ws",
    "curdate",
    "current_date",
    "current_time",
    "current_timestamp",
    "current_user",
    "curtime",
    "date",
    "date_part",
    "date_trunc",
    "datetime",
    "floor",
    "gen_random_uuid",
    "greatest",
    "hex",
    "ifnull",
    "instr",
    "json_extract",
    "json_type",
    "json_valid",
    "jsonb_typeof",
    "json_typeof",
    "julianday",
    "least",
    "left",
    "length",
    "localtimestamp",
    "lcase",
    "lower",
    "lpad",
    "ltrim",
    "max",
    "md5",
    "min",
    "mod",
    "now",
    "nullif",
    "octet_length",
    "power",
    "random",
    "randomblob",
    "regexp_replace",
    "replace",
    "reverse",
    "right",
    "round",
    "rpad",
    "rtrim",
    "sign",
    "split_part",
    "statement_timestamp",
    "strftime",
    "strpos",
    "substr",
    "substring",
    "timezone",
    "to_tsvector",
    "transaction_timestamp",
    "trim",
    "trunc",
    "typeof",
    "unixepoch",
    "ucase",
    "upper",
    "utc_timestamp",
    "uuid",
    "year",
];
const OPERATOR_CLASSES: &[&str] = &[
    "text_pattern_ops",
    "varchar_pattern_ops",
    "bpchar_pattern_ops",
    "jsonb_path_ops",
    "jsonb_ops",
    "inet_ops",
    "array_ops",
];
const TYPES: &[&str] = &[
    "regconfig",
    "inet",
    "cidr",
    "macaddr",
    "money",
    "bpchar",
    "int2",
    "int4",
    "int8",
    "float4",
    "float8",
    "timestamptz",
    "xml",
];

/// Renames the columns, and notes what the target may not have.
struct Rename<'a> {
    connector: &'a str,
    columns: Columns<'a>,
    renamed: bool,
}

impl Rename<'_> {
    fn ident(&mut self, ident: &mut Ident) -> bool {
        let Some((name, _)) = (self.columns)(&ident.value) else { return false };
        if name != ident.value {
            self.renamed = true;
            ident.value = name;
            ident.quote_style = Some(if self.connector == "mysql" { '`' } else { '"' });
        }
        true
    }
}

fn last(name: &ObjectName) -> Option<String> {
    let parts: Vec<String> = name.0.iter().filter_map(|p| p.as_ident()).map(|i| i.value.to_lowercase()).collect();
    match parts.as_slice() {
        [one] => Some(one.clone()),
        [schema, one] if schema == "pg_catalog" => Some(one.clone()),
        _ => None,
    }
}

fn is_known_type(data_type: &DataType) -> bool {
    match data_type {
        DataType::Custom(name, _) => last(name).is_some_and(|n| TYPES.contains(&n.as_str())),
        _ => true,
    }
}

impl VisitorMut for Rename<'_> {
    type Break = ();

    fn pre_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<()> {
        let known = match expression {
            Expr::Identifier(ident) => self.ident(ident),
            Expr::CompoundIdentifier(_) | Expr::Subquery(_) | Expr::Exists { .. } | Expr::InSubquery { .. } => false,
            Expr::Function(function) => {
                last(&function.name).is_some_and(|n| BUILT_IN.contains(&n.as_str())) && function.over.is_none()
            }
            Expr::Cast { data_type, .. } => is_known_type(data_type),
            Expr::TypedString(text) => is_known_type(&text.data_type),
            Expr::Collate { collation, .. } => last(collation).is_some_and(|n| {
                ["c", "posix", "ucs_basic", "binary", "nocase", "rtrim"].contains(&n.as_str()) || n.starts_with("utf8")
            }),
            Expr::BinaryOp { op: Op::PGCustomBinaryOperator(_), .. } => false,
            _ => true,
        };
        if known { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }
}

/// The expression for another table of the same kind of database: as it is where no column changes its name.
pub fn renamed(sql: &str, connector: &str, columns: Columns<'_>) -> Option<String> {
    let mut expression = parse(sql, connector)?;
    let mut rename = Rename { connector, columns, renamed: false };
    if expression.visit(&mut rename).is_break() {
        return None;
    }
    Some(if rename.renamed { expression.to_string() } else { sql.to_string() })
}

/// An index's definition for another table of the same kind of database. Its name and its table's are left as they are.
pub fn renamed_index(definition: &str, connector: &str, columns: Columns<'_>) -> Option<String> {
    let mut statements = Parser::parse_sql(&*grammar(connector)?, definition).ok()?;
    let Some(Statement::CreateIndex(index)) = statements.first_mut() else { return None };
    let mut rename = Rename { connector, columns, renamed: false };
    let CreateIndex { using, columns: parts, include, predicate, .. } = index;
    let method = match using {
        None => "",
        Some(IndexType::BTree) => "btree",
        Some(IndexType::Hash) => "hash",
        Some(IndexType::GIN) => "gin",
        Some(IndexType::GiST) => "gist",
        Some(IndexType::SPGiST) => "spgist",
        Some(IndexType::BRIN) => "brin",
        Some(_) => return None,
    };
    for part in parts {
        let class = part.operator_class.as_ref().map(|c| last(c).unwrap_or_default());
        if class.is_some_and(|c| !OPERATOR_CLASSES.contains(&c.as_str())) || part.visit(&mut rename).is_break() {
            return None;
        }
    }
    if !include.iter_mut().all(|i| rename.ident(i)) || predicate.visit(&mut rename).is_break() {
        return None;
    }
    if !rename.renamed {
        return Some(definition.to_string());
    }
    let text = index.to_string();
    let upper = index.using.as_ref().map(|u| format!(" USING {u} ")).unwrap_or_default();
    Some(if method.is_empty() { text } else { text.replacen(&upper, &format!(" USING {method} "), 1) })
}

/// What a definition says behind the names of index and table.
pub fn index_body(definition: &str) -> Option<&str> {
    let mut quote = None;
    for (at, c) in definition.char_indices() {
        match (quote, c) {
            (Some(end), c) if c == end => quote = None,
            (Some(_), _) => {}
            (None, '"' | '`' | '\'') => quote = Some(c),
            (None, '[') => quote = Some(']'),
            (None, '(') => return Some(&definition[at..]),
            _ => {}
        }
    }
    None
}

/// What a part of an expression is, as far as comparing it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Number,
    Text,
    Moment,
    Boolean,
    /// A string constant, which is of whatever type it is compared with.
    Constant,
    Null,
}

fn agree(a: Class, b: Class) -> bool {
    use Class::*;
    a == b || matches!((a, b), (Null, _) | (_, Null) | (Constant, Text | Moment) | (Text | Moment, Constant))
}

/// The check in the words of another database; `None` unless it means the same there.
pub fn translated(sql: &str, from: &str, to: &str, dialect: &dyn Dialect, columns: Columns<'_>) -> Option<String> {
    let expression = parse(sql, from)?;
    let (text, class) = Translation { from, to, dialect, columns }.write(&expression)?;
    (class == Class::Boolean).then_some(text)
}

/// The check as an expression over the rows that a run writes; `None` unless it means the same there.
pub fn evaluated(sql: &str, from: &str, columns: Columns<'_>) -> Option<String> {
    translated(sql, from, "rowferry", &super::postgres::dialect::PostgresDialect, columns)
}

/// A generated column's expression in the words of another database, or of another table of the same kind; `None` unless
/// it means the same there, and always the same: a clock or a dice has no place in a column that computes.
pub fn generated(
    sql: &str,
    from: &str,
    to: &str,
    dialect: &dyn Dialect,
    columns: Columns<'_>,
    logical: &LogicalType,
) -> Option<String> {
    let mut expression = parse(sql, from)?;
    if expression.visit(&mut Volatile).is_break() {
        return None;
    }
    if from == to {
        return renamed(sql, from, columns);
    }
    let (text, class) = Translation { from, to, dialect, columns }.write(&expression)?;
    let fits = match logical {
        LogicalType::Integer { .. } | LogicalType::Decimal { .. } => class == Class::Number,
        LogicalType::Text { fixed: false, .. } => matches!(class, Class::Text | Class::Constant),
        LogicalType::Date => class == Class::Moment,
        LogicalType::Boolean => class == Class::Boolean,
        _ => false,
    };
    fits.then_some(text)
}

/// Breaks off at what gives another value at another time, or to another person.
struct Volatile;

const VOLATILE: &[&str] = &[
    "clock_timestamp",
    "curdate",
    "current_date",
    "current_time",
    "current_timestamp",
    "current_user",
    "curtime",
    "date",
    "datetime",
    "gen_random_uuid",
    "julianday",
    "localtimestamp",
    "now",
    "random",
    "randomblob",
    "statement_timestamp",
    "strftime",
    "transaction_timestamp",
    "unixepoch",
    "utc_timestamp",
    "uuid",
];

impl VisitorMut for Volatile {
    type Break = ();

    fn pre_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<()> {
        match expression {
            Expr::Function(function) if last(&function.name).is_none_or(|n| VOLATILE.contains(&n.as_str())) => {
                ControlFlow::Break(())
            }
            _ => ControlFlow::Continue(()),
        }
    }
}

struct Translation<'a> {
    from: &'a str,
    to: &'a str,
    dialect: &'a dyn Dialect,
    columns: Columns<'a>,
}

impl Translation<'_> {
    fn write(&self, expression: &Expr) -> Option<(String, Class)> {
        use Class::*;
        Some(match expression {
            Expr::Identifier(ident) => {
                let (name, logical) = (self.columns)(&ident.value)?;
                let class = match logical {
                    LogicalType::Integer { .. } | LogicalType::Decimal { .. } => Number,
                    LogicalType::Text { .. } => Text,
                    LogicalType::Date => Moment,
                    LogicalType::Boolean => Boolean,
                    _ => return None,
                };
                (self.dialect.quote(&name), class)
            }
            Expr::Nested(inner) => {
                let (text, class) = self.write(inner)?;
                (format!("({text})"), class)
            }
            Expr::Value(value) => match &value.value {
                Value::Number(number, false) => (number.to_string(), Number),
                // A backslash is a character in some, and an escape in others.
                Value::SingleQuotedString(text) if !text.contains('\\') => {
                    (format!("'{}'", text.replace('\'', "''")), Constant)
                }
                Value::Boolean(value) => (value.to_string(), Boolean),
                Value::Null => ("null".into(), Null),
                _ => return None,
            },
            // PostgreSQL writes the type of every constant: (0)::numeric, 'x'::text, (name)::text.
            Expr::Cast { expr, data_type, .. } if self.from == "postgres" => {
                let (text, class) = self.write(expr)?;
                let wanted = match data_type {
                    DataType::Text | DataType::Varchar(None) | DataType::CharacterVarying(None) => Text,
                    DataType::Numeric(_)
                    | DataType::Integer(_)
                    | DataType::BigInt(_)
                    | DataType::Int(_)
                    | DataType::SmallInt(_) => Number,
                    DataType::Date => Moment,
                    _ => return None,
                };
                match (&**expr, class) {
                    (_, class) if class == wanted => (text, class),
                    (_, Constant) if wanted != Number => (text, Constant),
                    // '-1'::integer
                    (Expr::Value(value), Constant) => match &value.value {
                        Value::SingleQuotedString(number) if number.parse::<i64>().is_ok() => (number.clone(), Number),
                        _ => return None,
                    },
                    _ => return None,
                }
            }
            Expr::IsNull(inner) => (format!("{} is null", self.write(inner)?.0), Boolean),
            Expr::IsNotNull(inner) => (format!("{} is not null", self.write(inner)?.0), Boolean),
            Expr::UnaryOp { op: UnaryOperator::Not, expr } => match self.write(expr)? {
                (text, Boolean) => (format!("not ({text})"), Boolean),
                _ => return None,
            },
            Expr::UnaryOp { op: UnaryOperator::Minus, expr } => match self.write(expr)? {
                (text, Number) => (format!("-{text}"), Number),
                _ => return None,
            },
            Expr::BinaryOp { left, op, right } => {
                let ((left, a), (right, b)) = (self.write(left)?, self.write(right)?);
                match op {
                    Op::And | Op::Or if (a, b) == (Boolean, Boolean) => {
                        let word = if *op == Op::And { "and" } else { "or" };
                        (format!("({left}) {word} ({right})"), Boolean)
                    }
                    Op::Eq | Op::NotEq | Op::Lt | Op::LtEq | Op::Gt | Op::GtEq if agree(a, b) => {
                        let ordered = !matches!(op, Op::Eq | Op::NotEq);
                        // The order of text is the collation's, which differs.
                        if ordered && (a == Text || b == Text) {
                            return None;
                        }
                        (format!("{left} {op} {right}"), Boolean)
                    }
                    Op::Plus | Op::Minus | Op::Multiply if (a, b) == (Number, Number) => {
                        (format!("({left} {op} {right})"), Number)
                    }
                    // MySQL takes the sign for `or`.
                    Op::StringConcat if self.from != "mysql" && is_text(a) && is_text(b) => {
                        let text = match self.to {
                            "mysql" => format!("concat({left}, {right})"),
                            _ => format!("({left} || {right})"),
                        };
                        (text, Text)
                    }
                    Op::PGLikeMatch if self.to != "sqlite" && agree(a, b) && a == Text => {
                        (format!("{left} like {right}"), Boolean)
                    }
                    _ => return None,
                }
            }
            // SQLite's takes a for A.
            Expr::Like { negated, any: false, expr, pattern, escape_char: None }
                if self.from != "sqlite" && self.to != "sqlite" =>
            {
                let ((left, a), (right, b)) = (self.write(expr)?, self.write(pattern)?);
                if a != Text || b != Constant {
                    return None;
                }
                (format!("{left} {}like {right}", if *negated { "not " } else { "" }), Boolean)
            }
            Expr::Between { expr, negated, low, high } => {
                let ((text, a), (low, b), (high, c)) = (self.write(expr)?, self.write(low)?, self.write(high)?);
                if a == Text || !agree(a, b) || !agree(a, c) {
                    return None;
                }
                (format!("{text} {}between {low} and {high}", if *negated { "not " } else { "" }), Boolean)
            }
            Expr::InList { expr, list, negated } => self.among(expr, list, *negated)?,
            // PostgreSQL's way to write `in` and `not in`.
            Expr::AnyOp { left, compare_op: Op::Eq, right, .. } => self.among(left, array(right)?, false)?,
            Expr::AllOp { left, compare_op: Op::NotEq, right } => self.among(left, array(right)?, true)?,
            Expr::Case { operand: None, conditions, else_result, .. } => {
                let (mut text, mut of) = (String::from("case"), Null);
                let mut take = |class: Class| {
                    let fits = agree(of, class);
                    of = if matches!(of, Null | Constant) { class } else { of };
                    fits
                };
                for branch in conditions {
                    let ((when, a), (then, b)) = (self.write(&branch.condition)?, self.write(&branch.result)?);
                    if a != Boolean || !take(b) {
                        return None;
                    }
                    text += &format!(" when {when} then {then}");
                }
                if let Some(other) = else_result {
                    let (other, class) = self.write(other)?;
                    if !take(class) {
                        return None;
                    }
                    text += &format!(" else {other}");
                }
                (text + " end", of)
            }
            Expr::Function(function) => self.call(function)?,
            _ => return None,
        })
    }

    fn among(&self, expression: &Expr, list: &[Expr], negated: bool) -> Option<(String, Class)> {
        let (text, class) = self.write(expression)?;
        let mut values = Vec::new();
        for value in list {
            let (value, of) = self.write(value)?;
            if !agree(class, of) {
                return None;
            }
            values.push(value);
        }
        let word = if negated { "not in" } else { "in" };
        (!values.is_empty()).then(|| (format!("{text} {word} ({})", values.join(", ")), Class::Boolean))
    }

    fn call(&self, function: &Function) -> Option<(String, Class)> {
        let FunctionArguments::List(list) = &function.args else { return None };
        let name = last(&function.name)?;
        let arguments = list.args.iter().map(|argument| match argument {
            FunctionArg::Unnamed(FunctionArgExpr::Expr(argument)) => self.write(argument),
            _ => None,
        });
        let mut arguments: Vec<(String, Class)> = arguments.collect::<Option<_>>()?;
        match (name.as_str(), arguments.as_slice()) {
            // PostgreSQL's own leaves NULL out; in MySQL one of them makes the whole NULL, as `||` does elsewhere.
            ("concat", [_, ..]) if self.from == "mysql" && arguments.iter().all(|(_, c)| is_text(*c)) => {
                let parts: Vec<String> = arguments.into_iter().map(|(text, _)| text).collect();
                return Some((format!("({})", parts.join(" || ")), Class::Text));
            }
            ("coalesce" | "ifnull", [(_, first), _, ..]) => {
                let class = arguments.iter().map(|(_, c)| *c).find(|c| !matches!(c, Class::Null | Class::Constant));
                let class = class.unwrap_or(*first);
                let parts: Vec<String> =
                    arguments.iter().map(|(t, c)| agree(class, *c).then(|| t.clone())).collect::<Option<_>>()?;
                return Some((format!("coalesce({})", parts.join(", ")), class));
            }
            _ => {}
        }
        let ((text, class), true) = (arguments.pop()?, arguments.is_empty()) else { return None };
        match (name.as_str(), class) {
            ("abs", Class::Number) => Some((format!("abs({text})"), Class::Number)),
            // MySQL's `length` counts bytes.
            ("length", Class::Text) if self.from == "mysql" => None,
            ("length" | "char_length" | "character_length", Class::Text) => {
                let name = if self.to == "sqlite" { "length" } else { "char_length" };
                Some((format!("{name}({text})"), Class::Number))
            }
            _ => None,
        }
    }
}

fn is_text(class: Class) -> bool {
    matches!(class, Class::Text | Class::Constant)
}

fn array(expression: &Expr) -> Option<&[Expr]> {
    match expression {
        Expr::Array(array) => Some(&array.elem),
        Expr::Nested(inner) | Expr::Cast { expr: inner, .. } => array(inner),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
