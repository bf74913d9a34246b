//! Points in time to text, by the pattern letters of Java's `DateTimeFormatter`.

use std::fmt::Write;

use jiff::Zoned;
use jiff::tz::TimeZone;
use weir_event::Timestamp;

use crate::dpl::{LanguageNames, names_of};

/// Formats by a pattern such as `yyyy-MM-dd'T'HH:mm:ss.SSS`. Names are those of the language of a tag such as `de-AT`. `None` for a
/// letter or a length that means nothing, and for a language without names.
pub fn format_timestamp(at: Timestamp, pattern: &str, zone: &TimeZone, language: &str) -> Option<String> {
    let names = names_of(language)?;
    let here = super::zoned(at, zone);
    let mut out = String::with_capacity(pattern.len() + 8);
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\'' => quoted(&mut chars, &mut out)?,
            'A'..='Z' | 'a'..='z' => {
                let mut count = 1;
                while chars.next_if_eq(&c).is_some() {
                    count += 1;
                }
                letter(c, count, &here, names, &mut out)?;
            }
            '[' | ']' => {}
            '{' | '}' | '#' => return None,
            c => out.push(c),
        }
    }
    Some(out)
}

/// `'text'`; two quotes are one.
fn quoted(chars: &mut std::iter::Peekable<std::str::Chars>, out: &mut String) -> Option<()> {
    if chars.next_if_eq(&'\'').is_some() {
        out.push('\'');
        return Some(());
    }
    loop {
        match chars.next()? {
            '\'' if chars.next_if_eq(&'\'').is_some() => out.push('\''),
            '\'' => return Some(()),
            c => out.push(c),
        }
    }
}

fn letter(letter: char, count: usize, at: &Zoned, names: &LanguageNames, out: &mut String) -> Option<()> {
    let hour = i64::from(at.hour());
    match letter {
        'y' | 'u' => year(i64::from(at.year()), count, out),
        'Y' => year(i64::from(at.date().iso_week_date().year()), count, out),
        'M' | 'L' => named(i64::from(at.month()), (names.months, names.months_short), count, out),
        'd' => padded(i64::from(at.day()), count, out),
        'D' => padded(i64::from(at.day_of_year()), count, out),
        'w' => padded(i64::from(at.date().iso_week_date().week()), count, out),
        'W' => padded(week_of_month(at), count, out),
        'F' => padded(i64::from((at.day() - 1) / 7 + 1), count, out),
        'Q' | 'q' => quarter(i64::from((at.month() - 1) / 3 + 1), count, out),
        'E' => weekday(at, names, count.max(3), out),
        'e' | 'c' if count <= 2 => padded(i64::from(at.weekday().to_monday_one_offset()), count, out),
        'e' | 'c' => weekday(at, names, count, out),
        'a' => push(out, if hour < 12 { "AM" } else { "PM" }),
        'H' => padded(hour, count, out),
        'k' => padded(if hour == 0 { 24 } else { hour }, count, out),
        'K' => padded(hour % 12, count, out),
        'h' => padded((hour + 11) % 12 + 1, count, out),
        'm' => padded(i64::from(at.minute()), count, out),
        's' => padded(i64::from(at.second()), count, out),
        'S' => {
            let digits = format!("{:09}", at.subsec_nanosecond());
            push(out, digits.get(..count.min(9))?)
        }
        'n' => padded(i64::from(at.subsec_nanosecond()), count, out),
        'A' => padded(nanos_of_day(at) / 1_000_000, count, out),
        'N' => padded(nanos_of_day(at), count, out),
        'G' => push(out, if at.year() > 0 { "AD" } else { "BC" }),
        'V' | 'v' => push(out, zone_id(at).as_str()),
        'z' => push(out, &abbreviation(at)),
        'O' => push(out, &localised(at, count)),
        'X' | 'x' | 'Z' => offset(letter, count, at, out)?,
        _ => return None,
    }
    Some(())
}

fn push(out: &mut String, text: &str) {
    out.push_str(text);
}

fn padded(number: i64, width: usize, out: &mut String) {
    let _ = write!(out, "{number:0width$}", width = width.min(20));
}

fn year(year: i64, count: usize, out: &mut String) {
    if count == 2 { padded(year.rem_euclid(100), 2, out) } else { padded(year, count, out) }
}

/// Weeks begin on Monday and belong to the month that their Thursday is in; the days before the first are in week 0.
fn week_of_month(at: &Zoned) -> i64 {
    let thursday = i64::from(at.day()) - i64::from(at.weekday().to_monday_zero_offset()) + 3;
    (thursday - 1).div_euclid(7) + 1
}

/// The name of that number among full and short ones. Blanks part names, `|` the spellings of one, of which the first is written.
fn named(number: i64, (full, short): (&str, &str), count: usize, out: &mut String) {
    let name = if count == 3 { short } else { full }.split(' ').nth(number as usize - 1).unwrap_or_default();
    let first = name.split('|').next().unwrap_or_default();
    match count {
        1 | 2 => padded(number, count, out),
        3 | 4 => push(out, first),
        _ => out.extend(first.chars().next()),
    }
}

fn quarter(number: i64, count: usize, out: &mut String) {
    match count {
        1 | 2 => padded(number, count, out),
        3 => out.push_str(&format!("Q{number}")),
        _ => out.push_str(["1st quarter", "2nd quarter", "3rd quarter", "4th quarter"][number as usize - 1]),
    }
}

fn weekday(at: &Zoned, names: &LanguageNames, count: usize, out: &mut String) {
    named(i64::from(at.weekday().to_monday_one_offset()), (names.days, names.days_short), count, out);
}

fn nanos_of_day(at: &Zoned) -> i64 {
    let seconds = i64::from(at.hour()) * 3600 + i64::from(at.minute()) * 60 + i64::from(at.second());
    seconds * 1_000_000_000 + i64::from(at.subsec_nanosecond())
}

fn zone_id(at: &Zoned) -> String {
    match at.time_zone().iana_name() {
        Some("UTC") => "Z".to_owned(),
        Some(name) => name.to_owned(),
        None => hours_and_minutes(at.offset().seconds(), true),
    }
}

fn abbreviation(at: &Zoned) -> String {
    at.time_zone().to_offset_info(at.timestamp()).abbreviation().to_owned()
}

fn hours_and_minutes(seconds: i32, colon: bool) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.abs() / 60;
    let colon = if colon { ":" } else { "" };
    format!("{sign}{:02}{colon}{:02}", minutes / 60, minutes % 60)
}

fn localised(at: &Zoned, count: usize) -> String {
    let seconds = at.offset().seconds();
    match (seconds, count) {
        (0, _) => "GMT".to_owned(),
        (_, 4) => format!("GMT{}", hours_and_minutes(seconds, true)),
        _ => {
            let sign = if seconds < 0 { '-' } else { '+' };
            let (hours, minutes) = (seconds.abs() / 3600, seconds.abs() / 60 % 60);
            if minutes == 0 { format!("GMT{sign}{hours}") } else { format!("GMT{sign}{hours}:{minutes:02}") }
        }
    }
}

/// `X` writes `Z` for UTC, `x` never does; one letter drops minutes that are zero, three put a colon. `Z` is `+0000`.
fn offset(letter: char, count: usize, at: &Zoned, out: &mut String) -> Option<()> {
    let seconds = at.offset().seconds();
    let text = match (letter, count) {
        ('X', 1..=5) | ('Z', 5) if seconds == 0 => "Z".to_owned(),
        ('X' | 'x', 1) => {
            let text = hours_and_minutes(seconds, false);
            if text.ends_with("00") { text[..3].to_owned() } else { text }
        }
        ('X' | 'x', 2 | 4) | ('Z', 1..=3) => hours_and_minutes(seconds, false),
        ('X' | 'x', 3 | 5) | ('Z', 5) => hours_and_minutes(seconds, true),
        ('Z', 4) => localised(at, 4),
        _ => return None,
    };
    out.push_str(&text);
    Some(())
}
