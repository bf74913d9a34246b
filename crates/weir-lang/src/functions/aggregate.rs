//! Aggregations: declared here, run by the query engine.

use super::{Fallback, Function, Param, ParamKind, Row, arg, flag, opt};
use crate::types::{ANY, ARRAY, BOOL, DOUBLE, DURATION, LONG, NUMBER, TEXT, TIMESTAMP, Types};

const ORDERED: Types = NUMBER.or(BOOL).or(DURATION).or(TEXT).or(TIMESTAMP);
const SAMPLED: Types = NUMBER.or(BOOL).or(DURATION).or(TIMESTAMP);
const MEASURED: Types = NUMBER.or(DURATION);

/// A parameter that only series know.
const DEFAULT: Param = opt("default", ANY, Fallback::Null);
const RATE: Param = opt("rate", DURATION, Fallback::Null);
const SCALAR: Param = flag("scalar", false);
const ROLLUP: Param = opt("rollup", ANY, Fallback::Null);
const FILTER: Param = opt("filter", BOOL, Fallback::Null);
const WEIGHT: Param = opt("weight", NUMBER, Fallback::Long(1));
const PRECISION: Param = opt("precision", LONG, Fallback::Long(14));
const LENGTH: Param = opt("maxLength", LONG, Fallback::Null);
const EXPAND: Param = flag("expand", false);

const fn aggregate(name: &'static str, takes: &'static [Param], gives: Types, says: &'static str) -> Function {
    Function { name, takes, gives, says, examples: &[], row: Row::Aggregate }
}

const fn value(takes: Types) -> Param {
    arg("expression", takes)
}

pub(super) const FUNCTIONS: &[Function] = &[
    aggregate(
        "avg",
        &[value(MEASURED), DEFAULT, RATE, SCALAR, ROLLUP, FILTER],
        MEASURED,
        "Mean of the values that are not null.",
    ),
    aggregate(
        "collectArray",
        &[value(ANY), LENGTH, EXPAND],
        ARRAY,
        "The values as an array, in the order of the records.",
    ),
    aggregate("collectDistinct", &[value(ANY), LENGTH, EXPAND], ARRAY, "The different values as an array."),
    aggregate(
        "correlation",
        &[arg("expression1", NUMBER), arg("expression2", NUMBER)],
        DOUBLE,
        "Pearson's correlation.",
    ),
    aggregate(
        "count",
        &[Param { name: "metricKey", takes: ANY, kind: ParamKind::Many(0) }, DEFAULT, RATE, SCALAR, FILTER],
        LONG,
        "How many records there are.",
    ),
    aggregate(
        "countDistinct",
        &[value(ANY), PRECISION, DEFAULT, RATE, SCALAR, FILTER],
        LONG,
        "About how many different values there are.",
    ),
    aggregate(
        "countDistinctApprox",
        &[value(ANY), PRECISION, DEFAULT, RATE, SCALAR, FILTER],
        LONG,
        "About how many different values there are.",
    ),
    aggregate(
        "countDistinctExact",
        &[value(ANY), DEFAULT, RATE, SCALAR],
        LONG,
        "How many different values there are, at most 1,000,000.",
    ),
    aggregate(
        "countIf",
        &[arg("condition", BOOL), DEFAULT, RATE, SCALAR],
        LONG,
        "For how many records the condition is true.",
    ),
    aggregate("end", &[], TIMESTAMP, "Where a slot of a series ends."),
    aggregate(
        "max",
        &[value(ORDERED), DEFAULT, RATE, SCALAR, ROLLUP, FILTER],
        ORDERED,
        "The largest value; null for values of several types.",
    ),
    aggregate(
        "median",
        &[value(SAMPLED), WEIGHT, DEFAULT, RATE, SCALAR, ROLLUP, FILTER],
        SAMPLED,
        "The middle of the values in order.",
    ),
    aggregate(
        "min",
        &[value(ORDERED), DEFAULT, RATE, SCALAR, ROLLUP, FILTER],
        ORDERED,
        "The smallest value; null for values of several types.",
    ),
    aggregate(
        "percentile",
        &[value(SAMPLED), arg("percentile", NUMBER), WEIGHT, DEFAULT, RATE, SCALAR, ROLLUP, FILTER],
        SAMPLED,
        "The value below which that many percent of the values are.",
    ),
    aggregate(
        "percentileFromSamples",
        &[value(ARRAY), arg("percentile", NUMBER), opt("originalCount", NUMBER, Fallback::Null), DEFAULT, RATE, SCALAR],
        SAMPLED,
        "As percentile, over arrays of samples.",
    ),
    aggregate(
        "percentiles",
        &[value(SAMPLED), WEIGHT, Param { name: "percentile", takes: NUMBER, kind: ParamKind::Many(1) }],
        ARRAY,
        "Several percentiles as an array.",
    ),
    aggregate(
        "percentRank",
        &[value(SAMPLED), arg("value", SAMPLED), DEFAULT, RATE, SCALAR, ROLLUP, FILTER],
        DOUBLE,
        "The part of the values below a value, 0 to 1.",
    ),
    aggregate("start", &[], TIMESTAMP, "Where a slot of a series starts."),
    aggregate("stddev", &[value(NUMBER)], DOUBLE, "Standard deviation of the whole population."),
    aggregate(
        "sum",
        &[value(MEASURED), DEFAULT, RATE, SCALAR, ROLLUP, FILTER],
        DOUBLE.or(DURATION),
        "Sum of the values, as a double or a duration.",
    ),
    aggregate("takeAny", &[value(ANY)], ANY, "One of the values that are not null."),
    aggregate("takeFirst", &[value(ANY)], ANY, "The first value that is not null."),
    aggregate("takeLast", &[value(ANY)], ANY, "The last value that is not null."),
    aggregate("takeMax", &[value(ANY)], ANY, "The last value in the order that sort uses, over all types."),
    aggregate("takeMin", &[value(ANY)], ANY, "The first value in the order that sort uses, over all types."),
    aggregate("variance", &[value(NUMBER)], DOUBLE, "Variance of the whole population."),
];
