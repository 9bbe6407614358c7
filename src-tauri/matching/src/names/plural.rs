//! Plurals of English words: tables are named in either number.

/// The singular of a lower-case word, as far as its ending tells.
pub fn singular(word: &str) -> String {
    let irregular = match word {
        "people" => "person",
        "children" => "child",
        "men" => "man",
        "women" => "woman",
        "indices" | "indexes" => "index",
        "criteria" => "criterion",
        "addresses" => "address",
        "statuses" => "status",
        "aliases" => "alias",
        "movies" => "movie",
        "series" | "species" | "news" | "address" | "access" | "always" | "gps" | "sms" | "dns" | "https" | "os" => {
            word
        }
        _ => "",
    };
    if !irregular.is_empty() {
        return irregular.to_owned();
    }
    let stem = |ending: &str| word.strip_suffix(ending).filter(|s| s.chars().count() >= 2);
    if let Some(s) = stem("ies").filter(|s| s.len() > 2) {
        return format!("{s}y");
    }
    for ending in ["sses", "xes", "ches", "shes", "zes"] {
        if stem(ending).is_some() {
            return word[..word.len() - 2].to_owned();
        }
    }
    if word.ends_with("ss") || word.ends_with("us") || word.ends_with("is") {
        return word.to_owned();
    }
    stem("s").unwrap_or(word).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_become_singular_and_singulars_stay() {
        for (word, expected) in [
            ("customers", "customer"),
            ("categories", "category"),
            ("boxes", "box"),
            ("addresses", "address"),
            ("address", "address"),
            ("status", "status"),
            ("people", "person"),
            ("analysis", "analysis"),
            ("classes", "class"),
            ("ids", "id"),
        ] {
            assert_eq!(singular(word), expected);
        }
    }
}
