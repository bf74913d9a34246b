//! What our own expressions share as nodes of DataFusion's: they look at whole batches and have no parts.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::{DataType, Schema};
use datafusion_common::Result;
use datafusion_expr::ColumnarValue;
use datafusion_physical_expr::PhysicalExpr;

/// The part of an expression that is its own.
pub trait Leaf: fmt::Debug + Send + Sync {
    fn data_type(&self) -> DataType;

    /// One value for each row.
    fn column(&self, batch: &RecordBatch) -> Result<ArrayRef>;

    /// For plans.
    fn text(&self) -> String;
}

/// `leaf` as an expression of DataFusion.
pub fn physical(leaf: impl Leaf + 'static) -> Arc<dyn PhysicalExpr> {
    Arc::new(LeafExpr(Arc::new(leaf)))
}

#[derive(Debug)]
struct LeafExpr(Arc<dyn Leaf>);

/// Two are equal when they are the same.
impl PartialEq for LeafExpr {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for LeafExpr {}

impl Hash for LeafExpr {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.0).cast::<()>().hash(state);
    }
}

impl fmt::Display for LeafExpr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.text())
    }
}

impl PhysicalExpr for LeafExpr {
    fn data_type(&self, _: &Schema) -> Result<DataType> {
        Ok(self.0.data_type())
    }

    fn nullable(&self, _: &Schema) -> Result<bool> {
        Ok(true)
    }

    fn evaluate(&self, batch: &RecordBatch) -> Result<ColumnarValue> {
        self.0.column(batch).map(ColumnarValue::Array)
    }

    fn children(&self) -> Vec<&Arc<dyn PhysicalExpr>> {
        Vec::new()
    }

    fn with_new_children(self: Arc<Self>, _: Vec<Arc<dyn PhysicalExpr>>) -> Result<Arc<dyn PhysicalExpr>> {
        Ok(self)
    }

    fn fmt_sql(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
