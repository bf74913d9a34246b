//! Escapes of extension values.

use std::borrow::Cow;

use crate::note::Notes;
use crate::places;

/// How a value is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Coding {
    /// No backslash: the value as it stands.
    #[default]
    Plain,
    /// `\=`, `\\`, `\n` and `\r` stand for one character.
    Escaped,
    /// A Windows path that was never escaped: only `\=` stands for one character.
    RawBackslashes,
}

/// The coding of a value, with what is odd about it noted.
pub(super) fn coding(raw: &str, notes: &mut Notes) -> Coding {
    let bytes = raw.as_bytes();
    let mut unknown = false;
    let mut from = 0;
    while let Some(found) = bytes.get(from..).and_then(|rest| places::first(b'\\', rest)) {
        let at = from + found;
        let run = bytes[at..].iter().take_while(|byte| **byte == b'\\').count();
        if is_raw_path(bytes, at, run) {
            notes.add(Notes::RAW_BACKSLASHES);
            return Coding::RawBackslashes;
        }
        from = at + run;
        unknown |= run % 2 == 1 && !matches!(bytes.get(from), Some(b'=' | b'n' | b'r'));
    }
    if unknown {
        notes.add(Notes::UNKNOWN_ESCAPE);
    }
    if from > 0 { Coding::Escaped } else { Coding::Plain }
}

/// The coding of a value, whatever is odd about it.
pub(crate) fn coding_of(raw: &str) -> Coding {
    coding(raw, &mut Notes::default())
}

/// Removes the escapes of a value.
pub fn unescape(raw: &str, coding: Coding) -> Cow<'_, str> {
    if coding == Coding::Plain {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = places::first(b'\\', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        let stands_for = match (rest.as_bytes().get(at + 1), coding) {
            (Some(b'='), _) => Some('='),
            (_, Coding::RawBackslashes) => None,
            (Some(b'\\'), _) => Some('\\'),
            (Some(b'n'), _) => Some('\n'),
            (Some(b'r'), _) => Some('\r'),
            _ => None,
        };
        out.push(stands_for.unwrap_or('\\'));
        rest = &rest[at + 1 + usize::from(stands_for.is_some())..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// True when a drive (`X:\`) or a share (`\\host\`), at the start or after a blank or quote, has a single backslash: `run` of them stand
/// at `at`.
fn is_raw_path(raw: &[u8], at: usize, run: usize) -> bool {
    let starts = |at: usize| at == 0 || matches!(raw[at - 1], b' ' | b'\t' | b'"' | b'\'');
    let drive = run == 1 && at >= 2 && raw[at - 1] == b':' && raw[at - 2].is_ascii_alphabetic() && starts(at - 2);
    drive || (run == 2 && starts(at) && is_share(&raw[at + 2..]))
}

/// `host\` and no second backslash.
fn is_share(rest: &[u8]) -> bool {
    let host = rest
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'$'))
        .count();
    host > 0 && rest.get(host) == Some(&b'\\') && rest.get(host + 1) != Some(&b'\\')
}
