//! What can be said about calls and commands from their text: arguments, places of aggregations, types of literals, patterns.

mod operators;
mod settings;
mod terms;

use weir_event::{Fault, nearest};

use crate::ast::{Arg, ArgValue, Binary, Command, Expr, Node, Unary};
use crate::commands::CommandKind;
use crate::dpl::{Pattern, PatternOptions};
use crate::fault::Source;
use crate::functions::bind::{BoundArg, Misfit, try_bind};
use crate::functions::{Function, Param, ParamKind, RegexUse, Row, Special};
use crate::regex::Regex;
use crate::static_type::static_type;
use crate::types::{TEXT, Type, Types};

/// Checks a call whose arguments have been checked.
pub(crate) fn call(expr: &Expr, source: Source) -> Result<(), Fault> {
    let Node::Call(call) = &expr.node else { return Ok(()) };
    let function = call.function;
    let bound = try_bind(function, &call.args).map_err(|misfit| match misfit {
        Misfit::Unknown(arg) => {
            let name = arg.name.as_deref().unwrap_or_default();
            let near = nearest(name, function.takes.iter().map(|param| param.name));
            source.unknown_parameter(name, function.name, near, arg.span)
        }
        Misfit::Twice(arg) => source.given_twice(arg.name.as_deref().unwrap_or_default(), arg.span),
        Misfit::TooMany(arg) => source.too_many(function.name, optional_for(function, arg), arg.span),
        Misfit::Missing(name) => source.missing_parameter(&format!("`{name}`"), function.name, expr.span),
    })?;
    for (param, bound) in function.takes.iter().zip(bound.args()) {
        let args: &[&Arg] = match bound {
            BoundArg::Missing => &[],
            BoundArg::One(arg) => &[arg],
            BoundArg::Many(args) => args,
        };
        for arg in args {
            argument(function, param.name, param.takes, arg, source)?;
            settings::check(function, param.name, arg, source)?;
        }
    }
    terms::call(function, &bound, source)?;
    match (function.row, bound.get("pattern").or(bound.get("regex"))) {
        (Row::Special(Special::Pattern(_)), Some(arg)) => pattern(function.name, arg, source),
        (Row::Special(Special::Regex(does)), Some(arg)) => regex(function.name, arg, does, source),
        _ => Ok(()),
    }
}

/// A regular expression must be written out, so that it can be compiled once and checked now.
fn regex(of: &str, arg: &Arg, does: RegexUse, source: Source) -> Result<(), Fault> {
    match literal_text(arg) {
        Some(text) => Regex::new(text, does).map(|_| ()).map_err(|why| source.bad_regex(&why, arg.span)),
        None => Err(source.wrong_argument(of, "regex", &format!("a {TEXT} in quotes"), arg.span)),
    }
}

fn literal_text(arg: &Arg) -> Option<&str> {
    arg.expr()?.as_literal()?.as_str()
}

/// The optional parameter that an argument too many was meant for: the first that takes its type, else the first.
fn optional_for(function: &Function, arg: &Arg) -> Option<&'static str> {
    let given = arg.expr().and_then(|expr| static_type(expr, &|_| None));
    let optional = || function.takes.iter().filter(|param| matches!(param.kind, ParamKind::Optional(_)));
    let fits = |param: &&Param| given.is_none_or(|given| param.takes.has(given));
    optional().find(fits).or_else(|| optional().next()).map(|param| param.name)
}

fn argument(function: &Function, name: &str, takes: Types, arg: &Arg, source: Source) -> Result<(), Fault> {
    let wrong = |wants: &str| Err(source.wrong_argument(function.name, name, wants, arg.span));
    if arg.alias.is_some() && !matches!(function.row, Row::Special(Special::Record)) && name != "fields" {
        return wrong("a value without a name");
    }
    match &arg.value {
        ArgValue::Block(_) if !matches!(function.row, Row::Elsewhere) => wrong("an expression, not a sub-query"),
        ArgValue::Expr(expr) => match expr.as_literal().and_then(Type::of) {
            Some(given) if !takes.has(given) => wrong(&format!("{takes}, not {}", given.name())),
            _ => Ok(()),
        },
        _ => Ok(()),
    }
}

/// A pattern must be written out, so that it can be compiled once and checked now.
fn pattern(of: &str, arg: &Arg, source: Source) -> Result<(), Fault> {
    let Some(text) = literal_text(arg) else {
        if matches!(arg.expr(), Some(Expr { node: Node::Variable(_), .. })) {
            return Ok(());
        }
        return Err(source.wrong_argument(of, "pattern", &format!("a {TEXT} in quotes"), arg.span));
    };
    match Pattern::compile(text, &PatternOptions { strict: source.strict, ..PatternOptions::default() }) {
        Ok(_) => Ok(()),
        Err(fault) => Err(source.bad_pattern(&fault, arg.span)),
    }
}

/// Checks what depends on the command an expression stands in.
pub(crate) fn command(command: &Command, source: Source) -> Result<(), Fault> {
    if command.kind == CommandKind::Parse
        && let Some(arg) = command.items().get(1)
    {
        pattern("parse", arg, source)?;
    }
    if command.kind.aggregates() || command.kind == CommandKind::Window {
        return over_records(command, source);
    }
    if matches!(command.kind, CommandKind::Filter | CommandKind::FilterOut | CommandKind::Search) {
        conditions(command, source)?;
    }
    let search = command.kind == CommandKind::Search;
    each_expr(&command.args, &mut |expr| {
        if search { term(expr, source) } else { expression(expr, Over::Nothing, source) }
    })
}

/// In a search texts stand between `and` and `or` too.
fn term(expr: &Expr, source: Source) -> Result<(), Fault> {
    match &expr.node {
        Node::Binary(Binary::And | Binary::Or | Binary::Xor, left, right) => {
            term(left, source)?;
            term(right, source)
        }
        Node::Unary(Unary::Not, operand) => term(operand, source),
        _ => {
            terms::term(expr, source)?;
            expression(expr, Over::Nothing, source)
        }
    }
}

/// A condition makes no field: `a = 1` is a slip for `a == 1`, which would keep nothing without a word.
fn conditions(command: &Command, source: Source) -> Result<(), Fault> {
    match command.args.iter().find(|arg| arg.alias.is_some()) {
        Some(arg) => Err(source.wrong_place("a condition sets no field", "compare with `==`", arg.span)),
        None => Ok(()),
    }
}

/// Which functions over many records may stand in an expression.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Over {
    Nothing,
    /// Aggregations that give one value.
    Groups,
    /// Aggregations that give a value for each slot of time.
    Slots,
    /// Aggregations of stored metrics.
    Metrics,
    /// Functions of the command `window`.
    Neighbours,
}

/// Every result of an aggregating command is made of aggregations, and of `window` of window functions; what groups is not.
fn over_records(command: &Command, source: Source) -> Result<(), Fault> {
    let over = match command.kind {
        CommandKind::MakeTimeseries => Over::Slots,
        CommandKind::Timeseries => Over::Metrics,
        CommandKind::Window => Over::Neighbours,
        _ => Over::Groups,
    };
    for arg in command.items().into_iter().chain(command.list("aggregations")) {
        let Some(expr) = arg.expr() else { continue };
        expression(expr, over, source)?;
        let found = match over {
            Over::Neighbours => expr.has_window(),
            // A series is one aggregation; it is computed with afterwards, element by element.
            Over::Slots => matches!(&expr.node, Node::Call(call) if call.function.is_aggregate()),
            _ => expr.has_aggregate(),
        };
        if !found && expr.as_literal().is_none() && !matches!(expr.node, Node::Variable(_)) {
            let (what, hint) = match over {
                Over::Neighbours => {
                    ("this looks at no neighbour", "add it with fieldsAdd, or use rowNumber(), lag(...) or their like")
                }
                Over::Slots if expr.has_aggregate() => {
                    ("a series is one aggregation", "compute with the series behind it: `fieldsAdd x = a[] / b[]`")
                }
                _ => (
                    "this is no aggregation",
                    "wrap it in takeAny(...) or collectArray(...), or group by it with `by: {...}`",
                ),
            };
            return Err(source.wrong_place(what, hint, arg.span));
        }
    }
    let mut named = command.args.iter().filter(|arg| arg.name.as_deref().is_some_and(|name| name != "aggregations"));
    named.try_for_each(|arg| each_expr(std::slice::from_ref(arg), &mut |expr| expression(expr, Over::Nothing, source)))
}

fn each_expr(args: &[Arg], check: &mut dyn FnMut(&Expr) -> Result<(), Fault>) -> Result<(), Fault> {
    for arg in args.iter().flat_map(Arg::items) {
        if let Some(expr) = arg.expr() {
            check(expr)?;
        }
    }
    Ok(())
}

/// Refuses a function over many records where it may not stand, one inside another, operators that never work, and an index of
/// nothing.
pub(crate) fn expression(expr: &Expr, over: Over, source: Source) -> Result<(), Fault> {
    let mut index = None;
    let mut iterates = false;
    expr.walk(&mut |part| match &part.node {
        Node::Each(_) | Node::Variable(_) => iterates = true,
        Node::Call(call) if matches!(call.function.row, Row::Special(Special::Index)) => index = Some(part.span),
        _ => {}
    });
    match index {
        Some(span) if !iterates => Err(source.wrong_place(
            "`iIndex` is the place in an array, and nothing goes through one here",
            "use it beside `array[]`, as in `iCollectArray(array[] * iIndex())`",
            span,
        )),
        _ => part(expr, over, source),
    }
}

fn part(expr: &Expr, over: Over, source: Source) -> Result<(), Fault> {
    let mut inner = over;
    if let Node::Call(call) = &expr.node
        && (call.function.is_aggregate() || call.function.is_window())
    {
        if !stands(call.function, over) {
            return Err(misplaced(call.function, over, expr, source));
        }
        settings::series(call, over, source)?;
        inner = Over::Nothing;
    }
    let mut result = Ok(());
    expr.each_child(&mut |child| {
        if result.is_ok() {
            result = part(child, inner, source);
        }
    });
    result?;
    operators::check(expr, source)
}

/// Aggregations that `makeTimeseries` has no series of.
const GROUPS_ONLY: [&str; 11] = [
    "collectArray",
    "collectDistinct",
    "correlation",
    "percentiles",
    "stddev",
    "takeAny",
    "takeFirst",
    "takeLast",
    "takeMax",
    "takeMin",
    "variance",
];

fn stands(function: &Function, over: Over) -> bool {
    match over {
        Over::Nothing => false,
        Over::Neighbours => function.is_window(),
        Over::Groups => function.is_aggregate() && !matches!(function.name, "start" | "end"),
        Over::Slots | Over::Metrics => function.is_aggregate() && !GROUPS_ONLY.contains(&function.name),
    }
}

fn misplaced(function: &Function, over: Over, expr: &Expr, source: Source) -> Fault {
    let name = function.name;
    let (what, hint) = match (function.is_window(), over) {
        (true, _) => (
            format!("`{name}` looks at neighbouring records, which is not possible here"),
            "use it in the command window, then use the result",
        ),
        (false, Over::Slots | Over::Metrics) => {
            (format!("`{name}` makes no series"), "aggregate groups with summarize, or make the series of a number")
        }
        (false, Over::Groups) => (format!("`{name}` belongs to the slots of a series"), "use it in makeTimeseries"),
        (false, _) => (
            format!("`{name}` aggregates records, which is not possible here"),
            "aggregate in summarize or makeTimeseries, then use the result",
        ),
    };
    source.wrong_place(&what, hint, expr.span)
}
