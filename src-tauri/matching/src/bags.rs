//! Things counted with weights, and how much two such counts have in common.

/// Numbers of things, sorted, with weights of length 1 altogether.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Bag(Vec<(u32, f32)>);

impl Bag {
    /// From things sorted by number, each once.
    pub fn of_unit_length(mut things: Vec<(u32, f32)>) -> Bag {
        let length = things.iter().map(|(_, w)| w * w).sum::<f32>().sqrt();
        if length > 0.0 {
            things.iter_mut().for_each(|(_, w)| *w /= length);
        }
        Bag(things)
    }

    /// 0 to 1.
    pub fn cosine(&self, other: &Bag) -> f64 {
        let mut sum = 0f32;
        self.common(other, |a, b| sum += a * b);
        f64::from(sum).min(1.0)
    }

    /// The share of this bag's weight that the other holds too, 0 to 1.
    pub fn share_in(&self, other: &Bag) -> f64 {
        let mut sum = 0f32;
        self.common(other, |a, _| sum += a * a);
        f64::from(sum).min(1.0)
    }

    fn common(&self, other: &Bag, mut each: impl FnMut(f32, f32)) {
        let (mut i, mut j) = (0, 0);
        while let (Some(x), Some(y)) = (self.0.get(i), other.0.get(j)) {
            match x.0.cmp(&y.0) {
                std::cmp::Ordering::Less => i += 1,
                std::cmp::Ordering::Greater => j += 1,
                std::cmp::Ordering::Equal => {
                    each(x.1, y.1);
                    i += 1;
                    j += 1;
                }
            }
        }
    }
}
