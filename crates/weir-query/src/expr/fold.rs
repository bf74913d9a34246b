//! Parts of an expression that look at no field, computed once.

use std::borrow::Cow;

use weir_event::Fault;
use weir_lang::ast::{Binary, Expr, Node, Unary};

use super::{Moment, constant, walk};

/// `expr` with its constant parts as literals, as far as they can be told beforehand.
pub fn folded<'e>(expr: &'e Expr, moment: &Moment) -> Result<Cow<'e, Expr>, Fault> {
    if !walk::any(expr, &|part| is_computed(part) && is_constant(part)) {
        return Ok(Cow::Borrowed(expr));
    }
    let mut folded = expr.clone();
    fold(&mut folded, moment)?;
    Ok(Cow::Owned(folded))
}

fn fold(expr: &mut Expr, moment: &Moment) -> Result<(), Fault> {
    if is_computed(expr) && is_constant(expr) {
        let value = constant(expr, moment)?;
        *expr = Expr::new(Node::Literal(value), expr.span);
        return Ok(());
    }
    walk::parts_mut(expr).into_iter().try_for_each(|part| fold(part, moment))
}

/// Something that has to be computed: functions that give points in time, arithmetic, alignment. Others stay as they are, because
/// what an argument looks like can decide how a function runs.
fn is_computed(expr: &Expr) -> bool {
    let arithmetic = [Binary::Add, Binary::Subtract, Binary::Multiply, Binary::Divide, Binary::Remainder];
    match &expr.node {
        Node::Call(call) => ["now", "toTimestamp", "timestamp", "duration", "toDuration"].contains(&call.function.name),
        Node::Binary(op, ..) => arithmetic.contains(op),
        Node::Unary(Unary::Minus, _) | Node::Align(..) => true,
        _ => false,
    }
}

fn is_constant(expr: &Expr) -> bool {
    walk::all(expr, &|part| match &part.node {
        Node::Literal(_) | Node::Calendar(_) | Node::Binary(..) | Node::Unary(..) | Node::Align(..) => true,
        Node::Call(_) => is_computed(part),
        _ => false,
    })
}
