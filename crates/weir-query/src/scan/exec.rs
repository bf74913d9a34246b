//! The scan as a DataFusion operator.

use std::fmt;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::compute::filter_record_batch;
use arrow::datatypes::SchemaRef;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::stream::RecordBatchReceiverStreamBuilder;
use datafusion::physical_plan::{
    ChildrenPropertiesMode, DisplayAs, DisplayFormatType, ExecutionPlan, Partitioning, PlanProperties,
    ReplaceChildrenOptions,
};
use tokio::sync::mpsc::Sender;

use super::queue::{Piece, Queue};
use super::{BATCHES_WAITING_MAX, Request, Totals, group, rows};
use crate::columns;

/// Reads a table on blocking threads, one per partition; stops as soon as its consumer is gone.
#[derive(Debug)]
pub struct ScanExec {
    request: Arc<Request>,
    queue: Arc<Queue>,
    schema: SchemaRef,
    properties: Arc<PlanProperties>,
}

impl ScanExec {
    /// A scan that runs once; at most `partitions` threads read.
    pub fn new(request: Request, partitions: usize) -> Self {
        let schema = columns::schema(request.columns.iter().map(|column| (column.name.as_str(), column.form)));
        let pieces = request.snapshot.memory.len() + request.snapshot.segments.len() * partitions;
        let properties = PlanProperties::new(
            EquivalenceProperties::new(schema.clone()),
            Partitioning::UnknownPartitioning(partitions.min(pieces).max(1)),
            EmissionType::Incremental,
            Boundedness::Bounded,
        );
        let queue = Arc::new(Queue::new(&request));
        ScanExec { request: Arc::new(request), queue, schema, properties: Arc::new(properties) }
    }
}

impl DisplayAs for ScanExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (request, snapshot) = (&self.request, &self.request.snapshot);
        write!(
            f,
            "scan {}: {} batches in memory, {} segments",
            request.table,
            snapshot.memory.len(),
            snapshot.segments.len()
        )?;
        let bytes: u64 = snapshot.segments.iter().map(|segment| segment.bytes).sum();
        let rows: u64 = snapshot.segments.iter().map(|segment| segment.rows).sum();
        write!(f, " ({rows} rows, {bytes} bytes); columns [")?;
        for (index, column) in request.columns.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{}", column.name)?;
        }
        write!(f, "]")?;
        for check in &request.checks {
            match &check.test {
                super::Test::Expr(condition) => write!(f, "; if {condition}")?,
                super::Test::Time(_) => write!(f, "; if timestamp in window")?,
                super::Test::Between(span) => write!(f, "; if {:?} <= weir.id < {:?}", span.start, span.end)?,
                super::Test::Holds { pieces, .. } => write!(f, "; if {} holds {pieces:?}", check.columns[0].name)?,
            }
        }
        Ok(())
    }
}

impl ExecutionPlan for ScanExec {
    fn name(&self) -> &str {
        "scan"
    }

    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn replace_children(
        self: Arc<Self>,
        _: Vec<Arc<dyn ExecutionPlan>>,
        _: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        self.replace_children(children, ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute))
    }

    fn execute(&self, _: usize, _: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let mut stream = RecordBatchReceiverStreamBuilder::new(self.schema.clone(), BATCHES_WAITING_MAX);
        let reader = Reader {
            request: self.request.clone(),
            queue: self.queue.clone(),
            schema: self.schema.clone(),
            sink: stream.tx(),
        };
        stream.spawn_blocking(move || reader.run());
        Ok(stream.build())
    }
}

/// What one reading thread holds.
struct Reader {
    request: Arc<Request>,
    queue: Arc<Queue>,
    schema: SchemaRef,
    sink: Sender<Result<RecordBatch>>,
}

impl Reader {
    fn run(self) -> Result<()> {
        while !self.request.totals.is_exhausted() && !self.sink.is_closed() {
            let open = match self.queue.next(&self.request)? {
                None => break,
                Some(Piece::Batch(batch)) => self.hand_out(self.checked(batch)?)?,
                Some(Piece::Group(piece)) => self.read(piece)?,
            };
            if !open {
                break;
            }
        }
        Ok(())
    }

    fn read(&self, piece: super::queue::Group) -> Result<bool> {
        for stored in group::open(&self.request, piece)? {
            if !self.hand_out(stored?)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The rows of a batch in memory that pass the checks.
    fn checked(&self, mut stored: RecordBatch) -> Result<RecordBatch> {
        let totals = &self.request.totals;
        Totals::add(&totals.rows, stored.num_rows() as u64);
        for check in &self.request.checks {
            let looked_at = rows::adapt(&stored, &check.columns, check.schema())?;
            let mask = check.mask(&looked_at)?;
            if mask.true_count() < stored.num_rows() {
                stored = filter_record_batch(&stored, &mask)?;
            }
        }
        Ok(stored)
    }

    /// False when nobody wants more.
    fn hand_out(&self, stored: RecordBatch) -> Result<bool> {
        let mut from = 0;
        while from < stored.num_rows() {
            let some = stored.slice(from, super::BATCH_ROWS.min(stored.num_rows() - from));
            from += some.num_rows();
            let batch = self.sampled(rows::adapt(&some, &self.request.columns, self.schema.clone())?)?;
            if self.sink.blocking_send(Ok(batch)).is_err() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Every n-th row; which ones is arbitrary.
    fn sampled(&self, batch: RecordBatch) -> Result<RecordBatch> {
        if self.request.sampling <= 1 {
            return Ok(batch);
        }
        let kept = (0..batch.num_rows()).map(|row| Some((row as u64).is_multiple_of(self.request.sampling)));
        filter_record_batch(&batch, &kept.collect()).map_err(DataFusionError::from)
    }
}
