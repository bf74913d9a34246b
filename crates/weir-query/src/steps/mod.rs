//! Commands that DataFusion has no operator for, as operators over batches.

mod census;
mod dedup;
mod expand;
mod fail_if;
mod in_turn;
mod join;
mod keys;
mod numbered;
mod parse;
mod record;
mod sequence;
mod series;
mod slot;
mod summary;
mod window;

pub use census::{BUCKET, Census, DATA_TYPE};
pub use dedup::Dedup;
pub use expand::Expand;
pub use fail_if::FailIf;
pub use in_turn::in_turn;
pub use join::{Join, JoinKind};
pub use numbered::Numbered;
pub use parse::Parse;
pub use record::record_of;
pub use sequence::Sequence;
pub use series::{Line, Series};
pub use slot::{Grid, SlotOf, Time};
pub use summary::Summary;
pub use window::{Call, Look, Window};

use std::fmt;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion_common::Result;
use datafusion_execution::{SendableRecordBatchStream, TaskContext};
use datafusion_physical_plan::ExecutionPlan;
use datafusion_physical_plan::stream::RecordBatchStreamAdapter;
use futures::{StreamExt, TryStreamExt, stream};

use crate::operator::{Operator, OperatorExec, gather, partitions};

/// A command's work, made once per plan and started once per partition.
pub trait Work: fmt::Debug + Send + Sync {
    /// The command, for plans and messages.
    fn name(&self) -> &'static str;

    /// What the plan shows beside the name.
    fn detail(&self) -> String {
        String::new()
    }

    fn start(&self, context: &TaskContext) -> Result<Box<dyn Step>>;
}

/// The work on one partition.
pub trait Step: Send {
    /// Takes a batch, gives none or some. Where a batch gives many, they come one by one from [`Step::rest`].
    fn push(&mut self, batch: RecordBatch) -> Result<Vec<RecordBatch>>;

    /// What the last batch still gives; nothing when that was all.
    fn rest(&mut self) -> Result<Option<RecordBatch>> {
        Ok(None)
    }

    /// What is left after the last batch.
    fn finish(&mut self) -> Result<Vec<RecordBatch>> {
        Ok(Vec::new())
    }

    /// No further batch can add to the result.
    fn is_done(&self) -> bool {
        false
    }
}

/// Runs a [`Work`] over its input.
#[derive(Debug)]
struct Steps {
    work: Arc<dyn Work>,
    schema: SchemaRef,
}

/// `work` in each partition of `input` by itself.
pub fn spread(work: Arc<dyn Work>, input: Arc<dyn ExecutionPlan>, schema: SchemaRef) -> Arc<dyn ExecutionPlan> {
    let partitions = partitions(&input);
    OperatorExec::of(Arc::new(Steps { work, schema: schema.clone() }), vec![input], schema, partitions)
}

/// `work` once, over all partitions of `input` together.
pub fn gathered(work: Arc<dyn Work>, input: Arc<dyn ExecutionPlan>, schema: SchemaRef) -> Arc<dyn ExecutionPlan> {
    spread(work, gather(input), schema)
}

impl Operator for Steps {
    fn name(&self) -> &'static str {
        self.work.name()
    }

    fn detail(&self) -> String {
        self.work.detail()
    }

    fn rows(
        &self,
        inputs: &[Arc<dyn ExecutionPlan>],
        partition: usize,
        context: Arc<TaskContext>,
    ) -> Result<SendableRecordBatchStream> {
        let step = self.work.start(&context)?;
        let run = Run { step, input: inputs[0].execute(partition, context)?, ended: false };
        let batches = stream::try_unfold(run, Run::next);
        let batches = batches.map_ok(|batches| stream::iter(batches.into_iter().map(Ok))).try_flatten();
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema.clone(), batches)))
    }
}

/// A step and what it still has to read.
struct Run {
    step: Box<dyn Step>,
    input: SendableRecordBatchStream,
    ended: bool,
}

impl Run {
    async fn next(mut self) -> Result<Option<(Vec<RecordBatch>, Run)>> {
        if self.ended {
            return Ok(None);
        }
        if let Some(batch) = self.step.rest()? {
            return Ok(Some((vec![batch], self)));
        }
        let batch = if self.step.is_done() { None } else { self.input.next().await.transpose()? };
        let batches = match batch {
            Some(batch) => self.step.push(batch)?,
            None => {
                self.ended = true;
                self.step.finish()?
            }
        };
        Ok(Some((batches, self)))
    }
}
