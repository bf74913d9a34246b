//! All partitions of the input, one after the other.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use datafusion_common::Result;
use datafusion_execution::{SendableRecordBatchStream, TaskContext};
use datafusion_physical_plan::ExecutionPlan;
use datafusion_physical_plan::stream::RecordBatchStreamAdapter;
use futures::{StreamExt, TryStreamExt, stream};

use crate::operator::{Operator, OperatorExec, partitions};

/// Keeps the order of an `append`: the records of the query, then those of the sub-query.
#[derive(Debug)]
struct InTurn {
    schema: SchemaRef,
}

/// One partition that gives the rows of each of the input's partitions in turn.
pub fn in_turn(input: Arc<dyn ExecutionPlan>, schema: SchemaRef) -> Arc<dyn ExecutionPlan> {
    OperatorExec::of(Arc::new(InTurn { schema: schema.clone() }), vec![input], schema, 1)
}

impl Operator for InTurn {
    fn name(&self) -> &'static str {
        "append"
    }

    fn rows(
        &self,
        inputs: &[Arc<dyn ExecutionPlan>],
        _: usize,
        context: Arc<TaskContext>,
    ) -> Result<SendableRecordBatchStream> {
        let (input, schema) = (inputs[0].clone(), self.schema.clone());
        let rows = stream::iter(0..partitions(&input)).map(move |partition| input.execute(partition, context.clone()));
        let rows = rows.try_flatten().map(move |batch| Ok(batch?.with_schema(schema.clone())?));
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema.clone(), rows)))
    }
}
