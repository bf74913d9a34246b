//! The one table of functions: what each takes, gives and says, and how it works on a row.
//!
//! A function is one [`Function`] in the file of its family; the family's list is part of [`FAMILIES`]. Completion, the reference
//! and the tests of the examples are made from the table.

mod args;
pub(crate) mod bind;

mod aggregate;
mod analysis;
mod array;
mod bitwise;
mod boolean;
mod cast;
mod conditional;
mod conversion;
mod create;
mod element;
mod elsewhere;
mod general;
mod hash;
mod iterative;
mod math;
mod network;
mod regex;
pub(crate) mod series;
mod string;
mod time_functions;
mod window;

#[cfg(test)]
mod tests;

/// Decoders of the language, for readers that meet the same codes.
pub use string::{from_base16, from_base64, from_url};

use std::collections::HashMap;
use std::sync::OnceLock;

use weir_event::Value;

use crate::types::{BOOL, Types};

pub(crate) use args::number;
pub use args::{Args, Env};
pub use bind::{Bound, BoundArg, bind};

/// One function of the language.
pub struct Function {
    pub name: &'static str,
    pub takes: &'static [Param],
    /// The types of the result, which may also be null.
    pub gives: Types,
    /// One sentence. Null in gives null out unless it says otherwise.
    pub says: &'static str,
    /// Expressions and the text forms of their results, run by the tests.
    pub examples: &'static [(&'static str, &'static str)],
    pub row: Row,
}

/// How a function works on one row.
#[derive(Clone, Copy)]
pub enum Row {
    /// From the values of its arguments, in the order of the parameters; `None` is null.
    Plain(for<'r> fn(&mut Args<'_, 'r>) -> Option<Value<'r>>),
    /// The evaluator knows it: not all arguments are evaluated, or not as they stand.
    Special(Special),
    /// Over many rows: the query engine runs it.
    Aggregate,
    /// Over the neighbours of a row: the query engine runs it in the command `window`.
    Window,
    /// Over a table of the store, or not supported: the query engine answers it.
    Elsewhere,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Special {
    If,
    Coalesce,
    Exists,
    Record,
    In,
    Now,
    Collect(Collect),
    Index,
    Pattern(PatternUse),
    Regex(RegexUse),
}

/// What becomes of the elements of an iterative expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Collect {
    Array,
    Any,
    Average,
    Least,
    Greatest,
    Sum,
}

/// What a function does with a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatternUse {
    Parse,
    ParseAll,
    Matches,
    Replace,
    Split,
}

/// What a function does with a regular expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegexUse {
    /// Matches the whole text.
    Matches,
    Contains,
    Extract,
    ExtractAll,
    Replace,
    Split,
}

/// One parameter.
#[derive(Debug)]
pub struct Param {
    pub name: &'static str,
    pub takes: Types,
    pub kind: ParamKind,
}

#[derive(Debug)]
pub enum ParamKind {
    /// By place or by name.
    Required,
    /// Only by name; the value that stands for a missing one.
    Optional(Fallback),
    /// Any number by place, at least as many as said; always the last.
    Many(usize),
}

#[derive(Clone, Copy, Debug)]
pub enum Fallback {
    Null,
    Bool(bool),
    Long(i64),
    Text(&'static str),
}

/// Families of weir's own.
const EXTENSIONS: [&[Function]; 2] = [regex::FUNCTIONS, window::FUNCTIONS];

/// The functions of one kind.
pub struct Family {
    pub name: &'static str,
    pub functions: &'static [Function],
}

/// All families in the order of the reference.
pub const FAMILIES: &[Family] = &[
    Family { name: "string search", functions: string::SEARCH },
    Family { name: "string parts", functions: string::CUT },
    Family { name: "string changes", functions: string::CHANGE },
    Family { name: "string encodings", functions: string::CODES },
    Family { name: "boolean", functions: boolean::FUNCTIONS },
    Family { name: "conditional", functions: conditional::FUNCTIONS },
    Family { name: "conversion", functions: conversion::FUNCTIONS },
    Family { name: "cast", functions: cast::FUNCTIONS },
    Family { name: "create", functions: create::FUNCTIONS },
    Family { name: "time", functions: time_functions::FUNCTIONS },
    Family { name: "array", functions: array::FUNCTIONS },
    Family { name: "iterative", functions: iterative::FUNCTIONS },
    Family { name: "element access", functions: element::FUNCTIONS },
    Family { name: "network", functions: network::FUNCTIONS },
    Family { name: "cryptographic", functions: hash::FUNCTIONS },
    Family { name: "bitwise", functions: bitwise::FUNCTIONS },
    Family { name: "mathematical", functions: math::FUNCTIONS },
    Family { name: "constant", functions: math::CONSTANTS },
    Family { name: "aggregation", functions: aggregate::FUNCTIONS },
    Family { name: "general", functions: general::FUNCTIONS },
    Family { name: "entities", functions: elsewhere::ENTITIES },
    Family { name: "smartscape", functions: elsewhere::SMARTSCAPE },
    Family { name: "analysis", functions: analysis::FUNCTIONS },
    Family { name: "regular expressions", functions: regex::FUNCTIONS },
    Family { name: "window", functions: window::FUNCTIONS },
];

pub fn all() -> impl Iterator<Item = &'static Function> {
    FAMILIES.iter().flat_map(|family| family.functions)
}

/// The function of that name, in any case.
pub fn find(name: &str) -> Option<&'static Function> {
    static BY_NAME: OnceLock<HashMap<String, &'static Function>> = OnceLock::new();
    let by_name =
        BY_NAME.get_or_init(|| all().map(|function| (function.name.to_ascii_lowercase(), function)).collect());
    if name.len() > 64 {
        return None;
    }
    by_name.get(&name.to_ascii_lowercase()).copied()
}

impl Function {
    pub fn is_aggregate(&self) -> bool {
        matches!(self.row, Row::Aggregate)
    }

    pub fn is_window(&self) -> bool {
        matches!(self.row, Row::Window)
    }

    /// One of weir's own functions, which strict mode refuses.
    pub fn is_extension(&self) -> bool {
        EXTENSIONS.iter().any(|functions| functions.contains(self))
    }

    /// Always null, because weir keeps nothing that it could answer from.
    pub fn is_always_null(&self) -> bool {
        [elsewhere::ENTITIES, elsewhere::SMARTSCAPE].iter().any(|functions| functions.contains(self))
    }

    /// Evaluates an iterative argument itself and gives one value.
    pub fn collects(&self) -> bool {
        matches!(self.row, Row::Special(Special::Collect(_)))
    }

    pub fn param(&self, name: &str) -> Option<usize> {
        self.takes.iter().position(|param| param.name.eq_ignore_ascii_case(name))
    }
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl std::fmt::Debug for Function {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl Fallback {
    pub fn value(self) -> Value<'static> {
        match self {
            Fallback::Null => Value::Null,
            Fallback::Bool(value) => Value::Bool(value),
            Fallback::Long(value) => Value::Long(value),
            Fallback::Text(value) => Value::text(value),
        }
    }
}

/// A parameter that must be given.
const fn arg(name: &'static str, takes: Types) -> Param {
    Param { name, takes, kind: ParamKind::Required }
}

/// A parameter that may be named.
const fn opt(name: &'static str, takes: Types, fallback: Fallback) -> Param {
    Param { name, takes, kind: ParamKind::Optional(fallback) }
}

/// A boolean parameter that may be named.
const fn flag(name: &'static str, fallback: bool) -> Param {
    opt(name, BOOL, Fallback::Bool(fallback))
}

/// The rest of the arguments, one or more.
const fn many(name: &'static str, takes: Types) -> Param {
    Param { name, takes, kind: ParamKind::Many(1) }
}
