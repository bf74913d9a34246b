//! Payment card numbers.

use weir_event::Value;

use super::Hit;

const DIGITS_MIN: usize = 12;
const DIGITS_MAX: usize = 19;

/// 12 to 19 digits of a known scheme with a valid check digit, together or in groups with a blank or `%20` between them. The
/// longest such number that ends with a group counts.
pub(super) fn read<'t>(bytes: &[u8], from: usize) -> Option<Hit<'t>> {
    let mut digits = [0u8; DIGITS_MAX];
    let mut count = 0;
    let mut best = None;
    let mut at = from;
    loop {
        let group = bytes[at..].iter().take(DIGITS_MAX + 1).take_while(|byte| byte.is_ascii_digit()).count();
        if group == 0 || count + group > DIGITS_MAX {
            return best;
        }
        digits[count..count + group].copy_from_slice(&bytes[at..at + group]);
        count += group;
        at += group;
        if count >= DIGITS_MIN && is_card(&digits[..count]) {
            best = Some(Hit { end: at, value: Value::Long(number(&digits[..count])?) });
        }
        at += match &bytes[at..] {
            [b' ', ..] => 1,
            [b'%', b'2', b'0', ..] => 3,
            _ => return best,
        };
    }
}

/// Schemes start with 2 to 6; the weighted sum of the digits ends in zero (Luhn).
fn is_card(digits: &[u8]) -> bool {
    let weigh = |(index, digit): (usize, &u8)| {
        let value = u32::from(digit - b'0') * (1 + index as u32 % 2);
        value / 10 + value % 10
    };
    let sum: u32 = digits.iter().rev().enumerate().map(weigh).sum();
    (b'2'..=b'6').contains(&digits[0]) && sum.is_multiple_of(10)
}

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0i64, |value, digit| value.checked_mul(10)?.checked_add(i64::from(digit - b'0')))
}
