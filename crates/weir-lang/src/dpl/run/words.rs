//! Booleans, keys of ENUM, identifiers.

use weir_event::Value;

use super::Hit;

pub(super) fn boolean<'t>(bytes: &[u8], at: usize) -> Option<Hit<'t>> {
    let is = |word: &str| bytes.get(at..at + word.len()).is_some_and(|have| have.eq_ignore_ascii_case(word.as_bytes()));
    let (length, value) = if is("true") { (4, true) } else { (5, false) };
    (value || is("false")).then_some(Hit { end: at + length, value: Value::Bool(value) })
}

/// The longest key that is here; keys come longest first.
pub(super) fn key<'t>(text: &str, at: usize, keys: &[(Box<str>, i64)], fold: bool) -> Option<Hit<'t>> {
    let rest = &text[at..];
    let (length, value) = keys.iter().find_map(|(key, value)| Some((starts_with(rest, key, fold)?, *value)))?;
    Some(Hit { end: at + length, value: Value::Long(value) })
}

/// Bytes of `text` that `key` covers, when it starts with it.
fn starts_with(text: &str, key: &str, fold: bool) -> Option<usize> {
    if !fold {
        return text.starts_with(key).then_some(key.len());
    }
    let mut rest = text.chars();
    for wanted in key.chars() {
        let found = rest.next()?;
        if found != wanted && !found.to_lowercase().eq(wanted.to_lowercase()) {
            return None;
        }
    }
    Some(text.len() - rest.as_str().len())
}

/// 8-4-4-4-12 hexadecimal digits.
pub(super) fn uuid(bytes: &[u8], at: usize) -> Option<usize> {
    let text = bytes.get(at..at + 36)?;
    let is_dash = |index: usize| matches!(index, 8 | 13 | 18 | 23);
    let fits = |(index, byte): (usize, &u8)| if is_dash(index) { *byte == b'-' } else { byte.is_ascii_hexdigit() };
    text.iter().enumerate().all(fits).then_some(at + 36)
}

/// A type name of up to 255 characters, a dash, 16 hexadecimal digits.
pub(super) fn smartscape(bytes: &[u8], at: usize) -> Option<usize> {
    let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':');
    let name = bytes[at..].iter().take(256).take_while(is_name).count();
    let id = bytes.get(at + name + 1..at + name + 17)?;
    let fits = (1..=255).contains(&name) && bytes[at + name] == b'-' && id.iter().all(u8::is_ascii_hexdigit);
    fits.then_some(at + name + 17)
}
