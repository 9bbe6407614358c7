//! New inputs from old ones. It must not know what the inputs mean.

/// Inputs that were worth keeping are mutated further; the oldest of them make room.
const KEPT: usize = 4_000;
const LONGEST: usize = 6_000;

pub struct Mutator {
    state: u64,
    corpus: Vec<Vec<u8>>,
    seeds: usize,
    words: &'static [&'static str],
}

impl Mutator {
    pub fn new(seed: u64, corpus: Vec<Vec<u8>>, words: &'static [&'static str]) -> Mutator {
        let seeds = corpus.len();
        Mutator { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1, corpus, seeds, words }
    }

    /// xorshift64*.
    fn random(&mut self) -> u64 {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        self.state.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// Below `end`, which may be 0.
    fn below(&mut self, end: usize) -> usize {
        if end == 0 { 0 } else { (self.random() >> 16) as usize % end }
    }

    pub fn keep(&mut self, input: Vec<u8>) {
        if self.corpus.len() < KEPT {
            self.corpus.push(input);
        } else {
            let place = self.seeds + self.below(KEPT - self.seeds);
            self.corpus[place] = input;
        }
    }

    pub fn next(&mut self) -> Vec<u8> {
        let from = self.below(self.corpus.len());
        let mut input = self.corpus[from].clone();
        for _ in 0..=self.below(5) {
            self.mutate(&mut input);
        }
        input.truncate(LONGEST);
        input
    }

    fn mutate(&mut self, input: &mut Vec<u8>) {
        let at = self.below(input.len() + 1);
        let to = at + self.below((input.len() - at).min(40) + 1);
        match self.below(10) {
            0 => {
                input.drain(at..to);
            }
            1 if at < input.len() => input[at] ^= 1 << self.below(8),
            2 if at < input.len() => input[at] = self.random() as u8,
            3 => {
                let word = self.words[self.below(self.words.len())];
                input.splice(at..at, word.bytes());
            }
            4 => {
                let word = self.words[self.below(self.words.len())];
                input.splice(at..to, word.bytes());
            }
            5 => {
                let piece = input[at..to].to_vec();
                let times = [1, 2, 8, 200][self.below(4)];
                let many = piece.repeat(times);
                input.splice(at..at, many);
            }
            6 => {
                let other = self.below(self.corpus.len());
                let other = &self.corpus[other];
                let (len, start) = (other.len(), (self.state >> 20) as usize % (other.len() + 1));
                let piece = other[start..len.min(start + 60)].to_vec();
                input.splice(at..to, piece);
            }
            7 => {
                let place = self.below(input.len() + 1);
                let piece: Vec<u8> = input[at..to].to_vec();
                input.splice(place..place, piece);
            }
            8 => {
                let number = [
                    "0",
                    "-1",
                    "255",
                    "65536",
                    "2147483648",
                    "-9223372036854775808",
                    "18446744073709551616",
                    "1e400",
                    "0.1",
                    "99999999999999999999999999999999999999",
                    "00",
                    "+1",
                    "NaN",
                ][self.below(13)];
                input.splice(at..at, number.bytes());
            }
            _ => {
                let odd = [
                    "é",
                    "ü\u{301}",
                    "🐘",
                    "\u{0}",
                    "\u{202e}",
                    "\u{feff}",
                    "\r\n",
                    "\"\"",
                    "''",
                    "\\",
                    "%",
                    "\u{10ffff}",
                ][self.below(12)];
                input.splice(at..at, odd.bytes());
            }
        }
    }
}
