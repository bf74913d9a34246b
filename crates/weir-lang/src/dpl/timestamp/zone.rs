//! Time zones by name, abbreviation or offset.

use jiff::tz::{Offset, TimeZone};

/// A zone: mostly an offset, which needs no calendar.
#[derive(Debug, Clone)]
pub(crate) enum Zone {
    /// Seconds east of UTC.
    Fixed(i64),
    Named(TimeZone),
}

impl Zone {
    const UTC: Zone = Zone::Fixed(0);

    fn named(name: &str) -> Option<Zone> {
        let zone = TimeZone::get(name).ok()?;
        Some(match zone.to_fixed_offset() {
            Ok(offset) => Zone::Fixed(i64::from(offset.seconds())),
            Err(_) => Zone::Named(zone),
        })
    }

    /// For calendar work.
    pub(super) fn to_jiff(&self) -> TimeZone {
        match self {
            Zone::Fixed(0) => TimeZone::UTC,
            // Offsets are checked when they are read.
            Zone::Fixed(seconds) => Offset::from_seconds(*seconds as i32).map_or(TimeZone::UTC, TimeZone::fixed),
            Zone::Named(zone) => zone.clone(),
        }
    }
}

/// Abbreviations with the zone or the fixed offset in minutes they mean.
const NAMES: &[(&str, Meaning)] = &[
    ("ACDT", Meaning::Minutes(630)),
    ("ACST", Meaning::Minutes(570)),
    ("ADT", Meaning::Minutes(-180)),
    ("AEDT", Meaning::Minutes(660)),
    ("AEST", Meaning::Minutes(600)),
    ("AKDT", Meaning::Minutes(-480)),
    ("AKST", Meaning::Minutes(-540)),
    ("ART", Meaning::Minutes(-180)),
    ("AST", Meaning::Minutes(-240)),
    ("AWST", Meaning::Minutes(480)),
    ("BRT", Meaning::Minutes(-180)),
    ("BST", Meaning::Minutes(60)),
    ("CAT", Meaning::Minutes(120)),
    ("CDT", Meaning::Minutes(-300)),
    ("CEST", Meaning::Minutes(120)),
    ("CET", Meaning::Zone("Europe/Paris")),
    ("CLT", Meaning::Minutes(-240)),
    ("COT", Meaning::Minutes(-300)),
    ("CST", Meaning::Zone("America/Chicago")),
    ("EAT", Meaning::Minutes(180)),
    ("EDT", Meaning::Minutes(-240)),
    ("EEST", Meaning::Minutes(180)),
    ("EET", Meaning::Zone("Europe/Athens")),
    ("EST", Meaning::Minutes(-300)),
    ("GMT", Meaning::Minutes(0)),
    ("GST", Meaning::Minutes(240)),
    ("HKT", Meaning::Minutes(480)),
    ("HST", Meaning::Minutes(-600)),
    ("ICT", Meaning::Minutes(420)),
    ("IDT", Meaning::Minutes(180)),
    ("IRST", Meaning::Minutes(210)),
    ("IST", Meaning::Zone("Asia/Kolkata")),
    ("JST", Meaning::Minutes(540)),
    ("KST", Meaning::Minutes(540)),
    ("MDT", Meaning::Minutes(-360)),
    ("MEST", Meaning::Minutes(120)),
    ("MESZ", Meaning::Minutes(120)),
    ("MET", Meaning::Zone("Europe/Paris")),
    ("MEZ", Meaning::Minutes(60)),
    ("MSK", Meaning::Minutes(180)),
    ("MST", Meaning::Minutes(-420)),
    ("MYT", Meaning::Minutes(480)),
    ("NDT", Meaning::Minutes(-150)),
    ("NPT", Meaning::Minutes(345)),
    ("NST", Meaning::Minutes(-210)),
    ("NZDT", Meaning::Minutes(780)),
    ("NZST", Meaning::Minutes(720)),
    ("PDT", Meaning::Minutes(-420)),
    ("PET", Meaning::Minutes(-300)),
    ("PHT", Meaning::Minutes(480)),
    ("PKT", Meaning::Minutes(300)),
    ("PST", Meaning::Zone("America/Los_Angeles")),
    ("SAST", Meaning::Minutes(120)),
    ("SGT", Meaning::Minutes(480)),
    ("TRT", Meaning::Minutes(180)),
    ("UCT", Meaning::Minutes(0)),
    ("UTC", Meaning::Minutes(0)),
    ("UYT", Meaning::Minutes(-180)),
    ("WAT", Meaning::Minutes(60)),
    ("WEST", Meaning::Minutes(60)),
    ("WET", Meaning::Zone("Europe/Lisbon")),
    ("WIB", Meaning::Minutes(420)),
    ("Z", Meaning::Minutes(0)),
];

/// Zones with names of several words, which have a standard and a daylight time.
const LONG_NAMES: &[(&str, &str)] = &[
    ("Alaska", "America/Anchorage"),
    ("Atlantic", "America/Halifax"),
    ("Australian Eastern", "Australia/Sydney"),
    ("Central European", "Europe/Paris"),
    ("Central", "America/Chicago"),
    ("Eastern European", "Europe/Athens"),
    ("Eastern", "America/New_York"),
    ("Hawaii", "Pacific/Honolulu"),
    ("India", "Asia/Kolkata"),
    ("Japan", "Asia/Tokyo"),
    ("Mountain", "America/Denver"),
    ("Pacific", "America/Los_Angeles"),
    ("Western European", "Europe/Lisbon"),
];

#[derive(Clone, Copy)]
enum Meaning {
    Minutes(i32),
    Zone(&'static str),
}

/// The zone of a name such as `Europe/Berlin`, `PST`, `UTC`, `+02:00` or `GMT+2`.
pub(crate) fn find(name: &str) -> Option<Zone> {
    match read(name) {
        Some((length, zone)) if length == name.len() => Some(zone),
        _ => Zone::named(name),
    }
}

/// Bytes a zone's name is looked for in: the longest of the time zone database has half of them.
const NAME_BYTES_MAX: usize = 64;

/// Reads a zone at the start of `text`: its length and the zone.
pub(super) fn read(text: &str) -> Option<(usize, Zone)> {
    let text = &text[..text.floor_char_boundary(NAME_BYTES_MAX)];
    if text.starts_with(['+', '-']) {
        return offset(text);
    }
    if let [b'Z', rest @ ..] = text.as_bytes()
        && !rest.first().is_some_and(|next| next.is_ascii_alphanumeric() || matches!(next, b'+' | b'-'))
    {
        return Some((1, Zone::UTC));
    }
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '/' | '-' | '+');
    let whole = text.find(|c| !is_name(c)).unwrap_or(text.len());
    let letters = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    if text[..whole].contains('/') {
        return Zone::named(&text[..whole]).map(|zone| (whole, zone));
    }
    if ["GMT", "UTC", "Z"].iter().any(|name| name.eq_ignore_ascii_case(&text[..letters]))
        && let Some((length, zone)) = offset(&text[letters..])
    {
        return Some((letters + length, zone));
    }
    let word = text.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(text.len());
    // `PST8PDT`; most zones have letters alone, and need no look at the database.
    if word > letters
        && letters > 0
        && let Some(zone) = Zone::named(&text[..word])
    {
        return Some((word, zone));
    }
    if let Some(found) = long_name(text) {
        return Some(found);
    }
    abbreviation(&text[..letters])
        .map(|zone| (letters, zone))
        .or_else(|| text.starts_with('Z').then_some((1, Zone::UTC)))
}

/// `Pacific Standard Time`, `Central European Summer Time`, `Greenwich Mean Time` and the like. A standard or daylight time is
/// the zone's own: whether summer rules at that point is the calendar's business.
fn long_name(text: &str) -> Option<(usize, Zone)> {
    let covers = |at: usize, word: &str| {
        text.as_bytes().get(at..at + word.len()).is_some_and(|have| have.eq_ignore_ascii_case(word.as_bytes()))
    };
    if let Some(name) = ["Greenwich Mean Time", "Coordinated Universal Time"].into_iter().find(|name| covers(0, name)) {
        return Some((name.len(), Zone::UTC));
    }
    let (name, zone) = LONG_NAMES.iter().find(|(name, _)| covers(0, name))?;
    let ends = [" Standard Time", " Daylight Time", " Summer Time", " Time"];
    let end = ends.into_iter().find(|end| covers(name.len(), end))?;
    Some((name.len() + end.len(), Zone::named(zone)?))
}

fn abbreviation(name: &str) -> Option<Zone> {
    if name.is_empty() || name.len() > 5 {
        return None;
    }
    let found = NAMES.iter().find(|(have, _)| have.eq_ignore_ascii_case(name));
    match found?.1 {
        Meaning::Minutes(minutes) => Some(Zone::Fixed(i64::from(minutes) * 60)),
        Meaning::Zone(zone) => Zone::named(zone),
    }
}

/// `+02`, `+2`, `+0200`, `+02:00`; less than a day.
fn offset(text: &str) -> Option<(usize, Zone)> {
    let bytes = text.as_bytes();
    let sign = match bytes.first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let two = |at: usize| match bytes.get(at..at + 2) {
        Some([a @ b'0'..=b'9', b @ b'0'..=b'9']) => Some(i32::from(a - b'0') * 10 + i32::from(b - b'0')),
        _ => None,
    };
    let (hours, mut end) = match two(1) {
        Some(hours) => (hours, 3),
        None => (bytes.get(1).filter(|byte| byte.is_ascii_digit()).map(|byte| i32::from(byte - b'0'))?, 2),
    };
    let colon = usize::from(bytes.get(end) == Some(&b':'));
    let minutes = two(end + colon);
    if minutes.is_some() {
        end += colon + 2;
    }
    let minutes = minutes.unwrap_or(0);
    let seconds = i64::from(sign * (hours * 3600 + minutes * 60));
    (hours < 24 && minutes < 60).then_some((end, Zone::Fixed(seconds)))
}
