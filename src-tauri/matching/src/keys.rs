//! Evidence from keys: an identifier corresponds to an identifier.

/// What a column is to its table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The whole primary key.
    PrimaryKey,
    /// A column of a primary key of several.
    PartOfKey,
    /// Alone unique.
    Unique,
    Required,
    Optional,
}

/// 0 to 1; `None` when the table tells no key or the roles say nothing.
pub(super) fn agreement(from: Option<Role>, to: Option<Role>) -> Option<f64> {
    use Role::*;
    let (from, to) = (from?, to?);
    Some(match (from, to) {
        (PrimaryKey, PrimaryKey) => 1.0,
        (PrimaryKey, Unique) | (Unique, PrimaryKey) | (Unique, Unique) => 0.8,
        (PartOfKey, PartOfKey) => 0.9,
        (PartOfKey, PrimaryKey) | (PrimaryKey, PartOfKey) => 0.5,
        (PrimaryKey, _) | (_, PrimaryKey) => 0.15,
        (Required, Required) => 0.55,
        (Optional, Optional) => 0.52,
        _ => 0.45,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_primary_key_goes_with_a_primary_key() {
        let of = |a, b| agreement(Some(a), Some(b)).unwrap();
        assert!(of(Role::PrimaryKey, Role::PrimaryKey) > of(Role::PrimaryKey, Role::Unique));
        assert!(of(Role::PrimaryKey, Role::Optional) < 0.5);
        assert_eq!(agreement(None, Some(Role::PrimaryKey)), None);
    }
}
