//! What is inside of values.

use std::net::IpAddr;

use weir_event::{Uid, Value};

use super::{Args, Function, Param, Row, arg};
use crate::program::{element, member};
use crate::types::{ANY, ARRAY, IP, LONG, RECORD, TIMEFRAME, TIMESTAMP, UID};

const FRAME: &[Param] = &[arg("timeframe", TIMEFRAME)];
const BITS: &[Param] = &[arg("expression", IP.or(UID))];

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "arrayElement",
        takes: &[arg("expression", ARRAY), arg("index", LONG)],
        gives: ANY,
        says: "The element at an index, counted from the end when negative; null outside of the array.",
        examples: &[("arrayElement(array(1, 2), -1)", "2"), ("arrayElement(array(1, 2), 2)", "null")],
        row: Row::Plain(|args| Some(element(args.take(0), args.long(1)?))),
    },
    Function {
        name: "getEnd",
        takes: FRAME,
        gives: TIMESTAMP,
        says: "Where a timeframe ends.",
        examples: &[("getEnd(timeframe(from: -2h, to: -1h)) == now() - 1h", "true"), ("getEnd(null)", "null")],
        row: Row::Plain(|args| Some(member(args.take(0), "end"))),
    },
    Function {
        name: "getHighBits",
        takes: BITS,
        gives: LONG,
        says: "The upper 64 bits of a uid or an ip; 0 for IPv4.",
        examples: &[("getHighBits(uuid(123, 456))", "123")],
        row: Row::Plain(|args| bits(args).map(|bits| Value::Long((bits >> 64) as i64))),
    },
    Function {
        name: "getLowBits",
        takes: BITS,
        gives: LONG,
        says: "The lower 64 bits of a uid or an IPv6; the 32 bits of an IPv4 as a signed number.",
        examples: &[("getLowBits(uuid(123, 456))", "456"), ("getLowBits(ip(\"192.168.0.1\"))", "-1062731775")],
        row: Row::Plain(|args| match args.value(0) {
            Value::Ip(IpAddr::V4(ip)) => Some(Value::Long(i64::from(u32::from(*ip).cast_signed()))),
            _ => bits(args).map(|bits| Value::Long(bits as i64)),
        }),
    },
    Function {
        name: "getRecordField",
        takes: &[arg("expression", RECORD.or(TIMEFRAME)), arg("fieldName", ANY)],
        gives: ANY,
        says: "The member of that name.",
        examples: &[("getRecordField(record(a = 1), \"a\")", "1"), ("getRecordField(record(a = 1), 5)", "null")],
        row: Row::Plain(|args| {
            let of = args.take(0);
            Some(member(of, args.text(1)?))
        }),
    },
    Function {
        name: "getStart",
        takes: FRAME,
        gives: TIMESTAMP,
        says: "Where a timeframe starts.",
        examples: &[("getStart(timeframe(from: -2h)) == now() - 2h", "true"), ("getStart(null)", "null")],
        row: Row::Plain(|args| Some(member(args.take(0), "start"))),
    },
];

fn bits(args: &Args) -> Option<u128> {
    match args.value(0) {
        Value::Uid(Uid::Uid64(bits)) => Some(u128::from(*bits)),
        Value::Uid(Uid::Uid128(bits) | Uid::Uuid(bits)) => Some(*bits),
        Value::Ip(IpAddr::V6(ip)) => Some(u128::from(*ip)),
        Value::Ip(IpAddr::V4(_)) => Some(0),
        _ => None,
    }
}
