//! Tests that give true or false.

use weir_event::{Uid, Value};

use super::{Args, Function, Param, Row, Special, arg, many};
use crate::types::{ANY, BOOL, DOUBLE, UID};

const fn test(
    name: &'static str,
    takes: &'static [Param],
    says: &'static str,
    examples: &'static [(&'static str, &'static str)],
    row: for<'r> fn(&mut Args<'_, 'r>) -> Option<Value<'r>>,
) -> Function {
    Function { name, takes, gives: BOOL, says, examples, row: Row::Plain(row) }
}

const UID_ARG: &[Param] = &[arg("expression", UID)];
const DOUBLE_ARG: &[Param] = &[arg("expression", DOUBLE)];
const BOOL_ARG: &[Param] = &[arg("expression", BOOL)];
const ANY_ARG: &[Param] = &[arg("expression", ANY)];

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "exists",
        takes: &[arg("field", ANY)],
        gives: BOOL,
        says: "True when the record has the field, or a record in it the member, even if it is null.",
        examples: &[("exists(nowhere)", "false"), ("exists(nowhere[a])", "false"), ("exists(null)", "false")],
        row: Row::Special(Special::Exists),
    },
    Function {
        name: "in",
        takes: &[arg("needle", ANY), many("haystack", ANY)],
        gives: BOOL,
        says: "True when the needle, or an element of it, equals a value of the haystack or an element of one. Never null.",
        examples: &[
            ("in(2, 1, 2)", "true"),
            ("in(\"a\", {\"b\", \"c\"})", "false"),
            ("in(array(1, 2), array(2, 3))", "true"),
            ("in(null, 1)", "false"),
        ],
        row: Row::Special(Special::In),
    },
    test(
        "isFalseOrNull",
        BOOL_ARG,
        "True for false and for null.",
        &[("isFalseOrNull(null)", "true"), ("isFalseOrNull(true)", "false")],
        |args| Some(Value::Bool(!args.is_on(0))),
    ),
    test(
        "isFinite",
        DOUBLE_ARG,
        "True for a double that is neither infinite nor not a number.",
        &[("isFinite(1.5)", "true")],
        |args| Some(Value::Bool(args.number(0)?.is_finite())),
    ),
    test("isInfinite", DOUBLE_ARG, "True for an infinite double.", &[("isInfinite(1.5)", "false")], |args| {
        Some(Value::Bool(args.number(0)?.is_infinite()))
    }),
    test("isNaN", DOUBLE_ARG, "True for a double that is not a number.", &[("isNaN(1.5)", "false")], |args| {
        Some(Value::Bool(args.number(0)?.is_nan()))
    }),
    test(
        "isNotNull",
        ANY_ARG,
        "True for everything but null and missing fields.",
        &[("isNotNull(1)", "true"), ("isNotNull(null)", "false")],
        |args| Some(Value::Bool(!args.value(0).is_null())),
    ),
    test(
        "isNull",
        ANY_ARG,
        "True for null and for missing fields.",
        &[("isNull(null)", "true"), ("isNull(\"\")", "false")],
        |args| Some(Value::Bool(args.value(0).is_null())),
    ),
    test(
        "isTrueOrNull",
        BOOL_ARG,
        "True for true and for null.",
        &[("isTrueOrNull(null)", "true"), ("isTrueOrNull(false)", "false")],
        |args| Some(Value::Bool(args.value(0).is_null() || args.is_on(0))),
    ),
    test("isUid128", UID_ARG, "True for a uid of 128 bits.", &[("isUid128(uid128(1, 2))", "true")], |args| {
        uid(args, |uid| matches!(uid, Uid::Uid128(_)))
    }),
    test("isUid64", UID_ARG, "True for a uid of 64 bits.", &[("isUid64(uid64(1))", "true")], |args| {
        uid(args, |uid| matches!(uid, Uid::Uid64(_)))
    }),
    test("isUuid", UID_ARG, "True for a UUID.", &[("isUuid(uuid(1, 2))", "true")], |args| {
        uid(args, |uid| matches!(uid, Uid::Uuid(_)))
    }),
];

fn uid<'r>(args: &Args<'_, 'r>, test: impl Fn(&Uid) -> bool) -> Option<Value<'r>> {
    match args.value(0) {
        Value::Uid(uid) => Some(Value::Bool(test(uid))),
        _ => None,
    }
}
