//! Whole numbers and decimals.

use weir_event::Value;

use super::Hit;

/// `[+-]?[0-9]+`, or hexadecimal digits with an optional `0x` or `x` before them. All digits belong to the number: one that is
/// out of range fails rather than being cut.
pub(super) fn integer(bytes: &[u8], at: usize, hex: bool, (least, most): (i64, i64)) -> Option<(usize, i64)> {
    let (negative, mut start) = sign(bytes, at);
    let (end, value) = match hex {
        true => {
            start += hex_prefix(&bytes[start..]);
            hexadecimal(bytes, start, negative)
        }
        false => decimal(bytes, start, negative),
    };
    let value = value.filter(|value| end > start && least <= *value && *value <= most)?;
    Some((end, value))
}

/// Digits that cannot overflow.
const DIGITS_SAFE: usize = 18;

/// The end of the digits at `start`, and their value if it has 64 bits.
fn decimal(bytes: &[u8], start: usize, negative: bool) -> (usize, Option<i64>) {
    let mut end = start;
    let mut value: i64 = 0;
    while let Some(digit @ b'0'..=b'9') = bytes.get(end)
        && end - start < DIGITS_SAFE
    {
        value = value * 10 + i64::from(digit - b'0');
        end += 1;
    }
    value = if negative { -value } else { value };
    let mut fits = Some(value);
    while let Some(digit @ b'0'..=b'9') = bytes.get(end) {
        let digit = i64::from(digit - b'0');
        let more = |value: i64| if negative { value.checked_sub(digit) } else { value.checked_add(digit) };
        fits = fits.and_then(|value| value.checked_mul(10)).and_then(more);
        end += 1;
    }
    (end, fits)
}

/// The same in hexadecimal.
fn hexadecimal(bytes: &[u8], start: usize, negative: bool) -> (usize, Option<i64>) {
    let mut end = start;
    let mut fits = Some(0i64);
    while let Some(digit) = bytes.get(end).and_then(|&byte| char::from(byte).to_digit(16)) {
        let digit = i64::from(digit);
        let more = |value: i64| if negative { value.checked_sub(digit) } else { value.checked_add(digit) };
        fits = fits.and_then(|value| value.checked_mul(16)).and_then(more);
        end += 1;
    }
    (end, fits)
}

fn sign(bytes: &[u8], at: usize) -> (bool, usize) {
    match bytes.get(at) {
        Some(b'-') => (true, at + 1),
        Some(b'+') => (false, at + 1),
        _ => (false, at),
    }
}

/// Length of `0x` or `x`, when a digit follows.
fn hex_prefix(bytes: &[u8]) -> usize {
    match bytes {
        [b'0', b'x' | b'X', digit, ..] if digit.is_ascii_hexdigit() => 2,
        [b'x' | b'X', digit, ..] if digit.is_ascii_hexdigit() => 1,
        _ => 0,
    }
}

/// `[+-]?[0-9]+`, then optionally `point` with digits, then optionally an exponent.
pub(super) fn double<'t>(text: &str, bytes: &[u8], at: usize, point: u8, (least, most): (f64, f64)) -> Option<Hit<'t>> {
    let start = sign(bytes, at).1;
    let end = start + decimal_length(&bytes[start..], point)?;
    let value: f64 = match point {
        b'.' => text[at..end].parse().ok()?,
        _ => text[at..end].replace(char::from(point), ".").parse().ok()?,
    };
    (value.is_finite() && least <= value && value <= most).then_some(Hit { end, value: Value::Double(value) })
}

/// Length of a decimal without sign at the start of `bytes`.
pub(crate) fn decimal_length(bytes: &[u8], point: u8) -> Option<usize> {
    let digits = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut end = digits(0);
    if end == 0 {
        return None;
    }
    if bytes.get(end) == Some(&point) {
        let fraction = digits(end + 1);
        end += if fraction > 0 { 1 + fraction } else { 0 };
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let signed = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent = if end + 1 + signed <= bytes.len() { digits(end + 1 + signed) } else { 0 };
        end += if exponent > 0 { 1 + signed + exponent } else { 0 };
    }
    Some(end)
}
