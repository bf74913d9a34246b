//! What can be said about calls and commands from their text: arguments, places of aggregations, types of literals, patterns.

use weir_event::{Fault, nearest};

use crate::ast::{Arg, ArgValue, Command, Expr, Node};
use crate::commands::CommandKind;
use crate::dpl::{Pattern, PatternOptions};
use crate::fault::Source;
use crate::functions::bind::{BoundArg, Misfit, try_bind};
use crate::functions::{Function, ParamKind, Row, Special};
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
        Misfit::TooMany(arg) => source.too_many(function.name, first_optional(function), arg.span),
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
        }
    }
    if let (Row::Special(Special::Pattern(_)), Some(arg)) = (function.row, bound.get("pattern")) {
        pattern(arg, source)?;
    }
    Ok(())
}

fn first_optional(function: &Function) -> Option<&'static str> {
    let optional = function.takes.iter().find(|param| matches!(param.kind, ParamKind::Optional(_)));
    optional.map(|param| param.name)
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
fn pattern(arg: &Arg, source: Source) -> Result<(), Fault> {
    let Some(text) = arg.expr().and_then(|expr| expr.as_literal()).and_then(|value| value.as_str()) else {
        return Err(source.wrong_argument("the function", "pattern", &format!("a {TEXT} in quotes"), arg.span));
    };
    match Pattern::compile(text, &PatternOptions::default()) {
        Ok(_) => Ok(()),
        Err(fault) => Err(source.bad_pattern(&fault, arg.span)),
    }
}

/// Checks what depends on the command an expression stands in.
pub(crate) fn command(command: &Command, source: Source) -> Result<(), Fault> {
    if command.kind == CommandKind::Parse {
        let given = command.named("pattern").or_else(|| {
            let index = usize::from(command.named("expression").is_none());
            command.items().get(index).copied()
        });
        if let Some(arg) = given {
            pattern(arg, source)?;
        }
    }
    if command.kind.aggregates() {
        return aggregates(command, source);
    }
    if matches!(command.kind, CommandKind::Filter | CommandKind::FilterOut | CommandKind::Search) {
        conditions(command, source)?;
    }
    each_expr(&command.args, &mut |expr| expression(expr, false, source))
}

/// A condition makes no field: `a = 1` is a slip for `a == 1`, which would keep nothing without a word.
fn conditions(command: &Command, source: Source) -> Result<(), Fault> {
    match command.args.iter().find(|arg| arg.alias.is_some()) {
        Some(arg) => Err(source.wrong_place("a condition sets no field", "compare with `==`", arg.span)),
        None => Ok(()),
    }
}

/// Every result of an aggregating command is made of aggregations; what groups is not.
fn aggregates(command: &Command, source: Source) -> Result<(), Fault> {
    for arg in command.items() {
        let Some(expr) = arg.expr() else { continue };
        expression(expr, true, source)?;
        if !expr.has_aggregate() && expr.as_literal().is_none() {
            return Err(source.wrong_place(
                "this is no aggregation",
                "wrap it in takeAny(...) or collectArray(...), or group by it with `by: {...}`",
                arg.span,
            ));
        }
    }
    let named: Vec<&Arg> = command.args.iter().filter(|arg| arg.name.is_some()).collect();
    named.iter().try_for_each(|arg| each_expr(std::slice::from_ref(*arg), &mut |expr| expression(expr, false, source)))
}

fn each_expr(args: &[Arg], check: &mut dyn FnMut(&Expr) -> Result<(), Fault>) -> Result<(), Fault> {
    for arg in args.iter().flat_map(Arg::items) {
        if let Some(expr) = arg.expr() {
            check(expr)?;
        }
    }
    Ok(())
}

/// Refuses an aggregation where none may stand, and one inside another.
pub(crate) fn expression(expr: &Expr, aggregates: bool, source: Source) -> Result<(), Fault> {
    let mut inner = aggregates;
    if let Node::Call(call) = &expr.node
        && call.function.is_aggregate()
    {
        if !aggregates {
            return Err(source.wrong_place(
                &format!("`{}` aggregates records, which is not possible here", call.function.name),
                "aggregate in summarize or makeTimeseries, then use the result",
                expr.span,
            ));
        }
        inner = false;
    }
    let mut result = Ok(());
    expr.each_child(&mut |child| {
        if result.is_ok() {
            result = expression(child, inner, source);
        }
    });
    result
}
