//! One row per item of an array.

use arrow::array::{ArrayRef, RecordBatch, UInt64Array};
use arrow::compute::take;
use arrow::datatypes::SchemaRef;
use datafusion_common::Result;
use datafusion_execution::TaskContext;
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
        Ok(Box::new(Expanding { expand: self.clone(), waiting: None }))
    }
}

/// The work on one partition.
struct Expanding {
    expand: Expand,
    /// The batch whose items are not all given, the arrays in it, and how many of its rows are done.
    waiting: Option<(RecordBatch, ArrayRef, usize)>,
}

impl Step for Expanding {
    fn push(&mut self, batch: RecordBatch) -> Result<Vec<RecordBatch>> {
        let array = keys::column(&self.expand.source, &batch)?;
        self.waiting = Some((batch, array, 0));
        Ok(self.rest()?.into_iter().collect())
    }

    fn rest(&mut self) -> Result<Option<RecordBatch>> {
        let Some((batch, array, mut done)) = self.waiting.take() else { return Ok(None) };
        let cells = Cells::new(self.expand.source.form, &array);
        let (mut rows, mut items) = (Vec::new(), CellsBuilder::new(Form::Dynamic, batch.num_rows()));
        while done < batch.num_rows() && rows.len() < ROWS_MAX {
            let values = match cells.get(done) {
                Value::Null => Vec::new(),
                Value::Array(values) => values,
                one => vec![one],
            };
            for value in values.iter().take(self.expand.most) {
                rows.push(done as u64);
                items.push(value);
            }
            done += 1;
        }
        if rows.is_empty() {
            return Ok(None);
        }
        let given = self.expand.batch(&batch, rows, &mut items)?;
        self.waiting = Some((batch, array, done));
        Ok(Some(given))
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
