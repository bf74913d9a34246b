//! `filter`, `filterOut`, `failIf`.

use std::sync::Arc;

use datafusion::logical_expr::Operator;
use datafusion::physical_expr::expressions::{BinaryExpr, IsNullExpr, NotExpr};
use datafusion::physical_plan::filter::FilterExec;
use weir_event::Fault;
use weir_lang::ast::{Binary, Command, Expr, Node};

use super::args::{bad, items};
use super::{Planner, Stream};
use crate::Form;
use crate::columns::schema_of;
use crate::expr::{Ready, as_truth, compile};
use crate::fault;
use crate::steps::{FailIf, spread};

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

    /// Ends the query with an error as soon as the condition is true for a record.
    pub(super) fn fail_if(&self, command: &Command, input: Stream) -> Result<Stream, Fault> {
        let args = items(command);
        let part = |at: usize| args.get(at).and_then(|arg| arg.expr());
        let condition = part(0).ok_or_else(|| bad(command, "`failIf` needs a condition"))?;
        let condition = as_truth(compile(condition, &input.columns, &self.moment)?);
        let message = part(1).map(|message| compile(message, &input.columns, &self.moment)).transpose()?;
        let schema = schema_of(&input.columns);
        let plan = spread(Arc::new(FailIf { condition, message }), input.plan, schema);
        Ok(Stream { plan, columns: input.columns })
    }
}
