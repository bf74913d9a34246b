//! `filter`, `filterOut`, `failIf`.

use std::sync::Arc;

use datafusion_expr::Operator;
use datafusion_physical_expr::expressions::{BinaryExpr, IsNullExpr, NotExpr};
use datafusion_physical_plan::filter::FilterExec;
use weir_event::Fault;
use weir_lang::ast::{Arg, Binary, Command, Expr, Node};
use weir_lang::commands::CommandKind;

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
    let conditions = items(command).into_iter().filter_map(|arg| arg.expr().cloned()).collect();
    all_of(conditions).ok_or_else(|| bad(command, format!("`{}` needs a condition", command.kind.name())))
}

/// Operators that a run of filters becomes. The plan of each is made from all before it, so their cost is the square of their
/// number; few are kept apart, so that each looks only at what the one before left.
const OPERATORS_MAX: usize = 32;

/// Commands in which runs of `filter` are at most [`OPERATORS_MAX`].
pub(super) fn together(commands: Vec<Command>) -> Vec<Command> {
    let mut out: Vec<Command> = Vec::with_capacity(commands.len());
    for run in commands.chunk_by(|a, b| a.kind == CommandKind::Filter && b.kind == CommandKind::Filter) {
        out.extend(run.chunks(run.len().div_ceil(OPERATORS_MAX)).flat_map(one_of));
    }
    out
}

/// One filter whose condition is that all of them hold.
fn one_of(filters: &[Command]) -> Vec<Command> {
    let conditions: Option<Vec<Expr>> = filters.iter().map(|command| condition(command).ok()).collect();
    match (filters, conditions.and_then(all_of)) {
        ([first, _, ..], Some(expr)) => {
            vec![Command { kind: first.kind, args: vec![Arg::of(expr)], span: first.span }]
        }
        _ => filters.to_vec(),
    }
}

/// The conditions joined by `and`, as a tree that is no higher than it must be.
fn all_of(mut terms: Vec<Expr>) -> Option<Expr> {
    while terms.len() > 1 {
        let mut pairs = terms.into_iter();
        let mut next = Vec::new();
        while let Some(left) = pairs.next() {
            next.push(match pairs.next() {
                Some(right) => {
                    let span = left.span.to(right.span);
                    Expr::new(Node::Binary(Binary::And, Box::new(left), Box::new(right)), span)
                }
                None => left,
            });
        }
        terms = next;
    }
    terms.pop()
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
