//! Choosing between values.

use super::{Fallback, Function, Row, Special, arg, many, opt};
use crate::types::{ANY, BOOL};

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "coalesce",
        takes: &[many("expression", ANY)],
        gives: ANY,
        says: "The first argument that is not null.",
        examples: &[("coalesce(null, 2, 3)", "2"), ("coalesce(null)", "null")],
        row: Row::Special(Special::Coalesce),
    },
    Function {
        name: "if",
        takes: &[arg("condition", BOOL), arg("then", ANY), opt("else", ANY, Fallback::Null)],
        gives: ANY,
        says: "`then` if the condition is true; otherwise, also when it is null, `else`.",
        examples: &[
            ("if(1 < 2, \"yes\", else: \"no\")", "yes"),
            ("if(null, \"yes\", else: \"no\")", "no"),
            ("if(false, 1)", "null"),
        ],
        row: Row::Special(Special::If),
    },
];
