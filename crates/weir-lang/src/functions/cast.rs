//! Keeping a value only if it has a type; nothing is converted.

use weir_event::Value;

use super::conversion::{as_geopoint, as_smartscape_id};
use super::{Args, Function, Param, Row, arg};
use crate::types::{
    ANY, ARRAY, BINARY, BOOL, DOUBLE, DURATION, IP, LONG, NUMBER, RECORD, TEXT, TIMEFRAME, TIMESTAMP, Type, Types, UID,
};

const VALUE: &[Param] = &[arg("value", ANY)];

macro_rules! cast {
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
    cast!(
        "asBinary",
        BINARY,
        "The value if it is binary, else null.",
        &[("encodeBase16(asBinary(decodeBase16ToBinary(\"6869\")))", "6869"), ("asBinary(\"hi\")", "null")]
    ),
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
        says: "The value if it is a record as `toGeopoint` makes it, else null.",
        examples: &[
            ("asGeopoint(toGeopoint(\"1,2\"))", "{\"latitude\":1.0,\"longitude\":2.0}"),
            ("asGeopoint(record())", "null"),
            ("asGeopoint(\"1,2\")", "null"),
        ],
        row: Row::Plain(|args| as_geopoint(args.take(0))),
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
        says: "The value if it is the text of an id: a type, a dash and 16 hex digits, else null.",
        examples: &[
            ("asSmartscapeId(smartscapeId(\"HOST\", 1))", "HOST-0000000000000001"),
            ("asSmartscapeId(\"HOST-1\")", "null"),
            ("asSmartscapeId(1)", "null"),
        ],
        row: Row::Plain(|args| as_smartscape_id(args.take(0))),
    },
    cast!(
        "asString",
        TEXT,
        "The value if it is a string, else null.",
        &[("asString(\"a\")", "a"), ("asString(1)", "null")]
    ),
    cast!(
        "asTimeframe",
        TIMEFRAME,
        "The value if it is a timeframe, else null.",
        &[
            ("getStart(asTimeframe(timeframe(from: now(), to: now()))) == now()", "true"),
            ("asTimeframe(\"a/b\")", "null")
        ]
    ),
    cast!("asTimestamp", TIMESTAMP, "The value if it is a timestamp, else null.", &[("asTimestamp(1)", "null")]),
    cast!("asUid", UID, "The value if it is a uid, else null.", &[("asUid(uid64(1))", "0000000000000001")]),
];

fn keep<'r>(args: &mut Args<'_, 'r>, types: Types) -> Option<Value<'r>> {
    Type::of(args.value(0)).filter(|given| types.has(*given)).map(|_| args.take(0))
}
