//! Computes what does not depend on the row.

use weir_event::Value;

use super::{Op, Program, Scratch};
use crate::functions::Env;

/// A constant when all operands are constants and every run gives the same.
pub(super) fn fold(op: Op, env: &Env) -> Op {
    let constant = |op: &Op| matches!(op, Op::Const(_));
    let foldable = match &op {
        Op::Not(a)
        | Op::Minus(a)
        | Op::HasMember(a, _)
        | Op::HasElement(a, _)
        | Op::Months(a, _)
        | Op::Align(a, _)
        | Op::Term(a, _) => constant(a),
        Op::Phrase(a, _) | Op::Contains(a, _) | Op::Element(a, _) | Op::Member(a, _) => constant(a),
        Op::And(a, b) | Op::Or(a, b) | Op::Binary(_, a, b) => constant(a) && constant(b),
        Op::If(a, b, c) => constant(a) && constant(b) && constant(c),
        Op::Coalesce(items) | Op::Array(items) => items.iter().all(constant),
        Op::In(needle, items) => constant(needle) && items.iter().all(constant),
        Op::Record(members) => members.iter().all(|(_, op)| constant(op)),
        Op::Call(function, args) => function.name != "random" && args.iter().all(constant),
        _ => false,
    };
    if !foldable {
        return op;
    }
    let program = Program { root: op, env: env.clone(), patterns: Vec::new(), regexes: Vec::new(), slots: Vec::new() };
    let none: &[Value] = &[];
    let value = program.eval(&none, &mut Scratch::default()).into_owned();
    Op::Const(value)
}
