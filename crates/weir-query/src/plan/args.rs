//! What the arguments of a command mean.

use weir_event::{Fault, Value};
use weir_lang::ast::{Arg, ArgValue, Command, Expr, Node, Order, Query};

use super::Planner;
use crate::expr::constant;
use crate::fault;

/// An expression and the name of the column it becomes.
#[derive(Clone, Debug)]
pub struct Named {
    pub name: String,
    pub expr: Expr,
}

/// `fault` at the place of an argument.
pub fn bad(command: &Command, says: impl Into<String>) -> Fault {
    fault::argument(command.kind.name(), says)
}

/// All positional arguments, braces opened.
pub fn items(command: &Command) -> Vec<&Arg> {
    command.items()
}

/// The items of the argument `name: {...}`; none when it is absent.
pub fn param_items<'c>(command: &'c Command, name: &str) -> Vec<&'c Arg> {
    command.list(name)
}

/// An argument as a named expression: its alias, else its normalised source text.
pub fn named(command: &Command, arg: &Arg) -> Result<Named, Fault> {
    let expr = arg.expr().ok_or_else(|| bad(command, "an expression is expected here"))?;
    Ok(Named { name: arg.result_name().to_owned(), expr: expr.clone() })
}

/// All of `args` as named expressions.
pub fn all_named(command: &Command, args: &[&Arg]) -> Result<Vec<Named>, Fault> {
    args.iter().map(|arg| named(command, arg)).collect()
}

/// A name or pattern: a field, or a text with `*`.
pub fn name_of(arg: &Arg) -> Option<String> {
    match &arg.expr()?.node {
        Node::Field(name) => Some(name.clone()),
        Node::Literal(Value::Text(text)) => Some(text.to_string()),
        _ => None,
    }
}

/// The names and patterns of a list of arguments.
pub fn names(command: &Command, args: &[&Arg]) -> Result<Vec<String>, Fault> {
    args.iter().map(|arg| name_of(arg).ok_or_else(|| bad(command, "a field name is expected here"))).collect()
}

/// The sub-query of a command, which may carry an alias.
pub fn block(command: &Command) -> Result<(&Query, Option<&str>), Fault> {
    command
        .args
        .iter()
        .find_map(|arg| match &arg.value {
            ArgValue::Block(query) if arg.name.is_none() => Some((query, arg.alias.as_deref())),
            _ => None,
        })
        .ok_or_else(|| bad(command, format!("`{}` needs a sub-query in brackets", command.kind.name())))
}

/// A sort key.
#[derive(Clone, Debug)]
pub struct SortKey {
    pub expr: Expr,
    pub descending: bool,
}

/// Sort keys: `a desc, b`, `{a, direction:"descending"}`, `a, direction:"descending"`.
pub fn sort_keys(command: &Command, args: &[&Arg]) -> Result<Vec<SortKey>, Fault> {
    let mut keys: Vec<SortKey> = Vec::new();
    for arg in args {
        if arg.name.as_deref() == Some("direction") {
            let descending = direction(command, arg)?;
            if let Some(last) = keys.last_mut() {
                last.descending = descending;
            }
            continue;
        }
        match &arg.value {
            ArgValue::Group(inner) => keys.extend(sort_keys(command, &inner.iter().collect::<Vec<_>>())?),
            ArgValue::Expr(expr) => {
                keys.push(SortKey { expr: expr.clone(), descending: arg.order == Some(Order::Descending) });
            }
            ArgValue::Block(_) => return Err(bad(command, "a sort key is an expression")),
        }
    }
    Ok(keys)
}

fn direction(command: &Command, arg: &Arg) -> Result<bool, Fault> {
    match name_of(arg).map(|text| text.to_ascii_lowercase()).as_deref() {
        Some("descending" | "desc") => Ok(true),
        Some("ascending" | "asc") => Ok(false),
        _ => Err(bad(command, "`direction:` is \"ascending\" or \"descending\"")),
    }
}

impl Planner {
    /// The value of a named argument; `None` when it is absent.
    pub fn param_value(&self, command: &Command, name: &str) -> Result<Option<Value<'static>>, Fault> {
        let Some(arg) = command.named(name) else { return Ok(None) };
        let expr = arg.expr().ok_or_else(|| bad(command, format!("`{name}:` takes one value")))?;
        constant(expr, &self.moment).map(Some)
    }

    pub fn param_text(&self, command: &Command, name: &str) -> Result<Option<String>, Fault> {
        match self.param_value(command, name)? {
            None => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text.into_owned())),
            Some(other) => Err(bad(command, format!("`{name}:` is a string, not a {}", other.type_name()))),
        }
    }

    pub fn param_long(&self, command: &Command, name: &str) -> Result<Option<i64>, Fault> {
        match self.param_value(command, name)? {
            None => Ok(None),
            Some(Value::Long(number)) => Ok(Some(number)),
            Some(other) => Err(bad(command, format!("`{name}:` is a whole number, not a {}", other.type_name()))),
        }
    }

    pub fn param_flag(&self, command: &Command, name: &str) -> Result<bool, Fault> {
        match self.param_value(command, name)? {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(flag),
            Some(other) => Err(bad(command, format!("`{name}:` is true or false, not a {}", other.type_name()))),
        }
    }
}
