//! Which argument belongs to which parameter.

use super::{Function, ParamKind};
use crate::ast::Arg;

/// The arguments of a call in the order of the function's parameters.
#[derive(Debug)]
pub struct Bound<'e> {
    function: &'static Function,
    args: Vec<BoundArg<'e>>,
}

#[derive(Debug)]
pub enum BoundArg<'e> {
    Missing,
    One(&'e Arg),
    /// What a variadic parameter takes, or the members of a group in braces.
    Many(Vec<&'e Arg>),
}

/// Why arguments do not fit.
#[derive(Debug)]
pub(crate) enum Misfit<'e> {
    Unknown(&'e Arg),
    Twice(&'e Arg),
    TooMany(&'e Arg),
    Missing(&'static str),
}

/// Sorts the arguments of a call that the parser accepted. `None` for a call made by hand that does not fit.
pub fn bind<'e>(function: &'static Function, args: &'e [Arg]) -> Option<Bound<'e>> {
    try_bind(function, args).ok()
}

pub(crate) fn try_bind<'e>(function: &'static Function, args: &'e [Arg]) -> Result<Bound<'e>, Misfit<'e>> {
    let mut bound: Vec<BoundArg> = function.takes.iter().map(|_| BoundArg::Missing).collect();
    for arg in args {
        let Some(name) = &arg.name else { continue };
        let index = function.param(name).ok_or(Misfit::Unknown(arg))?;
        if !matches!(bound[index], BoundArg::Missing) {
            return Err(Misfit::Twice(arg));
        }
        bound[index] = one(arg, &function.takes[index].kind);
    }
    for arg in args.iter().filter(|arg| arg.name.is_none()) {
        let free = function.takes.iter().enumerate().position(|(index, param)| match param.kind {
            ParamKind::Required => matches!(bound[index], BoundArg::Missing),
            ParamKind::Many(_) => true,
            ParamKind::Optional(_) => false,
        });
        let index = free.ok_or(Misfit::TooMany(arg))?;
        let kind = &function.takes[index].kind;
        match (kind, &mut bound[index]) {
            (ParamKind::Many(_), BoundArg::Many(list)) => list.extend(arg.items()),
            (_, free) => *free = one(arg, kind),
        }
    }
    for (param, bound) in function.takes.iter().zip(&bound) {
        let missing = match (&param.kind, bound) {
            (ParamKind::Required, BoundArg::Missing) => true,
            (ParamKind::Many(least), BoundArg::Missing) => *least > 0,
            (ParamKind::Many(least), BoundArg::Many(list)) => list.len() < *least,
            _ => false,
        };
        if missing {
            return Err(Misfit::Missing(param.name));
        }
    }
    Ok(Bound { function, args: bound })
}

fn one<'e>(arg: &'e Arg, kind: &ParamKind) -> BoundArg<'e> {
    let items = arg.items();
    match (kind, items.as_slice()) {
        (ParamKind::Many(_), _) => BoundArg::Many(items),
        (_, [item]) => BoundArg::One(item),
        _ => BoundArg::Many(items),
    }
}

impl<'e> Bound<'e> {
    /// In the order of the parameters.
    pub fn args(&self) -> &[BoundArg<'e>] {
        &self.args
    }

    /// The argument of a parameter, unless it is missing or a list.
    pub fn get(&self, name: &str) -> Option<&'e Arg> {
        match self.args.get(self.function.param(name)?)? {
            BoundArg::One(arg) => Some(arg),
            _ => None,
        }
    }

    /// What a parameter lists; one element for a single argument.
    pub fn list(&self, name: &str) -> Vec<&'e Arg> {
        match self.function.param(name).and_then(|index| self.args.get(index)) {
            Some(BoundArg::One(arg)) => vec![arg],
            Some(BoundArg::Many(args)) => args.clone(),
            _ => Vec::new(),
        }
    }
}
