//! Words in front of every name of a table or schema, such as `cust_name, cust_id` or `tbl_order`: they say where a
//! name belongs, not what it means.

use std::collections::HashMap;

/// The first word that at least four fifths of the names share, when there are three names or more and no such name
/// consists of it alone.
pub fn shared_prefix<'a>(names: impl Iterator<Item = &'a [String]>) -> Option<&'a str> {
    let mut count = 0usize;
    let mut first: HashMap<&str, usize> = HashMap::new();
    for name in names {
        count += 1;
        if let [word, _, ..] = name {
            *first.entry(word).or_default() += 1;
        }
    }
    let (word, shared) = first.into_iter().max_by_key(|(word, n)| (*n, std::cmp::Reverse(*word)))?;
    (count >= 3 && shared * 5 >= count * 4).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::super::tokens::tokens;
    use super::*;

    fn prefix(names: &[&str]) -> Option<String> {
        let names: Vec<_> = names.iter().map(|n| tokens(n)).collect();
        shared_prefix(names.iter().map(Vec::as_slice)).map(str::to_owned)
    }

    #[test]
    fn a_word_in_front_of_nearly_every_name_is_a_prefix() {
        assert_eq!(prefix(&["cust_id", "cust_name", "cust_city"]).as_deref(), Some("cust"));
        assert_eq!(prefix(&["tblOrder", "tblItem", "tblUser", "tblRole", "log"]).as_deref(), Some("tbl"));
        assert_eq!(prefix(&["id", "name", "first_name"]), None);
        assert_eq!(prefix(&["order_id", "order_date"]), None);
    }
}
