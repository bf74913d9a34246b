//! `summarize`, and the grouping that it shares with `makeTimeseries`.

use std::sync::Arc;

use datafusion::functions_aggregate::average::avg_udaf;
use datafusion::functions_aggregate::count::count_udaf;
use datafusion::functions_aggregate::min_max::{max_udaf, min_udaf};
use datafusion::functions_aggregate::sum::sum_udaf;
use datafusion::logical_expr::AggregateUDF;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::aggregate::{AggregateExprBuilder, AggregateFunctionExpr};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::aggregates::{AggregateExec, AggregateMode, PhysicalGroupBy};
use datafusion::physical_plan::projection::{ProjectionExec, ProjectionExpr};
use weir_event::Fault;
use weir_lang::ast::{Command, Expr, Node, Span};

use super::aggregates::Found;
use super::args::{Named, all_named, bad, param_items};
use super::shape::{project, put};
use super::{Planner, Stream};
use crate::aggregate::{Aggregate, function};
use crate::columns::Column;
use crate::expr::{Ready, as_key, as_truth, column_at, compile, in_form};
use crate::operator::{gather, partitions};
use crate::{Form, fault};

/// A group key.
pub struct Key {
    pub name: String,
    pub ready: Ready,
}

impl Planner {
    pub(super) fn summarize(&self, command: &Command, input: Stream) -> Result<Stream, Fault> {
        let by = all_named(command, &param_items(command, "by"))?;
        let positional = command.items().into_iter().chain(param_items(command, "aggregations"));
        let wanted = all_named(command, &positional.collect::<Vec<_>>())?;
        if by.is_empty() && wanted.is_empty() {
            return Err(bad(command, "`summarize` needs an aggregation or `by:`"));
        }
        let keys = self.keys(&by, &input)?;
        let (outputs, found) = self.split(command, wanted, &by)?;
        let grouped = self.grouped(keys, &found, input)?;
        let mut columns: Vec<(Column, Ready)> = (0..by.len())
            .map(|at| (Column::new(by[at].name.clone(), grouped.columns[at].form), column_at(&grouped.columns, at)))
            .collect();
        for named in outputs {
            let ready = compile(&named.expr, &grouped.columns, &self.moment)?;
            put(&mut columns, Column::new(named.name, ready.form), ready);
        }
        project(grouped, columns)
    }

    pub(super) fn keys(&self, by: &[Named], input: &Stream) -> Result<Vec<Key>, Fault> {
        let key = |(index, named): (usize, &Named)| {
            let ready = as_key(compile(&named.expr, &input.columns, &self.moment)?);
            Ok(Key { name: format!("#by{index}"), ready })
        };
        by.iter().enumerate().map(key).collect()
    }

    /// The expressions with their aggregates replaced by columns, and those aggregates. A part that equals a group key stands
    /// for the key.
    fn split(&self, command: &Command, wanted: Vec<Named>, by: &[Named]) -> Result<(Vec<Named>, Vec<Found>), Fault> {
        let mut found = Vec::new();
        let mut outputs = Vec::new();
        for mut named in wanted {
            let before = found.len();
            self.take_aggregates(&mut named.expr, &mut found)?;
            if found.len() == before && !by.iter().any(|key| same(&key.expr, &named.expr)) {
                let literal = matches!(named.expr.node, Node::Literal(_));
                if !literal {
                    return Err(bad(command, format!("`{}` is neither an aggregation nor a group", named.name))
                        .hint("wrap it in takeAny(...), or add it to `by:`"));
                }
            }
            replace_keys(&mut named.expr, by);
            outputs.push(named);
        }
        Ok((outputs, found))
    }

    /// Groups by keys and computes aggregates: columns `#by0 ..`, then one per aggregate.
    pub(super) fn grouped(&self, keys: Vec<Key>, found: &[Found], input: Stream) -> Result<Stream, Fault> {
        let mut inputs: Vec<(Ready, String)> = keys.iter().map(|key| (key.ready.clone(), key.name.clone())).collect();
        let mut columns: Vec<Column> = keys.iter().map(|key| Column::new(key.name.clone(), key.ready.form)).collect();
        let mut parts = Vec::new();
        for one in found {
            let part = self.part(one, &input, inputs.len())?;
            columns.push(Column::new(one.column.clone(), part.form));
            inputs.extend(
                part.inputs.iter().enumerate().map(|(at, ready)| (ready.clone(), format!("{}.{at}", one.column))),
            );
            parts.push(part);
        }
        let schema_columns: Vec<Column> =
            inputs.iter().map(|(ready, name)| Column::new(name.clone(), ready.form)).collect();
        let exprs: Vec<ProjectionExpr> =
            inputs.into_iter().map(|(ready, name)| ProjectionExpr::new(ready.expr, name)).collect();
        let plan: Arc<dyn ExecutionPlan> = match exprs.is_empty() {
            true => input.plan,
            false => Arc::new(ProjectionExec::try_new(exprs, input.plan).map_err(fault::storage)?),
        };
        let group = keys.iter().enumerate().map(|(at, key)| (column_at(&schema_columns, at).expr, key.name.clone()));
        let group = PhysicalGroupBy::new_single(group.collect());
        let mut calls = Vec::new();
        let mut filters = Vec::new();
        for (part, one) in parts.iter().zip(found) {
            let arguments = (0..part.inputs.len()).map(|at| column_at(&schema_columns, part.first + at).expr);
            let (call, filter) = part.call(arguments.collect(), &one.column, &plan)?;
            calls.push(Arc::new(call));
            filters.push(filter);
        }
        Ok(Stream { plan: aggregate(group, calls, filters, plan)?, columns })
    }

    /// How one aggregate runs.
    fn part(&self, one: &Found, input: &Stream, first: usize) -> Result<Part, Fault> {
        let mut inputs = Vec::new();
        for argument in &one.arguments {
            inputs.push(compile(argument, &input.columns, &self.moment)?);
        }
        let form = inputs.first().map(|ready| ready.form);
        let (run, form) = match (&one.aggregate, form) {
            (Aggregate::Count, _) => (Run::Native(count_udaf()), Form::Long),
            (Aggregate::CountIf, Some(_)) => {
                inputs = vec![as_truth(inputs.swap_remove(0))];
                (Run::CountTrue, Form::Long)
            }
            (Aggregate::Sum, Some(Form::Double)) => (Run::Native(sum_udaf()), Form::Double),
            (Aggregate::Avg, Some(Form::Double | Form::Long)) => {
                inputs = vec![in_form(inputs.swap_remove(0), Form::Double)];
                (Run::Native(avg_udaf()), Form::Double)
            }
            (Aggregate::Sum, Some(Form::Long)) => {
                inputs = vec![in_form(inputs.swap_remove(0), Form::Double)];
                (Run::Native(sum_udaf()), Form::Double)
            }
            (Aggregate::Min, Some(form @ (Form::Long | Form::Timestamp | Form::Duration | Form::Text))) => {
                (Run::Native(min_udaf()), form)
            }
            (Aggregate::Max, Some(form @ (Form::Long | Form::Timestamp | Form::Duration | Form::Text))) => {
                (Run::Native(max_udaf()), form)
            }
            (other, _) => {
                let forms = inputs.iter().map(|ready| ready.form).collect();
                (Run::Native(function(other.clone(), forms)), other.form().unwrap_or(Form::Dynamic))
            }
        };
        Ok(Part { run, inputs, first, form })
    }
}

/// One aggregate: its function, inputs and where they begin among the projected columns.
struct Part {
    run: Run,
    inputs: Vec<Ready>,
    first: usize,
    form: Form,
}

enum Run {
    Native(Arc<AggregateUDF>),
    /// Counts the rows for which the only input is true.
    CountTrue,
}

type CallAndFilter = (AggregateFunctionExpr, Option<Arc<dyn PhysicalExpr>>);

impl Part {
    fn call(
        &self,
        arguments: Vec<Arc<dyn PhysicalExpr>>,
        name: &str,
        plan: &Arc<dyn ExecutionPlan>,
    ) -> Result<CallAndFilter, Fault> {
        let one = || -> Arc<dyn PhysicalExpr> {
            Arc::new(datafusion::physical_expr::expressions::Literal::new(datafusion::common::ScalarValue::Int64(
                Some(1),
            )))
        };
        let (udaf, arguments, filter) = match &self.run {
            Run::CountTrue => (count_udaf(), vec![one()], arguments.into_iter().next()),
            Run::Native(udaf) if arguments.is_empty() => (udaf.clone(), vec![one()], None),
            Run::Native(udaf) => (udaf.clone(), arguments, None),
        };
        let call = AggregateExprBuilder::new(udaf, arguments).schema(plan.schema()).alias(name).build();
        Ok((call.map_err(fault::storage)?, filter))
    }
}

/// In one go over one partition, else each partition first and then all together.
fn aggregate(
    group: PhysicalGroupBy,
    calls: Vec<Arc<AggregateFunctionExpr>>,
    filters: Vec<Option<Arc<dyn PhysicalExpr>>>,
    input: Arc<dyn ExecutionPlan>,
) -> Result<Arc<dyn ExecutionPlan>, Fault> {
    let schema = input.schema();
    let many = partitions(&input) > 1;
    let mode = if many { AggregateMode::Partial } else { AggregateMode::Single };
    let first = AggregateExec::try_new(mode, group.clone(), calls.clone(), filters, input, schema.clone());
    let first: Arc<dyn ExecutionPlan> = Arc::new(first.map_err(fault::storage)?);
    if !many {
        return Ok(first);
    }
    let filters = vec![None; calls.len()];
    let last = AggregateExec::try_new(AggregateMode::Final, group.as_final(), calls, filters, gather(first), schema);
    Ok(Arc::new(last.map_err(fault::storage)?))
}

/// Group keys inside an expression become their columns.
fn replace_keys(expr: &mut Expr, by: &[Named]) {
    let is_literal = matches!(expr.node, Node::Literal(_));
    if !is_literal && let Some(at) = by.iter().position(|key| same(&key.expr, expr)) {
        *expr = Expr::field(format!("#by{at}"));
        return;
    }
    crate::expr::walk::parts_mut(expr).into_iter().for_each(|part| replace_keys(part, by));
}

/// Equal apart from where they stand.
fn same(a: &Expr, b: &Expr) -> bool {
    let plain = |expr: &Expr| {
        let mut expr = expr.clone();
        crate::expr::walk::each_mut(&mut expr, &mut |part| part.span = Span::default());
        expr
    };
    plain(a) == plain(b)
}
