//! Zones and calendar work.

mod format;
mod read;

use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};
use weir_event::Timestamp;

use crate::ast::Unit;
use crate::units::DAY;

pub use format::format_timestamp;
pub use read::{read_timeframe, read_timestamp};

/// The zone of an IANA name, `Z`, or an offset such as `+02:00`.
pub fn zone(name: &str) -> Option<TimeZone> {
    match name {
        "" => None,
        "Z" | "UTC" | "GMT" => Some(TimeZone::UTC),
        _ if name.starts_with(['+', '-']) => read::offset(name).map(TimeZone::fixed),
        _ => TimeZone::get(name).ok(),
    }
}

/// The point in the calendar of a zone.
pub(crate) fn zoned(at: Timestamp, zone: &TimeZone) -> Zoned {
    at.to_jiff().to_zoned(zone.clone())
}

/// `at` and so many months later, or earlier when negative; the day is cut to the length of the month.
pub fn add_months(at: Timestamp, months: i64, zone: &TimeZone) -> Option<Timestamp> {
    let months = i32::try_from(months).ok().filter(|months| months.abs() < 200_000)?;
    let moved = zoned(at, zone).checked_add(months.months()).ok()?;
    Timestamp::from_jiff(moved.timestamp())
}

/// `at` rounded down to a unit. Units of a day and longer begin at midnight of the zone, shorter ones are counted from it.
pub fn align(at: Timestamp, unit: Unit, zone: &TimeZone) -> Option<Timestamp> {
    if *zone == TimeZone::UTC {
        match unit {
            Unit::Fixed(nanos) => return at.0.checked_sub(at.0.checked_rem_euclid(nanos)?).map(Timestamp),
            Unit::Day => return at.0.checked_sub(at.0.rem_euclid(DAY)).map(Timestamp),
            _ => {}
        }
    }
    let here = zoned(at, zone);
    let date = here.date();
    let start = match unit {
        Unit::Fixed(nanos) => {
            let midnight = Timestamp::from_jiff(here.start_of_day().ok()?.timestamp())?;
            return at.0.checked_sub((at.0 - midnight.0).checked_rem_euclid(nanos)?).map(Timestamp);
        }
        Unit::Day => date,
        Unit::Week(first) => {
            let back = (date.weekday().to_monday_one_offset() - first).rem_euclid(7);
            date.checked_sub(i64::from(back).days()).ok()?
        }
        Unit::Month => date.first_of_month(),
        Unit::Quarter => {
            let month = (date.month() - 1) / 3 * 3 + 1;
            jiff::civil::Date::new(date.year(), month, 1).ok()?
        }
        Unit::Year => date.first_of_year(),
    };
    Timestamp::from_jiff(start.to_zoned(zone.clone()).ok()?.timestamp())
}
