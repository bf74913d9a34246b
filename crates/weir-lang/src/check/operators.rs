//! Operators between types on which they never work. Only types that the text alone gives count: literals and calls.

use weir_event::Fault;

use crate::ast::{Binary, Expr, Node, Unary};
use crate::fault::Source;
use crate::static_type::{operation, static_type};
use crate::types::Type;

/// Checks one operator; its operands are checked by the caller.
pub(super) fn check(expr: &Expr, source: Source) -> Result<(), Fault> {
    let known = |operand: &Expr| {
        // A length in months takes part in its own way, an element of an array is not known.
        if matches!(operand.node, Node::Calendar(_)) || operand.is_iterative() {
            return None;
        }
        static_type(operand, &|_| None)
    };
    match &expr.node {
        Node::Binary(op, left, right) if op.computes() => {
            let (Some(a), Some(b)) = (known(left), known(right)) else { return Ok(()) };
            if operation(*op, a, b).is_some() {
                return Ok(());
            }
            let hint = match (op, a, b) {
                (Binary::Add, Type::Text, _) | (Binary::Add, _, Type::Text) => "put texts together with `concat(a, b)`",
                (_, Type::Text, _) | (_, _, Type::Text) => {
                    "make a number of a text with `toLong(text)` or `toDouble(text)`"
                }
                (Binary::Add | Binary::Subtract, Type::Timestamp | Type::Duration, Type::Long | Type::Double) => {
                    "a length of time has a unit: `2h`, `5m`"
                }
                _ => "",
            };
            let types = format!("{} and {}", a.name(), b.name());
            Err(source.bad_operands(op.sign(), &types, hint, expr.span))
        }
        Node::Binary(op @ (Binary::And | Binary::Or | Binary::Xor), left, right) => {
            let wrong = [left, right].into_iter().find_map(|operand| known(operand).filter(|ty| *ty != Type::Bool));
            wrong.map_or(Ok(()), |ty| Err(source.bad_operands(op.sign(), ty.name(), "it joins conditions", expr.span)))
        }
        Node::Unary(Unary::Not, operand) => match known(operand) {
            None | Some(Type::Bool) => Ok(()),
            Some(other) => Err(source.bad_operands("not", other.name(), "it turns a condition round", expr.span)),
        },
        Node::Binary(Binary::Search, ..) => super::terms::term(expr, source),
        Node::Align(Some(operand), _) => match known(operand) {
            None | Some(Type::Timestamp | Type::Duration) => Ok(()),
            Some(other) => {
                let hint = "it rounds down a timestamp, or a duration from now";
                Err(source.bad_operands("@", other.name(), hint, expr.span))
            }
        },
        Node::Unary(Unary::Minus, operand) => match known(operand) {
            None | Some(Type::Long | Type::Double | Type::Duration) => Ok(()),
            Some(other) => Err(source.bad_operands("-", other.name(), "", expr.span)),
        },
        _ => Ok(()),
    }
}
