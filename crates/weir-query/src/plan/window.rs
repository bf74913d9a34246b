//! `window`.

use std::sync::Arc;

use weir_event::{Fault, Value};
use weir_lang::ast::{Arg, Command, Expr, Node};
use weir_lang::functions;

use super::args::{all_named, bad, items, param_items, sort_keys};
use super::shape::{as_is, project, put};
use super::{Planner, Stream};
use crate::aggregate::Aggregate;
use crate::columns::{Column, schema_of};
use crate::expr::{as_key, compile, constant, walk};
use crate::steps::{Call, Look, Window, gathered};

impl Planner {
    /// Every record stays as it is and where it is, with fields computed from its neighbours.
    pub(super) fn window(&self, command: &Command, input: Stream) -> Result<Stream, Fault> {
        let mut by = Vec::new();
        for named in all_named(command, &param_items(command, "by"))? {
            by.push(as_key(compile(&named.expr, &input.columns, &self.moment)?));
        }
        let mut sort = Vec::new();
        for key in sort_keys(command, &param_items(command, "sort"))? {
            sort.push((compile(&key.expr, &input.columns, &self.moment)?, key.descending));
        }
        let (mut wanted, mut calls) = (all_named(command, &items(command))?, Vec::new());
        for named in &mut wanted {
            self.take_windows(command, &mut named.expr, &input, &mut calls)?;
        }
        let mut columns = input.columns.clone();
        columns.extend(calls.iter().enumerate().map(|(at, call)| Column::new(column_name(at), call.look.form())));
        let schema = schema_of(&columns);
        let work = Window { by, sort, calls, schema: schema.clone() };
        let stream = Stream { plan: gathered(Arc::new(work), input.plan, schema), columns };
        let mut outputs = as_is(&stream.columns);
        outputs.truncate(input.columns.len());
        for named in wanted {
            let ready = compile(&named.expr, &stream.columns, &self.moment)?;
            put(&mut outputs, Column::new(named.name, ready.form), ready);
        }
        project(stream, outputs)
    }

    /// Replaces every window function in `expr` by a field that will hold its result.
    fn take_windows(
        &self,
        command: &Command,
        expr: &mut Expr,
        input: &Stream,
        calls: &mut Vec<Call>,
    ) -> Result<(), Fault> {
        if let Node::Call(call) = &expr.node
            && call.function.is_window()
        {
            let bound = functions::bind(call.function, &call.args)
                .ok_or_else(|| bad(command, format!("the arguments of `{}` do not fit", call.function.name)))?;
            let value =
                |name: &str| bound.get(name).and_then(Arg::expr).map(|expr| constant(expr, &self.moment)).transpose();
            let offset = match value("offset")? {
                Some(Value::Long(offset @ 0..)) => offset,
                None => 1,
                Some(_) => return Err(bad(command, "`offset:` is a whole number from 0")),
            };
            let default = value("default")?.unwrap_or_default();
            let look = look(call.function.name, offset, default);
            let looked_at = bound.get("expression").and_then(Arg::expr);
            let input = looked_at.map(|expr| compile(expr, &input.columns, &self.moment)).transpose()?;
            *expr = Expr::field(column_name(calls.len()));
            calls.push(Call { look, input });
            return Ok(());
        }
        for part in walk::parts_mut(expr) {
            self.take_windows(command, part, input, calls)?;
        }
        Ok(())
    }
}

/// The column of a call's result until the fields are computed.
fn column_name(at: usize) -> String {
    format!("#window{at}")
}

fn look(function: &str, offset: i64, default: Value<'static>) -> Look {
    match function {
        "rowNumber" => Look::RowNumber,
        "rank" => Look::Rank,
        "denseRank" => Look::DenseRank,
        "lag" => Look::At(-offset, default),
        "lead" => Look::At(offset, default),
        "firstValue" => Look::First,
        "lastValue" => Look::Last,
        "runningCount" => Look::Count,
        "runningSum" => Look::Running(Aggregate::Sum),
        "runningAvg" => Look::Running(Aggregate::Avg),
        "runningMin" => Look::Running(Aggregate::TakeMin),
        _ => Look::Running(Aggregate::TakeMax),
    }
}
