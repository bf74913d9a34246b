//! Collecting what an iterative expression gives element by element.

use super::{Collect, Function, Param, Row, Special, arg};
use crate::types::{ANY, ARRAY, BOOL, DOUBLE, DURATION, LONG, Types};

const EXPRESSION: &[Param] = &[arg("expression", ANY)];

const fn collect(
    name: &'static str,
    gives: Types,
    says: &'static str,
    examples: &'static [(&'static str, &'static str)],
    collect: Collect,
) -> Function {
    Function { name, takes: EXPRESSION, gives, says, examples, row: Row::Special(Special::Collect(collect)) }
}

pub(super) const FUNCTIONS: &[Function] = &[
    collect(
        "iAny",
        BOOL,
        "True when the condition is true for an element.",
        &[
            ("iAny(array(1, 2)[] > 1)", "true"),
            ("iAny(array()[] > 1)", "false"),
            ("iAny(asArray(\"a\")[] > 1)", "null"),
        ],
        Collect::Any,
    ),
    collect(
        "iAvg",
        DOUBLE.or(DURATION),
        "The mean over the elements.",
        &[("iAvg(array(1, 2)[])", "1.5"), ("iAvg(array()[])", "null"), ("iAvg(array(1, \"a\")[])", "null")],
        Collect::Average,
    ),
    collect(
        "iCollectArray",
        ARRAY,
        "The values for the elements as an array.",
        &[
            ("iCollectArray(array(1, 2)[] * 2)", "[2, 4]"),
            ("iCollectArray(array()[] * 2)", "[]"),
            ("iCollectArray(array(1, \"a\")[] * 2)", "[2, null]"),
        ],
        Collect::Array,
    ),
    Function {
        name: "iIndex",
        takes: &[],
        gives: LONG,
        says: "The index of the element, from 0.",
        examples: &[("iCollectArray(array(5, 6)[] * iIndex())", "[0, 6]")],
        row: Row::Special(Special::Index),
    },
    collect(
        "iMax",
        ANY,
        "The largest of the values.",
        &[("iMax(array(1, 2)[])", "2"), ("iMax(array()[])", "null"), ("iMax(array(\"a\", \"b\")[])", "b")],
        Collect::Greatest,
    ),
    collect(
        "iMin",
        ANY,
        "The smallest of the values.",
        &[("iMin(array(1, 2)[])", "1"), ("iMin(array()[])", "null"), ("iMin(array(\"a\", \"b\")[])", "a")],
        Collect::Least,
    ),
    collect(
        "iSum",
        DOUBLE.or(DURATION),
        "The sum of the values, as a double or a duration.",
        &[("iSum(array(1, 2)[])", "3.0"), ("iSum(array()[])", "null"), ("iSum(array(1, \"a\")[])", "null")],
        Collect::Sum,
    ),
];
