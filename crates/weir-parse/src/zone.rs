//! Zones of sources, and points of time from what a clock on a wall showed.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use weir_event::{Fault, FaultKind, Timestamp};

/// The zone that times without one are read in.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone(Kind);

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    /// Seconds east of UTC.
    Fixed(i32),
    Named(TimeZone),
}

/// What a clock showed, each part in range. `second` 60 is the second after 59.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WallTime {
    pub year: i16,
    pub month: u8,
    pub day: u8,
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
    pub nanosecond: u32,
}

impl Default for Zone {
    fn default() -> Self {
        Zone::UTC
    }
}

impl Zone {
    pub const UTC: Zone = Zone(Kind::Fixed(0));

    /// A zone with a fixed distance from UTC in seconds, east positive.
    pub fn fixed(seconds: i32) -> Zone {
        Zone(Kind::Fixed(seconds))
    }

    /// Reads `UTC`, `Z`, `+02:00`, `-0500`, `GMT-0200`, a common short name (`EST`, as in North America) or a name of the IANA
    /// database such as `Europe/Berlin`.
    pub fn parse(text: &str) -> Result<Zone, Fault> {
        let text = text.trim();
        if let Some(seconds) = offset(text.as_bytes()).filter(|(_, used)| *used == text.len()) {
            return Ok(Zone::fixed(seconds.0));
        }
        if let Some(seconds) = crate::syslog::time::zone_named(text) {
            return Ok(Zone::fixed(seconds));
        }
        let after_utc =
            text.get(..3).filter(|name| name.eq_ignore_ascii_case("utc") || name.eq_ignore_ascii_case("gmt"));
        match after_utc.map(|_| offset(&text.as_bytes()[3..])) {
            Some(Some((seconds, used))) if used + 3 == text.len() => return Ok(Zone::fixed(seconds)),
            Some(_) if text.len() == 3 => return Ok(Zone::UTC),
            _ => {}
        }
        TimeZone::get(text).map(|zone| Zone(Kind::Named(zone))).map_err(|_| unknown_zone(text))
    }

    /// The instant at which a clock of this zone shows `wall`; the earlier of two when the clock was put back. `None` for a
    /// day that does not exist or a point outside 1677 to 2262.
    pub fn instant(&self, wall: WallTime) -> Option<Timestamp> {
        match &self.0 {
            Kind::Fixed(seconds) => wall.at_offset(*seconds),
            Kind::Named(zone) => {
                let second = wall.second.min(59);
                let shown = DateTime::new(
                    wall.year,
                    wall.month as i8,
                    wall.day as i8,
                    wall.hour as i8,
                    wall.minute as i8,
                    second as i8,
                    wall.nanosecond as i32,
                );
                let stamp = zone.to_ambiguous_timestamp(shown.ok()?).compatible().ok()?;
                let at = Timestamp::from_jiff(stamp)?;
                Some(Timestamp(at.0 + i64::from(wall.second - second) * 1_000_000_000))
            }
        }
    }
}

impl WallTime {
    /// The instant at which a clock `seconds` east of UTC shows this.
    pub fn at_offset(&self, seconds: i32) -> Option<Timestamp> {
        if !self.is_real() {
            return None;
        }
        let clock = i64::from(self.hour) * 3600 + i64::from(self.minute) * 60 + i64::from(self.second);
        let days = days_since_epoch(i64::from(self.year), i64::from(self.month), i64::from(self.day));
        Timestamp::from_seconds(days * 86_400 + clock - i64::from(seconds), self.nanosecond)
    }

    /// True when the day exists and the clock can show it.
    pub fn is_real(&self) -> bool {
        (1..=12).contains(&self.month)
            && self.day >= 1
            && self.day <= days_in(self.year, self.month)
            && self.hour < 24
            && self.minute < 60
            && self.second <= 60
    }
}

fn days_in(year: i16, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the proleptic Gregorian calendar.
fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Reads `Z`, `+hh:mm`, `+hhmm` or `+hh` at the start: seconds east of UTC, and bytes read.
pub(crate) fn offset(text: &[u8]) -> Option<(i32, usize)> {
    let sign = match text.first()? {
        b'Z' | b'z' => return Some((0, 1)),
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let hours = two_digits(text, 1)?;
    let (minutes, used) = match text.get(3) {
        Some(b':') => (two_digits(text, 4)?, 6),
        Some(byte) if byte.is_ascii_digit() => (two_digits(text, 3)?, 5),
        _ => (0, 3),
    };
    (hours < 24 && minutes < 60).then(|| (sign * (i32::from(hours) * 3600 + i32::from(minutes) * 60), used))
}

pub(crate) fn two_digits(text: &[u8], at: usize) -> Option<u8> {
    let (tens, ones) = (text.get(at)?.wrapping_sub(b'0'), text.get(at + 1)?.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| tens * 10 + ones)
}

fn unknown_zone(text: &str) -> Fault {
    Fault::new("PARSE-001", FaultKind::Usage, format!("`{text}` is not a time zone"))
        .because("it is neither an offset nor a name of the IANA time zone database")
        .hint("write `UTC`, an offset such as `+02:00`, or a name such as `Europe/Berlin`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(zone: &str, wall: (i16, u8, u8, u8, u8, u8), expect: Option<&str>) {
        let (year, month, day, hour, minute, second) = wall;
        let wall = WallTime { year, month, day, hour, minute, second, nanosecond: 0 };
        let instant = Zone::parse(zone).unwrap().instant(wall);
        assert_eq!(instant.map(|at| at.to_string()).as_deref(), expect);
    }

    #[test]
    fn zones_give_instants() {
        check("UTC", (2024, 2, 29, 1, 2, 3), Some("2024-02-29T01:02:03Z"));
        check("UTC", (2023, 2, 29, 1, 2, 3), None);
        check("+05:30", (2024, 5, 1, 10, 0, 0), Some("2024-05-01T04:30:00Z"));
        check("-0500", (2025, 12, 31, 20, 0, 0), Some("2026-01-01T01:00:00Z"));
        check("GMT-0200", (2024, 5, 1, 10, 0, 0), Some("2024-05-01T12:00:00Z"));
        check("AEST", (2024, 5, 1, 10, 0, 0), Some("2024-05-01T00:00:00Z"));
        check("Europe/Berlin", (2024, 7, 1, 12, 0, 0), Some("2024-07-01T10:00:00Z"));
        check("UTC", (2016, 12, 31, 23, 59, 60), Some("2017-01-01T00:00:00Z"));
        check("UTC", (1969, 12, 31, 23, 59, 59), Some("1969-12-31T23:59:59Z"));
        assert_eq!(Zone::parse("Mars/Olympus").unwrap_err().id(), "PARSE-001");
    }
}
