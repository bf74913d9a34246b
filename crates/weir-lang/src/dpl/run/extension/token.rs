//! Hashes, hardware addresses, networks, UUIDs: tokens of a fixed form.

use weir_event::Value;

use super::super::{Hit, address};
use super::{begins_word, ends_word, words};

/// Digits of MD5, SHA-1, SHA-224, SHA-256, SHA-384 and SHA-512.
const HASH_DIGITS: &[usize] = &[32, 40, 56, 64, 96, 128];

fn hex_digits(bytes: &[u8], at: usize, most: usize) -> usize {
    bytes[at..].iter().take(most).take_while(|byte| byte.is_ascii_hexdigit()).count()
}

/// Hexadecimal digits, as many as a common hash has.
pub(super) fn hash(bytes: &[u8], at: usize) -> Option<usize> {
    if !begins_word(bytes, at) {
        return None;
    }
    let digits = hex_digits(bytes, at, 129);
    (HASH_DIGITS.contains(&digits) && ends_word(bytes, at + digits)).then_some(at + digits)
}

/// `02:00:5e:00:53:01`, the same with dashes, or `0200.5e00.5301`.
pub(super) fn mac(bytes: &[u8], at: usize) -> Option<usize> {
    if !begins_word(bytes, at) {
        return None;
    }
    let (width, groups, mark) = match bytes.get(at + 2..at + 5)? {
        [mark @ (b':' | b'-'), ..] => (2, 6, *mark),
        [.., b'.'] => (4, 3, b'.'),
        _ => return None,
    };
    let mut end = at;
    for group in 0..groups {
        if group > 0 {
            end += usize::from(*bytes.get(end)? == mark);
        }
        if hex_digits(bytes, end, width + 1) != width || (group > 0 && bytes[end - 1] != mark) {
            return None;
        }
        end += width;
    }
    let goes_on = bytes.get(end) == Some(&mark) && bytes.get(end + 1).is_some_and(u8::is_ascii_hexdigit);
    (ends_word(bytes, end) && !goes_on).then_some(end)
}

/// An address, `/` and the length of the network's prefix.
pub(super) fn cidr(bytes: &[u8], at: usize) -> Option<usize> {
    if !begins_word(bytes, at) {
        return None;
    }
    let (slash, ip) = address::read(bytes, at, true, true)?;
    let most = if ip.is_ipv4() { 32 } else { 128 };
    if bytes.get(slash) != Some(&b'/') {
        return None;
    }
    let start = slash + 1;
    let digits = bytes[start..].iter().take(4).take_while(|byte| byte.is_ascii_digit()).count();
    let prefix = bytes[start..start + digits].iter().fold(0, |value, digit| value * 10 + usize::from(digit - b'0'));
    let end = start + digits;
    ((1..=3).contains(&digits) && prefix <= most && ends_word(bytes, end)).then_some(end)
}

/// A UUID, also in braces or without dashes; its value is without the braces.
pub(super) fn uuid<'t>(text: &'t str, at: usize) -> Option<Hit<'t>> {
    let bytes = text.as_bytes();
    let braced = bytes.get(at) == Some(&b'{');
    let start = at + usize::from(braced);
    if !braced && !begins_word(bytes, at) {
        return None;
    }
    let plain = || (hex_digits(bytes, start, 33) == 32).then_some(start + 32);
    let end = words::uuid(bytes, start).or_else(plain)?;
    let closed = if braced { bytes.get(end) == Some(&b'}') } else { ends_word(bytes, end) };
    closed.then(|| Hit { end: end + usize::from(braced), value: Value::text(&text[start..end]) })
}
