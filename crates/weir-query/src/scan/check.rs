//! Conditions that a scan applies before it reads the rest of a row.

use std::ops::Range;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch, TimestampNanosecondArray};
use arrow::compute::prep_null_mask_filter;
use datafusion_common::{DataFusionError, Result};
use datafusion_physical_expr::PhysicalExpr;

use super::bounds::Bounds;
use super::holds::Pieces;
use super::rows;
use crate::tables::{TableColumn, Window};
use crate::{Form, columns};

/// One condition and the columns it looks at.
#[derive(Clone, Debug)]
pub struct Check {
    pub columns: Vec<TableColumn>,
    pub test: Test,
}

#[derive(Clone, Debug)]
pub enum Test {
    /// An expression over exactly the check's columns, and what it demands of the first of them.
    Expr(Arc<dyn PhysicalExpr>, Demands),
    /// A time in the half-open span of nanoseconds.
    Time(Range<i64>),
    /// A text in the half-open span.
    Between(Range<String>),
    /// A text that holds all of these pieces.
    Holds(Pieces),
}

/// What indexes and statistics can tell of an expression.
#[derive(Clone, Debug, Default)]
pub struct Demands {
    /// Of the first column.
    pub bounds: Option<Bounds>,
    /// Texts one of which stands in one of the columns of every row that passes.
    pub values: Option<Vec<String>>,
}

impl Check {
    /// The condition of a window; none when every row is wanted.
    pub fn of_window(window: &Window) -> Option<Check> {
        let column = |name: &str, form| TableColumn { name: name.into(), form, in_rest: false, repeats: false };
        match window {
            Window::All => None,
            Window::Time(span) => Some(Check {
                columns: vec![column("timestamp", Form::Timestamp)],
                test: Test::Time(span.start.0..span.end.0),
            }),
            Window::Arrived(span) => Some(Check {
                columns: vec![column("weir.id", Form::Text)],
                test: Test::Between(format!("{:012x}-", span.start)..format!("{:012x}-", span.end)),
            }),
        }
    }

    /// True where the condition holds; false and null elsewhere are both false.
    pub fn mask(&self, batch: &RecordBatch) -> Result<BooleanArray> {
        Ok(match &self.test {
            Test::Expr(condition, _) => truths(&condition.evaluate(batch)?.into_array(batch.num_rows())?)?,
            Test::Time(span) => times(batch.column(0), span)?,
            Test::Between(span) => {
                texts(batch.column(0), |text| span.start.as_str() <= text && text < span.end.as_str())
            }
            Test::Holds(pieces) => pieces.mask(batch.column(0)),
        })
    }

    /// The mask over a batch as it is stored.
    pub fn of_stored(&self, stored: &RecordBatch, schema: &arrow::datatypes::SchemaRef) -> Result<BooleanArray> {
        match &self.test {
            Test::Holds(pieces) => match stored.column_by_name(&self.columns[0].name) {
                Some(texts) => Ok(pieces.mask(texts)),
                None => Ok(BooleanArray::from(vec![false; stored.num_rows()])),
            },
            _ => self.mask(&rows::adapt(stored, &self.columns, schema.clone())?),
        }
    }

    /// The check's columns as a schema.
    pub fn schema(&self) -> arrow::datatypes::SchemaRef {
        columns::schema(self.columns.iter().map(|column| (column.name.as_str(), column.form)))
    }
}

/// The rows for which a boolean column is true.
pub(crate) fn truths(array: &ArrayRef) -> Result<BooleanArray> {
    let array = array
        .as_any()
        .downcast_ref::<BooleanArray>()
        .ok_or_else(|| DataFusionError::Internal("a condition gave no booleans".into()))?;
    Ok(if array.null_count() == 0 { array.clone() } else { prep_null_mask_filter(array) })
}

fn times(array: &ArrayRef, span: &Range<i64>) -> Result<BooleanArray> {
    let times = array
        .as_any()
        .downcast_ref::<TimestampNanosecondArray>()
        .ok_or_else(|| DataFusionError::Internal("the column `timestamp` holds no times".into()))?;
    Ok((0..times.len()).map(|row| Some(times.is_valid(row) && span.contains(&times.value(row)))).collect())
}

fn texts(array: &ArrayRef, holds: impl Fn(&str) -> bool) -> BooleanArray {
    let texts = array.as_string::<i32>();
    let mask: Vec<bool> = (0..texts.len()).map(|row| texts.is_valid(row) && holds(texts.value(row))).collect();
    BooleanArray::from(mask)
}
