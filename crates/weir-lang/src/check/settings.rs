//! Values of parameters that the table's types do not bound: words, ranges, zones, and where options of series may stand.

use weir_event::{Fault, Value, nearest};

use super::Over;
use crate::ast::{Arg, ArgValue, Call, Expr, Node};
use crate::fault::Source;
use crate::functions::{Function, Row, Special, series};
use crate::types::{TIMESTAMP, Type};
use crate::{json, units};

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
    if source.strict && !is_fixed(expr) && WRITTEN_OUT.contains(&(function.name, name)) {
        return Err(source.extension(
            &format!("`{name}` that differs from record to record"),
            "write it out",
            arg.span,
        ));
    }
    match name {
        "jsonPath" => match text(expr) {
            Some(path) if !json::is_path(path) => wrong("a path such as \"$.a[0]['b c']\""),
            _ => Ok(()),
        },
        "unit" if function.name == "duration" => match text(expr) {
            Some(unit) if !units::OF_DURATIONS.contains(&unit) => {
                wrong(&format!("one of {}", units::OF_DURATIONS.join(", ")))
            }
            _ => Ok(()),
        },
        "wildcard" => match text(expr) {
            Some(sign) if sign.chars().count() != 1 => wrong("one character"),
            _ => Ok(()),
        },
        "expression" if collects_nothing(function, expr) => wrong("an iterative expression, such as `array[] > 1`"),
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
        "field" if matches!(function.row, Row::Special(Special::Exists)) && !is_path(expr) => {
            wrong("the name of a field, or of a member such as `field[name]`")
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

/// A field, or what a chain of members and elements takes out of one. Null exists nowhere.
fn is_path(expr: &Expr) -> bool {
    match &expr.node {
        Node::Field(_) | Node::Variable(_) | Node::Literal(Value::Null) => true,
        Node::Member(of, _) | Node::Element(of, _) => is_path(of),
        _ => false,
    }
}

/// A collecting function without anything to go through.
fn collects_nothing(function: &Function, expr: &Expr) -> bool {
    function.collects() && !expr.any(&|part| matches!(part.node, Node::Each(_) | Node::Variable(_)))
}

/// The same for every record.
fn is_fixed(expr: &Expr) -> bool {
    expr.fields().is_empty()
}

/// Parameters that the plain language wants as literals; weir also takes them from fields.
const WRITTEN_OUT: [(&str, &str); 14] = [
    ("jsonPath", "jsonPath"),
    ("timestamp", "timezone"),
    ("formatTimestamp", "timezone"),
    ("formatTimestamp", "locale"),
    ("getDayOfMonth", "timezone"),
    ("getDayOfWeek", "timezone"),
    ("getDayOfYear", "timezone"),
    ("getHour", "timezone"),
    ("getMinute", "timezone"),
    ("getMonth", "timezone"),
    ("getSecond", "timezone"),
    ("getWeekOfYear", "timezone"),
    ("getYear", "timezone"),
    ("entityAttr", "name"),
];

fn text(expr: &Expr) -> Option<&str> {
    expr.as_literal()?.as_str()
}

/// The numbers that a parameter takes.
fn range(function: &Function, name: &str) -> Option<(i64, i64)> {
    Some(match (name, function.name) {
        ("percentile", _) => (0, 100),
        ("windowSize", _) => (1, series::WINDOW_MAX),
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
