//! The rows of a query while it runs.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use arrow::array::RecordBatch;
use datafusion_execution::{SendableRecordBatchStream, TaskContext};
use datafusion_physical_plan::execute_stream;
use futures::StreamExt;
use weir_event::{Fault, Record};

use crate::asked::Asked;
use crate::columns::Column;
use crate::plan::Stream;
use crate::record;
use crate::scan::Totals;

/// Rows in batches. Dropping it stops the query.
pub struct Answer {
    pub columns: Vec<AnswerColumn>,
    plan: Vec<Column>,
    stream: SendableRecordBatchStream,
    totals: Arc<Totals>,
    rows: usize,
    /// Rows that are handed out at most; 0 is no limit.
    rows_max: usize,
    /// There were more rows than that.
    limited: bool,
    asked: Arc<Asked>,
}

/// A column of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct AnswerColumn {
    pub name: String,
    /// The type of its values; `any` when they differ or are only known from the values.
    pub kind: &'static str,
}

/// About the answer as a whole; final after the last batch.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Meta {
    pub rows: usize,
    /// Rows were left out because of a limit; the notes say which.
    pub partial: bool,
    /// The answer is partial for no other reason than the number of rows that the caller wanted at most.
    pub limited: bool,
    pub scanned_bytes: u64,
    pub scanned_rows: u64,
    pub notes: Vec<String>,
}

impl Answer {
    pub(crate) fn start(
        stream: Stream,
        context: Arc<TaskContext>,
        totals: Arc<Totals>,
        rows_max: usize,
        asked: Arc<Asked>,
    ) -> Result<Answer, Fault> {
        let describe = |column: &Column| AnswerColumn { name: column.name.clone(), kind: column.form.type_name() };
        let columns = stream.columns.iter().map(describe).collect();
        let rows = execute_stream(stream.plan, context).map_err(|error| asked.fault_of(error))?;
        Ok(Answer { columns, plan: stream.columns, stream: rows, totals, rows: 0, rows_max, limited: false, asked })
    }

    /// The next rows; `None` at the end. After a fault there is nothing more.
    pub async fn next(&mut self) -> Option<Result<RecordBatch, Fault>> {
        loop {
            let batch = match self.stream.next().await? {
                Ok(batch) => batch,
                Err(error) => return Some(Err(self.asked.fault_of(error))),
            };
            let batch = self.cut(batch);
            if batch.num_rows() > 0 {
                self.rows += batch.num_rows();
                return Some(Ok(batch));
            }
        }
    }

    /// One row more than is handed out was planned, so that the cut is noticed.
    fn cut(&mut self, batch: RecordBatch) -> RecordBatch {
        if self.rows_max == 0 || self.rows + batch.num_rows() <= self.rows_max {
            return batch;
        }
        self.limited = true;
        self.totals
            .note(format!("only the first {} records are shown; add `| limit n` for another number", self.rows_max));
        batch.slice(0, self.rows_max - self.rows)
    }

    /// The columns of its batches.
    pub(crate) fn plan(&self) -> &[Column] {
        &self.plan
    }

    /// The rows of a batch of this answer. Fields that a stored event does not have are left out of its record.
    pub fn records(&self, batch: &RecordBatch) -> Vec<Record<'static>> {
        record::records(batch, &self.plan)
    }

    pub fn meta(&self) -> Meta {
        Meta {
            rows: self.rows,
            partial: self.limited || self.totals.is_partial(),
            limited: self.limited && !self.totals.is_partial(),
            scanned_bytes: self.totals.bytes.load(Ordering::Relaxed),
            scanned_rows: self.totals.rows.load(Ordering::Relaxed),
            notes: self.totals.notes(),
        }
    }
}
