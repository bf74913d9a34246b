//! JSON text: checked, skipped or read into values.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;

use memchr::memchr2;
use weir_event::{Record, Value, limits};

/// One JSON text.
#[derive(Clone, Copy)]
pub(super) struct Json<'j, 't> {
    pub text: &'t str,
    /// Bytes looked at, for the budget.
    pub read: &'j Cell<usize>,
    /// Without it, names and one-word strings may stand without quotes.
    pub strict: bool,
}

/// Members of an object in order; the last of a name counts.
#[derive(Default)]
pub(super) struct Members<'t> {
    list: Vec<(Cow<'t, str>, Value<'t>)>,
    /// Filled once a linear search would be slow.
    places: HashMap<String, usize>,
}

/// Members up to which a linear search is quick.
const MEMBERS_LINEAR_MAX: usize = 32;

impl<'t> Members<'t> {
    pub(super) fn set(&mut self, name: Cow<'t, str>, value: Value<'t>) {
        let found = match self.places.is_empty() {
            true => self.list.iter().position(|(have, _)| *have == name),
            false => self.places.get(name.as_ref()).copied(),
        };
        if let Some(at) = found {
            self.list[at].1 = value;
            return;
        }
        if !self.places.is_empty() {
            self.places.insert(name.to_string(), self.list.len());
        }
        self.list.push((name, value));
        if self.list.len() == MEMBERS_LINEAR_MAX {
            self.places = self.list.iter().enumerate().map(|(at, (name, _))| (name.to_string(), at)).collect();
        }
    }

    pub(super) fn into_record(self) -> Record<'t> {
        let mut record = Record::new();
        for (name, value) in self.list {
            record.push_new(name, value);
        }
        record
    }
}

impl<'t> Json<'_, 't> {
    fn byte(self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    pub(super) fn blanks(self, at: usize) -> usize {
        let blank = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        at + self.text.as_bytes()[at..].iter().take_while(blank).count()
    }

    /// Visits the members of the object at `at`: name, start and end of the value. Gives the end of the object.
    pub(super) fn object(
        self,
        at: usize,
        depth: usize,
        each: &mut dyn FnMut(Cow<'t, str>, usize, usize),
    ) -> Option<usize> {
        self.open(b'{', at, depth)?;
        let mut at = self.blanks(at + 1);
        if self.byte(at)? == b'}' {
            return Some(at + 1);
        }
        loop {
            let (end, name) = self.name(at)?;
            at = self.blanks(end);
            if self.byte(at)? != b':' {
                return None;
            }
            let start = self.blanks(at + 1);
            let end = self.skip(start, depth + 1)?;
            each(name, start, end);
            at = self.blanks(end);
            match self.byte(at)? {
                b',' => at = self.blanks(at + 1),
                b'}' => return Some(at + 1),
                _ => return None,
            }
        }
    }

    /// Visits the elements of the array at `at`: start and end. Gives the end of the array.
    pub(super) fn array(self, at: usize, depth: usize, each: &mut dyn FnMut(usize, usize)) -> Option<usize> {
        self.open(b'[', at, depth)?;
        let mut at = self.blanks(at + 1);
        if self.byte(at)? == b']' {
            return Some(at + 1);
        }
        loop {
            let end = self.skip(at, depth + 1)?;
            each(at, end);
            at = self.blanks(end);
            match self.byte(at)? {
                b',' => at = self.blanks(at + 1),
                b']' => return Some(at + 1),
                _ => return None,
            }
        }
    }

    fn open(self, bracket: u8, at: usize, depth: usize) -> Option<()> {
        (self.byte(at)? == bracket && depth < limits::NESTING_MAX).then_some(())
    }

    /// The end of the value at `at`, checked.
    pub(super) fn skip(self, at: usize, depth: usize) -> Option<usize> {
        let end = self.skip_unpaid(at, depth);
        self.read.set(self.read.get() + end.map_or(64, |end| end - at));
        end
    }

    fn skip_unpaid(self, at: usize, depth: usize) -> Option<usize> {
        match self.byte(at)? {
            b'{' => self.object(at, depth, &mut |_, _, _| {}),
            b'[' => self.array(at, depth, &mut |_, _| {}),
            b'"' => self.string_end(at).map(|(end, _)| end),
            _ => self.scalar_end(at),
        }
    }

    /// The value between `at` and the end that [`Self::skip`] gave.
    pub(super) fn value(self, at: usize) -> Value<'t> {
        match self.byte(at) {
            Some(b'{') => {
                let mut members = Members::default();
                self.object(at, 0, &mut |name, start, _| members.set(name, self.value(start)));
                Value::Record(members.into_record())
            }
            Some(b'[') => {
                let mut items = Vec::new();
                self.array(at, 0, &mut |start, _| items.push(self.value(start)));
                Value::Array(items)
            }
            Some(b'"') => self.string(at).map_or(Value::Null, |(_, text)| Value::Text(text)),
            _ => self.scalar(at),
        }
    }

    fn scalar(self, at: usize) -> Value<'t> {
        let raw = &self.text[at..self.scalar_end(at).unwrap_or(at)];
        match raw {
            "null" => Value::Null,
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            raw if !raw.starts_with(|c: char| c == '-' || c.is_ascii_digit()) => Value::text(raw),
            raw => match raw.parse() {
                Ok(long) => Value::Long(long),
                Err(_) => raw.parse().map_or(Value::text(raw), Value::Double),
            },
        }
    }

    /// The end of a number or word.
    fn scalar_end(self, at: usize) -> Option<usize> {
        let rest = &self.text.as_bytes()[at..];
        if let Some(word) = [&b"null"[..], b"true", b"false"].into_iter().find(|word| rest.starts_with(word)) {
            let whole = self.strict || !matches!(rest.get(word.len()), Some(c) if is_word(*c));
            if whole {
                return Some(at + word.len());
            }
        }
        let minus = usize::from(rest.first() == Some(&b'-'));
        let number = super::number::decimal_length(&rest[minus..], b'.').map(|length| minus + length);
        let leading_zero = matches!(rest[minus..], [b'0', b'0'..=b'9', ..]);
        match number {
            Some(length) if !leading_zero && (self.strict || !matches!(rest.get(length), Some(c) if is_word(*c))) => {
                Some(at + length)
            }
            _ if self.strict => None,
            _ => self.word_end(at),
        }
    }

    fn word_end(self, at: usize) -> Option<usize> {
        let length = self.text.as_bytes()[at..].iter().take_while(|byte| is_word(**byte)).count();
        (length > 0).then_some(at + length)
    }

    fn name(self, at: usize) -> Option<(usize, Cow<'t, str>)> {
        match self.byte(at)? {
            b'"' => self.string(at),
            _ if self.strict => None,
            _ => self.word_end(at).map(|end| (end, Cow::Borrowed(&self.text[at..end]))),
        }
    }

    /// The end of the string at `at`, and whether it holds escapes.
    pub(super) fn string_end(self, at: usize) -> Option<(usize, bool)> {
        let bytes = self.text.as_bytes();
        let mut escapes = false;
        let mut end = at + 1;
        loop {
            let found = end + memchr2(b'"', b'\\', bytes.get(end..)?)?;
            if bytes[end..found].iter().any(|byte| *byte < 0x20) && self.strict {
                return None;
            }
            if bytes[found] == b'"' {
                return Some((found + 1, escapes));
            }
            escapes = true;
            end = found + escape_length(&bytes[found..])?;
        }
    }

    /// The content of the string at `at`.
    pub(super) fn string(self, at: usize) -> Option<(usize, Cow<'t, str>)> {
        let (end, escapes) = self.string_end(at)?;
        let raw = &self.text[at + 1..end - 1];
        Some((end, if escapes { Cow::Owned(unescape(raw)) } else { Cow::Borrowed(raw) }))
    }
}

fn is_word(byte: u8) -> bool {
    byte > b' ' && !matches!(byte, b',' | b':' | b'{' | b'}' | b'[' | b']' | b'"')
}

fn escape_length(bytes: &[u8]) -> Option<usize> {
    match bytes.get(1)? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(2),
        b'u' if bytes.get(2..6)?.iter().all(u8::is_ascii_hexdigit) => Some(6),
        _ => None,
    }
}

/// Writes escapes out; half of a surrogate pair becomes U+FFFD.
fn unescape(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let (c, length) = escaped(&rest[at..]);
        out.push(c);
        rest = &rest[at + length..];
    }
    out.push_str(rest);
    out
}

fn escaped(text: &str) -> (char, usize) {
    match text.as_bytes().get(1) {
        Some(b'b') => ('\u{8}', 2),
        Some(b'f') => ('\u{c}', 2),
        Some(b'n') => ('\n', 2),
        Some(b'r') => ('\r', 2),
        Some(b't') => ('\t', 2),
        Some(b'u') => unicode(text),
        Some(&other) => (char::from(other), 2),
        None => ('\\', 1),
    }
}

fn unicode(text: &str) -> (char, usize) {
    let unit = |from: usize| text.get(from..from + 4).and_then(|hex| u16::from_str_radix(hex, 16).ok());
    let Some(first) = unit(2) else { return (char::REPLACEMENT_CHARACTER, 2) };
    let second = if text[6..].starts_with("\\u") { unit(8) } else { None };
    let units = [first, second.unwrap_or(0)];
    match char::decode_utf16(units).next() {
        Some(Ok(c)) if (0xd800..0xdc00).contains(&first) => (c, 12),
        Some(Ok(c)) => (c, 6),
        _ => (char::REPLACEMENT_CHARACTER, 6),
    }
}
