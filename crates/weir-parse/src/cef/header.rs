//! Marker, version and the six fields between pipes.

use std::borrow::Cow;

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::{Cef, Level};
use crate::note::Notes;

/// Finds what every event begins with.
pub(super) static CEF: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("CEF:"));

pub(super) fn read(line: &str) -> Option<Cef<'_>> {
    let (start, number) = marker(line, &CEF)?;
    let text = &line[number..];
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let pipe = memchr::memchr(b'|', text.as_bytes())?;
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
    (whole && memchr::memchr(b'=', cef.extension.as_bytes()).is_some()).then_some(cef)
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
    let mut rest = text;
    let mut values: [&str; 6] = [""; 6];
    let mut closed = true;
    while cef.fields < 6 && closed {
        let (field, after) = split(rest);
        values[cef.fields] = field;
        cef.fields += 1;
        closed = after.is_some();
        rest = after.unwrap_or("");
    }
    if cef.fields == 6 && !closed {
        cef.notes.add(Notes::MISSING_FINAL_PIPE);
    }
    let header = &text.as_bytes()[..text.len() - rest.len()];
    let escaped = memchr::memchr(b'\\', header).is_some();
    cef.extension = rest.trim_end_matches([' ', '\t', '\r', '\n', '\0']);
    for (index, raw) in values.into_iter().enumerate().take(cef.fields) {
        let raw = match index {
            2 | 5 => raw.trim_ascii(),
            _ if index + 1 == cef.fields && !closed => raw.trim_end_matches(['\r', '\n', '\0']),
            _ => raw,
        };
        if raw.is_empty() && index < 5 {
            cef.notes.add(Notes::EMPTY_HEADER_FIELD);
        }
        let value = if escaped { unescape(raw, &mut cef.notes) } else { Cow::Borrowed(raw) };
        *[
            &mut cef.vendor,
            &mut cef.product,
            &mut cef.device_version,
            &mut cef.class_id,
            &mut cef.name,
            &mut cef.severity,
        ][index] = value;
    }
    if cef.fields == 6 {
        match Level::of(&cef.severity) {
            Some(level) => cef.level = level,
            None => cef.notes.add(Notes::SEVERITY_INVALID),
        }
    }
}

/// A field up to the next unprotected pipe, and what follows the pipe.
fn split(text: &str) -> (&str, Option<&str>) {
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(found) = bytes.get(from..).and_then(|rest| memchr::memchr2(b'|', b'\\', rest)) {
        let at = from + found;
        if bytes[at] == b'|' {
            return (&text[..at], Some(&text[at + 1..]));
        }
        from = at + 2;
    }
    (text, None)
}

/// `\|`, `\\`, `\=`, `\%` and `\#` lose the backslash; others keep it and are noted.
fn unescape<'a>(raw: &'a str, notes: &mut Notes) -> Cow<'a, str> {
    if memchr::memchr(b'\\', raw.as_bytes()).is_none() {
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
