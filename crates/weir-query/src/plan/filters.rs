//! `filter`, `filterOut`, `search`.

use std::sync::Arc;

use datafusion::logical_expr::Operator;
use datafusion::physical_expr::expressions::{BinaryExpr, IsNullExpr, NotExpr};
use datafusion::physical_plan::filter::FilterExec;
use weir_event::{Fault, Value};
use weir_lang::ast::{Binary, Command, Expr, Node, Span, Unary};

use super::args::{bad, items};
use super::{Planner, Stream};
use crate::Form;
use crate::columns::Column;
use crate::expr::{Ready, as_truth, compile};
use crate::fault;

/// Rows for which `condition` is true.
pub fn filtered(input: Stream, condition: Ready) -> Result<Stream, Fault> {
    let plan = FilterExec::try_new(condition.expr, input.plan).map_err(fault::storage)?;
    Ok(Stream { plan: Arc::new(plan), columns: input.columns })
}

/// The one condition of a command; several, separated by commas, all have to hold.
pub fn condition(command: &Command) -> Result<Expr, Fault> {
    let both = |left: Expr, right: Expr| {
        let span = left.span.to(right.span);
        Expr::new(Node::Binary(Binary::And, Box::new(left), Box::new(right)), span)
    };
    let conditions = items(command).into_iter().filter_map(|arg| arg.expr().cloned());
    conditions.reduce(both).ok_or_else(|| bad(command, format!("`{}` needs a condition", command.kind.name())))
}

impl Planner {
    pub(super) fn filter(&self, command: &Command, input: Stream) -> Result<Stream, Fault> {
        let ready = as_truth(compile(&condition(command)?, &input.columns, &self.moment)?);
        filtered(input, ready)
    }

    /// Keeps rows for which the condition is false or null.
    pub(super) fn filter_out(&self, command: &Command, input: Stream) -> Result<Stream, Fault> {
        let ready = as_truth(compile(&condition(command)?, &input.columns, &self.moment)?);
        let is_null = Arc::new(IsNullExpr::new(ready.expr.clone()));
        let is_false = Arc::new(NotExpr::new(ready.expr));
        let kept = Arc::new(BinaryExpr::new(is_null, Operator::Or, is_false));
        filtered(input, Ready { expr: kept, form: Form::Bool })
    }

    /// A text alone is looked for in every field; everything else is as in `filter`.
    pub(super) fn search(&self, command: &Command, input: Stream) -> Result<Stream, Fault> {
        let wanted = everywhere(&condition(command)?, &input.columns);
        let ready = as_truth(compile(&wanted, &input.columns, &self.moment)?);
        filtered(input, ready)
    }
}

/// Replaces texts that stand for a condition by `field ~ text` over all fields that can match.
fn everywhere(expr: &Expr, columns: &[Column]) -> Expr {
    let inner = |inner: &Expr| Box::new(everywhere(inner, columns));
    match &expr.node {
        Node::Binary(op @ (Binary::And | Binary::Or | Binary::Xor), left, right) => {
            Expr::new(Node::Binary(*op, inner(left), inner(right)), expr.span)
        }
        Node::Unary(Unary::Not, condition) => Expr::new(Node::Unary(Unary::Not, inner(condition)), expr.span),
        Node::Literal(term @ (Value::Text(_) | Value::Long(_) | Value::Double(_))) => in_any(term, columns),
        _ => expr.clone(),
    }
}

fn in_any(term: &Value<'static>, columns: &[Column]) -> Expr {
    let text = match term {
        Value::Text(text) => text.to_string(),
        number => {
            let mut text = String::new();
            weir_event::write_json(number, &mut text);
            text
        }
    };
    let can_match = |column: &&Column| !matches!(column.form, Form::Bool | Form::Timestamp | Form::Duration);
    let tests = columns.iter().filter(can_match).map(|column| {
        let term = Expr::literal(Value::owned(text.clone()));
        Expr::new(Node::Binary(Binary::Search, Box::new(Expr::field(&column.name)), Box::new(term)), Span::default())
    });
    balanced(tests.collect())
}

/// A balanced tree of `or`, so that a table of hundreds of fields does not nest as deep.
fn balanced(mut tests: Vec<Expr>) -> Expr {
    match tests.len() {
        0 => Expr::literal(Value::Bool(false)),
        1 => tests.swap_remove(0),
        many => {
            let right = tests.split_off(many / 2);
            let (left, right) = (Box::new(balanced(tests)), Box::new(balanced(right)));
            Expr::new(Node::Binary(Binary::Or, left, right), Span::default())
        }
    }
}
