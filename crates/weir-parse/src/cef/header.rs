//! Marker, version and the six fields between pipes.

use std::borrow::Cow;

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::{Cef, Level};
use crate::note::Notes;
use crate::places;

/// Finds what every event begins with.
pub(super) static CEF: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("CEF:"));

pub(super) fn read(line: &str) -> Option<Cef<'_>> {
    let (start, number) = marker(line, &CEF)?;
    let text = &line[number..];
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let pipe = places::first(b'|', text.as_bytes())?;
    let mut cef = Cef { prefix: line[..start].trim_ascii_end(), ..Cef::default() };
    cef.version = text[..digits].parse().unwrap_or(u32::MAX);
    if cef.version > 1 {
        cef.notes.add(Notes::UNKNOWN_VERSION);
    }
    fields(&text[pipe + 1..], &mut cef);
    Some(cef)
}

/// See [`super::read_unmarked`].
pub(super) fn read_unmarked(message: &str) -> Option<Cef<'_>> {
    let rest = message.strip_prefix(['0', '1']).unwrap_or(message).strip_prefix('|')?;
    let mut cef = Cef { version: 0, ..Cef::default() };
    fields(rest, &mut cef);
    let whole = cef.fields == 6 && !cef.notes.has(Notes::MISSING_FINAL_PIPE) && cef.level != Level::Unknown;
    (whole && places::first(b'=', cef.extension.as_bytes()).is_some()).then_some(cef)
}

/// The first word of the finder, not after a letter or digit, that a number and a pipe follow (one blank between is allowed): where the
/// word begins, and where the number does.
pub(crate) fn marker(line: &str, finder: &Finder<'_>) -> Option<(usize, usize)> {
    let bytes = line.as_bytes();
    finder.find_iter(bytes).find_map(|at| {
        if line[..at].chars().next_back().is_some_and(char::is_alphanumeric) {
            return None;
        }
        let number = at + finder.needle().len();
        let number = number + usize::from(bytes.get(number) == Some(&b' '));
        let whole = digits(bytes, number)?;
        let end = match bytes.get(whole) {
            Some(b'.') => digits(bytes, whole + 1)?,
            _ => whole,
        };
        (bytes.get(end) == Some(&b'|')).then_some((at, number))
    })
}

/// Where one or more digits at `at` end.
fn digits(bytes: &[u8], at: usize) -> Option<usize> {
    let count = bytes.get(at..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
    (count > 0).then_some(at + count)
}

/// Splits at pipes that no backslash protects.
fn fields<'a>(text: &'a str, cef: &mut Cef<'a>) {
    let raw = Raw::split(text);
    cef.fields = raw.count;
    cef.extension = raw.rest.trim_end_matches([' ', '\t', '\r', '\n', '\0']);
    if raw.count == 6 && !raw.closed {
        cef.notes.add(Notes::MISSING_FINAL_PIPE);
    }
    let notes = &mut cef.notes;
    let mut value = |index: usize| raw.value(index, notes);
    cef.vendor = value(0);
    cef.product = value(1);
    cef.device_version = value(2);
    cef.class_id = value(3);
    cef.name = value(4);
    cef.severity = value(5);
    if cef.fields == 6 {
        match Level::of(&cef.severity) {
            Some(level) => cef.level = level,
            None => cef.notes.add(Notes::SEVERITY_INVALID),
        }
    }
}

/// The fields as they stand.
#[derive(Default)]
struct Raw<'a> {
    values: [&'a str; 6],
    count: usize,
    /// A pipe stands behind the last field.
    closed: bool,
    /// A backslash stands in some field.
    escaped: bool,
    rest: &'a str,
}

impl<'a> Raw<'a> {
    fn split(text: &'a str) -> Self {
        let bytes = text.as_bytes();
        let mut raw = Raw::default();
        let (mut start, mut protected) = (0, None);
        raw.closed = places::of_either(b'|', b'\\', bytes).any(|at| {
            if protected == Some(at) {
                return false;
            }
            if bytes[at] == b'\\' {
                raw.escaped = true;
                protected = Some(at + 1);
                return false;
            }
            raw.values[raw.count] = &text[start..at];
            raw.count += 1;
            start = at + 1;
            raw.count == raw.values.len()
        });
        if raw.closed {
            raw.rest = &text[start..];
        } else {
            raw.values[raw.count] = &text[start..];
            raw.count += 1;
        }
        raw
    }

    /// Field `index` without its escapes; what is odd about it is noted.
    fn value(&self, index: usize, notes: &mut Notes) -> Cow<'a, str> {
        let raw = self.values[index];
        let raw = match index {
            2 | 5 => raw.trim_ascii(),
            _ if index + 1 == self.count && !self.closed => raw.trim_end_matches(['\r', '\n', '\0']),
            _ => raw,
        };
        if raw.is_empty() && index < self.count.min(5) {
            notes.add(Notes::EMPTY_HEADER_FIELD);
        }
        if self.escaped { unescape(raw, notes) } else { Cow::Borrowed(raw) }
    }
}

/// `\|`, `\\`, `\=`, `\%` and `\#` lose the backslash; others keep it and are noted.
fn unescape<'a>(raw: &'a str, notes: &mut Notes) -> Cow<'a, str> {
    if places::first(b'\\', raw.as_bytes()).is_none() {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len());
    let mut chars = raw.chars();
    while let Some(char) = chars.next() {
        if char != '\\' {
            out.push(char);
            continue;
        }
        let next = chars.next();
        if !matches!(next, Some('|' | '\\' | '=' | '%' | '#')) {
            notes.add(Notes::UNKNOWN_ESCAPE);
            out.push('\\');
        }
        out.extend(next);
    }
    Cow::Owned(out)
}
