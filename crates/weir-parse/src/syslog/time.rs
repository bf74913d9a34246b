//! Times as syslog headers write them.

use std::ops::RangeInclusive;

use weir_event::Timestamp;

use super::SyslogContext;
use crate::zone::{WallTime, offset, two_digits};

/// A time of a header, and what was odd about it.
pub(crate) struct Moment {
    pub at: Timestamp,
    /// A `*` or `.` before the time: the device's clock is not synchronised.
    pub unsynced: bool,
    /// The zone is a word nobody knows; the source's zone was used.
    pub zone_unknown: bool,
}

const DAY_NANOS: i64 = 86_400_000_000_000;

/// Between the same wall time of two years, whatever the offsets of a zone then.
const YEAR_NANOS_MIN: i64 = 363 * DAY_NANOS;

/// Years to look back for a day that not every year has.
const YEARS_BACK_MAX: i16 = 8;

/// Zones by name, in seconds east of UTC. American names have their American meaning.
const ZONES: [(&str, i32); 15] = [
    ("UTC", 0),
    ("GMT", 0),
    ("Z", 0),
    ("EST", -5 * 3600),
    ("EDT", -4 * 3600),
    ("CST", -6 * 3600),
    ("CDT", -5 * 3600),
    ("MST", -7 * 3600),
    ("MDT", -6 * 3600),
    ("PST", -8 * 3600),
    ("PDT", -7 * 3600),
    ("CET", 3600),
    ("CEST", 2 * 3600),
    ("BST", 3600),
    ("JST", 9 * 3600),
];

/// The distance from UTC of a zone known by name, in seconds.
pub(crate) fn zone_named(name: &str) -> Option<i32> {
    if name == "AEST" {
        return Some(10 * 3600);
    }
    ZONES.iter().find(|(have, _)| *have == name).map(|(_, seconds)| *seconds)
}

/// The strict form of RFC 5424: `yyyy-mm-ddThh:mm:ss[.f](Z|+hh:mm)`, up to nine digits of fraction, no second 60.
pub(super) fn rfc3339(text: &[u8]) -> Option<Timestamp> {
    let (mut wall, used) = date(text)?;
    let used = clock(text, (*text.get(used)? == b'T').then_some(used + 1)?, &mut wall)?;
    if wall.second > 59 || text.get(19) == Some(&b',') {
        return None;
    }
    let (seconds, zone) = offset(&text[used..])?;
    let strict = text[used] == b'Z' || (zone == 6 && text[used] != b'z');
    (strict && used + zone == text.len()).then(|| wall.at_offset(seconds)).flatten()
}

/// `1714557600` or `1714557600.774247`: ten digits of seconds and up to nine of fraction.
pub(crate) fn epoch_seconds(text: &str) -> Option<Timestamp> {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if seconds.len() != 10 || fraction.len() > 9 || !digits(seconds) || !digits(fraction) {
        return None;
    }
    Timestamp::from_seconds(seconds.parse().ok()?, nanos(fraction.as_bytes()))
}

/// The time at the start of a line of RFC 3164, and what follows it (which begins with a blank or colon, or is empty).
pub(crate) fn bsd<'a>(text: &'a str, context: &SyslogContext) -> Option<(Moment, &'a str)> {
    let marked = text.strip_prefix(['*', '.']);
    let body = marked.unwrap_or(text);
    let (mut moment, used) = match body.as_bytes().first()? {
        b'0'..=b'9' => iso(body.as_bytes(), context).or_else(|| year_first(body, context))?,
        _ => word_date(body, context)?,
    };
    moment.unsynced = marked.is_some();
    ends(body.as_bytes(), used).then(|| (moment, &body[used..]))
}

/// True at a blank, a colon or the end.
fn ends(text: &[u8], at: usize) -> bool {
    matches!(text.get(at), None | Some(b' ' | b':'))
}

/// `2024:05:01-10:00:00`, `2024-05-01T10:00:00.5+0200`, `2024-05-01 10:00:00,120`, `2024-05-01 10:00:00 +0200`.
fn iso(text: &[u8], context: &SyslogContext) -> Option<(Moment, usize)> {
    let (mut wall, used) = date(text)?;
    let between =
        if text[4] == b':' { *text.get(used)? == b'-' } else { matches!(text.get(used)?, b'T' | b't' | b' ') };
    let used = clock(text, between.then_some(used + 1)?, &mut wall)?;
    zoned(text, used, wall, context)
}

/// `2024 May  1 10:00:00`: what follows the year is read as a date with the month's name.
fn year_first(text: &str, context: &SyslogContext) -> Option<(Moment, usize)> {
    year_at(text.as_bytes(), 0)?;
    let rest = text.get(4..)?.strip_prefix(' ')?;
    // The same text with the year behind the day, which is as long.
    let moved = format!("{} {}{}", rest.get(..6)?, &text[..4], rest.get(6..)?);
    word_date(&moved, context)
}

/// `May  1 10:00:00`, with an optional year before or after the time and an optional zone.
fn word_date(text: &str, context: &SyslogContext) -> Option<(Moment, usize)> {
    let bytes = text.as_bytes();
    let (month, at) = month_word(bytes)?;
    let at = blanks(bytes, at)?;
    let (day, at) = match two_digits(bytes, at) {
        Some(day) => (day, at + 2),
        None => (bytes.get(at)?.checked_sub(b'0').filter(|day| *day < 10)?, at + 1),
    };
    let mut at = blanks(bytes, at)?;
    let mut year = year_at(bytes, at);
    if year.is_some() {
        at = blanks(bytes, at + 4)?;
    }
    let mut wall = WallTime { year: 2000, month, day, hour: 0, minute: 0, second: 0, nanosecond: 0 };
    at = clock(bytes, at, &mut wall)?;
    let (mut seconds, mut zone_unknown) = (None, false);
    if let Some((zone, end)) = zone_after(text, at) {
        (seconds, zone_unknown, at) = (zone, zone.is_none(), end);
    }
    if year.is_none() && bytes.get(at) == Some(&b' ') {
        let alone = ends(bytes, at + 5) && (bytes.get(at + 5) != Some(&b':') || ends(bytes, at + 6));
        year = year_at(bytes, at + 1).filter(|_| alone);
        at += if year.is_some() { 5 } else { 0 };
    }
    let instant = |year| match seconds {
        Some(seconds) => WallTime { year, ..wall }.at_offset(seconds),
        None => context.zone.instant(WallTime { year, ..wall }),
    };
    let stamp = match year {
        Some(year) => instant(year)?,
        None => latest_year(context.now, instant)?,
    };
    Some((Moment { at: stamp, unsynced: false, zone_unknown }, at))
}

/// The instant in the latest year that is not more than a day after `now`.
pub(crate) fn latest_year(now: Timestamp, instant: impl Fn(i16) -> Option<Timestamp>) -> Option<Timestamp> {
    let this = (1970 + now.0.div_euclid(DAY_NANOS) * 400 / 146_097) as i16;
    let soon = now.0.saturating_add(DAY_NANOS);
    let latest = |years: RangeInclusive<i16>| years.rev().filter_map(&instant).find(|at| at.0 <= soon);
    match instant(this) {
        Some(at) if at.0 > soon => latest(this - YEARS_BACK_MAX..=this - 1),
        Some(at) if at.0.saturating_add(YEAR_NANOS_MIN) > soon => Some(at),
        // Within two days of the turn of a year `this` may be one off, so the year after it may be the one.
        _ => latest(this - YEARS_BACK_MAX..=this + 1),
    }
}

/// Reads the zone of an ISO time, with or without a blank before it.
fn zoned(text: &[u8], used: usize, wall: WallTime, context: &SyslogContext) -> Option<(Moment, usize)> {
    let blank = usize::from(text.get(used) == Some(&b' '));
    let after = |at: usize| offset(text.get(at..)?).map(|(seconds, length)| (seconds, at + length));
    let zone = after(used + blank).filter(|(_, end)| ends(text, *end));
    let (at, used) = match zone {
        Some((seconds, end)) => (wall.at_offset(seconds)?, end),
        None => (context.zone.instant(wall)?, used),
    };
    Some((Moment { at, unsynced: false, zone_unknown: false }, used))
}

/// A zone after the time and one blank: its distance from UTC (`None` when the word is not known) and where it ends.
fn zone_after(text: &str, at: usize) -> Option<(Option<i32>, usize)> {
    let word = text.get(at..)?.strip_prefix(' ')?;
    let start = at + 1;
    if let Some((seconds, length)) = offset(word.as_bytes()).filter(|(_, length)| ends(word.as_bytes(), *length)) {
        return Some((Some(seconds), start + length));
    }
    let length = word.bytes().take(6).take_while(u8::is_ascii_uppercase).count();
    let (name, rest) = word.split_at(length);
    if length == 0 || length > 5 || !ends(word.as_bytes(), length) {
        return None;
    }
    if let Some(seconds) = zone_named(name) {
        return Some((Some(seconds), start + length));
    }
    let year = rest.starts_with(' ') && year_at(rest.as_bytes(), 1).is_some() && ends(rest.as_bytes(), 5);
    (length > 1 && (rest.starts_with(": %") || year)).then_some((None, start + length))
}

/// `yyyy-mm-dd` or `yyyy:mm:dd`, not checked against the calendar.
fn date(text: &[u8]) -> Option<(WallTime, usize)> {
    let year = i16::from(two_digits(text, 0)?) * 100 + i16::from(two_digits(text, 2)?);
    let (month, day) = (two_digits(text, 5)?, two_digits(text, 8)?);
    let wall = WallTime { year, month, day, hour: 0, minute: 0, second: 0, nanosecond: 0 };
    (matches!(text[4], b'-' | b':') && text[7] == text[4]).then_some((wall, 10))
}

/// `hh:mm:ss` with an optional fraction of one to nine digits; where it ends.
fn clock(text: &[u8], at: usize, wall: &mut WallTime) -> Option<usize> {
    (wall.hour, wall.minute, wall.second) =
        (two_digits(text, at)?, two_digits(text, at + 3)?, two_digits(text, at + 6)?);
    if text[at + 2] != b':' || text[at + 5] != b':' || !wall.is_real() {
        // The year of a date without one is a leap year here, so only days no year has are refused.
        return None;
    }
    let end = at + 8;
    if !matches!(text.get(end), Some(b'.' | b',')) {
        return Some(end);
    }
    let digits = text[end + 1..].iter().take(10).take_while(|byte| byte.is_ascii_digit()).count();
    match digits {
        0 => Some(end),
        1..=9 => {
            wall.nanosecond = nanos(&text[end + 1..end + 1 + digits]);
            Some(end + 1 + digits)
        }
        _ => None,
    }
}

/// A fraction of up to nine digits in nanoseconds.
fn nanos(digits: &[u8]) -> u32 {
    let read = digits.iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    read * 10u32.pow(9 - digits.len() as u32)
}

/// The month with this English name of three letters, in any case.
pub(crate) fn month(name: &[u8]) -> Option<u8> {
    let name: [u8; 3] = name.try_into().ok()?;
    Some(match &name.map(|letter| letter.to_ascii_lowercase()) {
        b"jan" => 1,
        b"feb" => 2,
        b"mar" => 3,
        b"apr" => 4,
        b"may" => 5,
        b"jun" => 6,
        b"jul" => 7,
        b"aug" => 8,
        b"sep" => 9,
        b"oct" => 10,
        b"nov" => 11,
        b"dec" => 12,
        _ => return None,
    })
}

/// The month that the text begins with, by its first three letters or its full English name, and where that ends.
fn month_word(text: &[u8]) -> Option<(u8, usize)> {
    const REST: [&str; 12] = ["uary", "ruary", "ch", "il", "", "e", "y", "ust", "tember", "ober", "ember", "ember"];
    let month = month(text.get(..3)?)?;
    let rest = REST[usize::from(month) - 1].as_bytes();
    let full = text[3..].get(..rest.len()).is_some_and(|have| have.eq_ignore_ascii_case(rest));
    Some((month, if full { 3 + rest.len() } else { 3 }))
}

/// True for `May 1` and `August  1`.
pub(super) fn begins_with_month(text: &[u8]) -> bool {
    month_word(text).and_then(|(_, at)| blanks(text, at)).is_some()
}

/// Skips one or two blanks.
fn blanks(text: &[u8], at: usize) -> Option<usize> {
    match (text.get(at)?, text.get(at + 1)) {
        (b' ', Some(b' ')) => Some(at + 2),
        (b' ', _) => Some(at + 1),
        _ => None,
    }
}

/// A year of four digits, 1900 to 2199, that no further digit or colon follows.
fn year_at(text: &[u8], at: usize) -> Option<i16> {
    let (century, year) = (two_digits(text, at)?, two_digits(text, at + 2)?);
    let alone = !matches!(text.get(at + 4), Some(b'0'..=b'9'));
    (alone && (19..=21).contains(&century)).then(|| i16::from(century) * 100 + i16::from(year))
}
