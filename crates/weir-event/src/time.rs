//! Points and lengths of time, in nanoseconds.

use std::fmt;

use crate::digits::{Short, pair};

/// Nanoseconds since 1970-01-01T00:00:00Z. Covers 1677 to 2262.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

/// A length of time in nanoseconds, possibly negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration(pub i64);

/// A half-open span of time `[start, end)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timeframe {
    pub start: Timestamp,
    pub end: Timestamp,
}

impl Timestamp {
    /// The point `seconds` and `nanos` after the epoch; `None` outside 1677 to 2262.
    pub fn from_seconds(seconds: i64, nanos: u32) -> Option<Self> {
        seconds.checked_mul(1_000_000_000)?.checked_add(i64::from(nanos)).map(Self)
    }

    /// Reads RFC 3339 with `T` or a blank between date and time. `None` when it is not that.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        let stamp: jiff::Timestamp = text.parse().ok()?;
        i64::try_from(stamp.as_nanosecond()).ok().map(Self)
    }

    /// The same point for calendar work.
    pub fn to_jiff(self) -> jiff::Timestamp {
        let seconds = self.0.div_euclid(1_000_000_000);
        let nanos = self.0.rem_euclid(1_000_000_000) as i32;
        jiff::Timestamp::new(seconds, nanos).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }

    /// The same point from calendar work; `None` outside 1677 to 2262.
    pub fn from_jiff(stamp: jiff::Timestamp) -> Option<Self> {
        i64::try_from(stamp.as_nanosecond()).ok().map(Self)
    }

    /// Whole milliseconds since the epoch, rounded down.
    pub fn as_millis(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// Appends RFC 3339 in UTC: no fraction when it is zero, else 3, 6 or 9 digits.
    pub fn write_rfc3339(self, out: &mut String) {
        out.push_str(self.rfc3339().text());
    }

    pub(crate) fn rfc3339(self) -> Short<30> {
        let seconds = self.0.div_euclid(1_000_000_000);
        let nanos = self.0.rem_euclid(1_000_000_000) as u32;
        let (year, month, day) = civil(seconds.div_euclid(86_400));
        let of_day = seconds.rem_euclid(86_400) as u32;
        let mut text = *b"0000-00-00T00:00:00.000000000Z";
        let mut put = |at: usize, number: u32| [text[at], text[at + 1]] = pair(number);
        put(0, year as u32 / 100);
        put(2, year as u32);
        put(5, month as u32);
        put(8, day as u32);
        put(11, of_day / 3600);
        put(14, of_day / 60 % 60);
        put(17, of_day % 60);
        let end = match nanos {
            0 => 19,
            n if n % 1_000_000 == 0 => 23,
            n if n % 1_000 == 0 => 26,
            _ => 29,
        };
        if nanos > 0 {
            // Nine digits are four pairs and one, which is left of the first pair.
            (0..4).for_each(|pairs| put(27 - 2 * pairs, nanos / 100u32.pow(pairs as u32)));
            text[20] = b'0' + (nanos / 100_000_000) as u8;
        }
        text[end] = b'Z';
        Short::head(text, end + 1)
    }
}

/// Days since the epoch to year, month, day of the proleptic Gregorian calendar (Hinnant's algorithm).
fn civil(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    (yoe + era * 400 + i64::from(month <= 2), month, doy - (153 * mp + 2) / 5 + 1)
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::with_capacity(30);
        self.write_rfc3339(&mut text);
        f.write_str(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::Timestamp;

    #[test]
    fn rfc3339_is_read_back() {
        for text in [
            "1970-01-01T00:00:00Z",
            "2024-02-29T23:59:59.123Z",
            "1969-12-31T23:59:59.999999999Z",
            "2262-01-01T00:00:00.000001Z",
        ] {
            assert_eq!(Timestamp::parse_rfc3339(text).unwrap().to_string(), text);
        }
        assert_eq!(Timestamp::parse_rfc3339("2024-13-01T00:00:00Z"), None);
    }
}
