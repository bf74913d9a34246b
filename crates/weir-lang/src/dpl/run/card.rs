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

/// First and last prefix of a scheme, and how many digits its numbers have.
const SCHEMES: &[(u32, u32, std::ops::RangeInclusive<usize>)] = &[
    (1800, 1800, 15..=15), // JCB
    (2014, 2014, 15..=15), // enRoute
    (2131, 2131, 15..=15), // JCB
    (2149, 2149, 15..=15), // enRoute
    (2200, 2204, 16..=19), // Mir
    (2221, 2720, 16..=16), // Mastercard
    (3000, 3059, 14..=19), // Diners Club
    (3088, 3094, 16..=19), // JCB
    (3095, 3095, 14..=19), // Diners Club
    (3096, 3120, 16..=19), // JCB
    (3158, 3159, 16..=19), // JCB
    (3337, 3349, 16..=19), // JCB
    (3400, 3499, 15..=15), // American Express
    (3528, 3589, 15..=19), // JCB
    (3600, 3699, 14..=19), // Diners Club
    (3700, 3799, 15..=15), // American Express
    (3800, 3999, 14..=19), // Diners Club
    (4000, 4999, 13..=19), // Visa
    (5000, 5099, 12..=19), // Maestro, Verve
    (5100, 5599, 16..=16), // Mastercard
    (5600, 6999, 12..=19), // Maestro, Discover, UnionPay, InterPayment, RuPay
    (8100, 8199, 16..=19), // UnionPay
    (9792, 9792, 16..=16), // Troy
];

/// The number has the length of its scheme, and the weighted sum of the digits ends in zero (Luhn).
fn is_card(digits: &[u8]) -> bool {
    let prefix = digits[..4].iter().fold(0, |value, digit| value * 10 + u32::from(digit - b'0'));
    let known = |(first, last, lengths): &&(u32, u32, std::ops::RangeInclusive<usize>)| {
        (*first..=*last).contains(&prefix) && lengths.contains(&digits.len())
    };
    let weigh = |(index, digit): (usize, &u8)| {
        let value = u32::from(digit - b'0') * (1 + index as u32 % 2);
        value / 10 + value % 10
    };
    let sum: u32 = digits.iter().rev().enumerate().map(weigh).sum();
    sum.is_multiple_of(10) && SCHEMES.iter().any(|scheme| known(&scheme))
}

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0i64, |value, digit| value.checked_mul(10)?.checked_add(i64::from(digit - b'0')))
}
