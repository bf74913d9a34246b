//! Text to points in time.

use jiff::civil::{Date, Time};
use jiff::tz::{Offset, TimeZone};
use weir_event::{Timeframe, Timestamp};

/// Reads ISO 8601 in the lengths people write it: a date, then maybe a time to the minute, second or fraction of one, then maybe a
/// zone (`Z`, `+02:00`, `-0400`, `+02`, `Europe/Berlin`, `+02:00[Europe/Berlin]`). Without zone it is in `zone`.
pub fn read_timestamp(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.trim();
    if !text.is_ascii() || text.len() > 64 {
        return None;
    }
    let (date, rest) = read_date(text)?;
    let (time, rest) = match rest.strip_prefix(['T', 't', ' ']) {
        Some(rest) => read_time(rest)?,
        None => (Time::midnight(), rest),
    };
    place(date, time, rest.trim_start(), zone)
}

/// Reads `start/end`. A side that is only a time is on the day of `now`.
pub fn read_timeframe(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Timeframe> {
    let (start, end) = text.split_once('/')?;
    Some(Timeframe { start: read_side(start, now, zone)?, end: read_side(end, now, zone)? })
}

fn read_side(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.trim();
    if !text.is_ascii() {
        return None;
    }
    if let Some(at) = read_timestamp(text, zone) {
        return Some(at);
    }
    let (time, rest) = read_time(text)?;
    let zone = written_zone(rest.trim_start(), zone)?;
    let date = super::zoned(now, &zone).date();
    Timestamp::from_jiff(date.to_datetime(time).to_zoned(zone).ok()?.timestamp())
}

fn place(date: Date, time: Time, rest: &str, zone: &TimeZone) -> Option<Timestamp> {
    let zone = written_zone(rest, zone)?;
    Timestamp::from_jiff(date.to_datetime(time).to_zoned(zone).ok()?.timestamp())
}

/// The zone behind a time: none, an offset, or the name of a zone, in brackets or not. An offset decides before a name.
fn written_zone(text: &str, default: &TimeZone) -> Option<TimeZone> {
    let (offset_text, name) = match text.strip_suffix(']').and_then(|text| text.split_once('[')) {
        Some(parts) => parts,
        None if text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.len() > 1 => ("", text),
        None => (text, ""),
    };
    match (offset_text, name) {
        ("", "") => Some(default.clone()),
        ("", name) => super::zone(name),
        (offset_text, _) => offset(offset_text).map(TimeZone::fixed),
    }
}

/// `Z`, `+2`, `+02`, `+0200`, `+02:00`.
pub(super) fn offset(text: &str) -> Option<Offset> {
    if text.eq_ignore_ascii_case("z") {
        return Some(Offset::UTC);
    }
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = match text.as_bytes()[1..] {
        [h] => (digits(&[h])?, 0),
        [a, b] => (digits(&[a, b])?, 0),
        [a, b, c, d] | [a, b, b':', c, d] => (digits(&[a, b])?, digits(&[c, d])?),
        _ => return None,
    };
    Offset::from_seconds(sign * (hours * 60 + minutes) as i32 * 60).ok()
}

fn digits(bytes: &[u8]) -> Option<i64> {
    bytes.iter().try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + i64::from(byte - b'0')))
}

fn read_date(text: &str) -> Option<(Date, &str)> {
    let bytes = text.as_bytes();
    if bytes.len() < 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let (year, month, day) = (digits(&bytes[..4])?, digits(&bytes[5..7])?, digits(&bytes[8..10])?);
    Some((Date::new(year as i16, month as i8, day as i8).ok()?, &text[10..]))
}

/// `hh:mm`, `hh:mm:ss`, `hh:mm:ss.fraction`; the fraction may also follow a comma.
fn read_time(text: &str) -> Option<(Time, &str)> {
    let bytes = text.as_bytes();
    if bytes.len() < 5 || bytes[2] != b':' {
        return None;
    }
    let (hour, minute) = (digits(&bytes[..2])?, digits(&bytes[3..5])?);
    let mut rest = &text[5..];
    let (mut second, mut nanos) = (0, 0);
    if let Some(behind) = rest.strip_prefix(':') {
        second = digits(behind.as_bytes().get(..2)?)?;
        rest = &behind[2..];
        if let Some(behind) = rest.strip_prefix(['.', ',']) {
            let count = behind.bytes().take_while(u8::is_ascii_digit).count();
            let kept = count.min(9);
            nanos = digits(&behind.as_bytes()[..kept])? * 10i64.pow(9 - kept as u32);
            rest = &behind[count..];
        }
    }
    Some((Time::new(hour as i8, minute as i8, second as i8, nanos as i32).ok()?, rest))
}
