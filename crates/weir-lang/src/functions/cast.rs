//! Keeping a value only if it has a type; nothing is converted.

use weir_event::Value;

use super::{Args, Function, Param, Row, arg};
use crate::types::{
    ANY, ARRAY, BINARY, BOOL, DOUBLE, DURATION, IP, LONG, NUMBER, RECORD, TEXT, TIMEFRAME, TIMESTAMP, Type, Types, UID,
};

const VALUE: &[Param] = &[arg("value", ANY)];

macro_rules! cast {
    ($name:literal, $types:expr, $says:literal) => {
        cast!($name, $types, $says, &[])
    };
    ($name:literal, $types:expr, $says:literal, $examples:expr) => {
        Function {
            name: $name,
            takes: VALUE,
            gives: $types,
            says: $says,
            examples: $examples,
            row: Row::Plain(|args| keep(args, $types)),
        }
    };
}

pub(super) const FUNCTIONS: &[Function] = &[
    cast!(
        "asArray",
        ARRAY,
        "The value if it is an array, else null.",
        &[("asArray(array(1))", "[1]"), ("asArray(1)", "null")]
    ),
    cast!("asBinary", BINARY, "The value if it is binary, else null."),
    cast!(
        "asBoolean",
        BOOL,
        "The value if it is a boolean, else null.",
        &[("asBoolean(true)", "true"), ("asBoolean(1)", "null")]
    ),
    cast!(
        "asDouble",
        DOUBLE,
        "The value if it is a double, else null.",
        &[("asDouble(1.5)", "1.5"), ("asDouble(1)", "null")]
    ),
    cast!("asDuration", DURATION, "The value if it is a duration, else null.", &[("asDuration(\"1s\")", "null")]),
    Function {
        name: "asGeopoint",
        takes: VALUE,
        gives: RECORD,
        says: "Not supported.",
        examples: &[],
        row: Row::Elsewhere,
    },
    cast!(
        "asIp",
        IP,
        "The value if it is an ip, else null.",
        &[("asIp(ip(\"::1\"))", "::1"), ("asIp(\"::1\")", "null")]
    ),
    cast!("asLong", LONG, "The value if it is a long, else null.", &[("asLong(3)", "3"), ("asLong(3.5)", "null")]),
    cast!(
        "asNumber",
        NUMBER,
        "The value if it is a long or a double, else null.",
        &[("asNumber(3)", "3"), ("asNumber(\"3\")", "null")]
    ),
    cast!("asRecord", RECORD, "The value if it is a record, else null.", &[("asRecord(1)", "null")]),
    Function {
        name: "asSmartscapeId",
        takes: VALUE,
        gives: TEXT,
        says: "Not supported.",
        examples: &[],
        row: Row::Elsewhere,
    },
    cast!(
        "asString",
        TEXT,
        "The value if it is a string, else null.",
        &[("asString(\"a\")", "a"), ("asString(1)", "null")]
    ),
    cast!("asTimeframe", TIMEFRAME, "The value if it is a timeframe, else null."),
    cast!("asTimestamp", TIMESTAMP, "The value if it is a timestamp, else null.", &[("asTimestamp(1)", "null")]),
    cast!("asUid", UID, "The value if it is a uid, else null.", &[("asUid(uid64(1))", "0000000000000001")]),
];

fn keep<'r>(args: &mut Args<'_, 'r>, types: Types) -> Option<Value<'r>> {
    Type::of(args.value(0)).filter(|given| types.has(*given)).map(|_| args.take(0))
}
