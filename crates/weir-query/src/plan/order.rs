//! `sort`, `limit`, `dedup`.

use std::sync::Arc;

use arrow::compute::SortOptions;
use datafusion::physical_expr::{LexOrdering, PhysicalSortExpr};
use datafusion::physical_plan::limit::{GlobalLimitExec, LocalLimitExec};
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::sorts::sort::SortExec;
use datafusion::physical_plan::sorts::sort_preserving_merge::SortPreservingMergeExec;
use datafusion::physical_plan::{ChildrenPropertiesMode, ExecutionPlan, ReplaceChildrenOptions};
use weir_event::{Fault, Value};
use weir_lang::ast::Command;

use super::args::{SortKey, bad, items, param_items, sort_keys};
use super::{Planner, Stream};
use crate::columns::schema_of;
use crate::expr::{as_key, as_sortable, compile, constant};
use crate::operator::{gather, partitions};
use crate::steps::{Dedup, gathered};

impl Planner {
    pub(super) fn sort(&self, command: &Command, input: Stream) -> Result<Stream, Fault> {
        let args: Vec<_> = command.args.iter().collect();
        let keys = sort_keys(command, &args)?;
        self.sorted(&keys, input)
    }

    /// Rows in order of the keys; null comes last either way, equal rows keep their order within one partition.
    pub(super) fn sorted(&self, keys: &[SortKey], input: Stream) -> Result<Stream, Fault> {
        if input.columns.is_empty() {
            // Records without fields are all equal.
            return Ok(input);
        }
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

/// The first `rows` rows. A sort below, maybe under operators that keep rows and their order, then only keeps that many.
pub fn limited(input: Stream, rows: usize) -> Stream {
    if let Some(plan) = sorted_only(&input.plan, rows) {
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

/// The same plan, its sort cut to `rows`; `None` when it does not end in a sort.
fn sorted_only(plan: &Arc<dyn ExecutionPlan>, rows: usize) -> Option<Arc<dyn ExecutionPlan>> {
    if let Some(sort) = plan.downcast_ref::<SortExec>() {
        let rows = sort.fetch().map_or(rows, |have| have.min(rows));
        return Some(Arc::new(sort.with_fetch(Some(rows))));
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
