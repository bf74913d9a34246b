//! What a sort above that keeps only its first rows tells the scan: from when on which values come too late.

use std::any::Any;
use std::sync::Arc;

use datafusion_common::{Result, ScalarValue};
use datafusion_expr::Operator;
use datafusion_physical_expr::PhysicalExpr;
use datafusion_physical_expr::expressions::{BinaryExpr, Column, DynamicFilterPhysicalExpr, Literal};
use parquet::arrow::arrow_reader::ArrowReaderMetadata;

use super::group::time_bounds;
use super::{Check, Demands, Test};
use crate::tables::TableColumn;

/// Rows that fail it cannot be among the first; it grows stricter while the query runs.
#[derive(Debug)]
pub struct Cutoff {
    /// The filter as a check of the scan.
    pub check: Check,
    filter: Arc<DynamicFilterPhysicalExpr>,
    descending: bool,
}

impl Cutoff {
    /// `filter` is a dynamic one over `keys`, which are columns of the table, the first of them sorted as `descending` says.
    pub fn new(filter: Arc<dyn PhysicalExpr>, keys: Vec<TableColumn>, descending: bool) -> Result<Option<Cutoff>> {
        let column = |(at, key): (usize, &TableColumn)| Arc::new(Column::new(&key.name, at)) as Arc<dyn PhysicalExpr>;
        let columns = keys.iter().enumerate().map(column).collect();
        let filter = filter.with_new_children(columns)?;
        let any: Arc<dyn Any + Send + Sync> = filter.clone();
        let Ok(own) = any.downcast::<DynamicFilterPhysicalExpr>() else { return Ok(None) };
        let check = Check { columns: keys, test: Test::Expr(filter, Demands::default()) };
        Ok(Some(Cutoff { check, filter: own, descending }))
    }

    /// Whether the newest rows come first, or the oldest; `None` when the order is not that of time.
    pub fn newest_first(&self) -> Option<bool> {
        (self.check.columns[0].name == "timestamp").then_some(self.descending)
    }

    /// Whether every row of the row group comes too late by now.
    pub fn excludes(&self, footer: &ArrowReaderMetadata, group: usize) -> bool {
        let Ok(current) = self.filter.current() else { return false };
        let Some(last) = bound(&current) else { return false };
        let Some((least, greatest)) = time_bounds(footer, group, &self.check.columns[0].name) else { return false };
        if self.descending { greatest < last } else { least > last }
    }
}

/// The value of the first key that the last of the rows kept so far has: `key < value or (key == value and ..)`.
fn bound(expr: &Arc<dyn PhysicalExpr>) -> Option<i64> {
    let compared = expr.downcast_ref::<BinaryExpr>()?;
    if *compared.op() == Operator::Or {
        return bound(compared.left());
    }
    let ordered = [Operator::Lt, Operator::LtEq, Operator::Gt, Operator::GtEq].contains(compared.op());
    let first = compared.left().downcast_ref::<Column>().filter(|column| ordered && column.index() == 0);
    match (first, compared.right().downcast_ref::<Literal>()?.value()) {
        (Some(_), ScalarValue::TimestampNanosecond(Some(value), _) | ScalarValue::Int64(Some(value))) => Some(*value),
        _ => None,
    }
}
