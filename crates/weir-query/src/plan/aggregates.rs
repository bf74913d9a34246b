//! Aggregates among expressions: finding them, and which one a call means.

use weir_event::{Fault, Value};
use weir_lang::ast::{Arg, Call, Expr, Node};

use super::Planner;
use crate::aggregate::Aggregate;
use crate::expr::{constant, walk};
use crate::fault;

/// Items of a collected array, unless told otherwise and at most.
const COLLECT_MAX: i64 = 131_072;

/// One aggregate of a `summarize` or `makeTimeseries`.
#[derive(Clone, Debug)]
pub struct Found {
    /// Of the column that holds its result.
    pub column: String,
    pub aggregate: Aggregate,
    pub arguments: Vec<Expr>,
    pub call: Call,
}

impl Planner {
    /// Replaces every aggregate in `expr` by a field that will hold its result, and lists what it replaced.
    pub(super) fn take_aggregates(&self, expr: &mut Expr, found: &mut Vec<Found>) -> Result<(), Fault> {
        if let Node::Call(call) = &expr.node
            && call.function.is_aggregate()
        {
            let (aggregate, arguments) = self.aggregate(call.function.name, call)?;
            let column = format!("#{}", found.len());
            found.push(Found { column: column.clone(), aggregate, arguments, call: call.clone() });
            *expr = Expr::field(column);
            return Ok(());
        }
        for part in walk::parts_mut(expr) {
            self.take_aggregates(part, found)?;
        }
        Ok(())
    }

    fn aggregate(&self, name: &'static str, call: &Call) -> Result<(Aggregate, Vec<Expr>), Fault> {
        let mut arguments: Vec<Expr> = call.args.iter().flat_map(Arg::items).filter_map(positional).cloned().collect();
        for required in ["expression", "condition", "expression1", "expression2"] {
            arguments.extend(
                call.args.iter().find(|arg| arg.name.as_deref() == Some(required)).and_then(Arg::expr).cloned(),
            );
        }
        let wanted = if name == "count" { 0 } else { 1 };
        if arguments.len() < wanted {
            return Err(fault::argument(name, format!("`{name}` needs an argument")));
        }
        let aggregate = match name {
            "count" => Aggregate::Count,
            "countIf" => Aggregate::CountIf,
            "sum" => Aggregate::Sum,
            "avg" => Aggregate::Avg,
            "min" => Aggregate::Min,
            "max" => Aggregate::Max,
            "takeAny" => Aggregate::TakeAny,
            "takeFirst" => Aggregate::TakeFirst,
            "takeLast" => Aggregate::TakeLast,
            "takeMin" => Aggregate::TakeMin,
            "takeMax" => Aggregate::TakeMax,
            "countDistinctExact" => Aggregate::CountDistinctExact,
            "countDistinct" | "countDistinctApprox" => {
                Aggregate::CountDistinctApprox { precision: self.setting(call, "precision", 14, 3, 16)? as u32 }
            }
            "collectArray" => {
                let most = self.setting(call, "maxLength", COLLECT_MAX, 1, COLLECT_MAX)? as usize;
                Aggregate::CollectArray { most, flat: self.flag(call, "expand")? }
            }
            "collectDistinct" => {
                let most = self.setting(call, "maxLength", COLLECT_MAX, 1, COLLECT_MAX)? as usize;
                Aggregate::CollectDistinct { most, flat: self.flag(call, "expand")? }
            }
            "median" => Aggregate::Percentile { points: vec![50.0], list: false, samples: false },
            "percentile" | "percentileFromSamples" | "percentiles" => {
                let points = self.points(name, call, &mut arguments)?;
                Aggregate::Percentile { points, list: name == "percentiles", samples: name == "percentileFromSamples" }
            }
            "percentRank" => Aggregate::PercentRank,
            "variance" => Aggregate::Variance,
            "stddev" => Aggregate::Stddev,
            _ => Aggregate::Correlation,
        };
        arguments
            .extend(call.args.iter().find(|arg| arg.name.as_deref() == Some("weight")).and_then(Arg::expr).cloned());
        let iterates = arguments.iter().any(|argument| walk::any(argument, &|part| matches!(part.node, Node::Each(_))));
        Ok((if iterates { Aggregate::PerIndex(Box::new(aggregate)) } else { aggregate }, arguments))
    }

    /// The points of percentiles: constants behind the first argument.
    fn points(&self, name: &str, call: &Call, arguments: &mut Vec<Expr>) -> Result<Vec<f64>, Fault> {
        let mut exprs = arguments.split_off(1);
        exprs.extend(
            call.args.iter().find(|arg| arg.name.as_deref() == Some("percentile")).and_then(Arg::expr).cloned(),
        );
        let point = |expr: &Expr| match constant(expr, &self.moment)? {
            Value::Long(point @ 0..=100) => Ok(point as f64),
            Value::Double(point) if (0.0..=100.0).contains(&point) => Ok(point),
            _ => Err(fault::argument(name, "a percentile is a number from 0 to 100")),
        };
        let points: Vec<f64> = exprs.iter().map(point).collect::<Result<_, Fault>>()?;
        match points.is_empty() {
            true => Err(fault::argument(name, format!("`{name}` needs a percentile from 0 to 100"))),
            false => Ok(points),
        }
    }

    fn setting(&self, call: &Call, name: &str, default: i64, least: i64, most: i64) -> Result<i64, Fault> {
        match self.call_value(call, name)? {
            None => Ok(default),
            Some(Value::Long(number)) if (least..=most).contains(&number) => Ok(number),
            Some(_) => {
                Err(fault::argument(call.function.name, format!("`{name}:` is a whole number from {least} to {most}")))
            }
        }
    }

    fn flag(&self, call: &Call, name: &str) -> Result<bool, Fault> {
        Ok(self.call_value(call, name)? == Some(Value::Bool(true)))
    }

    /// The value of a named argument of a call.
    pub(super) fn call_value(&self, call: &Call, name: &str) -> Result<Option<Value<'static>>, Fault> {
        let expr = call.args.iter().find(|arg| arg.name.as_deref() == Some(name)).and_then(Arg::expr);
        expr.map(|expr| constant(expr, &self.moment)).transpose()
    }
}

fn positional(arg: &Arg) -> Option<&Expr> {
    if arg.name.is_some() { None } else { arg.expr() }
}
