//! The parts of a time to a point in UTC.

use jiff::civil;
use jiff::tz::TimeZone;
use weir_event::Timestamp;

use super::TimeFormat;
use super::zone::Zone;

const DAY_SECONDS: i64 = 86_400;

/// What a text said. What it did not say is the start of 1970, except the year beside a month: that is this year.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub year: Option<i64>,
    pub before_christ: bool,
    pub month: Option<i64>,
    pub day: Option<i64>,
    pub day_of_year: Option<i64>,
    pub week_year: Option<i64>,
    pub week: Option<i64>,
    pub week_of_month: Option<i64>,
    pub day_of_week_in_month: Option<i64>,
    /// Monday is 1.
    pub day_of_week: Option<i64>,
    pub hour: i64,
    pub afternoon: Option<bool>,
    pub minute: i64,
    pub second: i64,
    pub millis: i64,
    pub nanos: i64,
    pub zone: Option<Zone>,
}

impl Parts {
    /// The point in UTC; `None` for a date that does not exist or lies outside 1677 to 2262.
    pub(super) fn stamp(&self, format: &TimeFormat) -> Option<Timestamp> {
        let days = self.days(format.year)?;
        let hour = match self.afternoon {
            Some(true) if self.hour < 12 => self.hour + 12,
            Some(false) if self.hour == 12 => 0,
            _ => self.hour,
        };
        let seconds = hour * 3600 + self.minute * 60;
        let local = days.checked_mul(DAY_SECONDS)?.checked_add(seconds)?.checked_add(self.second)?;
        let offset = match self.zone.as_ref().unwrap_or(&format.zone) {
            Zone::Fixed(seconds) => *seconds,
            Zone::Named(zone) => offset(zone, local)?,
        };
        let nanos = local.checked_sub(offset)?.checked_mul(1_000_000_000)?;
        let more = self.millis.checked_mul(1_000_000)?.checked_add(self.nanos)?;
        nanos.checked_add(more).map(Timestamp)
    }

    /// Days since the epoch.
    fn days(&self, this_year: i64) -> Option<i64> {
        if let Some(week) = self.week {
            let year = self.week_year.or(self.year).unwrap_or(this_year);
            return self.week_day(first_of(year, 1), week, 53);
        }
        let dated = self.month.is_some() || self.day.is_some() || self.day_of_year.is_some();
        let mut year = self.year.or(self.week_year).unwrap_or(if dated { this_year } else { 1970 });
        if self.before_christ {
            year = 1 - year;
        }
        if !(-9999..=9999).contains(&year) {
            return None;
        }
        if let Some(day) = self.day_of_year {
            let length = first_of(year + 1, 1) - first_of(year, 1);
            return (1..=length).contains(&day).then(|| first_of(year, 1) + day - 1);
        }
        let month = self.month.unwrap_or(1);
        if !(1..=12).contains(&month) {
            return None;
        }
        let first = first_of(year, month);
        let next = first + month_days(year, month);
        match (self.day, self.week_of_month, self.day_of_week_in_month) {
            (None, Some(week), _) => self.week_day(first, week, 6),
            (None, None, Some(number)) => self.numbered_day(first, number, next),
            (day, ..) => Some(first + day.unwrap_or(1) - 1).filter(|at| (first..next).contains(at)),
        }
    }

    /// The day of a week counted from the one that holds `first`; weeks start on Sunday.
    fn week_day(&self, first: i64, week: i64, most: i64) -> Option<i64> {
        let sunday = first - (first + 4).rem_euclid(7);
        (1..=most).contains(&week).then(|| sunday + (week - 1) * 7 + self.day_of_week.unwrap_or(7) % 7)
    }

    /// The second Tuesday of a month, and the like.
    fn numbered_day(&self, first: i64, number: i64, next: i64) -> Option<i64> {
        let wanted = self.day_of_week.unwrap_or(7) % 7;
        let day = first + (wanted - (first + 4)).rem_euclid(7) + (number - 1) * 7;
        (first..next).contains(&day).then_some(day)
    }
}

fn month_days(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from the epoch to the first of a month of the proleptic Gregorian calendar.
fn first_of(year: i64, month: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Seconds east of UTC in `zone` when its clocks show `local` seconds. A time that a change of clocks skips counts as after it, one
/// that happens twice as the first.
fn offset(zone: &TimeZone, local: i64) -> Option<i64> {
    let unix = jiff::Timestamp::from_second(local).ok()?;
    let civil: civil::DateTime = jiff::tz::Offset::UTC.to_datetime(unix);
    let at = zone.to_ambiguous_timestamp(civil).compatible().ok()?;
    Some(local - at.as_second())
}
