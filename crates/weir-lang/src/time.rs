//! Zones and calendar work.

use jiff::tz::TimeZone;

/// The zone of an IANA name, `Z`, or an offset such as `+02:00`.
pub fn zone(name: &str) -> Option<TimeZone> {
    match name {
        "" => None,
        "Z" | "UTC" | "GMT" => Some(TimeZone::UTC),
        _ if name.starts_with(['+', '-']) => {
            let digits: String = name[1..].chars().filter(|c| *c != ':').collect();
            if !digits.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            let (hours, minutes) = match digits.len() {
                1 | 2 => (digits.parse::<i32>().ok()?, 0),
                4 => (digits[..2].parse::<i32>().ok()?, digits[2..].parse::<i32>().ok()?),
                _ => return None,
            };
            let seconds = (hours * 60 + minutes) * 60 * if name.starts_with('-') { -1 } else { 1 };
            jiff::tz::Offset::from_seconds(seconds).ok().map(TimeZone::fixed)
        }
        _ => TimeZone::get(name).ok(),
    }
}
