//! Whole numbers and decimals.

use super::Run;

/// Digits of a whole number, zeroes before it among them.
const DIGITS_MAX: usize = 256;
/// Digits of a part of a decimal; no double needs more to be written out.
const DECIMAL_DIGITS_MAX: usize = 1_100;
/// Digits of a whole number that cannot overflow.
const DIGITS_SAFE: usize = 18;
/// Bytes of a number that cost no more than the step of its element.
const BYTES_FREE: usize = 64;

impl Run<'_, '_> {
    /// `[+-]?[0-9]+`, or hexadecimal digits with an optional `0x` or `x` before them. All digits belong to the number: one that is
    /// out of range fails rather than being cut.
    #[inline]
    pub(super) fn integer(&mut self, at: usize, hex: bool, (least, most): (i64, i64)) -> Option<(usize, i64)> {
        let bytes = self.bytes();
        let (negative, start) = sign(bytes, at);
        let (end, value) = match hex {
            true => hexadecimal(bytes, start + hex_prefix(&bytes[start..]), negative),
            false => decimal(bytes, start, negative),
        };
        self.read(at, end)?;
        let value = value.filter(|value| least <= *value && *value <= most)?;
        Some((end, value))
    }

    /// `[+-]?[0-9]+`, then optionally `point` with digits, then optionally an exponent.
    pub(super) fn double(&mut self, at: usize, point: u8, (least, most): (f64, f64)) -> Option<(usize, f64)> {
        let start = sign(self.bytes(), at).1;
        let (length, is_decimal) = decimal_parts(&self.bytes()[start..], point, DECIMAL_DIGITS_MAX);
        let end = start + length;
        self.read(at, end)?;
        if !is_decimal {
            return None;
        }
        let text = &self.text[at..end];
        let value: f64 = match point {
            b'.' => text.parse().ok()?,
            _ => text.replace(char::from(point), ".").parse().ok()?,
        };
        (value.is_finite() && least <= value && value <= most).then_some((end, value))
    }

    /// Pays for the bytes of a number; most are short.
    #[inline]
    fn read(&mut self, at: usize, end: usize) -> Option<()> {
        if end - at > BYTES_FREE { self.budget.search(end - at) } else { Some(()) }
    }
}

/// The end of the digits at `start`, as far as they were looked at, and their value if there are any and it has 64 bits.
#[inline]
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
    match end - start {
        0 => (end, None),
        DIGITS_SAFE => number(bytes, start, end, Sum { value, base: 10, negative }),
        _ => (end, Some(value)),
    }
}

/// The same in hexadecimal.
fn hexadecimal(bytes: &[u8], start: usize, negative: bool) -> (usize, Option<i64>) {
    match bytes.get(start) {
        Some(byte) if byte.is_ascii_hexdigit() => number(bytes, start, start, Sum { value: 0, base: 16, negative }),
        _ => (start, None),
    }
}

/// The digits that were read.
struct Sum {
    value: i64,
    base: u8,
    negative: bool,
}

impl Sum {
    /// With one digit more; `None` beyond 64 bits.
    fn with(&self, digit: i64) -> Option<i64> {
        let value = self.value.checked_mul(i64::from(self.base))?;
        if self.negative { value.checked_sub(digit) } else { value.checked_add(digit) }
    }
}

/// Goes on from `end` in the digits at `start`, up to the first that is too much: the number fails with it, wherever it ends.
fn number(bytes: &[u8], start: usize, end: usize, mut sum: Sum) -> (usize, Option<i64>) {
    let mut end = end;
    while let Some(digit) = bytes.get(end).and_then(|&byte| char::from(byte).to_digit(u32::from(sum.base))) {
        match sum.with(i64::from(digit)) {
            Some(value) if end - start < DIGITS_MAX => sum.value = value,
            _ => return (end, None),
        }
        end += 1;
    }
    (end, Some(sum.value))
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

/// Length of a decimal without sign at the start of `bytes`.
pub(crate) fn decimal_length(bytes: &[u8], point: u8) -> Option<usize> {
    let (length, is_decimal) = decimal_parts(bytes, point, usize::MAX);
    is_decimal.then_some(length)
}

/// How far a decimal without sign was looked at, and whether it is one whose parts have less than `most` digits.
fn decimal_parts(bytes: &[u8], point: u8, most: usize) -> (usize, bool) {
    let digits = |from: usize| bytes[from..].iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
    let whole = digits(0);
    let mut end = whole;
    if whole == 0 || whole == most {
        return (end, false);
    }
    let mut longest = whole;
    if bytes.get(end) == Some(&point) {
        let fraction = digits(end + 1);
        end += if fraction > 0 { 1 + fraction } else { 0 };
        longest = longest.max(fraction);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let signed = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent = if end + 1 + signed <= bytes.len() { digits(end + 1 + signed) } else { 0 };
        end += if exponent > 0 { 1 + signed + exponent } else { 0 };
        longest = longest.max(exponent);
    }
    (end, longest < most)
}
