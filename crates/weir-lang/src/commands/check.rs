//! Whether the arguments of a command are what it takes, as far as the text alone tells.

use weir_event::{Fault, nearest};

use super::{CommandSpec, Takes, Wants, special};
use crate::ast::{Arg, ArgValue, Command, Expr, Node};
use crate::fault::Source;

/// Checks a command whose arguments have been put in place by [`arrange`].
pub(crate) fn check(command: &Command, source: Source) -> Result<(), Fault> {
    let spec = command.kind.spec();
    names(command, spec, source)?;
    items(command, spec, source)?;
    special::check(command, source)
}

/// Gives parameters their usual spelling, and those with a place of their own go there.
pub(crate) fn arrange(command: &mut Command) {
    let spec = command.kind.spec();
    for arg in &mut command.args {
        if let Some(param) = arg.name.as_deref().and_then(|name| spec.param(name)) {
            arg.name = Some(param.name.to_owned());
            if !param.wants.is_list() {
                unbraced(arg);
            }
        }
    }
    for (index, place) in spec.places().iter().enumerate() {
        let named = |arg: &Arg| arg.name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(place));
        let Some(at) = command.args.iter().position(named) else { continue };
        let mut arg = command.args.remove(at);
        arg.name = None;
        let mut unnamed = command.args.iter().enumerate().filter(|(_, arg)| arg.name.is_none());
        let to = unnamed.nth(index).map_or(command.args.len(), |(at, _)| at);
        command.args.insert(to, arg);
    }
}

/// Braces only group: one value in them is that value.
fn unbraced(arg: &mut Arg) {
    if let ArgValue::Group(items) = &mut arg.value
        && let [Arg { name: None, alias: None, value: ArgValue::Expr(expr), order: None, .. }] = items.as_mut_slice()
    {
        arg.value = ArgValue::Expr(expr.clone());
    }
}

fn names(command: &Command, spec: &CommandSpec, source: Source) -> Result<(), Fault> {
    for (index, arg) in command.args.iter().enumerate() {
        let Some(name) = &arg.name else {
            nested(arg, spec.takes == Takes::Sorts, spec, source)?;
            continue;
        };
        let Some(param) = spec.param(name) else {
            if spec.places().iter().any(|place| place.eq_ignore_ascii_case(name)) {
                return Err(source.given_twice(name, arg.span));
            }
            return Err(source.unknown_parameter(name, spec.name, nearest(name, spec.names()), arg.span));
        };
        let again = command.args[..index].iter().any(|other| other.name == arg.name);
        if again && spec.takes != Takes::Sorts {
            return Err(source.given_twice(name, arg.span));
        }
        if let Some(wants) = param.wants.violated(arg) {
            return Err(source.wrong_argument(spec.name, name, &wants, arg.span));
        }
        nested(arg, param.wants == Wants::Sorts, spec, source)?;
        order(arg, param.wants == Wants::Sorts, source)?;
    }
    Ok(())
}

/// Within braces only sort keys have a parameter of their own.
fn nested(arg: &Arg, sorts: bool, spec: &CommandSpec, source: Source) -> Result<(), Fault> {
    let ArgValue::Group(args) = &arg.value else { return Ok(()) };
    for arg in args {
        match &arg.name {
            Some(name) if sorts && name.eq_ignore_ascii_case("direction") => {
                if let Some(wants) = super::table::DIRECTION.violated(arg) {
                    return Err(source.wrong_argument(spec.name, name, &wants, arg.span));
                }
            }
            Some(name) => {
                let near = nearest(name, sorts.then_some("direction"));
                return Err(source.unknown_parameter(name, "a group in braces", near, arg.span));
            }
            None => nested(arg, sorts, spec, source)?,
        }
    }
    Ok(())
}

/// `asc` and `desc` belong to sort keys.
fn order(arg: &Arg, sorts: bool, source: Source) -> Result<(), Fault> {
    match arg.items().into_iter().find(|item| item.order.is_some()) {
        Some(item) if !sorts => Err(source.wrong_place(
            "`asc` and `desc` stand behind what is sorted by",
            "order the records with `sort`",
            item.span,
        )),
        _ => Ok(()),
    }
}

fn items(command: &Command, spec: &CommandSpec, source: Source) -> Result<(), Fault> {
    let items = command.items();
    for arg in &items {
        if let Some(wants) = unwanted(spec.takes, arg) {
            return Err(source.wrong_argument(spec.name, "argument", wants, arg.span));
        }
        order(arg, spec.takes == Takes::Sorts, source)?;
    }
    if items.len() < spec.least {
        let what = match (spec.takes, spec.places().get(items.len())) {
            (Takes::Block | Takes::NamedBlock, _) => "a sub-query",
            (Takes::Patterns | Takes::Renames, _) => "a field",
            (_, Some(&"pattern")) => "a pattern",
            _ => "an expression",
        };
        return Err(source.missing_parameter(what, spec.name, command.span));
    }
    let most = match spec.takes {
        Takes::Exactly(names) => names.len(),
        Takes::Block | Takes::NamedBlock => 1,
        _ => usize::MAX,
    };
    match items.get(most) {
        Some(arg) => Err(source.too_many(spec.name, spec.params.first().map(|param| param.name), arg.span)),
        None => Ok(()),
    }
}

/// What stands for an argument that the command does not take.
fn unwanted(takes: Takes, arg: &Arg) -> Option<&'static str> {
    let block = arg.block().is_some();
    let aliased = arg.alias.is_some();
    match takes {
        Takes::Block | Takes::NamedBlock if !block => Some("a sub-query in brackets"),
        Takes::Block if aliased => Some("a sub-query without a name"),
        Takes::NamedBlock if !aliased => Some("a name: `name = [query]`"),
        Takes::Renames if !aliased || arg.expr().and_then(Expr::as_field).is_none() => {
            Some("`new = old` with the names of two fields")
        }
        Takes::Block | Takes::NamedBlock | Takes::Renames => None,
        _ if block => Some("an expression, not a sub-query"),
        Takes::Records if !is_record(arg) => Some("`record(...)`"),
        Takes::Expressions | Takes::Sorts | Takes::Patterns | Takes::Records if aliased => {
            Some("an expression without a name")
        }
        _ => None,
    }
}

fn is_record(arg: &Arg) -> bool {
    match arg.expr().map(|expr| &expr.node) {
        Some(Node::Call(call)) => call.function.name == "record",
        Some(Node::Variable(_)) => true,
        _ => false,
    }
}
