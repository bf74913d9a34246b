//! Values of parameters that the table's types do not bound: words, ranges, zones, and where options of series may stand.

use weir_event::{Fault, Value, nearest};

use super::Over;
use crate::ast::{Arg, ArgValue, Call, Expr, Node};
use crate::fault::Source;
use crate::functions::{Function, Row, Special};
use crate::types::{TIMESTAMP, Type};

/// Checks an argument that is written out.
pub(super) fn check(function: &Function, name: &str, arg: &Arg, source: Source) -> Result<(), Fault> {
    let wrong = |wants: &str| Err(source.wrong_argument(function.name, name, wants, arg.span));
    let Some(expr) = arg.expr() else { return Ok(()) };
    if let Some((least, most)) = range(function, name) {
        return match expr.as_literal() {
            Some(Value::Long(number)) if !(least..=most).contains(number) => {
                wrong(&format!("a number from {least} to {most}"))
            }
            Some(Value::Double(number)) if !(least as f64..=most as f64).contains(number) => {
                wrong(&format!("a number from {least} to {most}"))
            }
            _ => Ok(()),
        };
    }
    match name {
        "timezone" => match text(expr) {
            Some(zone) if crate::time::zone(zone).is_none() => Err(source.bad_zone(zone, arg.span)),
            _ => Ok(()),
        },
        "locale" => match text(expr) {
            Some(tag) if crate::dpl::names_of(tag).is_none() => {
                wrong("the tag of a language such as \"en\" or \"de-AT\"")
            }
            _ => Ok(()),
        },
        "direction" if function.name == "arraySort" => match text(expr) {
            Some(word) if !["ascending", "descending"].iter().any(|known| known.eq_ignore_ascii_case(word)) => {
                wrong("\"ascending\" or \"descending\"")
            }
            _ => Ok(()),
        },
        "field" if matches!(function.row, Row::Special(Special::Exists)) && expr.as_field().is_none() => {
            wrong("the name of a field")
        }
        "baseTime" if !expr.fields().is_empty() => wrong("a timestamp that is the same for every record"),
        "lookupTable" if arg.block().is_none() => wrong("a sub-query in brackets"),
        _ if matches!(expr.node, Node::Calendar(_)) && !takes_moment(function, name) => {
            wrong("a length that is the same everywhere; months and years begin with `@M`, `@q`, `@y`")
        }
        _ => Ok(()),
    }
}

fn takes_moment(function: &Function, name: &str) -> bool {
    function
        .takes
        .iter()
        .any(|param| param.name == name && param.takes.has(Type::Timestamp) && param.takes != TIMESTAMP)
}

fn text(expr: &Expr) -> Option<&str> {
    expr.as_literal()?.as_str()
}

/// The numbers that a parameter takes.
fn range(function: &Function, name: &str) -> Option<(i64, i64)> {
    Some(match (name, function.name) {
        ("percentile", _) if function.is_aggregate() => (0, 100),
        ("precision", _) => (3, 16),
        ("maxLength", _) => (1, 131_072),
        ("horizon", _) => (1, 600),
        ("offset", "lag" | "lead") => (0, i64::MAX),
        _ => return None,
    })
}

/// Options that only aggregations of series take, and those that only stored metrics have.
const SERIES: [&str; 3] = ["default", "rate", "scalar"];
const METRICS: [&str; 3] = ["rollup", "filter", "metricKey"];

/// Refuses options of series outside of series.
pub(super) fn series(call: &Call, over: Over, source: Source) -> Result<(), Fault> {
    if !call.function.is_aggregate() {
        return Ok(());
    }
    for arg in &call.args {
        let Some(name) = arg.name.as_deref() else {
            let first = call.function.takes.first();
            let metric = first.is_some_and(|param| param.name == "metricKey");
            if metric && over != Over::Metrics && !matches!(arg.value, ArgValue::Group(ref items) if items.is_empty()) {
                return Err(source.too_many(call.function.name, None, arg.span));
            }
            continue;
        };
        let misplaced = match over {
            Over::Groups => SERIES.contains(&name) || METRICS.contains(&name),
            Over::Slots => METRICS.contains(&name),
            _ => false,
        };
        if misplaced {
            let known = call.function.takes.iter().map(|param| param.name);
            let near = nearest(name, known.filter(|known| *known != name && !METRICS.contains(known)));
            return Err(source.unknown_parameter(name, call.function.name, near, arg.span));
        }
    }
    Ok(())
}
