//! Points in time as vendors write them.
//!
//! Reads epochs of every width, ISO 8601 and its relatives, dates with the month's name and dates of numbers alone. What the text leaves open (year, zone) is
//! given from outside in [`TimeContext`].

mod names;

use weir_event::Timestamp;

use crate::zone::{WallTime, Zone};

const DAY_NS: i64 = 86_400_000_000_000;
const SECOND_NS: i64 = 1_000_000_000;

/// What a text without year or zone is read by.
#[derive(Clone, Debug)]
pub struct TimeContext {
    /// A date without a year gets the latest one whose instant is at most 24 hours after this.
    pub now: Timestamp,
    /// Zone of a local time.
    pub zone: Zone,
    /// What comes first in dates of numbers alone.
    pub order: DateOrder,
}

/// The order of day and month in a date such as `04/05/2026`. A number above 12 is the day in any order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DateOrder {
    /// Month first behind slashes, day first behind dots and dashes.
    #[default]
    Usual,
    DayFirst,
    MonthFirst,
}

impl TimeContext {
    /// For texts of our own, which name year and zone.
    pub fn utc() -> Self {
        TimeContext { now: Timestamp(0), zone: Zone::UTC, order: DateOrder::Usual }
    }
}

/// Reads a point in time; `None` when the text is none or the date does not exist. Text behind it is an error.
pub fn read_time(text: &str, context: &TimeContext) -> Option<Timestamp> {
    let text = crate::blank::trimmed(text);
    if let Some(at) = read_epoch(text) {
        return Some(at);
    }
    let mut cursor = Cursor { rest: text.as_bytes(), order: context.order };
    let stamp = cursor.stamp()?;
    cursor.rest.is_empty().then_some(())?;
    stamp.resolve(context)
}

/// Reads a count of seconds (10 digits, a fraction is allowed), milliseconds (13), microseconds (16) or nanoseconds (19), or of tenths of
/// microseconds since 1601 (18). Nine digits of the fraction count; only numbers with an exponent go through floating point.
pub fn read_epoch(text: &str) -> Option<Timestamp> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (whole, rest) = text.split_at(digits);
    if rest.contains(['e', 'E']) {
        let count = text.parse().ok().filter(|count: &f64| (1e9..1e19).contains(count))?;
        return read_epoch(&format!("{count:.6}"));
    }
    let unit = match digits {
        18 if rest.is_empty() => return since_1601(whole),
        9 | 10 => SECOND_NS,
        12 | 13 => 1_000_000,
        16 => 1_000,
        19 => 1,
        _ => return None,
    };
    let fraction = match rest.strip_prefix('.') {
        Some(fraction) if !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit()) => fraction,
        None if rest.is_empty() => "",
        _ => return None,
    };
    let whole = whole.parse::<i64>().ok()?.checked_mul(unit)?;
    if fraction.is_empty() {
        return Some(Timestamp(whole));
    }
    whole.checked_add(fraction_nanos(fraction) / (SECOND_NS / unit)).map(Timestamp)
}

/// A count of tenths of microseconds since 1601-01-01, as domain controllers keep it.
fn since_1601(digits: &str) -> Option<Timestamp> {
    const TICKS_TO_1970: i64 = 116_444_736_000_000_000;
    (digits.parse::<i64>().ok()? - TICKS_TO_1970).checked_mul(100).map(Timestamp)
}

/// Digits behind the point as billionths.
fn fraction_nanos(digits: &str) -> i64 {
    let bytes = digits.bytes().chain(std::iter::repeat(b'0')).take(9);
    bytes.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'))
}

/// A date and time of day as read.
#[derive(Default)]
struct Stamp {
    year: Option<i64>,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    nanos: i64,
    /// Where the text says so.
    zone: Option<Zone>,
}

impl Stamp {
    fn resolve(&self, context: &TimeContext) -> Option<Timestamp> {
        if let Some(year) = self.year {
            return self.in_year(year, context);
        }
        let this_year = i64::from(context.now.to_jiff().to_zoned(jiff::tz::TimeZone::UTC).year());
        let latest = context.now.0.saturating_add(DAY_NS);
        let candidates = (this_year - 8..=this_year + 1).rev();
        candidates.filter_map(|year| self.in_year(year, context)).find(|at| at.0 <= latest)
    }

    fn in_year(&self, year: i64, context: &TimeContext) -> Option<Timestamp> {
        let wall = WallTime {
            year: year.try_into().ok()?,
            month: self.month.try_into().ok()?,
            day: self.day.try_into().ok()?,
            hour: self.hour.try_into().ok()?,
            minute: self.minute.try_into().ok()?,
            second: self.second.try_into().ok()?,
            nanosecond: self.nanos.try_into().ok()?,
        };
        self.zone.as_ref().unwrap_or(&context.zone).instant(wall).filter(|_| wall.is_real())
    }
}

struct Cursor<'t> {
    rest: &'t [u8],
    order: DateOrder,
}

impl Cursor<'_> {
    fn stamp(&mut self) -> Option<Stamp> {
        self.eat(|byte| matches!(byte, b'*' | b'.' | b'['));
        let mut stamp = Stamp::default();
        if self.rest.first()?.is_ascii_alphabetic() {
            self.weekday();
        }
        if !self.rest.first()?.is_ascii_digit() {
            stamp.month = self.month_name()?;
            self.blanks();
            stamp.day = self.number(1, 2)?;
            self.year_before_time(&mut stamp);
        } else {
            self.numeric_date(&mut stamp)?;
        }
        self.blanks_or(b"T:-,");
        self.time_of_day(&mut stamp)?;
        self.zone_and_year(&mut stamp);
        self.eat(|byte| matches!(byte, b']' | b':' | b' '));
        Some(stamp)
    }

    /// `2026-10-14`, `2026/10/14`, `14/Oct/2026`, `14 Oct 2026`, `20261014`, `20261014060211`, `10/14/2026`, `14.10.26`.
    fn numeric_date(&mut self, stamp: &mut Stamp) -> Option<()> {
        let digits = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if matches!(digits, 4 | 8 | 14) {
            stamp.year = Some(self.number(4, 4)?);
            self.blanks_or(b"-/.:");
            stamp.month = self.number(2, 2).or_else(|| self.number(1, 2)).or_else(|| self.month_name())?;
            self.blanks_or(b"-/.:");
            stamp.day = self.number(1, 2)?;
            return Some(());
        }
        stamp.day = self.number(1, 2)?;
        let mark = self.one_of(b"-/. ");
        if let Some(second) = self.number(1, 2) {
            let mark = mark.filter(|mark| *mark != b' ')?;
            let has_year = self.rest.first() == Some(&mark);
            let first = std::mem::replace(&mut stamp.day, second);
            stamp.month = first;
            if self.day_first(first, second, mark) {
                std::mem::swap(&mut stamp.day, &mut stamp.month);
            }
            if has_year {
                self.rest = &self.rest[1..];
                stamp.year = Some(self.number(4, 4).or_else(|| Some(2000 + self.number(2, 2)?))?);
            }
            return Some(());
        }
        stamp.month = self.month_name()?;
        self.one_of(b"-/. ");
        stamp.year = self.number(4, 4);
        Some(())
    }

    /// True when of two numbers the first is the day.
    fn day_first(&self, first: i64, second: i64, mark: u8) -> bool {
        match self.order {
            _ if first > 12 => true,
            _ if second > 12 => false,
            DateOrder::Usual => mark != b'/',
            order => order == DateOrder::DayFirst,
        }
    }

    /// `Oct 14 2026 06:02:11` or `Oct 14, 2026 6:02:11 AM`: four digits that no colon follows.
    fn year_before_time(&mut self, stamp: &mut Stamp) {
        let mut ahead = Cursor { rest: self.rest, order: self.order };
        ahead.blanks_or(b",");
        if let Some(year) = ahead.number(4, 4)
            && matches!(ahead.rest.first(), Some(b' ' | b',' | b'T'))
        {
            stamp.year = Some(year);
            self.rest = ahead.rest;
        }
    }

    fn time_of_day(&mut self, stamp: &mut Stamp) -> Option<()> {
        let mut hour = self.number(1, 2)?;
        let packed = self.one_of(b":").is_none();
        let minute = self.number(2, 2)?;
        let second = if self.one_of(b":").is_some() || packed { self.number(2, 2)? } else { 0 };
        let mut nanos = 0;
        if second_fraction(self.rest) {
            let digits = self.rest[1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            nanos = fraction_nanos(std::str::from_utf8(&self.rest[1..=digits]).ok()?);
            self.rest = &self.rest[digits + 1..];
        }
        let mut ahead = Cursor { rest: self.rest, order: self.order };
        ahead.blanks();
        if let [half @ (b'A' | b'P' | b'a' | b'p'), b'M' | b'm', ..] = ahead.rest {
            hour = hour % 12 + if half.eq_ignore_ascii_case(&b'p') { 12 } else { 0 };
            self.rest = &ahead.rest[2..];
        }
        (stamp.hour, stamp.minute, stamp.second, stamp.nanos) = (hour, minute, second, nanos);
        Some(())
    }

    /// What may follow the time: a zone, a year, or both.
    fn zone_and_year(&mut self, stamp: &mut Stamp) {
        for _ in 0..2 {
            let mut ahead = Cursor { rest: self.rest, order: self.order };
            ahead.blanks();
            if stamp.year.is_none()
                && let Some(year) = ahead.number(4, 4)
            {
                stamp.year = Some(year);
            } else if let Some(zone) = ahead.zone() {
                stamp.zone = stamp.zone.take().or(Some(zone));
            } else {
                return;
            }
            self.rest = ahead.rest;
        }
    }

    /// `Z`, `+02:00`, `-0500`, `+02`, `UTC+2`, `(CEST)`, a short name or one of the IANA database; a name that is not known is no zone.
    fn zone(&mut self) -> Option<Zone> {
        if let Some(seconds) = self.offset() {
            return Some(Zone::fixed(seconds));
        }
        let open = self.one_of(b"([");
        let letter = |byte: &&u8| byte.is_ascii_alphabetic() || matches!(byte, b'/' | b'_');
        let letters = self.rest.iter().take_while(letter).count();
        let name = std::str::from_utf8(&self.rest[..letters]).ok()?;
        self.rest = &self.rest[letters..];
        if matches!(name, "UTC" | "GMT")
            && let Some(seconds) = self.offset()
        {
            return Some(Zone::fixed(seconds));
        }
        let zone = match names::offset(name) {
            Some(seconds) => Zone::fixed(seconds),
            None => name.contains('/').then(|| Zone::parse(name).ok())??,
        };
        match open {
            Some(_) => self.one_of(b")]").map(|_| zone),
            None => Some(zone),
        }
    }

    /// A sign, hours and perhaps minutes, as seconds east of Greenwich.
    fn offset(&mut self) -> Option<i32> {
        let mut ahead = Cursor { rest: self.rest, order: self.order };
        let sign = if ahead.one_of(b"+-")? == b'+' { 1 } else { -1 };
        let hours = ahead.number(1, 2)?;
        ahead.one_of(b":");
        let minutes = ahead.number(2, 2).unwrap_or(0);
        self.rest = ahead.rest;
        i32::try_from(sign * (hours * 3600 + minutes * 60)).ok()
    }

    fn weekday(&mut self) {
        let letters = self.rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let after = &self.rest[letters..];
        if letters >= 3 && names::month(self.rest).is_none() || after.first() == Some(&b',') {
            self.rest = after;
            self.blanks_or(b",");
        }
    }

    fn month_name(&mut self) -> Option<i64> {
        let month = names::month(self.rest)?;
        self.eat(|byte| byte.is_ascii_alphabetic() || byte >= 0x80);
        self.one_of(b".");
        Some(month)
    }

    /// A number of `least` to `most` digits; nothing is taken when it does not fit.
    fn number(&mut self, least: usize, most: usize) -> Option<i64> {
        let digits = self.rest.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
        if digits < least {
            return None;
        }
        let value = self.rest[..digits].iter().fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
        self.rest = &self.rest[digits..];
        Some(value)
    }

    fn one_of(&mut self, set: &[u8]) -> Option<u8> {
        let (&first, rest) = self.rest.split_first()?;
        set.contains(&first).then(|| {
            self.rest = rest;
            first
        })
    }

    fn blanks(&mut self) {
        self.eat(|byte| byte == b' ');
    }

    fn blanks_or(&mut self, set: &[u8]) {
        self.eat(|byte| byte == b' ' || set.contains(&byte));
    }

    fn eat(&mut self, take: impl Fn(u8) -> bool) {
        let length = self.rest.iter().take_while(|&&byte| take(byte)).count();
        self.rest = &self.rest[length..];
    }
}

fn second_fraction(rest: &[u8]) -> bool {
    matches!(rest, [b'.' | b',' | b':', digit, ..] if digit.is_ascii_digit())
}

#[cfg(test)]
mod tests;
