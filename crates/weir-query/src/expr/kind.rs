//! Which form the values of an expression have, as far as the text alone tells.

use weir_lang::ast::{Binary, Expr, Node, Unary};

use super::walk;
use crate::Form;

/// Boolean for what is always boolean or null; dynamic for the rest.
pub(super) fn form_of(expr: &Expr) -> Form {
    let iterates = walk::any(expr, &|part| matches!(part.node, Node::Each(_)));
    let truth = match &expr.node {
        Node::Binary(op, ..) => matches!(
            op,
            Binary::Equal
                | Binary::NotEqual
                | Binary::Less
                | Binary::LessEqual
                | Binary::Greater
                | Binary::GreaterEqual
                | Binary::Search
                | Binary::And
                | Binary::Or
                | Binary::Xor
        ),
        Node::Unary(Unary::Not, _) => true,
        Node::Call(call) => TESTS.iter().any(|name| call.function.name.eq_ignore_ascii_case(name)),
        _ => false,
    };
    if truth && !iterates { Form::Bool } else { Form::Dynamic }
}

/// Functions that give a boolean or null whatever they are given.
const TESTS: [&str; 20] = [
    "contains",
    "endsWith",
    "exists",
    "in",
    "ipIn",
    "ipIsLinkLocal",
    "ipIsLoopback",
    "ipIsPrivate",
    "ipIsPublic",
    "isFalseOrNull",
    "isIp",
    "isIpv4",
    "isIpv6",
    "isNotNull",
    "isNull",
    "isTrueOrNull",
    "like",
    "matchesPhrase",
    "matchesValue",
    "startsWith",
];
