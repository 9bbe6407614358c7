use super::*;

/// Hands out a byte at a time, so that every document is met half-read.
struct Dripping<'a>(&'a [u8]);

impl Read for Dripping<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let Some((first, rest)) = self.0.split_first() else { return Ok(0) };
        into[0] = *first;
        self.0 = rest;
        Ok(1)
    }
}

type Seen = (u64, u64, String);

fn all(source: impl Read, layout: Layout) -> Result<Vec<Seen>> {
    let mut documents = Documents::new(Stream::new(source, 0, 1), layout, false, false);
    let mut seen = Vec::new();
    while let Some(extent) = documents.find()? {
        seen.push((extent.byte, extent.line, String::from_utf8_lossy(documents.bytes()).trim_end().to_string()));
    }
    assert!(documents.find()?.is_none(), "the end stays the end");
    Ok(seen)
}

fn documents(text: &str, layout: Layout) -> Vec<Seen> {
    let seen = all(text.as_bytes(), layout).unwrap();
    assert_eq!(all(Dripping(text.as_bytes()), layout).unwrap(), seen, "{text:?}");
    seen
}

#[test]
fn documents_end_where_their_structure_does() {
    let seen = documents("{\"a\":\"}\\\"]\\\\\"} \n{\"b\":[{}]}[1]\"x\" 5", Layout::Values);
    let texts: Vec<_> = seen.iter().map(|s| s.2.as_str()).collect();
    assert_eq!(texts, ["{\"a\":\"}\\\"]\\\\\"}", "{\"b\":[{}]}", "[1]", "\"x\"", "5"]);
    assert_eq!((seen[1].0, seen[1].1), (16, 2));
}

#[test]
fn elements_of_an_array_are_documents() {
    let seen = documents(" 1,\n \"a,]\" , [2,3],{}\n,null ] \n", Layout::Array);
    let texts: Vec<_> = seen.iter().map(|s| s.2.as_str()).collect();
    assert_eq!(texts, ["1", "\"a,]\"", "[2,3]", "{}", "null"]);
    assert_eq!((seen[4].0, seen[4].1), (23, 3));
    assert_eq!(documents("]", Layout::Array), []);
}

#[test]
fn lines_are_documents_whatever_is_on_them() {
    let seen = documents("{\"a\":\n\r\n  [}\r\nx", Layout::Lines);
    assert_eq!(seen, [(0, 1, "{\"a\":".into()), (10, 3, "[}".into()), (14, 4, "x".into())]);
}

#[test]
fn what_has_no_structure_is_an_error() {
    for (text, layout) in [
        ("1 2]", Layout::Array),
        ("1,,2]", Layout::Array),
        ("1,]", Layout::Array),
        ("1", Layout::Array),
        ("1,", Layout::Array),
        ("[1", Layout::Array),
        ("1] 2", Layout::Array),
        ("{\"a\":1", Layout::Values),
        ("{\"a\":\"", Layout::Values),
        ("{}}", Layout::Values),
        ("{},{}", Layout::Values),
    ] {
        assert!(all(text.as_bytes(), layout).is_err(), "{text}");
        assert!(all(Dripping(text.as_bytes()), layout).is_err(), "{text}");
    }
}

#[test]
fn a_document_that_is_too_long_does_not_fill_the_memory() {
    let long = format!("[\"{}\"]", "x".repeat(3 << 20));
    for (text, layout) in [
        (format!("{long}\n{{}}\n"), Layout::Lines),
        (format!("{long},{{}}]"), Layout::Array),
        (format!("{long}{{}}"), Layout::Values),
    ] {
        let mut stream = Stream::new(text.as_bytes(), 0, 1);
        stream.max = 1 << 20;
        let mut documents = Documents::new(stream, layout, false, false);
        assert!(documents.find().unwrap().unwrap().too_long);
        let next = documents.find().unwrap().unwrap();
        assert!(!next.too_long && documents.bytes().starts_with(b"{}"), "{layout:?}");
        assert!(documents.find().unwrap().is_none());
        assert!(documents.stream.buffer.len() <= 4 << 20);
    }
}
