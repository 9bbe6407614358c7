//! Names for tables and columns that Rowferry creates. It must not know a dialect: reserved words and the length limit
//! are the dialect's business.

use super::names::tokens;

/// The name in lower-case words joined with `_`: `FirstName` becomes `first_name`, `Order Date` becomes `order_date`.
/// Letters of every script stay. A name without any letter or digit stays as it is.
pub fn target_name(name: &str) -> String {
    let words = tokens::words(name);
    if words.is_empty() { name.to_owned() } else { words.join("_") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn camel_case_and_spaces_become_snake_case() {
        for (name, expected) in [
            ("FirstName", "first_name"),
            ("InvoiceId", "invoice_id"),
            ("XMLHttpRequest", "xml_http_request"),
            ("Order Date", "order_date"),
            ("already_snake", "already_snake"),
            ("address2", "address2"),
            ("Größe cm", "größe_cm"),
            ("---", "---"),
        ] {
            assert_eq!(target_name(name), expected);
        }
    }
}
