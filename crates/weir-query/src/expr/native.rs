//! Expressions that DataFusion evaluates a column at a time, where it means the same.

use std::sync::Arc;

use datafusion_common::ScalarValue;
use datafusion_expr::Operator;
use datafusion_physical_expr::PhysicalExpr;
use datafusion_physical_expr::expressions::{BinaryExpr, IsNotNullExpr, IsNullExpr, Literal, NotExpr};
use weir_event::{Fault, Value};
use weir_lang::ast::{Binary, Call, Expr, Node, Unary};

use super::{Moment, Ready, bin, column};
use crate::Form;
use crate::columns::Column;

/// The native form of `expr`; `None` when it has to be evaluated row by row. Its operands may run row by row.
pub(super) fn compile(expr: &Expr, columns: &[Column], moment: &Moment) -> Result<Option<Ready>, Fault> {
    Ok(match &expr.node {
        Node::Field(name) => column(columns, name),
        Node::Literal(value) => literal(value),
        Node::Binary(op @ (Binary::And | Binary::Or), left, right) => {
            let (left, right) = (super::compile(left, columns, moment)?, super::compile(right, columns, moment)?);
            let operator = if *op == Binary::And { Operator::And } else { Operator::Or };
            let both = left.form == Form::Bool && right.form == Form::Bool;
            both.then(|| truth(Arc::new(BinaryExpr::new(left.expr, operator, right.expr))))
        }
        Node::Binary(op, left, right) => match operator(*op) {
            Some(operator) => compare(operator, operand(left, columns), operand(right, columns)),
            None => None,
        },
        Node::Unary(Unary::Not, inner) => {
            let inner = super::compile(inner, columns, moment)?;
            (inner.form == Form::Bool).then(|| truth(Arc::new(NotExpr::new(inner.expr))))
        }
        Node::Call(call) => null_test(call, columns).or_else(|| bin::compile(call, columns)),
        _ => None,
    })
}

/// Whether this node, its parts aside, has a native form.
pub(super) fn is_native(expr: &Expr, columns: &[Column]) -> bool {
    match &expr.node {
        Node::Field(name) => column(columns, name).is_some(),
        Node::Literal(value) => literal(value).is_some(),
        Node::Binary(Binary::And | Binary::Or, ..) | Node::Unary(Unary::Not, _) => true,
        Node::Binary(op, left, right) => operator(*op)
            .is_some_and(|operator| compare(operator, operand(left, columns), operand(right, columns)).is_some()),
        Node::Call(call) => null_test(call, columns).is_some() || bin::compile(call, columns).is_some(),
        _ => false,
    }
}

fn truth(expr: Arc<dyn PhysicalExpr>) -> Ready {
    Ready { expr, form: Form::Bool }
}

fn operand(expr: &Expr, columns: &[Column]) -> Option<Ready> {
    match &expr.node {
        Node::Field(name) => column(columns, name),
        Node::Literal(value) => literal(value),
        _ => None,
    }
}

/// Comparisons of operands of one kind whose order Arrow and the language agree on. Doubles are not among them (NaN), nor
/// addresses (compared as numbers, stored as text).
fn compare(operator: Operator, left: Option<Ready>, right: Option<Ready>) -> Option<Ready> {
    let (left, right) = (left?, right?);
    let equality = matches!(operator, Operator::Eq | Operator::NotEq);
    let agreed = match left.form {
        Form::Long | Form::Text | Form::Timestamp | Form::Duration => true,
        Form::Bool => equality,
        _ => false,
    };
    (agreed && left.form == right.form).then(|| truth(Arc::new(BinaryExpr::new(left.expr, operator, right.expr))))
}

fn operator(op: Binary) -> Option<Operator> {
    Some(match op {
        Binary::Equal => Operator::Eq,
        Binary::NotEqual => Operator::NotEq,
        Binary::Less => Operator::Lt,
        Binary::LessEqual => Operator::LtEq,
        Binary::Greater => Operator::Gt,
        Binary::GreaterEqual => Operator::GtEq,
        _ => return None,
    })
}

fn literal(value: &Value<'static>) -> Option<Ready> {
    let (scalar, form) = match value {
        Value::Bool(v) => (ScalarValue::Boolean(Some(*v)), Form::Bool),
        Value::Long(v) => (ScalarValue::Int64(Some(*v)), Form::Long),
        Value::Double(v) => (ScalarValue::Float64(Some(*v)), Form::Double),
        Value::Text(text) => (ScalarValue::Utf8(Some(text.to_string())), Form::Text),
        Value::Timestamp(at) => (ScalarValue::TimestampNanosecond(Some(at.0), Some("UTC".into())), Form::Timestamp),
        Value::Duration(length) => (ScalarValue::DurationNanosecond(Some(length.0)), Form::Duration),
        _ => return None,
    };
    Some(Ready { expr: Arc::new(Literal::new(scalar)), form })
}

/// `isNull(field)` and `isNotNull(field)`.
fn null_test(call: &Call, columns: &[Column]) -> Option<Ready> {
    let [arg] = &call.args[..] else { return None };
    let field = operand(arg.expr()?, columns)?;
    if call.function.name.eq_ignore_ascii_case("isNull") {
        return Some(truth(Arc::new(IsNullExpr::new(field.expr))));
    }
    call.function.name.eq_ignore_ascii_case("isNotNull").then(|| truth(Arc::new(IsNotNullExpr::new(field.expr))))
}
