//! The time of an event: an epoch, or a date in a format of its own (as Java's SimpleDateFormat writes them).

use weir_event::Timestamp;

use crate::syslog::SyslogContext;
use crate::syslog::time::{latest_year, month, zone_named};
use crate::zone::{WallTime, offset};

/// Reads `devTime`: 10, 13, 16 or 19 digits need no format, anything else needs `devTimeFormat`.
pub fn device_time(text: &str, format: Option<&str>, context: &SyslogContext) -> Option<Timestamp> {
    let text = text.trim();
    epoch(text).or_else(|| simple_date(text, format?.trim(), context))
}

/// Seconds, milliseconds, microseconds or nanoseconds, told by the number of digits.
pub(crate) fn epoch(text: &str) -> Option<Timestamp> {
    let unit = match text.len() {
        10 => 1_000_000_000,
        13 => 1_000_000,
        16 => 1_000,
        19 => 1,
        _ => return None,
    };
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse::<i64>().ok()?.checked_mul(unit).map(Timestamp)
}

#[derive(Default)]
struct Fields {
    year: Option<i16>,
    wall: Option<(u8, u8)>,
    hour: u8,
    afternoon: Option<bool>,
    minute: u8,
    second: u8,
    nanosecond: u32,
    zone: Option<i32>,
}

/// Reads a date by a format of `y M d H h m s S a z Z X E` and quoted text. All of `text` must match.
pub fn simple_date(text: &str, format: &str, context: &SyslogContext) -> Option<Timestamp> {
    let mut fields = Fields::default();
    let (mut rest, mut pattern) = (text, format);
    while let Some(letter) = pattern.chars().next() {
        if letter == '\'' {
            let (literal, after) = pattern[1..].split_once('\'')?;
            rest = rest.strip_prefix(if literal.is_empty() { "'" } else { literal })?;
            pattern = after;
        } else if letter.is_ascii_alphabetic() {
            let run = pattern.bytes().take_while(|byte| *byte == letter as u8).count();
            pattern = &pattern[run..];
            let next_is_field = pattern.starts_with(|next: char| next.is_ascii_alphabetic());
            rest = field(letter, run, next_is_field, rest, &mut fields)?;
        } else {
            rest = match letter {
                ' ' => rest.strip_prefix(' ').map(|rest| rest.trim_start_matches(' ')),
                other => rest.strip_prefix(other),
            }?;
            pattern = &pattern[letter.len_utf8()..];
        }
    }
    rest.is_empty().then(|| instant(&fields, context)).flatten()
}

/// Reads one field and gives what follows it.
fn field<'t>(letter: char, run: usize, fixed: bool, text: &'t str, fields: &mut Fields) -> Option<&'t str> {
    match letter {
        'M' | 'L' if run >= 3 => {
            let length = text.bytes().take_while(u8::is_ascii_alphabetic).count();
            let number = month(text.as_bytes().get(..3)?)?;
            fields.wall = Some((number, fields.wall.map_or(1, |(_, day)| day)));
            return Some(&text[length..]);
        }
        'E' => return Some(text.trim_start_matches(|char: char| char.is_ascii_alphabetic())),
        'a' => {
            let word = text.get(..2)?;
            fields.afternoon = Some(word.eq_ignore_ascii_case("pm"));
            return (word.eq_ignore_ascii_case("am") || word.eq_ignore_ascii_case("pm")).then(|| &text[2..]);
        }
        'z' | 'Z' | 'X' => return zone(text, fields),
        _ => {}
    }
    let limit = if fixed { run } else { 9 };
    let digits = text.bytes().take(limit).take_while(u8::is_ascii_digit).count();
    let number: u32 = text.get(..digits)?.parse().ok()?;
    let small = u8::try_from(number).ok();
    match letter {
        'y' | 'Y' | 'u' if run == 2 => fields.year = Some(2000 + i16::try_from(number % 100).ok()?),
        'y' | 'Y' | 'u' => fields.year = Some(i16::try_from(number).ok()?),
        'M' | 'L' => fields.wall = Some((small?, fields.wall.map_or(1, |(_, day)| day))),
        'd' => fields.wall = Some((fields.wall.map_or(1, |(month, _)| month), small?)),
        'H' | 'k' | 'h' | 'K' => fields.hour = small?,
        'm' => fields.minute = small?,
        's' => fields.second = small?,
        'S' => fields.nanosecond = number.checked_mul(10u32.checked_pow(9 - digits as u32)?)?,
        _ => return None,
    }
    Some(&text[digits..])
}

/// A zone by name, by offset, or as `GMT+08:00`.
fn zone<'t>(text: &'t str, fields: &mut Fields) -> Option<&'t str> {
    let length = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (name, rest) = text.split_at(length);
    let known = if name.is_empty() { None } else { Some(zone_named(name)?) };
    let named_zero = known.is_none_or(|seconds| seconds == 0);
    match offset(rest.as_bytes()).filter(|_| named_zero) {
        Some((seconds, used)) => {
            fields.zone = Some(seconds);
            Some(&rest[used..])
        }
        None => {
            fields.zone = Some(known?);
            Some(rest)
        }
    }
}

fn instant(fields: &Fields, context: &SyslogContext) -> Option<Timestamp> {
    let (month, day) = fields.wall?;
    let hour = match fields.afternoon {
        Some(afternoon) => fields.hour % 12 + if afternoon { 12 } else { 0 },
        None => fields.hour,
    };
    let at = |year| {
        let (minute, second, nanosecond) = (fields.minute, fields.second, fields.nanosecond);
        let wall = WallTime { year, month, day, hour, minute, second, nanosecond };
        match fields.zone {
            Some(seconds) => wall.at_offset(seconds),
            None if wall.is_real() => context.zone.instant(wall),
            None => None,
        }
    };
    fields.year.map_or_else(|| latest_year(context.now, at), at)
}
