//! The scan as an operator.

use std::sync::{Arc, OnceLock};

use arrow::array::RecordBatch;
use arrow::compute::filter_record_batch;
use arrow::datatypes::SchemaRef;
use datafusion_common::{DataFusionError, Result};
use datafusion_execution::{SendableRecordBatchStream, TaskContext};
use datafusion_physical_plan::ExecutionPlan;
use datafusion_physical_plan::stream::RecordBatchReceiverStreamBuilder;
use tokio::sync::mpsc::Sender;

use super::queue::{Piece, Queue};
use super::system::Origin;
use super::{BATCHES_WAITING_MAX, Check, Cutoff, Request, Totals, blocks, group, rows};
use crate::columns;
use crate::operator::{Operator, OperatorExec};
use crate::tables::TableColumn;

/// Reads a table on blocking threads, one per partition; stops as soon as its consumer is gone.
#[derive(Debug)]
struct Scan {
    request: Arc<Request>,
    queue: Arc<Queue>,
    schema: SchemaRef,
    cutoff: OnceLock<Arc<Cutoff>>,
}

/// A scan that runs once; at most `partitions` threads read.
pub fn scan(request: Request, partitions: usize) -> Arc<dyn ExecutionPlan> {
    let schema = columns::schema(request.columns.iter().map(|column| (column.name.as_str(), column.form)));
    let pieces = request.snapshot.memory.len() + request.snapshot.segments.len() * partitions;
    let queue = Arc::new(Queue::new(&request));
    let scan = Scan { request: Arc::new(request), queue, schema: schema.clone(), cutoff: OnceLock::new() };
    OperatorExec::of(Arc::new(scan), Vec::new(), schema, partitions.min(pieces).max(1))
}

impl Operator for Scan {
    fn name(&self) -> &'static str {
        "scan"
    }

    fn detail(&self) -> String {
        super::shown::request(&self.request)
    }

    fn table_columns(&self) -> Option<&[TableColumn]> {
        (!self.request.snapshot.segments.is_empty()).then_some(&*self.request.columns)
    }

    fn cut_by(&self, cutoff: Cutoff) {
        if let Some(newest_first) = cutoff.newest_first() {
            self.queue.sort(newest_first);
        }
        // A second one is of the same sort, and shares what it learns.
        let _ = self.cutoff.set(Arc::new(cutoff));
    }

    fn rows(&self, _: &[Arc<dyn ExecutionPlan>], _: usize, _: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let mut stream = RecordBatchReceiverStreamBuilder::new(self.schema.clone(), BATCHES_WAITING_MAX);
        let reader = Reader {
            request: self.request.clone(),
            queue: self.queue.clone(),
            schema: self.schema.clone(),
            cutoff: self.cutoff.get().cloned(),
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
    cutoff: Option<Arc<Cutoff>>,
    sink: Sender<Result<RecordBatch>>,
}

impl Reader {
    fn run(self) -> Result<()> {
        while !self.request.totals.is_exhausted() && !self.sink.is_closed() {
            let open = match self.queue.next(&self.request)? {
                None => break,
                Some(Piece::Batch(rows)) => {
                    self.hand_out(self.checked(rows.batch)?, &Origin::of_memory(&rows.bucket))?
                }
                Some(Piece::Group(piece)) => self.read(piece)?,
            };
            if !open {
                break;
            }
        }
        Ok(())
    }

    fn read(&self, piece: super::queue::Group) -> Result<bool> {
        if self.cutoff.as_ref().is_some_and(|cutoff| cutoff.excludes(&piece.footer, piece.index)) {
            self.request.totals.skip("order");
            return Ok(true);
        }
        Totals::add(&self.request.totals.groups, 1);
        let origin = piece.origin.clone();
        let checks: Vec<&Check> = self.checks().collect();
        if piece.blocks.as_ref().is_some_and(|blocks| blocks.len() <= blocks::READ_MAX) {
            let batches = blocks::passing(&self.request, &piece, &checks)?;
            return batches.into_iter().try_fold(true, |open, stored| Ok(open && self.hand_out(stored, &origin)?));
        }
        for stored in group::open(&self.request, piece, checks)? {
            if !self.hand_out(stored?, &origin)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn checks(&self) -> impl Iterator<Item = &Check> {
        self.request.checks.iter().chain(self.cutoff.as_ref().map(|cutoff| &cutoff.check))
    }

    /// The rows of a batch in memory that pass the checks.
    fn checked(&self, mut stored: RecordBatch) -> Result<RecordBatch> {
        let totals = &self.request.totals;
        Totals::add(&totals.rows, stored.num_rows() as u64);
        for check in self.checks() {
            let mask = check.of_stored(&stored, &check.schema())?;
            if mask.true_count() < stored.num_rows() {
                stored = filter_record_batch(&stored, &mask)?;
            }
        }
        Ok(stored)
    }

    /// False when nobody wants more.
    fn hand_out(&self, stored: RecordBatch, origin: &Origin) -> Result<bool> {
        let mut from = 0;
        while from < stored.num_rows() {
            let some = stored.slice(from, super::BATCH_ROWS.min(stored.num_rows() - from));
            from += some.num_rows();
            let batch = rows::adapt(&some, &self.request.columns, self.schema.clone())?;
            let batch = self.sampled(self.with_system(batch, origin)?)?;
            if self.sink.blocking_send(Ok(batch)).is_err() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The fields of the system filled in.
    fn with_system(&self, batch: RecordBatch, origin: &Origin) -> Result<RecordBatch> {
        let own = |column: &TableColumn| origin.column(&self.request, &column.name, batch.num_rows());
        let found: Vec<_> = self.request.columns.iter().map(own).collect();
        if found.iter().all(Option::is_none) {
            return Ok(batch);
        }
        let arrays = found.into_iter().zip(batch.columns()).map(|(own, stored)| own.unwrap_or_else(|| stored.clone()));
        Ok(RecordBatch::try_new(batch.schema(), arrays.collect())?)
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
