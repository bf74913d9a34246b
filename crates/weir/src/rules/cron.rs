//! Five-field cron expressions, in UTC.

use weir_event::Timestamp;

/// Minutes at which something happens.
///
/// As cron has it: when both day fields are restricted, one of them is enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cron {
    minutes: u64,
    hours: u64,
    days: u64,
    months: u64,
    weekdays: u64,
    any_day: bool,
    any_weekday: bool,
    text: String,
}

const MINUTE: i64 = 60_000_000_000;
/// Days that are looked at for the next time: a leap day on a given weekday comes within 40 years.
const DAYS_MAX: i64 = 366 * 41;
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// What one field may hold.
struct Field {
    name: &'static str,
    least: u32,
    most: u32,
    words: &'static [&'static str],
}

impl Cron {
    /// Reads `minute hour day-of-month month day-of-week`, each `*`, `N`, `A-B`, `*/S`, `A-B/S` or a list of those. The error says
    /// which field is wrong.
    pub fn read(text: &str) -> Result<Cron, String> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let &[minutes, hours, days, months, weekdays] = fields.as_slice() else {
            return Err(format!("it has {} fields, not 5", fields.len()));
        };
        let field = |name, least, most, words| Field { name, least, most, words };
        let mut weekday_set = field("day of week", 0, 7, &WEEKDAYS).read(weekdays)?;
        weekday_set |= weekday_set >> 7 & 1;
        let cron = Cron {
            minutes: field("minute", 0, 59, &[]).read(minutes)?,
            hours: field("hour", 0, 23, &[]).read(hours)?,
            days: field("day of month", 1, 31, &[]).read(days)?,
            months: field("month", 1, 12, &MONTHS).read(months)?,
            weekdays: weekday_set,
            any_day: days == "*",
            any_weekday: weekdays == "*",
            text: text.to_owned(),
        };
        cron.next(Timestamp(0)).map(|_| cron.clone()).ok_or_else(|| "no such day exists".to_owned())
    }

    /// The first time after `now`.
    pub fn next(&self, now: Timestamp) -> Option<Timestamp> {
        let first = now.0.div_euclid(MINUTE) + 1;
        let (first_day, minute_of_day) = (first.div_euclid(1440), first.rem_euclid(1440));
        for day in first_day..first_day + DAYS_MAX {
            let from = if day == first_day { minute_of_day } else { 0 };
            if !self.has_day(day) {
                continue;
            }
            if let Some(minute) = (from..1440).find(|&minute| self.has_minute(minute)) {
                return (day * 1440 + minute).checked_mul(MINUTE).map(Timestamp);
            }
        }
        None
    }

    fn has_minute(&self, minute_of_day: i64) -> bool {
        self.hours >> (minute_of_day / 60) & 1 == 1 && self.minutes >> (minute_of_day % 60) & 1 == 1
    }

    fn has_day(&self, day: i64) -> bool {
        let Some(start) = day.checked_mul(1440 * MINUTE) else { return false };
        let date = Timestamp(start).to_jiff().to_zoned(jiff::tz::TimeZone::UTC).date();
        let weekday = self.weekdays >> (day + 4).rem_euclid(7) & 1 == 1;
        let in_month = self.days >> date.day() & 1 == 1;
        let day_fits = match (self.any_day, self.any_weekday) {
            (false, false) => weekday || in_month,
            _ => weekday && in_month,
        };
        day_fits && self.months >> date.month() & 1 == 1
    }
}

impl Field {
    fn read(&self, text: &str) -> Result<u64, String> {
        text.split(',').try_fold(0, |set, part| Ok(set | self.read_part(part)?))
    }

    fn read_part(&self, part: &str) -> Result<u64, String> {
        let wrong = || format!("`{part}` is no {} ({} to {})", self.name, self.least, self.most);
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, step.parse::<u32>().ok().filter(|&step| step > 0).ok_or_else(wrong)?),
            None => (part, 1),
        };
        let (from, to) = match range.split_once('-') {
            _ if range == "*" => (self.least, self.most),
            Some((from, to)) => (self.number(from).ok_or_else(wrong)?, self.number(to).ok_or_else(wrong)?),
            None => {
                let one = self.number(range).ok_or_else(wrong)?;
                (one, if part.contains('/') { self.most } else { one })
            }
        };
        if from > to {
            return Err(wrong());
        }
        Ok((from..=to).step_by(step as usize).fold(0, |set, number| set | 1 << number))
    }

    fn number(&self, text: &str) -> Option<u32> {
        let lower = text.to_ascii_lowercase();
        let word = self.words.iter().position(|word| *word == lower).map(|at| at as u32 + self.least.min(1));
        word.or_else(|| text.parse().ok()).filter(|number| (self.least..=self.most).contains(number))
    }
}

impl std::fmt::Display for Cron {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::Cron;
    use weir_event::Timestamp;

    #[track_caller]
    fn check(cron: &str, now: &str, next: &str) {
        let now = Timestamp::parse_rfc3339(now).unwrap();
        let got = Cron::read(cron).and_then(|cron| cron.next(now).ok_or_else(|| "never".to_owned()));
        assert_eq!(got.map_or_else(|error| error, |next| next.to_string()), next, "{cron}");
    }

    #[test]
    fn the_next_time_is_after_now() {
        let now = "2026-02-27T10:07:30Z";
        check("* * * * *", now, "2026-02-27T10:08:00Z");
        check("*/5 * * * *", now, "2026-02-27T10:10:00Z");
        check("7 10 * * *", now, "2026-02-28T10:07:00Z");
        check("0 0 29 feb *", now, "2028-02-29T00:00:00Z");
        check("30 9-17/4 * * mon-fri", now, "2026-02-27T13:30:00Z");
        check("0 0 * * sun", now, "2026-03-01T00:00:00Z");
        check("0 0 * * 7", now, "2026-03-01T00:00:00Z");
        check("0 0 15 * mon", now, "2026-03-02T00:00:00Z");
        check("0,30 11 * * *", "2026-02-27T11:00:00Z", "2026-02-27T11:30:00Z");
    }

    #[test]
    fn wrong_fields_are_named() {
        check("* * * *", "2026-01-01T00:00:00Z", "it has 4 fields, not 5");
        check("60 * * * *", "2026-01-01T00:00:00Z", "`60` is no minute (0 to 59)");
        check("*/0 * * * *", "2026-01-01T00:00:00Z", "`*/0` is no minute (0 to 59)");
        check("* * 5-2 * *", "2026-01-01T00:00:00Z", "`5-2` is no day of month (1 to 31)");
        check("0 0 31 feb *", "2026-01-01T00:00:00Z", "no such day exists");
    }
}
