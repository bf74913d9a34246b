//! What the command `window` computes from a record's neighbours: declared here, run by the query engine.

use super::{Fallback, Function, Param, Row, arg, opt};
use crate::types::{ANY, DOUBLE, DURATION, LONG, NUMBER, Types};

const MEASURED: Types = NUMBER.or(DURATION);
const NEIGHBOUR: &[Param] =
    &[arg("expression", ANY), opt("offset", LONG, Fallback::Long(1)), opt("default", ANY, Fallback::Null)];

const fn window(name: &'static str, takes: &'static [Param], gives: Types, says: &'static str) -> Function {
    Function { name, takes, gives, says, examples: &[], row: Row::Window }
}

/// A group is the records with equal `by:`, in the order of `sort:`.
pub(super) const FUNCTIONS: &[Function] = &[
    window(
        "denseRank",
        &[],
        LONG,
        "The place of the record in its group, from 1; equal sort keys share one, and none is left out.",
    ),
    window("firstValue", &[arg("expression", ANY)], ANY, "The value of the first record of the group."),
    window(
        "lag",
        NEIGHBOUR,
        ANY,
        "The value of the record so many places before in the group; `default` where there is none.",
    ),
    window("lastValue", &[arg("expression", ANY)], ANY, "The value of the last record of the group."),
    window(
        "lead",
        NEIGHBOUR,
        ANY,
        "The value of the record so many places behind in the group; `default` where there is none.",
    ),
    window(
        "rank",
        &[],
        LONG,
        "The place of the record in its group, from 1; equal sort keys share the first of their places.",
    ),
    window("rowNumber", &[], LONG, "The place of the record in its group, from 1."),
    window(
        "runningAvg",
        &[arg("expression", MEASURED)],
        DOUBLE.or(DURATION),
        "The mean up to and with the record; nulls do not count.",
    ),
    window("runningCount", &[arg("expression", ANY)], LONG, "How many values up to and with the record are not null."),
    window("runningMax", &[arg("expression", ANY)], ANY, "The largest value up to and with the record."),
    window("runningMin", &[arg("expression", ANY)], ANY, "The smallest value up to and with the record."),
    window(
        "runningSum",
        &[arg("expression", MEASURED)],
        DOUBLE.or(DURATION),
        "The sum up to and with the record, as a double or a duration; nulls do not count.",
    ),
];
