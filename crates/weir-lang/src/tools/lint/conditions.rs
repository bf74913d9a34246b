//! Conditions that never hold.

use std::cmp::Ordering;

use weir_event::Value;

use super::super::Known;
use super::super::scope::Scope;
use super::Lint;
use crate::ast::{Binary, Expr, Node, Query, Span, Unary};
use crate::commands::CommandKind;
use crate::compare;
use crate::types::Type;

pub(super) fn check(query: &Query, known: &Known, found: &mut Vec<Lint>) {
    let mut scope = Scope::default();
    let mut bounds: Vec<Bounds> = Vec::new();
    for command in &query.commands {
        let conditions = command.items().into_iter().filter_map(|arg| arg.expr());
        match command.kind {
            CommandKind::Filter => {
                for condition in conditions {
                    of_condition(condition, &scope, &mut bounds, found);
                }
            }
            CommandKind::FilterOut => conditions.for_each(|condition| truth(condition, &scope, found)),
            // What keeps the values of fields keeps what is known of them.
            CommandKind::Sort | CommandKind::Limit | CommandKind::Dedup | CommandKind::Search => {}
            _ => bounds.clear(),
        }
        scope.step(command, known);
    }
}

fn of_condition(condition: &Expr, scope: &Scope, bounds: &mut Vec<Bounds>, found: &mut Vec<Lint>) {
    truth(condition, scope, found);
    for part in condition.conjuncts() {
        if let Some((field, op, value)) = simple(part) {
            narrow(field, op, value, part.span, bounds, found);
        }
    }
}

/// Looks at a condition and, through `and`, `or` and `not`, at its parts.
fn truth(condition: &Expr, scope: &Scope, found: &mut Vec<Lint>) {
    match &condition.node {
        Node::Binary(Binary::And | Binary::Or | Binary::Xor, left, right) => {
            truth(left, scope, found);
            truth(right, scope, found);
        }
        Node::Unary(Unary::Not, operand) => truth(operand, scope, found),
        Node::Binary(op, left, right) if op.compares() => comparison(condition.span, *op, left, right, scope, found),
        Node::Literal(Value::Bool(true)) => {
            found.push(Lint::new("useless-step", "this condition always holds", "", condition.span));
        }
        Node::Literal(Value::Bool(false) | Value::Null) => never(condition.span, "it is a constant", "", found),
        _ if condition.is_iterative() => {
            let hint = "ask for any element with `iAny(...)`";
            never(condition.span, "it is an array of answers, one for each element", hint, found);
        }
        _ => match scope.type_of_expr(condition) {
            Some(ty) if ty != Type::Bool => {
                never(
                    condition.span,
                    &format!("it is a {}, and only `true` counts", ty.name()),
                    "compare it with something",
                    found,
                );
            }
            _ => {}
        },
    }
}

fn never(span: Span, why: &str, hint: &str, found: &mut Vec<Lint>) {
    found.push(Lint::new("never-true", format!("this never holds: {why}"), hint, span));
}

fn comparison(span: Span, op: Binary, left: &Expr, right: &Expr, scope: &Scope, found: &mut Vec<Lint>) {
    let is_null = |expr: &Expr| matches!(expr.node, Node::Literal(Value::Null));
    if is_null(left) || is_null(right) {
        let test = if op == Binary::NotEqual { "isNotNull" } else { "isNull" };
        never(span, "a comparison with null is null", &format!("write `{test}(...)`"), found);
        return;
    }
    if left.is_iterative() || right.is_iterative() {
        never(span, "it is an array of answers, one for each element", "ask for any element with `iAny(...)`", found);
        return;
    }
    let (Some(a), Some(b)) = (scope.type_of_expr(left), scope.type_of_expr(right)) else { return };
    let number = |ty| matches!(ty, Type::Long | Type::Double);
    let alike = a == b || (number(a) && number(b));
    let ordered = matches!(a, Type::Long | Type::Double | Type::Text | Type::Timestamp | Type::Duration | Type::Ip);
    let names = format!("a {} and a {}", a.name(), b.name());
    match op {
        Binary::NotEqual if !alike => found.push(Lint::new(
            "useless-step",
            format!("this holds for every value that is not null: {names} are never equal"),
            conversion(a, b),
            span,
        )),
        Binary::NotEqual => {}
        _ if !alike => never(span, &format!("{names} are never equal and have no order"), &conversion(a, b), found),
        Binary::Equal => {}
        _ if !ordered => never(span, &format!("a {} has no order", a.name()), "", found),
        _ => {}
    }
}

fn conversion(a: Type, b: Type) -> String {
    let other = if a == Type::Text { b } else { a };
    let function = match other {
        Type::Long => "toLong",
        Type::Double => "toDouble",
        Type::Timestamp => "toTimestamp",
        Type::Ip => "toIp",
        Type::Bool => "toBoolean",
        Type::Duration => "toDuration",
        _ => return String::new(),
    };
    if a == Type::Text || b == Type::Text {
        format!("convert the string with `{function}(...)`")
    } else {
        String::new()
    }
}

/// What the conditions so far leave of a field's values.
struct Bounds {
    field: String,
    is: Option<Value<'static>>,
    above: Option<(Value<'static>, bool)>,
    below: Option<(Value<'static>, bool)>,
}

/// `field op constant`, turned round where the constant stands first.
fn simple(expr: &Expr) -> Option<(&str, Binary, &Value<'static>)> {
    let Node::Binary(op, left, right) = &expr.node else { return None };
    if let (Some(field), Some(value)) = (left.as_field(), right.as_literal()) {
        return Some((field, *op, value));
    }
    let turned = match op {
        Binary::Less => Binary::Greater,
        Binary::LessEqual => Binary::GreaterEqual,
        Binary::Greater => Binary::Less,
        Binary::GreaterEqual => Binary::LessEqual,
        other => *other,
    };
    Some((right.as_field()?, turned, left.as_literal()?))
}

/// Takes one more condition into account; says so when nothing is left.
fn narrow(
    field: &str,
    op: Binary,
    value: &Value<'static>,
    span: Span,
    bounds: &mut Vec<Bounds>,
    found: &mut Vec<Lint>,
) {
    if value.is_null() {
        return;
    }
    let at = match bounds.iter().position(|bound| bound.field == field) {
        Some(at) => at,
        None => {
            bounds.push(Bounds { field: field.to_owned(), is: None, above: None, below: None });
            bounds.len() - 1
        }
    };
    let bound = &mut bounds[at];
    let contradicts = match op {
        Binary::Equal => {
            let other = bound.is.as_ref().is_some_and(|is| !compare::equal(is, value));
            let outside = !bound.allows(value);
            bound.is.get_or_insert_with(|| value.clone());
            other || outside
        }
        Binary::NotEqual => bound.is.as_ref().is_some_and(|is| compare::equal(is, value)),
        Binary::Greater | Binary::GreaterEqual => {
            let own = (value.clone(), op == Binary::GreaterEqual);
            let empty = bound.below.as_ref().is_some_and(|below| is_empty(&own, below));
            bound.above = Some(own);
            empty || bound.is.as_ref().is_some_and(|is| !bound.allows(is))
        }
        Binary::Less | Binary::LessEqual => {
            let own = (value.clone(), op == Binary::LessEqual);
            let empty = bound.above.as_ref().is_some_and(|above| is_empty(above, &own));
            bound.below = Some(own);
            empty || bound.is.as_ref().is_some_and(|is| !bound.allows(is))
        }
        _ => false,
    };
    if contradicts {
        never(span, &format!("what stands before allows no such `{field}`"), "use `or`, or `in(field, a, b)`", found);
    }
}

impl Bounds {
    fn allows(&self, value: &Value) -> bool {
        let fits = |bound: &Option<(Value<'static>, bool)>, outside: Ordering| match bound {
            Some((end, closed)) => match compare::ordered(value, end) {
                Some(Ordering::Equal) => *closed,
                Some(order) => order != outside,
                None => true,
            },
            None => true,
        };
        fits(&self.above, Ordering::Less) && fits(&self.below, Ordering::Greater)
    }
}

/// True when nothing lies above the one and below the other.
fn is_empty(above: &(Value, bool), below: &(Value, bool)) -> bool {
    match compare::ordered(&above.0, &below.0) {
        Some(Ordering::Greater) => true,
        Some(Ordering::Equal) => !(above.1 && below.1),
        _ => false,
    }
}
