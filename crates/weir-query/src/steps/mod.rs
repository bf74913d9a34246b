//! Commands that DataFusion has no operator for, as operators over batches.

mod dedup;
mod expand;
mod in_turn;
mod join;
mod keys;
mod parse;
mod record;
mod series;
mod slot;
mod summary;

pub use dedup::Dedup;
pub use expand::Expand;
pub use in_turn::InTurn;
pub use join::{Join, JoinKind};
pub use parse::Parse;
pub use record::record_of;
pub use series::{Line, Series};
pub use slot::{Grid, SlotOf, Time};
pub use summary::Summary;

use std::fmt;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::coalesce_partitions::CoalescePartitionsExec;
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::metrics::{BaselineMetrics, ExecutionPlanMetricsSet, MetricsSet};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    ChildrenPropertiesMode, DisplayAs, DisplayFormatType, ExecutionPlan, Partitioning, PlanProperties,
    ReplaceChildrenOptions,
};
use futures::{StreamExt, TryStreamExt, stream};

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
    /// Takes a batch, gives none or some.
    fn push(&mut self, batch: RecordBatch) -> Result<Vec<RecordBatch>>;

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
pub struct StepExec {
    work: Arc<dyn Work>,
    input: Arc<dyn ExecutionPlan>,
    schema: SchemaRef,
    properties: Arc<PlanProperties>,
    metrics: ExecutionPlanMetricsSet,
}

impl StepExec {
    /// Runs in each partition of `input` by itself.
    pub fn spread(work: Arc<dyn Work>, input: Arc<dyn ExecutionPlan>, schema: SchemaRef) -> Arc<dyn ExecutionPlan> {
        let partitions = Partitioning::UnknownPartitioning(input.properties().output_partitioning().partition_count());
        let properties = Arc::new(PlanProperties::new(
            EquivalenceProperties::new(schema.clone()),
            partitions,
            EmissionType::Incremental,
            Boundedness::Bounded,
        ));
        Arc::new(StepExec { work, input, schema, properties, metrics: ExecutionPlanMetricsSet::new() })
    }

    /// Runs once, over all partitions of `input` together.
    pub fn gathered(work: Arc<dyn Work>, input: Arc<dyn ExecutionPlan>, schema: SchemaRef) -> Arc<dyn ExecutionPlan> {
        StepExec::spread(work, gather(input), schema)
    }
}

/// One partition of all.
pub fn gather(input: Arc<dyn ExecutionPlan>) -> Arc<dyn ExecutionPlan> {
    match input.properties().output_partitioning().partition_count() {
        1 => input,
        _ => Arc::new(CoalescePartitionsExec::new(input)),
    }
}

impl DisplayAs for StepExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.work.name(), self.work.detail())
    }
}

impl ExecutionPlan for StepExec {
    fn name(&self) -> &str {
        self.work.name()
    }

    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn replace_children(
        self: Arc<Self>,
        mut children: Vec<Arc<dyn ExecutionPlan>>,
        _: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let input = children.pop().ok_or_else(|| DataFusionError::Internal("a step has one input".into()))?;
        Ok(StepExec::spread(self.work.clone(), input, self.schema.clone()))
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        self.replace_children(children, ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute))
    }

    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let step = self.work.start(&context)?;
        let input = self.input.execute(partition, context)?;
        let metrics = BaselineMetrics::new(&self.metrics, partition);
        let run = Run { step, input, ended: false };
        let batches = stream::try_unfold(run, Run::next).map_ok(move |batches| {
            metrics.record_output(batches.iter().map(RecordBatch::num_rows).sum());
            stream::iter(batches.into_iter().map(Ok))
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema.clone(), batches.try_flatten())))
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
