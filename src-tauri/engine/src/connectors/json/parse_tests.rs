use super::*;

fn accepts(text: &str) -> bool {
    let mut cursor = Cursor::new(text, 0);
    cursor.skip().is_ok() && cursor.end().is_ok()
}

/// A small generator: the tests need no more of chance than that it is the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: u64) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n) as usize
    }
}

fn document(chance: &mut Chance, depth: usize) -> String {
    let white = [" ", "", "\n", "\t\r\n"][chance.below(4)];
    let plain = ["0", "-1", "1.5e-3", "true", "false", "null", "\"\"", "\"a\\n\\u00e9\"", "\"عر\"", "12E+4", "-0.0"];
    let text = match chance.below(if depth > 4 { 1 } else { 3 }) {
        1 => {
            let members: Vec<String> = (0..chance.below(4))
                .map(|_| format!("\"k{}\"{white}:{}", chance.below(9), document(chance, depth + 1)))
                .collect();
            format!("{{{}}}", members.join(","))
        }
        2 => {
            let elements: Vec<String> = (0..chance.below(4)).map(|_| document(chance, depth + 1)).collect();
            format!("[{white}{}]", elements.join(&format!("{white},")))
        }
        _ => plain[chance.below(plain.len() as u64)].to_string(),
    };
    format!("{white}{text}{white}")
}

#[test]
fn what_is_json_is_what_serde_json_says() {
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    let (mut sound, mut broken) = (0, 0);
    for _ in 0..20_000 {
        let mut text: Vec<char> = document(&mut chance, 0).chars().collect();
        assert!(accepts(&text.iter().collect::<String>()));
        for _ in 0..chance.below(3) {
            let odd: Vec<char> = "{}[]\",:\\/utrue0123456789.eE+- \n\u{1}x\u{e9}".chars().collect();
            let at = chance.below(text.len() as u64 + 1);
            match chance.below(3) {
                0 if at < text.len() => drop(text.remove(at)),
                1 if at < text.len() => text[at] = odd[chance.below(odd.len() as u64)],
                _ => text.insert(at, odd[chance.below(odd.len() as u64)]),
            }
        }
        let text: String = text.into_iter().collect();
        let expected = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
        assert_eq!(accepts(&text), expected, "{text:?}");
        *(if expected { &mut sound } else { &mut broken }) += 1;
    }
    assert!(sound > 1_000 && broken > 1_000, "{sound} sound, {broken} broken");
}

#[test]
fn what_breaks_a_document_is_named_with_its_byte() {
    for (text, at) in [
        ("{\"a\":tru}", 5),
        ("{\"a\":1,}", 7),
        ("[1,]", 3),
        ("{a:1}", 1),
        ("{\"a\" 1}", 5),
        ("[1 2]", 3),
        ("01", 1),
        ("1.", 2),
        ("\"\u{1}\"", 1),
        ("\"\\x\"", 1),
        ("\"\\u12g4\"", 1),
        ("\"a", 2),
        ("1 2", 2),
        ("", 0),
    ] {
        let mut cursor = Cursor::new(text, 0);
        let broken = cursor.skip().map(drop).and_then(|()| cursor.end()).unwrap_err();
        assert_eq!(broken.at, at, "{text:?}: {}", broken.why);
    }
}

#[test]
fn nesting_ends_where_serde_json_ends() {
    let nested = |n: usize| "[".repeat(n) + &"]".repeat(n);
    // The one counts what is left before it enters, the other what it has entered.
    for n in [126, 127, 128, 129, 10_000] {
        let theirs = serde_json::from_str::<serde_json::Value>(&nested(n)).is_ok();
        assert_eq!(accepts(&nested(n)), theirs || n == 128, "{n}");
    }
}
