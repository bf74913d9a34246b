//! Looking through trees.

use weir_lang::ast::{Arg, ArgValue, Binary, Expr, Node};

/// The direct parts of an expression; sub-queries are not parts.
pub fn parts(expr: &Expr) -> Vec<&Expr> {
    match &expr.node {
        Node::Unary(_, inner)
        | Node::Element(inner, _)
        | Node::Member(inner, _)
        | Node::Each(inner)
        | Node::Align(Some(inner), _)
        | Node::InQuery(inner, _) => vec![inner],
        Node::Binary(_, left, right) => vec![left, right],
        Node::Call(call) => call.args.iter().flat_map(arg_parts).collect(),
        _ => Vec::new(),
    }
}

fn arg_parts(arg: &Arg) -> Vec<&Expr> {
    match &arg.value {
        ArgValue::Expr(expr) => vec![expr],
        ArgValue::Group(items) => items.iter().flat_map(arg_parts).collect(),
        ArgValue::Block(_) => Vec::new(),
    }
}

/// Mutable [`parts`].
pub fn parts_mut(expr: &mut Expr) -> Vec<&mut Expr> {
    match &mut expr.node {
        Node::Unary(_, inner)
        | Node::Element(inner, _)
        | Node::Member(inner, _)
        | Node::Each(inner)
        | Node::Align(Some(inner), _)
        | Node::InQuery(inner, _) => vec![inner],
        Node::Binary(_, left, right) => vec![left, right],
        Node::Call(call) => call.args.iter_mut().flat_map(arg_parts_mut).collect(),
        _ => Vec::new(),
    }
}

fn arg_parts_mut(arg: &mut Arg) -> Vec<&mut Expr> {
    match &mut arg.value {
        ArgValue::Expr(expr) => vec![expr],
        ArgValue::Group(items) => items.iter_mut().flat_map(arg_parts_mut).collect(),
        ArgValue::Block(_) => Vec::new(),
    }
}

/// Whether `test` holds for the expression and everything in it.
pub fn all(expr: &Expr, test: &dyn Fn(&Expr) -> bool) -> bool {
    test(expr) && parts(expr).into_iter().all(|part| all(part, test))
}

/// Whether `test` holds for the expression or anything in it.
pub fn any(expr: &Expr, test: &dyn Fn(&Expr) -> bool) -> bool {
    test(expr) || parts(expr).into_iter().any(|part| any(part, test))
}

/// The names of the fields that the expression looks at, each once.
pub fn fields(expr: &Expr, names: &mut Vec<String>) {
    if let Node::Field(name) = &expr.node
        && !names.contains(name)
    {
        names.push(name.clone());
    }
    parts(expr).into_iter().for_each(|part| fields(part, names));
    // The sub-query of `lookup(...)` names its fields itself.
}

/// The conditions that `and` ties together.
pub fn conjuncts(expr: &Expr) -> Vec<&Expr> {
    match &expr.node {
        Node::Binary(Binary::And, left, right) => [conjuncts(left), conjuncts(right)].concat(),
        _ => vec![expr],
    }
}

/// Calls `change` with the expression and everything in it.
pub fn each_mut(expr: &mut Expr, change: &mut dyn FnMut(&mut Expr)) {
    change(expr);
    parts_mut(expr).into_iter().for_each(|part| each_mut(part, change));
}
