//! Random values as SQL constants: mostly anywhere in their type, often at its edges, sometimes NULL.

use super::Base;

/// No more of chance is needed than that it is the same each time.
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Chance {
        Chance(seed | 1)
    }

    pub fn bits(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub fn below(&mut self, n: u64) -> u64 {
        (self.bits() >> 11) % n
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }
}

/// What values of a column may be.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    Truth,
    /// Bits, and whether it has a sign.
    Integer(u32, bool),
    /// Digits, and those behind the point.
    Decimal(u32, u32),
    /// The same, kept as text with all digits behind the point.
    DecimalText(u32, u32),
    Float32,
    Float64,
    /// At most so many characters.
    Text(u64),
    /// Text without spaces at its end, which its type pads.
    Code(u64),
    Bytes(u64),
    Date,
    /// Fractional digits.
    Time(u32),
    Reading(u32),
    Moment(u32),
    /// An instant that 31 bits of seconds hold.
    Recent,
    Span,
    Uuid,
    Json,
    Array,
    Address,
    OneOf(&'static [&'static str]),
}

const LETTERS: [&str; 40] = [
    "a",
    "b",
    "Z",
    "0",
    "7",
    " ",
    " ",
    "'",
    "\"",
    "\\",
    "\\N",
    ",",
    ";",
    "|",
    "\t",
    "\n",
    "\r\n",
    "%",
    "_",
    "`",
    "$1",
    "{}",
    "é",
    "e\u{301}",
    "ß",
    "ع",
    "ر",
    "بي",
    "שלום",
    "\u{200f}",
    "\u{202e}",
    "中",
    "𠀀",
    "🚢",
    "👩‍👩‍👧",
    "\u{feff}",
    "\u{1}",
    "\u{7f}",
    "\u{fffd}",
    "\u{2028}",
];

impl Shape {
    /// A value as a constant of the database's SQL.
    pub fn literal(self, base: Base, chance: &mut Chance) -> String {
        if chance.below(9) == 0 {
            return "null".into();
        }
        let quoted = |text: String| {
            let text = if base == Base::MariaDb { text.replace('\\', r"\\") } else { text };
            format!("'{}'", text.replace('\'', "''"))
        };
        match self {
            Shape::Truth => match (base, chance.below(2)) {
                (Base::Postgres, n) => (n == 1).to_string(),
                (_, n) => n.to_string(),
            },
            Shape::Integer(bits, signed) => integer(bits, signed, chance),
            Shape::Decimal(digits, scale) => decimal(digits, scale, chance),
            Shape::DecimalText(digits, scale) => {
                let number = decimal(digits, scale, chance);
                let (whole, fraction) = number.split_once('.').unwrap_or((&number, ""));
                quoted(format!("{whole}.{fraction:0<width$}", width = scale as usize))
            }
            Shape::Float32 => loop {
                let x = f32::from_bits(chance.bits() as u32);
                if x.is_normal() {
                    break float(base, format!("{x:e}"));
                }
            },
            Shape::Float64 => loop {
                let x = if chance.below(2) == 0 {
                    f64::from_bits(chance.bits())
                } else {
                    (chance.bits() as i64 >> 20) as f64 / 1000.0
                };
                if x.is_normal() {
                    break float(base, format!("{x:e}"));
                }
            },
            Shape::Text(most) => quoted(text(most, chance)),
            Shape::Code(most) => quoted(text(most, chance).trim_end_matches(' ').to_string()),
            Shape::Bytes(most) => {
                let hex: String = (0..chance.below(most + 1)).map(|_| format!("{:02x}", chance.bits() as u8)).collect();
                if base == Base::Postgres { format!("'\\x{hex}'") } else { format!("x'{hex}'") }
            }
            Shape::Date => quoted(date(chance, 1, 9999)),
            Shape::Time(digits) => quoted(clock(chance, digits)),
            Shape::Reading(digits) => quoted(format!("{} {}", date(chance, 1, 9999), clock(chance, digits))),
            Shape::Moment(digits) => quoted(format!("{} {}+00:00", date(chance, 1, 9999), clock(chance, digits))),
            Shape::Recent => quoted(format!("{} {}", date(chance, 1971, 2037), clock(chance, 6))),
            Shape::Span => {
                let mut part =
                    |unit: &str, most: u64| format!("{} {unit} ", chance.below(2 * most) as i64 - most as i64);
                let text = part("years", 100) + &part("mons", 12) + &part("days", 40) + &part("hours", 30);
                quoted(text + &part("microseconds", 1_000_000_000))
            }
            Shape::Uuid => {
                // MariaDB takes those of RFC 9562 only: version 4, variant 2.
                let a = chance.bits() & !0xf000 | 0x4000;
                let b = chance.bits() & !(3 << 62) | 2 << 62;
                let hex = format!("{a:016x}{b:016x}");
                quoted([&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-"))
            }
            Shape::Json => quoted(document(chance, 0)),
            Shape::Array => {
                let elements: Vec<String> = (0..chance.below(5))
                    .map(|_| if chance.below(5) == 0 { "NULL".into() } else { integer(32, true, chance) })
                    .collect();
                quoted(format!("{{{}}}", elements.join(",")))
            }
            Shape::Address => {
                let mut part = || chance.bits() as u8;
                quoted(format!("{}.{}.{}.{}", part(), part(), part(), part()))
            }
            Shape::OneOf(labels) => quoted(chance.one(labels).to_string()),
        }
    }
}

fn integer(bits: u32, signed: bool, chance: &mut Chance) -> String {
    let (least, greatest) = match signed {
        true => (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1),
        false => (0, (1i128 << bits) - 1),
    };
    let anywhere = least + i128::from(chance.bits()) % (greatest - least + 1);
    let small = (i128::from(chance.below(20)) - 10).clamp(least, greatest);
    chance.one(&[least, greatest, small, anywhere, anywhere]).to_string()
}

fn decimal(digits: u32, scale: u32, chance: &mut Chance) -> String {
    let whole = chance.below(u64::from(digits - scale) + 1);
    let fraction = chance.below(u64::from(scale) + 1);
    let mut some = |n: u64| (0..n).map(|_| char::from(b'0' + chance.below(10) as u8)).collect::<String>();
    let (whole, fraction) = (some(whole), some(fraction));
    let whole = whole.trim_start_matches('0');
    let number = format!(
        "{}{}{fraction}",
        if whole.is_empty() { "0" } else { whole },
        if fraction.is_empty() { "" } else { "." }
    );
    let minus = chance.below(2) == 0 && number.bytes().any(|b| (b'1'..=b'9').contains(&b));
    if minus { format!("-{number}") } else { number }
}

/// Without zeros at its end, as a decimal is written as text.
fn trimmed(number: String) -> String {
    match number.contains('.') {
        true => number.trim_end_matches('0').trim_end_matches('.').into(),
        false => number,
    }
}

fn float(base: Base, text: String) -> String {
    if base == Base::Postgres { format!("'{text}'") } else { text }
}

fn text(most: u64, chance: &mut Chance) -> String {
    let mut text = String::new();
    let letters = chance.below(most + 1);
    loop {
        let next = chance.one(&LETTERS);
        if (text.chars().count() + next.chars().count()) as u64 > letters {
            return text;
        }
        text.push_str(next);
    }
}

fn date(chance: &mut Chance, first: u64, last: u64) -> String {
    let year = first + chance.below(last - first + 1);
    format!("{year:04}-{:02}-{:02}", 1 + chance.below(12), 1 + chance.below(28))
}

fn clock(chance: &mut Chance, digits: u32) -> String {
    let whole = format!("{:02}:{:02}:{:02}", chance.below(24), chance.below(60), chance.below(60));
    match digits {
        0 => whole,
        _ => {
            let fraction = chance.below(10u64.pow(digits));
            trimmed(format!("{whole}.{fraction:0width$}", width = digits as usize))
        }
    }
}

fn document(chance: &mut Chance, depth: u32) -> String {
    match chance.below(if depth < 3 { 8 } else { 5 }) {
        0 => "null".into(),
        1 => "true".into(),
        2 => integer(64, true, chance),
        3 => decimal(30, 10, chance),
        4 => serde_json::Value::from(text(10, chance)).to_string(),
        5 | 6 => {
            let members: Vec<String> =
                (0..chance.below(4)).map(|i| format!("\"k{}\": {}", i * 7 % 4, document(chance, depth + 1))).collect();
            format!("{{{}}}", members.join(", "))
        }
        _ => {
            let elements: Vec<String> = (0..chance.below(4)).map(|_| document(chance, depth + 1)).collect();
            format!("[{}]", elements.join(","))
        }
    }
}
