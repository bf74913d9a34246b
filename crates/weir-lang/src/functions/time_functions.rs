//! Parts of timestamps, and their text.

use jiff::Zoned;
use weir_event::{Timestamp, Value};

use super::{Args, Fallback, Function, Param, Row, Special, arg, opt};
use crate::time::{format_timestamp, zoned};
use crate::types::{DURATION, LONG, TEXT, TIMESTAMP};

const ZONED: &[Param] = &[arg("timestamp", TIMESTAMP), opt("timezone", TEXT, Fallback::Null)];
const INSTANT: &[Param] = &[arg("timestamp", TIMESTAMP)];

macro_rules! part {
    ($name:literal, $says:literal, $result:literal, $part:expr) => {
        Function {
            name: $name,
            takes: ZONED,
            gives: LONG,
            says: $says,
            examples: &[
                (concat!($name, "(toTimestamp(\"2019-08-01T13:30:05Z\"))"), $result),
                (concat!($name, "(null)"), "null"),
            ],
            row: Row::Plain(|args| part(args, $part)),
        }
    };
}

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "formatTimestamp",
        takes: &[
            arg("timestamp", TIMESTAMP),
            opt("interval", DURATION, Fallback::Null),
            opt("format", TEXT, Fallback::Text("yyyy-MM-dd'T'HH:mm:ss.SSSSSSSSS")),
            opt("timezone", TEXT, Fallback::Null),
            opt("locale", TEXT, Fallback::Text("en")),
        ],
        gives: TEXT,
        says: "The timestamp as text, by the letters of Java's DateTimeFormatter; with an interval rounded down to it first. Names are English unless `locale` says otherwise.",
        examples: &[
            ("formatTimestamp(toTimestamp(\"2019-08-01T13:30Z\"), format: \"MM-dd-yyyy\")", "08-01-2019"),
            (
                "formatTimestamp(toTimestamp(\"2019-08-01T13:30Z\"), format: \"HH:mm, VV\", timezone: \"US/Eastern\")",
                "09:30, US/Eastern",
            ),
            ("formatTimestamp(toTimestamp(\"2019-08-01T13:30Z\"), format: \"E\")", "Thu"),
            (
                "formatTimestamp(toTimestamp(\"2019-08-01T13:30Z\"), format: \"EEEE, d. MMMM\", locale: \"de-AT\")",
                "Donnerstag, 1. August",
            ),
            ("formatTimestamp(toTimestamp(\"2019-08-05T13:30Z\"), format: \"w W F\")", "32 2 1"),
            ("formatTimestamp(null)", "null"),
            ("formatTimestamp(toTimestamp(\"2019-08-01T13:30Z\"), format: \"'open\")", "null"),
        ],
        row: Row::Plain(format),
    },
    part!("getDayOfMonth", "The day of the month, 1 to 31.", "1", |at| i64::from(at.day())),
    part!("getDayOfWeek", "The day of the week, Monday = 1 to Sunday = 7.", "4", |at| {
        i64::from(at.weekday().to_monday_one_offset())
    }),
    part!("getDayOfYear", "The day of the year, 1 to 366.", "213", |at| i64::from(at.day_of_year())),
    part!("getHour", "The hour, 0 to 23.", "13", |at| i64::from(at.hour())),
    part!("getMinute", "The minute, 0 to 59.", "30", |at| i64::from(at.minute())),
    part!("getMonth", "The month, 1 to 12.", "8", |at| i64::from(at.month())),
    part!("getSecond", "The second, 0 to 59.", "5", |at| i64::from(at.second())),
    part!("getWeekOfYear", "The ISO week, 1 to 53.", "31", |at| i64::from(at.date().iso_week_date().week())),
    part!("getYear", "The year.", "2019", |at| i64::from(at.year())),
    Function {
        name: "now",
        takes: &[],
        gives: TIMESTAMP,
        says: "When the query started: the same for the whole query.",
        examples: &[("now() - now()", "00:00.000000000")],
        row: Row::Special(Special::Now),
    },
    Function {
        name: "unixMillisFromTimestamp",
        takes: INSTANT,
        gives: LONG,
        says: "Milliseconds since 1970, rounded down.",
        examples: &[("unixMillisFromTimestamp(toTimestamp(\"1970-01-01T00:00:01Z\"))", "1000")],
        row: Row::Plain(|args| since_epoch(args, 1_000_000)),
    },
    Function {
        name: "unixNanosFromTimestamp",
        takes: INSTANT,
        gives: LONG,
        says: "Nanoseconds since 1970.",
        examples: &[("unixNanosFromTimestamp(toTimestamp(\"1970-01-01T00:00:01Z\"))", "1000000000")],
        row: Row::Plain(|args| since_epoch(args, 1)),
    },
    Function {
        name: "unixSecondsFromTimestamp",
        takes: INSTANT,
        gives: LONG,
        says: "Seconds since 1970, rounded down.",
        examples: &[("unixSecondsFromTimestamp(toTimestamp(\"1970-01-01T00:01Z\"))", "60")],
        row: Row::Plain(|args| since_epoch(args, 1_000_000_000)),
    },
];

fn part<'r>(args: &Args<'_, 'r>, part: fn(&Zoned) -> i64) -> Option<Value<'r>> {
    let at = args.timestamp(0)?;
    Some(Value::Long(part(&zoned(at, &args.zone(1)?))))
}

fn since_epoch<'r>(args: &Args<'_, 'r>, unit: i64) -> Option<Value<'r>> {
    Some(Value::Long(args.timestamp(0)?.0.div_euclid(unit)))
}

fn format<'r>(args: &mut Args<'_, 'r>) -> Option<Value<'r>> {
    let mut at = args.timestamp(0)?;
    if let Some(interval) = args.duration(1) {
        at = Timestamp(at.0.checked_sub(at.0.checked_rem_euclid(interval.0)?)?);
    }
    format_timestamp(at, args.text(2)?, &args.zone(3)?, args.text(4)?).map(Value::owned)
}
