//! Making values of parts.

use jiff::civil::DateTime;
use weir_event::{Duration, Timeframe, Timestamp, Uid, Value};

use super::{Args, Fallback, Function, Param, ParamKind, Row, Special, arg, opt};
use crate::time::read_timestamp;
use crate::types::{ANY, ARRAY, DURATION, IP, LONG, NUMBER, RECORD, TEXT, TIMEFRAME, TIMESTAMP, UID};
use crate::{arithmetic, units};

const ELEMENTS: Param = Param { name: "expression", takes: ANY, kind: ParamKind::Many(0) };
const MOMENT: crate::types::Types = DURATION.or(TEXT).or(TIMESTAMP);

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "array",
        takes: &[ELEMENTS],
        gives: ARRAY,
        says: "An array of the arguments, nulls included.",
        examples: &[("array(1, null, \"a\")", "[1, null, a]"), ("array()", "[]")],
        row: Row::Plain(|args| Some(Value::Array(args.values.iter_mut().map(std::mem::take).collect()))),
    },
    Function {
        name: "duration",
        takes: &[arg("value", NUMBER), arg("unit", TEXT)],
        gives: DURATION,
        says: "A duration of so many units `ns us ms s m h d`.",
        examples: &[("duration(2, \"m\")", "02:00.000000000"), ("duration(1, concat(\"parse\", \"c\"))", "null")],
        row: Row::Plain(|args| {
            let unit = args.text(1).filter(|unit| units::OF_DURATIONS.contains(unit))?;
            let nanos = units::fixed(unit)?;
            match args.value(0) {
                Value::Long(count) => count.checked_mul(nanos),
                _ => Some((args.number(0)? * nanos as f64).round()).filter(|n| n.abs() < 9.2e18).map(|n| n as i64),
            }
            .map(|nanos| Value::Duration(Duration(nanos)))
        }),
    },
    Function {
        name: "ip",
        takes: &[arg("expression", TEXT.or(IP))],
        gives: IP,
        says: "An ip of a text; null when it is none.",
        examples: &[("ip(\"192.0.2.1\")", "192.0.2.1"), ("ip(\"2001:DB8::0\")", "2001:db8::"), ("ip(\"x\")", "null")],
        row: Row::Plain(|args| args.ip(0).map(Value::Ip)),
    },
    Function {
        name: "record",
        takes: &[ELEMENTS],
        gives: RECORD,
        says: "A record of `name = expression` pairs; a field alone keeps its name.",
        examples: &[("record(a = 1, b = \"x\")", "{\"a\":1,\"b\":\"x\"}"), ("record()", "{}")],
        row: Row::Special(Special::Record),
    },
    Function {
        name: "smartscapeId",
        takes: &[arg("type", TEXT), arg("numericId", LONG)],
        gives: TEXT,
        says: "The type, a dash and 16 hex digits.",
        examples: &[("smartscapeId(\"HOST\", 255)", "HOST-00000000000000FF")],
        row: Row::Plain(|args| Some(Value::owned(format!("{}-{:016X}", args.text(0)?, args.long(1)?)))),
    },
    Function {
        name: "timeframe",
        takes: &[arg("from", MOMENT), opt("to", MOMENT, Fallback::Null)],
        gives: TIMEFRAME,
        says: "The time from one point to another, by default now; durations count from now.",
        examples: &[(
            "timeframe(from: \"2024-01-01T00:00Z\", to: \"2024-01-02T00:00Z\")",
            "2024-01-01T00:00:00.000000000 +0000/2024-01-02T00:00:00.000000000 +0000",
        )],
        row: Row::Plain(|args| {
            let start = moment(args, 0)?;
            let end = if args.value(1).is_null() { args.env.now } else { moment(args, 1)? };
            Some(Value::Timeframe(Timeframe { start, end }))
        }),
    },
    Function {
        name: "timestamp",
        takes: &[
            arg("year", LONG),
            arg("month", LONG),
            arg("day", LONG),
            arg("hour", LONG),
            arg("minute", LONG),
            arg("second", LONG),
            opt("millis", LONG, Fallback::Long(0)),
            opt("micros", LONG, Fallback::Long(0)),
            opt("nanos", LONG, Fallback::Long(0)),
            opt("timezone", TEXT, Fallback::Null),
        ],
        gives: TIMESTAMP,
        says: "A timestamp of a date and a time; null when there is no such date.",
        examples: &[
            ("timestamp(2019, 8, 1, 13, 30, 0)", "2019-08-01T13:30:00.000000000 +0000"),
            ("timestamp(2019, 2, 30, 0, 0, 0)", "null"),
        ],
        row: Row::Plain(timestamp),
    },
    Function {
        name: "timestampFromUnixMillis",
        takes: &[arg("millis", LONG)],
        gives: TIMESTAMP,
        says: "A timestamp of milliseconds since 1970.",
        examples: &[("timestampFromUnixMillis(1500)", "1970-01-01T00:00:01.500000000 +0000")],
        row: Row::Plain(|args| from_unix(args, 1_000_000)),
    },
    Function {
        name: "timestampFromUnixNanos",
        takes: &[arg("nanos", LONG)],
        gives: TIMESTAMP,
        says: "A timestamp of nanoseconds since 1970.",
        examples: &[("timestampFromUnixNanos(5)", "1970-01-01T00:00:00.000000005 +0000")],
        row: Row::Plain(|args| from_unix(args, 1)),
    },
    Function {
        name: "timestampFromUnixSeconds",
        takes: &[arg("seconds", LONG)],
        gives: TIMESTAMP,
        says: "A timestamp of seconds since 1970.",
        examples: &[("timestampFromUnixSeconds(60)", "1970-01-01T00:01:00.000000000 +0000")],
        row: Row::Plain(|args| from_unix(args, 1_000_000_000)),
    },
    Function {
        name: "uid128",
        takes: &[arg("firstExpression", LONG), arg("secondExpression", LONG)],
        gives: UID,
        says: "A uid of 128 bits.",
        examples: &[("uid128(123, 456)", "000000000000007b00000000000001c8")],
        row: Row::Plain(|args| Some(Value::Uid(Uid::Uid128(both(args)?)))),
    },
    Function {
        name: "uid64",
        takes: &[arg("expression", LONG)],
        gives: UID,
        says: "A uid of 64 bits.",
        examples: &[("uid64(123)", "000000000000007b")],
        row: Row::Plain(|args| Some(Value::Uid(Uid::Uid64(args.long(0)?.cast_unsigned())))),
    },
    Function {
        name: "uuid",
        takes: &[arg("mostSignificantBits", LONG), arg("leastSignificantBits", LONG)],
        gives: UID,
        says: "A UUID of its two halves.",
        examples: &[("uuid(123, 456)", "00000000-0000-007b-0000-0000000001c8")],
        row: Row::Plain(|args| Some(Value::Uid(Uid::Uuid(both(args)?)))),
    },
];

fn both(args: &Args) -> Option<u128> {
    Some(u128::from(args.long(0)?.cast_unsigned()) << 64 | u128::from(args.long(1)?.cast_unsigned()))
}

fn from_unix<'r>(args: &Args<'_, 'r>, unit: i64) -> Option<Value<'r>> {
    Some(Value::Timestamp(Timestamp(args.long(0)?.checked_mul(unit)?)))
}

fn moment(args: &Args, index: usize) -> Option<Timestamp> {
    match args.value(index) {
        Value::Timestamp(at) => Some(*at),
        Value::Duration(length) => arithmetic::shift(args.env.now, length.0),
        Value::Text(text) => read_timestamp(text, &args.env.zone),
        _ => None,
    }
}

fn timestamp<'r>(args: &mut Args<'_, 'r>) -> Option<Value<'r>> {
    let part = |index: usize| i8::try_from(args.long(index)?).ok();
    let below_second = args
        .long(6)?
        .checked_mul(1_000_000)?
        .checked_add(args.long(7)?.checked_mul(1_000)?)?
        .checked_add(args.long(8)?)?;
    let year = i16::try_from(args.long(0)?).ok()?;
    let civil = DateTime::new(year, part(1)?, part(2)?, part(3)?, part(4)?, part(5)?, 0).ok()?;
    let at = Timestamp::from_jiff(civil.to_zoned(args.zone(9)?).ok()?.timestamp())?;
    arithmetic::shift(at, below_second).map(Value::Timestamp)
}
