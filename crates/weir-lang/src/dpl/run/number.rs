//! Whole numbers and decimals.

use weir_event::Value;

use super::Hit;

/// `[+-]?[0-9]+`, or hexadecimal digits with an optional `0x` or `x` before them. All digits belong to the number: one that is
/// out of range fails rather than being cut.
pub(super) fn integer<'t>(bytes: &[u8], at: usize, hex: bool, (least, most): (i64, i64)) -> Option<Hit<'t>> {
    let (negative, mut end) = sign(bytes, at);
    if hex {
        end += hex_prefix(&bytes[end..]);
    }
    let radix = if hex { 16 } else { 10 };
    let start = end;
    let mut value: i64 = 0;
    let mut overflow = false;
    while let Some(digit) = bytes.get(end).and_then(|&byte| char::from(byte).to_digit(radix)) {
        let digit = i64::from(digit);
        let next = value.checked_mul(i64::from(radix));
        let next = next.and_then(|v| if negative { v.checked_sub(digit) } else { v.checked_add(digit) });
        overflow |= next.is_none();
        value = next.unwrap_or(0);
        end += 1;
    }
    let fits = end > start && !overflow && least <= value && value <= most;
    fits.then_some(Hit { end, value: Value::Long(value) })
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
