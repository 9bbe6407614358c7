//! Evidence from the letters of names, in threes: it finds what words cannot, such as names run together, other
//! spellings and languages of one family.

use std::collections::HashMap;

use super::bags::Bag;

/// The letters of a name in threes, between two marks.
fn threes(name: &str) -> Vec<String> {
    let letters: Vec<char> = std::iter::once('^')
        .chain(name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase))
        .chain(['$'])
        .collect();
    letters.windows(3).map(|three| three.iter().collect()).collect()
}

/// One bag for each name, the rarer a three the heavier.
pub(super) fn bags<'n>(names: impl Iterator<Item = &'n str>) -> Vec<Bag> {
    let mut ids: HashMap<String, u32> = HashMap::new();
    let mut names_with: Vec<u32> = Vec::new();
    let mut counted: Vec<Vec<u32>> = Vec::new();
    for name in names {
        let mut own: Vec<u32> = threes(name)
            .into_iter()
            .map(|three| {
                let next = ids.len() as u32;
                *ids.entry(three).or_insert(next)
            })
            .collect();
        own.sort_unstable();
        own.dedup();
        names_with.resize(ids.len(), 0);
        own.iter().for_each(|&id| names_with[id as usize] += 1);
        counted.push(own);
    }
    let all = counted.len() as f32;
    let weigh = |id: u32| (id, ((1.0 + all) / (1.0 + names_with[id as usize] as f32)).ln().max(0.05));
    counted.into_iter().map(|own| Bag::of_unit_length(own.into_iter().map(weigh).collect())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_run_together_and_misspelt_stay_close() {
        let names = ["customeraddress", "CustomerAdress", "order_total", "address"];
        let bags = bags(names.into_iter());
        assert!(bags[0].cosine(&bags[1]) > 0.6);
        assert!(bags[0].cosine(&bags[3]) > 0.3);
        assert!(bags[0].cosine(&bags[2]) < 0.05);
    }
}
