//! The place of every row in its partition, as a column behind the others.

use std::sync::Arc;

use arrow::array::{Int64Array, RecordBatch};
use arrow::datatypes::SchemaRef;
use datafusion_common::Result;
use datafusion_execution::TaskContext;

use super::{Step, Work};

#[derive(Debug)]
pub struct Numbered {
    /// That of the input and one column of numbers.
    pub schema: SchemaRef,
}

struct Count {
    schema: SchemaRef,
    rows: i64,
}

impl Work for Numbered {
    fn name(&self) -> &'static str {
        "number"
    }

    fn start(&self, _: &TaskContext) -> Result<Box<dyn Step>> {
        Ok(Box::new(Count { schema: self.schema.clone(), rows: 0 }))
    }
}

impl Step for Count {
    fn push(&mut self, batch: RecordBatch) -> Result<Vec<RecordBatch>> {
        let from = self.rows;
        self.rows += batch.num_rows() as i64;
        let mut columns = batch.columns().to_vec();
        columns.push(Arc::new(Int64Array::from_iter_values(from..self.rows)));
        Ok(vec![RecordBatch::try_new(self.schema.clone(), columns)?])
    }
}
