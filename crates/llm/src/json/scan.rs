use std::{fmt, ops::Range};

/// Deeper nesting is refused, as serde_json and most providers do.
pub const MAX_DEPTH: usize = 128;

/// Where and why bytes are not JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonError {
    /// Offset of the first wrong byte.
    pub at: usize,
    /// What was wrong there.
    pub reason: &'static str,
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.reason, self.at)
    }
}

impl std::error::Error for JsonError {}

/// Checks that `bytes` are one JSON text and returns them as text.
pub fn validate(bytes: &[u8]) -> Result<&str, JsonError> {
    let text = utf8(bytes)?;
    let mut scanner = Scanner::new(bytes);
    scanner.skip_space();
    scanner.value(0)?;
    scanner.end()?;
    Ok(text)
}

pub(crate) fn utf8(bytes: &[u8]) -> Result<&str, JsonError> {
    std::str::from_utf8(bytes).map_err(|error| JsonError { at: error.valid_up_to(), reason: "invalid UTF-8" })
}

/// Walks an object, validating all of it, and hands over the ranges of each key (with its quotes) and value.
pub(crate) fn scan_object(bytes: &[u8], field: impl FnMut(Range<usize>, Range<usize>)) -> Result<&str, JsonError> {
    let text = utf8(bytes)?;
    scan_text(text, field)?;
    Ok(text)
}

/// The same for text.
pub(crate) fn scan_text(text: &str, mut field: impl FnMut(Range<usize>, Range<usize>)) -> Result<(), JsonError> {
    let mut scanner = Scanner::new(text.as_bytes());
    scanner.skip_space();
    if scanner.peek() != Some(b'{') {
        return Err(scanner.error("expected an object"));
    }
    scanner.members(1, &mut field)?;
    scanner.end()
}

/// A cursor over bytes that checks what it passes.
pub(crate) struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(crate) fn position(&self) -> usize {
        self.at
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(crate) fn advance(&mut self) {
        self.at += 1;
    }

    fn error(&self, reason: &'static str) -> JsonError {
        let reason = if self.at >= self.bytes.len() { "unexpected end" } else { reason };
        JsonError { at: self.at, reason }
    }

    pub(crate) fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn end(&mut self) -> Result<(), JsonError> {
        self.skip_space();
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.error("unexpected text after the value")),
        }
    }

    /// Passes one value whose first byte is here.
    pub(crate) fn value(&mut self, depth: usize) -> Result<(), JsonError> {
        match self.peek() {
            Some(b'"') => self.string(),
            Some(b'{') => self.members(depth + 1, &mut |_, _| ()),
            Some(b'[') => self.elements(depth + 1),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.literal(b"true"),
            Some(b'f') => self.literal(b"false"),
            Some(b'n') => self.literal(b"null"),
            _ => Err(self.error("expected a value")),
        }
    }

    pub(crate) fn members(
        &mut self,
        depth: usize,
        field: &mut impl FnMut(Range<usize>, Range<usize>),
    ) -> Result<(), JsonError> {
        self.enter(depth)?;
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            let key = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.error("expected a key"));
            }
            self.string()?;
            let key = key..self.at;
            self.skip_space();
            if self.peek() != Some(b':') {
                return Err(self.error("expected `:`"));
            }
            self.at += 1;
            self.skip_space();
            let value = self.at;
            self.value(depth)?;
            field(key, value..self.at);
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return Err(self.error("expected `,` or `}`")),
            }
            self.skip_space();
        }
    }

    fn elements(&mut self, depth: usize) -> Result<(), JsonError> {
        self.enter(depth)?;
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.value(depth)?;
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return Err(self.error("expected `,` or `]`")),
            }
            self.skip_space();
        }
    }

    fn enter(&mut self, depth: usize) -> Result<(), JsonError> {
        if depth > MAX_DEPTH {
            return Err(JsonError { at: self.at, reason: "nested deeper than 128 levels" });
        }
        self.at += 1;
        self.skip_space();
        Ok(())
    }

    pub(crate) fn string(&mut self) -> Result<(), JsonError> {
        self.at += 1;
        loop {
            self.at += plain_prefix(&self.bytes[self.at.min(self.bytes.len())..]);
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => self.escape()?,
                _ => return Err(self.error("control character in a string")),
            }
        }
    }

    fn escape(&mut self) -> Result<(), JsonError> {
        self.at += 1;
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 1,
            Some(b'u') => {
                self.at += 1;
                for _ in 0..4 {
                    if !self.peek().is_some_and(|byte| byte.is_ascii_hexdigit()) {
                        return Err(self.error("expected four hexadecimal digits"));
                    }
                    self.at += 1;
                }
            }
            _ => return Err(self.error("unknown escape")),
        }
        Ok(())
    }

    fn number(&mut self) -> Result<(), JsonError> {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start { Err(self.error("expected a digit")) } else { Ok(()) }
    }

    fn literal(&mut self, word: &'static [u8]) -> Result<(), JsonError> {
        if self.bytes[self.at..].starts_with(word) {
            self.at += word.len();
            return Ok(());
        }
        Err(JsonError { at: self.at, reason: "expected a value" })
    }
}

/// How many bytes from the start are neither quote, backslash nor control character; eight at a time.
fn plain_prefix(bytes: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    let zero_bytes = |word: u64| word.wrapping_sub(ONES) & !word & HIGHS;
    let (words, _) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let control = word.wrapping_sub(ONES * 0x20) & !word & HIGHS;
        let found =
            control | zero_bytes(word ^ (ONES * u64::from(b'"'))) | zero_bytes(word ^ (ONES * u64::from(b'\\')));
        if found != 0 {
            return index * 8 + (found.trailing_zeros() / 8) as usize;
        }
    }
    let tail = words.len() * 8;
    let rest = bytes[tail..].iter().take_while(|byte| **byte >= 0x20 && !matches!(byte, b'"' | b'\\')).count();
    tail + rest
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn depth_is_limited() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(validate(nested(MAX_DEPTH).as_bytes()).is_ok());
        assert_eq!(validate(nested(MAX_DEPTH + 1).as_bytes()).unwrap_err().at, MAX_DEPTH);
        assert!(validate("[".repeat(10_000_000).as_bytes()).is_err());
    }

    #[test]
    fn errors_say_where() {
        let check = |text: &[u8], at: usize, reason: &str| {
            let error = validate(text).unwrap_err();
            assert_eq!((error.at, error.reason), (at, reason), "{:?}", String::from_utf8_lossy(text));
        };
        check(b"", 0, "unexpected end");
        check(b"{\"a\":1", 6, "unexpected end");
        check(b"{\"a\":tru}", 5, "expected a value");
        check(b"{\"a\":01}", 6, "expected `,` or `}`");
        check(b"[1] 2", 4, "unexpected text after the value");
        check(b"\"\xff\"", 1, "invalid UTF-8");
        check(b"\"a\nb\"", 2, "control character in a string");
    }

    proptest! {
        #[test]
        fn it_accepts_what_serde_json_accepts(text in r#"[\[\]{}",:\\u0-9eE.+\-truefalsn ]{0,24}"#) {
            prop_assert_eq!(validate(text.as_bytes()).is_ok(), serde_json::from_str::<&serde_json::value::RawValue>(&text).is_ok());
        }

        #[test]
        fn long_strings_end_where_they_end(text in ".{0,64}") {
            let json = serde_json::to_string(&text).unwrap();
            prop_assert!(validate(json.as_bytes()).is_ok());
        }
    }
}
