//! Header fields between bars, and `key=value` pairs whose values may hold blanks.

use std::borrow::Cow;

use weir_event::{Record, Value};

use super::super::json::Members;

/// Splits the next field off at a bar; `\|` and `\\` stand for themselves.
pub(super) fn field<'t>(rest: &mut &'t str) -> Option<Cow<'t, str>> {
    let bytes = rest.as_bytes();
    let mut at = 0;
    let mut escapes = false;
    loop {
        at += memchr::memchr2(b'|', b'\\', bytes.get(at..)?)?;
        if bytes[at] == b'|' {
            break;
        }
        escapes = true;
        at += 2;
    }
    let raw = &rest[..at];
    *rest = &rest[at + 1..];
    Some(if escapes { Cow::Owned(unescape(raw)) } else { Cow::Borrowed(raw) })
}

/// Longest key.
const KEY_BYTES_MAX: usize = 255;

/// Pairs in order, the last of a key counts. A value ends where ` key=` begins; text before the first pair is left out.
pub(super) fn pairs(text: &str) -> Record<'_> {
    let mut members = Members::default();
    let mut open: Option<(&str, usize)> = None;
    for (equals, _) in text.match_indices('=') {
        let from = open.map_or(0, |(_, start)| start);
        let Some(start) = key_start(text.as_bytes(), from, equals) else { continue };
        if let Some((name, value)) = open {
            put(&mut members, name, text[value..start].trim_end());
        }
        open = Some((&text[start..equals], equals + 1));
    }
    if let Some((name, value)) = open {
        put(&mut members, name, text[value..].trim_end());
    }
    members.into_record()
}

/// Where the key before `=` starts: behind a blank, or at the start of the text.
fn key_start(bytes: &[u8], from: usize, equals: usize) -> Option<usize> {
    let is_key = |byte: &&u8| byte.is_ascii_alphanumeric() || b"._-[]".contains(byte);
    let length = bytes[from..equals].iter().rev().take(KEY_BYTES_MAX).take_while(is_key).count();
    let start = equals - length;
    let begins = start == 0 || matches!(bytes[start - 1], b' ' | b'\t');
    (length > 0 && begins).then_some(start)
}

pub(super) fn put<'t>(members: &mut Members<'t>, name: &'t str, raw: &'t str) {
    let value = if raw.contains('\\') { Value::owned(unescape(raw)) } else { Value::text(raw) };
    members.set(Cow::Borrowed(name), value);
}

/// Takes the backslash from `\\`, `\|` and `\=`, and writes `\n`, `\r` and `\t` out; another one stands for itself.
fn unescape(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        let next = chars.as_str().chars().next();
        let meant = match (c, next) {
            ('\\', Some(c @ ('\\' | '|' | '='))) => Some(c),
            ('\\', Some('n')) => Some('\n'),
            ('\\', Some('r')) => Some('\r'),
            ('\\', Some('t')) => Some('\t'),
            _ => None,
        };
        if meant.is_some() {
            chars.next();
        }
        out.push(meant.unwrap_or(c));
    }
    out
}
