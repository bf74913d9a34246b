//! `sort`, `limit`, `dedup`.

use std::sync::Arc;

use arrow::compute::SortOptions;
use datafusion_physical_expr::expressions::Column as ColumnExpr;
use datafusion_physical_expr::{LexOrdering, PhysicalExpr, PhysicalSortExpr};
use datafusion_physical_plan::filter::FilterExec;
use datafusion_physical_plan::limit::{GlobalLimitExec, LocalLimitExec};
use datafusion_physical_plan::projection::ProjectionExec;
use datafusion_physical_plan::sorts::sort::SortExec;
use datafusion_physical_plan::sorts::sort_preserving_merge::SortPreservingMergeExec;
use datafusion_physical_plan::{ChildrenPropertiesMode, ExecutionPlan, ReplaceChildrenOptions};
use weir_event::{Fault, Value};
use weir_lang::ast::{Command, Expr};

use super::args::{SortKey, bad, items, param_items, sort_keys};
use super::shape::{as_is, project};
use super::{Planner, Stream};
use crate::Form;
use crate::columns::{Column, schema_of};
use crate::expr::{as_key, as_sortable, compile, constant};
use crate::operator::{OperatorExec, gather, partitions};
use crate::scan::{Cutoff, system_column};
use crate::steps::{Dedup, Numbered, gathered, spread};

impl Planner {
    pub(super) fn sort(&self, command: &Command, input: Stream) -> Result<Stream, Fault> {
        let args: Vec<_> = command.args.iter().collect();
        let keys = sort_keys(command, &args)?;
        self.sorted(&keys, input)
    }

    /// Rows in order of the keys; null comes last either way, and equal rows keep the order they have, if they have one.
    pub(super) fn sorted(&self, keys: &[SortKey], input: Stream) -> Result<Stream, Fault> {
        if input.columns.is_empty() || keys.is_empty() {
            // Records without fields are all equal.
            return Ok(input);
        }
        // What comes straight from segments has no order, and there the scan can be told what comes too late.
        if scan_below(&input.plan, Vec::new()).is_some() {
            return self.sorted_any(keys, input);
        }
        let kept = input.columns.clone();
        let mut keys = keys.to_vec();
        keys.push(SortKey { expr: Expr::field(PLACE), descending: false });
        let sorted = self.sorted_any(&keys, numbered(input))?;
        project(sorted, as_is(&kept))
    }

    /// The same; equal rows come in any order.
    fn sorted_any(&self, keys: &[SortKey], input: Stream) -> Result<Stream, Fault> {
        let mut order = Vec::new();
        for key in keys {
            let ready = as_sortable(compile(&key.expr, &input.columns, &self.moment)?);
            let options = SortOptions { descending: key.descending, nulls_first: false };
            order.push(PhysicalSortExpr::new(ready.expr, options));
        }
        let Some(order) = LexOrdering::new(order) else { return Ok(input) };
        let many = partitions(&input.plan) > 1;
        let sort = Arc::new(SortExec::new(order.clone(), input.plan).with_preserve_partitioning(many));
        if !many {
            return Ok(Stream { plan: sort, columns: input.columns });
        }
        Ok(Stream { plan: Arc::new(SortPreservingMergeExec::new(order, sort)), columns: input.columns })
    }

    pub(super) fn limit(&self, command: &Command, input: Stream) -> Result<Stream, Fault> {
        let expr = items(command).first().and_then(|arg| arg.expr()).cloned();
        let expr = expr.ok_or_else(|| bad(command, "`limit` needs a number of records"))?;
        match constant(&expr, &self.moment)? {
            Value::Long(rows) if rows >= 0 => Ok(limited(input, rows as usize)),
            other => Err(bad(command, format!("`limit` takes a whole number from 0, not a {}", other.type_name()))),
        }
    }

    /// The first row of each key, or as many as `limit:` says; with `sort:` the first in that order.
    pub(super) fn dedup(&self, command: &Command, input: Stream) -> Result<Stream, Fault> {
        let order = sort_keys(command, &param_items(command, "sort"))?;
        let input = self.sorted(&order, input)?;
        let mut keys = Vec::new();
        for arg in items(command) {
            let expr = arg.expr().ok_or_else(|| bad(command, "a key is an expression"))?;
            keys.push(as_key(compile(expr, &input.columns, &self.moment)?));
        }
        let keep = match self.param_long(command, "limit")? {
            None => 1,
            Some(keep @ 0..) => keep as usize,
            Some(_) => return Err(bad(command, "`limit:` is a whole number from 0")),
        };
        if keys.is_empty() {
            return Err(bad(command, "`dedup` needs at least one field"));
        }
        let schema = schema_of(&input.columns);
        Ok(Stream { plan: gathered(Arc::new(Dedup { keys, keep }), input.plan, schema), columns: input.columns })
    }
}

/// The field that says where in its partition a row stood. No query can name it.
const PLACE: &str = "\0place";

/// `input` with the places of its rows.
fn numbered(mut input: Stream) -> Stream {
    input.columns.push(Column::new(PLACE, Form::Long));
    let schema = schema_of(&input.columns);
    let plan = spread(Arc::new(Numbered { schema: schema.clone() }), input.plan, schema);
    Stream { plan, columns: input.columns }
}

/// The first `rows` rows. A sort below, maybe under operators that keep rows and their order, then only keeps that many.
pub fn limited(input: Stream, rows: usize) -> Stream {
    // Of nothing there is no first in order.
    if rows > 0
        && let Some(plan) = sorted_only(&input.plan, rows)
    {
        return Stream { plan, columns: input.columns };
    }
    let many = partitions(&input.plan) > 1;
    let plan = if many { Arc::new(LocalLimitExec::new(input.plan, rows)) } else { input.plan };
    Stream { plan: Arc::new(GlobalLimitExec::new(gather(plan), 0, Some(rows))), columns: input.columns }
}

/// Without the first `rows` rows.
pub fn skipping(input: Stream, rows: usize) -> Stream {
    if rows == 0 {
        return input;
    }
    Stream { plan: Arc::new(GlobalLimitExec::new(gather(input.plan), rows, None)), columns: input.columns }
}

/// Tells the scan below a sort that keeps its first rows which rows come too late, so that it need not read all of them. Only where
/// the keys are columns of the table.
fn cut_scan(sort: &SortExec) {
    let Some(filter) = sort.dynamic_expressions_produced().pop() else { return };
    let place = |key: &Arc<dyn PhysicalExpr>| Some(key.downcast_ref::<ColumnExpr>()?.index());
    let places: Option<Vec<usize>> = filter.children().into_iter().map(place).collect();
    let Some((scan, places)) = places.and_then(|places| scan_below(sort.input(), places)) else { return };
    let Some(columns) = scan.operator().table_columns() else { return };
    let keys: Vec<_> = places.iter().filter_map(|&at| columns.get(at).cloned()).collect();
    let plain = keys.iter().all(|key| !key.in_rest && system_column(&key.name).is_none());
    if !plain || keys.len() != places.len() || keys.is_empty() {
        return;
    }
    if let Ok(Some(cutoff)) = Cutoff::new(filter, keys, sort.expr().first().options.descending) {
        scan.operator().cut_by(cutoff);
    }
}

/// The scan below operators that only drop rows and columns, and the places that columns have there.
fn scan_below(plan: &Arc<dyn ExecutionPlan>, places: Vec<usize>) -> Option<(&OperatorExec, Vec<usize>)> {
    if let Some(filter) = plan.downcast_ref::<FilterExec>() {
        return filter.projection().is_none().then(|| scan_below(filter.input(), places)).flatten();
    }
    if let Some(projection) = plan.downcast_ref::<ProjectionExec>() {
        let below = |at: usize| Some(projection.expr().get(at)?.expr.downcast_ref::<ColumnExpr>()?.index());
        let places = places.into_iter().map(below).collect::<Option<_>>()?;
        return scan_below(projection.input(), places);
    }
    let scan = plan.downcast_ref::<OperatorExec>()?;
    scan.operator().table_columns().is_some().then_some((scan, places))
}

/// The same plan, its sort cut to `rows`; `None` when it does not end in a sort.
fn sorted_only(plan: &Arc<dyn ExecutionPlan>, rows: usize) -> Option<Arc<dyn ExecutionPlan>> {
    if let Some(sort) = plan.downcast_ref::<SortExec>() {
        let rows = sort.fetch().map_or(rows, |have| have.min(rows));
        let sort = sort.with_fetch(Some(rows));
        cut_scan(&sort);
        return Some(Arc::new(sort));
    }
    if let Some(merge) = plan.downcast_ref::<SortPreservingMergeExec>() {
        let rows = merge.fetch().map_or(rows, |have| have.min(rows));
        let input = sorted_only(merge.input(), rows)?;
        return Some(Arc::new(SortPreservingMergeExec::new(merge.expr().clone(), input).with_fetch(Some(rows))));
    }
    if plan.is::<ProjectionExec>() || plan.name() == "parse" {
        let input = sorted_only(plan.children().first()?, rows)?;
        let options = ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute);
        return plan.clone().replace_children(vec![input], options).ok();
    }
    None
}
