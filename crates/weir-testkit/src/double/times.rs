//! Times as vendors write them, all in UTC.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

fn at(ms: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_millisecond(ms).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
}

/// `2026-01-01T00:00:00.000Z`.
pub fn iso(ms: i64) -> String {
    strftime(ms, "%Y-%m-%dT%H:%M:%S.%3fZ")
}

/// `2026-01-01T00:00:00Z`.
pub fn iso_seconds(ms: i64) -> String {
    strftime(ms, "%Y-%m-%dT%H:%M:%SZ")
}

/// In any form.
pub fn strftime(ms: i64, form: &str) -> String {
    at(ms).strftime(form).to_string()
}

/// A time with its offset from UTC, in the forms of RFC 3339.
pub fn read_time(text: &str) -> Option<i64> {
    text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_millisecond)
}

/// A time without offset, taken as UTC; a date alone is its midnight.
pub fn strptime(text: &str, form: &str) -> Option<i64> {
    let parsed = jiff::fmt::strtime::parse(form, text).ok()?;
    let time = parsed.to_datetime().or_else(|_| parsed.to_date().map(DateTime::from)).ok()?;
    time.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp().as_millisecond())
}
