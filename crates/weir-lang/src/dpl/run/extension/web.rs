//! Domains, mail addresses, URLs.

use super::{begins_word, ends_word, is_word};

const DOMAIN_BYTES_MAX: usize = 253;
const LABEL_BYTES_MAX: usize = 63;
const LOCAL_BYTES_MAX: usize = 64;
const SCHEME_BYTES_MAX: usize = 32;
const URL_BYTES_MAX: usize = 8_192;

/// Labels with dots between them, the last of letters; a dot behind it does not belong to it.
pub(super) fn domain(bytes: &[u8], at: usize) -> Option<usize> {
    if !begins_word(bytes, at) || (at > 0 && matches!(bytes[at - 1], b'.' | b'-' | b'@')) {
        return None;
    }
    labels(bytes, at)
}

/// The end of a domain that starts at `at`.
fn labels(bytes: &[u8], at: usize) -> Option<usize> {
    let mut start = at;
    let mut count = 0;
    let mut last = (at, at);
    loop {
        let length = label(&bytes[start..]);
        if length == 0 {
            break;
        }
        count += 1;
        last = (start, start + length);
        if bytes.get(last.1) != Some(&b'.') {
            break;
        }
        start = last.1 + 1;
    }
    let top = &bytes[last.0..last.1];
    let named = top.len() >= 2 && (top.iter().all(u8::is_ascii_alphabetic) || top.starts_with(b"xn--"));
    (count >= 2 && named && last.1 - at <= DOMAIN_BYTES_MAX && ends_word(bytes, last.1)).then_some(last.1)
}

/// Length of a label: letters, digits, `_`, and dashes that are neither first nor last.
fn label(bytes: &[u8]) -> usize {
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let length = bytes.iter().take(LABEL_BYTES_MAX + 1).take_while(is_part).count();
    let fits = (1..=LABEL_BYTES_MAX).contains(&length) && bytes[0] != b'-' && bytes[length - 1] != b'-';
    if fits { length } else { 0 }
}

/// `local@domain`.
pub(super) fn email(bytes: &[u8], at: usize) -> Option<usize> {
    let is_local = |byte: u8| byte.is_ascii_alphanumeric() || b".!#$%&*+/=?^_{|}~-".contains(&byte);
    if at > 0 && (is_word(bytes[at - 1]) || (is_local(bytes[at - 1]) && bytes[at - 1] != b'=')) {
        return None;
    }
    let length = bytes[at..].iter().take(LOCAL_BYTES_MAX + 1).take_while(|byte| is_local(**byte)).count();
    let local = &bytes[at..at + length];
    let fits = (1..=LOCAL_BYTES_MAX).contains(&length) && local[0] != b'.' && local[length - 1] != b'.';
    if !fits || bytes.get(at + length) != Some(&b'@') {
        return None;
    }
    labels(bytes, at + length + 1)
}

/// `scheme://` and what follows up to a blank, a quote or a bracket; punctuation at its end belongs to the sentence around it.
pub(super) fn url(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    if !begins_word(bytes, at) || !bytes.get(at)?.is_ascii_alphabetic() {
        return None;
    }
    let is_scheme = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let scheme = bytes[at..].iter().take(SCHEME_BYTES_MAX).take_while(is_scheme).count();
    let start = at + scheme + 3;
    if bytes.get(at + scheme..start) != Some(b"://") {
        return None;
    }
    let ends =
        |c: char| c <= ' ' || c == '\x7f' || matches!(c, '"' | '\'' | '<' | '>' | '`' | '{' | '}' | '|' | '\\' | '^');
    let cut = text.floor_char_boundary(text.len().min(start + URL_BYTES_MAX));
    let rest = &text[start..cut];
    let rest = &rest[..rest.find(ends).unwrap_or(rest.len())];
    let mut kept = rest.trim_end_matches(['.', ',', ';', ':', '!', '?']);
    while let Some(inner) = kept.strip_suffix([')', ']'])
        && unbalanced(kept)
    {
        kept = inner.trim_end_matches(['.', ',', ';', ':', '!', '?']);
    }
    (!kept.is_empty()).then_some(start + kept.len())
}

/// More brackets close than open.
fn unbalanced(text: &str) -> bool {
    let count = |wanted: [char; 2]| text.matches(wanted).count();
    count([')', ']']) > count(['(', '['])
}
