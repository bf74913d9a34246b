//! What all of our operators share as nodes of a DataFusion plan.

use std::fmt;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use datafusion_common::Result;
use datafusion_common::tree_node::TreeNodeRecursion;
use datafusion_execution::{SendableRecordBatchStream, TaskContext};
use datafusion_physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion_physical_plan::coalesce_partitions::CoalescePartitionsExec;
use datafusion_physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion_physical_plan::metrics::{BaselineMetrics, ExecutionPlanMetricsSet, MetricsSet};
use datafusion_physical_plan::stream::RecordBatchStreamAdapter;
use datafusion_physical_plan::{
    ChildrenPropertiesMode, DisplayAs, DisplayFormatType, ExecutionPlan, Partitioning, PlanProperties,
    ReplaceChildrenOptions,
};
use futures::TryStreamExt;

use crate::scan::Cutoff;
use crate::tables::TableColumn;

/// The part of an operator that is its own.
pub trait Operator: fmt::Debug + Send + Sync {
    /// The command it works for, for plans and messages.
    fn name(&self) -> &'static str;

    /// What the plan shows beside the name.
    fn detail(&self) -> String {
        String::new()
    }

    /// The columns of a table that its columns are, when it reads one from segments and can pass over some.
    fn table_columns(&self) -> Option<&[TableColumn]> {
        None
    }

    /// Takes note that rows which fail `cutoff` are of no use.
    fn cut_by(&self, _cutoff: Cutoff) {}

    /// The rows of one partition.
    fn rows(
        &self,
        inputs: &[Arc<dyn ExecutionPlan>],
        partition: usize,
        context: Arc<TaskContext>,
    ) -> Result<SendableRecordBatchStream>;
}

/// An [`Operator`] in its place in a plan.
#[derive(Debug)]
pub struct OperatorExec {
    operator: Arc<dyn Operator>,
    inputs: Vec<Arc<dyn ExecutionPlan>>,
    schema: SchemaRef,
    properties: Arc<PlanProperties>,
    metrics: ExecutionPlanMetricsSet,
}

impl OperatorExec {
    /// `operator` over `inputs`, giving `partitions` streams of `schema`.
    pub fn of(
        operator: Arc<dyn Operator>,
        inputs: Vec<Arc<dyn ExecutionPlan>>,
        schema: SchemaRef,
        partitions: usize,
    ) -> Arc<dyn ExecutionPlan> {
        let properties = Arc::new(PlanProperties::new(
            EquivalenceProperties::new(schema.clone()),
            Partitioning::UnknownPartitioning(partitions),
            EmissionType::Incremental,
            Boundedness::Bounded,
        ));
        Arc::new(OperatorExec { operator, inputs, schema, properties, metrics: ExecutionPlanMetricsSet::new() })
    }
}

impl OperatorExec {
    pub fn operator(&self) -> &dyn Operator {
        &*self.operator
    }
}

/// The partitions of a plan.
pub fn partitions(plan: &Arc<dyn ExecutionPlan>) -> usize {
    plan.properties().output_partitioning().partition_count()
}

/// One partition of all.
pub fn gather(input: Arc<dyn ExecutionPlan>) -> Arc<dyn ExecutionPlan> {
    match partitions(&input) {
        1 => input,
        _ => Arc::new(CoalescePartitionsExec::new(input)),
    }
}

impl DisplayAs for OperatorExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let detail = self.operator.detail();
        let blank = if detail.is_empty() { "" } else { " " };
        write!(f, "{}{blank}{detail}", self.operator.name())
    }
}

impl ExecutionPlan for OperatorExec {
    fn name(&self) -> &str {
        self.operator.name()
    }

    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        self.inputs.iter().collect()
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn replace_children(
        self: Arc<Self>,
        inputs: Vec<Arc<dyn ExecutionPlan>>,
        _: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(OperatorExec::of(self.operator.clone(), inputs, self.schema.clone(), {
            self.properties.output_partitioning().partition_count()
        }))
    }

    fn with_new_children(self: Arc<Self>, inputs: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        self.replace_children(inputs, ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute))
    }

    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let metrics = BaselineMetrics::new(&self.metrics, partition);
        let rows = self.operator.rows(&self.inputs, partition, context)?;
        let counted = rows.inspect_ok(move |batch| metrics.record_output(batch.num_rows()));
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema.clone(), counted)))
    }
}
