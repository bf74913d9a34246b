//! JSON inside of text, DPL patterns, types.

use std::net::IpAddr;

use weir_event::{Uid, Value};

use super::{Args, Fallback, Function, Param, ParamKind, PatternUse, Row, Special, arg, flag, opt};
use crate::json;
use crate::types::{ANY, ARRAY, RECORD, TEXT, TIMESTAMP};

const BASE_TIME: Param = opt("baseTime", TIMESTAMP, Fallback::Null);

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "jsonField",
        takes: &[arg("expression", TEXT), arg("fieldName", TEXT), flag("seek", false)],
        gives: ANY,
        says: "A member of the object that a text is in JSON; with `seek` of the first object within other text.",
        examples: &[
            ("jsonField(\"{\\\"a\\\": 1}\", \"a\")", "1"),
            ("jsonField(\"x {\\\"a\\\": 1}\", \"a\", seek: true)", "1"),
            ("jsonField(\"x\", \"a\")", "null"),
        ],
        row: Row::Plain(|args| match read(args)? {
            Value::Record(mut record) => record.remove(args.text(1)?),
            _ => None,
        }),
    },
    Function {
        name: "jsonPath",
        takes: &[arg("expression", TEXT), arg("jsonPath", TEXT), flag("seek", false)],
        gives: ANY,
        says: "What a path such as `$.a[0]['b']` leads to in a text in JSON.",
        examples: &[("jsonPath(\"{\\\"a\\\": [1, 2]}\", \"$.a[1]\")", "2"), ("jsonPath(\"{}\", \"$.a\")", "null")],
        row: Row::Plain(|args| json::follow(&read(args)?, args.text(1)?).cloned()),
    },
    Function {
        name: "lookup",
        takes: &[
            arg("lookupTable", ANY),
            opt("sourceField", ANY, Fallback::Null),
            arg("lookupField", ANY),
            opt("executionOrder", ANY, Fallback::Null),
            opt("broadcast", ANY, Fallback::Null),
        ],
        gives: RECORD,
        says: "The first record of a sub-query whose `lookupField` equals `sourceField`, as a record; `sourceField` is the same field unless said.",
        examples: &[],
        row: Row::Elsewhere,
    },
    Function {
        name: "parse",
        takes: &[arg("expression", TEXT), arg("pattern", TEXT), BASE_TIME],
        gives: ANY,
        says: "What a DPL pattern takes out of a text: one value, or a record for several.",
        examples: &[("parse(\"10.0.0.1:80\", \"IPADDR ':' INT:port\")", "80"), ("parse(\"x\", \"INT:n\")", "null")],
        row: Row::Special(Special::Pattern(PatternUse::Parse)),
    },
    Function {
        name: "parseAll",
        takes: &[arg("expression", TEXT), arg("pattern", TEXT), BASE_TIME],
        gives: ARRAY,
        says: "What a DPL pattern takes out of a text wherever it matches.",
        examples: &[("parseAll(\"1 2\", \"INT:n\")", "[1, 2]")],
        row: Row::Special(Special::Pattern(PatternUse::ParseAll)),
    },
    Function {
        name: "type",
        takes: &[Param { name: "expression", takes: ANY, kind: ParamKind::Required }, flag("withSubtype", false)],
        gives: TEXT,
        says: "The name of the value's type; null for null.",
        examples: &[("type(1)", "long"), ("type(ip(\"::1\"), withSubtype: true)", "ip/ipv6"), ("type(null)", "null")],
        row: Row::Plain(|args| {
            let value = args.value(0);
            (!value.is_null()).then(|| Value::text(if args.is_on(1) { subtype(value) } else { value.type_name() }))
        }),
    },
];

fn read(args: &Args) -> Option<Value<'static>> {
    let text = args.text(0)?;
    if args.is_on(2) { json::seek(text) } else { json::read(text) }
}

fn subtype(value: &Value) -> &'static str {
    match value {
        Value::Ip(IpAddr::V4(_)) => "ip/ipv4",
        Value::Ip(IpAddr::V6(_)) => "ip/ipv6",
        Value::Uid(Uid::Uid64(_)) => "uid/uid64",
        Value::Uid(Uid::Uid128(_)) => "uid/uid128",
        Value::Uid(Uid::Uuid(_)) => "uid/uuid",
        value => value.type_name(),
    }
}
