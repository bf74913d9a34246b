//! What named parameters take.

use weir_event::Value;

use crate::ast::{Arg, Binary, Expr, Node};
use crate::static_type::static_type;
use crate::types::{ARRAY, BOOL, DURATION, LONG, NUMBER, TEXT, TIMEFRAME, TIMESTAMP, Type, Types};

/// The value of a named parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wants {
    Any,
    /// A text that is written out.
    Text,
    /// `true` or `false`.
    Bool,
    Number,
    /// A whole number within bounds, both included.
    Whole(i64, i64),
    /// A condition on each record.
    Condition,
    /// A length of time.
    Length,
    /// A point in time; a length counts from now.
    Moment,
    Frame,
    /// Texts or equalities, several in braces.
    Lists,
    /// Fields, several in braces.
    Fields,
    /// Field names, also with `*`.
    Patterns,
    Sorts,
    /// One of these words, with or without quotes.
    OneOf(&'static [&'static str]),
}

impl Wants {
    /// What the parameter wants, if the argument is something else.
    pub(super) fn violated(self, arg: &Arg) -> Option<String> {
        let ok = match (self, arg.expr()) {
            (Wants::Any, _) => true,
            (wants, _) if wants.is_list() => arg.block().is_none(),
            (_, None) => false,
            (_, Some(Expr { node: Node::Variable(_), .. })) => true,
            (Wants::OneOf(words), Some(expr)) => is_one_of(words, expr),
            (Wants::Whole(least, most), Some(expr)) => {
                matches!(expr.as_literal(), Some(Value::Long(number)) if (least..=most).contains(number))
            }
            (Wants::Text | Wants::Bool | Wants::Number, Some(expr)) => {
                expr.as_literal().and_then(Type::of).is_some_and(|ty| self.types().has(ty))
            }
            (Wants::Moment, Some(expr)) if is_date(expr) => false,
            (_, Some(expr)) => static_type(expr, &|_| None).is_none_or(|ty| self.types().has(ty)),
        };
        (!ok).then(|| self.to_string())
    }

    /// True for parameters that take several values in braces.
    pub(super) fn is_list(self) -> bool {
        matches!(self, Wants::Lists | Wants::Fields | Wants::Patterns | Wants::Sorts)
    }

    fn types(self) -> Types {
        match self {
            Wants::Text => TEXT,
            Wants::Bool | Wants::Condition => BOOL,
            Wants::Number => NUMBER,
            Wants::Length => DURATION,
            Wants::Moment => TIMESTAMP.or(DURATION).or(TEXT).or(LONG),
            Wants::Frame => TIMEFRAME.or(TEXT),
            _ => ARRAY,
        }
    }
}

/// `2024-01-31` without quotes is a subtraction.
fn is_date(expr: &Expr) -> bool {
    match &expr.node {
        Node::Binary(Binary::Subtract, left, right) => {
            matches!(right.as_literal(), Some(Value::Long(_))) && (is_date(left) || left.as_literal().is_some())
        }
        _ => false,
    }
}

fn is_one_of(words: &[&str], expr: &Expr) -> bool {
    let word = expr.as_field().or(expr.as_literal().and_then(|value| value.as_str()));
    word.is_some_and(|word| words.iter().any(|one| one.eq_ignore_ascii_case(word)))
}

impl std::fmt::Display for Wants {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Wants::Any => write!(f, "anything"),
            Wants::Text => write!(f, "a string in quotes"),
            Wants::Bool => write!(f, "true or false"),
            Wants::Number => write!(f, "a number"),
            Wants::Whole(least, i64::MAX) => write!(f, "a whole number, {least} or more"),
            Wants::Whole(least, most) => write!(f, "a number from {least} to {most}"),
            Wants::Condition => write!(f, "a condition"),
            Wants::Length => write!(f, "a duration such as 5m"),
            Wants::Moment => {
                write!(f, "a timestamp such as \"2024-01-31T00:00:00Z\", or a duration from now such as -2h")
            }
            Wants::Frame => write!(f, "a timeframe"),
            Wants::Lists => write!(f, "one or more values in braces"),
            Wants::Fields | Wants::Patterns | Wants::Sorts => write!(f, "one or more fields in braces"),
            Wants::OneOf(words) => write!(f, "one of {}", words.join(", ")),
        }
    }
}
