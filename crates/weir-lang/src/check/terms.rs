//! Texts with wildcards that are looked for. One that is written out and can never be found is refused.

use weir_event::{Fault, Value};

use crate::ast::{Arg, Binary, Expr, Node};
use crate::fault::Source;
use crate::functions::Function;
use crate::functions::bind::{Bound, BoundArg};
use crate::text::{Case, PHRASE_BYTES_MAX, Phrase, WILDCARDS_MAX};

/// Phrases and patterns among the arguments of a call.
pub(super) fn call(function: &Function, bound: &Bound, source: Source) -> Result<(), Fault> {
    let name = match function.name {
        "matchesPhrase" => "phrase",
        "matchesValue" => "value",
        _ => return Ok(()),
    };
    let wildcard = match bound.get("wildcard").map(literal) {
        None => Some('*'),
        Some(text) => text.and_then(|text| text.chars().next()),
    };
    let (Some(wildcard), Some(index)) = (wildcard, function.param(name)) else { return Ok(()) };
    let args: &[&Arg] = match &bound.args()[index] {
        BoundArg::Missing => &[],
        BoundArg::One(arg) => &[arg],
        BoundArg::Many(args) => args,
    };
    let fits = |text: &str| match name {
        "phrase" => Phrase::new(text, wildcard, Case::Sensitive).is_some(),
        _ => text.matches(wildcard).take(WILDCARDS_MAX + 1).count() <= WILDCARDS_MAX,
    };
    match args.iter().find(|arg| literal(arg).is_some_and(|text| !fits(text))) {
        Some(arg) => Err(source.wrong_argument(function.name, name, &wants(name), arg.span)),
        None => Ok(()),
    }
}

/// What stands behind `~`, and the texts of a search.
pub(super) fn term(expr: &Expr, source: Source) -> Result<(), Fault> {
    let Node::Binary(Binary::Search, _, right) = &expr.node else { return text(expr, source) };
    if source.strict && !matches!(right.node, Node::Literal(_) | Node::Variable(_)) {
        return Err(source.extension("a computed text behind `~`", "write the text out", right.span));
    }
    text(right, source)
}

fn text(expr: &Expr, source: Source) -> Result<(), Fault> {
    match expr.as_literal().and_then(Value::as_str) {
        Some(text) if Phrase::new(text, '*', Case::Insensitive).is_none() => {
            Err(source.wrong_argument("a search", "term", &wants("phrase"), expr.span))
        }
        _ => Ok(()),
    }
}

fn wants(name: &str) -> String {
    match name {
        "phrase" => {
            format!("at most {WILDCARDS_MAX} wildcards, none next to another, and {PHRASE_BYTES_MAX} bytes")
        }
        _ => format!("at most {WILDCARDS_MAX} wildcards"),
    }
}

fn literal(arg: &Arg) -> Option<&str> {
    arg.expr()?.as_literal()?.as_str()
}
