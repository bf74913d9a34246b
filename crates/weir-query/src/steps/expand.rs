//! One row per item of an array.

use arrow::array::{RecordBatch, UInt64Array};
use arrow::compute::take;
use arrow::datatypes::SchemaRef;
use datafusion::common::Result;
use datafusion::execution::TaskContext;
use weir_event::Value;

use super::{Step, Work, keys};
use crate::Form;
use crate::cells::{Cells, CellsBuilder};
use crate::expr::Ready;

/// Rows of one batch that `expand` makes; more come in a further one.
const ROWS_MAX: usize = 65_536;

#[derive(Clone, Debug)]
pub struct Expand {
    pub source: Ready,
    /// The column that gets the items; behind the others when it is new.
    pub target: usize,
    /// Items of each array.
    pub most: usize,
    pub schema: SchemaRef,
}

impl Work for Expand {
    fn name(&self) -> &'static str {
        "expand"
    }

    fn start(&self, _: &TaskContext) -> Result<Box<dyn Step>> {
        Ok(Box::new(self.clone()))
    }
}

impl Step for Expand {
    fn push(&mut self, batch: RecordBatch) -> Result<Vec<RecordBatch>> {
        let array = keys::column(&self.source, &batch)?;
        let cells = Cells::new(self.source.form, &array);
        let mut batches = Vec::new();
        let (mut rows, mut items) = (Vec::new(), CellsBuilder::new(Form::Dynamic, batch.num_rows()));
        for row in 0..batch.num_rows() {
            let values = match cells.get(row) {
                Value::Null => continue,
                Value::Array(values) => values,
                one => vec![one],
            };
            for value in values.iter().take(self.most) {
                rows.push(row as u64);
                items.push(value);
            }
            if rows.len() >= ROWS_MAX {
                batches.push(self.batch(&batch, std::mem::take(&mut rows), &mut items)?);
            }
        }
        if !rows.is_empty() {
            batches.push(self.batch(&batch, rows, &mut items)?);
        }
        Ok(batches)
    }
}

impl Expand {
    fn batch(&self, batch: &RecordBatch, rows: Vec<u64>, items: &mut CellsBuilder) -> Result<RecordBatch> {
        let rows = UInt64Array::from(rows);
        let mut arrays = Vec::with_capacity(self.schema.fields().len());
        for (index, column) in batch.columns().iter().enumerate() {
            arrays.push(if index == self.target { items.finish() } else { take(column, &rows, None)? });
        }
        if self.target == arrays.len() {
            arrays.push(items.finish());
        }
        Ok(RecordBatch::try_new(self.schema.clone(), arrays)?)
    }
}
