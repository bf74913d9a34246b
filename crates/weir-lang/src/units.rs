//! Units of time by the letters queries write them with.

use crate::ast::Unit;

pub(crate) const SECOND: i64 = 1_000_000_000;
pub(crate) const MINUTE: i64 = 60 * SECOND;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;

/// Units of the function `duration`.
pub(crate) const OF_DURATIONS: [&str; 7] = ["ns", "us", "ms", "s", "m", "h", "d"];

/// Nanoseconds of a unit whose length the calendar does not change; a day is 24 hours.
pub(crate) fn fixed(unit: &str) -> Option<i64> {
    Some(match unit {
        "ns" => 1,
        "us" => 1_000,
        "ms" => 1_000_000,
        "s" => SECOND,
        "m" | "min" => MINUTE,
        "h" => HOUR,
        "d" => DAY,
        "w" => 7 * DAY,
        _ => return None,
    })
}

/// Months of a calendar unit.
pub(crate) fn months(unit: &str) -> Option<i64> {
    Some(match unit {
        "M" => 1,
        "q" => 3,
        "y" => 12,
        _ => return None,
    })
}

/// The unit behind `@`: an optional factor, which must divide the next larger unit, and letters.
pub(crate) fn align(text: &str) -> Option<Unit> {
    let letters = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let factor = &text[..text.len() - letters.len()];
    let unit = match letters {
        "d" => Unit::Day,
        "w" => Unit::Week(1),
        "M" => Unit::Month,
        "q" => Unit::Quarter,
        "y" => Unit::Year,
        _ => match letters.strip_prefix('w').map(str::as_bytes) {
            Some([day @ b'0'..=b'7']) => Unit::Week(if *day == b'0' { 7 } else { (day - b'0') as i8 }),
            _ => return fixed_align(factor, letters),
        },
    };
    matches!(factor, "" | "1").then_some(unit)
}

fn fixed_align(factor: &str, letters: &str) -> Option<Unit> {
    let (nanos, of) = match letters {
        "ns" => (1, 1000),
        "us" => (1_000, 1000),
        "ms" => (1_000_000, 1000),
        "s" => (SECOND, 60),
        "m" | "min" | "minute" => (MINUTE, 60),
        "h" => (HOUR, 24),
        _ => return None,
    };
    let factor: i64 = if factor.is_empty() { 1 } else { factor.parse().ok()? };
    (factor > 0 && of % factor == 0).then(|| Unit::Fixed(factor * nanos))
}
