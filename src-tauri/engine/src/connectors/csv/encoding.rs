//! The characters of a file that is not UTF-8.
//!
//! Encodings whose delimiters, quotes and line ends are single ASCII bytes are read as they stand, and decoded field by
//! field: places are the file's own bytes. UTF-16 is brought to UTF-8 on the way (`Text`), and places are those of that
//! text. Invariant: nothing stands in for bytes that have no character, nor for characters that have no bytes.

use std::borrow::Cow;
use std::io::{self, Read, Seek, SeekFrom};

use encoding_rs::{
    BIG5, DecoderResult, EUC_JP, EUC_KR, EncoderResult, Encoding, GB18030, GBK, ISO_2022_JP, REPLACEMENT, SHIFT_JIS,
    UTF_8, UTF_16BE, UTF_16LE, X_USER_DEFINED,
};

use crate::error::{Error, ErrorKind, Result};

/// What a file's characters are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Characters {
    encoding: &'static Encoding,
    /// A mark at the beginning says so.
    pub marked: bool,
}

/// Encodings that the window offers: the value of the URL's parameter, and what a person calls it.
pub(super) const OFFERED: &[(&str, &str)] = &[
    ("utf-8", "UTF-8"),
    ("utf-8-bom", "UTF-8 with a byte order mark"),
    ("utf-16le", "UTF-16, little-endian"),
    ("utf-16be", "UTF-16, big-endian"),
    ("windows-1252", "Western European (Windows-1252, Latin-1)"),
    ("iso-8859-15", "Western European (ISO 8859-15)"),
    ("windows-1256", "Arabic (Windows-1256)"),
    ("iso-8859-6", "Arabic (ISO 8859-6)"),
    ("windows-1250", "Central European (Windows-1250)"),
    ("iso-8859-2", "Central European (ISO 8859-2)"),
    ("windows-1251", "Cyrillic (Windows-1251)"),
    ("koi8-r", "Cyrillic (KOI8-R)"),
    ("windows-1253", "Greek (Windows-1253)"),
    ("windows-1254", "Turkish (Windows-1254)"),
    ("windows-1255", "Hebrew (Windows-1255)"),
    ("windows-1257", "Baltic (Windows-1257)"),
    ("windows-1258", "Vietnamese (Windows-1258)"),
    ("windows-874", "Thai (Windows-874)"),
    ("gb18030", "Chinese, simplified (GB18030)"),
    ("big5", "Chinese, traditional (Big5)"),
    ("shift_jis", "Japanese (Shift JIS)"),
    ("euc-kr", "Korean (EUC-KR)"),
];

impl Characters {
    pub const UTF_8: Characters = Characters { encoding: &encoding_rs::UTF_8_INIT, marked: false };

    /// By one of the names that the WHATWG gives it, such as `latin1`, `cp1256`, `utf-16`; `None` for an unknown one, and
    /// for one that cannot be read record by record.
    pub fn named(name: &str) -> Option<Characters> {
        if name.eq_ignore_ascii_case("utf-8-bom") {
            return Some(Characters { encoding: UTF_8, marked: true });
        }
        let encoding = Encoding::for_label_no_replacement(name.as_bytes())?;
        let readable = ![ISO_2022_JP, REPLACEMENT, X_USER_DEFINED].contains(&encoding);
        readable.then_some(Characters { encoding, marked: encoding == UTF_16LE || encoding == UTF_16BE })
    }

    /// What the mark at the beginning of a file says.
    pub fn of_mark(bytes: &[u8]) -> Option<Characters> {
        Encoding::for_bom(bytes).map(|(encoding, _)| Characters { encoding, marked: true })
    }

    /// What these bytes, which are no UTF-8, most likely are: a proposal, never more.
    pub fn guessed(bytes: &[u8]) -> Option<Characters> {
        let mut detector = chardetng::EncodingDetector::new();
        detector.feed(bytes, true);
        let encoding = detector.guess(None, false);
        let guessed = Characters { encoding, marked: false };
        guessed.decode(bytes).is_ok().then_some(guessed)
    }

    /// The same in a file that has no mark.
    pub fn unmarked(self) -> Characters {
        Characters { marked: false, ..self }
    }

    pub fn name(&self) -> &'static str {
        self.encoding.name()
    }

    pub fn is_utf8(&self) -> bool {
        self.encoding == UTF_8
    }

    /// Two bytes and more for each character.
    pub fn is_wide(&self) -> bool {
        self.encoding == UTF_16LE || self.encoding == UTF_16BE
    }

    /// As they are once `Text` has brought UTF-16 to UTF-8.
    pub fn as_read(&self) -> Characters {
        if self.is_wide() { Characters { encoding: UTF_8, marked: self.marked } } else { *self }
    }

    /// Can a byte of a longer character look like this ASCII byte?
    pub fn hides(&self, mark: u8) -> bool {
        let cjk = [GBK, GB18030, BIG5, SHIFT_JIS, EUC_JP, EUC_KR].contains(&self.encoding);
        cjk && (mark >= 0x40 || mark.is_ascii_digit())
    }

    /// # Errors
    /// The place of the first byte that has no character.
    pub fn decode<'a>(&self, bytes: &'a [u8]) -> Result<Cow<'a, str>, usize> {
        if self.is_utf8() {
            return std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|e| e.valid_up_to());
        }
        let decoded = self.encoding.decode_without_bom_handling_and_without_replacement(bytes);
        let Some(text) = decoded else { return Err(self.first_wrong(bytes)) };
        // Bytes that the code page leaves open become control characters in the browsers' tables.
        if self.name().starts_with("windows-")
            && let Some(at) = text.chars().position(|c| ('\u{80}'..='\u{9f}').contains(&c))
        {
            return Err(at);
        }
        Ok(text)
    }

    #[cold]
    fn first_wrong(&self, bytes: &[u8]) -> usize {
        let mut decoder = self.encoding.new_decoder_without_bom_handling();
        let mut out = vec![0; bytes.len() * 3 + 16];
        match decoder.decode_to_utf8_without_replacement(bytes, &mut out, true) {
            (DecoderResult::Malformed(length, after), read, _) => {
                read.saturating_sub(usize::from(length) + usize::from(after))
            }
            (_, read, _) => read,
        }
    }

    /// Adds the text in this encoding.
    ///
    /// # Errors
    /// A character that has no bytes in it.
    pub fn encode(&self, text: &str, out: &mut Vec<u8>) -> Result<(), char> {
        if self.is_utf8() {
            out.extend_from_slice(text.as_bytes());
            return Ok(());
        }
        if self.is_wide() {
            let little = self.encoding == UTF_16LE;
            out.extend(
                text.encode_utf16().flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }),
            );
            return Ok(());
        }
        let mut encoder = self.encoding.new_encoder();
        let mut rest = text;
        loop {
            let room = encoder.max_buffer_length_from_utf8_without_replacement(rest.len()).unwrap_or(rest.len() * 4);
            let at = out.len();
            out.resize(at + room, 0);
            let (result, read, written) = encoder.encode_from_utf8_without_replacement(rest, &mut out[at..], true);
            out.truncate(at + written);
            rest = &rest[read..];
            match result {
                EncoderResult::InputEmpty => return Ok(()),
                EncoderResult::OutputFull => {}
                EncoderResult::Unmappable(character) => return Err(character),
            }
        }
    }

    /// What a new file begins with.
    pub fn mark(&self) -> &'static [u8] {
        match self.encoding {
            _ if !self.marked => &[],
            e if e == UTF_16LE => b"\xff\xfe",
            e if e == UTF_16BE => b"\xfe\xff",
            _ => b"\xef\xbb\xbf",
        }
    }
}

/// A file's bytes, or those of its text in UTF-8 where it is UTF-16. Half a character becomes bytes that are no UTF-8.
pub(super) enum Text<R> {
    Plain(R),
    Wide(Wide<R>),
}

pub(super) struct Wide<R> {
    source: R,
    little: bool,
    /// Brought to UTF-8 and not taken yet, from `at` on.
    text: Vec<u8>,
    at: usize,
    /// Of the next byte of the text.
    place: u64,
    /// A byte without its second, and the first half of a pair.
    left: Vec<u8>,
    high: Option<u16>,
    ended: bool,
}

impl<R: Read> Text<R> {
    pub fn new(source: R, characters: Characters) -> Text<R> {
        if !characters.is_wide() {
            return Text::Plain(source);
        }
        let little = characters.encoding == UTF_16LE;
        let (text, left) = (Vec::new(), Vec::new());
        Text::Wide(Wide { source, little, text, at: 0, place: 0, left, high: None, ended: false })
    }
}

impl<R: Read> Wide<R> {
    fn fill(&mut self) -> io::Result<()> {
        const PIECE: usize = 64 << 10;
        self.text.clear();
        self.at = 0;
        let mut bytes = std::mem::take(&mut self.left);
        let kept = bytes.len();
        bytes.resize(kept + PIECE, 0);
        let read = self.source.read(&mut bytes[kept..])?;
        bytes.truncate(kept + read);
        self.ended = read == 0;
        let (units, rest) = bytes.as_chunks::<2>();
        for unit in units {
            let unit = if self.little { u16::from_le_bytes(*unit) } else { u16::from_be_bytes(*unit) };
            self.unit(unit);
        }
        if self.ended {
            if let Some(high) = self.high.take() {
                half(high, &mut self.text);
            }
            // A byte alone is no character, and 0xff no UTF-8.
            self.text.extend(rest.iter().map(|_| 0xff));
        } else {
            self.left = rest.to_vec();
        }
        Ok(())
    }

    fn unit(&mut self, unit: u16) {
        let pair = self.high.take();
        match (pair, unit) {
            (Some(high), 0xdc00..=0xdfff) => {
                let code = 0x1_0000 + ((u32::from(high) - 0xd800) << 10) + (u32::from(unit) - 0xdc00);
                self.character(code);
                return;
            }
            (Some(high), _) => half(high, &mut self.text),
            (None, _) => {}
        }
        match unit {
            0xd800..=0xdbff => self.high = Some(unit),
            0xdc00..=0xdfff => half(unit, &mut self.text),
            _ => self.character(u32::from(unit)),
        }
    }

    fn character(&mut self, code: u32) {
        if let Some(c) = char::from_u32(code) {
            self.text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
}

/// As three bytes, which UTF-8 does not allow.
fn half(unit: u16, text: &mut Vec<u8>) {
    text.extend([0xe0 | (unit >> 12) as u8, 0x80 | (unit >> 6 & 0x3f) as u8, 0x80 | (unit & 0x3f) as u8]);
}

impl<R: Read> Read for Text<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let wide = match self {
            Text::Plain(source) => return source.read(into),
            Text::Wide(wide) => wide,
        };
        while wide.at == wide.text.len() {
            if wide.ended {
                return Ok(0);
            }
            wide.fill()?;
        }
        let n = into.len().min(wide.text.len() - wide.at);
        into[..n].copy_from_slice(&wide.text[wide.at..wide.at + n]);
        wide.at += n;
        wide.place += n as u64;
        Ok(n)
    }
}

impl<R: Read + Seek> Seek for Text<R> {
    /// To a place from the beginning. In UTF-16 the text is read again up to there.
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let wide = match self {
            Text::Plain(source) => return source.seek(to),
            Text::Wide(wide) => wide,
        };
        let SeekFrom::Start(place) = to else { return Err(io::ErrorKind::Unsupported.into()) };
        if place < wide.place {
            wide.source.seek(SeekFrom::Start(0))?;
            wide.text.clear();
            wide.left.clear();
            (wide.at, wide.place, wide.high, wide.ended) = (0, 0, None, false);
        }
        let skipped = place - wide.place;
        io::copy(&mut self.by_ref().take(skipped), &mut io::sink())?;
        Ok(place)
    }
}

/// An encoding by the name in a URL.
pub(super) fn given(name: &str) -> Result<Characters> {
    Characters::named(name).ok_or_else(|| {
        let some: Vec<&str> = OFFERED.iter().map(|(name, _)| *name).collect();
        Error::new(ErrorKind::InvalidUrl, format!("{name:?} is no encoding of a CSV file that Rowferry knows"))
            .hint(format!("Some that it knows: {}.", some.join(", ")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn characters(name: &str) -> Characters {
        Characters::named(name).unwrap()
    }

    #[test]
    fn every_offered_encoding_is_known_and_gives_back_what_it_was_given() {
        for (name, _) in OFFERED {
            let characters = characters(name);
            let mut bytes = Vec::new();
            characters.encode("plain, \"text\"\n", &mut bytes).unwrap();
            let mut text = Vec::new();
            Text::new(&bytes[..], characters).read_to_end(&mut text).unwrap();
            assert_eq!(characters.as_read().decode(&text).unwrap(), "plain, \"text\"\n", "{name}");
        }
        for name in ["iso-2022-jp", "utf-7", "no such", "x-user-defined"] {
            assert_eq!(Characters::named(name), None, "{name}");
        }
    }

    #[test]
    fn arabic_has_its_bytes_and_what_has_none_is_said() {
        let arabic = characters("cp1256");
        let mut bytes = Vec::new();
        arabic.encode("مرحبا €", &mut bytes).unwrap();
        assert_eq!(bytes, b"\xe3\xd1\xcd\xc8\xc7 \x80");
        assert_eq!(arabic.decode(&bytes).unwrap(), "مرحبا €");
        assert_eq!(arabic.encode("ok 漢", &mut bytes), Err('漢'));
        assert_eq!(characters("latin1").name(), "windows-1252");
    }

    #[test]
    fn a_byte_that_has_no_character_is_found() {
        assert_eq!(characters("windows-1252").decode(b"ab\x81c"), Err(2));
        assert_eq!(characters("windows-1253").decode(b"\xe1\xe2\xaa"), Err(2));
        assert_eq!(characters("shift_jis").decode(b"a\x88\x9f\x88"), Err(3));
        assert_eq!(Characters::UTF_8.decode(b"ab\xe9"), Err(2));
    }

    #[test]
    fn utf_16_becomes_utf_8_wherever_it_is_cut() {
        let text = "a,é\n\"مرحبا\",😀\r\n".repeat(9_000);
        for name in ["utf-16le", "utf-16be"] {
            let wide = characters(name);
            let mut bytes = wide.mark().to_vec();
            wide.encode(&text, &mut bytes).unwrap();
            assert_eq!(Characters::of_mark(&bytes), Some(wide));
            let mut source = Text::new(io::Cursor::new(&bytes), wide);
            let mut read = String::new();
            source.read_to_string(&mut read).unwrap();
            assert_eq!(read, format!("\u{feff}{text}"));
            for place in [100_000, 3, 99_999] {
                source.seek(SeekFrom::Start(place)).unwrap();
                let mut piece = [0; 50];
                source.read_exact(&mut piece).unwrap();
                assert_eq!(piece, read.as_bytes()[place as usize..place as usize + 50]);
            }
        }
    }

    #[test]
    fn half_a_character_is_no_utf_8() {
        for units in [&[0x61, 0xd83d][..], &[0xdc00, 0x61], &[0xd83d, 0xd83d, 0xde00]] {
            let bytes: Vec<u8> = units.iter().flat_map(|u: &u16| u.to_le_bytes()).collect();
            let mut text = Vec::new();
            Text::new(&bytes[..], characters("utf-16le")).read_to_end(&mut text).unwrap();
            assert!(std::str::from_utf8(&text).is_err(), "{units:?}");
        }
    }

    #[test]
    fn a_guess_is_made_of_enough_text() {
        let mut bytes = Vec::new();
        characters("windows-1256").encode("مرحبا بالعالم، هذا نص باللغة العربية", &mut bytes).unwrap();
        assert_eq!(Characters::guessed(&bytes).map(|c| c.name()), Some("windows-1256"));
    }
}
