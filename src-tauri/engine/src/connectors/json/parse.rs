//! A strict walk over the bytes of one document, without making anything of it.
//!
//! Own code rather than serde_json's visitors, because numbers must keep their text, keys that come twice must be seen,
//! and each fault must name its byte. Its acceptance is that of serde_json (RFC 8259), which the tests compare with;
//! nesting is limited as there, so that no document exhausts the stack.

use std::borrow::Cow;

/// As deep as serde_json goes.
pub(super) const MAX_DEPTH: usize = 128;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Null,
    Boolean,
    Number,
    Text,
    Object,
    Array,
}

/// What the bytes break, at which of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Broken {
    pub at: usize,
    pub why: &'static str,
}

#[derive(Debug, Clone)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    bytes: &'a [u8],
    pub at: usize,
    depth: usize,
}

impl<'a> Cursor<'a> {
    /// Of a document's text from its byte `at`.
    pub(super) fn new(text: &'a str, at: usize) -> Cursor<'a> {
        Cursor { text, bytes: text.as_bytes(), at, depth: 0 }
    }

    fn broken<T>(&self, why: &'static str) -> Result<T, Broken> {
        Err(Broken { at: self.at, why })
    }

    fn white(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.bytes.get(self.at) {
            self.at += 1;
        }
    }

    /// What the next value is, by its first byte.
    pub(super) fn kind(&mut self) -> Result<Kind, Broken> {
        self.white();
        Ok(match self.bytes.get(self.at) {
            Some(b'{') => Kind::Object,
            Some(b'[') => Kind::Array,
            Some(b'"') => Kind::Text,
            Some(b't' | b'f') => Kind::Boolean,
            Some(b'n') => Kind::Null,
            Some(b'-' | b'0'..=b'9') => Kind::Number,
            Some(_) => return self.broken("a value is expected"),
            None => return self.broken("the document ends where a value is expected"),
        })
    }

    /// Nothing but white space is left.
    pub(super) fn end(&mut self) -> Result<(), Broken> {
        self.white();
        if self.at == self.bytes.len() { Ok(()) } else { self.broken("something follows the document") }
    }

    /// Goes over the next value, and gives its text.
    pub(super) fn skip(&mut self) -> Result<&'a str, Broken> {
        let kind = self.kind()?;
        let start = self.at;
        match kind {
            Kind::Null => self.word("null")?,
            Kind::Boolean if self.bytes[self.at] == b't' => self.word("true")?,
            Kind::Boolean => self.word("false")?,
            Kind::Number => self.number()?,
            Kind::Text => drop(self.string()?),
            Kind::Object => self.members(|cursor, _| cursor.skip().map(drop))?,
            Kind::Array => self.elements(|cursor| cursor.skip().map(drop))?,
        }
        Ok(&self.text[start..self.at])
    }

    fn word(&mut self, word: &str) -> Result<(), Broken> {
        if self.bytes[self.at..].starts_with(word.as_bytes()) {
            self.at += word.len();
            Ok(())
        } else {
            self.broken("a value is expected")
        }
    }

    fn digits(&mut self) -> Result<(), Broken> {
        let from = self.at;
        while let Some(b'0'..=b'9') = self.bytes.get(self.at) {
            self.at += 1;
        }
        if self.at > from { Ok(()) } else { self.broken("a digit is expected") }
    }

    fn number(&mut self) -> Result<(), Broken> {
        if self.bytes[self.at] == b'-' {
            self.at += 1;
        }
        if self.bytes.get(self.at) == Some(&b'0') {
            self.at += 1;
            if let Some(b'0'..=b'9') = self.bytes.get(self.at) {
                return self.broken("a number begins with a zero");
            }
        } else {
            self.digits()?;
        }
        if self.bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.bytes.get(self.at) {
            self.at += 1;
            if let Some(b'+' | b'-') = self.bytes.get(self.at) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    /// Goes over a string; its text with the quotes, and whether it holds an escape.
    fn string(&mut self) -> Result<(&'a str, bool), Broken> {
        let start = self.at;
        let mut escaped = false;
        self.at += 1;
        loop {
            let rest = &self.bytes[self.at..];
            let Some(plain) = rest.iter().position(|b| ENDS_PLAIN[usize::from(*b)]) else {
                self.at = self.bytes.len();
                return self.broken("a string is not closed");
            };
            self.at += plain;
            match self.bytes[self.at] {
                b'"' => {
                    self.at += 1;
                    return Ok((&self.text[start..self.at], escaped));
                }
                b'\\' => {
                    escaped = true;
                    self.escape()?;
                }
                _ => return self.broken("a control character stands in a string"),
            }
        }
    }

    fn escape(&mut self) -> Result<(), Broken> {
        match self.bytes.get(self.at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 2,
            Some(b'u') => {
                let digits = self.bytes.get(self.at + 2..self.at + 6);
                if !digits.is_some_and(|d| d.iter().all(u8::is_ascii_hexdigit)) {
                    return self.broken("an escape has no four hexadecimal digits");
                }
                self.at += 6;
            }
            _ => return self.broken("an escape is not one of JSON's"),
        }
        Ok(())
    }

    fn enter(&mut self) -> Result<(), Broken> {
        self.depth += 1;
        self.at += 1;
        if self.depth > MAX_DEPTH { self.broken("the document is nested more than 128 deep") } else { Ok(()) }
    }

    /// Goes over an object; `each` is called with the cursor before a member's value, and goes over it.
    pub(super) fn members<E: From<Broken>>(
        &mut self,
        mut each: impl FnMut(&mut Self, &str) -> Result<(), E>,
    ) -> Result<(), E> {
        self.enter()?;
        self.white();
        if self.bytes.get(self.at) == Some(&b'}') {
            self.at += 1;
            self.depth -= 1;
            return Ok(());
        }
        loop {
            self.white();
            if self.bytes.get(self.at) != Some(&b'"') {
                return Ok(self.broken("a key in quotes is expected")?);
            }
            let start = self.at;
            let (raw, escaped) = self.string()?;
            let key = unescaped(raw, escaped).map_err(|why| Broken { at: start, why })?;
            self.white();
            if self.bytes.get(self.at) != Some(&b':') {
                return Ok(self.broken("a colon is expected")?);
            }
            self.at += 1;
            self.white();
            each(self, &key)?;
            self.white();
            match self.bytes.get(self.at) {
                Some(b',') => self.at += 1,
                Some(b'}') => break,
                _ => return Ok(self.broken("a comma or the object's end is expected")?),
            }
        }
        self.at += 1;
        self.depth -= 1;
        Ok(())
    }

    /// Goes over an array; `each` is called with the cursor before an element, and goes over it.
    pub(super) fn elements<E: From<Broken>>(
        &mut self,
        mut each: impl FnMut(&mut Self) -> Result<(), E>,
    ) -> Result<(), E> {
        self.enter()?;
        self.white();
        if self.bytes.get(self.at) == Some(&b']') {
            self.at += 1;
            self.depth -= 1;
            return Ok(());
        }
        loop {
            self.white();
            each(self)?;
            self.white();
            match self.bytes.get(self.at) {
                Some(b',') => self.at += 1,
                Some(b']') => break,
                _ => return Ok(self.broken("a comma or the array's end is expected")?),
            }
        }
        self.at += 1;
        self.depth -= 1;
        Ok(())
    }
}

/// Bytes that end a run of plain ones inside a string.
const ENDS_PLAIN: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        table[byte] = true;
        byte += 1;
    }
    table[b'"' as usize] = true;
    table[b'\\' as usize] = true;
    table
};

const HALF_PAIR: &str = "a string holds half of a surrogate pair, which no text can";

fn unescaped(raw: &str, escaped: bool) -> Result<Cow<'_, str>, &'static str> {
    if escaped {
        serde_json::from_str::<String>(raw).map(Cow::Owned).map_err(|_| HALF_PAIR)
    } else {
        Ok(Cow::Borrowed(&raw[1..raw.len() - 1]))
    }
}

/// The text of a string that was gone over.
pub(super) fn text_of(raw: &str) -> Result<Cow<'_, str>, &'static str> {
    unescaped(raw, raw.as_bytes().contains(&b'\\'))
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
