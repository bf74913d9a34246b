//! What type an expression has before it runs.

use crate::ast::{Arg, Binary, Call, Expr, Node, Unary};
use crate::functions::bind;
use crate::types::Type;

/// The type of the expression's values that are not null, if it is the same for every row; `field` says that of fields. `None` when
/// it may differ from row to row or is always null.
pub fn static_type(expr: &Expr, field: &dyn Fn(&str) -> Option<Type>) -> Option<Type> {
    if expr.is_iterative() {
        return Some(Type::Array);
    }
    match &expr.node {
        Node::Literal(value) => Type::of(value),
        Node::Calendar(_) => Some(Type::Timestamp),
        Node::Field(name) => field(name),
        Node::Unary(Unary::Not, _) | Node::InQuery(..) => Some(Type::Bool),
        Node::Unary(Unary::Minus, operand) => {
            static_type(operand, field).filter(|ty| matches!(ty, Type::Long | Type::Double | Type::Duration))
        }
        Node::Binary(op, left, right) => binary(*op, left, right, field),
        Node::Align(..) => Some(Type::Timestamp),
        Node::Call(call) => of_call(call, field),
        Node::Member(of, name) if matches!(name.as_str(), "start" | "end") => {
            (static_type(of, field) == Some(Type::Timeframe)).then_some(Type::Timestamp)
        }
        Node::Variable(_) | Node::Element(..) | Node::Member(..) | Node::Each(_) => None,
    }
}

fn binary(op: Binary, left: &Expr, right: &Expr, field: &dyn Fn(&str) -> Option<Type>) -> Option<Type> {
    if !op.computes() {
        return Some(Type::Bool);
    }
    let of_calendar = match (&left.node, &right.node) {
        (_, Node::Calendar(_)) => Some(left),
        (Node::Calendar(_), _) => Some(right),
        _ => None,
    };
    if let Some(moved) = of_calendar {
        return static_type(moved, field).filter(|ty| matches!(ty, Type::Timestamp | Type::Timeframe));
    }
    operation(op, static_type(left, field)?, static_type(right, field)?)
}

/// What an arithmetic operator makes of two types. `None` where it always gives null.
pub(crate) fn operation(op: Binary, left: Type, right: Type) -> Option<Type> {
    use Type::{Double, Duration, Ip, Long, Timeframe, Timestamp};
    Some(match (op, left, right) {
        (_, Long, Long) => Long,
        (_, Long | Double, Long | Double) => Double,
        (Binary::Subtract, Timestamp, Timestamp) => Duration,
        (Binary::Add | Binary::Subtract, Timestamp, Duration) | (Binary::Add, Duration, Timestamp) => Timestamp,
        (Binary::Add | Binary::Subtract, Timeframe, Duration) | (Binary::Add, Duration, Timeframe) => Timeframe,
        (Binary::Divide, Duration, Duration) => Double,
        (Binary::Add | Binary::Subtract | Binary::Remainder, Duration, Duration) => Duration,
        (Binary::Multiply | Binary::Divide, Duration, Long | Double) => Duration,
        (Binary::Multiply, Long | Double, Duration) => Duration,
        (Binary::Add | Binary::Subtract, Ip, Ip | Long | Double) | (Binary::Add, Long | Double, Ip) => Ip,
        _ => return None,
    })
}

/// Of functions that give what they take, the type of what they are given.
fn of_call(call: &Call, field: &dyn Fn(&str) -> Option<Type>) -> Option<Type> {
    if let Some(only) = call.function.gives.single() {
        return Some(only);
    }
    let bound = bind(call.function, &call.args)?;
    let given = |name: &str| bound.get(name).and_then(Arg::expr).and_then(|expr| static_type(expr, field));
    match call.function.name {
        "abs" | "ceil" | "floor" | "round" | "signum" => given("expression"),
        "bin" => match (given("expression")?, given("interval")?, bound.get("at")) {
            (Type::Long, Type::Long, None) => Some(Type::Long),
            (Type::Long, _, _) => None,
            (other, _, _) => Some(other),
        },
        "min" | "max" | "takeAny" | "takeFirst" | "takeLast" | "takeMax" | "takeMin" => given("expression"),
        "avg" | "sum" => given("expression").map(|ty| if ty == Type::Duration { ty } else { Type::Double }),
        "if" => {
            let then = given("then");
            let other = bound.get("else").and_then(Arg::expr);
            match other {
                None => then,
                Some(other) if is_null(other) => then,
                Some(other) => same(then, static_type(other, field)),
            }
        }
        "coalesce" => {
            let args = bound.list("expression");
            let mut types = args.iter().filter_map(|arg| arg.expr()).filter(|expr| !is_null(expr));
            let first = types.next().and_then(|expr| static_type(expr, field));
            types.fold(first, |ty, expr| same(ty, static_type(expr, field)))
        }
        _ => None,
    }
}

fn is_null(expr: &Expr) -> bool {
    expr.as_literal().is_some_and(|value| value.is_null())
}

fn same(a: Option<Type>, b: Option<Type>) -> Option<Type> {
    if a == b { a } else { None }
}
