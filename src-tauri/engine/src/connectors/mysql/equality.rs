//! When the server holds two texts to be one: asked of the server itself, by its own weights.
//!
//! Nothing is written and no table is read: the texts travel as bound values.

use mysql_async::prelude::Queryable;
use mysql_async::{Row, Value};

use super::connect::Session;
use super::dialect::{UNPADDED, literal, quote};
use super::errors::from_driver;
use crate::catalog::Column;
use crate::connectors::Equality;
use crate::error::{Error, Result};

/// Texts in one statement: a row has at most 4,096 columns, and a statement 65,535 parameters.
const AT_ONCE: usize = 256;
const WHAT: &str = "the server could not be asked which keys it holds to be one";

/// `made` is the collation of new tables; a column that exists knows its own.
pub(super) fn of(column: &Column, made: &str) -> Equality {
    let text = column.logical.arrow() == datafusion::arrow::datatypes::DataType::Utf8;
    match column.collation.as_deref().unwrap_or(made) {
        _ if !text => Equality::Exact,
        "binary" => Equality::Exact,
        name if UNPADDED.contains(&name) || name.ends_with("_nopad_bin") => Equality::Exact,
        name if name.ends_with("_bin") => Equality::TrailingSpaces,
        name => Equality::Asked(name.to_string()),
    }
}

/// The server's weights of texts under a collation, without those of spaces at the end where it pads.
pub(super) async fn weights(session: &mut Session, collation: &str, texts: &[&str]) -> Result<Vec<Vec<u8>>> {
    // Every collation is named after its character set (<https://dev.mysql.com/doc/refman/8.4/en/charset-collation-names.html>).
    let set = collation.split('_').next().unwrap_or(collation);
    let under = |text: &str| format!("convert({text} using {}) collate {}", quote(set), quote(collation));
    let (a, padded, space) = (under(&literal("a")), under(&literal("a ")), under(&literal(" ")));
    let asked = format!("select {a} = {padded}, weight_string({space})");
    let known: Option<(u8, Option<Vec<u8>>)> =
        session.connection().query_first(asked).await.map_err(|e| from_driver(e, WHAT))?;
    let space = match known {
        Some((1, space)) => space.filter(|s| !s.is_empty()),
        _ => None,
    };
    let mut found = Vec::with_capacity(texts.len());
    for texts in texts.chunks(AT_ONCE) {
        let each = vec![format!("weight_string({})", under("?")); texts.len()].join(", ");
        let bound: Vec<Value> = texts
            .iter()
            .map(|text| if space.is_some() { text.trim_end_matches(' ') } else { text })
            .map(|text| Value::Bytes(text.as_bytes().to_vec()))
            .collect();
        let row: Option<Row> =
            session.connection().exec_first(format!("select {each}"), bound).await.map_err(|e| from_driver(e, WHAT))?;
        for value in row.ok_or_else(|| Error::internal(WHAT))?.unwrap() {
            let Value::Bytes(mut weight) = value else { return Err(Error::internal(WHAT)) };
            if let Some(space) = &space {
                // Other characters may weigh what a space does.
                while weight.len() % space.len() == 0 && weight.ends_with(space) {
                    weight.truncate(weight.len() - space.len());
                }
            }
            found.push(weight);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::LogicalType;

    #[test]
    fn only_collations_that_do_not_pad_tell_spaces_apart() {
        let column = |collation: Option<&str>| Column {
            name: "c".into(),
            native_type: String::new(),
            logical: LogicalType::TEXT,
            nullable: true,
            default: None,
            identity: None,
            generated: None,
            comment: None,
            derived: false,
            collation: collation.map(str::to_string),
            reading: None,
        };
        assert_eq!(of(&column(None), "utf8mb4_nopad_bin"), Equality::Exact);
        assert_eq!(of(&column(None), "utf8mb4_0900_bin"), Equality::Exact);
        assert_eq!(of(&column(None), "utf8mb4_bin"), Equality::TrailingSpaces);
        assert_eq!(of(&column(Some("latin1_bin")), "utf8mb4_nopad_bin"), Equality::TrailingSpaces);
        let asked = "utf8mb4_0900_ai_ci";
        assert_eq!(of(&column(Some(asked)), "utf8mb4_0900_bin"), Equality::Asked(asked.into()));
        let number = Column { logical: LogicalType::INT32, ..column(Some(asked)) };
        assert_eq!(of(&number, "utf8mb4_bin"), Equality::Exact);
    }
}
