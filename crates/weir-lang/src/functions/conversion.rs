//! Turning a value into another type. An array of one element counts as that element.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use weir_event::{Duration, Record, Timestamp, Uid, Value};

use super::{Args, Function, Param, Row, arg};
use crate::text_form::text_form;
use crate::time::{read_timeframe, read_timestamp};
use crate::types::{ANY, ARRAY, BOOL, DOUBLE, DURATION, IP, LONG, RECORD, TEXT, TIMEFRAME, TIMESTAMP, Types, UID};

const VALUE: &[Param] = &[arg("value", ANY)];

const fn to(
    name: &'static str,
    gives: Types,
    says: &'static str,
    examples: &'static [(&'static str, &'static str)],
    row: for<'r> fn(&mut Args<'_, 'r>) -> Option<Value<'r>>,
) -> Function {
    Function { name, takes: VALUE, gives, says, examples, row: Row::Plain(row) }
}

pub(super) const FUNCTIONS: &[Function] = &[
    to(
        "toArray",
        ARRAY,
        "The array itself, or an array of the value.",
        &[("toArray(1)", "[1]"), ("toArray(null)", "null")],
        |args| match args.take(0) {
            Value::Null => None,
            Value::Array(items) => Some(Value::Array(items)),
            other => Some(Value::Array(vec![other])),
        },
    ),
    to(
        "toBoolean",
        BOOL,
        "True or false of the texts `true` and `false` in any case, false of 0, true of other numbers; null of other texts.",
        &[("toBoolean(\"TRUE\")", "true"), ("toBoolean(0)", "false"), ("toBoolean(\"yes\")", "null")],
        |args| match one(args) {
            Value::Bool(value) => Some(Value::Bool(value)),
            Value::Long(number) => Some(Value::Bool(number != 0)),
            Value::Double(number) => Some(Value::Bool(number != 0.0)),
            Value::Text(text) if text.eq_ignore_ascii_case("true") => Some(Value::Bool(true)),
            Value::Text(text) if text.eq_ignore_ascii_case("false") => Some(Value::Bool(false)),
            _ => None,
        },
    ),
    to(
        "toDouble",
        DOUBLE,
        "A double of a number, a text, a boolean, the nanoseconds of a time or an ip.",
        &[("toDouble(\"1.5\")", "1.5"), ("toDouble(true)", "1.0"), ("toDouble(\"a\")", "null")],
        |args| match one(args) {
            Value::Double(number) => Some(Value::Double(number)),
            Value::Text(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()).map(Value::Double),
            other => whole(&other).map(|number| Value::Double(number as f64)),
        },
    ),
    to(
        "toDuration",
        DURATION,
        "A duration of nanoseconds, as a number or a text, or of the length of a timeframe.",
        &[
            ("toDuration(3.14)", "00:00.000000003"),
            ("toDuration(\"42.9\")", "00:00.000000042"),
            ("toDuration(\"42s\")", "null"),
        ],
        |args| match one(args) {
            Value::Duration(length) => Some(Value::Duration(length)),
            Value::Long(nanos) => Some(Value::Duration(Duration(nanos))),
            Value::Double(nanos) => cut(nanos).map(|nanos| Value::Duration(Duration(nanos))),
            Value::Text(text) => {
                let text = text.trim();
                let nanos = text.parse().ok().or_else(|| cut(text.parse().ok()?));
                nanos.map(|nanos| Value::Duration(Duration(nanos)))
            }
            Value::Timeframe(frame) => {
                frame.end.0.checked_sub(frame.start.0).map(|nanos| Value::Duration(Duration(nanos)))
            }
            _ => None,
        },
    ),
    to(
        "toGeopoint",
        RECORD,
        "A record of latitude and longitude in degrees, of an array of the two or of a text such as `48.2,16.4`.",
        &[
            ("toGeopoint(\"48.2, 16.4\")", "{\"latitude\":48.2,\"longitude\":16.4}"),
            ("toGeopoint(array(48.2, 16))", "{\"latitude\":48.2,\"longitude\":16.0}"),
            ("toGeopoint(\"91,0\")", "null"),
        ],
        |args| match args.take(0) {
            Value::Text(text) => {
                let (latitude, longitude) = text.split_once(',')?;
                geopoint(latitude.trim().parse().ok()?, longitude.trim().parse().ok()?)
            }
            Value::Array(items) => match items.as_slice() {
                [latitude, longitude] => geopoint(super::number(latitude)?, super::number(longitude)?),
                _ => None,
            },
            other => as_geopoint(other),
        },
    ),
    to(
        "toIp",
        IP,
        "An ip of a text or of its number.",
        &[("toIp(\"10.0.0.1\")", "10.0.0.1"), ("toIp(1234567890)", "73.150.2.210"), ("toIp(\"300.0.0.1\")", "null")],
        |args| match one(args) {
            Value::Double(number) => ip_of(cut(number)?),
            Value::Long(number) => ip_of(number),
            other => super::args::ip(&other).map(Value::Ip),
        },
    ),
    to(
        "toLong",
        LONG,
        "A long of a number without its fraction, a text, a boolean, the nanoseconds of a time or an ip.",
        &[
            ("toLong(3.99)", "3"),
            ("toLong(\"3\")", "3"),
            ("toLong(ip(\"10.0.0.1\"))", "167772161"),
            ("toLong(\"a\")", "null"),
        ],
        |args| match one(args) {
            Value::Double(number) => cut(number).map(Value::Long),
            Value::Text(text) => text.trim().parse().ok().map(Value::Long),
            other => i64::try_from(whole(&other)?).ok().map(Value::Long),
        },
    ),
    to(
        "toSmartscapeId",
        TEXT,
        "The text if it is an id: a type, a dash and 16 hex digits.",
        &[
            ("toSmartscapeId(\"HOST-00000000000000FF\")", "HOST-00000000000000FF"),
            ("toSmartscapeId(\"HOST-1\")", "null"),
        ],
        |args| as_smartscape_id(one(args)),
    ),
    to(
        "toString",
        TEXT,
        "The value as text.",
        &[("toString(array(1, 2))", "[1, 2]"), ("toString(null)", "null")],
        |args| match args.take(0) {
            Value::Null => None,
            Value::Text(text) => Some(Value::Text(text)),
            other => Some(Value::owned(text_form(&other))),
        },
    ),
    to("toTimeframe", TIMEFRAME, "A timeframe of a text `start/end`.", &[("toTimeframe(\"x\")", "null")], |args| {
        match one(args) {
            Value::Timeframe(frame) => Some(Value::Timeframe(frame)),
            Value::Text(text) => read_timeframe(&text, args.env.now, &args.env.zone).map(Value::Timeframe),
            _ => None,
        }
    }),
    to(
        "toTimestamp",
        TIMESTAMP,
        "A timestamp of nanoseconds since 1970 or of an ISO 8601 text; without zone the text is in that of the query.",
        &[
            ("toTimestamp(\"2019-08-01T09:30:00.000-0400\")", "2019-08-01T13:30:00.000000000 +0000"),
            ("toTimestamp(\"2019-08-01\")", "2019-08-01T00:00:00.000000000 +0000"),
            ("toTimestamp(\"2019-08-01T13:30:00 Europe/Berlin\")", "2019-08-01T11:30:00.000000000 +0000"),
            ("toTimestamp(\"2019-08-01T13:30+02:00[Asia/Tokyo]\")", "2019-08-01T11:30:00.000000000 +0000"),
            ("toTimestamp(\"yesterday\")", "null"),
        ],
        |args| match one(args) {
            Value::Timestamp(at) => Some(Value::Timestamp(at)),
            Value::Long(nanos) => Some(Value::Timestamp(Timestamp(nanos))),
            Value::Double(nanos) => cut(nanos).map(|nanos| Value::Timestamp(Timestamp(nanos))),
            Value::Text(text) => read_timestamp(&text, &args.env.zone).map(Value::Timestamp),
            _ => None,
        },
    ),
    to(
        "toUid",
        UID,
        "A uid of a number, of 16 or 32 hex digits or of the text of a UUID.",
        &[("toUid(123)", "000000000000007b"), ("toUid(\"x\")", "null")],
        |args| match one(args) {
            Value::Uid(uid) => Some(Value::Uid(uid)),
            Value::Long(number) => Some(Value::Uid(Uid::Uid64(number.cast_unsigned()))),
            Value::Double(number) => cut(number).map(|number| Value::Uid(Uid::Uid64(number.cast_unsigned()))),
            Value::Text(text) => read_uid(&text).map(Value::Uid),
            _ => None,
        },
    ),
    to("toVariant", ANY, "The value itself.", &[("toVariant(1)", "1")], |args| Some(args.take(0))),
];

/// The value, or the only element of an array.
fn one<'r>(args: &mut Args<'_, 'r>) -> Value<'r> {
    match args.take(0) {
        Value::Array(mut items) if items.len() == 1 => items.pop().unwrap_or_default(),
        other => other,
    }
}

fn cut(number: f64) -> Option<i64> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    (-LIMIT..LIMIT).contains(&number).then_some(number as i64)
}

/// The whole number that a value which is no text stands for.
fn whole(value: &Value) -> Option<i128> {
    Some(match value {
        Value::Long(number) => i128::from(*number),
        Value::Bool(value) => i128::from(*value),
        Value::Timestamp(at) => i128::from(at.0),
        Value::Duration(length) => i128::from(length.0),
        Value::Ip(IpAddr::V4(ip)) => i128::from(u32::from(*ip)),
        Value::Ip(IpAddr::V6(ip)) => i128::try_from(u128::from(*ip)).ok()?,
        Value::Uid(Uid::Uid64(bits)) => i128::from(bits.cast_signed()),
        Value::Uid(Uid::Uid128(bits) | Uid::Uuid(bits)) => i128::try_from(*bits).ok()?,
        _ => return None,
    })
}

fn ip_of<'r>(number: i64) -> Option<Value<'r>> {
    let number = u64::try_from(number).ok()?;
    Some(Value::Ip(match u32::try_from(number) {
        Ok(number) => IpAddr::V4(Ipv4Addr::from(number)),
        Err(_) => IpAddr::V6(Ipv6Addr::from(u128::from(number))),
    }))
}

fn read_uid(text: &str) -> Option<Uid> {
    let digits: String = text.chars().filter(|c| *c != '-').take(33).collect();
    if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    match (text.len(), digits.len()) {
        (16, 16) => u64::from_str_radix(&digits, 16).ok().map(Uid::Uid64),
        (32, 32) => u128::from_str_radix(&digits, 16).ok().map(Uid::Uid128),
        (36, 32) if [8, 13, 18, 23].iter().all(|at| text.as_bytes()[*at] == b'-') => {
            u128::from_str_radix(&digits, 16).ok().map(Uid::Uuid)
        }
        _ => None,
    }
}

fn geopoint<'r>(latitude: f64, longitude: f64) -> Option<Value<'r>> {
    if !(-90.0..=90.0).contains(&latitude) || !(-180.0..=180.0).contains(&longitude) {
        return None;
    }
    let mut record = Record::new();
    record.set("latitude", Value::Double(latitude));
    record.set("longitude", Value::Double(longitude));
    Some(Value::Record(record))
}

/// The value if it is a record as `toGeopoint` makes it.
pub(super) fn as_geopoint(value: Value<'_>) -> Option<Value<'_>> {
    let Value::Record(record) = &value else { return None };
    let degrees = |name| matches!(record.get(name), Some(Value::Double(_)));
    (record.len() == 2 && degrees("latitude") && degrees("longitude")).then_some(value)
}

/// The text if it is `TYPE-0123456789ABCDEF`.
pub(super) fn as_smartscape_id(value: Value<'_>) -> Option<Value<'_>> {
    let (kind, digits) = value.as_str()?.rsplit_once('-')?;
    let is_kind = !kind.is_empty() && kind.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    let is_number = digits.len() == 16 && digits.bytes().all(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(&b));
    (is_kind && is_number).then_some(value)
}
