//! The letters of JSON.

use std::borrow::Cow;

use weir_event::Value;
use wide::u8x32;

use super::JsonError;

/// A place in a text.
pub(super) struct Scanner<'t> {
    text: &'t str,
    pub at: usize,
    /// Takes what senders without a JSON library write: no value where one should be (null), numbers with leading zeros.
    pub lenient: bool,
}

impl<'t> Scanner<'t> {
    pub fn new(text: &'t str) -> Self {
        let at = if text.starts_with('\u{feff}') { 3 } else { 0 };
        Scanner { text, at, lenient: false }
    }

    pub fn fail<T>(&self, what: &'static str) -> Result<T, JsonError> {
        self.fail_or_cut(what, self.rest().trim_ascii_start().is_empty())
    }

    fn fail_or_cut<T>(&self, what: &'static str, cut: bool) -> Result<T, JsonError> {
        Err(JsonError { at: self.at, what, cut })
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The next byte that is not white space, which stays unread; 0 at the end.
    #[inline]
    pub fn peek(&mut self) -> u8 {
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return byte;
            }
            self.at += 1;
        }
        0
    }

    /// Reads `byte` if it is next.
    #[inline]
    pub fn take(&mut self, byte: u8) -> bool {
        let next = self.peek() == byte;
        self.at += usize::from(next);
        next
    }

    /// White space and nothing else up to the end.
    pub fn end(&mut self) -> Result<(), JsonError> {
        match self.peek() {
            0 if self.at >= self.text.len() => Ok(()),
            _ => self.fail("something follows the value"),
        }
    }

    /// The name of a member and the colon after it.
    #[inline]
    pub fn name(&mut self) -> Result<Cow<'t, str>, JsonError> {
        if self.peek() != b'"' {
            return self.fail("a member's name in quotes is missing");
        }
        let name = self.string()?;
        if !self.take(b':') {
            return self.fail("a colon is missing after a member's name");
        }
        Ok(name)
    }

    /// After a value: true when a comma says that another follows, false when `close` ends the container.
    #[inline]
    pub fn more(&mut self, close: u8) -> Result<bool, JsonError> {
        if self.take(b',') {
            return Ok(true);
        }
        if self.take(close) {
            return Ok(false);
        }
        self.fail(if close == b'}' { "a comma or `}` is missing" } else { "a comma or `]` is missing" })
    }

    /// Text, number, true, false or null.
    pub fn scalar(&mut self) -> Result<Value<'t>, JsonError> {
        match self.peek() {
            b'"' => self.string().map(Value::Text),
            b'-' | b'0'..=b'9' => self.number(),
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            b'n' => self.word("null", Value::Null),
            b',' | b'}' | b']' if self.lenient => Ok(Value::Null),
            0 => self.fail("the text ends where a value should be"),
            _ => self.fail("a value is missing"),
        }
    }

    fn word(&mut self, word: &'static str, value: Value<'t>) -> Result<Value<'t>, JsonError> {
        if !self.rest().starts_with(word) {
            return self.fail_or_cut("a value is missing", word.starts_with(self.rest()));
        }
        self.at += word.len();
        Ok(value)
    }

    /// A string, the scanner standing on its opening quote. Line breaks and other control characters inside are taken as they
    /// are.
    #[inline]
    pub fn string(&mut self) -> Result<Cow<'t, str>, JsonError> {
        match self.short_string() {
            Some(text) => Ok(Cow::Borrowed(text)),
            None => self.long_string(),
        }
    }

    /// One that ends within a block, without escapes; reads nothing when it is none.
    #[inline]
    fn short_string(&mut self) -> Option<&'t str> {
        let start = self.at + 1;
        let block = u8x32::new(*self.text.as_bytes().get(start..)?.first_chunk()?);
        let quotes = block.simd_eq(u8x32::splat(b'"')).to_bitmask();
        let escapes = block.simd_eq(u8x32::splat(b'\\')).to_bitmask();
        let marks = quotes | escapes;
        let first = marks & marks.wrapping_neg();
        if first & quotes == 0 {
            return None;
        }
        let end = start + first.trailing_zeros() as usize;
        self.at = end + 1;
        self.text.get(start..end)
    }

    fn long_string(&mut self) -> Result<Cow<'t, str>, JsonError> {
        let start = self.at + 1;
        let bytes = self.text.as_bytes();
        let mut from = start;
        let mut escapes = false;
        loop {
            let Some(found) = bytes.get(from..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) else {
                return self.fail_or_cut("a string is never closed", true);
            };
            if bytes[from + found] == b'"' {
                let raw = &self.text[start..from + found];
                self.at = from + found + 1;
                return if escapes { unescape(raw, start).map(Cow::Owned) } else { Ok(Cow::Borrowed(raw)) };
            }
            escapes = true;
            from += found + 2;
        }
    }

    /// A number: whole ones of 64 bits as long, all others as double.
    fn number(&mut self) -> Result<Value<'t>, JsonError> {
        let bytes = &self.text.as_bytes()[self.at..];
        let minus = usize::from(bytes[0] == b'-');
        let whole = minus + digits(&bytes[minus..]);
        let mut end = whole;
        if bytes.get(end) == Some(&b'.') {
            end += 1 + digits(&bytes[end + 1..]);
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            end += 1 + sign + digits(&bytes[end + 1 + sign..]);
        }
        let text = &self.text[self.at..self.at + end];
        let padded = !self.lenient && whole - minus > 1 && bytes[minus] == b'0';
        if whole == minus || padded || !text.ends_with(|last: char| last.is_ascii_digit()) {
            return self.fail_or_cut("a number is not well formed", !padded && end == bytes.len());
        }
        let long = if end == whole { text.parse().ok().map(Value::Long) } else { None };
        let Some(value) = long.or_else(|| text.parse().ok().map(Value::Double)) else {
            return self.fail("a number is not well formed");
        };
        self.at += end;
        Ok(value)
    }
}

fn digits(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// Removes the escapes of a string whose inside begins at byte `start` of the text. Half of a surrogate pair becomes U+FFFD.
fn unescape(raw: &str, start: usize) -> Result<String, JsonError> {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        let bytes = rest.as_bytes();
        let mut used = 2;
        out.push(match bytes.get(at + 1) {
            Some(&plain @ (b'"' | b'\\' | b'/')) => char::from(plain),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => match code_point(&bytes[at..]) {
                Some((char, length)) => {
                    used = length;
                    char
                }
                None => {
                    return Err(JsonError {
                        at: start + raw.len() - rest.len() + at,
                        what: "`\\u` needs four digits",
                        cut: false,
                    });
                }
            },
            _ => {
                return Err(JsonError {
                    at: start + raw.len() - rest.len() + at,
                    what: "an unknown escape in a string",
                    cut: false,
                });
            }
        });
        rest = &rest[at + used..];
    }
    out.push_str(rest);
    Ok(out)
}

/// The character of `\uXXXX`, or of two of them that form a pair, and the bytes read.
fn code_point(bytes: &[u8]) -> Option<(char, usize)> {
    let unit = |at: usize| {
        let digits = bytes.get(at..at + 6).filter(|escape| escape.starts_with(b"\\u"))?;
        digits[2..].iter().try_fold(0, |sum, digit| Some(sum * 16 + char::from(*digit).to_digit(16)?))
    };
    let first = unit(0)?;
    if let (0xd800..=0xdbff, Some(second @ 0xdc00..=0xdfff)) = (first, unit(6)) {
        let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
        return char::from_u32(code).map(|char| (char, 12));
    }
    Some((char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER), 6))
}
